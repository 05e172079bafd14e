"""Whether a document studies a product made of cells, and where it speaks of that product.

A trial of a drug in people who have had a stem-cell transplant studies no cell product; nor does one that counts cells.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extractor.quantities.doses import CELL_NOUN

_NOT_GIVEN = r"(?! (?:count|number|lymphoma|carcinoma|leuk|cancer|line|proliferation|death|lung|arteritis|anaemia|anemia|disease|volume|marker|mobili[sz]|collect|factor|function|response|recover|subset))"
# words that name a cell product nearly always: "mesenchymal stem cells" "MSCs" "BMMNC" "Tregs" "cell therapy"
PRODUCT = re.compile(
    r"\b(?:(?:stem|stromal|progenitor|precursor|mononuclear|nucleated|ensheathing|schwann|muse|regulatory t|mesenchymal|stem/stromal|satellite|islet|limbal|"
    r"car[ -]t|til|lak|ex vivo[ -]expanded|expanded)[ -]+(?:\([^)]{1,12}\) )?(?:stem |stromal |progenitor )?cells?\b"
    + _NOT_GIVEN
    + r"|"
    r"(?:[a-z0-9]{1,5}-)?[a-z]{0,3}(?:msc|bmmnc|bmmc|bmnc|adsc|adrc|svf|mapc)s?(?:-[a-z0-9]+)?\b|(?:[a-z0-9]{1,5}-)?(?:(?:mpc|nsc|npc|epc|opc)s|(?:oec|a?hsct|mnc|hipsc|ipsc|hesc|treg|car-t)s?)\b|"
    r"(?:autologous|allogen\w+|ex vivo[ -]expanded|engineered)[ -](?:[\w+/-]+ ){0,3}?cells\b"
    + _NOT_GIVEN
    + r"|cell(?:ular)?[ -](?:based )?(?:therap(?:y|ies)\b|transplant\w*|product|infusion|injection|implant\w*|sheets?)|"
    r"cord blood (?:cell|stem|mono|infus|transf|transp)\w*|umbilical cord infusion|bone marrow (?:infusion|aspirate concentrate|concentrate|injection|(?:stem |mono\w+ )?cells?)|stromal vascular fraction|"
    r"(?:fetal|foetal|embryonic|neural|mesencephalic|striatal) (?:\w+ )?(?:tissue |cell )?(?:grafts?|transplant\w*)|(?:fetal|foetal|embryonic) (?:\w+ ){0,2}tissue|regulatory t[ -]lymphoc?[yt]\w*|cardiosphere\w*|tregs?\b)"
)
# words that name a product only beside a verb of giving
PERHAPS = re.compile(
    r"\b(?:(?:killer|nk|dendritic|antigen[ -]presenting|virus-specific t|rpe|t|tumou?r|glial|neural|cardiac|cultured|marrow|fetal|foetal|derived|autologous|allogen\w+|muscle|cd\d+\+?|epithelial|endothelial|"
    r"retinal pigment epithelium|rpe)[ -]*(?:\(?\+\)? ?)?cells?\b"
    + _NOT_GIVEN
    + r"|(?:umbilical )?cord blood|ucb\b|(?:autologous|allogen\w+|cultured|cultivated) (?:[\w-]+ ){0,3}?(?:transplantation|epithelial|skin (?:equivalent|substitute|suspension)|construct|tenocytes?|macrophages?)\b"
    r"|tenocytes?|macrophages?|cytokine-induced killer|adrenal medull\w+|lymphoc?[yt]tes?|islets|myoblasts?|fibroblasts?|keratinocytes?|chondrocytes?|melanocytes?|hepatocytes?|astrocytes?|cardiomyocytes?)"
)
# verbs and nouns of giving: "injected", "transplantation", "receive", "were given"
GIVING = re.compile(
    r"\b(?:(?:re-?|micro|auto)?inject\w*|(?:re)?infus\w*|(?:auto|allo|xeno)?transplant\w*|implant\w*|(?:co)?administ\w*|deliver\w*|receiv\w*|given|giving|"
    r"treat\w*|transfus\w*|graft\w*|engraft\w*|therap\w*|inoculat\w*|vaccinat\w*|instill\w*|application\w*|applied|transfer\w*|dos(?:e|ed|es|ing)|underw?\w*|placed|put (?:into|in)|plac\w* into)\b"
)
# "patients undergoing allogeneic hematopoietic stem cell transplantation": the setting of a drug trial
SETTING = re.compile(
    r"\b(?:undergo\w*|underwent|after|following|before|prior to|recipients? of|receiving|received|post|candidates for|scheduled for|eligible for|in)[\s-]+"
    r"(?:an? |the )?(?:(?:high-dose [\w ]{0,20}(?:and|with|followed by) )?(?:autologous|allogen\w+|h[a]?ematopoietic|myeloablative|reduced[ -]intensity|unrelated[ -]donor|t[ -]cell[ -]depleted|peripheral|blood|autologous or allogen\w+)[ /,-]*){1,5}"
    r"(?:bone )?(?:marrow |stem[ -]cell |progenitor[ -]cell |cell |blood )*(?:transplan\w*|hsct|hct|asct|rescue|support)|\b(?:hsct|asct|allo-?hct|bmt|(?:stem[ -]cell|marrow) transplant) (?:recipients|patients|setting|unit)\b"
)
# "hMSC/kg": a dose of cells by weight
_PER_WEIGHT = re.compile(r"(?:cells?|scs?|[x*]\s?10\s?\^?\(?\d{1,2}\)?|[x*]\s?10[⁰¹²³⁴-⁹]+)\s?(?:/|per)\s?(?:kg|kilo)")
# "188x10^6 cells", "3.08 million ALDHbr cells": so many cells, beside a verb of giving, are a dose
_MANY = re.compile(
    rf"(?:[x*]\s?10\s?\^?\s?[(\[]?\d{{1,2}}[)\]]?|[x*]\s?10[⁰¹²³⁴-⁹]+|million)\s(?:\([^()]{{1,15}}\)\s)?(?!cells\s?/\s?(?:l|µl|μl|mm))(?:[a-z0-9+-]+\s){{0,3}}{CELL_NOUN}\b"
)
# verbs that bring cells into somebody, on either side; and those that must stand right before: "treated with MSCs"
_DELIVERED = re.compile(
    r"\b(?:(?:re-?|micro|auto)?inject\w*|(?:re)?infus\w*|(?:auto|allo|xeno)?transplant\w*|implant\w*|(?:co)?administ\w*|deliver\w*|given|giving|transfus\w*|graft\w*|inoculat\w*|vaccinat\w*|instill\w*|transfer\w*|adoptive|(?:put|placed|laid|dripped|pushed) (?:\w+ )?(?:in|into|onto|under|beneath))\b"
)
_TAKEN = re.compile(
    r"\b(?:receiv\w*|treated|treatment|therapy|dos(?:e|es)|use|effects?|efficacy|safety|had|got)\s(?:[\w-]+\s){0,4}?(?:with|of|or|-)?\s?(?:[\w-]+\s){0,4}$"
)
# support after chemotherapy: no product of its own in a trial of cancer treatment
_SUPPORT = re.compile(
    r"(?:stem|progenitor)[ -]cell[ -](?:support|rescue|transplan\w*|harvest\w*|mobili[sz]\w*|collection|yield)|bone marrow transplan\w*|(?:blood|ha?ematopoietic|haemopoietic) (?:stem|progenitor)[ -]cells?|ha?emopoietic cell transplan\w*|pbscs?|\ba?hscts?\b"
)
_CANCER = re.compile(
    r"\b(?:myeloma|[a-z]*lymphomas?|leuk[ae]+mi\w*|cancers?|tumou?rs?|[a-z]*blastomas?|carcinomas?|malignan\w*|sarcomas?|graft-versus-host|gvhd)\b"
)
NEAR = 70  # characters between a product and the verb that gives it
ENOUGH = 2  # words that may name a product beside a verb of giving, to believe them


@lru_cache(maxsize=64)
def studies_cells(folded: str, title_end: int = 0) -> bool:
    """Whether the document's studied product is made of cells.

    Parameters
    ----------
    folded : str
        The document's text, folded; the title first, up to `title_end`.
    """
    setting = [m.span() for m in SETTING.finditer(folded)]
    sure = [m for m in PRODUCT.finditer(folded) if not any(s <= m.start() < e for s, e in setting)]
    named = bool(sure) and sure[0].start() < title_end and not _CANCER.search(folded, 0, title_end)
    if sure and not named and _CANCER.search(folded):
        support = [m.span() for m in _SUPPORT.finditer(folded)]
        sure = [m for m in sure if not any(s < m.end() and m.start() < e for s, e in support)]
    if sure and (sure[0].start() < title_end or _PER_WEIGHT.search(folded)):
        return True
    if any(_given(folded, m) and (len(sure) > 1 or not _SUPPORT.match(folded, m.start())) for m in sure):
        return True
    perhaps = sum(m.start() < title_end or _given(folded, m) for m in PERHAPS.finditer(folded))
    return perhaps >= ENOUGH or any(
        GIVING.search(folded, max(0, m.start() - NEAR), m.end() + NEAR) for m in _MANY.finditer(folded)
    )


def _given(folded: str, match: re.Match[str]) -> bool:
    near = max(0, match.start() - NEAR)
    if _DELIVERED.search(folded, near, match.end() + NEAR):
        return True
    return bool(_TAKEN.search(folded[near : match.start()])) or folded.startswith(
        (" therap", "-therap", " treatment"), match.end()
    )
