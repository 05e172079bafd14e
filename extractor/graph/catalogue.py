"""The questions by name, and how one is asked with words from a command line."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from extractor.errors import QueryError
from extractor.graph import asked_of_events, asked_of_rates, asked_of_risks, asked_of_trials
from extractor.graph.answers import Answer, Found
from extractor.graph.memory import uncollected
from extractor.graph.review import Review

NAMED_ARGUMENT = re.compile(r"[A-Za-z][A-Za-z_-]*")
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its number in the list, its name, its words, and the function that answers it."""

    number: int
    name: str
    text: str
    function: Callable[..., Found]

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """What may be given, by name; all have defaults but the first ones that must be given."""
        found = inspect.signature(self.function).parameters
        return {name: p for name, p in found.items() if name != "review"}

    @property
    def usage(self) -> str:
        """How it is called: ``provenance REPORT [field=...]``."""
        words = [f"[{n}={_default(p)}]" if p.default is not p.empty else n.upper() for n, p in self.parameters.items()]
        return " ".join([self.name, *words])


_FUNCTIONS: tuple[Callable[..., Found], ...] = (
    asked_of_trials.given, asked_of_trials.people_by_route, asked_of_risks.serious_risk, asked_of_risks.event_risk,
    asked_of_events.related_deaths, asked_of_events.never_reported, asked_of_risks.risk_by_route, asked_of_risks.risk_by_source,
    asked_of_risks.risk_by_dose, asked_of_risks.controlled_risk, asked_of_trials.unpublished, asked_of_trials.papers_of,
    asked_of_trials.overlaps, asked_of_trials.disagreements, asked_of_trials.side_by_side, asked_of_events.slope,
    asked_of_events.poolable, asked_of_trials.provenance, asked_of_trials.changed_since, asked_of_risks.sensitivity,
    asked_of_rates.risk_by_class, asked_of_rates.per_administration, asked_of_risks.risk_by_follow_up, asked_of_rates.dose_within_trials,
)  # fmt: skip


def _question(number: int, function: Callable[..., Found]) -> Question:
    text = (function.__doc__ or "").strip().splitlines()[0]
    return Question(number, function.__name__.replace("_", "-"), text, function)


QUESTIONS: dict[str, Question] = {q.name: q for q in (_question(i, f) for i, f in enumerate(_FUNCTIONS, 1))}


def ask(review: Review, name: str, **arguments: Any) -> Answer:
    """Ask a question by name.

    Parameters
    ----------
    review : Review
    name : str
        One of :data:`QUESTIONS`.
    arguments
        Of the question's function; strings are read as what they stand for.

    Raises
    ------
    QueryError
        If there is no such question, or an argument is unknown, missing or cannot be read.
    """
    question = named(name)
    legal = question.parameters
    for given in arguments:
        if given not in legal:
            raise QueryError(f"{name} takes no {given!r}; it is asked as: {question.usage}")
    missing = [n for n, p in legal.items() if p.default is p.empty and n not in arguments]
    if missing:
        raise QueryError(f"{name} needs {', '.join(missing)}; it is asked as: {question.usage}")
    values = {n: _read(name, n, v, legal[n]) for n, v in arguments.items()}
    with uncollected():
        found = question.function(review, **values)
    asked = {n: values.get(n, p.default) for n, p in legal.items()}
    return Answer(
        question.name, question.text, tuple(found.rows), found.pooled, tuple(found.left_out), tuple(found.notes), asked
    )


def named(name: str) -> Question:
    """The question with this name, hyphens or underscores; also by its number.

    Raises
    ------
    QueryError
        If there is none.
    """
    wanted = name.replace("_", "-").lower()
    for question in QUESTIONS.values():
        if wanted in (question.name, str(question.number)):
            return question
    raise QueryError(f"there is no question {name!r}; see all with: trialspan ask --list")


def from_words(question: Question, words: list[str]) -> dict[str, str]:
    """Arguments as they stand on a command line: ``name=value``, or values in the order of the parameters.

    Raises
    ------
    QueryError
        If there are too many, or the question takes none of that name.
    """
    names = list(question.parameters)
    found: dict[str, str] = {}
    for word in words:
        name, mark, value = word.partition("=")
        if mark and name.replace("-", "_") in names:
            found[name.replace("-", "_")] = value
            continue
        if mark and NAMED_ARGUMENT.fullmatch(name):  # "event=headache" is no event of that name
            raise QueryError(f"{question.name} takes no {name!r}; it is asked as: {question.usage}")
        free = [n for n in names if n not in found]
        if not free:
            raise QueryError(f"{question.name} takes {len(names)} arguments: {question.usage}")
        found[free[0]] = word
    return found


def _default(p: inspect.Parameter) -> str:
    if isinstance(p.default, tuple):
        return ",".join(map(str, p.default)) or "..."
    if isinstance(p.default, bool):
        return "yes" if p.default else "no"
    return "..." if p.default in ("", None) else str(p.default)


def _read(question: str, name: str, value: Any, p: inspect.Parameter) -> Any:
    if not isinstance(value, str):
        return value
    kind = str(p.annotation)
    if kind.startswith("tuple"):
        return tuple(v.strip() for v in value.split(",") if v.strip())
    if kind == "bool":
        if value.lower() not in YES | NO:
            raise QueryError(f"{question}: {name}={value} is neither yes nor no")
        return value.lower() in YES
    if kind.startswith("float"):
        try:
            return float(value)
        except ValueError as error:
            raise QueryError(f"{question}: {name}={value} is no number") from error
    return value
