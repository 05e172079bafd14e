"""Identifiers of reports as sources write them, brought to one form; and the id of a document made of them."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from extractor.model import Ids

# "10.1177/0963689718802370", also after "doi:" or "https://doi.org/"
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
# "10.1002/(SICI)1097-4644(19990101)75:1<1::AID-JCB1>3.0.CO;2-X": cut at the "<" it is that of a whole issue
SICI = re.compile(r"10\.\d{4,9}/\(SICI\)[^\s\"]+?>\d\.\d\.[A-Z]{2};2-[0-9A-Z#]", re.I)
# "NCT02881476"
NCT = re.compile(r"\bNCT\d{8}\b")
# "PMC6301165"
PMCID = re.compile(r"\bPMC\d+\b", re.I)
# "https://www.ncbi.nlm.nih.gov/pmc/articles/6301165": OpenAlex's
PMC_ADDRESS = re.compile(r"\bpmc(?:\.ncbi\.nlm\.nih\.gov)?/articles/(\d+)", re.I)
# "30602021", "PMID: 30602021", "pubmed:30602021"
PMID = re.compile(r"\d{1,8}")  # accession numbers of Embase have nine and ten digits
# "RETRACTED: Cells for all", "[Retracted] Cells", "Retracted article: ..."; not "Retraction of", "Retracted papers in"
RETRACTED_TITLE = re.compile(r"\W*retracted(?: article| paper| publication)?\s*[:\]—–]", re.I)
# "2019", "20190304"
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?:(?!\d)|(?=(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)))")


def doi_in(text: str | None) -> str | None:
    """The first DOI in `text`, without what sentences and addresses hang on it."""
    text = text or ""
    if "(sici)" in text.lower() and (old := SICI.search(unquote(html.unescape(text)))):
        return old[0]
    match = DOI.search(text)
    if not match:
        return None
    doi = match[0].rstrip(".,;:'")
    if text[: match.start()].endswith("="):  # a part of an address: "?doi=10.1016/x&pii=..."
        doi = doi.partition("&")[0]
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:'")
    return doi


def pmid_in(text: str | None) -> str | None:
    """The PMID where `text` is one, with or without a name or an address before it."""
    bare = re.sub(
        r"(?i)^\s*(?:https?://\S*pubmed\S*?/(?=\d)|(?:pmid|pubmed|medline)\s*[:=]?\s*)", "", text or ""
    ).strip(" /\n\r\t")
    bare = re.sub(r"\s+[\[(].*$", "", bare, flags=re.S)  # "31234567 (https://...)", "31234567 [Indexed for MEDLINE]"
    bare = re.sub(r"\.0$", "", bare).lstrip("0")  # a table's number; 0 is what exporters write for none
    return bare if PMID.fullmatch(bare) else None


def pmcid_in(text: str | None) -> str | None:
    match = PMCID.search(text or "")
    if match:
        return match[0].upper()
    address = PMC_ADDRESS.search(text or "")
    return f"PMC{address[1]}" if address else None


def ncts_in(*texts: str | None) -> tuple[str, ...]:
    """Distinct ClinicalTrials.gov ids in the order of their first mention."""
    return tuple(dict.fromkeys(i for t in texts if t for i in NCT.findall(t)))


def year_in(text: str | None) -> int | None:
    match = YEAR.search(text or "")
    return int(match[1]) if match else None


def retracted_in_title(title: str | None) -> bool:
    """Whether a title says that its report was retracted; the title of the notice does not."""
    return bool(title and RETRACTED_TITLE.match(title))


def document_id(ids: Ids, otherwise: str) -> str:
    """A CURIE of the strongest identifier, else what the source calls the record.

    The order is that of a report's id in a store: a DOI is what most databases have in common, so that a report keeps
    its id whichever of them it comes from.
    """
    if ids.doi:
        return f"doi:{ids.doi.lower()}"
    return own_number(ids, otherwise)


def own_number(ids: Ids, otherwise: str) -> str:
    """The number by which PubMed itself names a record: of its own files, no other tells all records apart."""
    if ids.pmid:
        return f"pubmed:{ids.pmid}"
    return f"pmc:{ids.pmcid}" if ids.pmcid else otherwise
