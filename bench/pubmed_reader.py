"""PubMed reader against a bare iterparse walk that visits every element of the same file, and its peak memory.

The file is made here from a fixed seed, in the shape of a baseline file: structured abstracts with superscripts, authors
with affiliations, MeSH headings, corrections, data banks and reference lists. Or give real files: their sizes are stated.

    python bench/pubmed_reader.py [--citations 6000] [--rounds 5] [FILE.xml[.gz] ...]
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from extractor.model import Document
from extractor.sources.pubmed import read

LEAST = 0.8  # of the walk's speed
SEED = 20261122
WORDS = [
    "patients",
    "cells",
    "treatment",
    "stroke",
    "randomized",
    "placebo",
    "adverse",
    "events",
    "were",
    "observed",
    "in",
    "the",
    "group",
    "after",
    "injection",
    "of",
    "mesenchymal",
    "stem",
    "mean",
    "age",
    "follow",
    "months",
    "dose",
    "kg",
    "response",
    "safety",
    "trial",
    "phase",
    "outcome",
    "significant",
    "survival",
    "blood",
    "marrow",
    "serum",
    "level",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--citations", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        consume(args.peak)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = args.files or [generated(Path(folder) / "made.xml", args.citations)]
        ratio = compared(made, args.rounds)
        if not args.files:
            small = generated(Path(folder) / "small.xml", args.citations // 4)
            print(
                f"peak memory: {peak(small)} MB for {args.citations // 4:,} citations, {peak(made[0])} MB for {args.citations:,}"
            )
    sys.exit(ratio < LEAST)


def compared(files: list[Path], rounds: int) -> float:
    """Print both speeds, each the best of `rounds`, taken in turns; their ratio."""
    best = {walk: 0.0, consume: 0.0}
    citations = sum(consume(file) for file in files)
    for _ in range(rounds):
        for work in best:
            best[work] = max(best[work], citations / timed(work, files))
    ratio = best[consume] / best[walk]
    size = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"{citations:,} citations, {size:.1f} MB; walk {best[walk]:,.0f}/s, reader {best[consume]:,.0f}/s: {ratio:.2f} (at least {LEAST})"
    )
    return ratio


def timed(work: Callable[[Path], int], files: list[Path]) -> float:
    start = time.process_time()
    for file in files:
        work(file)
    return time.process_time() - start


def opened(file: Path) -> BinaryIO:
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")  # type: ignore[return-value]


def walk(file: Path) -> int:
    """Visit every element, keep nothing."""
    count = 0
    with opened(file) as stream:
        for _, element in etree.iterparse(stream, load_dtd=False, no_network=True, resolve_entities=False):
            if element.tag == "PubmedArticle":
                count += 1
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    return count


def consume(file: Path) -> int:
    """Read every document, keep nothing."""
    with opened(file) as stream:
        return sum(isinstance(item, Document) and not item.deleted for item in read(stream, "bench"))


def peak(file: Path) -> int:
    """Largest resident memory of a process that reads the file, in MB."""
    out = subprocess.run([sys.executable, __file__, "--peak", str(file)], capture_output=True, text=True, check=True)
    return int(out.stdout) // 1024


def generated(path: Path, citations: int) -> Path:
    """A baseline-like file of so many citations, the same on every run."""
    rng = random.Random(SEED)
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n')
        for number in range(citations):
            out.writelines(citation(rng, number))
        out.write("</PubmedArticleSet>\n")
    return path


def prose(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def citation(rng: random.Random, number: int) -> Iterator[str]:
    """The lines of one citation: as many elements of each kind as the mean of 319 real ones from baseline files of 2021."""
    yield f'<PubmedArticle>\n    <MedlineCitation Status="MEDLINE" Owner="NLM">\n      <PMID Version="1">{number + 1}</PMID>\n'
    for name in ("DateCompleted", "DateRevised"):
        yield f"      <{name}>\n        <Year>2020</Year>\n        <Month>01</Month>\n        <Day>02</Day>\n      </{name}>\n"
    yield '      <Article PubModel="Print">\n        <Journal>\n          <ISSN IssnType="Print">0000-0000</ISSN>\n          <JournalIssue CitedMedium="Internet">\n'
    yield f"            <Volume>{rng.randint(1, 99)}</Volume>\n            <Issue>1</Issue>\n            <PubDate>\n              <Year>2019</Year>\n              <Month>Dec</Month>\n            </PubDate>\n          </JournalIssue>\n"
    yield "          <Title>Journal of made-up cells</Title>\n          <ISOAbbreviation>J Cells</ISOAbbreviation>\n        </Journal>\n"
    yield f"        <ArticleTitle>{prose(rng, 12)}</ArticleTitle>\n        <Pagination>\n          <MedlinePgn>1-9</MedlinePgn>\n        </Pagination>\n"
    yield f'        <ELocationID EIdType="doi" ValidYN="Y">10.1234/made.{number}</ELocationID>\n        <Abstract>\n'
    labels = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS") if number % 4 == 0 else ("",)
    for label in labels:
        attributes = f' Label="{label}" NlmCategory="{label}"' if label else ""
        words = 180 // len(labels)
        yield f"          <AbstractText{attributes}>{prose(rng, words)} Dose 2 × 10<sup>6</sup> cells/kg.</AbstractText>\n"
    yield '        </Abstract>\n        <AuthorList CompleteYN="Y">\n'
    for author in range(5):
        place = (
            f"            <AffiliationInfo>\n              <Affiliation>{prose(rng, 12)}</Affiliation>\n            </AffiliationInfo>\n"
            if author % 3
            else ""
        )
        yield f'          <Author ValidYN="Y">\n            <LastName>{rng.choice(WORDS)}</LastName>\n            <ForeName>A B</ForeName>\n            <Initials>AB</Initials>\n{place}          </Author>\n'
    yield "        </AuthorList>\n        <Language>eng</Language>\n"
    if number % 20 == 0:
        yield f"        <DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT{number:08}</AccessionNumber></AccessionNumberList></DataBank></DataBankList>\n"
        yield '        <CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J Cells. 2020</RefSource><PMID Version="1">7</PMID></CommentsCorrections></CommentsCorrectionsList>\n'
    yield '        <PublicationTypeList>\n          <PublicationType UI="D016428">Journal Article</PublicationType>\n        </PublicationTypeList>\n      </Article>\n'
    yield "      <MedlineJournalInfo>\n        <Country>Nowhere</Country>\n        <MedlineTA>J Cells</MedlineTA>\n        <NlmUniqueID>1</NlmUniqueID>\n      </MedlineJournalInfo>\n"
    yield "      <ChemicalList>\n        <Chemical>\n          <RegistryNumber>0</RegistryNumber>\n          <NameOfSubstance>Made-up</NameOfSubstance>\n        </Chemical>\n      </ChemicalList>\n      <MeshHeadingList>\n"
    for heading in range(5):
        qualifier = (
            '          <QualifierName UI="Q000628" MajorTopicYN="Y">therapy</QualifierName>\n' if heading % 2 else ""
        )
        yield f'        <MeshHeading>\n          <DescriptorName UI="D{rng.randint(0, 999999):06}" MajorTopicYN="N">{rng.choice(WORDS)}</DescriptorName>\n{qualifier}        </MeshHeading>\n'
    keywords = "".join(f'        <Keyword MajorTopicYN="N">{word}</Keyword>\n' for word in rng.choices(WORDS, k=3))
    yield f'      </MeshHeadingList>\n      <KeywordList Owner="NOTNLM">\n{keywords}      </KeywordList>\n    </MedlineCitation>\n    <PubmedData>\n      <History>\n'
    for status in ("received", "pubmed", "medline", "entrez"):
        yield f'        <PubMedPubDate PubStatus="{status}">\n          <Year>2019</Year>\n          <Month>12</Month>\n          <Day>1</Day>\n          <Hour>6</Hour>\n          <Minute>0</Minute>\n        </PubMedPubDate>\n'
    yield f'      </History>\n      <PublicationStatus>ppublish</PublicationStatus>\n      <ArticleIdList>\n        <ArticleId IdType="pubmed">{number + 1}</ArticleId>\n        <ArticleId IdType="doi">10.1234/made.{number}</ArticleId>\n      </ArticleIdList>\n      <ReferenceList>\n'
    for _ in range(12):
        yield f'        <Reference>\n          <Citation>{prose(rng, 14)}</Citation>\n          <ArticleIdList>\n            <ArticleId IdType="pubmed">{rng.randint(1, 10**7)}</ArticleId>\n          </ArticleIdList>\n        </Reference>\n'
    yield "      </ReferenceList>\n    </PubmedData>\n  </PubmedArticle>\n"


if __name__ == "__main__":
    main()
