"""Groups whose size stands behind the name: "placebo (n = 30)", "group A (49 patients)", "80 patients (group A)"."""

from __future__ import annotations

from collections.abc import Iterator

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.people.counted import EQUAL, OF_THINGS
from extractor.people.group import NO_SIZED, NUM, PEOPLE_NOUN, Group, Place, at_numbers
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("people")

# "(49 patients)", "(101)", "(65; 51%)", "(group A, 49 patients)"; group "n"
IN_BRACKETS = re.compile(
    rf"(?<=[a-z0-9)%.+'] )[(\[](?:(?P<inside>[^()\[\]]{{1,50}}?)[,;:] )?(?P<n>{NUM})(?: (?P<noun>{PEOPLE_NOUN}))?(?:[,;:]? ?\d[\d.]* ?%)?[)\]]"
)
# "Thirty-three patients (GJG group) received", "80 patients (group A)"
NAMED_AFTER = re.compile(
    rf"(?P<n>{NUM}) (?P<noun>{PEOPLE_NOUN}) [(\[](?:the )?(?P<name>[^()\[\]]{{0,50}}\b{W.named_after_group}\b[^()\[\]]{{0,20}})[)\]]"
)
LETTERED_LAST = re.compile(r"(?<=\. )(?:group|arm|cohort) [a-z0-9]{1,3}$")  # "at 4 degrees C. Cohort 3 (n = 12)"
EXPONENT = re.compile(
    r"(?:/ ?[a-z]{1,3}(?= ?[(\[][23][)\]])|\d ?(?:m|cm|mm|kg)(?= ?[(\[])|\b10(?= ?[(\[])) ?[(\[][^()\[\]]*[)\]]$"
)  # "mg/m (2)" is a square, no group of two
# "cohort B (1 million/kg, n = 6)", "low-dose cells (1 x 10^6/kg; n = 14)": the dose in the brackets explains the name before them
DOSE_ALONE = re.compile(r"\d[\d.,x^ ]*(?:million|billion)?[\w/^ .-]{0,20}")
CALLED_BEFORE = re.compile(
    r"\b(?:(?:cohort|group|arm) [a-z0-9]{1,2}|(?:low|medium|middle|mid|high|higher|lower|single|double)[ -]dose(?: [\w-]+){0,2}) ?$"
)
BREAK = re.compile(rf".*(?:[,;:()\[\]]|(?<=[a-z)]{{2}})\. |/l\. |\b{W.break_to}\b) ?")
# "(n = 507 for sitagliptin and n = 514 for ...)", "(n = 423 MEC, n = 185 HEC)"
DOSE = re.compile(r"[\d.,]+ ?(?:mg|mcg|[µμu]g|g|ml|iu|u|units?)(?: ?/ ?\w+)*")
AFTER_SIZE = re.compile(
    rf" (?:{W.after_size_for} )?(?:the )?(?P<name>[a-z][^,;:()\[\]]{{1,45}}?)(?=,| and n ?=|;|\)|\]| vs| versus)"
)


def sized(text: str, sentence: Sentence) -> Iterator[Group]:
    """Names with their sizes in brackets or after "n =", in one sentence of folded text."""
    seen: set[int] = set()
    for match in at_numbers(NAMED_AFTER, text, sentence.start, sentence.end):
        n = whole(match["n"])
        if n and n > 1 and not NO_SIZED.search(match["name"]):
            seen.add(match.start("n"))
            yield Group(n, match["name"], match.start("n"), match.end("noun"), match.span("name"))
    for match in [
        *EQUAL.finditer(text, sentence.start, sentence.end),
        *IN_BRACKETS.finditer(text, sentence.start, sentence.end),
    ]:
        n = whole(match["n"])
        if (
            not n
            or match.start("n") in seen
            or _each_follows(text, match.end())
            or _repeated(text, match)
            or OF_THINGS.match(text, match.end("n"))
            or EXPONENT.search(text, max(0, match.start() - 6), match.end())
            or _of_statistic(text, match.start(), sentence.start)
        ):
            continue
        seen.add(match.start("n"))
        name = _name_after(text, match, sentence.end) or _name_before(text, match.start(), sentence.start)
        lettered = LETTERED_LAST.search(text, *name) if name else None
        name = lettered.span() if lettered else name
        if name and whole(text[name[0] : name[1]]) is None and not NO_SIZED.search(text[name[0] : name[1]]):
            first = match.start() if "noun" not in match.groupdict() else match.start("n")
            last = (
                match.end()
                if "noun" not in match.groupdict()
                else match.end("noun")
                if match["noun"]
                else match.end("n")
            )
            yield Group(n, text[name[0] : name[1]], first, last, name)


def _name_after(text: str, match: re.Match[str], last: int) -> Place | None:
    """The name inside the bracket, after the size, where none stands before it there."""
    opened = max(text.rfind("(", 0, match.start()), text.rfind("[", 0, match.start()))
    inside = text[opened + 1 : match.start()]
    if (
        opened < 0
        or ")" in inside
        or "noun" in match.groupdict()
        or (inside.strip() and not re.search(r"n ?= ?\d+[^()]*(?:,|and|;|or) ?$", inside))
    ):
        return None
    after = AFTER_SIZE.match(text, match.end(), last)
    return after.span("name") if after and not re.match(r"(?:and|or|vs|versus)\b", after["name"]) else None


def _repeated(text: str, match: re.Match[str]) -> bool:
    """ "CoQ (10)", "VO (2)": a number that stands in brackets behind the same word again and again is part of a name."""
    word = text.rfind(" ", 0, match.start() - 1) + 1
    bare = re.fullmatch(r"[(\[]\d{1,2}[)\]]", match.group()) is not None
    return bare and text.count(text[word : match.end()]) > 1


# "(-2.6 cm2, 95% CI -3.8 to -1.3; p < 0.001, n = 49)": of how many people a result is
STATISTIC = re.compile(r"(?:\bp ?[<=>] ?=? ?0?\.\d+|\bci\b[^a-z()]*)[;, ]*\Z")


def _of_statistic(text: str, at: int, first: int) -> bool:
    """Whether a size stands behind an interval or a p value in its brackets."""
    opened = _opening(text, first, at)
    return opened >= 0 and STATISTIC.search(text, opened, at) is not None


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
        named = stripped(text, opened + 1 + place, at)
        said = text[slice(*named)] if named else ""
        named = None if said == "respectively" or re.match(r"n ?= ?\d", said) else named
        explained = DOSE_ALONE.fullmatch(text, *named) and CALLED_BEFORE.search(text, first, opened) if named else None
        strength = named and DOSE.fullmatch(text, *named) and re.search(r"[a-z]{4} \Z", text[first:opened])
        if named and not explained and not strength:
            return named  # not "5% prilocaine (1 mg/kg, n = 27)"
    stop = opened if opened > closed else at
    while stop > first and text[stop - 1] == " ":
        stop -= 1
    if stop > first and text[stop - 1] in ")]":  # "(MPC + HA group) (n = 11)", "oral iron (OI) (n = 20)"
        begin = max(text.rfind("(", first, stop), text.rfind("[", first, stop))
        if begin < 0:
            return None
        if any(c.isalpha() for c in text[begin:stop]):
            return stripped(text, begin + 1, stop - 1)
        stop = begin  # "75 mg/m(2) (n = 373)"
    window = text[max(first, stop - 70) : stop]
    with_or_without = re.search(r"\b(?:with|without|(?:not )?receive)$", window)
    if with_or_without:  # "with (n = 85) or without (n = 79)"
        return stop - len(window) + with_or_without.start(), stop
    broken = BREAK.match(window)
    begin = stop - len(window) + (broken.end() if broken else 0)
    return stripped(text, begin, stop)


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


def stripped(text: str, start: int, end: int) -> Place | None:
    """The offsets of a name without the marks around it; None where no letter is left."""
    while start < end and text[start] in " ,;:-(":
        start += 1
    while end > start and text[end - 1] in " ,;:-(":
        end -= 1
    return (start, end) if end - start > 0 and re.search(r"[a-z]", text[start:end]) else None
