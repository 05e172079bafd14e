"""Profile-likelihood intervals by brute force, for tests/reference/profile_grid.json.

Shares no code with the package: the integral over the study effect is a plain trapezoid over 1,201 points, the standard
deviation is tried at every value of a grid from 0 to 10, and the interval ends are where twice the drop in the best
log-likelihood of a grid over mu crosses 3.8415 (first steps of 0.05, then of 0.001, then linear between two points).

Run: python tests/reference/profile_grid.py metafor_reference.json profile_grid.json   (numpy, scipy; minutes)
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import logsumexp

Z = np.linspace(-9.0, 9.0, 1201)
LOG_WEIGHT = -(Z**2) / 2 - 0.5 * np.log(2 * np.pi) + np.log(Z[1] - Z[0])
SIGMAS = np.concatenate([np.linspace(0, 0.3, 31)[:-1], np.geomspace(0.3, 10.0, 330)])
DROP = 3.841458820694124

EXTRA = {
    "one_large_one_small": ([1, 30], [5, 200]),
    "sparse_k4": ([0, 1, 0, 2], [9, 14, 22, 30]),
    "sparse_k4_heterogeneous": ([0, 6, 0, 1], [12, 20, 25, 9]),
    "common_k4": ([3, 9, 2, 11], [12, 20, 25, 19]),
    "rare_k8": ([0, 0, 2, 0, 1, 0, 0, 0], [8, 25, 30, 12, 19, 6, 28, 15]),
    "high_k5": ([9, 10, 19, 7, 12], [10, 10, 20, 11, 12]),
    "overdispersed_k6": ([0, 12, 3, 30, 1, 8], [40, 40, 41, 39, 37, 42]),
}


def profile(mu: float, x: np.ndarray, n: np.ndarray) -> float:
    """Best log-likelihood over the grid of standard deviations at this mu."""
    total = np.zeros(SIGMAS.size)
    eta = mu + SIGMAS[:, None] * Z
    rest = -np.logaddexp(0.0, eta)
    for events, size in zip(x, n, strict=True):
        total += logsumexp(events * eta + size * rest + LOG_WEIGHT, axis=1)
    return float(total.max())


def crossing(x: np.ndarray, n: np.ndarray, start: float, best: float, side: int) -> float:
    """Where twice the drop first passes 3.8415, going out from the maximum."""
    at = start
    for step in (0.05, 0.001):
        while 2 * (best - profile(at + side * step, x, n)) < DROP:
            at += side * step
    left, right = (2 * (best - profile(at + side * shift, x, n)) for shift in (0.0, 0.001))
    return at + side * 0.001 * (DROP - left) / (right - left)


def maximum(x: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """The best mu of ever finer grids, and its log-likelihood."""
    centre, width = 0.0, 14.0
    for _ in range(7):
        grid = np.linspace(centre - width, centre + width, 41)
        values = [profile(mu, x, n) for mu in grid]
        centre, width = float(grid[int(np.argmax(values))]), width / 12
    return centre, max(values)


def main(source: str, target: str) -> None:
    """Write the interval of every one-arm case that a model fits."""
    cases = {
        name: (case["events"], case["n"])
        for name, case in json.loads(Path(source).read_text())["cases"].items()
        if case["design"] == "single_arm" and 0 < sum(case["events"]) < sum(case["n"]) and len(case["n"]) > 1
    }
    out = {}
    for name, (events, totals) in {**cases, **EXTRA}.items():
        x, n = np.asarray(events, float), np.asarray(totals, float)
        mu, best = maximum(x, n)
        low, high = (crossing(x, n, mu, best, side) for side in (-1, 1))
        out[name] = {
            "events": events,
            "totals": totals,
            "mu": round(mu, 4),
            "low": round(low, 5),
            "high": round(high, 5),
        }
        print(name, out[name]["mu"], out[name]["low"], out[name]["high"], flush=True)
    Path(target).write_text(json.dumps(out, separators=(",", ":")).replace("},", "},\n") + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
