"""What the commands share: formats, settings, and how a failure ends a run (1: an input failed, 2: wrong usage)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from extractor.errors import SettingsError
from extractor.settings import Settings, read_settings


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"


def wrong_usage(message: str) -> typer.Exit:
    """Say what was wrong with the call; to be raised. Exit code 2."""
    typer.echo(f"trialspan: {message}", err=True)
    return typer.Exit(2)


def settings_or_exit() -> Settings:
    """The settings of the working folder; a wrong one ends the run with code 2."""
    try:
        return read_settings(Path.cwd())
    except SettingsError as error:
        raise wrong_usage(str(error)) from error
