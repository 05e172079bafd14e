"""Cypher over the graph through grand-cypher, an optional extra; its limits are in ``docs/graph.md``.

Single-quoted strings are rewritten; what grand-cypher cannot parse is refused with its name in place of a parser's trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import networkx as nx

from extractor.errors import QueryError, TimeLimitError
from extractor.graph.nodes import Row
from extractor.limits import limited

MOST_SECONDS = 60.0
# clauses that grand-cypher 1.2 does not know
REFUSED = re.compile(
    r"\b(?P<word>OPTIONAL\s+MATCH|WITH(?!\s+\")|UNWIND|UNION|CASE|CREATE|MERGE|DELETE|SET|REMOVE|IS\s+NOT\s+NULL)\b|(?P<mark>=~|\$\w|COUNT\s*\(\s*(?:\*|DISTINCT)|`)",
    re.I,
)  # fmt: skip
STRINGS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'((?:[^'\\]|\\.)*)'")
STARTS_OR_ENDS = re.compile(r"\b(STARTS|ENDS)\s+WITH\b", re.I)


def query(graph: nx.MultiDiGraph[str], cypher: str) -> list[Row]:
    """Rows of a Cypher query.

    Raises
    ------
    QueryError
        If grand-cypher is not installed, or the query has what it cannot answer.
    """
    try:
        from grandcypher import GrandCypher
        from lark.exceptions import LarkError
    except ImportError as error:
        raise QueryError("Cypher needs an extra package; install it with: pip install 'trialspan[cypher]'") from error
    asked = STRINGS.sub(_double, cypher)
    bare = STARTS_OR_ENDS.sub("", STRINGS.sub('""', asked))
    if found := REFUSED.search(bare):
        raise QueryError(f"Cypher: {found.group().strip()!r} is not supported; ask in SQL with: trialspan ask --sql")
    try:
        result: dict[str, list[Any]] = next(limited(_answers(GrandCypher(labelled(graph)), asked), MOST_SECONDS))
    except TimeLimitError as error:
        raise QueryError(f"Cypher: no answer within {MOST_SECONDS:g} s of processor time; ask for less") from error
    except (LarkError, LookupError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise QueryError(f"Cypher: the query was not understood: {str(error).splitlines()[0]}") from error
    names = [str(n) for n in result]
    return [dict(zip(names, values, strict=True)) for values in zip(*result.values(), strict=True)]


def _answers(asking: Any, asked: str) -> Iterator[dict[str, list[Any]]]:
    yield asking.run(asked)


def labelled(graph: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """The graph as grand-cypher wants it: kinds as labels, no evidence."""
    copy: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for id, row in graph.nodes(data=True):
        copy.add_node(id, id=id, __labels__={row["kind"]}, **_plain(row))
    for a, b, key, row in graph.edges(keys=True, data=True):
        copy.add_edge(a, b, key=key, __labels__={row["kind"]}, **_plain(row))
    return copy


def _plain(row: Row) -> Row:
    return {k: v for k, v in row.items() if not isinstance(v, list | dict) and v is not None}


def _double(match: re.Match[str]) -> str:
    if match[1] is None:
        return match.group()
    return '"' + match[1].replace("\\'", "'").replace('"', '\\"') + '"'
