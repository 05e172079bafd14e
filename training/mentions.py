"""Train and score the mention model: adverse event, treated disease or background.

Sources that ship in the weights: PHEE (MIT), the ADE corpus v2 (free, cite Gurulingappa 2012), and, labelled by place
and not by hand, the diseases that the trained entity recogniser finds in Evidence Inference and EvidenceOutcomes
abstracts (both MIT). Sources that were tried and lost (``ablation`` prints the table): TAC 2017 drug labels, BC5CDR's
chemical-induced-disease relations.
No abstract that PHEE's dev split quotes is trained on.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractor.context.trained import MENTION_CLASSES, MENTION_FILE, MentionClassifier, mention_features, pipeline
from training.corpora import normal, rows
from training.linear import fit, matrix
from training.roles import corpus, held_out

SIZE = 1 << 17
STRENGTH = 20.0
ADVERSE, TREATED, BACKGROUND = range(3)
ANNOTATED = "annotated trials"
#: Case reports have far more effects than trial abstracts have; weighed down, they teach words and not frequencies.
#: Chosen on annotated randomised trials: average precision .70 at 1/1, .73 at .3/.1.
PHEE_WEIGHT, ADE_WEIGHT = 0.3, 0.1

#: PHEE's roles of a disorder; an effect of a therapeutic event is a wanted one.
PHEE_CLASSES = {
    ("Adverse_event", "Effect"): ADVERSE,
    ("Adverse_event", "TreatDisorder"): TREATED,
    ("Potential_therapeutic_event", "TreatDisorder"): TREATED,
    ("Potential_therapeutic_event", "Effect"): TREATED,
    ("Adverse_event", "SubjDisorder"): BACKGROUND,
    ("Potential_therapeutic_event", "SubjDisorder"): BACKGROUND,
}
#: "adverse events", "side effects", "well tolerated", "toxicity": a results sentence about harm.
HARM = re.compile(r"\b(?:adverse|side[ -]effects?|toxicit|complication|tolerated|tolerab|safety)", re.I)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s+[A-Z(\[])[^.!?\n]*)*[.!?]?")


@dataclass(frozen=True, slots=True)
class Mention:
    """One training or test item; ``weight`` is how far its label is trusted."""

    sentence: str
    start: int
    end: int
    label: int
    weight: float = 1.0
    source: str = ""


def phee(folder: Path, split: str) -> list[Mention]:
    """Effects, treated disorders and other disorders of PHEE's sentences; a span with two roles keeps the first."""
    found = []
    for row in rows(folder / f"phee_{split}.jsonl"):
        seen: dict[tuple[int, int], int] = {}
        for event in row["events"]:
            for argument in event["args"]:
                label = PHEE_CLASSES.get((event["type"], argument["label"]))
                if label is not None:
                    fragments = argument["fragments"]
                    seen.setdefault((fragments[0][0], fragments[-1][1]), label)
        found += [Mention(row["text"], s, e, label, 1.0, "phee") for (s, e), label in seen.items()]
    return found


def ade(folder: Path, shut: frozenset[str]) -> list[Mention]:
    """Effects of the ADE corpus, without abstracts in ``shut`` (PubMed ids)."""
    return [
        Mention(row["text"], span["start"], span["end"], ADVERSE, 1.0, "ade")
        for row in rows(folder / "ade_v2_pos.jsonl")
        if row["pmid"] not in shut
        for span in row["spans"]
        if span["label"] == "Effect"
    ]


def labels(folder: Path, nlp: Language, weight: float) -> list[Mention]:
    """Adverse reactions of drug labels, and diseases named there that are none."""
    found = []
    for row in rows(folder / "tac2017_adr_train.jsonl"):
        spans = [(s["start"], s["end"], ADVERSE, 1.0) for s in row["spans"]]
        doc = nlp(row["text"])
        marked = {i for s, e, _, _ in spans for i in range(s, e)}
        spans += [
            (e.start_char, e.end_char, BACKGROUND, weight)
            for e in doc.ents
            if e.label_ == "Disease" and not marked & {*range(e.start_char, e.end_char)}
        ]
        found += list(_by_sentence(row["text"], spans, "labels"))
    return found


def induced(folder: Path, weight: float) -> list[Mention]:
    """BC5CDR train: diseases that a chemical induced in that abstract."""
    found = []
    for row in rows(folder / "bc5cdr_train.jsonl"):
        caused = {relation[2] for relation in row["relations"]}
        spans = [
            (s["start"], s["end"], ADVERSE if s.get("id") in caused else BACKGROUND, weight)
            for s in row["spans"]
            if s["label"] == "Disease"
        ]
        found += list(_by_sentence(row["text"], spans, "bc5cdr"))
    return found


def trials(folder: Path, nlp: Language, *, kept_apart: bool = False) -> list[Mention]:
    """Diseases in trial abstracts, labelled by place: title's disease, background, or a results sentence about harm.

    ``kept_apart`` gives those of the abstracts that no model is trained on.
    """
    found = []
    for abstract in (a for a in corpus(folder) if held_out(a) == kept_apart):
        subject = {ent.text.lower() for ent in _diseases(nlp(abstract.title))}
        for doc, role in zip(nlp.pipe(abstract.sentences), abstract.roles, strict=True):
            for ent in _diseases(doc):
                label = _weak_label(ent.text.lower() in subject, role, doc.text)
                if label is not None:
                    found.append(Mention(doc.text, ent.start_char, ent.end_char, label, 1.0, "trials"))
    return found


def _weak_label(is_subject: bool, role: int, sentence: str) -> int | None:
    """Label by place; None where place says nothing (an outcome, a criterion, a conclusion)."""
    if is_subject:
        return TREATED
    if role in (0, 1):
        return BACKGROUND
    return ADVERSE if role == 3 and HARM.search(sentence) else None


def _diseases(doc: Doc) -> list[Span]:
    return [ent for ent in doc.ents if ent.label_ == "Disease"]


def _by_sentence(text: str, spans: Iterable[tuple[int, int, int, float]], source: str) -> Iterator[Mention]:
    cuts = [(m.start(), m.end()) for m in _SENTENCE.finditer(text)]
    for start, end, label, weight in spans:
        home = next(((s, e) for s, e in cuts if s <= start and end <= e), None)
        if home:
            yield Mention(text[home[0] : home[1]], start - home[0], end - home[0], label, weight, source)


def unique(mentions: Iterable[Mention]) -> list[Mention]:
    """Each mention of a sentence once; the first source that labels it wins."""
    seen: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        seen.setdefault((normal(mention.sentence), normal(mention.sentence[: mention.end])), mention)
    return list(seen.values())


def train(mentions: Sequence[Mention], *, strength: float = STRENGTH) -> MentionClassifier:
    """Fit the model."""
    table = matrix([mention_features(m.sentence, m.start, m.end) for m in mentions], SIZE)
    labels_ = [m.label for m in mentions]
    return MentionClassifier(
        fit(table, labels_, len(MENTION_CLASSES), strength=strength, weights=[m.weight for m in mentions])
    )


def dev_pmids(folder: Path) -> frozenset[str]:
    """PubMed ids behind PHEE's dev split."""
    return frozenset(row["id"].split("_")[0] for row in rows(folder / "phee_dev.jsonl"))


def chosen(folder: Path, nlp: Language) -> list[Mention]:
    """What the shipped weights are trained on."""
    hand = weighed(phee(folder, "train"), PHEE_WEIGHT) + weighed(ade(folder, dev_pmids(folder)), ADE_WEIGHT)
    return unique([*hand, *trials(folder, nlp)])


def weighed(mentions: Iterable[Mention], weight: float) -> list[Mention]:
    """The same mentions with another weight."""
    return [replace(mention, weight=weight) for mention in mentions]


def gold_mentions(nlp: Language, gold: Path) -> list[Mention]:
    """Diseases found in annotated trial abstracts (``*.json`` with ``text`` and ``gold.adverse_events``).

    Adverse where an event with one of the mention's words quotes that place; all others count as background.
    """
    found = []
    for path in sorted(gold.glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        quoted = [
            (row["text"].find(event["quote"]), len(event["quote"]), _stems(event["term"]))
            for event in row["gold"]["adverse_events"]
        ]
        spans = []
        for ent in _diseases(nlp(row["text"])):
            harm = any(
                0 <= at <= ent.start_char and ent.end_char <= at + size and stems & _stems(ent.text)
                for at, size, stems in quoted
            )
            spans.append((ent.start_char, ent.end_char, ADVERSE if harm else BACKGROUND, 1.0))
        found += list(_by_sentence(row["text"], spans, "gold"))
    return found


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{3,}", text.lower())}


Scorer = Callable[[Sequence[Mention]], npt.NDArray[np.float64]]


def by_model(model: MentionClassifier) -> Scorer:
    """Score mentions by the model: rows of class probabilities."""
    return lambda mentions: np.array(
        [list(p.values()) for p in model.probabilities((m.sentence, m.start, m.end) for m in mentions)]
    )


def by_list(training: Sequence[Mention]) -> Scorer:
    """Baseline: the class that the mention's very words had most often in training; adverse where they are new."""
    counts: dict[str, Counter[int]] = {}
    for m in training:
        counts.setdefault(m.sentence[m.start : m.end].lower(), Counter())[m.label] += 1
    eye = np.eye(len(MENTION_CLASSES))

    def scorer(mentions: Sequence[Mention]) -> npt.NDArray[np.float64]:
        known = (counts.get(m.sentence[m.start : m.end].lower()) for m in mentions)
        return np.array([eye[c.most_common(1)[0][0]] if c else eye[ADVERSE] for c in known])

    return scorer


def by_cue(mentions: Sequence[Mention]) -> npt.NDArray[np.float64]:
    """Baseline: adverse where the sentence has a word of harm, else treated."""
    eye = np.eye(len(MENTION_CLASSES))
    return np.array([eye[ADVERSE if HARM.search(m.sentence) else TREATED] for m in mentions])


def score(scorer: Scorer, mentions: Sequence[Mention]) -> dict[str, float]:
    """Accuracy over three classes, P/R/F of "adverse event" at 0.5, its average precision, calibration error."""
    table, gold = scorer(mentions), np.array([m.label for m in mentions])
    chance, is_harm = table[:, ADVERSE], gold == ADVERSE
    picked = chance > 0.5
    right = float((picked & is_harm).sum())
    return {
        "mentions": len(mentions), "adverse": int(is_harm.sum()),
        "accuracy": float((table.argmax(axis=1) == gold).mean()),
        "P": right / max(1.0, float(picked.sum())), "R": right / max(1.0, float(is_harm.sum())),
        "F1": 2 * right / max(1.0, float(picked.sum() + is_harm.sum())),
        "AP": float(average_precision_score(is_harm, chance)), "ECE": _calibration_error(chance, is_harm),
    }  # fmt: skip


def _calibration_error(chance: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    gaps = (
        abs(chance[place == i].mean() - truth[place == i].mean()) * (place == i).mean()
        for i in range(bins)
        if (place == i).any()
    )
    return float(sum(gaps))


def tests(folder: Path, nlp: Language, gold: Path | None) -> dict[str, list[Mention]]:
    """The sets that are scored: PHEE dev, weakly labelled held-out trials, and annotated trials where given."""
    sets = {"PHEE dev": phee(folder, "dev"), "trials held out (labels by place)": trials(folder, nlp, kept_apart=True)}
    return sets | ({ANNOTATED: gold_mentions(nlp, gold)} if gold else {})


def ablation(folder: Path, nlp: Language, gold: Path | None) -> dict[str, dict[str, dict[str, float]]]:
    """Score each set of sources, and the baselines, on each test set."""
    shut = dev_pmids(folder)
    hand, effects, placed = phee(folder, "train"), ade(folder, shut), trials(folder, nlp)
    shipped = weighed(hand, PHEE_WEIGHT) + weighed(effects, ADE_WEIGHT) + placed
    mixes = {
        "PHEE": hand,
        "PHEE + ADE": hand + effects,
        "PHEE + ADE + trials, all alike": hand + effects + placed,
        "PHEE, ADE weighed down, trials (shipped)": shipped,
        "trials alone": placed,
        "shipped + drug labels": shipped + labels(folder, nlp, 0.1),
        "shipped + BC5CDR relations": shipped + induced(folder, 0.1),
    }
    sets = tests(folder, nlp, gold)
    scorers: dict[str, Scorer] = {
        "word of harm in the sentence": by_cue,
        "list of training mentions": by_list(hand + effects + placed),
    }
    scorers |= {name: by_model(train(unique(mix))) for name, mix in mixes.items()}
    return {name: {title: score(scorer, items) for title, items in sets.items()} for name, scorer in scorers.items()}


def save(model: MentionClassifier, folder: Path) -> None:
    """Write ``mentions.npz``."""
    np.savez_compressed(folder / MENTION_FILE, weights=model.model.weights, bias=model.model.bias)


def main() -> None:
    """Train, write the weights and print the scores; or, with ``--ablation``, compare sources and write nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("model", type=Path, help="folder of the trained pipeline; the weights are written there")
    parser.add_argument("--gold", type=Path, help="folder of annotated trials to score on as well")
    parser.add_argument("--ablation", action="store_true")
    options = parser.parse_args()
    nlp = pipeline(options.model, parse=False)
    if options.ablation:
        print(json.dumps(ablation(options.corpora, nlp, options.gold)))
        return
    model = train(chosen(options.corpora, nlp))
    save(model, options.model)
    sets = tests(options.corpora, nlp, options.gold)
    print(json.dumps({title: score(by_model(model), items) for title, items in sets.items()}))


if __name__ == "__main__":
    main()
