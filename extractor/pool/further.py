"""What more is asked of a user's table: regression on its columns, and whether small studies differ from large ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from extractor.errors import PoolError
from extractor.pool import small_study
from extractor.pool.regression import meta_regression
from extractor.pool.results import LeftOut, Regression
from extractor.pool.tables import CountsTable

ONE_ARM_TEST = "Peters' kind: empirical logits on 1/n"
TWO_ARM_TESTS = {
    "Harbord: scores on their standard errors": small_study.harbord,
    "Peters: log odds ratios on 1/n": small_study.peters,
}


def regressed(table: CountsTable, columns: Sequence[str], *, force: bool = False) -> Regression:
    """The risk of one arm on numbers in columns of the table; studies without a number are left out, and said.

    Raises
    ------
    PoolError
        If the table has two arms, a column is unknown or holds no numbers, or as :func:`meta_regression`.
    """
    if table.arms != 1:
        raise PoolError("meta-regression is for tables of one arm: study, events, total")
    if unknown := [name for name in columns if name not in table.extra]:
        raise PoolError(
            f"no column {unknown[0]!r}; the table has: {', '.join(table.extra) or 'none beside the counts'}"
        )
    numbers: dict[str, list[float | None]] = {name: [_number(value) for value in table.extra[name]] for name in columns}
    if empty := [name for name, values in numbers.items() if not any(v is not None for v in values)]:
        raise PoolError(f"no meta-regression: column {empty[0]!r} holds no number; compare groups of it with --by")
    kept = [i for i in range(len(table.studies)) if all(values[i] is not None for values in numbers.values())]
    left = [LeftOut(s, f"no number for {', '.join(columns)}") for i, s in enumerate(table.studies) if i not in kept]
    return meta_regression(
        [table.events[0][i] for i in kept], [table.totals[0][i] for i in kept],
        {name: [v for i in kept if (v := values[i]) is not None] for name, values in numbers.items()},
        force=force, left_out=left,
    )  # fmt: skip


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def small_study_tests(table: CountsTable) -> list[dict[str, Any]]:
    """One row a test: its statistic and p, or in ``note`` why it is refused."""
    if table.arms == 1:
        return [_tested(ONE_ARM_TEST, lambda: small_study.by_size(table.events[0], table.totals[0]))]
    (a, c), (n1, n2) = table.events, table.totals
    return [_tested(name, lambda t=test: t(a, n1, c, n2)) for name, test in TWO_ARM_TESTS.items()]


def _tested(name: str, test: Any) -> dict[str, Any]:
    empty = {"test": name, "statistic": None, "df": None, "p_value": None, "note": ""}
    try:
        found = asdict(test())
    except PoolError as error:
        return empty | {"note": f"not tested: {error}"}
    return empty | {key: found[key] for key in ("statistic", "df", "p_value")}
