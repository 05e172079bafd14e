"""What people said: risk of bias by trial and domain, and their decisions on single facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractor.bias import OVERALL, TOOLS, Agreed, Tool, of_store
from extractor.curation import is_standing, kind_of
from extractor.export.values import fact_shown
from extractor.graph.nodes import evidence
from extractor.model import Fact
from extractor.report.included import Trial
from extractor.report.quotes import Quotes
from extractor.report.said import Said, curator
from extractor.store import Decision, Store
from extractor.store.decisions import relocated
from extractor.store.judgements import JudgementStore
from extractor.store.links import LinkStore

LOW, SOME, HIGH, UNCLEAR, NONE = "low", "some", "high", "unclear", "none"
# robvis's words by how bad they are; never told apart by colour alone: each has a shape
LEVELS = {
    "Low": LOW, "Some concerns": SOME, "Moderate": SOME, "High": HIGH, "Serious": HIGH, "Critical": HIGH,
    "Unclear": UNCLEAR, "No information": UNCLEAR, "Not applicable": NONE,
}  # fmt: skip
SHAPES = {LOW: "●", SOME: "▲", HIGH: "■", UNCLEAR: "?", NONE: "–"}
DISPUTED, UNJUDGED = "not agreed on", "not judged"
DONE = {
    "confirm": "confirmed",
    "correct": "corrected",
    "reject": "rejected",
    "add": "added",
    "own": "said to be the trial's own",
    "unsure": "left unsure",
    "not_reported": "said to be really not reported",
    "note": "noted",
}


@dataclass(frozen=True, slots=True)
class Light:
    """One cell of the table: a shape, a word, its level, and who says what where they disagree."""

    shape: str
    word: str
    level: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Lights:
    """The judgements with one tool: a row a trial (name, cells by column, who judged)."""

    tool: Tool
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Light, ...], str], ...]
    unjudged: tuple[str, ...]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        return [(c, self.tool.meaning[c]) for c in self.columns if c in self.tool.meaning]


@dataclass(frozen=True, slots=True)
class Bias:
    """Risk of bias on the page: a table a tool, reasons (trial, tool, domain, words), trials judged that are not on the page."""

    tables: tuple[Lights, ...]
    reasons: tuple[tuple[str, str, str, str], ...]
    elsewhere: tuple[str, ...]


def bias(store: Store, trials: Sequence[Trial]) -> Bias:
    """What people agree on for the trials of the page, by tool."""
    found = of_store(store)
    names = [t.name for t in trials]
    tables = [_lights(tool, [a for a in found if a.tool == tool.name], names) for tool in TOOLS.values()]
    return Bias(
        tuple(t for t in tables if t.rows),
        tuple(_reasons(store, set(names))),
        tuple(sorted({a.study for a in found} - set(names))),
    )


def _lights(tool: Tool, found: Sequence[Agreed], names: Sequence[str]) -> Lights:
    mine = {(a.study, a.domain): a for a in found if a.study in names}
    studies = [name for name in names if any(study == name for study, _ in mine)]
    domains = tool.domains or tuple(dict.fromkeys(a.domain for a in mine.values() if a.domain != OVERALL))
    columns = (*domains, OVERALL)
    rows = [(s, tuple(_light(tool, mine.get((s, c))) for c in columns), _judges(mine, s)) for s in studies]
    return Lights(tool, columns, tuple(rows), tuple(n for n in names if n not in studies))


def _light(tool: Tool, agreed: Agreed | None) -> Light:
    if agreed is None:
        return Light("", UNJUDGED, "silent")
    if agreed.judgement is None:
        return Light("≠", DISPUTED, "disputed", _by(agreed))
    level = LEVELS[tool.shown.get(agreed.judgement, agreed.judgement)]
    apart = set(agreed.said.values()) - {agreed.judgement}
    return Light(SHAPES[level], agreed.judgement, level, _by(agreed) if apart else "")


def _by(agreed: Agreed) -> str:
    return "; ".join(f"{who}: {word}" for who, word in agreed.said.items())


def _judges(found: Mapping[tuple[str, str], Agreed], study: str) -> str:
    mine = [a for (name, _), a in found.items() if name == study]
    people = dict.fromkeys(who for a in mine for who in a.said)
    return ", ".join([*people, *(["consensus"] if any(a.consensus for a in mine) else [])])


def _reasons(store: Store, names: set[str]) -> Iterable[tuple[str, str, str, str]]:
    judged = [j for j in JudgementStore(store).standing() if j.why]
    trial_of = LinkStore(store).trials_of({j.study for j in judged})
    for j in judged:
        study = trial_of.get(j.study, j.study)
        if study in names:
            who = f"consensus, entered by {j.curator}" if j.is_consensus else j.curator
            yield study, TOOLS[j.tool].name, j.domain, f"{j.judgement} ({who}): {j.why}"


# ---------------------------------------------------------------- decisions on facts


@dataclass(frozen=True, slots=True)
class Checked:
    """Decisions on facts of the page: a row a decision that stands, and how many facts nobody looked at."""

    rows: tuple[tuple[str, str, Said, str, str, str], ...]  # report, done, what is said, by, why, when
    counts: tuple[tuple[str, int], ...]
    facts: int
    unchecked: int
    taken_back: int


def checked(store: Store, trials: Sequence[Trial], quotes: Quotes) -> Checked:
    """What people confirmed, corrected, rejected or added in the reports of the page."""
    records = {r.document.id: r for t in trials for r in t.records}
    every = store.decisions()
    made = [d for d in every if d.document in records and d.action != "undo"]
    stands = [d for d in made if is_standing(d, every)]
    rows = []
    for one in stands:
        document = records[one.document].document
        spoken_of = one.fact or one.target
        placed = relocated(document, spoken_of) if spoken_of else None
        said = evidence(one.document, placed.evidence) if placed else []
        words = Said(_said(one), quotes.refs(said))
        rows.append((one.document, DONE[kind_of(one)], words, one.curator, one.note or "", one.decided_at[:10]))
    facts = [f for r in records.values() for f in r.facts]
    counts = Counter(row[1] for row in rows)
    return Checked(
        tuple(rows),
        tuple((done, counts[done]) for done in DONE.values() if counts[done]),
        sum(not _decided(f) for f in facts),
        sum(not _decided(f) and curator(f.method) is None for f in facts),
        len(made) - len(stands),
    )


def _said(decision: Decision) -> str:
    spoken_of = decision.target or decision.fact
    if spoken_of is None:  # silence
        return (decision.field or "").replace("_", " ")
    words = f"{spoken_of.field.replace('_', ' ')}: {fact_shown(spoken_of)}"
    return f"{words}, now {fact_shown(decision.fact)}" if kind_of(decision) == "correct" and decision.fact else words


def _decided(fact: Fact) -> bool:
    """Whether a curator's word stands in the place of this fact."""
    return bool({"rejected", "replaced"} & set(fact.flags))


def decision_note(found: Checked) -> str:
    """How much of the page people looked at, in words."""
    done = ", ".join(f"{n} {word}" for word, n in found.counts) or "none"
    back = (
        f" {found.taken_back} decision{' was' if found.taken_back == 1 else 's were'} taken back."
        if found.taken_back
        else ""
    )
    return f"Decisions that stand: {done}. Of {found.facts:,} facts nobody looked at {found.unchecked:,}.{back}"
