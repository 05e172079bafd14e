"""When people were recruited, or when the study was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.quantities.calendar import Period, period, since
from extractor.study.plan import telling

RECRUITMENT, STUDY = "recruitment", "study"
_PEOPLE = re.compile(
    r"\b(?:enrol\w*|recruit\w*|randomi[sz]\w*|admitted|included|screened|accru\w*|referred|consecutive|assigned|registered)\b"
)
_TRIAL = re.compile(
    r"\b(?:conducted|performed|carried out|undertaken|took place|treated|underwent|received|transplanted|were given|was given|ran|implanted|collected)\b"
)
_BEGAN = re.compile(
    r"\b(?:recruitment|enrol?lment|accrual|(?:the )?(?:first|1st) (?:patient|participant|subject)) (?:\w+ ){0,3}(?:commenced|began|started|opened|enrolled|randomi[sz]ed|included)\b"
)
_END = re.compile(
    r"\band (?:it |recruitment |enrol?lment )?(?:was )?(?:ended|finished|closed|stopped|completed|concluded)\b"
)
_NOT = re.compile(
    r"\b(?:search\w*|databases?|medline|pubmed|embase|follow-up (?:was|visit|data)|published|literature|approved|guidelines?)\b"
)
_YEARS = re.compile(r"(?:19|20)\d\d")


@field(
    "recruitment",
    value="{start, end, kind}",
    order=171,
    page=("Setting", "dates"),
    figure=True,
    single=True,
    own=True,
    view={"recruitment_start": "start", "recruitment_end": "end"},
    scored=(),
    shown="{start}[ to {end}] ({kind})",
)
class Recruitment(Field):
    """First and last day, month or year of recruitment; of the study, where no more is said."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        if not _YEARS.search(seen.folded):
            return
        found = list(_periods(seen))
        if found:
            when, kind, rule = max(found, key=_exact)
            value = {"start": when.first, "end": when.last, "kind": kind}
            yield self.fact(doc, value, [(when.start, when.end)], rule=rule, confidence=0.85)


def _exact(found: tuple[Period, str, str]) -> tuple[bool, int]:
    """Recruitment before the study, days before months before years."""
    when, kind, _ = found
    return kind == RECRUITMENT, len(when.first) + len(when.last or "")


def _periods(seen: View) -> Iterator[tuple[Period, str, str]]:
    for sentence in telling(seen, ("19", "20")):
        start, end = sentence.start, sentence.end
        if _NOT.search(seen.folded, start, end):
            continue
        of_people = bool(_PEOPLE.search(seen.folded, start, end))
        if (of_people or _TRIAL.search(seen.folded, start, end)) and (when := period(seen.folded, start, end)):
            yield when, RECRUITMENT if of_people else STUDY, "period"
        elif (began := _BEGAN.search(seen.folded, start, end)) and (when := since(seen.folded, began.end(), end)):
            yield _ended(seen, when, end), RECRUITMENT, "began"


def _ended(seen: View, when: Period, end: int) -> Period:
    """The period with its end, where a later clause says when it ended."""
    ended = _END.search(seen.folded, when.end, end)
    last = since(seen.folded, ended.end(), end) if ended else None
    return replace(when, last=last.first, end=last.end) if last else when
