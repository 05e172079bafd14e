"""ClinicalTrials.gov's classic XML (``<clinical_study>``), of which many reviews still hold downloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, Document
from extractor.sources import Item, attempt, reader
from extractor.sources.isrctn import data_of, each, leaf
from extractor.sources.markup import elements, root_name
from extractor.sources.paths import Node
from extractor.sources.register_facts import Plan, register_document


def sniff(head: bytes) -> float:
    return (
        0.97
        if root_name(head) in ("clinical_study", "clinical_studies", "search_results") and b"<clinical_study" in head
        else 0.0
    )


@reader("clinicaltrials-xml", sniff=sniff, suffixes=(".xml",), source="clinicaltrials", rank=505, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """ClinicalTrials.gov's classic XML."""
    for number, study in enumerate(elements(stream, ("clinical_study",)), 1):
        yield attempt(lambda: _document(data_of(study), f"{stem}:{number}"), f"study {number}")  # noqa: B023


def _document(data: dict[str, Any], otherwise: str) -> Document:
    root = Node(data)
    number = leaf(root.at("id_info", "nct_id"))
    if not number.text:
        raise ParseError(f"no nct_id; found: {', '.join(list(data)[:8])}")
    design = root.at("study_design_info")
    plan = Plan(
        "clinicaltrials-xml",
        "clinicaltrials",
        number,
        leaf(root.at("brief_title")).text,
        leaf(root.at("official_title")).text,
        {
            ABSTRACT: "\n".join(
                filter(None, [leaf(root.at(n, "textblock")).text for n in ("brief_summary", "detailed_description")])
            ),
            "interventions": "\n".join(
                ": ".join(filter(None, [leaf(i.at("intervention_name")).text, leaf(i.at("description")).text]))
                for i in each(root.at("intervention"))
            ),
            "eligibility": leaf(root.at("eligibility", "criteria", "textblock")).text,
        },
        leaf(root.at("enrollment")),
        leaf(root.at("overall_status")),
        leaf(root.at("phase")),
        [leaf(design.at(k)) for k in ("allocation", "intervention_model", "masking")],
        [c for c in (leaf(c) for c in each(root.at("condition"))) if c.text],
        next(
            (
                n
                for n in (
                    leaf(root.at(k)) for k in ("study_first_posted", "study_first_submitted", "firstreceived_date")
                )
                if n.text
            ),
            Node(None),
        ),
        [leaf(n) for n in each(root.at("id_info", "secondary_id"))],
        [leaf(root.at("sponsors", "lead_sponsor", "agency")).text],
        leaf(root.at("start_date")).text,
        next(
            (
                n.text
                for n in (leaf(root.at(k)) for k in ("last_update_posted", "last_update_submitted", "lastchanged_date"))
                if n.text
            ),
            "",
        ),
        actual=root.at("enrollment", "at_type").text == "Actual",
    )
    return register_document(plan, data, otherwise)
