"""Transplantation as an arm of a trial: whose cells, and from where, though the graft is not a cell product.

High-dose chemotherapy "with autologous stem-cell support" is compared with other treatment; a drug that is tried in people
"after allogeneic transplantation" is another matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor import patterns as re
from extractor.context.view import View
from extractor.product.studied import studies_cells
from extractor.words import Words

W = Words("product")

_WORDS = rf"(?:{W.words_peripheral}[ -]+){{0,7}}"
GRAFT = re.compile(
    rf"\b(?P<donor>autologous|allogene?ic)[ -]+(?P<words>{_WORDS}){W.graft_hs}|\b(?P<own>autotransplant\w*|autografting)\b"
)
TISSUE = {"marrow": "bone marrow", "peripheral": "peripheral blood", "cord": "umbilical cord blood"}
# what makes it an arm: the comparison, the allocation, or the title's own subject
ARM = re.compile(rf"\b{W.arm}\b")
COMPARED = re.compile(rf"\b{W.compared}\b")
# what makes it the setting in which something else is tried
SETTING = re.compile(rf"\b{W.setting}\b")
# the trial's own aim: "safety and efficacy of autologous transplantation", "the outcome, at five years, of"
AIM = re.compile(rf"\b{W.aim_safety}\b[^.;]*$")
NEAR = 90  # characters before the graft, in its sentence


@dataclass(frozen=True, slots=True)
class Graft:
    """A transplantation that is compared: the words for its donor, and the tissue with its span where it is said."""

    donor: str
    start: int
    end: int
    tissue: str | None
    tissue_at: tuple[int, int]
    stem_at: tuple[int, int] = (0, 0)  # where the words name stem cells of the blood


def in_setting(seen: View, start: int) -> bool:
    """Whether the transplantation named at `start` came before what the trial tries."""
    return bool(SETTING.search(seen.folded, max(seen.sentence_at(start).start, start - NEAR), start))


def grafts(seen: View) -> Iterator[Graft]:
    """Transplantations that are an arm of the trial, in the text's order."""
    for match in GRAFT.finditer(seen.folded):
        sentence = seen.sentence_at(match.start())
        before = seen.folded[max(sentence.start, match.start() - NEAR) : match.start()]
        whole = seen.folded[sentence.start : sentence.end]
        if match.end() > sentence.end or SETTING.search(before):
            continue
        titled = seen.in_title(match.start())
        compared = bool(COMPARED.search(whole)) and (titled or bool(ARM.search(before)))
        if compared or (studies_cells(seen.folded, seen.title[1]) and (titled or AIM.search(before))):
            yield _graft(match)


def _graft(match: re.Match[str]) -> Graft:
    if match["own"]:
        return Graft("autologous", *match.span("own"), None, (0, 0))
    donor = "autologous" if match["donor"] == "autologous" else "allogeneic"
    first = re.search(r"marrow|peripheral|cord", match["words"])
    at = match.start("words")
    stem = re.compile(r"ha?emato?poietic|haemopoietic|hemopoietic|stem|hs?ct").search(match.string, at, match.end())
    stem_at = (stem.start(), match.end()) if stem else (0, 0)
    if not first:
        return Graft(donor, *match.span("donor"), None, (0, 0), stem_at)
    tissue_at = (at + first.start(), at + first.end())
    return Graft(donor, *match.span("donor"), TISSUE[first[0]], tissue_at, stem_at)
