"""What each part of the pipeline gives, end to end: the same gold, scored with a part taken out.

    python -m training.ablation NAME=FOLDER[:ONLY] ... > end_to_end.json
    python -m training.card models/trial_sm --add end_to_end=end_to_end.json

Name first the texts that no rule was written on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language

from extractor.evaluate.keys import Gold
from extractor.evaluate.scorer import document_of, load_gold, score
from extractor.pipeline import build, extract
from extractor.settings import Settings

FIELDS = ("ae_term", "ae_count", "condition", "dose", "participants")


def without(*names: str) -> Callable[[], Language]:
    def made() -> Language:
        nlp = build(Settings())
        for name in names:
            nlp.remove_pipe(name)
        return nlp

    return made


VARIANTS = {
    "as shipped": without(),
    "without sentence roles": without("trial_roles"),
    "without abbreviations": without("trial_abbreviations"),
}


def figures(nlp: Language, entries: list[Gold]) -> dict[str, Any]:
    texts = [document_of(e) for e in entries]
    summary, _ = score(entries, {r.document.id: r.to_dict() for r in extract(nlp, texts)})
    found = {field: summary["fields"][field]["f1"] for field in FIELDS}
    return {"documents": len(entries), "macro F1": summary["macro_f1"]} | found


def main() -> None:
    rows = []
    for name, make in VARIANTS.items():
        nlp = make()
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
