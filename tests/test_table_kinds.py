"""Kinds of tables, each told by small invented ones: what must be read of them, and what must not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from extractor.model import Fact
from extractor.sources.tables import laid_out
from extractor.tables.read import read_tables

FILE = Path(__file__).parent / "table_kinds.jsonl"
CASES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
SPAN = re.compile(r"(>>|vv)(\d+)\s*$")
TAGS = {"[sup]": "<sup>", "[/sup]": "</sup>", "[b]": "<bold>", "[/b]": "</bold>"}


def cell(text: str, tag: str) -> str:
    """A cell of a line: ">>2" covers two columns, "vv2" two rows."""
    spans = ""
    while found := SPAN.search(text):
        spans += f' {"colspan" if found[1] == ">>" else "rowspan"}="{found[2]}"'
        text = text[: found.start()].rstrip()
    said = escape(text.strip(" "))
    for mark, element in TAGS.items():
        said = said.replace(mark, element)
    return f"<{tag}{spans}>{said}</{tag}>"


def wrapped(case: dict[str, Any]) -> Any:
    def rows(lines: list[str], tag: str) -> str:
        return "".join("<tr>" + "".join(cell(c, tag) for c in line.split("|")) + "</tr>" for line in lines)

    foot = f"<table-wrap-foot><p>{escape(case['notes'])}</p></table-wrap-foot>" if case.get("notes") else ""
    return etree.fromstring(
        f"<table-wrap><label>Table 2</label><caption><p>{escape(case['caption'])}</p></caption><table>"
        f"<thead>{rows(case['head'], 'th')}</thead><tbody>{rows(case['rows'], 'td')}</tbody></table>{foot}</table-wrap>"
    )


def found_in(case: dict[str, Any]) -> tuple[Fact, ...]:
    table = laid_out(wrapped(case), frozenset({"p"}), frozenset())
    table.name = "Table 2"
    found = read_tables([table], case.get("text", "")).facts
    for fact in found:
        for item in fact.evidence:
            assert table.text[item.start : item.end] == item.quote
    return found


def fits(fact: Fact, wanted: dict[str, Any]) -> bool:
    value = {"arm": fact.arm, "field": fact.field} | dict(fact.value)
    return all(alike(key, value.get(key), said) for key, said in wanted.items())


def alike(key: str, found: Any, said: Any) -> bool:
    if not (isinstance(found, str) and isinstance(said, str)):
        return bool(found == said)
    return found.lower() == said.lower() or (key in ("arm", "name", "grade", "severity") and holds(found, said))


def holds(found: str, said: str) -> bool:
    """Whether all words of `said` are among those of `found`."""
    words = [set(re.findall(r"[a-z0-9]+", text.lower())) for text in (said, found)]
    return words[0] <= words[1]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}: {case['kind']}" for n, case in enumerate(CASES)])
def test_kinds_of_tables(case: dict[str, Any]) -> None:
    found = found_in(case)
    assert [w for w in case["want"] if not any(fits(f, w) for f in found)] == []
    assert [w for w in case["no"] if any(fits(f, w) for f in found)] == []
