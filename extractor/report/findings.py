"""What a reviewer has to decide: conflicts inside reports, reports that disagree, shared people, missing results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extractor.graph import Review, ask
from extractor.graph.nodes import evidence
from extractor.report.included import Trial
from extractor.report.quotes import Quotes
from extractor.report.said import Said, plain

TableRow = tuple[tuple[Said, ...], ...]


@dataclass(frozen=True, slots=True)
class FindingsTable:
    """A table of the page: headings, and rows of cells."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    empty: str
    notes: tuple[str, ...] = ()


def tables(review: Review, trials: Sequence[Trial], quotes: Quotes, *, today: str = "") -> list[FindingsTable]:
    """Everything that waits for a reviewer's eye."""
    names = {t.name for t in trials}
    documents = {r.document.id for t in trials for r in t.records}
    return [
        conflicts(trials, quotes),
        disagreements(review, names, quotes),
        overlaps(review, documents, quotes),
        unpublished(review, names, quotes, today),
    ]


def conflicts(trials: Sequence[Trial], quotes: Quotes) -> FindingsTable:
    """Conflicts inside one report."""
    rows = []
    for trial in trials:
        for record in trial.records:
            for conflict in record.conflicts:
                said = [e for i in conflict.facts for e in evidence(record.document.id, record.facts[i].evidence)]
                rows.append((
                    (plain(trial.name),),
                    (plain(record.document.id),),
                    (plain(conflict.kind.replace("_", " ")),),
                    (Said(conflict.message, quotes.refs(said)),),
                ))  # fmt: skip
    return FindingsTable(
        "Conflicts inside a report",
        ("Trial", "Report", "Kind", "What it says"),
        tuple(rows),
        "No report contradicts itself.",
    )


def disagreements(review: Review, names: set[str], quotes: Quotes) -> FindingsTable:
    """Reports of one trial that say different things."""
    answer = ask(review, "disagreements", everything=True)
    rows = [
        (
            (plain(r["trial"]),),
            (plain(str(r["kind"]).replace("_", " ")),),
            (Said(" ".join(filter(None, [r["message"], r["explanation"]])), quotes.refs(r["evidence"])),),
        )
        for r in answer.rows
        if r["trial"] in names
    ]
    return FindingsTable(
        "Reports of one trial that disagree",
        ("Trial", "About", "What they say"),
        tuple(rows),
        "No two reports of one trial disagree.",
        answer.notes,
    )


def overlaps(review: Review, documents: set[str], quotes: Quotes) -> FindingsTable:
    """Reports that share people, decided or not."""
    answer = ask(review, "overlaps")
    rows = [
        (
            (plain(r["report"]),),
            (plain(r["other"]),),
            (plain(r["state"]),),
            (plain(r["preferred"] or "none"),),
            (Said(r["why"], quotes.refs(r["evidence"])),),
        )
        for r in answer.rows
        if {r["report"], r["other"]} & documents
    ]
    return FindingsTable(
        "Reports that may be of the same people",
        ("Report", "Other", "State", "Preferred", "Why"),
        tuple(rows),
        "No two reports seem to be of the same people.",
        answer.notes,
    )


def unpublished(review: Review, names: set[str], quotes: Quotes, today: str) -> FindingsTable:
    """Registered trials without results or paper; months overdue only where a date is given to count to."""
    answer = ask(review, "unpublished", **({"today": today} if today else {}))
    rows = [_missing(r, quotes, today) for r in answer.rows if r["trial"] in names]
    counted = (f"Months overdue are counted to {today}.",) if today else ()
    return FindingsTable(
        "Registered trials without posted results or a paper",
        ("Trial", "Record", "Results posted", "Paper", "Status", "Completed", *(("Months overdue",) if today else ())),
        tuple(rows),
        "Every registry record of the store has posted results and a paper, or the store holds none.",
        (*answer.notes, *counted),
    )


def _missing(r: dict[str, Any], quotes: Quotes, today: str) -> TableRow:
    late = "" if r["months_overdue"] is None else f"{r['months_overdue']:g}"
    return (
        (plain(r["trial"]),),
        (Said(r["record"], quotes.refs(r["evidence"])),),
        (plain("yes" if r["results_posted"] else "no"),),
        (plain("yes" if r["paper"] else "no"),),
        (plain(r["status"] or "not reported"),),
        (plain(r["completion_date"]),),
        *((((plain(late or "not known"),)),) if today else ()),
    )
