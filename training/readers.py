"""Fit and score the readers of people and schedules: ``models/trial_sm/readers.json``.

Each reader is a logistic regression with named weights over the candidates that its field finds. Gold documents are
folders of JSON as ``trialspan evaluate`` reads them; a candidate is right where gold names its value, left out where gold
calls the value optional or the document is a part of a text. The tests' own sentences are trained on too, so that short
texts are known. Folds are over documents, the reports of one trial in one
fold (by registry number, else by title). Every figure printed is out of fold; the weights that ship are fitted on all.

    python -m training.readers GOLD... --only follow_up --beside RECORDS.jsonl   # cross-validated, beside what RECORDS say
    python -m training.readers GOLD... --write models/trial_sm                   # fit on all and write the weights
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

from extractor.context.readers import CELLS, DRUG, FILE
from extractor.context.view import View, view
from extractor.declared import field_order
from extractor.evaluate.keys import keys_of_facts, keys_of_gold
from extractor.fields import administrations, age, follow_up, route, route_site
from extractor.model import Document
from extractor.people import arms, own
from extractor.pipeline import as_doc, build
from extractor.product.cells import gives_cells
from extractor.settings import Settings

CASES = Path("tests/cases")
INVENTED = Path("training/invented_cell.jsonl")  # reports that were made up: all fields but adverse events
FOLDS = 5
FEWEST = 3  # documents in which a feature must be
ROUND = 2
NO_TRIAL = frozenset({"review", "meta-analysis", "animal", "in-vitro"})
REVIEWS = frozenset({"review", "meta-analysis"})
Key = Any
Offered = tuple[tuple[Key, ...], tuple[str, ...], str]  # a candidate's keys, its features, the kind of its trial


@dataclass(frozen=True, slots=True)
class Task:
    """How one field is learnt: its candidates with keys as the scorer has them."""

    field: str
    candidates: Callable[[View], Iterable[Offered]]
    strength: float = 0.3
    cells: float = 0.5  # the probability from which a candidate is taken, in trials of cells and in others
    drug: float = 0.5
    without: frozenset[str] = NO_TRIAL  # kinds of reports of which the field says nothing
    single: bool = False  # one value a document: the likeliest
    whole: bool = False  # a candidate has several values; right is the one that gold agrees with most

    @property
    def thresholds(self) -> dict[str, float]:
        return {CELLS: self.cells, DRUG: self.drug}


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate: its document, its keys, what it is, whether gold has it (None: not asked)."""

    document: int
    keys: tuple[Key, ...]
    features: tuple[str, ...]
    kind: str
    right: bool | None


def _follow_up(seen: View) -> Iterator[Offered]:
    for candidate in follow_up.candidates(seen):
        d = candidate.time.length
        yield _keys("follow_up", {"low": d.low, "high": d.high, "unit": d.unit}), candidate.features, candidate.kind


def _participants(seen: View) -> Iterator[Offered]:
    for option in own.options(seen):
        yield (float(option.total.n),), option.features, CELLS


def _arm(seen: View) -> Iterator[Offered]:
    total, _ = next(own.likely(seen), (None, 0.0))
    for option in arms.options(seen, total):
        facts = [_fact("arm", {"n": n}) for n in option.sizes]
        yield tuple(sorted(keys_of_facts(facts)["arm"])), option.features, CELLS


def _age(seen: View) -> Iterator[Offered]:
    for candidate in age.candidates(seen):
        yield _keys("age", age.value_of(candidate.age)), candidate.features, candidate.kind


def _administrations(seen: View) -> Iterator[Offered]:
    for candidate in administrations.candidates(seen) if gives_cells(seen) else ():
        count = candidate.count
        yield _keys("administrations", {"low": count.low, "high": count.high}), candidate.features, CELLS


def _route(seen: View) -> Iterator[Offered]:
    for candidate in route.candidates(seen):
        yield _keys("route", {"name": candidate.item.name}), candidate.features, candidate.kind


def _route_site(seen: View) -> Iterator[Offered]:
    for candidate in route_site.candidates(seen) if gives_cells(seen) else ():
        yield _keys("route_site", {"name": candidate.item.name}), candidate.features, CELLS


def _keys(field: str, value: dict[str, Any]) -> tuple[Key, ...]:
    return tuple(sorted(keys_of_facts([_fact(field, value)])[field], key=str))


def _fact(field: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"field": field, "value": value, "primary": True}


TASKS = {
    task.field: task
    for task in (
        Task("administrations", _administrations, cells=0.65),
        Task("age", _age),
        Task("arm", _arm, single=True, whole=True),
        Task("follow_up", _follow_up, cells=0.6, drug=0.8),
        Task("participants", _participants, strength=0.15, cells=0.4, single=True),
        Task("route", _route, without=REVIEWS),
        Task("route_site", _route_site, cells=0.42, without=REVIEWS),
    )
}


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled document as the program reads it."""

    kind: str  # of the report
    corpus: str  # the folder of gold, or "cases"
    group: str  # of the reports of one trial
    seen: View
    wanted: Mapping[str, set[Key]]
    optional: Mapping[str, set[Key]]
    partial: bool  # what is not labelled may still be true
    only: tuple[str, ...]  # the fields that are labelled; empty where all are
    facts: list[dict[str, Any]]  # what another program, or this one before, said of it


def read(folders: Sequence[Path], beside: Path | None = None) -> list[Read]:
    """The views of all documents of gold folders and of all cases; no field runs, so that weights need not be there."""
    nlp = _looking()
    known = _records(beside) if beside else {}
    made = [_of_gold(nlp, folder.stem, e, known) for folder in folders for e in gold(folder)]
    return made + [_of_case(nlp, name, case) for name in TASKS for case in cases(name)]


def _looking() -> Language:
    """The pipeline without fields."""
    nlp = build(Settings())
    for name in (*field_order(), "trial_plain"):
        nlp.remove_pipe(name)
    return nlp


def read_entries(entries: Iterable[tuple[str, dict[str, Any]]]) -> list[Read]:
    """Gold documents, each with the name of its set, one for one."""
    nlp = _looking()
    return [_of_gold(nlp, name, entry, {}) for name, entry in entries]


def gold(folder: Path) -> list[dict[str, Any]]:
    """Documents of a gold folder, or of a file with one a line."""
    if folder.suffix == ".jsonl":
        return [json.loads(line) for line in folder.read_text(encoding="utf-8").splitlines()]
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def cases(field: str) -> list[dict[str, Any]]:
    """The tests' own sentences for a field, but those that are known to fail."""
    lines = (CASES / f"{field}.jsonl").read_text(encoding="utf-8").splitlines()
    return [case for case in map(json.loads, lines) if "fails" not in case]


def _of_gold(nlp: Language, name: str, entry: dict[str, Any], known: dict[str, list[dict[str, Any]]]) -> Read:
    keys = keys_of_gold(entry)
    ids = entry["gold"].get("registry_ids")
    group = str(ids[0]) if ids else str(entry.get("title") or entry["id"]).lower()
    partial = bool(entry.get("truncated"))
    seen = _view(nlp, entry)
    return Read(
        str(entry.get("kind")),
        name,
        group,
        seen,
        keys,
        keys["optional"],
        partial,
        tuple(entry.get("labelled", ())),
        known.get(entry["id"], []),
    )


def _of_case(nlp: Language, field: str, case: dict[str, Any]) -> Read:
    facts = [_fact(field, fact["value"]) for fact in case["facts"] if fact.get("primary", True) and "value" in fact]
    return Read(
        "", "cases", case["text"], _view(nlp, case), keys_of_facts(facts), {}, bool(case.get("more")), (field,), []
    )


def _view(nlp: Language, entry: dict[str, Any]) -> View:
    title = {"title": entry["title"]} if entry.get("title") else {}
    return view(nlp(as_doc(nlp, Document("gold", "jsonl", title | {"abstract": entry["text"]}))))


def _records(path: Path) -> dict[str, list[dict[str, Any]]]:
    records = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {record["document"]["id"]: record["facts"] for record in records}


def _asked(task: Task, document: Read) -> bool:
    """Whether a document is labelled for the field, and its kind has it."""
    return (not document.only or task.field in document.only) and document.kind not in task.without


def examples(task: Task, documents: Sequence[Read]) -> list[Example]:
    """Candidates of all documents with their labels."""
    made = []
    for place, document in enumerate(documents):
        if not _asked(task, document):
            continue
        wanted, optional = document.wanted.get(task.field, ()), document.optional.get(task.field, ())
        for keys, features, kind in task.candidates(document.seen):
            right: bool | None = 2 * sum(key in wanted for key in keys) > len(keys)
            if not right and (document.partial or any(key in optional or key in wanted for key in keys)):
                right = None
            made.append(Example(place, keys, features, kind, right))
    return _agreeing(task, documents, made) if task.whole else made


ALIKE = 0.6  # F1 of a candidate's values and gold's from which the best of a document is right


def _agreeing(task: Task, documents: Sequence[Read], found: Sequence[Example]) -> list[Example]:
    """The candidates whose values agree with gold's as no other of their document are right, the others wrong."""
    shares = [_agreement(documents[e.document], task.field, e.keys) for e in found]
    best: dict[int, float] = {}
    for example, share in zip(found, shares, strict=True):
        best[example.document] = max(share, best.get(example.document, ALIKE))
    made = []
    for example, share in zip(found, shares, strict=True):
        optional = documents[example.document].optional.get(task.field, set())
        right: bool | None = share >= best[example.document]
        if not right and (documents[example.document].partial or (example.keys and set(example.keys) <= optional)):
            right = None
        made.append(replace(example, right=right))
    return made


def _agreement(document: Read, field: str, keys: Sequence[Key]) -> float:
    """F1 of a candidate's values and gold's; what gold calls optional is not asked."""
    wanted = document.wanted.get(field, set())
    asked = set(keys) - (document.optional.get(field, set()) - wanted)
    return 2 * len(asked & wanted) / max(1, len(asked) + len(wanted))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by name."""

    bias: float
    weights: dict[str, float]

    def points(self, features: Iterable[str]) -> float:
        return sum(self.weights.get(name, 0.0) for name in set(features)) + self.bias

    def probability(self, features: Iterable[str]) -> float:
        return float(1 / (1 + np.exp(-np.clip(self.points(features), -30, 30))))


def tabled(found: Sequence[Example]) -> tuple[list[Example], list[str], csr_matrix]:
    """The examples that gold judges, the features of enough documents, and which example has which; shape (examples, features)."""
    asked = [e for e in found if e.right is not None]
    seen = Counter(name for _, name in {(e.document, name) for e in asked for name in e.features})
    names = sorted(name for name, count in seen.items() if count >= FEWEST)
    column = {name: place for place, name in enumerate(names)}
    cells = [(row, column[n]) for row, e in enumerate(asked) for n in sorted(set(e.features)) if n in column]
    rows, columns = zip(*cells, strict=True)
    table = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(asked), len(names)))
    return asked, names, table


def fit(found: Sequence[Example], strength: float) -> Fitted:
    """Fit one reader; features of few documents are left out, weights rounded to a hundredth."""
    asked, names, table = tabled(found)
    model = LogisticRegression(C=strength, max_iter=2000, tol=1e-5)
    model.fit(table, [bool(e.right) for e in asked])
    weights = {n: float(round(w, ROUND)) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.02}
    return Fitted(float(round(model.intercept_[0], ROUND)), weights)


def fit_choice(found: Sequence[Example], strength: float) -> Fitted:
    """Fit one reader whose documents have one value: the right one's share of all that is offered, and of nothing.

    A conditional logit. Options of one number help one another; those that gold calls optional are left out. Where gold
    has no value, or none that is offered, nothing is right.
    """
    asked, names, table = tabled(found)
    right = np.array([bool(e.right) for e in asked])
    documents = np.array([e.document for e in asked])
    order = np.unique(documents, return_inverse=True)[1]
    answered = np.bincount(order, weights=right) > 0

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        points = table @ values[1:] + values[0]
        weight = np.exp(np.clip(points, -30, 30))
        everything = 1 + np.bincount(order, weights=weight)
        wanted = np.where(answered, np.bincount(order, weights=weight * right), 1.0)
        share = weight / everything[order]
        ours = np.where(answered[order], weight * right / wanted[order], 0.0)
        slope = share - ours
        own = np.concatenate([[slope.sum()], table.T @ slope + values[1:] / strength])
        return float(np.log(everything / wanted).sum() + (values[1:] ** 2).sum() / 2 / strength), own

    made = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    weights = {n: float(round(w, ROUND)) for n, w in zip(names, made[1:], strict=True) if abs(w) >= 0.02}
    return Fitted(float(round(made[0], ROUND)), weights)


def learn(task: Task, found: Sequence[Example]) -> Fitted:
    """Fit the reader of one field."""
    return (fit_choice if task.single else fit)(found, task.strength)


def folds(documents: Sequence[Read]) -> npt.NDArray[np.int64]:
    """The fold of each document, by a hash of its trial."""
    return np.array([zlib.crc32(d.group.encode()) % FOLDS for d in documents])


def out_of_fold(task: Task, found: Sequence[Example], parts: npt.NDArray[np.int64]) -> list[float]:
    """Probability of each candidate by a reader that saw no document of its fold."""
    models = [learn(task, [e for e in found if parts[e.document] != part]) for part in range(FOLDS)]
    if task.single:
        return _shares(found, [models[parts[e.document]].points(e.features) for e in found])
    return [models[parts[e.document]].probability(e.features) for e in found]


def _shares(found: Sequence[Example], points: Sequence[float]) -> list[float]:
    """The share of each candidate's value among all that its document offers, and nothing."""
    whole: Counter[int] = Counter()
    same: Counter[tuple[int, tuple[Key, ...]]] = Counter()
    for example, value in zip(found, np.exp(np.clip(points, -30, 30)), strict=True):
        whole[example.document] += value
        same[example.document, example.keys] += value
    return [float(same[e.document, e.keys] / (1 + whole[e.document])) for e in found]


Counts = npt.NDArray[np.int64]  # right, false, missed


def by_reader(
    task: Task,
    documents: Sequence[Read],
    found: Sequence[Example],
    likely: Sequence[float],
) -> list[Counts]:
    """What each document would give."""
    said: list[set[Key]] = [set() for _ in documents]
    best = [0.0] * len(documents)
    for example, p in zip(found, likely, strict=True):
        if p >= task.thresholds[example.kind] and (not task.single or p > best[example.document]):
            said[example.document] = {*example.keys} | (set() if task.single else said[example.document])
            best[example.document] = p
    return [_counts(task.field, d, keys) for d, keys in zip(documents, said, strict=True)]


def by_program(task: Task, documents: Sequence[Read]) -> list[Counts]:
    """What the program as it stands gives."""
    return [_counts(task.field, d, set(keys_of_facts(d.facts)[task.field])) for d in documents]


def _counts(field: str, document: Read, said: set[Key]) -> Counts:
    wanted, optional = document.wanted.get(field, set()), document.optional.get(field, set())
    false = 0 if document.partial else len(said - wanted - optional)
    return np.array([len(said & wanted), false, len(wanted - said)])


def f1(counts: Iterable[Counts]) -> tuple[float, float, float]:
    """Precision, recall and F1 of summed counts."""
    right, false, missed = sum(counts)  # type: ignore[misc]
    p, r = right / max(1, right + false), right / max(1, right + missed)
    return float(p), float(r), float(2 * p * r / max(1e-9, p + r))


def report(task: Task, documents: Sequence[Read], parts: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Cross-validated figures beside the program's present ones."""
    found = examples(task, documents)
    likely = out_of_fold(task, found, parts)
    ours, present = by_reader(task, documents, found, likely), by_program(task, documents)
    asked = [i for i, d in enumerate(documents) if _asked(task, d)]
    kinds = sorted({documents[i].corpus for i in asked})
    rows = []
    for name in ("all", *kinds):
        chosen = [i for i in asked if documents[i].corpus == name or (name == "all" and not documents[i].only)]
        rows.append(
            {
                "field": task.field, "set": name,
                "reader": [round(x, 3) for x in f1(ours[i] for i in chosen)],
                "present": [round(x, 3) for x in f1(present[i] for i in chosen)],
            }
        )  # fmt: skip
    reach = len({(e.document, key) for e in found if e.right for key in e.keys})
    wanted = sum(len(documents[i].wanted.get(task.field, ())) for i in asked)
    return {"rows": rows, "reach": reach / max(1, wanted), "examples": found}


def main() -> None:
    """Cross-validate, print, and write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--only", nargs="*", default=sorted(TASKS))
    parser.add_argument("--beside", type=Path, help="records to compare with")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    documents = read(options.gold, options.beside)
    parts = folds(documents)
    for name in options.only:
        task = TASKS[name]
        made = report(task, documents, parts)
        for row in made["rows"]:
            print(json.dumps(row))
        print(f"{name}: {made['reach']:.3f} of gold's values are candidates, {len(made['examples'])} candidates")
        if options.write:
            model = learn(task, made["examples"])
            _write(options.write / FILE, name, model, task.thresholds)


def _write(path: Path, name: str, model: Fitted, thresholds: dict[str, float]) -> None:
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {"thresholds": thresholds, "bias": model.bias, "weights": dict(sorted(model.weights.items()))}
    path.write_text(json.dumps(dict(sorted(known.items())), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
