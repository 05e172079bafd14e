"""Inputs: files, folders, standard input, gzip; every kind of bad input is named, and the good ones come through."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import zlib
from pathlib import Path

import pytest

from extractor.errors import SettingsError
from extractor.inputs import documents
from extractor.model import Document
from extractor.settings import Settings

ROW = {"id": "a", "title": "Cells", "text": "Ten people were treated."}
EFETCH = (
    b'<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle>'
    b"<Abstract><AbstractText>Ten people.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>%s</PubmedArticleSet>"
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 107))
    + b"]><PubmedArticleSet><PubmedArticle>&j;</PubmedArticle></PubmedArticleSet>"
)


class Failures(list[tuple[str, str, str]]):
    """What was reported: (file, stage, message)."""

    def __call__(self, name: str, stage: str, message: str) -> None:
        self.append((name, stage, message))

    @property
    def messages(self) -> str:
        return "\n".join(message for _, _, message in self)


def taken(
    *paths: Path | str, stdin: bytes | None = None, settings: Settings | None = None
) -> tuple[list[Document], Failures]:
    failures = Failures()
    stream = None if stdin is None else io.BytesIO(stdin)
    return list(documents(paths, settings or Settings(), failures, stdin=stream)), failures


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


BAD = {
    "empty.txt": (b"", "empty"),
    "empty.jsonl": (b"", "empty"),
    "empty.txt.gz": (gzip.compress(b""), "empty"),
    "no_rows.jsonl": (b"\n\n", "no document"),
    "paper.xml": (b"%PDF-1.7\n1 0 obj", "PDF"),
    "sheet.csv": (b"PK\x03\x04\x14\x00", "zip"),
    "random.bin": (bytes(range(256)) * 9, "binary"),
    "noise.txt": (b"Ten people\x00\x00\x00 were treated" * 9, "binary"),
    "cut.txt.gz": (gzip.compress(b"Ten people were treated. " * 4000)[:-30], "truncated gzip"),
    "broken.txt.gz": (gzip.compress(bytes(range(256)) * 500)[:60] + b"\xff" * 900, "gzip"),
    "cut.xml": ((EFETCH % b"<PubmedArticle><MedlineCit").replace(b"</PubmedArticleSet>", b""), "truncated XML"),
    "bomb.xml": (BOMB, "entity"),
    "external.xml": (EFETCH.replace(b"<PubmedArticleSet>", b'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticleSet>', 1) % b"&x;", "entity"),
    "external_parameter.xml": (EFETCH.replace(b"<PubmedArticleSet>", b'<!DOCTYPE PubmedArticleSet [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><PubmedArticleSet>', 1).replace(b"%s", b""), "entity"),
    "strange.xml": (b'<?xml version="1.0"?><recipe><soup/></recipe>', "<recipe>"),
    "unclosed.csv": (b'id,title,text\n1,T,"unclosed quote\n2,T,x\n', "line 2: a quotation mark is not closed"),
    "unknown.csv": (b"foo;bar;baz\n1;2;3\n", "found: foo, bar, baz. Known are id, title, text"),
    "unknown.tsv": (b"foo\tbar\n1\t2\n", "--column text=foo"),
    "one_column.csv": (b"foo\nTen people were treated.\n", "found: foo. Known"),
    "prose.csv": (b"Ten people, all men, were treated.\n", "if the file is no table: --reader text"),
    "table.txt": (b"foo;bar;baz\n1;2;3\n4;5;6\n", "found: foo, bar, baz"),
    "table": (b"foo,bar\n1,2\n3,4\n", "found: foo, bar"),
    "wide.csv": (";".join(f"column{i}" for i in range(400)).encode() + b"\n", "column11, 388 more. Known"),
    "unknown.json": (b'{"foo": 1}', "no key 'text'; found: foo. Known keys are text or abstract (needed), id, title"),
    "unknown.jsonl": (b'{"foo": 1}\n{"foo": 2}\n', "line 2: no key 'text'"),
    "pretty.json": (b'{\n "foo": {"text": 1}\n}', "no key 'text'; found: foo"),
    "string.json": (b'"ten people"', "found str"),
    "prose.json": (b"Ten people were treated.", "not a JSON object"),
    "sent_to_a_terminal.txt": (b"\x1b[2J\x1b[1m\x07\x08" * 9, "36 control characters (such as ESC or BEL)"),
    "deep.json": (b'{"text": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "line 1"),
    "deep.xml": (EFETCH % (b"<a>" * 5000 + b"</a>" * 5000), "XML"),
    "half.utf16.csv": ("id,title,text\n1,a,b\n".encode("utf-16")[:-1], "utf-16"),
    "facts.csv": (b"document,field,value,quote,part,start,end\na,sex,{},x,abstract,0,1\n", "holds no texts"),
    "columns.csv": (b"id,pmid,colour\n1,2,red\n", "found: id, pmid, colour. Known are"),
    "error.xml": (b"<eFetchResult><ERROR>ID list is empty!</ERROR></eFetchResult>", "ID list is empty!"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_its_neighbours_come_through(tmp_path: Path, name: str) -> None:
    data, said = BAD[name]
    bad = written(tmp_path, f"b/{name}", data)
    before, after = written(tmp_path, "a.jsonl", json.dumps(ROW)), written(tmp_path, "c.txt", "Nine people.")
    found, failures = taken(before, bad, after)
    assert [found[0].id, found[-1].id] == ["a", "c"]
    assert {file for file, _, _ in failures} == {str(bad)}
    assert said.lower() in failures.messages.lower()
    assert "Traceback" not in failures.messages


def test_records_before_the_cut_are_kept(tmp_path: Path) -> None:
    found, failures = taken(written(tmp_path, "cut.xml", BAD["cut.xml"][0]))
    assert [d.id for d in found] == ["pubmed:1"]
    assert len(failures) == 1


def test_a_bad_row_in_the_middle(tmp_path: Path) -> None:
    rows = [json.dumps(ROW | {"id": i}) for i in range(5)]
    rows[2] = '{"id": 2, "text": '
    rows[3] = '{"id": 3, "text": ["a list"]}'
    found, failures = taken(written(tmp_path, "rows.jsonl", "\n".join(rows)))
    assert [d.id for d in found] == ["0", "1", "4"]
    assert ["line 3" in failures[0][2], "line 4" in failures[1][2], len(failures)] == [True, True, 2]


def test_one_bad_file_among_a_hundred(tmp_path: Path) -> None:
    for number in range(100):
        written(tmp_path, f"{number:03}.txt", f"{number} people were treated.")
    written(tmp_path, "050a.txt", b"")
    written(tmp_path, ".DS_Store", b"\0\0")
    found, failures = taken(tmp_path)
    assert [d.id for d in found] == [f"{n:03}" for n in range(100)]
    assert [file for file, _, _ in failures] == [str(tmp_path / "050a.txt")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Zürich – 10⁶ 𝛼"),
        ("utf-8-sig", "Zürich – 10⁶ 𝛼"),
        ("utf-16", "Zürich – 10⁶ 𝛼"),
        ("utf-16-le", "Zürich, ten people"),
        ("utf-16-be", "Zürich, ten people"),
        ("utf-32", "Zürich – 10⁶ 𝛼"),
        ("latin-1", "Zürich ±3 × 10"),
        ("cp1252", "Zürich’s – “ten”"),
        ("utf-8", "100âÃ\x97â10(6) mojibake stays"),
        ("utf-8", "line\r\nends\rstay\n"),
    ],
)
@pytest.mark.parametrize("form", ["txt", "jsonl", "csv"])
def test_encodings(tmp_path: Path, encoding: str, text: str, form: str) -> None:
    """Text comes out as it was typed, in any encoding; mojibake is not repaired."""
    shaped = {
        "txt": text,
        "jsonl": json.dumps({"id": "x", "text": text}, ensure_ascii=False),
        "csv": f'id,title,text\nx,,"{text}"\n',
    }[form]
    found, failures = taken(written(tmp_path, f"x.{form}", shaped.encode(encoding)))
    assert failures == []
    assert [(d.id, d.parts["abstract"]) for d in found] == [("x", text)]


def test_gzip_and_standard_input(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.jsonl.gz", gzip.compress(json.dumps(ROW).encode()))
    found, failures = taken(path, "-", stdin=gzip.compress(b"Nine people."))
    assert [(d.id, d.source) for d in found] == [("a", "jsonl"), ("stdin", "text")]
    assert failures == []


def test_standard_input_that_is_not_there() -> None:
    with pytest.raises(SettingsError, match="standard input"):
        taken("-")


def test_rows_without_text_are_documents(tmp_path: Path) -> None:
    rows = written(tmp_path, "r.jsonl", '{"id": "a", "text": ""}\n{"id": "b", "text": null}\n')
    table = written(tmp_path, "t.csv", "id,title,text\nc,,\nd,T,\n")
    found, failures = taken(rows, table)
    assert [(d.id, d.parts["abstract"]) for d in found] == [("a", ""), ("b", ""), ("c", ""), ("d", "")]
    assert failures == []


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    found, failures = taken(tmp_path / "nowhere.txt", tmp_path)
    assert found == []
    assert [stage for _, stage, _ in failures] == ["open", "open"]
    assert "No such file" in failures[0][2]


def test_files_of_one_stem_keep_apart(tmp_path: Path) -> None:
    for name in ("x/page.txt", "x/page.text", "y/page.txt"):
        written(tmp_path, name, "Ten people.")
    found, _ = taken(tmp_path)
    assert len({d.id for d in found}) == 3
    assert found[0].id == "page"


def test_browser_folder_beside_a_page_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, "page.html", "<html><body><h1>Cells for the gut in Zürich</h1><p>Ten people.</p></body></html>")
    written(tmp_path, "page_files/script.js", "var x = 1;")
    found, failures = taken(tmp_path)
    assert ([d.source for d in found], failures) == (["html"], [])


def test_limits(tmp_path: Path) -> None:
    path = written(tmp_path, "long.txt", "Ten people. " * 1000)
    found, failures = taken(path, settings=Settings(max_bytes=10_000))
    assert (found, "max_bytes" in failures.messages) == ([], True)
    found, failures = taken(path, settings=Settings(max_characters=10_000))
    assert (found, "max_characters" in failures.messages) == ([], True)


def test_gzip_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(bytes(1_000_000).replace(b"\0", b" ")) for _ in range(50)) + packer.flush()
    found, failures = taken(written(tmp_path, "bomb.jsonl.gz", data), settings=Settings(max_bytes=20_000_000))
    assert (found, "max_bytes" in failures.messages) == ([], True)


def test_a_200_mb_text_is_refused_and_a_large_file_of_rows_is_not(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as stream:
        stream.truncate(0)
        for _ in range(200):
            stream.write(b"Ten people. " * 87_382)
    found, failures = taken(big)
    assert (found, "split the file" in failures.messages) == ([], True)


def test_reader_named_by_option(tmp_path: Path) -> None:
    path = written(tmp_path, "x.txt", '{"id": "a", "text": "b"}')
    failures = Failures()
    assert [d.id for d in documents([path], Settings(), failures, form="text")] == ["x"]
    with pytest.raises(SettingsError, match="there are: "):
        list(documents([path], Settings(), failures, form="word"))


@pytest.mark.parametrize(
    "text",
    [
        "Ten people, all of them men\nNo deaths, no fever, no pain",
        "Smith, Jones; Miller, Cooper\nTen people; all men",
        "Aims; methods; results. We treated ten people.\nThey lived.",
        "Cells for hearts\tAdd to favourites\nTen people were treated.",
    ],
)
def test_prose_with_delimiters_is_no_table(tmp_path: Path, text: str) -> None:
    found, failures = taken(written(tmp_path, "x.txt", text))
    assert ([d.parts["abstract"] for d in found], failures) == ([text], [])


def test_control_characters_stay_where_they_are(tmp_path: Path) -> None:
    """A quote must be its slice of the text: what a terminal would obey is escaped when printed, never taken out."""
    text = "Ten \x1b[31mpatients\x1b[0m with ALS\x07 were treated."
    rows = written(tmp_path, "b.jsonl", json.dumps({"id": "b", "text": text + "\0"}))
    found, failures = taken(written(tmp_path, "a.txt", text), rows)
    assert ([d.parts["abstract"] for d in found], failures) == ([text, text + "\0"], [])


def test_columns_named_by_option(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", "nr;Zusammenfassung;Überschrift\n7;Ten people.;Cells\n")
    failures = Failures()
    columns = {"id": "nr", "text": "Zusammenfassung", "title": "Überschrift"}
    found = list(documents([path], Settings(), failures, form="csv", columns=columns))
    assert [(d.id, d.parts) for d in found] == [("7", {"title": "Cells", "abstract": "Ten people."})]
    list(documents([path], Settings(), failures, form="csv", columns={"text": "Abstract"}))
    assert "no column 'Abstract' for text; there are: nr, Zusammenfassung, Überschrift" in failures.messages


HOSTILE = {
    "word": "A" + "a" * 20_000,
    "names": "Aa Bb, " * 3_000,
    "capitals": "AB " * 7_000 + "x",
    "colon": "Aa, bb cc " * 2_000 + "x",
    "brackets": "(" * 20_000,
    "angles": "<" * 20_000,
    "tags": "<div>" * 2_000,
    "marks": "<sup>" * 2_000,
    "years": "2019 " * 4_000,
    "lines": "a\n" * 10_000,
    "records": "TY  - \n" * 2_000,
    "entries": "@a{" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Add to saved papers\nTitle of the cells\n\n{}\nFull text links\nSign in\n",
        "<html><body>{}</body></html>",
        "title,abstract\n{}\n",
    ],
)
def test_hostile_text_ends_soon_and_in_order(tmp_path: Path, name: str, around: str) -> None:
    """No pattern runs away and nothing but a report of failure comes out of what no one would write."""
    path = written(tmp_path, "x", around.format(HOSTILE[name]))
    start = time.process_time()
    found, failures = taken(path)
    assert found or failures
    assert time.process_time() - start < 10


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    good = written(tmp_path, "good.txt", "Ten people.")
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(Path, "iterdir", refused)
    found, failures = taken(tmp_path / "closed", good)
    assert [d.id for d in found] == ["good"]
    assert failures == [(str(tmp_path / "closed"), "open", "Permission denied")]


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    r"""JSON may write "\ud800", which no file can hold; offsets stay as they were."""
    path = written(tmp_path, "x.jsonl", r'{"id": "x", "text": "Ten \ud800 people, \ud835\udefc."}')
    (document,), failures = taken(path)
    assert (document.parts["abstract"], failures) == ("Ten \ufffd people, \U0001d6fc.", [])
    assert document.notes == ("half characters replaced",)


def test_what_is_no_file_in_a_folder_is_named_and_nothing_waits(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ten patients were treated.")
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    other = tmp_path.with_name(tmp_path.name + "-other")
    other.mkdir()
    (tmp_path / "linked").symlink_to(other)
    os.mkfifo(tmp_path / "pipe")
    failed: list[tuple[str, str, str]] = []
    read = list(documents([tmp_path], Settings(), lambda *said: failed.append(said)))
    assert [d.text for d in read] == ["Ten patients were treated."]
    assert [Path(name).name for name, *_ in failed] == ["dead", "linked", "pipe"]
    assert [said[2].split(",")[0] for said in failed] == [
        "a link that leads nowhere",
        "a link to a folder",
        "a pipe",
    ]
