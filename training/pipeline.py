"""Train the spaCy pipeline: one tok2vec for entities, tags, dependencies and sentences.

Each batch holds abstracts of BC5CDR (entities only) and paragraphs of CRAFT (tags and trees only); a component
learns from the documents that carry its annotation, the shared tok2vec from all of them.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, fix_random_seed, warmup_linear

from training import corpora, harm
from training.tokens import blank

SEED = 20
WIDTH, DEPTH, EMBED = 96, 4, 5000
FEWEST_WORDS, MOST_WORDS, GROWTH = 400, 1500, 1.3
WARMUP_STEPS = 250
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH, "upstream": "*"}


META = {
    "name": "trial_sm",
    "version": "1.0.0",
    "description": "Diseases and chemicals, tags and dependencies for reports of clinical trials",
    "license": "Apache-2.0",
    "spacy_version": ">=3.8.0,<3.9.0",
}


@dataclass(slots=True)
class Recipe:
    """What one training run does."""

    parts: Sequence[str] = ("ner", "tagger", "parser")
    epochs: int = 10
    with_ncbi: bool = False
    depth: int = DEPTH
    embed: int = EMBED
    rate: float = 0.001
    teacher: str = ""  # folder of a recogniser trained on BC5CDR alone; adds the texts of training/harm.py
    drop: float = 0.1
    tree_passes: float = 3.0


def pipeline(recipe: Recipe) -> Language:
    """Build the untrained pipeline."""
    nlp = blank()
    nlp.add_pipe("tok2vec", config={"model": tok2vec_config(recipe)})
    for name in recipe.parts:
        nlp.add_pipe(name, config=COMPONENTS[name])
    return nlp


def tok2vec_config(recipe: Recipe) -> dict[str, Any]:
    """Hash-embedded CNN without word vectors."""
    return {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": WIDTH,
        "depth": recipe.depth,
        "embed_size": recipe.embed,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
        "pretrained_vectors": None,
    }


def _transitions(state: str, hidden: int) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": state,
        "extra_state_tokens": False,
        "hidden_width": hidden,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": LISTENER,
    }


COMPONENTS: dict[str, dict[str, Any]] = {
    "ner": {"model": _transitions("ner", 64)},
    "tagger": {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}},
    "parser": {"model": _transitions("parser", 64), "min_action_freq": 30},
    "senter": {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}},
}


def examples(nlp: Language, docs: list[Doc]) -> list[Example]:
    """Pair each gold document with a freshly tokenised one (CRAFT's tokens differ from ours in 2 %)."""
    return [Example(nlp.make_doc(doc.text), doc) for doc in docs]


def entity_docs(nlp: Language, folder: Path, recipe: Recipe) -> list[Doc]:
    """Training documents with entities."""
    docs = corpora.bc5cdr(nlp, folder, "train")
    chemicals = corpora.chemical_words(docs)
    if recipe.with_ncbi:
        docs += corpora.ncbi(nlp, folder, "train", chemicals=chemicals)
    if recipe.teacher:
        docs += harm.docs(nlp, spacy.load(recipe.teacher), folder)
    return docs


def slices(docs: list[Example], passes: float, epochs: int, rng: random.Random) -> Iterator[list[Example]]:
    """One list for each epoch, so that all epochs together see ``docs`` ``passes`` times."""
    size = max(1, round(len(docs) * passes / epochs))
    queue: list[Example] = []
    for _ in range(epochs):
        while len(queue) < size:
            queue += rng.sample(docs, len(docs))
        yield queue[:size]
        queue = queue[size:]


def mixed_batches(streams: list[list[Example]], words: int) -> list[list[Example]]:
    """Cut every stream into the same number of batches of about ``words`` words in all, each with its share of every stream."""
    total = sum(len(eg.x) for stream in streams for eg in stream)
    count = max(1, round(total / words))
    batches = ([eg for q in streams for eg in q[i * len(q) // count : (i + 1) * len(q) // count]] for i in range(count))
    return [batch for batch in batches if batch]


def plan(streams: list[tuple[list[Example], float]], recipe: Recipe) -> list[list[list[Example]]]:
    """All batches of all epochs; batches grow from 400 to 1,500 words, as spaCy's own recipes let them."""
    rng = random.Random(SEED)
    cut = [list(slices(docs, passes, recipe.epochs, rng)) for docs, passes in streams]
    words = [min(MOST_WORDS, FEWEST_WORDS * GROWTH**epoch) for epoch in range(recipe.epochs)]
    return [mixed_batches([one[epoch] for one in cut], int(words[epoch])) for epoch in range(recipe.epochs)]


def streams_of(nlp: Language, folder: Path, recipe: Recipe) -> list[tuple[list[Example], float]]:
    """The corpora that the recipe's parts need, each with the number of passes over it."""
    streams = []
    if "ner" in recipe.parts:
        streams.append((examples(nlp, entity_docs(nlp, folder, recipe)), float(recipe.epochs)))
    if {"tagger", "parser", "senter"} & set(recipe.parts):
        streams.append((examples(nlp, corpora.craft(nlp, folder, "train")), recipe.tree_passes))
    return streams


def train(folder: Path, recipe: Recipe, *, log: Callable[[str], None] = print) -> Language:
    """Run the recipe on the corpora under ``folder`` and return the trained pipeline."""
    nlp = pipeline(recipe)
    streams = streams_of(nlp, folder, recipe)
    fix_random_seed(SEED)
    nlp.initialize(lambda: [eg for docs, _ in streams for eg in docs])
    epochs = plan(streams, recipe)
    steps = sum(map(len, epochs))
    rates: Any = warmup_linear(
        recipe.rate, WARMUP_STEPS, steps
    )  # a generator, as Adam takes it; thinc types it as less
    optimizer = Adam(rates, L2=0.01, grad_clip=1.0, L2_is_weight_decay=True)
    for number, batches in enumerate(epochs):
        started, losses = time.process_time(), dict[str, float]()
        for batch in batches:
            nlp.update(batch, sgd=optimizer, losses=losses, drop=recipe.drop)
            optimizer.step_schedules()
        shown = ", ".join(f"{name} {loss:.0f}" for name, loss in losses.items())
        log(f"epoch {number}: {time.process_time() - started:.0f} CPU-s, {shown}")
    return nlp


def save(nlp: Language, folder: Path) -> None:
    """Write the pipeline; of the strings seen in training only the labels are kept, nothing else is needed to run."""
    nlp.meta.update(META)
    nlp.to_disk(folder)
    names = sorted({label for labels in nlp.pipe_labels.values() for label in labels})
    (folder / "vocab" / "strings.json").write_text(json.dumps(names), encoding="utf-8")


def scores(nlp: Language, folder: Path) -> dict[str, float]:
    """Figures on the dev splits: strict span P/R/F of the entities, tag accuracy, UAS, LAS, sentence F."""
    found = dict[str, float]()
    if "ner" in nlp.pipe_names:
        result = nlp.evaluate(examples(nlp, corpora.bc5cdr(nlp, folder, "dev")))
        found |= {key: result[key] for key in ("ents_p", "ents_r", "ents_f")}
        found |= {f"{label} {k}": v for label, per in result["ents_per_type"].items() for k, v in per.items()}
    if "parser" in nlp.pipe_names:
        result = nlp.evaluate(examples(nlp, corpora.craft(nlp, folder, "dev")))
        found |= {key: result[key] for key in ("tag_acc", "dep_uas", "dep_las", "sents_f")}
    return found


def main() -> None:
    """Train from the command line and print the dev figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path, help="folder with the public corpora, see training/README.md")
    parser.add_argument("output", type=Path, help="folder to write the pipeline to")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="NAME=VALUE", help="change a field of Recipe (JSON values)"
    )
    options = parser.parse_args()
    changes = {name: json.loads(value) for name, value in (item.split("=", 1) for item in options.set)}
    nlp = train(options.corpora, Recipe(**changes))
    save(nlp, options.output)
    figures = scores(nlp, options.corpora)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
