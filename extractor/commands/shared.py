"""What the commands share: formats, settings, the store, progress, and how a run ends (1: an input failed, 2: wrong usage)."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeVar

import typer

from extractor.errors import ExtractorError, SettingsError
from extractor.settings import Settings, read_settings

if TYPE_CHECKING:
    from extractor.engine import Run
    from extractor.store import Store

T = TypeVar("T")
Form = TypeVar("Form", bound=StrEnum)
# what writing to a disk, or to a file that the shell redirects to, may meet
DISK = {
    errno.ENOSPC: "no space is left",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "the file would be too large",
}
SQLITE = b"SQLite format 3\0"  # how a store begins
SUFFIXES = {"bib": "bibtex", "ttl": "turtle"}  # which are no names of their formats
MOST_ISSUES = 20  # failures printed in full at the end of a run; all are in the store
MOST_WORDLESS = 10  # reports without words named at the end of a run

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="PATH|URL", help="Store: a file or a database URL (default: trialspan.db)."),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here instead of the terminal.")
]

ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="NAME=COLUMN",
        help="For CSV: our name (id, title, text, doi, ...) and the file's column; repeat it.",
    ),
]
# C0 and C1 but line feed and tab, bidirectional overrides, and half characters: what a terminal would obey or refuse
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"


def printable(text: str) -> str:
    r"""`text` as a terminal may have it: a control character, which a stranger's file may hold, as its escape.

    >>> print(printable("ten \x1b[31mpatients"))
    ten \x1b[31mpatients
    """
    return CONTROL.sub(lambda m: m.group().encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def say(text: str, *, err: bool = False) -> None:
    """Print words, none of which can steer the terminal; on a terminal in lines that break between words."""
    stream = sys.stderr if err else sys.stdout
    words = printable(text)
    if stream is not None and stream.isatty():
        width = shutil.get_terminal_size().columns
        words = "\n".join(
            textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False, subsequent_indent="  ")
            for line in words.split("\n")
        )
    typer.echo(words, err=err)


def say_json(data: Any) -> None:
    """Print `data` as JSON in readable UTF-8; control characters of terminals are escaped, as JSON allows."""
    text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    typer.echo(CONTROL.sub(lambda m: f"\\u{ord(m.group()):04x}", text))


def wrong_usage(message: str) -> typer.Exit:
    """Say what was wrong with the call; to be raised. Exit code 2."""
    say(f"trialspan: {message}", err=True)
    return typer.Exit(2)


def columns_of(given: list[str] | None) -> dict[str, str] | None:
    """Our name to the file's column, from ``NAME=COLUMN``; wrong usage where it is not that."""
    from extractor.sources.csv import COLUMNS

    pairs = [text.partition("=") for text in given or ()]
    for name, equals, column in pairs:
        if not (equals and column) or name not in COLUMNS:
            raise wrong_usage(
                f"--column {name}{equals}{column}: NAME=COLUMN is needed, such as text=Abstract; names are: {', '.join(COLUMNS)}"
            )
    return {name: column for name, _, column in pairs} or None


def settings_or_exit() -> Settings:
    """The settings of the working folder; a wrong one ends the run with code 2."""
    try:
        return read_settings(Path.cwd())
    except SettingsError as error:
        raise wrong_usage(str(error)) from error


def open_store(target: str | None, *, create: bool = False, included: bool = False) -> Store:
    """The store that the option or the settings name; with `included` only what screening left in, and that is said."""
    from extractor.store import Store
    from extractor.store.screening import ScreeningStore, narrowed

    opened = Store.open(target or settings_or_exit().store, create=create)
    if included:
        known = {one.id for one in opened.documents()}
        if (only := narrowed(opened).only) is not None:
            silent = len(known - ScreeningStore(opened).standing().keys())
            more = f"; {silent} were not screened" if silent else ""
            say(f"of {len(known)} reports in {opened.name}, the {len(only)} that screening includes{more}", err=True)
    return opened


def inputs_or_exit(inputs: Iterable[str | Path], reader: str | None = None) -> None:
    """Wrong usage where no format is called so, or an input is neither there nor ``-``, the standard input."""
    from extractor.sources import READERS

    if reader is not None and reader not in READERS:
        raise wrong_usage(f"--reader {reader}: no such format; there are: {', '.join(sorted(READERS))}")
    if missing := [str(i) for i in inputs if i != "-" and not (i and Path(i).exists())]:
        raise wrong_usage(f"no such file or folder: {', '.join(i or '(an empty name)' for i in missing)}")


def curator_or_exit(given: str | None) -> str:
    """Who decides: the name that was given, else the settings'; a blank or a line break more would make another person of it."""
    name = (given or settings_or_exit().curator).strip()
    if not name:
        raise wrong_usage("a decision needs a name: --by NAME, or curator in trialspan.toml")
    if not name.isprintable():
        raise wrong_usage(f"--by {name!r}: a name is one line of printable characters")
    return name


def format_of(asked: Form | None, output: Path | None, usual: Form) -> Form:
    """The format that was asked for; else the one that the suffix of the output names, else the usual one."""
    suffix = output.suffix[1:].lower() if output else ""
    named = SUFFIXES.get(suffix, suffix)
    return asked or next((form for form in type(usual) if form.value == named), usual)


def spare(path: Path, read: Iterable[Path | str] = ()) -> None:
    """Wrong usage where an output would take the place of a store, or of a file that is read for it."""
    if not path.is_file():
        return
    if any(path.samefile(one) for one in read if Path(one).is_file()):
        raise wrong_usage(f"{path}: is read by this very call; name another file")
    with path.open("rb") as stream:
        if stream.read(len(SQLITE)) == SQLITE:
            raise wrong_usage(f"{path}: a database, which no output replaces; name another file")


@contextmanager
def output_to(path: Path | None, read: Iterable[Path | str] = ()) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears only when it is whole; never a store or a file of `read`."""
    if path is None:
        if sys.stdout is None:
            raise wrong_usage("standard output is closed; name a file with -o FILE")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.is_dir():
        raise wrong_usage(f"{path}: a folder; name a file in it")
    if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
        with path.open("wb") as stream:
            yield stream
        return
    spare(path, read)
    path = path.resolve()  # what a link points to is replaced, not the link
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")  # two runs may write to one place
    with _in_place_of(path, temporary), temporary.open("wb") as stream:
        yield stream


def discard(temporary: Path) -> None:
    """Take a file away, where there is one and it may be."""
    with suppress(OSError):  # a read-only file system refuses even what is not there
        temporary.unlink()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to, with its suffix; it takes the place of `path` only when it is whole."""
    if not path.parent.is_dir():
        raise wrong_usage(f"{path}: the folder {path.parent} does not exist; make it first")
    spare(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    with _in_place_of(path, temporary):
        yield temporary


@contextmanager
def _in_place_of(path: Path, temporary: Path) -> Iterator[None]:
    """What is written to `temporary` inside takes the place of `path` at the end, or is taken away where that fails."""
    try:
        yield
        temporary.replace(path)
    except OSError as error:
        if error.errno in DISK:
            raise no_room(error, path) from error
        raise wrong_usage(f"{path}: cannot write there: {error.strerror}") from error
    finally:
        discard(temporary)


def no_room(error: OSError, path: Path | None = None) -> ExtractorError:
    """What to say where the disk cannot take what is to be written; to be raised."""
    where = path or error.filename
    cause = DISK[error.errno or errno.ENOSPC]
    return ExtractorError(f"{f'{where}: ' if where else ''}cannot be written: {cause}; make room, then run it again")


def progress(items: Iterable[T], what: str, *, total: Callable[[], int | None] = lambda: None) -> Iterator[T]:
    """`items`, with a bar on a terminal's standard error (counts, time, time left once the total is known)."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        for item in items:
            bar.update(task, advance=1, total=total())
            yield item


def standard_input() -> BinaryIO:
    """The program's standard input; wrong usage where it was closed."""
    if sys.stdin is None:
        raise wrong_usage("'-' stands for standard input, and it is closed")
    return sys.stdin.buffer


def end(report: Run) -> None:
    """Print the counts and the failures of a run; exit code 1 if any input failed."""
    for issue in report.issues[:MOST_ISSUES]:
        say(f"failed: {issue.input} ({issue.stage}): {issue.error}", err=True)
    if len(report.issues) > MOST_ISSUES:
        say(f"... and {len(report.issues) - MOST_ISSUES} more failures", err=True)
    if report.wordless:
        named = ", ".join(report.wordless[:MOST_WORDLESS])
        more = len(report.wordless) - MOST_WORDLESS
        say(
            f"neither title nor text came with {len(report.wordless)}: {named}{f', and {more} more' if more > 0 else ''}"
            " (kept; nothing could be read from them)",
            err=True,
        )
    say(report.summary(), err=True)
    if report.failed:
        raise typer.Exit(1)
