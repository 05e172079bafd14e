"""Who scans the files: worker processes here, or Dask workers elsewhere. The parts do not depend on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from extractor.errors import SettingsError
from extractor.scan.worker import Worker, WorkerLostError

MOST_TRIES = 20  # times that a file's worker may be lost before the file is given up: it may be the file that kills it
Answers = Iterator[dict[str, Any]]


def here(paths: Sequence[Path], job: dict[str, Any], workers: int) -> Answers:
    """Answers of `workers` processes of this machine, as they come."""
    own = threading.local()
    started: list[Worker] = []

    def scan(path: Path) -> dict[str, Any]:
        if not hasattr(own, "worker"):
            own.worker = Worker(job)
            started.append(own.worker)
        return patiently(path, own.worker.scan)

    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(scan, path) for path in paths]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
            for worker in started:
                worker.stop()


def patiently(path: Path, scan: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """The answer for a file, tried again where its worker was lost."""
    for _ in range(MOST_TRIES):
        try:
            return scan(path)
        except WorkerLostError as error:
            lost = error
    return {
        "file": path.name,
        "failed": f"{lost}, {MOST_TRIES} times; look at this file, or give the workers more memory",
    }


def dask(paths: Sequence[Path], job: dict[str, Any], workers: int, scheduler: str | None) -> Answers:
    """Answers of Dask workers: those of a scheduler, or of a cluster of `workers` processes made here.

    A lost worker's files are given to others; a lost scheduler ends the run, and the same command goes on.

    Raises
    ------
    SettingsError
        If Dask is not installed, or the scheduler cannot be reached.
    """
    try:
        import dask.config
        import distributed
    except ImportError as error:
        raise SettingsError("--engine dask needs: pip install 'trialspan[distributed]'") from error
    dask.config.set({"distributed.scheduler.allowed-failures": MOST_TRIES})
    library: Any = distributed  # without types
    with ExitStack() as open_:
        cluster = None if scheduler else open_.enter_context(_cluster(library, workers))
        try:
            client = open_.enter_context(library.Client(scheduler or cluster, timeout="20s"))
        except (OSError, TimeoutError, ValueError) as error:
            raise SettingsError(
                f"--scheduler {scheduler}: cannot be reached ({error}); is it running, and is the address right?"
            ) from error
        futures = [client.submit(on_worker, str(path), job, pure=False, retries=MOST_TRIES) for path in paths]
        for future in library.as_completed(futures):
            yield future.result()


def _cluster(library: Any, workers: int) -> Any:
    """Processes of this machine; those that are killed come back, with what guarded them."""
    cluster = library.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
    cluster.adapt(minimum=workers, maximum=workers, interval="2s")
    return cluster


# one a Dask worker, a process of its own: it has a main thread, so that time limits hold
_worker: dict[str, Worker] = {}


def on_worker(path: str, job: dict[str, Any]) -> dict[str, Any]:
    """What a Dask worker does with one file."""
    key = repr(sorted(job.items()))
    if key not in _worker:
        for other in _worker.values():
            other.stop()
        _worker.clear()
        _worker[key] = Worker(job)
    return patiently(Path(path), _worker[key].scan)
