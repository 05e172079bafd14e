"""Pooling rare events of synthetic studies: seconds and memory by number of studies, beside R's lme4 in the same run.

Studies have 8 to 120 people and risks drawn around 5 % (tau 0.7 on the logit scale). Ours is ``pool_proportions`` with all
that it says but the sensitivity table: a random-intercept logistic model by maximum likelihood with 81 nodes, its profile
interval, heterogeneity, a prediction interval, and an exact interval of each study. The yardstick is
``lme4::glmer(nAGQ = 7)`` with ``confint(method = "profile")``, timed inside R without its start; where Rscript or lme4 is
missing it is skipped, and says so. A plain logistic regression without random effects (Newton's method in NumPy, one
parameter) shows what the least possible would be. Each size has its own process.

    python bench/pooling.py [--studies 10 100 1000 10000 100000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from math import exp, log
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from extractor.pool import pool_proportions

SIZES = (10, 100, 1_000, 10_000, 100_000)
MOST_FOR_R = 10_000  # glmer's profile takes minutes beyond
R_LIMIT_S = 180
WITH_TABLE = 100  # the sensitivity table is timed up to so many studies
SCRIPT = """
suppressPackageStartupMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1])
d$study <- factor(seq_len(nrow(d)))
took <- system.time({
  fit <- glmer(cbind(x, n - x) ~ 1 + (1 | study), family = binomial, data = d, nAGQ = 7)
  low_high <- confint(fit, parm = "beta_", method = "profile", quiet = TRUE)
})[["elapsed"]]
cat(took, fixef(fit)[[1]], low_high[1], low_high[2])
"""

Counts = NDArray[np.int64]


def studies(count: int) -> tuple[Counts, Counts]:
    """People with the event and at risk."""
    draw = np.random.default_rng(20261122)
    totals = draw.integers(8, 121, count)
    return draw.binomial(totals, expit(draw.normal(-3.0, 0.7, count))), totals


def measured(count: int) -> dict[str, Any]:
    """One size, in this process."""
    events, totals = studies(count)
    seconds, found = timed(lambda: pool_proportions(events, totals, sensitivity=False))
    result = {
        "studies": count, "events": int(events.sum()), "people": int(totals.sum()), "seconds": seconds,
        "estimate": found.estimate, "low": found.low, "high": found.high, "tau2": found.tau2,
        "plain_seconds": timed(lambda: plain(events, totals))[0],
    }  # fmt: skip
    if count <= WITH_TABLE:
        result["with_sensitivity_seconds"] = timed(lambda: pool_proportions(events, totals))[0]
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
    return result | {"lme4": lme4(events, totals)}


def plain(events: Counts, totals: Counts) -> float:
    """One common risk, on the logit scale."""
    beta = 0.0
    for _ in range(25):
        p = 1 / (1 + exp(-beta))
        beta += float((events - totals * p).sum() / (totals * p * (1 - p)).sum())
    return beta


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = function()
    return round(time.perf_counter() - start, 4), result


def lme4(events: Counts, totals: Counts) -> dict[str, Any]:
    """Seconds, estimate and profile interval of R's; or why there are none."""
    if events.size > MOST_FOR_R:
        return {"skipped": f"more than {MOST_FOR_R:,} studies"}
    program = shutil.which("Rscript")
    if program is None:
        return {"skipped": "no Rscript here"}
    with tempfile.TemporaryDirectory() as folder:
        counts, script = Path(folder) / "counts.csv", Path(folder) / "fit.R"
        np.savetxt(counts, np.column_stack([events, totals]), fmt="%d", delimiter=",", header="x,n", comments="")
        script.write_text(SCRIPT, encoding="utf-8")
        try:
            done = subprocess.run([program, script, counts], capture_output=True, text=True, timeout=R_LIMIT_S)
        except subprocess.TimeoutExpired:
            return {"skipped": f"not done after {R_LIMIT_S} s"}
    if done.returncode:
        return {"skipped": (done.stderr.strip().splitlines() or ["R failed"])[-1]}
    seconds, *logits = map(float, done.stdout.split())
    return {"seconds": seconds} | dict(zip(("estimate", "low", "high"), map(float, expit(logits)), strict=True))


# ---------------------------------------------------------------- what is printed


def table(results: list[dict[str, Any]]) -> list[str]:
    names = (
        "studies",
        "ours, s",
        "with table, s",
        "plain, s",
        "lme4, s",
        "lme4/ours",
        "peak, MB",
        "risk, % (95 % profile)",
    )
    lines = ["".join(f"{n:>14}" for n in names[:-1]) + f"   {names[-1]}"]
    for r in results:
        other = r["lme4"]
        cells = [
            f"{r['studies']:,}", f"{r['seconds']:.3f}", _cell(r.get("with_sensitivity_seconds")), f"{r['plain_seconds']:.4f}",
            _cell(other.get("seconds")), f"{other['seconds'] / r['seconds']:.1f}" if "seconds" in other else "-", f"{r['peak_mb']}",
        ]  # fmt: skip
        lines.append("".join(f"{c:>14}" for c in cells) + f"   {_risk(r)}; lme4 {other.get('skipped') or _risk(other)}")
    return lines


def _cell(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.3f}"


def _risk(found: dict[str, Any]) -> str:
    return f"{100 * found['estimate']:.3f} ({100 * found['low']:.3f} to {100 * found['high']:.3f})"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--studies", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    results = []
    for count in chosen.studies:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:  # so that each peak is its own
            results.append(one.submit(measured, count).result())
    print("pooling synthetic studies of 8 to 120 people")
    print("\n".join(table(results)))
    if len(results) > 1:
        first, last = results[0], results[-1]
        growth = log(last["seconds"] / first["seconds"]) / log(last["studies"] / first["studies"])
        print(f"seconds grow with the number of studies to the power {growth:.2f}")
    print(f"{os.cpu_count()} processors; load now {os.getloadavg()[0]:.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
