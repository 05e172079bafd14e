"""The reference of all commands as Markdown, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from extractor.commands import app
from extractor.commands.late import GROUPS

HEAD = """# Commands

Every command of `trialspan`, as `trialspan COMMAND --help` says it. This page is generated: `make docs`.
"""


def commands() -> str:
    """The whole page."""
    group: Any = typer.main.get_command(app)
    links = (", ".join(f"[{name}](#trialspan-{name})" for name in names) for names in GROUPS.values())
    rows = [f"| {title} | {names} |" for title, names in zip(GROUPS, links, strict=True)]
    parts = [HEAD, "\n".join(["| | |", "|---|---|", *rows]) + "\n"]
    for name in group.commands:
        parts += section(f"trialspan {name}", group.commands[name], 2)
    return "\n".join(parts).rstrip() + "\n"


def section(title: str, command: Any, level: int) -> Iterator[str]:
    """One command; of a group, each of its own behind it."""
    yield f"{'#' * level} {title}\n"
    yield from paragraphs(command.help or "")
    rows = [row(p) for p in command.params if p.name != "help" and not getattr(p, "hidden", False)]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows]) + "\n"
    for name, one in getattr(command, "commands", {}).items():
        yield from section(f"{title} {name}", one, level + 1)


def paragraphs(text: str) -> Iterator[str]:
    """Docstring paragraphs, each on one line; an example as code."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        line = " ".join(paragraph.split())
        yield f"    {line.removeprefix('Example: ')}\n" if line.startswith("Example: ") else f"{line}\n"


def row(parameter: Any) -> str:
    """An option or an argument with what it is for."""
    option = parameter.param_type_name == "option"
    names = ", ".join(parameter.opts) if option else parameter.metavar or parameter.name.upper()
    shown = f"{names} {parameter.metavar}" if option and parameter.metavar else names
    return f"| `{cell(shown)}` | {cell(parameter.help or '')} |"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
