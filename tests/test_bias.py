"""Risk of bias: judgements appended and never lost, legal words, agreement, robvis's columns, and what question 20 makes of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from extractor.bias import TOOLS, Agreed, bring, high_risk, named, of_store, read, robvis
from extractor.commands import app
from extractor.errors import BiasError, StoreError
from extractor.graph import Review, ask
from extractor.store import Store
from extractor.store.judgements import Judgement, JudgementStore
from extractor.store.links import LinkStore
from tests.trial_store import event, made

LONG = "study,tool,domain,judgement,why\na,rob2,D1,low,concealed\na,RoB 2,overall,HIGH,\nb,rob2,D1,Some concerns,\n"
WIDE = "Study,D1,D2,D3,D4,D5,Overall\na,Low,Low,Some concerns,Low,,High\nb,High,Low,Low,Low,Low,High\n"


def trial(id: str, events: int = 1) -> object:
    return made(
        id,
        f"Trial {id}",
        [
            ("report_kind", {"name": "single-trial"}, None),
            ("participants", {"n": 20, "kind": "treated"}, None),
            ("adverse_event", event("serious adverse events", events, 20), None),
        ],
    )


def table(folder: Path, text: str) -> Path:
    path = folder / "judgements.csv"
    path.write_text(text, encoding="utf-8")
    return path


def judge(study: str, domain: str, word: str, who: str, *, consensus: bool = False, tool: str = "rob2") -> Judgement:
    return Judgement(tool, study, domain, word, None, who, consensus)


def filled(url: str) -> Store:
    store = Store.open(url, create=True)
    for name in "abc":
        store.add(trial(name))  # type: ignore[arg-type]
    return store


# --- tables ----------------------------------------------------------------------------------------------------------


def test_a_table_of_one_row_a_judgement(tmp_path: Path) -> None:
    found = read(table(tmp_path, LONG), curator="ann")
    assert [(j.tool, j.study, j.domain, j.judgement, j.why) for j in found] == [
        ("rob2", "a", "D1", "Low", "concealed"), ("rob2", "a", "Overall", "High", None), ("rob2", "b", "D1", "Some concerns", None),
    ]  # fmt: skip
    assert {j.curator for j in found} == {"ann"} and not any(j.is_consensus for j in found)


def test_a_table_as_robvis_has_it(tmp_path: Path) -> None:
    found = read(table(tmp_path, WIDE), curator="ann", tool="rob2", consensus=True)
    assert len(found) == 11 and all(j.is_consensus for j in found)  # an empty cell is no judgement
    own = read(table(tmp_path, "Study,Blinding,Overall,Weight\na,Unclear,Low,3\n"), curator="ann", tool="generic")
    assert [(j.domain, j.judgement) for j in own] == [("Blinding", "Unclear"), ("Overall", "Low")]


@pytest.mark.parametrize(
    ("text", "tool", "said"),
    [
        ("a,b\n1,2\n", "rob2", "no column 'study'; legal: study, domain, judgement"),
        ("study,domain,judgement\na,D1,Low\na,D9,Low\n", "rob2", "line 3: rob2 has no domain 'D9'; legal: D1, D2, D3, D4, D5, Overall"),
        ("study,domain,judgement\na,D1,Serious\n", "rob2", "line 2: rob2, D1: 'Serious' is no judgement; legal: Low, Some concerns, High"),
        ("study,domain,judgement\na,D1,Some concerns\n", "robins-i", "legal: Low, Moderate, Serious, Critical, No information"),
        ("study,domain,judgement\na,Q1,Low\n", "jbi-case-series", "legal: Yes, No, Unclear, Not applicable"),
        ("study,domain,judgement\na,D1,Low\n", "rob3", "no tool 'rob3'; legal: rob2, robins-i, jbi-case-series"),
        ("study,domain,judgement\na,D1,Low\n", "", "no tool: name it with --tool"),
        ("study,domain,judgement\n,D1,Low\n", "rob2", "no study"),
        ("study,domain,judgement\na,D1\n", "rob2", "2 cells under 3 headings"),
        ("study,D1,d1\na,Low,High\n", "rob2", "two columns have one name"),
    ],
)  # fmt: skip
def test_what_is_not_legal_is_named_with_its_line(tmp_path: Path, text: str, tool: str, said: str) -> None:
    with pytest.raises(BiasError) as error:
        read(table(tmp_path, text), curator="ann", tool=tool)
    assert said in str(error.value)


def test_a_table_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"study\xff\n")
    for name, why in (("x.csv", "not UTF-8 at byte 5"), ("missing.csv", "cannot be read: No such file")):
        path = tmp_path / name
        with pytest.raises(BiasError, match=why):
            read(path, curator="ann")


def test_every_tool_has_legal_words_that_robvis_knows() -> None:
    for tool in TOOLS.values():
        shown = {tool.shown.get(word, word) for word in (*tool.words, *tool.overall)}
        assert tool.robvis in ("ROB2", "ROBINS-I", "Generic") and shown <= set(TOOLS["generic"].words)
        assert named(tool.name.upper()) is tool
    assert (len(TOOLS["rob2"].domains), len(TOOLS["robins-i"].domains)) == (5, 7)


# --- the store -------------------------------------------------------------------------------------------------------


def test_judgements_are_appended_and_the_latest_of_a_person_stands(store_url: str) -> None:
    with filled(store_url) as store:
        kept = JudgementStore(store)
        assert bring(store, [judge("a", "D1", "Low", "ann"), judge("a", "D1", "High", "ben")]) == (2, 0)
        assert bring(store, [judge("a", "D1", "Low", "ann")]) == (0, 1)
        assert bring(store, [judge("a", "D1", "Some concerns", "ann")]) == (1, 0)
        assert [(j.curator, j.judgement) for j in kept.judgements()] == [
            ("ann", "Low"),
            ("ben", "High"),
            ("ann", "Some concerns"),
        ]
        assert {(j.curator, j.judgement) for j in kept.standing()} == {("ann", "Some concerns"), ("ben", "High")}
        assert all(j.decided_at for j in kept.judgements())
        rows = store.select("SELECT curator, judgement FROM risk_of_bias ORDER BY curator")[1]
        assert rows == [("ann", "Some concerns"), ("ben", "High")]


def test_disagreement_stays_until_there_is_a_consensus(store_url: str) -> None:
    with filled(store_url) as store:
        bring(store, [judge("a", "D1", "Low", "ann"), judge("a", "D1", "High", "ben"), judge("a", "D2", "Low", "ann")])
        assert of_store(store) == [
            Agreed("rob2", "a", "D1", None, False, {"ann": "Low", "ben": "High"}),
            Agreed("rob2", "a", "D2", "Low", False, {"ann": "Low"}),
        ]
        bring(store, [judge("a", "D1", "Some concerns", "ann", consensus=True)])
        assert of_store(store)[0] == Agreed("rob2", "a", "D1", "Some concerns", True, {"ann": "Low", "ben": "High"})
        bring(store, [judge("a", "D1", "High", "ben", consensus=True)])  # a later consensus, by whomever it is entered
        assert of_store(store)[0].judgement == "High"
        standing = store.select("SELECT judgement FROM risk_of_bias WHERE is_consensus")[1]
        assert standing == [("High",)]


def test_reports_of_one_trial_are_judged_together(store_url: str) -> None:
    with filled(store_url) as store:
        LinkStore(store).put_trials({"a": "NCT1", "b": "NCT1"})
        bring(
            store, [judge("a", "D1", "Low", "ann"), judge("NCT1", "D1", "High", "ben"), judge("b", "D1", "High", "ann")]
        )
        assert [(a.study, a.judgement) for a in of_store(store)] == [
            ("NCT1", "High")
        ]  # ann's latest word agrees with ben's


def test_what_is_refused_leaves_nothing(store_url: str) -> None:
    with filled(store_url) as store:
        with pytest.raises(BiasError, match="no trial or report nobody"):
            bring(store, [judge("a", "D1", "Low", "ann"), judge("nobody", "D1", "Low", "ann")])
        with pytest.raises(BiasError, match="a, rob2 D1 stands twice in the table: Low and High"):
            bring(store, [judge("a", "D1", "Low", "ann"), judge("a", "D1", "High", "ann")])
        with pytest.raises(StoreError, match="name of the person"):
            bring(store, [judge("a", "D1", "Low", "")])
        assert JudgementStore(store).judgements() == []


# --- robvis ----------------------------------------------------------------------------------------------------------


def agreed_on(study: str, tool: str, **words: str) -> list[Agreed]:
    return [Agreed(tool, study, domain, word, False, {"ann": word}) for domain, word in words.items()]


def test_robvis_has_its_columns() -> None:
    full = dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), "Low")
    found = [
        *agreed_on("b", "rob2", **full, Overall="Low"),
        *agreed_on("a", "rob2", **full, Overall="High"),
        *agreed_on("a", "generic", D1="Low"),
    ]
    text, missing = robvis.table(found, TOOLS["rob2"])
    assert (
        text == "Study,D1,D2,D3,D4,D5,Overall\na,Low,Low,Low,Low,Low,High\nb,Low,Low,Low,Low,Low,Low\n" and not missing
    )
    weighted, _ = robvis.table(found, TOOLS["rob2"], weight=True)
    assert weighted.splitlines()[0].endswith("Overall,Weight") and weighted.splitlines()[1].endswith("High,1")


def test_robvis_of_other_tools() -> None:
    text, missing = robvis.table(agreed_on("a", "robins-i", D1="Serious", Overall="Serious"), TOOLS["robins-i"])
    assert text.splitlines() == ["Study,D1,D2,D3,D4,D5,D6,D7,Overall", "a,Serious,,,,,,,Serious"]
    assert missing == [f"a D{i}" for i in range(2, 8)]
    text, _ = robvis.table(
        agreed_on("a", "jbi-case-series", Q1="Yes", Q2="No", Q3="Not applicable"), TOOLS["jbi-case-series"]
    )
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["Q1"], row["Q2"], row["Q3"], row["Q4"]) == (
        "Low",
        "High",
        "Not applicable",
        "",
    ) and "Overall" not in row
    text, _ = robvis.table(agreed_on("a, b", "generic", Blinding="Unclear", Overall="Low"), TOOLS["generic"])
    assert text.splitlines() == ["Study,Blinding,Overall", '"a, b",Unclear,Low']


def test_robvis_is_refused_while_people_disagree() -> None:
    found = [Agreed("rob2", "a", "D2", None, False, {"ann": "Low", "ben": "High"})]
    with pytest.raises(BiasError, match=r"1 judgements are not agreed on: a D2 \(ann: Low, ben: High\).*--consensus"):
        robvis.table(found, TOOLS["rob2"])
    with pytest.raises(BiasError, match="no judgement with robins-i"):
        robvis.table(found, TOOLS["robins-i"])


# --- question 20 -----------------------------------------------------------------------------------------------------


def test_high_is_what_one_tool_calls_high() -> None:
    found = [
        *agreed_on("a", "rob2", D1="High", Overall="Low"), *agreed_on("b", "robins-i", Overall="Critical"),
        *agreed_on("c", "jbi-case-series", Overall="Moderate"), Agreed("rob2", "d", "Overall", None, False, {"x": "Low", "y": "High"}),
    ]  # fmt: skip
    high, disagreed, judged = high_risk(found)
    assert (high, [a.study for a in disagreed], judged) == ({"b"}, ["d"], {"a", "b", "c", "d"})


def test_question_20_pools_without_high_risk_of_bias(store_url: str) -> None:
    with filled(store_url) as store:
        before = ask(Review(store), "sensitivity")
        assert any("no overall judgement in the store" in note for note in before.notes)
        assert "without high risk of bias" not in {row["variant"] for row in before.rows}
        bring(
            store,
            [
                judge("a", "Overall", "High", "ann"),
                judge("b", "Overall", "Low", "ann"),
                judge("b", "Overall", "High", "ben"),
            ],
        )
        after = ask(Review(store), "sensitivity")
        rows = {row["variant"]: row for row in after.rows}
        assert (rows["as pooled"]["k"], rows["without high risk of bias"]["k"]) == (3, 2)
        assert "a" not in rows["without high risk of bias"]["studies"]
        said = " ".join(after.notes)
        assert "2 trials have an overall judgement, 1 of them high; 1 are not judged" in said
        assert "not agreed on, and kept: b Overall (ann: Low, ben: High)" in said


# --- command line ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["bias", *arguments])


def test_bias_on_the_command_line(tmp_path: Path) -> None:
    path = str(tmp_path / "review.db")
    filled(path).close()
    judgements = str(table(tmp_path, WIDE))
    one = run("import", judgements, "--by", "ann", "--tool", "rob2", "--store", path)
    assert one.exit_code == 0 and one.output == "11 judgements added, 0 stood already\n"
    assert (
        "0 judgements added, 11 stood"
        in run("import", judgements, "--by", "ann", "--tool", "rob2", "--store", path).output
    )
    out = tmp_path / "rob2.csv"
    done = run("export", "--tool", "rob2", "-o", str(out), "--store", path)
    assert done.exit_code == 0 and "left empty: a D5" in done.output
    assert out.read_text(encoding="utf-8") == WIDE
    (tmp_path / "ben.csv").write_text("study,domain,judgement,why\na,D1,High,no concealment\n", encoding="utf-8")
    assert run("import", str(tmp_path / "ben.csv"), "--by", "ben", "--tool", "rob2", "--store", path).exit_code == 0
    refused = run("export", "--tool", "rob2", "--store", path)
    assert refused.exit_code == 2 and "a D1 (ann: Low, ben: High)" in refused.output
    listed = run("list", "--store", path)
    assert "not agreed on: 1" in listed.output
    data = json.loads(run("list", "--format", "json", "--tool", "rob2", "--store", path).output)
    assert data["stands"][0]["said"] == {"ann": "Low", "ben": "High"} and data["history"][-1]["why"] == "no concealment"
    assert {t["name"] for t in json.loads(run("tools", "--format", "json").output)} == set(TOOLS)
    assert "D5 selection of the reported result" in run("tools").output


def test_bias_called_wrongly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(tmp_path / "review.db")
    filled(path).close()
    nobody = run("import", str(table(tmp_path, WIDE)), "--tool", "rob2", "--store", path)
    assert nobody.exit_code == 2 and "--by NAME" in nobody.output
    for arguments in (
        ("list", "--tool", "x"),
        ("export", "--tool", "x"),
        ("import", "judgements.csv", "--by", "ann", "--tool", "x"),
    ):
        result = run(*arguments, "--store", path)
        assert result.exit_code == 2 and "legal: rob2, robins-i" in result.output
