"""Values as a reader wants them: numbers with separators, units in words, and the three kinds of nothing told apart.

``not reported`` is silence, ``none (denied)`` a blanket denial in the text, ``0`` a stated zero. Nothing else in the
package turns a value into words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from extractor.declared import declared_fields
from extractor.model import NOT_READ, Fact, Record

Value = Mapping[str, Any]
NOT_REPORTED = "not reported"
UNREAD = "not read"  # a part of the report that may tell it was not read: a table that is a picture
DENIED = "none (denied)"
OTHERS_ONLY = "only others' figures"
REJECTED = "rejected by a curator"  # found by the program, and said to be wrong
DECIDED = frozenset({"rejected", "replaced"})  # flags of a fact that a curator's word took out of the count
JOIN = "; "
_KEY, _OPTIONAL = re.compile(r"\{(\w+)\}"), re.compile(r"\[([^\[\]]*)\]")


def shown(field: str, value: Value) -> str:
    """A field's value in words.

    >>> shown("dose", {"low": 420000, "high": 420000, "unit": "cells/kg", "basis": "mean", "sd": None})
    '420,000 cells/kg (mean)'
    """
    declared = declared_fields().get(field)
    if show := _SHOWN.get(field):
        return show(value)
    return filled(declared.shown, value) if declared and declared.shown else _any(value)


def filled(template: str, value: Value) -> str:
    """A template with its keys filled in; what stands in square brackets goes where one of its keys is silent.

    >>> filled("{id}[ (registered {on})]", {"id": "NCT1", "on": None}), filled("{name}[ (n = {n})]", {"name": "A", "n": 1200})
    ('NCT1', 'A (n = 1,200)')
    """

    def said(part: str) -> str:
        return _KEY.sub(lambda key: _plain(value.get(key[1])), part)

    def kept(part: re.Match[str]) -> str:
        return "" if any(value.get(key) in (None, "") for key in _KEY.findall(part[1])) else said(part[1])

    return said(_OPTIONAL.sub(kept, template)).strip()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def fact_shown(fact: Fact) -> str:
    """A fact's value in words, with its arm where it has one."""
    words = shown(fact.field, fact.value)
    return f"{words} [{fact.arm}]" if fact.arm and fact.field != "arm" else words


def field_shown(record: Record, *fields: str) -> str:
    """The trial's own values of some fields in words, or which kind of nothing there is.

    A blank means that nobody looked for it.
    """
    own = [f for name in fields for f in record.of(name)]
    if own:
        listed = _LISTED.get(fields[0]) if len(fields) == 1 else None
        return JOIN.join(dict.fromkeys(listed(own) if listed else map(fact_shown, own)))
    if kept := [f for name in fields for f in record.of(name, primary=False)]:
        return REJECTED if all(DECIDED & set(f.flags) for f in kept) else OTHERS_ONLY
    if any(name + NOT_READ in record.not_found for name in fields):
        return UNREAD
    return NOT_REPORTED if set(fields) & set(record.not_found) else ""


def events_shown(events: Sequence[Fact]) -> list[str]:
    """Adverse events in words: what happened, then what did not, then what is denied as a whole."""
    order = {"present": 0, "absent": 1, "none_reported": 2}
    return [fact_shown(f) for f in sorted(events, key=lambda f: order.get(f.value.get("assertion", ""), 0))]


def outcomes_shown(outcomes: Sequence[Fact]) -> list[str]:
    """Primary outcomes in words, and how many others there are; all, where none is primary."""
    primary = [f for f in outcomes if f.value.get("kind") == "primary"]
    others = Counter(str(f.value.get("kind")) for f in outcomes if f not in primary)
    counted = [f"{n} {kind} outcome{'s' * (n > 1)}" for kind, n in others.items()]
    return [*map(fact_shown, primary), *counted] if primary else list(map(fact_shown, outcomes))


def withdrawals_shown(withdrawals: Sequence[Fact]) -> list[str]:
    """Who left, one entry an arm and period: how many, and for which reasons anyone did."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for one in withdrawals:
        groups.setdefault((one.arm or "", str(one.value.get("period") or "")), []).append(one)
    return [_left(arm, period, group) for (arm, period), group in groups.items()]


def _left(arm: str, period: str, group: Sequence[Fact]) -> str:
    totals = [f for f in group if not f.value.get("reason")]
    reasons = [f for f in group if f.value.get("reason") and (f.value.get("n") or not totals)]
    why = ", ".join(f"{number(f.value['n'])} {f.value['reason']}" for f in reasons)
    said = ", ".join(shown("withdrawals", {**f.value, "period": None}) for f in totals)
    where = f" [{', '.join(filter(None, (arm, period)))}]" if arm or period else ""
    return (f"{said} ({why})" if said and why else said or why) + where


def number(value: float) -> str:
    """A number with separators and without trailing zeros.

    >>> number(420000.0), number(57.3), number(0.25)
    ('420,000', '57.3', '0.25')
    """
    return f"{int(value):,}" if value == int(value) else f"{value:,.6g}"


def counted(n: float | None, of: float | None, percent: float | None, unit: str | None = None) -> str:
    """A count as a cell has it, with a unit that is not people; a percentage that has no count; nothing of neither.

    >>> counted(1, 27, None), counted(3, None, 4.5, "cycles"), counted(None, None, 4.5), counted(None, None, None)
    ('1/27', '3 cycles', '4.5 %', '')
    """
    if n is None:
        return f"{number(percent)} %" if percent is not None else ""
    words = f"{number(n)}/{number(of)}" if of else number(n)
    return words if unit in (None, "", "participants") else f"{words} {unit}"


def span(low: float | None, high: float | None) -> str:
    """One figure, a range, or an open range.

    >>> span(1, 1), span(1, 3), span(40, None), span(None, 9)
    ('1', '1–3', '≥ 40', '≤ 9')
    """
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"≤ {number(high)}" if high is not None else f"≥ {number(low or 0)}"
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def duration(value: Value) -> str:
    """A length of time; the unit in the singular where it is one."""
    unit = value.get("unit") or ""
    single = value.get("low") == value.get("high") == 1
    return f"{span(value.get('low'), value.get('high'))} {unit.removesuffix('s') if single else unit}".strip()


def _name(value: Value) -> str:
    return str(value.get("name") or "")


def _dose(value: Value) -> str:
    spread = f" ± {number(value['sd'])}" if value.get("sd") is not None else ""
    basis = f" ({value['basis']})" if value.get("basis") else ""
    return f"{span(value.get('low'), value.get('high'))}{spread} {value.get('unit') or ''}".strip() + basis


def _administrations(value: Value) -> str:
    times = span(value.get("low"), value.get("high"))
    interval = value.get("interval")
    return JOIN.join(filter(None, [times, f"every {duration(interval)}" if interval else ""])).replace(JOIN, ", ")


def _participants(value: Value) -> str:
    kind = value.get("kind")
    n = number(value["n"]) if value.get("n") is not None else ""
    return n if kind in (None, "unspecified") else f"{n} {kind}".strip()


def _sex(value: Value) -> str:
    return ", ".join(f"{number(value[s])} {s}" for s in ("female", "male") if value.get(s) is not None)


def _age(value: Value) -> str:
    unit = value.get("unit") or "years"
    low, high = value.get("low"), value.get("high")
    if low is not None and low == high == value.get("mean"):
        return f"{number(low)} {unit}"
    words = []
    for name in ("mean", "median"):
        if value.get(name) is not None:
            words.append(f"{name} {number(value[name])}")
    if value.get("sd") is not None:
        words.append(f"SD {number(value['sd'])}")
    if low is not None or high is not None:
        words.append(f"range {span(low, high)}" if low is not None and high is not None else span(low, high))
    return f"{', '.join(words)} {unit}".strip()


def _deaths(value: Value) -> str:
    return number(value["n"]) if value.get("n") is not None else ""


def event_found(value: Value) -> str:
    """What is said of an adverse event, without its term: the count and qualities, or which kind of nothing.

    >>> event_found({"term": "fever", "n": 0, "denominator": 6, "assertion": "absent"}), event_found({"assertion": "absent"})
    ('0 of 6', 'absent')
    """
    if value.get("assertion") == "none_reported":
        return ", ".join([DENIED, *limits(value)])
    words = ", ".join(filter(None, [_count(value), *qualities(value)]))
    return words or str(value.get("assertion") or "")


def limits(value: Value) -> list[str]:
    """What a denial reaches no further than, in words; what its term says already is left out.

    >>> limits({"term": "severe adverse events", "severity": "severe", "related": True, "scope": "during infusion"})
    ['related ones', 'only during infusion']
    """
    severity, scope = str(value.get("severity") or ""), value.get("scope")
    said = severity.lower() in str(value.get("term") or "").lower()
    words = ["" if said else f"{severity} ones", "related ones" if value.get("related") else ""]
    return [*filter(None, words), *([f"only {scope}"] if scope else [])]


def _event(value: Value) -> str:
    term = str(value.get("term") or "")
    if value.get("assertion") == "none_reported":
        return ", ".join([f"{DENIED}: {term}", *limits(value)])
    words = ", ".join(filter(None, [_count(value), *qualities(value)]))
    if value.get("assertion") == "absent":
        return f"no {term}" + (f" ({words})" if words else "")
    return f"{term} ({words})" if words else term


def _count(value: Value) -> str:
    n, of, percent = value.get("n"), value.get("denominator"), value.get("percent")
    unit = value.get("denominator_unit")
    words = number(n) if n is not None else ""
    if of is not None:
        words += f" of {number(of)}"
    if unit and unit != "participants" and words:
        words += f" {unit}"
    if percent is not None:
        words = f"{words}, {number(percent)} %" if words else f"{number(percent)} %"
    return words


def qualities(value: Value) -> list[str]:
    """What else is said of an event: grade, severity, serious, related, whom it reaches; empty words where nothing is."""
    grade, related = value.get("grade"), value.get("related")
    return [
        f"grade {grade}" if grade not in (None, "") else "",
        str(value.get("severity") or ""),
        "serious" if value.get("serious") else "",
        {True: "related", False: "not related"}.get(related, "") if isinstance(related, bool) else "",
        f"only {value['scope']}" if value.get("scope") else "",
    ]


def _any(value: Value) -> str:
    for key in ("name", "id", "n", "text"):
        if value.get(key) is not None:
            return number(value[key]) if isinstance(value[key], int | float) else str(value[key])
    return json.dumps(dict(value), ensure_ascii=False)


_LISTED: dict[str, Callable[[Sequence[Fact]], list[str]]] = {
    "adverse_event": events_shown,
    "outcome": outcomes_shown,
    "withdrawals": withdrawals_shown,
}
# wording that a declaration's template cannot say
_SHOWN: dict[str, Callable[[Value], str]] = {
    "dose": _dose,
    "administrations": _administrations,
    "participants": _participants,
    "sex": _sex,
    "age": _age,
    "follow_up": duration,
    "adverse_event": _event,
    "deaths": _deaths,
}
