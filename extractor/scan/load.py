"""A scan's parts into a store: the last version of each citation, and none that PubMed took back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from extractor.errors import SettingsError
from extractor.model import Record
from extractor.store import Store


@dataclass(slots=True)
class Loaded:
    """What became of the rows of a scan."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    superseded: int = 0
    failed: int = 0


def run_of(folder: Path) -> Path:
    """The folder of the one run below `folder`, or `folder` where it is a run itself.

    Raises
    ------
    SettingsError
        If there is none, or several: parts that were made in different ways are never mixed.
    """
    if (folder / "manifest").is_dir():
        return folder
    runs = sorted(p.parent for p in folder.glob("*/manifest"))
    if not runs:
        raise SettingsError(f"{folder}: no scan there; make one with: trialspan scan FILES -o {folder}")
    if len(runs) > 1:
        raise SettingsError(
            f"{folder}: {len(runs)} scans made in different ways; name one of {', '.join(map(str, runs))}"
        )
    return runs[0]


def entries(run: Path) -> list[dict[str, Any]]:
    """The manifest of a run, in the order of the files' names, which is PubMed's own order."""
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted(run.glob("manifest/[!.]*.json"))]


def rows(run: Path) -> Iterator[dict[str, Any]]:
    """Rows of all parts, file after file, in bounded memory."""
    for entry in entries(run):
        place = next(run / p["name"] for p in entry["parts"] if ".records." in p["name"])
        for batch in pq.ParquetFile(place).iter_batches(batch_size=200):
            yield from batch.to_pylist()


def last(run: Path) -> dict[str, int]:
    """Number of the last row that speaks of each PMID: a later file, or a later row, stands."""
    return {row["pmid"]: number for number, row in enumerate(rows(run)) if row["state"] != "failed"}


def merged(run: Path, counts: Loaded) -> Iterator[Record]:
    """Records as they stand at the end, deletions as records of deleted documents."""
    standing = last(run)
    for number, row in enumerate(rows(run)):
        if row["state"] == "failed":
            counts.failed += 1
        elif standing[row["pmid"]] != number:
            counts.superseded += 1
        else:
            yield Record.from_dict(json.loads(row["record"]))


def load(folder: Path, store: Store) -> Loaded:
    """Put a scan into a store.

    A deletion marks a report that the store has; of one that it never had, nothing is kept.
    """
    counts = Loaded()
    for record in merged(run_of(folder), counts):
        if record.document.deleted:
            counts.deleted += 1
            if not store.has(record.document.id):
                continue
        outcome = store.add(record)
        setattr(counts, outcome, getattr(counts, outcome) + 1)
    return counts
