"""What rules take for the trial's own number of people: a count of the text, a sum of its groups, or one patient.

The counts come weighed from :mod:`extractor.people.candidates`; a total that only the groups' sizes give cites each of
them. What the trial's number is, is decided in :mod:`extractor.people.together`, where this is one voice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractor import patterns as re
from extractor.context.view import View
from extractor.people.candidates import Candidate, Cohort
from extractor.people.counted import BARE, NOUN, Count
from extractor.people.group import EACH, LISTED, SIZED, Group, Split
from extractor.quantities.ages import Age, ages
from extractor.words import Words

W = Words("people")

# "we report a patient with", "this case report describes the case of a woman"
CASE = re.compile(
    rf"\b{W.case_we}(?: (?:here|also|hereby|now))? {W.case_report}(?: on| here)? (?P<who>(?:an?|one|the) (?:case of an? )?(?:[a-z-]+ ){{0,4}}?{W.case_patient}\b)"
)
# "A child with autism ... was studied": a trial of one
SINGLE = re.compile(
    rf"(?<![\w,;] )(?<!\w)(?P<who>(?:an?|one|the) (?:[a-z-]+ ){{0,3}}?{W.single_patient}) (?:with|who|suffering|diagnosed)\b[^.]{{0,200}}? was {W.single_studied}\b"
)
# between two numbers: the second is part of the first, not beside it
NESTED = re.compile(rf"\b{W.nested}\b")
MOST_APART = 80  # characters between a group and the next that borrows its verb
RANDOMIZED_TO = re.compile(r"randomi[sz]|\bassigned\b|\ballocated\b")
MANY = 20  # listed numbers that reach this are people even where no noun says so
LOST_SHARE = 0.15  # of the people in a trial, so many may be missing from its groups' sizes
LEAST_SHARE = 0.2  # groups of one trial are of one order of size
LEAST = 0.5  # fewer points than this: no count in the text is the trial's total


@dataclass(frozen=True, slots=True)
class Total:
    """The trial's number of people, with the phrases that say it; a sum cites each part."""

    n: int
    kind: str
    at: tuple[tuple[int, int], ...]
    rule: str
    confidence: float
    derived: bool = False
    noun: str = ""  # kind of the noun: person, female, male
    count: Count | None = None


def by_rule(seen: View, found: Cohort) -> Total | None:
    """The number of people by the points of the counts and the sums of groups alone: one voice for the reader."""
    best = next((c for c in found.candidates if c.count.n > 1), None)
    if best and best.points < LEAST:
        best = None
    if best and "sum" not in best.features:
        summed = _summed(seen, found, best) or _outgrown(seen, found, best)
        return (_nearly(found, summed) or summed) if summed else stated(best, found)
    if best and (
        best.count.form == BARE or best.kind in ("treated", "analyzed")
    ):  # "150 women were randomised ... and 148 (71 and 77) were analysed"
        best = next((c for c in found.candidates if _begins(c, best)), best)
    return stated(best, found) if best else _summed(seen, found, None) or one(seen)


def stated(best: Candidate, found: Cohort) -> Total:
    rule = (
        "sum_agrees" if "sum" in best.features else best.kind if best.kind in ("randomized", "enrolled") else "stated"
    )
    second = next((c for c in found.candidates[1:] if c.count.n != best.count.n), None)
    margin = best.points - (second.points if second else 0.0)
    confidence = min(0.98, 0.75 + 0.07 * margin)
    count = best.count
    return Total(count.n, best.kind, ((count.start, count.end),), rule, confidence, noun=count.kind, count=count)


def _begins(candidate: Candidate, best: Candidate) -> bool:
    """Whether a count is of the people from whom those of `best` remained."""
    few_more = best.count.n < candidate.count.n <= best.count.n * (1 + LOST_SHARE)
    return (
        few_more
        and candidate.count.form in (NOUN, BARE)
        and bool(candidate.features & {"randomized", "before:randomized", "bare:randomized", "bare:enrolled"})
        and candidate.points > LEAST
    )


def _outgrown(seen: View, found: Cohort, best: Candidate) -> Total | None:
    """Groups people were randomised to, that are together more than the best count: then that count is a part."""
    for split in found.splits:
        sentence = seen.sentence_at(split.start)
        if (
            split.shape == SIZED
            and len(split.groups) > 1
            and not split.joined
            and split.total > best.count.n * (1 + LOST_SHARE)
            and RANDOMIZED_TO.search(seen.folded, sentence.start, sentence.end)
        ):
            return added(split, split.groups)
    return None


def _nearly(found: Cohort, summed: Total) -> Total | None:
    """A stated total that the groups all but reach: "81 were randomised. Forty underwent A; 40 underwent B; one was excluded"."""
    for candidate in found.candidates:
        if (
            summed.n <= candidate.count.n <= summed.n * (1 + LOST_SHARE)
            and candidate.points > 0
            and not candidate.features & {"planned", "served"}
        ):
            return stated(candidate, found)
    return None


def _summed(seen: View, found: Cohort, best: Candidate | None) -> Total | None:
    """The sum of groups that people were assigned to, where no total is written; `best` must be one of the groups."""
    for pair in found.pairs:
        if not seen.in_title(pair.start) and (best is None or pair.start <= best.count.start < pair.end):
            return Total(pair.total, "enrolled", ((pair.start, pair.end),), "sum_of_sexes", 0.85, True)
    for split in found.splits:
        groups = split.groups
        if seen.in_title(split.start) or not split.cued or split.joined:
            continue
        if best and (
            ("of" in best.features and "total" not in best.features and split.shape != EACH)
            or not any(g.start <= best.count.start + 1 and best.count.start < g.end for g in groups)
        ):
            continue
        if split.shape == EACH and split.k:
            return Total(
                split.total,
                "unspecified",
                (groups[0].name_at, (groups[0].start, groups[0].end)),
                "times_groups",
                0.8,
                True,
            )
        groups = _siblings(seen, split, best)
        if (
            split.shape in (SIZED, LISTED)
            and len(groups) > 1
            and min(g.n for g in groups) >= LEAST_SHARE * max(g.n for g in groups)
            and _of_people(seen, split, groups)
        ):
            return added(split, groups)
    return None


def _of_people(seen: View, split: Split, groups: tuple[Group, ...]) -> bool:
    """Whether small listed numbers are said of people: "3 vaccines and 6 boosters" are not."""
    return (
        split.shape == SIZED
        or sum(g.n for g in groups) >= MANY
        or any(" " in seen.text[g.start : g.end] for g in groups)
    )


def added(split: Split, groups: tuple[Group, ...]) -> Total:
    """The sum of groups; one of them may be the sum of the others: "(n = 179) were randomised to A (n = 88) or B (n = 91)"."""
    kind = "randomized" if split.shape == SIZED else "treated"
    together = sum(g.n for g in groups)
    for group in groups:
        if len(groups) > 2 and 2 * group.n == together:
            return Total(group.n, kind, ((group.start, group.end),), "sum_agrees", 0.9)
    return Total(together, kind, tuple((g.start, g.end) for g in groups), "sum_of_groups", 0.8, True)


def _siblings(seen: View, split: Split, best: Candidate | None) -> tuple[Group, ...]:
    """The run of neighbouring groups, said in one way, that holds `best`: none of them inside another."""
    runs: list[list[Group]] = []
    for group in split.groups:
        last = runs[-1][-1] if runs else None
        said = group.said or (
            last.said if last and group.start - last.end < MOST_APART else ""
        )  # "five had X and five Y"
        if last and last.said == said and not NESTED.search(seen.folded, last.end, group.start):
            runs[-1].append(replace(group, said=said))
        else:
            runs.append([group])
    held = [
        run
        for run in runs
        if best is None or any(g.start <= best.count.start + 1 and best.count.start < g.end for g in run)
    ]
    return tuple(held[0]) if held else ()


def one(seen: View) -> Total | None:
    """One person: "a 55-year-old man", "we report a patient with"."""
    for age in ages(seen.folded):
        if age.shape == "one" and seen.one_sentence(age.start, age.end):
            return Total(1, "treated", ((age.start, age.end),), "one_person", 0.85)
    match = next(
        (m for p in (CASE, SINGLE) for m in p.finditer(seen.folded) if seen.one_sentence(*m.span("who"))), None
    )
    return Total(1, "treated", (match.span("who"),), "one_person", 0.7) if match else None


def one_by_one(seen: View) -> list[Age]:
    """The ages of people who are told of one by one: "Case 1: a 34-year-old woman ... Case 2: a 29-year-old woman"."""
    return [a for a in ages(seen.folded) if a.shape == "one" and a.who and seen.one_sentence(a.start, a.end)]
