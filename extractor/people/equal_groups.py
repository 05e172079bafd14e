"""Groups of one size: "six in each of three groups", "20 per arm", "two equal groups"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View, once
from extractor.people.group import EACH, GROUP_NOUN, NUM, PEOPLE_NOUN, Group, Place, Split, at_numbers
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("people")

# "30 in each group", "25 per group", "n = 6 each", "three patients each", "20/group"
PER_GROUP = re.compile(
    rf"(?P<n>{NUM})(?: {PEOPLE_NOUN})?,?(?: were| was| are)?(?:{W.per_group_assigned}?{W.per_group_in}? (?:(?:each|both)(?: one)?(?: of (?:the )?(?:{NUM} )?)? ?{W.per_group_study}?(?:{GROUP_NOUN}|(?= ?[),.;:]|$))|(?:every|per) (?:study |treatment |dose )?{GROUP_NOUN})(?![a-z])| ?/ ?(?:group|arm)\b)"
)
# "each group contains 14 patients", "groups of 30 patients", "each arm (n = 20)", "composed of three patients each"
OF_EACH = re.compile(
    rf"(?:\b(?:each|every|both) (?:study |treatment |dose |parallel )?{GROUP_NOUN}|\b{GROUP_NOUN})(?:,? which (?:are|were))?,?(?: \((?=n ?=)| {W.of_each_contain}) ?(?:a total of |n ?= ?)?(?P<n>{NUM})(?: (?P<noun>{PEOPLE_NOUN}))?(?P<after>,? each)?"
)
EACH_CUE = re.compile(W.each_cue)
# "two equal groups", "equally randomized", "divided randomly but equally", "evenly allocated"
EQUAL_PARTS = re.compile(rf"\b{W.equal_parts}\b")
# "baseline characteristics were evenly distributed": no people
TRAITS = re.compile(r"\b(?:characteristics?|demographics|features|variables|factors)\b[^.;]*$")
# "two groups", "three parallel arms", "2 treatment groups"
HOW_MANY = re.compile(rf"(?<![\w.,/=-])(?P<k>{W.how_many_two})[ -]{W.how_many_equal}*{W.how_many_groups}\b")


def each_of(text: str, sentence: Sentence) -> Iterator[Split]:
    """Splits into groups of one stated size; as many groups as the text says, one where it does not say."""
    if not EACH_CUE.search(text, sentence.start, sentence.end):
        return
    for pattern in (PER_GROUP, OF_EACH):
        found = (
            at_numbers(pattern, text, sentence.start, sentence.end)
            if pattern is PER_GROUP
            else pattern.finditer(text, sentence.start, sentence.end)
        )
        for match in found:
            if pattern is OF_EACH and not (
                match.group().startswith(("each", "every", "both"))
                or match["after"]
                or "groups of" in match.group()
                or "groups (" in match.group()
            ):
                continue
            n = whole(match["n"])
            if n and n > 1:
                k, at = how_many(text, match.start(), sentence)
                start, end = (match.start("n"), match.end())
                near = sentence.start <= at[0] < sentence.end
                yield Split(EACH, tuple(Group(n, "", start, end, at) for _ in range(max(k, 1))), True, k, near)


# "three in each", "n = 7 each", "15 per dose group", "21/group", "groups of 30"
EACH_OF = re.compile(
    r"(?<![\w.,/-])(?P<n>\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)(?: \w+)?(?:,? (?:in |for |per |at |to |on )?(?:each|every|both|per)\b| ?/ ?(?:group|arm|cohort|level)\b)|"
    r"\b(?:groups|cohorts|arms) (?:of|with|had|each had|each with|\(n ?=) ?(?P<of>\d{1,4}|two|three|four|five|six|eight|ten|twelve)\b"
)
DOSES = re.compile(rf"(?<![\d.]){W.listed_dose}(?:{W.listed_joint}{W.listed_dose}){{1,5}}")
GIVEN = re.compile(rf"\b{W.listed_given}\b")
JOINT = re.compile(W.listed_joint)
MOST_LISTED = 6
NEAR_LIST = 140  # characters between a list of treatments and the size of each


@dataclass(frozen=True, slots=True)
class EachOf:
    """One size, said of each of ``k`` things that the sentence lists (at ``listed``), doses or treatments."""

    n: int
    start: int
    end: int
    k: int
    listed: Place
    how: str


@once
def sizes_of_each(seen: View) -> list[re.Match[str]]:
    """All places where a size is told of each of several groups."""
    return list(EACH_OF.finditer(seen.folded))


def each_of_listed(seen: View) -> Iterator[EachOf]:
    """Sizes told of each of several listed doses or treatments, where no number of groups is told."""
    for match in sizes_of_each(seen):
        name = "n" if match["n"] else "of"
        n = whole(match[name])
        sentence = seen.sentence_at(match.start())
        if not n or n < 2 or not seen.one_sentence(*match.span()) or how_many(seen.folded, match.start(), sentence)[0]:
            continue
        k, listed, how = _listed(seen.folded, sentence, match.start())
        if 2 <= k <= MOST_LISTED:
            yield EachOf(n, *match.span(name), k, listed, how)


def _listed(text: str, sentence: Sentence, at: int) -> tuple[int, Place, str]:
    """How many doses a list of the sentence has; how many treatments stand between a verb and the size."""
    doses = DOSES.search(text, sentence.start, sentence.end)
    if doses:
        return len(JOINT.findall(doses.group())) + 1, doses.span(), "doses"
    verbs = [m.end() for m in GIVEN.finditer(text, max(sentence.start, at - NEAR_LIST), at)]
    if not verbs:
        return 0, (at, at), ""
    return len(JOINT.findall(text[verbs[-1] : at].rstrip(" ,("))) + 1, (verbs[-1] + 1, at - 1), "treatments"


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
    if not any(word in seen.folded for word in ("equal", "evenly", "half")):
        return None
    found = (
        m.span()
        for m in EQUAL_PARTS.finditer(seen.folded)
        if not TRAITS.search(seen.folded, max(0, m.start() - 60), m.start())
    )
    return next((span for span in found if seen.one_sentence(*span)), None)
