"""Words a second: this project's pipelines against stock parts of the same model size, in one run on the same texts.

Stock is what an afternoon with spaCy and scispaCy gives: pysbd sentences, one tok2vec for tagger and parser, another for
entities (both of the size of the shipped one), scispaCy's abbreviation detector. Words are those between white space;
time is CPU time of one process. The pipelines take turns, several rounds, so that a noisy machine is noisy for all.

    python bench/throughput.py [TEXTS.jsonl] [--limit 300] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.language import Language

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "models" / "trial_sm"
STARTER = ROOT / "corpora" / "als_msc"
BATCH = 32
STOCK = "stock: pysbd, tagger + parser, ner, abbreviations"
WHOLE = "trialspan: whole pipeline, text to record"

Run = Callable[[list[str]], None]


@dataclass(frozen=True, slots=True)
class Speed:
    """Words a CPU-second of one pipeline, one figure a round."""

    name: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def texts(path: Path, limit: int) -> list[str]:
    """Abstracts of a jsonl file, or of a folder of JSON documents, at most ``limit``."""
    return [text for _, text in zip(range(limit), _all_texts(path), strict=False)]


def _all_texts(path: Path) -> Iterator[str]:
    if path.is_dir():
        yield from (json.loads(p.read_text(encoding="utf-8"))["text"] for p in sorted(path.glob("*.json")))
        return
    with path.open(encoding="utf-8") as stream:
        yield from (json.loads(line)["text"] for line in stream)


def stock(model: Path) -> Language:
    """Stock parts with weights of the shipped size; entities get a tok2vec of their own."""
    import scispacy.custom_sentence_segmenter  # registers pysbd_sentencizer
    from scispacy.abbreviation import AbbreviationDetector  # noqa: F401  (registers abbreviation_detector)

    nlp = spacy.load(model)
    nlp.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
    nlp.add_pipe(scispacy.custom_sentence_segmenter.pysbd_sentencizer.__name__, first=True)
    nlp.add_pipe("abbreviation_detector", config={"make_serializable": True})
    return nlp


def piped(nlp: Language) -> Run:
    """Run texts through a spaCy pipeline and drop the result."""

    def run(items: list[str]) -> None:
        for _ in nlp.pipe(items, batch_size=BATCH):
            pass

    return run


def whole() -> Run:
    """The project's own pipeline with its default settings, from text to record."""
    from extractor.model import Document
    from extractor.pipeline import build, extract
    from extractor.settings import Settings

    nlp = build(Settings())

    def run(items: list[str]) -> None:
        documents = (Document(id=str(n), source="text", parts={"abstract": text}) for n, text in enumerate(items))
        for _ in extract(nlp, documents, batch_size=BATCH):
            pass

    return run


def contestants(model: Path) -> dict[str, Run]:
    """All pipelines that are compared, by name."""
    return {
        "ner only": piped(spacy.load(model, exclude=["tagger", "parser"])),
        "one tok2vec: ner, tagger, parser": piped(spacy.load(model)),
        STOCK: piped(stock(model)),
        WHOLE: whole(),
    }


def measure(runs: dict[str, Run], items: list[str], rounds: int) -> list[Speed]:
    """Words a CPU-second of each pipeline, ``rounds`` times in turn after a round that does not count."""
    words = sum(len(text.split()) for text in items)
    for run in runs.values():
        run(items)  # all: the fuzzy linker loads on the first text that asks for it
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            started = time.process_time()
            run(items)
            found[name].append(words / (time.process_time() - started))
    return [Speed(name, tuple(speeds)) for name, speeds in found.items()]


def report(speeds: list[Speed], items: list[str]) -> dict[str, object]:
    """The table as plain data; ``ratio`` is against the stock pipeline, round by round (median)."""
    against = next(speed for speed in speeds if speed.name == STOCK)
    rows = [
        {
            "pipeline": speed.name,
            "words_per_cpu_s": round(speed.median),
            "lowest": round(min(speed.rounds)),
            "highest": round(max(speed.rounds)),
            "ratio": round(statistics.median(a / b for a, b in zip(speed.rounds, against.rounds, strict=True)), 2),
        }
        for speed in speeds
    ]
    return {"texts": len(items), "words": sum(len(text.split()) for text in items), "rows": rows}


def table(found: dict[str, object]) -> str:
    """The report as a Markdown table."""
    rows: list[dict[str, object]] = found["rows"]  # type: ignore[assignment]
    lines = ["| pipeline | words a CPU-second (lowest-highest) | against stock |", "|---|---|---|"]
    lines += [
        f"| {r['pipeline']} | {r['words_per_cpu_s']:,} ({r['lowest']:,}-{r['highest']:,}) | {r['ratio']:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)


def section(found: dict[str, object]) -> dict[str, object]:
    """The report as the model card takes it (``training.card``): a note and rows."""
    note = f"Words a CPU-second, {found['texts']} abstracts, {found['words']:,} words, one process, all in one run; the ratio is against stock."
    return {"note": note, **found}


def main() -> None:
    """Measure and print the table; with ``--json`` also write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, nargs="?", default=STARTER, help="jsonl with text, or a folder of JSON")
    parser.add_argument("--limit", type=int, default=300, help="read at most so many abstracts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    items = texts(options.texts, options.limit)
    with warnings.catch_warnings():  # W036: scispaCy's second matcher is empty where a text defines no abbreviation
        warnings.simplefilter("ignore", UserWarning)
        found = report(measure(contestants(options.model), items, options.rounds), items)
    print(f"{found['texts']} texts, {found['words']:,} words, one process\n\n{table(found)}")
    if options.json:
        options.json.write_text(json.dumps(section(found), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
