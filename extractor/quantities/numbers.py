"""Whole and decimal numbers, in digits and in words.

>>> whole("forty-three"), whole("1,907"), whole("Sixteen (16)")
(43, 1907, 16)
"""

from __future__ import annotations

from functools import lru_cache

from extractor import patterns as re

UNITS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
} | {"fourty": 40}
SCALES = {"hundred": 100, "thousand": 1000}
_SMALL = "|".join(sorted([*UNITS, *TENS, *SCALES], key=len, reverse=True))
# "forty-three", "one hundred and twelve", "two hundred twenty"; "three and four" are two numbers
NUMBER_WORDS = (
    rf"(?:a\s+)?\b(?:{_SMALL})(?:(?:\s*-\s*|(?:(?<=hundred)|(?<=thousand))\s+and\s+|\s+)(?:{_SMALL})){{0,9}}\b"
)
# "1,907" "12" "1 907" (thin spaces are folded to a blank: only as digit groups) "12.5" is no whole number
DIGITS = r"(?<![\d.,/])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\d.,/])\d+(?![\d])"
WHOLE = rf"(?:{NUMBER_WORDS}|{DIGITS})"
# "0.42", "1,907", ".5", "12"
DECIMAL = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_BOTH = re.compile(r"^(.*?)\s*\((?:n\s*=\s*)?(\d[\d,]*)\)$")
_SPLIT = re.compile(r"[\s-]+")


@lru_cache(maxsize=4_096)
def whole(text: str) -> int | None:
    """The whole number that `text` writes, in digits or in English words; None where it writes none."""
    text = text.strip().lower()
    both = _BOTH.match(text)
    if both:
        text = both[2]
    digits = text.replace(",", "").replace(" ", "")
    if digits.isdecimal():
        return int(digits)
    return _from_words([w for w in _SPLIT.split(text) if w not in ("and", "a", "")])


TIMES = {"once": 1, "twice": 2, "thrice": 3}


def times(text: str) -> int | None:
    """How often: "twice", or a number as :func:`whole` reads it.

    >>> times("twice"), times("four")
    (2, 4)
    """
    return TIMES.get(text) or whole(text)


def _from_words(parts: list[str]) -> int | None:
    total, current = 0, 0
    for word in parts:
        if word in UNITS:
            current += UNITS[word]
        elif word in TENS:
            current += TENS[word]
        elif word in SCALES:
            current = max(current, 1) * SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        else:
            return None
    return total + current if parts else None


def decimal(text: str) -> float | None:
    """The number that digits write, thousands commas forgiven; None where they write none."""
    try:
        return float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return None
