"""The server for assistants, asked by the package's own client, in this process and over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the package mcp is not installed (extra mcp)")

from mcp import Client, StdioServerParameters
from typer.testing import CliRunner

from extractor.assistant.server import server
from extractor.assistant.tools import Tools
from extractor.commands import app
from extractor.settings import Settings
from extractor.store import Store
from tests.conftest import ROOT

TEXT = "Twelve patients with stroke received intravenous cells. Fever occurred in 3 patients. No deaths occurred."
CLAIM = {
    "field": "adverse_event",
    "value": {"term": "fever", "n": 3, "assertion": "present"},
    "quote": "Fever occurred in 3 patients",
}


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("mcp") / "review.db"
    files = sorted((ROOT / "corpora" / "als_msc").glob("*.json"))[:6]
    rows = [json.loads(f.read_text(encoding="utf-8")) for f in files]
    texts = store.with_name("texts.jsonl")
    texts.write_text(
        "\n".join(json.dumps({k: r.get(k) or "" for k in ("id", "title", "text")}) for r in rows), encoding="utf-8"
    )
    assert CliRunner().invoke(app, ["extract", str(texts), "--store", str(store), "--format", "jsonl"]).exit_code == 0
    return store


def asked(tools: Tools, calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    async def main() -> list[Any]:
        async with Client(server(tools)) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(main())


def data(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.content
    found: dict[str, Any] = json.loads(result.content[0].text)
    return found


def test_tools_are_read_only_and_say_what_they_are_for(review: Path) -> None:
    async def main() -> Any:
        async with Client(server(Tools(Settings(), None))) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(main())
    assert [t.name for t in tools] == ["extract", "verify", "show", "ask", "pool"]
    assert all(t.annotations.read_only_hint and t.description for t in tools)


def test_extract_and_verify_a_text(review: Path) -> None:
    wrong = CLAIM | {"value": {"term": "fever", "n": 4, "assertion": "present"}}
    record, answers = map(
        data,
        asked(
            Tools(Settings(), None),
            [("extract", {"text": TEXT}), ("verify", {"text": TEXT, "claims": [CLAIM, wrong, {"field": "colour"}]})],
        ),
    )
    assert all(TEXT[e["start"] : e["end"]] == e["quote"] for f in record["facts"] for e in f["evidence"])
    assert [(a["value"], a["reasons"]) for a in answers["answers"]] == [("follows", []), ("contradicts", ["number"])]
    assert len(answers["not_read"]) == 1 and answers["reasons"]["number"]


def test_show_ask_and_pool_a_store(review: Path) -> None:
    before = review.read_bytes()
    with Store.open(review) as store:
        calls: list[tuple[str, dict[str, Any]]] = [
            ("show", {}),
            ("show", {"report": "berry2019"}),
            ("ask", {}),
            ("ask", {"question": "given", "arguments": {"route": "intrathecal"}}),
            ("pool", {"outcome": "serious"}),
            ("verify", {"report": "berry2019", "claims": [{"field": "route", "value": "intrathecal"}]}),
        ]
        listed, record, questions, given, pooled, verified = map(data, asked(Tools(Settings(), store), calls))
    assert "berry2019" in [r["id"] for r in listed["reports"]]
    assert record["facts"][0]["evidence"]
    assert len(questions["questions"]) >= 20
    assert given["rows"] and all(row["evidence"] for row in given["rows"])
    assert pooled["name"] == "serious-risk" and pooled["left_out"] is not None
    assert verified["answers"][0]["value"] == "follows"
    assert review.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("show", {"report": "nobody"}, "nobody"),
        ("ask", {"question": "no such"}, "no question"),
        ("verify", {"claims": [CLAIM]}, "give the text"),
        ("extract", {"text": " "}, "no text"),
    ],
)
def test_what_goes_wrong_is_said(review: Path, name: str, arguments: dict[str, Any], words: str) -> None:
    with Store.open(review) as store:
        (result,) = asked(Tools(Settings(), store), [(name, arguments)])
    assert result.is_error and words in result.content[0].text


def test_without_a_store_it_says_how_to_start_with_one() -> None:
    (result,) = asked(Tools(Settings(), None), [("show", {})])
    assert result.is_error and "--store" in result.content[0].text


def test_over_standard_input_and_output(review: Path) -> None:
    """As an assistant starts it: the command, its store, one call."""
    start = StdioServerParameters(
        command=sys.executable, args=["-m", "extractor", "mcp", "--store", str(review)], cwd=str(ROOT)
    )

    async def main() -> Any:
        async with Client(start) as client:
            return await client.call_tool("verify", {"text": TEXT, "claims": [CLAIM]})

    run: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run
    assert data(run(main()))["answers"][0]["value"] == "follows"
