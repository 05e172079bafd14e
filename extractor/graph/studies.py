"""Which counts of an outcome may be pooled: one row a trial, and the reason for each trial that has none.

What one trial gives is :mod:`extractor.graph.counts`'s. Here trials are chosen; left out, with the reason, are reports of
people of whom a preferred report gives a count too, retracted ones, and silence, which is no zero. A denial of the very class that is
asked for ("no serious adverse events") is a reported zero of that class; a denial of all events counts as a zero of each
of them only where `denials` asks for it, and never where the same report contradicts it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extractor.graph.counts import INFERRED, NOTHING, Counted, Left, Study, counted
from extractor.graph.nodes import Row
from extractor.graph.observations import ANY, REPORTED_ZERO, limit_words
from extractor.graph.review import CHOSEN_BY, Review
from extractor.link.control import CONTROL

__all__ = [
    "CONTROL", "INFERRED", "Choice", "Left", "Study", "as_rows", "characteristics_of", "counts_of", "fits", "judged", "left_rows",
    "not_chosen", "preferred_to", "studies",
]  # fmt: skip


ASKED_AS = {"conditions": "condition", "cell_types": "cells", "routes": "route"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked of :func:`studies`.

    Attributes
    ----------
    outcome : str
        ``any``, ``serious``, ``death`` or the term of an event.
    condition, cells, route : str
        Only trials whose condition, cells or route have this in their name; all where empty.
    denials : bool
        Count a denial of all events as a zero of the event that is asked for.
    without : tuple of str
        Trials or reports to leave out.
    overlaps : bool
        Also those of whose people a preferred report gives a count too.
    """

    outcome: str
    condition: str = ""
    cells: str = ""
    route: str = ""
    denials: bool = False
    without: tuple[str, ...] = ()
    overlaps: bool = False


def fits(trial: Row, choice: Choice) -> bool:
    """Whether a trial is one of those asked for; of all of them at once :meth:`Review.fitting` is faster."""
    wanted = zip((choice.condition, choice.cells, choice.route), CHOSEN_BY, strict=True)
    return all(not word or any(word.lower() in name.lower() for name in trial[field]) for word, field in wanted)


def studies(review: Review, choice: Choice) -> tuple[list[Study], list[Left]]:
    """Rows to pool, and what was left out, both in the order of the trials; those that were not asked for last."""
    found: list[Study] = []
    left: list[Left] = []
    for id, _, one in judged(review, choice):
        found += [_with_total(review, id, study) for study in one.rows]
        left += one.left
    return found, [*left, *not_chosen(review, choice.condition, choice.cells, choice.route)]


def counts_of(review: Review, event: str, chosen: Collection[str]) -> list[Study]:
    """The rows that :func:`studies` pools of an event in some trials, without a walk over all: for many events at once."""
    gives = review.counts(event)
    ids = [id for id in sorted(gives) if id in chosen and gives[id].rows and not review.node(id)["retracted"]]
    shadowed = review.shadowed(ids, lambda id: True)
    return [_with_total(review, id, row) for id in ids if id not in shadowed for row in gives[id].rows]


def not_chosen(
    review: Review, condition: str = "", cells: str = "", route: str = "", *, planned: bool = False
) -> list[Left]:
    """Trials of the store that are not of a choice, each with the reason.

    Parameters
    ----------
    condition, cells, route : str
        As for :meth:`Review.fitting`.
    planned : bool
        Whether trials that were only planned may be chosen.
    """
    chosen = {id for id, _ in review.fitting(condition, cells, route, planned=planned)}
    asked = [(f, word) for f, word in zip(CHOSEN_BY, (condition, cells, route), strict=True) if word]
    return [
        Left(t["name"], _why_not_chosen(review, t, asked, planned), t["name"])
        for id, t in review.trials()
        if id not in chosen
    ]


def _why_not_chosen(review: Review, trial: Row, asked: Sequence[tuple[str, str]], planned: bool) -> str:
    """The first thing asked for that a trial has not, or that it is no trial of people."""
    kinds = {review.node(r)["report_kind"] for r in trial["reports"]}
    if not trial["of_people"] and not (planned and "protocol" in kinds):
        return f"no trial of people that was done ({', '.join(sorted(k for k in kinds if k)) or 'of no known kind'})"
    for field, word in asked:
        if not any(word.lower() in name.lower() for name in trial[field]):
            name = ASKED_AS[field]
            return f"not asked for: {name} {f'is {chr(44).join(trial[field])}' if trial[field] else 'not reported'}".replace(
                ",", ", "
            )
    return "not asked for"


def judged(review: Review, choice: Choice) -> Iterator[tuple[str, Row, Counted]]:
    """Each trial of the choice in turn, with its id and what it gives; never nothing at all."""
    given, by_hand = _given(review, choice), {review.trial_named(name) for name in choice.without}
    trials = review.fitting(choice.condition, choice.cells, choice.route)
    shadowed = {} if choice.overlaps else preferred_to(review, choice)
    for id, trial in trials:
        if id in by_hand:
            reason = "left out as asked"
        elif trial["retracted"]:
            reason = "retracted"
        elif id in shadowed:
            reason = _same_people(review, *shadowed[id])
        else:
            one = given(id)
            if not (one.rows or one.left):
                said = [*review.denials.get(id, ()), *review.other_denials.get(id, ())]
                one = Counted((), (_silent(trial, said, choice),))
            yield id, trial, one
            continue
        yield id, trial, Counted((), (Left(trial["name"], reason, trial["name"]),))


def _with_total(review: Review, trial: str, study: Study) -> Study:
    """The study with the words for the size of its arm, where that is what its people at risk are taken from."""
    if study.total_from != "arm":
        return study
    sizes = [e for arm in study.arms for e in review.said_of_arm(trial, arm, study.document)]
    return replace(study, evidence=study.evidence + [e for e in sizes if e not in study.evidence])


def preferred_to(review: Review, choice: Choice) -> dict[str, tuple[str, str]]:
    """Trials of a choice whose people another trial has that gives a count of the outcome and is preferred.

    See :meth:`Review.shadowed`.
    """
    given = _given(review, choice)
    chosen = [id for id, _ in review.fitting(choice.condition, choice.cells, choice.route)]
    return review.shadowed(chosen, lambda id: not review.node(id)["retracted"] and bool(given(id).rows))


def _given(review: Review, choice: Choice) -> Callable[[str], Counted]:
    """What each trial gives for the outcome."""
    event = review.event_named(choice.outcome)
    known, observed = review.counts(event), review.by_trial(event)
    if not choice.denials:
        return lambda id: known.get(id, NOTHING)

    def given(id: str) -> Counted:
        zeros = [o for o in review.denials.get(id, ()) if _covers(o, choice)]
        if zeros:
            return counted(review.node(id), review.node, observed.get(id, ()), zeros, review.happened(id, event))
        return known.get(id, NOTHING)

    return given


def _same_people(review: Review, best: str, state: str) -> str:
    perhaps = "the same people" if state == "confirmed" else "perhaps the same people (not decided yet)"
    return f"{perhaps} as {review.node(best)['document']}, which is preferred"


def _covers(denial: Row, choice: Choice) -> bool:
    """Whether a denial of all events says a zero of the outcome."""
    return choice.outcome != "death" and denial["zero_basis"] == REPORTED_ZERO


def _silent(trial: Row, denied: Sequence[Row], choice: Choice) -> Left:
    name = trial["name"]
    if denied:
        words = denied[0]["evidence"][0]["quote"]
        limit = f", {said}" if (said := limit_words(denied[0])) else ""
        what = "a general denial" if denied[0]["scope"] == ANY else f"a denial of {denied[0]['event_name']}"
        return Left(name, f"{what} only (“{words}”{limit}), not a count of {choice.outcome}", name)
    return Left(name, "not mentioned: silence is no zero", name)


def characteristics_of(review: Review, study: Study) -> Row:
    """The node of the trial that a row is of."""
    return review.node(review.trial_named(study.trial))


def as_rows(found: Sequence[Study]) -> list[Row]:
    return [s.to_row() for s in found]


def left_rows(left: Sequence[Left]) -> list[dict[str, Any]]:
    return [one.to_row() for one in left]
