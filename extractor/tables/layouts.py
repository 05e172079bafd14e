"""Layouts of their own: arms down the side, lists of events in one cell, one patient a row or a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from extractor import patterns as re
from extractor.model import Evidence, Fact
from extractor.tables import words as w
from extractor.tables.figures import figure
from extractor.tables.grid import EMPTY, Cell, Grid, Row, Table, grid_of, turned
from extractor.tables.heads import Column, residue
from extractor.tables.labels import relation
from extractor.tables.topics import Topic, is_event, is_known, told_by_patient
from extractor.words import Words

W = Words("tables")

METHOD = "rule:adverse_event/listing"
CONFIDENCE = 0.85
DERIVED = "derived"
MANY = 0.6  # share of cells that must look alike for a layout
# "Platelet (1); INR (1)", "1 each: hyponatremia; dysphagia", "5 Most common: nausea (13)"
ITEM = re.compile(
    r"(?<![^;()])\s*+(?:(?P<each>\d++)\s++each\s*+:\s*+|\d*+\s*+most common\s*+:\s*+)?(?P<term>(?=[^;()a-z]*+[a-z])(?:[^;()\s]|\s++(?=[^;()]))++)\s*+(?:\((?:n\s*+=\s*+)?(?P<n>\d{1,4})\))?\s*+(?:;|$)",
    re.I,
)
NOTHING = re.compile(r"NA|N/A|none|no|nil|-|–|—|\.\.|not applicable|no (?:SAE|AE|event)s?", re.I)


# ---------------------------------------------------------------- arms down the side


def arms_down(grid: Grid) -> Grid:
    """The grid turned, where events stand across and arms down."""
    if not grid.levels or len(grid.rows) < 2:
        return grid
    heads = [grid.levels[-1][n].text for n in grid.data_columns() if w.bare(grid.levels[-1][n].text)]
    events = [is_known(text) and role_like_event(text) for text in heads if not w.SIZE_ROW.search(w.bare(text))]
    labels = [row.label.text for row in grid.rows if w.bare(row.label.text)]
    if any(map(is_event, labels)):
        return grid
    across = len(events) > 1 and sum(events) >= MANY * len(events)
    return turned(grid) if across or _levels_down(grid, heads) else grid


def _levels_down(grid: Grid, heads: list[str]) -> bool:
    """Whether dose levels stand down the side, and beside them how many were treated and how many had toxicity."""
    over = w.bare(grid.stub_head()[0])
    sized = any(w.SIZE_ROW.search(w.bare(text)) for text in heads)
    return DOSE_LEVEL.search(over) is not None and sized and any(LIMITING.search(text) for text in heads)


DOSE_LEVEL = re.compile(r"^(?:dose(?: levels?| groups?| cohorts?)?|cohorts?|levels?)\b", re.I)
LIMITING = re.compile(
    r"\bDLTs?\b|\bdose[- ]limiting\b|\b(?:with|no\.? of|number of) (?:\w+ )?(?:toxicit\w+|adverse events|[ST]?E?AEs)\b",
    re.I,
)


def arms_under_events(grid: Grid) -> Grid:
    """The grid with a row an event, where each event is a heading and the arms stand under it, always the same."""
    groups: list[tuple[Row, list[Row]]] = []
    for row in grid.rows:
        if row.is_heading:
            groups.append((row, []))
        elif groups:
            groups[-1][1].append(row)
        else:
            return grid
    names = [tuple(w.bare(row.label.text) for row in rows) for _, rows in groups]
    if len(groups) < 2 or len(set(names)) != 1 or not 2 <= len(names[0]) <= MOST_ARMS or any(map(is_event, names[0])):
        return grid
    if not any(w.ARM_WORD.search(n) or w.SIZE.search(n) for n in names[0]):
        return grid
    return _arms_across(grid, groups)


MOST_ARMS = 6


def _arms_across(grid: Grid, groups: list[tuple[Row, list[Row]]]) -> Grid:
    columns = list(range(grid.stubs, grid.width))
    under = [level[0] for level in grid.levels] or [EMPTY]
    arms = [under[-1], *(row.label for row in groups[0][1] for _ in columns)]
    levels = [[level[0], *(level[n] for _ in groups[0][1] for n in columns)] for level in grid.levels]
    rows = [[over.label, *(row.data.get(n, EMPTY) for row in rows for n in columns)] for over, rows in groups]
    table = grid.table
    return grid_of(Table(table.text, table.caption, [arms, *levels], rows, table.notes, table.name))


def arms_beside_events(grid: Grid) -> Grid:
    """The grid with a row an event, where a second column of the stub names the arms, the same ones for each event."""
    if grid.stubs != 2 or not grid.rows:
        return grid
    groups: list[tuple[Row, list[Row]]] = []
    for row in grid.rows:
        event, arm = w.bare(row.stubs[0].text), w.bare(row.stubs[1].text)
        if not arm or (event and is_arm_name(event)):
            return grid
        if event and (not groups or event != w.bare(groups[-1][0].stubs[0].text)):
            groups.append((replace(row, stubs=row.stubs[:1]), []))
        if not groups:
            return grid
        groups[-1][1].append(replace(row, stubs=row.stubs[1:]))
    names = [tuple(w.bare(row.label.text) for row in rows) for _, rows in groups]
    if (
        len(set(names)) != 1
        or not 2 <= len(set(names[0])) == len(names[0]) <= MOST_ARMS
        or any(map(is_event, names[0]))
    ):
        return grid
    over = w.bare(grid.stub_head()[1])
    if not (OVER_ARM.search(over) or all(is_arm_name(n) for n in names[0])):
        return grid
    return _arms_across(grid, groups)


def is_arm_name(text: str) -> bool:
    return w.ARM_WORD.search(text) is not None or w.SIZE.search(text) is not None


def role_like_event(text: str) -> bool:
    return not (w.ARM_WORD.search(text) or w.SIZE.search(text))


@dataclass(frozen=True, slots=True)
class RowArm:
    """The arm of a row, and the cell that names it."""

    name: str
    cell: Cell


def arms_of_headings(grid: Grid, arms: set[str]) -> dict[int, RowArm]:
    """The arm of each row, where headings over all columns name arms with their people ("Nerve block (n = 25)")."""
    headings = [row for row in grid.rows if row.is_heading and not row.depth]
    sized = [row for row in headings if w.SIZE.search(row.label.text) and residue(row.label.text)]
    if arms or len(sized) < 2 or len(sized) < len(headings) or any(is_event(residue(r.label.text)) for r in sized):
        return {}
    found: dict[int, RowArm] = {}
    over: Row | None = None
    for row in grid.rows:
        over = row if row in sized else over
        if over is not None and over is not row:
            found[id(row.data)] = RowArm(residue(over.label.text), over.label)
    return found


def arms_of_rows(grid: Grid, arms: set[str]) -> dict[int, RowArm]:
    """The arm of each row (by the identity of its data), where the first column names arms and no head does."""
    if arms or grid.stubs < 2:
        return {}
    names = list(dict.fromkeys(w.bare(row.stubs[0].text) for row in grid.rows if w.bare(row.stubs[0].text)))
    alike = [name for name in names if w.ARM_WORD.search(name)]
    if not 2 <= len(names) <= 8 or len(alike) * 2 < len(names) or any(map(is_event, names)):
        return {}
    found: dict[int, RowArm] = {}
    over = EMPTY
    for row in grid.rows:
        over = row.stubs[0] if w.bare(row.stubs[0].text) else over
        found[id(row.data)] = RowArm(residue(w.bare(over.text)), over)
    return found


# ---------------------------------------------------------------- events in words


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a cell."""

    term: str
    cell: Cell
    n: int | None = None


def listed_facts(grid: Grid, columns: dict[int, Column], topic: Topic) -> list[Fact] | None:
    """Facts of a table that tells events in words; None where it is laid out otherwise."""
    if topic.events != "all":
        return None
    texts = [cell.text for row in grid.rows for cell in row.data.values() if w.bare(cell.text)]
    listed = [text for text in texts if re.search(r"[a-z]\s*\(\d+\)\s*(?:;|$)", text, re.I)]
    if len(listed) * 2 > len(texts):
        return list(_lists(grid, columns))
    if _patients_down(grid):
        return _by_patient(grid, columns)
    return None


def _lists(grid: Grid, columns: dict[int, Column]) -> Iterator[Fact]:
    """A cell is a list of events with their counts."""
    for row in grid.rows:
        label = w.bare(row.label.text)
        grade = residue(label) if w.GRADES.search(residue(label)) else None
        of_arm = OVER_ARM.search(w.bare(grid.stub_head()[0])) is not None and not grade
        for number, cell in row.data.items():
            column = replace(columns[number], arm=residue(label)) if of_arm else columns[number]
            for item in items(cell):
                yield _fact(grid, column, row, [item], item.n, _grade(grade), derived=False)


def items(cell: Cell) -> Iterator[Item]:
    """The events of a cell with their counts; "1 each:" counts all that follow without a count of their own."""
    each: int | None = None
    for match in ITEM.finditer(cell.text):
        each = int(match["each"]) if match["each"] else each
        n = int(match["n"]) if match["n"] else each
        term = match["term"].strip()
        if n is None or len(term) < 3:
            continue
        if each is not None and not match["n"] and "," in term and is_known(term.split(",")[0]):
            yield from _by_commas(cell, match, each)
            continue
        start = cell.start + match.start("term") + len(match["term"]) - len(match["term"].lstrip())
        end = cell.start + (match.end("n") + 1 if match["n"] else match.start("term") + len(match["term"].rstrip()))
        yield Item(term, Cell(start, end, cell.text[start - cell.start : end - cell.start]), n)


def _by_commas(cell: Cell, match: re.Match[str], each: int) -> Iterator[Item]:
    """Events apart by commas, each with the count of all."""
    for part in re.finditer(r"[^,\s][^,]*", match["term"]):
        start = match.start("term") + part.start()
        text = part.group().rstrip()
        yield Item(text, Cell(cell.start + start, cell.start + start + len(text), text), each)


def _grade(said: str | None) -> str | None:
    return re.sub(r"^grades?\s*", "", said, flags=re.I) if said else None


def _patients_down(grid: Grid) -> bool:
    """Whether each row is one patient, and the cells are words."""
    over = [w.bare(text) for text in grid.stub_head()]
    labels = [w.bare(row.stubs[0].text) for row in grid.rows if w.bare(row.stubs[0].text)]
    ids = sum(w.PATIENT_ID.search(label) is not None for label in labels)
    if (
        not labels
        or ids < MANY * len(labels)
        or not (
            any(map(w.PATIENT_HEAD.search, over[:1])) or any(re.match(r"patient|subject|case", x, re.I) for x in labels)
        )
    ):
        return False
    texts = [cell.text for row in grid.rows for cell in (*row.stubs[1:], *row.data.values()) if w.bare(cell.text)]
    words = sum(figure(text).kind == "words" for text in texts)
    return words >= MANY * len(texts) or told_by_patient(grid)


def _by_patient(grid: Grid, columns: dict[int, Column]) -> list[Fact]:
    """One patient a row: each cell tells what befell them. Patients of one arm with one event are counted."""
    wanted = _event_columns(grid, columns)
    found: dict[tuple[object, ...], list[tuple[Column, Row, Item]]] = defaultdict(list)
    alone: list[tuple[Column, Row, Item]] = []
    ids = [w.bare(row.stubs[0].text) for row in grid.rows]
    # a row is one event, its other columns say of which kind; where each row is another patient, patients are counted
    listing = len(wanted) < grid.width - 1 and not (all(ids) and len(set(ids)) == len(ids))
    seen: set[Cell] = set()
    for row in grid.rows:
        for number, cell in _words_of(row, wanted):
            if cell in seen:  # a cell that covers several rows
                continue
            seen.add(cell)
            over = columns.get(number, Column(number))
            column = _of_row(grid, row, replace(over, arm=None) if told_by_patient(grid) else over)
            for item in _told(cell):
                if not listing and (column.arm or told_by_patient(grid)):
                    key = (column.arm, column.grade, column.severity, column.related, item.term.lower())
                    found[key].append((column, row, item))
                else:
                    alone.append((column, row, item))
    facts = [_fact(grid, c, r, [item], 1, None, derived=True) for c, r, item in alone]
    for told in found.values():
        column, row, _ = told[0]
        facts.append(_fact(grid, column, row, [item for _, _, item in told], len(told), None, derived=True))
    return facts


OVER_ARM = re.compile(rf"^(?:treatment )?{W.over_arm_group}s?$", re.I)
OVER_GRADE = re.compile(r"\b(?:grade|severity|intensity)\b", re.I)
OVER_RELATION = re.compile(r"\brelat|\bcausal|\battribution", re.I)


def _of_row(grid: Grid, row: Row, column: Column) -> Column:
    """The column as this row's other cells qualify it: arm, grade or severity, relation to the product."""
    found = replace(column)
    for number in range(1, grid.width):
        over = w.bare(" ".join(level[number].text for level in grid.levels))
        cell = row.stubs[number] if number < len(row.stubs) else row.data.get(number)
        said = w.bare(cell.text) if cell is not None else ""
        if not said or number == column.number:
            continue
        if OVER_ARM.search(over) and not figure(said).n:
            found.arm = said
        elif OVER_GRADE.search(over):
            graded = w.GRADES.search(said) or w.GRADE_DIGIT.search(said)
            found.grade, found.severity = (_grade(said), None) if graded else (None, said)
        elif OVER_RELATION.search(over):
            found.related = said
    return found


def _event_columns(grid: Grid, columns: dict[int, Column]) -> set[int]:
    """Columns that hold events: those whose head says so, else all."""
    heads = {n: " ".join(level[n].text for level in grid.levels) for n in range(1, grid.width)}
    named = {n for n, text in heads.items() if w.EVENT_HEAD.search(w.bare(text)) and not columns.get(n, Column(n)).arm}
    if named and len(named) < len(heads):
        return named
    return {n for n in heads if n >= grid.stubs}


def _words_of(row: Row, wanted: set[int]) -> Iterator[tuple[int, Cell]]:
    for place, cell in enumerate(row.stubs):
        if place in wanted:
            yield place, cell
    for number, cell in row.data.items():
        if number in wanted:
            yield number, cell


def _told(cell: Cell) -> Iterator[Item]:
    """The events that a cell tells of one patient."""
    text = w.unmarked(cell.text)
    if not w.bare(text) or NOTHING.fullmatch(w.bare(text)) or figure(cell.text).kind != "words":
        return
    plain = re.sub(r"\s*\([^()]*\d[^()]*\)\s*$", "", w.bare(text))
    parts = [p.strip() for p in re.split(r"\s*[;,]\s*(?:and\s+)?|\s+and\s+", plain)]
    if len(parts) > 1 and not all(map(is_known, parts)):
        parts = [plain]
    for part in parts:
        if len(part) > 2:
            yield Item(part, cell)


def _related_by(caption: str) -> bool | None:
    said = re.search(r"\brelated to (?:therapy|treatment)|(?:drug|treatment)[- ]related", caption, re.I)
    return True if said else None


def _fact(
    grid: Grid, column: Column, row: Row, told: list[Item], n: int | None, grade: str | None, *, derived: bool
) -> Fact:
    caption = grid.table.caption
    evidence = [
        Evidence(
            grid.name,
            item.cell.text,
            item.cell.start,
            item.cell.end,
            row=w.bare(row.label.text) or None,
            column=column.path or None,
        )
        for item in told
    ]
    if grade and row.label.text:
        evidence.append(Evidence(grid.name, row.label.text, row.label.start, row.label.end))
    first, rest = told[0].term[:1], told[0].term[1:]
    value: dict[str, Any] = {
        "term": first.lower() + rest if rest == rest.lower() else told[0].term,
        "term_id": None,
        "n": n,
        "denominator": None,
        "percent": None,
        "denominator_unit": None,
        "grade": grade or column.grade,
        "severity": column.severity,
        "serious": True if re.search(r"\bserious\b", caption, re.I) else None,
        "related": relation(column.related) if column.related else _related_by(caption),
        "assertion": "present",
        "scope": column.visit,
    }
    flags = (DERIVED,) if derived else ()
    return Fact("adverse_event", value, tuple(dict.fromkeys(evidence)), METHOD, CONFIDENCE, arm=column.arm, flags=flags)
