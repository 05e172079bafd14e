"""What a language model answered, as claims: JSON in fences, JSON that was cut off, a refusal told apart.

>>> facts_in('```json\\n{"facts": [{"field": "phase", "value": {"name": "2"}, "quote": "phase 2"}, {"field": "pha')
('cut', [{'field': 'phase', 'value': {'name': '2'}, 'quote': 'phase 2'}])
"""

from __future__ import annotations

import json
import re
from typing import Any

WHOLE, CUT, REFUSED = "whole", "cut", "refused"
FENCE = re.compile(r"```(?:json)?\s*(.*?)(?:```|\Z)", re.S)
FACTS = re.compile(r'"facts"\s*:\s*\[|\A\s*\[')


def facts_in(text: str) -> tuple[str, list[dict[str, Any]]]:
    """How the answer is (``whole``, ``cut``, ``refused``), and the facts in it."""
    fenced = FENCE.search(text)
    body = fenced[1] if fenced else text
    start = next((i for i, c in enumerate(body) if c in "{["), None)
    if start is None:
        return REFUSED, []
    try:
        data, _ = json.JSONDecoder().raw_decode(body[start:])
    except ValueError:
        return _cut(body[start:])
    found = data.get("facts") if isinstance(data, dict) else data
    if not isinstance(found, list):
        return REFUSED, []
    return WHOLE, [f for f in found if isinstance(f, dict)]


def _cut(body: str) -> tuple[str, list[dict[str, Any]]]:
    """The facts that are whole in an answer that breaks off."""
    begin = FACTS.search(body)
    if begin is None:
        return REFUSED, []
    decoder, found, at = json.JSONDecoder(), [], begin.end()
    while (at := _next_object(body, at)) >= 0:
        try:
            fact, at = decoder.raw_decode(body, at)
        except ValueError:
            break
        found.append(fact)
    return (CUT, found) if found else (REFUSED, [])


def _next_object(body: str, at: int) -> int:
    gap = re.compile(r"[\s,]*").match(body, at)
    place = gap.end() if gap else at
    return place if body[place : place + 1] == "{" else -1
