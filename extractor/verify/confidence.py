"""How often answers of a kind were right when they were measured, kept as data in ``verify.tsv``.

The table is written by ``bench/verify.py --write``: of cells half of which were forged, the share of right ones among those that follow,
and the share of forged ones among those that contradict or are silent zeros.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from extractor.verify.cells import NOT_DERIVABLE, Cell
from extractor.verify.verdict import Verdict

TABLE = "verify.tsv"
UNKNOWN = 0.5


@cache
def measured() -> dict[str, float]:
    """``value/check`` and ``value`` -> share; empty before the first measurement."""
    path = files("extractor.lexicons").joinpath(TABLE)
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = (line.split("\t") for line in lines if line and not line.startswith(("#", "answer\t")))
    return {name: float(share) for name, share in rows}


def confidence(cell: Cell, quote: str, verdict: Verdict) -> float:
    """The share of answers of this kind that were right; an answer that decides nothing has no such share."""
    if verdict.value == NOT_DERIVABLE and not verdict.reasons:
        return UNKNOWN
    table = measured()
    return table.get(f"{verdict.value}/{verdict.how}", table.get(verdict.value, UNKNOWN))
