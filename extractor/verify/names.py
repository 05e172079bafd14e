"""Does a name follow: condition, cells, source, donor, route, site, phase, design, identifiers?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.text import fold
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.reading import Found, Reading
from extractor.verify.verdict import Verdict
from extractor.verify.words import keys, same_term

ONE_OF = frozenset({"donor", "phase", "route", "cell_source"})  # another name in the same words contradicts
GENERIC = frozenset(
    {"local injection", "inhalation", "topical", "oral", "parenteral"}
)  # other words name a kind of these
NUMBERED = frozenset({"registry_id", "ethics_approval"})
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
PHASE = re.compile(
    r"\bphases?[\s-]*(?P<name>(?:[1-4]|i{1,3}|iv)[ab]?(?:\s*(?:/|-|to|and)\s*(?:[1-4]|i{1,3}|iv)[ab]?)?)(?![\w])"
)


def check(reading: Reading, cell: Cell, span: Place, quote: Place | None) -> Verdict:
    """One claim of a name against one stretch of sentences."""
    if cell.field in NUMBERED:
        return _identifier(reading, cell, quote or span)
    name = str(cell.value.get("name") or "")
    ours = reading.of_field(cell.field)
    same = [f for f in ours if named_alike(cell.field, str(f.fact.value.get("name") or ""), name)]
    near = [f for f in ours if f.near(span)]
    if agreed := [f for f in same if f.near(span)] or ([] if quote else same):
        at = agreed[0].places[0] if agreed[0].places else None
        if not any(f.fact.primary for f in agreed):
            return Verdict(NOT_DERIVABLE, (), at, "not_own", tuple(agreed))
        return Verdict(FOLLOWS, (), at, "read", tuple(agreed))
    if cell.field == "phase":
        return _phase(reading, name, quote or span, quote is not None)
    if cell.field == "report_kind":
        return Verdict(FOLLOWS if same else NOT_DERIVABLE, (), None, "read" if same else "differs", tuple(same or ours))
    if places := reading.mentions(name, quote or span):
        return Verdict(FOLLOWS if quote else NOT_DERIVABLE, (), Place(*places[0]), "told", tuple(near))
    if same and quote:
        return Verdict(FOLLOWS, (), quote, "read_elsewhere", tuple(same))
    others = [f for f in near if quote and any(quote.start <= p.start < quote.end for p in f.places)]
    if cell.field in ONE_OF and others and name.lower() not in GENERIC:
        return Verdict(CONTRADICTS, ("term",), others[0].places[0], "other_name", tuple(others))
    return Verdict(NOT_DERIVABLE, (), None, "no_name", tuple(near))


def named_alike(field: str, ours: str, theirs: str) -> bool:
    """Whether two names say one thing; a phase is compared letter by letter."""
    if field in ("phase", "donor", "report_kind"):
        return phase_name(ours) == phase_name(theirs) if field == "phase" else keys(ours) == keys(theirs)
    if field in ("condition", "cell_type"):
        return same_term(ours, theirs)
    return keys(ours) == keys(theirs)


def phase_name(words: str) -> str:
    """A phase in the contract's form.

    >>> phase_name("I/IIa"), phase_name("phase 2")
    ('1/2a', '2')
    """
    pieces = re.findall(r"(iv|i{1,3}|[1-4])([ab]?)", fold(words).replace("phase", ""))
    return "/".join(ROMAN.get(number, number) + letter for number, letter in pieces)


def _phase(reading: Reading, name: str, span: Place, quoted: bool) -> Verdict:
    found = list(PHASE.finditer(reading.folded, span.start, span.end))
    said = [m for m in found if phase_name(m["name"]) == phase_name(name)]
    if said:
        return Verdict(FOLLOWS, (), Place(*said[0].span()), "told")
    if found and quoted:
        return Verdict(CONTRADICTS, ("term",), Place(*found[0].span()), "other_name")
    return Verdict(NOT_DERIVABLE, (), None, "no_name")


def _identifier(reading: Reading, cell: Cell, span: Place) -> Verdict:
    wanted = bare(str(cell.value.get("id") or ""))
    ours: Sequence[Found] = [
        f for f in reading.of_field(cell.field) if bare(str(f.fact.value.get("id") or "")) == wanted
    ]
    if wanted and (match := _spelled_out(reading.folded, wanted, span)):
        return Verdict(FOLLOWS, (), match, "read" if ours else "told", tuple(ours))
    if wanted and ours:
        return Verdict(FOLLOWS, (), ours[0].places[0] if ours[0].places else None, "read", tuple(ours))
    near = [f for f in reading.of_field(cell.field) if f.near(span)]
    if near:
        return Verdict(CONTRADICTS, ("number",), near[0].places[0], "other_name", tuple(near))
    return Verdict(NOT_DERIVABLE, (), None, "no_name")


def _spelled_out(folded: str, wanted: str, span: Place) -> Place | None:
    pattern = r"[\s:#./-]*".join(map(re.escape, wanted))
    match = re.search(rf"{pattern}(?![a-z0-9])", folded[span.start : span.end])
    return Place(span.start + match.start(), span.start + match.end()) if match else None


def bare(identifier: str) -> str:
    """An identifier without prefix and punctuation."""
    return re.sub(r"^(?:eudract|euctr|ctis|jprn-?)|[\s:#./-]", "", identifier.lower())
