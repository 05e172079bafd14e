"""Hypothesis strategies for documents, facts and records of every legal shape, characters that databases refuse included."""

from __future__ import annotations

from hypothesis import strategies as st

from extractor.declared import ranks
from extractor.model import ABSTRACT, JSON_PART, Conflict, Document, Evidence, Fact, Ids, Record, as_text

HARD = "\x00\x10\ud800\udfff\U0001f9ec\u0301\u00a0\ufeff\r\n\t|;,'\"=<&\\"
texts = st.text(st.one_of(st.characters(), st.sampled_from(HARD)), max_size=40)
words = st.text(st.one_of(st.characters(), st.sampled_from(HARD)), min_size=1, max_size=12)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(-1e12, 1e12), texts)
json_values = st.recursive(
    plain, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)), max_leaves=6
)
values = st.dictionaries(words, json_values, max_size=4)
confidences = st.integers(0, 10_000).map(lambda n: n / 10_000)
ids = st.builds(
    Ids,
    pmid=st.none() | st.integers(1, 10**8).map(str),
    doi=st.none() | words,
    pmcid=st.none() | words,
    nct=st.lists(words, max_size=2).map(tuple),
    other=st.lists(st.tuples(words, words), max_size=2).map(tuple),
)


@st.composite
def evidence(draw: st.DrawFn, parts: dict[str, str]) -> Evidence:
    """A slice of one of the parts."""
    name = draw(st.sampled_from(sorted(n for n, text in parts.items() if text)))
    start = draw(st.integers(0, len(parts[name]) - 1))
    end = draw(st.integers(start + 1, len(parts[name])))
    return Evidence(name, parts[name][start:end], start, end)


@st.composite
def facts(draw: st.DrawFn, parts: dict[str, str], data: dict[str, object] | None) -> Fact:
    path = [Evidence(JSON_PART, as_text(value), path=f"$.{key}") for key, value in (data or {}).items()]
    one = evidence(parts) | st.sampled_from(path) if path else evidence(parts)
    return Fact(
        "x_" + draw(words),  # a field of ours would ask for values of its shape
        draw(values),
        tuple(draw(st.lists(one, min_size=1, max_size=3))),
        draw(words),
        draw(confidences),
        draw(st.booleans()),
        draw(st.none() | words),
        tuple(draw(st.lists(words, max_size=2))),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    parts = {ABSTRACT: draw(texts) + "x"} | draw(st.dictionaries(words, texts, max_size=2))
    if draw(st.booleans()):
        parts = {"title": draw(texts)} | parts
    data = draw(st.none() | st.dictionaries(st.sampled_from("abc"), plain, max_size=2))
    return Document(
        draw(words),
        draw(st.sampled_from(tuple(ranks()))),
        parts,
        draw(ids),
        year=draw(st.none() | st.integers(1900, 2100)),
        journal=draw(st.none() | texts),
        authors=tuple(draw(st.lists(texts, max_size=2))),
        affiliations=tuple(draw(st.lists(texts, max_size=2))),
        publication_types=tuple(draw(st.lists(texts, max_size=2))),
        language=draw(st.none() | st.sampled_from(["eng", "ger"])),
        retracted=draw(st.booleans()),
        notes=tuple(draw(st.lists(texts, max_size=1))),
        starts=draw(st.dictionaries(words, st.integers(0, 10**9), max_size=2)),
        data=data,
        metadata=draw(st.dictionaries(words, json_values, max_size=2)),
        given=tuple(draw(st.lists(facts(parts, data), max_size=1))),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    document = draw(documents())
    found = draw(st.lists(facts(document.parts, document.data), max_size=4))
    places = st.lists(st.integers(0, 5), max_size=2).map(tuple)
    conflict = st.builds(Conflict, words, places, texts, st.lists(st.tuples(words, places), max_size=1).map(tuple))
    return Record(
        document, tuple(found), tuple(draw(st.lists(conflict, max_size=2))), tuple(draw(st.lists(words, max_size=3)))
    )
