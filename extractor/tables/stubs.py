"""Roles of rows, decided from the top of the table down: heading, size row, event, a degree of the event above, no event.

What a heading says holds until the next one that is not set deeper: that its rows are events or are none, that they are
serious, related, of a grade; in which unit they count; how many people each arm has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extractor.tables import words as w
from extractor.tables.grid import Cell, Grid, Row
from extractor.tables.heads import residue
from extractor.tables.labels import (
    DEATH,
    GRADED_BEHIND,
    NO_EVENTS,
    ORGAN,
    QUALIFIER,
    SIZES_BY_ARM,
    TOXICITY,
    YES_NO,
    attribute_stubs,
    caption_grade,
    caption_serious,
    grade_in,
    is_class,
    no_event,
    noun_in,
    of_all,
    related_in,
    relation,
    says_none,
    serious_in,
    severity_in,
    size_of,
    term_in,
)
from extractor.tables.topics import Topic, is_event, is_known, subgroup


@dataclass(slots=True)
class StubLine:
    """A row that counts an event."""

    row: Row
    term: str
    cells: tuple[Cell, ...]  # what names the event: the label, and the heading it takes its name from
    unit: str = ""
    grade: str | None = None
    severity: str | None = None
    serious: bool | None = None
    related: bool | None = None
    graded_bracket: bool = False
    counts_events: bool = False
    arm: str | None = None
    arm_cell: Cell | None = None
    sizes: dict[int, tuple[int, Cell]] = field(default_factory=dict)
    sizes_by_name: tuple[tuple[str, int, Cell], ...] = ()


@dataclass(slots=True)
class Under:
    """What the headings above say of the rows."""

    mode: str  # all, known, none
    unit: str = ""
    grade: str | None = None
    severity: str | None = None
    serious: bool | None = None
    related: bool | None = None
    graded_bracket: bool = False
    noun: str = ""
    noun_cell: Cell | None = None
    sizes_by_name: tuple[tuple[str, int, Cell], ...] = ()


class Reader:
    """Reads the rows of one table from the top down."""

    def __init__(self, grid: Grid, topic: Topic, counted: list[int], *, sized: bool = False) -> None:
        self.grid, self.topic, self.counted = grid, topic, counted
        self.sized = sized  # the head gives the sizes, so that "n = 3" beside an event counts it
        caption = grid.table.caption
        self.start = Under(
            {"all": "all", "mixed": "known", "heading": "none", "caption": "all"}.get(topic.events, "none"),
            grade=caption_grade(grid),
            serious=caption_serious(caption),
            related=related_in(caption),
            noun=noun_in(" ".join(grid.stub_head())) or noun_in(caption) or "adverse events",
        )
        self.under = self.start
        self.sizes: dict[int, tuple[int, Cell]] = {}
        self.parent: Row | None = None  # the last row that is not a degree of another
        self.parent_term = ""
        self.above: list[Row] = []  # rows less and less far up, each set less deep than the next
        self.attributes = attribute_stubs(grid)
        self.events: set[int] = set()  # rows that count events, not people, by identity
        self.people_told = False  # a row has counted the people with any event

    def lines(self) -> Iterator[StubLine]:
        for row in map(self._without_attributes, self.grid.rows):
            if not w.bare(row.label.text):
                continue
            if row.is_heading:
                self._heading(row)
            elif self._is_size_row(row):
                self.sizes = {n: (s, row.data[n]) for n in self.counted if (s := size_of(row, n)) is not None}
            else:
                yield from self._line(row)

    def _without_attributes(self, row: Row) -> Row:
        """The row with only what names it in its stub; where nothing does, the name of the row above."""
        if not self.attributes:
            return row
        named = tuple(cell for place, cell in enumerate(row.stubs) if place not in self.attributes)
        marks = tuple(row.stubs[place] for place in self.attributes)
        if (
            not any(w.bare(cell.text) for cell in named)
            and self.parent is not None
            and any(w.bare(c.text) for c in marks)
        ):
            return replace(row, stubs=self.parent.stubs, marks=marks, depth=self.parent.depth)
        return replace(row, stubs=named, marks=marks)

    # ------------------------------------------------------------ headings

    def _heading(self, row: Row) -> None:
        text = w.bare(row.label.text)
        self.parent, self.parent_term = row, term_in(text)
        self.above = [one for one in self.above if one.depth < row.depth]
        self.above.append(row)
        sizes = tuple((m[2].strip(), int(m[1]), row.label) for m in SIZES_BY_ARM.finditer(text))
        before = self.under
        grade = grade_in(text) if w.GRADES.search(residue(text)) else None
        severity = severity_in(text) if w.SEVERITY.search(residue(text)) else None
        if (grade or severity) and not is_known(text):
            self.under = _changed(before, grade=grade, severity=severity)
            return
        self.under = Under(
            self._mode(text),
            unit=text if w.PERCENT_WORD.search(text) or w.MEAN_WORD.search(text) else "",
            grade=self.start.grade,
            serious=serious_in(text, self.start.serious),
            related=related_in(text)
            if w.STRICT_EVENTS.search(text) and related_in(text) is not None
            else self.start.related,
            graded_bracket=w.GRADE_BRACKET.search(text) is not None,
            noun=noun_in(text) or (before.noun if not w.EVENTS.search(text) else self.start.noun),
            noun_cell=row.label if noun_in(text) else None,
            sizes_by_name=sizes or before.sizes_by_name,
        )
        if self.under.serious is None and row.depth and before.serious is not None and not w.STRICT_EVENTS.search(text):
            self.under.serious = before.serious

    def _mode(self, text: str) -> str:
        """Whether the rows under a heading are events."""
        before = self.under.mode
        if w.STRICT_EVENTS.search(text):
            return "none" if re.search(r"\bdose (?:reduction|modification)", text, re.I) else "all"
        if w.EVENTS.search(text):
            return "known"
        if NO_EVENTS.search(text) or w.BASELINE.search(text):
            return "known" if self.topic.events == "all" and before != "none" and is_known(text) else "none"
        if self.topic.events == "all":
            return "all" if before != "none" or is_event(text) or is_class(text) else "none"
        if before == "none" and self.topic.events == "mixed":
            return "known" if is_known(text) else "none"
        return before if is_known(text) or is_class(text) else "none"

    # ------------------------------------------------------------ rows with figures

    def _is_size_row(self, row: Row) -> bool:
        text = w.bare(row.label.text)
        kinds = {f.kind for n, f in row.figures().items() if n in self.counted}
        if kinds == {"size"} and not (is_known(text) and self.sized):
            if w.EVENTS.search(text) or NO_EVENTS.search(text):
                self._heading(row)
            return True
        counted = bool(kinds) and kinds <= {"count"} and w.SIZE_ROW.search(text) is not None and of_all(row)
        return counted and not (
            self.parent is not None and not self.parent.is_heading and row.depth > self.parent.depth
        )

    def _line(self, row: Row) -> Iterator[StubLine]:
        text = w.bare(row.label.text)
        term, attribute = term_in(text), self._attribute(row)
        if says_none(term, attribute) or no_event(term):
            if no_event(term):
                self.parent, self.parent_term = row, ""
            return
        line = self._of_parent(row, term) if attribute else self._own(row, term)
        if line is None:
            return
        said = [w.bare(mark.text) for mark in row.marks]
        if any(found := YES_NO.fullmatch(text) for text in said) and found and not found["yes"]:
            return  # those without the event
        for text in said:
            _take_attribute(line, text)
        line.sizes, line.sizes_by_name = dict(self.sizes), self.under.sizes_by_name
        yield line

    def _attribute(self, row: Row) -> bool:
        """Whether a row is a degree of the event above: a grade, a severity, a threshold."""
        text = residue(row.label.text) or w.bare(row.label.text)
        if w.GRADES.search(text) or (w.GRADE_DIGIT.fullmatch(text) and self.parent is not None and not text.isdigit()):
            return True
        if (
            w.GRADE_DIGIT.fullmatch(text)
            and self.parent is not None
            and re.search(r"grad|toxic", self.grid.table.caption + self.parent_term, re.I)
        ):
            return True
        if w.SEVERITY.search(text) and not re.match(r"serious|fatal", text, re.I) and self.parent is not None:
            return True
        if self._relation(row, text):
            return True
        if (
            self.parent is None
            or w.THRESHOLD.search(text) is None
            or " or " in row.label.text
            or w.STRICT_EVENTS.search(text)
        ):
            return False
        return not (is_known(re.split(r"[<>≥≤]", text)[0]) and "(" in text)

    def _relation(self, row: Row, text: str) -> bool:
        """Whether a row counts those of the named event above that are related, or are not."""
        if self.parent is None or not self.parent_term or w.RELATED.search(text) is None:
            return False
        return self.parent.depth < row.depth and (is_known(self.parent_term) or not w.EVENTS.search(self.parent_term))

    def _of_parent(self, row: Row, label: str) -> StubLine | None:
        """The line of a degree: the event is the row above that is none."""
        if self.parent is None and not self.under.noun:
            return None
        parent = self.parent
        term = self.parent_term if parent is not None else ""
        if parent is not None and not term:
            return None
        if not term or (w.EVENTS.search(term) and not is_known(term)):
            term = noun_in(term) or self.under.noun
        if not self._accepted(term, parent if parent is not None else row):
            return None
        cells = (row.label, *((parent.label,) if parent is not None else ()))
        term = re.sub(r"\s*\((?:weeks?|months?|days?|from|until|cycles?)\b[^()]*\)$", "", term, flags=re.I)
        text = residue(label) or label
        line = self._made(row, term, cells)
        if w.GRADES.search(text) or w.GRADE_DIGIT.fullmatch(text):
            line.grade = grade_in(text) or text
        elif w.RELATED.search(text):
            line.related = relation(text)
        else:
            line.severity = severity_in(text) if w.SEVERITY.search(text) else text
        return line

    def _own(self, row: Row, label: str) -> StubLine | None:
        parent = next((one for one in reversed(self.above) if one.depth < row.depth), None)
        self.above = [one for one in self.above if one.depth < row.depth or (one.is_heading and one.depth == row.depth)]
        self.above.append(row)
        self.parent, self.parent_term = row, label
        qualifier = QUALIFIER.search(label)
        if not qualifier and not self._accepted(label, row):
            self.parent_term = ""
            return None
        if qualifier and self.under.mode == "none":
            return None
        term = label
        cells: tuple[Cell, ...] = (row.label,)
        if self.topic.event is not None:
            if subgroup(row):
                return None
            term = self.topic.event
        elif (organ := ORGAN.fullmatch(label)) and TOXICITY.search(self.grid.table.caption):
            term = f"{organ[1]} toxicity"
        elif qualifier:
            term, cells = self._qualified(qualifier, label, row, parent)
        line = self._made(row, term, cells)
        line.grade = grade_in(label) or line.grade
        line.term = GRADED_BEHIND.sub("", line.term) if line.grade else line.term
        line.severity = severity_in(label) or line.severity
        line.serious = serious_in(label, line.serious) if is_event(label) or qualifier else line.serious
        line.related = related_in(label) if related_in(label) is not None else line.related
        if qualifier and re.match(r"(?!not\b|un|non)(?:\w+[- ])?related$", label, re.I):
            line.related = True
        line.counts_events = w.EVENT_COUNTS.search(label) is not None and w.OF_PEOPLE.search(label) is None
        if self.people_told and re.fullmatch(r"totals?", label, re.I):  # not of people again
            line.counts_events = True
        self.people_told |= w.OF_PEOPLE.search(label) is not None and w.EVENTS.search(label) is not None
        if parent is not None and parent.depth < row.depth and id(parent) in self.events:
            line.counts_events = w.OF_PEOPLE.search(label) is None
        if line.counts_events:
            self.events.add(id(row))
        return line

    def _qualified(
        self, match: re.Match[str], label: str, row: Row, parent: Row | None
    ) -> tuple[str, tuple[Cell, ...]]:
        """The whole name of an event whose label only qualifies it: "Serious", "Any", "Leading to withdrawal"."""
        noun, cell = self.under.noun, self.under.noun_cell
        if parent is not None and (said := noun_in(w.bare(parent.label.text))):
            noun, cell = said, parent.label
        cells = (row.label, *((cell,) if cell is not None else ()))
        if match["any"]:
            return (f"any {noun}" if match["any"].lower() == "any" else noun), cells
        if match["before"]:
            return (noun if label.lower() in noun.lower() else f"{label} {noun}"), cells
        return f"{noun} {label}", cells

    def _accepted(self, label: str, row: Row) -> bool:
        if self.under.mode == "none":
            if self.topic.events in ("mixed", "all", "deaths") and DEATH.search(label):
                return True
            return (
                w.STRICT_EVENTS.search(label) is not None
                and NO_EVENTS.search(label) is None
                and not self.topic.baseline
            )
        if len(re.findall(r"[^\W\d_]", label)) < 3 and not is_event(label) and not self._explained(label):
            return False
        return self.under.mode == "all" or is_event(label)

    def _explained(self, label: str) -> bool:
        """Whether the notes under the table say what two letters stand for: "PE, pulmonary embolism"."""
        return re.search(rf"\b{re.escape(label)}\s*[,:=]\s*[a-z]{{3}}", self.grid.table.notes) is not None

    def _made(self, row: Row, term: str, cells: tuple[Cell, ...]) -> StubLine:
        under = self.under
        return StubLine(
            row,
            term,
            tuple(dict.fromkeys(cells)),
            w.bare(row.label.text) + " " + under.unit,
            under.grade,
            under.severity,
            under.serious,
            under.related,
            under.graded_bracket,
        )


def _changed(under: Under, *, grade: str | None, severity: str | None) -> Under:
    return Under(
        under.mode,
        under.unit,
        grade or under.grade,
        severity or under.severity,
        under.serious,
        under.related,
        under.graded_bracket,
        under.noun,
        under.noun_cell,
        under.sizes_by_name,
    )


def _take_attribute(line: StubLine, text: str) -> None:
    if not text or YES_NO.fullmatch(text):
        return
    if w.GRADES.search(text) or w.GRADE_DIGIT.search(text):
        line.grade = grade_in(text) or text
    elif w.SEVERITY.search(text):
        line.severity = text
    else:
        line.unit += " " + text
