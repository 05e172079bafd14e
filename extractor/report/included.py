"""The trials of the page: which are included, which reports are not of a trial, and the table of characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.declared import declared_fields
from extractor.graph import Review
from extractor.graph.called import Called
from extractor.graph.nodes import Row
from extractor.graph.studies import Choice, fits
from extractor.link.authority import characteristics
from extractor.model import Fact, Record
from extractor.report.quotes import Quotes
from extractor.report.said import Said, facts_said, nothing, silence_together

HEADINGS = (
    "Condition",
    "Design",
    "Cells",
    "Route",
    "Dose",
    "People",
    "Follow-up",
    "Registered",
)  # their order; others follow
Heading = tuple[str, tuple[tuple[str, str], ...]]


def columns() -> list[Heading]:
    """Columns of the table: heading, and its lines as (label, field), the one without a label first."""
    found: dict[str, list[tuple[str, str]]] = {heading: [] for heading in HEADINGS}
    for name, one in declared_fields().items():
        place = (one.heading.capitalize(), "") if one.page is None else one.page
        if place:
            found.setdefault(place[0], []).append((place[1], name))
    return [(heading, tuple(sorted(lines, key=lambda line: line[0] != ""))) for heading, lines in found.items()]


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of the page: its node, and its records, the preferred report first."""

    id: str
    node: Row
    records: tuple[Record, ...]
    label: str = ""  # what people call it

    @property
    def name(self) -> str:
        return str(self.node["name"])


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A row of the table of characteristics; ``cells`` as :func:`columns`, each a list of lines."""

    trial: Trial
    marks: tuple[str, ...]
    cells: tuple[tuple[Said, ...], ...]


def chosen(review: Review, choice: Choice, call: Called = str) -> tuple[list[Trial], list[Trial]]:
    """Trials of people that are asked for, and what else the store holds under the same conditions (plans, reviews, ...)."""
    rows = [(id, node) for id, node in review.trials() if fits(node, choice)]
    names = [review.node(r)["document"] for _, node in rows for r in node["reports"]]
    records = {r.document.id: r for r in review.store.records(names)} if names else {}
    trials = [
        Trial(id, node, tuple(records[review.node(r)["document"]] for r in node["reports"]), call(str(node["name"])))
        for id, node in rows
    ]
    trials.sort(key=lambda t: (t.label or t.name).lower())
    return [t for t in trials if t.node["of_people"]], [t for t in trials if not t.node["of_people"]]


def table(review: Review, trials: Sequence[Trial], quotes: Quotes) -> list[TrialRow]:
    """One row a trial, each value with its quotes, each gap with its kind."""
    return [TrialRow(t, tuple(_marks(review, t)), tuple(_cells(t, quotes))) for t in trials]


def kind_of(review: Review, trial: Trial) -> str:
    """What a report that is not of a trial of people says that it is."""
    kinds = dict.fromkeys(review.node(r)["report_kind"] or "other" for r in trial.node["reports"])
    return ", ".join(kinds)


def _marks(review: Review, trial: Trial) -> list[str]:
    found = ["retracted"] if trial.node["retracted"] else []
    rival = review.rivals(trial.id)
    if rival:
        best, state = rival
        sure = "same people as" if state == "confirmed" else "perhaps the same people as"
        found.append(f"{sure} {review.node(best)['document']}, which is preferred")
    planned = [r for r in trial.node["reports"] if review.node(r)["planned"]]
    return found + (["a plan, not a result"] if planned and len(planned) == len(trial.node["reports"]) else [])


def _cells(trial: Trial, quotes: Quotes) -> list[tuple[Said, ...]]:
    choices = {c.field: c.facts for c in characteristics(trial.records)}
    owner = {id(f): r.document.id for r in trial.records for f in r.facts}
    rows = []
    for _, lines in columns():
        cell: list[Said] = []
        for label, field in lines:
            facts: Sequence[Fact] = choices.get(field, ())
            said = facts_said([(owner[id(f)], f) for f in facts], quotes, label=label)
            cell += said or [nothing(trial.records, [field], label)]
        rows.append(tuple(silence_together(cell)))
    return rows
