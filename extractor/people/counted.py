"""Counts of people in running text: "Two hundred eighty seven patients", "infants (N = 301)", "60 were randomised".

A count is a number with the words that make it a number of people. Whose number it is (the trial's, an arm's, a
subgroup's) is not decided here; see :mod:`extractor.people.candidates` and :mod:`extractor.people.splits`. Animals and
things (eyes, knees, injections) are no people.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from extractor import patterns as re
from extractor.context.phrases import phrases
from extractor.quantities.numbers import SCALES, TENS, UNITS, whole
from extractor.terms import rows
from extractor.words import Words

W = Words("people")

NOUN, EQUALS, BARE, PART = "noun", "equals", "bare", "part"  # forms of a count
_SMALL = "|".join(sorted([*UNITS, *TENS, *SCALES], key=len, reverse=True))
# "forty-three" "two hundred eighty seven" "one hundred and twelve"; no "one and two"
_WORDS = rf"(?:{_SMALL})(?:(?:(?<=hundred)|(?<=thousand)),? and (?:{_SMALL})|(?:,? | ?- ?)(?:{_SMALL}))*"
# "43" "1,907" "266 064 women" "4o"; no "1.5", "10-20", "2/3", "p53"
_DIGITS = r"\d{1,3}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+(?= [a-z(])|(?!0)\d+o?"
# a heading may be glued to the number: "Methods48 participants"; so may a long dash: "were allocated—195 to"
# before a number; a heading or a participle may be glued to it ("methods30 patients")
_LED = r"(?:(?<![\w,/%<>=±+*^~-])(?<!\d\.)(?<!\d:)(?<!\d\?)(?<!\s\.)(?<!\(\.)|(?<=methods)|(?<=results)|(?<=setting)|(?<=design)|(?<=findings)|(?<=patients)|(?<=[a-z]ed-)|(?<=roups-)|(?<=ients-))"
NUMBER = re.compile(
    rf"(?=\d|{_SMALL}){_LED}(?:(?:{_WORDS})\b(?!-(?!year|month|week))|(?:{_DIGITS})(?![\w%/^*]|[.,:?]\d|-\d| ?%| (?:and|or|vs\.?|versus) \d+(?:\.\d+)? ?%))"
)
# "58-year-old male patient", "12 years of age": an age, no number of people
AN_AGE = re.compile(rf" ?-?{W.an_age_years}[ -]?(?:olds?\b|of age\b|aged?\b)")
# what a number counts that is no person: "6 months", "20 mg", "3 cohorts", "25, 50 or 75 million"
THING_AFTER = re.compile(rf"(?:,? (?:and|or|to) \d[\d.]*|, ?\d[\d.]*| ?- ?\d[\d.]*){{0,3}} ?-?{W.no_person}")
# where a number may begin: cheap to find, and NUMBER is tried only there
_BEGINS = re.compile(rf"\d+|{_SMALL}")
# "n = 30", "N=1,907", "(n 30)"; group "n"
EQUAL = re.compile(
    r"(?<![\w])n ?(?:=|:|(?<=\(n) ) ?(?P<n>\d{1,3}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+(?=[);,])|\d+)(?![\d.]*\d|,\d| ?[+%]| ?- ?\d|/\d)"
)
TOKEN = re.compile(r"\s*(\([^()]{1,110}\)|\[[^\[\]]{1,40}\]|[a-z0-9][a-z0-9'/+&-]*\.?|[^\s])")
# what makes a number no count: "group 1", "phase 2", "day 7", "p = 0.03", "at least 5", "grade 3"
BEFORE = re.compile(rf"{W.before_and}$")
# "euro 4396", "usd 120 per patient": a price
MONEY = re.compile(rf"\b{W.money_euros}(?: (?:of|was|were|is))?[ :]*$")
# the same, but for a number with a noun for people after it: "in this study 84 patients", "more than 40 women"
BEFORE_ALONE = re.compile(rf"\b{W.before_alone_no} *$")
# "63 were TR", "49 completed", "369 in the study group", "2144 (1063 ablation, 1081 none) received"
AFTER_BARE = re.compile(
    rf"(?: ?\([^()]{{1,90}}\)| ?\[[^\[\]]{{1,60}}\])?,? (?:{W.after_bare_who}?{W.after_bare_were} |{W.after_bare_done}(?=[,;.(]))"
)
# "enrolled 60", "a total of 60", "sample size was 60", "Enrollment 12"
BEFORE_BARE = re.compile(rf"(?:\b{W.before_bare_enrol} )$")
OF = re.compile(rf"(?: ?\([^()]{{1,60}}\)| ?\[[^\[\]]{{1,60}}\])? (?:out )?of {W.of_the}*(?P<rest>[a-z0-9])")
# "October 2016 to January 2018 analyzed patients", "copyright 2016"
DATED = re.compile(rf"{W.dated_to} *$")
YEAR = re.compile(rf"(?:\b{W.year_in} |- ?)$")
MOST_MODIFIERS = 14  # words and commas between a number and its noun
LARGEST = 5_000_000  # no trial is larger; what is, counts a population
TYPED_SINGULAR = frozenset(
    ("patient", "subject", "participant", "volunteer")
)  # "16 diabetic subject", "a 30-patient trial"
# what a bracket with "n =" after it counts, and is no person
THING_COUNTED = re.compile(rf"\b{W.thing_counted_eyes} ?[(\[]?$")
OF_THINGS = re.compile(rf" {W.thing_counted_eyes}\b")  # "n = 11 hips"
OF_GROUPS = re.compile(
    r" (?:[a-z-]+ )?(?:groups|arms|cohorts|treatments|regimens|conditions)\b"
)  # "to one of two groups"
_ASIDE = re.compile(r"\d[\d.]* ?%|\d+/\d+")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people at ``start:end`` of the text; ``noun`` is empty where only the grammar says that it is people."""

    n: int
    start: int
    end: int
    form: str
    noun: str = ""
    kind: str = ""  # person, female, male, staff
    modifiers: str = ""
    percent: bool = False  # a share stands beside it: "12 [43%] patients"


@cache
def nouns() -> dict[str, str]:
    """Plural (and odd) nouns for people and animals -> kind."""
    found: dict[str, str] = {}
    for row in rows("people"):
        for word in (row.name, *row.synonyms):
            found.setdefault(_plural(word), row.kind)
            found.setdefault(word, "singular " + row.kind)
    for word in (
        "people",
        "children",
        "women",
        "men",
        "mice",
        "calves",
        "swine",
        "sheep",
        "fish",
        "staff",
        "schoolchildren",
        "gentlemen",
    ):
        found[word] = found[word].removeprefix("singular ")
    return found


@cache
def _listed(kind: str) -> frozenset[str]:
    """Words of one kind of the shipped table ``count_stops.tsv``: ``stop`` or ``numbered``."""
    return frozenset(word for word, of in phrases("count_stops") if of == kind)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("ch", "sh", "x", "ss")) else "s")


@lru_cache(maxsize=64)
def counts(folded: str, short: frozenset[str] = frozenset()) -> tuple[Count, ...]:
    """All counts of people in folded text, in order.

    `short` holds abbreviations for people that the document defines ("bcs" for breast cancer survivors).
    """
    known = nouns() | dict.fromkeys(short, "person")
    found = [*_numbered(folded, known), *_equals(folded)]
    return tuple(sorted(found, key=lambda c: c.start))


@lru_cache(maxsize=64)
def numbers(folded: str) -> tuple[re.Match[str], ...]:
    """All numbers that may count people, in order: the matches of `NUMBER`."""
    found: list[re.Match[str]] = []
    place = 0
    for begun in _BEGINS.finditer(folded):
        match = NUMBER.match(folded, begun.start()) if begun.start() >= place else None
        if match:
            found.append(match)
            place = match.end()
    return tuple(found)


def countable(folded: str, start: int, end: int) -> Iterator[tuple[int, re.Match[str]]]:
    """Numbers between two offsets that may count people, though no noun says so: no age, nothing that counts things."""
    every = numbers(folded)
    for match in islice(every, bisect_left(every, start, key=lambda m: m.start()), None):
        if match.start() >= end:
            return
        n = whole(match.group())
        before = folded[max(start, match.start() - 24) : match.start()]
        thing = AN_AGE.match(folded, match.end()) or THING_AFTER.match(folded, match.end())
        if n and not thing and (before.endswith("= ") or not BEFORE.search(before)):
            yield n, match


def _numbered(folded: str, known: dict[str, str]) -> Iterator[Count]:
    for match in numbers(folded):
        before = folded[max(0, match.start() - 36) : match.start()]
        if BEFORE.search(before) or AN_AGE.match(folded, match.end()) or MONEY.search(before):
            continue
        n = _value(match.group())
        if n is None or n > LARGEST or (1900 <= n <= 2035 and DATED.search(before)):
            continue
        count = _with_noun(folded, n, match.start(), match.end(), known)
        if count is None and not BEFORE_ALONE.search(before):
            count = _without(folded, n, match.start(), match.end(), before)
        if count:
            yield count


def _value(written: str) -> int | None:
    """The number; a letter o after a digit is a mistyped zero."""
    return whole(written.replace("o", "0") if written[0].isdigit() else written.replace(",", ""))


def _without(folded: str, n: int, start: int, end: int, before: str) -> Count | None:
    """A number without a noun that the words around it make one of people."""
    if 1900 <= n <= 2035 and "," not in folded[start:end] and YEAR.search(before):
        return None
    part = OF.match(folded, end)
    if part:
        rest = NUMBER.match(folded, part.start("rest"))
        if rest and OF_GROUPS.match(folded, rest.end()):
            return None
        if (rest and (_value(rest.group()) or 0) > n) or nouns().get(_word(folded, part.start("rest"))):
            return Count(n, start, end, PART)
        return None
    after = AFTER_BARE.match(folded, end)
    if after or (
        BEFORE_BARE.search(before) and re.match(r" ?(?:[.;:)]|\(|,| and| or|$)| [a-z ]{2,24}:", folded[end : end + 30])
    ):
        return Count(n, start, end, BARE, percent=bool(_ASIDE.search(folded[end : after.end() if after else end + 12])))
    return None


def _word(folded: str, start: int) -> str:
    match = re.compile(r"[a-z]+").match(folded, start)
    return match.group() if match else ""


def _with_noun(folded: str, n: int, start: int, end: int, known: dict[str, str]) -> Count | None:
    """The count that begins at `start`, if a noun for people ends its phrase."""
    place, passed, percent = end, 0, False
    last = ""
    while passed < MOST_MODIFIERS:
        match = TOKEN.match(folded, place + (passed == 0 and folded[place : place + 1] == "-"))
        if not match:
            return None
        token, at = match[1], match.start(1)
        word = token.rstrip(".")
        kind = known.get(word, "") or (known.get(word.rpartition("-")[2], "") if "-" in word else "")
        if kind in ("singular person", "singular female", "singular male"):
            kind = kind.removeprefix("singular ") if n == 1 or word in TYPED_SINGULAR else ""
        if kind == "animal" or (at == place and passed == 0 and token[0] not in "(["):
            return None
        if kind in ("person", "female", "male", "staff") and not kind.startswith("singular"):
            return _head(folded, n, start, end, match.end(1) - len(token) + len(word), word, kind, percent)
        if token[0] in "([":
            percent = percent or (passed == 0 and bool(_ASIDE.search(token)))
        elif not _modifies(token, last):
            return None
        place, last = match.end(), last if last in _listed("numbered") and _continues(word) else word
        passed += 1
    return None


def _modifies(token: str, last: str) -> bool:
    """Whether a word may stand between a number and its noun."""
    if (last in _listed("numbered") and _continues(token)) or (token == "of" and last == "society"):
        return True
    if token in _listed("stop") or token.split("/")[0] in _listed("stop") or token in ':;=<>±%"?!.':
        return False
    if token[0].isdigit():
        return last in _listed("numbered") or token.endswith(("-old", "-olds", "+", "-positive", "-negative", "-naive"))
    return not (token.endswith(".") and len(token) > 3)


def _continues(word: str) -> bool:
    """Whether a word goes on with a grade: "status I to II", "type 1 and 2"."""
    return word in ("and", "or", ",", "to", "-", "physical", "status") or word.isdigit() or not word.strip("iv-")


def _head(folded: str, n: int, start: int, end: int, stop: int, noun: str, kind: str, percent: bool) -> Count:
    """The whole noun phrase: "36 women participants" ends at the last noun, and stays female."""
    modifiers = folded[end:stop].removesuffix(noun).strip()
    match = re.compile(r" ([a-z]+)\b").match(folded, stop)
    if match and nouns().get(match[1]) in ("person", "staff") and match[1] not in ("controls", "cases", "minors"):
        modifiers, noun, stop = f"{modifiers} {noun}".strip(), match[1], match.end()
    return Count(n, start, stop, NOUN, noun, kind, modifiers, percent)


def _equals(folded: str) -> Iterator[Count]:
    for match in EQUAL.finditer(folded):
        n = whole(match["n"])
        before = THING_COUNTED.search(folded, max(0, match.start() - 16), match.start())
        if n and not before and not OF_THINGS.match(folded, match.end()):
            yield Count(n, match.start(), match.end(), EQUALS)
