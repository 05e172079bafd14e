"""Which arm a number is said of: told from where the sentence names its arms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractor.verify.binding import LIGHT, Group, content
from extractor.verify.cells import Place
from extractor.verify.reading import Reading
from extractor.verify.words import arm_words, same_arm
from extractor.words import Words

W = Words("verify")

NEAR, LIST_GAP = 60, 80  # characters before the first number, and between two arms of a list


def arm_of(reading: Reading, group: Group, all_groups: Sequence[Group], span: Place, arms: Sequence[str]) -> str | None:
    """The arm that a group of numbers is said of; None where the sentence does not tell.

    Each number is followed by its arm ("3 in A and 5 in B"), or each has it before ("A 3, B 5"), or arms and numbers
    stand in two lists of one length ("3 and 5 in A and B, respectively").
    """
    chunk = _chunk(reading, group, all_groups)
    places = arm_places(reading, span, arms)
    if not places:
        return None
    at = chunk.index(group)
    ends = [g.start for g in chunk[1:]] + [_stretch(reading, chunk[-1].end, span.end)]
    follows = [_first_between(places, g.end, stop) for g, stop in zip(chunk, ends, strict=True)]
    begins = [_begin(reading, chunk[0], all_groups, places, span), *(g.end for g in chunk[:-1])]
    precedes = [_last_between(places, start, g.start) for start, g in zip(begins, chunk, strict=True)]
    stop = chunk[at + 1].start if at + 1 < len(chunk) else min(span.end, group.end + LIST_GAP)
    if (
        follows[at]
        and len({n for p, n in places if group.end <= p < stop}) == 1
        and _said_of(reading, group, places, follows[at])
    ):
        return follows[at]
    for found in (follows, precedes):
        if all(found) and len(set(found)) == len(found):
            return found[at]
    return _listed_arm(reading, chunk, at, places) or _compared_arm(reading, chunk, at, places, span, arms)


SAID_OF = re.compile(
    rf"\s*(?:%|[)\]])*\s*(?:\([^()]*\)\s*|\[[^\[\]]*\]\s*)?(?:(?:of |out of )?(?:the )?(?:\d+ )?{W.said_of_patients}?\s*)?{W.said_of_in}\s*(?:the |those )?\Z"
)
TWO_LISTS = re.compile(W.two_lists)


def _begin(
    reading: Reading, first: Group, all_groups: Sequence[Group], places: Sequence[tuple[int, str]], span: Place
) -> int:
    """Where the words before a list of numbers begin: behind the number before it and the arm that closes that."""
    at = all_groups.index(first)
    start = max(span.start, first.start - NEAR, reading.folded.rfind(";", span.start, first.start) + 1)
    if at == 0:
        return start
    last = all_groups[at - 1].end
    closing = [p for p, _ in places if last <= p < first.start and SAID_OF.match(reading.folded[last:p])]
    return max(start, last, *(p + 1 for p in closing)) if closing else max(start, last)


def _said_of(reading: Reading, group: Group, places: Sequence[tuple[int, str]], name: str | None) -> bool:
    at = next((p for p, n in places if p >= group.end and n == name), None)
    return at is not None and SAID_OF.match(reading.folded[group.end : at]) is not None


def _listed_arm(reading: Reading, chunk: Sequence[Group], at: int, places: Sequence[tuple[int, str]]) -> str | None:
    """The arm with the number's place in a list of arms that is as long as the list of numbers."""
    named = list(dict.fromkeys(name for _, name in places))
    if len(chunk) < 2 or len(named) != len(chunk):
        return None
    first = [next(p for p, n in places if n == name) for name in named]
    near = all(b - a < LIST_GAP for a, b in pairwise(first))
    stretch = reading.folded[min(first[0], chunk[0].start) : max(first[-1], chunk[-1].end) + 60]
    return named[at] if near and TWO_LISTS.search(stretch) else None


COMPARED = re.compile(
    r"\b(?:more|fewer|less|higher|lower|greater|smaller|rarer|worse|increased|reduced|decreased|often|common|frequent(?:ly)?)\b"
)
VERSUS = re.compile(r"[^.;]{0,24}\b(?:vs|versus|v|against|compared (?:with|to))\b[^.;]{0,24}")


def _compared_arm(
    reading: Reading,
    chunk: Sequence[Group],
    at: int,
    places: Sequence[tuple[int, str]],
    span: Place,
    arms: Sequence[str],
) -> str | None:
    """ "More patients of A had pain (3 versus 1)": the first number is the arm's that is compared, the second the other's."""
    if len(chunk) != 2 or not VERSUS.fullmatch(reading.folded[chunk[0].end : chunk[1].start]):
        return None
    words = list(COMPARED.finditer(reading.folded, span.start, chunk[0].start))
    first = max(span.start, words[0].start() - LIST_GAP) if words else chunk[0].start
    named = {name for place, name in places if first <= place < chunk[0].start}
    if len(named) > 1 and words:  # "compared with placebo, more of A had pain"
        named = {name for place, name in places if words[0].start() <= place < chunk[0].start}
    if len(named) != 1:
        return None
    (name,) = named
    if at == 0:
        return name
    others = [other for other in arms if not same_arm(other, name)]
    return others[0] if others and all(same_arm(a, b) for a, b in pairwise(others)) else None


def _chunk(reading: Reading, group: Group, all_groups: Sequence[Group]) -> list[Group]:
    """Neighbouring groups of numbers without another event between them."""
    at = all_groups.index(group)
    first = last = at
    while first > 0 and not _apart(reading, all_groups[first - 1], all_groups[first]):
        first -= 1
    while last + 1 < len(all_groups) and not _apart(reading, all_groups[last], all_groups[last + 1]):
        last += 1
    return list(all_groups[first : last + 1])


def _apart(reading: Reading, one: Group, following: Group) -> bool:
    between = reading.folded[one.end : following.start]
    return (
        bool(content(reading, one.end, following.start)) or ";" in between or bool(re.search(r"\bp\s*[<=>]", between))
    )


def _stretch(reading: Reading, start: int, end: int) -> int:
    """How far behind the last number an arm may be named."""
    stop = re.search(r"[,;]|\b(?:and|whereas|while|but|versus|vs|compared|than)\b", reading.folded[start:end])
    return min(end, start + (stop.start() if stop else 60), start + 80)


def arm_places(reading: Reading, span: Place, arms: Sequence[str]) -> list[tuple[int, str]]:
    """Where arms are named in a sentence, in its own words; the longest name is looked for first."""
    found: list[tuple[int, str]] = []
    taken: set[int] = set()
    names = sorted(dict.fromkeys(arms), key=lambda n: (-len(arm_words(n)), n))
    for name in names:
        patterns = [_whole_name(name), *_own_words(name, names)]
        for pattern in patterns:
            places = [m.span() for m in re.finditer(pattern, reading.folded[span.start : span.end])] if pattern else []
            for first, last in places:
                if not taken & set(range(first, last)) and _is_name(
                    reading.text[span.start + first : span.start + last]
                ):
                    taken |= set(range(first, last))
                    words = reading.text[span.start + first : span.start + last]
                    found.append((span.start + first, next((n for _, n in found if same_arm(n, words)), words)))
            if places:
                break
    return sorted(found)


def _whole_name(name: str) -> str:
    words = [
        re.escape(w)
        for w in re.findall(r"[a-z0-9.]+", name.lower())
        if w not in ("group", "arm", "groups", "the", "patients", "cohort")
    ]
    return r"(?<![a-z0-9])" + r"[^a-z0-9.]+".join(words) + r"s?(?![a-z0-9])" if words else ""


def _own_words(name: str, names: Sequence[str]) -> list[str]:
    """Words that only this arm's name has: "high" of "high dose", where there is a "low dose"."""
    others = {w for n in names if not same_arm(n, name) for w in arm_words(n)}
    own = sorted(
        w
        for w in arm_words(name) - others
        if len(w) > 2
        and not w.isdigit()
        and w
        not in LIGHT
        - {"high", "low", "placebo", "control", "controls", "sham", "first", "second", "third", "medium", "middle"}
    )
    return [rf"(?<![a-z0-9]){re.escape(w)}s?(?![a-z0-9])" for w in own]


def _is_name(words: str) -> bool:
    """Not the article "a" for the arm "A"."""
    return len(words) > 1 or words.isupper() or words.isdigit()


def _first_between(places: Sequence[tuple[int, str]], start: int, end: int) -> str | None:
    return next((name for at, name in places if start <= at < end), None)


def _last_between(places: Sequence[tuple[int, str]], start: int, end: int) -> str | None:
    return next((name for at, name in reversed(places) if start <= at < end), None)
