"""The EU Clinical Trials Register's text: summaries or full details, one block of "label: value" lines a trial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from extractor.errors import ParseError
from extractor.model import ABSTRACT, Document
from extractor.sources import Item, attempt, reader
from extractor.sources.decoding import plain, whole
from extractor.sources.paths import Node
from extractor.sources.register_facts import Plan, register_document

START = re.compile(r"(?m)^\s*EudraCT Number:\s*\d{4}-\d{6}-\d\d")
LINE = re.compile(r"(?P<label>[A-Z][^:\n]{1,120}?)\s*:\s?(?P<value>.*)")
# "A. Protocol Information", "Summary"
HEADING = re.compile(r"[A-Z]\. [A-Z][\w ,()/-]+|Summary")
NUMBERED = re.compile(r"[A-Z](?:\.\d+)+")


def sniff(head: bytes) -> float:
    text = plain(head.removeprefix(b"\xef\xbb\xbf")).replace("\r", "")
    return (
        0.95
        if START.search(text) and ("Sponsor" in text or "A.2 EudraCT" in text) and not text.lstrip().startswith("<")
        else 0.0
    )


@reader("euctr", sniff=sniff, suffixes=(".txt",), rank=530, register=True)
def read(stream: BinaryIO, stem: str) -> Iterator[Item]:
    """EU Clinical Trials Register: downloaded summaries or full details."""
    text = whole(stream).replace("\r\n", "\n").replace("\r", "\n")
    bounds = [*(m.start() for m in START.finditer(text)), len(text)]
    for number, (start, end) in enumerate(pairwise(bounds), 1):
        line = text.count("\n", 0, start) + 1
        yield attempt(lambda: _document(_data(text[start:end]), f"{stem}:{number}"), f"trial at line {line}")  # noqa: B023


def _data(block: str) -> dict[str, str]:
    """Labels with their values, full stops of their numbers as underscores, so that a path can name them."""
    found: dict[str, str] = {}
    label = ""
    for line in block.split("\n"):
        match = LINE.fullmatch(line.strip())
        if match and (NUMBERED.match(match["label"]) or not found or "_" not in label or len(match["label"]) < 60):
            label = re.sub(r"[.\[\]$]", "_", match["label"].strip())
            if label in found and match["value"].strip():  # several products, several member states
                found[label] = found[label] or match["value"].strip()
            else:
                found.setdefault(label, match["value"].strip())
        elif line.strip() and label and not HEADING.fullmatch(line.strip()):
            found[label] = f"{found[label]}\n{line.strip()}".strip()
    return found


def _document(data: dict[str, str], otherwise: str) -> Document:
    def at(*starts: str) -> Node:
        for start in starts:
            wanted = start.lower()
            name = next((n for n in data if n.lower().startswith(wanted) and data[n]), None)
            if name:
                return Node(data[name], f"$.{name}")
        return Node(None)

    number = at("EudraCT Number", "A_2 EudraCT")
    if not number.text:
        raise ParseError("no EudraCT number")
    title = at("A_3 Full title", "Full Title", "A_3_1 Title")
    plan = Plan(
        "euctr",
        "euctr",
        number,
        title.text.replace("\n", " "),
        "",
        {
            ABSTRACT: "\n".join(filter(None, [at("E_2_1 Main objective", "Main objective").text])),
            "eligibility": "\n".join(
                filter(None, [at("E_3 Principal inclusion", "Population").text, at("E_4 Principal exclusion").text])
            ),
            "outcomes": "\n".join(filter(None, [at("E_5_1 Primary end point").text])),
        },
        at("F_4_2_2", "F_4_2_1", "F_4_1", "Number of subjects"),
        at("Trial Status", "P_ End of Trial"),
        _phase(title),
        [at("E_8_1_1 Randomised"), title],
        [at("E_1_1 Medical condition", "Medical condition", "Disease")],
        at("Date on which this record was first entered", "Start Date"),
        [at("A_5_2 US NCT", "A_5_1 ISRCTN", "ISRCTN")],
        [at("B_1_1 Name of Sponsor", "Sponsor Name").text],
        at("Start Date").text,
    )
    return register_document(plan, dict(data), otherwise)


def _phase(title: Node) -> Node:
    """The phase that the title names; the boxes of section E.7 are ticked one by one, and say it in no words."""
    return title if re.search(r"\bphase\b", title.text, re.I) else Node(None)
