"""What is one report and what is two; nothing is lost, and the order in which files come does not matter."""

from __future__ import annotations

import io
import json
import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, select, update
from sqlalchemy import text as sql

from extractor.errors import StoreError
from extractor.identity import assembled, copy_of, family, folded_title, grouped, same, titles_agree
from extractor.model import Document, Evidence, Fact, Ids, Record
from extractor.sources.pubmed import read as read_pubmed
from extractor.store import Store
from extractor.store import database as database_module
from extractor.store.damage import examine
from extractor.store.history import copies_of, put_in_force
from extractor.store.judgements import JudgementStore
from extractor.store.links import LinkStore
from extractor.store.migrations import MIGRATIONS, PLACES_APART, migrate
from extractor.store.review import ReviewStore
from extractor.store.screening import ScreeningStore
from extractor.store.tables import DOCUMENTS as ROWS
from extractor.store.tables import METADATA
from tests.conftest import ROOT

LONG = "Intravitreal pericytes for a rare disease of the retina: an open-label trial"
OTHER = "Pericytes by mouth in a disease of the gut"
TEXT = "Nine people were given pericytes. Itching occurred in two."


def copy(id: str, source: str = "ris", title: str = LONG, text: str = TEXT, **more: object) -> Document:
    parts = ({"title": title} if title else {}) | {"abstract": text}
    return Document(id, source, parts, **more)  # type: ignore[arg-type]


def test_titles() -> None:
    assert folded_title("RETRACTED: Cells, 10^6 [Article in French].") == folded_title("Cells 10 6")
    assert titles_agree(folded_title(LONG), folded_title(LONG.partition(":")[0]))
    assert not titles_agree("pericytes in the eye part i", "pericytes in the eye part ii")
    assert not titles_agree("", "") and not titles_agree("reply", "reply to others")
    assert [family(n) for n in ("de la Cruz ML", "Wolf, Eva", "Eva Wolf")] == ["de la cruz", "wolf", "wolf"]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (copy("a", ids=Ids(pmid="11")), copy("b", "csv", "", "", ids=Ids(pmid="11")), True),
        (copy("a", ids=Ids(pmid="11")), copy("b", "csv", ids=Ids(pmid="12")), False),
        (copy("a", ids=Ids(doi="10.1/S1")), copy("b", "csv", ids=Ids(doi="10.1/s1")), True),
        (copy("a", ids=Ids(doi="10.1/S1")), copy("b", title=OTHER, ids=Ids(doi="10.1/s1")), False),
        (copy("a", ids=Ids(pmid="11", doi="10.1/x")), copy("b", ids=Ids(pmid="11", doi="10.1/y")), True),
        (
            copy("a", year=2020, authors=("Lind, A.",), ids=Ids(doi="10.1/s1")),
            copy("b", title="[Perizyten].", year=2020, authors=("Lind A",), ids=Ids(doi="10.1/s1")),
            True,
        ),
        (copy("7"), copy("7", title=OTHER), False),
        (copy("7"), copy("7", text="Nine people."), True),
        (copy("x:1", named=False), copy("y:4", named=False), True),
        (copy("x:1", named=False), copy("y:1", named=False, text="Ten."), False),
        (copy("clinicaltrials:NCT01111111", "clinicaltrials"), copy("a", ids=Ids(nct=("NCT01111111",))), False),
    ],
)
def test_one_report_or_two(one: Document, other: Document, is_same: bool) -> None:
    a, b = (copy_of(d, d.id + d.text, [d.id] if d.named else []) for d in (one, other))
    assert same(a, b) is same(b, a) is is_same
    assert len(grouped([a, b])) == (1 if is_same else 2)


def record(document: Document) -> Record:
    quote = document.parts["abstract"][:4]
    facts = (Fact("participants", {"n": 9}, (Evidence("abstract", quote, 0, len(quote)),), "rule:x"),) if quote else ()
    return Record(document, facts, (), ("sex",))


def put(store: Store, *documents: Document) -> None:
    for document in documents:
        store.put(record(document))


def state(store: Store) -> object:
    """Everything that does not say when or in which order something came."""
    found = []
    for one in store.records(deleted=True):
        id, kept = copies_of(store, one.document.id)
        copies = sorted((k.source, k.names, k.title or "", k.year or 0, k.characters, k.in_force) for k in kept)
        found.append((one.to_dict(), id, copies))
    return found


DOCUMENTS = st.builds(
    lambda id, named, source, title, text, pmid, doi, year, author, retracted, journal: Document(
        id,
        source,
        ({"title": title} if title else {}) | {"abstract": text},
        Ids(pmid, doi),
        year=year,
        journal=journal,
        authors=(author,) if author else (),
        retracted=retracted,
        named=named,
    ),
    st.sampled_from(["1", "2", "a"]),
    st.booleans(),
    st.sampled_from(["pubmed", "ris", "csv"]),
    st.sampled_from([LONG, LONG.partition(":")[0], OTHER, ""]),
    st.sampled_from([TEXT, TEXT + " More.", ""]),
    st.sampled_from([None, None, "1", "2"]),
    st.sampled_from([None, None, "10.1/a", "10.1/b"]),
    st.sampled_from([None, 2019, 2020]),
    st.sampled_from(["", "Alpha, A.", "Beta, B."]),
    st.booleans(),
    st.sampled_from([None, "J Cells", "Journal of Cells"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(DOCUMENTS, min_size=2, max_size=7), chance=st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], chance: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("order")
    found = []
    for name in ("one", "two"):
        with Store.open(folder / name) as store:
            put(store, *documents)
            found.append(state(store))
        documents = [*documents, documents[0]]
        chance.shuffle(documents)
    assert found[0] == found[1]


def test_nothing_is_lost_where_names_and_numbers_say_nothing(store_url: str) -> None:
    """A running number, an id column, one DOI for a supplement: all are there, each with its own id."""
    with Store.open(store_url) as store:
        put(store, copy("export:1", named=False), copy("export:1", title=OTHER, named=False))
        put(store, copy("1", "csv", "First"), copy("1", "csv", "Second"))
        put(store, *(copy(f"s:{n}", title=f"Abstract {n}", ids=Ids(doi="10.1/whole"), named=False) for n in range(3)))
        assert len({r.document.id for r in store.records()}) == 7
        with pytest.raises(StoreError, match="means 2 reports"):
            store.record("1")


def test_a_poorer_copy_takes_nothing_away(store_url: str) -> None:
    rich = copy("pubmed:5", "medline", ids=Ids("5", "10.1/x", nct=("NCT01111111",)), retracted=True, journal="J Cells")
    poor = copy("5", "csv", LONG.partition(":")[0], "", ids=Ids("5", "10.1/X", "PMC9"), year=2019, journal="J. C.")
    for order in ((rich, poor), (poor, rich)):
        with Store.open(
            store_url + ("" if order[0] is rich else "2") if "://" not in store_url else store_url
        ) as store:
            put(store, *order)
            (one,) = store.records()
            assert one.document.text == rich.text and one.facts and one.document.retracted
            assert one.document.ids == Ids("5", "10.1/x", "PMC9", ("NCT01111111",))
            assert (one.document.year, one.document.journal) == (2019, "J Cells")
            assert [k.in_force for k in copies_of(store, "doi:10.1/x")[1]].count(True) == 1
            assert store.select("SELECT title, year FROM current_documents WHERE retracted")[1] == [(LONG, 2019)]


PUBMED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">99000001</PMID><DateRevised><Year>{0}</Year><Month>03</Month><Day>09</Day></DateRevised>
<Article><Journal><JournalIssue><PubDate><Year>{0}</Year></PubDate></JournalIssue><Title>{1}</Title></Journal><ArticleTitle>Pericytes for the retina</ArticleTitle>
<Abstract><AbstractText>{2}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_of_pubmed_the_one_revised_last_counts(store_url: str, newest_first: bool) -> None:
    texts = [
        PUBMED.format(2021, "New name", "Ten people."),
        PUBMED.format(2019, "Old name of it", "Nine people were given pericytes."),
    ]
    versions = [next(iter(read_pubmed(io.BytesIO(text.encode()), "x"))) for text in texts]
    with Store.open(store_url) as store:
        put(store, *(v for v in (versions if newest_first else reversed(versions)) if isinstance(v, Document)))
        (found,) = (r.document for r in store.records())
    assert (found.parts["abstract"], found.journal, found.year) == ("Ten people.", "New name", 2021)


def test_two_reports_prove_to_be_one(store_url: str) -> None:
    """A third copy joins them; what was decided of either is kept, and both names lead to it."""
    first, second = (
        copy("x:1", ids=Ids(pmid="5"), named=False),
        copy("y:1", text=TEXT[:30], ids=Ids(doi="10.1/x"), named=False),
    )
    with Store.open(store_url) as store:
        put(store, first, second)
        target = store.record("doi:10.1/x").facts[0]
        store.decide("doi:10.1/x", "reject", "ann", target=target)
        arrived = store.put(record(copy("z:1", "csv", ids=Ids("5", "10.1/x"), named=False)))
        assert arrived.renamed == {"pubmed:5": "doi:10.1/x"} and arrived.report == "doi:10.1/x"
        assert [r.document.id for r in store.records()] == ["doi:10.1/x"]
        assert store.record("pubmed:5").facts[0].flags == ("rejected",)
        assert [d.document for d in store.decisions("pubmed:5")] == ["doi:10.1/x"]


def test_a_copy_is_put_in_force_by_hand(store_url: str) -> None:
    long, short = copy("a", text=TEXT * 3), copy("a", text="Nine people were treated.")
    with Store.open(store_url) as store:
        put(store, long, short)
        assert store.record("a").document.text == long.text
        put_in_force(store, "a", 2, "ann")
        assert store.record("a").document.text == short.text
        put(store, replace(long, journal="J"))
        assert store.record("a").document.text == short.text and store.record("a").document.journal == "J"


def test_old_stores_give_back_what_they_hid(tmp_path: Path) -> None:
    """Two papers with one id in a store of an earlier program: both are there, each with what was decided on it."""
    path = tmp_path / "old.db"
    engine = database_module.engine_for(str(path))
    with engine.execution_options(writes=True).begin() as conn:
        migrate(conn, "old", steps=MIGRATIONS[:3])
    engine.dispose()
    hidden, shown = copy("export:1"), copy("export:1", title=OTHER, text="Forty were treated.")
    with sqlite3.connect(path) as conn:
        for key, (one, at) in enumerate([(hidden, "2026-01-01"), (shown, "2026-01-03")], 1):
            row = record(one).document.to_dict()
            details = {k: v for k, v in row.items() if k not in ("parts", "sha256", "title")}
            conn.execute(
                "INSERT INTO documents VALUES (?,?,?,?,?,?,NULL,NULL,NULL,NULL,NULL,NULL,0,0,?,?,?,'[]',NULL,NULL,?)",
                (key, one.id, key, key == 2, "ris", one.title, one.sha256, str(key), json.dumps(details), at),
            )
            conn.executemany(
                "INSERT INTO parts VALUES (?,?,?,?)", [(key, n, *pair) for n, pair in enumerate(one.parts.items())]
            )
            fact = record(one).facts[0].to_dict()
            conn.execute("INSERT INTO extractions VALUES (?,?,'old','x',1,NULL,?)", (key, key, at))
            conn.execute(
                "INSERT INTO facts VALUES (?,0,'participants',?,'rule:x',1.0,1,NULL,'[]',NULL,NULL)",
                (key, json.dumps(fact["value"])),
            )
            where = fact["evidence"][0]
            conn.execute("INSERT INTO evidence VALUES (?,0,0,'abstract',0,4,NULL,?)", (key, where["quote"]))
        target = json.dumps(record(hidden).facts[0].to_dict())
        conn.execute(
            "INSERT INTO decisions VALUES (1,'export:1','reject','ann',?,NULL,NULL,NULL,'2026-01-04')", (target,)
        )
    conn.close()
    with Store.open(path) as store:
        found = {r.document.title: r for r in store.records()}
        assert set(found) == {LONG, OTHER} and "export:1" not in {r.document.id for r in found.values()}
        assert found[LONG].facts[0].flags == ("rejected",)
        assert found[OTHER].facts[0].flags == () and found[OTHER].facts[0].primary


def filled(url: str, dump: dict[str, dict[str, list[Any]]], known: int) -> None:
    """A store of schema `known` with the rows that an earlier program wrote."""
    engine = database_module.engine_for(url)
    with engine.execution_options(writes=True).begin() as conn:
        migrate(conn, "old", steps=MIGRATIONS[:known])
        for name, table in dump.items():
            columns = {c.name: c for c in METADATA.tables[name].columns}
            flags = [isinstance(columns[n].type, Boolean) for n in table["columns"]]
            into = f"INSERT INTO {name} ({', '.join(table['columns'])}) VALUES ({', '.join(f':{n}' for n in table['columns'])})"
            for row in table["rows"]:
                values = [bool(v) if flag and v is not None else v for v, flag in zip(row, flags, strict=True)]
                conn.execute(sql(into), dict(zip(table["columns"], values, strict=True)))
            if conn.dialect.name == "postgresql" and dump[name]["columns"][0] == "key":
                conn.execute(sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'key'), max(key)) FROM {name}"))
    engine.dispose()


def test_a_store_that_called_reports_by_their_pmid_calls_them_by_their_doi(store_url: str) -> None:
    """Rows that the last program before wrote: decisions of every kind follow, and every old name still leads there."""
    dump = json.loads((ROOT / "tests" / "stores" / "schema_6.json").read_text("utf-8"))
    filled(store_url, dump, 6)
    with Store.open(store_url) as store:
        assert sorted(r.document.id for r in store.records()) == [
            "doi:10.1000/cells.1", "doi:10.1000/cells.2", "doi:10.1000/cells.5", "own-7",
            "pubmed:31000003", "pubmed:31000004", "pubmed:31000006",
        ]  # fmt: skip
        with store.reading() as conn:
            assert list(examine(conn)) == []
        called = {"pubmed:31000001": "doi:10.1000/cells.1", "pmc:PMC7000005": "doi:10.1000/cells.5"}
        assert store.named(list(called)) == list(called.values()) and all(map(store.has, called))
        assert [(d.document, d.action) for d in store.decisions()] == [
            ("doi:10.1000/cells.1", "reject"), ("pubmed:31000003", "replace"),
        ]  # fmt: skip
        assert {(s.document, s.verdict) for s in ScreeningStore(store).screenings()} == {
            ("doi:10.1000/cells.1", "include"), ("doi:10.1000/cells.5", "exclude"),
        }  # fmt: skip
        assert {j.study for j in JudgementStore(store).judgements()} == {"doi:10.1000/cells.1"}
        assert [(d.a, d.b) for d in LinkStore(store).decisions()] == [
            ("doi:10.1000/cells.1", "doi:10.1000/cells.5"), ("doi:10.1000/cells.1", "doi:10.1000/cells.2"),
        ]  # fmt: skip
        assert [e.document for e in ReviewStore(store).events()] == ["doi:10.1000/cells.1"]
        in_force = [(k.source, k.in_force, k.by) for k in copies_of(store, "pubmed:31000001")[1]]
        assert in_force == [("ris", False, None), ("medline", True, "ann")]
        put(store, copy("pubmed:31000001", "medline", ids=Ids("31000001", "10.1000/cells.1"), text=TEXT))
        assert len(copies_of(store, "doi:10.1000/cells.1")[1]) == 3


def test_an_id_that_a_later_copy_claims_too_is_given_up_in_any_order(tmp_path: Path) -> None:
    """Two reports have a copy of the same words: neither keeps the digest of them as its id, whichever came first."""
    lung, gut, nine = "Pericytes in the lung", "Tablets for the gut", "Nine people were given pericytes."
    papers = [
        copy("2", "csv", lung, year=2019, authors=("Ekman, B.",), named=False),
        copy("export:1", "pubmed", gut, ids=Ids("11"), year=2019, authors=("Lind, A.",)),
        copy("export:1", "csv", "", ids=Ids("12", "10.1000/a"), authors=("Ekman, B.",), named=False),
        copy("2", "medline", lung, nine, ids=Ids("11", "10.1000/a"), year=2020, named=False),
        copy("2", "pubmed", lung, ids=Ids("12"), year=2020),
        copy("export:1", "pubmed", lung, nine, ids=Ids("12", "10.1000/b"), year=2020),
        copy("2", "pubmed", gut, "", year=2019, authors=("Ekman, B.",), named=False),
    ]
    draw, found = random.Random(3), set()
    for number in range(8):
        with Store.open(tmp_path / f"{number}.db") as store:
            put(store, *papers)
            found.add(tuple(sorted(r.document.id for r in store.records())))
        draw.shuffle(papers)
    assert len(found) == 1


def test_the_places_of_one_copy_are_not_those_of_another_ones_text() -> None:
    layout = {"abstract": [[0, 9, 1, 0.1, 0.1, 0.9, 0.2, []]]}
    printed = replace(copy("a", "pdf"), metadata={"layout": layout, "pdf_sha256": "0" * 64, "pages": "1-9"})
    record_ = replace(copy("b", "pubmed"), metadata={"volume": "3"})
    both = assembled([record_, printed], 0, "a")
    assert both.metadata == {"pages": "1-9", "volume": "3"}
    assert assembled([record_, printed], 1, "a").metadata["layout"] == layout


def test_a_store_whose_text_bore_the_places_of_a_pdf_is_written_anew(store_url: str) -> None:
    """As the last program before merged a PDF and a PubMed copy; the PDF itself keeps its places."""
    ids, layout = Ids("41"), {"abstract": [[0, 9, 1, 0.1, 0.1, 0.9, 0.2]]}
    printed = replace(copy("a", "pdf", ids=ids, text="Nine people."), metadata={"layout": layout})
    alone = replace(copy("c", "pdf", OTHER), metadata={"layout": layout})
    with Store.open(store_url) as store:
        put(store, printed, copy("b", "pubmed", ids=ids), alone)
        assert [r.document.source for r in store.records()] == ["pubmed", "pdf"]
        current = (ROWS.c.is_current, ROWS.c.source == "pubmed")
        with store.writing() as conn:
            details = conn.execute(select(ROWS.c.details).where(*current)).scalar_one()
            metadata = details.get("metadata", {}) | {"layout": layout}
            conn.execute(update(ROWS).where(*current).values(details=details | {"metadata": metadata}))
            assert [f.message for f in examine(conn)] == [
                "its bibliographic values or registry data are not those that were put in"
            ]
            conn.execute(sql(f"DELETE FROM schema_version WHERE version >= {PLACES_APART}"))
    with Store.open(store_url) as store, store.reading() as conn:
        assert list(examine(conn)) == []
        assert [r.document.metadata.get("layout") for r in store.records()] == [None, layout]
