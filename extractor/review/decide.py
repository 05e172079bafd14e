"""A form that came in, as a decision: the claim is looked up, the words are sliced on the server, the store appends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractor import curation
from extractor.errors import CurationError, StaleError
from extractor.model import Document, Evidence, Fact, Record
from extractor.review.agree import differences
from extractor.review.blind import CRITICAL, Part, seen
from extractor.review.claim import Claim
from extractor.review.form import words
from extractor.store import Decision, How, Store
from extractor.store.decision import ADJUDICATION, FIRST, SAYING, SECOND
from extractor.store.decisions import standing

# why a claim is rejected: one key each, so that a list of reasons can be counted
REASONS = {
    "wrong_value": "wrong value", "wrong_arm": "wrong group or time", "not_in_text": "the words do not say it",
    "not_this_trial": "of another trial", "duplicate": "told elsewhere already",
}  # fmt: skip
Against = Callable[[Document, Fact], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for."""

    report: str
    verdict: str
    claim: str = ""
    field: str = ""
    uid: str = ""
    seen_text: str = ""
    seen_decision: int = 0
    reason: str = ""
    note: str = ""
    arm: str | None = None
    quote: str = ""
    places: tuple[str, ...] = ()  # part:start:end
    force: bool = False
    about: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


def decide(
    store: Store,
    asked: Asked,
    name: str,
    part: Part,
    against: Against | None = None,
    *,
    decisions: Sequence[Decision] | None = None,
) -> int:
    """Take the decision that a form asks for; its key.

    Parameters
    ----------
    decisions : sequence of Decision, optional
        Those on the report, where they were read already.

    Raises
    ------
    CurationError
        If the person may not decide on this report now, or what is asked is not legal; nothing was changed.
    StaleError
        If what was in view is not so any more.
    """
    if part.stage is None:
        raise CurationError(f"{name} has no part in report {asked.report!r}; begin to read it first")
    if part.closed:
        raise CurationError("this reading is finished; reopen it with a reason, then decide")
    of_field = asked.verdict == "add" or (not asked.claim and asked.verdict in SAYING)
    record = store.record(asked.report)
    made = store.decisions(record.document.id) if decisions is None else decisions
    claim = None if of_field else claim_named(record, made, asked, part)
    blind = part.stage == SECOND and (claim.field if claim else asked.field) in CRITICAL
    how = How(
        asked.uid or None, part.stage, "blind" if blind else "verify", asked.reason or None, asked.about,
        asked.seen_text or None, asked.seen_decision,
    )  # fmt: skip
    note = asked.note.strip() or None
    if claim is None:
        return _of_field(store, asked, name, how, note, against, record)
    others = claim.others
    if asked.verdict == "accept":
        if claim.put_aside and claim.state == "open":
            return curation.own(store, asked.report, claim.number, name, note, how=how, record=record)
        return curation.confirm(store, asked.report, claim.number, name, note, others=others, how=how, record=record)
    if asked.verdict == "reject":
        if asked.reason not in REASONS:
            raise CurationError(f"a rejection needs a reason: {', '.join(REASONS.values())}")
        return curation.reject(store, asked.report, claim.number, name, note, others=others, how=how, record=record)
    if asked.verdict == "correct":
        return _correct(store, asked, claim, name, how, note, against, record)
    return curation.say(
        store, asked.report, asked.verdict, name, note, number=claim.number, others=others, how=how, record=record
    )


def _of_field(
    store: Store, asked: Asked, name: str, how: How, note: str | None, against: Against | None, record: Record
) -> int:
    if asked.verdict != "add":
        return curation.say(store, asked.report, asked.verdict, name, note, field=asked.field, how=how, record=record)
    evidence = evidence_of(record.document, asked)
    given = words(asked.field, asked.values, None)
    return curation.add(
        store, asked.report, asked.field, name, given, evidence,
        arm=asked.arm, note=note, against=against, force=asked.force, how=how, record=record,
    )  # fmt: skip


def _correct(
    store: Store,
    asked: Asked,
    claim: Claim,
    name: str,
    how: How,
    note: str | None,
    against: Against | None,
    record: Record,
) -> int:
    evidence = evidence_of(record.document, asked) if asked.places or asked.quote.strip() else ()
    given = words(claim.field, asked.values, claim.fact.value)
    arm = None if asked.arm is None or asked.arm == (claim.fact.arm or "") else asked.arm
    if claim.field == "arm" or how.stage == SECOND:
        arm = None
    return curation.correct(
        store, asked.report, claim.number, name, given, evidence=evidence, arm=arm, note=note, against=against,
        force=asked.force, others=claim.others, how=how, record=record,
    )  # fmt: skip


def claim_named(record: Record, decisions: Sequence[Decision], asked: Asked, part: Part) -> Claim:
    """The claim that a form names, among those that the person may see."""
    found = seen(record, decisions, part.stage or FIRST)
    claim = next((c for c in found if c.id == asked.claim), None)
    if claim is None:
        raise StaleError(f"report {asked.report!r} has no such claim any more; look at it again, then decide")
    if not claim.numbers:
        raise CurationError("this is your own answer; take it back, then give another")
    return claim


def evidence_of(document: Document, asked: Asked) -> tuple[Evidence, ...]:
    """The words that were selected, sliced from the frozen text, or a typed quote looked up in it."""
    found = [_slice(document, place) for place in asked.places if place.strip()]
    if asked.quote.strip():
        found += curation.evidence_for(document, [asked.quote])
    return tuple(dict.fromkeys(found))


def _slice(document: Document, place: str) -> Evidence:
    part, _, rest = place.rpartition(":")
    part, _, first = part.rpartition(":")
    text = document.parts.get(part)
    if text is None or not (first.isascii() and first.isdigit() and rest.isascii() and rest.isdigit()):
        raise CurationError(f"{place!r} is no place of report {document.id!r}; select the words again")
    start, end = int(first), int(rest)
    if not 0 <= start < end <= len(text):
        raise CurationError(f"{place!r} is outside of {part}, which has {len(text)} characters; select the words again")
    return Evidence(part, text[start:end], start, end)


def last_of(decisions: Sequence[Decision], name: str, stage: str) -> Decision | None:
    """The person's last decision in a stage that stands: what undo takes back."""
    mine = [d for d in standing(decisions) if d.curator == name and d.stage == stage]
    return mine[-1] if mine else None


def taken_back(decisions: Sequence[Decision], name: str, stage: str) -> Decision | None:
    """The person's undo that can be undone: the last word, where it is one."""
    mine = [d for d in decisions if d.curator == name and d.stage == stage]
    last = mine[-1] if mine else None
    stands = {d.key for d in standing(decisions)}
    return last if last and last.action == "undo" and last.undoes not in stands else None


def undo(store: Store, report: str, key: int, name: str, part: Part, uid: str) -> int:
    """Take back one of the person's own decisions, or an undo of theirs."""
    if part.stage is None or part.closed:
        raise CurationError("this reading is finished, or not yours; nothing was taken back")
    made = store.decisions(report)
    found = next((d for d in made if d.key == key), None)
    if found is None or found.curator != name or found.stage != part.stage:
        raise CurationError(f"decision {key} is none of {name} on this report in this reading; nothing was taken back")
    known = next((d for d in made if uid and d.uid == uid), None)
    if known is not None:
        return known.key
    return curation.undo(store, key, name, how=How(uid or None, found.stage, found.mode))


def adjudicate(store: Store, asked: Asked, name: str, part: Part, choice: str) -> int:
    """A third record on one difference: the first answer, the second, neither; or an own one by the form.

    The two answers stay as they were.
    """
    if part.stage != ADJUDICATION:
        raise CurationError(
            f"{name} may not adjudicate report {asked.report!r}: only a third person, when both have finished"
        )
    record = store.record(asked.report)
    decisions = store.decisions(record.document.id)
    found = next((d for d in differences(record, decisions) if d.id == asked.claim), None)
    if found is None:
        raise StaleError(f"report {asked.report!r} has no such difference any more; look at it again")
    how = How(
        asked.uid or None,
        ADJUDICATION,
        "verify",
        asked.reason or None,
        (found.id, *found.uids),
        asked.seen_text or None,
    )
    note = asked.note.strip() or None
    own = _own(store, record.document, asked, found.field) if choice == "own" else None
    fact = {"first": found.first, "second": found.second, "neither": None, "own": own}.get(choice)
    if choice not in ("first", "second", "neither", "own"):
        raise CurationError("choose one of the two answers, an own one, or neither")
    first = _standing(record.facts, found.first)
    if fact is None and first is None:
        note = note or ("neither answer stands" if choice == "neither" else "the answer that names none stands")
        return store.decide(record.document.id, "say", name, verdict="note", field=found.field, note=note, how=how)
    if fact is None:
        return store.decide(record.document.id, "reject", name, target=first, note=note, how=how)
    fact = replace(fact, primary=True, flags=tuple(f for f in fact.flags if f not in curation.STATES))
    if first is None:
        return store.decide(record.document.id, "add", name, fact=fact, note=note, verdict="add", how=how)
    verdict = "accept" if fact.value == first.value else "correct"
    return store.decide(
        record.document.id, "replace", name, target=first, fact=fact, note=note, verdict=verdict, how=how
    )


def _standing(facts: Sequence[Fact], wanted: Fact | None) -> Fact | None:
    """The fact of the record that an answer is; one told in several places is known by its value."""
    if wanted is None:
        return None
    own = [f for f in facts if f.field == wanted.field and f.value == wanted.value and f.arm == wanted.arm]
    return next((f for f in own if f.primary), next(iter(own), None))


def _own(store: Store, document: Document, asked: Asked, name: str) -> Fact:
    evidence = evidence_of(document, asked)
    if not evidence:
        raise CurationError("a fact without words that say it does not exist; select or type the words")
    value = curation.value_of(name, words(name, asked.values, None))
    return Fact(name, value, evidence, "curator:", arm=asked.arm or None)
