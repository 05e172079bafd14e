"""Commands that are imported when they are run: help and a wrong word cost no library that they do not need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

GROUPS = {  # of commands, in the order in which help lists them; a command's module and function
    "Read reports": {
        "extract": "extract.extract",
        "import": "bring.bring",
        "fetch": "fetch.fetch",
        "fields": "fields.fields",
        "evaluate": "evaluate.evaluate_command",
    },
    "Look at a store, and hand it on": {
        "list": "records.list_records",
        "show": "records.show",
        "export": "records.export",
        "report": "report.report",
        "plot": "plot.plot",
        "graph": "graph.graph",
        "prisma": "bring.prisma",
    },
    "Trials of several reports": {
        "link": "link.link_reports",
        "decide": "link.decide_links",
        "trial": "trial.trial",
        "check": "link.check_trial",
        "compare": "ask.compare_trials",
    },
    "What people say": {
        "screen": "screening.screen",
        "review": "review.review",
        "curate": "curate.curate",
        "sheet": "sheet.app",
        "decisions": "decisions.app",
        "bias": "bias.app",
        "budget": "budget.budget_command",
    },
    "Questions and pooled risks": {
        "ask": "ask.ask_store",
        "pool": "pool.pool",
        "pool-simulate": "pool.pool_simulate",
    },
    "Other people's and programs' facts": {
        "verify": "verify.verify_command",
        "audit": "verify.audit",
        "second": "second.app",
        "agree": "second.agree",
        "mcp": "mcp.mcp",
    },
    "Keep a store": {
        "versions": "versions.versions",
        "doctor": "care.doctor",
        "backup": "care.backup",
        "restore": "care.restore",
    },
    "All of PubMed": {
        "scan": "scan.scan",
        "load": "scan.load",
        "atlas": "scan.atlas",
    },
}
COMMANDS = {name: place for group in GROUPS.values() for name, place in group.items()}
PANELS = {name: title for title, group in GROUPS.items() for name in group}
HOME = "extractor.commands"
Command = Any  # typer's own copy of click names no public type


class LateGroup(TyperGroup):
    """A group whose commands are imported when they are asked for; its help reads their docstrings alone."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Late(self.commands)
        self.listing = False
        convert_what_must_be(self)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Command:
        if self.listing and cmd_name in COMMANDS:
            told = _docstring(COMMANDS[cmd_name])
            markup, panel = self.rich_markup_mode, PANELS[cmd_name]
            return TyperCommand(cmd_name, help=told, rich_markup_mode=markup, rich_help_panel=panel)
        return self.commands.get(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.listing = True
        super().format_help(ctx, formatter)


class Late(dict[str, Command]):
    """Commands by name, each made when it is first looked up."""

    def __init__(self, made: Mapping[str, Command]) -> None:
        super().__init__(dict.fromkeys(COMMANDS) | dict(made))

    def __getitem__(self, name: str) -> Command:
        if super().__getitem__(name) is None:
            self[name] = _made(name, COMMANDS[name])
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Command:
        return self.__getitem__(name) if name in self else default


def _made(name: str, place: str) -> Command:
    module, _, attribute = place.partition(".")
    found = getattr(import_module(f"{HOME}.{module}"), attribute)
    alone = found
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name)(found)
    made: Command = typer.main.get_command(alone)
    for one in (made, *getattr(made, "commands", {}).values()):
        convert_what_must_be(one)
    return made


def convert_what_must_be(command: Command) -> None:
    """Hand typer only the values that are not yet of their type: it converts with pydantic, a third of the CPU of ``list``."""
    wanted = get_type_hints(command.callback) if command.callback else {}
    for parameter in command.get_params(typer.Context(command)):
        kind = wanted.get(parameter.name, bool | None)  # of none of the function's own: the flag --help
        parameter.process_value = _as_it_is_or(parameter.process_value, kind, calls=parameter.callback is not None)


def _as_it_is_or(convert: Callable[[Any, Any], Any], wanted: Any, *, calls: bool) -> Callable[[Any, Any], Any]:
    """A value as it is where it fits; not where it also `calls` something, as a given ``--version`` does."""
    return lambda context, value: value if _fits(value, wanted) and not (calls and value) else convert(context, value)


def _fits(value: Any, wanted: Any) -> bool:
    """Whether a value is what the command's function takes; a list must hold something."""
    kinds = get_args(wanted)
    if isinstance(wanted, UnionType):
        return any(_fits(value, kind) for kind in kinds)
    if get_origin(wanted) is list:
        return bool(value) and isinstance(value, list | tuple) and all(isinstance(one, kinds[0]) for one in value)
    return not kinds and isinstance(value, wanted)


def _docstring(place: str) -> str:
    """What a command does, from the text of its module; of a group, what its callback says."""
    module, _, attribute = place.partition(".")
    spec = find_spec(f"{HOME}.{module}")
    loader: Any = spec.loader if spec else None
    functions = [n for n in ast.parse(loader.get_source(loader.name)).body if isinstance(n, ast.FunctionDef)]
    wanted = (n for n in functions if n.name == attribute or (attribute == "app" and _is_callback(n)))
    return next((ast.get_docstring(n) or "" for n in wanted), "")


def _is_callback(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(d).startswith("app.callback") for d in node.decorator_list)
