"""How far each report is, made once for each state of it: a list of all reports reads again only those that changed.

A report whose stored text or facts are damaged is named with what is wrong, and keeps no other from being read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractor.curation import by_report
from extractor.errors import StoreError
from extractor.model import TITLE, Document, Record
from extractor.review.agree import differences
from extractor.review.blind import seen
from extractor.review.claim import OPEN
from extractor.store import Decision, Store
from extractor.store.decision import FIRST, SECOND
from extractor.store.review import ReviewStore, Stamp
from extractor.store.second import DIFFERS

TOGETHER = 100  # reports that are read at once


@dataclass(frozen=True, slots=True)
class Progress:
    """One report as a list shows it; ``damage`` says why it cannot be read, and then nothing else is known."""

    document: Document  # without its text
    damage: str = ""
    tallies: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # by field: decided, of
    unsure: int = 0
    not_decided: int = 0
    conflicts: int = 0
    conflicts_alone: int = 0  # those that a first reader sees who has not finished
    differences: int = 0  # of two readers, not settled

    @property
    def done(self) -> int:
        return sum(done for done, _ in self.tallies.values())

    @property
    def total(self) -> int:
        return sum(total for _, total in self.tallies.values())


@dataclass(slots=True)
class Board:
    """The progress of all reports of a store, kept while this process runs."""

    store: Store
    _known: dict[str, tuple[Stamp, Progress]] = field(default_factory=dict)

    def all(self) -> list[Progress]:
        """All reports, in the order of their ids."""
        stamps = ReviewStore(self.store).stamps()
        new = [id for id, stamp in stamps.items() if id not in self._known or self._known[id][0] != stamp]
        for start in range(0, len(new), TOGETHER):
            records, damaged = readable(self.store, new[start : start + TOGETHER])
            made = by_report(self.store.decisions()) if len(new) > 1 else {id: self.store.decisions(id) for id in new}
            for record in records:
                id = record.document.id
                self._known[id] = stamps[id], progress(record, made.get(id, []))
            for id, why in damaged.items():
                self._known[id] = stamps[id], Progress(Document(id, "damaged", {TITLE: id}), why)
        return [self._known[id][1] for id in stamps]


def readable(store: Store, ids: Sequence[str]) -> tuple[list[Record], dict[str, str]]:
    """The records that can be read, and of each other what is wrong with it."""
    try:
        return list(store.records(ids)), {}
    except StoreError as error:
        if len(ids) == 1:
            return [], {ids[0]: str(error)}
    found: list[Record] = []
    damaged: dict[str, str] = {}
    for id in ids:
        one, wrong = readable(store, [id])
        found += one
        damaged |= wrong
    return found, damaged


def progress(record: Record, decisions: Sequence[Decision]) -> Progress:
    """How far one report is."""
    own = [c for c in seen(record, decisions, FIRST) if not c.put_aside]
    tallies: dict[str, tuple[int, int]] = {}
    for claim in own:
        done, total = tallies.get(claim.field, (0, 0))
        tallies[claim.field] = done + (claim.state not in (OPEN, "unsure")), total + 1
    document = record.document
    two = any(d.stage == SECOND for d in decisions)
    return Progress(
        replace(document, parts={TITLE: document.title or document.id}, data=None), "", tallies,
        sum(c.state == "unsure" for c in own), sum(c.state == OPEN for c in own), len(record.conflicts),
        sum(c.kind != DIFFERS for c in record.conflicts),
        sum(not d.settled for d in differences(record, decisions)) if two else 0,
    )  # fmt: skip
