"""What the words of a row's label say: a grade, a severity, serious or related, the noun of a class, none at all."""

from __future__ import annotations

from extractor import patterns as re
from extractor.tables import words as w
from extractor.tables.grid import Grid, Row
from extractor.tables.heads import residue
from extractor.tables.topics import is_event, is_known
from extractor.words import Words

W = Words("tables")

# headings under which rows are no events, in a table that holds some
NO_EVENTS = re.compile(
    W.no_events,
    re.I,
)
# rows that are no event whatever stands above
NO_EVENT_ROW = re.compile(
    W.no_event_row,
    re.I,
)
# first words of rows that are no event, unless the whole label is one ("weight loss")
NO_EVENT_WORD = re.compile(
    rf"^{W.no_event_word_length}\b",
    re.I,
)
DEATH = re.compile(r"^(?:[\w-]+ ){0,2}(?:mortality|deaths?|died)\b(?!.{0,20}\bor\b)", re.I)
# an organ as a row of a table of toxicity: "Heart (single/multiple)" is heart toxicity
ORGAN = re.compile(rf"({W.organ})(?: \([^()]*\))?", re.I)
TOXICITY = re.compile(r"\btoxicit", re.I)
NUMBERED = re.compile(r"^\d{1,2}[.)]\s+(?=[A-Za-z])")  # "1. Nausea"
YES_NO = re.compile(r"(?P<yes>yes|present)|no|absent", re.I)
NONE_AT_ALL = re.compile(rf"^{W.none_at_all_no}\b", re.I)
QUALIFIER = re.compile(
    rf"^(?:patients? (?:with|reporting|who had|experiencing) )?(?P<any>{W.qualifier_any})$|^(?P<before>(?:any )?(?:non[- ]?)?{W.qualifier_serious})$|^(?P<after>(?:that |which )?{W.qualifier_leading}\b.*)$",
    re.I,
)
LABEL_UNIT = re.compile(
    W.label_unit,
    re.I,
)
GRADE_IN = re.compile(
    rf"\b(?:CTCAE?\s*)?grades?\s*([≥>⩾]?\s*{w.GRADE_NUMBER}(?:\s*(?:[-–/&]|to|or|and)\s*{w.GRADE_NUMBER})?(?:\s*or (?:higher|greater|above|more))?)\b|\b(III+\s*[&/–-]\s*IV)\b",
    re.I,
)
# "Acute GVHD, grades II–IV": the grade is told apart
GRADED_BEHIND = re.compile(
    rf"(?<=\w)(?:,| ?[(\[])\s*(?:CTCAE?\s*)?grades?\s*[≥>⩾]?\s*{w.GRADE_NUMBER}\b[^()\[\],]*[)\]]?$", re.I
)
SEVERITY_IN = re.compile(
    r"^(?:any )?(mild|moderate|severe?|life[- ]threatening)\b(?! (?:acute|respiratory syndrome))", re.I
)
RELATED_IN = re.compile(
    W.related_in,
    re.I,
)
UNRELATED_IN = re.compile(r"\b(?:unrelated|not related)\b", re.I)
REGARDLESS = re.compile(r"\bregardless|\birrespective|\bwhether or not", re.I)
SERIOUS_IN = re.compile(r"(?<!non)(?<!non-)(?<!non )\bserious\b|\bSAEs?\b", re.I)
NOT_SERIOUS = re.compile(r"\bnon-?\s?serious\b|\bother than serious\b", re.I)
NOUN = re.compile(
    r"(?:serious |severe )?(?:treatment[- ](?:emergent|related) |drug[- ]related )?(?:adverse (?:drug )?(?:events?|effects?|reactions?)|side[- ]effects?|complications?|toxicit(?:y|ies)|TEAEs?|SAEs?|AEs?)\b",
    re.I,
)
SIZES_BY_ARM = re.compile(r"\bn\s*=\s*(\d+)\s*(?:in|for)\s+(?:the\s+)?([^;,()]+?)\s*(?:[;,)]|\band\b|$)", re.I)
PLURALS = {"toxicities": "toxicity"}


def says_none(term: str, attribute: bool) -> bool:
    """Whether a row counts the people without an event."""
    if NONE_AT_ALL.search(term):
        return True
    return w.ABSENT_ROW.search(term) is not None and not attribute and not is_event(term)


def no_event(term: str) -> bool:
    return NO_EVENT_ROW.search(term) is not None or (NO_EVENT_WORD.search(term) is not None and not is_known(term))


def term_in(text: str) -> str:
    """A label without its units, marks and the words that only count."""
    said = NUMBERED.sub("", w.bare(text))
    for _ in range(2):
        said = LABEL_UNIT.sub(" ", said).strip(" .,:;")
    return re.sub(r"\s+", " ", said)


def noun_in(text: str) -> str:
    match = NOUN.search(w.bare(text))
    if not match:
        return ""
    said = match.group()
    return PLURALS.get(said.lower(), said if said.isupper() or re.search(r"[A-Z]{2}", said) else said.lower())


def grade_in(text: str) -> str | None:
    match = GRADE_IN.search(text)
    if match:
        return (match[1] or match[2]).strip()
    said = residue(text)
    return said if w.GRADES.search(said) else None


def severity_in(text: str) -> str | None:
    match = SEVERITY_IN.search(text)
    if not match:
        return text if w.SEVERITY.search(text) else None
    if w.SEVERITY.search(text):
        return text
    return "severe" if match[1].lower() == "sever" else match[1].lower()


def serious_in(text: str, before: bool | None) -> bool | None:
    if NOT_SERIOUS.search(text):
        return False
    if SERIOUS_IN.search(text):
        return True
    return None if w.STRICT_EVENTS.search(text) else before


def caption_serious(caption: str) -> bool | None:
    if re.search(
        r"\badverse events?\b.*\b(?:and|or|,)\s*(?:\w+ )?serious|\bserious\b.*\b(?:and|or) (?:other|non)|summary|overview",
        caption,
        re.I,
    ):
        return None
    return (
        True
        if SERIOUS_IN.search(caption) and not NOT_SERIOUS.search(caption)
        else False
        if NOT_SERIOUS.search(caption)
        else None
    )


def caption_grade(grid: Grid) -> str | None:
    """The grade that a caption gives to all of its table."""
    said = " ".join(cell.text for level in grid.levels for cell in level)
    if re.search(r"\bgrade", said, re.I):
        return None
    match = GRADE_IN.search(grid.table.caption)
    return (
        match[1].strip()
        if match
        and match[1]
        and re.match(
            r"[^.]*\bgrades?\b[^.]*\b(?:toxicit|adverse|events?|reactions)",
            grid.table.caption.partition("\n")[2] or grid.table.caption,
            re.I,
        )
        else None
    )


def related_in(text: str) -> bool | None:
    if REGARDLESS.search(text):
        return None
    if UNRELATED_IN.search(text):
        return False
    return True if RELATED_IN.search(text) else None


def relation(text: str) -> bool | None:
    """Whether a word of causality says that an event is related."""
    if re.search(r"\bunrelated|\bnot\b|\bunlikely|\bnone\b|\bremote", text, re.I):
        return False
    return None if re.search(r"possib|unknown|unassess", text, re.I) else True


def is_class(text: str) -> bool:
    """Whether a heading is a class of events: "Gastrointestinal disorders", "Infections"."""
    return (
        re.search(
            r"\b(?:disorders?|infections?|symptoms?|reactions?|conditions?|abnormalities|events?|gastrointestinal|respiratory|cardiac|cardiovascular|neurologic\w*|renal|hepatic|ha?ematologic\w*|skin|local|systemic)\b",
            text,
            re.I,
        )
        is not None
    )


def of_all(row: Row) -> bool:
    """Whether the percentages of a row, where it has any, are of all people."""
    return all(f.percent is None or f.percent >= 99 for f in row.figures().values())


def size_of(row: Row, column: int) -> int | None:
    found = row.figures().get(column)
    if found is None:
        return None
    return found.n if found.kind in ("size", "count") else None


def attribute_stubs(grid: Grid) -> list[int]:
    """Columns of the stub that say grade, severity or statistic of a row."""
    found = []
    for place, over in enumerate(grid.stub_head()):
        texts = [w.bare(row.stubs[place].text) for row in grid.rows if w.bare(row.stubs[place].text)]
        named = re.search(r"\bgrade\b|\bseverity\b|\bmeasure\b|\bstatistic|\brelat", over, re.I)
        graded = texts and sum(
            bool(w.GRADES.search(t) or w.SEVERITY.search(t) or w.UNIT.fullmatch(t) or YES_NO.fullmatch(t))
            for t in texts
        ) * 3 > 2 * len(texts)
        if place and (named or graded):
            found.append(place)
    return found
