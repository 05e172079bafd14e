"""The people of a trial by group: whether one is a control, how many were treated, how many were not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.graph.counts import CONTROLLED
from extractor.graph.nodes import Row
from extractor.link.control import controls, key


@dataclass(frozen=True, slots=True)
class Groups:
    """What the reports of a trial say of its groups.

    Attributes
    ----------
    controlled : bool
        Whether there is a control group, by the design or by the name of an arm in any report.
    sizes : int
        How many groups have a size, in the first report that gives any.
    in_control : int or None
        People of those that are control groups; none where there is no control, None where its size is not said.
    treated : int or None
        People who were given the cells: all of them, or those of the treated groups where there is a control; None where
        that is not said.
    """

    controlled: bool
    sizes: int
    in_control: int | None
    treated: int | None


def groups(trial: Row, reports: Sequence[Row]) -> Groups:
    """The groups of a trial, from its reports in the order in which they are preferred."""
    sizes: dict[str, int] = next((r["arm_sizes"] for r in reports if r["arm_sizes"]), {})
    control = controls(trial["groups"])
    controlled = bool(control) or not CONTROLLED.isdisjoint(trial["design"])
    treated = _treated_groups(reports, control) if controlled else int(trial["n"]) if trial["n"] else None
    people = [int(n) for arm, n in sizes.items() if key(arm) in control]
    return Groups(controlled, len(sizes), sum(people) if people or not controlled else None, treated)


def _treated_groups(reports: Sequence[Row], control: frozenset[str]) -> int | None:
    """People of the treated groups, by the first report whose groups are told apart and share nobody."""
    for report in reports:
        sizes = report["arm_sizes"]
        treated = [int(n) for arm, n in sizes.items() if key(arm) not in control]
        if 0 < len(treated) < len(sizes) and (report["n"] is None or sum(sizes.values()) <= report["n"]):
            return sum(treated)
    return None
