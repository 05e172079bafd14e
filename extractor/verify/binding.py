"""Which number of a sentence belongs to which term, and to which arm: told from what stands between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.verify.cells import Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PEOPLE, PERCENT, Said
from extractor.verify.reading import Reading
from extractor.verify.words import arm_words, same_arm

# words that name no event: what may stand between two numbers of one event
LIGHT = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "and",
        "or",
        "vs",
        "versus",
        "v",
        "n",
        "p",
        "as",
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "had",
        "has",
        "have",
        "did",
        "who",
        "which",
        "that",
        "this",
        "these",
        "those",
        "than",
        "then",
        "after",
        "before",
        "during",
        "each",
        "both",
        "all",
        "respectively",
        "compared",
        "compare",
        "comparison",
        "group",
        "groups",
        "arm",
        "arms",
        "cohort",
        "cohorts",
        "patient",
        "patients",
        "participant",
        "participants",
        "subject",
        "subjects",
        "people",
        "person",
        "persons",
        "individual",
        "individuals",
        "recipient",
        "recipients",
        "case",
        "cases",
        "child",
        "children",
        "infant",
        "infants",
        "woman",
        "women",
        "man",
        "men",
        "adult",
        "adults",
        "volunteer",
        "volunteers",
        "eye",
        "eyes",
        "knee",
        "knees",
        "event",
        "events",
        "episode",
        "episodes",
        "occurred",
        "occurring",
        "occur",
        "developed",
        "develop",
        "experienced",
        "reported",
        "observed",
        "seen",
        "noted",
        "found",
        "received",
        "receiving",
        "given",
        "treated",
        "treatment",
        "therapy",
        "dose",
        "doses",
        "assigned",
        "allocated",
        "randomised",
        "randomized",
        "risk",
        "ratio",
        "rr",
        "or",
        "hr",
        "ci",
        "relative",
        "odds",
        "difference",
        "absolute",
        "confidence",
        "interval",
        "significantly",
        "significant",
        "not",
        "no",
        "none",
        "one",
        "two",
        "three",
        "total",
        "i",
        "ii",
        "iii",
        "iv",
        "ns",
        "nor",
        "only",
        "among",
        "taking",
        "undergoing",
        "placebo",
        "control",
        "controls",
        "sham",
        "active",
        "drug",
        "standard",
        "usual",
        "care",
        "low",
        "high",
        "medium",
        "middle",
        "mg",
        "kg",
        "ml",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
        "higher",
        "lower",
        "more",
        "less",
        "fewer",
        "frequent",
        "often",
        "same",
        "while",
        "whereas",
        "but",
        "however",
        "also",
        "another",
        "other",
        "per",
        "cent",
        "percent",
        "out",
        "against",
        "between",
        "over",
        "under",
        "first",
        "second",
        "third",
        "95",
        "range",
        "median",
        "mean",
        "sd",
        "iqr",
        "incidence",
        "rate",
        "rates",
        "frequency",
        "respective",
        "corresponding",
        "those",
        "increased",
        "decreased",
        "reduced",
        "rise",
        "rose",
        "fell",
        "well",
        "out",
        "them",
        "it",
        "its",
        "their",
        "there",
        "such",
        "intervention",
        "conventional",
        "open",
        "surgery",
        "surgical",
        "group's",
        "side",
        "arms'",
        "used",
        "using",
        "use",
        "within",
        "followed",
        "up",
        "versus.",
        "figure",
        "alone",
        "plus",
        "once",
        "daily",
        "twice",
        "given",
        "possible",
        "probably",
        "possibly",
        "least",
        "about",
        "approximately",
        "nearly",
        "almost",
        "some",
        "further",
        "additional",
        "grade",
        "grades",
        "severe",
        "mild",
        "moderate",
        "serious",
        "fatal",
        "major",
        "minor",
        "least",
        "any",
        "adjusted",
        "unadjusted",
        "analysis",
        "intention",
        "population",
        "stratum",
        "strata",
    ]
)
WORD = re.compile(r"[a-z]+")
# "in the epoetin alfa arm": names an arm, whatever the words
ARM_PHRASE = re.compile(
    r"\b(?:in|for|of|with|after|on|receiving|among|the|vs|versus|than)\s+(?:the\s+)?(?:[\w+-]+\s+){1,5}?(?:arm|group|cohort|recipients|controls)s?\b"
)
IN_BRACKETS = re.compile(r"[(\[]\s*(?:n\s*=\s*|n\s*:\s*|no\.?\s*=?\s*|in\s+|only\s+)?\Z")
# a number that speaks of what stands before it: "headache (3", "headache in 3", "headache: 3", "headache, n = 3"
BEHIND = re.compile(
    r"(?:[(\[]\s*(?:n\s*=\s*|in\s+|only\s+|both\s+)?|\bn\s*=\s*|[:=]\s*|\b(?:in|by|among|for|of|affecting|at|to|with)\s+(?:only |about |some |nearly |approximately |up to |the |another |a further )?)\Z"
)
# ... or after it: "3 patients had", "3 cases of", "3 developed"
AHEAD = re.compile(
    rf"\s*(?:%|[)\]])?\s*(?:\([^()]*\)\s*|\[[^\[\]]*\]\s*)?(?:(?:of (?:the |these |those |all )?)?(?:\d+ )?(?:[\w-]+\s+){{0,3}}?{PEOPLE}\s+(?:\([^()]*\)\s*)?(?:(?:in|of|from|given|receiving|on|who|treated with|after) (?:[\w-]+\s+){{1,4}}?)?(?:with|were|was|had|have|has|developed|experienced|suffered|reported|complained|showed|died|discontinued|withdrew|presented|required|relapsed|underwent|needed|dropped|left)"
    r"|(?:had|developed|experienced|suffered|reported|complained|died|discontinued|withdrew|required|relapsed|underwent|dropped|left)|(?:[\w-]+\s+){0,2}?(?:cases?|episodes?|events?|instances?) of)\b"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Numbers that say one thing together: a count, its percentage, its denominator."""

    members: tuple[Said, ...]

    @property
    def start(self) -> int:
        return self.members[0].start

    @property
    def end(self) -> int:
        return self.members[-1].end


def content(reading: Reading, start: int, end: int) -> list[str]:
    """Words of a stretch that may name an event."""
    arms = reading.arm_vocabulary
    words = WORD.findall(ARM_PHRASE.sub(" ", reading.folded[min(start, end) : max(start, end)]))
    return [w for w in words if len(w) > 1 and w not in LIGHT and w not in arms and w.rstrip("s") not in arms]


GROUPED = re.compile(
    r"\s*%?\s*[)\]]?\s*(?:(?:patients?|participants?|subjects?|children|women|people|infants?|cases?|events?|individuals?|recipients?|eyes?)\s*)?(?:[(\[]\s*(?:n\s*=\s*)?|of (?:the |these |those |all |a total of )?|out of (?:the )?|/|=|,?\s*or\s+)?\s*\Z"
)


OPENED = re.compile(r"[(\[]\s*(?:n\s*=\s*)?\Z")


def groups(reading: Reading, said: Sequence[Said]) -> list[Group]:
    """Numbers of a sentence, those that say one thing put together."""
    found: list[list[Said]] = []
    for one in said:
        if one.kind not in (COUNT, PERCENT, DENOMINATOR):
            continue
        last = found[-1] if found else None
        kinds = {m.kind for m in last} if last else set()
        between = reading.folded[last[-1].end : one.start] if last else ""
        joined = (
            last
            and GROUPED.fullmatch(between)
            and between.strip(" )]%") != ""
            and ("," not in between)
            and one.kind not in kinds
        )
        if (
            last
            and one.kind == PERCENT
            and last[-1].kind == COUNT
            and between.strip() in (",", ";")
            and OPENED.search(reading.folded, 0, last[-1].start)
        ):
            joined = True  # "(4, 6%)"
        if last and (joined or (one.kind == DENOMINATOR and DENOMINATOR not in kinds)):
            last.append(one)
        else:
            found.append([one])
    return [Group(tuple(g)) for g in found]


def binds(reading: Reading, mention: tuple[int, int], group: Group, all_groups: Sequence[Group], span: Place) -> bool:
    """Whether a group of numbers may speak of the term at `mention`: no other event's number stands between them."""
    first, last = mention
    text = reading.folded
    if group.start < last and first < group.end:
        return True
    if group.start >= last:
        between = [g for g in all_groups if last <= g.start and g.end <= group.start]
        if not between:
            behind = BEHIND.search(text, last, group.start)
            ahead = AHEAD.match(text, group.end, min(span.end, group.end + 120))
            return bool(behind) or not ahead or not content(reading, last, group.start)
        if content(reading, between[0].end, group.start):
            return False
        return not _of_next(reading, last, group, span)
    between = [g for g in all_groups if group.end <= g.start and g.end <= first]
    if (
        _bracketed(text, span.start, group.start)
        and re.search(r"[)\]]", text[group.end : first])
        and content(reading, span.start, group.start)
    ):
        return False
    backward = (
        IN_BRACKETS.search(text, span.start, group.start)
        or _listed(text, group)
        or (
            BEHIND.search(text, span.start, group.start)
            and content(reading, _clause(text, span.start, group.start), group.start)
        )
    )
    if backward and not _ahead_of(reading, group, first, between):
        return False
    return not (between and content(reading, group.end, between[-1].start))


def _bracketed(text: str, start: int, at: int) -> bool:
    """Whether `at` lies in brackets that open after a word."""
    return max(text.rfind("(", start, at), text.rfind("[", start, at)) > max(
        text.rfind(")", start, at), text.rfind("]", start, at), start
    )


LISTED = re.compile(r"\s*%?\s*(?:[,;.)\]]|and\s+(?!\d|two\b|three\b|four\b|five\b)|\Z)")


def _listed(text: str, group: Group) -> bool:
    """ "diarrhoea 1, nausea 1 and oedema 2": a number right behind a word, with the list going on after it."""
    word = re.search(r"([a-z]{3,})\s\Z", text[max(0, group.start - 30) : group.start])
    return word is not None and word[1] not in LIGHT and len(group.members) == 1 and bool(LISTED.match(text, group.end))


def _of_next(reading: Reading, last: int, group: Group, span: Place) -> bool:
    """ "... in two, and three had rash": the last number goes with what follows it."""
    behind = BEHIND.search(reading.folded, last, group.start)
    ahead = AHEAD.match(reading.folded, group.end, min(span.end, group.end + 120))
    return bool(ahead) and not behind


def _ahead_of(reading: Reading, group: Group, first: int, between: Sequence[Group]) -> bool:
    """Whether a number in brackets, or behind "in", opens what follows: "In 3 patients, headache"."""
    text = reading.folded
    return not between and OPENS.fullmatch(text[group.end : first]) is not None


OPENS = re.compile(rf"\s*(?:%|[)\]])?\s*(?:\([^()]*\)\s*)?(?:(?:[\w-]+\s+){{0,3}}?{PEOPLE}\s*,\s*)?[\w\s%-]{{0,80}}")


def _clause(text: str, start: int, end: int) -> int:
    """Where the clause that ends at `end` begins."""
    return max((start + m.end() for m in re.finditer(r"[;:]\s|\bwhile\b|\bwhereas\b", text[start:end])), default=start)


# ---------------------------------------------------------------- arms

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
    return _listed_arm(reading, chunk, at, places)


SAID_OF = re.compile(
    r"\s*(?:%|[)\]])*\s*(?:\([^()]*\)\s*|\[[^\[\]]*\]\s*)?(?:(?:of |out of )?(?:the )?(?:\d+ )?(?:patients?|participants?|subjects?|children|women|people|cases?|recipients?)?\s*)?(?:in|of|with|for|after|on|given|receiving|treated with|under|from|\()\s*(?:the |those )?\Z"
)
TWO_LISTS = re.compile(r"\brespectively\b|\bvs\b|\bversus\b|\bv\b|\bthan\b|\bcompared\b|\bagainst\b")


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
