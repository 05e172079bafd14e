"""How long a scan would take, from a measured sample of its own files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """Estimates for all files; times in seconds of processor time, and in hours of the clock on all workers."""

    files: int
    sampled: int
    citations: float
    wanted: float
    seconds_filter: float
    seconds_extract: float
    workers: int

    @property
    def hours(self) -> float:
        return (self.seconds_filter + self.seconds_extract) / self.workers / 3600


def sample_of(paths: Sequence[Path]) -> list[Path]:
    """The first file, one from the middle and the last: old and new citations differ."""
    places = sorted({0, len(paths) // 2, len(paths) - 1})
    return [paths[i] for i in places if paths]


def extrapolated(paths: Sequence[Path], sampled: Sequence[Path], found: Sequence[dict[str, Any]], workers: int) -> Plan:
    """What the sample says of all files, in proportion to their bytes."""
    share = sum(p.stat().st_size for p in paths) / max(1, sum(p.stat().st_size for p in sampled))
    names = ("citations", "wanted", "seconds_filter", "seconds_extract")
    totals = {name: share * sum(entry["counts"][name] for entry in found) for name in names}
    return Plan(len(paths), len(sampled), workers=workers, **totals)
