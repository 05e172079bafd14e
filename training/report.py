"""Measure a trained folder on held-out data against trivial baselines, and put the figures into its card.

python -m training.report CORPORA models/trial_sm [--gold FOLDER]
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import filter_spans

from extractor.context.sentences import spans as rule_sentences
from extractor.context.trained import RoleClassifier, pipeline
from training import corpora, mentions, roles, tokens
from training.card import Section, update
from training.pipeline import examples

#: Names of classes of events, and deaths: no business of the recogniser.
CLASS_NAME = re.compile(r"adverse|side.effect|event|complication|toxicit|death|died|mortality|reaction$", re.I)
BATCHES = (8, 32, 128)
TEXTS = 400


def tokeniser(folder: Path) -> Section:
    """Why this tokeniser: spans out of reach and dose strings cut, for each candidate."""
    note = "Share of annotated spans whose edges are no token edges (less is better); last, dose and count strings cut as rules need them."
    return {"note": note, "rows": [{"tokeniser": name, **found} for name, found in tokens.report(folder).items()]}


def entities(folder: Path, nlp: Language) -> Section:
    """Strict spans on BC5CDR dev and effects of PHEE dev, trained against a list of the training mentions."""
    dev = corpora.bc5cdr(nlp, folder, "dev")
    rows: list[dict[str, Any]] = []
    for name, run in (
        ("trained", nlp),
        ("list of BC5CDR mentions", word_list(nlp, corpora.bc5cdr(nlp, folder, "train"))),
    ):
        result = strict(run, dev)
        per_label = {**result["ents_per_type"], "both": {key: result[f"ents_{key}"] for key in "prf"}}
        rows += [
            {"model": name, "set": "BC5CDR dev", "label": label, "P": per["p"], "R": per["r"], "F1": per["f"]}
            for label, per in per_label.items()
        ]
        rows.append(
            {
                "model": name,
                "set": "adverse effects of PHEE dev, overlapped",
                "label": "Disease",
                "R": reached(folder, run),
            }
        )
    return {"note": "Strict spans; no text of these sets was trained on.", "rows": rows}


def strict(nlp: Language, gold: Sequence[Doc]) -> dict[str, Any]:
    """Strict span figures of any pipeline that sets entities."""
    found = nlp.pipe(doc.text for doc in gold)
    return get_ner_prf([Example(guess, doc) for guess, doc in zip(found, gold, strict=True)])


def reached(folder: Path, nlp: Language) -> float:
    """Share of PHEE dev's adverse effects that a Disease overlaps."""
    wanted = [m for m in mentions.phee(folder, "dev") if m.label == mentions.ADVERSE]
    texts = sorted({m.sentence for m in wanted})
    found = dict(zip(texts, nlp.pipe(texts), strict=True))
    hits = [
        any(e.label_ == "Disease" and e.start_char < m.end and m.start < e.end_char for e in found[m.sentence].ents)
        for m in wanted
    ]
    return sum(hits) / len(hits)


def runs(folder: Path, models: dict[str, Path], gold: Path | None) -> Section:
    """Entities of several trained folders side by side: what shared weights and further data cost and bring."""
    rows = []
    for name, path in models.items():
        nlp = pipeline(path, parse=False)
        found = strict(nlp, corpora.bc5cdr(nlp, folder, "dev"))
        row = {"recipe": name, "BC5CDR dev F1": found["ents_f"], "Disease F1": found["ents_per_type"]["Disease"]["f"]}
        row["PHEE dev effects overlapped"] = reached(folder, nlp)
        rows.append(row | (named_events(gold, nlp) if gold else {}))
    return {
        "note": "Recipes compared. Trial events: named adverse events of annotated randomised trials.",
        "rows": rows,
    }


def named_events(gold: Path, nlp: Language) -> dict[str, float]:
    """Share of named events that stand literally in their quote and that a Disease overlaps, or equals."""
    over, equal = list[bool](), list[bool]()
    for path in sorted(gold.glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        spans = [(e.start_char, e.end_char) for e in nlp(row["text"]).ents if e.label_ == "Disease"]
        for event in row["gold"]["adverse_events"]:
            at = row["text"].find(event["quote"])
            start = row["text"].lower().find(event["term"].lower(), max(at, 0))
            if CLASS_NAME.search(event["term"]) or not 0 <= at <= start < at + len(event["quote"]):
                continue
            end = start + len(event["term"])
            over.append(any(s < end and start < e for s, e in spans))
            equal.append((start, end) in spans)
    return {"trial events overlapped": sum(over) / len(over), "trial events exact": sum(equal) / len(equal)}


def word_list(nlp: Language, training: Iterable[Doc]) -> Language:
    """Baseline: every mention of training, where it stands again, with its most frequent label; longest wins."""
    counts: dict[str, Counter[str]] = {}
    for doc in training:
        for ent in doc.ents:
            counts.setdefault(ent.text.lower(), Counter())[ent.label_] += 1
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for text, labels in counts.items():
        matcher.add(labels.most_common(1)[0][0], [nlp.make_doc(text)])
    return _matching(nlp, matcher)


def _matching(nlp: Language, matcher: PhraseMatcher) -> Language:
    listed = tokens.blank()

    @Language.component("training_word_list")
    def word_list_component(doc: Doc) -> Doc:
        moved = Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
        found = filter_spans(matcher(moved, as_spans=True))
        spans = (doc.char_span(s.start_char, s.end_char, label=s.label_) for s in found)
        doc.set_ents([span for span in spans if span])
        return doc

    listed.add_pipe("training_word_list")
    return listed


def trees(folder: Path, nlp: Language) -> Section:
    """Tags, dependencies and sentences on CRAFT dev; sentences also by the project's rules."""
    dev = corpora.craft(nlp, folder, "dev")
    result = nlp.evaluate(examples(nlp, dev))
    frequent = Counter(t.tag_ for d in dev for t in d).most_common(1)[0][1] / sum(map(len, dev))
    previous = sum(t.head.i == t.i - 1 for d in dev for t in d) / sum(map(len, dev))
    rows = [
        {"figure": "tag accuracy", "trained": result["tag_acc"], "baseline": frequent, "which": "most frequent tag"},
        {"figure": "UAS", "trained": result["dep_uas"], "baseline": previous, "which": "head is the word before"},
        {"figure": "LAS", "trained": result["dep_las"]},
        {
            "figure": "sentence F1",
            "trained": result["sents_f"],
            "baseline": sentence_f1(dev),
            "which": "rules of context/sentences.py",
        },
    ]
    return {"note": "CRAFT dev, 7 full papers; gold tokens aligned with ours.", "rows": rows}


def sentence_f1(dev: Sequence[Doc]) -> float:
    """F1 of the rule segmenter's sentences (both edges right), against the gold of ``dev``."""
    right = found = wanted = 0
    for doc in dev:
        gold = {(s.start_char, s.start_char + len(s.text.rstrip())) for s in doc.sents}
        guess = {_trimmed(doc.text, start, end) for start, end in rule_sentences(doc.text)}
        right, found, wanted = right + len(gold & guess), found + len(guess), wanted + len(gold)
    return 2 * right / (found + wanted)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def sentence_roles(folder: Path, model: Path) -> Section:
    """Accuracy on the abstracts that were kept apart."""
    kept = [abstract for abstract in roles.corpus(folder) if roles.held_out(abstract)]
    found = roles.score(RoleClassifier.load(model), kept)
    note = f'{len(kept)} abstracts kept apart, {found.pop("sentences"):,} sentences under a heading. Aims under "Background" count as objective.'
    return {"note": note, "rows": [{"figure": name, "value": value} for name, value in found.items()]}


def mention_sources(folder: Path, nlp: Language, gold: Path | None) -> Section:
    """What each source of mention labels is worth, and the baselines."""
    table = mentions.ablation(folder, nlp, gold)
    rows = [
        {"trained on": name, "set": title, **found} for name, sets in table.items() for title, found in sets.items()
    ]
    for row in rows:
        if row["set"] == mentions.ANNOTATED:  # these have two classes, adverse or not
            del row["accuracy"]
    note = 'P, R and F1 of "adverse event" at .5; AP average precision; ECE calibration error of its probability.'
    return {"note": note, "rows": rows}


def steadiness(folder: Path, model: Path) -> Section:
    """How many documents change with batch size or number of processes."""
    nlp = pipeline(model)
    texts = [row["text"] for row in corpora.rows(folder / "rct_adverse.jsonl")[:TEXTS]]
    alone = [_annotation(nlp(text)) for text in texts]
    ways = {f"batches of {n}": {"batch_size": n} for n in BATCHES} | {"2 processes": {"batch_size": 32, "n_process": 2}}
    rows = []
    for name, way in ways.items():
        different = [one != _annotation(doc) for one, doc in zip(alone, nlp.pipe(texts, **way), strict=True)]  # type: ignore[call-overload]
        rows.append({"run": name, "documents": len(texts), "different from one by one": sum(different)})
    return {"note": "Entities, tags, heads, labels and sentence starts compared token by token.", "rows": rows}


def _annotation(doc: Doc) -> list[tuple[str, str, str, int, bool | None]]:
    return [(t.ent_iob_ + t.ent_type_, t.tag_, t.dep_, t.head.i, t.is_sent_start) for t in doc]


def main() -> None:
    """Measure everything and write it into the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--gold", type=Path, help="annotated trials, to score the mention model on as well")
    parser.add_argument("--runs", nargs="*", default=[], metavar="NAME=FOLDER", help="other trained folders to compare")
    options = parser.parse_args()
    others = {name: Path(path) for name, path in (item.split("=", 1) for item in options.runs)}
    nlp, bare = spacy.load(options.model), pipeline(options.model, parse=False)
    sections = {
        "tokeniser": tokeniser(options.corpora),
        "entities": entities(options.corpora, bare),
        "entities_runs": runs(options.corpora, others | {"shipped": options.model}, options.gold),
        "trees": trees(options.corpora, nlp),
        "roles": sentence_roles(options.corpora, options.model),
        "mentions": mention_sources(options.corpora, bare, options.gold),
        "steadiness": steadiness(options.corpora, options.model),
    }
    update(options.model, sections)


if __name__ == "__main__":
    main()
