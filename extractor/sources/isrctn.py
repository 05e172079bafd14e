"""ISRCTN's XML: one record or many, as its site and its API give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, Document
from extractor.sources import Item, attempt, reader
from extractor.sources.markup import elements, local, root_name, text_of
from extractor.sources.paths import Node
from extractor.sources.register_facts import Plan, register_document


def sniff(head: bytes) -> float:
    return 0.97 if root_name(head) in ("allTrials", "fullTrial", "trial") and b"isrctn" in head.lower() else 0.0


@reader("isrctn", sniff=sniff, suffixes=(".xml",), rank=520, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """ISRCTN registry XML."""
    for number, trial in enumerate(elements(stream, ("{*}trial",)), 1):
        yield attempt(lambda: _document(data_of(trial), f"{stem}:{number}"), f"trial {number}")  # noqa: B023


def data_of(element: Any) -> dict[str, Any]:
    """The record as plain values: a list where an element stands several times, attributes after ``at_``."""
    found: dict[str, Any] = {f"at_{local(k)}": v for k, v in element.attrib.items()}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        value: Any = data_of(child) if len(child) or child.attrib else text_of(child)
        name = local(child.tag)
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    if not len(element) and element.text and element.text.strip():
        found["text"] = element.text.strip()
    return found


def _document(data: dict[str, Any], otherwise: str) -> Document:
    root = Node(data)
    said, design = root.at("trialDescription"), root.at("trialDesign")
    number = leaf(root.at("isrctn"))
    if not number.text:
        raise ParseError(f"no ISRCTN number; found: {', '.join(list(data)[:8])}")
    digits = number.text.upper().removeprefix("ISRCTN").strip()
    people = root.at("participants")
    plan = Plan(
        "isrctn",
        "isrctn",
        Node(number.text, number.path),
        leaf(said.at("title")).text,
        leaf(said.at("scientificTitle")).text,
        {
            ABSTRACT: leaf(said.at("plainEnglishSummary")).text,
            "hypothesis": leaf(said.at("studyHypothesis")).text,
            "interventions": "\n".join(
                leaf(n.at("description")).text for n in each(root.at("interventions", "intervention"))
            ),
            "eligibility": "\n".join([leaf(people.at("inclusion")).text, leaf(people.at("exclusion")).text]),
        },
        next((n for n in (leaf(people.at(k)) for k in ("targetEnrolment", "totalTarget")) if n.text), Node(None)),
        leaf(root.at("recruitmentStatusOverride")),
        next(
            (n for i in each(root.at("interventions", "intervention")) for n in [leaf(i.at("phase"))] if n.text),
            Node(None),
        ),
        [leaf(design.at(k)) for k in ("studyDesign", "primaryStudyDesign", "secondaryStudyDesign")],
        [leaf(c.at("description")) for c in each(root.at("conditions", "condition"))],
        root.at("isrctn", "at_dateAssigned"),
        [leaf(root.at("externalRefs", k)) for k in ("clinicalTrialsGovNumber", "eudraCTNumber", "secondaryNumbers")],
        [leaf(s.at("organisation")).text for s in each(root.at("sponsor"))],
        leaf(people.at("recruitmentStart")).text.partition("T")[0],
        str(data.get("at_lastUpdated") or ""),
    )
    found = register_document(plan, data, otherwise)
    return _named(found, f"ISRCTN{digits}")


def _named(found: Document, number: str) -> Document:
    """The record under its full number; the record itself has the digits alone."""
    facts = tuple(
        f.change(value=f.value | {"registry": "ISRCTN", "id": number}) if f.field == "registry_id" and n == 0 else f
        for n, f in enumerate(found.given)
    )
    others = [pair for pair in found.ids.other if pair[0] != "ISRCTN"]
    ids = replace(found.ids, other=(("ISRCTN", number), *others))
    return replace(found, id=f"isrctn:{number}", ids=ids, given=facts)


def leaf(node: Node) -> Node:
    """The text of an element, whether or not it has attributes."""
    return node.at("text") if isinstance(node.value, dict) else node


def each(node: Node) -> list[Node]:
    """The elements of one name, one or several."""
    return list(node) if isinstance(node.value, list) else [node] if node.value else []
