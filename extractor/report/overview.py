"""The first screen: what is in here, what is doubtful, what disagrees; every line a count that leads on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.declared import registers
from extractor.export.doubt import LIKELY, doubts
from extractor.model import Fact, Record
from extractor.report.findings import FindingsTable
from extractor.report.included import Trial
from extractor.report.quotes import Quotes
from extractor.report.said import Said, facts_said
from extractor.shown import several

MOST_NAMED = 4  # conditions, routes or cells in one line
RARE = f"less than {100 * LIKELY:.0f} of 100 such readings are right"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a count or a list, and where it leads."""

    words: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The three answers, and the doubtful values themselves: trial, field, value, why."""

    here: tuple[Line, ...]
    doubtful: tuple[Line, ...]
    disagree: tuple[Line, ...]
    values: tuple[tuple[str, Said, str], ...]


def overview(
    trials: Sequence[Trial], others: Sequence[Trial], findings: Sequence[FindingsTable], quotes: Quotes
) -> Overview:
    """What a reader must know first."""
    records = [r for t in [*trials, *others] for r in t.records]
    named = [(t.label, r, f) for t in trials for r in t.records for f in r.facts if f.primary]
    unsure = [(name, r, f, why) for name, r, f in named if (why := _why(f))]
    values = tuple(
        (name, facts_said([(r.document.id, f)], quotes, label=f.field.replace("_", " "))[0], "; ".join(why))
        for name, r, f, why in unsure
    )
    disagree = [Line(f"{len(t.rows)}: {t.title[0].lower()}{t.title[1:]}", "findings") for t in findings if t.rows]
    return Overview(
        tuple(_here(trials, others, records)),
        tuple(_doubtful(records, unsure, len(named))),
        tuple(disagree) or (Line("nothing that was looked for", "findings"),),
        values,
    )


def _why(fact: Fact) -> list[str]:
    return [RARE if "such readings" in why else why for why in doubts(fact)]


def _here(trials: Sequence[Trial], others: Sequence[Trial], records: Sequence[Record]) -> Iterable[Line]:
    registry = sum(1 for r in records if r.document.source in registers())
    yield Line(
        f"{several(len(trials), 'trial')} of people, {several(len(records), 'report')}, {registry} of them registry records",
        "trials",
    )
    for field, name in (("condition", "conditions"), ("cell_type", "cells"), ("route", "routes")):
        found = Counter(v for t in trials for v in {str(f.value.get("name")) for r in t.records for f in r.of(field)})
        if found:
            most = sorted(found.items(), key=lambda item: (-item[1], item[0]))
            more = f"; {len(most) - MOST_NAMED} more" if len(most) > MOST_NAMED else ""
            yield Line(f"{name}: {', '.join(f'{n} ({k})' for n, k in most[:MOST_NAMED])}{more}", "trials")
    if others:
        yield Line(f"{several(len(others), 'report')} of no trial of people, in no table", "trials")
    retracted = [t.label for t in trials if t.node["retracted"]]
    if retracted:
        yield Line(f"retracted: {', '.join(retracted)}", "trials")


def _doubtful(
    records: Sequence[Record], unsure: Sequence[tuple[str, Record, Fact, list[str]]], total: int
) -> Iterable[Line]:
    by_people = sum(f.method.startswith("curator:") for r in records for f in r.facts if f.primary)
    yield Line(f"{len(unsure)} of {total} values are doubtful", "doubtful" if unsure else "")
    for why, count in sorted(Counter(w for *_, whys in unsure for w in whys).items(), key=lambda c: (-c[1], c[0])):
        yield Line(f"{count}: {why}", "doubtful")
    yield Line(f"{by_people} values were confirmed, corrected or added by people", "checked")
    unread = sum(1 for r in records if any("not read" in note for note in (*r.document.notes, *r.not_found)))
    if unread:
        yield Line(f"{several(unread, 'report')} with parts that were not read", "sources")
