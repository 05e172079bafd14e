"""One file of PubMed to Parquet: a pure function of its bytes, the topic, this program and its model.

Parts are written under a temporary name, synced and renamed; the entry of the manifest comes last, so that a file counts only
when it is whole. A rerun does what has no entry.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.engine import Issue, batched, extract_batch
from extractor.errors import ParseError
from extractor.export.plain import json_text
from extractor.model import Document, Record
from extractor.scan.citations import Candidates, Seen
from extractor.scan.topics import Topic
from extractor.settings import Settings
from extractor.shipped import SHIPPED_MODEL, shipped
from extractor.sources.pubmed import read

BATCH = 32  # citations extracted at once
READ_AT_ONCE = 64  # candidates parsed at once
GROUP_ROWS = 2_000  # of a Parquet row group: bounds the memory, and fixes the bytes
COMPRESSION = "zstd"
WRAPPED = (b"<PubmedArticleSet>", b"</PubmedArticleSet>")

RECORDS = pa.schema(
    [("pmid", pa.string()), ("state", pa.string()), ("record", pa.string()), ("error", pa.string())]
)  # state: record, deleted, failed
FACTS = pa.schema(
    [
        ("pmid", pa.string()), ("field", pa.string()), ("value", pa.string()), ("quote", pa.string()), ("part", pa.string()),
        ("start", pa.int32()), ("end", pa.int32()), ("confidence", pa.float64()), ("method", pa.string()),
        ("primary", pa.bool_()), ("arm", pa.string()), ("flags", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with every file: the topic, the settings, where the parts go."""

    topic: Topic
    settings: Settings
    out: Path

    @property
    def run(self) -> str:
        """Name of the folder of all parts that were made in the same way: never a mixture."""
        means = [self.topic.digest, code_digest(), model_digest(self.settings.model), self.settings.max_characters]
        return f"{self.topic.name}-{hashlib.sha256(json.dumps(means).encode()).hexdigest()[:12]}"

    @property
    def folder(self) -> Path:
        return self.out / self.run


@dataclass(slots=True)
class Counts:
    """What one file gave."""

    citations: int = 0
    candidates: int = 0
    wanted: int = 0
    extracted: int = 0
    deleted: int = 0
    failed: int = 0
    facts: int = 0
    words: int = 0
    bytes: int = 0
    seconds_filter: float = field(default=0.0, compare=False)
    seconds_extract: float = field(default=0.0, compare=False)


@cache
def code_digest() -> str:
    """A digest of the program's own files: another program makes other parts."""
    return _folder_digest(Path(__file__).parents[1], (".py", ".tsv", ".json", ".toml"))


@cache
def model_digest(name: str) -> str:
    """A digest of the shipped model's files; another model by its name, or its files where it is a folder."""
    if name and not Path(name).is_dir():
        return name
    return _folder_digest(Path(name) if name else shipped("models") / SHIPPED_MODEL, ())


def _folder_digest(folder: Path, endings: tuple[str, ...]) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (not endings or path.suffix in endings) and "_models" not in path.parts:
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def name_of(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".xml")


def entry_of(job: Job, path: Path) -> dict[str, Any] | None:
    """The manifest's entry of a file that is done: made of these very bytes, with its parts whole."""
    place = job.folder / "manifest" / f"{name_of(path)}.json"
    try:
        entry: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    sized = all(
        (job.folder / p["name"]).is_file() and (job.folder / p["name"]).stat().st_size == p["bytes"]
        for p in entry["parts"]
    )
    return entry if sized and entry["sha256"] == digest_of(path) else None


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def scan_file(path: Path, job: Job, candidates: Candidates, nlp: Any) -> dict[str, Any]:
    """Write the parts of one file and its entry; the entry.

    Parameters
    ----------
    nlp : callable
        Gives the pipeline; called when the first citation is to be read, since many files have none.

    Raises
    ------
    ParseError
        If the file is no whole PubMed XML; nothing of it is kept.
    OSError
        If it cannot be read or written.
    """
    digest, counts = digest_of(path), Counts()
    names = [f"{name_of(path)}-{digest[:12]}.{kind}.parquet" for kind in ("records", "facts")]
    job.folder.joinpath("manifest").mkdir(parents=True, exist_ok=True)
    temporary = [job.folder / f".{name}.{os.getpid()}" for name in names]
    try:
        with path.open("rb") as stream, _Table(temporary[0], RECORDS) as records, _Table(temporary[1], FACTS) as facts:
            for pmid, outcome in outcomes(stream, job, candidates, nlp, counts):
                records.add(record_row(pmid, outcome))
                if isinstance(outcome, Record) and not outcome.document.deleted:
                    for row in fact_rows(pmid, outcome):
                        facts.add(row)
                        counts.facts += 1
        parts = [_kept(part, job.folder / name) for part, name in zip(temporary, names, strict=True)]
    finally:
        for part in temporary:
            part.unlink(missing_ok=True)
    entry = {"file": path.name, "sha256": digest, "run": job.run, "counts": asdict(counts), "parts": parts}
    _enter(job, path, entry)
    return entry


def outcomes(
    stream: BinaryIO, job: Job, candidates: Candidates, nlp: Any, counts: Counts
) -> Iterator[tuple[str, Record | Issue]]:
    """PMID and outcome of each citation that the topic wants, and of each deletion, in the order of the file."""
    clock = _Clock()
    seen = Seen()
    for batch in batched(_wanted(candidates.of(stream, seen), job.topic, counts), BATCH):
        clock.lap(counts, "seconds_filter")
        live = [item for item in batch if isinstance(item, Document) and not item.deleted]
        made = iter(extract_batch(nlp(), live, job.settings.max_seconds) if live else ())
        for item in batch:
            outcome: Record | Issue = item if isinstance(item, Issue) else Record(item) if item.deleted else next(made)
            _count(outcome, counts)
            yield _pmid(item), outcome
        clock.lap(counts, "seconds_extract")
    clock.lap(counts, "seconds_filter")
    counts.citations, counts.candidates, counts.bytes = seen.citations, seen.candidates, seen.bytes


class _Clock:
    """Processor time between two laps."""

    def __init__(self) -> None:
        self.last = time.process_time()

    def lap(self, counts: Counts, name: str) -> None:
        now = time.process_time()
        setattr(counts, name, getattr(counts, name) + now - self.last)
        self.last = now


def _wanted(found: Iterable[bytes], topic: Topic, counts: Counts) -> Iterator[Document | Issue]:
    for some in batched(found, READ_AT_ONCE):
        for item in _read(some):
            if isinstance(item, ParseError):
                yield Issue("", "read", str(item))
            elif item.deleted:
                yield item
            elif topic.wants(item):
                counts.wanted += 1
                counts.words += len(item.text.split())
                yield item


def _read(citations: Sequence[bytes]) -> Iterator[Document | ParseError]:
    """Documents of some citations; one that is no XML fails alone."""
    try:
        yield from list(read(io.BytesIO(WRAPPED[0] + b"".join(citations) + WRAPPED[1]), "scan"))
    except ParseError as error:
        if len(citations) == 1:
            yield error
            return
        for one in citations:
            yield from _read([one])


def _count(outcome: Record | Issue, counts: Counts) -> None:
    if isinstance(outcome, Issue):
        counts.failed += 1
    elif outcome.document.deleted:
        counts.deleted += 1
    else:
        counts.extracted += 1


def _pmid(item: Document | Issue) -> str:
    return item.input if isinstance(item, Issue) else item.ids.pmid or ""


def record_row(pmid: str, outcome: Record | Issue) -> dict[str, Any]:
    if isinstance(outcome, Issue):
        return {
            "pmid": pmid or outcome.input.removeprefix("pubmed:"),
            "state": "failed",
            "record": None,
            "error": f"{outcome.stage}: {outcome.error}",
        }
    state = "deleted" if outcome.document.deleted else "record"
    return {"pmid": pmid, "state": state, "record": json_text(outcome.to_dict()), "error": None}


def fact_rows(pmid: str, record: Record) -> Iterator[dict[str, Any]]:
    """One row a fact, with its first evidence, as the CSV export has it."""
    for fact in record.facts:
        first = fact.evidence[0] if fact.evidence else None
        yield {
            "pmid": pmid, "field": fact.field, "value": json_text(fact.value),
            "quote": first.quote if first else None, "part": first.part if first else None,
            "start": first.start if first else None, "end": first.end if first else None,
            "confidence": round(fact.confidence, 4), "method": fact.method, "primary": fact.primary, "arm": fact.arm,
            "flags": ";".join(fact.flags),
        }  # fmt: skip


class _Table:
    """Rows to a Parquet file, in row groups of one size."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema, self.rows = path, schema, list[dict[str, Any]]()

    def __enter__(self) -> _Table:
        self.writer = pq.ParquetWriter(self.path, self.schema, compression=COMPRESSION)
        return self

    def add(self, row: dict[str, Any]) -> None:
        self.rows.append(row)
        if len(self.rows) == GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        self.writer.write_table(pa.Table.from_pylist(self.rows, self.schema))
        self.rows = []

    def __exit__(self, kind: object, *_: object) -> None:
        if self.rows and kind is None:
            self._write()
        self.writer.close()


def _kept(temporary: Path, place: Path) -> dict[str, Any]:
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = temporary.stat().st_size
    temporary.replace(place)
    return {"name": place.name, "bytes": size, "sha256": digest, "rows": pq.read_metadata(place).num_rows}


def _enter(job: Job, path: Path, entry: dict[str, Any]) -> None:
    """Write the entry, and take away the parts of what the file was before."""
    place = job.folder / "manifest" / f"{name_of(path)}.json"
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    before = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(entry, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(place)
    names = {part["name"] for part in entry["parts"]}
    for part in before["parts"] if before else ():
        if part["name"] not in names:
            (job.folder / part["name"]).unlink(missing_ok=True)
