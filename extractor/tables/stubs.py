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
from extractor.tables.topics import Topic, is_event, is_known, subgroup

# headings under which rows are no events, in a table that holds some
NO_EVENTS = re.compile(
    r"\befficacy\b|\bbase ?line\b|\bdemograph|\bcharacteristics\b|\bdose (?:reduction|modification|delay)|\bresponse\b|\breferrals?\b|\bmedications?\b|\bsurvival\b|"
    r"\bresults?\b|\bprimary\b|\bsecondary (?:end|out)|\bquality of life\b|\bpharmacokinetic|\blipids?\b|% of time|\bvariables analy[sz]ed\b(?!.*safety)|\bdisposition\b|\bexposure\b|"
    r"\bconcomitant\b|\bcompliance\b|\badherence\b|\bsurgery\b",
    re.I,
)
# rows that are no event whatever stands above
NO_EVENT_ROW = re.compile(
    r"^(?:mean|median|average|number of (?:doses|cycles|visits|infusions|injections|procedures|days)|p\b|p[- ]value|had at least one \w+ switch|LOS)\b|\b(?:duration|length of stay|hospital stay|days in hospital|scores?|"
    r"quality of life|odds ratio|hospital days)\b|^(?:hospitali[sz]ations?|(?:subjects|patients) with hospitali[sz]ation)$|^(?:age|sex|gender)\W",
    re.I,
)
# first words of rows that are no event, unless the whole label is one ("weight loss")
NO_EVENT_WORD = re.compile(
    r"^(?:length|time|days|hours|age|sex|gender|weight|height|BMI|body mass|dose|total dose|follow[- ]?up|exposure|completed|compliance|cost|operati(?:on|ve) time|blood loss)\b", re.I
)
DEATH = re.compile(r"^(?:\w+ )?(?:mortality|deaths?)\b", re.I)
NONE_AT_ALL = re.compile(r"^(?:no|none|without|absent|nil)\b", re.I)
QUALIFIER = re.compile(
    r"^(?:patients? (?:with|reporting|who had|experiencing) )?(?P<any>any|all|totals?|overall|at least (?:1|one)|one or more|(?:≥|>=)\s*1|sum|number of patients|no\. of patients|patients|number of subjects|subjects)$|"
    r"^(?P<before>(?:any )?(?:non[- ]?)?(?:serious|fatal|severe|mild|moderate|life[- ]threatening|(?:\w+[- ])?related|unrelated|treatment[- ]emergent|leading to death))$|"
    r"^(?P<after>(?:that |which )?(?:leading|led|resulting|requiring|causing|related|due|with outcome|considered|possibly|probably|not related)\b.*)$",
    re.I,
)
LABEL_UNIT = re.compile(
    r"[,;:]?\s*\(?\s*\b(?:no\.?|nos|n|number|freq(?:uen|uan)cy|count)\b\.?\s*(?:of (?:patients|subjects|participants|cases))?\s*[,;/]?\s*\(?\s*%?\s*\)?\s*\)?\s*:?$|(?<!\d)(?<!\d )[,;:]?\s*\(?\s*%\s*\)?\s*:?$|\s*:$|[,;]\s*(?:n|no)\.?$|"
    r"\s*\((?:%|n|N|no\.|number|n,? ?%|n\s*/\s*N|n \(%\))\)\s*",
    re.I,
)
GRADE_IN = re.compile(rf"\b(?:CTCAE?\s*)?grades?\s*([≥>⩾]?\s*{w.GRADE_NUMBER}(?:\s*(?:[-–/&]|to|or|and)\s*{w.GRADE_NUMBER})?(?:\s*or (?:higher|greater|above|more))?)\b|\b(III+\s*[&/–-]\s*IV)\b", re.I)
SEVERITY_IN = re.compile(r"^(?:any )?(mild|moderate|severe?|life[- ]threatening)\b(?! (?:acute|respiratory syndrome))", re.I)
RELATED_IN = re.compile(
    r"\b(?:treatment|drugs?|study[- ]drug|medication|vaccine|procedure|device|therapy|product|cells?|infusion|radiotherapy|chemotherapy)[- ‐]related\b|\brelated to (?:the )?(?:study |trial )?(?:treatment|drug|therapy|product|cell|procedure|medication|infusion|device|vaccine)|"
    r"\badverse (?:drug )?reactions?\b|\bADRs?\b",
    re.I,
)
UNRELATED_IN = re.compile(r"\b(?:unrelated|not related)\b", re.I)
REGARDLESS = re.compile(r"\bregardless|\birrespective|\bwhether or not", re.I)
SERIOUS_IN = re.compile(r"(?<!non)(?<!non-)(?<!non )\bserious\b|\bSAEs?\b", re.I)
NOT_SERIOUS = re.compile(r"\bnon-?\s?serious\b|\bother than serious\b", re.I)
NOUN = re.compile(
    r"(?:serious |severe )?(?:treatment[- ](?:emergent|related) |drug[- ]related )?(?:adverse (?:drug )?(?:events?|effects?|reactions?)|side[- ]effects?|complications?|toxicit(?:y|ies)|TEAEs?|SAEs?|AEs?)\b", re.I
)
SIZES_BY_ARM = re.compile(r"\bn\s*=\s*(\d+)\s*(?:in|for)\s+(?:the\s+)?([^;,()]+?)\s*(?:[;,)]|\band\b|$)", re.I)
PLURALS = {"toxicities": "toxicity"}


@dataclass(slots=True)
class Line:
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

    def __init__(self, grid: Grid, topic: Topic, counted: list[int]) -> None:
        self.grid, self.topic, self.counted = grid, topic, counted
        caption = grid.table.caption
        self.start = Under(
            {"all": "all", "mixed": "known", "heading": "none", "caption": "all"}.get(topic.events, "none"),
            grade=_caption_grade(grid),
            serious=_caption_serious(caption),
            related=_related(caption),
            noun=_noun(" ".join(grid.stub_head())) or _noun(caption) or "adverse events",
        )
        self.under = self.start
        self.sizes: dict[int, tuple[int, Cell]] = {}
        self.parent: Row | None = None  # the last row that is not a degree of another
        self.parent_term = ""
        self.above: list[Row] = []  # rows less and less far up, each set less deep than the next
        self.attributes = _attribute_stubs(grid)
        self.events: set[int] = set()  # rows that count events, not people, by identity

    def lines(self) -> Iterator[Line]:
        for row in map(self._without_attributes, self.grid.rows):
            if not w.bare(row.label.text):
                continue
            if row.is_heading:
                self._heading(row)
            elif self._is_size_row(row):
                self.sizes = {n: (s, row.data[n]) for n in self.counted if (s := _size_of(row, n)) is not None}
            else:
                yield from self._line(row)

    def _without_attributes(self, row: Row) -> Row:
        """The row with only what names it in its stub; where nothing does, the name of the row above."""
        if not self.attributes:
            return row
        named = tuple(cell for place, cell in enumerate(row.stubs) if place not in self.attributes)
        marks = tuple(row.stubs[place] for place in self.attributes)
        if not any(w.bare(cell.text) for cell in named) and self.parent is not None and any(w.bare(c.text) for c in marks):
            return replace(row, stubs=self.parent.stubs, marks=marks, depth=self.parent.depth)
        return replace(row, stubs=named, marks=marks)

    # ------------------------------------------------------------ headings

    def _heading(self, row: Row) -> None:
        text = w.bare(row.label.text)
        self.parent, self.parent_term = row, _term(text)
        self.above = [one for one in self.above if one.depth < row.depth]
        self.above.append(row)
        sizes = tuple((m[2].strip(), int(m[1]), row.label) for m in SIZES_BY_ARM.finditer(text))
        before = self.under
        grade = _grade(text) if w.GRADES.search(residue(text)) else None
        severity = _severity(text) if w.SEVERITY.search(residue(text)) else None
        if (grade or severity) and not is_known(text):
            self.under = _changed(before, grade=grade, severity=severity)
            return
        self.under = Under(
            self._mode(text),
            unit=text if w.PERCENT_WORD.search(text) or w.MEAN_WORD.search(text) else "",
            grade=self.start.grade,
            serious=_serious(text, self.start.serious if not w.STRICT_EVENTS.search(text) else self.start.serious),
            related=_related(text) if w.STRICT_EVENTS.search(text) and _related(text) is not None else self.start.related,
            graded_bracket=w.GRADE_BRACKET.search(text) is not None,
            noun=_noun(text) or (before.noun if not w.EVENTS.search(text) else self.start.noun),
            noun_cell=row.label if _noun(text) else None,
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
            return "all" if before != "none" or is_event(text) or _is_class(text) else "none"
        if before == "none" and self.topic.events == "mixed":
            return "known" if is_known(text) else "none"
        return before if is_known(text) or _is_class(text) else "none"

    # ------------------------------------------------------------ rows with figures

    def _is_size_row(self, row: Row) -> bool:
        text = w.bare(row.label.text)
        kinds = {f.kind for n, f in row.figures().items() if n in self.counted}
        if kinds == {"size"}:
            if w.EVENTS.search(text) or NO_EVENTS.search(text):
                self._heading(row)
            return True
        counted = bool(kinds) and kinds <= {"count"} and w.SIZE_ROW.search(text) is not None and _of_all(row)
        return counted and not (self.parent is not None and not self.parent.is_heading and row.depth > self.parent.depth)

    def _line(self, row: Row) -> Iterator[Line]:
        text = w.bare(row.label.text)
        term, attribute = _term(text), self._attribute(row)
        if _says_none(term, attribute) or _no_event(term):
            if _no_event(term):
                self.parent, self.parent_term = row, ""
            return
        line = self._of_parent(row, term) if attribute else self._own(row, term)
        if line is None:
            return
        for mark in row.marks:
            _take_attribute(line, w.bare(mark.text))
        line.sizes, line.sizes_by_name = dict(self.sizes), self.under.sizes_by_name
        yield line

    def _attribute(self, row: Row) -> bool:
        """Whether a row is a degree of the event above: a grade, a severity, a threshold."""
        text = residue(row.label.text) or w.bare(row.label.text)
        if w.GRADES.search(text) or w.GRADE_DIGIT.fullmatch(text) and self.parent is not None and not text.isdigit():
            return True
        if w.GRADE_DIGIT.fullmatch(text) and self.parent is not None and re.search(r"grad|toxic", self.grid.table.caption + self.parent_term, re.I):
            return True
        if w.SEVERITY.search(text) and not re.match(r"serious|fatal", text, re.I) and self.parent is not None:
            return True
        if self.parent is None or w.THRESHOLD.search(text) is None or " or " in row.label.text:
            return False
        return not (is_known(re.split(r"[<>≥≤]", text)[0]) and "(" in text)

    def _of_parent(self, row: Row, label: str) -> Line | None:
        """The line of a degree: the event is the row above that is none."""
        if self.parent is None and not self.under.noun:
            return None
        parent = self.parent
        term = self.parent_term if parent is not None else ""
        if parent is not None and not term:
            return None
        if not term or w.EVENTS.search(term) and not is_known(term):
            term = _noun(term) or self.under.noun
        if not self._accepted(term, parent if parent is not None else row):
            return None
        cells = (row.label, *((parent.label,) if parent is not None else ()))
        term = re.sub(r"\s*\((?:weeks?|months?|days?|from|until|cycles?)\b[^()]*\)$", "", term, flags=re.I)
        text = residue(label) or label
        line = self._made(row, term, cells)
        if w.GRADES.search(text) or w.GRADE_DIGIT.fullmatch(text):
            line.grade = _grade(text) or text
        else:
            line.severity = _severity(text) if w.SEVERITY.search(text) else text
        return line

    def _own(self, row: Row, label: str) -> Line | None:
        parent = next((one for one in reversed(self.above) if one.depth < row.depth), None)
        self.above = [one for one in self.above if one.depth < row.depth or one.is_heading and one.depth == row.depth]
        self.above.append(row)
        self.parent, self.parent_term = row, label
        qualifier = QUALIFIER.search(label)
        if not qualifier and not self._accepted(label, row):
            self.parent_term = ""
            return None
        if qualifier and self.under.mode == "none":
            return None
        term, cells = label, (row.label,)
        if self.topic.event is not None:
            if subgroup(row):
                return None
            term = self.topic.event
        elif qualifier:
            term, cells = self._qualified(qualifier, label, row, parent)
        line = self._made(row, term, cells)
        line.grade = _grade(label) or line.grade
        line.severity = _severity(label) or line.severity
        line.serious = _serious(label, line.serious) if is_event(label) or qualifier else line.serious
        line.related = _related(label) if _related(label) is not None else line.related
        if qualifier and re.match(r"(?:\w+[- ])?related$", label, re.I):
            line.related = True
        line.counts_events = w.EVENT_COUNTS.search(label) is not None and w.OF_PEOPLE.search(label) is None
        if parent is not None and parent.depth < row.depth and id(parent) in self.events:
            line.counts_events = w.OF_PEOPLE.search(label) is None
        if line.counts_events:
            self.events.add(id(row))
        return line

    def _qualified(self, match: re.Match[str], label: str, row: Row, parent: Row | None) -> tuple[str, tuple[Cell, ...]]:
        """The whole name of an event whose label only qualifies it: "Serious", "Any", "Leading to withdrawal"."""
        noun, cell = self.under.noun, self.under.noun_cell
        if parent is not None and (said := _noun(w.bare(parent.label.text))):
            noun, cell = said, parent.label
        cells = (row.label, *((cell,) if cell is not None else ()))
        if match["any"]:
            return (f"any {noun}" if match["any"].lower() == "any" else noun), cells
        if match["before"]:
            return (noun if label.lower() in noun.lower() else f"{label} {noun}"), cells
        return f"{noun} {label}", cells

    def _accepted(self, label: str, row: Row) -> bool:
        if self.under.mode == "none":
            if self.topic.events in ("mixed", "all") and DEATH.search(label):
                return True
            return w.STRICT_EVENTS.search(label) is not None and NO_EVENTS.search(label) is None and not self.topic.baseline
        if len(re.findall(r"[^\W\d_]", label)) < 3 and not is_known(label):
            return False
        return self.under.mode == "all" or is_event(label)

    def _made(self, row: Row, term: str, cells: tuple[Cell, ...]) -> Line:
        under = self.under
        return Line(
            row, term, tuple(dict.fromkeys(cells)), w.bare(row.label.text) + " " + under.unit, under.grade, under.severity, under.serious, under.related, under.graded_bracket
        )


# ---------------------------------------------------------------- words of labels


def _says_none(term: str, attribute: bool) -> bool:
    """Whether a row counts the people without an event."""
    if NONE_AT_ALL.search(term):
        return True
    return w.ABSENT_ROW.search(term) is not None and not attribute and not is_event(term)


def _no_event(term: str) -> bool:
    return NO_EVENT_ROW.search(term) is not None or NO_EVENT_WORD.search(term) is not None and not is_known(term)


def _changed(under: Under, *, grade: str | None, severity: str | None) -> Under:
    return Under(under.mode, under.unit, grade or under.grade, severity or under.severity, under.serious, under.related, under.graded_bracket, under.noun, under.noun_cell, under.sizes_by_name)


def _term(text: str) -> str:
    """A label without its units, marks and the words that only count."""
    said = w.bare(text)
    for _ in range(2):
        said = LABEL_UNIT.sub(" ", said).strip(" .,:;")
    return re.sub(r"\s+", " ", said)


def _noun(text: str) -> str:
    match = NOUN.search(w.bare(text))
    if not match:
        return ""
    said = match.group()
    return PLURALS.get(said.lower(), said if said.isupper() or re.search(r"[A-Z]{2}", said) else said.lower())


def _grade(text: str) -> str | None:
    match = GRADE_IN.search(text)
    if match:
        return (match[1] or match[2]).strip()
    said = residue(text)
    return said if w.GRADES.search(said) else None


def _severity(text: str) -> str | None:
    match = SEVERITY_IN.search(text)
    if not match:
        return text if w.SEVERITY.search(text) else None
    if w.SEVERITY.search(text):
        return text
    return "severe" if match[1].lower() == "sever" else match[1].lower()


def _serious(text: str, before: bool | None) -> bool | None:
    if NOT_SERIOUS.search(text):
        return False
    if SERIOUS_IN.search(text):
        return True
    return None if w.STRICT_EVENTS.search(text) else before


def _caption_serious(caption: str) -> bool | None:
    if re.search(r"\badverse events?\b.*\b(?:and|or|,)\s*(?:\w+ )?serious|\bserious\b.*\b(?:and|or) (?:other|non)|summary|overview", caption, re.I):
        return None
    return True if SERIOUS_IN.search(caption) and not NOT_SERIOUS.search(caption) else False if NOT_SERIOUS.search(caption) else None


def _caption_grade(grid: Grid) -> str | None:
    """The grade that a caption gives to all of its table."""
    said = " ".join(cell.text for level in grid.levels for cell in level)
    if re.search(r"\bgrade", said, re.I):
        return None
    match = GRADE_IN.search(grid.table.caption)
    return match[1].strip() if match and match[1] and re.match(r"[^.]*\bgrades?\b[^.]*\b(?:toxicit|adverse|events?|reactions)", grid.table.caption.partition("\n")[2] or grid.table.caption, re.I) else None


def _related(text: str) -> bool | None:
    if REGARDLESS.search(text):
        return None
    if UNRELATED_IN.search(text):
        return False
    return True if RELATED_IN.search(text) else None


def _is_class(text: str) -> bool:
    """Whether a heading is a class of events: "Gastrointestinal disorders", "Infections"."""
    return re.search(r"\b(?:disorders?|infections?|symptoms?|reactions?|conditions?|abnormalities|events?|gastrointestinal|respiratory|cardiac|cardiovascular|neurologic\w*|renal|hepatic|ha?ematologic\w*|skin|local|systemic)\b", text, re.I) is not None


def _of_all(row: Row) -> bool:
    """Whether the percentages of a row, where it has any, are of all people."""
    return all(f.percent is None or f.percent >= 99 for f in row.figures().values())


def _size_of(row: Row, column: int) -> int | None:
    found = row.figures().get(column)
    if found is None:
        return None
    return found.n if found.kind in ("size", "count") else None


def _attribute_stubs(grid: Grid) -> list[int]:
    """Columns of the stub that say grade, severity or statistic of a row."""
    found = []
    for place, over in enumerate(grid.stub_head()):
        texts = [w.bare(row.stubs[place].text) for row in grid.rows if w.bare(row.stubs[place].text)]
        named = re.search(r"\bgrade\b|\bseverity\b|\bmeasure\b|\bstatistic|\brelat", over, re.I)
        graded = texts and sum(bool(w.GRADES.search(t) or w.SEVERITY.search(t) or w.UNIT.fullmatch(t)) for t in texts) * 3 > 2 * len(texts)
        if place and (named or graded):
            found.append(place)
    return found


def _take_attribute(line: Line, text: str) -> None:
    if not text:
        return
    if w.GRADES.search(text) or w.GRADE_DIGIT.search(text):
        line.grade = _grade(text) or text
    elif w.SEVERITY.search(text):
        line.severity = text
    else:
        line.unit += " " + text
