"""Facts of one document -> its record: the trial's own figures told from others', conflicts raised, silence listed.

Nothing is dropped here. A figure that is not the trial's own stays in the record with ``primary`` false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractor.calibration import calibrated
from extractor.conflicts import conflicts
from extractor.model import Document, Fact, Record

NO_TRIAL = frozenset({"review", "meta-analysis", "animal", "in-vitro"})
OF_ONE_VALUE = frozenset({"participants", "phase", "sex", "age", "deaths"})
TRIAL_FIGURES = frozenset(
    {
        "participants",
        "sex",
        "age",
        "arm",
        "dose",
        "administrations",
        "adverse_event",
        "deaths",
        "follow_up",
        "phase",
        "route_site",
    }
)


def assemble(document: Document, found: Iterable[Fact], looked_for: Sequence[str]) -> Record:
    """The record of `document`.

    Parameters
    ----------
    found : iterable of Fact
        In the order of the pipeline; the document's own given facts come first.
    looked_for : sequence of str
        Names of all fields that ran, in the order of the catalogue; those without a fact become ``not_found``.
    """
    read = outranked(document.given, map(calibrated, found))
    facts = tuple(demoted(list(unique([*document.given, *read]))))
    present = {f.field for f in facts}
    not_found = tuple(name for name in looked_for if name not in present)
    return Record(document, facts, tuple(conflicts(document, facts)), not_found)


def outranked(given: Sequence[Fact], found: Iterable[Fact]) -> list[Fact]:
    """What was read from the text beside what the record states in its fields: of one value each, the record's is the trial's own.

    A report is of one kind, so that the kind read from the text gives way altogether.
    """
    stated = {fact.field for fact in given if fact.method.startswith("registry:")}
    kept = [fact for fact in found if not (fact.field == "report_kind" and fact.field in stated)]
    return [f.change(primary=False) if f.field in stated & OF_ONE_VALUE else f for f in kept]


def unique(facts: Iterable[Fact]) -> Iterable[Fact]:
    return {fact.key(): fact for fact in facts}.values()


def demoted(facts: list[Fact]) -> list[Fact]:
    """In a review or an animal study, figures of trials are others' figures: kept, but not primary."""
    kinds = {f.value.get("name") for f in facts if f.field == "report_kind"}
    if not kinds & NO_TRIAL:
        return facts
    return [f.change(primary=False) if f.field in TRIAL_FIGURES else f for f in facts]
