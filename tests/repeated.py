"""Documents of one phrase over and over: what a broken export, a stuck key or an attacker makes of a text."""

from __future__ import annotations

UNITS = (
    "43 patients ", "arm A (n = 21), ", "died ", "headache ", "headache, ", "headache (n = 2), ",
    "headache in 2 patients, ", "no headache ", "no ", "and ", "the ", "group ", "Group A: 5; ", "10 mg ",
    "1 x 10(6) cells/kg ", "1×10^6 ", "6 months ", "at 6 months, ", "week 4, ", "mean age 57.3 years ", "57.3 ± 8.1 ",
    "(57.3) ", "5/20 ", "25% ", "5 (25%) ", "p < 0.05 ", "mesenchymal stem cells ", "bone marrow ", "intravenous ",
    "intrathecal and intravenous, ", "NCT01234567 ", "NCT01234567, ", "ALS ", "amyotrophic lateral sclerosis (ALS) ",
    "(ALS) ", "patients with ALS ", "were randomised to ", "placebo ", "in the placebo group ", "versus ",
    "serious adverse events ", "adverse events were ", "there were no serious adverse events. ", "Two patients died. ",
    "One patient had fever; ", "respectively, ", "two of ten ", "twenty-one ", "Methods: ", "METHODS ", "Results\n",
    "\n", " ", "\t", ". ", ", ", "; ", "- ", "-", "( ", ") ", "() ", "[1] ", '"', "a", "A. ", "e.g. ", "1", "1. ",
    "1,000 ", "1.1.", "et al. ", "doi:10.1000/x ", "16 women, 27 men; ", "phase I/II ", "open-label ",
    "approved by the ethics committee 36/2014 ", "autologous ", "every 2 months ", "followed up for 6 months ",
    "grade 3 or 4 headache ", "of whom ", "who ", "nausea and vomiting, ", "headache (5%), nausea (3%), ",
    "because of fever ", "e\u0301", "\u2009", "–", "<b>", "control group (n = 12) ",
    "five patients with ALS and six with MS ", "5 of 20 (25%) vs 3 of 21 (14%) ", "2, 3 and 4 patients, respectively, ",
)  # fmt: skip


def repeated(unit: str, size: int) -> str:
    """`unit` over and over, to `size` characters."""
    return (unit * (size // len(unit) + 1))[:size]
