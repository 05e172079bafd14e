"""A value as people type it into a cell ("43", "2 x 10^6 cells/kg", "headache 3/20 (15%)", "no serious adverse events") as a field's value.

>>> value_of("participants", "43 patients")
{'n': 43, 'kind': None}
>>> value_of("follow_up", "6-12 months")
{'low': 6, 'high': 12, 'unit': 'months'}
"""

from __future__ import annotations

import re
from typing import Any

from extractor.text import fold
from extractor.verify.numbers import COUNT, DENOMINATOR, PERCENT, TIME, Said, numbers
from extractor.words import Words

W = Words("verify")

NAMED = ("condition", "cell_type", "cell_source", "donor", "route", "route_site", "phase", "design", "report_kind")
IDENTIFIED = ("registry_id", "ethics_approval")
CLASS = re.compile(W.plain_class)
DENIED = re.compile(
    rf"\A{W.denied_no}\b(?:\s+of)?(?:\s+reported)?\s*:?\s*|:?\s*\b(?:none|not observed|did not occur|absent)\Z"
)
PER = re.compile(r"/\s*(kg|ml|m2)\b|per\s+(kg|ml|m2)\b")
SEXES = re.compile(r"(\d+)\s*(?:female|women|woman|f\b)|(\d+)\s*(?:male|men|man|m\b)")


def value_of(field: str, text: str) -> dict[str, Any] | None:
    """The value that `text` writes; None where it writes none."""
    text = text.strip()
    if not text:
        return None
    if field in NAMED:
        return {"name": text}
    if field in IDENTIFIED:
        return {"id": text}
    folded = fold(text)
    said = [s for s in numbers(folded, 0, len(folded)) if not s.weak]
    if field == "adverse_event":
        return event(text, folded, said)
    if field == "sex":
        return _sexes(folded)
    return _figure(field, folded, said) if said else None


def _figure(field: str, folded: str, said: list[Said]) -> dict[str, Any] | None:
    values = [_plain(s.value) for s in said if s.kind != PERCENT]
    if not values:
        return None
    low, high = values[0], values[1] if len(values) > 1 and re.search(r"-|\bto\b|–", folded) else values[0]
    if field in ("participants", "deaths"):
        return {"n": values[0]} | ({"kind": None} if field == "participants" else {})
    if field == "arm":
        name = re.sub(r"[\s(:,=n]*\d+[\s)]*(?:patients?|participants?)?\s*\Z", "", folded).strip()
        return {"name": name or None, "n": values[-1]}
    if field == "dose":
        per = PER.search(folded)
        return {
            "low": low,
            "high": high,
            "unit": f"cells/{per[1] or per[2]}" if per else "cells",
            "basis": None,
            "sd": None,
        }
    unit = next((s.unit for s in reversed(said) if s.kind == TIME), None)
    if field == "follow_up":
        return {"low": low, "high": high, "unit": unit} if unit else None
    if field == "age":
        single = low == high
        return {
            "mean": low if single else None,
            "low": None if single else low,
            "high": None if single else high,
            "unit": unit or "years",
        }
    return {"low": low, "high": high, "interval": None}


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _sexes(folded: str) -> dict[str, Any] | None:
    found: dict[str, Any] = {"female": None, "male": None}
    for match in SEXES.finditer(folded):
        found["female" if match[1] else "male"] = int(match[1] or match[2])
    return found if set(found.values()) != {None} else None


def event(text: str, folded: str, said: list[Said]) -> dict[str, Any] | None:
    """An adverse event: its term and what is said of it."""
    denied = DENIED.search(folded)
    term = (text[: denied.start()] + text[denied.end() :] if denied else text).strip(" ,;:.")
    if denied:
        blanket = CLASS.search(fold(term)) is not None
        return {
            "term": term,
            "n": None,
            "assertion": "none_reported" if blanket else "absent",
            "serious": True if "serious" in fold(term) else None,
        }
    first = min((s.start for s in said), default=len(text))
    last = max((s.end for s in said), default=0)
    before = re.sub(r"[\s,;:.(\[]*(?:n\s*=\s*)?\Z", "", text[:first])
    after = text[last:].strip(" ,;:.)]%")
    term = (
        before
        if len(before) > len(after)
        else re.sub(r"\A(?:patients?|participants?|cases?)\s+(?:had|with|of)\s+|\Acases? of\s+", "", after, flags=re.I)
    )
    if not term:
        return None
    kinds = {k: next((_plain(s.value) for s in said if s.kind == k), None) for k in (COUNT, PERCENT, DENOMINATOR)}
    absent = kinds[COUNT] == 0 or (kinds[COUNT] is None and kinds[PERCENT] == 0)
    return {
        "term": term, "n": kinds[COUNT], "denominator": kinds[DENOMINATOR], "percent": kinds[PERCENT], "assertion": "absent" if absent else "present",
    }  # fmt: skip
