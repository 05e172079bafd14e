"""How many people the trial may have: a fitted reader says of all numbers that the text offers how likely each is.

Offered are every count of people, the sums of neighbouring counts, of groups and of the sexes, and the one patient of a
report. What the rules choose (:mod:`extractor.people.total`) is one of the features, not the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractor.context.readers import around, reader
from extractor.context.view import View
from extractor.people.candidates import Candidate, Cohort, cohort
from extractor.people.counted import Count
from extractor.people.equal_groups import each_of_listed
from extractor.people.group import EACH
from extractor.people.kinds_near import kinds_near
from extractor.people.total import Total, added, by_rule, one, stated

MOST_ADDED = 5  # counts of one sentence that are summed
MOST_APART = 160  # characters between two counts that are summed


@dataclass(frozen=True, slots=True)
class Option:
    """A number that may be the trial's own, with what the reader is told of it."""

    total: Total
    features: tuple[str, ...]


def likely(seen: View) -> Iterator[tuple[Total, float]]:
    """The numbers that may be the trial's own, the likeliest first, each with its share of all that is offered."""
    model = reader("participants")
    offered = options(seen)
    shares = model.shares([(o.total.n, o.features) for o in offered])
    alike: dict[int, list[Option]] = {}
    for option in offered:
        alike.setdefault(option.total.n, []).append(option)
    for n in sorted(alike, key=lambda n: (-shares[n], -n)):
        best = max(
            alike[n],
            key=lambda o: (
                o.total.rule == "one_person",
                not o.total.derived,
                -len(o.total.at),
                model.points(o.features),
            ),
        )
        yield best.total, shares[n]


def options(seen: View) -> list[Option]:
    """All numbers that the text offers, each with its features."""
    found = cohort(seen)
    ruled = by_rule(seen, found)
    offered = list(_offered(seen, found))
    if ruled and ruled.n not in {item.n for item, _ in offered}:
        offered.append((ruled, ["shape rule"]))
    among = _among([made.n for made, _ in offered], found)
    made = []
    for item, features in offered:
        own = [
            *features,
            *(name for name, holds in _beside(item.n, among) if holds),
            *(
                ("rule chose it", f"rule chose it: {ruled.rule}")
                if ruled and item.n == ruled.n
                else ("rule chose another",)
            ),
            *(("rule chose nothing",) if ruled is None else ()),
        ]
        made.append(Option(item, tuple(own)))
    return made


@dataclass(frozen=True, slots=True)
class _Among:
    """All numbers of a document, counted once."""

    times: Counter[int]
    most: int
    groups: frozenset[int]  # sums of groups
    sexes: frozenset[int]  # sums of men and women
    people: bool  # whether some number counts people


def _among(values: list[int], found: Cohort) -> _Among:
    return _Among(
        Counter(values),
        max(values, default=0),
        frozenset(s.total for s in found.splits if len(s.groups) > 1),
        frozenset(p.total for p in found.pairs),
        any(c.count.noun for c in found.candidates),
    )


def _beside(n: int, among: _Among) -> Iterator[tuple[str, bool]]:
    """Named truths of a number among all numbers of its document."""
    most = among.most
    yield "most of all", n == most
    yield "more than half of most", n > most / 2
    yield "few beside most", n < most / 10
    yield "offered twice", among.times[n] > 1
    yield "offered four times", among.times[n] > 3
    yield "under five", 1 < n < 5
    yield "one person", n == 1
    yield "over a thousand", n >= 1000
    yield "sum of groups", n in among.groups
    yield "sum of sexes", n in among.sexes
    yield "no people counted", not among.people


def _offered(seen: View, found: Cohort) -> Iterator[tuple[Total, list[str]]]:
    for place, candidate in enumerate(found.candidates):
        yield _counted(seen, found, candidate, place)
    for split in found.splits:
        if len(split.groups) > 1 or split.k > 1:
            what = [
                f"split {split.shape}",
                f"cued {split.cued}",
                f"joined {split.joined}",
                f"groups {len(split.groups)}",
            ]
            what += ["split in title"] if seen.in_title(split.start) else []
            if split.shape == EACH:
                first = split.groups[0]
                sizes = (first.name_at, (first.start, first.end))
                together = Total(split.total, "unspecified", sizes, "times_groups", 0.8, True)
            else:
                together = added(split, split.groups)
            last = split.groups[-1]
            what += [f"split {name}" for name in kinds_near(seen, [(g.start, g.end) for g in split.groups])]
            yield (
                together,
                ["shape split", *what, *_outside(seen, "split", split.start, max(last.end, last.name_at[1]))],
            )
    for pair in found.pairs:
        yield Total(pair.total, "enrolled", ((pair.start, pair.end),), "sum_of_sexes", 0.85, True), ["shape sexes"]
    yield from _sums(seen, found)
    yield from _each_of_listed(seen)
    alone = one(seen)
    if alone:
        yield alone, ["shape one", *(f"one {name}" for name in _near(seen, alone.at[0][0]))]


def _counted(seen: View, found: Cohort, candidate: Candidate, place: int) -> tuple[Total, list[str]]:
    count = candidate.count
    names = ["shape count", f"noun {count.kind}", f"points {round(2 * max(-3.0, min(6.0, candidate.points))) / 2:g}"]
    names += [f"place {place}"] if place < 3 else []
    names += [f"count {name}" for name in sorted(candidate.features)]
    return stated(candidate, found), [*names, *(f"count {name}" for name in around(seen, count.start, count.end))]


def _outside(seen: View, name: str, start: int, end: int) -> list[str]:
    """What stands around a stretch of the text, without its own words."""
    return [f"{name} {what}" for what in around(seen, start, max(start, end)) if not what.startswith("own ")]


def _near(seen: View, start: int) -> list[str]:
    role, _ = seen.likely_role(start)
    return [f"role {role}"]


def _each_of_listed(seen: View) -> Iterator[tuple[Total, list[str]]]:
    """One size as often as the sentence lists doses or treatments: "2, 5 or 10 million per kg (five each)"."""
    for size in each_of_listed(seen):
        at = (size.listed, (size.start, size.end))
        yield (
            Total(size.n * size.k, "unspecified", at, "times_groups", 0.8, True),
            ["shape times", f"times {size.k}", f"times by {size.how}", *_outside(seen, "times", size.start, size.end)],
        )


def _sums(seen: View, found: Cohort) -> Iterator[tuple[Total, list[str]]]:
    """Sums of two or more counts that follow one another in a sentence: "16 had A, while 16 others had B"."""
    points = {c.count.start: c for c in found.candidates}
    for first, count in enumerate(found.counts):
        run = [count]
        for following in found.counts[first + 1 : first + MOST_ADDED]:
            if following.start - run[-1].end > MOST_APART or not seen.one_sentence(count.start, following.end):
                break
            run.append(following)
            yield _added(seen, points, run)


def _added(seen: View, points: dict[int, Candidate], run: list[Count]) -> tuple[Total, list[str]]:
    together = Total(
        sum(c.n for c in run), "enrolled", tuple((c.start, c.end) for c in run), "sum_of_counts", 0.7, True
    )
    gaps = [seen.folded[a.end : b.start] for a, b in pairwise(run)]
    names = ["shape sum", f"sum of {len(run)}", f"sum forms {run[0].form} {run[-1].form}"]
    names += [f"sum noun {run[0].kind} {run[-1].kind}"]
    names += [f"sum gap {word}" for gap in gaps for word in gap.split()[:12]]
    names += [f"sum count {name}" for name in sorted(points[run[0].start].features)]
    names += _outside(seen, "sum", run[0].start, run[-1].end)
    names += [f"sum {name}" for name in kinds_near(seen, [(c.start, c.end) for c in run])]
    names += ["sum even"] if len({c.n for c in run}) == 1 else []
    names += ["sum of one"] if min(c.n for c in run) == 1 else []
    names += ["sum holds its part"] if any(2 * c.n == together.n for c in run) and len(run) > 2 else []
    return together, names
