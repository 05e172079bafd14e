"""Two readings of a full text as one: what the abstract says stands, and the pages behind it add to it.

Of what a trial has one of (its condition, its people), and of what names the product, values of the pages alone are the
trial's only where title and abstract are silent; else they are kept beside, not primary. So are doses, routes, designs and
counts of administrations of something else: co-medication, bags and flasks, staff, exercises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.events.dead import CAUSED
from extractor.model import ABSTRACT, TITLE, Document, Evidence, Fact
from extractor.quantities.durations import DAYS
from extractor.quantities.numbers import NUMBER_WORDS
from extractor.text import fold

SHORT = frozenset({TITLE, ABSTRACT})
# fields in which title and abstract decide where they speak
DECIDED = frozenset(
    {
        "report_kind",
        "condition",
        "cell_type",
        "cell_source",
        "donor",
        "route",
        "administrations",
        "participants",
        "phase",
        "follow_up",
        "deaths",
        "age",
        "sex",
    }
)


PRODUCT_FIELDS = frozenset({"cell_type", "cell_source", "donor", "route"})
BLINDING = frozenset({"open-label", "single-blind", "double-blind", "triple-blind", "blinded"})
PILOT = frozenset({"pilot", "feasibility"})
RESULTS = re.compile(r"(?:\d[.\d]*+\s*+)?(?:results?|outcomes?|findings|follow|safety|efficacy)\b", re.I)
# clauses in which a figure of a field is not the product's
NOT_GIVEN = re.compile(
    r"\b(?:bags?|vials?|flasks?|wells?|dish(?:es)?|plates?|plated|seeded|seeding|cultured?|density|cm\s*\^?2|frozen|cryo\w+|stored|harvested|collected|recovered|obtained|isolated|release[d]?|counted|yield\w*|mice|rats?)\b",
    re.I,
)
GIVEN = re.compile(r"\b(?:inject|infus|transplant|implant|administ|deliver|receiv|instill|given\b|dose[sd]?\b)", re.I)
_OTHER_DRUG_FORMS = (
    r"G-?CSF",
    r"filgrastim",
    r"heparin",
    r"antibiotics?",
    r"cyclospor\w+",
    r"tacrolimus",
    r"steroids?",
    r"\w*predniso\w+",
    r"dexamethasone",
    r"insulin",
    r"lidocaine",
    r"an(?:a)?esthe\w+",
    r"sedat\w+",
    r"contrast",
    r"saline flush",
    r"paracetamol",
    r"acetaminophen",
    r"aspirin",
    r"daily",
    r"(?:once|twice|times) (?:a|per) day",
    r"loc(?:us|i)",
    r"mg",
    r"mL? of (?:blood|marrow)",
    r"exercises?",
    r"physiotherapy",
    r"bent",
    r"washed",
    r"centrifug\w+",
    r"measured",
    r"scanned",
    r"visits?",
    r"aspirat\w+",
    r"layer",
)
OTHER_DRUG = re.compile(
    rf"\b(?:{'|'.join(_OTHER_DRUG_FORMS)})\b",
    re.I,
)
PRODUCT = re.compile(
    r"\bcells?\b|\bMSCs?\b|\bBM-?MNCs?\b|\bproduct\b|\bgraft\b|\bsuspension\b|\bstudy (?:drug|treatment)\b", re.I
)
# "Methotrexate was given intrathecally": what is given is named, and it is neither the product nor the people
OTHER_GIVEN = re.compile(
    r"^\W*(?P<what>(?:[\w-]+[ ,/]+){1,6})(?:was|were|is|are) (?:(?:then|also|routinely|first) )?(?:given|injected|infused|administered|delivered|started|continued|allowed)\b",
    re.I,
)
PEOPLE = re.compile(
    r"\b(?:patients?|participants?|subjects?|treatments?|infusions?|injections?|transplant\w*|doses?|drug|study|they|it|all|these|each|this|who|which|that)\b",
    re.I,
)
# "18 patients (15 women and 3 men, aged 25-78": people of the trial, counted
COUNTED = re.compile(
    rf"\b(?:\d+|{NUMBER_WORDS})\s+(?:[\w-]+\s+){{0,4}}(?:patients|participants|subjects|women|men|adults|children|infants|volunteers|people|boys|girls)\b",
    re.I,
)
STAFF = re.compile(
    r"^\s*(?:\w+ )?(?:pharmacists?|nurses?|staff|statisticians?|coordinators?|physicians?|surgeons?|monitors?|investigators?|personnel|team|technicians?|committee)\b",
    re.I,
)
TISSUE = re.compile(r"\s*(?:part|layer|tissue|fat|portion|space|plane|pocket)\b", re.I)
CLAUSE = re.compile(r"[.;]\s|\n")


def both(document: Document, short: Sequence[Fact], whole: Sequence[Fact]) -> list[Fact]:
    """Facts of title and abstract, and those of the whole text that other pages say, too.

    Parameters
    ----------
    short : sequence of Fact
        Read in title and abstract alone; empty where the report has nothing else.
    whole : sequence of Fact
        Read in all that the trial says of itself.
    """
    if not short:
        return list(whole)
    whole = [
        f.change(primary=False) if f.primary and behind(f) and of_something_else(document, f) else f for f in whole
    ]
    short = _but_part_of_the_dead(document, short, whole)
    short = _but_an_early_look(short, whole)
    told = {fact.field for fact in short if fact.primary}
    added = [fact for fact in whole if behind(fact)]
    kept = [f for f in added if not (f.field == "report_kind" and f.field in told)]
    blinding = {f.value.get("name") for f in short if f.field == "design" and f.primary} & BLINDING
    kept = [f.change(primary=False) if f.primary and weak(f, blinding) else f for f in kept]
    stands = [f for f in short if f.primary and f.field in DECIDED]
    return [
        *short,
        *(f.change(primary=False) if f.field in DECIDED & told and not _again(f, stands) else f for f in kept),
    ]


def _again(fact: Fact, stands: Sequence[Fact]) -> bool:
    """Whether the pages tell once more what the abstract tells: one claim of two places."""
    return any(f.field == fact.field and f.value == fact.value and f.arm == fact.arm for f in stands)


def _but_part_of_the_dead(document: Document, short: Sequence[Fact], whole: Sequence[Fact]) -> list[Fact]:
    """What the abstract says, but for deaths of one cause ("two patients who died of sepsis") where the pages count more."""
    most = max((f.value["n"] for f in whole if f.field == "deaths" and f.primary and behind(f)), default=0)

    def less(fact: Fact) -> bool:
        return (
            fact.field == "deaths" and fact.value["n"] < most and all(_of_a_cause(document, e) for e in fact.evidence)
        )

    return [f.change(primary=False) if less(f) else f for f in short]


def _but_an_early_look(short: Sequence[Fact], whole: Sequence[Fact]) -> list[Fact]:
    """What the abstract says, but for a time at which something was measured where the pages call a longer one follow-up."""
    called = [f for f in whole if f.field == "follow_up" and f.method.endswith("/called") and behind(f)]
    longest = max(map(_days, called), default=0.0)
    told = [f for f in short if f.field == "follow_up" and f.primary]
    if not told or any(not f.method.endswith("/assessed") or _days(f) >= longest for f in told):
        return list(short)
    return [f.change(primary=False) if f in told else f for f in short]


def _days(fact: Fact) -> float:
    return float(fact.value["high"] or fact.value["low"] or 0) * DAYS.get(fact.value["unit"], 0.0)


def _of_a_cause(document: Document, item: Evidence) -> bool:
    return CAUSED.match(fold(document.parts[item.part]), item.end or 0) is not None


def weak(fact: Fact, blinding: set[object]) -> bool:
    """Whether what the pages alone say of product or design is rather not the trial's own.

    A product that only the results name is another treatment of the patients; of two ways of blinding the abstract's is the
    trial's; a pilot that title and abstract do not call so is another study.
    """
    if any(item.part in SHORT for item in fact.evidence):
        return False
    if fact.field in PRODUCT_FIELDS:
        return all(RESULTS.match(item.part) for item in fact.evidence)
    name = fact.value.get("name")
    return fact.field == "design" and (name in PILOT or (name in BLINDING and bool(blinding) and name not in blinding))


def behind(fact: Fact) -> bool:
    """Whether a fact has words outside title and abstract."""
    return not fact.evidence or any(item.part not in SHORT for item in fact.evidence)


# ---------------------------------------------------------------- whose figure


def of_something_else(document: Document, fact: Fact) -> bool:
    """Whether the words around a fact say that it is no dose, route, design or administration of the product."""
    around = [clause(document, item) for item in fact.evidence]
    if fact.field == "dose":
        return all(NOT_GIVEN.search(text) and not GIVEN.search(text) for text in around)
    if fact.field == "route" and all(TISSUE.match(following(document, item)) for item in fact.evidence):
        return True
    if fact.field == "route":
        title = document.parts.get(TITLE, "").lower()
        return all(
            (OTHER_DRUG.search(text) or _other_given(text, title)) and not PRODUCT.search(text) for text in around
        )
    if fact.field == "administrations":
        return all(OTHER_DRUG.search(text) or not GIVEN.search(text) for text in around)
    if fact.field == "age":
        return all(_limits_of_entry(fact, document, item) for item in fact.evidence)
    if fact.field == "design" and fact.value.get("name") == "open-label":
        return all(STAFF.search(following(document, item)) for item in fact.evidence)
    return False


def _limits_of_entry(fact: Fact, document: Document, item: Evidence) -> bool:
    """Whether limits of age in the methods say who may enter: nobody is counted beside them, and they are no mean."""
    if fact.value.get("mean") is not None or fact.value.get("median") is not None or RESULTS.match(item.part):
        return False
    before = document.parts[item.part][: item.start or 0][-120:]
    return not item.row and COUNTED.search(re.split(r"[.;\n]\s", before)[-1]) is None


def _other_given(text: str, title: str) -> bool:
    """Whether a clause says that something else was given: its subject is neither people nor a word of the title."""
    match = OTHER_GIVEN.match(text)
    if match is None or PEOPLE.search(match["what"]):
        return False
    return not any(word in title for word in re.findall(r"[a-z][\w-]{4,}", match["what"].lower()))


def clause(document: Document, item: Evidence) -> str:
    """The clause that holds a quote."""
    text, start, end = document.parts[item.part], item.start or 0, item.end or 0
    breaks = [m.end() for m in CLAUSE.finditer(text, max(0, start - 400), start)]
    last = CLAUSE.search(text, end)
    return text[breaks[-1] if breaks else max(0, start - 400) : last.start() if last else end + 400]


def following(document: Document, item: Evidence) -> str:
    return document.parts[item.part][item.end or 0 : (item.end or 0) + 60]
