"""Forged and right cells of gold documents through the verifier: what is caught, what is a false alarm, seconds of CPU.

A cell counts as caught, or as a false alarm, where the answer gives a reason (it contradicts, or is a silent zero). Forged
cells are made from right ones in twelve ways; the seed is fixed.

    python bench/verify.py corpora/als_msc [FOLDER ...] [--cells 1000] [--list KIND] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractor.evaluate.scorer import document_of, load_gold
from extractor.pipeline import build
from extractor.settings import Settings
from extractor.verify.cells import FOLLOWS, Answer, Cell
from extractor.verify.check import verify
from extractor.verify.confidence import TABLE

SEED = 12
Gold = dict[str, Any]

# ---------------------------------------------------------------- right cells


def cells_of(entry: Gold) -> Iterator[Cell]:
    """What gold holds of a document, each as a cell with the quote that gold gives."""
    gold, id = entry["gold"], entry["id"]
    for field in ("condition", "cell_type", "cell_source", "route", "route_site", "design"):
        yield from (Cell(id, field, {"name": name}) for name in gold.get(field) or [])
    for field in ("donor", "phase"):
        if gold.get(field) and ";" not in gold[field]:
            yield Cell(id, field, {"name": gold[field]})
    for dose in gold.get("dose") or []:
        yield Cell(id, "dose", {k: dose.get(k) for k in ("low", "high", "unit", "basis", "sd")}, dose.get("quote"))
    for follow in gold.get("follow_up") or []:
        low, high = follow.get("value"), follow.get("value_high") or follow.get("value")
        if isinstance(low, list):
            low, high = low[0], low[-1]
        yield Cell(id, "follow_up", {"low": low, "high": high, "unit": follow.get("unit")}, follow.get("quote"))
    cohort = gold.get("cohort") or {}
    if cohort.get("n") is not None:
        yield Cell(id, "participants", {"n": cohort["n"], "kind": cohort.get("n_kind")}, cohort.get("quote"))
    for arm in cohort.get("arms") or []:
        if arm.get("n") is not None:
            yield Cell(id, "arm", {"name": arm.get("name"), "n": arm["n"]}, arm.get("quote"))
    for event in gold.get("adverse_events") or []:
        term = event["term"][0] if isinstance(event.get("term"), list) else event.get("term")
        value = {
            k: event.get(k)
            for k in (
                "n",
                "denominator",
                "denominator_unit",
                "percent",
                "grade",
                "severity",
                "serious",
                "related",
                "assertion",
                "scope",
            )
        }
        yield Cell(id, "adverse_event", {"term": term} | value, event.get("quote"), event.get("arm"))
    for registry in gold.get("registry_ids") or []:
        yield Cell(id, "registry_id", {"id": registry})


# ---------------------------------------------------------------- forged cells: each way returns a cell, or None

Forge = Callable[[Cell, list[Cell], Gold, random.Random], Cell | None]
NUMBERS = {
    "adverse_event": ("n", "percent"),
    "dose": ("low",),
    "follow_up": ("low",),
    "participants": ("n",),
    "arm": ("n",),
}


def number_of(cell: Cell) -> tuple[str, float] | None:
    keys = NUMBERS.get(cell.field, ())
    return next(((k, cell.value[k]) for k in keys if cell.value.get(k) not in (None, 0)), None)


def with_number(cell: Cell, key: str, number: float) -> Cell | None:
    whole = int(number) if float(number).is_integer() else number
    value = cell.value | {key: whole}
    if key == "low" and cell.value.get("high") == cell.value.get("low"):
        value["high"] = whole
    return None if cell.value[key] == whole else replace(cell, value=value)


def changed(change: Callable[[float], float]) -> Forge:
    def forge(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
        found = number_of(cell) if cell.quote and cell.value.get("assertion", "present") == "present" else None
        made = with_number(cell, found[0], change(found[1])) if found else None
        return made if made and not any(same_claim(made, o) for o in others) else None

    return forge


def same_claim(a: Cell, b: Cell) -> bool:
    """Whether a forged cell happens to be another right one."""
    keys = ("term", "n", "percent", "low", "high", "unit", "name", "assertion")
    return a.field == b.field and all(a.value.get(k) == b.value.get(k) for k in keys) and (a.arm or "") == (b.arm or "")


def swapped(number: float) -> float:
    digits = str(int(number)) if float(number).is_integer() and number < 1e4 else f"{number:g}".replace(".", "")
    if float(number).is_integer() and len(digits) > 1 and digits[0] != digits[1] and number < 1e4:
        return float(digits[1] + digits[0] + digits[2:]) if digits[1] != "0" else number
    return number


def arm_swapped(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    arms = sorted({o.arm for o in others if o.arm and o.arm != cell.arm})
    if cell.field != "adverse_event" or not cell.arm or not arms or number_of(cell) is None:
        return None
    made = replace(cell, arm=draw.choice(arms))
    return None if any(same_claim(made, o) for o in others) else made


def whole_swapped(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    wholes = sorted(
        {
            o.value["denominator"]
            for o in others
            if o.value.get("denominator") and o.value["denominator"] != cell.value.get("denominator")
        }
    )
    if not cell.value.get("denominator") or not wholes:
        return None
    return replace(cell, value=cell.value | {"denominator": draw.choice(wholes)})


CUE = re.compile(
    r"\A(?:there (?:was|were) )?(?:no|none of the \w+ (?:had|developed|experienced)|without(?: any)?|absence of|neither)\s+",
    re.I,
)


def negation_cut(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    if (
        cell.value.get("assertion") not in ("absent", "none_reported")
        or not cell.quote
        or not (match := CUE.match(cell.quote))
    ):
        return None
    return replace(cell, value=cell.value | {"assertion": "present", "n": None}, quote=cell.quote[match.end() :])


def limit_cut(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    value = cell.value
    if value.get("assertion") != "none_reported" or not (value.get("related") or value.get("serious")):
        return None
    bare = {"related": None, "serious": None, "severity": None, "scope": None, "term": "adverse events"}
    return replace(cell, value=value | bare)


def other_events_number(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    found = number_of(cell)
    if cell.field != "adverse_event" or found is None or not cell.quote:
        return None
    key = found[0]
    near = [
        o
        for o in others
        if o.field == "adverse_event"
        and o.quote
        and o.value["term"] != cell.value["term"]
        and o.value.get(key) not in (None, 0, found[1])
        and abs(entry["text"].find(o.quote) - entry["text"].find(cell.quote)) < 200
    ]
    if not near:
        return None
    other = draw.choice(near).value
    made = replace(cell, value=cell.value | {k: other.get(k) for k in ("n", "percent", "denominator")})
    return None if any(same_claim(made, o) for o in others) else made


def percent_for_number(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    if (
        cell.field != "adverse_event"
        or cell.value.get("percent") in (None, 0)
        or cell.value["percent"] == cell.value.get("n")
    ):
        return None
    return replace(cell, value=cell.value | {"n": cell.value["percent"], "percent": None, "denominator": None})


TERMS = (
    "stroke",
    "anaphylaxis",
    "seizure",
    "pulmonary embolism",
    "tumour formation",
    "pneumonia",
    "meningitis",
    "thrombosis",
)


def silent_zero(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    term = draw.choice(TERMS)
    if cell.field != "adverse_event" or re.search(re.escape(term.split()[-1][:6]), entry["text"], re.I):
        return None
    value = dict.fromkeys(cell.value) | {"term": term, "n": 0, "assertion": "absent"}
    return replace(cell, value=value, quote=draw.choice([None, cell.quote]), arm=None)


def sign(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    found = number_of(cell)
    return with_number(cell, found[0], -found[1]) if found and cell.quote else None


UNITS = {
    "days": "weeks",
    "weeks": "months",
    "months": "years",
    "years": "months",
    "cells": "cells/kg",
    "cells/kg": "cells",
}


def unit(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    if cell.field not in ("dose", "follow_up") or cell.value.get("unit") not in UNITS or not cell.quote:
        return None
    made = replace(cell, value=cell.value | {"unit": UNITS[cell.value["unit"]]})
    return None if any(same_claim(made, o) for o in others) else made


def exponent(cell: Cell, others: list[Cell], entry: Gold, draw: random.Random) -> Cell | None:
    if cell.field != "dose" or not cell.value.get("low") or not cell.quote:
        return None
    power = draw.choice([0.1, 10, 100])
    value = {k: cell.value[k] * power if cell.value.get(k) is not None else None for k in ("low", "high", "sd")}
    made = replace(cell, value=cell.value | value)
    return None if any(same_claim(made, o) for o in others) else made


FORGED: dict[str, Forge] = {
    "number +1": changed(lambda n: n + 1),
    "number x10": changed(lambda n: n * 10),
    "digits swapped": changed(swapped),
    "sign": sign,
    "unit": unit,
    "exponent": exponent,
    "arm swapped": arm_swapped,
    "denominators swapped": whole_swapped,
    "negation cut": negation_cut,
    "limit cut": limit_cut,
    "other event's number": other_events_number,
    "percent for number": percent_for_number,
    "silent zero": silent_zero,
}
SURE = ("number +1", "number x10", "digits swapped", "negation cut")

# ---------------------------------------------------------------- the run


def forged(entries: list[Gold], count: int, draw: random.Random) -> list[tuple[str, Cell]]:
    """As even a draw of all kinds as the documents allow."""
    made: dict[str, list[Cell]] = defaultdict(list)
    for entry in entries:
        right = list(cells_of(entry))
        for kind, forge in FORGED.items():
            made[kind] += [c for cell in right if (c := forge(cell, right, entry, draw)) is not None]
    for group in made.values():
        draw.shuffle(group)
    found: list[tuple[str, Cell]] = []
    left = dict(made)
    while len(found) < count and left:
        for kind in list(left):
            if not left[kind]:
                del left[kind]
            elif len(found) < count:
                found.append((kind, left[kind].pop()))
    return found


def right_cells(entries: list[Gold], count: int, draw: random.Random) -> list[tuple[str, Cell]]:
    """Cells of whole documents, as a table has them."""
    cells = [("right", c) for e in draw.sample(entries, len(entries)) for c in cells_of(e)]
    return cells[:count]


def measure(folders: list[Path], count: int) -> dict[str, Any]:
    """Answers by kind, and the seconds that they took."""
    entries = [e for f in folders for e in load_gold(f) if e.get("text")]
    draw = random.Random(SEED)
    tagged = forged(entries, count, draw) + right_cells(entries, count, draw)
    cells = [replace(cell, row=number) for number, (_, cell) in enumerate(tagged)]
    nlp = build(Settings())
    start = time.process_time()
    arms = {e["id"]: sorted({c.arm for c in cells_of(e) if c.arm}) for e in entries}
    answers = {a.cell.row: a for a in verify(nlp, map(document_of, entries), cells, arms)}
    seconds = time.process_time() - start
    rows: dict[str, list[Answer]] = defaultdict(list)
    for number, (kind, _) in enumerate(tagged):
        rows[kind].append(answers[number])
    return {"seconds": seconds, "documents": len({c.document for c in cells}), "cells": len(cells), "answers": rows}


def row_of(kind: str, answers: list[Answer]) -> dict[str, Any]:
    flagged = sum(a.flagged for a in answers)
    verdicts = Counter(a.value for a in answers)
    return {
        "kind": kind,
        "cells": len(answers),
        "flagged": flagged,
        "share": flagged / len(answers),
        "contradicts": verdicts["contradicts"],
        "follows": verdicts[FOLLOWS],
    }


LEAST = 8.0  # answers that a check needs before its own share counts for half


def shares(rows: dict[str, list[Answer]]) -> dict[str, float]:
    """Answer -> share of those that were right, drawn towards its verdict's share where a check is rare."""
    judged: dict[str, list[bool]] = defaultdict(list)
    for kind, answers in rows.items():
        for a in answers:
            right = (kind != "right") if a.flagged else (kind == "right")
            judged[a.value].append(right)
            judged[f"{a.value}/{a.how}"].append(right)
    found: dict[str, float] = {}
    for name, group in sorted(judged.items(), key=lambda item: "/" in item[0]):
        towards = found.get(name.partition("/")[0], 0.5)
        found[name] = round((sum(group) + LEAST * towards) / (len(group) + LEAST), 3)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=[Path("corpora/als_msc")])
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--list", metavar="KIND")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true", help="write the table of measured shares")
    options = parser.parse_args()
    found = measure(options.folders, options.cells)
    rows = [row_of(kind, found["answers"][kind]) for kind in [*FORGED, "right"] if found["answers"].get(kind)]
    print(f"{'kind':22} {'cells':>6} {'flagged':>8} {'share':>7} {'contradicts':>12} {'follows':>8}")
    for row in rows:
        print(
            f"{row['kind']:22} {row['cells']:6} {row['flagged']:8} {row['share']:7.1%} {row['contradicts']:12} {row['follows']:8}"
        )
    for name, kinds in (("changed numbers and cut negations", SURE), ("all forged", tuple(FORGED))):
        answers = [a for kind in kinds for a in found["answers"].get(kind, ())]
        print(
            f"{name}: {sum(a.flagged for a in answers)} of {len(answers)} caught, {sum(a.value == FOLLOWS for a in answers)} said to follow"
        )
    print(f"{found['cells']} cells of {found['documents']} documents in {found['seconds']:.1f} s of CPU")
    if options.list:
        for a in found["answers"][options.list]:
            if a.flagged == (options.list == "right") or (options.list != "right" and a.value == FOLLOWS):
                print(json.dumps(a.to_dict() | {"how": a.how}, ensure_ascii=False))
    if options.write:
        lines = ["# share of answers of a kind that were right, on cells half of which were forged", "answer\tshare"]
        lines += [f"{name}\t{share}" for name, share in sorted(shares(found["answers"]).items())]
        path = Path(__file__).parents[1] / "extractor" / "lexicons" / TABLE
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps({"rows": rows, "seconds": found["seconds"]}), encoding="utf-8")
    sys.exit(0)


if __name__ == "__main__":
    main()
