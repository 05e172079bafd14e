"""The server: the tools with what each is for, over standard input and output (the official ``mcp`` package)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from extractor import __version__
from extractor.assistant.tools import Row, Tools
from extractor.errors import ExtractorError

INSTRUCTIONS = (
    "Facts of clinical trials, each with the words that say it. Use verify before you give a number, a dose or a denial: a claim counts only "
    "where its value is 'follows'. 'not_derivable' means that the words do not decide; never report it as right. A zero, a denial and "
    "silence are three different things. Everything here is read only."
)
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
Claims = Annotated[
    list[dict[str, Any]],
    Field(
        description='Each {"field", "value", "quote", "arm"}: field as in a record (participants, dose, adverse_event, ...), value an object or plain words.'
    ),
]


def server(tools: Tools) -> MCPServer[Any]:
    """A server over these tools."""
    made: MCPServer[Any] = MCPServer("trialspan", instructions=INSTRUCTIONS, version=__version__)

    @made.tool(annotations=READ_ONLY)
    def extract(text: str, title: str = "") -> Row:
        """Read a report's text: its facts (people, arms, doses, routes, adverse events, ...), each with quote and offsets; conflicts; what is not reported."""
        return _said(lambda: tools.extract(text, title))

    @made.tool(annotations=READ_ONLY)
    def verify(claims: Claims, report: str = "", text: str = "", title: str = "") -> Row:
        """Check claims about one report, given by its text or by its name in the store: does each value follow from the words? Reasons where it does not."""
        return _said(lambda: tools.verify(claims, report, text, title))

    @made.tool(annotations=READ_ONLY)
    def show(report: str = "") -> Row:
        """A report of the store with all its facts and quotes; without a name, the list of reports."""
        return _said(lambda: tools.show(report))

    @made.tool(annotations=READ_ONLY)
    def ask(question: str = "", arguments: dict[str, str] | None = None) -> Row:
        """One of twenty-four questions over the trials of the store, with evidence and what was left out; without a question, the list of them."""
        return _said(lambda: tools.ask(question, arguments))

    @made.tool(annotations=READ_ONLY)
    def pool(
        outcome: str = "serious", controlled: bool = False, condition: str = "", cells: str = "", route: str = ""
    ) -> Row:
        """Pooled risk of an outcome ("serious", or events such as "headache,fever"), or against controls, with each study's count and quotes."""
        return _said(lambda: tools.pool(outcome, controlled, condition, cells, route))

    return made


def _said(call: Callable[[], Row]) -> Row:
    """What a tool answers; what goes wrong in its own words, which the assistant can act on."""
    try:
        return call()
    except ExtractorError as error:
        raise ToolError(str(error)) from error
