"""Who reads a report in which stage, and what a second reader does not see until everything is answered.

The machine's values of critical fields never leave the server for a second reader: no words, marks, conflicts, counts or
order that hang on them; nor does anything that the first reader said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.model import Fact, Record
from extractor.review.claim import Claim, claims, undecided
from extractor.store import Decision
from extractor.store.decision import ADJUDICATION, FIRST, SECOND
from extractor.store.decisions import standing
from extractor.store.review import ASSIGNED, Event, Said, free_stage

# read without the machine's values by the second person: how many people and groups, doses, events with all that is said of
# them (assertion, counts, relatedness, unit, comparator), deaths
CRITICAL = ("participants", "arm", "dose", "adverse_event", "deaths")
NOT_BEGUN, BEGAN, FINISHED = "not begun", "began", "finished"


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in a report: the stage, and how far both readers are."""

    stage: str | None  # None: may not see it yet, or has no part in it
    readers: dict[str, str]  # stage: who
    states: dict[str, str]  # stage: not begun, began, finished
    may_begin: str | None = None
    given: bool = False  # the report was given to this person

    @property
    def closed(self) -> bool:
        """Whether the person's own reading is finished."""
        return self.stage is not None and self.states.get(self.stage) == FINISHED


def part_of(events: Sequence[Event], name: str, role: str) -> Part:
    """A person's part in one report, from what happened to it, with accounts."""
    readers: dict[str, str] = {}
    states = {FIRST: NOT_BEGUN, SECOND: NOT_BEGUN}
    given: dict[str, str] = {}
    for event in events:
        stage = event.detail.get("stage", "")
        if event.event == ASSIGNED:
            given[stage] = event.curator
        elif event.event == "began":
            readers[stage], states[stage] = event.curator, BEGAN
        elif event.event == "finished":
            states[stage] = FINISHED
        elif event.event == "reopened":
            states[stage] = BEGAN
    mine = next((stage for stage, who in readers.items() if who == name), None)
    both = all(states[s] == FINISHED for s in (FIRST, SECOND))
    if mine is None and both and role in ("adjudicator", "admin"):
        return Part(ADJUDICATION, readers, states)
    free = free_stage(name, readers, given)
    return Part(mine, readers, states, None if mine else free, name in given.values())


def local_part(events: Sequence[Event], decisions: Sequence[Decision | Said], name: str, stage: str) -> Part:
    """A person's part where one sits alone before the store and says in which stage: never both readers of one report."""
    states = {FIRST: NOT_BEGUN, SECOND: NOT_BEGUN}
    readers: dict[str, str] = {}
    for decision in decisions:
        if decision.stage in states:
            readers.setdefault(decision.stage, decision.curator)
            states[decision.stage] = BEGAN
    for event in (e for e in events if e.event in ("finished", "reopened")):
        states[event.detail.get("stage", FIRST)] = FINISHED if event.event == "finished" else BEGAN
    other = {FIRST: SECOND, SECOND: FIRST}.get(stage)
    read_before = {d.curator for d in decisions if d.stage == other or (stage == ADJUDICATION and d.stage in states)}
    too_early = stage == ADJUDICATION and any(state != FINISHED for state in states.values())
    return Part(None if name in read_before or too_early else stage, readers, states)


def seen(record: Record, decisions: Sequence[Decision], stage: str) -> list[Claim]:
    """The claims that a person in a stage may see; a second reader those of the fields that are not critical, as the machine left them."""
    if stage != SECOND:
        return claims(record, decisions)
    bare = replace(record, facts=tuple(undecided(f) for f in record.facts if _open(f)), conflicts=())
    mine = [replace(d, stage=FIRST) for d in decisions if d.stage == SECOND and d.mode != "blind"]
    found = [c for c in claims(bare, mine) if c.field not in CRITICAL]
    numbers = [i for i, f in enumerate(record.facts) if _open(f)]
    for claim in found:
        claim.numbers = [numbers[n] for n in claim.numbers]
        claim.fact = claim.fact.change(arm=None)  # the name of an arm is an answer
    return found


def _open(fact: Fact) -> bool:
    return fact.field not in CRITICAL and not fact.method.startswith("curator:")


def answers(decisions: Sequence[Decision], name: str | None = None) -> list[Decision]:
    """The blind answers that stand, of one person or of all."""
    return [
        d for d in standing(decisions)
        if d.stage == SECOND and d.mode == "blind" and d.verdict != "note" and name in (None, d.curator)
    ]  # fmt: skip


def unanswered(decisions: Sequence[Decision], name: str) -> list[str]:
    """Critical fields of which a second reader said neither a value nor that none is reported."""
    said = {d.field for d in answers(decisions, name)}
    return [field for field in CRITICAL if field not in said]
