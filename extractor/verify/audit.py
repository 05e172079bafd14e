"""The counts of a published meta-analysis against its papers: said, denied, silent, contradicted, or not to be told."""

from __future__ import annotations

from extractor.verify.cells import CONTRADICTS, FOLLOWS, Answer

SAID, DENIED, SILENT, CONTRADICTED, UNTOLD, NO_TEXT = (
    "said",
    "denied",
    "silent",
    "contradicted",
    "not derivable",
    "no text",
)
STATES = {
    SAID: "the paper gives this count",
    DENIED: "the paper says that it did not happen, without a number",
    SILENT: "a zero that the paper does not report",
    CONTRADICTED: "the paper gives another count",
    UNTOLD: "the paper was read and gives neither this count nor another",
    NO_TEXT: "the paper was not given",
}
STATED_ZERO = frozenset({"zero"})


def state_of(answer: Answer) -> str:
    """What the paper says to a count."""
    if answer.value == CONTRADICTS:
        return CONTRADICTED
    if "silent_zero" in answer.reasons:
        return SILENT
    if answer.value != FOLLOWS:
        return UNTOLD
    zero = not answer.cell.value.get("n")
    stated = answer.how in STATED_ZERO or any(f.value.get("n") == 0 or f.value.get("percent") == 0 for f in answer.read)
    return DENIED if zero and not stated else SAID
