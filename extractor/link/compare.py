"""Two reports side by side: what agrees, what does not, and how much that says.

The score is additive in the manner of Fellegi and Sunter (1969, doi:10.1080/01621459.1969.10501049): each feature adds a
weight in bits for agreement or takes one for disagreement; silence adds nothing. The weights were set by hand and tuned
on one half of ``tests/link_pairs.jsonl``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.link.profile import ABSTRACT, Profile, alike
from extractor.link.statements import EARLIER

PRIOR = -9.0  # bits: two reports that share a blocking key are seldom of one trial
SAME_DOSE = 0.02  # two doses within 2 % are one, rounded
LONG_AGO = 8  # years between the reports of one trial, seldom more


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature of a comparison: what each report says, its weight in bits, and the words."""

    feature: str
    a: str
    b: str
    weight: float
    quote_a: str = ""
    quote_b: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def probability(bits: float) -> float:
    """Bits of evidence as a probability.

    >>> probability(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp2(-max(-60.0, min(60.0, bits))))


def compare(a: Profile, b: Profile) -> list[Reason]:
    """All features on which both reports say something, the heaviest first."""
    found = [
        *_sets(a, b),
        *_cohort(a, b),
        *_dose(a, b),
        *_phase(a, b),
        *_people(a, b),
        *_time(a, b),
        *_text(a, b),
        *_said(a, b),
    ]
    return sorted((r for r in found if r.weight), key=lambda r: (-abs(r.weight), r.feature))


def bits(reasons: Sequence[Reason], *, without: frozenset[str] = frozenset()) -> float:
    """The sum of the weights and the prior."""
    return PRIOR + sum(r.weight for r in reasons if r.feature not in without)


# feature: (field of the profile, field of the quote, bits for agreement, bits for disagreement)
_SETS = {
    "condition": ("conditions", "condition", 1.5, -7.0),
    "cells": ("cells", "cell_type", 1.5, -5.0),
    "source": ("sources", "cell_source", 1.2, -5.0),
    "donor": ("donors", "donor", 0.4, -4.0),
    "route": ("routes", "route", 1.0, -4.0),
    "site": ("sites", "route_site", 2.0, -0.5),
    "ethics": ("ethics", "ethics_approval", 5.0, -0.5),
    "code": ("codes", "", 3.0, 0.0),
    "centre": ("centres", "", 2.5, -0.5),
}


# tissues of which one is a part or a broader name of the others: no disagreement
KIN = (
    frozenset({"umbilical cord", "wharton's jelly"}),
    frozenset({"fetal tissue", "fetal spinal cord", "fetal brain", "spinal cord"}),
)
COMMON_ROUTES = frozenset(
    {"intravenous", "intrathecal", "intramuscular", "subcutaneous", "intra-articular", "intracoronary"}
)
RARE_ROUTE = 2.0  # bits, for a route that few groups use


def _sets(a: Profile, b: Profile) -> Iterator[Reason]:
    for feature, (field, quoted, plus, minus) in _SETS.items():
        one, two = set(getattr(a, field)), set(getattr(b, field))
        if one and two:
            common = one & two
            words = "; ".join(sorted(common)) if common else ""
            says = (words, words) if common else ("; ".join(sorted(one)), "; ".join(sorted(two)))
            weight = plus if common else 0.0 if any(one | two <= kin for kin in KIN) else minus
            if feature == "route" and common - COMMON_ROUTES:
                weight = RARE_ROUTE
            yield Reason(feature, *says, weight, a.quotes.get(quoted, ""), b.quotes.get(quoted, ""))


def _cohort(a: Profile, b: Profile) -> Iterator[Reason]:
    quotes = a.quotes.get("participants", ""), b.quotes.get("participants", "")
    if a.n is not None and b.n is not None:
        yield Reason("n", str(a.n), str(b.n), _same_n(a, b), *quotes)
    if None not in (a.female, a.male, b.female, b.male):
        same = (a.female, a.male) == (b.female, b.male)
        says = f"{a.female} female, {a.male} male", f"{b.female} female, {b.male} male"
        yield Reason("sex", *says, 4.0 if same else -2.0, a.quotes.get("sex", ""), b.quotes.get("sex", ""))
    if a.age is not None and b.age is not None:
        near = abs(a.age - b.age) < 0.06
        weight = 4.0 if near else -3.0 if abs(a.age - b.age) > 3 else 0.0
        yield Reason(
            "age", f"mean {a.age:g}", f"mean {b.age:g}", weight, a.quotes.get("age", ""), b.quotes.get("age", "")
        )
    if len(a.arms) > 1 and len(b.arms) > 1:
        yield Reason("arms", str(list(a.arms)), str(list(b.arms)), 3.0 if a.arms == b.arms else -1.0)


def _same_n(a: Profile, b: Profile) -> float:
    """Weight of the sizes: a rare number that is the same says much; a registry's plan need not be what came."""
    one, two = int(a.n or 0), int(b.n or 0)
    if one == two or one in b.counts or two in a.counts:
        return 4.0 if one >= 20 and one % 10 else 3.0 if one >= 10 else 2.0 if one > 1 else 0.5
    ratio = min(one, two) / max(one, two, 1)
    if earlier_of(a, b) or earlier_of(b, a):
        return 0.0
    if interim(a, b) or interim(b, a):
        return -0.5
    if a.is_record != b.is_record:
        return 0.5 if ratio > 0.85 else -0.5 if ratio > 0.5 else -2.5
    return -1.5 if ratio > 0.5 else -3.0


def interim(part: Profile, whole: Profile) -> bool:
    """Whether `part` is a conference abstract about fewer people, which may be some of those of `whole`."""
    return part.role == ABSTRACT and whole.role != ABSTRACT and (part.n or 0) < (whole.n or 0)


def _dose(a: Profile, b: Profile) -> Iterator[Reason]:
    if not a.doses or not b.doses:
        return
    units = {d[2] for d in a.doses} & {d[2] for d in b.doses}
    same = any(_near(x, y) for x in a.doses for y in b.doses)
    if same or units:
        quotes = a.quotes.get("dose", ""), b.quotes.get("dose", "")
        yield Reason("dose", _doses(a), _doses(b), 2.5 if same else -2.5, *quotes)


def _doses(p: Profile) -> str:
    """Doses in words: ``100,000 cells; 1,000,000–1,500,000 cells``."""
    spans = [(f"{low:,.0f}", f"{high:,.0f}", unit) for low, high, unit in p.doses]
    return "; ".join(f"{low} {unit}" if low == high else f"{low}–{high} {unit}" for low, high, unit in spans)


def _near(x: tuple[float, float, str], y: tuple[float, float, str]) -> bool:
    return x[2] == y[2] and all(
        abs(p - q) <= SAME_DOSE * max(abs(p), abs(q), 1) for p, q in zip(x[:2], y[:2], strict=True)
    )


def _phase(a: Profile, b: Profile) -> Iterator[Reason]:
    one, two = phases(a), phases(b)
    if one and two:
        weight = 1.0 if one == two else 0.0 if one & two else -6.0
        yield Reason(
            "phase",
            "; ".join(a.phases),
            "; ".join(b.phases),
            weight,
            a.quotes.get("phase", ""),
            b.quotes.get("phase", ""),
        )


def phases(p: Profile) -> set[int]:
    """The phases as numbers, without letters.

    >>> sorted(phases(Profile("a", phases=("1/2a",))))
    [1, 2]
    """
    return {int(c) for phase in p.phases for c in phase if c.isdigit()}


def _people(a: Profile, b: Profile) -> Iterator[Reason]:
    if not a.authors or not b.authors:
        return
    common = [name for name in a.authors if name in b.authors]
    if not common:
        weight = -0.5 if a.is_record or b.is_record else -5.0
        yield Reason("authors", f"{len(a.authors)} authors", f"{len(b.authors)} others", weight)
        return
    most = 6.0 if a.authors[0] == b.authors[0] or a.authors[-1] == b.authors[-1] else 5.0
    weight = min(most, (2.5 if a.is_record or b.is_record else 1.5) * len(common))
    yield Reason("authors", "; ".join(common), "; ".join(common), weight)


def _time(a: Profile, b: Profile) -> Iterator[Reason]:
    for paper, record in ((a, b), (b, a)):
        if paper.year and record.start_year and not paper.is_record and paper.year < record.start_year:
            yield Reason("time", f"{paper.year}", f"{record.start_year}", -6.0)
            return
    if a.year and b.year and abs(a.year - b.year) > LONG_AGO and not (a.is_record or b.is_record):
        yield Reason("time", str(a.year), str(b.year), -2.0)


def _text(a: Profile, b: Profile) -> Iterator[Reason]:
    one, two = set(a.title), set(b.title)
    if len(one) > 3 and len(two) > 3:
        share = len(one & two) / len(one | two)
        weight = 5.0 if share >= 0.8 else 2.5 if share >= 0.5 else 0.0
        yield Reason("title", " ".join(a.title), " ".join(b.title), weight)
    share = alike(a.shingles, b.shingles)
    if share >= 0.3:
        yield Reason("text", f"{share:.0%} of the phrases in common", "", 8.0 * share)


def _said(a: Profile, b: Profile) -> Iterator[Reason]:
    """A report that speaks of people reported earlier, and another that has that many."""
    for one, two in ((a, b), (b, a)):
        quote = earlier_of(one, two)
        if quote:
            yield Reason(
                "said", "speaks of an earlier report", f"has {two.n}", 5.0, quote, two.quotes.get("participants", "")
            )
            return
    if any(kind == EARLIER for kind, _, _ in (*a.statements, *b.statements)):
        yield Reason("said", "speaks of an earlier report", "", 1.0)


def earlier_of(one: Profile, two: Profile) -> str:
    """The words with which `one` speaks of as many people, reported before, as `two` has."""
    for kind, whom, quote in one.statements:
        if (
            kind == EARLIER
            and whom.startswith("n=")
            and int(whom[2:]) in two.counts
            and int(whom[2:]) not in one.counts
        ):
            return quote
    return ""
