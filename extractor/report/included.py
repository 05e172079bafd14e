"""The trials of the page: which are included, which reports are not of a trial, and the table of characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.graph import Review
from extractor.graph.nodes import Row
from extractor.graph.studies import Choice, fits
from extractor.link import characteristics
from extractor.model import Fact, Record
from extractor.report.quotes import Quotes
from extractor.report.said import Said, facts_said, nothing, silence_together

# heading: lines of (label, field)
COLUMNS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Condition", (("", "condition"),)),
    ("Design", (("", "design"), ("phase", "phase"), ("arms", "arm"))),
    ("Cells", (("", "cell_type"), ("from", "cell_source"), ("donor", "donor"))),
    ("Route", (("", "route"), ("site", "route_site"))),
    ("Dose", (("", "dose"), ("times given", "administrations"))),
    ("People", (("", "participants"), ("sex", "sex"), ("age", "age"))),
    ("Follow-up", (("", "follow_up"),)),
    ("Registered", (("", "registry_id"),)),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of the page: its node, and its records, the preferred report first."""

    id: str
    node: Row
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        return str(self.node["name"])


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A row of the table of characteristics; ``cells`` as :data:`COLUMNS`, each a list of lines."""

    trial: Trial
    marks: tuple[str, ...]
    cells: tuple[tuple[Said, ...], ...]


def chosen(review: Review, choice: Choice) -> tuple[list[Trial], list[Trial]]:
    """Trials of people that are asked for, and what else the store holds under the same conditions (plans, reviews, ...)."""
    rows = [(id, node) for id, node in review.trials() if fits(node, choice)]
    names = [review.node(r)["document"] for _, node in rows for r in node["reports"]]
    records = {r.document.id: r for r in review.store.records(names)} if names else {}
    trials = [Trial(id, node, tuple(records[review.node(r)["document"]] for r in node["reports"])) for id, node in rows]
    trials.sort(key=lambda t: t.name.lower())
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
    for _, lines in COLUMNS:
        cell: list[Said] = []
        for label, field in lines:
            facts: Sequence[Fact] = choices.get(field, ())
            said = facts_said([(owner[id(f)], f) for f in facts], quotes, label=label)
            cell += said or [nothing(trial.records, [field], label)]
        rows.append(tuple(silence_together(cell)))
    return rows
