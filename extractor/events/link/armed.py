"""Each counted event with the group that its count is of, or with none: the names of the text, one score, the best of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from extractor.context.view import View
from extractor.events.event import Event
from extractor.events.link.arms import Names, Scene, candidates, features, none_features
from extractor.events.link.groups import Group, Name
from extractor.events.link.weights import Weights, weights
from extractor.events.of_this_trial import Reports
from extractor.quantities.counts import Count, counts

# an arm that is named must be so much likelier than none: a whole trial's count under an arm misleads more than a count without one
NONE_FIRST = 0.15


def armed(reports: Reports, groups: Sequence[Group], events: Iterable[Event]) -> Iterator[Event]:
    """The events, those with a count under the group that the count is of."""
    names = Names(reports.seen, groups)
    for (start, _), told in groupby(events, key=lambda e: e.sentence):
        some = list(told)
        if not any(e.count for e in some):
            yield from some
            continue
        scene = scene_at(reports, names, start)
        known: dict[int, tuple[int, int] | None] = {}
        for event in some:
            count = event.count and counted_in(scene, event.count)
            if count is None:
                yield event
                continue
            if count.start not in known:
                name = arm_of(scene, count, weights("arms"))
                known[count.start] = (name.start, name.end) if name else None
            yield replace(event, arm=known[count.start])


def scene_at(reports: Reports, names: Names, start: int) -> Scene:
    """The scene of the sentence that holds an offset."""
    seen: View = reports.seen
    sentence = seen.sentence_at(start)
    terms = [(m.start, m.end) for m in reports.named(sentence.start, sentence.end)]
    found = counts(seen.folded, sentence.start, sentence.end, bare=True, avoid=terms)
    return names.scene(sentence, found, terms)


def counted_in(scene: Scene, count: Count) -> Count | None:
    """The scene's count that a count of an event was made of."""
    return next((c for c in scene.counts if c.start <= count.start < c.end), None)


def arm_of(scene: Scene, count: Count, model: Weights) -> Name | None:
    """The name that a count is most likely of; None where none is likelier than no arm."""
    found = candidates(scene)
    chances = model.choice([none_features(scene, count), *(features(scene, count, back, n) for back, n in found)])
    shares: dict[frozenset[str], float] = {}
    for (_, name), chance in zip(found, chances[1:], strict=True):
        shares[name.words] = shares.get(name.words, 0.0) + chance
    best = max(shares, key=lambda words: shares[words], default=None)
    if best is None or shares[best] <= chances[0] + NONE_FIRST:
        return None
    places = [(c, i) for i, ((_, n), c) in enumerate(zip(found, chances[1:], strict=True)) if n.words == best]
    return found[max(places, key=lambda p: (p[0], -p[1]))[1]][1]
