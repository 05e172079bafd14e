"""Headings of structured abstracts and the role of the text under them.

Finds headings typed in capitals, with a colon, alone on a line, or glued to the word that follows. Text under no heading
has the role None here; the trained classifier may give one (see :mod:`extractor.context.view`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from extractor import patterns as re

ROLES = ("background", "objective", "methods", "results", "conclusions", "registration", "funding")

_NAMES: dict[str, str] = {
    "background": "background",
    "introduction": "background",
    "context": "background",
    "rationale": "background",
    "importance": "background",
    "purpose of review": "background",
    "summary of background data": "background",
    "what is already known": "background",
    "objective": "objective",
    "objectives": "objective",
    "aim": "objective",
    "aims": "objective",
    "purpose": "objective",
    "hypothesis": "objective",
    "background and objective": "background",
    "background and objectives": "background",
    "background and aims": "background",
    "background and aim": "background",
    "background and purpose": "background",
    "background/aims": "background",
    "background/objective": "background",
    "background/objectives": "background",
    "background & aims": "background",
    "study objective": "objective",
    "aim of the study": "objective",
    "aims and objectives": "objective",
    "goal": "objective",
    "goals": "objective",
    "methods": "methods",
    "method": "methods",
    "materials and methods": "methods",
    "material and methods": "methods",
    "patients and methods": "methods",
    "subjects and methods": "methods",
    "design": "methods",
    "study design": "methods",
    "setting": "methods",
    "design and setting": "methods",
    "design, setting, and participants": "methods",
    "design, setting and participants": "methods",
    "participants": "methods",
    "patients": "methods",
    "subjects": "methods",
    "methodology": "methods",
    "interventions": "methods",
    "intervention": "methods",
    "main outcome measures": "methods",
    "main outcome measure": "methods",
    "outcome measures": "methods",
    "main outcomes and measures": "methods",
    "measurements": "methods",
    "methods/design": "methods",
    "methods and design": "methods",
    "trial design": "methods",
    "research design and methods": "methods",
    "methods and materials": "methods",
    "methods and analysis": "methods",
    "design/methods": "methods",
    "case report": "results",
    "case presentation": "results",
    "case description": "results",
    "case series": "results",
    "methods/results": "results",
    "primary outcome": "methods",
    "experimental design": "methods",
    "statistical analysis": "methods",
    "procedures": "methods",
    "patients/methods": "methods",
    "setting and participants": "methods",
    "patients and setting": "methods",
    "methods and results": "results",
    "methods and findings": "results",
    "methodology/principal findings": "results",
    "results": "results",
    "result": "results",
    "findings": "results",
    "main results": "results",
    "principal findings": "results",
    "main findings": "results",
    "key results": "results",
    "main outcome": "results",
    "results and conclusions": "results",
    "outcomes": "results",
    "adverse events": "results",
    "safety": "results",
    "conclusion": "conclusions",
    "conclusions": "conclusions",
    "interpretation": "conclusions",
    "discussion": "conclusions",
    "conclusions and relevance": "conclusions",
    "conclusion and relevance": "conclusions",
    "significance": "conclusions",
    "conclusions/significance": "conclusions",
    "discussion and conclusion": "conclusions",
    "clinical significance": "conclusions",
    "relevance": "conclusions",
    "implications": "conclusions",
    "summary": "conclusions",
    "level of evidence": "conclusions",
    "trial registration": "registration",
    "clinical trial registration": "registration",
    "registration": "registration",
    "trial registration number": "registration",
    "clinicaltrials.gov": "registration",
    "registration number": "registration",
    "clinical trials registration": "registration",
    "trial registry": "registration",
    "funding": "funding",
    "ethics and dissemination": "methods",
    "ethics": "methods",
}
_ALTERNATIVES = "|".join(re.escape(n) for n in sorted(_NAMES, key=len, reverse=True))
# "METHODS: ", "Results:", "\nMethods\n", "trial.MethodsThe study", "OBJECTIVE:To"
HEADING = re.compile(
    rf"(?:^|(?<=[.!?:;)\]\n])|(?<=\s))(?-i:(?=[A-Z]))(?P<name>{_ALTERNATIVES})(?P<after>\s*:|\s*\n|(?<=[a-z])(?=[A-Z][a-z])|[.]\s+(?=[A-Z0-9])|\s+[-–—]\s)",
    re.I,
)
# "BACKGROUND Patients with": capitals without a colon, at the start of a sentence
CAPITALS = re.compile(
    rf"(?:^|(?<=[.!?)\]\n])|(?<=[.!?)\]\n] ))(?=[A-Z]{{3}})(?P<name>{_ALTERNATIVES.upper()})(?P<after>[ ]+(?=[A-Z0-9]))"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (``start`` to ``text_start``), and the text under it up to ``end``."""

    start: int
    text_start: int
    end: int
    role: str
    heading: str


def sections(text: str, first: int = 0) -> list[Section]:
    """Sections of `text`, in order; `first` is added to every offset."""
    marks = {m.start("name"): m for m in HEADING.finditer(text) if _is_heading(text, m)}
    marks |= {m.start("name"): m for m in CAPITALS.finditer(text)}
    starts = sorted(marks)
    found = []
    for place, start in enumerate(starts):
        match = marks[start]
        end = starts[place + 1] if place + 1 < len(starts) else len(text)
        if match.end() <= end:
            name = match["name"]
            found.append(Section(first + start, first + match.end(), first + end, _NAMES[name.lower()], name))
    return found


def _is_heading(text: str, match: re.Match[str]) -> bool:
    """A name with a colon inside a sentence is a heading only when a sentence begins there."""
    name, before = match["name"], text[: match.start("name")].rstrip(" \t")
    at_start = not before or before[-1] in ".!?:;)]\n•"
    if not name[0].isupper() or not at_start:
        return False
    if match["after"].startswith("."):
        return name.lower() in (
            "methods",
            "results",
            "conclusions",
            "conclusion",
            "background",
            "objective",
            "objectives",
        )
    return match["after"] != "" or len(name) > 3


class Roles:
    """The role of the text at an offset, by the headings."""

    def __init__(self, found: list[Section]) -> None:
        self.sections = found
        self._starts = [s.start for s in found]

    def at(self, offset: int) -> str | None:
        place = bisect_right(self._starts, offset) - 1
        return self.sections[place].role if place >= 0 and offset < self.sections[place].end else None
