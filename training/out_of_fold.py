"""Records of gold by scores that did not see them: the figures and the confidences of what ships are taken from these.

    python -m training.out_of_fold GOLD                                   # figures of events by set, the scores fitted on other trials
    python -m training.out_of_fold GOLD --calibrate extractor/lexicons/confidence.tsv    # and the table of confidences

Each fold's documents are read with weights that were fitted on the other folds; reports of one trial are in one fold.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extractor.commands.evaluate import confidences
from extractor.context import readers as shipped_readers
from extractor.context.readers import Reader
from extractor.evaluate.figures import evaluate
from extractor.evaluate.reliability import budget_held, calibration_error, cross_fitted
from extractor.evaluate.scorer import document_of
from extractor.events.link import weights as shipped_weights
from extractor.events.link.weights import Weights
from extractor.pipeline import build, extract
from extractor.settings import Settings
from training import event_arms, event_pairs, event_verdicts, readers
from training.event_gold import DEVELOPED_ON, Annotated, annotated, folds, own_cases

FOLDS = 5
ALWAYS = -1  # the fold of what is always fitted on
EVENTS = ("ae_term", "ae_count", "ae_event", "ae_arm", "ae_blanket")


def models(documents: Sequence[Annotated], fold: Sequence[int], k: int) -> Iterator[dict[str, Weights]]:
    """The weights of each fold, fitted on the others."""
    every = event_pairs.table(documents)
    owner = np.array(fold)[every.document]
    offered = event_arms.choices(documents)
    terms = event_verdicts.terms(documents)
    words = event_verdicts.words(terms)
    rows = event_arms.matrix((item for c in words for item in c.items), event_arms.SIZE)
    for out in range(k):
        first, second, _ = event_pairs.fit(every, owner, out)
        arms = event_arms.fit([c for c in offered if fold[c.document] != out])
        level, among = event_verdicts.fit_both(terms, words, rows, fold, [d.of for d in documents], out)
        yield {"arms": arms, "pairs": first, "pairs_among": second, "verdicts": level, "verdicts_among": among}


class Fields:
    """The readers of people and schedules, fitted for each fold on the documents of the others."""

    def __init__(self, documents: Sequence[Annotated], fold: Sequence[int]) -> None:
        asked = [(d, f) for d, f in zip(documents, fold, strict=True) if d.of != "cases"]
        own = readers.read([readers.INVENTED])  # and the tests' own sentences
        self.documents = [*readers.read_entries((d.of, d.entry) for d, _ in asked), *own]
        self.fold = [*(f for _, f in asked), *(ALWAYS for _ in own)]
        self.found = {
            name: readers.examples(readers.TASKS[name], self.documents) for name in readers.TASKS if name != "arm"
        }

    def give(self, out: int) -> None:
        """Let the program read by readers that saw no document of fold `out`."""
        for name, found in self.found.items():
            self._give(name, found, out)
        self._give("arm", readers.examples(readers.TASKS["arm"], self.documents), out)  # by the total that is now read

    def _give(self, name: str, found: Sequence[readers.Example], out: int) -> None:
        task = readers.TASKS[name]
        model = readers.learn(task, [e for e in found if self.fold[e.document] != out])
        shipped_readers.given[name] = Reader(model.bias, model.weights, task.thresholds)


def records(documents: Sequence[Annotated], k: int = FOLDS) -> dict[str, dict[str, Any]]:
    """The record of each document of gold, by weights that did not see it."""
    nlp = build(Settings())
    fold = folds(documents, k)
    fields = Fields(documents, fold)
    found: dict[str, dict[str, Any]] = {}
    for out, model in enumerate(models(documents, fold, k)):
        shipped_weights.given.update(model)
        fields.give(out)
        held = [d for d, f in zip(documents, fold, strict=True) if f == out and d.of != "cases"]
        for record in extract(nlp, [document_of(d.entry) for d in held]):
            found[record.document.id] = record.to_dict()
    shipped_weights.given.clear()
    shipped_readers.given.clear()
    return found


def main() -> None:
    """Print the figures of each set; write the table of confidences where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--calibrate", type=Path)
    parser.add_argument("--records", type=Path, help="write the records here, one a line")
    options = parser.parse_args()
    documents = [*annotated(options.gold, event_arms.SETS), *own_cases()]
    found = records(documents)
    if options.records:
        options.records.write_text("".join(json.dumps(r) + "\n" for r in found.values()), encoding="utf-8")
    for name in event_arms.SETS:
        figures = evaluate([d.entry for d in documents if d.of == name], found)
        rows = {r.field: (r.precision, r.recall, r.f1, r.tp, r.fp, r.fn) for r in figures.rows if r.field in EVENTS}
        print(json.dumps({"set": name, "macro": figures.macro_f1, **rows}))
        f1 = {r.field: round(r.f1, 3) for r in figures.rows if r.field in readers.TASKS and r.f1 is not None}
        print(json.dumps({"set": name, "F1": f1}))
    apart = (*DEVELOPED_ON, "cases")  # texts that the rules were written on flatter them
    judged = evaluate([d.entry for d in documents if d.of not in apart], found).judged
    print(json.dumps({"error budget held in": budget_held(judged)}))
    print(json.dumps({"calibration error, cross-fitted": calibration_error(cross_fitted(judged))}))
    if options.calibrate:
        options.calibrate.write_text(confidences(judged), encoding="utf-8")


if __name__ == "__main__":
    main()
