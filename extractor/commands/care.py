"""``trialspan doctor``, ``backup``, ``restore``: is a store still what was put in, and a copy of it for the day when it is not."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.shared import Format, StoreOption, open_store, say, say_json, wrong_usage
from extractor.errors import StoreError
from extractor.store import Store
from extractor.store.backup import copy
from extractor.store.damage import examine, mend


def doctor(
    store: StoreOption = None,
    mending: Annotated[bool, typer.Option("--mend", help="Put right what needs no guess; the rest is listed.")] = False,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Check a whole store: texts and quotes against what was put in, rows against one another. Exit 1 where something is wrong.

    Example: trialspan doctor --store review.db
    """
    with open_store(store) as opened:
        done: list[str] = []
        if mending:
            with opened.writing() as conn:
                done = mend(conn)
        with opened.reading() as conn:
            found = list(examine(conn))
            reports = len(opened.documents(deleted=True))
    if form is Format.json:
        say_json({"store": opened.name, "reports": reports, "mended": done, "wrong": [asdict(f) for f in found]})
    else:
        for line in done:
            say(f"mended: {line}")
        for finding in found:
            say(f"{finding.what}: {finding.message}{' (--mend puts it right)' if finding.mendable else ''}")
        say(f"{opened.name}: {reports} reports checked, {len(done)} mended, {len(found)} wrong")
    if found:
        raise typer.Exit(1)


def backup(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The copy, a store of its own.")],
    store: StoreOption = None,
) -> None:
    """Copy a store as it is at this moment, also while others write to it, and check the copy. PostgreSQL too.

    Example: trialspan backup --store review.db -o review-backup.db
    """
    if output.exists():
        raise wrong_usage(f"{output} is there; name a new file, so that no older backup is overwritten")
    if not output.parent.is_dir():
        raise wrong_usage(f"{output}: the folder {output.parent} does not exist; make it first")
    partial = output.with_name(f".{output.name}.part")
    try:
        with open_store(store) as opened, Store.open(partial) as target:
            counts = copy(opened, target)
            checked(target)
        os.replace(partial, output)  # noqa: PTH105 - the write-ahead log was folded in when the copy was closed
    finally:
        for left in (partial, *(partial.with_name(partial.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    say(
        f"{output}: {counts['documents']} documents, {counts['decisions']} decisions, {sum(counts.values())} rows, checked"
    )


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="What trialspan backup wrote.")],
    store: Annotated[
        str, typer.Option("--store", metavar="PATH|URL", help="The store to make: a new file, or an empty database.")
    ],
) -> None:
    """Make a store from a backup, checked first. A store that is there is never overwritten.

    Example: trialspan restore review-backup.db --store review.db
    """
    if not source.is_file():
        raise wrong_usage(f"{source}: no such file")
    with Store.open(source, create=False) as kept, Store.open(store) as target:
        checked(kept)
        counts = copy(kept, target)
        checked(target)
    say(f"{target.name}: {counts['documents']} documents, {counts['decisions']} decisions, {sum(counts.values())} rows")


def checked(store: Store) -> None:
    """Raise StoreError where anything in the store is not as it should be."""
    with store.reading() as conn:
        found = list(examine(conn))
    if found:
        raise StoreError(
            f"store {store.name}: {found[0].what}: {found[0].message}; {len(found)} findings in all, see: trialspan doctor --store {store.name}"
        )
