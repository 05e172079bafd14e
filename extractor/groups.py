"""Names of one group of people: "the placebo group", "placebo", "placebo arm" tell the same."""

from __future__ import annotations

from functools import lru_cache

from extractor import patterns as re
from extractor.words import Words

GROUP = Words("events").members("group")  # words that every group has in its name
PLURAL = 3  # letters that a plural has at least


@lru_cache(maxsize=1_024)
def telling(text: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    every = frozenset(re.findall(r"[a-z0-9]+", text.lower()))
    own = every - GROUP - {"the"} or every
    return frozenset(w[:-1] if len(w) > PLURAL and w.endswith("s") and not w.endswith("ss") else w for w in own)


def alike(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether two names may be of one group: the words of one are among those of the other."""
    return bool(one & two) and (one <= two or two <= one)
