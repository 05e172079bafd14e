"""What a table is about: adverse events, the people at baseline, neither; and whether it is this trial's own."""

from __future__ import annotations

from dataclasses import dataclass

from extractor import patterns as re
from extractor import terms
from extractor.tables import words as w
from extractor.tables.grid import Grid, Row
from extractor.words import Words

W = Words("tables")

LEXICON = "adverse_events"
# what got better is no harm
GOOD = re.compile(rf"\b{W.good}\b", re.I)
DEATH = re.compile(r"\W*(?:deaths?|died|mortality)\b", re.I)
DEATHS = re.compile(
    r"^(?:number of |primary |underlying )?(?:deaths\b|mortality\b|causes? of (?:\w+ )?(?:deaths?|mortality)\b)", re.I
)
EVENT = re.compile(r"(?:\w+ )?(?:events?|reactions?|complications?|symptoms?)(?: terms?)?", re.I)
FEW = 4
FEW_IDS = 0.6  # share of labels that must number a patient
HARM = re.compile(r"(?:\w+ )?(?:reactions?|complications?|toxicit(?:y|ies))(?: terms?)?", re.I)
DEAD_ROW = re.compile(rf"^(?:{W.dead_when}[- ]?)*(?:mortality|deaths?|died)\b(?!.{{0,20}}\bor\b)", re.I)
DONORS = re.compile(r"\bdonors?\b", re.I)
NEARLY = 0.8
ENOUGH = 0.7  # share of labels that must be known events where no caption says that the table holds any


@dataclass(frozen=True, slots=True)
class Topic:
    """``events``: ``all`` rows may be events, only those under a ``heading``, those that count ``deaths``, or ``none``."""

    events: str
    baseline: bool
    event: str | None = None  # the event that the caption alone names


def topic_of(grid: Grid) -> Topic:
    """What the table is about, by its caption, its head and its rows together."""
    caption = _said(grid.table.caption)
    heading = any(w.EVENTS.search(r.label.text) for r in grid.rows if r.is_heading)
    baseline = bool(w.BASELINE.search(caption)) or _people(grid) >= 2
    if _not_own(grid, caption):
        return Topic("none", False)
    if told_by_patient(grid):
        return Topic("all", False)
    mentioned = w.EVENTS.search(caption) is not None
    if w.BASELINE.search(caption) and not w.STRICT_EVENTS.search(caption):
        return Topic("heading" if heading and not w.SUBGROUPS.search(caption) else "none", True)
    if DEATHS.search(caption):
        return Topic("deaths", baseline)
    if event := _event_of_caption(grid, caption):
        return Topic("caption", False, event)
    if mentioned and not _scores(grid, caption):
        mixed = w.MIXED.search(caption) or baseline
        return Topic("mixed" if mixed else "all", baseline)
    if any(w.EVENTS.search(text) for text in grid.stub_head()) and not _scores(grid, caption):
        return Topic("all", baseline)
    if not baseline and any(HARM.fullmatch(w.bare(text)) for text in grid.stub_head()) and _some_known(grid):
        return Topic("mixed", False)
    if not baseline and _mostly_known(grid):
        return Topic("mixed", False)
    labelled = any(w.STRICT_EVENTS.search(r.label.text) for r in grid.rows)
    if not (labelled or heading or baseline or DONORS.search(caption)) and any(map(_counts_dead, grid.rows)):
        return Topic("deaths", False)
    return Topic("heading" if heading or labelled else "none", baseline)


def _some_known(grid: Grid) -> bool:
    return any(is_known(row.label.text) and GOOD.search(row.label.text) is None for row in grid.rows)


def _counts_dead(row: Row) -> bool:
    """Whether a row of outcomes counts the dead, with their share: "28-day mortality, n (%)"."""
    shared = any(f.kind == "count" and (f.percent is not None or f.of is not None) for f in row.figures().values())
    return shared and DEAD_ROW.search(w.bare(row.label.text)) is not None


def told_by_patient(grid: Grid) -> bool:
    """Whether each row is a patient, and a column tells what adverse events befell them."""
    over = [w.bare(text) for text in grid.stub_head()]
    if not grid.levels or not over or w.PATIENT_HEAD.search(over[0]) is None:
        return False
    labels = [w.bare(row.stubs[0].text) for row in grid.rows]
    if not labels or sum(w.PATIENT_ID.search(label) is not None for label in labels) < FEW_IDS * len(labels):
        return False
    of_events = w.STRICT_EVENTS.search(grid.table.caption) is not None
    heads = {n: grid.levels[-1][n].text for n in range(1, grid.width)}
    told = [n for n, t in heads.items() if w.STRICT_EVENTS.search(t) or (of_events and w.EVENT_HEAD.search(w.bare(t)))]
    cells = [row.stubs[n] if n < grid.stubs else row.data.get(n) for row in grid.rows for n in told]
    return any(cell is not None and is_known(cell.text) for cell in cells)


def _mostly_known(grid: Grid) -> bool:
    """Whether most rows that count are known events, several of them."""
    labels = [row.label.text for row in grid.rows if any(f.kind == "count" for f in row.figures().values())]
    known = sum((is_known(label) or DEATH.match(label) is not None) and GOOD.search(label) is None for label in labels)
    if 1 < known == len(labels) and any(EVENT.fullmatch(w.bare(text)) for text in grid.stub_head()):
        return True
    return known >= FEW and known >= ENOUGH * len(labels)


def is_known(label: str) -> bool:
    """Whether a label is or holds an event of the lexicon."""
    table = terms.table(LEXICON)
    folded = w.bare(label).lower()
    return any(True for _ in table.find(folded))


def is_event(label: str) -> bool:
    """Whether a label is an event of the lexicon, or speaks of adverse events."""
    return w.STRICT_EVENTS.search(label) is not None or DEATH.match(label) is not None or is_known(label)


def _said(caption: str) -> str:
    """The caption without its label."""
    return re.sub(r"^(?:supplementary |dummy )?table\s*\w{0,5}[.:]?\s*", "", caption.replace("\n", " "), flags=re.I)


def _not_own(grid: Grid, caption: str) -> bool:
    """Schedules, definitions, tables of other trials, tables of associations."""
    heads = [w.bare(text) for text in grid.stub_head()]
    if any(w.STUDY_HEAD.search(text) for text in heads[:1] if text) and w.ARM_WORD.search(" ".join(heads[:1])) is None:
        return True
    crosses = [c.text for row in grid.rows for c in row.data.values() if w.bare(c.text)]
    ticked = sum(re.fullmatch(r"[xX✓√●•+]|\(?[xX]\)?", w.bare(text)) is not None for text in crosses)
    if crosses and ticked * 3 > len(crosses):
        return True
    if any(pattern.search(caption) for pattern in (w.OTHERS, w.MODEL)):
        return True
    return not _counts(grid) and any(pattern.search(caption) for pattern in (w.SCHEDULE, w.DEFINITIONS))


def _counts(grid: Grid) -> bool:
    """Whether the head gives arms with their sizes, most cells are counts with percentages, or nearly all are counts."""
    if sum(w.SIZE.search(cell.text) is not None for level in grid.levels for cell in dict.fromkeys(level)) >= 2:
        return True
    figures = [f for row in grid.rows for f in row.figures().values()]
    counts = [f for f in figures if f.kind == "count"]
    shares = sum(f.percent is not None or f.of is not None for f in counts)
    return shares * 2 > len(figures) > 0 or len(counts) >= max(2 * FEW, NEARLY * len(figures))


def _scores(grid: Grid, caption: str) -> bool:
    """Whether the figures are scores or means: no cell counts people."""
    if not re.search(r"\bratings?\b|\bscores?\b|\blikert\b|\bmeans?\b", caption, re.I):
        return False
    kinds = [f.kind for row in grid.rows for f in row.figures().values()]
    return kinds.count("measure") * 2 > len(kinds)


def _people(grid: Grid) -> int:
    """How many rows are age, sex, weight and the like."""
    return sum(
        re.match(
            r"\W*(?:mean |median )?(?:patients?[’'] )?(?:age|sex|gender|male|female|men|women|weight|height|BMI|body mass|race|ethnicity)\b",
            row.label.text,
            re.I,
        )
        is not None
        for row in grid.rows
    )


def _event_of_caption(grid: Grid, caption: str) -> str | None:
    """The event in the caption, where the rows are groups of people ("Diarrhoea in the whole cohort and in subgroups")."""
    first = next((row for row in grid.rows if row.figures()), None)
    if first is None or not (w.WHOLE.search(w.bare(first.label.text)) and w.SUBGROUPS.search(caption)):
        return None
    said = re.split(r"\s*\(|,|\bin (?:the|all|patients|subgroups)\b|\bby\b|\baccording\b|\bamong\b", caption)[0].strip()
    return said if is_event(said) and len(said.split()) <= 6 else None


def subgroup(row: Row) -> bool:
    """Whether a row of such a table is a part of the people only."""
    return w.WHOLE.search(w.bare(row.label.text)) is None
