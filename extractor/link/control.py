"""Which groups of a trial are its controls, by their names and by those beside them.

"X alone" beside "cells + X" is the control of it, whatever X is; so is a group whose name names no cells where another's
does. A group with cells in its name was treated, whatever else it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

CONTROL = re.compile(
    r"\b(?:placebo|control(?:s|led)?|sham|dummy|vehicle|saline|(?:usual|routine|supportive) (?:care|treatment|therapy)|"
    r"(?:standard|conventional) (?:of care|(?:medical |drug )?(?:treatment|therapy|care|medication))|no (?:treatment|intervention|therapy)|"
    r"un-?treated|non-?treated|non-?treatment|withheld|wait(?:ing)?[- ]?list|observation(?:al)? (?:group|arm|only)|"
    r"(?:riluzole|medication|drugs?) (?:alone|only)|medical (?:therapy|treatment) (?:alone|only)|natural history|comparator)\b", re.I,
)  # fmt: skip
# a group with one of these words in its name was given cells, whatever it was given beside them ("MSC + standard care") ...
CELLS = re.compile(
    r"\b(?:cells?|[\w-]*(?:mscs?|mncs?|ascs?|adscs?|adrcs?|nscs?|hscs?|epcs?|oecs?)|bmac|svf|stem|stromal|marrow|treg\w*|exosomes?|"
    r"cd\d+\+?|[a-z]{4,}(?:cel|trocel)|nurown|transplant\w*)(?!\w)", re.I,
)  # fmt: skip
# ... unless the name says that it was not
NO_CELLS = re.compile(
    r"\b(?:without|no|not|non|minus|instead of|lacking|match(?:ed|ing)?(?: to)?|for|before|delayed)\W++(?:\w++\W++){0,5}?"
    r"(?:cells?|\w*mscs?|\w*mncs?|stem|stromal|transplant\w*)\b(?:[ -]cells?\b)?|\bcell[ -]?free\b", re.I,
)  # fmt: skip
ALONE = re.compile(r"\b(?:alone|only|monotherapy)\b", re.I)
# a control by its first word, whatever stands in brackets behind it, unless something was given after or beside it
FIRST = re.compile(
    r"^\W*(?:placebo|sham|control|vehicle|saline)\b(?!.*(?:\+|\bplus\b|\band\b|\bwith\b|\bthen\b|\bfollowed\b))", re.I
)
# people who were given nothing, though cells were taken of them
GIVERS = re.compile(
    r"\b(?:donors|volunteers|healthy (?:controls?|subjects?|people|individuals)|care-?givers)\W*$", re.I
)
# names that say no more than that a group was treated, so that they may be another name of a group beside them
GENERIC = re.compile(
    r"^(?:(?:the|all|overall|treat(?:ed|ment)|experimental|intervention(?:al)?|active|verum|study|test|therapy|group|arm|cohort|patients?|participants?|subjects?)\W*)+$",
    re.I,
)
# names of times or of turns, at which the same people are counted again
TIMES = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|visits?|cycles?|periods?|infusions?|injections?|administrations?)\s*\d|"
    r"\d+\s*-?(?:day|week|month|year|hour)s?\b|\b(?:first|second|third|fourth|last|1st|2nd|3rd|4th)\s+(?:dose|infusion|injection|administration|"
    r"treatment|transplantation|cycle|period|year|month|week|day)\b|\b(?:baseline|follow-?up|before|after|during|pre-?treatment|post-?treatment)\b", re.I,
)  # fmt: skip
# names that tell groups of treated people apart without naming what they were given
TELLING_APART = re.compile(
    r"\b(?:dos(?:e|es|ed|ing|age)|cohort|high(?:er|est)?|low(?:er|est)?|mid(?:dle)?|medium|single|repeat(?:ed)?|double|multiple|once|twice|"
    r"first|second|third|early|late|treat(?:ed|ment)|experimental|intervention(?:al)?|active|verum|study|test|infusion|injection|recipients?|"
    r"autologous|allogen[ei]+c|intra\w+|intravenous|iv|it|im|epidural|lumbar|total|overall|all|million|kg|[\d.,×x^]+|[a-h]|i{1,3}v?)\b", re.I,
)  # fmt: skip
JOINED = re.compile(r"\s*(?:[+&,;/]|\b(?:and|plus|with|combined with|in addition to|on top of|followed by)\b)\s*", re.I)
FILLING = re.compile(r"\b(?:alone|only|monotherapy|the|a|group|arm|patients?|subjects?|participants?)\b|[()\[\]]", re.I)
# words beside a count that say whose it is
OF_CONTROLS = re.compile(
    r"\b(?:placebo|sham|controls|control(?:led)?[ -](?:group|arm|patients?|subjects?|participants?|cohort|recipients?|individuals?)|"
    r"(?:untreated|comparator|vehicle|saline)[ -](?:group|arm|patients?|subjects?|participants?|recipients?)|in (?:the )?control\b)", re.I,
)  # fmt: skip


@lru_cache(maxsize=10_000)
def is_control(arm: str) -> bool:
    """Whether an arm's name alone is that of a control group: cells beside a control's treatment are none."""
    if FIRST.search(arm) or GIVERS.search(arm):
        return True
    return CONTROL.search(arm) is not None and not names_cells(arm)


@lru_cache(maxsize=10_000)
def names_cells(arm: str) -> bool:
    """Whether a name says that its people were given cells."""
    return CELLS.search(NO_CELLS.sub(" ", arm)) is not None


def controls(names: Iterable[str]) -> frozenset[str]:
    """The control groups among the groups of one trial, in lower case."""
    return _controls(frozenset(key(name) for name in names))


def key(arm: str) -> str:
    """An arm's name as it is compared."""
    return " ".join(arm.lower().split())


@lru_cache(maxsize=10_000)
def _controls(names: frozenset[str]) -> frozenset[str]:
    found = {name for name in names if is_control(name)}
    given_cells = any(names_cells(name) for name in names)
    for name in names - found:
        if names_cells(name):
            continue
        beside = names - {name}
        without_cells = given_cells and not TELLING_APART.search(name)
        if without_cells or (ALONE.search(name) and beside) or _is_part_of_another(name, beside):
            found.add(name)
    return frozenset(found)


def _is_part_of_another(name: str, beside: frozenset[str]) -> bool:
    """Whether another group was given the same and more; a group that only sums up others is no such group."""
    mine = _parts(name)
    if TELLING_APART.search(name) or not mine:
        return False
    known = {part for other in beside for part in _parts(other) if len(_parts(other)) == 1}
    return any(mine < _parts(other) and not _parts(other) - mine <= known for other in beside)


@lru_cache(maxsize=10_000)
def _parts(name: str) -> frozenset[str]:
    """What a group was given, by its name."""
    return frozenset(part for part in (" ".join(FILLING.sub(" ", p).split()) for p in JOINED.split(name)) if part)
