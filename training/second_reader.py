"""Measures how far a second reader's claims, ours, and those of both can be trusted, and writes the table that merging uses.

    python training/second_reader.py GOLD_FOLDER ANSWERS [--only als,other,rct] [--write]

Gold and answers are not ours to ship; the table of shares is. Shares and the merged record are judged by cross-fitting over
documents: no record is merged by shares that saw its document.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.evaluate.figures import Evaluation, evaluate
from extractor.evaluate.reliability import FOLDS, fold_of, judged
from extractor.evaluate.scorer import document_of, load_gold
from extractor.model import Fact, Record
from extractor.pipeline import build
from extractor.second.agree import AGREED, Claim, claims
from extractor.second.located import Refused, kept
from extractor.second.merge import TABLE, fit, merged
from extractor.settings import Settings
from extractor.verify.reading import readings
from extractor.verify.theirs import read

Gold = dict[str, Any]
READER = "second"


def both(gold: Path, answers: Path, only: str | None) -> Iterator[tuple[Gold, Record, list[Fact], list[Refused]]]:
    """Each document that both read: its gold, our record, their facts, what of theirs is refused."""
    cells: dict[str, list[Any]] = {}
    for cell in read(answers).cells:
        cells.setdefault(cell.document, []).append(cell)
    entries = {e["id"]: e for e in load_gold(gold, only) if e.get("text") and e["id"] in cells}
    arms = {id: sorted({c.arm for c in found if c.arm}) for id, found in cells.items()}
    for reading in readings(build(Settings()), map(document_of, entries.values()), arms):
        id = reading.document.id
        found = list(kept(reading, cells[id], READER))
        facts = [f for f in found if isinstance(f, Fact)]
        yield entries[id], reading.record, facts, [f for f in found if isinstance(f, Refused)]


def judged_claims(entry: Gold, record: Record, theirs: list[Fact]) -> Iterator[tuple[Claim, bool]]:
    """The claims of both readers that gold can judge."""
    for claim in claims(record.document.id, record.facts, theirs):
        for one in judged(entry, {"facts": [claim.fact.to_dict()]}):
            yield claim, one.right


def cross_fitted(
    found: list[tuple[Gold, Record, list[Fact], list[Refused]]],
) -> tuple[Evaluation, dict[str, Evaluation]]:
    """The merged records' figures, each merged by shares of the other folds; and those of each reader alone."""
    entries = [e for e, *_ in found]
    judged_by = {e["id"]: list(judged_claims(e, r, t)) for e, r, t, _ in found}
    records: dict[str, Gold] = {}
    for fold in range(FOLDS):
        shares = fit(pair for id, pairs in judged_by.items() if fold_of(id, FOLDS) != fold for pair in pairs)
        for entry, record, theirs, _ in found:
            if fold_of(entry["id"], FOLDS) == fold:
                records[entry["id"]] = merged(record, theirs, shares).to_dict()
    alone = {
        "ours": evaluate(entries, {e["id"]: r.to_dict() for e, r, _, _ in found}),
        "theirs": evaluate(entries, {e["id"]: {"facts": [f.to_dict() for f in t]} for e, _, t, _ in found}),
    }
    return evaluate(entries, records), alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--only", default="als,other,rct")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = list(both(options.gold, options.answers, options.only))
    pairs = [pair for e, r, t, _ in found for pair in judged_claims(e, r, t)]
    tally = Counter((c.who, c.state, right) for c, right in pairs)
    for who, state in sorted({k[:2] for k in tally}):
        right, wrong = tally[(who, state, True)], tally[(who, state, False)]
        print(f"{who:7} {state:14} {right:5} right {wrong:4} wrong {right / (right + wrong):6.1%}")
    print(
        f"refused of theirs: {sum(len(refused) for *_, refused in found)}; agreed: {sum(c.state == AGREED for c, _ in pairs)}"
    )
    both_read, alone = cross_fitted(found)
    for name, figures in (*alone.items(), ("merged", both_read)):
        print(
            f"{name:7} macro F1 {figures.macro_f1:.3f} ({figures.macro_low:.3f}-{figures.macro_high:.3f}), bad evidence {figures.bad_evidence}, documents {figures.documents}"
        )
    if options.write:
        lines = [
            "# share of claims of a kind that gold agreed with, drawn towards the kind's share where a field has few",
            "claim\tshare",
        ]
        lines += [f"{name}\t{share}" for name, share in sorted(fit(pairs).items())]
        path = Path(__file__).parents[1] / "extractor" / "lexicons" / TABLE
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
