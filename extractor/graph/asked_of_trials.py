"""Questions about trials and their reports: what was given to whom, what belongs together, where a value is from."""

from __future__ import annotations

import datetime
import re

from extractor.compare import compare
from extractor.errors import QueryError
from extractor.graph import nodes
from extractor.graph.answers import Found
from extractor.graph.changes import changes
from extractor.graph.differences import disagreements as disagreements_of
from extractor.graph.differences import several
from extractor.graph.nodes import Row
from extractor.graph.people import Groups
from extractor.graph.review import Review
from extractor.graph.studies import left_rows, not_chosen
from extractor.model import Fact, Record
from extractor.store.links import LinkStore

RESULTS_DUE_MONTHS = 12  # after completion (42 CFR 11.44)
DAYS_A_MONTH = 30.44
CONTROLS_TOO = (
    "People are of all groups of a trial. Those known to be in control groups are given apart, where a report says how "
    "large these groups are; else they are not told apart."
)
DIFFERENCE = ("kind", "severity", "a", "b", "facts_a", "facts_b", "message", "explanation", "evidence")


def given(review: Review, condition: str = "", cells: str = "", route: str = "") -> Found:
    """Which trials gave which cells by which route, and with which doses?

    One row a trial and arm; trials that were only planned are marked.
    """
    chosen = review.fitting(condition, cells, route, planned=True)
    left = left_rows(not_chosen(review, condition, cells, route, planned=True))
    return Found([row for id, _ in chosen for row in review.given[id]], None, left)


def people_by_route(review: Review, cells: str = "", condition: str = "", route: str = "") -> Found:
    """How many people in all received the cells, by route?

    ``people`` is of all groups of a trial; ``in_control`` of them were in control groups whose size is given, None where no
    trial says it; ``controls_unknown`` trials have a control group of a size that is not given.
    People that a preferred report has too, and reviews, are left out; a trial with several routes is counted under all of
    them together.
    """
    chosen = review.fitting(condition, cells, route)
    shadowed = review.shadowed((id for id, _ in chosen), lambda id: _counts_people(review.node(id)))
    by_route: dict[str, Row] = {}
    left = []
    for id, trial in chosen:
        if id in shadowed or not _counts_people(trial):
            reason = (
                "retracted"
                if trial["retracted"]
                else f"people of {review.node(shadowed[id][0])['document']}"
                if id in shadowed
                else "no number of people"
            )
            left.append({"study": trial["name"], "reason": reason})
            continue
        name = " + ".join(trial["routes"]) or "not reported"
        if name not in by_route:
            by_route[name] = {
                "route": name, "people": 0, "in_control": None, "controls_unknown": 0, "trials": 0, "arms": 0, "names": [], "evidence": [],
            }  # fmt: skip
        _add(by_route[name], trial, review.groups[id])
    rows = [by_route[name] for name in sorted(by_route)]
    left += left_rows(not_chosen(review, condition, cells, route))
    return Found(rows, left_out=left, notes=(CONTROLS_TOO,))


def _add(row: Row, trial: Row, groups: Groups) -> None:
    """Add a trial's people to those of its route."""
    row["people"] += trial["n"]
    if groups.in_control is None:
        row["controls_unknown"] += 1
    else:
        row["in_control"] = (row["in_control"] or 0) + min(
            int(trial["n"]), groups.in_control
        )  # never more than there are
    row["trials"] += 1
    row["arms"] += max(1, groups.sizes)
    row["names"].append(trial["name"])
    row["evidence"] += trial["n_evidence"]


def _counts_people(trial: Row) -> bool:
    return trial["n"] is not None and not trial["retracted"]


def unpublished(review: Review, today: str = "") -> Found:
    """Which registered trials lack posted results or a linked paper?

    With the completion date and how many months results are overdue (12 months after completion).
    """
    day = _date(today) if today else datetime.datetime.now(datetime.UTC).date()
    if day is None:
        raise QueryError(f"unpublished: today={today} is no date; write it as 2026-01-31")
    rows = [
        _missing(trial, record, day)
        for trial, record in review.registry_records
        if not (record["has_results"] and trial["published"])
    ]
    notes = (
        [
            f"The store has no registry record of {', '.join(review.unrecorded)}: whether results are posted is not extracted."
        ]
        if review.unrecorded
        else []
    )
    return Found(rows, notes=notes)


def _missing(trial: Row, record: Row, day: datetime.date) -> Row:
    completed = _date(record["completion_date"] or "")
    months = round((day - completed).days / DAYS_A_MONTH - RESULTS_DUE_MONTHS, 1) if completed else None
    return {
        "trial": trial["name"],
        "record": record["document"],
        "results_posted": bool(record["has_results"]),
        "paper": trial["published"],
        "status": record["status"],
        "completion_date": record["completion_date"] or "not extracted",
        "months_overdue": max(0.0, months) if months is not None and not record["has_results"] else None,
        "evidence": record["about"],
    }


def _date(text: str) -> datetime.date | None:
    found = re.match(r"(\d{4})-(\d{2})(?:-(\d{2}))?$", text)
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def papers_of(review: Review, trial: str) -> Found:
    """Which reports belong to a trial, and why do we think so?"""
    id = review.trial_named(trial)
    reports = review.node(id)["reports"]
    rows = []
    for report in reports:
        row = review.node(report)
        links = review.edges(report, nodes.LINKED_TO)
        if not links:
            rows.append(_member(row, None, review))
        rows += [_member(row, link, review) for link in links]
    return Found(rows)


def _member(report: Row, link: Row | None, review: Review) -> Row:
    other = None
    if link:
        ends = [review.node(link[end])["document"] for end in ("a", "b")]
        other = next((e for e in ends if e != report["document"]), None)
    return {
        "report": report["document"],
        "kind": report["kind"],
        "with": other,
        "method": link["method"]
        if link
        else "names the trial's registry number"
        if report["registry_ids"]
        else "alone",
        "score": link["score"] if link else None,
        "state": link["state"] if link else None,
        "why": link["why"] if link else "; ".join(report["registry_ids"]),
        "evidence": link["evidence"] if link else report["about"],
    }


def overlaps(review: Review) -> Found:
    """Which reports are of the same people, and which one is preferred?"""
    rows = []
    for a, b, data in review.cohorts:
        best = data["preferred"]
        rows.append({
            "report": review.node(a)["document"],
            "other": review.node(b)["document"],
            "state": data["state"],
            "score": data["score"],
            "preferred": review.node(best)["document"] if best else None,
            "why": data["why"],
            "evidence": data["evidence"],
        })  # fmt: skip
    return Found(rows)


def disagreements(review: Review, everything: bool = False) -> Found:
    """Where do reports of one trial, or registry and paper, disagree on people or serious events?

    With `everything`, on any field; that reads all reports of trials with more than one again.
    """
    rows = [
        {"trial": trial["name"], **{name: edge["on" if name == "kind" else name] for name in DIFFERENCE}}
        for id, trial in (review.trials() if not everything else ())
        for edge in review.differences.get(id, ())
    ]
    if everything:
        for id, differ in disagreements_of(review.store, several(review.graph)):
            name = review.node(id)["name"]
            rows += [{"trial": name, **one.to_row()} for one in differ]
    return Found(rows)


def side_by_side(review: Review, trials: tuple[str, ...]) -> Found:
    """Two trials or more side by side, with their differences marked."""
    found = compare(review.store, trials)
    rows = [line.to_row(found.names) for line in (*found.lines, *found.events)]
    notes = [f"{s.a} and {s.b}: likeness {s.score}; {'; '.join(s.reasons)}" for s in found.similar]
    return Found(rows, notes=[*notes, "Outcomes of efficacy are not extracted."])


_VERSION = "SELECT version, added_at FROM documents WHERE id = :id AND is_current"


def provenance(review: Review, report: str, field: str = "") -> Found:
    """Where did this value come from: source, quote, method, and who decided?

    The report by its id, or an observation by its node.
    """
    position = None
    if report in review.graph and review.node(report)["kind"] == nodes.OBSERVATION:
        position, report = review.node(report)["position"], review.node(report)["source"]
    record = review.store.record(review.node(review.report_named(report))["document"])
    version, added = review.store.select(_VERSION, {"id": record.document.id})[1][0]
    rows = [
        _origin(record, i, fact) | {"version": version, "read_on": added}
        for i, fact in enumerate(record.facts)
        if position in (None, i) and field in ("", fact.field)
    ]
    decisions = [
        f"{d.action} by {d.curator} on {d.decided_at}{f': {d.note}' if d.note else ''}"
        for d in review.store.decisions(record.document.id)
    ]
    return Found(rows, notes=decisions)


def _origin(record: Record, position: int, fact: Fact) -> Row:
    return {
        "report": record.document.id,
        "fact": position,
        "field": fact.field,
        "value": fact.value,
        "arm": fact.arm,
        "primary": fact.primary,
        "method": fact.method,
        "confidence": fact.confidence,
        "flags": list(fact.flags),
        "source": record.document.source,
        "sha256": record.document.sha256,
        "evidence": nodes.evidence(record.document.id, fact.evidence),
    }


def changed_since(review: Review, date: str) -> Found:
    """What changed in the store since this date: reports, facts, withdrawals, decisions?

    Raises
    ------
    QueryError
        If it is no date.
    """
    if _date(date[:10]) is None:
        raise QueryError(f"changed-since: {date!r} is no date; write it as 2026-01-31, or 2026-01-31T12:00:00+00:00")
    rows = changes(review.store, date)
    made = [d for d in LinkStore(review.store).decisions() if d.decided_at >= date]
    rows += [
        {
            "when": d.decided_at,
            "what": f"link decision: {d.action}",
            "report": f"{d.a}, {d.b}",
            "field": None,
            "value": d.note,
            "by": d.curator,
        }
        for d in made
    ]
    return Found(sorted(rows, key=lambda r: (r["when"], str(r["report"]), str(r["what"]), str(r["value"]))))
