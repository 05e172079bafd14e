"""What a second, blind reader answered, held against what stands: values, not places. Nobody's word is changed by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from extractor.claims import arm_words, term_words
from extractor.model import Conflict, Fact
from extractor.store.decision import Decision
from extractor.store.disagreements import value_in_words

DIFFERS = "second_reader_differs"
EVENT = "adverse_event"
# of a value, the keys on which two readers must agree; the whole value of a field that is not here
COMPARED = {
    "participants": ("n",), "arm": ("name", "n"), "deaths": ("n",), "dose": ("low", "high", "unit", "basis"),
    "administrations": ("low", "high"),
    EVENT: ("term", "n", "denominator", "assertion", "related", "serious"),
}  # fmt: skip
ROUNDED = 1e-6  # share by which two numbers may differ and be one


def same_answer(one: Fact, other: Fact) -> bool:
    """Whether two readers gave the same answer, wherever each of them found it."""
    if one.field != other.field or not _same_arm(one.arm, other.arm):
        return False
    keys = COMPARED.get(one.field, tuple(dict.fromkeys([*one.value, *other.value])))
    return all(_same(key, one.value.get(key), other.value.get(key)) for key in keys)


def slot(fact: Fact) -> tuple[str, ...]:
    """What an answer is an answer to: the field, and for an event its term and arm, for an arm its name."""
    if fact.field == EVENT:
        return (fact.field, *term_words(str(fact.value.get("term") or "")), "/", *sorted(arm_words(fact.arm or "")))
    if fact.field == "arm":
        return (fact.field, *sorted(arm_words(str(fact.value.get("name") or ""))))
    return (fact.field,)


def differing(standing: Sequence[Decision], kept: Sequence[tuple[int, Fact]]) -> list[Conflict]:
    """Answers of blind readers that are not what stands, and that nobody adjudicated."""
    settled = {uid for d in standing if d.stage == "adjudication" for uid in d.about}
    blind = [d for d in standing if d.stage == "second" and d.mode == "blind" and d.uid not in settled]
    return [found for decision in blind for found in _against(decision, kept)]


def _against(decision: Decision, kept: Sequence[tuple[int, Fact]]) -> Iterator[Conflict]:
    answer = decision.fact
    if answer is None:
        rivals = [i for i, f in kept if f.field == decision.field] if decision.verdict == "not_reported" else []
        said = f"{decision.field} is not reported"
    elif any(same_answer(answer, f) for _, f in kept):
        return
    else:
        place = slot(answer)
        rivals = [i for i, f in kept if slot(f) == place]
        said = f"{answer.field} {value_in_words(answer.value)}"
    if rivals or answer is not None:
        yield Conflict(
            DIFFERS,
            tuple(rivals),
            f"{decision.curator}, who read the report without the values shown, says: {said}. The first reader's word counts until somebody adjudicates.",
        )


def _same(key: str, one: Any, other: Any) -> bool:
    if key == "term":
        return term_words(str(one or "")) == term_words(str(other or ""))
    if key == "name":
        return _same_arm(str(one or ""), str(other or ""))
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other) <= ROUNDED * max(abs(one), abs(other))
    return bool(one == other)


def _same_arm(one: str | None, other: str | None) -> bool:
    return arm_words(one or "") == arm_words(other or "")
