"""``trialspan second`` and ``trialspan agree``: another reader's facts beside ours, compared and merged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import (
    Format,
    OutputOption,
    StoreOption,
    open_store,
    output_to,
    progress,
    say,
    say_json,
    settings_or_exit,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.errors import CellsError, SettingsError
from extractor.export import FORMATS
from extractor.export.values import fact_shown
from extractor.model import Fact, Record
from extractor.pipeline import build
from extractor.second.agree import AGREED, Claim, claims, table
from extractor.second.endpoint import Costs, Endpoint, checked_host
from extractor.second.located import Refused, kept
from extractor.second.merge import confidence, measured, merged
from extractor.second.read import prompt_of, read_all
from extractor.settings import Settings
from extractor.store import Store
from extractor.store.readers import ReaderStore
from extractor.verify.cells import Cell
from extractor.verify.reading import readings
from extractor.verify.texts import settled
from extractor.verify.theirs import Theirs, read

MOST_NAMED = 10
app = typer.Typer(name="second", no_args_is_help=True)
NameOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="The reader's name, under which its facts are kept.")
]


@app.callback()
def second() -> None:
    """Another reader's facts beside ours: bring them, or let a language model read.

    Example: trialspan second import answers.jsonl --as model --store review.db
    """


@app.command("import")
def second_import(
    theirs: Annotated[Path, typer.Argument(help="Their facts: CSV or JSONL, as trialspan verify reads them.")],
    name: NameOption,
    store: StoreOption = None,
    map_file: Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Map of a wide table (TOML).")] = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Keep another reader's facts beside ours: their quotes are found in the texts, what stands nowhere is refused and listed.

    Example: trialspan second import answers.jsonl --as model --store review.db
    """
    try:
        given = read(theirs, map_file=map_file)
    except CellsError as error:
        raise wrong_usage(str(error)) from error
    with open_store(store) as opened:
        refused, outcome, lost = bring(opened, given, _named(name))
    _report(given, refused, outcome, lost, form)


@app.command("read")
def second_read(
    endpoint: Annotated[str, typer.Option(help="An OpenAI-compatible address.")] = "http://127.0.0.1:11434/v1",
    model: Annotated[str, typer.Option(help="The model's name at that address.")] = "",
    name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="The reader's name (default: the model's).")
    ] = None,
    reports: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT...]", help="Reports of the store; all without.")
    ] = None,
    prompt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own prompt, with {text} and {fields}.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use only answers that were kept before.")] = False,
    store: StoreOption = None,
) -> None:
    """Let a language model read the texts of a store; its raw answers are kept, so that the run replays offline.

    Example: trialspan second read --model llama3.1 --store review.db
    """
    if not model:
        raise wrong_usage("name the model: --model NAME")
    settings = settings_or_exit()
    try:
        host = checked_host(endpoint, settings.second_hosts)
        words = prompt_of(prompt)
    except SettingsError as error:
        raise wrong_usage(str(error)) from error
    reader = _named(name or model)
    with open_store(store) as opened:
        ids = reports or [v.id for v in opened.documents()]
        if host and not offline:
            say(f"the texts of {len(ids)} reports leave this machine for {host}", err=True)
        folder = Path(f"{store or settings.store}.second") / reader.replace("/", "_")
        asked_of = Endpoint(endpoint, model, folder, key=settings.second_key, offline=offline)
        documents = (opened.record(i).document for i in ids)
        answers = list(progress(read_all(documents, asked_of, words), "read", total=lambda: len(ids)))
        given = Theirs([c for a in answers for c in a.cells])
        refused, outcome, _ = bring(opened, given, reader, [a.document for a in answers if a.state in ("whole", "cut")])
    states = Counter(a.state for a in answers)
    _listed(refused)
    say(
        f"{len(answers)} texts: {states['whole']} answers whole, {states['cut']} cut, {states['refused']} refused, {states['none']} none",
        err=True,
    )
    say(_costs(asked_of.costs), err=True)
    say(f"{len(given.cells)} claims, {len(refused)} refused; reports: {_counts(outcome)}", err=True)
    if states["refused"] or states["none"]:
        raise typer.Exit(1)


def bring(
    store: Store, given: Theirs, reader: str, also: Sequence[str] = ()
) -> tuple[list[Refused], Counter[str], list[Cell]]:
    """Keep claims as a reader's facts: what is refused, what was done by outcome, the cells whose report is not there."""
    documents = [store.record(v.id).document for v in store.documents()]
    meant = {name: store.named([name])[0] for name in {*(c.document for c in given.cells), *also}}
    cells, lost = settled([replace(c, document=meant[c.document]) for c in given.cells], documents)
    by_document: dict[str, list[Cell]] = {meant[name]: [] for name in also}
    for cell in cells:
        by_document.setdefault(cell.document, []).append(cell)
    wanted = [d for d in documents if d.id in by_document]
    arms = {id: sorted({c.arm for c in group if c.arm}) for id, group in by_document.items()}
    refused: list[Refused] = []
    outcome: Counter[str] = Counter()
    for reading in readings(build(Settings()), wanted, arms) if wanted else ():
        found = list(kept(reading, by_document[reading.document.id], reader))
        refused += [f for f in found if isinstance(f, Refused)]
        facts = [f for f in found if isinstance(f, Fact)]
        outcome[ReaderStore(store).put(reading.document.id, reader, facts)] += 1
    return refused, outcome, lost


def agree(
    store: StoreOption = None,
    reader: Annotated[
        str | None, typer.Option("--reader", help="Which second reader, where there are several.")
    ] = None,
    output: OutputOption = None,
    merge: Annotated[
        str | None, typer.Option("--merged", metavar="FORMAT", help="Write the merged records: jsonl, json or csv.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Compare two readers field by field: what both say, what one has and the other lacks; or write their merged record.

    Example: trialspan agree --store review.db

    Example: trialspan agree --store review.db --merged jsonl -o merged.jsonl
    """
    if merge is not None and merge not in FORMATS:
        raise wrong_usage(f"--merged {merge}: no such format; there are: {', '.join(FORMATS)}")
    with open_store(store) as opened:
        name = _reader(opened, reader)
        theirs = list(ReaderStore(opened).readings(name))
        ours = {r.document.id: r for r in opened.records([r.document.id for r in theirs])}
    pairs = [(ours[r.document.id], list(r.facts)) for r in theirs]
    if merge is not None:
        with output_to(output) as stream:
            FORMATS[merge].write((merged(record, facts) for record, facts in pairs), stream)
        return
    found = [c for record, facts in pairs for c in claims(record.document.id, record.facts, facts)]
    if form is Format.json:
        say_json(as_data(name, pairs, found))
        return
    print_table(console_for(), _table(name, found, len(pairs)))
    alone = [c for c in found if c.state != AGREED]
    say(
        f"agreed: {sum(c.state == AGREED and c.who == 'ours' for c in found)}; only ours: {sum(c.who == 'ours' for c in alone)}; only {name}: {sum(c.who != 'ours' for c in alone)}; each with its words: --format json"
    )


def as_data(name: str, pairs: Sequence[tuple[Record, list[Fact]]], found: Sequence[Claim]) -> dict[str, Any]:
    """The comparison as plain data: the table, and each claim that only one reader makes."""
    return {
        "reader": name,
        "reports": len(pairs),
        "fields": [
            {"field": a.field, "both": a.both, "ours": a.ours, "theirs": a.theirs, "f1": a.f1} for a in table(found)
        ],
        "alone": [
            {
                "report": c.document,
                "who": c.who,
                "state": c.state,
                "share_right": confidence(c, measured()),
                "fact": c.fact.to_dict(),
            }
            for c in found
            if c.state != AGREED
        ],
    }


def _table(name: str, found: Sequence[Claim], reports: int) -> ScreenTable:
    columns = (
        Column("field"),
        Column("both", right=True),
        Column("only ours", right=True),
        Column(f"only {name}", right=True),
        Column("F1", right=True),
        Column("for example, one alone", rank=1),
    )
    rows = []
    for row in table(found):
        alone = next((c for c in found if c.fact.field == row.field and c.state != AGREED), None)
        example = f"{alone.document}, {alone.who}: {fact_shown(alone.fact)}" if alone else ""
        f1 = "-" if row.f1 is None else f"{row.f1:.2f}"
        rows.append((row.field, str(row.both), str(row.ours), str(row.theirs), f1, example))
    return ScreenTable(columns, rows, f"ours and {name}, {reports} reports")


def _reader(store: Store, asked: str | None) -> str:
    names = ReaderStore(store).names()
    if asked is None and len(names) == 1:
        return names[0]
    if asked not in names:
        known = ", ".join(names) or "none; bring one with: trialspan second import FILE --as NAME"
        raise wrong_usage(
            f"{'--reader ' + asked + ': no such reader' if asked else 'which reader? name it with --reader'}; there are: {known}"
        )
    return asked


def _named(name: str) -> str:
    if not name.strip() or name != name.strip():
        raise wrong_usage("a reader needs a name: --as NAME")
    return name


def _report(
    given: Theirs, refused: Sequence[Refused], outcome: Counter[str], lost: Sequence[Cell], form: Format
) -> None:
    """What was kept and what was not; exit code 1 where something was refused or has no report."""
    if form is Format.json:
        say_json(
            {
                "claims": len(given.cells),
                "reports": dict(outcome),
                "refused": [
                    {
                        "row": r.cell.row,
                        "report": r.cell.document,
                        "field": r.cell.field,
                        "value": r.cell.value,
                        "quote": r.cell.quote,
                        "why": r.why,
                    }
                    for r in refused
                ],
                "without_report": [{"row": c.row, "document": c.document} for c in lost],
                "not_read": [why for _, why in given.problems],
            }
        )
    else:
        _listed(refused)
        for why in [why for _, why in given.problems][:MOST_NAMED]:
            say(f"not read: {why}", err=True)
        if lost:
            say(
                f"not kept, no report has the name: {', '.join(list(dict.fromkeys(c.document for c in lost))[:MOST_NAMED])}",
                err=True,
            )
    say(
        f"{len(given.cells)} claims, {len(refused)} refused, {len(lost)} without a report, {len(given.problems)} not read; reports: {_counts(outcome)}",
        err=True,
    )
    if refused or lost or given.problems:
        raise typer.Exit(1)


def _listed(refused: Sequence[Refused]) -> None:
    for one in refused[:MOST_NAMED]:
        say(
            f"refused: {one.cell.document}, {one.cell.field} {json.dumps(one.cell.value, ensure_ascii=False)}: {one.why}",
            err=True,
        )
    if len(refused) > MOST_NAMED:
        say(f"... and {len(refused) - MOST_NAMED} more refused", err=True)


def _counts(outcome: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(outcome.items())) or "none"


def _costs(costs: Costs) -> str:
    faults = ", ".join(f"{n} {name}" for name, n in sorted(costs.faults.items())) or "none"
    return f"asked {costs.asked} times, {costs.replayed} answers replayed; tokens: {costs.tokens_in:,} in, {costs.tokens_out:,} out; faults: {faults}"
