"""People's judgements of risk of bias: brought in, kept with who, when and why, compared, and handed to robvis.

- :data:`TOOLS` and :func:`named` the tools with their domains and legal words
- :func:`bring` a table into a store; :func:`of_store` what people agree on
- :mod:`extractor.bias.robvis` writes the file that robvis reads
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.bias.agreement import Agreed, high_risk, of_store
from extractor.bias.table import once, read
from extractor.bias.tools import OVERALL, TOOLS, Tool, named
from extractor.errors import BiasError
from extractor.store import Store
from extractor.store.judgements import Judgement, JudgementStore
from extractor.store.links import LinkStore

__all__ = ["OVERALL", "TOOLS", "Agreed", "Tool", "bring", "high_risk", "named", "of_store", "read"]
MOST_NAMED = 5


def bring(store: Store, judgements: Sequence[Judgement]) -> tuple[int, int]:
    """Append judgements to a store: how many were added, and how many stood already.

    Raises
    ------
    BiasError
        If a study is neither a trial nor a report of the store, or the table contradicts itself; then nothing is added.
    """
    known = {v.id for v in store.documents()} | set(LinkStore(store).trials())
    meant = {name: store.named([name])[0] for name in {one.study for one in judgements} - known}
    judgements = [replace(one, study=meant.get(one.study, one.study)) for one in judgements]
    unknown = sorted({one.study for one in judgements} - known)
    if unknown:
        names = ", ".join(unknown[:MOST_NAMED]) + (
            f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
        )
        raise BiasError(
            f"store {store.name} has no trial or report {names}; see all with: trialspan list, trialspan trial"
        )
    return JudgementStore(store).add(once(judgements))
