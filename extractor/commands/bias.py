"""``trialspan bias``: people's judgements of risk of bias in, side by side, and out to robvis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.bias import TOOLS, bring, named, of_store, read, robvis
from extractor.commands.screen import console_for
from extractor.commands.shared import (
    Format,
    OutputOption,
    StoreOption,
    curator_or_exit,
    open_store,
    output_to,
    say,
    say_json,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.errors import BiasError
from extractor.store.judgements import JudgementStore

LIST_COLUMNS = (
    Column("study"),
    Column("tool", rank=1),
    Column("domain"),
    Column("judgement"),
    Column("who says what", rank=2, least=24),
)

app = typer.Typer(name="bias", no_args_is_help=True, add_completion=False)
ToolOption = Annotated[str, typer.Option("--tool", help=f"One of: {', '.join(TOOLS)}.")]
FormOption = Annotated[Format, typer.Option("--format", help="table or json.")]


@app.callback()
def bias() -> None:
    """People's judgements of risk of bias: import, list, export for robvis.

    Example: trialspan bias import judgements.csv --by ann --store review.db
    """


@app.command("import")
def bring_in(
    path: Annotated[Path, typer.Argument(metavar="CSV", help="study, domain, judgement (tool, why); or Study, D1, D2, ..., Overall.")],
    by: Annotated[str | None, typer.Option("--by", help="Who judged (default: curator in trialspan.toml).")] = None,
    tool: ToolOption = "",
    consensus: Annotated[bool, typer.Option("--consensus", help="What several people agreed on.")] = False,
    store: StoreOption = None,
) -> None:  # fmt: skip
    """Bring judgements into a store: they are appended with name and time, and nothing is overwritten.

    Example: trialspan bias import judgements.csv --by ann --tool rob2 --store review.db
    """
    who = curator_or_exit(by)
    try:
        judgements = read(path, curator=who, tool=tool, consensus=consensus)
        with open_store(store) as opened:
            added, stood = bring(opened, judgements)
    except BiasError as error:
        raise wrong_usage(str(error)) from error
    say(f"{added} judgements added, {stood} stood already")


@app.command("list")
def list_judgements(store: StoreOption = None, form: FormOption = Format.table, tool: ToolOption = "") -> None:
    """List what stands for each trial and domain, who says what, and where people disagree.

    Example: trialspan bias list --tool rob2 --format json --store review.db
    """
    try:
        chosen = named(tool).name if tool else ""
    except BiasError as error:
        raise wrong_usage(str(error)) from error
    with open_store(store) as opened:
        found = [a for a in of_store(opened) if chosen in ("", a.tool)]
        history = [j for j in JudgementStore(opened).judgements() if chosen in ("", j.tool)]
    if form is Format.json:
        rows = [{name: getattr(j, name) for name in j.__slots__} for j in history]
        say_json({"stands": [a.to_dict() for a in found], "history": rows})
        return
    rows_shown = []
    for a in found:
        said = ", ".join(f"{who}: {word}" for who, word in a.said.items())
        word = f"{a.judgement}{' (consensus)' if a.consensus else ''}" if a.judgement else "not agreed on"
        rows_shown.append((a.study, a.tool, a.domain, word, said))
    styles = ["" if a.judgement else "red" for a in found]
    print_table(console_for(), ScreenTable(LIST_COLUMNS, rows_shown, f"risk of bias in {opened.name}", styles))
    say(f"judgements that stand: {len(found)}; not agreed on: {sum(a.judgement is None for a in found)}")


@app.command("export")
def export(
    tool: ToolOption = "rob2",
    output: OutputOption = None,
    weight: Annotated[bool, typer.Option("--weight", help="A column Weight of 1, which robvis 0.3.0 wants.")] = False,
    store: StoreOption = None,
) -> None:
    """Write the judgements with one tool as the CSV that robvis reads; refused while people disagree.

    Example: trialspan bias export --tool rob2 -o rob2.csv --store review.db
    """
    try:
        chosen = named(tool)
        with open_store(store) as opened:
            text, missing = robvis.table(of_store(opened), chosen, weight=weight)
    except BiasError as error:
        raise wrong_usage(str(error)) from error
    with output_to(output) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))
    if missing:
        say(f"not judged, left empty: {', '.join(missing)}", err=True)


@app.command("tools")
def list_tools(form: FormOption = Format.table) -> None:
    """List the tools with their domains and the judgements that are legal.

    Example: trialspan bias tools
    """
    if form is Format.json:
        rows = [
            {"name": t.name, "title": t.title, "robvis": t.robvis, "domains": list(t.domains), "meaning": dict(t.meaning),
             "judgements": list(t.words), "overall": list(t.overall)} for t in TOOLS.values()
        ]  # fmt: skip
        say_json(rows)
        return
    for tool in TOOLS.values():
        say(f"{tool.name}: {tool.title}; in robvis: {tool.robvis}")
        domains = [f"{d} {tool.meaning.get(d, '')}".strip() for d in tool.domains] or ["named by you"]
        say(f"  domains: {'; '.join(domains)}; Overall")
        overall = "" if tool.overall == tool.words else f"; overall: {', '.join(tool.overall)}"
        say(f"  judgements: {', '.join(tool.words)}{overall}")
