"""What a forest plot says: rows, axis and foot lines of a pooled result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.errors import PoolError
from extractor.pool import weights
from extractor.pool.forest_layout import Axis, Lights, Line, Mark, difference_axis, percent_axis, ratio_axis
from extractor.pool.results import (
    Group,
    Heterogeneity,
    LeftOut,
    PooledComparison,
    PooledProportion,
    StudyRisk,
    Subgroups,
)
from extractor.shown import p_value, percent, points

_GAP = Line("gap", ("", "", ""))
_WOOLF = "Woolf's interval, the exact conditional one where a cell is empty"
_STUDY_INTERVALS = {"OR": _WOOLF, "Peto OR": _WOOLF, "RR": "Katz's interval", "RD": "Newcombe's interval"}
# Warnings of a pooled risk that its plot must carry too.
_CAUTIONS = ("few_studies_mostly_zero", "tau2_at_limit", "case_reports", "arms_as_studies", "duplicate_names")
_Drawn = tuple[list[Line], Axis, list[str]]


def one_arm_lines(
    result: PooledProportion, groups: Sequence[str] | None, subgroups: Subgroups | None, lights: Lights | None = None
) -> _Drawn:
    """Rows of a pooled proportion, under group headings where there are groups.

    Raises
    ------
    PoolError
        If there are not as many groups as studies.
    """
    if groups is not None and len(groups) != len(result.studies):
        raise PoolError(f"{len(groups)} groups for {len(result.studies)} studies")
    largest = max(study.total for study in result.studies)
    share, how = weights.of_risks(result)
    weighed = {id(study): _weight(one) for study, one in zip(result.studies, share, strict=True)}
    lines = [_head(("Study", "Events", "Total"), "Risk, % [95 % CI]", how, lights)]
    pooled = {group.group: group for group in subgroups.groups} if subgroups else {}
    for group in dict.fromkeys(groups) if groups else [None]:
        if group is not None:
            lines += [*([_GAP] if len(lines) > 1 else []), Line("group", (group, "", ""))]
        members = [s for i, s in enumerate(result.studies) if groups is None or groups[i] == group]
        lines += [_lit(_study_line(s, largest, group is not None), weighed[id(s)], lights) for s in members]
        if group in pooled:
            lines.append(_group_line(pooled[group]))
    lines += _pooled_lines(result)
    axis = percent_axis(_highest(result, list(pooled.values())), "Risk, %", result.estimate)
    return lines, axis, [*_one_arm_foot(result, subgroups), *filter(None, [how, lights.note if lights else ""])]


def _head(cells: tuple[str, ...], right: str, how: str, lights: Lights | None) -> Line:
    return Line("head", cells, right, weight="Weight, %" if how else "", lights=lights.domains if lights else ())


def _lit(line: Line, weight: str, lights: Lights | None) -> Line:
    """A study's row with its weight and lights; a domain that nobody judged is a blank."""
    words = lights.of.get(line.cells[0], {}) if lights else {}
    return replace(line, weight=weight, lights=tuple(words.get(d, "") for d in lights.domains) if lights else ())


def _weight(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _study_line(study: StudyRisk, largest: int, indented: bool) -> Line:
    mark = Mark("square", study.estimate, study.low, study.high, study.total / largest)
    cells = (study.study, str(study.events), str(study.total))
    return Line("study", cells, _percent(study.estimate, study.low, study.high), mark, indented)


def _group_line(group: Group) -> Line:
    mean = group.mean
    mark = Mark("diamond", mean.estimate, mean.low, mean.high, filled=False)
    cells = (f"Mean ({_studies(group.k)})", str(group.events), str(group.total))
    return Line("study", cells, _percent(mean.estimate, mean.low, mean.high), mark, True)


def _pooled_lines(result: PooledProportion) -> list[Line]:
    name = "One study, not pooled" if result.k == 1 else f"Mean risk ({_studies(result.k)})"
    modelled = result.k > 1 and result.tau2 is not None
    if result.k > 1 and not modelled:
        name = f"All studies together ({_studies(result.k)})"
    mean = result.mean
    cells = (name, str(result.events), str(result.total))
    mark = Mark("diamond", mean.estimate, mean.low, mean.high)
    lines = [_GAP, Line("pooled", cells, _percent(mean.estimate, mean.low, mean.high), mark)]
    if modelled:
        mark = Mark("diamond", result.estimate, result.low, result.high, filled=False)
        words = _percent(result.estimate, result.low, result.high)
        lines.append(Line("study", ("Median study", "", ""), words, mark))
    low, high = result.prediction.low, result.prediction.high
    if low is not None and high is not None:
        words = f"[{percent(low)} to {percent(high)}]"
        lines.append(
            Line(
                "study",
                (f"Prediction interval, {result.prediction.rule}", "", ""),
                words,
                Mark("prediction", None, low, high),
            )
        )
    return lines


def _highest(result: PooledProportion, groups: Sequence[Group]) -> float:
    values = [study.high for study in result.studies] + [result.high, result.mean.high]
    values += [group.mean.high for group in groups]
    if result.prediction.high is not None:
        values.append(result.prediction.high)
    return max(values)


def _one_arm_foot(result: PooledProportion, subgroups: Subgroups | None) -> list[str]:
    notes = [
        f"{result.method[0].upper()}{result.method[1:]}; {result.interval}. Studies: exact (Clopper-Pearson) intervals, squares by participants."
    ]
    if result.k > 1 and result.tau2 is not None:
        notes.append(
            f"Mean of the studies' risks ({result.mean.interval}), and the risk that half of all such studies exceed. "
            f"All participants together: {percent(result.crude)} %."
        )
    if result.k > 1 and result.prediction.low is None:
        notes.append(f"Prediction interval {result.prediction.rule}.")
    notes.append(_heterogeneity(result.heterogeneity))
    if result.one_sided_upper is not None:
        notes.append(
            f"No event in {result.total} participants: risk at most {percent(result.one_sided_upper)} % (one-sided 95 %)."
        )
    if result.wald_t is not None:
        low, high = percent(result.wald_t.low), percent(result.wald_t.high)
        notes.append(f"With few studies, a second interval beside it by Wald t({result.wald_t.df}): {low} to {high} %.")
    if subgroups and subgroups.q_between is not None:
        p = p_value(subgroups.q_p)
        notes.append(f"Between groups: Wald Q = {subgroups.q_between:.2f}, df = {subgroups.q_df}, {p}.")
    if subgroups:
        notes += [note.message for note in subgroups.warnings]
    notes += [note.message for note in result.warnings if note.code in _CAUTIONS]
    return [*notes, *_left_out(result.left_out)]


def _heterogeneity(found: Heterogeneity) -> str:
    if found.tau2 is None or found.q is None:
        return "Heterogeneity not estimable."
    bounds = ""
    if found.tau2_low is not None:
        high = "no bound" if found.tau2_high is None else f"{found.tau2_high:.2f}"
        bounds = f" (profile likelihood, 95 %: {found.tau2_low:.2f} to {high})"
    return f"Heterogeneity: τ² = {found.tau2:.2f}{bounds}, LRT Q = {found.q:.2f}, df = {found.q_df}, {p_value(found.q_p)}, I² = {found.i2:.0f} %."


# --- two arms --------------------------------------------------------------------------------------------------------


def two_arm_lines(result: PooledComparison, arms: tuple[str, str], lights: Lights | None = None) -> _Drawn:
    """Rows of a comparison of two arms."""
    unit = "RD, % points" if result.measure == "RD" else result.measure
    share, how = weights.of_effects(result)
    lines = [_head(("Study", f"{arms[0]} n/N", f"{arms[1]} n/N"), f"{unit} [95 % CI]", how, lights)]
    largest = max(study.total1 + study.total2 for study in result.studies)
    for study, one in zip(result.studies, share, strict=True):
        cells = (study.study, f"{study.events1}/{study.total1}", f"{study.events2}/{study.total2}")
        size = (study.total1 + study.total2) / largest
        if study.estimate is None and study.low is None and study.high is None:
            reason = "no event" if study.events1 + study.events2 == 0 else "not estimable"
            made = Line("study", cells, "not estimable", Mark("note", note=reason))
        else:
            words = _interval(result.measure, study.estimate, study.low, study.high)
            made = Line("study", cells, words, Mark("square", study.estimate, study.low, study.high, size))
        lines.append(_lit(made, _weight(one), lights))
    lines += [_GAP, _pooled_comparison(result)]
    foot = [*_two_arm_foot(result), *filter(None, [how, lights.note if lights else ""])]
    return lines, _comparison_axis(result, arms), foot


def _pooled_comparison(result: PooledComparison) -> Line:
    name = "One study, not pooled" if result.k == 1 else f"Pooled ({_studies(result.k)})"
    cells = (name, f"{result.events1}/{result.total1}", f"{result.events2}/{result.total2}")
    if result.estimate is None:
        return Line("pooled", cells, "not estimable", Mark("note", note="not estimable"))
    words = _interval(result.measure, result.estimate, result.low, result.high)
    return Line("pooled", cells, words, Mark("diamond", result.estimate, result.low, result.high))


def _comparison_axis(result: PooledComparison, arms: tuple[str, str]) -> Axis:
    rows = [(study.low, study.high) for study in result.studies] + [(result.low, result.high)]
    lows = [low for low, _ in rows if low is not None]
    highs = [high for _, high in rows if high is not None]
    sides = (f"fewer events, {arms[0]}", f"more events, {arms[0]}")
    if result.measure == "RD":
        return difference_axis(min(lows, default=-0.1), max(highs, default=0.1), "", result.estimate, sides)
    lowest = min((low for low in lows if low > 0), default=0.1)
    return ratio_axis(lowest, max(highs, default=10.0), "", result.estimate, sides)


def _two_arm_foot(result: PooledComparison) -> list[str]:
    one_effect = " (one effect for all studies)" if result.k > 1 and result.estimate is not None else ""
    notes = [
        f"{result.method}{one_effect}. Studies: {_STUDY_INTERVALS[result.measure]}; squares by participants, arrows where it goes on."
    ]
    if result.q is not None:
        notes.append(
            f"Heterogeneity: Q = {result.q:.2f}, df = {result.q_df}, {p_value(result.q_p)}, I² = {result.i2 or 0.0:.0f} %."
        )
    if result.double_zero:
        notes.append(f"{result.double_zero} of {result.k} studies saw no event in either arm.")
    notes += [
        note.message
        for note in result.warnings
        if note.code in ("undefined", "unequal_arms", "single_zero", "heterogeneity")
    ]
    return [*notes, *_left_out(result.left_out)]


# --- words -----------------------------------------------------------------------------------------------------------


def _left_out(left_out: Sequence[LeftOut]) -> list[str]:
    if not left_out:
        return []
    return ["Left out: " + "; ".join(f"{row.study} ({row.reason})" for row in left_out) + "."]


def _studies(k: int) -> str:
    return "1 study" if k == 1 else f"{k} studies"


def _percent(estimate: float, low: float, high: float) -> str:
    return f"{percent(estimate)} [{percent(low)} to {percent(high)}]"


def _interval(measure: str, estimate: float | None, low: float | None, high: float | None) -> str:
    if measure == "RD":
        return f"{points(estimate)} [{points(low)} to {points(high)}]"
    middle = _ratio(estimate) if estimate is not None else "–"
    return f"{middle} [{_ratio(low) if low is not None else '0'} to {_ratio(high) if high is not None else '∞'}]"


def _ratio(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
