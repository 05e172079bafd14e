"""What a person calls a study: "Barczewska 2019", "Mazzini 2010a"; one function for every table, figure and page.

A label depends on the reports alone, never on how they are linked, and no two reports share one. The id of a report is
another thing, and stands in a column of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_lowercase

from extractor.declared import registers
from extractor.identity import folded
from extractor.model import Document

# "barczewska2019", "mazzini2010b": an id that is a label already
NAMED = re.compile(r"(?:^|[-_])(?P<name>[^\W\d_]{2,})[-_ ]?(?P<year>(?:19|20)\d\d)(?P<letter>[a-z])?(?:\b|_|-|$)")
PREFERRED = (
    "preferred"  # in the metadata of a trial that was made one record: the id of the report that it is called by
)
INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}")
MOST_WORDS = 4  # of a title or a sponsor
LITTLE = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"]
)


def labels(documents: Iterable[Document]) -> dict[str, str]:
    """The label of each report, by its id; those of one author and year bear letters in the order of their titles."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        found.setdefault(_bare(document), []).append(document)
    made: dict[str, str] = {}
    for bare, same in found.items():
        same.sort(key=lambda d: (folded(d.title or ""), d.id))
        for place, document in enumerate(same):
            made[document.id] = bare if len(same) == 1 else f"{bare}{_letter(place, bare)}"
    return made


def _letter(place: int, bare: str) -> str:
    """a, b, ... z, aa, ab after a year; a number after anything else."""
    if not bare[-1:].isdigit():
        return f" ({place + 1})"
    first, last = divmod(place, len(ascii_lowercase))
    return (ascii_lowercase[first - 1] if first else "") + ascii_lowercase[last]


def _bare(document: Document) -> str:
    year = f" {document.year}" if document.year else ""
    if document.source not in registers() and document.authors:
        return f"{family_name(document.authors[0])}{year}"
    if match := NAMED.search(str(document.metadata.get(PREFERRED) or document.id)):
        return f"{match['name'].capitalize()} {match['year']}"
    words = document.authors[0] if document.authors else document.title or document.id
    return f"{_short(words)}{year}"


def family_name(name: str) -> str:
    """The family name of an author, as it is written.

    >>> family_name("de la Cruz ML"), family_name("Lind, Ada"), family_name("Ada Lind")
    ('de la Cruz', 'Lind', 'Lind')
    """
    first, comma, _ = name.partition(",")
    words = first.split()
    if comma or len(words) < 2:
        return first.strip()
    return " ".join(words[:-1]) if INITIALS.fullmatch(words[-1]) else words[-1]


def _short(text: str) -> str:
    """The first words that say something."""
    words = [w.strip(".,:;()[]") for w in text.split()]
    return " ".join([w for w in words if w and w.lower() not in LITTLE][:MOST_WORDS])
