"""A scan of many small files whose workers and whose own process are killed again and again: the same parts as a quiet run's?

    python -m bench.scan_torture [--files 200] [--restarts 10] [--engine here] [--engine dask] [--engine scheduler]

``here`` and ``dask`` kill (or hold for a while) a worker every few seconds, and the whole process ten times. ``scheduler``
runs a Dask scheduler and workers of its own, and kills the scheduler too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.baseline import baseline

SEED = 20261130
EVERY = (5.0, 10.0)  # seconds between two blows on a worker
LIFE = (20.0, 50.0)  # seconds until the whole process is killed
TOPIC = "trials"
PORT = 18786


def contents(folder: Path) -> dict[str, bytes]:
    """All parts and entries, without the times in them, and without the halves that a killed worker left."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        data = path.read_bytes()
        if path.suffix == ".json":
            entry = json.loads(data)
            entry["counts"] = {k: v for k, v in entry["counts"].items() if not k.startswith("seconds_")}
            data = json.dumps(entry).encode()
        found[str(path.relative_to(folder))] = data
    return found


def descendants(pid: int) -> list[int]:
    """All processes that come from one, the nearest first."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, new = [], [pid]
    while new := [child for child, parent in parents if parent in new]:
        found += new
    return found


def started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it left."""
    left = descendants(process.pid)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.wait()
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def blows(running: subprocess.Popen[bytes], draw: random.Random, until: float) -> tuple[int, int]:
    """Kill or hold workers until a time, or until the process ends; how many of each."""
    killed = held = 0
    while running.poll() is None and time.monotonic() < until:
        time.sleep(min(draw.uniform(*EVERY), max(0.0, until - time.monotonic())))
        workers = descendants(running.pid)
        if not workers or running.poll() is not None:
            continue
        hit = draw.choice(workers)
        with contextlib.suppress(ProcessLookupError):
            if draw.random() < 0.25:
                os.kill(hit, signal.SIGSTOP)  # one that is too slow
                time.sleep(1.0)
                os.kill(hit, signal.SIGCONT)
                held += 1
            else:
                os.kill(hit, signal.SIGKILL)
                killed += 1
    return killed, held


def scan(files: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "extractor", "scan", str(files), "--topic", TOPIC, "-o", str(out), *more]


def done_in(out: Path) -> int:
    return sum(1 for p in out.glob("*/manifest/*.json") if not p.name.startswith("."))


def tortured(files: Path, out: Path, restarts: int, *more: str) -> str:
    """Blows until the process was killed `restarts` times, then until it is done."""
    draw, killed, held, runs = random.Random(SEED), 0, 0, 0
    steps = []
    for _ in range(restarts):
        running = started(scan(files, out, *more))
        some = blows(running, draw, time.monotonic() + draw.uniform(*LIFE))
        ended(running)
        killed, held = killed + some[0], held + some[1]
        steps.append(done_in(out))
    code = -1
    while code != 0 and runs < 50:
        running = started(scan(files, out, *more))
        some = blows(running, draw, time.monotonic() + 600)
        code, runs = running.wait(), runs + 1
        killed, held = killed + some[0], held + some[1]
    return f"process killed {restarts} times (files done by then: {steps}), {killed} workers killed, {held} held, then {runs} runs to the end"


@contextlib.contextmanager
def cluster() -> Iterator[None]:
    address = f"tcp://127.0.0.1:{PORT}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", str(PORT), "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    processes = [started(dask), started(worker), started(worker)]
    try:
        yield
    finally:
        for process in processes:
            ended(process)


def scheduler_lost(files: Path, out: Path, restarts: int) -> str:
    """The scheduler and its workers die in the middle; the command must end by itself, and go on when called again."""
    draw = random.Random(SEED)
    codes: list[int | None] = []
    more = ("--engine", "dask", "--scheduler", f"tcp://127.0.0.1:{PORT}")
    for _ in range(restarts):
        with cluster():
            time.sleep(4)
            running = started(scan(files, out, *more))
            time.sleep(draw.uniform(6, 12))
        try:
            codes.append(running.wait(timeout=120))
        except subprocess.TimeoutExpired:
            codes.append(None)
        ended(running)
    with cluster():
        time.sleep(4)
        last = subprocess.run(scan(files, out, *more), check=False, capture_output=True).returncode
    return f"scheduler lost {restarts} times, exit codes {codes}; the last run {last}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--engine", action="append", choices=["here", "dask", "scheduler"])
    asked = parser.parse_args()
    os.environ.setdefault("TRIALSPAN_MODEL", "blank")  # a new worker then reads its first file a second earlier
    different = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = baseline(folder / "files", asked.files, citations=20, share=0.3)
        start = time.monotonic()
        subprocess.run(scan(files, folder / "quiet"), check=True, capture_output=True)
        quiet = contents(folder / "quiet")
        print(
            f"quiet run: {asked.files} files, {len(quiet)} parts and entries, {time.monotonic() - start:.0f} s",
            flush=True,
        )
        for engine in asked.engine or ["here", "dask"]:
            start, out = time.monotonic(), folder / engine
            if engine == "scheduler":
                said = scheduler_lost(files, out, min(3, asked.restarts))
            else:
                said = tortured(files, out, asked.restarts, "--workers", "2", "--engine", engine)
            mine = contents(out)
            other = sorted(name for name in mine.keys() | quiet.keys() if mine.get(name) != quiet.get(name))
            different += bool(other)
            same = f"OTHER CONTENT ({len(other)}: {', '.join(other[:4])})" if other else "same content"
            print(f"{engine}: {same}; {said}; {time.monotonic() - start:.0f} s", flush=True)
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
