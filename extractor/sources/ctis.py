"""CTIS, the EU's present register: a trial as its public site gives it, JSON, one or a list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import whole
from extractor.sources.paths import Node
from extractor.sources.register_facts import Plan, register_document


def sniff(head: bytes) -> float:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    return 0.97 if start[:1] in (b"{", b"[") and b'"ctNumber"' in start else 0.0


@reader("ctis", sniff=sniff, suffixes=(".json",), rank=525, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """EU CTIS: trials as JSON."""
    text = whole(stream).lstrip("\ufeff")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"broken or truncated JSON: {error}") from error
    if isinstance(found, dict):
        found = found.get("data") if isinstance(found.get("data"), list) else [found]
    for number, trial in enumerate(found, 1):
        yield attempt(lambda: _document(trial, f"{stem}:{number}"), f"trial {number}")  # noqa: B023


def _document(data: Any, otherwise: str) -> Document:
    if not isinstance(data, dict) or not data.get("ctNumber"):
        raise ParseError("no ctNumber: not a trial of CTIS")
    root = Node(data)
    part = ("authorizedApplication", "authorizedPartI", "trialDetails")
    named, told = (*part, "clinicalTrialIdentifiers"), (*part, "trialInformation")
    info = root.at(*told)
    full = root.first((*named, "fullTitle"), ("ctTitle",))
    public = root.first((*named, "publicTitle"), ("ctPublicTitle",))
    conditions = [c.at("medicalCondition") for c in info.at("medicalCondition", "partIMedicalConditions")]
    included = info.at("eligibilityCriteria", "principalInclusionCriteria")
    size = root.at("totalNumberEnrolled")
    if size.value is None:
        size = root.at("trialDetails", "numberOfSubjects")
    plan = Plan(
        reader="ctis",
        source="ctis",
        number=root.at("ctNumber"),
        title=public.text or full.text,
        scientific_title=full.text,
        texts={
            ABSTRACT: info.at("trialObjective", "mainObjective").text,
            "eligibility": "\n".join(c.at("principalInclusionCriteria").text for c in included),
        },
        size=size,
        status=root.first(("ctStatus",), ("ctPublicStatus",)),
        phase=root.first(("trialPhase",), (*told, "trialCategory", "trialPhase")),
        designs=[root.at(*named, "fullTitle"), root.at("ctTitle")],
        conditions=conditions or [root.at("conditions")],
        registered=root.first(("decisionDate",), ("decisionDateOverall",), ("publishDate",)),
        others=[
            root.at(*named, "secondaryIdentifyingNumbers", "nctNumber", "number"),
            root.at("shortTitle"),
            root.at("eudraCtNumber"),
        ],
        sponsor=[s for s in [root.at("sponsor").text] if s],
        started=root.at("startDateEU").text,
        updated=root.at("lastUpdated").text,
    )
    return register_document(plan, data, otherwise)
