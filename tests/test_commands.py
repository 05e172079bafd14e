"""The command line as a user meets it: tables, files, exit codes, messages; run in this process and as a program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extractor.commands import app
from extractor.store import Store
from tests.command import trialspan
from tests.conftest import ROOT
from tests.trial_store import starter

CORPUS = ROOT / "corpora" / "als_msc"
GOOD = "Ten patients with amyotrophic lateral sclerosis received mesenchymal stem cells."

# what is said in sentences beside a table wraps on a terminal alone
SENTENCE = re.compile("^(reports linked|decide with|trials checked|Which trials)|: likeness | be pooled")


def program(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As a program of its own: what ends it, and how it is started, is tested by the few that use this."""
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, env=environment)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    import typer.main

    group = typer.main.get_command(app)
    names = sorted(group.commands)  # type: ignore[attr-defined]
    assert {"extract", "list", "show", "export", "evaluate", "fields"} <= set(names)
    for name in names:
        assert "Example: trialspan" in (group.commands[name].help or ""), name  # type: ignore[attr-defined]


def test_one_bad_file_among_good_ones(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(20):
        (folder / f"good{i:02}.txt").write_text(GOOD, encoding="utf-8")
    (folder / "bad.xml").write_bytes(b"%PDF-1.7 no xml at all")
    (folder / "empty.txt").write_bytes(b"")
    done = trialspan("extract", folder, "--format", "jsonl", "-o", "out.jsonl", "--store", "r.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.xml" in done.stderr and "PDF" in done.stderr and "empty.txt" in done.stderr
    assert "Traceback" not in done.stderr
    assert "20 extracted" in done.stderr
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["document"]["id"] for line in lines] == [f"good{i:02}" for i in range(20)]


def test_same_run_twice_doubles_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    first = trialspan("extract", "a.txt", "--store", "r.db", cwd=tmp_path)
    second = trialspan("extract", "a.txt", "--store", "r.db", cwd=tmp_path)
    assert "1 added" in first.stderr and "1 unchanged" in second.stderr
    shown = trialspan("list", "--store", "r.db", "--format", "json", cwd=tmp_path)
    assert len(json.loads(shown.stdout)) == 1
    named = trialspan("show", "a", "--store", "r.db", cwd=tmp_path)
    assert named.returncode == 0, "the name of the file means the report that came with it"


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract",),
        ("extract", "nowhere.txt"),
        ("extract", "a.txt", "--format", "pdf"),
        ("extract", "a.txt", "--reader", "nonsense"),
        ("nonsense",),
        ("evaluate", "nowhere"),
        ("evaluate", CORPUS, "--baseline", "nowhere.json"),
        ("evaluate", CORPUS, "--baseline", "a.txt"),
        ("extract", ""),
        ("import", "nowhere.txt", "--store", "new.db"),
        ("scan", "nowhere", "-o", "out"),
        ("extract", "a.txt", "-o", "a.txt"),
        ("verify", "a.txt", "--map", "nowhere.toml", "--texts", "a.txt"),
        ("import", "a.txt", "--store", "r.db", "--searched", "2026-13-45"),
        ("compare", "a", "b", "--months", "-3"),
        ("compare", "a", "b", "--months", "nan"),
        ("curate", "confirm", "a", "1", "--by", " "),
        ("curate", "confirm", "a", "1", "--by", "an\nn"),
        ("backup", "-o", "nowhere/b.db"),
        ("restore", "nowhere.db", "--store", "r.db"),
        ("bias", "import", "nowhere.csv", "--by", "ann", "--tool", "rob2"),
        ("decisions", "merge", "nowhere.jsonl"),
        ("pool", "--from", "a.txt", "--plot", "a.txt"),
    ],
)
def test_wrong_usage_is_two(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    starter(tmp_path / "trialspan.db").close()
    done = trialspan(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr.strip()
    assert "Errno" not in done.stderr and "internal" not in done.stderr
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(
    "arguments",
    [("export",), ("graph",), ("prisma",), ("decisions", "export")],
    ids=" ".join,
)
def test_no_output_takes_the_place_of_a_store(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Neither of the one that is read, nor of any other."""
    for store in ("r.db", "other.db"):
        Store.open(tmp_path / store).close()
    before = (tmp_path / "other.db").read_bytes()
    for place in ("r.db", "other.db"):
        done = trialspan(*arguments, "--store", "r.db", "-o", place, cwd=tmp_path)
        assert done.returncode == 2 and "a database, which no output replaces" in done.stderr
    assert (tmp_path / "other.db").read_bytes() == before
    assert trialspan("list", "--store", "r.db", cwd=tmp_path).returncode == 0


def test_no_new_sheet_takes_the_place_of_one_that_was_filled_in(tmp_path: Path) -> None:
    Store.open(tmp_path / "r.db").close()
    (tmp_path / "check.xlsx").write_bytes(b"answers")
    done = trialspan("sheet", "export", "--store", "r.db", "-o", "check.xlsx", cwd=tmp_path)
    assert done.returncode == 2 and "may hold somebody's answers" in done.stderr
    assert (tmp_path / "check.xlsx").read_bytes() == b"answers"


def test_the_suffix_of_an_output_names_its_format(tmp_path: Path) -> None:
    starter(tmp_path / "r.db").close()
    begins = {"x.xlsx": b"PK", "x.bib": b"@", "x.ris": b"TY", "x.json": b"[", "x.csv": b"document,", "x": b"document,"}
    for name, start in begins.items():
        trialspan("export", "--store", "r.db", "-o", name, "--id", "barczewska2019", cwd=tmp_path)
        assert (tmp_path / name).read_bytes().startswith(start), name
    trialspan("prisma", "--store", "r.db", "-o", "flow.svg", cwd=tmp_path)
    assert (tmp_path / "flow.svg").read_bytes().startswith(b"<svg")
    trialspan("export", "--store", "r.db", "--format", "csv", "-o", "x.json", cwd=tmp_path)
    assert (tmp_path / "x.json").read_bytes().startswith(b"document,"), "what is asked for outright is given"


def test_a_name_is_the_same_with_a_blank_more(tmp_path: Path) -> None:
    with starter(tmp_path / "r.db") as store:
        for name in ("ann", " ann "):
            done = trialspan("curate", "confirm", "barczewska2019", "1", "--by", name, "--store", "r.db", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        assert {d.curator for d in store.decisions()} == {"ann"}


def test_a_place_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("study,events,total\nA,1,30\nB,2,30\n", encoding="utf-8")
    done = trialspan("pool", "--from", "c.csv", "--metafor", "c.csv", cwd=tmp_path)
    assert done.returncode == 1 and "c.csv: File exists; check the path" in done.stderr


def test_a_program_ends_as_its_command_does(tmp_path: Path) -> None:
    """What most tests here run in this process is the same as a program, to the last byte."""
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    for arguments in (("extract", "a.txt", "--format", "csv"), ("list", "--store", "none.db"), ("extract", "none.txt")):
        one, two = program(*arguments, cwd=tmp_path), trialspan(*arguments, cwd=tmp_path)
        assert (one.returncode, one.stdout, one.stderr) == (two.returncode, two.stdout, two.stderr), arguments
    (tmp_path / "trialspan.toml").write_text("colour = 1", encoding="utf-8")
    one, two = program("list", cwd=tmp_path), trialspan("list", cwd=tmp_path)
    assert (one.returncode, one.stderr) == (two.returncode, two.stderr) and one.returncode == 2


def test_words_that_a_stream_has_no_letters_for(tmp_path: Path) -> None:
    """A table has lines that ASCII lacks; a file gets UTF-8, whatever the locale."""
    command = [sys.executable, "-m", "extractor", "fields"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    assert done.returncode == 0 and b"\\u2500" in done.stdout and not done.stderr


def test_failures_name_the_cause(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("this is no database, but long enough to look like one " * 50, encoding="utf-8")
    done = trialspan("list", "--store", "notes.db", cwd=tmp_path)
    assert done.returncode == 1 and "notes.db" in done.stderr and "Traceback" not in done.stderr
    done = trialspan("list", "--store", "missing.db", cwd=tmp_path)
    assert done.returncode == 1 and "missing.db" in done.stderr
    (tmp_path / "trialspan.toml").write_text("colour = 1", encoding="utf-8")
    done = trialspan("list", cwd=tmp_path)
    assert done.returncode == 2 and "colour" in done.stderr and "store" in done.stderr


def test_an_empty_file_is_not_made_a_store_by_reading_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"")
    done = trialspan("list", "--store", "notes.txt", cwd=tmp_path)
    assert done.returncode == 1 and "store notes.txt is an empty file" in done.stderr
    assert (tmp_path / "notes.txt").read_bytes() == b""


def test_standard_input(tmp_path: Path) -> None:
    done = trialspan("extract", "-", "--format", "json", cwd=tmp_path, stdin=GOOD.encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["document"]["parts"] == {"abstract": GOOD}


def test_formats(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    table = trialspan("extract", "a.txt", cwd=tmp_path)
    assert "amyotrophic lateral sclerosis" in table.stdout and "not reported" in table.stdout
    assert max(map(len, table.stdout.splitlines())) <= 100
    facts = trialspan("extract", "a.txt", "--format", "csv", cwd=tmp_path)
    assert (
        facts.stdout.splitlines()[0] == "document,field,value,quote,part,start,end,confidence,method,primary,arm,flags"
    )
    trialspan("extract", "a.txt", "--store", "r.db", cwd=tmp_path)
    for form in ("xlsx", "docx", "md", "csv", "jsonl"):
        done = trialspan("export", "--store", "r.db", "--format", form, "-o", f"x.{form}", cwd=tmp_path)
        assert done.returncode == 0 and (tmp_path / f"x.{form}").stat().st_size > 0
    shown = trialspan("show", "a", "--store", "r.db", cwd=tmp_path)
    assert "amyotrophic lateral sclerosis" in shown.stdout
    assert trialspan("show", "b", "--store", "r.db", cwd=tmp_path).returncode == 1


def test_the_same_files_twice_are_counted_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    for _ in range(2):
        trialspan("extract", "a.txt", "--store", "r.db", "--format", "jsonl", cwd=tmp_path)
    counts = json.loads(trialspan("prisma", "--store", "r.db", "--format", "json", cwd=tmp_path).stdout)
    assert (counts["other_results"], counts["duplicates"], counts["records_screened"]) == (1, 0, 1)


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path, form: str) -> None:
    """``trialspan extract ... | head -1``: 141, as a shell reports SIGPIPE, and no word of it."""
    command = [sys.executable, "-m", "extractor", "extract", str(CORPUS), "--format", form]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, stdout=-1, stderr=-1, env=environment) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.read(1)
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [("fields",), ("extract", "a.txt", "--format", "jsonl"), ("ask", "--list")])
def test_no_space_for_the_output(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "extractor", *arguments], cwd=tmp_path, stdout=full, stderr=-1, env=environment
        )
    assert done.returncode == 1
    assert b"no space is left" in done.stderr and b"Traceback" not in done.stderr and b"internal" not in done.stderr


def test_no_text_steers_the_terminal(tmp_path: Path) -> None:
    row = {
        "id": "x\x1b[31m",
        "title": "Cells \x1b]0;title\x07",
        "text": f"{GOOD} \x9b2J No \x1b[1mserious adverse events.",
    }
    file, store = tmp_path / "a.jsonl", str(tmp_path / "r.db")
    file.write_text(json.dumps(row), encoding="utf-8")
    for arguments in (
        *(("extract", str(file), "--format", form) for form in ("table", "json", "jsonl")),
        ("list",),
        ("show", "x\x1b[31m"),
        ("show", "x\x1b[31m", "--format", "json"),
        ("curate", "confirm", "x\x1b[31m", "0", "--by", "ann"),
        ("curate", "list"),
        ("ask", "changed-since", "2000-01-01"),
    ):
        done = CliRunner().invoke(app, [*arguments, "--store", store])
        assert done.exit_code == 0 and not set("\x1b\x07\x9b") & set(done.output), arguments
    assert "\\x1b" in done.output


def test_tables_fit_the_width(tmp_path: Path) -> None:
    starter(tmp_path / "r.db").close()
    for width in ("70", "80", "120"):
        for arguments in (
            ("list",),
            ("trial",),
            ("link",),
            ("show", "glass2012"),
            ("trial", "glass2012"),
            ("compare", "nam2023", "oh2018", "riley2014"),
            ("prisma",),
            ("ask", "given"),
        ):
            asked = [*arguments, "--store", str(tmp_path / "r.db")]
            found = CliRunner().invoke(app, asked, env={"COLUMNS": width})
            rows = [line for line in found.output.splitlines() if not SENTENCE.search(line)]
            assert len(rows) > 3 and max(map(len, rows)) <= int(width), (arguments, width, max(rows, key=len))


def test_output_onto_a_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    done = trialspan("extract", "a.txt", "--format", "csv", "-o", ".", cwd=tmp_path)
    assert done.returncode == 2 and "folder" in done.stderr


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """Nor is a device: as root, a renamed file would take its place."""
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reading = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reading.start()
    done = trialspan("extract", "a.txt", "--format", "jsonl", "-o", "pipe", cwd=tmp_path)
    reading.join(10)
    assert done.returncode == 0 and pipe.is_fifo()
    assert json.loads(got[0])["document"]["id"] == "a"
