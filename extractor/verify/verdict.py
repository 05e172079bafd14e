"""What one check says, and what the checks of events share: was a denial left out of the quote, is a term denied?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.events.denials import denials, denied_after
from extractor.verify.cells import Place
from extractor.verify.reading import Found, Reading
from extractor.words import Words

W = Words("verify")

PRESENT, ABSENT, NONE_REPORTED = "present", "absent", "none_reported"
CUT = re.compile(rf"\b{W.cut}\s*\Z")


TURNS = re.compile(rf";|\b{W.turns_but}\b")
NEGATED = re.compile(rf"\b{W.negated}\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says; ``at`` is the place of the words that decide."""

    value: str
    reasons: tuple[str, ...] = ()
    at: Place | None = None
    how: str = ""
    facts: tuple[Found, ...] = ()


def cut_off(reading: Reading, quote: Place, span: Place) -> Place | None:
    """The denial that stands right before the quote, in the same sentence, and was left out of it."""
    before = CUT.search(reading.folded, span.start, quote.start)
    if before:
        return Place(before.start(), quote.start)
    for denial in denials(reading.folded, span.start, span.end):
        if (
            denial.end <= quote.start
            and denial.covers(quote.start, min(quote.end, denial.scope[1]))
            and not TURNS.search(reading.folded, denial.end, quote.end)
        ):
            return Place(denial.start, denial.end)
    return None


def is_denied(reading: Reading, mention: tuple[int, int], span: Place) -> bool:
    """Whether a cue of the sentence denies the term at `mention`."""
    found = denials(reading.folded, span.start, span.end)
    if any(d.covers(*mention) for d in found) or denied_after(reading.folded, mention[1], span.end):
        return True
    return any(
        f.fact.value.get("assertion") != PRESENT and any(p.start <= mention[0] < p.end for p in f.places)
        for f in reading.of_field("adverse_event")
    )


def place_of(found: Found) -> Place | None:
    return Place(found.places[0].start, max(p.end for p in found.places[:1])) if found.places else None
