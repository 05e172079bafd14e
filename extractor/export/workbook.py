"""The workbook: characteristics, where each value is said, adverse events, conflicts, what was not reported, one sheet each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from openpyxl.utils import get_column_letter

from extractor.declared import CHAPTERS, declared_fields
from extractor.export import book, harms
from extractor.export.book import MOST_ROWS, Colour, Linked, Sheet, write_book
from extractor.export.chapters import included
from extractor.export.characteristics import FRONT, characteristics, columns, value_shown
from extractor.export.doubt import doubtful, doubts, in_conflict, person
from extractor.export.plain import json_text
from extractor.export.references import addresses
from extractor.export.values import DENIED, NOT_REPORTED, OTHERS_ONLY, REJECTED, UNREAD, limits
from extractor.labels import labels
from extractor.link.authority import OWNERS
from extractor.model import NOT_READ, Document, Evidence, Fact, Record

EVENT_KEYS = (
    *("term", "term_id", "assertion", "n", "denominator", "denominator_unit", "percent"),
    *("grade", "severity", "serious", "related", "scope"),
)
EVENT_COLUMNS = ("study", "arm", *EVENT_KEYS, "nothing", "words", "part", "start", "end", "document")
SOURCE_COLUMNS = (
    *("study", "field", "value", "arm", "words", "why it is doubtful", "given by", "read at", "part", "start", "end"),
    *("path", "confidence", "method", "flags", "own", "value (JSON)", "more words", "document"),
)
NUMBER_COLUMNS = ("study", "field", "figure", "number", "kind", "arm", "words", "document")
INCLUDED, STUDIES, SOURCES, NUMBERS = "included studies", "characteristics", "sources", "numbers"
KINDS = ("unit", "kind", "basis", "denominator_unit", "term")  # keys of a value that say what its numbers are of
ABOUT = (
    (NOT_REPORTED, "the report was read for it and says nothing; silence is never a zero"),
    (
        DENIED,
        "the text itself denies it as a whole (“no adverse events occurred”), no further than severity, related and scope say",
    ),
    ("scope", "the words that limit a denial: a time, a group, a measure (“during infusion”)"),
    ("0, reported zero", "the text states a zero (“0 of 6”)"),
    (OTHERS_ONLY, "the report gives such figures, but not of its own trial (a review, a subgroup, another study)"),
    (UNREAD, "a part of the report that may tell it was not read, such as a table that is a picture"),
    ("empty cell", "nobody looked for it"),
    ("orange cell", "two values of this kind contradict each other; the column “in conflict” names the fields"),
    ("yellow cell", "doubtful; the sheet “sources” says why"),
    ("green cell", "confirmed, corrected or added by a person, who is named in “given by”"),
    ("blue value", "leads to the words that say it, in the sheet “sources”, and from there to the report"),
    ("own", "no: the value is kept, but it is not of this report's own trial, or a person put it aside"),
    ("start, end", "code points from the start of the named part of the report, half-open"),
    ("␀ and the like", "pictures of control characters, which a workbook cannot hold"),
)
Cells = Sequence[Any]


def write_xlsx(records: Iterable[Record], stream: BinaryIO) -> None:
    """The workbook; the same bytes for the same records.

    Raises
    ------
    QueryError
        If a sheet would have more rows than a workbook can hold.
    """
    write_book(_sheets(list(records)), stream, MOST_ROWS)


def _sheets(records: Sequence[Record]) -> Iterator[Sheet]:
    names = labels(r.document for r in records)
    yield _included(records)
    yield _studies(records, names)
    yield _sources(records, names)
    yield _numbers(records, names)
    yield _events(records, names)
    yield _harms_by_arm(records)
    yield _harms_by_trial(records)
    conflicts = list(_conflicts(records, names))
    yield Sheet("conflicts", ("study", "kind", "message", "words", "document"), conflicts, widths={3: 70})
    silence = list(_silence(records, names))
    yield Sheet("not reported", ("study", "field", "state", "document"), silence)
    yield Sheet("about", ("words", "meaning"), ABOUT, widths={2: 100}, frozen="A2")


# ---------------------------------------------------------------- tables as a manuscript has them


def _included(records: Sequence[Record]) -> Sheet:
    """Cochrane's shape, for the printer: one row a study, five cells, the notes below."""
    rows, notes = included(records)
    cells: list[Cells] = [
        (
            Linked(r.study, address=r.address) if r.address else r.study,
            "\n".join(r.reports),
            *("\n".join(map(str, items)) for items in r.cells),
        )
        for r in rows
    ]
    width = dict.fromkeys(range(3, 3 + len(CHAPTERS)), 38) | {1: 24, 2: 20}
    below = [(f"note {i}", note, *[None] * len(CHAPTERS)) for i, note in enumerate(notes, 1)]
    return Sheet(INCLUDED, ("study", "reports", *CHAPTERS), [*cells, *below], widths=width)


def _harms_by_arm(records: Sequence[Record]) -> Sheet:
    """Events by arms, trial after trial; the first row of a trial names its arms."""
    found = harms.grids(records)
    most = max((len(g.columns) for g in found), default=1)
    rows: list[Cells] = []
    for grid in found:
        pad = [None] * (most - len(grid.columns))
        rows.append((grid.title, "Arms", None, *grid.columns, *pad))
        rows += [(grid.title, r.organ, r.event, *(c.words for c in r.cells), *pad) for r in grid.rows]
    headings = ("study", "class", "event", *(f"arm {i}" for i in range(1, most + 1)))
    arms = Colour('$B2="Arms"', book.PERSON)
    return Sheet("harms by arm", headings, rows, (arms, *_harm_colours(4, 3 + most)), frozen="D2")


def _harms_by_trial(records: Sequence[Record]) -> Sheet:
    """Events by trials; what the words of a cell mean stands below."""
    grid = harms.across(records)
    rows: list[Cells] = [(r.organ, r.event, *(c.words for c in r.cells)) for r in grid.rows]
    blank = [None] * len(grid.columns)
    rows += [(words, meaning, *blank) for words, meaning in harms.LEGEND]
    colours = _harm_colours(3, 2 + len(grid.columns)) if grid.columns else []
    return Sheet("harms by trial", ("class", "event", *grid.columns), rows, colours, frozen="C2")


def _harm_colours(first: int, last: int) -> list[Colour]:
    """Silence in grey, denials in green, what is serious in orange."""
    cell, reach = f"{get_column_letter(first)}2", (first, last)
    return [
        Colour(f'OR({cell}="{harms.SILENCE}",{cell}="{harms.UNREAD}")', words=book.QUIET, columns=reach),
        Colour(f'OR(LEFT({cell},6)="denied",LEFT({cell},4)="none")', book.PERSON, columns=reach),
        Colour(f'ISNUMBER(SEARCH(", serious",{cell}))', book.CONFLICT, columns=reach),
    ]


# ---------------------------------------------------------------- one row a study


def _studies(records: Sequence[Record], names: dict[str, str]) -> Sheet:
    """The wide table: numbers as numbers with their kind beside, each value leads to its words."""
    table = characteristics(records)
    made = columns()
    counted = {h: fields for h, fields in made.items() if len(fields) == 1 and _is_count(fields[0])}
    headings = [*FRONT, "read at"]
    for heading in made:
        beside = _beside(counted.get(heading))
        headings += [heading, f"{heading}: {beside}"] if beside else [heading]
    headings += ["conflicts", "in conflict", "doubtful"]
    first = _first_rows(records)
    rows = [_study(r, row, made, counted, first) for r, row in zip(records, table.rows, strict=True)]
    return Sheet(STUDIES, headings, rows, _study_colours(len(headings)), frozen="C2", widths={3: 36})


def _study(
    record: Record,
    row: Sequence[str],
    made: Mapping[str, tuple[str, ...]],
    counted: Mapping[str, tuple[str, ...]],
    first: dict[tuple[str, str], int],
) -> Cells:
    document = record.document
    found: list[Any] = [row[0], row[1], row[2], document.year, _address(document)]
    contradicted, unsure = in_conflict(record), doubtful(record.facts)
    for (heading, fields), words in zip(made.items(), row[len(FRONT) :], strict=False):
        cells: tuple[Any, ...] = (words,)
        if heading in counted:
            cells = _count(record.of(fields[0]), words, _beside(fields))
        place = next((first[document.id, f] for f in fields if (document.id, f) in first), 0)
        found += [Linked(cells[0], sheet=SOURCES, row=place) if place else cells[0], *cells[1:]]
    named = ["; ".join(h for h, fields in made.items() if set(fields) & which) for which in (contradicted, unsure)]
    return (*found, row[-1], *(f"{n};" if n else "" for n in named))


def _study_colours(last: int) -> list[Colour]:
    """Colours of the wide table, from the names of the fields that its last two columns hold."""
    first = len(FRONT) + 2
    letter, named = get_column_letter(first), [get_column_letter(n) for n in (last - 1, last)]
    reach = (first, last - 3)
    found = [
        Colour(f'ISNUMBER(SEARCH("; "&{letter}$1&";","; "&${column}2))', fill, columns=reach)
        for column, fill in zip(named, (book.CONFLICT, book.DOUBT), strict=True)
    ]
    quiet = ",".join(f'{letter}2="{words}"' for words in (NOT_REPORTED, UNREAD, OTHERS_ONLY, REJECTED))
    return [*found, Colour(f"OR({quiet})", words=book.QUIET, columns=reach)]


def _is_count(field: str) -> bool:
    one = declared_fields().get(field)
    return bool(one and one.label == "n" and "name" not in one.keys)


def _beside(fields: Sequence[str] | None) -> str:
    """The key that says what a field's number is of, for the column beside it; empty where there is none."""
    keys = declared_fields()[fields[0]].keys if fields else ()
    return next((key for key in ("kind", "unit") if key in keys), "")


def _count(facts: Sequence[Fact], words: str, beside: str) -> tuple[Any, ...]:
    """A number with what it is of beside it where the study has one; the words where it has several, or none."""
    values = list({(f.value.get("n"), f.value.get(beside)): f for f in facts}.values())
    if len(values) != 1 or values[0].value.get("n") is None:
        return (words, None) if beside else (words,)
    value = values[0].value
    return (value["n"], value.get(beside)) if beside else (value["n"],)


def _address(document: Document, words: str | None = None) -> Any:
    """A link to where the report can be read; the words alone where nothing is known of that."""
    found = addresses(document)
    if not found:
        return words
    return Linked(found[0] if words is None else words, address=found[0])


# ---------------------------------------------------------------- one row a value


def _of(records: Sequence[Record]) -> Iterator[tuple[Record, Fact]]:
    return ((r, f) for r in records for f in r.facts)


def _first_rows(records: Sequence[Record]) -> dict[tuple[str, str], int]:
    """Row of the sheet of sources where a report's own values of a field begin."""
    found: dict[tuple[str, str], int] = {}
    for place, (record, fact) in enumerate(_of(records), 2):
        if fact.primary:
            found.setdefault((record.document.id, fact.field), place)
    return found


def _reports(record: Record) -> list[str]:
    """The report that says each fact of a record, which is of one report or put together from those of a trial."""
    return list(record.document.metadata.get(OWNERS) or [record.document.id] * len(record.facts))


def _sources(records: Sequence[Record], names: dict[str, str]) -> Sheet:
    rows = [
        _source(r, f, names[r.document.id], report)
        for r in records
        for f, report in zip(r.facts, _reports(r), strict=True)
    ]
    colours = (
        Colour('$F2<>""', book.DOUBT, columns=(2, 6)),
        Colour('$G2<>""', book.PERSON, columns=(2, 7)),
        Colour('$P2="no"', words=book.QUIET),
    )
    return Sheet(SOURCES, SOURCE_COLUMNS, rows, colours, widths={5: 60}, printed=8)


def _source(record: Record, fact: Fact, name: str, report: str) -> Cells:
    first, *rest = fact.evidence or (None,)
    place = (first.part, first.start, first.end, first.path) if first else (None,) * 4
    more = json_text([e.to_dict() for e in rest if e]) if rest else None
    told = (name, fact.field, value_shown(fact), fact.arm, first.quote if first else None)
    why = ("; ".join(doubts(fact)) or None, person(fact) or None, _address(record.document))
    how = (round(fact.confidence, 4), fact.method, "; ".join(fact.flags) or None, fact.primary)
    return (*told, *why, *place, *how, json_text(fact.value), more, report)


def _numbers(records: Sequence[Record], names: dict[str, str]) -> Sheet:
    """Every figure as a number with what it is of beside it; values of the studies' own trials only."""
    rows = []
    for record, fact in _of(records):
        if not fact.primary:
            continue
        kind = "; ".join(str(fact.value[k]) for k in KINDS if fact.value.get(k) not in (None, ""))
        words = fact.evidence[0].quote if fact.evidence else None
        for key, number in fact.value.items():
            if isinstance(number, int | float) and not isinstance(number, bool):
                row = (names[record.document.id], fact.field, key, number, kind or None, fact.arm, words)
                rows.append((*row, record.document.id))
    return Sheet(NUMBERS, NUMBER_COLUMNS, rows)


def _events(records: Sequence[Record], names: dict[str, str]) -> Sheet:
    rows = [_event(r, f, names[r.document.id]) for r in records for f in r.of("adverse_event")]
    colours = (Colour('$O2<>""', words=book.QUIET), Colour('$L2="yes"', book.CONFLICT, columns=(12, 12)))
    return Sheet("adverse events", EVENT_COLUMNS, rows, colours, printed=16)


def _event(record: Record, fact: Fact, name: str) -> Cells:
    first: Evidence = fact.evidence[0]
    values = [_plain(fact.value.get(key)) for key in EVENT_KEYS]
    place = (first.quote, first.part, first.start, first.end)
    return (name, fact.arm, *values, zero_state(fact), *place, record.document.id)


def zero_state(fact: Fact) -> str | None:
    """Which kind of nothing an adverse event is; None for one that happened."""
    assertion, n = fact.value.get("assertion"), fact.value.get("n")
    if assertion == "none_reported":
        return ", ".join([DENIED, *limits(fact.value)])
    if n == 0:
        return "reported zero"
    return "reported absent" if assertion == "absent" else None


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else json_text(value)


def _conflicts(records: Iterable[Record], names: dict[str, str]) -> Iterator[Cells]:
    for record in records:
        for conflict in record.conflicts:
            facts = [record.facts[i] for i in conflict.facts if i < len(record.facts)]
            quotes = "; ".join(e.quote for f in facts for e in f.evidence[:1])
            yield names[record.document.id], conflict.kind, conflict.message, quotes, record.document.id


def _silence(records: Iterable[Record], names: dict[str, str]) -> Iterator[Cells]:
    for record in records:
        for name in record.not_found:
            state = UNREAD if name.endswith(NOT_READ) else NOT_REPORTED
            yield names[record.document.id], name.removesuffix(NOT_READ), state, record.document.id
