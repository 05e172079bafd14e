"""Adverse events on the page: events by trials with the kinds of zero and silence, pooled risks, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractor.export.harms import DENIAL as ALL_DENIED
from extractor.export.harms import HAPPENED, Cell, grids
from extractor.export.harms import LIMITED as PARTLY_DENIED
from extractor.export.harms import SILENT as QUIET
from extractor.export.harms import ZERO as ZERO_SAID
from extractor.export.values import counted
from extractor.graph import Review, matrix, nodes
from extractor.graph.nodes import Row, evidence
from extractor.graph.observations import (
    ANY,
    BELOW_THRESHOLD,
    COMPLETE_TABLE,
    DENIED,
    NAMED,
    NOT_MENTIONED,
    REPORTED_ZERO,
    SERIOUS,
    limit_words,
)
from extractor.graph.studies import INFERRED, Choice, Left, Study, studies
from extractor.model import Record
from extractor.pool import LeftOut, PooledProportion, pool_proportions
from extractor.report.included import Trial
from extractor.report.quotes import Quotes
from extractor.report.said import DENIAL, SILENT, VALUE, ZERO, Said, plain, vouched

MOST_ACROSS = 25  # trials side by side on a sheet of A4
CLASSES = (ANY, SERIOUS)
OUTCOME_NAMES = {ANY: "any adverse event", SERIOUS: "any serious adverse event"}
# state of a cell: how it is printed, what it means, its kind
STATES: dict[str, tuple[str, str, str]] = {
    matrix.EVENTS: (
        "1/27",
        "happened: people with the event of people at risk, in all arms that count it; “yes” without a count",
        VALUE,
    ),
    REPORTED_ZERO: ("0", "reported zero: the report says that it did not happen", ZERO),
    COMPLETE_TABLE: ("0 t", "inferred zero: a registry's complete table does not list it", ZERO),
    BELOW_THRESHOLD: ("< t", "unknown: a registry's table begins at a threshold and does not list it", SILENT),
    matrix.DENIED_ONLY: ("denied", "only a general denial of adverse events covers it; no count of this event", DENIAL),
    "limited": (
        "denied*",
        "only a denial within limits covers it, such as one of serious events; the limits stand below",
        DENIAL,
    ),
    NOT_MENTIONED: ("–", "not mentioned: silence, which is no zero", SILENT),
}
WITHIN = STATES["limited"][0]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event and what each trial says of it, in the order of the trials."""

    event: str
    id: str
    trials: int
    cells: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """An outcome's studies, its pooled risk, and the studies that were left out by reason."""

    outcome: str
    studies: tuple[tuple[Study, tuple[Said, ...]], ...]
    pooled: PooledProportion
    left: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def left_count(self) -> int:
        return sum(len(names) for _, names in self.left)


# ---------------------------------------------------------------- events by trials


def events_by_trials(review: Review, trials: Sequence[Trial], quotes: Quotes) -> list[EventRow]:
    """Rows of the matrix: classes of all events first, then named events, those of most trials first."""
    denied = review.denials
    rows = []
    for event in _events(review):
        of_trial = matrix.by_trial(review.observations(event))
        speaking = sum(1 for t in trials if t.id in of_trial)
        if not speaking:
            continue
        cells = tuple(_cell(review, t, of_trial.get(t.id, []), denied.get(t.id, []), quotes) for t in trials)
        rows.append(EventRow(_name(review, event), event, speaking, cells))
    order = {review.event_named(scope): i for i, scope in enumerate(CLASSES)}
    return sorted(rows, key=lambda r: (order.get(r.id, len(order)), -r.trials, r.event))


def limits_of(rows: Sequence[EventRow], trials: Sequence[Trial]) -> list[tuple[str, str]]:
    """The limits of the denials in the matrix, by trial: what each denies, in the words that a cell has no room for."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for trial, cell in zip(trials, row.cells, strict=True):
            for said in cell:
                if said.text == WITHIN:
                    found.setdefault(trial.label, {})[said.title.partition(";")[0]] = None
    return [(name, "; ".join(limits)) for name, limits in found.items()]


def _events(review: Review) -> list[str]:
    known = {review.event_named(scope) for scope in CLASSES}
    return [e for e in review.of(nodes.EVENT) if review.node(e)["scope"] == NAMED or e in known]


def _name(review: Review, event: str) -> str:
    return str(review.node(event)["name"])


def _cell(
    review: Review, trial: Trial, observed: Sequence[Row], denied: Sequence[Row], quotes: Quotes
) -> tuple[Said, ...]:
    found = matrix.cell(review, trial.node, observed, denied, serious=False)
    state = found["state"]
    mark, meaning, kind = STATES[state]
    denials = observed or denied
    if state == matrix.DENIED_ONLY and all(limit_words(d) for d in denials):
        mark, meaning = WITHIN, f"{_denied(denials[0])}; no count of this event"
    if state not in (matrix.EVENTS, REPORTED_ZERO):
        return (Said(mark, quotes.refs(found["evidence"]), kind, title=meaning),)
    if found["total"] and not any(o["assertion"] == DENIED for o in observed):
        return (_whole(review, trial.id, found, observed, kind, meaning, quotes),)
    said: dict[str, list[Row]] = {}
    for one in observed:
        if one["zero_basis"] == (None if state == matrix.EVENTS else REPORTED_ZERO):
            said.setdefault(_count(one), []).append(one)
    return tuple(_counted(review, trial.id, text, same, kind, meaning, quotes) for text, same in said.items())


def _whole(
    review: Review, trial: str, found: Row, observed: Sequence[Row], kind: str, meaning: str, quotes: Quotes
) -> Said:
    """The trial's own count: of everyone, else the sum over arms that share nobody."""
    summed = [o for o in observed if all(e in found["evidence"] for e in o["evidence"])]
    totals = [e for o in summed for e in review.said_of_total(trial, o)]
    arms = dict.fromkeys(o["arm"] for o in summed if o["arm"])
    title = f"sum of {len(arms)} arms ({', '.join(arms)}), {meaning}" if len(arms) > 1 else _said_of(summed[0], meaning)
    refs = quotes.refs([*found["evidence"], *totals])
    text = counted(found["events"], found["total"], None)
    return Said(text, refs, kind, title=title, by=vouched(o["agent"] for o in summed))


def _counted(
    review: Review, trial: str, text: str, same: Sequence[Row], kind: str, meaning: str, quotes: Quotes
) -> Said:
    by = vouched(o["agent"] for o in same)
    if same[0]["assertion"] == DENIED:
        refs = quotes.refs(e for o in same for e in o["evidence"])
        return Said(text, refs, DENIAL, title="the report denies all of this class, without a count", by=by)
    refs = quotes.refs(e for o in same for e in (*o["evidence"], *review.said_of_total(trial, o)))
    arms = list(dict.fromkeys(o["arm"] for o in same if o["arm"]))
    label = "" if not arms else arms[0] if len(arms) == 1 else f"{len(arms)} arms, each"
    return Said(text, refs, kind, label, title=_said_of(same[0], meaning), by=by)


def _count(one: Row) -> str:
    """A count as ``1/27``; what there is of it otherwise. A denial of the class itself stays a denial."""
    if one["assertion"] == DENIED:
        return _denied(one)
    return counted(one["events"], one["total"], one["percent"], one["unit"]) or "yes"


def _denied(one: Row) -> str:
    """A denial with what it reaches no further than: ``denied, related ones``."""
    return ", ".join(filter(None, ["denied", limit_words(one)]))


def _said_of(one: Row, meaning: str) -> str:
    words = [one["arm"] or "", "related" if one["related"] else "", f"grade {one['grade']}" if one["grade"] else ""]
    return ", ".join(filter(None, [*words, f"only {one['limit']}" if one["limit"] else "", meaning]))


def blocks(trials: Sequence[Trial], rows: Sequence[EventRow]) -> list[tuple[Sequence[Trial], list[EventRow]]]:
    """The matrix in parts of as many trials as a printed page holds; what is wider would be cut off in print."""
    count = max(1, -(-len(trials) // MOST_ACROSS))
    size = -(-len(trials) // count)
    spans = [(at, at + size) for at in range(0, len(trials), size or 1)]
    return [(trials[a:b], [replace(row, cells=row.cells[a:b]) for row in rows]) for a, b in spans]


# ---------------------------------------------------------------- events by arms


@dataclass(frozen=True, slots=True)
class ArmGrid:
    """Events by the arms of one report; ``rows`` are an organ class, an event, and its cells."""

    trial: str
    report: str
    arms: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Said, ...]], ...]


_KIND = {HAPPENED: VALUE, ZERO_SAID: ZERO, ALL_DENIED: DENIAL, PARTLY_DENIED: DENIAL, QUIET: SILENT}


def by_arm(trials: Sequence[Trial], quotes: Quotes) -> list[ArmGrid]:
    """The grid of each report that tells the harms of its arms apart."""
    found = []
    for trial in trials:
        for record in trial.records:
            for grid in grids([record]):
                if len(grid.columns) > 1:
                    rows = tuple(
                        (r.organ, r.event, tuple(_arm_cell(record, c, quotes) for c in r.cells)) for r in grid.rows
                    )
                    found.append(ArmGrid(trial.label or trial.name, record.document.id, grid.columns, rows))
    return found


def _arm_cell(record: Record, cell: Cell, quotes: Quotes) -> Said:
    said = [e for f in cell.facts for e in evidence(record.document.id, f.evidence)]
    return Said(cell.words, quotes.refs(said), _KIND[cell.kind], by=vouched(f.method for f in cell.facts))


# ---------------------------------------------------------------- pooled risks


def risks(review: Review, choice: Choice, quotes: Quotes) -> list[Risk]:
    """One row an outcome that at least one trial gives a count of: any, serious, then named events, most studies first."""
    found = []
    for outcome, name in _outcomes(review):
        given, left = studies(review, _asked(choice, outcome))
        if given:
            named = [replace(x, reason=x.reason.replace(outcome, name)) for x in left]
            found.append(risk(review, name, given, named, quotes))
    found.sort(key=lambda r: (r.outcome not in OUTCOME_NAMES.values(), -len(r.studies), r.outcome))
    return found


def risk(review: Review, name: str, given: Sequence[Study], left: Sequence[Left], quotes: Quotes) -> Risk:
    """Pool one outcome."""
    pooled = pool_proportions(
        [s.events for s in given],
        [s.total for s in given],
        studies=[s.study for s in given],
        case_reports=[s.case_report for s in given],
        left_out=[LeftOut(x.study, x.reason) for x in left],
    )
    rows = tuple((s, _study(review, s, quotes)) for s in given)
    return Risk(name, rows, pooled, tuple(grouped((x.study, x.reason) for x in left)))


def grouped(left: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Studies left out, by reason; the commonest reason first."""
    by_reason: dict[str, list[str]] = {}
    for study, reason in left:
        by_reason.setdefault(reason, []).append(study)
    return sorted(((why, tuple(names)) for why, names in by_reason.items()), key=lambda r: (-len(r[1]), r[0]))


def _outcomes(review: Review) -> list[tuple[str, str]]:
    named = [(e, _name(review, e)) for e in review.of(nodes.EVENT) if review.node(e)["scope"] == NAMED]
    return [*OUTCOME_NAMES.items(), *named]


def _asked(choice: Choice, outcome: str) -> Choice:
    return Choice(outcome, choice.condition, choice.cells, choice.route, choice.denials)


def _study(review: Review, study: Study, quotes: Quotes) -> tuple[Said, ...]:
    kind = ZERO if study.events == 0 else VALUE
    count = Said(
        f"{study.events} of {study.total}",
        quotes.refs(study.evidence),
        kind,
        by=vouched([review.node(study.observation)["agent"]]),
    )
    basis = _basis(review, study)
    return (count, plain(basis)) if basis else (count,)


def _basis(review: Review, study: Study) -> str:
    """What a zero rests on: a count or a named event that did not happen, or a denial in words."""
    if study.zero_basis is None:
        return ""
    if study.zero_basis == INFERRED:
        return "inferred from a general denial"
    return "denied in words" if review.node(study.observation)["assertion"] == DENIED else "reported zero"
