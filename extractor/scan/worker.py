"""One worker: a process of its own that scans the files it is told on its standard input, and answers a line each.

Run as ``python -m extractor.scan.worker``. The first line is the job, each further one a file; an answer is the entry of the
manifest or ``{"file", "failed"}``. It ends with its standard input, so that no worker outlives who started it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractor.errors import ExtractorError
from extractor.scan.citations import Candidates
from extractor.scan.part import Job, entry_of, scan_file
from extractor.scan.topics import parse
from extractor.settings import Settings

COMMAND = (sys.executable, "-m", "extractor.scan.worker")


class WorkerLostError(Exception):
    """The worker's process ended in the middle of a file."""


class Worker:
    """A worker process, seen from outside; a context manager."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def scan(self, path: Path) -> dict[str, Any]:
        """The answer for one file; the process is started when it is not there.

        Raises
        ------
        WorkerLostError
            If the process was killed, by whomever; the next call starts another.
        """
        try:
            process = self._process or self._start()
            self._say(process, str(path))
            assert process.stdout is not None
            answer = process.stdout.readline()
        except (BrokenPipeError, OSError) as error:
            answer = f"{error}"
        try:
            found: dict[str, Any] = json.loads(answer)
        except ValueError:
            self.stop()
            raise WorkerLostError(f"a worker was lost while it read {path.name}") from None
        return found

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self._process = process
        self._say(process, self._job)
        return process

    @staticmethod
    def _say(process: subprocess.Popen[str], what: Any) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()


def described(topic_text: str, topic_name: str, settings: Settings, out: Path) -> dict[str, Any]:
    """A job as plain data, for another process or another machine; who asks stays here."""
    told = asdict(replace(settings, email="", ncbi_api_key=""))
    return {"topic": topic_text, "name": topic_name, "settings": told, "out": str(out)}


def job_from(data: dict[str, Any]) -> Job:
    return Job(parse(data["topic"], data["name"]), Settings(**data["settings"]), Path(data["out"]))


def answered(path: Path, job: Job, candidates: Candidates, nlp: Any) -> dict[str, Any]:
    """The entry of a file, made now or earlier; a file that cannot be read fails alone and is named."""
    try:
        return entry_of(job, path) or scan_file(path, job, candidates, nlp)
    except (ExtractorError, OSError, MemoryError) as error:
        return {"file": path.name, "failed": f"{error}"}


def main() -> None:
    job = job_from(json.loads(sys.stdin.readline()))
    candidates = Candidates(job.topic)

    @cache
    def nlp() -> Any:
        from extractor.pipeline import build  # spaCy: only where a citation is to be read

        return build(job.settings)

    for line in sys.stdin:
        print(json.dumps(answered(Path(json.loads(line)), job, candidates, nlp)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
