"""``trialspan extract``: files in, facts out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from extractor.engine import Run, run
from extractor.inputs import documents
from extractor.settings import read_settings


def extract(inputs: Annotated[list[Path], typer.Argument(help="Files to read.")]) -> None:
    """Extract facts from files: trialspan extract page.txt"""
    settings = read_settings(Path.cwd())
    report = Run()
    found = documents(inputs, settings, report.fail, stdin=sys.stdin.buffer)
    for record in run(found, settings, report):
        typer.echo(json.dumps(record.to_dict(), ensure_ascii=False))
    for issue in report.issues:
        typer.echo(f"{issue.input}: {issue.error}", err=True)
    if report.issues:
        raise typer.Exit(1)
