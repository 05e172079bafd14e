"""Random sequences of imports over overlapping copies: whatever the order, the same store. ``python bench/imports.py --sequences 1000``."""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from extractor.model import Document, Ids, Record
from extractor.store import Store
from extractor.store.history import copies_of

TITLES = ("Pericytes in the lung: an open-label trial", "Pericytes in the lung", "Tablets for the gut", "")
TEXTS = ("Nine people were given pericytes.", "Nine people were given pericytes. Itching occurred in two.", "")


def drawn(draw: random.Random) -> Document:
    title, text = draw.choice(TITLES), draw.choice(TEXTS)
    return Document(
        draw.choice(["1", "2", "export:1"]),
        draw.choice(["pubmed", "ris", "csv", "medline"]),
        ({"title": title} if title else {}) | {"abstract": text},
        Ids(draw.choice([None, None, "11", "12"]), draw.choice([None, None, "10.1000/a", "10.1000/b"])),
        year=draw.choice([None, 2019, 2020]),
        journal=draw.choice([None, "J Inv", "Journal of Inventions"]),
        authors=draw.choice([(), ("Lind, A.",), ("Ekman, B.",)]),
        retracted=draw.random() < 0.2,
        named=draw.random() < 0.5,
    )


def state(documents: list[Document], path: Path) -> object:
    with Store.open(path) as store:
        for document in documents:
            store.add(Record(document))
        found = []
        for one in store.records(deleted=True):
            _, kept = copies_of(store, one.document.id)
            found.append(
                (one.to_dict(), sorted((k.source, k.names, k.title or "", k.characters, k.in_force) for k in kept))
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw, different = random.Random(asked.seed), 0
    for number in range(asked.sequences):
        documents = [drawn(draw) for _ in range(draw.randint(2, 9))]
        other = [*documents, *draw.sample(documents, draw.randint(0, len(documents)))]
        draw.shuffle(other)
        with tempfile.TemporaryDirectory() as folder:
            if state(documents, Path(folder) / "a.db") != state(other, Path(folder) / "b.db"):
                different += 1
                print(f"sequence {number} ends in another store")
    print(f"{asked.sequences} sequences: {different} end in another store")


if __name__ == "__main__":
    main()
