"""What a text says happened or did not: one assertion about one mention."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.events.mentions import Mention
from extractor.quantities.counts import Count

PRESENT, ABSENT, NONE_REPORTED = "present", "absent", "none_reported"


@dataclass(frozen=True, slots=True)
class Event:
    """One assertion about one mention, with one count at most."""

    mention: Mention
    assertion: str
    count: Count | None
    arm: tuple[int, int] | None
    cue: tuple[int, int] | None
    how: str
    sentence: tuple[int, int]
    severity: tuple[int, int] | None = None
    grade: tuple[int, int] | None = None
    serious: bool | None = None
    related: bool | None = None
    concluded: bool = False
    also: tuple[int, int] | None = None
    scope: tuple[int, int] | None = None
    excepting: bool = False  # a denial with an exception
    excepted: bool = False  # the exception
