"""The command line ``trialspan``: parses, makes one call, prints. One module a group of commands."""

from __future__ import annotations

import typer

from extractor.commands import evaluate, extract

app = typer.Typer(name="trialspan", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("extract")(extract.extract)
app.command("evaluate")(evaluate.evaluate_command)


@app.callback()
def root() -> None:
    """Facts of clinical trials, each tied to the words that say it."""


def main() -> None:
    """Run the command line."""
    app()
