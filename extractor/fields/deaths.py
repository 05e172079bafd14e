"""Deaths: how many of the trial's participants died, of whatever cause, where the text lets one say.

Counts by arm are added up (flag ``derived``). Survival, hazard ratios, percentages and the deaths of other studies are not
deaths counted here; zero only where the text says that nobody died.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import view
from extractor.events.event import ABSENT, Event
from extractor.events.limits import whole_follow_up
from extractor.events.mentions import DEATH, DEATHS, SURVIVED
from extractor.events.of_this_trial import Reports
from extractor.events.told import events
from extractor.fields import Field, facts, field
from extractor.model import Fact
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("fields")

ABOUT = re.compile(f"{DEATHS.pattern}|{SURVIVED.pattern}")
# "death from bleeding", "died of sepsis", "cardiac deaths": deaths of one cause are no total
CAUSE = re.compile(rf"\s*(?:\([^()]*\)\s*)?{W.cause_due}\s+(?!any\b|all\b)")
BY_CAUSE = re.compile(rf"(?:{W.by_cause_early}\s+)*{W.by_cause_cardiac}\b")
# "30 deaths in A and 50 deaths in B"; not "93 died, of whom 2 died of sepsis"
COMPARES = re.compile(rf"\b{W.compares}\b")
PART = re.compile(rf"\b{W.part_of}\b|[:;(]")
# "in the cell group, two died and three had a stroke; in the placebo group, one died"
_GROUP = rf"(?:in|among|of|for) (?:the )?(?:\d+ )?(?:[\w+/-]+ ){{0,3}}?{W.a_group}\b"
IN_A_GROUP = re.compile(rf"\b{_GROUP}")
ANOTHER_GROUP = re.compile(rf"^[^;]*;\s*(?:and |whereas |while )?{_GROUP}")
LONGEST = 160  # characters between the two
# "in each group", "per arm"
EACH = re.compile(r"\bin each (?:of the )?(?:\w+ )?(?:groups?|arms?)\b|\bper (?:group|arm)\b")
# "the latter and two additional patients", "another patient died": deaths beside those already told
MORE = re.compile(rf"\b{W.more}\b")
# "the latter and two additional patients died": one told before, and two
LATTER = re.compile(
    rf"\bthe (?:latter|former|first)(?:\s+\w+){{0,2}}\s+and\s+(?P<more>{WHOLE})\s+(?:additional|other|more|further)\b[^.;]{{0,60}}?\b(?:died|deaths?)\b"
)


@field(
    "deaths",
    value="{n}",
    after=("report_kind", "arm", "follow_up"),
    order=180,
    page=(),
    chapter="Outcomes",
    figure=True,
    single=True,
)
class Deaths(Field):
    """Deaths among the trial's participants; sums of arms are marked as derived."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        planned = "protocol" in {f.value.get("name") for f in facts(doc, "report_kind")}
        if not (DEATHS.search(seen.folded) or SURVIVED.search(seen.folded)):
            return
        reports = Reports.of(seen)
        if planned and reports.planned():
            return
        latter = LATTER.search(seen.folded)
        if latter and (others := whole(latter["more"])):
            yield self.fact(doc, {"n": others + 1}, [latter.span()], rule="sum", confidence=0.7, flags=("derived",))
            return
        follow_up = [f.value for f in facts(doc, "follow_up") if f.primary]
        told = [e for e in events(reports, about=ABOUT) if e.mention.kind == DEATH]
        told = [
            replace(e, scope=None) if e.scope and whole_follow_up(seen.folded[slice(*e.scope)], follow_up) else e
            for e in told
        ]
        statements = [s for s in _statements(seen.folded, told) if s[0].count is None or s[0].count.n is not None]
        if not statements:
            return
        best = max(statements, key=lambda s: (_number(s), -s[0].mention.start))
        more = [s for s in statements if s is not best and _adds(seen.folded, s)]
        chosen = [e for s in (best, *more) for e in s]
        groups = len([f for f in facts(doc, "arm") if f.primary])
        each = groups if groups > 1 and _in_each(seen.folded, best) else 1
        number = _number(best) * each + sum(map(_number, more))
        at = [p for e in chosen for p in _places(e)]
        summed = len(chosen) > 1 or each > 1
        rule = "sum" if summed else "zero" if number == 0 else "stated"
        prior = {"sum": 0.8, "zero": 0.9, "stated": 0.85}[rule]
        yield self.fact(doc, {"n": number}, at, rule=rule, confidence=prior, flags=("derived",) if summed else ())


def _statements(folded: str, told: Sequence[Event]) -> list[list[Event]]:
    """Events that make one statement: the arms of one mention, or of two ("30 deaths in A and 50 deaths in B")."""
    groups: list[list[Event]] = []
    for event in told:
        if event.count is None and (event.assertion != ABSENT or event.scope or event.arm or event.related):
            continue  # a zero of some time, of one arm or of one cause is none of the trial's
        last = groups[-1][-1] if groups else None
        if last is not None and (last.mention.start == event.mention.start or _arms(folded, last, event)):
            groups[-1].append(event)
        else:
            groups.append([event])
    told_of_all = [g for g in groups if not all(_of_one_cause(folded, e) for e in g)]
    return [g for g in told_of_all if all(e.count is None or e.count.n is not None for e in g)]


def _of_one_cause(folded: str, event: Event) -> bool:
    """Whether deaths of one cause alone are told ("toxic deaths"), which are no total."""
    return BY_CAUSE.match(folded, event.mention.start, event.mention.end) is not None


def _arms(folded: str, left: Event, right: Event) -> bool:
    """Whether two counted mentions in one sentence are those of two arms."""
    if left.sentence != right.sentence or not left.count or not right.count:
        return False
    if (left.count.n is None) != (right.count.n is None):
        return False  # "3 of them died, and the mortality rate was 15 %": one thing said twice
    between = folded[left.mention.end : right.mention.start]
    before = folded[left.sentence[0] : left.mention.start]
    if len(before) < LONGEST and IN_A_GROUP.search(before) and ANOTHER_GROUP.search(between):
        between = between.replace(";", ",", 1) + " and "
    return len(between) < LONGEST and bool(COMPARES.search(between)) and not PART.search(between)


def _number(statement: Sequence[Event]) -> int:
    """The deaths of one statement; a count that is the sum of the others is their total ("11 died (three and eight)")."""
    said = [e.count.n or 0 for e in statement if e.count]
    return max(said, default=0) if len(said) > 2 and 2 * max(said) == sum(said) else sum(said)


def _in_each(folded: str, statement: Sequence[Event]) -> bool:
    """Whether the one count holds for every group: "five patients died in each group"."""
    if len(statement) != 1 or statement[0].count is None:
        return False
    event = statement[0]
    last = max(event.mention.end, statement[0].count.end)
    return (
        EACH.search(folded, min(event.mention.end, statement[0].count.end), min(event.sentence[1], last + 60))
        is not None
    )


def _adds(folded: str, statement: Sequence[Event]) -> bool:
    """Whether a statement speaks of deaths beside those of another one."""
    first = statement[0]
    place = first.count.start if first.count else first.mention.start
    return bool(
        MORE.search(folded, max(first.sentence[0], min(place, first.mention.start) - 25), max(first.mention.end, place))
    )


def _places(event: Event) -> list[tuple[int, int]]:
    mention, count = event.mention, event.count
    if event.cue:
        return [(min(event.cue[0], mention.start), max(event.cue[1], mention.end))]
    if count is None:
        return [(mention.start, mention.end)]
    return [(min(mention.start, count.start), max(mention.end, count.end))]
