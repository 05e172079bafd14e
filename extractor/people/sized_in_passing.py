"""Groups that figures size only by the way: "given to 127 patients", "HCT group 68 cases", "33/64 for group 1".

Most of these are groups only where they add up to a count of the text; the split's shape (paired) says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.people.counted import BEFORE, numbers
from extractor.people.group import (
    GROUP_WORD,
    NO_GROUP,
    NO_SIZED,
    NUM,
    PAIRED,
    PEOPLE_NOUN,
    SIZED,
    TAIL,
    Group,
    Split,
    at_numbers,
)
from extractor.people.name_then_size import stripped
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("people")

_GIVEN = W.given
# "used in 80 patients and not used in 79", "administered to 127 patients", "transplanted in 15 patients and withheld in 20"
GIVEN_TO = re.compile(
    rf"(?P<name>[a-z][^,;:.()\[\]]{{0,60}}? (?:{W.given_to_was} )*)?(?P<verb>{_GIVEN}) (?:only |\w{{3,}}ly )?{W.to} (?:the (?:other|remaining) )?(?P<n>{NUM})(?: (?P<noun>{PEOPLE_NOUN}))?\b"
)
AUXILIARY = re.compile(rf"(?:\b{W.auxiliary_was} ?)+$")
GIVEN_CUE = re.compile(rf"(?:{_GIVEN}) (?:only |\w{{3,}}ly )?{W.to} (?:the (?:other|remaining) )?{NUM}")
# "(353 EP patients and 352 EC patients)", "49 treated women"
MODIFIED = re.compile(
    rf"(?P<n>{NUM}) (?P<name>(?!{W.modified_of}\b)[a-z][a-z0-9'/+-]*(?: [a-z0-9][a-z0-9'/+-]*)?) (?P<noun>{W.modified_patients})\b"
)
# "(42 and 43 patients in each respective treatment group)", "60 and 62 patients in the X and Y groups"
_AGED = r"(?:,? (?:mean age|aged) \d[\d.]*(?: ?(?:±|\+/-) ?[\d.]+)?(?: years)?)?"
TWO_SIZES = re.compile(
    rf"(?P<n1>{NUM})(?: {PEOPLE_NOUN})?{_AGED} (?:and|vs\.?|versus) (?P<n2>{NUM})(?: {PEOPLE_NOUN})?{_AGED},? {W.were}"
)
# "... were assigned to the control and the experimental groups": the names of two sizes
TWO_NAMES = re.compile(
    r"(?:[^.;()]|\.\d){0,60}?\b(?:randomi[sz]ed|assigned|allocated) (?:in)?to (?:receive )?(?:either )?(?:the )?(?P<first>[^,;.()]{2,50}?)(?: groups?| arms?)? (?:and|or) (?:the )?(?P<second>[^,;.()]{2,50}?)(?= groups?\b| arms?\b| ?[,.;(]| respectively)"
)
# "(17, 17, and 16 in the high, low and placebo groups, respectively)"
SEVERAL_SIZES = re.compile(rf"(?P<sizes>{NUM}(?:, {NUM}){{1,4}},? and {NUM})(?: {PEOPLE_NOUN})?,? {W.were}")
# "randomised (N = 51, 52, 52, 52, respectively)"
EQUALS_ROW = re.compile(r"\bn ?= ?(?P<sizes>\d{1,5}(?:, \d{1,5}){1,5}(?:,? and \d{1,5})?),? respectively\b")
DIGITS = re.compile(r"\d+")
# names that can only be those of groups: "49 treated women", "21 placebo-treated participants"
ARM_LIKE = re.compile(rf"\b{W.arm_like}\b")
# "(control, 288; capecitabine, 297)", "(PC 47 patients, EP 44 patients)", "HCT group 68 cases", ": E -> CMF 440, CMF -> E 438"
NAME_FIRST = re.compile(
    rf"(?:[(\[;,:]|\band) ?(?:and )?(?:the )?(?P<name>(?!n ?= ?\d+ eyes)[a-z][^,;:()\[\]]{{0,60}}?)(?: ?=|[,:;])? ?(?<![\d.])(?P<n>{NUM})(?: ?(?P<noun>{PEOPLE_NOUN})| eyes)?(?= ?[;,)\].]| and\b)"
)
# "to group 1, 80 patients having surgery, or group 2, 80 patients having none"
LETTER_FIRST = re.compile(
    rf"\b(?P<name>(?:group|arm|cohort) (?:\d|[a-z]|[iv]{{1,3}})\b)[,:]? (?:with )?(?P<n>{NUM}) (?P<noun>{PEOPLE_NOUN})\b"
)
LAST_SAID = re.compile(rf"{NUM}(?: ?{PEOPLE_NOUN}| eyes)?(?= ?[;,)\].]| and\b)")
# "the control group comprised 9 patients", "group A consisted of 20 women"
MADE_OF_CUE = re.compile(W.made_of_cue)
MADE_OF = re.compile(
    rf"\b(?P<name>(?:[a-z0-9+/-]+ ){{0,3}}?(?:groups?|arms?|cohorts?)(?: (?:[a-z]|[ivx]{{1,3}}|\d)\b)?|controls)(?: ?\([^()]{{1,30}}\))? {W.made_of_comprised} (?:a total of |the (?:other|remaining) )?(?P<n>{NUM})(?: (?P<noun>{PEOPLE_NOUN}))?"
)
EACH_NAME = re.compile(rf"\b{W.each_name}\b")
# "31 of 67 patients in the cell group", "4 (4%) of the 99 women given X", "33/64 for group 1": denominators size groups
OUT_OF = re.compile(
    rf"\b(?:\d+|[a-z]+)(?: ?[(\[]\d[\d.]* ?%[^()\[\]]{{0,30}}[)\]])? ?(?:of|/)(?: the)? ?(?P<n>\d{{1,5}}|{NUM})[)\]]?(?:[,;]? ?[(\[]?\d[\d.]* ?%[)\]]?)?(?: (?P<noun>{PEOPLE_NOUN}))? {W.out_of_in} (?:the )?(?=(?P<name>[a-z][^,;:.()\[\]]{{1,45}}))"
)
# "the 1-week group achieved 83.5% (71/85)"
SUBJECT_OUT_OF = re.compile(
    r"\b(?:in |of |for )?the (?P<name>[a-z0-9][^,;:.()\[\]]{0,40}? (?:group|arm))\b[^.;()\[\]\d]{0,40}\d[\d.]* ?% ?[(\[]\d+ ?/ ?(?P<n>\d{1,5})[)\]]"
)
IN_BRACKETS = re.compile(r"[(\[]\d+ ?/ ?\d")
# "155 (77: drug A, 78: drug A plus drug B)"
COLONED = re.compile(rf"[(\[,;] ?(?:and )?(?P<n>{NUM}) ?[:=] ?(?P<name>[a-z][^,;:()\[\]]{{1,50}}?)(?= ?[,;)\]])")
COLON = re.compile(r"\d ?[:=] ?[a-z]")
# "(25/29), (27/30) and (21/31) of participants in the low, middle and high groups": a row of fractions, nameless
FRACTION = re.compile(r"(?<![\d/.,])\d+ ?/ ?(?P<n>\d{1,5})(?![\d/]|\.\d)")
POOLED = re.compile(rf"\b{W.pooled}\b")
# "in the X arm, 450 of 495 patients had"
IN_ARM_OUT_OF = re.compile(
    rf"\b(?:in|of|for|among) the (?P<name>[^,;:.()\[\]]{{2,60}}? (?:arm|group)), (?:\d+|[a-z]+)(?: ?[(\[]\d[\d.]* ?%[)\]])? (?:out )?of (?:the )?(?P<n>{NUM})(?: (?P<noun>{PEOPLE_NOUN}))?"
)
ROW_CUE = re.compile(rf"\b{W.row_cue}\b")
OUT_OF_CUE = re.compile(rf"(?:of|/)(?: the)? ?(?:\d|{NUM})")
RANDOMIZED = re.compile(r"randomi[sz]|\bassigned\b|\ballocated\b")


# "Snellen equivalent 20/63": how well an eye sees
SNELLEN = re.compile(r"\b(?:snellen|visual acuity|bcva|vision)\b")


def _acuity(text: str, at: int, seeing: bool) -> bool:
    """Whether the number at `at` is the lower one of a measure of sight."""
    return seeing and re.search(r"(?<!\d)20 ?/ ?\Z", text[max(0, at - 6) : at]) is not None


def denominators(seen: View) -> Iterator[Split]:
    """Groups sized only by the denominators of their outcomes, one size a name."""
    text = seen.folded
    unique: dict[str, Group] = {}
    if not OUT_OF_CUE.search(text):
        return
    patterns = (OUT_OF, IN_ARM_OUT_OF, SUBJECT_OUT_OF) if IN_BRACKETS.search(text) else (OUT_OF, IN_ARM_OUT_OF)
    seeing = SNELLEN.search(text) is not None
    found = [m for p in patterns for m in p.finditer(text) if not _acuity(text, m.start("n"), seeing)]
    for match in sorted(found, key=lambda m: m.start("n")):
        if not seen.one_sentence(min(match.start("n"), match.start("name")), max(match.end("n"), match.end("name"))):
            continue
        n = whole(match["n"])
        name = TAIL.sub("", match["name"]).strip()
        if n and n > 1 and len(name) > 1 and GROUP_WORD.search(match["name"]) and not POOLED.search(name):
            start = match.start("name")
            unique.setdefault(
                _key(name),
                Group(
                    n,
                    name,
                    match.start("n"),
                    match.end("noun") if match.groupdict().get("noun") else match.end("n"),
                    (start, start + len(name)),
                ),
            )
    if len(unique) > 1:
        yield Split(PAIRED, tuple(unique.values()), True, joined=True)
    for sentence in seen.sentences:
        row = _row(text, sentence, seeing) if "/" in text[sentence.start : sentence.end] else ()
        if len(row) > 1:
            yield Split(PAIRED, row, True)


def _row(text: str, sentence: Sentence, seeing: bool) -> tuple[Group, ...]:
    """The denominators of a sentence that speaks of groups, without those that add up what stands before them."""
    groups: list[Group] = []
    if not ROW_CUE.search(text, sentence.start, sentence.end):
        return ()
    for match in FRACTION.finditer(text, sentence.start, sentence.end):
        n = int(match["n"])
        if (
            n > 1
            and not (len(groups) > 1 and n == sum(g.n for g in groups))
            and not _acuity(text, match.start("n"), seeing)
        ):
            groups.append(Group(n, "", *match.span("n"), (0, 0)))
    return tuple(groups)


def _key(name: str) -> str:
    """A group's name without the words that come and go: "the placebo group", "placebo"."""
    return " ".join(w for w in name.removesuffix("s").split() if w not in ("group", "arm", "patient", "the", "subject"))


def made_of(text: str, sentence: Sentence) -> Iterator[Group]:
    """Groups with what they consist of: "the control group comprised 9 patients"."""
    for match in (
        MADE_OF.finditer(text, sentence.start, sentence.end)
        if MADE_OF_CUE.search(text, sentence.start, sentence.end)
        else ()
    ):
        n = whole(match["n"])
        if n and n > 1 and not EACH_NAME.search(match["name"]):
            yield Group(
                n,
                match["name"],
                match.start("n"),
                match.end("noun") if match["noun"] else match.end("n"),
                match.span("name"),
                "of",
            )


def paired(text: str, sentence: Sentence) -> Iterator[Group]:
    """Names with their sizes after them."""
    lettered = [m for m in LETTER_FIRST.finditer(text, sentence.start, sentence.end) if (whole(m["n"]) or 0) > 1]
    if len(lettered) > 1:
        for m in lettered:
            yield Group(whole(m["n"]) or 0, m["name"], m.start("name"), m.end("noun"), m.span("name"))
        return
    if not any(True for _ in itertools.islice(at_numbers(LAST_SAID, text, sentence.start, sentence.end), 1, None)):
        return
    for match in NAME_FIRST.finditer(text, sentence.start, sentence.end):
        n = whole(match["n"])
        if (
            n
            and n > 1
            and not NO_SIZED.search(match["name"])
            and (
                match["noun"]
                or "=" in text[match.end("name") : match.start("n")]
                or not BEFORE.search(text, max(0, match.start("n") - 14), match.start("n"))
            )
        ):
            yield Group(
                n,
                match["name"],
                match.start("name"),
                match.end("noun") if match["noun"] else match.end("n"),
                match.span("name"),
            )


def loosely(text: str, sentence: Sentence) -> Iterator[Split]:
    """Sizes in looser ways: groups only where they add up."""
    given = tuple(_given(text, sentence))
    if len(given) > 1:
        yield Split(PAIRED, given, True)
    modified = tuple(
        Group(n, m["name"], m.start("n"), m.end("noun"), m.span("name"))
        for m in at_numbers(MODIFIED, text, sentence.start, sentence.end)
        if (n := whole(m["n"])) and n > 1 and not NO_GROUP.search(m["name"])
    )
    if len(modified) > 1:
        yield Split(PAIRED, modified, all(ARM_LIKE.search(g.name) for g in modified))
    colon = COLON.search(text, sentence.start, sentence.end)
    coloned = tuple(
        Group(n, m["name"], *m.span("n"), m.span("name"))
        for m in (COLONED.finditer(text, sentence.start, sentence.end) if colon else ())
        if (n := whole(m["n"])) and n > 1 and not NO_SIZED.search(m["name"])
    )
    if len(coloned) > 1:
        yield Split(PAIRED, coloned, True)
    for match in at_numbers(TWO_SIZES, text, sentence.start, sentence.end):
        first, second = whole(match["n1"]), whole(match["n2"])
        if first and second and first > 1 and second > 1:
            named = TWO_NAMES.match(text, match.end("n2"), sentence.end)
            shape = SIZED if named or RANDOMIZED.search(text, sentence.start, match.start()) else PAIRED
            names = [named.span("first"), named.span("second")] if named else [(0, 0), (0, 0)]
            pair = (
                Group(n, text[slice(*name)], *match.span(part), name)
                for n, part, name in zip((first, second), ("n1", "n2"), names, strict=True)
            )
            yield Split(shape, tuple(pair), True)

    rows = [*at_numbers(SEVERAL_SIZES, text, sentence.start, sentence.end)]
    rows += EQUALS_ROW.finditer(text, sentence.start, sentence.end)
    for match in rows:
        several = _several(text, match)
        if len(several) > 1:
            yield Split(SIZED if RANDOMIZED.search(text, sentence.start, match.start()) else PAIRED, several, True)


# "(26 control patients and 24 patients with the drug)": a bracket of nothing but counted groups
BRACKET = re.compile(r"[(\[](?P<inside>[^()\[\]]{12,170})[)\]]")
NEXT_PART = re.compile(rf"(?:, and|,|;|\band|\bvs\.?|\bversus) (?=(?:the )?(?:other )?{NUM}\b)")
PART = re.compile(
    rf"(?:the )?(?:other )?(?P<n>{NUM}) (?P<before>(?:[a-z][\w/+-]* ){{0,4}}?)(?P<noun>{W.part_people})"
    rf"(?: {W.part_given} (?P<behind>[^,;]{{2,90}}))?"
)
STUDY = re.compile(r"\btrial\b|\bstudy\b|\bstudied\b|randomi|\bcontrol|\bplacebo|\bgroups?\b|\barms?\b|\bcompared\b")


def in_bracket(text: str, sentence: Sentence) -> Iterator[Split]:
    """Groups that one bracket counts, each with its people."""
    if not STUDY.search(text, sentence.start, sentence.end):
        return
    for bracket in BRACKET.finditer(text, sentence.start, sentence.end):
        groups = _parts(text, *bracket.span("inside"))
        if len(groups) > 1 and all(g.name and not NO_SIZED.search(g.name) for g in groups):
            yield Split(SIZED, groups, True)


def _parts(text: str, start: int, end: int) -> tuple[Group, ...]:
    """The counted groups of a bracket; none where one of its parts is something else."""
    cuts = [m.span() for m in NEXT_PART.finditer(text, start, end)]
    firsts, lasts = [start, *(b for _, b in cuts)], [*(a for a, _ in cuts), end]
    found = [PART.match(text, a, b) for a, b in zip(firsts, lasts, strict=True)]
    made = []
    for match, last in zip(found, lasts, strict=True):
        n = whole(match["n"]) if match else None
        if match is None or not n or n < 2 or text[match.end() : last].strip(" ,"):
            return ()
        named = stripped(text, *match.span("behind" if match["behind"] else "before"))
        made.append(
            Group(n, text[slice(*named)] if named else "", match.start("n"), match.end("noun"), named or (0, 0))
        )
    return tuple(made)


def _several(text: str, match: re.Match[str]) -> tuple[Group, ...]:
    """Sizes in a row, nameless: their names stand in a row of their own."""
    first, last = match.span("sizes")
    inside = (m for m in numbers(text) if first <= m.start() < last)
    sizes = [*DIGITS.finditer(text, first, last)] if "=" in match.group()[:4] else [*inside]
    return tuple(Group(n, "", *m.span(), (0, 0)) for m in sizes if (n := whole(m.group())) and n > 1)


def _given(text: str, sentence: Sentence) -> Iterator[Group]:
    if not GIVEN_CUE.search(text, sentence.start, sentence.end):
        return
    for match in GIVEN_TO.finditer(text, sentence.start, sentence.end):
        n = whole(match["n"])
        if n and n > 1:
            named = stripped(text, *match.span("name")) if match["name"] else None
            auxiliary = AUXILIARY.search(text, *named) if named else None
            if named and auxiliary:
                named = stripped(text, named[0], auxiliary.start())
            at = named or match.span("verb")
            yield Group(
                n, text[at[0] : at[1]], match.start("n"), match.end("noun") if match["noun"] else match.end("n"), at
            )
