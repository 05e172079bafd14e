"""Annotated documents as the linker's training reads them: each with what the fields see, its gold events at their places.

A folder of gold holds ``<set>/<id>.json`` with ``text`` and ``gold.adverse_events`` (``term``, ``n``, ``percent``, ``arm``, ``quote``).
Folds are over trials: reports that share a registry number, a PubMed id or a third of their words in threes stay together.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.context.sentences import Sentence
from extractor.context.view import View, view
from extractor.evaluate.keys import NO_TRIAL, number
from extractor.evaluate.scorer import document_of, load_gold
from extractor.events.event import Event
from extractor.events.link.groups import Group
from extractor.events.mentions import Mention
from extractor.events.of_this_trial import Reports
from extractor.events.told import events
from extractor.fields import facts
from extractor.fields.adverse_event import groups_of
from extractor.pipeline import as_doc, build
from extractor.quantities.counts import Count, counts
from extractor.settings import Settings
from training.corpora import rows

DEVELOPED_ON = ("als", "other", "rct")  # sets on which the rules were written: right there nearly always
OWN = Path("tests/cases/adverse_event.jsonl")  # the project's own sentences, beside gold
TRIALS = Path("training/trial_events.jsonl")  # events of abstracts of trials, by source, id and place
Gold = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Annotated:
    """One document: its gold entry, what the fields see of it, its arms, and the set that it is of."""

    entry: Gold
    reports: Reports
    groups: tuple[Group, ...]
    of: str

    @property
    def seen(self) -> View:
        return self.reports.seen

    def sentences(self) -> Iterator[tuple[Sentence, list[Mention], list[Count]]]:
        """Each sentence of the body with its mentions and its counts."""
        for sentence in self.seen.body():
            named = self.reports.named(sentence.start, sentence.end)
            avoid = [(m.start, m.end) for m in named]
            yield sentence, named, counts(self.seen.folded, sentence.start, sentence.end, bare=True, avoid=avoid)

    def ruled(self) -> Iterator[tuple[Sentence, list[Event]]]:
        """Each sentence of the body with what the rules tell of it; none of a document that reports no trial of its own."""
        if self.entry.get("kind") in NO_TRIAL:
            return
        found = defaultdict(list)
        for event in events(self.reports):
            found[event.sentence[0]].append(event)
        for sentence in self.seen.body():
            yield sentence, found.get(sentence.start, [])

    def told(self) -> Iterator[tuple[int, int, Gold]]:
        """Gold events with the place of their quote; those whose quote is not found are left out."""
        text = self.seen.text
        first = max(text.find(self.entry.get("text") or " "), 0)
        for event in self.entry["gold"].get("adverse_events") or ():
            quote = event.get("quote") or ""
            start = text.find(quote, first) if quote else -1
            if start >= 0:
                yield start, start + len(quote), event


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """What a trainer of event scores is called with: GOLD, OUTPUT, and folds to score by first."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    return parser


def annotated(gold: Path, sets: Sequence[str]) -> list[Annotated]:
    """The documents of the named sets of a gold folder, as the fields see them."""
    return read([(name, entry) for name in sets for entry in load_gold(gold / name)])


def further(texts: Path) -> list[Annotated]:
    """The abstracts annotated in ``trial_events.jsonl``, which holds places and no words of theirs; `texts` has those."""
    known = {(row["source"], row["id"]): row for row in rows(texts)}
    entries = []
    for note in rows(TRIALS):
        own = known[note["source"], note["id"]]
        told = [{**e, "quote": own["text"][slice(*e["at"])]} for e in note["events"]]
        entry = {"id": own["id"], "title": own["title"], "text": own["text"], "kind": note["kind"]}
        entries.append((note["set"], {**entry, "gold": {"adverse_events": told}}))
    return read(entries)


def own_cases() -> list[Annotated]:
    """The project's own sentences with the events that they tell, as documents of the set ``cases``.

    A case that does not speak of an arm leaves it in doubt. A case that allows more events, or leaves a term open, is a part:
    what it does not name may be an event.
    """
    entries = []
    for place, case in enumerate(rows(OWN)):
        told = [{"arm": f.get("arm", "?"), "quote": case["text"], **f.get("value", {})} for f in case["facts"]]
        whole = not case.get("more") and all(e.get("term") for e in told)
        events = [e for e in told if e.get("term")]
        entry = {"id": f"case-{place}", "title": case.get("title"), "text": case["text"], "complete": whole}
        entries.append(("cases", {**entry, "kind": "single-trial", "gold": {"adverse_events": events}}))
    return read(entries)


def read(entries: Sequence[tuple[str, Gold]]) -> list[Annotated]:
    """Documents of gold entries, each with the set that it is of."""
    nlp = build(Settings())
    for part in ("adverse_event", "trial_plain"):  # what is to be fitted, and what takes the view off
        nlp.remove_pipe(part)
    found = []
    for name, entry in entries:
        if not entry.get("text"):
            continue
        doc = nlp(as_doc(nlp, document_of(entry)))
        conditions = frozenset(str(f.value["name"]).lower() for f in facts(doc, "condition"))
        found.append(Annotated(entry, Reports.of(view(doc), conditions), groups_of(doc), name))
    return found


def by_figures(document: Annotated) -> dict[tuple[Any, ...], list[Gold]]:
    """Gold's counted events by the place of their quote and their figures."""
    found = defaultdict(list)
    for start, end, event in document.told():
        n, percent = number(event.get("n")), number(event.get("percent"))
        if n is not None or percent is not None:
            found[start, end, n, percent].append(event)
    return found


def same_figures(count: Count, n: float | None, percent: float | None) -> bool:
    """Whether a count has the figures that gold states."""
    return (n is None or count.n == n) and (percent is None or count.percent == percent)


def counts_of(key: tuple[Any, ...], every: Iterable[Count]) -> list[Count]:
    """The counts inside a quote that have its figures; those with its number alone where none has both."""
    start, end, n, percent = key
    inside = [c for c in every if start <= c.start and c.end <= end]
    found = [c for c in inside if same_figures(c, n, percent)]
    return found or ([c for c in inside if c.n == n] if n is not None else [])


def folds(documents: Sequence[Annotated], k: int, *, seed: int = 0) -> list[int]:
    """The fold of each document, reports of one trial in one fold."""
    parent = list(range(len(documents)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for left, right in _same_trial(documents):
        parent[root(left)] = root(right)
    roots = sorted({root(i) for i in range(len(documents))})
    random.Random(seed).shuffle(roots)
    fold = {r: place % k for place, r in enumerate(roots)}
    return [fold[root(i)] for i in range(len(documents))]


def _same_trial(documents: Sequence[Annotated]) -> Iterator[tuple[int, int]]:
    """Pairs of documents that are reports of one trial."""
    first: dict[str, int] = {}
    holding: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        entry = document.entry
        for key in [
            *(str(i).upper() for i in entry["gold"].get("registry_ids") or ()),
            str(entry.get("pmid") or f"#{place}"),
        ]:
            yield place, first.setdefault(key, place)
        words = re.findall(r"[a-z0-9]+", entry["text"].lower())
        threes = set(zip(words, words[1:], words[2:], strict=False))
        shared = Counter(other for three in threes for other in holding[three])
        yield from ((place, other) for other, many in shared.items() if 3 * many > len(threes))
        for three in threes:
            holding[three].append(place)
