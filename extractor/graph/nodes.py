"""The words of the graph: kinds of nodes and edges, CURIE ids, and evidence as plain data."""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import Any
from urllib.parse import quote

from extractor.model import Document, Evidence, Fact

TRIAL, ARM, PRODUCT, ROUTE, DOSE, CONDITION = "Trial", "Arm", "Product", "Route", "DoseRegimen", "Condition"
EVENT, OBSERVATION, PUBLICATION, SOURCE_RECORD = "AdverseEvent", "AEObservation", "Publication", "SourceRecord"
REPORT_KINDS = (PUBLICATION, SOURCE_RECORD)
CELL, TISSUE = "CellType", "Tissue"
NODE_KINDS = (
    TRIAL, ARM, PRODUCT, ROUTE, DOSE, CONDITION, EVENT, OBSERVATION, PUBLICATION, SOURCE_RECORD, CELL, TISSUE,
)  # fmt: skip

HAS_ARM, RECEIVES, GIVEN_BY, AT_DOSE, STUDIES = "HAS_ARM", "RECEIVES", "GIVEN_BY", "AT_DOSE", "STUDIES"
REPORTS, OF_EVENT, REPORTED_IN, DERIVED_FROM = "REPORTS", "OF_EVENT", "REPORTED_IN", "DERIVED_FROM"
OF_CELLS, FROM_TISSUE = "OF_CELLS", "FROM_TISSUE"
LINKED_TO, SAME_COHORT_AS, DIFFERS_FROM = "LINKED_TO", "SAME_COHORT_AS", "DIFFERS_FROM"
BETWEEN_REPORTS = frozenset({LINKED_TO, SAME_COHORT_AS, DIFFERS_FROM})  # said of reports, not by them
EDGE_KINDS = (
    HAS_ARM, RECEIVES, GIVEN_BY, AT_DOSE, STUDIES, REPORTS, OF_EVENT, REPORTED_IN, DERIVED_FROM, LINKED_TO, SAME_COHORT_AS,
    DIFFERS_FROM, OF_CELLS, FROM_TISSUE,
)  # fmt: skip

ALL = "all participants"  # the arm of what is said of the whole trial
UNREVIEWED, CURATED = "unreviewed", "curated"
QUOTED_START = 80  # characters of a text that stand for a report without a title
CURIE = re.compile(r"[A-Za-z][\w.-]*:\S+")
# prefixes of records and vocabularies, and what the Biolink model calls them
PREFIXES = {
    "mesh": "MESH", "mondo": "MONDO", "cl": "CL", "uberon": "UBERON", "pubmed": "PMID", "clinicaltrials": "CLINICALTRIALS",
}  # fmt: skip
Row = dict[str, Any]


def standard(id: str) -> str:
    """A CURIE with the prefix that others join by.

    >>> standard("mesh:D006261"), standard("CTCAE5:0564")
    ('MESH:D006261', 'CTCAE5:0564')
    """
    prefix, _, local = id.partition(":")
    return f"{PREFIXES[prefix]}:{local}" if prefix in PREFIXES else id


@lru_cache(maxsize=10_000)
def curie(kind: str, *words: object) -> str:
    """An id of our own; what may not stand in a CURIE is escaped.

    >>> curie("route", "intra thecal")
    'trialspan.route:intra_thecal'
    """
    text = "/".join("_".join(str(w).lower().split()) for w in words)
    return f"trialspan.{kind}:{quote(text, safe='/-_.+()', errors='surrogatepass')}"


def evidence(document: str, found: tuple[Evidence, ...]) -> list[Row]:
    """Evidence as plain data, with the report that it is of."""
    return [{"document": document, **one.to_dict(), "part": intern(one.part)} for one in found]


def of_report(document: Document) -> list[Row]:
    """The words that stand for a report as a whole: its title, else how it begins, else its first stated value."""
    for part, text in document.parts.items():
        if text.strip():
            end = len(text) if part == "title" else min(len(text), QUOTED_START)
            return evidence(document.id, (Evidence(part, text[:end], 0, end),))
    return [e for fact in document.given[:1] for e in evidence(document.id, fact.evidence)]


def claim(document: str, fact: Fact) -> Row:
    """What an edge or observation says of its origin."""
    return {
        "evidence": evidence(document, fact.evidence),
        "source": document,
        "agent": intern(fact.method),
        "review": CURATED if fact.method.startswith("curator:") else UNREVIEWED,
        "confidence": round(fact.confidence, 4),
    }


def origin(document: Document) -> Row:
    """The same for an edge that only says that a report is there."""
    return {
        "evidence": of_report(document),
        "source": document.id,
        "agent": f"reader:{document.source}",
        "review": UNREVIEWED,
        "confidence": 1.0,
    }
