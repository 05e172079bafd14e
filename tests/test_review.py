"""What a review looks up at once is what the graph says, and the matrix keeps every kind of nothing apart."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from extractor.graph import Review, ask, matrix, nodes
from extractor.graph.counts import counted
from extractor.graph.memory import growing, uncollected
from extractor.graph.studies import Choice, fits
from extractor.link.linker import link
from extractor.model import Record
from extractor.store import Store
from tests.registry_store import paper, registry_record
from tests.trial_store import controlled, event, made, starter


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """The starter corpus, registry records with results, a controlled trial, and trials that speak of a tumour or of nothing."""
    with starter(tmp_path_factory.mktemp("review") / "review.db") as store:
        plain = [("report_kind", {"name": "single-trial"}, None), ("participants", {"n": 12, "kind": "treated"}, None)]
        for record in (registry_record(1), paper(1), registry_record(2), controlled("alpha", (2, 20), (1, 20))):
            store.add(record)
        store.add(made("seen", "A trial", [*plain, ("adverse_event", event("tumor", 2), None)]))
        store.add(made("unseen", "A trial", [*plain, ("adverse_event", event("tumor", 0), None)]))
        store.add(made("silent", "A trial", plain))
        link(store)
        yield Review(store)


# ---------------------------------------------------------------- indexes


@pytest.mark.parametrize("condition", ["", "amyotrophic", "STROKE", "nothing of the kind"])
@pytest.mark.parametrize(("cells", "route"), [("", ""), ("mesenchymal", ""), ("", "intrathecal"), ("mono", "muscular")])
def test_trials_that_fit(review: Review, condition: str, cells: str, route: str) -> None:
    choice = Choice("any", condition, cells, route)
    wanted = [id for id, trial in review.trials() if trial["of_people"] and fits(trial, choice)]
    assert [id for id, _ in review.fitting(condition, cells, route)] == wanted
    planned = {id for id, _ in review.fitting(condition, cells, route, planned=True)} - set(wanted)
    assert all(any(review.node(r)["planned"] for r in review.node(id)["reports"]) for id in planned)


def test_observations_by_trial(review: Review) -> None:
    """The index holds each observation of each event once, in the order of their ids."""
    total = 0
    for id in review.of(nodes.EVENT):
        found = review.observations(id)
        by_trial = review.by_trial(id)
        assert [o | {"id": o["id"]} for o in found if o["trial"] in by_trial] == found
        for trial, own in by_trial.items():
            assert [{k: v for k, v in o.items() if k != "id"} for o in found if o["trial"] == trial] == list(own)
        total += sum(map(len, by_trial.values()))
    assert total == len(review.of(nodes.OBSERVATION)) > 40


def test_counts_are_those_of_each_trial(review: Review) -> None:
    checked = 0
    for id in review.of(nodes.EVENT):
        for trial, own in review.by_trial(id).items():
            assert review.counts(id)[trial] == counted(review.node(trial), review.node, own)
            checked += bool(review.counts(id)[trial].rows)
    assert checked > 10


def test_what_is_not_there_is_empty(review: Review) -> None:
    assert review.by_trial("trialspan.event:unheard_of") == {} == review.counts("trialspan.event:unheard_of")
    assert review.observations("trialspan.event:unheard_of") == []


def test_answers_share_no_row_that_the_next_one_changes(review: Review) -> None:
    first = ask(review, "given", cells="", route="").to_dict()
    first["rows"][0]["trial"] = "changed by a caller"
    assert ask(review, "given", cells="", route="").rows[0]["trial"] != "changed by a caller"


# ---------------------------------------------------------------- the matrix


@pytest.mark.parametrize("serious", [False, True])
def test_every_trial_is_in_one_state(review: Review, serious: bool) -> None:
    """States add up to the trials of people; those that say something are named, with the same cell as one by one."""
    answer = ask(review, "never-reported", everything=True, serious=serious)
    chosen = dict(review.fitting())
    assert len(answer.rows) > 5
    for row in answer.rows:
        assert sum(row[state] for state in matrix.ORDER) == len(chosen)
        assert len(row["trials"]) == len(chosen) - row["not_mentioned"]
        for id, trial in chosen.items():
            observed = review.by_trial(row["id"]).get(id, ())
            cell = matrix.cell(review, trial, observed, review.denials.get(id, ()), serious=serious)
            said = row["trials"].get(trial["name"])
            if said is None:
                assert cell["state"] == "not_mentioned"
            else:
                assert said == {k: v for k, v in cell.items() if k != "evidence"}


def test_kinds_of_nothing(review: Review) -> None:
    (tumour,) = [r for r in ask(review, "never-reported", everything=True).rows if r["event"] == "neoplasm"]
    states = {name: said["state"] for name, said in tumour["trials"].items()}
    assert (states["seen"], states["unseen"], states["NCT07000001"]) == ("events", "reported_zero", "below_threshold")
    assert "silent" not in states and "alpha" not in states and states["gotkine2023"] == "denied"
    (serious,) = [
        r for r in ask(review, "never-reported", everything=True, serious=True).rows if r["id"] == tumour["id"]
    ]
    assert serious["trials"]["NCT07000001"]["state"] == "inferred_complete_table"


def test_one_that_happened_is_not_among_those_never_reported(review: Review) -> None:
    names = {r["event"] for r in ask(review, "never-reported").rows}
    assert "neoplasm" not in names and names
    elsewhere = {r["event"] for r in ask(review, "never-reported", condition="amyotrophic").rows}
    assert "neoplasm" in elsewhere  # it was seen in a trial of another condition


# ---------------------------------------------------------------- the store behind it


def test_data_and_presence(store_url: str) -> None:
    with Store.open(store_url) as store:
        record = registry_record(1)
        store.add(record)
        store.add(paper(1))
        store.add(Record(replace(paper(2).document, deleted=True)))
        assert store.data(["clinicaltrials:NCT07000001", "paper1", "nobody"]) == {
            record.document.id: record.document.data
        }
        assert [store.has(id) for id in ("paper1", "paper2", "nobody")] == [True, False, False]


@pytest.mark.parametrize("resting", [growing, uncollected])
def test_the_collector_rests_and_wakes(resting: Callable[[], AbstractContextManager[None]]) -> None:
    assert gc.isenabled()
    with resting():
        with resting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() and not gc.get_freeze_count()
    with pytest.raises(ValueError, match="stop"), resting():
        raise ValueError("stop")
    assert gc.isenabled()
