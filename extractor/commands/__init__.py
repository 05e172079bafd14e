"""The command line ``trialspan``: parses, makes one call, prints. One module a group of commands, listed in ``late``."""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Annotated, Any

import typer

from extractor import __version__
from extractor.commands.late import LateGroup
from extractor.commands.shared import DISK, no_room, say, settings_or_exit, wrong_usage
from extractor.errors import ExtractorError, SettingsError
from extractor.redaction import RedactingFormatter, redacted
from extractor.settings import OF_THE_CALL

FIELDS = "--fields"
OBJECTS = 50_000  # made between two looks for rubbish: what a start makes, stays, and Python's 700 cost it a tenth
WRONG_USAGE, INTERRUPTED, READER_GONE = 2, 130, 141  # the last two as a shell reports SIGINT and SIGPIPE


class Commands(LateGroup):
    """The commands; a reader that goes away (``trialspan list | head -1``) ends the run quietly with 141."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``--fields FILE`` may stand anywhere: it holds for every command."""
        rest, path = fields_of(args)
        OF_THE_CALL.clear()
        if path:
            OF_THE_CALL["fields"] = str(Path(path).resolve())
        found: list[str] = super().parse_args(ctx, rest)
        return found

    def invoke(self, ctx: Any) -> Any:
        use_own_fields()
        try:
            done = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            forget_stdout()
            raise SystemExit(READER_GONE) from None
        except OSError as error:
            if error.errno in DISK:
                forget_stdout()
                raise no_room(error) from error
            if error.filename is None:
                raise
            raise ExtractorError(f"{error.filename}: {error.strerror}; check the path and its permissions") from error
        return done


def fields_of(args: Sequence[str]) -> tuple[list[str], str | None]:
    """The words of a call without ``--fields FILE``, and that file."""
    rest: list[str] = []
    path, words = None, iter(args)
    for word in words:
        if word == "--":
            return [*rest, word, *words], path
        if word == FIELDS:
            path = next(words, "")
            if not path or path.startswith("-"):
                raise wrong_usage(f"{FIELDS} needs a file, such as {FIELDS} my_fields.toml")
        elif word.startswith(f"{FIELDS}="):
            path = word.removeprefix(f"{FIELDS}=")
        else:
            rest.append(word)
    return rest, path


def use_own_fields() -> None:
    """Make fields of one's own known where the settings name some; they are read only then."""
    path = settings_or_exit().fields
    if path or "extractor.own" in sys.modules:
        from extractor import own

        own.use(path)


def forget_stdout() -> None:
    """Let what is still to be written go nowhere, so that the interpreter's end is quiet too."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="trialspan", cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"trialspan {__version__}")
        raise typer.Exit


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and the log.")] = False,
    fields: Annotated[
        str | None,
        typer.Option(FIELDS, metavar="FILE", help="Fields and vocabularies of your own; anywhere in a call."),
    ] = None,
    _: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Facts of clinical trials, each tied to the words that say it.

    Example: trialspan extract page.txt
    """
    if debug:
        handler = logging.StreamHandler()
        handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=logging.DEBUG, handlers=[handler])
    sys.excepthook = traced if debug else said


def traced(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The whole traceback, for whoever asked for it with --debug; without keys and addresses."""
    say(redacted("".join(traceback.format_exception(kind, error, trace))), err=True)


def said(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last word of a run that could not go on: a message, never a traceback."""
    if issubclass(kind, ExtractorError):
        say(f"trialspan: {error}", err=True)
    else:
        say(f"trialspan: internal error: {kind.__name__}: {error}; run again with: trialspan --debug ...", err=True)


def speak_utf8() -> None:
    """Print what a file or a pipe gets in UTF-8, as all our files are; what a terminal cannot show, as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where it was closed
            chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=None if chosen else "utf-8", errors="backslashreplace")


def stop(number: int, frame: FrameType | None) -> None:
    """Ctrl-C: unwind, so that open transactions are rolled back and half-written files removed."""
    sys.stderr.write("trialspan: stopped; what was stored is whole, and the same command goes on from there\n")
    raise SystemExit(INTERRUPTED)


def main() -> None:
    """Run the command line; exit code 0, 1 (an input failed), 2 (wrong usage), 130 (stopped) or 141 (nobody reads on)."""
    gc.set_threshold(OBJECTS)
    speak_utf8()
    signal.signal(signal.SIGINT, stop)
    try:
        app()
    except SettingsError as error:
        said(type(error), error, None)
        sys.exit(WRONG_USAGE)
