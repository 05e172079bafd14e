"""Decisions of a store as lines, and the lines of another laptop put in: each once, whoever took them where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.errors import CurationError, EvidenceError, StoreError
from extractor.model import Fact
from extractor.store import Decision, How, Store
from extractor.store.review import Event, ReviewStore

SCHEMA = "trialspan.decisions/1"
CARRIED = ("began", "finished", "reopened", "swept")  # events of a reading; who came in stays where it was


@dataclass(slots=True)
class Merged:
    """What a merge did: lines that were put in, that were there, and that could not be put in, with the reason."""

    added: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def exported(store: Store) -> Iterator[dict[str, Any]]:
    """All decisions in the order in which they were taken, then the events of readings."""
    every = store.decisions()
    uids = {d.key: d.uid for d in every}
    for one in every:
        yield _line(one, uids)
    for event in ReviewStore(store).events(None, *CARRIED):
        yield _event_line(event, every)


def _line(one: Decision, uids: Mapping[int, str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA, "uid": one.uid, "document": one.document, "action": one.action, "verdict": one.verdict,
        "stage": one.stage, "mode": one.mode, "curator": one.curator, "field": one.field,
        "target": one.target.to_dict() if one.target else None, "others": [f.to_dict() for f in one.others],
        "fact": one.fact.to_dict() if one.fact else None, "undoes": uids[one.undoes] if one.undoes is not None else None,
        "reason": one.reason, "about": list(one.about), "note": one.note, "decided_at": one.decided_at,
        "seen_text": one.seen_text,
    }  # fmt: skip


def _event_line(event: Event, every: Sequence[Decision]) -> dict[str, Any]:
    detail = {k: v for k, v in event.detail.items() if k != "decision"}  # a number of this store alone
    return {
        "schema": SCHEMA, "event": event.event, "document": event.document, "curator": event.curator, "detail": detail,
        "at": event.at,
    }  # fmt: skip


def read(text: str, name: str) -> list[dict[str, Any]]:
    """The lines of a file.

    Raises
    ------
    CurationError
        If a line is none of ours; says which.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            raise CurationError(f"{name}, line {number}: no JSON ({error})") from error
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise CurationError(
                f"{name}, line {number}: no decision; such files are written by: trialspan decisions export"
            )
        found.append(data)
    return found


def merge(store: Store, lines: Iterable[Mapping[str, Any]]) -> Merged:
    """Append what the store does not have, in the order of time; nothing is overwritten, the same file twice changes nothing."""
    every = list(lines)
    made = Merged()
    known = {d.uid: d.key for d in store.decisions()}
    for line in sorted((one for one in every if "uid" in one), key=lambda one: str(one["decided_at"])):
        if line["uid"] in known:
            made.known += 1
            continue
        try:
            known[line["uid"]] = _put(store, line, known)
            made.added += 1
        except (StoreError, EvidenceError, KeyError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__} {error}" if isinstance(error, KeyError) else str(error)
            made.refused.append((str(line["uid"]), reason))
    _merge_events(store, [one for one in every if "event" in one], made)
    return made


def _put(store: Store, line: Mapping[str, Any], known: Mapping[str, int]) -> int:
    how = How(
        uid=line["uid"], stage=line["stage"], mode=line["mode"], reason=line["reason"], about=tuple(line["about"]),
        seen_text=line["seen_text"], decided_at=line["decided_at"],
    )  # fmt: skip
    if line["action"] == "undo":
        if line["undoes"] not in known:
            raise StoreError(f"the decision that it takes back ({line['undoes']}) is not in this store")
        return store.undo(known[line["undoes"]], line["curator"], note=line["note"], how=how)
    target, fact = (Fact.from_dict(line[name]) if line[name] else None for name in ("target", "fact"))
    return store.decide(
        line["document"], line["action"], line["curator"], target=target, fact=fact, note=line["note"],
        verdict=line["verdict"], field=None if target or fact else line["field"],
        others=[Fact.from_dict(f) for f in line["others"]], how=how,
    )  # fmt: skip


def _merge_events(store: Store, lines: Sequence[Mapping[str, Any]], made: Merged) -> None:
    log = ReviewStore(store)
    have = {_same(_event_line(e, ())) for e in log.events(None, *CARRIED)}
    known = {v.id for v in store.documents()}
    for line in lines:
        line = dict(line) | {"document": _report(store, line["document"])}
        if _same(line) in have:
            made.known += 1
        elif line["event"] in CARRIED and line["document"] in known:
            log.note(line["event"], line["curator"], line["document"], line["detail"], at=line["at"])
            made.added += 1
        else:
            made.refused.append((f"{line['event']} {line['at']}", f"no report {line['document']!r} in this store"))


def _report(store: Store, name: str | None) -> str | None:
    """What a report that is named elsewhere is called here; the name itself where it means none, or several."""
    try:
        return store.named([name])[0] if name else None
    except StoreError:
        return name


def _same(line: Mapping[str, Any]) -> str:
    return json.dumps([line[n] for n in ("event", "document", "curator", "detail", "at")], sort_keys=True)
