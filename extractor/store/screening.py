"""People's words on which reports are in the review: appended, never edited; the last one at each stage stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from extractor.errors import StoreError
from extractor.store import Store
from extractor.store.tables import DOCUMENTS, SCREENINGS
from extractor.store.versions import now

STAGES = ("abstract", "retrieval", "fulltext")  # titles and abstracts; the report could be had; the report as a whole
VERDICTS = ("include", "exclude")


@dataclass(frozen=True, slots=True)
class Screening:
    """One person's word on one report at one stage."""

    document: str
    stage: str
    verdict: str
    reason: str | None
    curator: str
    decided_at: str


class ScreeningStore:
    """The part of a store that holds screening; made from an open :class:`~extractor.store.Store`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def decide(
        self, ids: Sequence[str], verdict: str, curator: str, *, stage: str = "abstract", reason: str | None = None
    ) -> int:
        """Append a verdict on each report; how many were new (the same word again is none).

        Raises
        ------
        StoreError
            If a report is unknown, the stage or verdict is none of the legal ones, or the curator has no name.
        """
        if verdict not in VERDICTS or stage not in STAGES:
            raise StoreError(
                f"no screening is called {verdict} at {stage}; legal are {', '.join(VERDICTS)} at {', '.join(STAGES)}"
            )
        if not curator:
            raise StoreError("screening needs a name: --by NAME, or curator in trialspan.toml")
        reports = [record.document.id for record in self.store.records(list(ids))]
        stood = {(s.document, s.stage): (s.verdict, s.reason) for s in self.screenings()}
        fresh = [i for i in reports if stood.get((i, stage)) != (verdict, reason)]
        with self.store.writing() as conn:
            for id in fresh:
                copy = conn.execute(
                    select(DOCUMENTS.c.key).where(DOCUMENTS.c.id == id, DOCUMENTS.c.is_current)
                ).scalar()
                values = {"document": id, "copy": copy, "stage": stage, "verdict": verdict, "reason": reason}
                conn.execute(insert(SCREENINGS).values(values | {"curator": curator, "decided_at": now()}))
        return len(fresh)

    def screenings(self) -> list[Screening]:
        """All words, in the order in which they were said."""
        columns = [SCREENINGS.c[name] for name in Screening.__dataclass_fields__]
        with self.store.reading() as conn:
            return [Screening(*row) for row in conn.execute(select(*columns).order_by(SCREENINGS.c.key))]

    def standing(self) -> dict[str, dict[str, Screening]]:
        """By report and stage the last word."""
        found: dict[str, dict[str, Screening]] = {}
        for one in self.screenings():
            found.setdefault(one.document, {})[one.stage] = one
        return found

    def included(self) -> frozenset[str] | None:
        """Reports that are in the review: excluded at no stage, and screened; None where nothing was screened."""
        standing = self.standing()
        if not standing:
            return None
        return frozenset(i for i, said in standing.items() if all(s.verdict == "include" for s in said.values()))


def narrowed(store: Store) -> Store:
    """The store, giving out only reports that screening includes; all of them where nothing was screened."""
    store.only = ScreeningStore(store).included()
    return store
