"""Counts of women and men: "16 females and 27 males", "38 male (63.3 %) and 22 female", "M/F 12/8", "20 were women"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extractor import patterns as re
from extractor.people.counted import NUMBER
from extractor.quantities.numbers import whole
from extractor.text import Taken
from extractor.words import Words

W = Words("people")

_NUM = NUMBER.pattern
_FEMALE = r"(?:females?|wom[ae]n|girls?|ladies)"
_MALE = r"(?:males?|m[ae]n|boys?|gentlemen)"
_SEX = rf"(?:{_FEMALE}|{_MALE}|(?<=\d )[fmw](?![a-z])|(?<=\d)[fmw](?![a-z]))"
_SHARE = r"(?: ?[(\[][^()\[\]]{0,22}%[^()\[\]]{0,12}[)\]])?"
_PEOPLE = rf"(?: {W.people_patients})?"
_OF_THEM = rf"(?:of {W.whom} )"
_NUMBERED = r"(?: numbered | made up | were | ?: ?| ?= ?|, | )"
_OF_ALL = rf"(?: of (?:the )?{_NUM}{_PEOPLE})"  # "eight of the twenty"
# "16 females and 27 males", "thirty-eight male (63.3%) and 22 female", "219 men, 279 women", "12 m/8 f", "8 men (mean age 62) and 7 women"
PAIR = re.compile(
    rf"(?P<n1>{_NUM}){_SHARE} ?{_OF_THEM}?(?:(?:were|was) )?(?:[a-z-]+ )?(?P<s1>{_SEX})\b{_PEOPLE}{_SHARE}(?: ?\([^()]{{1,60}}\)|, {W.their_age}[^,;.]{{1,30}})?(?:,? and|,? &| ?,| ?;| ?/| vs\.?| versus| or| to|,? plus) ?(?:the (?:other|remaining) )?(?P<n2>{_NUM}|(?<=/)\d+|no(?= )|an?(?= (?:woman|man|girl|boy|female|male)\b)){_SHARE} ?(?:(?:were|was) )?(?:[a-z-]+ )?(?P<s2>{_SEX})\b{_PEOPLE}"
)
# "men numbered 12 and women 8", "female: 8, male: 12"
NAMED = re.compile(
    rf"(?<![\d] )(?<![a-z-])(?P<s1>{_FEMALE}|{_MALE}){_PEOPLE}{_NUMBERED}(?P<n1>{_NUM}|\d+(?=:|/\d)){_SHARE}(?:,? and|,|;| ?/) ?(?P<s2>{_FEMALE}|{_MALE}){_PEOPLE}{_NUMBERED}?(?P<n2>{_NUM}|\d+(?=/\d))"
)
# "12m:8f", "(3f, 2m)", "m = 26, f = 14"
LETTERS = re.compile(r"(?<![\d.:/])(?P<n1>\d+) ?(?P<s1>[fmw]) ?(?:[:,;/]| and) ?(?P<n2>\d+) ?(?P<s2>[fmw])(?![a-z])")
LETTERS_FIRST = re.compile(
    r"(?<![a-z])(?P<s1>[fm]) ?[=:] ?(?P<n1>\d+) ?[,;/] ?(?P<s2>[fm]) ?[=:] ?(?P<n2>\d+)(?![\d.]*\d|%)"
)
# "male/female 219/99", "m:f = 12:8", "sex (m/f): 12/8", "men/women, 30/26"
SLASH = re.compile(
    rf"(?<![a-z])(?P<s1>{_FEMALE}|{_MALE}|f|m)(?: ?[:/-] ?| to |-to-)(?P<s2>{_FEMALE}|{_MALE}|f|m)(?![a-z])(?: ratio| sex ratio| gender)?[)\]]?(?:,|:| was| were| of| =|=|;)? ?\(?(?P<n1>\d+)(?: ?[:/-] ?| to )(?P<n2>\d+)(?![\d.]*\d|%)"
)
# "32:5 male:female", "12/8 m/f"
SLASH_AFTER = re.compile(
    rf"(?<![\d.:/])(?P<n1>\d+) ?[:/-] ?(?P<n2>\d+),? \(?(?P<s1>{_FEMALE}|{_MALE}|f|m) ?[:/-] ?(?P<s2>{_FEMALE}|{_MALE}|f|m)(?![a-z])"
)
# "20 were women", "20 (67%) were male", "(37 women)", "12 of them female", "males (n = 20)", "15 of whom were men"
_SOME_FORMS = (
    rf"(?<!\bbut )(?<!\d in )(?<!(?:two|our|ive) in )(?<!three in )(?P<n1>{_NUM}){_SHARE}(?:(?: of {W.some_whom}|{_OF_ALL}|{_PEOPLE}){_SHARE})?,? {W.some_were} (?:of (?:the )?)?(?P<s1>{_FEMALE}|{_MALE})\b",
    rf"(?P<n5>{_NUM}){_SHARE} of {W.whom} (?P<s5>{_FEMALE}|{_MALE})\b",
    rf"(?P<n6>{_NUM}){_SHARE} (?P<s6>{_FEMALE}|{_MALE}) {W.some_took}\b",
    rf"[(;,] ?(?P<n2>{_NUM}) (?P<s2>{_FEMALE}|{_MALE}|[fm])(?= ?[);,]| ?\[\d|\.(?: |$))",
    rf"{W.some_there} (?P<n3>{_NUM}) (?P<s3>{_FEMALE}|{_MALE})(?= ?[.;,(]| {W.some_among}\b)",
    rf"(?<!\bbut )(?<![\d/.,])(?P<n7>\d+)(?:/\d+)?{_SHARE}\)?{_PEOPLE} {W.some_were} (?P<s7>{_FEMALE}|{_MALE})\b",
    rf"\b(?P<s8>{_FEMALE}|{_MALE})(?: sex| gender)?{_PEOPLE} ?[:=] ?(?P<n8>\d+)(?=/\d| ?\(\d| ?[,;)]|\.(?: |$))",
    rf"\b(?P<s9>{_FEMALE}|{_MALE}) {W.some_made_up} (?P<n9>{_NUM})(?: in number| of (?:the )?{_NUM}|(?=[.;](?: |$)))(?! ?%)",
    rf"\b(?P<s12>{_FEMALE}|{_MALE}), (?P<n12>\d+)(?=[.;](?: |$))",
    rf"\b(?P<s10>{_FEMALE}|{_MALE}) numbered (?P<n10>{_NUM})\b(?! ?%)",
    rf"\bof {W.whom},? (?P<n11>{_NUM}){_SHARE} (?:(?:were|was|are) )?(?P<s11>{_FEMALE}|{_MALE})\b",
    # "18 of 30 male", "(26/40) men"; "65% male (26 of 40)"
    rf"(?<![\d/.,])(?P<n13>\d+)(?: of (?:the )?|/)\d+(?:[)\]])? (?P<s13>{_FEMALE}|{_MALE})\b",
    rf"\b(?P<s14>{_FEMALE}|{_MALE})(?: sex| gender)?{_PEOPLE},? ?[(\[](?:n ?= ?)?(?P<n14>\d+)(?:(?: of (?:the )?|/)\d+)?(?=[)\],;])",
    # "(female, n = 14)", "(female 14)", "men were 26 (65%)", "male gender was noted in 26"
    rf"\b(?P<s15>{_FEMALE}|{_MALE}),? n ?= ?(?P<n15>\d+)(?![\d.]*\d|%)",
    rf"[(\[](?P<s16>{_FEMALE}|{_MALE}) (?P<n16>\d+)(?=[)\],;])",
    rf"\b(?P<s17>{_FEMALE}|{_MALE})(?: sex| gender)?{_PEOPLE} {W.some_counted} (?P<n17>{_NUM})(?= [(\[]| of {W.some_whom}|[.;])(?! ?%)",
    rf"{W.some_of_them} (?P<n18>{_NUM}) (?P<s18>{_FEMALE}|{_MALE})\b",
    rf"\b(?P<n19>{_NUM}){_SHARE} of those {W.some_those} (?:were|was) (?P<s19>{_FEMALE}|{_MALE})\b",
    rf"(?P<n4>{_NUM}) ?[(\[]\d[\d.]* ?%[)\]] (?P<s4>{_FEMALE}|{_MALE})\b",
)
_FEW = {"no": 0, "a": 1, "an": 1}
SOME = re.compile("|".join(_SOME_FORMS))
SOME_FORMS = tuple(range(1, 20))  # the numbers of the groups in SOME
# "all women", "all patients were male", "all-male", "only women"
ALL = re.compile(
    rf"(?<!of )\ball(?: (?:of the |the )?{W.all_patients}? ?(?:were |was |being )?|-)(?P<sex>{_FEMALE}|{_MALE})\b(?! (?:who|with|in|patients))"
)
# "12 of each sex", "ten of either gender"
EACH_SEX = re.compile(rf"(?P<n>{_NUM})(?: {W.people_patients})? of each (?:sex|gender)\b")
# "all but one were men", "all but two of the nine were women"
ALL_BUT = re.compile(
    rf"\ball(?: {_NUM})? (?:but|except(?: for)?) (?P<n>{_NUM})(?: of (?:the |these |those |them|whom)?(?:{_NUM})?)?{_PEOPLE},? (?:(?:were|being|are) )?(?P<sex>{_FEMALE}|{_MALE})\b"
)
# "a 41-year-old woman", "two men": people of one sex told one after the other
ONE_SEX = re.compile(
    rf"(?P<n>{_NUM}|\ban?) (?:\d+[ -](?:year|month|day)s?[ -]old )?(?:[a-z]+ )?(?P<sex>{_FEMALE}|{_MALE})\b"
)
# "11 were men, the rest were women", "(one female, others male)"
THE_REST = re.compile(
    rf",? ?(?:and |while )?(?:the )?(?:rest|others?|remaining|remainder)(?: {_NUM})?{_PEOPLE},? (?:(?:were|was|being|are) )?(?:all )?(?P<sex>{_FEMALE}|{_MALE})\b"
)
# each way in begins with a letter, so that texts without them are passed over fast
CUE = re.compile(W.cue)


@dataclass(frozen=True, slots=True)
class Sexes:
    """Women and men counted in one phrase."""

    start: int
    end: int
    female: int | None
    male: int | None
    shape: str  # pair, slash, some

    @property
    def total(self) -> int:
        return (self.female or 0) + (self.male or 0)


def is_female(word: str) -> bool:
    return bool(re.match(r"f|w|girl|lad", word))


@lru_cache(maxsize=64)
def sexes(folded: str) -> tuple[Sexes, ...]:
    """All counts of women and men in folded text, in order, none inside another."""
    if not CUE.search(folded):
        return ()
    taken = Taken()
    found = [item for item in (*_pairs(folded), *_some(folded)) if taken.take(item.start, item.end)]
    return tuple(sorted(found, key=lambda s: s.start))


def _pairs(folded: str) -> Iterator[Sexes]:
    for pattern, shape in (
        (PAIR, "pair"),
        (NAMED, "pair"),
        (LETTERS, "pair"),
        (LETTERS_FIRST, "pair"),
        (SLASH, "slash"),
        (SLASH_AFTER, "slash"),
    ):
        for match in pattern.finditer(folded):
            first, second = whole(match["n1"]), _FEW.get(match["n2"]) if match["n2"] in _FEW else whole(match["n2"])
            if first is None or second is None or is_female(match["s1"]) == is_female(match["s2"]):
                continue
            female, male = (first, second) if is_female(match["s1"]) else (second, first)
            yield Sexes(match.start(), match.end(), female, male, shape)
    for match in EACH_SEX.finditer(folded):
        if n := whole(match["n"]):
            yield Sexes(match.start(), match.end(), n, n, "pair")


def _some(folded: str) -> Iterator[Sexes]:
    for match in SOME.finditer(folded):
        n, sex = next((whole(match[f"n{i}"]), match[f"s{i}"]) for i in SOME_FORMS if match[f"n{i}"])
        if n is not None:
            start = next(match.start(f"n{i}") for i in SOME_FORMS if match[f"n{i}"])
            yield Sexes(start, match.end(), n if is_female(sex) else None, None if is_female(sex) else n, "some")
