"""Does the number of an event follow: is it the term's, the arm's, of that denominator?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extractor.quantities.numbers import NUMBER_WORDS
from extractor.quantities.numbers import whole as number_of
from extractor.verify.arms import arm_of
from extractor.verify.binding import Group, binds, groups
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PEOPLE, PERCENT, as_number, close
from extractor.verify.reading import Found, Reading
from extractor.verify.verdict import PRESENT, Verdict, place_of
from extractor.verify.words import is_arm, same_term
from extractor.words import Words

W = Words("verify")

SHARE = 1.5  # percentage points; people who dropped out make a printed percentage differ
POINT = 0.6  # percentage points by which a printed percentage may differ from its fraction
EVENTS_IN_PEOPLE = re.compile(  # "12 events in 8 patients": 12 counts no people
    rf"\s*(?:(?!{PEOPLE}\b)[\w-]+\s+){{1,6}}?(?:in|among|by)\s+(?:\d+|{NUMBER_WORDS})\s+(?:[\w-]+\s+)?{PEOPLE}\b"
)


def counted(
    reading: Reading,
    cell: Cell,
    span: Place,
    places: Sequence[tuple[int, int]],
    same: Sequence[Found],
    ours: Sequence[Found],
    claimed: dict[str, float | None],
    quote: Place | None,
) -> Verdict:
    said = reading.numbers(span)
    all_groups = groups(reading, said)
    equal = [f for f in same if _agrees(f.fact.value, claimed)]
    named = quote is None or not places or any(quote.start <= p[0] < quote.end for p in places)
    mine = [g for g in all_groups if any(binds(reading, p, g, all_groups, span) for p in places)]
    quoted = [g for g in mine if quote and quote.start <= g.start < quote.end and not _weak(g)]
    if quoted and named:  # the quote has the term and a number of its own: what else the sentence says is no help
        inside = [p for p in places if quote and quote.start <= p[0] < quote.end]
        mine = [g for g in quoted if any(binds(reading, p, g, all_groups, span) for p in inside)]
        equal = (
            equal if any(_holds(g, claimed) for g in mine) else [f for f in equal if _summed_in(f) or _inside(f, quote)]
        )
    holding = [g for g in all_groups if _holds(g, claimed)]
    bound = [g for g in holding if g in mine]
    if equal:
        return _armed(reading, cell, equal, bound or holding, all_groups, span, "read", same, mine)
    if bound:
        return _armed(reading, cell, [], bound, all_groups, span, "told", same, mine)
    inside_quote = [g for g in holding if quote and quote.start <= g.start < quote.end and not _weak(g)]
    if inside_quote and cell.arm and quote and EACH.search(reading.folded, quote.start, quote.end):
        return Verdict(NOT_DERIVABLE, (), Place(holding[0].start, holding[0].end), "each", tuple(same))
    if quote is None and not places and not same:
        return Verdict(NOT_DERIVABLE, (), None, "no_term")
    if holding and (not named or (claimed["n"] == 1 and not quoted)):  # the quote leaves out what it counts: "38 (67%)"
        return Verdict(NOT_DERIVABLE, (), Place(holding[0].start, holding[0].end), "elliptic", tuple(same))
    return _unbound(reading, cell, places, same, ours, claimed, all_groups, holding, mine, bool(quoted))


def _weak(group: Group) -> bool:
    """Whether no number stands there in print: "a patient", "both"."""
    return all(m.weak for m in group.members)


OF_THEM = re.compile(rf"\s+of {W.of_them_them}\b")  # a part of a number, not beside it
EACH = re.compile(rf"\b{W.each}\b")


def _agrees(value: dict[str, Any], claimed: dict[str, float | None]) -> bool:
    """Whether our fact says the numbers that are claimed."""
    mine = {k: as_number(value.get(k)) for k in claimed}
    if value.get("assertion") != PRESENT:
        return False
    for name, number in claimed.items():
        if number is None:
            continue
        if mine[name] is None and name != "denominator":
            ratio = _percent(mine) if name == "percent" else None
            if ratio is None or abs(ratio - number) > POINT:
                return False
        elif mine[name] is not None and not close(mine[name] or 0.0, number):
            return False
    return True


def _percent(numbers: dict[str, float | None]) -> float | None:
    n, whole = numbers.get("n"), numbers.get("denominator")
    return 100 * n / whole if n is not None and whole else None


def _holds(group: Group, claimed: dict[str, float | None]) -> bool:
    """Whether the numbers that are claimed stand in one group, each as what it is claimed to be."""
    kinds = {k: [m.value for m in group.members if m.kind == k] for k in (COUNT, PERCENT, DENOMINATOR)}
    n, percent, whole = claimed["n"], claimed["percent"], claimed["denominator"]
    if n is not None and not any(close(n, v) for v in kinds[COUNT]):
        return False
    if percent is not None and not any(close(percent, v) for v in kinds[PERCENT]):
        if kinds[PERCENT] or not kinds[COUNT] or not (whole or kinds[DENOMINATOR]):
            return False
        base = whole or kinds[DENOMINATOR][0]
        return abs(100 * kinds[COUNT][0] / base - percent) <= POINT
    if whole is not None and kinds[DENOMINATOR] and not any(close(whole, v) for v in kinds[DENOMINATOR]):
        return False
    if n is not None and whole is not None and kinds[PERCENT] and not kinds[DENOMINATOR]:
        return whole > 0 and abs(100 * n / whole - kinds[PERCENT][0]) <= 1.0
    return True


def _armed(
    reading: Reading,
    cell: Cell,
    equal: Sequence[Found],
    held: Sequence[Group],
    all_groups: Sequence[Group],
    span: Place,
    how: str,
    same: Sequence[Found],
    bound: Sequence[Group],
) -> Verdict:
    """The number is there: is it the arm's, and the denominator the arm's?"""
    at = Place(held[0].start, held[0].end) if held else (place_of(equal[0]) if equal else None)
    facts = tuple(equal)
    if (wrong := _other_whole(reading, cell, held)) is None and _other_share(cell, bound):
        wrong = ("number",)
    if wrong is not None:
        return Verdict(CONTRADICTS, wrong, at, "whole", tuple(same))
    if _kinds_mixed(reading, cell, held):
        return Verdict(CONTRADICTS, ("people_not_events",), at, "unit", tuple(same))
    if cell.arm is None:
        return Verdict(FOLLOWS, (), at, how, facts)
    if (own := _in_each(reading, held, span)) is not None and own != as_number(cell.value.get("n")):
        return Verdict(CONTRADICTS, ("other_arm",), at, "each", tuple(same))
    if any(f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) for f in equal):
        return Verdict(FOLLOWS, (), at, "read_arm", facts)
    arms = [*reading.arms, cell.arm]
    told = [arm_of(reading, g, all_groups, span, arms) for g in held]
    if any(t and is_arm(t, cell.arm, reading.named_arms) for t in told):
        return Verdict(FOLLOWS, (), at, "told_arm", facts)
    others = [f.fact.arm for f in equal if f.fact.arm]
    mine = [f for f in same if f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) and f not in equal]
    strong = any(not m.weak for g in held for m in g.members) and not EACH.search(reading.folded, span.start, span.end)
    if strong and told and all(told) and (others or mine or not equal):
        return Verdict(CONTRADICTS, ("other_arm",), at, "told_arm", tuple(same))
    elsewhere = [
        o for o in others if any(is_arm(o, name, reading.named_arms) for name in reading.named_arms if name != cell.arm)
    ]
    if elsewhere and mine:
        return Verdict(CONTRADICTS, ("other_arm",), at, "read_arm", tuple(same))
    if not equal and _told_elsewhere(reading, cell, held, bound, all_groups, span, arms):
        return Verdict(CONTRADICTS, ("other_arm",), at, "told_arm", tuple(same))
    return Verdict(NOT_DERIVABLE, (), at, "arm", tuple(same))


IN_EACH = re.compile(rf"[^.;]{{0,40}}?\b(?P<n>\d+|{NUMBER_WORDS})\s+(?:in|per|from|on)\s+(?:each|either)\b")


def _in_each(reading: Reading, held: Sequence[Group], span: Place) -> float | None:
    """The number of each arm that follows a whole: "two deaths occurred, one in each group"."""
    for group in held:
        match = IN_EACH.match(reading.folded, group.end, span.end)
        number = number_of(match["n"]) if match else None
        if number is not None and not any(m.kind == PERCENT for m in group.members):
            return float(number)
    return None


def _told_elsewhere(
    reading: Reading,
    cell: Cell,
    held: Sequence[Group],
    bound: Sequence[Group],
    all_groups: Sequence[Group],
    span: Place,
    arms: Sequence[str],
) -> bool:
    """Whether another number of the event is told of the very arm."""
    others = [g for g in bound if g not in held and not all(m.weak for m in g.members)]
    told = (arm_of(reading, g, all_groups, span, arms) for g in others)
    return any(t and is_arm(t, cell.arm or "", reading.named_arms) for t in told)


def _other_whole(reading: Reading, cell: Cell, held: Sequence[Group]) -> tuple[str, ...] | None:
    """Why the denominator is not this number's; None where nothing speaks against it."""
    whole, n = as_number(cell.value.get("denominator")), as_number(cell.value.get("n"))
    if whole is None or any(m.kind == DENOMINATOR and close(m.value, whole) for g in held for m in g.members):
        return None
    if n is not None and n > whole:
        return ("number",)
    others = [name for name, size in reading.sizes if close(size, whole)]
    own = [size for name, size in reading.sizes if cell.arm and is_arm(name, cell.arm, reading.named_arms)]
    if cell.arm and own and others and not any(close(size, whole) for size in own):
        return ("other_arm",)
    everywhere = {s.value for s in reading.numbers(Place(0, len(reading.text)))}
    if not any(close(whole, v) for v in everywhere) and not any(close(whole, t) for t in _totals(reading)):
        return ("number",)
    return None


def _other_share(cell: Cell, bound: Sequence[Group]) -> bool:
    """Whether the percentage beside the number is another than its share of the denominator claimed."""
    whole, n = as_number(cell.value.get("denominator")), as_number(cell.value.get("n"))
    if not whole or n is None:
        return False
    own = [g for g in bound if any(m.kind == COUNT and close(m.value, n) for m in g.members)]
    printed = [[m.value for m in g.members if m.kind == PERCENT] for g in own]
    return bool(own) and all(p and abs(100 * n / whole - p[0]) > SHARE for p in printed)


def _totals(reading: Reading) -> list[float]:
    sizes = [size for _, size in reading.sizes]
    own = [float(f.fact.value["n"]) for f in reading.of_field("participants") if f.fact.value.get("n") is not None]
    return [*own, sum(sizes)]


def _kinds_mixed(reading: Reading, cell: Cell, held: Sequence[Group]) -> bool:
    """ "12 events in 8 patients": 12 claimed of people."""
    unit, n = cell.value.get("denominator_unit"), as_number(cell.value.get("n"))
    if unit != "participants" or n is None:
        return False
    texts = [
        reading.folded[m.end : m.end + 60] for g in held for m in g.members if m.kind == COUNT and close(m.value, n)
    ]
    return bool(texts) and all(EVENTS_IN_PEOPLE.match(t) for t in texts)


def _of_another_event(
    cell: Cell, here: Place, others: Sequence[Found], same: Sequence[Found], counted: tuple[Found, ...], *, named: bool
) -> Verdict:
    """The number stands in the words: of another event where the text names this one, else of nothing that is named."""
    if named:
        how = "bound" if others or counted else "unbound"
        return Verdict(CONTRADICTS, ("other_event",), here, how, tuple(others) or counted)
    alike = any(same_term_loosely(f.fact.value.get("term"), cell.value.get("term")) for f in others)
    return Verdict(NOT_DERIVABLE, (), here, "no_term", tuple(others) if not (same or alike) and others else counted)


def _unbound(
    reading: Reading, cell: Cell, places: Sequence[tuple[int, int]], same: Sequence[Found], ours: Sequence[Found],
    claimed: dict[str, float | None], all_groups: Sequence[Group], holding: Sequence[Group], mine: Sequence[Group], quoted: bool,
) -> Verdict:  # fmt: skip
    """The number is not this term's: whose is it?"""
    counted_same = tuple(
        f for f in same if f.fact.value.get("n") is not None or f.fact.value.get("percent") is not None
    )
    at = Place(*places[0]) if places else None
    if holding:
        others = [f for f in ours if f not in same and _agrees(f.fact.value, claimed)]
        here = Place(holding[0].start, holding[0].end)
        return _of_another_event(cell, here, others, same, counted_same, named=bool(places))
    n, percent = claimed["n"], claimed["percent"]
    kinds = {k: [m for g in all_groups for m in g.members if m.kind == k] for k in (COUNT, PERCENT, DENOMINATOR)}
    crossed = [m for m in kinds[PERCENT] if n is not None and close(m.value, n)] or [
        m for m in kinds[COUNT] if percent is not None and n is None and close(m.value, percent)
    ]
    if crossed:
        return Verdict(
            CONTRADICTS, ("percent_not_count",), Place(crossed[0].start, crossed[0].end), "kind", counted_same
        )
    if _whole_only(claimed, all_groups):
        return Verdict(
            CONTRADICTS,
            ("other_arm" if _is_whole(reading, claimed["denominator"]) else "number",),
            at,
            "whole",
            counted_same,
        )
    apart = (
        n is not None
        and percent is not None
        and any(close(m.value, n) for m in kinds[COUNT])
        and any(close(m.value, percent) for m in kinds[PERCENT])
    )
    if apart and not any(_holds_part(g, claimed) for g in mine) and not _told_apart(claimed, all_groups):
        return Verdict(NOT_DERIVABLE, (), at, "apart", counted_same)
    bound = [
        m
        for g in mine
        for m in g.members
        if m.kind == COUNT and not m.weak and not OF_THEM.match(reading.folded, m.end)
    ]
    if (
        n is not None
        and percent is None
        and cell.arm is None
        and summed(n, bound)
        and "other" not in str(cell.value.get("term"))
    ):
        return Verdict(NOT_DERIVABLE, (), at, "sum", counted_same)
    if n == 1 and not any(m.value > 1 and not m.weak for m in bound if quoted):
        return Verdict(NOT_DERIVABLE, (), at, "one", counted_same)  # one event may be told without a number
    negative = (n is not None and n < 0) or (percent is not None and percent < 0)
    return Verdict(
        CONTRADICTS, ("sign" if negative else "number",), at or _first(all_groups), "no_number", counted_same
    )


def _holds_part(group: Group, claimed: dict[str, float | None]) -> bool:
    """Whether a group has the claimed number with another percentage, or the percentage with another number."""
    kinds = {k: [m.value for m in group.members if m.kind == k] for k in (COUNT, PERCENT)}
    n, percent = claimed["n"], claimed["percent"]
    same_n = n is not None and any(close(n, v) for v in kinds[COUNT])
    same_percent = percent is not None and any(close(percent, v) for v in kinds[PERCENT])
    return bool(kinds[COUNT] and kinds[PERCENT]) and same_n != same_percent


def _told_apart(claimed: dict[str, float | None], all_groups: Sequence[Group]) -> bool:
    """Whether the number, wherever it stands, has a percentage or a denominator of its own, and not the claimed one."""
    n = claimed["n"]
    held = [g for g in all_groups if any(m.kind == COUNT and n is not None and close(m.value, n) for m in g.members)]
    names = {PERCENT: claimed["percent"], DENOMINATOR: claimed["denominator"]}
    return bool(held) and all(
        any(m.kind in names and (wanted := names[m.kind]) is not None and not close(m.value, wanted) for m in g.members)
        for g in held
    )


def _inside(found: Found, quote: Place | None) -> bool:
    """Whether the number of our fact, its last place, lies in the quote."""
    return quote is not None and len(found.places) > 1 and quote.start <= found.places[-1].start < quote.end


def _summed_in(found: Found) -> bool:
    """Whether our fact is derived from several numbers."""
    return "derived" in found.fact.flags


def _first(all_groups: Sequence[Group]) -> Place | None:
    return Place(all_groups[0].start, all_groups[0].end) if all_groups else None


def same_term_loosely(a: object, b: object) -> bool:
    return same_term(str(a), str(b))


def _whole_only(claimed: dict[str, float | None], all_groups: Sequence[Group]) -> bool:
    """Whether all but the denominator agrees with a group."""
    rest = {**claimed, "denominator": None}
    return claimed["denominator"] is not None and any(_holds(g, rest) for g in all_groups)


def _is_whole(reading: Reading, whole: float | None) -> bool:
    said = reading.numbers(Place(0, len(reading.text)))
    return any(s.kind == DENOMINATOR and whole is not None and close(s.value, whole) for s in said) or any(
        whole is not None and close(size, whole) for _, size in reading.sizes
    )


def summed(n: float, members: Sequence[Any]) -> bool:
    """Whether a number is the sum of all counts that speak of the event: of its arms, of its grades."""
    values = [m.value for m in members if m.value > 0]
    return len(values) > 1 and close(n, sum(values))
