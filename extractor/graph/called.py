"""Trials by the name that people give them, "Barczewska 2019", wherever a page or a figure would show an id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from extractor.graph.answers import Answer
from extractor.graph.review import Review
from extractor.labels import labels
from extractor.model import Document

KEYS = ("study", "trial", "document")  # of a row of an answer: what names a trial or a report
LISTS = ("names", "trials")
Called = Callable[[str], str]


def called(review: Review, documents: Iterable[Document] | None = None) -> Called:
    """What each trial, and each report, of a store is called; what is not in it keeps its name.

    A trial bears the name of the report that is preferred; no two trials bear one name.
    """
    found = labels(documents if documents is not None else (r.document for r in review.store.records()))
    names = dict(found)
    for _, node in review.trials():
        best = str(review.node(node["preferred"])["document"])
        if best in found:
            names[str(node["name"])] = found[best]

    def call(name: str) -> str:
        if name in names:
            return names[name]
        head, mark, arm = name.partition(" (")  # "berry2019 (placebo)": an arm as a study of its own
        return f"{names[head]}{mark}{arm}" if mark and head in names else name

    return call


def row_called(row: Mapping[str, Any], call: Called) -> dict[str, Any]:
    """A row of an answer with the trials in it by their names."""
    found = dict(row)
    for key in KEYS:
        if isinstance(found.get(key), str):
            found[key] = call(found[key])
    for key in LISTS:
        if isinstance(found.get(key), Mapping):  # of trials, what each says
            found[key] = {call(name): said for name, said in found[key].items()}
        elif isinstance(found.get(key), list | tuple):
            found[key] = [call(one) if isinstance(one, str) else one for one in found[key]]
    return found


def answer_called(answer: Answer, call: Called) -> Answer:
    """An answer with the trials in it by their names."""
    rows = tuple(row_called(row, call) for row in answer.rows)
    return replace(answer, rows=rows, left_out=tuple(row_called(row, call) for row in answer.left_out))
