"""People's judgements of risk of bias for a forest plot: of the one tool that judges most of its studies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractor.bias import OVERALL, TOOLS, of_store
from extractor.graph.called import Called
from extractor.pool.forest_layout import Lights
from extractor.store import Store

DISPUTED = "not agreed on"


def lights_of(store: Store, studies: Sequence[str], call: Called = str) -> Lights | None:
    """The lights of these studies, as they are called in the plot; None where nobody judged any of them."""
    found = [a for a in of_store(store) if call(a.study) in studies]
    if not found:
        return None
    most = Counter(name for name, _ in {(a.tool, a.study) for a in found})
    tool = TOOLS[max(most, key=lambda name: (most[name], name))]
    mine = [a for a in found if a.tool == tool.name]
    judged = {a.domain for a in mine}
    domains = [d for d in tool.domains or dict.fromkeys(a.domain for a in mine) if d in judged and d != OVERALL]
    columns = (*domains, *([OVERALL] if OVERALL in judged else []))
    words: dict[str, dict[str, str]] = {}
    for one in mine:
        said = DISPUTED if one.judgement is None else tool.shown.get(one.judgement, one.judgement)
        words.setdefault(call(one.study), {})[one.domain] = said
    meaning = "; ".join(f"{d} {tool.meaning[d]}" for d in columns if d in tool.meaning)
    meaning += "; All overall" if meaning and OVERALL in columns else ""
    signs = "+ low, – some concerns or moderate, × high or serious, ! critical, ? unclear, ≠ not agreed on"
    others = f" Judged with other tools too: {', '.join(sorted(most.keys() - {tool.name}))}." if len(most) > 1 else ""
    return Lights(columns, words, f"Risk of bias, {tool.title}: {signs}{f'. {meaning}' if meaning else ''}.{others}")
