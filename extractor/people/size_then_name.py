"""Groups listed by their sizes: "33 patients received X and 32 Y", "34 in the control group", "20 controls"."""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.people.counted import BEFORE, NUMBER, nouns
from extractor.people.group import GROUP_WORD, LETTERED, NO_GROUP, NUM, PEOPLE_NOUN, TAIL, Group, at_numbers
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("people")

_COUNT = rf"(?P<n>{NUM})(?: ?\(\d+\))?"  # "eight (8)"
# "33 patients received X", "32 to Y", "34 in the control group", "31 had acupuncture", "20 controls"
LISTED_AS = re.compile(
    rf"{_COUNT}(?: ?\(\d[\d.]* ?%\))?,?(?: (?P<noun>{PEOPLE_NOUN})\b)?(?: ?\(\d[\d.]* ?%\))?,? (?P<verb>(?:{W.listed_as_who} )*)(?P<name>(?:[^,;:.()\[\]]|(?<=\b[a-z])(?<!group [a-z])(?<!arm [a-z])(?<!cohort [a-z])(?<!vitamin [a-z])(?<!type [a-z])\.(?= [a-z]{{3}})){{2,70}})"  # "S. boulardii"
)
RECEIVED = re.compile(W.received)
VERB = re.compile(rf"\b{W.verb}")
# "75 mg", "3 cycles": a number of these is no size
NO_NAME = re.compile(rf"(?:x \d|{W.no_name_of}\b|%)")
THING = re.compile(rf"(?:[a-z-]+ )?{W.thing_lesions}\b")
INSIDE = re.compile(rf"\b{W.inside}\b")
WHOLE_STUDY = re.compile(
    rf"{W.whole_study_this}*{W.whole_study_study}\b(?! {W.whole_study_group})"
)  # "in this study" is no group
BESIDE = re.compile(r"(?:[(\[,;:]|\band|\bplus|\bvs\.?|\bversus|\bor|\bthe (?:other|remaining)) *$")
COUNTED_NEXT = re.compile(rf"(?:{NUM})(?: {PEOPLE_NOUN})?,? {W.counted_next_to}\b")
# "day 3 to 5 for small strokes": a time, no size
TIMES = re.compile(r"\b(?:days?|weeks?|months?|hours?|years?) \d+ ?(?:to|-|and|or) ?$")
WHOLE_OF = re.compile(r"% of (?:the |all )?$")  # "151 patients, 38% of the 404": no group beside them
NEXT_SIZE = re.compile(rf",? (?:and|or|vs\.?|versus) (?:the (?:other|remaining) )?{NUM}")


def listed(text: str, sentence: Sentence) -> Iterator[Group]:
    """Sizes with the names that follow them, in one sentence of folded text."""
    place = sentence.start
    while match := next(at_numbers(LISTED_AS, text, place, sentence.end), None):
        group = _as_group(text, match)
        place = match.end("n")
        if group:
            yield group
            place = group.name_at[1]


def _as_group(text: str, match: re.Match[str]) -> Group | None:
    n = whole(match["n"])
    if WHOLE_OF.search(text, max(0, match.start("n") - 14), match.start("n")) or TIMES.search(
        text, max(0, match.start("n") - 18), match.start("n")
    ):
        return None
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
    if (
        len(name) < 2
        or not any(c.isalpha() for c in name)
        or NO_GROUP.search(name)
        or (not match["noun"] and NO_NAME.match(name) and not (match["verb"] and LETTERED.match(name)))
        or (match["verb"] and not VERB.search(match["verb"]))
    ):
        return None
    if name.startswith(("whose ", "who ")):
        return None
    if name.split()[0] in nouns() and name.split()[0] not in ("controls", "control"):
        return None
    if (
        not match["noun"]
        and not match["verb"]
        and not BESIDE.search(text, max(0, match.start("n") - 12), match.start("n"))
    ):
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
