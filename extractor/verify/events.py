"""Does a claim of an adverse event follow: its term, its number, its arm, its denial and the limits of that?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extractor.events.denials import denials, denied_after
from extractor.quantities.numbers import NUMBER_WORDS
from extractor.verify.binding import Group, arm_of, binds, groups
from extractor.verify.cells import CONTRADICTS, FOLLOWS, NOT_DERIVABLE, Cell, Place
from extractor.verify.numbers import COUNT, DENOMINATOR, PEOPLE, PERCENT, as_number, close
from extractor.verify.reading import Found, Reading
from extractor.verify.words import is_arm, keys, same_term

PRESENT, ABSENT, NONE_REPORTED = "present", "absent", "none_reported"
POINT = 0.6  # percentage points by which a printed percentage may differ from its fraction
EFFICACY = re.compile(
    r"\b(?:improve(?:ment|d)|recover(?:y|ed)|respon(?:se|ders?)|efficacy|remission|survival|quality of life|scores?|engraftment|stabili[sz]ation)\b"
)
HAPPENED = re.compile(
    r"\b(?:occur\w*|develop\w*|experienc\w*|report\w*|observ\w*|seen|noted|had|suffer\w*|complain\w*|show\w*|detect\w*|found|record\w*|caus\w*|led to|resulted|died|required|because of|due to|after|included?|were|was|withdr\w+|discontinu\w+|compris\w+|following|more|common|frequent\w*|present\w*)\b"
)
PLANNED = re.compile(
    r"\b(?:will be|to (?:assess|evaluate|determine|investigate|study|examine|compare)|primary (?:end ?point|outcome)|end ?points? (?:was|were|is|are|include)|aim|objective|may|might|could|risk of|prevent\w*)\b"
)
RELATED = re.compile(
    r"\brelated\b|\battribut\w+|\bdue to (?:the )?(?:\w+ )?(?:treatment|study|procedure|cells?|injection|infusion|drug|transplant\w*|intervention|product|administration)|\bassociated with (?:the )?(?:\w+[\s-]){0,3}(?:treatment|procedure|cells?|injection|infusion|drug|transplant\w*|administration|product|therapy|use)|\bcaused by\b|\blinked (?:to|with)\b|\binfusional\b|\bprocedural\b|\bsecondary to\b|\bdrug reactions?\b|\bin relation to\b|\bcausal|\bof (?:the )?(?:surgery|procedure|operation|injections?|treatment|cells|transplant\w*|infusions?)\b|\bfrom the (?:\w+ )?(?:procedure|cells?|injection|infusion|treatment|product)"
)
SERIOUS = re.compile(
    r"\bserious\b|\bsaes?\b|\bsevere\b|\bmajor\b|\bsignificant\b|\bgrades?\b|\blife-threatening|\bsusar\b|\bfatal\b|\bdose-limiting\b"
)
WORD_OF_LIMIT = re.compile(
    r"\bserious|\bsevere|\bmajor|\bsignificant|\bgrade|\blife-threat|\bfatal|\bsae|\bdose-limit|\bsusar|\bmoderate|\bunexpected|\bsuspected"
)
EVENTS_IN_PEOPLE = re.compile(  # "12 events in 8 patients": 12 counts no people
    rf"\s*(?:(?!{PEOPLE}\b)[\w-]+\s+){{1,6}}?(?:in|among|by)\s+(?:\d+|{NUMBER_WORDS})\s+(?:[\w-]+\s+)?{PEOPLE}\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says; ``at`` is the place of the words that decide."""

    value: str
    reasons: tuple[str, ...] = ()
    at: Place | None = None
    how: str = ""
    facts: tuple[Found, ...] = ()


def check(reading: Reading, cell: Cell, span: Place, quote: Place | None) -> Verdict:
    """One claim against one stretch of sentences."""
    value = cell.value
    term = str(value.get("term") or "")
    ours = [f for f in reading.of_field("adverse_event") if f.near(span)]
    same = [f for f in ours if same_term(str(f.fact.value.get("term")), term)]
    places = reading.mentions(term, span)
    numbers = {k: as_number(value.get(k)) for k in ("n", "percent", "denominator")}
    if value.get("assertion") in (ABSENT, NONE_REPORTED) or (numbers["n"] == 0 and not numbers["percent"]):
        return denied(reading, cell, span, places, same, ours, quote)
    if numbers["n"] is not None or numbers["percent"] is not None:
        return counted(reading, cell, span, places, same, ours, numbers, quote)
    return happened(reading, cell, span, places, same, quote)


# ---------------------------------------------------------------- that it happened


def happened(
    reading: Reading,
    cell: Cell,
    span: Place,
    places: Sequence[tuple[int, int]],
    same: Sequence[Found],
    quote: Place | None,
) -> Verdict:
    there = [f for f in same if f.fact.value.get("assertion") == PRESENT]
    at = Place(*places[0]) if places else None
    if there and not (quote and cut_off(reading, quote, span)):
        return _with_arm(reading, cell, Verdict(FOLLOWS, (), _place(there[0]), "read", tuple(there)), there, span)
    if quote and (cue := cut_off(reading, quote, span)):
        return Verdict(CONTRADICTS, ("negation_cut",), cue, "cut", tuple(same))
    negated = [p for p in places if is_denied(reading, p, span)]
    if places and len(negated) == len(places):
        return Verdict(CONTRADICTS, ("negation_cut",), at, "denied", tuple(same))
    if same and not places:
        return Verdict(CONTRADICTS, ("negation_cut",), _place(same[0]), "denied", tuple(same))
    if not places:
        return Verdict(NOT_DERIVABLE, (), None, "no_term")
    if EFFICACY.search(str(cell.value.get("term")).lower()):
        return Verdict(CONTRADICTS, ("not_a_harm",), at, "efficacy")
    words = reading.folded[span.start : span.end]
    if HAPPENED.search(words) and not PLANNED.search(words) and cell.arm is None:
        return Verdict(FOLLOWS, (), at, "told")
    return Verdict(NOT_DERIVABLE, (), at, "unclear")


CUT = re.compile(
    r"\b(?:no|not|none of (?:the )?\w+(?: \w+)?|without|without any|neither|nor|absence of|free of|free from|never|not any|zero|0|nil|denied)\s*\Z"
)


TURNS = re.compile(r";|\b(?:but|except|however|although|though|while|whereas|only|yet|other than|apart from)\b")
NEGATED = re.compile(r"\b(?:no|not|none|never|without|neither|nor|absent|absence|free|nil|zero|0|negligible)\b")


def cut_off(reading: Reading, quote: Place, span: Place) -> Place | None:
    """The denial that stands right before the quote, in the same sentence, and was left out of it."""
    before = CUT.search(reading.folded, span.start, quote.start)
    if before:
        return Place(before.start(), quote.start)
    for denial in denials(reading.folded, span.start, span.end):
        if (
            denial.end <= quote.start
            and denial.covers(quote.start, min(quote.end, denial.scope[1]))
            and not TURNS.search(reading.folded, denial.end, quote.end)
        ):
            return Place(denial.start, denial.end)
    return None


def is_denied(reading: Reading, mention: tuple[int, int], span: Place) -> bool:
    """Whether a cue of the sentence denies the term at `mention`."""
    found = denials(reading.folded, span.start, span.end)
    if any(d.covers(*mention) for d in found) or denied_after(reading.folded, mention[1], span.end):
        return True
    return any(
        f.fact.value.get("assertion") != PRESENT and any(p.start <= mention[0] < p.end for p in f.places)
        for f in reading.of_field("adverse_event")
    )


def _place(found: Found) -> Place | None:
    return Place(found.places[0].start, max(p.end for p in found.places[:1])) if found.places else None


def _with_arm(reading: Reading, cell: Cell, verdict: Verdict, facts: Sequence[Found], span: Place) -> Verdict:
    """The verdict where the arm is right or not said; another arm's claim does not follow."""
    if cell.arm is None or any(f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) for f in facts):
        return verdict
    arms = [f.fact.arm for f in facts if f.fact.arm]
    if reading.mentions(cell.arm, span) or not arms:
        return Verdict(NOT_DERIVABLE, (), verdict.at, "arm", verdict.facts)
    return Verdict(NOT_DERIVABLE, (), verdict.at, "arm", verdict.facts)


# ---------------------------------------------------------------- how often


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
    quoted = [g for g in mine if quote and quote.start <= g.start < quote.end and not all(m.weak for m in g.members)]
    if quoted and named:  # the quote has the term and a number of its own: what else the sentence says is no help
        inside = [p for p in places if quote and quote.start <= p[0] < quote.end]
        mine = [g for g in quoted if any(binds(reading, p, g, all_groups, span) for p in inside)]
        equal = (
            equal if any(_holds(g, claimed) for g in mine) else [f for f in equal if _summed_in(f) or _inside(f, quote)]
        )
    holding = [g for g in all_groups if _holds(g, claimed)]
    bound = [g for g in holding if g in mine]
    if equal:
        return _armed(reading, cell, equal, bound or holding, all_groups, span, "read", same)
    if bound:
        return _armed(reading, cell, [], bound, all_groups, span, "told", same)
    if holding and cell.arm and quote and EACH.search(reading.folded, quote.start, quote.end):
        return Verdict(NOT_DERIVABLE, (), Place(holding[0].start, holding[0].end), "each", tuple(same))
    if holding and (not named or (claimed["n"] == 1 and not quoted)):  # the quote leaves out what it counts: "38 (67%)"
        return Verdict(NOT_DERIVABLE, (), Place(holding[0].start, holding[0].end), "elliptic", tuple(same))
    return _unbound(reading, cell, places, same, ours, claimed, all_groups, holding, mine, bool(quoted))


EACH = re.compile(r"\b(?:each|per (?:group|arm)|both (?:groups|arms)|either group|apiece)\b")


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
) -> Verdict:
    """The number is there: is it the arm's, and the denominator the arm's?"""
    at = Place(held[0].start, held[0].end) if held else (_place(equal[0]) if equal else None)
    facts = tuple(equal)
    if (wrong := _other_whole(reading, cell, held)) is not None:
        return Verdict(CONTRADICTS, wrong, at, "whole", tuple(same))
    if _kinds_mixed(reading, cell, held):
        return Verdict(CONTRADICTS, ("people_not_events",), at, "unit", tuple(same))
    if cell.arm is None:
        return Verdict(FOLLOWS, (), at, how, facts)
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
    return Verdict(NOT_DERIVABLE, (), at, "arm", tuple(same))


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
        here = Place(holding[0].start, holding[0].end)
        others = [f for f in ours if f not in same and _agrees(f.fact.value, claimed)]
        if places and (others or counted_same):
            return Verdict(CONTRADICTS, ("other_event",), here, "bound", tuple(others) or counted_same)
        if places:
            return Verdict(CONTRADICTS, ("other_event",), here, "unbound", ())
        if (
            others
            and not same
            and not any(same_term_loosely(f.fact.value.get("term"), cell.value.get("term")) for f in others)
        ):
            return Verdict(NOT_DERIVABLE, (), here, "no_term", tuple(others))
        return Verdict(NOT_DERIVABLE, (), here, "no_term", counted_same)
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
    if apart and not any(_holds_part(g, claimed) for g in mine):
        return Verdict(NOT_DERIVABLE, (), at, "apart", counted_same)
    bound = [m for g in mine for m in g.members if m.kind == COUNT and not m.weak]
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


# ---------------------------------------------------------------- that it did not


def denied(
    reading: Reading,
    cell: Cell,
    span: Place,
    places: Sequence[tuple[int, int]],
    same: Sequence[Found],
    ours: Sequence[Found],
    quote: Place | None,
) -> Verdict:
    blanket = cell.value.get("assertion") == NONE_REPORTED
    theirs = [f for f in (ours if blanket else same) if f.fact.value.get("assertion") in (ABSENT, NONE_REPORTED)]
    theirs = [f for f in theirs if quote and f.near(quote)] or theirs
    if blanket:
        theirs = [f for f in theirs if f.fact.value.get("assertion") == NONE_REPORTED] or theirs
        theirs = [f for f in theirs if f in same] or theirs
    negated = [p for p in places if is_denied(reading, p, span)]
    zero = _zero(reading, span, places)
    if theirs or negated or zero:
        at = _place(theirs[0]) if theirs else zero or Place(*negated[0])
        if whole_of_zero(reading, cell, span, zero):
            return Verdict(CONTRADICTS, ("other_arm",), zero or at, "whole", tuple(theirs))
        if blanket and (limit := limit_cut(reading, cell, span, theirs, negated, at)):
            return Verdict(CONTRADICTS, ("limit_cut",), limit, "limit", tuple(theirs))
        how = "read" if theirs else "zero" if zero else "told"
        return Verdict(FOLLOWS, (), at, how, tuple(theirs))
    if (
        quote
        and NEGATED.search(reading.folded, quote.start, quote.end)
        and (blanket or _half_denied(reading, cell, span))
    ):
        return Verdict(NOT_DERIVABLE, (), quote, "other_words")
    there = [f for f in same if f.fact.value.get("assertion") == PRESENT]
    if there and (
        cell.arm is None or any(f.fact.arm and is_arm(f.fact.arm, cell.arm, reading.named_arms) for f in there)
    ):
        return Verdict(CONTRADICTS, ("negation_cut",), _place(there[0]), "there", tuple(there))
    if _half_denied(reading, cell, span):
        return Verdict(NOT_DERIVABLE, (), span, "other_words")
    return Verdict(NOT_DERIVABLE, ("silent_zero",), Place(*places[0]) if places else None, "silent")


# "none of these", "no such complications", "none was related": what is denied was named before
ANAPHORA = re.compile(r"\b(?:these|those|such|them|this|either|related|who had|was|were)\b")


def _half_denied(reading: Reading, cell: Cell, span: Place) -> bool:
    """Whether the sentence denies something that shares a word with the event: said in other words, or of a wider kind."""
    words = set(keys(str(cell.value.get("term") or "")))
    found = denials(reading.folded, span.start, span.end)
    if any(
        words & set(keys(reading.text[d.scope[0] : d.scope[1]])) or ANAPHORA.search(reading.folded, *d.scope)
        for d in found
    ):
        return True
    zero = as_number(cell.value.get("n")) == 0  # a number of its own, which no blanket denial gives
    return not zero and any(
        f.fact.value.get("assertion") == NONE_REPORTED and f.near(span) for f in reading.of_field("adverse_event")
    )


def whole_of_zero(reading: Reading, cell: Cell, span: Place, zero: Place | None) -> bool:
    """Whether the zero's own denominator is another than the one claimed."""
    whole = as_number(cell.value.get("denominator"))
    near = [
        s.value
        for s in reading.numbers(span)
        if s.kind == DENOMINATOR and zero and zero.start <= s.start < zero.end + 40
    ]
    if whole is None or not near:
        ours = [
            as_number(f.fact.value.get("denominator"))
            for f in reading.of_field("adverse_event")
            if f.near(span) and f.fact.value.get("n") == 0
        ]
        near = [d for d in ours if d is not None]
    return whole is not None and bool(near) and not any(close(whole, d) for d in near)


def _zero(reading: Reading, span: Place, places: Sequence[tuple[int, int]]) -> Place | None:
    all_groups = groups(reading, reading.numbers(span))
    for group in all_groups:
        if (
            group.members[0].value == 0
            and group.members[0].kind in (COUNT, PERCENT)
            and any(binds(reading, p, group, all_groups, span) for p in places)
        ):
            return Place(group.start, group.end)
    return None


def limit_cut(
    reading: Reading,
    cell: Cell,
    span: Place,
    theirs: Sequence[Found],
    negated: Sequence[tuple[int, int]],
    at: Place | None,
) -> Place | None:
    """The words that limit a denial which is claimed without that limit."""
    value = cell.value
    claim = f"{value.get('term') or ''} {value.get('severity') or ''} {value.get('scope') or ''}".lower()
    serious = bool(value.get("serious") or value.get("severity") or value.get("grade") or WORD_OF_LIMIT.search(claim))
    related = bool(value.get("related") or RELATED.search(claim))
    if not related and at is not None and (words := _related_words(reading, at, span, negated)):
        return words
    if any(_same_limits(f.fact.value, serious, related) for f in theirs):
        return None
    if negated and (serious or related):  # the limited class itself is denied, in the words of the claim
        return None
    if theirs and not related and all(_limits(f.fact.value)[1] for f in theirs):
        return _place(theirs[0])
    if theirs and not serious and all(_limits(f.fact.value)[0] for f in theirs):
        return _place(theirs[0])
    return None


def _related_words(reading: Reading, at: Place, span: Place, negated: Sequence[tuple[int, int]]) -> Place | None:
    """The words of the denial's own clause that hold it to what is related to the treatment."""
    stop = re.search(r"[;,.]|\b(?:and|but|or)\b", reading.folded[at.end : span.end])
    end = at.end + stop.start() if stop else span.end
    match = RELATED.search(reading.folded, min([at.start, *(p[0] for p in negated)]), end)
    return Place(match.start(), match.end()) if match else None


def _limits(value: dict[str, Any]) -> tuple[bool, bool]:
    term = str(value.get("term") or "").lower()
    serious = bool(value.get("serious") or value.get("severity") or value.get("grade") or WORD_OF_LIMIT.search(term))
    return serious, bool(value.get("related") or RELATED.search(term))


def _same_limits(value: dict[str, Any], serious: bool, related: bool) -> bool:
    return _limits(value) == (serious, related)


def unsaid(cell: Cell) -> Verdict:
    """The answer where no sentence speaks of the event at all."""
    zero = cell.value.get("assertion") in (ABSENT, NONE_REPORTED) or as_number(cell.value.get("n")) == 0
    return Verdict(NOT_DERIVABLE, ("silent_zero",) if zero else (), None, "silent" if zero else "no_term")
