"""Grounding of a mention in one of the shipped tables: exact, then without plural endings, then by likeness.

The last step is scispaCy's ``CandidateGenerator`` (TF-IDF of character 3-grams, nearest neighbours) over our own small
knowledge base. Its four parts are all handed over, so nothing is downloaded; in place of an approximate index stands an
exact one, so that results are the same on every run. It is loaded on first use: that takes about two seconds.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from extractor.terms import Term, table, words
from extractor.text import fold, squeeze

if TYPE_CHECKING:
    from scispacy.candidate_generation import CandidateGenerator

LIKE = 0.85  # cosine of 3-grams below which a likeness misleads ("muscle spasms" is no chin myoclonus, .70)
NEIGHBOURS = 10  # aliases looked at; several may name one concept
LEMMA = 0.98  # how sure a match without the plural ending is


class ExactIndex:
    """Nearest neighbours by a sparse product; the one method that scispaCy asks of an index.

    Parameters
    ----------
    vectors : sparse matrix of shape (aliases, features)
        Rows of length 1.
    """

    def __init__(self, vectors: Any) -> None:
        self._vectors = vectors.T.tocsr()

    def knnQueryBatch(self, queries: Any, k: int) -> list[tuple[Any, Any]]:  # noqa: N802 - nmslib's name
        """For each query (ids, cosine distances) of the `k` nearest rows; ties in the order of the table."""
        import numpy

        likeness = (queries @ self._vectors).toarray()
        nearest = numpy.argsort(-likeness, axis=1, kind="stable")[:, :k]
        return [(ids, 1.0 - row[ids]) for ids, row in zip(nearest, likeness, strict=True)]


@lru_cache(maxsize=20_000)
def ground(mention: str, name: str) -> tuple[Term, float, str] | None:
    """The term of a shipped table that `mention` names.

    Parameters
    ----------
    mention : str
        As written, without the words around it.
    name : str
        A table in ``extractor/lexicons``.

    Returns
    -------
    tuple of (Term, float, str) or None
        The term, a score 0-1, and why: ``name``, ``synonym``, ``lemma``, ``like "<alias>"``. None below :data:`LIKE`.
    """
    label = squeeze(fold(mention))
    found = table(name).get(label)
    if found is None:
        return _alike(label, name)
    if label == found.name.lower():
        return found, 1.0, "name"
    if any(label == s.lower() for s in found.synonyms):
        return found, 1.0, "synonym"
    return found, LEMMA, "lemma"


def _alike(label: str, name: str) -> tuple[Term, float, str] | None:
    if len(label) < 5:  # an abbreviation is like many others
        return None
    generator, terms = generator_of(name)
    candidates = generator([label], NEIGHBOURS)[0]
    ranked = sorted(
        ((s, alias, c.concept_id) for c in candidates for s, alias in zip(c.similarities, c.aliases, strict=True)),
        key=lambda x: (-x[0], x[1]),
    )
    for likeness, alias, key in ranked[:1]:
        if likeness >= LIKE and _same_numbers(label, alias):
            return terms[key], round(min(float(likeness), LEMMA), 3), f'like "{alias}"'
    return None


def _same_numbers(one: str, other: str) -> bool:
    """A figure is never a likeness: "type 1 diabetes" is not type 2."""
    figures = [[w for w in words(text.lower()) if any(c.isdigit() for c in w) or w in ROMAN] for text in (one, other)]
    return figures[0] == figures[1]


ROMAN = frozenset({"i", "ii", "iii", "iv", "v", "vi"})


@cache
def generator_of(name: str) -> tuple[CandidateGenerator, dict[str, Term]]:
    """scispaCy's candidate generator over a shipped table, and the table's terms by concept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nmslib's and sklearn's own imports
        import numpy
        from scispacy.candidate_generation import CandidateGenerator
        from scispacy.linking_utils import Entity, KnowledgeBase
        from sklearn.feature_extraction.text import TfidfVectorizer

    terms = dict(_concepts(name))
    entities = [Entity(key, t.name, [s for s in t.synonyms if len(s) > 4]) for key, t in terms.items()]
    aliases = sorted({a for e in entities for a in (e.canonical_name, *e.aliases)})
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=1, dtype=numpy.float32)
    vectors = vectorizer.fit_transform(aliases)
    generator = CandidateGenerator(
        ann_index=ExactIndex(vectors),
        tfidf_vectorizer=vectorizer,
        ann_concept_aliases_list=aliases,
        kb=KnowledgeBase(entities),
    )
    return generator, terms


def _concepts(name: str) -> Iterator[tuple[str, Term]]:
    """Each term under a key of its own: its CURIE, or its name where it has none."""
    for term in table(name).terms:
        yield f"{term.id}|{term.name}", term
