"""Scans of PubMed files: nothing that a topic wants is passed over, any engine gives the same bytes, nothing is half."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractor.commands import app
from extractor.errors import ParseError, SettingsError
from extractor.scan.citations import Candidates, Seen
from extractor.scan.topics import Group, Topic, parse, read_topic, shipped
from extractor.sources.pubmed import read
from extractor.store import Store
from tests.baseline import HEAD, TRIALS, baseline, citation, file_of, mixed
from tests.conftest import ROOT, skip_or_fail

MSC, ANY = (parse(read_topic(name)[1], name) for name in ("msc-als", "trials"))


def pmids(topic: Topic, data: bytes) -> tuple[set[str], set[str]]:
    """PMIDs that the pre-filter lets through, and that the topic wants of all citations."""
    candidates = b"".join(c for c in Candidates(topic).of(io.BytesIO(data), Seen()))
    through = {d.ids.pmid for d in read(io.BytesIO(b"<PubmedArticleSet>" + candidates + b"</PubmedArticleSet>"), "x")}  # type: ignore[union-attr]
    raw = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    every = [d for d in read(io.BytesIO(raw), "x") if not isinstance(d, ParseError)]
    return through, {str(d.ids.pmid) for d in every if topic.wants(d)}  # type: ignore[arg-type]


WORDS = ("mesenchymal", "stem", "cells", "cell", "ALS", "amyotrophic", "lateral", "sclerosis", "randomized", "placebo", "the", "of", "trial", "K", "motor neuron disease", "phase 2")  # fmt: skip
HIDE = st.sampled_from(("{a}<i>{b}</i>", "<b>{a}</b>{b}", "{a}<sup></sup>{b}", "{a}<!-- x -->{b}", "{a}{c}{b}", "{a}<u/>{b}", "{a}\n{b}", "{a}{b}", "{a}<sub>{b}</sub>"))  # fmt: skip


@st.composite
def hidden(draw: st.DrawFn) -> str:
    """A few words, some with markup, comments or character references inside."""
    out = []
    for word in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8)):
        cased = draw(st.sampled_from((word, word.upper(), word.title())))
        cut = draw(st.integers(0, len(cased) - 1))
        a, c, b = cased[:cut], cased[cut], cased[cut + 1 :]
        form = draw(HIDE)
        out.append(form.format(a=a, b=b, c=f"&#{ord(c)};") if "{c}" in form else form.format(a=a, b=c + b))
    return draw(st.sampled_from((" ", "-", "\n", "&#160;", " "))).join(out)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(hidden(), hidden()), min_size=1, max_size=4), st.sampled_from((MSC, ANY)))
def test_nothing_that_the_topic_wants_is_passed_over(texts: list[tuple[str, str]], topic: Topic) -> None:
    found = [citation(i + 1, abstract, title=title) for i, (title, abstract) in enumerate(texts)]
    through, wanted = pmids(topic, HEAD + "".join(found).encode() + b"</PubmedArticleSet>")
    assert wanted <= through


@pytest.mark.parametrize("topic", [MSC, ANY], ids=["msc-als", "trials"])
def test_nothing_is_passed_over_on_real_shapes(shared: Path, topic: Topic) -> None:
    for path in sorted((shared / "payloads" / "pubmed_baseline").glob("*.gz")):
        through, wanted = pmids(topic, path.read_bytes())
        assert wanted <= through


def test_most_of_the_others_are_passed_over() -> None:
    seen = Seen()
    data = file_of(mixed(1, 1, 400, share=0.05))
    list(Candidates(MSC).of(io.BytesIO(data), seen))
    assert seen.citations == 400 and seen.candidates < 60


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
def test_pieces_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    data = file_of(mixed(2, 1, 12, share=0.5))
    expected = list(Candidates(ANY).of(io.BytesIO(data), Seen()))
    monkeypatch.setattr("extractor.scan.citations.READ_BYTES", size)
    assert list(Candidates(ANY).of(io.BytesIO(data), Seen())) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (file_of(mixed(3, 1, 30))[:-40], "cut off"),
        (b"\x1f\x8bnonsense", "damaged"),
        (gzip.decompress(file_of(mixed(3, 1, 30)))[:-200], "inside a citation"),
        (b"<html><body>Not found</body></html>", "no PubMed citation"),
        (b"", "no PubMed citation"),
    ],
    ids=["cut", "no gzip", "cut xml", "a page", "empty"],
)
def test_a_file_that_is_not_whole_fails(data: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        list(Candidates(ANY).of(io.BytesIO(data), Seen()))


def test_two_members_are_one_file() -> None:
    xml = gzip.decompress(file_of(mixed(4, 1, 20, share=0.5)))
    data = gzip.compress(xml[:3000]) + gzip.compress(xml[3000:])
    assert pmids(ANY, file_of(mixed(4, 1, 20, share=0.5)))[0] == {
        d.ids.pmid
        for d in read(io.BytesIO(b"<PubmedArticleSet>" + b"".join(Candidates(ANY).of(io.BytesIO(data), Seen())) + b"</PubmedArticleSet>"), "x")  # type: ignore[union-attr]
    }  # fmt: skip


# ---------------------------------------------------------------- topics


def test_shipped_topics_are_read() -> None:
    assert shipped() == ["msc-als", "trials"]
    assert all(parse(read_topic(name)[1], name).about for name in shipped())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("about = 3 x", "no TOML"),
        ("title = 'x'", "it would be everything"),
        ("[[about]]\nterm = ['x']", "'term' is not known"),
        ("[[about]]\nterms = ['...']", "with words"),
        ("years = [1]\n[[about]]\nterms = ['x']", "first, last"),
    ],
)
def test_what_is_no_topic_is_refused(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        parse(text, "mine")


def test_years_languages_and_headings_narrow_a_topic() -> None:
    topic = parse(
        'years = [2000, 2010]\nlanguages = ["eng"]\n[[about]]\nterms = ["cells"]\n[without]\nmesh = ["Animals"]\nunless_mesh = ["Humans"]',
        "t",
    )
    made = {
        "in": citation(1, "Cells.", year=2005),
        "late": citation(2, "Cells.", year=2011),
        "animal": citation(3, "Cells.", year=2005, mesh=("Animals",)),
        "both": citation(4, "Cells.", year=2005, mesh=("Animals", "Humans")),
        "no word": citation(5, "Subcellsular.", year=2005),
    }
    assert pmids(topic, file_of(made.values()))[1] == {"1", "4"}


def test_only_ascii_letters_have_two_cases() -> None:
    """Where the Kelvin sign counted as k, a citation could be wanted whose bytes hold no k."""
    assert not Group(("kidney",)).met("\u212aidney", set(), ())
    assert Group(("stem cell",)).met("STEM-CELL", set(), ())


# ---------------------------------------------------------------- whole scans


def scan(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["scan", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def contents(folder: Path) -> dict[str, bytes]:
    """All parts and entries of a scan, without the times in them."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.suffix == ".json":
            entry = json.loads(data)
            for name in ("seconds_filter", "seconds_extract"):
                entry["counts"].pop(name)
            data = json.dumps(entry).encode()
        found[str(path.relative_to(folder))] = data
    return found


@pytest.fixture(scope="module", autouse=True)
def no_model() -> Iterator[None]:
    """Without the trained parts, which take a second to load in each of the many workers here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALSPAN_MODEL", "blank")
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baseline(tmp_path_factory.mktemp("baseline") / "b", 6, citations=20)


@pytest.fixture(scope="module")
def quiet(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One quiet run by one worker: what every other run must equal."""
    out = tmp_path_factory.mktemp("quiet")
    assert "0 files failed" in scan(str(files), "--topic", "trials", "-o", str(out))
    return out


def test_a_scan_has_a_fact_a_row_and_a_true_quote(quiet: Path) -> None:
    import pyarrow.parquet as pq

    facts = [row for p in sorted(quiet.glob("*/*.facts.parquet")) for row in pq.read_table(p).to_pylist()]
    records = {
        row["pmid"]: json.loads(row["record"])
        for p in sorted(quiet.glob("*/*.records.parquet"))
        for row in pq.read_table(p).to_pylist()
        if row["state"] == "record" and row["pmid"] != "1000"
    }
    assert len(records) > 10 and len(facts) > 50
    checked = 0
    for fact in facts:
        if fact["start"] is not None and fact["pmid"] in records:
            part = records[fact["pmid"]]["document"]["parts"][fact["part"]]
            assert part[fact["start"] : fact["end"]] == fact["quote"]
            checked += 1
    assert checked > 50


def test_a_rerun_does_nothing_and_a_changed_file_is_done_again(files: Path, tmp_path: Path) -> None:
    own = tmp_path / "b"
    own.mkdir()
    for path in sorted(files.iterdir())[:2]:
        (own / path.name).write_bytes(path.read_bytes())
    out = tmp_path / "facts"
    scan(str(own), "--topic", "msc-als", "-o", str(out))
    before, times = contents(out), {p: p.stat().st_mtime_ns for p in out.rglob("*.parquet")}
    scan(str(own), "--topic", "msc-als", "-o", str(out))
    assert contents(out) == before and {p: p.stat().st_mtime_ns for p in out.rglob("*.parquet")} == times
    changed = sorted(own.iterdir())[0]
    changed.write_bytes(file_of([citation(1, TRIALS[1].format(n=9, a=1))]))
    scan(str(own), "--topic", "msc-als", "-o", str(out))
    assert len(list(out.rglob("*.parquet"))) == 4, "the parts of the older file are gone"
    assert json.loads(next(out.glob("*/manifest/pubmed26n0001.json")).read_text())["counts"]["wanted"] == 1
    scan(str(own), "--topic", "trials", "-o", str(out))
    assert len(list(out.iterdir())) == 2, "another topic has a folder of its own"
    assert CliRunner().invoke(app, ["load", str(out), "--store", str(tmp_path / "r.db")]).exit_code != 0


def test_shards_together_are_the_whole(files: Path, quiet: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        scan(str(files), "--topic", "trials", "-o", str(tmp_path), "--shard", f"{number}/2")
    assert contents(tmp_path) == contents(quiet)


def test_the_recipe_for_slurm_is_run_as_it_stands(files: Path, quiet: Path, tmp_path: Path) -> None:
    """The script of the docs, with two jobs in place of 400, by a shell that has what SLURM gives each job."""
    text = (ROOT / "docs" / "scan.md").read_text(encoding="utf-8")
    script = re.search(
        r"((?:^    [^\n]*\n)*?)(?=^    trialspan scan)(^    .*\$\{SLURM_ARRAY_TASK_ID\}.*\n)", text, re.M
    )
    assert script and "#SBATCH --array=1-400" in script[1]
    program = tmp_path / "bin" / "trialspan"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m extractor "$@"\n')
    program.chmod(0o755)
    job = tmp_path / "job.sh"
    job.write_text(textwrap.dedent(script[0]).replace("/400", "/2").replace("baseline/", f"{files}/"))
    for number in (1, 2):
        known = os.environ | {"SLURM_ARRAY_TASK_ID": str(number), "PATH": f"{program.parent}:{os.environ['PATH']}"}
        subprocess.run(["bash", str(job)], cwd=tmp_path, env=known | {"PYTHONPATH": str(ROOT)}, check=True, timeout=300)
    assert contents(tmp_path / "facts") == contents(quiet)


def test_a_poisoned_file_fails_alone_and_is_named(files: Path, tmp_path: Path) -> None:
    own = tmp_path / "b"
    own.mkdir()
    for path in sorted(files.iterdir())[:2]:
        (own / path.name).write_bytes(path.read_bytes())
    (own / "pubmed26n0000.xml.gz").write_bytes(b"\x1f\x8bnonsense")
    done = CliRunner().invoke(app, ["scan", str(own), "--topic", "msc-als", "-o", str(tmp_path / "facts")])
    assert done.exit_code == 1
    assert "pubmed26n0000.xml.gz: not whole" in done.output and "2 files," in done.output


def killed_run(files: Path, out: Path, seconds: float, *more: str, whole: bool = False) -> None:
    """Start a scan; kill one of its workers, or all of it, after a while."""
    command = [sys.executable, "-m", "extractor", "scan", str(files), "--topic", "trials", "-o", str(out), *more]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    if whole:
        running.send_signal(signal.SIGKILL)
    else:
        for worker in children(running.pid):
            os.kill(worker, signal.SIGKILL)
    running.wait(timeout=300)


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_killed_again_and_again_the_same_parts(files: Path, quiet: Path, tmp_path: Path) -> None:
    draw = random.Random(7)
    for _ in range(2):
        killed_run(files, tmp_path, draw.uniform(2.0, 5.0), whole=True)
    killed_run(files, tmp_path, draw.uniform(2.0, 4.0))
    scan(str(files), "--topic", "trials", "-o", str(tmp_path), "--workers", "2")
    left = [p for p in tmp_path.rglob(".*") if p.is_file()]
    for path in left:  # halves that a killed worker left have names of their own and count for nothing
        path.unlink()
    assert contents(tmp_path) == contents(quiet)


def test_dask_gives_the_same_parts(files: Path, quiet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        skip_or_fail("distributed", "the extra distributed is not installed")
    program = [sys.executable, "-m", "extractor", "scan", str(files), "--topic", "trials", "-o", str(tmp_path)]
    done = subprocess.run(
        [*program, "--engine", "dask", "--workers", "2"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path) == contents(quiet)


def test_a_scheduler_that_is_not_there_is_named(files: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["scan", str(files), "-o", str(tmp_path), "--engine", "dask", "--scheduler", "nonsense"]
    )
    assert done.exit_code == 2 or isinstance(done.exception, SettingsError)


def test_load_takes_the_last_version_and_no_deleted_one(quiet: Path, tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    done = CliRunner().invoke(app, ["load", str(quiet), "--store", str(path)])
    assert done.exit_code == 0, done.output
    with Store.open(path) as store:
        first = store.record("pubmed:1000")
        assert "version 2" in first.document.notes and "44 patients" in first.document.text
        assert not any(store.has(f"pubmed:{n}") for n in range(2000, 2005))
    again = CliRunner().invoke(app, ["load", str(quiet), "--store", str(path)])
    assert "0 added, 0 updated" in again.output


def test_plan_and_atlas(files: Path, quiet: Path, tmp_path: Path) -> None:
    said = scan(str(files), "--topic", "trials", "-o", str(tmp_path / "none"), "--plan", "--workers", "2")
    assert "6 files, 3 measured" in said and "with 2 workers" in said
    assert not (tmp_path / "none").exists()
    counted = json.loads(CliRunner().invoke(app, ["atlas", str(quiet), "--format", "json"]).output)
    assert counted["records"] == sum(counted["kinds"].values()) and counted["citations"] == 121
    page = tmp_path / "atlas.html"
    assert CliRunner().invoke(app, ["atlas", str(quiet), "-o", str(page)]).exit_code == 0
    assert "<script" not in page.read_text() and "What the scan holds" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--shard", "0/3"], "I from 1 to N"),
        (["--topic", "nothing"], "no topic of ours"),
        (["--scheduler", "tcp://x:1"], "--engine dask"),
    ],
)
def test_wrong_calls_are_refused(files: Path, tmp_path: Path, arguments: Sequence[str], said: str) -> None:
    done = CliRunner().invoke(app, ["scan", str(files), "-o", str(tmp_path), *arguments])
    assert done.exit_code != 0
    assert said in done.output or said in str(done.exception)


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["scan", str(tmp_path), "-o", str(tmp_path / "x")])
    assert done.exit_code == 2 and "no PubMed file" in done.output
