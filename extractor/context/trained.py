"""The trained parts: the spaCy pipeline, the sentence-role model and the mention model.

What it is: loaders of what ``models/<name>/`` holds, and the feature functions that training shares with them.
What it is not: training (``training/``), rules, or a decision; these models give probabilities and the fields decide.

Words: a *role* is what a sentence does in an abstract (background, objective, methods, results, conclusions); a
*mention* is a disease or symptom named in a sentence, ``[start, end)`` in code points of that sentence. Both models
are linear over hashed features (CRC-32, the same in every process); each item is scored on its own, so a result
does not depend on what else is in the batch.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language

from extractor import patterns as re
from extractor.context.readers import WORD

Floats = npt.NDArray[np.float32]

ROLES = ("background", "objective", "methods", "results", "conclusions")
MENTION_CLASSES = ("adverse_event", "treated", "background")

PIPELINE_PARTS = ("tok2vec", "ner", "tagger", "parser")
ROLE_FILE = "roles.npz"
MENTION_FILE = "mentions.npz"

#: "1,234" and "0.05" become "0": the size of a figure says nothing about what a sentence does.
_NUMBER = re.compile(r"\d+(?:[.,·]\d+)*")
#: "p<0.05" -> p, <, 0; "follow-up" -> follow, -, up
#: Floor of a probability before its logarithm.
SMALLEST = 1e-9
#: Features whose buckets are remembered.
REMEMBERED = 100_000
#: Characters on each side of a mention that its features may see.
_WINDOW_CHARS = 160
_WINDOW_WORDS = 8
_NEAR_WORDS = 3


def pipeline(folder: Path, *, parse: bool = True) -> Language:
    """Load the trained spaCy pipeline.

    Parameters
    ----------
    folder : Path
        A model folder such as ``models/trial_sm``.
    parse : bool
        False leaves tagger and parser disabled, which doubles the speed; sentences are then not set.

    Raises
    ------
    OSError
        If the folder holds no pipeline.
    """
    if not (folder / "config.cfg").exists():
        raise OSError(f"{folder}: no spaCy pipeline here (config.cfg missing); give a folder such as models/trial_sm")
    return spacy.load(folder, disable=() if parse else ("tagger", "parser"))


@dataclass(frozen=True, slots=True)
class EntityFinder:
    """Diseases and chemicals of chosen sentences, for a caller that needs them in few places.

    The recogniser is the slowest part of reading an abstract; asked only about the sentences that matter it costs a
    fraction. The sentences of one call are one batch, so the answer depends on nothing but the call.
    """

    nlp: Language

    @classmethod
    def load(cls, folder: Path) -> EntityFinder:
        """Load tok2vec and entities of a model folder, nothing else."""
        return cls(pipeline(folder, parse=False))

    def find(self, sentences: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """``(start, end, label)`` of the entities of each sentence, offsets in code points of the sentence."""
        docs = self.nlp.pipe(sentences, batch_size=max(1, len(sentences)))
        return [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]


def words(text: str) -> list[str]:
    """Split ``text`` into lower-case words and marks, figures as ``0``."""
    return WORD.findall(_NUMBER.sub("0", text.lower()))


@dataclass(frozen=True, slots=True)
class HashedLinear:
    """A multinomial logistic regression over hashed features.

    Attributes
    ----------
    weights : float32 array of shape (buckets, classes)
        ``buckets`` is a power of two.
    bias : float32 array of shape (classes,)
    """

    weights: Floats
    bias: Floats

    def buckets(self, features: Iterable[str]) -> list[int]:
        """Row numbers of ``features``."""
        return buckets(features, len(self.weights))

    def logits(self, features: Iterable[str]) -> npt.NDArray[np.float64]:
        """Scores of one item, shape (classes,); features count once each and are scaled to unit length."""
        return self.summed(self.buckets(features))

    def summed(self, found: Iterable[int]) -> npt.NDArray[np.float64]:
        """Scores of one item by the rows of its features."""
        rows = sorted(set(found))
        if not rows:
            return self.bias.astype(np.float64)
        total = np.add.reduce(self.weights.take(rows, axis=0).astype(np.float64))
        return np.asarray(total / math.sqrt(len(rows)) + self.bias)


def buckets(features: Iterable[str], size: int) -> list[int]:
    """Hash features into ``range(size)``; ``size`` is a power of two."""
    return list(map(_hashed(size).__getitem__, features))


class Hashed(dict[str, int]):
    """The buckets of features, remembered: most features of a text are those of all texts."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._last = size - 1

    def __missing__(self, feature: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        self[feature] = bucket = zlib.crc32(feature.encode()) & self._last
        return bucket


_hashed = cache(Hashed)


class HashedWords(dict[Any, int]):
    """The buckets of features that are a head and words, by the words: nothing is written out for words seen before."""

    def __init__(self, head: str, size: int) -> None:
        super().__init__()
        self._head, self._last = head, size - 1

    def __missing__(self, words: str | tuple[str, ...]) -> int:
        if len(self) >= REMEMBERED // 4:
            self.clear()
        feature = f"{self._head} {words if isinstance(words, str) else ' '.join(words)}"
        self[words] = bucket = zlib.crc32(feature.encode()) & self._last
        return bucket


_hashed_words = cache(HashedWords)


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities of one item from its scores."""
    shifted = np.exp(logits - np.maximum.reduce(logits))
    return np.asarray(shifted / np.add.reduce(shifted))


def _softmax_of_rows(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same of an item a row."""
    shifted = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
    return np.asarray(shifted / np.add.reduce(shifted, axis=1, keepdims=True))


# --- sentence roles ---------------------------------------------------------------------------------------------------


def role_features(split: Sequence[Sequence[str]], at: int) -> Iterator[str]:
    """Features of sentence ``at`` of an abstract: its words and pairs, its opening and end, its neighbours' openings, its place.

    ``split`` is `words` of every sentence of the abstract, in order.
    """
    own = split[at]
    yield from (f"w {word}" for word in own)
    yield from (f"b {one} {two}" for one, two in pairwise(own))
    yield from _placed_features(split, at)


def role_buckets(split: Sequence[Sequence[str]], at: int, size: int) -> Iterator[int]:
    """The buckets of :func:`role_features`."""
    own = split[at]
    yield from map(_hashed_words("w", size).__getitem__, own)
    yield from map(_hashed_words("b", size).__getitem__, pairwise(own))
    yield from buckets(_placed_features(split, at), size)


def _placed_features(split: Sequence[Sequence[str]], at: int) -> Iterator[str]:
    own = split[at]
    count = len(split)
    tenth, shown = 10 * at // count, min(count, 12)
    yield from (f"o{i} {word}" for i, word in enumerate(own[:3]))
    yield from (f"e{i} {word}" for i, word in enumerate(reversed(own[-3:])))
    yield from (f"p {word}" for word in (split[at - 1][:6] if at else ("<start>",)))
    yield from (f"n {word}" for word in (split[at + 1][:6] if at + 1 < count else ("<end>",)))
    yield from (f"first {min(at, 4)}", f"last {min(count - 1 - at, 4)}", f"long {min(len(own) // 8, 6)}")
    yield from (f"tenth {tenth}", f"of {shown}", f"tenth {tenth} of {shown}")


@dataclass(frozen=True, slots=True)
class RoleClassifier:
    """Roles of the sentences of one abstract, smoothed over their order.

    Attributes
    ----------
    model : HashedLinear
    order : float32 array of shape (roles + 1, roles + 1)
        Log odds of a role after a role against its frequency; the last row is "at the start", the last column "at the end".
    trust : float
        Factor on the scores of the single sentences.
    """

    model: HashedLinear
    order: Floats
    trust: float

    @classmethod
    def load(cls, folder: Path) -> RoleClassifier:
        """Read ``roles.npz`` of a model folder."""
        with np.load(_existing(folder / ROLE_FILE), allow_pickle=False) as arrays:
            model = HashedLinear(arrays["weights"], arrays["bias"])
            return cls(model, arrays["order"], float(arrays["trust"]))

    def roles(self, sentences: Sequence[str]) -> list[tuple[str, float]]:
        """Most likely role of each sentence, with its probability.

        Parameters
        ----------
        sentences : sequence of str
            All sentences of one abstract, in order, without the title.
        """
        if not sentences:
            return []
        split = [words(sentence) for sentence in sentences]
        size = len(self.model.weights)
        logits = np.array([self.model.summed(role_buckets(split, at, size)) for at in range(len(split))])
        scores = np.log(_softmax_of_rows(logits) + SMALLEST)
        marginals = smoothed(scores * self.trust, self.order.astype(np.float64))
        best = marginals.argmax(axis=1).tolist()
        return [(ROLES[role], p) for role, p in zip(best, marginals.max(axis=1).tolist(), strict=True)]


def smoothed(scores: npt.NDArray[np.float64], order: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Marginal probabilities of a chain by the forward-backward recursion.

    Parameters
    ----------
    scores : float array of shape (sentences, roles)
        Log score of each role for each sentence.
    order : float array of shape (roles + 1, roles + 1)
        Log score of each pair of neighbours; see `RoleClassifier`.
    """
    inner, start, end = order[:-1, :-1], order[-1, :-1], order[:-1, -1]
    forward, backward = np.empty_like(scores), np.empty_like(scores)
    forward[0], backward[-1] = scores[0] + start, end
    for at in range(1, len(scores)):
        forward[at] = scores[at] + np.logaddexp.reduce(forward[at - 1][:, None] + inner, axis=0)
    for at in range(len(scores) - 2, -1, -1):
        backward[at] = np.logaddexp.reduce(inner + (scores[at + 1] + backward[at + 1])[None, :], axis=1)
    return _softmax_of_rows(forward + backward)


# --- mentions ---------------------------------------------------------------------------------------------------------


def mention_features(sentence: str, start: int, end: int) -> Iterator[str]:
    """Features of the mention ``sentence[start:end]``: its own words, the words around it, the rest of the sentence."""
    left = words(sentence[max(0, start - _WINDOW_CHARS) : start])[-_WINDOW_WORDS:]
    right = words(sentence[end : end + _WINDOW_CHARS])[:_WINDOW_WORDS]
    own = words(sentence[start:end])
    yield from (f"m {word}" for word in own)
    yield from (f"s {word[-4:]}" for word in own if len(word) > 4)
    yield f"h {own[-1] if own else ''}"
    yield from _side("l", list(reversed(left)))
    yield from _side("r", right)
    yield f"lr {' '.join(left[-1:])} _ {' '.join(right[:1])}"
    yield from (f"t {word}" for word in {*words(sentence[:start])} if len(word) > 2)
    yield from (f"u {word}" for word in {*words(sentence[end:])} if len(word) > 2)


def _side(name: str, near: list[str]) -> Iterator[str]:
    yield from (f"{name} {word}" for word in near)
    yield from (f"{name}{i} {word}" for i, word in enumerate(near[:_NEAR_WORDS]))
    yield from (f"{name}{i} {' '.join(near[i : i + 2])}" for i in range(min(_NEAR_WORDS, len(near))))


@dataclass(frozen=True, slots=True)
class MentionClassifier:
    """Whether a disease or symptom named in a trial's sentence is an adverse event, the treated disease or background."""

    model: HashedLinear

    @classmethod
    def load(cls, folder: Path) -> MentionClassifier:
        """Read ``mentions.npz`` of a model folder."""
        with np.load(_existing(folder / MENTION_FILE), allow_pickle=False) as arrays:
            return cls(HashedLinear(arrays["weights"], arrays["bias"]))

    def probabilities(self, mentions: Iterable[tuple[str, int, int]]) -> list[dict[str, float]]:
        """Class probabilities of each ``(sentence, start, end)``; keys are `MENTION_CLASSES`."""
        return [self._one(sentence, start, end) for sentence, start, end in mentions]

    def _one(self, sentence: str, start: int, end: int) -> dict[str, float]:
        values = softmax(self.model.logits(mention_features(sentence, start, end)))
        return {name: float(value) for name, value in zip(MENTION_CLASSES, values, strict=True)}


def _existing(path: Path) -> Path:
    if not path.exists():
        raise FileNotFoundError(f"{path}: trained weights missing; give a model folder such as models/trial_sm")
    return path
