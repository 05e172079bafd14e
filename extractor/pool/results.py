"""What pooling answers with: frozen values that turn into plain dictionaries.

Proportions are 0-1 throughout; ``None`` stands for what cannot be estimated, and a :class:`Note` says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any

from extractor.shown import Rows, Shown, share


@dataclass(frozen=True, slots=True)
class Note:
    """A warning as data: a stable code, and what it means here."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that was not pooled, and why."""

    study: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """Where the risk of a new study is expected, and the rule that says so (or why there is none)."""

    low: float | None
    high: float | None
    rule: str


@dataclass(frozen=True, slots=True)
class WaldT:
    """A second interval shown beside the default one, mostly wider: estimate plus and minus t times the standard error."""

    low: float
    high: float
    df: int


@dataclass(frozen=True, slots=True)
class MeanRisk:
    """The mean of the studies' risks with its 95 % interval, 0-1, and how the interval was made."""

    estimate: float
    low: float
    high: float
    interval: str


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Spread between studies on the logit scale.

    Attributes
    ----------
    tau2, tau : float or None
        Variance and standard deviation between studies.
    tau2_low, tau2_high : float or None
        95 % profile-likelihood interval of the variance, of the same model; no upper end where the data set none.
    q, q_df, q_p : float or None
        Likelihood-ratio test of one common risk.
    i2 : float or None
        Percent, from tau2.
    note : str
    """

    tau2: float | None
    tau: float | None
    tau2_low: float | None
    tau2_high: float | None
    q: float | None
    q_df: int | None
    q_p: float | None
    i2: float | None
    note: str


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """The same question answered by another method, or without some studies."""

    method: str
    k: int
    events: int
    total: int
    estimate: float | None
    low: float | None
    high: float | None
    tau2: float | None
    note: str


@dataclass(frozen=True, slots=True)
class StudyRisk:
    """One study: counts, proportion, exact interval, and the one-sided bound that a zero leaves open."""

    study: str
    events: int
    total: int
    estimate: float
    low: float
    high: float
    one_sided_upper: float | None


@dataclass(frozen=True, slots=True, repr=False)
class PooledProportion(Shown):
    """A pooled risk.

    Attributes
    ----------
    method, interval : str
        What was fitted, and how the interval was made.
    k, events, total : int
        Studies, participants with the event, participants.
    crude : float
        Events of all participants: the raw sum.
    mean : MeanRisk
        The mean of the studies' risks, from the same model: the answer to "how often".
    estimate, low, high : float
        The risk of the median study with its 95 % interval, 0-1; below the mean where risks are rare and differ.
    zero_studies : int
        Studies without an event.
    tau2 : float or None
        None where it is not estimable.
    marginal_mean : float or None
        As ``mean``; None where the data do not bound the spread between studies.
    one_sided_upper, one_sided_lower : float or None
        Exact one-sided 95 % bound where no participant, or every one, had the event.
    """

    method: str
    interval: str
    k: int
    events: int
    total: int
    crude: float
    mean: MeanRisk
    estimate: float
    low: float
    high: float
    zero_studies: int
    tau2: float | None
    prediction: Prediction
    heterogeneity: Heterogeneity
    marginal_mean: float | None
    one_sided_upper: float | None
    one_sided_lower: float | None
    wald_t: WaldT | None
    studies: tuple[StudyRisk, ...]
    left_out: tuple[LeftOut, ...]
    sensitivity: tuple[SensitivityRow, ...]
    warnings: tuple[Note, ...]

    def rows_shown(self) -> Rows:
        return [_mapping(study) for study in self.studies]

    def summary(self) -> str:
        """The pooled risk, how it was made, what was left out and what to beware of."""
        risk = f"{share(self.estimate)} (95 % {share(self.low)} to {share(self.high)})"
        first = f"{risk}, {self.events} of {self.total} in {self.k} studies"
        return "\n".join([first, f"{self.method}; {self.interval}", *_cautions(self)])

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return _mapping(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two arms by one method; without an estimate, ``note`` says why."""

    measure: str
    method: str
    k: int
    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    tau2: float | None
    note: str


@dataclass(frozen=True, slots=True)
class StudyComparison:
    """One study's two arms and its own effect, never corrected; ``None`` where undefined."""

    study: str
    events1: int
    total1: int
    events2: int
    total2: int
    estimate: float | None
    low: float | None
    high: float | None
    note: str


@dataclass(frozen=True, slots=True, repr=False)
class PooledComparison(Shown):
    """Two arms compared over studies.

    Attributes
    ----------
    measure : str
        ``OR``, ``RR``, ``RD`` or ``Peto OR``; ``estimate``, ``low`` and ``high`` are on its own scale.
    tau2 : float or None
        Of the log odds ratio in the first model of ``sensitivity`` that is fitted; ``method`` itself takes one effect for all studies.
    q, q_df, q_p, i2 : float, int or None
        Heterogeneity of ``measure``, over studies with an effect of their own, 0.5 added to empty cells (not for Peto).
    double_zero, single_zero : int
        Studies with no event in either arm; with no event (or only events) in one of them.
    measures : tuple of Comparison
        All measures side by side.
    """

    measure: str
    method: str
    k: int
    events1: int
    total1: int
    events2: int
    total2: int
    estimate: float | None
    low: float | None
    high: float | None
    double_zero: int
    single_zero: int
    tau2: float | None
    q: float | None
    q_df: int | None
    q_p: float | None
    i2: float | None
    measures: tuple[Comparison, ...]
    studies: tuple[StudyComparison, ...]
    left_out: tuple[LeftOut, ...]
    sensitivity: tuple[Comparison, ...]
    warnings: tuple[Note, ...]

    def rows_shown(self) -> Rows:
        return [_mapping(study) for study in self.studies]

    def summary(self) -> str:
        """The pooled comparison, how it was made, what was left out and what to beware of."""
        told = [f"{v:.3g}" if v is not None else "-" for v in (self.estimate, self.low, self.high)]
        first = f"{self.measure} {told[0]} (95 % {told[1]} to {told[2]}) in {self.k} studies"
        return "\n".join([first, self.method, *_cautions(self)])

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return _mapping(self)


@dataclass(frozen=True, slots=True)
class Group:
    """One subgroup's pooled risk: the mean of its studies' risks, and that of its median study."""

    group: str
    k: int
    events: int
    total: int
    mean: MeanRisk
    estimate: float
    low: float
    high: float
    tau2: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Subgroups:
    """Subgroups and the test between them.

    Attributes
    ----------
    common_tau2 : bool
        One variance between studies for all groups.
    q_between, q_df, q_p : float or None
        Wald test that the compared groups have one risk; None where fewer than two can be compared.
    """

    common_tau2: bool
    groups: tuple[Group, ...]
    q_between: float | None
    q_df: int | None
    q_p: float | None
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return _mapping(self)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient on the logit scale."""

    name: str
    estimate: float
    se: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Regression:
    """A meta-regression: the main model, and an approximate one as a check.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        Logistic GLMM with the covariates.
    tau2 : float
        Variance between studies that the covariates leave.
    q_moderators, q_df, q_p : float
        Wald test of all covariates together.
    covariance : tuple of tuple of float, shape (P, P)
        Of the coefficients, in their order.
    check : tuple of Coefficient
        Empirical logits by REML, with Knapp-Hartung t intervals.
    """

    method: str
    k: int
    coefficients: tuple[Coefficient, ...]
    covariance: tuple[tuple[float, ...], ...]
    tau2: float
    q_moderators: float
    q_df: int
    q_p: float
    check_method: str
    check: tuple[Coefficient, ...]
    check_tau2: float
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary, ready for JSON."""
        return _mapping(self)


def _cautions(result: PooledProportion | PooledComparison) -> list[str]:
    left = [f"left out: {one.study} ({one.reason})" for one in result.left_out]
    return [*(f"caution: {note.message}" for note in result.warnings), *left]


def _mapping(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    """Dictionaries, lists, strings and finite numbers only."""
    if is_dataclass(value) and not isinstance(value, type):
        return _mapping(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
