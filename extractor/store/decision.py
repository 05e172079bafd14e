"""What a decision is: an action on a fact, a curator's words, and how they were taken."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.model import Fact

ACTIONS = ("add", "replace", "reject", "say", "undo")
SAYING = ("unsure", "not_reported", "note")  # verdicts that change no fact
STAGES = FIRST, SECOND, ADJUDICATION = ("first", "second", "adjudication")
# with the machine's value in sight, without it, brought from another store or a sheet
MODES = ("verify", "blind", "import")


@dataclass(frozen=True, slots=True)
class How:
    """How a decision is taken, beside what it says.

    Attributes
    ----------
    uid : str, optional
        Made by whoever decides; the same one twice is one decision. Made here where not given.
    stage : {"first", "second", "adjudication"}
        A second reader's words change no fact until somebody adjudicates.
    mode : {"verify", "blind", "import"}
        With the machine's value in sight, without it, or brought from another store or a sheet.
    reason : str, optional
        A reason from a short list, beside the note in free words.
    about : sequence of str
        The uids of the decisions that an adjudication is about.
    seen_text : str, optional
        The sha256 of the text that was in view; another text now: the decision is refused.
    seen_decision : int, optional
        The last decision on the report that was in view; a newer one on the same fact: the decision is refused.
    decided_at : str, optional
        For decisions from elsewhere, when they were taken; now where not given.
    """

    uid: str | None = None
    stage: str = FIRST
    mode: str = "verify"
    reason: str | None = None
    about: tuple[str, ...] = ()
    seen_text: str | None = None
    seen_decision: int | None = None
    decided_at: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `target` is the fact that it speaks of, `fact` the curator's own, `undoes` an earlier decision.

    ``verdict`` says it in a reader's words: accept, correct, reject, add, unsure, not_reported, note, undo.
    """

    key: int
    document: str
    action: str
    curator: str
    target: Fact | None
    fact: Fact | None
    undoes: int | None
    note: str | None
    decided_at: str
    uid: str = ""
    verdict: str = ""
    stage: str = FIRST
    mode: str = "verify"
    field: str | None = None
    others: tuple[Fact, ...] = ()
    reason: str | None = None
    about: tuple[str, ...] = ()
    seen_text: str | None = None
    seen_decision: int | None = None

    @property
    def targets(self) -> tuple[Fact, ...]:
        """All facts of the claim that it speaks of: it may be told in several places."""
        return (self.target, *self.others) if self.target else self.others


@dataclass(frozen=True, slots=True)
class Said:
    """What a curator says, before it is a decision."""

    action: str
    curator: str
    target: Fact | None = None
    fact: Fact | None = None
    others: tuple[Fact, ...] = ()
    verdict: str | None = None
    field: str | None = None
    note: str | None = None
    undoes: int | None = None

    @property
    def targets(self) -> tuple[Fact, ...]:
        """All facts of the claim that it speaks of."""
        return (self.target, *self.others) if self.target else self.others
