"""``trialspan import``: files of reference managers and services into a store; ``prisma``: the counts for the flow diagram."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import (
    ColumnOption,
    Format,
    OutputOption,
    StoreOption,
    columns_of,
    end,
    format_of,
    inputs_or_exit,
    open_store,
    output_to,
    progress,
    say,
    say_json,
    settings_or_exit,
    standard_input,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.duplicates import Duplicate, Report, duplicates
from extractor.engine import Run, run
from extractor.identity import family
from extractor.inputs import documents
from extractor.prisma import Flow, Screened, flow, svg
from extractor.store import Store
from extractor.store.links import LinkStore
from extractor.store.screening import STAGES, ScreeningStore

SAME = {
    "unchanged": "all its fields are the same",
    "updated": "another copy of the report",
    "added": "another copy of the report",
}
MOST_SHOWN = 20  # duplicates printed; all with --format json


def bring(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Files or folders: RIS, nbib, CSV, BibTeX, PubMed XML, JATS, JSON, pages; - is standard input."
        ),
    ],
    store: StoreOption = None,
    column: ColumnOption = None,
    reader: Annotated[
        str | None, typer.Option(help="Read all inputs as this format, in place of recognising it.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="Where these records were found: Embase, CENTRAL, ICTRP, ... (a box of the flow diagram)."),
    ] = None,
    searched: Annotated[str | None, typer.Option(metavar="DATE", help="When it was searched, as 2026-03-01.")] = None,
    query: Annotated[str | None, typer.Option(help="What was asked, word for word.")] = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Bring files into a store: each report is extracted and kept, and duplicates across sources are named.

    Example: trialspan import export.ris pubmed.nbib records.csv --column text=Abstract --store review.db
    """
    inputs_or_exit(inputs, reader)
    if searched is not None and not is_day(searched):
        raise wrong_usage(f"--searched {searched}: a day is written as 2026-03-01")
    columns = columns_of(column)
    settings, report = settings_or_exit(), Run()
    search = {"database": database, "searched": searched, "query": query}
    outcomes = {"added": 0, "unchanged": 0, "updated": 0}
    seen: dict[str, str] = {}
    again: list[Duplicate] = []
    renamed: dict[str, str] = {}
    with Store.open(store or settings.store) as opened:
        key = opened.begin("import", settings={"inputs": inputs} | {n: v for n, v in search.items() if v})
        found = documents(
            inputs,
            settings,
            report.fail,
            form=reader,
            columns=columns,
            stdin=standard_input() if "-" in inputs else None,
        )
        for record in progress(run(found, settings, report), "importing"):
            arrived = opened.put(record, key)
            outcomes[arrived.outcome] += 1
            renamed |= arrived.renamed
            if arrived.report in seen:
                again.append(Duplicate(arrived.report, record.document.id, SAME[arrived.outcome]))
            seen.setdefault(arrived.report, record.document.id)
        for issue in report.issues:
            opened.issue(key, issue.input, issue.stage, issue.error)
        opened.finish(key, outcomes | {"read": report.read, "deleted": report.deleted, "failed": report.failed})
        same = [*again, *duplicates(reports(opened))]
        kept = {v.id for v in opened.documents()} if renamed else set()
        renamed = {old: new for old, new in renamed.items() if old not in kept}
    if form is Format.json:
        listed = [{"kept": d.kept, "other": d.other, "reason": d.reason} for d in same]
        say_json(outcomes | {"duplicates": listed, "renamed": renamed})
    else:
        typer.echo(", ".join(f"{n} {name}" for name, n in outcomes.items()) + f"; duplicates: {len(same)}")
        for old, new in renamed.items():
            say(
                f"report {old} is called {new} now: its name means more than one report, or a copy gave it a better one"
            )
        if same:
            print_table(console_for(), _same_table(same))
    end(report)


def is_day(text: str) -> bool:
    """Whether words are a day of the calendar as ``2026-03-01``; Python takes ``20260301`` for one, too."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _same_table(same: list[Duplicate]) -> ScreenTable:
    rows = [(d.kept, d.other, d.reason) for d in same[:MOST_SHOWN]]
    if len(same) > MOST_SHOWN:
        rows.append(("…", f"{len(same) - MOST_SHOWN} more", "all with --format json"))
    return ScreenTable((Column("kept"), Column("other"), Column("reason", rank=1, least=24)), rows, "the same report")


def reports(opened: Store) -> Iterator[Report]:
    """What duplicates are found by, of every current report."""
    for record in opened.records():
        d = record.document
        pages = str(d.metadata.get("pages") or "")
        ids, author = d.ids, family(d.authors[0]) if d.authors else ""
        yield Report(
            d.id, d.source, d.title or "", d.year, pages, ids.pmid or "", ids.doi or "", ids.pmcid or "", author
        )


class PrismaFormat(StrEnum):
    """How the counts are given."""

    table = "table"
    json = "json"
    csv = "csv"
    svg = "svg"


def prisma(
    store: StoreOption = None,
    form: Annotated[
        PrismaFormat | None,
        typer.Option(
            "--format", help="table, json, csv or svg, the diagram (default: by the suffix of -o, else table)."
        ),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Counts for the PRISMA 2020 flow diagram, and the diagram; what only people know stays blank.

    Example: trialspan prisma --store review.db --format svg -o flow.svg
    """
    with open_store(store) as opened:
        found = _flow(opened)
    chosen = format_of(form, output, PrismaFormat.table)
    if chosen is PrismaFormat.table and output is None:
        _print_flow(found)
        return
    words = {
        PrismaFormat.json: _as_json,
        PrismaFormat.csv: _as_csv,
        PrismaFormat.svg: svg,
        PrismaFormat.table: _as_csv,
    }[chosen](found)
    with output_to(output) as stream:
        stream.write(words.encode())


def _flow(opened: Store) -> Flow:
    runs = [
        {"command": r.command, "settings": r.settings, "counts": r.counts}
        for r in opened.runs()
        if r.counts and r.command in ("fetch", "import", "extract")
    ]
    known = opened.documents(deleted=True)
    current = [d for d in known if not d.deleted]
    same = len(duplicates(reports(opened)))
    return flow(
        runs,
        documents=len(current),
        deleted=len(known) - len(current),
        retracted=sum(d.retracted for d in current),
        duplicates=same,
        screened=_screened(opened),
    )


def _screened(opened: Store) -> Screened | None:
    """What people decided, counted; None where nothing was screened."""
    standing = ScreeningStore(opened).standing()
    included = ScreeningStore(opened).included()
    if included is None:
        return None
    out = {
        stage: [s[stage] for s in standing.values() if stage in s and s[stage].verdict == "exclude"] for stage in STAGES
    }
    trials = LinkStore(opened).trials_of(included)
    full = [i for i, said in standing.items() if "fulltext" in said]
    return Screened(
        screened=len(standing),
        excluded=len(out["abstract"]),
        not_retrieved=len(out["retrieval"]),
        assessed=len(full) if full else None,
        reasons=tuple(sorted(Counter(s.reason or "no reason given" for s in out["fulltext"]).items())),
        reports=len(included),
        studies=len({trials.get(i, i) for i in included}),
    )


def _print_flow(found: Flow) -> None:
    rows = [(words, "not recorded" if n is None else f"{n:,}") for _, words, n in found.rows()]
    columns = (Column("box", most=80), Column("n", right=True))
    print_table(console_for(), ScreenTable(columns, rows, "PRISMA 2020: what the store knows"))
    for one in found.searches:
        say(f"{one.name}: {one.query}: {one.records:,} records{f', searched {one.day}' if one.day else ''}")


def _as_json(found: Flow) -> str:
    boxes = {key: n for key, _, n in found.rows()}
    searches = [
        {"source": s.name, "kind": s.kind, "query": s.query, "searched": s.day or None, "records": s.records}
        for s in found.searches
    ]
    reasons = dict(found.screened.reasons) if found.screened else {}
    return json.dumps(boxes | {"searches": searches, "reasons": reasons}, ensure_ascii=False, indent=1) + "\n"


def _as_csv(found: Flow) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["data", "boxtext", "n"])
    writer.writerows([key, words, "" if n is None else n] for key, words, n in found.rows())
    return stream.getvalue()
