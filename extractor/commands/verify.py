"""``trialspan verify`` and ``trialspan audit``: anyone's table against the texts it speaks of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.screen import console_for, cut
from extractor.commands.shared import (
    CONTROL,
    OutputOption,
    end,
    format_of,
    open_store,
    output_to,
    printable,
    progress,
    say,
    settings_or_exit,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.engine import Run
from extractor.errors import CellsError
from extractor.export.values import fact_shown, shown
from extractor.inputs import documents
from extractor.model import Document
from extractor.pipeline import build
from extractor.settings import Settings
from extractor.verify.audit import CONTRADICTED, NO_TEXT, SILENT, STATES, state_of
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Answer, Cell
from extractor.verify.check import verify
from extractor.verify.page import Row, around, page
from extractor.verify.texts import settled
from extractor.verify.theirs import Theirs, read

WORDS = 70  # characters of the deciding words on the screen
MOST_NAMED = 10  # documents and rows in a message


class VerifyFormat(StrEnum):
    """How answers are printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    html = "html"


class AuditFormat(StrEnum):
    """How an audit is printed."""

    table = "table"
    json = "json"
    html = "html"


TextsOption = Annotated[
    Path | None, typer.Option("--texts", metavar="DIR", help="Folder (or file) of the texts that the table speaks of.")
]
StoreOfTexts = Annotated[str | None, typer.Option("--store", metavar="PATH|URL", help="Or: a store that holds them.")]
OutcomeOption = Annotated[
    str | None, typer.Option("--outcome", help="The event that the counts of a 2x2 table are of.")
]


def verify_command(
    theirs: Annotated[Path, typer.Argument(help="Their table: CSV, JSONL, or LangExtract's JSONL.")],
    texts: TextsOption = None,
    store: StoreOfTexts = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Which column of a wide table is which field (TOML).")
    ] = None,
    outcome: OutcomeOption = None,
    output: OutputOption = None,
    form: Annotated[
        VerifyFormat | None,
        typer.Option("--format", help="table, json, jsonl or html (default: by the suffix of -o, else table)."),
    ] = None,
) -> None:
    """Check anyone's extraction: does each quote stand in its text, and does each value follow from its words?

    Exit code 1 where a value contradicts its words, is a zero that nobody reported, or could not be checked.

    Example: trialspan verify their.csv --texts texts/

    Example: trialspan verify answers.jsonl --texts texts/ --format html -o answers.html
    """
    given = _read(theirs, map_file, outcome)
    report = Run()
    found = list(_documents(texts, store, report))
    cells, lost = settled(given.cells, found)
    answers = list(progress(_answers(found, cells), "verified", total=lambda: len(cells)))
    by_id = {d.id: d for d in found}
    chosen = format_of(form, output, VerifyFormat.table)
    with output_to(output, filter(None, (theirs, texts, map_file))) as stream:
        if chosen is VerifyFormat.table:
            print_table(console_for(None if output is None else stream), _table(answers))
        elif chosen is VerifyFormat.html:
            rows = [_row(a, by_id) for a in sorted(answers, key=_first_to_look_at)]
            title = f"{theirs.name}: what the words say"
            stream.write(page(rows, title=title, counts=summary(answers, lost, given)).encode())
        else:
            stream.write(_as_json(answers, chosen, lost, given).encode())
    _finish(answers, lost, given, report)


def audit(
    counts: Annotated[Path, typer.Argument(help="CSV: study, events1, total1, events2, total2 (outcome, arm1, arm2).")],
    texts: TextsOption = None,
    store: StoreOfTexts = None,
    outcome: OutcomeOption = None,
    output: OutputOption = None,
    form: Annotated[
        AuditFormat | None,
        typer.Option("--format", help="table, json or html (default: by the suffix of -o, else table)."),
    ] = None,
) -> None:
    """Check the counts of a published meta-analysis against its papers: said, denied, silent, contradicted.

    Example: trialspan audit counts.csv --texts papers/ --outcome "serious adverse events" --format html -o audit.html
    """
    given = _read(counts, None, outcome)
    report = Run()
    found = list(_documents(texts, store, report))
    cells, lost = settled(given.cells, found)
    answers = list(progress(_answers(found, cells), "audited", total=lambda: len(cells)))
    states = [(a.cell, state_of(a), a) for a in answers] + [(c, NO_TEXT, None) for c in lost]
    tally = Counter(state for _, state, _ in states)
    counted = ", ".join(f"{tally[s]} {s}" for s in STATES if tally[s]) or "no counts"
    by_id = {d.id: d for d in found}
    chosen = format_of(form, output, AuditFormat.table)
    with output_to(output, filter(None, (counts, texts))) as stream:
        if chosen is AuditFormat.table:
            print_table(console_for(None if output is None else stream), _audit_table(states))
        elif chosen is AuditFormat.html:
            rows = [_row(a, by_id) for a in answers]
            title = f"{counts.name}: counts against the papers"
            stream.write(page(rows, title=title, counts=f"{len(states)} counts: {counted}.").encode())
        else:
            data = [
                {"study": c.document, "arm": c.arm, "claimed": c.value, "state": s, "says": a.says if a else "", "part": a.part if a else None,
                 "start": a.start if a else None, "end": a.end if a else None, "reasons": list(a.reasons) if a else []}
                for c, s, a in states
            ]  # fmt: skip
            stream.write(
                (
                    _escaped(json.dumps({"counts": dict(tally), "cells": data}, ensure_ascii=False, indent=1)) + "\n"
                ).encode()
            )
    say(f"{len(states)} counts: {counted}", err=True)
    _problems(lost, given)
    if tally[CONTRADICTED] or tally[SILENT] or lost or given.problems or report.failed:
        raise typer.Exit(1)


def _read(path: Path, map_file: Path | None, outcome: str | None) -> Theirs:
    if not path.is_file():
        raise wrong_usage(f"{path}: no such file")
    try:
        return read(path, map_file=map_file, outcome=outcome)
    except CellsError as error:
        raise wrong_usage(str(error)) from error


def _documents(texts: Path | None, store: str | None, report: Run) -> Iterator[Document]:
    if (texts is None) == (store is None):
        raise wrong_usage("name the texts: --texts DIR, or --store of a review that holds them")
    if store is not None:
        with open_store(store) as opened:
            yield from (opened.record(v.id).document for v in opened.documents())
        return
    assert texts is not None
    if not texts.exists():
        raise wrong_usage(f"--texts {texts}: no such file or folder")
    yield from documents([texts], settings_or_exit(), report.fail)


def _answers(found: Sequence[Document], cells: Sequence[Cell]) -> Iterator[Answer]:
    """The answers in the order of the cells."""
    wanted = {c.document for c in cells}
    if not wanted:
        return
    answers = verify(build(Settings()), [d for d in found if d.id in wanted], cells)
    yield from sorted(answers, key=lambda a: a.cell.row)


def _table(answers: Sequence[Answer]) -> ScreenTable:
    columns = (
        Column("row", right=True),
        Column("document", most=26),
        Column("claimed", most=44),
        Column("quote", rank=1),
        Column("value"),
        Column("reasons", most=24),
        Column("the words", most=WORDS, rank=2),
    )
    rows = [
        (
            str(a.cell.row),
            a.cell.document,
            f"{a.cell.field.replace('_', ' ')}: {claimed(a.cell)}",
            a.quote,
            a.value.replace("_", " "),
            ", ".join(a.reasons).replace("_", " "),
            cut(a.says, WORDS),
        )
        for a in answers
    ]
    styles = ["red" if a.flagged else "" if a.value == FOLLOWS else "yellow" for a in answers]
    return ScreenTable(columns, rows, styles=styles)


def _audit_table(states: Sequence[tuple[Cell, str, Answer | None]]) -> ScreenTable:
    columns = (
        Column("study", most=26),
        Column("arm", most=20),
        Column("count"),
        Column("state"),
        Column("the words", most=WORDS, rank=1),
    )
    rows = [
        (c.document, c.arm or "", f"{c.value['n']} of {c.value['denominator']}", state, cut(a.says, WORDS) if a else "")
        for c, state, a in states
    ]
    return ScreenTable(columns, rows, styles=["red" if s in (CONTRADICTED, SILENT) else "" for _, s, _ in states])


def claimed(cell: Cell) -> str:
    """A claim in words, as the exports have it; JSON where its value is not of the field's shape."""
    try:
        words = shown(cell.field, cell.value)
    except (TypeError, ValueError, KeyError, AttributeError):
        words = json.dumps(cell.value, ensure_ascii=False)
    return f"{words} [{cell.arm}]" if cell.arm else words


def _first_to_look_at(answer: Answer) -> int:
    """On the page what contradicts comes first, then what the words do not decide; each in the order of the table."""
    return 0 if answer.flagged else 1 if answer.value == NOT_DERIVABLE else 2


def _row(answer: Answer, by_id: dict[str, Document]) -> Row:
    part = by_id[answer.cell.document].parts.get(answer.part or "", "")
    read_there = "; ".join(dict.fromkeys(map(fact_shown, answer.read)))
    return Row(answer, claimed(answer.cell), read_there, around(part, answer.start, answer.end))


def _as_json(answers: Sequence[Answer], form: VerifyFormat, lost: Sequence[Cell], given: Theirs) -> str:
    if form is VerifyFormat.jsonl:
        return "".join(_escaped(json.dumps(a.to_dict(), ensure_ascii=False)) + "\n" for a in answers)
    data = {
        "counts": dict(Counter(a.value for a in answers)),
        "without_text": [{"row": c.row, "document": c.document} for c in lost],
        "not_read": [why for _, why in given.problems],
        "answers": [a.to_dict() for a in answers],
    }
    return _escaped(json.dumps(data, ensure_ascii=False, indent=1)) + "\n"


def _escaped(text: str) -> str:
    """JSON without what a terminal would obey."""
    return CONTROL.sub(lambda m: m.group() if m.group() == "\n" else f"\\u{ord(m.group()):04x}", text)


def summary(answers: Sequence[Answer], lost: Sequence[Cell], given: Theirs) -> str:
    """The counts in one line."""
    verdicts, quotes = Counter(a.value for a in answers), Counter(a.quote for a in answers)
    silent = sum("silent_zero" in a.reasons for a in answers)
    return (
        f"{len(answers)} cells of {len({a.cell.document for a in answers})} documents: {verdicts[FOLLOWS]} follow, "
        f"{verdicts[CONTRADICTS]} contradict, {verdicts[NOT_DERIVABLE]} not derivable ({silent} silent zeros); quotes: {quotes['exact']} exact, "
        f"{quotes['typographic']} typographic, {quotes['absent']} absent, {quotes['none']} none; {len(lost)} without a text, {len(given.problems)} not read"
    )


def _problems(lost: Sequence[Cell], given: Theirs) -> None:
    if lost:
        names = list(dict.fromkeys(c.document for c in lost))
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        say(f"not checked, no text has the name: {', '.join(names[:MOST_NAMED])}{more}", err=True)
    for _, why in given.problems[:MOST_NAMED]:
        say(f"not read: {printable(why)}", err=True)
    if len(given.problems) > MOST_NAMED:
        say(f"... and {len(given.problems) - MOST_NAMED} more that could not be read", err=True)


def _finish(answers: Sequence[Answer], lost: Sequence[Cell], given: Theirs, report: Run) -> None:
    """The counts, what was left out, and the exit code."""
    _problems(lost, given)
    say(summary(answers, lost, given), err=True)
    if report.failed:
        end(report)
    if any(a.flagged for a in answers) or lost or given.problems:
        raise typer.Exit(1)
