"""What an assistant may ask, as plain functions: extract, verify, show, ask, pool. Nothing is written; every answer has its quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from spacy.language import Language

from extractor.errors import CellsError, SettingsError
from extractor.export.plain import json_text
from extractor.graph import QUESTIONS, Review, ask
from extractor.model import Document
from extractor.pipeline import build, extract
from extractor.settings import Settings
from extractor.store import Store
from extractor.verify.cells import REASONS, Cell
from extractor.verify.check import verify
from extractor.verify.theirs import claims_of

Row = dict[str, Any]
OWN_TEXT = "text"  # the name of a text that came with the call
MOST_CHARACTERS = 500_000


class Tools:
    """The tools over one store, or without one (then only texts that come with a call can be asked about)."""

    def __init__(self, settings: Settings, store: Store | None) -> None:
        self.settings, self.store = settings, store

    @cached_property
    def nlp(self) -> Language:
        return build(self.settings)

    @cached_property
    def review(self) -> Review:
        return Review(self._opened())

    def warm(self) -> None:
        """Load what the first call would wait for."""
        _ = self.nlp
        if self.store is not None:
            _ = self.review.graph

    def extract(self, text: str, title: str = "") -> Row:
        """The record of a text: facts with quotes and offsets, conflicts, and what was looked for and not reported."""
        return _plain(next(extract(self.nlp, [self._document(text, title)])).to_dict())

    def verify(self, claims: Sequence[Mapping[str, Any]], report: str = "", text: str = "", title: str = "") -> Row:
        """What the words of a text say to each claim."""
        document = self._document(text, title) if text else self._report(report)
        cells: list[Cell] = []
        problems: list[str] = []
        for number, claim in enumerate(claims, 1):
            made = claims_of(document.id, claim, number)
            if isinstance(made, Cell):
                cells.append(made)
            else:
                problems.append(made)
        answers = [a.to_dict() for a in verify(self.nlp, [document], cells)] if cells else []
        meanings = {r: REASONS[r] for a in answers for r in a["reasons"]}
        return _plain({"answers": answers, "not_read": problems, "reasons": meanings})

    def show(self, report: str = "") -> Row:
        """A report's record; without a name, the reports of the store."""
        store = self._opened()
        if not report:
            return {
                "reports": [
                    {"id": v.id, "title": v.title, "year": v.year, "source": v.source} for v in store.documents()
                ]
            }
        return _plain(store.record(report).to_dict())

    def ask(self, question: str = "", arguments: Mapping[str, str] | None = None) -> Row:
        """The answer to one of the questions; without one, the list of them."""
        if not question:
            return {"questions": [{"name": q.name, "asks": q.text, "usage": q.usage} for q in QUESTIONS.values()]}
        return _plain(ask(self.review, question, **dict(arguments or {})).to_dict())

    def pool(
        self, outcome: str = "serious", controlled: bool = False, condition: str = "", cells: str = "", route: str = ""
    ) -> Row:
        """The pooled risk of an outcome, with each study's count, its quotes, and what was left out and why."""
        limits = {k: v for k, v in (("condition", condition), ("cells", cells), ("route", route)) if v}
        if controlled:
            return self.ask(
                "controlled-risk", {"outcome": outcome} | {k: v for k, v in limits.items() if k == "condition"}
            )
        if outcome == "serious":
            return self.ask("serious-risk", limits)
        return self.ask("event-risk", {"events": outcome} | limits)

    def _document(self, text: str, title: str) -> Document:
        if not text.strip():
            raise CellsError("no text was given")
        if len(text) > MOST_CHARACTERS:
            raise CellsError(f"the text has {len(text):,} characters; {MOST_CHARACTERS:,} are taken")
        return Document(OWN_TEXT, "text", ({"title": title} if title else {}) | {"abstract": text})

    def _report(self, report: str) -> Document:
        if not report:
            raise CellsError("give the text, or the name of a report of the store")
        return self._opened().record(report).document

    def _opened(self) -> Store:
        if self.store is None:
            raise SettingsError("this server has no store; start it with: trialspan mcp --store review.db")
        return self.store


def _plain(data: Any) -> Row:
    """Data that any client can read: JSON's own types, no half characters, no controls."""
    found: Row = json.loads(json_text(json.loads(json.dumps(data, default=str))))
    return found
