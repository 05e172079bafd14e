"""The WHO's portal of trials registers (ICTRP): its XML and its CSV, one record of any register a trial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, Document
from extractor.sources import Item, attempt, reader
from extractor.sources.csv import header_of, normal, table_rows
from extractor.sources.markup import elements, local, root_name, tidy, untagged
from extractor.sources.paths import Node
from extractor.sources.register_facts import Plan, register_document


def sniff(head: bytes) -> float:
    if (
        root_name(head) in ("Trials_downloaded_from_ICTRP", "trials") and b"TrialID" in head
    ) or b"Trials_downloaded_from_ICTRP" in head[:2000]:
        return 0.97
    names = set(map(normal, header_of(head)))
    return 0.97 if "trialid" in names and names & {"public title", "scientific title", "source register"} else 0.0


@reader("ictrp", sniff=sniff, suffixes=(".xml", ".csv"), rank=540, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """WHO ICTRP: records of all registers, as XML or CSV."""
    start = stream.peek(4096)[:4096] if hasattr(stream, "peek") else b"<"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        for number, trial in enumerate(elements(stream, ("Trial", "trial")), 1):
            yield attempt(lambda: _document(_of_xml(trial), f"{stem}:{number}"), f"trial {number}")  # noqa: B023
        return
    rows = table_rows(stream)
    header = next(rows, [])
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            data = dict(zip((name.replace("\ufeff", "") for name in header), row, strict=False))
            yield attempt(lambda: _document(data, f"{stem}:{number}"), f"row {number}")  # noqa: B023


def _of_xml(trial: Any) -> dict[str, str]:
    return {local(e.tag): (e.text or "").strip() for e in trial if isinstance(e.tag, str)}


def _document(data: dict[str, str], otherwise: str) -> Document:
    places = {re.sub(r"[\s_]+", "", name.lower()): name for name in data}

    def at(*names: str) -> Node:
        found = next((places[n] for n in names if n in places and data[places[n]].strip()), None)
        return Node(None) if found is None else Node(data[found], f"$.{found}")

    if not at("trialid").text:
        raise ParseError(f"no TrialID; found: {', '.join(list(data)[:8])}")
    plan = Plan(
        "ictrp",
        "ictrp",
        at("trialid"),
        _plain(at("publictitle").text),
        _plain(at("scientifictitle").text),
        {
            ABSTRACT: "",
            "interventions": _plain(at("intervention", "interventions").text),
            "eligibility": _plain("\n".join([at("inclusioncriteria").text, at("exclusioncriteria").text])),
            "outcomes": _plain("\n".join([at("primaryoutcome").text, at("secondaryoutcome").text])),
        },
        at("resultsactualenrollment", "targetsize"),
        at("recruitmentstatus"),
        at("phase"),
        [at("studydesign")],
        [Node(at("condition", "conditions").text, at("condition", "conditions").path)],
        at("dateregistration", "dateregistration3"),
        [at("secondaryid", "secondaryids", "secondaryids")],
        [at("primarysponsor").text],
        at("dateenrollement", "dateenrollment").text,
        at("lastrefreshedon").text,
        actual=bool(at("resultsactualenrollment").text),
    )
    return register_document(plan, dict(data), otherwise)


def _plain(text: str) -> str:
    return "\n".join(filter(None, (tidy(line) for line in untagged(text).splitlines())))
