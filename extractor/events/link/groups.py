"""Where a text names a group of people: "the placebo group", "those on drug A", "group 2", "controls".

Found generously, decided nowhere: a *name* is a run of words that a group word follows or leads, that a word such as "with",
"receiving" or "than" brings in, or that repeats the name of a group told elsewhere in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.events.link.more_names import REFERRED, more_names
from extractor.events.link.name import Name, made
from extractor.groups import GROUP, alike, telling
from extractor.words import Words

W = Words("events")

ALONE = ("controls", "recipients", "women", "men", "treated")  # they name a group without another word
CALLED = W.members("called")  # "group A": the word leads its name
PEOPLE = W.members("groups_people")
BROUGHT = W.members("brought")
SKIPPED = frozenset(["the", "a", "an"])  # between what brings a name in and the name
# words that end a name
STOP = BROUGHT | W.members("stop")
_WORD = re.compile(rf"\d[\d.,/]*\s?{W.word_mg}(?:\s?/\s?[a-z\d]+)*(?![a-z])|[a-zα-ω0-9](?:[\w+/'-]|\.(?=\w))*|[^\s\w]")
PARTS = re.compile(r"%|\s+(?:out\s+)?of\s+\d")  # "in the control group 3 of 20": a count, no name
PERSONS = re.compile(rf"\s+{W.groups_people}\b")  # "in the control group 3 patients"
ORDINAL = frozenset(("first", "second", "third", "fourth"))
_ORDINAL = re.compile(
    r"(?:first|second|third|fourth)(?:,? (?:and |or |the )*(?:first|second|third|fourth)){0,3} (?:groups?|arms?|cohorts?)\b"
)
# "drug a than placebo", "vaccine a.": a letter that closes a name, no article
LETTER = re.compile(rf"\s*(?:[^\w\s]|\Z|{W.letter_than}\b)")
_BARE = re.compile(r"\d[\d.,/-]*\Z")
OPENERS = ("(", ",", "[", ";", ":", "/", "0")
LONGEST = 6
# "study group 2", "dose cohort 3": groups are numbered, and seldom more than a few
NUMBERED_KINDS = W.members("numbered_kinds")
MOST_NUMBERED = 9
SHORT = 3  # letters of a name that is a letter or a number
_GOT_WITH = re.compile(r"\s+(?:with|by)\b")
_ASSIGNED_TO = re.compile(rf"\s+{W.got_assigned}\s+to\b")
# "seven women on the drug": whom the number counts, not the group that they are of
QUANTIFIERS = W.members("quantifiers")
COUNTED_NOUN = re.compile(rf"\s+{W.counted_noun}\s")
CONTROL = re.compile(rf"\b{W.control}\b")

# words that a name's leader brings in and that name nobody: "patients with evidence of", "the group having at least"
NOBODY = frozenset(
    ("every", "having", "evidence", "withdrawal", "withdrawals", "discontinuation", "dropouts", "initiation")
)
NO_NAME = re.compile(
    r"(?:it|they|we|there|although|though|because|since)\b|(?:statistical|significant|numerical|general|similar|premature)ly\Z"
)
_INSTEAD = frozenset(("list", "dose", "without"))  # names that are closer than a run of words over them
# "patients treated with x", "those randomly assigned to x": what follows is whom they are told apart by
GOT = W.members("got")
GET = W.members("got_receive")
GOT_BY = frozenset(("with", "by", "to"))
ADVERB = re.compile(r"[a-z]+ly\Z")
UNITS = frozenset(("l", "dl", "ml", "kg", "mg", "g", "h", "d", "day", "m2", "mm3"))  # "0.5 x 10 9 /l" names nobody

__all__ = ["Group", "Name", "alike", "names", "telling"]


@dataclass(frozen=True, slots=True)
class Group:
    """One of the trial's arms: its telling words, how many people it has, and where the text sizes it."""

    name: str
    words: frozenset[str]
    size: int | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str


def names(folded: str, sentence: Sentence) -> list[Name]:
    """The names in a sentence, in order."""
    found: list[Name] = []
    got = False
    for run, before in _runs(folded, sentence.start, sentence.end):
        led = got and before in GOT_BY
        got = _got(folded, run)
        name = None if got else _name(folded, run, before)
        if name is not None and led and not name.grouped:
            name = replace(name, brought="treated with", grouped=True)
        if name is not None:
            found.append(name)
    for name in more_names(folded, sentence, found):
        over = [n for n in found if n.start < name.end and name.start < n.end]
        if name.brought in _INSTEAD or not over:
            found = [n for n in found if n not in over] + [name]
    kept = (n for n in found if not n.words <= REFERRED and not _nobody(folded[n.start : n.end]))
    return sorted(kept, key=lambda n: n.start)


def _nobody(words: str) -> bool:
    """Whether words that look like a name are those of the sentence."""
    return words in NOBODY or NO_NAME.match(words) is not None


def _got(folded: str, run: Sequence[_Token]) -> bool:
    """Whether a run ends in what people got: "patients treated" before "with", "subjects randomly" before "assigned to"."""
    last = run[-1]
    if last.text in GOT:
        return _GOT_WITH.match(folded, last.end) is not None
    return ADVERB.match(last.text) is not None and _ASSIGNED_TO.match(folded, last.end) is not None


def _runs(folded: str, start: int, end: int) -> Iterator[tuple[list[_Token], str]]:
    """Runs of words between stops, each with the word or mark before it."""
    run: list[_Token] = []
    before = ""
    for match in _WORD.finditer(folded, start, end):
        word = match.group()
        led = bool(run) and run[-1].text in CALLED and not PARTS.match(folded, match.end())
        led = led and not (len(run) > 1 and (PERSONS.match(folded, match.end()) or _counted(run, word)))
        led = led or (bool(run) and word == "a" and LETTER.match(folded, match.end()) is not None)
        if word in SKIPPED and not run:
            continue
        if word in ORDINAL and _ORDINAL.match(folded, match.start(), end):
            run.append(_Token(match.start(), match.end(), word))
            continue
        ends = word in STOP or not word[0].isalnum() or (not led and (word in SKIPPED or _BARE.match(word)))
        if ends:
            if run:
                yield run, before
            run, before = [], word if not word[0].isdigit() else "0"
        else:
            run.append(_Token(match.start(), match.end(), word))
    if run:
        yield run, before


def _counted(run: Sequence[_Token], word: str) -> bool:
    """Whether the number behind a group word counts: "in the control group 21 had died"; "study group 2" is a name."""
    return word.isdigit() and (int(word) > MOST_NUMBERED or not {t.text for t in run[:-1]} <= NUMBERED_KINDS)


def _name(folded: str, run: list[_Token], before: str) -> Name | None:
    """The name in a run of words: what leads a group word, or follows one, or what a word brings in."""
    if len(run) > 1 and run[0].text in GET:
        run = run[1:]  # "assigned to receive x"
    places = [i for i, token in enumerate(run) if token.text in GROUP or token.text.endswith("-treated")]
    if places:
        at = places[-1]
        if run[at].text in CALLED and at + 1 < len(run) and _calls(run, at):  # "group a"
            plural = run[at].text.endswith("s")
            return _made(run[at + plural : at + 2], before, grouped=True)
        if run[at].text.endswith("-treated"):
            return _made(run[max(0, at - LONGEST + 1) : at + 1], before, grouped=True)
        first = 0
        if run[0].text in PEOPLE and at > 0:
            first = 1
        own = run[first:at][-LONGEST:]
        if run[at].text in ("groups", "arms") and [t.text for t in own] in (["treatment"], ["study"]):
            return None  # "in both treatment arms", "in the study groups": all of them
        if own:
            return _made(own, before, grouped=True)
        rest = run[at + 1 :][:LONGEST]
        if rest:
            return _made(rest, before, grouped=True)
        people = run[at].text in ("women", "men")
        counted = people and (before in QUANTIFIERS or COUNTED_NOUN.match(folded, run[at].end))
        return _made(run[at : at + 1], before, grouped=True) if run[at].text in ALONE and not counted else None
    if before == "/" and run[0].text in UNITS:  # a measure, no name
        return None
    return _made(run[:LONGEST], before, grouped=False) if before in BROUGHT or before in OPENERS else None


def _calls(run: Sequence[_Token], at: int) -> bool:
    """Whether a group word leads its name: "group placebo", "study arm 2"; not "in the drug arm fever"."""
    said = run[at + 1].text
    led = len(said) <= SHORT or {t.text for t in run[:at]} <= NUMBERED_KINDS
    return led and not said.endswith(("ing", "ed"))


def _made(run: list[_Token], before: str, *, grouped: bool) -> Name:
    start, end = run[0].start, run[-1].end
    return Name(start, end, telling(" ".join(t.text for t in run)), before, grouped)


def told_of(folded: str, sentence: Sentence, known: re.Pattern[str] | None) -> Iterator[Name]:
    """Names told elsewhere, where a sentence repeats them."""
    for match in known.finditer(folded, sentence.start, sentence.end) if known else ():
        yield made(folded, *match.span(), "echo", grouped=False)


def vocabulary(folded: str, found: Sequence[Name], arms: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern of the names that a group word belongs to somewhere in the text, and of the trial's arms."""
    said = {folded[n.start : n.end] for n in found if n.grouped} | {a.lower() for a in arms}
    kept = sorted({s for s in said if len(s) > 1 and telling(s) - STOP and s not in GROUP}, key=lambda s: (-len(s), s))
    if not kept:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, kept))})(?!\w)")
