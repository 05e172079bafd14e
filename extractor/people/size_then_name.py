"""Groups listed by their sizes: "33 patients received X and 32 Y", "34 in the control group", "20 controls"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.context.sentences import Sentence
from extractor.people.counted import BEFORE, NUMBER, nouns
from extractor.people.group import GROUP_WORD, LETTERED, NO_GROUP, NUM, PEOPLE_NOUN, TAIL, Group, at_numbers
from extractor.quantities.numbers import whole

_COUNT = rf"(?P<n>{NUM})(?: ?\(\d+\))?"  # "eight (8)"
# "33 patients received X", "32 to Y", "34 in the control group", "31 had acupuncture", "20 controls"
LISTED_AS = re.compile(
    rf"{_COUNT}(?: ?\(\d[\d.]* ?%\))?,?(?: (?P<noun>{PEOPLE_NOUN})\b)?(?: ?\(\d[\d.]* ?%\))?,? "
    r"(?P<verb>(?:(?:who|of whom|were|was|are|will|be|had been|randomly|randomi[sz]ed|assigned|allocated|enrolled|included|placed|entered|to|receive|receiving|received|treated|given|underwent"
    r"|had|took|have|used|by|in|into|with|on|for|the|an?|as|only|either|undergo|served|acted|injected|opted|chose|chosen|formed|constituted|comprised|being|of which|serving|acting|administered|their|(?:not |un)treated and|not) )*)"
    r"(?P<name>(?:[^,;:.()\[\]]|(?<=\b[a-z])(?<!group [a-z])(?<!arm [a-z])(?<!cohort [a-z])(?<!vitamin [a-z])(?<!type [a-z])\.(?= [a-z]{3})){2,70})"  # "S. boulardii"
)
RECEIVED = re.compile(
    r"receiv|treated|given|underwent|undergo|took|used|administered|injected|opted|chose|formed|constituted|comprised"
)
VERB = re.compile(
    r"\b(?:receiv|treated|given|underwent|undergo|assigned|allocated|randomi|took|had|used|served|acted|serving|acting|administered|injected|opted|chose|formed|constituted|comprised|to|in|into|on|for|placed|with)"
)
# "75 mg", "3 cycles": a number of these is no size
NO_NAME = re.compile(
    r"(?:x \d|(?:(?:one|1|either|any|each|all|both) of|m?g|m?i?u|units|kg|ml|l|mcg|iu|m?m|cm|cycles?|sessions?|groups?|arms?|treatments?|times|doses?|hours?|h|min|minutes|years?|months?|weeks?|days?|percent|studies|trials|different|regimens|genes|items|sites|centers|centres|cohorts?)\b|%)"
)
THING = re.compile(
    r"(?:[a-z-]+ )?(?:lesions|drains|eyes|tumou?rs|teeth|knees|procedures|samples|specimens|grafts|wounds|implants|limbs|events|episodes|cycles|injections|cells|centers|centres|transfers|courses|embryos|pregnancies|teeth|schools|practices|families)\b"
)
INSIDE = re.compile(
    r"\b(?:lesions|eyes|procedures|samples|specimens|grafts|wounds|implants|injections|episodes|sites|visits)\b"
)
WHOLE_STUDY = re.compile(
    r"(?:this |our |the |present |current |clinical |initial |original |main |first |parent )*(?:study|trial|protocol|programme|program)\b(?! (?:group|arm|drug|treatment|medication|diet|regimen))"
)  # "in this study" is no group
BESIDE = re.compile(r"(?:[(\[,;:]|\band|\bplus|\bvs\.?|\bversus|\bor|\bthe (?:other|remaining)) *$")
COUNTED_NEXT = re.compile(
    rf"(?:{NUM})(?: {PEOPLE_NOUN})?,? (?:to|in|were|received|had|underwent|on|receiving|assigned|allocated|completed)\b"
)
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
