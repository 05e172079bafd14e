"""``trialspan trial``: one page of a trial as a reviewer wants it: reports, characteristics, events by arm, differences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.commands.link import FormOption, as_dict, chosen, differences_table, links_table
from extractor.commands.screen import console_for
from extractor.commands.shared import Format, StoreOption, open_store
from extractor.export import characteristics as wide_table
from extractor.export.values import event_found, fact_shown, shown
from extractor.link import Choice, Difference, characteristics, check, merged
from extractor.model import Fact, Record
from extractor.store import Store
from extractor.store.links import Link, LinkStore

QUOTE = 70  # characters of a quote on the screen
ON_SCREEN = ("condition", "cells", "route", "dose", "n", "adverse events")  # all columns with --format json
NARROW = 44  # characters of a cell of the list on the screen
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
        typer.echo(json.dumps(as_data(title, records, links), ensure_ascii=False, indent=1))
        return
    console = console_for()
    console.rule(escape(title))
    console.print(reports_table(records, links))
    console.print(characteristics_table(characteristics(records)))
    for table in event_tables(records):
        console.print(table)
    print_differences(console, check(records))
    print_links(console, ids, links)


def list_trials(store: Store, form: Format) -> None:
    """One row a trial: its reports, and what counts of each field."""
    trials = LinkStore(store).trials()
    wide = wide_table(merged(name, list(store.records(ids))) for name, ids in trials.items())
    rows = [dict(zip(wide.headings, row, strict=True)) for row in wide.rows]
    if form is Format.json:
        data = [{"trial": name, "reports": ids} | row for (name, ids), row in zip(trials.items(), rows, strict=True)]
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    table = Table(title=f"{len(trials)} trials in {escape(store.name)}", title_justify="left", pad_edge=False)
    for heading in ("trial", "reports", *ON_SCREEN):
        table.add_column(heading, overflow="fold")
    for (name, ids), row in zip(trials.items(), rows, strict=True):
        table.add_row(*map(escape, (name, ", ".join(ids), *(cut(row[heading]) for heading in ON_SCREEN))))
    console_for().print(table)


def cut(cell: str) -> str:
    return cell if len(cell) <= NARROW else f"{cell[: NARROW - 1]}…"


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


def reports_table(records: Sequence[Record], links: Sequence[Link]) -> Table:
    table = Table(title="reports", title_justify="left", pad_edge=False)
    for name in ("report", "source", "year", "people", "title", "in the trial by"):
        table.add_column(name, overflow="fold")
    ids = {r.document.id for r in records}
    for record in records:
        document = record.document
        how = sorted(
            {
                f"{x.method} ({x.by})"
                for x in links
                if x.kind == "trial" and x.state == "confirmed" and document.id in x.pair and set(x.pair) <= ids
            }
        )
        people = "; ".join(shown("participants", f.value) for f in record.of("participants"))
        cells = (
            document.id,
            document.source,
            str(document.year or ""),
            people,
            document.title or "",
            ", ".join(how) or "alone",
        )
        table.add_row(*map(escape, cells))
    return table


def characteristics_table(choices: Sequence[Choice]) -> Table:
    table = Table(title="characteristics", title_justify="left", pad_edge=False)
    for name in ("field", "value", "report", "words", "others say"):
        table.add_column(name, overflow="fold")
    for choice in choices:
        if choice.field in APART:
            continue
        value = "; ".join(dict.fromkeys(map(fact_shown, choice.facts)))
        rivals = "; ".join(dict.fromkeys(f"{fact_shown(f)} ({report})" for report, f in choice.rivals))
        cells = (choice.field.replace("_", " "), value, choice.report, words(choice.facts), rivals or "-")
        table.add_row(*map(escape, cells))
    return table


def words(facts: Sequence[Fact]) -> str:
    """The quotes of some facts on one line; a registry's values with their paths."""
    quotes = dict.fromkeys(f"{e.quote} ({e.path})" if e.path else e.quote for f in facts for e in f.evidence[:1])
    return "; ".join(" ".join(q.split())[:QUOTE] for q in quotes)


def event_tables(records: Sequence[Record]) -> Iterator[Table]:
    """For each report that speaks of events: one row an event, one column an arm."""
    for record in records:
        events = record.of("adverse_event")
        if not events:
            continue
        arms = list(dict.fromkeys(f.arm or "all" for f in events))
        table = Table(title=escape(f"adverse events in {record.document.id}"), title_justify="left", pad_edge=False)
        for name in ("event", *arms):
            table.add_column(escape(name), overflow="fold")
        for term, by_arm in _by_term(events).items():
            table.add_row(escape(term), *(escape("; ".join(by_arm.get(arm, ()))) for arm in arms))
        yield table


def _by_term(events: Sequence[Fact]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for event in events:
        cell = found.setdefault(str(event.value.get("term")), {}).setdefault(event.arm or "all", [])
        cell.append(event_found(event.value))
    return found


def print_differences(console: Console, found: list[Difference]) -> None:
    console.print(differences_table(found, "differences") if found else "no differences between the reports")


def print_links(console: Console, ids: Sequence[str], links: Sequence[Link]) -> None:
    """Overlaps with the report to pool, and what waits for a decision."""
    overlaps = [x for x in links if x.kind == "overlap" and x.state != "rejected"]
    if overlaps:
        console.print(links_table(overlaps, "reports that share people"))
    proposed = [x for x in links if x.kind == "trial" and x.state == "proposed"]
    if proposed:
        console.print(links_table(proposed, "perhaps of this trial"))
