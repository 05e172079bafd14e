"""``trialspan extract``: files in, facts out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from extractor.engine import Run, run
from extractor.settings import read_settings
from extractor.sources.jsonl import read


def extract(inputs: Annotated[list[Path], typer.Argument(help="Files to read.")]) -> None:
    """Extract facts from files: trialspan extract page.txt"""
    settings = read_settings(Path.cwd())
    for path in inputs:
        with path.open("rb") as stream:
            for record in run(read(stream, path.stem), settings, Run()):
                typer.echo(json.dumps(record.to_dict(), ensure_ascii=False))
