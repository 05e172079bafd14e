"""Deaths: how many of the trial's participants died, of whatever cause, where the text lets one say.

Counts by arm are added up (flag ``derived``). Survival, hazard ratios, percentages and the deaths of other studies are not
deaths counted here; zero only where the text says that nobody died.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import view
from extractor.events.event import ABSENT, Event
from extractor.events.limits import GROUP, whole_follow_up
from extractor.events.link.armed import armed
from extractor.events.mentions import DEATH, DEATHS, SURVIVED
from extractor.events.of_this_trial import Reports
from extractor.events.paired import LINKED, paired
from extractor.events.told import events
from extractor.events.toll import MORE, Toll, differs, limited, refers_back, tolls
from extractor.fields import Field, facts, field
from extractor.fields.adverse_event import COMPARING, groups_of
from extractor.model import Fact
from extractor.quantities.counts import counts
from extractor.quantities.numbers import WHOLE, whole

ABOUT = re.compile(f"{DEATHS.pattern}|{SURVIVED.pattern}")
# "in each group", "per arm"
EACH = re.compile(r"\bin each (?:of the )?(?:\w+ )?(?:groups?|arms?)\b|\bper (?:group|arm)\b")
# "the latter and two additional patients died": one told before, and two
LATTER = re.compile(
    rf"\bthe (?:latter|former|first)(?:\s+\w+){{0,2}}\s+and\s+(?P<more>{WHOLE})\s+(?:additional|other|more|further)\b[^.;]{{0,60}}?\b(?:died|deaths?)\b"
)

# "progression/death", "amputation or death": not deaths alone
OR_ELSE = re.compile(r"(?:/|[a-z] or\s+)\Z")
NEEDED = re.compile(r"\bneeded to (?:treat|harm)\b")
OR_OTHER = re.compile(r"\s*/|\s+or\s+(?!mortality|fatal)")


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
        told = _told(doc, reports)
        told = [replace(e, scope=None) if e.scope and _of_all(seen.folded, e.scope, follow_up) else e for e in told]
        said = tolls(seen.folded, [e for e in told if _counts(seen.folded, e)])
        if not said:
            return
        best = max(said, key=lambda t: (t.n, -t.events[0].mention.start))
        chosen = [best, *(t for t in said if t is not best and _beside(seen.folded, best, t))]
        groups = len([f for f in facts(doc, "arm") if f.primary])
        each = groups if groups > 1 and _in_each(seen.folded, best) else 1
        number = best.n * each + sum(t.n for t in chosen[1:])
        at = [p for t in chosen for p in t.places]
        summed = len(at) > 1 or each > 1
        rule = "sum" if summed else "zero" if number == 0 else "stated"
        prior = {"sum": 0.8, "zero": 0.9, "stated": 0.85}[rule]
        yield self.fact(doc, {"n": number}, at, rule=rule, confidence=prior, flags=("derived",) if summed else ())


def _told(doc: Doc, reports: Reports) -> list[Event]:
    """What the text tells of deaths, under the groups that its counts are of."""
    ruled = list(events(reports, about=ABOUT))
    linked = [e for e in paired(reports, ruled, about=ABOUT) if e.how == LINKED]
    told = sorted([*ruled, *linked], key=lambda e: e.mention.start)
    if COMPARING.search(reports.seen.folded):
        told = list(armed(reports, groups_of(doc), told))
    return [e for e in told if e.mention.kind == DEATH and not (e.how == LINKED and _silent(reports, e))]


def _silent(reports: Reports, event: Event) -> bool:
    return reports.silent(reports.seen.sentence_at(event.mention.start))


def _of_all(folded: str, scope: tuple[int, int], follow_up: list[dict[str, Any]]) -> bool:
    """Whether the words of a limit are of the whole follow-up, or of those treated in a trial that compares nobody."""
    words = folded[slice(*scope)]
    return whole_follow_up(words, follow_up) or bool(GROUP.match(words) and not COMPARING.search(folded))


def _counts(folded: str, event: Event) -> bool:
    """Whether an event says how many of the trial's people died: no share, and no zero of a time, a group or a cause."""
    if limited(folded, event) or NEEDED.search(folded, event.sentence[0], event.mention.start):
        return False
    if event.count is not None and event.count.n is not None:
        either = OR_ELSE.search(folded, max(0, event.mention.start - 12), event.mention.start)
        return (
            not (event.related and event.how == LINKED)
            and either is None
            and OR_OTHER.match(folded, event.mention.end) is None
        )
    return event.assertion == ABSENT and event.count is None and not (event.scope or event.arm or event.related)


def _beside(folded: str, best: Toll, toll: Toll) -> bool:
    """Whether a number is of people beside those of the largest: "another died", or single people told one by one."""
    first = toll.events[0]
    if not toll.n or refers_back(folded, first) or first.sentence == best.events[0].sentence:
        return False
    place = first.count.start if first.count else first.mention.start
    if MORE.search(folded, max(first.sentence[0], min(place, first.mention.start) - 25), max(first.mention.end, place)):
        return True
    return best.n == toll.n == 1 and not first.concluded and differs(folded, best.events[0], first)


def _in_each(folded: str, toll: Toll) -> bool:
    """Whether the one count holds for every group: "five patients died in each group"."""
    event = toll.events[0]
    if len(toll.events) != 1 or event.count is None:
        return False
    first, last = sorted((event.mention.end, event.count.end))
    found = EACH.search(folded, first, min(event.sentence[1], last + 60))
    if found is None:
        return False
    return not counts(folded, last if last <= found.start() else first, found.start(), bare=True)
