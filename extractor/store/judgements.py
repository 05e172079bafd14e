"""People's judgements of risk of bias: appended, never edited; the latest of each person stands, others stay visible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from extractor.errors import StoreError
from extractor.store import Store
from extractor.store.tables import JUDGEMENTS
from extractor.store.versions import now


@dataclass(frozen=True, slots=True)
class Judgement:
    """One person's word on one domain of one study.

    Attributes
    ----------
    tool, study, domain, judgement : str
        As :mod:`extractor.bias` names them; ``study`` is a trial or a report.
    why : str or None
        The reason, in the person's words.
    curator : str
        Who.
    is_consensus : bool
        What several people agreed on, entered by ``curator``.
    decided_at : str
        ISO time, of the store.
    """

    tool: str
    study: str
    domain: str
    judgement: str
    why: str | None = None
    curator: str = ""
    is_consensus: bool = False
    decided_at: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What a later judgement of the same person takes the place of."""
        return self.tool, self.study, self.domain, "" if self.is_consensus else self.curator


class JudgementStore:
    """The part of a store that holds judgements; made from an open :class:`~extractor.store.Store`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, judgements: Sequence[Judgement]) -> tuple[int, int]:
        """Append judgements in one transaction.

        Parameters
        ----------
        judgements : sequence of Judgement
            Their ``decided_at`` is set here.

        Returns
        -------
        tuple of int
            How many were added, and how many stood already, word for word.

        Raises
        ------
        StoreError
            If one has no curator.
        """
        if any(not one.curator for one in judgements):
            raise StoreError("a judgement needs the name of the person who judged")
        stood = {one.place: (one.judgement, one.why) for one in self.standing()}
        new = [one for one in judgements if stood.get(one.place) != (one.judgement, one.why)]
        at = now()
        names = ("tool", "study", "domain", "judgement", "why", "curator", "is_consensus")
        with self.store.writing() as conn:
            if new:
                conn.execute(insert(JUDGEMENTS), [{n: getattr(j, n) for n in names} | {"decided_at": at} for j in new])
        return len(new), len(judgements) - len(new)

    def judgements(self) -> list[Judgement]:
        """All judgements, in the order in which they were made."""
        columns = [JUDGEMENTS.c[name] for name in Judgement.__dataclass_fields__]
        with self.store.reading() as conn:
            return [Judgement(*row) for row in conn.execute(select(*columns).order_by(JUDGEMENTS.c.key))]

    def standing(self) -> list[Judgement]:
        """The judgements that stand: the last one of each person, and of the consensus, in their first order."""
        return standing(self.judgements())


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The last judgement for each place."""
    return list({one.place: one for one in judgements}.values())
