"""Names of groups that no run of words gives: lists after one group word, doses, one person of a group, the former and the latter.

"cohorts 1, 2 and 3", "one at 2 million, two at 5 million", "one low-dose patient", "one (13%) control", "9 without MSC".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.events.link.name import Name, made
from extractor.words import Words

W = Words("events")

_ITEM = r"(?<!\w)(?:\d{1,2}(?![\d.,]*\d|%)|[a-z](?![\w'])|[ivx]{1,4}(?!\w))"
# "cohorts 1, 2 and 3", "groups A, B, C and D": all but the first, which follows its group word
LISTED = re.compile(rf"\b{W.listed_groups} (?P<items>{_ITEM}(?:(?:, ?(?:and |or )?| and | or | & |/|-){_ITEM})+)(?!\w)")
ITEM = re.compile(_ITEM)
# "2, 3 and 1 in the 25, 75 and 150 million groups", "patients receiving tesolimab 30, 40 and 50 mg"
DOSES = re.compile(
    rf"\b{W.dose_lead} (?P<items>\d[\d.]*(?:(?:, ?(?:and |or )?| and | or )\d[\d.]*)+)[ -]?(?:{W.dose_unit}|{W.word_mg}\b)"
)
FIGURE = re.compile(r"\d[\d.]*")
# "two at 5 million", "none on 1 x 10^8 cells", "10 million per kg"
DOSE = re.compile(
    rf"(?:at|on|with|given|received|receiving|of) (?:the )?(?P<name>\d[\d.,]* ?{W.dose_unit}(?: ?{W.dose_cells})?(?: ?/ ?kg| per kg)?)"
)
# "one low-dose patient", "1 placebo subject", "one (13%) hmsc recipient"; no more than three words lie between
ONE = re.compile(
    rf"\b(?P<n>one|1|a|another|single)(?: [(\[]\d[\d.]* ?%[)\]])? (?P<name>(?:(?!{W.one_no_name}\b)[a-z0-9][\w+/.-]* ){{1,3}}){W.one_person}\b"
)
ONE_CONTROL = re.compile(
    r"\b(?:one|1|another)(?: [(\[]\d[\d.]* ?%[)\]])? (?:\w+ )?(?P<name>controls?)\b(?! (?:group|arm))"
)
# "3 (8.8%) hMSC versus 7 (36.8%) placebo patients"
AFTER_SHARE = re.compile(
    rf"\d ?[(\[]\d[\d.]* ?%[)\]] (?:of (?:the )?)?(?P<name>(?!{W.one_no_name}\b)[a-z][\w+/-]*(?:[ -](?!{W.one_no_name}\b)[\w+/-]+)?)(?= ?(?:patients|participants|subjects|recipients|controls|v\.?|vs\.?|versus|against|and|,|;|\.|\)))"
)
# "in two sprayed and three control sites", "in 6 transplanted and 12 control patients": one of the two is of controls
_SHORT = rf"(?!{W.one_no_name}\b)[a-z][\w+/-]+"
TWO = re.compile(
    rf"\b{W.in_turn_number}(?: [(\[]\d[\d.]* ?%[)\]])? (?P<first>(?:{_SHORT} )?{_SHORT})(?:,? and| versus| vs\.?| v\.?) {W.in_turn_number}(?: [(\[]\d[\d.]* ?%[)\]])? (?P<second>[a-z][\w+/-]+(?: [a-z][\w+/-]+)?) (?:{W.one_person}s?|{W.treated_units})\b"
)
CONTROL = re.compile(rf"\b{W.control}\b")
WITHOUT = re.compile(
    r"(?:\b(?:patients|participants|subjects|children|those|and|versus|vs)|\d|[)%]) (?P<name>without (?:the )?(?!any\b)[a-z][\w+-]*(?: (?:cells?|therapy))?)\b"
)
# "6 of 47 patients with and 11 of 46 without MSC", "12 patients with, and 9 without, cell therapy"
WITH_AND = re.compile(
    r"(?<=[a-z0-9)%] )(?P<name>with)(?:,| and| vs\.?| versus| against)[^.;]{1,40}?\bwithout,? (?:the )?(?P<what>[a-z][\w+-]*(?: (?:cells?|therapy))?)\b"
)
REFERRED = frozenset(("former", "latter"))  # no names: they stand for names
FORMER = re.compile(r"\bthe (?P<which>former|latter)\b")


def more_names(folded: str, sentence: Sentence, own: Sequence[Name]) -> Iterator[Name]:
    """Names besides those of runs; some lie over a run's name, and the caller keeps one of the two."""
    for match in WITH_AND.finditer(folded, sentence.start, sentence.end):
        what = made(folded, *match.span("what"), "with", grouped=True)
        yield replace(what, start=match.start("name"), end=match.end("name"), meant=match.span("what"))
    for match in TWO.finditer(folded, sentence.start, sentence.end):
        if bool(CONTROL.search(match["first"])) != bool(CONTROL.search(match["second"])):
            yield made(folded, *match.span("first"), "one", grouped=True)
            yield made(folded, *match.span("second"), "one", grouped=True)
    yield from _items(LISTED, ITEM, folded, sentence, "list")
    yield from _items(DOSES, FIGURE, folded, sentence, "list")
    for pattern, brought, grouped in (
        (DOSE, "dose", False),
        (ONE, "one", True),
        (ONE_CONTROL, "one", True),
        (AFTER_SHARE, "0", False),
        (WITHOUT, "without", True),
    ):
        for match in pattern.finditer(folded, sentence.start, sentence.end):
            start = match.start("name")
            yield made(folded, start, start + len(match["name"].rstrip()), brought, grouped=grouped)


def _items(
    pattern: re.Pattern[str], item: re.Pattern[str], folded: str, sentence: Sentence, brought: str
) -> Iterator[Name]:
    for match in pattern.finditer(folded, sentence.start, sentence.end):
        for one in item.finditer(folded, *match.span("items")):
            yield made(folded, *one.span(), brought, grouped=True)


def referred(folded: str, sentence: Sentence, told: Sequence[Name]) -> Iterator[Name]:
    """The former and the latter: names of the two groups that were told last."""
    for match in FORMER.finditer(folded, sentence.start, sentence.end):
        families: list[Name] = []
        for name in reversed([n for n in told if n.end <= match.start()]):
            if all(name.words != f.words for f in families):
                families.append(name)
            if len(families) == 2:
                meant = families[match["which"] == "former"]
                yield replace(meant, start=match.start("which"), end=match.end("which"), meant=(meant.start, meant.end))
                break
