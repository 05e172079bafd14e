"""Whether a document studies a product made of cells, and where it speaks of that product.

A trial of a drug in people who have had a stem-cell transplant studies no cell product; nor does one that counts cells.
"""

from __future__ import annotations

from functools import lru_cache

from extractor import patterns as re
from extractor.quantities.doses import CELL_NOUN
from extractor.words import Words

W = Words("product")

_NOT_GIVEN = rf"(?! {W.not_given_count})"
# words that name a cell product nearly always: "mesenchymal stem cells" "MSCs" "BMMNC" "Tregs" "cell therapy"
_PRODUCT_FORMS = (
    rf"{W.product_stem}[ -]+(?:\([^)]{{1,12}}\) )?{W.product_stromal}?cells?\b{_NOT_GIVEN}",
    rf"(?:[a-z0-9]{{1,5}}-)?[a-z]{{0,3}}{W.product_msc}s?(?:-[a-z0-9]+)?\b",
    rf"(?:[a-z0-9]{{1,5}}-)?(?:{W.product_mpc}s|{W.product_oec}s?)\b",
    rf"{W.product_autologous}[ -](?:[\w+/-]+ ){{0,3}}?cells\b{_NOT_GIVEN}",
    rf"cell(?:ular)?[ -](?:based )?{W.product_therap}",
    rf"cord blood {W.product_cell}\w*",
    r"umbilical cord infusion",
    rf"bone marrow {W.product_infusion}",
    r"stromal vascular fraction",
    rf"{W.product_fetal} (?:\w+ )?{W.product_tissue}?{W.product_grafts}",
    rf"{W.fetal} (?:\w+ ){{0,2}}tissue",
    r"regulatory t[ -]lymphoc?[yt]\w*",
    r"cardiosphere\w*",
    r"tregs?\b",
)
PRODUCT = re.compile(rf"\b(?:{'|'.join(_PRODUCT_FORMS)})")
# words that name a product only beside a verb of giving
_PERHAPS_FORMS = (
    rf"{W.perhaps_killer}[ -]*(?:\(?\+\)? ?)?cells?\b{_NOT_GIVEN}",
    r"(?:umbilical )?cord blood",
    r"ucb\b",
    rf"{W.perhaps_autologous} (?:[\w-]+ ){{0,3}}?{W.perhaps_transplantation}\b",
    r"tenocytes?",
    r"macrophages?",
    r"cytokine-induced killer",
    r"adrenal medull\w+",
    r"lymphoc?[yt]tes?",
    r"islets",
    r"myoblasts?",
    r"fibroblasts?",
    r"keratinocytes?",
    r"chondrocytes?",
    r"melanocytes?",
    r"hepatocytes?",
    r"astrocytes?",
    r"cardiomyocytes?",
)
PERHAPS = re.compile(rf"\b(?:{'|'.join(_PERHAPS_FORMS)})")
# verbs and nouns of giving: "injected", "transplantation", "receive", "were given"
GIVING = re.compile(rf"\b{W.studied_giving}\b")
# "patients undergoing allogeneic hematopoietic stem cell transplantation": the setting of a drug trial
SETTING = re.compile(
    rf"\b{W.setting_undergo}[\s-]+(?:an? |the )?(?:(?:high-dose [\w ]{{0,20}}(?:and|with|followed by) )?{W.setting_autologous}[ /,-]*){{1,5}}(?:bone )?{W.setting_marrow}*{W.setting_transplan}|\b{W.setting_hsct} (?:recipients|patients|setting|unit)\b"
)
# "hMSC/kg": a dose of cells by weight
_PER_WEIGHT = re.compile(r"(?:cells?|scs?|[x*]\s?10\s?\^?\(?\d{1,2}\)?|[x*]\s?10[⁰¹²³⁴-⁹]+)\s?(?:/|per)\s?(?:kg|kilo)")
# "188x10^6 cells", "3.08 million ALDHbr cells": so many cells, beside a verb of giving, are a dose
_MANY = re.compile(
    rf"(?:[x*]\s?10\s?\^?\s?[(\[]?\d{{1,2}}[)\]]?|[x*]\s?10[⁰¹²³⁴-⁹]+|million)\s(?:\([^()]{{1,15}}\)\s)?(?!cells\s?/\s?(?:l|µl|μl|mm))(?:[a-z0-9+-]+\s){{0,3}}{CELL_NOUN}\b"
)
# verbs that bring cells into somebody, on either side; and those that must stand right before: "treated with MSCs"
_DELIVERED = re.compile(rf"\b{W.delivered}\b")
_TAKEN = re.compile(rf"\b{W.taken_receiv}\s(?:[\w-]+\s){{0,4}}?(?:with|of|or|-)?\s?(?:[\w.^*()×/-]+\s){{0,4}}$")
# support after chemotherapy: no product of its own in a trial of cancer treatment
_SUPPORT = re.compile(W.support)
_CANCER = re.compile(rf"\b{W.cancer}\b")
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
