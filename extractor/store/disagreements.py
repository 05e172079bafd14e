"""Where curators disagree: the last standing word of each on one fact, side by side. Nobody's word is overwritten.

A *claim* is a fact that was spoken of: the machine's own, and what curators put in its place. A curator's *word* on it is
that it is so (``fact``), or that it is wrong (``fact`` is None, ``target`` what is wrong).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.model import Fact


@dataclass(frozen=True, slots=True)
class Word:
    """What one curator says last of one claim."""

    decision: int
    curator: str
    target: Fact | None
    fact: Fact | None
    note: str | None
    decided_at: str

    def contradicts(self, other: Word) -> bool:
        """Two values for one claim, or a value that the other calls wrong."""
        if self.fact and other.fact:
            return _value(self.fact) != _value(other.fact)
        said, denied = (self, other) if self.fact else (other, self)
        return bool(said.fact and denied.target and _value(said.fact) == _value(denied.target))

    def __str__(self) -> str:
        if self.fact:
            return f"{self.curator} says {value_in_words(self.fact.value)}"
        return f"{self.curator} says that {value_in_words(self.target.value if self.target else {})} is wrong"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One claim on which the last words of curators contradict each other."""

    document: str
    field: str
    words: tuple[Word, ...]
    claims: frozenset[str] = frozenset()  # keys of the facts that were spoken of

    @property
    def message(self) -> str:
        said = "; ".join(map(str, self.words))
        return f"Curators disagree on {self.field}: {said}. The last word counts until they agree."


@dataclass(slots=True)
class _Claim:
    keys: set[str] = field(default_factory=set)
    words: dict[str, Word] = field(default_factory=dict)


def disagreements(document: str, standing: Sequence[Any]) -> list[Disagreement]:
    """Claims of one report on which curators disagree.

    Parameters
    ----------
    standing : sequence of Decision
        Decisions on the report that nobody took back, in the order in which they were taken.
    """
    claims: list[_Claim] = []
    known: dict[str, _Claim] = {}  # by every name of a fact that was spoken of
    for decision in standing:
        spoken_of = decision.target or decision.fact
        if spoken_of is None or decision.action == "say" or decision.mode == "blind":
            continue
        claim = next((known[name] for name in _names(spoken_of) if name in known), None)
        if claim is None:
            claim = _Claim()
            claims.append(claim)
        names = {name for f in (decision.target, decision.fact) if f for name in (f.key(), _by_words(f))}
        claim.keys |= names
        known |= {name: claim for name in names if name not in known}
        if decision.stage == "adjudication":
            claim.words.clear()  # a third record settles what was said before it
        claim.words.pop(decision.curator, None)  # the order of the words is that of the last ones
        claim.words[decision.curator] = Word(
            decision.key, decision.curator, decision.target, decision.fact, decision.note, decision.decided_at
        )
    found = []
    for claim in claims:
        words = tuple(claim.words.values())
        if any(a.contradicts(b) for n, a in enumerate(words) for b in words[n + 1 :]):
            first = words[0].target or words[0].fact
            found.append(Disagreement(document, first.field if first else "", words, frozenset(claim.keys)))
    return found


def _names(fact: Fact) -> set[str]:
    """What a fact is known by: its key; one whose words moved with a changed text also by its value and quotes."""
    return {fact.key(), _by_words(fact)} if "moved" in fact.flags else {fact.key()}


def _by_words(fact: Fact) -> str:
    return json.dumps([fact.field, fact.value, fact.arm, [e.quote for e in fact.evidence]], sort_keys=True)


def _value(fact: Fact) -> str:
    return json.dumps([fact.value, fact.arm], sort_keys=True)


def value_in_words(value: Mapping[str, Any]) -> str:
    """A value without what is silent in it.

    >>> value_in_words({"n": 43, "kind": "treated", "sd": None})
    'n 43, kind treated'
    """
    return ", ".join(f"{name} {item}" for name, item in value.items() if item is not None)
