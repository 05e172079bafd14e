"""Counts brought into shape and checked before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from extractor.errors import PoolError

Counts = NDArray[np.int64]
# More people than there are: a count beyond it is a slip, and far beyond it no machine number.
MOST_PEOPLE = 10**10


def checked(events: ArrayLike, totals: ArrayLike, *, arm: str = "") -> tuple[Counts, Counts]:
    """Whole numbers with ``0 <= events <= totals`` and ``totals > 0``.

    Parameters
    ----------
    events, totals : array of shape (K,)
    arm : str
        Said in messages where there are two arms.

    Raises
    ------
    PoolError
        Naming the first offending position and the legal values.
    """
    raw = [np.atleast_1d(np.asarray(values, dtype=float)) for values in (events, totals)]
    name = f" of arm {arm}" if arm else ""
    if raw[0].shape != raw[1].shape or raw[0].ndim != 1:
        raise PoolError(
            f"events and totals{name} must be one list each of the same length: {raw[0].shape}, {raw[1].shape}"
        )
    if raw[0].size == 0:
        raise PoolError(f"nothing to pool: no study{name}")
    for position, (count, total) in enumerate(zip(*raw, strict=True)):
        whole = bool(np.isfinite([count, total]).all()) and count == round(count) and total == round(total)
        if not (whole and 0 <= count <= total and 0 < total <= MOST_PEOPLE):
            raise PoolError(
                f"study {position + 1}{name}: events {count:g} of total {total:g}; legal are whole numbers with "
                f"0 <= events <= total and 0 < total <= {MOST_PEOPLE:,}"
            )
    return raw[0].astype(np.int64), raw[1].astype(np.int64)


def names(studies: Sequence[str] | None, size: int) -> tuple[str, ...]:
    """Study names, numbered where none were given.

    Raises
    ------
    PoolError
        If their number is not that of the studies.
    """
    if studies is None:
        return tuple(f"study {i + 1}" for i in range(size))
    if len(studies) != size:
        raise PoolError(f"{len(studies)} study names for {size} studies")
    return tuple(str(study) for study in studies)


def flags(values: Sequence[bool] | None, size: int, what: str) -> NDArray[np.bool_]:
    """A yes or no per study, all no where none were given.

    Raises
    ------
    PoolError
        If their number is not that of the studies.
    """
    if values is None:
        return np.zeros(size, dtype=bool)
    if len(values) != size:
        raise PoolError(f"{len(values)} values of {what} for {size} studies")
    return np.asarray(values, dtype=bool)
