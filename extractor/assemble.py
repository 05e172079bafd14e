"""Facts of one document -> its record: the trial's own figures told from others', conflicts raised, silence listed.

Nothing is dropped here. A figure that is not the trial's own stays in the record with ``primary`` false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractor.calibration import calibrated
from extractor.claims import joined
from extractor.conflicts import conflicts
from extractor.declared import having
from extractor.model import NOT_READ, Document, Fact, Record
from extractor.places import placed

# parts of full texts that sentences' rules do not fit; a table's own reader gives its facts
OTHERS_PARTS = re.compile(
    r"(?:\d[.\d]*+\s*+)?(?:tables?\b|fig(?:ure|s)?\b|supplement|references|acknowledge?ments?|funding|"
    r"competing|conflicts? of|authors?|appendix|footnotes|notes|glossary|biography|abbreviations)",
    re.I,
)
# ends of a document's notes on what was not read, and the field that it may tell
UNREAD = {"not read (adverse events)": "adverse_event"}
HELPING = frozenset({"rule:deaths/table", "rule:dose/table"})
NO_TRIAL = frozenset({"review", "meta-analysis", "animal", "in-vitro"})


def assemble(document: Document, found: Iterable[Fact], looked_for: Sequence[str]) -> Record:
    """The record of `document`.

    Parameters
    ----------
    found : iterable of Fact
        In the order of the pipeline; the document's own given facts come first.
    looked_for : sequence of str
        Names of all fields that ran, in the order of the catalogue; those without a fact become ``not_found``.
    """
    read = outranked(document.given, elsewhere(map(calibrated, found)))
    given = beside(document.given, read)
    facts = tuple(placed(document, joined(demoted(list(unique([*given, *read]))))))
    present = {f.field for f in facts}
    unread = {field for note in document.notes for words, field in UNREAD.items() if note.endswith(words)}
    not_found = tuple(name + NOT_READ * (name in unread) for name in looked_for if name not in present)
    return Record(document, facts, tuple(conflicts(document, facts)), not_found)


def elsewhere(found: Iterable[Fact]) -> list[Fact]:
    """Of a full text: figures that rules for sentences read in tables, legends, or sections on others' work are not primary."""
    figures = having("figure")
    return [f.change(primary=False) if f.field in figures and _of_others(f) else f for f in found]


def _of_others(fact: Fact) -> bool:
    return bool(fact.evidence) and all(OTHERS_PARTS.match(item.part) for item in fact.evidence)


def outranked(given: Sequence[Fact], found: Iterable[Fact]) -> list[Fact]:
    """What was read from the text beside what the record states in its fields: of one value each, the record's is the trial's own.

    A report is of one kind, so that the kind read from the text gives way altogether.
    """
    stated = {fact.field for fact in given if fact.method.startswith("registry:")}
    single = having("single")
    kept = [fact for fact in found if not (fact.field == "report_kind" and fact.field in stated)]
    return [f.change(primary=False) if f.field in stated & single else f for f in kept]


def beside(given: Sequence[Fact], read: Iterable[Fact]) -> list[Fact]:
    """Facts of tables that only help out: doses and deaths that a sentence tells are not those of a table's row, too."""
    told = {fact.field for fact in read if fact.primary}
    return [f.change(primary=False) if f.method in HELPING and f.field in told else f for f in given]


def unique(facts: Iterable[Fact]) -> Iterable[Fact]:
    return {fact.key(): fact for fact in facts}.values()


def demoted(facts: list[Fact]) -> list[Fact]:
    """In a review or an animal study, figures of trials are others' figures: kept, but not primary."""
    kinds = {f.value.get("name") for f in facts if f.field == "report_kind"}
    if "other" in kinds and len(kinds) == 1:  # no report of a trial: columns of its tables are no arms
        return [f.change(primary=False) if f.method.endswith("/table") else f for f in facts]
    if not kinds & NO_TRIAL:
        return facts
    figures = having("figure")
    return [f.change(primary=False) if f.field in figures else f for f in facts]
