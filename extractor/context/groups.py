"""Groups with sizes: "placebo (n = 30)", "33 to X and 32 to Y", "group A (49 patients)", "six patients in each group".

Yields *splits*: the groups that one stretch of text names side by side. Which split is the trial's own arms is decided
by :mod:`extractor.fields.arm`; that a split adds up to the trial's total is evidence for both.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extractor.context.people import BEFORE, EQUAL, NUMBER, nouns, numbers
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.quantities.numbers import whole

Place = tuple[int, int]
SIZED, LISTED, EACH, EQUALLY, PAIRED = "sized", "listed", "each", "equally", "paired"
# a sentence without any of these names no groups
CUE = re.compile(
    r"randomi|assign|allocat|divided|distribut|group|\barms?\b|placebo|control|versus|\bvs\b|receiv|treated|cohort|\beach\b|underwent|\bgiven\b|regimen|sham|usual care|compar|stratif|categor|classif|enrol|sequence|\bdoses?\b|patients|subjects|women|participants|children|served as|n ?="
)
_NUM = NUMBER.pattern
_COUNT = rf"(?P<n>{_NUM})(?: ?\(\d+\))?"  # "eight (8)"
_PEOPLE = r"(?:(?!of\b|in\b|and\b|or\b|were\b)[a-z][a-z'/-]* ){0,3}?(?:patients|subjects|participants|women|men|children|infants|volunteers|individuals|people|persons|cases|eyes|adults|boys|girls|males|females|students|newborns|neonates|mothers|adolescents)"
_WHAT = r"(?:groups?|arms?|cohorts?|treatment groups?|study groups?|treatment arms?|study arms?|regimens?|sequences?|treatments?|dose levels?|levels?)"
# "(49 patients)", "(101)", "(65; 51%)", "(group A, 49 patients)"; group "n"
IN_BRACKETS = re.compile(
    rf"(?<=[a-z0-9)%.+'] )[(\[](?:(?P<inside>[^()\[\]]{{1,50}}?)[,;:] )?(?P<n>{_NUM})(?: (?P<noun>{_PEOPLE}))?(?:[,;:]? ?\d[\d.]* ?%)?[)\]]"
)
# "Thirty-three patients (GJG group) received", "80 patients (group A)"
NAMED_AFTER = re.compile(rf"(?P<n>{_NUM}) (?P<noun>{_PEOPLE}) [(\[](?:the )?(?P<name>[^()\[\]]{{0,50}}\b(?:group|arm|cohort|controls?|placebo)\b[^()\[\]]{{0,20}})[)\]]")
_GIVEN = "administered|given|used|performed|transplanted|applied|injected|implanted|placed|inserted|carried out|delivered|withheld|prescribed|offered|undertaken|infused"
# "used in 80 patients and not used in 79", "administered to 127 patients", "transplanted in 15 patients and withheld in 20"
GIVEN_TO = re.compile(
    rf"(?P<name>[a-z][^,;:.()\[\]]{{0,60}}? (?:(?:was|were|is|only|been) )*)?(?P<verb>{_GIVEN}) (?:only )?(?:to|in|for|on|into) (?:the (?:other|remaining) )?(?P<n>{_NUM})(?: (?P<noun>{_PEOPLE}))?\b"
)
GIVEN_CUE = re.compile(rf"(?:{_GIVEN}) (?:only )?(?:to|in|for|on|into) (?:the (?:other|remaining) )?{_NUM}")
# "(353 EP patients and 352 EC patients)", "49 treated women"
MODIFIED = re.compile(rf"(?P<n>{_NUM}) (?P<name>(?!(?:of|in|and|or|were|other|remaining|eligible|consecutive|enrolled|randomi[sz]ed|evaluable|healthy)\b)[a-z][a-z0-9'/+-]*(?: [a-z0-9][a-z0-9'/+-]*)?) (?P<noun>patients|subjects|participants|women|men|children|infants|volunteers|cases)\b")
# "(42 and 43 patients in each respective treatment group)", "60 and 62 patients in the X and Y groups"
TWO_SIZES = re.compile(rf"(?P<n1>{_NUM})(?: {_PEOPLE})? (?:and|vs\.?|versus) (?P<n2>{_NUM})(?: {_PEOPLE})?,? (?:(?:were )?(?:randomi[sz]ed|assigned|allocated)? ?(?:in|to) (?:each|the)\b|received\b|respectively)")
# "(control, 288; capecitabine, 297)", "(PC 47 patients, EP 44 patients)", "HCT group 68 cases", ": E -> CMF 440, CMF -> E 438"
NAME_FIRST = re.compile(rf"(?:[(\[;,:]|\band) ?(?:and )?(?:the )?(?P<name>[a-z][^,;:()\[\]]{{0,60}}?)(?: ?=|[,:])? ?(?<![\d.])(?P<n>{_NUM})(?: ?(?P<noun>{_PEOPLE})| eyes)?(?= ?[;,)\].]| and\b)")
LAST_SAID = re.compile(rf"{_NUM}(?: ?{_PEOPLE}| eyes)?(?= ?[;,)\].]| and\b)")
# "the control group comprised 9 patients", "group A consisted of 20 women"
MADE_OF_CUE = re.compile(r"compris|consist|contain|includ|composed of|was made up of")
MADE_OF = re.compile(
    rf"\b(?P<name>(?:[a-z0-9+/-]+ ){{0,3}}?(?:groups?|arms?|cohorts?)(?: (?:[a-z]|[ivx]{{1,3}}|\d)\b)?|controls)(?: ?\([^()]{{1,30}}\))? (?:comprised|comprises|consisted of|consists of|included|includes|contained|(?:was |is )?composed of|was made up of) (?:a total of |the (?:other|remaining) )?(?P<n>{_NUM})(?: (?P<noun>{_PEOPLE}))?"
)
EACH_NAME = re.compile(r"\b(?:each|every|both|two|three|four|study|age|patient|all|total|whole|entire)\b")
# "31 of 67 patients in the cell group", "4 (4%) of the 99 women given X", "33/64 for group 1": denominators size groups
OUT_OF = re.compile(
    rf"\b(?:\d+|[a-z]+)(?: ?[(\[]\d[\d.]* ?%[^()\[\]]{{0,30}}[)\]])? ?(?:of|/)(?: the)? ?(?P<n>\d{{1,5}}|{_NUM})[)\]]?(?:[,;]? ?[(\[]?\d[\d.]* ?%[)\]]?)?(?: (?P<noun>{_PEOPLE}))? (?:in|for|on|of|who received|receiving|given|treated with|assigned to|assigned|with) (?:the )?(?=(?P<name>[a-z][^,;:.()\[\]]{{1,45}}))"
)
# "in the X arm, 450 of 495 patients had"
IN_ARM_OUT_OF = re.compile(rf"\b(?:in|of|for|among) the (?P<name>[^,;:.()\[\]]{{2,60}}? (?:arm|group)), (?:\d+|[a-z]+)(?: ?[(\[]\d[\d.]* ?%[)\]])? (?:out )?of (?:the )?(?P<n>{_NUM})(?: (?P<noun>{_PEOPLE}))?")
OUT_OF_CUE = re.compile(rf"(?:of|/)(?: the)? ?(?:\d|{_NUM})")
# "33 patients received X", "32 to Y", "34 in the control group", "31 had acupuncture", "20 controls"
LISTED_AS = re.compile(
    rf"{_COUNT}(?: ?\(\d[\d.]* ?%\))?,?(?: (?P<noun>{_PEOPLE})\b)?(?: ?\(\d[\d.]* ?%\))?,? "
    r"(?P<verb>(?:(?:who|of whom|were|was|are|will|be|had been|randomly|randomi[sz]ed|assigned|allocated|enrolled|included|placed|entered|to|receive|receiving|received|treated|given|underwent"
    r"|had|took|have|used|by|in|into|with|on|for|the|an?|as|only|either|undergo|served|acted|injected|opted|chose|chosen|formed|constituted|comprised|being|administered|their|(?:not |un)treated and|not) )*)"
    r"(?P<name>[^,;:.()\[\]]{2,70})"
)
RECEIVED = re.compile(r"receiv|treated|given|underwent|undergo|took|used|administered|injected|opted|chose|formed|constituted|comprised")
VERB = re.compile(r"\b(?:receiv|treated|given|underwent|undergo|assigned|allocated|randomi|took|had|used|served|acted|administered|injected|opted|chose|formed|constituted|comprised|to|in|into|on|for|placed|with)")
# "30 in each group", "25 per group", "n = 6 each", "three patients each", "20/group"
PER_GROUP = re.compile(
    rf"(?P<n>{_NUM})(?: {_PEOPLE})?,?(?: were| was| are)?(?:(?: assigned| allocated| included| enrolled| randomi[sz]ed)?(?: in| to| into| for| per| from|,)? (?:(?:each|both)(?: one)?(?: of (?:the )?(?:{_NUM} )?)? ?(?:study |treatment |dose |intervention |experimental |parallel )?(?:{_WHAT}|(?= ?[),.;:]|$))|(?:every|per) (?:study |treatment |dose )?{_WHAT})(?![a-z])| ?/ ?(?:group|arm)\b)"
)
# "each group contains 14 patients", "groups of 30 patients", "each arm (n = 20)", "composed of three patients each"
OF_EACH = re.compile(
    rf"(?:\b(?:each|every|both) (?:study |treatment |dose |parallel )?{_WHAT}|\b{_WHAT})(?:,? which (?:are|were))?,?(?: \((?=n ?=)| (?:contain(?:s|ed|ing)|consist(?:s|ed|ing) of|compris(?:es|ed|ing)|composed of|is composed of|was composed of|includ(?:es|ed|ing)|of|with|had|has|having|size of|size was)) ?(?:a total of |n ?= ?)?(?P<n>{_NUM})(?: (?P<noun>{_PEOPLE}))?(?P<after>,? each)?"
)
EACH_CUE = re.compile(r"each|every|both|per |groups? |groups\b|/ ?(?:group|arm)|arms? |cohorts? |regimens? |sequences? |treatments? |levels? ")
# "two equal groups", "equally randomized", "divided randomly but equally", "evenly allocated"
EQUAL_PARTS = re.compile(
    rf"\b(?:equal(?:ly)?[ -](?:sized )?(?:\w+ )?{_WHAT}|equal numbers? (?:in|of)|(?:randomly |was |were |randomi[sz]ed |but |and |been )?(?:equally|evenly) (?:and randomly )?(?:divided|randomi[sz]ed|assigned|allocated|distributed|split|apportioned|grouped|separated|into)|(?:divided|randomi[sz]ed|assigned|allocated|distributed|split|apportioned|grouped)(?: \w+){{0,3}} (?:equally|evenly))\b"
)
# "two groups", "three parallel arms", "2 treatment groups"
HOW_MANY = re.compile(r"(?<![\w.,/=-])(?P<k>two|three|four|five|six|seven|eight|[2-8])[ -](?:equal[ -]|equally |sized |randomi[sz]ed |study |treatment |parallel |different |dose |dosing |experimental |comparison |main |independent |intervention |matched |patient |age |subject |similar |sequential )*(?:groups|arms|cohorts|sequences|subgroups)\b")
BREAK = re.compile(r".*(?:[,;:()\[\]]|(?<=[a-z)]{2})\. |/l\. |\b(?:to|or|either|receive|received|receiving|versus|vs\.?|into|and|were|was|with|in|the|(?<!group )(?<!arm )(?<!cohort )(?<!groups )an?(?! [+&])|of|as|by|for|than|given|had|who|whom|between|from|alone or)\b) ?")
TAIL = re.compile(r"(?:(?<!\w)\d[\d.]* ?%|(?<= )\d+(?: ?(?:-|to) ?\d+)? ?(?:days?|weeks?|months?|hours?|h|min|minutes)\b|\b(?:and|or|versus|vs|while|whereas|compared|than|were|was|for|at|during|after|before|followed|once|twice|daily|every|of whom|who|which|as|that|until|because)\b).*$")
# names that are outcomes or features, not groups
NO_GROUP = re.compile(
    r"\b(?:events?|deaths?|died|complet|withdr|dropp|lost|discontinu|excluded|declin|refus|adverse|nausea|headache|vomiting|pain|infections?|fever|rash|responders?|response|remission"
    r"|relapse|progression|mutation|positive|negative|males?|females?|men|women|boys|girls|years?\b|months?\b|weeks?\b|(?<!/)days?\b|center|centre|sites?|hospital|analy[sz]|evalua|follow-?ups?\b|stage|grade|%|mean|median|sd|ci|p ?[<=]|baseline|aged?\b|bmi)"
)
# what a size in brackets may not size
NO_SIZED = re.compile(r"\b(?:events?|deaths?|died|complet|withdr|dropp|lost|excluded|declin|refus|nausea|headaches?|vomiting|fever|rash|responders|remission|males?|females?|men|women|boys|girls)\b")
# "75 mg", "3 cycles": a number of these is no size
NO_NAME = re.compile(r"(?:x \d|(?:(?:one|1|either|any|each|all|both) of|m?g|m?i?u|units|kg|ml|l|mcg|iu|m?m|cm|cycles?|sessions?|groups?|arms?|treatments?|times|doses?|hours?|h|min|minutes|years?|months?|weeks?|days?|percent|studies|trials|different|regimens|genes|items|sites|centers|centres|cohorts?)\b|%)")
GROUP_WORD = re.compile(r"\b(?:groups?|arms?|placebo|controls?|cohorts?|sham|mg|dose|treatment|treated|usual care|standard|intervention|vaccine|therapy|alone|experimental|study|cells?|plus)\b|\+")

# "ten patients with confirmed disease and no transplantation served as a control group"
SERVED = re.compile(r"[^.;]{0,90}?\b(?:served|acted|were used|were taken|functioned) as (?:an? |the |its |their )?(?:\w+ )?(?P<name>controls?(?: (?:group|subjects|patients|arm))?)\b(?! for)")


@dataclass(frozen=True, slots=True)
class Group:
    """One group: size, name as written, the phrase that says the size; ``name_at`` are the offsets of the name."""

    n: int
    name: str
    start: int
    end: int
    name_at: Place
    said: str = ""  # how the text joins size and name: received, to, in, with, or nothing


@dataclass(frozen=True, slots=True)
class Split:
    """Groups named side by side. ``shape``: sized, listed, paired, each (one size for k groups), equally (by division).

    Paired sizes ("HCT group 68 cases", "placebo, 201") are groups only where they add up to a count of the text.
    """

    shape: str
    groups: tuple[Group, ...]
    cued: bool  # the sentence says that people were assigned, or the names say group
    k: int = 0
    near: bool = False  # the number of groups stands in the same sentence
    joined: bool = False  # from several sentences

    @property
    def total(self) -> int:
        return sum(g.n for g in self.groups)

    @property
    def start(self) -> int:
        return self.groups[0].start


THING = re.compile(r"(?:[a-z-]+ )?(?:lesions|drains|eyes|tumou?rs|teeth|knees|procedures|samples|specimens|grafts|wounds|implants|limbs|events|episodes|cycles|injections|cells|centers|centres|transfers|courses|embryos|pregnancies|teeth|schools|practices|families)\b")
INSIDE = re.compile(r"\b(?:lesions|eyes|procedures|samples|specimens|grafts|wounds|implants|injections|episodes|sites|visits)\b")
GROUPS_FOLLOW = re.compile(r"[)\]]? (?:\w+ ){0,2}(?:groups|arms|cohorts)\b")  # "X (n = 335) and Y (n = 347) groups"
EXPONENT = re.compile(r"(?:/ ?[a-z]{1,3}|\d ?(?:m|cm|mm|kg)|\b10) ?$")  # "mg/m (2)" is a square, no group of two
WHOLE_STUDY = re.compile(r"(?:this |our |the |present |current |clinical )*(?:study|trial|protocol|programme|program)\b(?! (?:group|arm|drug|treatment|medication|diet|regimen))")  # "in this study" is no group
LETTERED = re.compile(r"(?:the )?(?:group|arm|cohort) [a-z0-9+-]{1,4}$")
LETTERED_LAST = re.compile(r"(?<=\. )(?:group|arm|cohort) [a-z0-9]{1,3}$")  # "at 4 degrees C. Cohort 3 (n = 12)"
BESIDE = re.compile(r"(?:[(\[,;:]|\band|\bplus|\bvs\.?|\bversus|\bor|\bthe (?:other|remaining)) *$")
RANDOMIZED = re.compile(r"randomi[sz]|\bassigned\b|\ballocated\b")
COUNTED_NEXT = re.compile(rf"(?:{_NUM})(?: {_PEOPLE})?,? (?:to|in|were|received|had|underwent|on|receiving|assigned|allocated|completed)\b")
NEXT_SIZE = re.compile(rf",? (?:and|or|vs\.?|versus) (?:the (?:other|remaining) )?{_NUM}")
ASSIGNED = re.compile(r"randomi|assign|allocat|divided|distribut|apportion|split into|receiv|treated with|given|underwent|consisted of|comprised|\benrol|\btrial (?:of|in|with|was|using)|\bcompar|conducted|performed (?:a|an|in|on)|\bincluded\b|\bstudied\b")


def splits(seen: View) -> list[Split]:
    """All splits of the document, in order of the text."""
    found: list[Split] = []
    for sentence in seen.sentences:
        counted = _numbered(seen.folded, sentence.start, sentence.end) or EQUAL.search(seen.folded, sentence.start, sentence.end)
        if counted and CUE.search(seen.folded, sentence.start, sentence.end):
            found += _in_sentence(seen, sentence)
    found += [*_joined(found), *_denominators(seen)]
    return [s for s in found if all(seen.one_sentence(*g.name_at) for g in s.groups)]


@lru_cache(maxsize=64)
def _starts(text: str) -> tuple[int, ...]:
    return tuple(m.start() for m in numbers(text))


def _numbered(text: str, first: int, last: int) -> bool:
    """Whether a number begins in ``text[first:last]``."""
    starts = _starts(text)
    place = bisect_left(starts, first)
    return place < len(starts) and starts[place] < last


def _at_numbers(pattern: re.Pattern[str], text: str, first: int, last: int) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer`` gives, for a pattern that begins with a number: tried at numbers only."""
    starts = _starts(text)
    for start in starts[bisect_left(starts, first) :]:
        if start >= last:
            return
        match = pattern.match(text, start, last) if start >= first else None
        if match:
            yield match
            first = match.end()


def _denominators(seen: View) -> Iterator[Split]:
    """Groups sized only by the denominators of their outcomes, one size a name."""
    text = seen.folded
    unique: dict[str, Group] = {}
    if not OUT_OF_CUE.search(text):
        return
    for match in sorted([*OUT_OF.finditer(text), *IN_ARM_OUT_OF.finditer(text)], key=lambda m: m.start("n")):
        if not seen.one_sentence(min(match.start("n"), match.start("name")), max(match.end("n"), match.end("name"))):
            continue
        n = whole(match["n"])
        name = TAIL.sub("", match["name"]).strip()
        if n and n > 1 and len(name) > 1 and GROUP_WORD.search(match["name"]):
            start = match.start("name")
            unique.setdefault(_key(name), Group(n, name, match.start("n"), match.end("noun") if match["noun"] else match.end("n"), (start, start + len(name))))
    if len(unique) > 1:
        yield Split(PAIRED, tuple(unique.values()), True, joined=True)


def _key(name: str) -> str:
    """A group's name without the words that come and go: "the placebo group", "placebo"."""
    return " ".join(w for w in name.removesuffix("s").split() if w not in ("group", "arm", "patient", "the", "subject"))


def _in_sentence(seen: View, sentence: Sentence) -> Iterator[Split]:
    text = seen.folded
    cued = bool(ASSIGNED.search(text, sentence.start, sentence.end))
    each = list(_each(text, sentence))
    taken = [(g.start, g.end) for s in each for g in s.groups]
    for shape, groups in ((SIZED, list(_sized(text, sentence))), (LISTED, list(_listed(text, sentence)))):
        own = tuple(g for g in groups if not any(s < g.end and g.start < e for s, e in taken))
        if own:
            named = sum(bool(GROUP_WORD.search(g.name)) for g in own)
            groups_follow = bool(GROUPS_FOLLOW.match(text, own[-1].end))
            yield Split(shape, own, cued or named > 0 or groups_follow)
    pairs = tuple(_paired(text, sentence))
    if len(pairs) > 1:
        yield Split(PAIRED, pairs, cued)
    yield from _loosely(text, sentence)
    made_of = tuple(_made_of(text, sentence))
    if made_of:
        yield Split(LISTED, made_of, True)
    yield from each


def _made_of(text: str, sentence: Sentence) -> Iterator[Group]:
    """Groups with what they consist of: "the control group comprised 9 patients"."""
    for match in MADE_OF.finditer(text, sentence.start, sentence.end) if MADE_OF_CUE.search(text, sentence.start, sentence.end) else ():
        n = whole(match["n"])
        if n and n > 1 and not EACH_NAME.search(match["name"]):
            yield Group(n, match["name"], match.start("n"), match.end("noun") if match["noun"] else match.end("n"), match.span("name"), "of")


def _paired(text: str, sentence: Sentence) -> Iterator[Group]:
    """Names with their sizes after them."""
    if not any(True for _ in itertools.islice(_at_numbers(LAST_SAID, text, sentence.start, sentence.end), 1, None)):
        return
    for match in NAME_FIRST.finditer(text, sentence.start, sentence.end):
        n = whole(match["n"])
        if n and n > 1 and not NO_SIZED.search(match["name"]) and (match["noun"] or "=" in text[match.end("name") : match.start("n")] or not BEFORE.search(text, max(0, match.start("n") - 14), match.start("n"))):
            yield Group(n, match["name"], match.start("name"), match.end("noun") if match["noun"] else match.end("n"), match.span("name"))


def _loosely(text: str, sentence: Sentence) -> Iterator[Split]:
    """Sizes in looser ways: groups only where they add up."""
    given = tuple(_given(text, sentence))
    if len(given) > 1:
        yield Split(PAIRED, given, True)
    modified = tuple(
        Group(n, m["name"], m.start("n"), m.end("noun"), m.span("name"))
        for m in _at_numbers(MODIFIED, text, sentence.start, sentence.end)
        if (n := whole(m["n"])) and n > 1 and not NO_GROUP.search(m["name"])
    )
    if len(modified) > 1:
        yield Split(PAIRED, modified, False)
    for match in _at_numbers(TWO_SIZES, text, sentence.start, sentence.end):
        first, second = whole(match["n1"]), whole(match["n2"])
        if first and second and first > 1 and second > 1:
            shape = SIZED if RANDOMIZED.search(text, sentence.start, match.start()) else PAIRED
            yield Split(shape, (Group(first, "", *match.span("n1"), (0, 0)), Group(second, "", *match.span("n2"), (0, 0))), True)


def _given(text: str, sentence: Sentence) -> Iterator[Group]:
    if not GIVEN_CUE.search(text, sentence.start, sentence.end):
        return
    for match in GIVEN_TO.finditer(text, sentence.start, sentence.end):
        n = whole(match["n"])
        if n and n > 1:
            named = _stripped(text, *match.span("name")) if match["name"] else None
            at = named or match.span("verb")
            yield Group(n, text[at[0] : at[1]], match.start("n"), match.end("noun") if match["noun"] else match.end("n"), at)


def _joined(found: list[Split]) -> Iterator[Split]:
    """Groups that consecutive sentences size one at a time: "Group A (n = 6) had X. Group B (n = 5) had Y."""
    for shape in (SIZED, LISTED):
        run = [s for s in found if s.shape == shape]
        unique: dict[str, Group] = {}
        for split in run:
            for group in split.groups:
                if len(split.groups) == 1 or LETTERED.match(group.name):
                    unique.setdefault(group.name.removeprefix("the "), group)
        if len(unique) > 1 and len({g.start for g in unique.values()}) > 1:
            yield Split(shape, tuple(sorted(unique.values(), key=lambda g: g.start)), all(s.cued for s in run), joined=True)


# ---------------------------------------------------------------- "name (n = 30)", "name (30 patients)"


def _sized(text: str, sentence: Sentence) -> Iterator[Group]:
    seen: set[int] = set()
    for match in _at_numbers(NAMED_AFTER, text, sentence.start, sentence.end):
        n = whole(match["n"])
        if n and n > 1 and not NO_SIZED.search(match["name"]):
            seen.add(match.start("n"))
            yield Group(n, match["name"], match.start("n"), match.end("noun"), match.span("name"))
    for match in [*EQUAL.finditer(text, sentence.start, sentence.end), *IN_BRACKETS.finditer(text, sentence.start, sentence.end)]:
        n = whole(match["n"])
        if not n or match.start("n") in seen or _each_follows(text, match.end()) or EXPONENT.search(text, max(0, match.start() - 6), match.start()):
            continue
        seen.add(match.start("n"))
        name = _name_after(text, match, sentence.end) or _name_before(text, match.start(), sentence.start)
        lettered = LETTERED_LAST.search(text, *name) if name else None
        name = lettered.span() if lettered else name
        if name and whole(text[name[0] : name[1]]) is None and not NO_SIZED.search(text[name[0] : name[1]]):
            first = match.start() if "noun" not in match.groupdict() else match.start("n")
            last = match.end() if "noun" not in match.groupdict() else match.end("noun") if match["noun"] else match.end("n")
            yield Group(n, text[name[0] : name[1]], first, last, name)


# "(n = 507 for sitagliptin and n = 514 for ...)", "(n = 423 MEC, n = 185 HEC)"
AFTER_SIZE = re.compile(r" (?:(?:for|in|to|on|with|received|receiving|assigned to|randomi[sz]ed to|treated with|given) )?(?:the )?(?P<name>[a-z][^,;:()\[\]]{1,45}?)(?=,| and n ?=|;|\)|\]| vs| versus)")


def _name_after(text: str, match: re.Match[str], last: int) -> Place | None:
    """The name inside the bracket, after the size, where none stands before it there."""
    opened = max(text.rfind("(", 0, match.start()), text.rfind("[", 0, match.start()))
    inside = text[opened + 1 : match.start()]
    if opened < 0 or ")" in inside or "noun" in match.groupdict() or (inside.strip() and not re.search(r"n ?= ?\d+[^()]*(?:,|and|;|or) ?$", inside)):
        return None
    after = AFTER_SIZE.match(text, match.end(), last)
    return after.span("name") if after and not re.match(r"(?:and|or|vs|versus)\b", after["name"]) else None


def _each_follows(text: str, end: int) -> bool:
    return bool(re.compile(r",? ?(?:in |for |per |to )?(?:each|every|both|per\b|/ ?group)").match(text, end))


def _name_before(text: str, at: int, first: int) -> Place | None:
    """The name that stands before a size: inside its bracket, or before it."""
    opened = _opening(text, first, at)
    closed = -1 if opened >= 0 else max(text.rfind(")", first, at), text.rfind("]", first, at))
    if opened > closed and opened < at and text[opened + 1 : at].strip(" ,;:-"):
        inside = text[opened + 1 : at]
        place = max(inside.rstrip(" ,;:").rfind(";"), inside.rstrip(" ,;:").rfind(")")) + 1
        comma = inside.rstrip(" ,;:").rfind(",")
        if comma >= place and re.search(r"\d", inside[:comma]):
            place = comma + 1
        named = _stripped(text, opened + 1 + place, at)
        if named:
            return named
    stop = opened if opened > closed else at
    while stop > first and text[stop - 1] == " ":
        stop -= 1
    if stop > first and text[stop - 1] in ")]":  # "(MPC + HA group) (n = 11)", "oral iron (OI) (n = 20)"
        begin = max(text.rfind("(", first, stop), text.rfind("[", first, stop))
        if begin < 0:
            return None
        if any(c.isalpha() for c in text[begin:stop]):
            return _stripped(text, begin + 1, stop - 1)
        stop = begin  # "75 mg/m(2) (n = 373)"
    window = text[max(first, stop - 70) : stop]
    with_or_without = re.search(r"\b(?:with|without)$", window)
    if with_or_without:  # "with (n = 85) or without (n = 79)"
        return stop - len(window) + with_or_without.start(), stop
    broken = BREAK.match(window)
    begin = stop - len(window) + (broken.end() if broken else 0)
    return _stripped(text, begin, stop)


def _opening(text: str, first: int, at: int) -> int:
    """Where the bracket that holds `at` was opened; -1 where none holds it."""
    depth = 0
    for place in range(at, max(first, at - 160) - 1, -1):
        if text[place] in ")]" and place < at:
            depth += 1
        elif text[place] in "([":
            if depth == 0:
                return place
            depth -= 1
    return -1


def _stripped(text: str, start: int, end: int) -> Place | None:
    while start < end and text[start] in " ,;:-(":
        start += 1
    while end > start and text[end - 1] in " ,;:-(":
        end -= 1
    return (start, end) if end - start > 0 and re.search(r"[a-z]", text[start:end]) else None


# ---------------------------------------------------------------- "33 received X and 32 Y"


def _listed(text: str, sentence: Sentence) -> Iterator[Group]:
    place = sentence.start
    while match := next(_at_numbers(LISTED_AS, text, place, sentence.end), None):
        group = _as_group(text, match)
        place = match.end("n")
        if group:
            yield group
            place = group.name_at[1]


def _as_group(text: str, match: re.Match[str]) -> Group | None:
    n = whole(match["n"])
    if not n or n == 1 or BEFORE.search(text, max(0, match.start("n") - 14), match.start("n")):
        return None
    start = match.start("name")
    name = match["name"]
    if COUNTED_NEXT.match(name) or ("," in text[match.end("n") : start] and NUMBER.match(text, start)):
        return None  # "Of 143 patients, 98 received": the name is the next group's size
    following = NEXT_SIZE.search(name)  # "22 metformin and 18 placebo"
    if following:
        name = name[: following.start()]
    name = TAIL.sub("", name).strip(" ,;:-")
    if not match["verb"] and not GROUP_WORD.search(name) and len(name.split()) > 4:
        return None
    if len(name) < 2 or not any(c.isalpha() for c in name) or NO_GROUP.search(name) or (not match["noun"] and NO_NAME.match(name) and not (match["verb"] and LETTERED.match(name))) or (match["verb"] and not VERB.search(match["verb"])):
        return None
    if name.split()[0] in nouns() and name.split()[0] not in ("controls", "control"):
        return None
    if not match["noun"] and not match["verb"] and not BESIDE.search(text, max(0, match.start("n") - 12), match.start("n")):
        return None
    if not match["noun"] and 1900 <= n <= 2035 and "," not in match["n"]:  # a year
        return None
    if THING.match(name) or WHOLE_STUDY.match(name) or (not RECEIVED.search(match["verb"]) and INSIDE.search(name)):
        return None
    start += match["name"].index(name)
    end = match.end("noun") if match["noun"] else match.end("n")
    return Group(n, name, match.start("n"), end, (start, start + len(name)), _said(match["verb"]))


def _said(verb: str) -> str:
    """The word that joins a size to its group, one for all that mean the same."""
    if RECEIVED.search(verb) or " to " in f" {verb}":
        return "received"
    return next((word for word in ("had", "into", "in", "on", "for", "with") if f" {word} " in f" {verb}"), "")


# ---------------------------------------------------------------- "six in each of three groups", "two equal groups"


def _each(text: str, sentence: Sentence) -> Iterator[Split]:
    if not EACH_CUE.search(text, sentence.start, sentence.end):
        return
    for pattern in (PER_GROUP, OF_EACH):
        found = _at_numbers(pattern, text, sentence.start, sentence.end) if pattern is PER_GROUP else pattern.finditer(text, sentence.start, sentence.end)
        for match in found:
            if pattern is OF_EACH and not (match.group().startswith(("each", "every", "both")) or match["after"] or "groups of" in match.group() or "groups (" in match.group()):
                continue
            n = whole(match["n"])
            if n and n > 1:
                k, at = how_many(text, match.start(), sentence)
                start, end = (match.start("n"), match.end())
                near = sentence.start <= at[0] < sentence.end
                yield Split(EACH, tuple(Group(n, "", start, end, at) for _ in range(max(k, 1))), True, k, near)


@lru_cache(maxsize=64)
def _group_numbers(text: str) -> tuple[tuple[int, int, int], ...]:
    return tuple((m.start(), m.end(), whole(m["k"]) or 0) for m in HOW_MANY.finditer(text))


def how_many(text: str, at: int, sentence: Sentence | None = None) -> tuple[int, Place]:
    """How many groups the text says there are, by the nearest mention before `at`, or else the first; (0, (0, 0)) if none."""
    found = _group_numbers(text)
    if not found:
        return 0, (0, 0)
    inside = [f for f in found if sentence and sentence.start <= f[0] < sentence.end]
    before = [f for f in found if f[0] < at]
    start, end, k = inside[0] if inside else before[-1] if before else found[0]
    return k, (start, end)


def equal_parts(seen: View) -> Place | None:
    """Where the text says that the groups are of one size."""
    if "equal" not in seen.folded and "evenly" not in seen.folded:
        return None
    found = (m.span() for m in EQUAL_PARTS.finditer(seen.folded))
    return next((span for span in found if seen.one_sentence(*span)), None)
