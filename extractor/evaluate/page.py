"""The evaluation as one self-contained HTML page: figures, errors with the text around them, reliability diagram."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from extractor.evaluate.figures import Evaluation
from extractor.evaluate.keys import Gold
from extractor.evaluate.reliability import bins, calibration_error, cross_fitted

AROUND = 90  # characters of text shown on either side of an error's evidence


def page(evaluation: Evaluation, entries: list[Gold], records: dict[str, Gold], *, title: str) -> str:
    """The HTML of the report; needs no network, no script."""
    source = files("extractor.evaluate").joinpath("report.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    held_out = cross_fitted(evaluation.judged)
    return environment.from_string(source).render(
        title=title,
        evaluation=evaluation,
        bins=bins(held_out),
        error=calibration_error(held_out),
        errors=in_context(evaluation, entries, records),
    )


def in_context(evaluation: Evaluation, entries: list[Gold], records: dict[str, Gold]) -> list[dict[str, Any]]:
    """Each error with the words around its evidence: gold's quote for a miss, the fact's for a false alarm."""
    texts = {e["id"]: e for e in entries}
    return [
        {
            "document": document,
            "field": field,
            "what": what,
            "key": key,
            "around": _around(texts.get(document), records.get(document), field, what, key),
        }
        for document, field, what, key in evaluation.errors
    ]


def _around(entry: Gold | None, record: Gold | None, field: str, what: str, key: str) -> tuple[str, str, str]:
    """(before, quote, after); empty where no words can be named."""
    if entry is None:
        return "", "", ""
    text = entry.get("text") or "\n".join((record or {}).get("document", {}).get("parts", {}).values())
    for quote in _quotes(entry, record, field, what, key):
        start = text.find(quote)
        if start >= 0:
            end = start + len(quote)
            return text[max(0, start - AROUND) : start], quote, text[end : end + AROUND]
    return "", "", ""


def _quotes(entry: Gold, record: Gold | None, field: str, what: str, key: str) -> list[str]:
    if what == "false alarm" and record is not None:
        name = "adverse_event" if field.startswith("ae_") else field
        words = key.strip("()'").split("'")[0].split(",")[0]
        own = [f for f in record["facts"] if f["field"] == name and f["primary"] and f["evidence"]]
        own.sort(key=lambda f: words not in str(f["value"]).lower())
        return [f["evidence"][0]["quote"] for f in own]
    gold = entry["gold"]
    rows = gold.get(
        {
            "ae_term": "adverse_events",
            "ae_count": "adverse_events",
            "ae_event": "adverse_events",
            "ae_arm": "adverse_events",
            "ae_blanket": "adverse_events",
        }.get(field, field)
    )
    rows = (
        rows
        if isinstance(rows, list)
        else [gold.get("cohort")]
        if field in ("participants", "sex", "age", "arm")
        else []
    )
    words = key.strip("('").split("'")[0]
    named = [r for r in rows if isinstance(r, dict) and r.get("quote")]
    named.sort(key=lambda r: words not in str(r.get("term", "")).lower())
    return [r["quote"] for r in named]
