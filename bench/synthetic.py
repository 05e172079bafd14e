"""Synthetic trials, and a store full of them.

Two reports a trial on average: every second trial has a registry record, a paper and a conference abstract of the same
people, the others have one paper. Each counts serious events and one named event in two arms. Beside that, by the
trial's number: one in twenty differs from its record in people, one in four records has results, one in a hundred a
slope of ALSFRS-R; one report in ten gives its deaths, one in fourteen a tumour that was looked for and not seen, one in
thirty denies all events; one trial in ten shares its people with another.

Filling goes around :meth:`Store.add`, which asks the store about each report first: a store that is empty has no answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import insert

from extractor.model import ABSTRACT, JSON_PART, TITLE, Document, Evidence, Fact, Ids, Record
from extractor.store import EXTRACTOR, Store, rows
from extractor.store.links import Link, LinkStore
from extractor.store.tables import DOCUMENTS, EVIDENCE, EXTRACTIONS, FACTS, IDENTIFIERS, PARTS

EVENTS = ("headache", "fever", "nausea", "back pain", "fatigue", "vomiting", "rash", "seizure", "anemia", "insomnia")
ROUTES = ("intravenous", "intrathecal", "intra-articular", "intracoronary", "intramuscular")
SOURCES = ("bone marrow", "adipose tissue", "Wharton's jelly", "peripheral blood")
CONDITIONS = 300
EVENTS_A_REPORT = 4
OLD, NEW = "2025-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"  # when reports came; one in a hundred is new
AT_ONCE = 1_000

Said = tuple[str, dict[str, Any], str | None]  # field, value, arm


def trial(draw: random.Random, number: int) -> Iterator[Record]:
    """The reports of one trial."""
    size = draw.randint(8, 60)
    name, nct = f"t{number:06}", f"NCT{number:08}"
    said = claims(draw, number, size)
    if number % 2:
        yield paper(f"{name}paper", nct, said)
        return
    registered = claims(draw, number, size + 1) if number % 20 == 0 else said
    yield registry_record(f"clinicaltrials:{nct}", nct, number, registered)
    yield paper(f"{name}paper", nct, said)
    yield paper(f"{name}abstract", nct, said[: -EVENTS_A_REPORT - extra(number)])


def extra(number: int) -> int:
    """Claims about events that only some trials make."""
    return (number % 10 == 4) + (number % 14 == 5) + (number % 30 == 6)


def claims(draw: random.Random, number: int, size: int) -> list[Said]:
    """What one report says."""
    dose = 10.0 ** draw.randint(6, 8)
    times = 1 + number % 3
    found: list[Said] = [
        ("report_kind", {"name": "single-trial"}, None),
        ("condition", {"name": f"condition {number % CONDITIONS:03}"}, None),
        ("cell_type", {"name": "mesenchymal stem cell"}, None),
        ("cell_source", {"name": SOURCES[number % 4]}, None),
        ("route", {"name": ROUTES[number % 5]}, None),
        ("dose", {"low": dose, "high": dose, "unit": "cells", "basis": "total"}, None),
        ("administrations", {"low": times, "high": times, "interval": None}, None),
        ("participants", {"n": 2 * size, "kind": "treated"}, None),
        ("arm", {"name": "cells", "n": size}, None),
        ("arm", {"name": "placebo", "n": size}, None),
        ("follow_up", {"low": 6, "high": 6, "unit": "months"}, None),
    ]
    for arm in ("cells", "placebo"):
        for term in ("serious adverse events", draw.choice(EVENTS)):
            found.append(("adverse_event", counted(term, min(size, int(draw.expovariate(0.8))), size), arm))
    if number % 10 == 4:
        found.append(("adverse_event", counted("death", number % 3, None) | {"related": number % 4 != 0}, None))
    if number % 14 == 5:
        found.append(("adverse_event", counted("tumor", 0, None), None))
    if number % 30 == 6:
        found.append(("adverse_event", {"term": "adverse events", "assertion": "none_reported"}, None))
    return found


def counted(term: str, n: int, of: int | None) -> dict[str, Any]:
    return {
        "term": term, "n": n, "denominator": of, "denominator_unit": "participants", "assertion": "present" if n else "absent",
    }  # fmt: skip


def paper(id: str, nct: str, said: list[Said]) -> Record:
    words = [f"{field} {i} is said here" for i, (field, _, _) in enumerate(said)]
    facts, start = [], 0
    for quote, (field, value, arm) in zip(words, said, strict=True):
        evidence = Evidence(ABSTRACT, quote, start, start + len(quote))
        facts.append(Fact(field, value, (evidence,), "rule:bench", 0.9, arm=arm))
        start += len(quote) + 2
    parts = {TITLE: f"Report {id}", ABSTRACT: ". ".join(words)}
    return Record(Document(id, "pubmed", parts, ids=Ids(nct=(nct,)), year=2020), tuple(facts))


def registry_record(id: str, nct: str, number: int, said: list[Said]) -> Record:
    """A registry record; its facts cite places of its JSON."""
    facts = [
        Fact(field, value, (Evidence(JSON_PART, str(i), path=f"$.said[{i}]"),), "registry:bench", 0.9, arm=arm)
        for i, (field, value, arm) in enumerate(said)
    ]
    data: dict[str, Any] = {"said": list(range(len(said)))}
    if number % 4 == 0:
        data["resultsSection"] = {"adverseEventsModule": {"frequencyThreshold": "5"}}
    if number % 100 == 0:
        data["resultsSection"]["outcomeMeasuresModule"] = {"outcomeMeasures": [outcome(number)]}
    metadata = {"status": "COMPLETED", "completion_date": f"20{10 + number % 14}-06", "adverse_event_threshold": "5"}
    document = Document(
        id, "clinicaltrials", {TITLE: f"Record {nct}"}, ids=Ids(nct=(nct,)), year=2018, data=data, metadata=metadata
    )
    return Record(document, tuple(facts))


def outcome(number: int) -> dict[str, Any]:
    measured = [{"groupId": f"OG00{i}", "value": str(-(number % 7 + i) / 10), "spread": "0.1"} for i in range(2)]
    return {
        "title": "Slope of ALSFRS-R", "timeFrame": "6 months", "paramType": "MEAN", "unitOfMeasure": "points a month",
        "groups": [{"id": "OG000", "title": "Cells"}, {"id": "OG001", "title": "Placebo"}],
        "classes": [{"categories": [{"measurements": measured}]}],
    }  # fmt: skip


# ---------------------------------------------------------------- into a store


def fill(store: Store, trials: int) -> int:
    """Put synthetic trials into an empty store, linked; the number of reports."""
    draw = random.Random(1)
    records = (record for number in range(trials) for record in trial(draw, number))
    members: dict[str, str] = {}
    first = 1
    while batch := list(islice(records, AT_ONCE)):
        put(store, batch, first)
        members |= {r.document.id: r.document.ids.nct[0] for r in batch}
        first += len(batch)
    LinkStore(store).put_links(list(links(trials)))
    LinkStore(store).put_trials(members)
    return len(members)


def links(trials: int) -> Iterator[Link]:
    for number in range(trials):
        if number % 2 == 0:
            ends = f"clinicaltrials:NCT{number:08}", f"t{number:06}paper"
            yield Link(*ends, "trial", "same_trial", "registry_id", 0.99, "confirmed", "One number.", reasons=[])
        if number % 10 == 3 and number > 10:
            a, b = f"t{number - 2:06}paper", f"t{number:06}paper"
            yield Link(a, b, "overlap", "same_people", "score", 0.9, "proposed", "Perhaps.", preferred=a)


def put(store: Store, records: list[Record], first: int) -> None:
    """New reports in one transaction, with keys from `first` on."""
    keyed = list(enumerate(records, first))
    found = {
        DOCUMENTS: [
            rows.document_row(r.document)
            | {"key": key, "version": 1, "is_current": True, "run": None, "added_at": OLD if key % 100 else NEW}
            for key, r in keyed
        ],
        PARTS: [{**row, "document": key} for key, r in keyed for row in rows.part_rows(r.document)],
        IDENTIFIERS: [{**row, "document": key} for key, r in keyed for row in rows.identifier_rows(r.document)],
        EXTRACTIONS: [
            {
                "key": key, "document": key, "extractor": EXTRACTOR, "digest": rows.record_digest(r), "is_current": True, "run": None,
                "added_at": OLD if key % 100 else NEW,
            }
            for key, r in keyed
        ],
        FACTS: [
            {**rows.fact_row(f, i), "extraction": key} for key, r in keyed for i, f in enumerate(r.facts)
        ],
        EVIDENCE: [
            {**row, "extraction": key} for key, r in keyed for i, f in enumerate(r.facts) for row in rows.evidence_rows(f, i)
        ],
    }  # fmt: skip
    with store.writing() as conn:
        for table, values in found.items():
            conn.execute(insert(table), values)
