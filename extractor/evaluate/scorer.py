"""Scores records against gold, field by field: the rules of what counts as found.

A value is found when its normalised key equals gold's in the same document; terms and conditions also match when one
names the other with its site or a qualifier left off ("low back pain" ~ "back pain"). Numbers that gold states must be right;
numbers beyond those are not held against a prediction.

- A fact with ``primary`` false is kept for people and not scored.
- Gold is what the text says. A fact whose only evidence is a true quote of the title can be a hit, never a false alarm.
- ``truncated``, or ``complete``/``excerpt_complete`` false: the text is a part, so its false alarms do not count, nor do its
  hits towards precision.
- ``optional`` on an entry, and ``optional_values`` a field: two careful readers could differ; neither missed nor a false alarm.
- Participants, dose, deaths or counted adverse events on a review, meta-analysis, animal or in-vitro report are a *leak*.
- ``ae_arm``: of the counted events that were found, is the arm right? A named arm that is missing or another is a miss; another
  arm, or an arm where gold has none, is a false alarm. It stands beside ``ae_count`` and is no part of the macro average.
- *Bad evidence* counts facts without evidence and quotes that are not the text at their offsets (report_kind needs none).
- The macro average is over fields with at least five gold values; *stray* counts findings in the others.
- *Cells right* is what reviewers count: of all cells (document by field) the share without a miss and without a false alarm,
  blank cells included; *filled cells right* leaves out the cells that are rightly blank.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.evaluate.keys import (
    ASKED_OF_FOUND,
    COMMON,
    LEAKING,
    NO_CELLS,
    NO_TRIAL,
    STOP,
    Gold,
    keys_of_facts,
    keys_of_gold,
    scored_fields,
)
from extractor.model import Document

Error = tuple[str, str, str, str]  # document, field, "missed" or "false alarm", key

# ---------------------------------------------------------------- matching


def same_term(a: str, b: str) -> bool:
    """Equal, or one names the other with its site or a qualifier left off, at least half of the words shared."""
    if a == b:
        return True
    wa, wb = ({w for w in t.split() if w not in STOP} for t in (a, b))
    small, large = sorted((wa, wb), key=len)
    return bool(small) and small <= large and 2 * len(small) >= len(large)


def same(field: str, gold: Any, found: Any) -> bool:
    if field == "condition":
        return same_term(gold, found)
    if field == "ae_term":
        return gold[1] == found[1] and same_term(gold[0], found[0])
    stated = 1 if field == "ae_count" else 2  # numbers that gold states must be there and equal
    return (
        gold[1:stated] == found[1:stated]
        and all(g is None or g == f for g, f in zip(gold[stated:], found[stated:], strict=False))
        and same_term(gold[0], found[0])
    )


NO_ARM_WORDS = {
    "group", "arm", "patient", "participant", "recipient", "subject", "the", "treatment", "treated", "therapy", "cohort",
}  # fmt: skip


def same_arm(a: str, b: str) -> bool:
    """One name's telling words are among the other's ("cell" ~ "cell group", "placebo" ~ "placebo recipients")."""
    wa, wb = (set(re.findall(r"[a-z0-9]+", t)) for t in (a, b))
    wa, wb = (w - NO_ARM_WORDS or w for w in (wa, wb))
    return bool(wa & wb) and (wa <= wb or wb <= wa)


def match_arms(
    gold: set[Any], counts: set[Any], counted: set[Any], found: set[Any]
) -> tuple[set[Any], set[Any], set[Any]]:
    """(hits, misses, false alarms) of arms, asked only of counted events that were found.

    Parameters
    ----------
    gold, found : set
        Keys of ``ae_arm``: (term, n, percent, arm).
    counts, counted : set
        Keys of ``ae_count``, gold's and the record's, with and without an arm.
    """
    hits: set[Any] = set()
    misses: set[Any] = set()
    extra: set[Any] = set()
    for key in gold:
        if not any(same("ae_count", key[:3], other) for other in counted):
            continue
        named = [other for other in found if same("ae_count", key[:3], other[:3])]
        if any(same_arm(key[3], other[3]) for other in named):
            hits.add(key)
        else:
            misses.add(key)
            others = [g for g in gold if g != key and same("ae_count", g[:3], key[:3])]
            extra |= {o for o in named if not any(same_arm(g[3], o[3]) for g in others)}
    bare = [c for c in counts if not any(same("ae_count", c, g[:3]) for g in gold)]
    extra |= {o for o in found if any(same("ae_count", c, o[:3]) for c in bare)}
    return hits, misses, extra


def match(field: str, gold: set[Any], found: set[Any]) -> tuple[set[Any], set[Any], set[Any]]:
    """(hits, misses, false alarms): the largest one-to-one pairing, equal keys first."""
    hits = gold & found
    if field not in ("condition", "ae_term", "ae_count", "ae_event"):
        return hits, gold - found, found - gold
    pair: dict[Any, Any] = {}
    rest, left = sorted(gold - hits, key=str), sorted(found - hits, key=str)

    def place(key: object, seen: set[Any]) -> bool:
        for twin in left:
            if twin not in seen and same(field, key, twin):
                seen.add(twin)
                if twin not in pair or place(pair[twin], seen):
                    pair[twin] = key
                    return True
        return False

    placed = {key for key in rest if place(key, set())}
    return hits | placed, set(rest) - placed, set(left) - set(pair)


def bad_evidence(entry: Gold, facts: list[Gold]) -> int:
    parts = {"abstract": entry.get("text"), "title": entry.get("title")}
    wrong = 0
    for fact in facts:
        evidence = fact.get("evidence") or []
        wrong += not evidence and fact.get("field") != "report_kind"
        for item in evidence:
            text = parts.get(item.get("part", "abstract"))
            if text is not None:
                wrong += not {"start", "end"} <= item.keys() or text[item["start"] : item["end"]] != item.get("quote")
    return wrong


def only_in_title(entry: Gold, facts: list[Gold]) -> dict[str, set[Any]]:
    """Keys that a true quote of the title gives and nothing in the text does."""
    title: list[Gold] = []
    text: list[Gold] = []
    for fact in facts:
        evidence = fact.get("evidence") or []
        own = bool(evidence) and all(item.get("part") == "title" for item in evidence)
        (title if own and not bad_evidence(entry, [fact]) else text).append(fact)
    there, here = keys_of_facts(title), keys_of_facts(text)
    return {field: there[field] - here[field] for field in scored_fields()}


# ---------------------------------------------------------------- score


def load_gold(folder: Path, only: str | None = None) -> list[Gold]:
    paths = [p for p in sorted(folder.rglob("*.json")) if not only or p.parent.name in only.split(",")]
    entries = [json.loads(p.read_text(encoding="utf-8")) for p in paths]
    return [e for e in entries if isinstance(e, dict) and "gold" in e]


def document_of(entry: Gold) -> Document:
    """The text of a gold entry as a document, as the pipeline reads it."""
    title = {"title": entry["title"]} if entry.get("title") else {}
    return Document(entry["id"], "jsonl", title | {"abstract": entry["text"]})


@dataclass(frozen=True, slots=True)
class Scored:
    """One document scored.

    ``tally`` holds counts a field (tp, fp, fn, and sure: hits in whole texts), ``cells`` the cells of its row (all, right, filled,
    filled_right).
    """

    id: str
    tally: dict[str, Counter[str]]
    cells: Counter[str]
    errors: list[Error]
    leaks: list[str]
    bad_evidence: int


def score_document(entry: Gold, record: Gold | None) -> Scored:
    """Score one record (None: there is none, all of gold is missed) against its gold entry."""
    facts = (record or {}).get("facts", [])
    gold, found, title = keys_of_gold(entry), keys_of_facts(facts), only_in_title(entry, facts)
    partial = is_partial(entry)
    tally, cells = {}, Counter[str]()
    errors = [] if record is not None else [(entry["id"], "document", "missing", "no record")]
    for field in scored_fields():
        hits, misses, extra = compared(field, gold, found)
        if field not in ASKED_OF_FOUND:
            extra = match(field, gold["optional"][field], extra)[2] - title[field]
        if field not in NO_CELLS:
            cells += cell(filled=bool(gold[field]), missed=bool(misses), extra=bool(extra), partial=partial)
        tally[field] = Counter(
            tp=len(hits), fn=len(misses), fp=0 if partial else len(extra), sure=0 if partial else len(hits)
        )
        errors += [(entry["id"], field, "missed", str(k)) for k in sorted(misses, key=str)]
        errors += [(entry["id"], field, "false alarm", str(k)) for k in sorted(extra, key=str) if not partial]
    leaks = [f for f in LEAKING if found[f] and not gold[f]] if entry.get("kind") in NO_TRIAL else []
    return Scored(entry["id"], tally, cells, errors, leaks, bad_evidence(entry, facts))


def compared(field: str, gold: Any, found: Any) -> tuple[set[Any], set[Any], set[Any]]:
    """(hits, misses, false alarms) of one field, before optional values and titles are allowed for."""
    if field == "ae_arm":
        return match_arms(gold[field], gold["ae_count"], found["ae_count"], found[field])
    hits, misses, extra = match(field, gold[field], found[field])
    if field == "dose_basis":  # asked only where the dose itself agrees and gold states a basis
        agreed, stated = gold["dose"] & found["dose"], {k[:3] for k in gold[field]}
        misses, extra = {k for k in misses if k[:3] in agreed}, {k for k in extra if k[:3] in stated}
    return hits, misses, extra


def cell(*, filled: bool, missed: bool, extra: bool, partial: bool) -> Counter[str]:
    """One cell of a reviewer's table: a false alarm in a part of a text is not held against it."""
    right = not (missed or (extra and not partial))
    return Counter(all=1, right=right, filled=filled or extra, filled_right=filled and right)


def is_partial(entry: Gold) -> bool:
    """Whether the text is only a part of what gold was read from."""
    return bool(entry.get("truncated")) or False in (entry.get("complete"), entry.get("excerpt_complete"))


def score(entries: list[Gold], records: dict[str, Gold]) -> tuple[dict[str, Any], list[Error]]:
    """Summary over all entries, and every miss and false alarm."""
    scored = [score_document(entry, records.get(entry["id"])) for entry in entries]
    return summarised(scored), [error for one in scored for error in one.errors]


def summarised(scored: list[Scored]) -> dict[str, Any]:
    """Rates a field, macro F1 over fields with at least five gold values, leaks, bad evidence, stray findings."""
    rows = {field: rates(sum((one.tally[field] for one in scored), Counter())) for field in scored_fields()}
    common = [r["f1"] for f, r in rows.items() if r["tp"] + r["fn"] >= COMMON and f not in ASKED_OF_FOUND]
    cells = sum((one.cells for one in scored), Counter[str]())
    return {
        "cells_right": cells["right"] / cells["all"] if cells["all"] else None,
        "filled_cells_right": cells["filled_right"] / cells["filled"] if cells["filled"] else None,
        "documents": len(scored),
        "fields": rows,
        "macro_f1": sum(common) / len(common) if common else None,
        "leaks": dict(Counter(leak for one in scored for leak in one.leaks)),
        "bad_evidence": sum(one.bad_evidence for one in scored),
        "stray": {f: r["fp"] for f, r in rows.items() if r["tp"] + r["fn"] < COMMON and r["fp"]},
    }


def rates(t: Counter[str]) -> Any:
    p = t["sure"] / (t["sure"] + t["fp"]) if t["sure"] + t["fp"] else None
    r = t["tp"] / (t["tp"] + t["fn"]) if t["tp"] + t["fn"] else None
    f1 = None if r is None else 0.0 if not p or not r else 2 * p * r / (p + r)
    if r and p is None:  # partial texts alone
        f1 = 2 * r / (1 + r)
    return {"precision": p, "recall": r, "f1": f1, **{k: t[k] for k in ("tp", "fp", "fn")}}
