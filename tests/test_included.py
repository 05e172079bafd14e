"""Tables as a manuscript has them: chapters, notes, harms by arm and by trial, a workbook that can be worked in."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from extractor.declared import CHAPTERS, declared_fields
from extractor.export import FORMATS, harms
from extractor.export.chapters import included
from extractor.export.doubt import LIKELY, footnote
from extractor.model import Conflict, Document, Evidence, Fact, Ids, Record

TEXT = (
    "Two arms of ten: headache in 2 of 10, fever in 4 administrations, no related adverse events, no nausea, none died."
)
WHOLE = (Evidence("abstract", TEXT, 0, len(TEXT)),)


def fact(field: str, value: dict[str, Any], **more: Any) -> Fact:
    return Fact(field, value, WHOLE, **{"method": f"rule:{field}/x", "confidence": 0.95} | more)


def event(
    term: str, assertion: str = "present", arm: str | None = None, flags: Sequence[str] = (), **value: Any
) -> Fact:
    return fact("adverse_event", {"term": term, "assertion": assertion} | value, arm=arm, flags=tuple(flags))


def trial(*facts: Fact, id: str = "one", silent: Sequence[str] = (), conflicts: Sequence[Conflict] = ()) -> Record:
    document = Document(
        id, "text", {"title": id, "abstract": TEXT}, Ids("123"), 2020, authors=(f"{id.capitalize()} A",)
    )
    return Record(document, facts, tuple(conflicts), tuple(silent))


ARMS = (fact("arm", {"name": "cells", "n": 10}), fact("arm", {"name": "placebo", "n": 12}))


def words_of(record: Record) -> dict[tuple[str, str], list[str]]:
    grid = harms.grids([record])[0]
    return {(row.organ, row.event): [cell.words for cell in row.cells] for row in grid.rows}


# -- characteristics --------------------------------------------------------------------------------------------


def test_every_field_stands_in_a_chapter_by_what_it_declares() -> None:
    assert {one.part for one in declared_fields().values()} <= set(CHAPTERS)
    assert {name: declared_fields()[name].part for name in ("design", "age", "dose", "deaths", "registry_id")} == {
        "design": "Methods", "age": "Participants", "dose": "Interventions", "deaths": "Outcomes", "registry_id": "Notes",
    }  # fmt: skip


def test_a_study_is_one_row_and_silence_has_its_kind() -> None:
    record = trial(
        fact("participants", {"n": 22, "kind": "treated"}),
        fact("dose", {"low": 1e6, "high": 1e6, "unit": "cells", "basis": None, "sd": None}, primary=False),
        silent=("age", "sex", "deaths", "follow_up (not read)"),
        conflicts=(Conflict("blanket", (), "It says both."),),
    )
    (row,), notes = included([record])
    cells = dict(zip(CHAPTERS, ([str(item) for item in cell] for cell in row.cells), strict=True))
    assert (row.study, row.reports, notes) == ("One 2020", ("one",), [])
    assert cells["Participants"] == ["participants: 22 treated", "not reported: sex, age"]
    assert cells["Interventions"] == ["only others' figures: dose"]
    assert cells["Outcomes"] == ["not read: follow-up", "not reported: deaths"]
    assert cells["Notes"] == ["conflict: It says both."]


def test_a_doubtful_value_and_a_persons_value_have_notes() -> None:
    unlikely = fact("deaths", {"n": 1}, confidence=LIKELY - 0.1)
    repaired = fact("dose", {"low": 1e6, "high": 1e6, "unit": "cells"}, flags=("exponent_repaired",))
    mended = fact("participants", {"n": 9, "kind": "treated"}, method="curator:ann", confidence=1.0)
    (row,), notes = included([trial(unlikely, repaired, mended)])
    assert [str(cell[0]) for cell in row.cells[1:4]] == [
        "participants: 9 treated¹",
        "dose: 1,000,000 cells²",
        "deaths: 1³",
    ]
    assert "ann" in notes[0] and "power of ten" in notes[1] and "65 of 100" in notes[2]
    assert footnote(fact("deaths", {"n": 1})) == ""


# -- harms ------------------------------------------------------------------------------------------------------


def test_people_and_events_and_the_size_of_an_arm() -> None:
    found = words_of(
        trial(
            *ARMS,
            event("headache", arm="cells", n=2, denominator=10, grade="3", serious=True, related=True),
            event("headache", arm="placebo", n=3),
            event("fever", arm="cells", n=4, denominator_unit="administrations"),
            event("fever", arm="placebo", percent=12.5),
        )
    )
    assert found["Nervous system disorders", "headache"] == ["2/10 (20 %), grade 3, serious, related", "3/[12] (25 %)"]
    assert found["General disorders and administration site conditions", "fever"] == ["4 administrations", "12.5 %"]
    assert harms.grids([trial(*ARMS, event("fever", arm="cells"))])[0].columns == ("cells (n = 10)",)


def test_zero_denied_limited_and_silent_are_four_things() -> None:
    zero = event("nausea", "absent", n=0, denominator=10)
    denied = event("adverse events", "none_reported")
    limited = event("adverse events", "none_reported", related=True, scope="during infusion")
    concerns = event("safety concerns", "none_reported")
    of = [
        trial(event("headache", n=1), *more, id=name)
        for name, more in {"a": [zero], "b": [denied], "c": [limited], "d": [concerns], "e": []}.items()
    ]
    rows = {row.event: row.cells for row in harms.across(of).rows}
    assert [c.words for c in rows["nausea"]] == [
        "0/10",
        "denied",
        "denied, only related ones, only during infusion",
        "–",
        "–",
    ]
    assert [c.kind for c in rows["nausea"]] == [harms.ZERO, harms.DENIAL, harms.LIMITED, harms.SILENT, harms.SILENT]
    assert rows[harms.ANY][3].words == "none (denied): safety concerns"
    unread = Record(of[4].document, (), (), ("adverse_event (not read)",))
    assert harms.across([of[0], unread]).rows[0].cells[1].words == "not read"


def test_totals_come_first_then_class_by_class() -> None:
    record = trial(
        event("headache"),
        event("myocardial infarction"),
        event("serious adverse events", n=1),
        event("blue nose"),
        fact("deaths", {"n": 0}),
    )
    rows = [(row.organ, row.event) for row in harms.grids([record])[0].rows]
    assert rows == [
        (harms.ALL_EVENTS, harms.SERIOUS), (harms.ALL_EVENTS, "death"), ("Cardiac disorders", "myocardial infarction"),
        ("Nervous system disorders", "headache"), ("Not in a class", "blue nose"),
    ]  # fmt: skip
    assert words_of(record)[harms.ALL_EVENTS, "death"] == ["0"]


# -- the workbook -----------------------------------------------------------------------------------------------


def workbook_of(*records: Record) -> Any:
    out = BytesIO()
    FORMATS["xlsx"].write(records, out)
    return openpyxl.load_workbook(BytesIO(out.getvalue()))


def test_every_sheet_can_be_worked_in_and_printed() -> None:
    book = workbook_of(trial(*ARMS, event("headache", arm="cells", n=1)), trial(id="two", silent=("age",)))
    for page in book:
        assert page.freeze_panes and page.auto_filter.ref and page.print_title_rows == "$1:$1", page.title
        assert page.page_setup.orientation == "landscape" and page.sheet_properties.pageSetUpPr.fitToPage
        assert page["A1"].fill.fgColor.rgb.endswith("1F4E79") and page.row_dimensions[1].height
        assert all(8 <= page.column_dimensions[c.column_letter].width <= 100 for c in page[1])


def test_a_value_leads_to_its_words_and_a_report_to_its_page() -> None:
    book = workbook_of(trial(*ARMS, fact("participants", {"n": 22, "kind": "treated"}), fact("deaths", {"n": 0})))
    wide, sources = book["characteristics"], book["sources"]
    heads = {c.value: c.column for c in wide[1]}
    n = wide.cell(2, heads["n"])
    assert (n.value, wide.cell(2, heads["n: kind"]).value) == (22, "treated")
    row = int(n.hyperlink.location.rpartition("!A")[2])
    assert (sources.cell(row, 2).value, sources.cell(row, 5).value) == ("participants", TEXT)
    assert wide.cell(2, heads["read at"]).hyperlink.target == "https://pubmed.ncbi.nlm.nih.gov/123/"
    numbers = [tuple(c.value for c in row)[:5] for row in book["numbers"].iter_rows(min_row=2)]
    assert ("One 2020", "participants", "n", 22, "treated") in numbers and (
        "One 2020",
        "deaths",
        "n",
        0,
        None,
    ) in numbers


def test_conflicts_and_doubts_colour_their_cells() -> None:
    pair = (fact("deaths", {"n": 0}), fact("deaths", {"n": 1}), fact("age", {"mean": 50}, confidence=0.2))
    book = workbook_of(trial(*pair, conflicts=(Conflict("two", (0, 1), "Both."),)))
    page = book["characteristics"]
    heads = {c.value: c.column for c in page[1]}
    assert (page.cell(2, heads["in conflict"]).value, page.cell(2, heads["doubtful"]).value) == ("deaths;", "age;")
    formulas = [rule.formula[0] for reach in page.conditional_formatting for rule in reach.rules]
    assert sum("SEARCH" in one for one in formulas) == 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_and_prints_the_workbook(tmp_path: Path) -> None:
    file = tmp_path / "w.xlsx"
    with file.open("wb") as stream:
        FORMATS["xlsx"].write([trial(*ARMS, event("headache", arm="cells", n=1))], stream)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    given = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    done = subprocess.run(given, capture_output=True, text=True, timeout=120, check=True)
    pdf = (tmp_path / "w.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and "Error" not in done.stderr
