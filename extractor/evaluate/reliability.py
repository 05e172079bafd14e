"""Is a confidence a probability? Each fact is judged right or wrong against gold; bins, expected calibration error, table.

The calibration table gives each rule (the fact's ``method``) its share of right facts, drawn towards its field's share as
far as the rule is rare, and the field's towards all fields' (an empirical-Bayes shrinkage with a fixed weight). Its error
is measured by cross-fitting over documents: no fact is judged by a table that saw its document.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.calibration import wrong_at_most
from extractor.evaluate.keys import Gold, keys_of_facts, keys_of_gold
from extractor.evaluate.scorer import is_partial, match, match_arms, only_in_title

BINS = 10
FOLDS = 5
RULE_WEIGHT = 8.0  # facts that a rule needs before its own share counts for half
FIELD_WEIGHT = 30.0  # the same for a field: fields with under 30 values are pooled


@dataclass(frozen=True, slots=True)
class Judged:
    """One primary fact with its confidence, and whether gold agrees."""

    document: str
    field: str
    method: str
    confidence: float
    right: bool


def judged(entry: Gold, record: dict[str, Any]) -> Iterable[Judged]:
    """Primary facts of one record that gold can judge: a false alarm in a part of a text, or in the title alone, cannot be."""
    gold, partial = keys_of_gold(entry), is_partial(entry)
    title = only_in_title(entry, record["facts"])
    for fact in record["facts"]:
        if not fact.get("primary", True):
            continue
        wrong = [
            (field, keys)
            for field, keys in keys_of_facts([fact]).items()
            if field not in ("dose_basis", "interval", "ae_count", "ae_event" if not _counted(fact) else "ae_term")
            and not _known(field, keys, gold)
        ]
        if wrong and (partial or all(keys <= title[field] for field, keys in wrong)):
            continue
        yield Judged(entry["id"], fact["field"], fact["method"], fact["confidence"], not wrong)


def _counted(fact: dict[str, Any]) -> bool:
    return fact["value"].get("n") is not None or fact["value"].get("percent") is not None


def _known(field: str, keys: set[Any], gold: Any) -> bool:
    """Whether all `keys` are in gold, needed or optional."""
    if field == "arm":  # two arms of one size are told apart by a counter that a single fact does not have
        sizes = {k[0] for k in gold[field] | gold["optional"][field]}
        return {k[0] for k in keys} <= sizes
    if field == "ae_arm":
        return not match_arms(gold[field], gold["ae_count"], {k[:3] for k in keys}, keys)[2]
    return not match(field, gold[field] | gold["optional"][field], keys)[2]


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts whose confidence falls into ``low``-``high``: how many, their mean confidence, their share of right ones."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def bins(facts: Sequence[Judged], *, count: int = BINS) -> list[Bin]:
    """Bins of equal width, the empty ones left out."""
    groups: dict[int, list[Judged]] = defaultdict(list)
    for fact in facts:
        groups[min(count - 1, int(fact.confidence * count))].append(fact)
    return [
        Bin(
            place / count,
            (place + 1) / count,
            len(group),
            sum(f.confidence for f in group) / len(group),
            sum(f.right for f in group) / len(group),
        )
        for place, group in sorted(groups.items())
    ]


def calibration_error(facts: Sequence[Judged]) -> float | None:
    """Expected calibration error: mean distance of confidence and share of right facts over the bins, weighted by size."""
    if not facts:
        return None
    return sum(b.count * abs(b.confidence - b.right) for b in bins(facts)) / len(facts)


Table = dict[str, float]


def fit(facts: Iterable[Judged]) -> Table:
    """Method -> probability; ``field:*`` and ``*`` are what a rule that was never seen gets."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for fact in facts:
        for name in ("*", f"{fact.field}:*", fact.method):
            groups[name].append(fact.right)
    everywhere = _shrunk(groups["*"], 0.8, 1.0)
    table = {"*": everywhere}
    table |= {n: _shrunk(g, everywhere, FIELD_WEIGHT) for n, g in sorted(groups.items()) if n.endswith(":*")}
    for name, group in sorted(groups.items()):
        if "/" in name:
            table[name] = _shrunk(group, table[f"{field_of(name)}:*"], RULE_WEIGHT)
    return table


def field_of(method: str) -> str:
    return method.split(":", 1)[1].split("/", 1)[0]


def _shrunk(right: Sequence[bool], towards: float, weight: float) -> float:
    return round((sum(right) + weight * towards) / (len(right) + weight), 4)


def look_up(table: Table, fact: Judged) -> float:
    return table.get(fact.method, table.get(f"{fact.field}:*", table["*"]))


def cross_fitted(facts: Sequence[Judged], *, folds: int = FOLDS) -> list[Judged]:
    """The facts with the confidence that a table fitted on the other documents gives them."""
    out = []
    for fold in range(folds):
        table = fit(f for f in facts if fold_of(f.document, folds) != fold)
        held = (f for f in facts if fold_of(f.document, folds) == fold)
        out += [Judged(f.document, f.field, f.method, look_up(table, f), f.right) for f in held]
    return out


def fold_of(document: str, folds: int) -> int:
    return int(hashlib.sha1(document.encode()).hexdigest(), 16) % folds


RESAMPLES = 200
SEED = 20261129


def budget_held(facts: Sequence[Judged], *, resamples: int = RESAMPLES, seed: int = SEED) -> float | None:
    """The share of resamples of gold's documents in which no more facts are wrong than the error budget says at most.

    By confidences that a table fitted on the other documents gives; documents are drawn with replacement.
    """
    by_document: dict[str, list[Judged]] = defaultdict(list)
    for fact in cross_fitted(facts):
        by_document[fact.document].append(fact)
    every = [by_document[name] for name in sorted(by_document)]
    if not every:
        return None
    draw, held = random.Random(seed), 0
    for _ in range(resamples):
        sample = draw.choices(every, k=len(every))
        wrong = sum(not fact.right for some in sample for fact in some)
        held += wrong <= wrong_at_most([[fact.confidence for fact in some] for some in sample])
    return held / resamples
