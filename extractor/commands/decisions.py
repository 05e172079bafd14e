"""``trialspan decisions``: decisions out of a store, those of two laptops together, checked reports as gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.shared import OutputOption, StoreOption, open_store, output_to, say, whole_file, wrong_usage
from extractor.errors import CurationError
from extractor.files import read_text
from extractor.review.exchange import exported, merge, read
from extractor.review.gold import checked, gold

MOST_REFUSED = 20  # printed in full
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def decisions() -> None:
    """Curators' decisions out of a store, from one store into another, and as gold.

    Example: trialspan decisions export -o ann.jsonl --store review.db
    """


@app.command("export")
def export(store: StoreOption = None, output: OutputOption = None) -> None:
    """Write all decisions, with who said what of which words when, as JSON lines.

    Example: trialspan decisions export -o ann.jsonl --store review.db
    """
    count = 0
    with open_store(store) as opened, output_to(output) as stream:
        for line in exported(opened):
            stream.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))
            count += 1
    say(f"{count} decisions and events written", err=True)


@app.command("merge")
def merge_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of `decisions export`.")],
    store: StoreOption = None,
) -> None:
    """Append the decisions of other laptops; each once, so that the same file twice changes nothing.

    Two readers merge when both have finished. What cannot be put in is listed with its reason; the exit code is then 1.

    Example: trialspan decisions merge ann.jsonl ben.jsonl --store review.db
    """
    try:
        lines = [
            line for file in files for line in read(read_text(file, CurationError, errors="surrogatepass"), str(file))
        ]
    except CurationError as error:
        raise wrong_usage(f"{error}; nothing was changed") from error
    with open_store(store) as opened:
        made = merge(opened, lines)
    for uid, reason in made.refused[:MOST_REFUSED]:
        say(f"refused: {uid}: {reason}", err=True)
    if len(made.refused) > MOST_REFUSED:
        say(f"... and {len(made.refused) - MOST_REFUSED} more refused", err=True)
    say(f"{made.added} added, {made.known} there already, {len(made.refused)} refused", err=True)
    if made.refused:
        raise typer.Exit(1)


@app.command("gold")
def as_gold(
    folder: Annotated[Path, typer.Argument(help="A folder, made where it is not there; a file a checked report.")],
    store: StoreOption = None,
) -> None:
    """Write reports in which every claim was decided as gold documents for `trialspan evaluate`.

    Example: trialspan decisions gold checked --store review.db
    """
    written = left = 0
    with open_store(store) as opened:
        folder.mkdir(parents=True, exist_ok=True)
        for record in opened.records():
            if not checked(record, opened.decisions(record.document.id)):
                left += 1
                continue
            name = "".join(c if c.isalnum() or c in "-_." else "_" for c in record.document.id)
            with whole_file(folder / f"{name}.json") as path:
                path.write_text(json.dumps(gold(record), ensure_ascii=False, indent=1), encoding="utf-8")
            written += 1
    say(f"{written} checked reports written to {folder}; {left} are not checked through", err=True)
