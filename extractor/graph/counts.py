"""Which counts of one event in one trial may be pooled: one row a trial, its treated arms summed, or why there is none.

A trial gives its counts through the first of its reports that has any, in the order in which they are preferred; never
through a retracted one, a review or a protocol. Left out, with the reason: control groups, counts of events in place of
people, percentages without a number, counts of severe ones only, groups that share people, numbers over treated and
control groups together, zeros too, for nothing says whose they are. A zero is none where any report of the trial says that
the event happened. What no report says is no zero, and has no row and no reason here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from extractor.graph.nodes import Row, curie
from extractor.graph.observations import DENIED, NAMED, limit_of
from extractor.link.control import GENERIC, TIMES, controls, key

CONTROLLED = frozenset(
    {"controlled", "placebo-controlled", "sham-controlled", "active-controlled", "vehicle-controlled"}
)
CROSSOVER = "crossover"
INFERRED = "inferred_denial"
CONTRADICTED = "blanket_contradicted"
PEOPLE = ("participants", None)
MOST_ROUNDED = 1.0  # percent points by which a printed percentage may be off
TOGETHER = "the count is over treated and control groups together"
WHOSE_ZERO = "a zero of a trial with a control group, and nothing says of which group"


@dataclass(frozen=True, slots=True)
class Study:
    """One row to pool: the counts of a trial, and where they come from; `arms` are the groups that were summed."""

    study: str
    trial: str
    document: str
    arm: str | None
    arms: tuple[str, ...]
    events: int
    total: int
    total_from: str
    zero_basis: str | None
    observation: str
    case_report: bool
    evidence: list[Row] = field(default_factory=list)

    def to_row(self) -> Row:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Left:
    """A study that was not pooled, and why."""

    study: str
    reason: str
    trial: str = ""

    def to_row(self) -> Row:
        return {"study": self.study, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a trial gives for an event: rows to pool, and what was left out; both empty where it says nothing."""

    rows: tuple[Study, ...] = ()
    left: tuple[Left, ...] = ()


NOTHING = Counted()


def counted(
    trial: Row,
    report_of: Callable[[str], Row],
    observed: Iterable[Row],
    denials: Iterable[Row] = (),
    happened: Sequence[Row] = (),
) -> Counted:
    """The counts of one event in one trial.

    Parameters
    ----------
    report_of : callable
        The attributes of a report's node.
    observed : iterable of dict
        The trial's observations of the event.
    denials : iterable of dict
        Denials that count as a zero of it in reports that do not mention it.
    happened : sequence of dict
        The trial's observations of what a zero of the event denies: it cannot be one where there are any.
    """
    by_report: dict[str, list[Row]] = {}
    for one in observed:
        by_report.setdefault(one["report"], []).append(one)
    spoken = set(by_report)
    against = [o for found in (*by_report.values(), happened) for o in found if o["zero_basis"] is None]
    for one in denials:
        if one["report"] not in spoken and not against:
            by_report.setdefault(one["report"], []).append(one | {"zero_basis": INFERRED})
    against = [o for o in against if _may_be_treated(o, trial) and not _unfit(report_of(o["report"]))]
    first: tuple[Left, ...] = ()
    for report in trial["reports"]:
        if report in by_report:
            found = _of_report(trial, report_of(report), by_report[report], against)
            if found.rows:
                return found
            first = first or found.left[:1]
    return Counted((), first)


def _may_be_treated(one: Row, trial: Row) -> bool:
    """Whether it may be said of treated people: not of a group that is a control by its name."""
    return one["arm"] is None or key(one["arm"]) not in controls(trial["groups"])


def _of_report(trial: Row, report: Row, observed: Sequence[Row], against: Sequence[Row]) -> Counted:
    """The row of one report: of everyone, else of its treated arms."""
    name = str(trial["name"])
    if unfit := _unfit(report):
        return Counted((), (Left(name, unfit, name),))
    general, reason = unlimited(report, observed)
    control = controls(trial["groups"])
    whole = [o for o in general if o["arm"] is None]
    if whole and _controlled(trial, control, whole):
        none = all(o["events"] == 0 for o in whole)
        reason = WHOSE_ZERO if none else TOGETHER
        whole = []
    by_arm: dict[str, list[Row]] = {}
    for one in general:
        if one["arm"] is not None:
            by_arm.setdefault(one["arm"], []).append(one)
    of_arms = _of_arms(name, trial, report, by_arm, control) if by_arm else NOTHING
    if usable := _usable(whole):
        row, why = _study(name, trial, report, usable[0]), ""
        if of_arms.rows and of_arms.rows[0].events > row.events:
            why = f"{row.events} of everyone, {of_arms.rows[0].events} of its groups: the counts contradict each other"
        elif why := _contradicted(row, against) or _improbable(row, report, usable[0], whole, against):
            reason = why
        if not why:
            return Counted((row,))
        if row.events:
            return Counted((), (Left(name, why, name),))
    if of_arms.rows and (why := _contradicted(of_arms.rows[0], against) or _too_many(of_arms.rows[0].total, report)):
        return Counted((), (Left(name, why, name), *of_arms.left))
    if by_arm:
        return of_arms
    reason = reason or (_why_not(whole) if whole else "")
    return Counted((), (Left(name, reason, name),) if reason else ())


def _contradicted(row: Study, against: Sequence[Row]) -> str:
    """Why a zero is none: the words by which it happened, in any report of the trial."""
    if row.events or not against:
        return ""
    said = against[0]
    words = said["evidence"][0]["quote"] if said["evidence"] else said["event_name"]
    return f"a zero beside what happened in the same trial (“{words}”)"


def _improbable(row: Study, report: Row, one: Row, whole: Sequence[Row], against: Sequence[Row]) -> str:
    """Why a count of everyone cannot be what it seems; empty where nothing speaks against it."""
    if why := _too_many(row.total, report):
        return why
    if one["percent"] is not None and abs(100 * row.events / row.total - one["percent"]) > MOST_ROUNDED:
        return f"{row.events} of {row.total} is not {one['percent']:g} %: they are of other people"
    mine = [o for o in against if o["arm"] is None and o["report"] == one["report"] and o["unit"] in PEOPLE]
    more = next((o for o in mine if (o["events"] or 0) > row.events and (o["events"] or 0) <= row.total), None)
    if more is not None and (more["unit"] is not None or more["total_from"] == "stated"):
        return f"{row.events} in all, {more['events']} with {more['event_name']}: the counts contradict each other"
    return ""


def _too_many(people: int, report: Row) -> str:
    if report["n"] is not None and people > report["n"]:
        return f"{people} people at risk, where the report has {report['n']}"
    return ""


def _unfit(report: Row) -> str:
    if report["retracted"]:
        return "said in a retracted report only"
    return "" if report["of_people"] else "said in a review or a protocol only"


def _controlled(trial: Row, control: frozenset[str], whole: Sequence[Row]) -> bool:
    """Whether there is a control group: by the name of an arm in any report, by the design, or by the words of the count."""
    return bool(control) or not CONTROLLED.isdisjoint(trial["design"]) or any(o["of_controls"] for o in whole)


def _of_arms(name: str, trial: Row, report: Row, by_arm: dict[str, list[Row]], control: frozenset[str]) -> Counted:
    """The treated arms as one study: all of them, or none."""
    rows, left, lacking = [], [], []
    for arm, found in sorted(by_arm.items()):
        label = f"{name}: {arm}"
        usable = _usable(found)
        if key(arm) in control:
            left.append(Left(label, "a control group", name))
        elif len(by_arm) > 1 and TIMES.search(arm):
            lacking.append(Left(label, "a count at one time or turn of people who are counted again", name))
        elif any(o["groups_overlap"] for o in found):
            lacking.append(Left(label, "groups of this record share people", name))
        elif any(o["of_controls"] and o["events"] == 0 for o in usable):
            lacking.append(Left(label, "the words of the zero name a control group", name))
        elif not usable:
            lacking.append(Left(label, _why_not(found), name))
        else:
            rows.append(_study(name, trial, report, usable[0]))
    if lacking:
        beside = (
            Left(r.study + f": {r.arm}", "another treated group of the trial cannot be counted", name) for r in rows
        )
        return Counted((), (*lacking, *beside, *left))
    rows = _whole_group(rows)
    if perhaps := _perhaps_same(rows):
        return Counted((), (*(Left(f"{name}: {r.arm}", perhaps, name) for r in rows), *left))
    if len(rows) > 1 and (CROSSOVER in trial["design"] or _more_than_all((r.total for r in rows), report)):
        shared = (Left(f"{name}: {r.arm}", "groups of this report share people", name) for r in rows)
        return Counted((), (*left, *shared))
    return Counted((_summed(rows),) if rows else (), tuple(left))


def _whole_group(rows: list[Study]) -> list[Study]:
    """The group that holds all others, where one has exactly their people: it is not counted beside them."""
    for row in rows if len(rows) > 2 else ():
        others = [r for r in rows if r is not row]
        if row.total == sum(r.total for r in others):
            return [row]
    generic = [r for r in rows if GENERIC.search(r.arm or "")]
    if len(rows) == 2 and len(generic) == 1 and (rows[0].events, rows[0].total) == (rows[1].events, rows[1].total):
        return [r for r in rows if r is not generic[0]]
    return rows


def _perhaps_same(rows: Sequence[Study]) -> str:
    """Why groups may be of the same people: one's name says no more than that it was treated, and the sums do not tell."""
    generic = [r for r in rows if GENERIC.search(r.arm or "")]
    return f"“{generic[0].arm}” may be another name of the group beside it" if generic and len(rows) > 1 else ""


def _summed(rows: Sequence[Study]) -> Study:
    """Arms of one trial as one study."""
    if len(rows) == 1:
        return rows[0]
    bases = [r.zero_basis for r in rows if r.zero_basis]
    names = tuple(r.arm or "" for r in rows)
    return replace(
        rows[0], arm=" + ".join(names), arms=names, events=sum(r.events for r in rows), total=sum(r.total for r in rows),
        total_from="arm" if any(r.total_from == "arm" for r in rows) else rows[0].total_from,
        zero_basis=bases[0] if len(bases) == len(rows) else None, evidence=[e for r in rows for e in r.evidence],
    )  # fmt: skip


def _more_than_all(sizes: Iterable[int], report: Row) -> bool:
    """Whether groups together have more people than the report: some are in two of them."""
    return report["n"] is not None and sum(sizes) > report["n"]


def unlimited(report: Row, observed: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """Observations of the event itself, not of severe or of related ones only; and why there is none."""
    contradicted = CONTRADICTED in report["conflicts"]
    true = [o for o in observed if o["assertion"] != DENIED] if contradicted else observed
    if observed and not true:
        return [], "the same report denies events and reports some"
    related = [o for o in true if o["related"] is None]
    if true and not related:
        return [], f"said only of events {'not ' if true[0]['related'] is False else ''}related to the treatment"
    if related and all(_serious_of_registry(o) for o in related):
        return [], "a registry's count of serious ones only"
    limits = [limit_of(o) for o in related]
    general = [o for o, limit in zip(related, limits, strict=True) if not limit]
    if (parts := [o for o in general if o["severity"] or o["grade"]]) and len(parts) == len(general):
        worse = [o for o, limit in zip(related, limits, strict=True) if limit and o["events"]]
        if any(o["events"] for o in parts) and worse:
            return [], "counted by severity, and nothing gives all of them"
    if related and not general:
        return [], f"said only {next(limit for limit in limits if limit)}"
    return general, ""


def _serious_of_registry(one: Row) -> bool:
    return bool(one["scope"] == NAMED and one["serious"] and one["agent"].startswith("registry:"))


def _usable(found: Sequence[Row]) -> list[Row]:
    """Counts of people, where there is one number only; of deaths, the number of all of them where it is given."""
    counts = [
        o for o in found
        if o["events"] is not None and o["total"] and _of_people(o) and o["events"] <= o["total"] and not _of_some(o)
    ]  # fmt: skip
    counts = [o for o in counts if o["field"] == "deaths"] or counts
    listed = [o for o in counts if o["agent"].startswith("registry:") and o["scope"] == NAMED]
    if listed and len(listed) == len(counts):
        # lines of a registry's tables are of different terms, or of serious and other ones: never one number said twice
        some = [o for o in counts if o["events"]]
        return (some or counts)[:1] if len(some) < 2 else []
    return counts if len(counts) < 2 or len({(o["events"], o["total"]) for o in counts}) == 1 else []


def _of_people(one: Row) -> bool:
    """Whether a number is one of people: "3 serious adverse events" may be of one person, "3 of 20" is not."""
    if one["unit"] not in PEOPLE:
        return False
    return one["unit"] is not None or one["scope"] == NAMED or one["total_from"] == "stated" or (one["events"] or 0) < 2


def _of_some(one: Row) -> bool:
    """Whether a count is of some only ("in the first cohort"), whose number is not given."""
    return bool(one["limit"]) and one["total_from"] != "stated"


def _why_not(found: Sequence[Row]) -> str:
    if any(o["events"] is not None and o["total"] and o["events"] > o["total"] for o in found):
        return "more events than people at risk"
    if some := next((o for o in found if o["events"] and _of_some(o)), None):
        return f"a count of some only (“{some['limit']}”), whose number is not given"
    if any(o["unit"] not in PEOPLE for o in found):
        return f"counts {next(o['unit'] for o in found if o['unit'] not in PEOPLE)}, not participants"
    if all(o["events"] is None for o in found):
        return (
            "a percentage from which the number of people cannot be told"
            if any(o["percent"] for o in found)
            else "mentioned without a count"
        )
    if all(not o["total"] for o in found if o["events"] is not None):
        return "a count without a number of people at risk"
    if not any(_of_people(o) for o in found if o["events"] is not None):
        return "a number of events, perhaps not of people"
    return f"several counts ({', '.join(sorted({str(o['events']) for o in found}))}), and nothing says which is of all"


def _study(label: str, trial: Row, report: Row, one: Row) -> Study:
    said = one["evidence"]
    if one["total_from"] == "participants":
        said = said + report["n_evidence"]
    return Study(
        label, trial["name"], report["document"], one["arm"], (one["arm"],) if one["arm"] else (), one["events"], one["total"],
        one["total_from"], one["zero_basis"], curie("observation", one["source"], one["position"]),
        trial["case_report"] or one["total"] == 1, said,
    )  # fmt: skip
