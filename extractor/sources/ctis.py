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
    part = root.at("authorizedApplication", "authorizedPartI", "trialDetails")
    details, info = part.at("clinicalTrialIdentifiers"), part.at("trialInformation")
    size = next(
        (
            n
            for n in (
                root.at("totalNumberEnrolled"),
                root.at("trialDetails", "numberOfSubjects"),
            )
            if n.value is not None
        ),
        Node(None),
    )
    conditions = [c.at("medicalCondition") for c in info.at("medicalCondition", "partIMedicalConditions")] or [
        root.at("conditions")
    ]
    plan = Plan(
        "ctis",
        "ctis",
        root.at("ctNumber"),
        next(
            (
                n.text
                for n in (
                    details.at("publicTitle"),
                    root.at("ctPublicTitle"),
                    root.at("ctTitle"),
                    details.at("fullTitle"),
                )
                if n.text
            ),
            "",
        ),
        next((n.text for n in (details.at("fullTitle"), root.at("ctTitle")) if n.text), ""),
        {
            ABSTRACT: info.at("trialObjective", "mainObjective").text,
            "eligibility": "\n".join(
                c.at("principalInclusionCriteria").text
                for c in info.at("eligibilityCriteria", "principalInclusionCriteria")
            ),
        },
        size,
        next((n for n in (root.at("ctStatus"), root.at("ctPublicStatus")) if n.text), Node(None)),
        next((n for n in (root.at("trialPhase"), info.at("trialCategory", "trialPhase")) if n.text), Node(None)),
        [details.at("fullTitle"), root.at("ctTitle")],
        conditions,
        next(
            (n for n in (root.at("decisionDate"), root.at("decisionDateOverall"), root.at("publishDate")) if n.text),
            Node(None),
        ),
        [
            details.at("secondaryIdentifyingNumbers", "nctNumber", "number"),
            root.at("shortTitle"),
            root.at("eudraCtNumber"),
        ],
        [s for s in [root.at("sponsor").text] if s],
        root.at("startDateEU").text,
        root.at("lastUpdated").text,
    )
    return register_document(plan, data, otherwise)
