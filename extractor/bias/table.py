"""A reviewer's table of judgements: one row a judgement, or one row a study as robvis has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.bias.tools import Tool, named
from extractor.errors import BiasError
from extractor.files import read_text
from extractor.store.judgements import Judgement

STUDY, TOOL, DOMAIN, JUDGEMENT, WHY = "study", "tool", "domain", "judgement", "why"
LONG = (STUDY, DOMAIN, JUDGEMENT)
IGNORED = frozenset({TOOL, WHY, "weight"})  # columns of a row of robvis that are no domain


def read(path: Path, *, curator: str, tool: str = "", consensus: bool = False) -> list[Judgement]:
    """Judgements from a CSV.

    Parameters
    ----------
    path : Path
        Columns ``study, domain, judgement`` (``tool``, ``why`` may stand beside them), one row a judgement; or robvis's
        ``Study, D1, D2, ..., Overall``, one row a study. Empty cells are no judgement.
    curator : str
        Who judged.
    tool : str
        Of all rows, where there is no column ``tool``.
    consensus : bool
        What several people agreed on.

    Raises
    ------
    BiasError
        If the table cannot be read, or a tool, domain or judgement is none of the legal ones; names the line.
    """
    rows = list(csv.reader(io.StringIO(read_text(path, BiasError), newline=None)))
    heads = [h.strip() for h in rows[0]] if rows else []
    lowered = [h.lower() for h in heads]
    if STUDY not in lowered:
        raise BiasError(
            f"{path}: no column 'study'; legal: {', '.join(LONG)} (tool, why), or Study, D1, D2, ..., Overall"
        )
    if len(set(lowered)) < len(lowered):
        raise BiasError(f"{path}: two columns have one name: {', '.join(heads)}")
    found: list[Judgement] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(c.strip() for c in cells):
            continue
        if len(cells) != len(heads):
            raise BiasError(f"{path}, line {number}: {len(cells)} cells under {len(heads)} headings")
        row = dict(zip(heads, (c.strip() for c in cells), strict=True))
        try:
            found += _row({h.lower(): v for h, v in row.items()}, row, tool, (curator, consensus))
        except BiasError as error:
            raise BiasError(f"{path}, line {number}: {error}") from error
    return found


def _row(lowered: Mapping[str, str], row: Mapping[str, str], tool: str, who: tuple[str, bool]) -> list[Judgement]:
    if not lowered[STUDY]:
        raise BiasError("no study")
    given = lowered.get(TOOL) or tool
    if not given:
        raise BiasError("no tool: name it with --tool, or in a column 'tool'")
    chosen = named(given)
    if DOMAIN in lowered and JUDGEMENT in lowered:
        said = [(lowered[DOMAIN], lowered[JUDGEMENT])]
    else:
        said = [(name, value) for name, value in row.items() if value and name.lower() not in {STUDY, *IGNORED}]
    return [_judgement(chosen, lowered, said_of, word, who) for said_of, word in said]


def _judgement(tool: Tool, row: Mapping[str, str], said_of: str, word: str, who: tuple[str, bool]) -> Judgement:
    domain = tool.domain(said_of)
    return Judgement(tool.name, row[STUDY], domain, tool.judgement(domain, word), row.get(WHY) or None, *who)


def once(judgements: Sequence[Judgement]) -> list[Judgement]:
    """The same judgements; one place said twice with different words is an error.

    Raises
    ------
    BiasError
        If a table contradicts itself.
    """
    found: dict[tuple[str, str, str, str], Judgement] = {}
    for one in judgements:
        before = found.setdefault(one.place, one)
        if before.judgement != one.judgement:
            raise BiasError(
                f"{one.study}, {one.tool} {one.domain} stands twice in the table: {before.judgement} and {one.judgement}"
            )
    return list(found.values())
