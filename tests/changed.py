"""Texts changed so that their meaning stays, or so that one thing of it must change; and how many facts did as they must."""

from __future__ import annotations

import html
import io
import json
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from spacy.language import Language

from extractor.model import Document, Evidence, Fact, Record
from extractor.pipeline import extract
from extractor.sources import READERS
from extractor.text import fold

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
PEOPLE = r"(?=(?: \w+)? (?:patients|participants|subjects|women|men|children|people)\b)"
SPELLINGS = (
    ("randomised", "randomized"), ("randomisation", "randomization"), ("tumour", "tumor"), ("anaemia", "anemia"),
    ("diarrhoea", "diarrhea"), ("haem", "hem"), ("oedema", "edema"), ("leucopenia", "leukopenia"),
    ("paediatric", "pediatric"), ("ischaemi", "ischemi"), ("oesophag", "esophag"), ("hospitalis", "hospitaliz"),
    ("characteris", "characteriz"), ("centre", "center"), ("programme", "program"), ("behaviour", "behavior"),
    ("dyspnoea", "dyspnea"), ("leukaemia", "leukemia"), ("foetal", "fetal"), ("labelled", "labeled"),
)  # fmt: skip
HEADING = re.compile(
    r"(?:(?<=^)|(?<=[.!?] )|(?<=\n))(?:[A-Z]{2,}[A-Z /&]*|[A-Z][a-z]+(?: (?:and )?[A-Za-z]+)?): ?(?=[A-Z])"
)
NEUTRAL = "The authors thank the staff of the library. "
Change = Callable[[str], str]


def _numbers_in_words(text: str) -> str:
    return re.sub(rf"(?<![\w.,/=<>±(-])(?<!\d )([2-9]){PEOPLE}", lambda m: WORDS[int(m[1])], text)


def _american(text: str) -> str:
    for british, american in SPELLINGS:
        text = text.replace(british, american).replace(british.capitalize(), american.capitalize())
    return text


def _british(text: str) -> str:
    for british, american in SPELLINGS[:6]:
        text = re.sub(rf"\b{american}", british, text)
    return text


def _in_the_middle(text: str) -> str:
    at = text.find(". ", len(text) // 2) + 2
    return text[:at] + NEUTRAL + text[at:] if at > 1 else text


def _sections(text: str) -> list[str]:
    edges = [0, *(m.start() for m in HEADING.finditer(text)), len(text)]
    return [text[a:b].strip() for a, b in pairwise(edges) if text[a:b].strip()]


def _reordered(text: str) -> str:
    """The last section first, as some journals print their conclusions."""
    parts = _sections(text)
    return " ".join([parts[-1], *parts[:-1]]) if len(parts) > 2 else text


# what is done to a text whose meaning stays
STAYS: dict[str, Change] = {
    "a neutral sentence behind": lambda t: f"{t.rstrip()} {NEUTRAL.strip()}",
    "a neutral sentence in the middle": _in_the_middle,
    "sections in another order": _reordered,
    "decomposed letters": lambda t: unicodedata.normalize("NFD", t),
    "composed letters": lambda t: unicodedata.normalize("NFC", t),
    "thin spaces": lambda t: re.sub(r"(?<=\d) (?=[%a-z])|(?<=[=<>±]) (?=\d)", "\u2009", t),
    "spaces that do not break": lambda t: t.replace(" ", "\u00a0"),
    "American spelling": _american,
    "British spelling": _british,
    "small numbers in words": _numbers_in_words,
    "without headings": lambda t: HEADING.sub("", t),
    "lines of a page": lambda t: textwrap.fill(t, 78, break_long_words=False, break_on_hyphens=False),
}


def _medline(title: str, text: str) -> tuple[str, bytes]:
    def lines(tag: str, said: str) -> str:
        return textwrap.fill(
            f"{tag:4}- {said}", 86, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
        )

    return "medline", f"PMID- 1\n{lines('TI', title)}\n{lines('AB', text)}\n\n".encode()


def _html(title: str, text: str) -> tuple[str, bytes]:
    page = f"<!doctype html><html><head><title>{html.escape(title)}</title></head><body><h1>{html.escape(title)}</h1><h2>Abstract</h2><p>{html.escape(text)}</p></body></html>"
    return "html", page.encode()


def _jats(title: str, text: str) -> tuple[str, bytes]:
    said = f"<title-group><article-title>{html.escape(title)}</article-title></title-group><abstract><p>{html.escape(text)}</p></abstract>"
    return "jats", f"<article><front><article-meta>{said}</article-meta></front></article>".encode()


RENDERED = {"MEDLINE": _medline, "HTML": _html, "JATS": _jats}


def rendered(document: Document, form: str) -> Document | None:
    """The report as another service prints it, read by that format's reader."""
    name, data = RENDERED[form](document.parts.get("title") or "A report", document.parts["abstract"])
    found = [d for d in READERS[name].read(io.BytesIO(data), "x") if isinstance(d, Document)]
    return found[0] if found else None


def changed(document: Document, change: Change) -> Document:
    parts = {name: change(text) if name == "abstract" else text for name, text in document.parts.items()}
    return Document(document.id, document.source, parts)


def meaning(record: Record) -> Counter[tuple[str, str]]:
    """What a record says of its trial, without how its words are spelt: fields and values."""
    return Counter((f.field, _value(f.value)) for f in record.facts if f.primary)


def _value(value: Any) -> str:
    said = json.dumps(value, sort_keys=True, ensure_ascii=False).replace("\\n", " ")
    return _american(unicodedata.normalize("NFC", fold(said)))


def kept(before: Iterable[Record], after: Iterable[Record | None]) -> tuple[int, int, list[str]]:
    """How many facts there are on either side, how many on both, and what differs of the first reports."""
    every = same = 0
    differing = []
    for one, other in zip(before, after, strict=True):
        a, b = meaning(one), meaning(other) if other else Counter()
        every += (a | b).total()
        same += (a & b).total()
        differing += [f"{one.document.id}: - {x}" for x in a - b] + [f"{one.document.id}: + {x}" for x in b - a]
    return every, same, differing


def read_changed(nlp: Language, documents: Sequence[Document], name: str) -> Iterator[Record | None]:
    """The records of changed documents; None where the reader found none."""
    made = [rendered(d, name) if name in RENDERED else changed(d, STAYS[name]) for d in documents]
    records = extract(nlp, [d for d in made if d])
    for one in made:
        yield next(records) if one else None


SENTENCE = re.compile(r"(?<=[.!?])(?<!vs\.)(?<!e\.g\.)(?<!i\.e\.)(?<!al\.)\s+(?=[A-Z])")


def two_sentences(record: Record) -> tuple[Document, Counter[tuple[str, str]]] | None:
    """A report cut to its title and the two sentences in a row that say most, and the facts that those words say."""
    text = record.document.parts["abstract"]
    edges = [0, *(m.end() for m in SENTENCE.finditer(text)), len(text)]
    said = [f for f in record.facts if f.primary and f.evidence]

    def of(start: int, end: int) -> list[Fact]:
        return [f for f in said if all(_stands(e, start, end) for e in f.evidence)]

    pairs = list(zip(edges, edges[2:], strict=False))
    if not pairs:
        return None
    start, end = max(pairs, key=lambda pair: (len(of(*pair)), -pair[0]))
    document = record.document
    cut = Document(document.id, document.source, document.parts | {"abstract": text[start:end].rstrip()})
    return cut, Counter((f.field, _value(f.value)) for f in of(start, end))


def _stands(evidence: Evidence, start: int, end: int) -> bool:
    """Whether words stand in the title or between two places of the text."""
    at = (evidence.start, evidence.end)
    return evidence.part != "abstract" or (None not in at and start <= at[0] and at[1] <= end)


def left_of(records: Iterable[Record], nlp: Language) -> tuple[int, int, list[str]]:
    """How many facts two sentences of each report say, how many of them are read of these alone, and which are not."""
    made = [cut for cut in map(two_sentences, records) if cut]
    every = same = 0
    lost = []
    for (document, before), record in zip(made, extract(nlp, [d for d, _ in made]), strict=True):
        after = Counter((f.field, _value(f.value)) for f in record.facts)
        every += before.total()
        same += (before & after).total()
        lost += [f"{document.id}: - {x}" for x in before - after]
    return every, same, lost
