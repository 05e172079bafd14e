"""How a result looks to a person who works in Python: a short ``repr``, a summary, a table in a notebook, a data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from extractor.errors import SettingsError

MOST_ROWS = 60  # of a table in a notebook; the data frame has all
NOTHING_LEFT = 1e-6  # a share below it is as good as nothing
SMALLEST = 1e-5  # a share that is told with figures
Rows = Sequence[Mapping[str, Any]]


class Shown:
    """A result that has rows; a class says its rows and its summary, and the rest follows."""

    __slots__ = ()

    def rows_shown(self) -> Rows:
        """Rows of plain values, all with the same keys."""
        raise NotImplementedError

    def summary(self) -> str:
        """What it is, in one line or a few."""
        raise NotImplementedError

    def to_frame(self) -> Any:
        """The rows as a pandas data frame.

        Raises
        ------
        SettingsError
            If pandas is not installed; nothing else here needs it.
        """
        try:
            import pandas
        except ImportError as error:
            raise SettingsError("to_frame needs pandas; install it with: pip install pandas") from error
        return pandas.DataFrame([dict(row) for row in self.rows_shown()])

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary().splitlines()[0]}>"

    def _repr_html_(self) -> str:
        rows = self.rows_shown()
        said = "".join(f"<p>{escape(line)}</p>" for line in self.summary().splitlines())
        more = f"<p>{len(rows) - MOST_ROWS} more rows</p>" if len(rows) > MOST_ROWS else ""
        return said + table(rows[:MOST_ROWS]) + more


def table(rows: Rows) -> str:
    """Rows as an HTML table; what a text holds cannot become markup."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_cell(v)}</td>' for v in row.values())}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))


def several(count: int, one: str) -> str:
    """How many there are of what has a plural in s.

    >>> several(1, "trial"), several(1200, "trial")
    ('1 trial', '1,200 trials')
    """
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def p_value(value: float | None) -> str:
    """A p value as every page, plot and table words it: never ``p = 0.000``.

    >>> p_value(0.0213), p_value(0.00002), p_value(None)
    ('p = 0.021', 'p < 0.001', 'p not given')
    """
    if value is None:
        return "p not given"
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def percent(value: float | None) -> str:
    """A share in percent as every page, plot and table words it: one decimal, two figures below one percent.

    What is as good as nothing is 0.0.

    >>> percent(0.0213), percent(0.00034), percent(2e-6), percent(1e-10), percent(None)
    ('2.1', '0.034', '<0.001', '0.0', '–')
    """
    if value is None:
        return "–"
    if value < SMALLEST:
        return "0.0" if value < NOTHING_LEFT else f"<{100 * SMALLEST:g}"
    return f"{100 * value:.1f}" if value >= 0.01 else f"{100 * value:.2g}"


def points(value: float | None) -> str:
    """A difference of two shares, in percentage points, worded as a share is.

    >>> points(0.0213), points(-0.0034), points(-1e-9), points(None)
    ('2.1', '−0.34', '0.0', '–')
    """
    if value is None or abs(value) < SMALLEST:
        return "–" if value is None else "0.0"
    return f"{'−' if value < 0 else ''}{percent(abs(value))}"


def share(value: float | None) -> str:
    """The same with its sign.

    >>> share(0.0213), share(None)
    ('2.1 %', '–')
    """
    return "–" if value is None else f"{percent(value)} %"
