"""Fit and score the readers of people and schedules: ``models/trial_sm/readers.json``.

Each reader is a logistic regression with named weights over the candidates that its field finds. Gold documents are
folders of JSON as ``trialspan evaluate`` reads them; a candidate is right where gold names its value, left out where gold
calls the value optional or the document is a part of a text. Folds are over documents, the reports of one trial in one
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from extractor.context.readers import CELLS, DRUG, FILE
from extractor.context.view import View, view
from extractor.evaluate.keys import keys_of_facts, keys_of_gold
from extractor.fields import follow_up
from extractor.model import Document
from extractor.pipeline import as_doc, build, field_order
from extractor.settings import Settings

FOLDS = 5
FEWEST = 3  # documents in which a feature must be
ROUND = 2
KINDS = (CELLS, DRUG)
GRID = [round(0.3 + 0.05 * step, 2) for step in range(13)]
NO_TRIAL = ("review", "meta-analysis", "animal", "in-vitro")
Key = Any
Offered = tuple[Key, tuple[str, ...], str]  # a candidate's key, features, and the kind of its trial


@dataclass(frozen=True, slots=True)
class Task:
    """How one field is learnt: its candidates with keys as the scorer has them."""

    field: str
    candidates: Callable[[View], Iterable[Offered]]
    strength: float = 0.3


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate: its document, its key, what it is, whether gold has it (None: not asked)."""

    document: int
    key: Key
    features: tuple[str, ...]
    kind: str
    right: bool | None


def _follow_up(seen: View) -> Iterator[Offered]:
    for candidate in follow_up.candidates(seen):
        d = candidate.time.length
        for key in keys_of_facts([_fact("follow_up", {"low": d.low, "high": d.high, "unit": d.unit})])["follow_up"]:
            yield key, candidate.features, candidate.kind


def _fact(field: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"field": field, "value": value, "primary": True}


TASKS = {task.field: task for task in (Task("follow_up", _follow_up),)}


@dataclass(frozen=True, slots=True)
class Read:
    """A gold document as the program reads it."""

    entry: dict[str, Any]
    group: str
    seen: View
    facts: list[dict[str, Any]]  # what another program, or this one before, said of it


def gold(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Documents of gold folders that report a trial."""
    paths = sorted(path for folder in folders for path in folder.glob("*.json"))
    entries = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return [e for e in entries if e.get("kind") not in NO_TRIAL]


def read(entries: Sequence[dict[str, Any]], beside: Path | None = None) -> list[Read]:
    """The views of all documents; no field runs, so that weights need not be there to be made."""
    nlp = build(Settings())
    for name in (*field_order(), "trial_plain"):
        nlp.remove_pipe(name)
    known = _records(beside) if beside else {}
    found = []
    for entry in entries:
        doc = nlp(as_doc(nlp, Document(entry["id"], "jsonl", _parts(entry))))
        found.append(Read(entry, _group(entry), view(doc), known.get(entry["id"], [])))
    return found


def _records(path: Path) -> dict[str, list[dict[str, Any]]]:
    records = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {record["document"]["id"]: record["facts"] for record in records}


def _parts(entry: dict[str, Any]) -> dict[str, str]:
    title = {"title": entry["title"]} if entry.get("title") else {}
    return title | {"abstract": entry["text"]}


def _group(entry: dict[str, Any]) -> str:
    ids = entry["gold"].get("registry_ids")
    return str(ids[0]) if ids else str(entry.get("title") or entry["id"]).lower()


def examples(task: Task, documents: Sequence[Read]) -> list[Example]:
    """Candidates of all documents with their labels."""
    made = []
    for place, document in enumerate(documents):
        keys = keys_of_gold(document.entry)
        partial = bool(document.entry.get("truncated"))
        for key, features, kind in task.candidates(document.seen):
            right: bool | None = key in keys[task.field]
            if not right and (partial or key in keys["optional"][task.field]):
                right = None
            made.append(Example(place, key, features, kind, right))
    return made


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by name."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: Iterable[str]) -> float:
        total = sum(self.weights.get(name, 0.0) for name in set(features)) + self.bias
        return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))


def fit(found: Sequence[Example], strength: float) -> Fitted:
    """Fit one reader; features of few documents are left out, weights rounded to a hundredth."""
    asked = [e for e in found if e.right is not None]
    seen = Counter(name for _, name in {(e.document, name) for e in asked for name in e.features})
    names = sorted(name for name, count in seen.items() if count >= FEWEST)
    column = {name: place for place, name in enumerate(names)}
    cells = [(row, column[n]) for row, e in enumerate(asked) for n in sorted(set(e.features)) if n in column]
    rows, columns = zip(*cells, strict=True)
    table = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(asked), len(names)))
    model = LogisticRegression(C=strength, max_iter=2000, tol=1e-5)
    model.fit(table, [bool(e.right) for e in asked])
    weights = {n: float(round(w, ROUND)) for n, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.02}
    return Fitted(float(round(model.intercept_[0], ROUND)), weights)


def folds(documents: Sequence[Read]) -> npt.NDArray[np.int64]:
    """The fold of each document, by a hash of its trial."""
    return np.array([zlib.crc32(d.group.encode()) % FOLDS for d in documents])


def out_of_fold(found: Sequence[Example], parts: npt.NDArray[np.int64], strength: float) -> list[float]:
    """Probability of each candidate by a reader that saw no document of its fold."""
    models = [fit([e for e in found if parts[e.document] != part], strength) for part in range(FOLDS)]
    return [models[parts[e.document]].probability(e.features) for e in found]


Counts = npt.NDArray[np.int64]  # right, false, missed


def by_reader(
    task: Task,
    documents: Sequence[Read],
    found: Sequence[Example],
    likely: Sequence[float],
    thresholds: Mapping[str, float],
) -> list[Counts]:
    """What each document would give at the thresholds of its kind."""
    said: list[set[Key]] = [set() for _ in documents]
    for example, p in zip(found, likely, strict=True):
        if p >= thresholds[example.kind]:
            said[example.document].add(example.key)
    return [_counts(task.field, d.entry, keys) for d, keys in zip(documents, said, strict=True)]


def by_program(task: Task, documents: Sequence[Read]) -> list[Counts]:
    """What the program as it stands gives."""
    return [_counts(task.field, d.entry, set(keys_of_facts(d.facts)[task.field])) for d in documents]


def _counts(field: str, entry: dict[str, Any], said: set[Key]) -> Counts:
    keys = keys_of_gold(entry)
    wanted = set(keys[field])
    right = len(said & wanted)
    false = 0 if entry.get("truncated") else len(said - wanted - set(keys["optional"][field]))
    return np.array([right, false, len(wanted - said)])


def f1(counts: Iterable[Counts]) -> tuple[float, float, float]:
    """Precision, recall and F1 of summed counts."""
    right, false, missed = sum(counts)  # type: ignore[misc]
    p, r = right / max(1, right + false), right / max(1, right + missed)
    return float(p), float(r), float(2 * p * r / max(1e-9, p + r))


def best_thresholds(
    task: Task, documents: Sequence[Read], found: Sequence[Example], likely: Sequence[float]
) -> dict[str, float]:
    """For each kind of trial the threshold of best F1 out of fold, on a coarse grid; of equals the highest."""
    made = {}
    for kind in (CELLS, DRUG):
        chosen = [(e, p) for e, p in zip(found, likely, strict=True) if e.kind == kind]
        places = {e.document for e, _ in chosen}
        made[kind] = max(
            GRID,
            key=lambda t, c=chosen, at=places: (
                round(f1(r for i, r in enumerate(by_reader(task, documents, *zip(*c, strict=True), dict.fromkeys(KINDS, t))) if i in at)[2], 3),
                t,
            ),
        ) if chosen else 0.5
    return made


def report(task: Task, documents: Sequence[Read], parts: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Cross-validated figures beside the program's present ones."""
    found = examples(task, documents)
    likely = out_of_fold(found, parts, task.strength)
    thresholds = best_thresholds(task, documents, found, likely)
    ours, present = by_reader(task, documents, found, likely, thresholds), by_program(task, documents)
    kinds = sorted({d.entry["set"] for d in documents})
    rows = []
    for name in ("all", *kinds):
        chosen = [i for i, d in enumerate(documents) if name in ("all", d.entry["set"])]
        rows.append(
            {
                "field": task.field, "set": name, "thresholds": thresholds,
                "reader": [round(x, 3) for x in f1(ours[i] for i in chosen)],
                "present": [round(x, 3) for x in f1(present[i] for i in chosen)],
            }
        )  # fmt: skip
    reach = len({(e.document, e.key) for e in found if e.right})
    wanted = sum(len(keys_of_gold(d.entry)[task.field]) for d in documents)
    return {"rows": rows, "reach": reach / max(1, wanted), "thresholds": thresholds, "examples": found}


def main() -> None:
    """Cross-validate, print, and write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--only", nargs="*", default=sorted(TASKS))
    parser.add_argument("--beside", type=Path, help="records to compare with")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    entries = [e | {"set": folder.name} for folder in options.gold for e in gold([folder])]
    documents = read(entries, options.beside)
    parts = folds(documents)
    for name in options.only:
        task = TASKS[name]
        made = report(task, documents, parts)
        for row in made["rows"]:
            print(json.dumps(row))
        print(f"{name}: {made['reach']:.3f} of gold's values are candidates, {len(made['examples'])} candidates")
        if options.write:
            model = fit(made["examples"], task.strength)
            _write(options.write / FILE, name, model, made["thresholds"])


def _write(path: Path, name: str, model: Fitted, thresholds: dict[str, float]) -> None:
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[name] = {"thresholds": thresholds, "bias": model.bias, "weights": dict(sorted(model.weights.items()))}
    path.write_text(json.dumps(dict(sorted(known.items())), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
