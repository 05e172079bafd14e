"""In which order claims are checked: by what a mistake would do, then by doubt."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.declared import declared_fields
from extractor.review.claim import EVENT, OPEN, Claim

# what hangs on a claim, gravest first; the words stand on the page as the reason why it is asked now
CONFLICT, DEATH, POOLED, ZERO, DENIAL, RELATED, DOSE, REST = (
    "contradicted", "a death", "enters a pooled number", "a zero", "a denial", "relatedness", "a dose", "",
)  # fmt: skip
ORDER = (CONFLICT, DEATH, POOLED, ZERO, DENIAL, RELATED, DOSE, REST)
ENTERS = ("participants", "arm")  # whom a pooled number divides by


def consequences(claim: Claim) -> list[str]:
    """What a mistake in a claim would touch, gravest first; nothing for what was put aside."""
    value, found = claim.fact.value, set()
    if claim.put_aside:
        return []
    if claim.conflicts:
        found.add(CONFLICT)
    if claim.field == "deaths" or (claim.field == EVENT and value.get("term") == "death"):
        found.add(DEATH)
    if claim.field in ENTERS or (claim.field == EVENT and value.get("n") is not None):
        found.add(POOLED)
    if claim.field in (EVENT, "deaths") and (value.get("n") == 0 or value.get("assertion") == "absent"):
        found.add(ZERO)
    if value.get("assertion") == "none_reported":
        found.add(DENIAL)
    if value.get("related") is not None:
        found.add(RELATED)
    if claim.field in ("dose", "administrations"):
        found.add(DOSE)
    return [word for word in ORDER if word in found]


def rank(claim: Claim) -> tuple[bool, int, float, int]:
    """Where a claim stands in the queue, smallest first."""
    first = next(iter(consequences(claim)), REST)
    declared = declared_fields().get(claim.field)
    return claim.put_aside, ORDER.index(first), -round(claim.doubt, 3), declared.order if declared else 0


def queue(claims: Sequence[Claim]) -> list[Claim]:
    """The claims in the order in which they are to be checked; those put aside by the program last."""
    return sorted(claims, key=rank)


def left(claims: Sequence[Claim]) -> list[Claim]:
    """Claims that still need a word: the trial's own that nobody decided, or somebody left unsure."""
    return [c for c in queue(claims) if c.state in (OPEN, "unsure") and not c.put_aside]
