"""A fitted score of named features: the sum of their weights, hashed into one table that ships in ``models/event_links``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

    def score(self, features: Iterable[str]) -> float:
        """The sum of the weights of an item's features."""
        return math.fsum(self.values.take([*set(buckets(features, len(self.values)))]).tolist())

    def chance(self, features: Iterable[str]) -> float:
        """The probability of an item that is right or wrong by itself."""
        return 1 / (1 + math.exp(-self.score(features)))

    def choice(self, items: Sequence[Iterable[str]]) -> list[float]:
        """The probability of each of several items of which one is right."""
        return [float(p) for p in softmax(np.array([self.score(item) for item in items]))]


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
