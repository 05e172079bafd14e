"""``trialspan trial``: one page of a trial as a reviewer wants it: reports, characteristics, events by arm, differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from extractor.commands.link import FormOption, as_dict, chosen, differences_table, links_table
from extractor.commands.screen import NOTHING, console_for, cut
from extractor.commands.shared import Format, StoreOption, open_store, printable, say_json
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.export import characteristics as wide_table
from extractor.export.values import NOT_REPORTED, event_found, fact_shown, field_shown
from extractor.labels import labels
from extractor.link.authority import Chosen, characteristics, merged
from extractor.link.check import check
from extractor.link.difference import Difference
from extractor.model import Fact, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore

QUOTE = 70  # characters of a quote on the screen
ON_SCREEN = ("n", "cells", "route", "dose", "adverse events", "condition")  # all columns with --format json
LIST_COLUMNS = (
    Column("study", most=24),
    Column("trial", rank=6),
    Column("n"),
    Column("cells", most=34),
    Column("route", rank=2, most=30),
    Column("dose", rank=3, most=34),
    Column("adverse events"),
    Column("condition", rank=5, most=34),
    Column("reports", rank=4, most=40),
)
MOST = 120  # characters of a cell of the list on the screen
NOT_MENTIONED = "not mentioned"
APART = frozenset({"adverse_event", "report_kind"})  # events have their own tables


def trial(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[TRIAL]", help="A trial, a report or a registry number; a list of trials without it."),
    ] = None,
    store: StoreOption = None,
    form: FormOption = Format.table,
) -> None:
    """Show a trial on one page: its reports, what counts of each field and who says it, events by arm, differences.

    Example: trialspan trial NCT02881476 --store review.db
    """
    with open_store(store) as opened:
        if name is None:
            list_trials(opened, form)
            return
        ((title, ids),) = chosen(opened, name).items()
        records = list(opened.records(ids))
        links = list(LinkStore(opened).links(ids))
    if form is Format.json:
        say_json(as_data(title, records, links))
        return
    console = console_for()
    console.print(Text(f"trial {printable(title)}", style="bold"))
    chosen_of = characteristics(records)
    tables = [reports_table(records, links), characteristics_table(chosen_of), *event_tables(records)]
    for table in tables:
        console.print()
        print_table(console, table)
    console.print()
    for line in silence(records, chosen_of):
        console.print(Text(line))
    print_differences(console, check(records))
    print_links(console, ids, links)


def list_trials(store: Store, form: Format) -> None:
    """One row a trial: its reports, and what counts of each field."""
    trials = LinkStore(store).trials()
    wide = wide_table(merged(name, list(store.records(ids))) for name, ids in trials.items())
    rows = [dict(zip(wide.headings, row, strict=True)) for row in wide.rows]
    if form is Format.json:
        data = [{"trial": name, "reports": ids} | row for (name, ids), row in zip(trials.items(), rows, strict=True)]
        say_json(data)
        return
    found = [
        (
            row["study"],
            name,
            *(on_screen(row[heading]) for heading in ON_SCREEN),
            "itself" if ids == [name] else ", ".join(ids),
        )
        for (name, ids), row in zip(trials.items(), rows, strict=True)
    ]
    console = console_for()
    print_table(console, ScreenTable(LIST_COLUMNS, found, f"{len(trials)} trials in {store.name}"))
    console.print(f"{NOTHING}: looked for and not reported (no zero, no denial)", markup=False)
    if not trials and store.documents():
        console.print(
            f"{len(store.documents())} report(s) in no trial yet; put them together with: trialspan link",
            markup=False,
        )


def on_screen(cell: str) -> str:
    """A cell of the list: short, silence as NR."""
    return cut(NOTHING if cell in ("", NOT_REPORTED) else cell, MOST)


def as_data(title: str, records: Sequence[Record], links: Sequence[Link]) -> dict[str, Any]:
    """The page as plain data."""
    return {
        "trial": title,
        "reports": [r.document.id for r in records],
        "characteristics": [
            {
                "field": c.field,
                "report": c.report,
                "facts": [f.to_dict() for f in c.facts],
                "rivals": [{"report": report, "fact": f.to_dict()} for report, f in c.rivals],
            }
            for c in characteristics(records)
        ],
        "differences": [d.to_dict() for d in check(records)],
        "links": [as_dict(one) for one in links],
    }


# ---------------------------------------------------------------- the parts of the page


def reports_table(records: Sequence[Record], links: Sequence[Link]) -> ScreenTable:
    columns = (
        Column("study"),
        Column("report"),
        Column("source", rank=3),
        Column("year", rank=2),
        Column("people"),
        Column("title", rank=4, most=80, least=40),
        Column("in the trial by", rank=1),
    )
    rows = []
    ids = {r.document.id for r in records}
    called = labels(r.document for r in records)
    for record in records:
        document = record.document
        how = sorted(
            {
                f"{x.method} ({x.by})"
                for x in links
                if x.kind == "trial" and x.state == "confirmed" and document.id in x.pair and set(x.pair) <= ids
            }
        )
        cells = (
            called[document.id],
            document.id,
            document.source,
            str(document.year or "not given"),
            field_shown(record, "participants") or "not looked for",
            document.title or "(no title)",
            ", ".join(how) or "alone",
        )
        rows.append(cells)
    return ScreenTable(columns, rows, "reports")


def characteristics_table(choices: Sequence[Chosen]) -> ScreenTable:
    rows = []
    for choice in choices:
        if choice.field in APART:
            continue
        value = "; ".join(dict.fromkeys(map(fact_shown, choice.facts)))
        rivals = "; ".join(dict.fromkeys(f"{fact_shown(f)} ({report})" for report, f in choice.rivals))
        rows.append([choice.field.replace("_", " "), value, words(choice.facts), choice.report, rivals])
    columns = [Column("field", style="cyan"), Column("value"), Column("words")]
    if len({row[3] for row in rows}) > 1:  # a trial of one report has no need to name it
        columns += [Column("report", rank=1), Column("others say", rank=2)]
    return ScreenTable(columns, [row[: len(columns)] for row in rows], "characteristics")


def silence(records: Sequence[Record], choices: Sequence[Chosen]) -> Iterator[str]:
    """What was looked for in every report of the trial, and stands in none."""
    known = {choice.field for choice in choices}
    missing = list(dict.fromkeys(name for r in records for name in r.not_found if name not in known))
    if missing:
        yield f"not reported: {', '.join(missing)}"
    others = sorted({f.field for r in records for f in r.facts} - known - set(missing))
    if others:
        yield f"only others' figures: {', '.join(others)}"


def words(facts: Sequence[Fact]) -> str:
    """The quotes of some facts on one line; a registry's values with their paths."""
    quotes = dict.fromkeys(f"{e.quote} ({e.path})" if e.path else e.quote for f in facts for e in f.evidence[:1])
    return "; ".join(" ".join(q.split())[:QUOTE] for q in quotes)


def event_tables(records: Sequence[Record]) -> Iterator[ScreenTable]:
    """For each report that speaks of events: one row an event, one column an arm."""
    called = labels(r.document for r in records)
    for record in records:
        events = record.of("adverse_event")
        if not events:
            continue
        arms = list(dict.fromkeys(f.arm or "all" for f in events))
        columns = [Column("event"), *(Column(arm, rank=number) for number, arm in enumerate(arms))]
        rows = [
            (term, *("; ".join(by_arm.get(arm, ())) or NOT_MENTIONED for arm in arms))
            for term, by_arm in _by_term(events).items()
        ]
        yield ScreenTable(columns, rows, f"adverse events in {called[record.document.id]} ({record.document.id})")


def _by_term(events: Sequence[Fact]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for event in events:
        cell = found.setdefault(str(event.value.get("term")), {}).setdefault(event.arm or "all", [])
        cell.append(event_found(event.value))
    return found


def print_differences(console: Console, found: list[Difference]) -> None:
    if not found:
        console.print("no differences between the reports")
        return
    console.print()
    print_table(console, differences_table(found, "differences"))


def print_links(console: Console, ids: Sequence[str], links: Sequence[Link]) -> None:
    """Overlaps with the report to pool, and what waits for a decision."""
    overlaps = [x for x in links if x.kind == "overlap" and x.state != "rejected"]
    if overlaps:
        console.print()
        print_table(console, links_table(overlaps, "reports that share people"))
    proposed = [x for x in links if x.kind == "trial" and x.state == "proposed"]
    if proposed:
        console.print()
        print_table(console, links_table(proposed, "perhaps of this trial"))
