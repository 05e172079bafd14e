"""A fitted score of named features: the sum of their weights, hashed into one table that ships in ``models/event_links``."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from extractor.context.trained import buckets, softmax
from extractor.errors import SettingsError
from extractor.shipped import shipped

FOLDER = "event_links"


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of hashed features; a feature counts once an item, its weight is a difference of log odds."""

    values: npt.NDArray[np.float32]
    _listed: list[float] = field(init=False, repr=False, compare=False)  # the same: a list is quicker to look few up in

    def __post_init__(self) -> None:
        object.__setattr__(self, "_listed", self.values.tolist())

    def score(self, features: Iterable[str]) -> float:
        """The sum of the weights of an item's features."""
        listed = self._listed
        return math.fsum(map(listed.__getitem__, set(buckets(features, len(listed)))))

    def chance(self, features: Iterable[str]) -> float:
        """The probability of an item that is right or wrong by itself."""
        return 1 / (1 + math.exp(-self.score(features)))

    def choice(self, items: Sequence[Iterable[str]]) -> list[float]:
        """The probability of each of several items of which one is right."""
        return [float(p) for p in softmax(np.array([self.score(item) for item in items]))]

    def choice_of_name(self, names: Iterable[str], features: Iterable[str]) -> list[float]:
        """The probability of each of several names, all with the same features; each is hashed behind each name."""
        written = [feature.encode() for feature in features]
        listed, last, crc = self._listed, len(self._listed) - 1, zlib.crc32
        heads = [crc(f"{name} ".encode()) for name in names]
        scores = [math.fsum([listed[b] for b in {crc(one, head) & last for one in written}]) for head in heads]
        return [float(p) for p in softmax(np.array(scores))]


given: dict[
    str, Weights
] = {}  # in place of what ships, where training reads documents by weights that did not see them


def weights(name: str) -> Weights:
    """The weights of one decision: ``arms``, ``pairs``, ``pairs_among``."""
    return given.get(name) or _shipped(name)


@cache
def _shipped(name: str) -> Weights:
    """Weights as they ship.

    Raises
    ------
    SettingsError
        If the file is missing from the installation.
    """
    path = shipped("models") / FOLDER / f"{name}.npz"
    if not path.is_file():
        raise SettingsError(f"{path}: trained weights missing; install the package again")
    with np.load(path, allow_pickle=False) as arrays:
        return Weights(arrays["weights"])
