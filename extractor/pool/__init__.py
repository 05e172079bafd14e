"""Meta-analysis of rare events on plain arrays; knows counts, nothing of trials or documents.

- :func:`pool_proportions` one arm; :func:`pool_two_arm` two arms; :func:`compare_subgroups`; :func:`meta_regression`
- :func:`read_counts` and :func:`pool_table` for a user's CSV
- :mod:`extractor.pool.forest` draws, :mod:`extractor.pool.metafor` hands on to R, :mod:`extractor.pool.simulate` measures coverage

Words: *events* of *total* participants; *estimate* the risk of the median study; *tau2* the variance between studies on
the logit scale. Proportions are 0-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.late import names_of

if TYPE_CHECKING:
    from extractor.pool.proportions import pool_proportions
    from extractor.pool.regression import meta_regression
    from extractor.pool.results import LeftOut, Note, PooledComparison, PooledProportion, Regression, Subgroups
    from extractor.pool.subgroups import compare_subgroups
    from extractor.pool.tables import CountsTable, pool_table, read_counts
    from extractor.pool.two_arms import pool_two_arm

__all__ = [
    "CountsTable", "LeftOut", "Note", "PooledComparison", "PooledProportion", "Regression", "Subgroups",
    "compare_subgroups", "meta_regression", "pool_proportions", "pool_table", "pool_two_arm", "read_counts",
]  # fmt: skip

_PLACES = {
    "proportions": ("pool_proportions",),
    "regression": ("meta_regression",),
    "results": ("LeftOut", "Note", "PooledComparison", "PooledProportion", "Regression", "Subgroups"),
    "subgroups": ("compare_subgroups",),
    "tables": ("CountsTable", "pool_table", "read_counts"),
    "two_arms": ("pool_two_arm",),
}
# scipy is imported by whoever pools
__getattr__, __dir__ = names_of(
    __name__, {n: f"{__name__}.{module}" for module, names in _PLACES.items() for n in names}
)
