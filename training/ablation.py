"""What each part of the pipeline gives, end to end: the same gold, scored with a part taken out or put in.

    python -m training.ablation NAME=FOLDER[:ONLY] ... > end_to_end.json
    python -m training.card models/trial_sm --add end_to_end=end_to_end.json

Name first the texts that no rule was written on. The recogniser is put in the way that it could help: what it calls a
disease, and the lexicon does not know, becomes a candidate of the adverse events.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager as Context
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from extractor.evaluate.keys import Gold
from extractor.evaluate.scorer import document_of, load_gold, score
from extractor.events import events, view
from extractor.events import mentions as event_mentions
from extractor.pipeline import build, extract
from extractor.settings import Settings

FIELDS = ("ae_term", "ae_count", "condition", "dose", "participants")


@contextmanager
def recogniser() -> Iterator[None]:
    """While it is open, diseases that the recogniser names are candidates of the adverse events."""
    spans: list[tuple[int, int]] = []
    make, find = view._make, event_mentions.mentions

    def made(doc: Doc) -> view.View:
        spans[:] = [(e.start_char, e.end_char) for e in doc.ents if e.label_ == "Disease"]
        return make(doc)

    def found(folded: str, start: int, end: int) -> list[event_mentions.Mention]:
        known = find(folded, start, end)
        new = [event_mentions.Mention(s, e, event_mentions.OPEN, s) for s, e in spans if start <= s and e <= end]
        return sorted([*known, *(m for m in new if event_mentions._free(m, known))], key=lambda m: m.start)

    view._make, events.mentions = made, found
    try:
        yield
    finally:
        view._make, events.mentions = make, find


def without(*names: str) -> Callable[[], Language]:
    def made() -> Language:
        nlp = build(Settings())
        for name in names:
            nlp.remove_pipe(name)
        return nlp

    return made


VARIANTS: dict[str, tuple[Callable[[], Language], Callable[[], Context[None]]]] = {
    "as shipped": (without(), nullcontext),
    "without sentence roles": (without("trial_roles"), nullcontext),
    "without abbreviations": (without("trial_abbreviations"), nullcontext),
    "with the recogniser's diseases": (lambda: build(Settings(model="trial_sm")), recogniser),
}


def figures(nlp: Language, entries: list[Gold]) -> dict[str, Any]:
    texts = [document_of(e) for e in entries]
    summary, _ = score(entries, {r.document.id: r.to_dict() for r in extract(nlp, texts)})
    found = {field: summary["fields"][field]["f1"] for field in FIELDS}
    return {"documents": len(entries), "macro F1": summary["macro_f1"]} | found


def main() -> None:
    rows = []
    for name, (make, context) in VARIANTS.items():
        nlp = make()
        with context():
            for argument in sys.argv[1:]:
                gold, _, place = argument.partition("=")
                folder, _, only = place.partition(":")
                entries = [e for e in load_gold(Path(folder), only or None) if e.get("text")]
                row = {"texts": gold, "pipeline": name} | figures(nlp, entries)
                rows.append({k: f"{v:.3f}" if isinstance(v, float) else v for k, v in row.items()})
    rows.sort(key=lambda r: [a.partition("=")[0] for a in sys.argv[1:]].index(str(r["texts"])))
    note = "Scored end to end by `python -m training.ablation`; the first texts were annotated blind, and no rule was written on them."
    print(json.dumps({"note": note, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
