"""A scan of a file of 30,000 citations against gzip, a bare iterparse walk, a stock pipeline and itself on two processes.

The file is made here from a fixed seed in the shape of a baseline file, one citation in 300 of the topic. Ratios are of
processor or wall time in the same run.

    python -m bench.scan [--citations 30000] [--json FILE]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from extractor.engine import extract_batch
from extractor.model import Document
from extractor.pipeline import build
from extractor.scan.citations import Candidates, Seen
from extractor.scan.topics import parse, read_topic
from extractor.settings import Settings
from tests.baseline import HEAD, TRIALS, baseline, citation

SEED = 20261129
GOALS = {
    "scan / gzip -dc, wall": (1.8, "at most"),
    "iterparse walk / scan, wall": (2.5, "at least"),
    "two processes / one, speed": (1.85, "at least"),
    "peak memory of a worker, MB": (1000.0, "at most"),
    "growth of memory over 100 files, MB": (50.0, "at most"),
    "hours for 40 M citations, 1 M abstracts, 2 cores": (6.0, "at most"),
}
WORDS = [
    "valley", "record", "patients", "method", "result", "measured", "protein", "binding", "growth", "river", "the", "of", "in",
    "and", "with", "was", "were", "observed", "model", "response", "acute", "tissue", "surface", "sample", "level", "study",
    "compared", "increase", "children", "care", "index", "signal", "gene", "expression", "water", "temperature", "rate", "effect",
]  # fmt: skip


def made(citations: int) -> bytes:
    """XML of the file: long citations with authors and references, as the baseline's are."""
    draw = random.Random(SEED)
    out = [HEAD]
    for pmid in range(1, citations + 1):
        if pmid % 300 == 0:
            text = TRIALS[1].format(n=draw.randint(10, 60), a=draw.randint(1, 9))
        else:
            text = " ".join(draw.choices(WORDS, k=200)) + ". Values of 10<sup>3</sup> were <i>seen</i>."
        own = citation(pmid, text, title=" ".join(draw.choices(WORDS, k=12)), mesh=draw.choices(WORDS, k=10))
        names = "".join(
            f'<Author ValidYN="Y"><LastName>Name{draw.randint(1, 999)}</LastName><ForeName>A B</ForeName><AffiliationInfo><Affiliation>Department of {draw.choice(WORDS)}, University of {draw.choice(WORDS)}, {draw.choice(WORDS)}.</Affiliation></AffiliationInfo></Author>\n'
            for _ in range(6)
        )
        references = "".join(
            f'<Reference><Citation>J {draw.choice(WORDS)}. 20{draw.randint(10, 20)};{draw.randint(1, 90)}:1-9</Citation><ArticleIdList><ArticleId IdType="pubmed">{draw.randint(1, 10**7)}</ArticleId></ArticleIdList></Reference>\n'
            for _ in range(15)
        )
        own = own.replace("<Language>", f"<AuthorList>{names}</AuthorList><Language>", 1)
        own = own.replace("</PubmedData>", f"<ReferenceList>{references}</ReferenceList></PubmedData>", 1)
        out.append(own.encode())
    return b"".join([*out, b"</PubmedArticleSet>\n"])


def wall(work: Callable[[], object], rounds: int = 3) -> float:
    """The median of the clock over some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def walk(path: Path) -> None:
    """Decompress, and visit every element."""
    with gzip.open(path) as stream:
        for _, element in etree.iterparse(
            stream, events=("end",), tag="PubmedArticle", load_dtd=False, no_network=True
        ):
            for child in element.iter():
                _ = child.tag, child.text
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def filtered(path: Path, candidates: Candidates) -> Seen:
    seen = Seen()
    with path.open("rb") as stream:
        for _ in candidates.of(stream, seen):
            pass
    return seen


def program(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "extractor", "scan", *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def extraction() -> float:
    """Abstracts a second of processor time, trial abstracts of some 250 words."""
    draw = random.Random(SEED)
    text = " ".join(TRIALS[i % 3].format(n=draw.randint(10, 60), a=2) for i in range(8))
    documents = [Document(str(i), "jsonl", {"abstract": text}) for i in range(96)]
    nlp, settings = build(Settings()), Settings()  # once a worker, whatever the number of abstracts
    list(extract_batch(nlp, documents[:32], settings.max_seconds))
    start = time.process_time()
    list(extract_batch(nlp, documents, settings.max_seconds))
    return (time.process_time() - start) / len(documents)


def measured(citations: int) -> dict[str, float]:
    found: dict[str, float] = {}
    topic = parse(read_topic("msc-als")[1], "msc-als")
    candidates = Candidates(topic)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pubmed26n0001.xml.gz"
        xml = made(citations)
        path.write_bytes(gzip.compress(xml, 6, mtime=0))
        print(f"{citations} citations, {len(xml) / 1e6:.0f} MB, {path.stat().st_size / 1e6:.0f} MB packed")
        packed = wall(lambda: subprocess.run(["gzip", "-dc", str(path)], stdout=subprocess.DEVNULL, check=True))
        ours = wall(lambda: filtered(path, candidates))
        found["scan / gzip -dc, wall"] = ours / packed
        found["iterparse walk / scan, wall"] = wall(lambda: walk(path), 1) / ours
        cpu = time.process_time()
        filtered(path, candidates)
        per_citation = (time.process_time() - cpu) / citations
        found["hours for 40 M citations, 1 M abstracts, 2 cores"] = (
            (40e6 * per_citation + 1e6 * extraction()) / 2 / 3600
        )
        many = baseline(Path(folder) / "many", 24, citations=120, share=0.5)
        one, two = (program(str(many), "--topic", "trials", "-o", f"{folder}/{n}", "--workers", str(n)) for n in (1, 2))
        found["two processes / one, speed"] = one / two
        found["peak memory of a worker, MB"], found["growth of memory over 100 files, MB"] = memory(path, Path(folder))
    return found


def memory(path: Path, folder: Path) -> tuple[float, float]:
    """Peak of a worker after one large file, and how far it grows over a hundred small ones."""
    code = (
        "import json, resource, sys\nfrom pathlib import Path\nfrom extractor.pipeline import build\n"
        "from extractor.scan.citations import Candidates\nfrom extractor.scan.part import scan_file\n"
        "from extractor.scan.topics import read_topic\nfrom extractor.scan.worker import described, job_from\n"
        "from extractor.settings import Settings\n"
        "job = job_from(described(read_topic('trials')[1], 'trials', Settings(), Path(sys.argv[2])))\n"
        "found, nlp = Candidates(job.topic), build(job.settings)\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "scan_file(Path(sys.argv[1]), job, found, lambda: nlp)\nfirst = peak()\n"
        "for path in sorted(Path(sys.argv[3]).iterdir()): scan_file(path, job, found, lambda: nlp)\n"
        "print(json.dumps([first, peak()]))"
    )
    small = baseline(folder / "hundred", 100, citations=20, share=0.3)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(folder / "m"), str(small)],
        capture_output=True,
        text=True,
        check=True,
    )
    first, last = json.loads(done.stdout.splitlines()[-1])
    return max(first, last) / 1024, (last - first) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citations", type=int, default=30_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found = measured(arguments.citations)
    for name, (goal, which) in GOALS.items():
        value = found[name]
        met = value <= goal if which == "at most" else value >= goal
        print(f"{'met   ' if met else 'MISSED'} {name}: {value:.2f} ({which} {goal:g})")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
