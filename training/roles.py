"""Train and score the sentence-role model on the headings of structured abstracts.

Sources: Evidence Inference 2.0 abstracts (MIT) and EvidenceOutcomes abstracts (MIT), each abstract once.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from extractor.context.trained import ROLE_FILE, ROLES, RoleClassifier, role_features, words
from training.corpora import Row, normal, rows
from training.linear import fit, matrix

SIZE = 1 << 16
STRENGTH = 40.0
TRUST = 1.0
HELD_OUT = 5  # one document in five, by a hash of its title

#: Headings, lower case without blanks around, and the role they stand for. Combined headings are left out.
HEADINGS = {
    "background": "background", "introduction": "background", "context": "background", "importance": "background",
    "rationale": "background", "objective": "objective", "objectives": "objective", "aim": "objective",
    "aims": "objective", "purpose": "objective", "methods": "methods", "method": "methods", "design": "methods",
    "research design and methods": "methods", "setting": "methods", "patients and methods": "methods",
    "main outcome measures": "methods", "main outcome measure": "methods", "intervention": "methods",
    "interventions": "methods", "study design": "methods", "patients": "methods", "participants": "methods",
    "design, setting, and participants": "methods", "main outcomes and measures": "methods",
    "materials and methods": "methods", "subjects": "methods", "measurements": "methods",
    "setting & participants": "methods", "results": "results", "findings": "results",
    "measurements and main results": "results", "conclusions": "conclusions", "conclusion": "conclusions",
    "interpretation": "conclusions", "conclusions and relevance": "conclusions", "discussion": "conclusions",
    "conclusions/interpretation": "conclusions", "significance": "conclusions",
}  # fmt: skip
#: An aim under the heading "Background": "We aimed to ...", "The purpose of this study was", "to determine whether".
AIM = re.compile(
    r"^(?:therefore,? |thus,? |hence,? |here,? )?(?:we|the authors|investigators) (?:therefore |thus )?(?:aim|sought|wanted|set out|hypothesi[sz]ed|investigated whether|evaluated whether)"
    r"|\b(?:aims?|purposes?|objectives?|goals?) (?:of|was|were|is|are)\b|\bour (?:aim|purpose|objective|goal)|\bwe (?:therefore |thus )?(?:aimed|sought)\b"
    r"|^to (?:determine|evaluate|assess|compare|investigate|examine|test|study|explore|establish|find out)\b"
    r"|\b(?:study|trial|analysis) (?:was (?:designed|conducted|undertaken|performed) to|aim(?:s|ed)|(?:evaluate|compare|investigate|assesse|examine|determine|test)[sd]\b)",
    re.I,
)
_HEADED = re.compile(r"^([A-Z][A-Z ,&/]+?) ?: ?(.*)$")


@dataclass(frozen=True, slots=True)
class Abstract:
    """Sentences of one abstract with their roles (index into `ROLES`; -1 where the heading says nothing)."""

    title: str
    sentences: tuple[str, ...]
    roles: tuple[int, ...]


def evidence_inference(folder: Path) -> list[Abstract]:
    """Abstracts whose source is Evidence Inference, with the roles of their sections."""
    chosen = (row for row in rows(folder / "rct_adverse.jsonl") if row["source"] == "evidence-inference")
    return [_from_sections(row) for row in chosen if row["sents"]]


def evidence_outcomes(folder: Path) -> list[Abstract]:
    """EvidenceOutcomes abstracts, one sentence a line, headings in capitals before a colon."""
    return [_from_lines(row) for row in rows(folder / "evidence_outcomes.jsonl")]


def corpus(folder: Path, *, leave_out: frozenset[str] = frozenset()) -> list[Abstract]:
    """All labelled abstracts, each once, none whose title is in ``leave_out`` (normalised titles)."""
    unique = {normal(a.title): _with_aims(a) for a in evidence_outcomes(folder) + evidence_inference(folder)}
    return [
        a
        for key, a in unique.items()
        if key not in leave_out and max(a.roles, default=-1) >= 0 and len(set(a.roles)) > 2
    ]


def _with_aims(abstract: Abstract) -> Abstract:
    """Call an aim an objective where the authors put it under "Background", as most with four headings do."""
    pairs = zip(abstract.sentences, abstract.roles, strict=True)
    roles = tuple(1 if role == 0 and AIM.search(sentence) else role for sentence, role in pairs)
    return replace(abstract, roles=roles)


def held_out(abstract: Abstract) -> bool:
    """Whether the abstract is kept apart for scoring, decided by a hash of its title."""
    return zlib.crc32(normal(abstract.title).encode()) % HELD_OUT == 0


def train(abstracts: Sequence[Abstract], *, strength: float = STRENGTH, trust: float = TRUST) -> RoleClassifier:
    """Fit the sentence model and the order of roles."""
    pairs = [(a, i) for a in abstracts for i, role in enumerate(a.roles) if role >= 0]
    split = {a: [words(sentence) for sentence in a.sentences] for a in abstracts}
    table = matrix([role_features(split[a], i) for a, i in pairs], SIZE)
    model = fit(table, [a.roles[i] for a, i in pairs], len(ROLES), strength=strength)
    return RoleClassifier(model, order(abstracts), trust)


def order(abstracts: Sequence[Abstract]) -> npt.NDArray[np.float32]:
    """Log odds of each pair of neighbouring roles against chance, add-half smoothed; see `RoleClassifier.order`."""
    size = len(ROLES) + 1
    counts = np.full((size, size), 0.5)
    for abstract in abstracts:
        chain = [size - 1, *abstract.roles, size - 1]
        for one, two in pairwise(chain):
            if one >= 0 and two >= 0:
                counts[one, two] += 1
    after = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(np.round(np.log(after / (counts.sum(axis=0) / counts.sum())), 3), dtype=np.float32)


def score(model: RoleClassifier, abstracts: Sequence[Abstract]) -> dict[str, float]:
    """Accuracy and F1 by role; "smoothed" is what runs, "alone" the sentence model without the order of roles."""
    gold, found, alone = list[int](), list[int](), list[int]()
    for abstract in abstracts:
        names = [ROLES.index(name) for name, _ in model.roles(abstract.sentences)]
        split = [words(sentence) for sentence in abstract.sentences]
        for i, role in enumerate(abstract.roles):
            if role >= 0:
                gold.append(role)
                found.append(names[i])
                alone.append(int(model.model.logits(role_features(split, i)).argmax()))
    return {
        "sentences": len(gold), "accuracy": _share(gold, found), "accuracy alone": _share(gold, alone),
        "majority": max(Counter(gold).values()) / len(gold), "by place": _by_place(abstracts),
        **{f"F1 {name}": _f1(gold, found, i) for i, name in enumerate(ROLES)},
    }  # fmt: skip


def _by_place(abstracts: Sequence[Abstract]) -> float:
    """Trivial baseline: the most frequent role of each tenth of an abstract (fitted on the very data, so flattered)."""
    tenths: dict[int, Counter[int]] = {}
    for abstract in abstracts:
        for i, role in enumerate(abstract.roles):
            if role >= 0:
                tenths.setdefault(10 * i // len(abstract.roles), Counter())[role] += 1
    return sum(max(c.values()) for c in tenths.values()) / sum(sum(c.values()) for c in tenths.values())


def _share(gold: list[int], found: list[int]) -> float:
    return sum(a == b for a, b in zip(gold, found, strict=True)) / len(gold)


def _f1(gold: list[int], found: list[int], label: int) -> float:
    right = sum(a == b == label for a, b in zip(gold, found, strict=True))
    return 2 * right / max(1, gold.count(label) + found.count(label))


def _from_sections(row: Row) -> Abstract:
    names = [sentence["label"].lower() for sentence in row["sents"]]
    roles = [ROLES.index(name) if name in ROLES else -1 for name in names]
    return Abstract(row["title"], tuple(s["text"] for s in row["sents"]), tuple(roles))


def _from_lines(row: Row) -> Abstract:
    title, *lines = [line for line in row["text"].split("\n") if line.strip()]
    sentences, roles, role = list[str](), list[int](), -1
    for line in lines:
        if match := _HEADED.match(line):
            name = HEADINGS.get(match[1].strip().lower(), "")
            role, line = (ROLES.index(name) if name else -1), match[2]
        if line.strip():
            sentences.append(line.strip())
            roles.append(role)
    return Abstract(title, tuple(sentences), tuple(roles))


def save(model: RoleClassifier, folder: Path) -> None:
    """Write ``roles.npz``."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / ROLE_FILE,
        weights=model.model.weights,
        bias=model.model.bias,
        order=model.order,
        trust=np.float32(model.trust),
    )


def main() -> None:
    """Train on four fifths, score on the rest, then write the weights of the model that was scored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    abstracts = corpus(options.corpora)
    model = train([a for a in abstracts if not held_out(a)])
    save(model, options.output)
    print(json.dumps(score(model, [a for a in abstracts if held_out(a)])))


if __name__ == "__main__":
    main()
