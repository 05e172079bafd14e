"""PubMed files in the shape of the baseline, in our own words: structured abstracts, markup, versions, deletions."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "http://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
PLAIN = (
    "The weather of the valley was watched for ten years.",
    "A new method to count birds is described, and compared with an older one.",
    "We asked 120 farmers how they store grain. Most of them use wooden boxes.",
)
TRIALS = (
    "In this randomized trial {n} patients with stroke received mesenchymal stem cells or placebo. Headache occurred in {a} of {n} patients. No serious adverse events were observed.",
    "{n} patients with amyotrophic lateral sclerosis were treated intrathecally with 1 × 10<sup>6</sup> mesenchymal stem cells/kg. Fever occurred in {a} patients. No patient died.",
    "Open-label phase 1 study of stem cells in ALS: {n} patients were enrolled and followed for 6 months. Two deaths occurred.",
)


def citation(
    pmid: int, abstract: str, *, title: str = "A report", year: int = 2019, version: int = 1,
    types: Sequence[str] = ("Journal Article",), mesh: Sequence[str] = (),
) -> str:  # fmt: skip
    """One PubmedArticle; `abstract` and `title` may hold markup."""
    headings = "".join(f'<MeshHeading><DescriptorName UI="D000001">{m}</DescriptorName></MeshHeading>' for m in mesh)
    listed = "".join(f'<PublicationType UI="D016428">{t}</PublicationType>' for t in types)
    return (
        f'<PubmedArticle>\n<MedlineCitation Status="MEDLINE" Owner="NLM">\n<PMID Version="{version}">{pmid}</PMID>\n'
        f"<Article><Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate></JournalIssue><Title>Journal of made-up reports</Title></Journal>\n"
        f"<ArticleTitle>{title}</ArticleTitle>\n<Abstract><AbstractText>{abstract}</AbstractText></Abstract>\n"
        f"<Language>eng</Language><PublicationTypeList>{listed}</PublicationTypeList></Article>\n"
        f"<MeshHeadingList>{headings}</MeshHeadingList>\n</MedlineCitation>\n"
        f'<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData>\n</PubmedArticle>\n'
    )


def file_of(citations: Iterable[str], deleted: Sequence[int] = ()) -> bytes:
    """A file of citations, packed; the same bytes for the same citations."""
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    end = f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
    return gzip.compress(HEAD + "".join(citations).encode() + end.encode() + b"</PubmedArticleSet>\n", mtime=0)


def mixed(seed: int, first: int, count: int, share: float = 0.2) -> list[str]:
    """Citations of which a share are of trials."""
    draw = random.Random(seed)
    found = []
    for pmid in range(first, first + count):
        if draw.random() < share:
            text = draw.choice(TRIALS).format(n=draw.randint(10, 60), a=draw.randint(1, 9))
            found.append(citation(pmid, text, types=("Journal Article", "Clinical Trial"), mesh=("Humans",)))
        else:
            found.append(citation(pmid, draw.choice(PLAIN)))
    return found


def baseline(folder: Path, files: int, citations: int = 30, share: float = 0.2) -> Path:
    """A folder of files; the last one replaces a citation of the first and deletes one of the second."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        first = 1000 * (number + 1)
        found = mixed(number, first, citations, share)
        gone: tuple[int, ...] = ()
        if number == files - 1 and files > 1:
            found.append(citation(1000, TRIALS[0].format(n=44, a=3), version=2, types=("Clinical Trial",)))
            gone = (2000, 2001, 2002, 2003, 2004)
        (folder / f"pubmed26n{number + 1:04}.xml.gz").write_bytes(file_of(found, gone))
    return folder
