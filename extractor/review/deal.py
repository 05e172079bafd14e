"""Reports given to readers at random: two people each, who is first and who is second by lot, as many for one as for another."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Sequence

from extractor.errors import StoreError
from extractor.store.review import ASSIGNED, READINGS, ReviewStore


def deal(log: ReviewStore, readers: Sequence[str], by: str, seed: int | None = None) -> dict[str, int]:
    """Give every reading that nobody has to one of these people; how many readings each was given.

    What was begun, or given before, stays. The seed is written to the log, so that the lot can be drawn again.

    Raises
    ------
    StoreError
        If fewer than two people are named, or one has no account.
    """
    people = list(dict.fromkeys(name.strip() for name in readers if name.strip()))
    accounts = log.accounts()
    if unknown := [name for name in people if name not in accounts]:
        raise StoreError(f"no account of {', '.join(unknown)}; there are: {', '.join(accounts) or 'none'}")
    if len(people) < 2:
        raise StoreError("a report has two readers: name two people at least")
    seed = secrets.randbelow(2**32) if seed is None else seed
    lot = random.Random(seed)  # nosec: who reads what is no secret
    has: dict[str, dict[str, str]] = {}
    for event in log.events(None, "began", ASSIGNED):
        if event.document:
            has.setdefault(event.document, {})[event.detail["stage"]] = event.curator
    reports = list(log.stamps())
    lot.shuffle(reports)
    load = {stage: Counter(one[stage] for one in has.values() if stage in one) for stage in READINGS}
    given: Counter[str] = Counter()
    made: list[tuple[str, str, dict[str, str]]] = []
    for report in reports:
        mine = has.get(report, {})
        for stage in lot.sample(READINGS, len(READINGS)):
            free = [name for name in people if name not in mine.values()]
            if stage in mine or not free:
                continue
            least = min(free, key=lambda name: (sum(c[name] for c in load.values()), load[stage][name], lot.random()))
            mine = mine | {stage: least}
            load[stage][least] += 1
            given[least] += 1
            made.append((least, report, {"stage": stage, "by": by}))
    log.note_all(ASSIGNED, made)
    log.note("dealt", by, None, {"readers": people, "seed": seed, "readings": given.total()})
    return {name: given[name] for name in people}
