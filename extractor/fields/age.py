"""Age of the people studied (CONSORT 15): mean or median with spread, range, limits; one person's age is all three.

A limit counts where it is said of the people studied, not where it says who was eligible. Ages of single arms are kept
as not the trial's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.people.counted import counts
from extractor.quantities.ages import Age, ages

ELIGIBLE = re.compile(
    r"\b(?:eligib\w+|(?:inclusion|entry|selection) criteri\w+|inclusion|will|must|may|can|should|if they|whether|were invited|is to|are to|to be (?:included|enrolled|randomi)|qualif\w+|recruiting|exclu\w+|allows?|planned)\b"
)
STUDIED = re.compile(
    r"randomi[sz]|enrol|includ|recruit|assigned|allocated|divided|receiv|treated|underwent|studied|participated|completed|evaluated|investigated|compared|took part|conducted|performed|carried out|undergoing|examined|given|tested|analy[sz]ed|assessed|consist|compris|volunteers|selected|entered"
)
BACKGROUND = re.compile(
    r"\b(?:risk|prevalence|incidence|leading cause|population|common|worldwide|life expectancy|mortality|aged? (?:standardi|adjust))\b"
)
AFTER = re.compile(
    r"\b(?:subgroup|strat\w+|cut-?off|in (?:patients|those|women|men|children|subjects) |among (?:patients|those|women|men) |group(?:s)? (?:aged|of)|compared with those|older than|younger than)\b[^.]{0,20}$"
)
COMPARED = re.compile(
    r"^.{0,40}?(?:\bvs\.?|\bversus\b|respectively|\d (?:and|or) \d+(?:\.\d+)? (?:years|yr)|in the [a-z ]{2,40}group)"
)
PART = re.compile(r"\b(?:of whom|of which|of them|of these)\b[^.;]{0,25}$")  # "19 of whom were aged 18-24"
PER_ARM = re.compile(
    r"\b(?:in|for) (?:the )?(?:[\w+-]+ ){0,4}(?:group|arm|controls?|placebo)\b|\bof (?:the )?(?:[\w+-]+ ){0,3}(?:group|arm)\b"
)


@field(
    "age",
    value="{mean, sd, median, low, high, unit}",
    order=130,
    page=("People", "age"),
    figure=True,
    single=True,
    view={},
)
class AgeField(Field):
    """Age of the participants."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        kinds: set[bool] = set()
        for age in ages(seen.folded):
            sentence = seen.sentence_at(age.start)
            if age.end > sentence.end:
                continue
            central = age.shape == "centre"
            primary = central not in kinds and _own(seen, age, bool(kinds))
            if primary:
                kinds.add(central)
            value = {
                "mean": age.mean,
                "sd": age.sd,
                "median": age.median,
                "low": age.low,
                "high": age.high,
                "unit": age.unit,
            }
            yield self.fact(
                doc,
                value,
                [(age.start, age.end)],
                rule=age.shape if primary else "other",
                confidence=0.9 if primary else 0.6,
                primary=primary,
            )


def _own(seen: View, age: Age, already: bool) -> bool:
    """Whether an age is said of the trial's people."""
    sentence = seen.sentence_at(age.start)
    words = seen.folded[sentence.start : sentence.end]
    role = seen.role_at(age.start)
    if age.shape == "centre":
        after = seen.folded[age.end : min(sentence.end, age.end + 60)]
        phrase = seen.folded[max(sentence.start, age.start - 40) : age.end]
        return (
            not (COMPARED.search(after) or PER_ARM.search(after[:50]) or PER_ARM.search(phrase))
            and role != "background"
        )
    if age.shape == "one":
        return not already and role not in ("background", "conclusions")
    before = seen.folded[max(sentence.start, age.start - 60) : age.start]
    if ELIGIBLE.search(words) or role in ("background", "conclusions", "objective") or AFTER.search(before):
        return False
    if BACKGROUND.search(words) or PER_ARM.search(before) or PART.search(before):
        return False
    return bool(STUDIED.search(words)) or any(
        sentence.start <= c.start < age.start and c.n > 1 for c in counts(seen.folded)
    )
