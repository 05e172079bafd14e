"""The words of checking: a difference, and one side of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractor.link.profile import Profile
from extractor.model import Fact, Record, value_at

MAJOR, MINOR = "major", "minor"
Numbered = tuple[int, Fact]
_STATUS = "$.protocolSection.statusModule"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two reports that do not say the same of one trial.

    ``facts_a`` and ``facts_b`` are places in the records' facts; `explanation` is None where nothing explains it.
    """

    kind: str
    severity: str
    a: str
    b: str
    facts_a: tuple[int, ...]
    facts_b: tuple[int, ...]
    message: str
    explanation: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Side:
    """One report in a comparison."""

    record: Record
    profile: Profile

    @property
    def id(self) -> str:
        return self.record.document.id

    @property
    def is_record(self) -> bool:
        return self.profile.is_record

    @property
    def year(self) -> int | None:
        return self.record.document.year

    def of(self, field: str) -> list[Numbered]:
        """The trial's own facts of a field with their places."""
        return [(i, f) for i, f in enumerate(self.record.facts) if f.field == field and f.primary]

    def first(self, field: str) -> Numbered | None:
        return next(iter(self.of(field)), None)

    @property
    def registered(self) -> str | None:
        """The day on which a registry record was registered."""
        first = value_at(self.record.document.data, f"{_STATUS}.studyFirstSubmitDate")
        stated = (f.value.get("registered_on") for _, f in self.of("registry_id")) if self.is_record else iter(())
        return (first if first and first != "null" else None) or next(filter(None, stated), None)

    @property
    def started(self) -> str | None:
        """When the first person was enrolled, as a registry record says: a day, or a month."""
        return iso(str(self.record.document.metadata.get("start_date", ""))) if self.is_record else None


def iso(date: str) -> str | None:
    """A date as registries write it, in ISO form.

    >>> iso("March 3, 2017"), iso("March 2017"), iso("2015-09"), iso("soon")
    ('2017-03-03', '2017-03', '2015-09', None)
    """
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", date):
        return date
    for written, wanted in (("%B %d, %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m")):
        try:
            return datetime.strptime(date, written).strftime(wanted)
        except ValueError:
            continue
    return None
