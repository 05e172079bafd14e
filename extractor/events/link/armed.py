"""Each counted event with the group that its count is of, or with none: the names of the text, one score, the best of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, permutations

from extractor import patterns as re
from extractor.context.view import View
from extractor.events.event import PRESENT, Event
from extractor.events.link.arms import CLOSED_ROW, Names, Scene, candidates, features, name_of, none_features
from extractor.events.link.checked import bracketed, impossible
from extractor.events.link.compared import compared, wholes
from extractor.events.link.groups import Group, Name
from extractor.events.link.headed import headed
from extractor.events.link.in_turn import in_turn
from extractor.events.link.labelled import labelled
from extractor.events.link.laid_out import laid_out
from extractor.events.link.together import Shares, likeliest, together
from extractor.events.link.weights import Weights, weights
from extractor.events.of_this_trial import Reports
from extractor.quantities.counts import Count, counts
from extractor.words import Words

W = Words("events")


def armed(reports: Reports, groups: Sequence[Group], events: Iterable[Event]) -> Iterator[Event]:
    """The events, those with a count under the group that the count is of."""
    names = Names(reports.seen, groups)
    for (start, _), told in groupby(events, key=lambda e: e.sentence):
        some = list(told)
        if not any(e.count for e in some):
            yield from some
            continue
        scene = scene_at(reports, names, start)
        known = arms_of(scene, some)
        known |= _in_turn(names, scene, some, known)
        known |= _with_people(scene, some, known)
        known |= bracketed(scene, some)
        known |= dict.fromkeys(impossible(scene, some, known))
        for event in some:
            made = replace(event, arm=known.get(event.count.start)) if event.count else event
            yield from in_each(scene, made) or (made,)


def arms_of(scene: Scene, events: Sequence[Event]) -> dict[int, tuple[int, int] | None]:
    """The place of the group's name for each count of a sentence's events, by where the count begins."""
    counted = {e.count.start: found for e in events if e.count and (found := scene.counted(e.count))}
    chances = {c.start: shares(scene, c, weights("arms")) for c in counted.values()}
    chosen = together(scene, events, {at: chances[c.start] for at, c in counted.items()})
    places: dict[int, tuple[int, int] | None] = {}
    for at, words in chosen.items():
        name = place_of(scene, counted[at], words) if words else None
        places[at] = name.place if name else None
    sure = (
        {**headed(scene), **laid_out(scene), **labelled(scene), **wholes(scene), **compared(scene)} if counted else {}
    )
    return places | {at: n.place if (n := sure[c.start]) else None for at, c in counted.items() if c.start in sure}


def _in_turn(
    names: Names, scene: Scene, some: Sequence[Event], known: Mapping[int, tuple[int, int] | None]
) -> dict[int, tuple[int, int] | None]:
    """The places of the groups of counts told in turn, where the scores leave one of them without a group, or two with one."""
    turns: dict[int, list[tuple[int, Name]]] = {}
    for event, (at, name) in in_turn(names, scene, some):
        turns.setdefault(event, []).append((at, name))
    found: dict[int, tuple[int, int] | None] = {}
    for told in turns.values():
        places = [known.get(at) for at, _ in told]
        announced = all(name.brought == "0" for _, name in told)  # "(157 cells, 158 sham): death 14 vs 12"
        ordered = _ordered(scene, some, [at for at, _ in told])
        if announced or ordered or None in places or len(set(places)) < len(places):
            found |= {at: name.place for at, name in told}
    return found


def _ordered(scene: Scene, some: Sequence[Event], places: Sequence[int]) -> bool:
    """Whether a row says that it is in order, and names nobody: "in 3 and 4 patients respectively, gangrene in two on placebo"."""
    count = next((e.count for e in some if e.count and e.count.start == max(places)), None)
    if count is None or any(n.start < min(places) for n in scene.here):
        return False
    return CLOSED_ROW.match(scene.seen.folded, count.end, scene.sentence.end) is not None


# "seven reactions (were seen) in six people": between events and those who had them
_IN_PEOPLE = re.compile(
    r"\s+(?:(?:(?:was|were) )?(?:seen|observed|reported|recorded|noted)\s+|occurred\s+)?(?:in|by|among)\s+\Z"
)


def _with_people(
    scene: Scene, some: Sequence[Event], known: Mapping[int, tuple[int, int] | None]
) -> dict[int, tuple[int, int] | None]:
    """ "Seven reactions in six people on placebo": the events are those people's, and of their group."""
    folded = scene.seen.folded
    found: dict[int, tuple[int, int] | None] = {}
    for one, other in permutations((e for e in some if e.count), 2):
        first, last = one.count, other.count
        if first is None or last is None or one.mention.start != other.mention.start:
            continue
        between = _IN_PEOPLE.fullmatch(folded, one.mention.end, last.start)
        if first.end <= one.mention.start and between and folded[first.end : one.mention.start].isspace():
            found[first.start] = known.get(last.start)
    return found


def scene_at(reports: Reports, names: Names, start: int) -> Scene:
    """The scene of the sentence that holds an offset."""
    seen: View = reports.seen
    sentence = seen.sentence_at(start)
    terms = [(m.start, m.end) for m in reports.named(sentence.start, sentence.end)]
    found = counts(seen.folded, sentence.start, sentence.end, bare=True, avoid=terms)
    return names.scene(sentence, found, terms)


def shares(scene: Scene, count: Count, model: Weights) -> Shares:
    """How likely a count is of each group, and of none."""
    told = all_in(scene, count)
    if told is not None:
        return {told.words: 1.0, None: 0.0}
    found = candidates(scene)
    chances = model.choice([none_features(scene, count), *(features(scene, count, back, n) for back, n in found)])
    out: Shares = {None: chances[0]}
    for (_, name), chance in zip(found, chances[1:], strict=True):
        out[name.words] = out.get(name.words, 0.0) + chance
    return out


def arm_of(scene: Scene, count: Count, model: Weights) -> Name | None:
    """The name that a count is most likely of, by itself; None where none is likelier than no arm."""
    words = likeliest(shares(scene, count, model))
    return place_of(scene, count, words, model) if words else None


def place_of(scene: Scene, count: Count, words: frozenset[str], model: Weights | None = None) -> Name:
    """Where the group of a count is named: the likeliest of its names."""
    found = [(back, name) for back, name in candidates(scene) if name.words == words]
    if len(found) == 1:
        return found[0][1]
    scored = [(model or weights("arms")).score(features(scene, count, back, name)) for back, name in found]
    return found[max(range(len(found)), key=lambda i: (scored[i], -i))][1]


# "one stroke in each arm", "one patient each in the two groups", "each group had one case"
_EACH = re.compile(
    rf"[^.;,()]{{0,40}}?\b(?:in|of|on|per)?\s*each\s+(?:of\s+the\s+|in\s+(?:the\s+)?)?(?:\w+\s+)?{W.both_groups_one}\b"
)
# "two per arm", "(2 per group)"
_PER = re.compile(rf"\s*(?:{W.persons}\s*)?(?:per|in either)\s+(?:\w+\s+)?{W.both_groups_one}\b")
_EACH_HAD = re.compile(
    rf"\beach\s+(?:\w+\s+)?{W.both_groups_one}\s+(?:had|showed|reported|experienced|recorded)\s+(?:only\s+)?\Z"
)


def in_each(scene: Scene, event: Event) -> list[Event]:
    """The event in each of the trial's groups, where so many are said to be of each."""
    count = event.count
    if count is None or not (count.n or (count.n is None and count.percent)) or count.denominator or not scene.groups:
        return []
    folded, end = scene.seen.folded, scene.sentence.end
    last = max(count.end, event.mention.end)
    said = _EACH.match(folded, count.end, end) or _EACH.match(folded, last, end) or _PER.match(folded, count.end, end)
    if said is None and _EACH_HAD.search(folded, scene.sentence.start, count.start) is None:
        return []
    found: dict[str, Name] = {}
    for group in scene.groups:
        name = name_of(scene, group)
        if name is not None:
            found.setdefault(group.name, name)
    named = list({n.start: n for n in found.values()}.values())
    if len(named) == len(scene.groups) > 1:
        return [replace(event, arm=n.place) for n in named]
    # so many of each group, and the groups have no names here: the number is nobody's total
    return [replace(event, count=None, arm=None, how="happened")] if event.assertion == PRESENT else []


# "nine patients had a rash; all were in the drug group"
_ALL = re.compile(
    rf"[^.;()]{{0,70}}[;,]\s*(?:and\s+)?(?:all|both|each)\s+(?:of\s+(?:them|these|whom|which)\s+)?(?:{W.all_cases}\s+)*{W.all_in}?\s*(?:the\s+)?\Z"
)


def all_in(scene: Scene, count: Count) -> Name | None:
    """The group that all of a count are said to be of."""
    folded = scene.seen.folded
    return next(
        (
            n
            for n in scene.here
            if n.start > count.end and (n.grouped or scene.of_arm(n)) and _ALL.fullmatch(folded, count.end, n.start)
        ),
        None,
    )
