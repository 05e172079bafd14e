"""The trial's number of people and its arms, chosen together: a total counts for more where groups add up to it.

Each of the likeliest totals (:mod:`extractor.people.own`) is tried; the groups that the text offers under it
(:mod:`extractor.people.arms`) weigh as much as their own reader gives them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import islice

from extractor.context.readers import CELLS, reader
from extractor.context.view import View, once
from extractor.people import arms as groups
from extractor.people.own import likely
from extractor.people.sides import Sides
from extractor.people.total import Total

MOST_TOTALS = 5  # totals that are tried, the likeliest
LEAST = 0.005  # share under which a total is not tried
ARMS = 0.6  # how much the groups under a total say of it


@dataclass(frozen=True, slots=True)
class People:
    """How many people a trial has, and in which arms."""

    total: Total | None
    arms: Sides | None


@once
def people(seen: View) -> People:
    """The likeliest total with its groups."""
    tried = [(own, share) for own, share in islice(likely(seen), MOST_TOTALS) if share >= LEAST and own.n > 0]
    if not tried:
        return People(None, groups.named(seen, groups.weighed(seen, None)))
    under = [groups.weighed(seen, own) for own, _ in tried]
    weights = [share * found.weight**ARMS for (_, share), found in zip(tried, under, strict=True)]
    nothing = max(0.0, 1 - math.fsum(share for _, share in tried))
    best = max(range(len(tried)), key=lambda i: (weights[i], -i))
    share = weights[best] / (nothing + math.fsum(weights))
    own = replace(tried[best][0], confidence=round(share, 3))
    sure = share >= reader("participants").thresholds[CELLS]
    return People(own if sure else None, groups.named(seen, under[best]))


def total(seen: View) -> Total | None:
    """The number of people treated or enrolled; None where the text does not say."""
    return people(seen).total


def arms(seen: View) -> Sides | None:
    """The trial's arms; None where the text sizes none."""
    return people(seen).arms
