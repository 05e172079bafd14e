"""``trialspan scan``, ``load``, ``atlas``: all of PubMed, file by file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from extractor.commands.shared import (
    Format,
    OutputOption,
    StoreOption,
    inputs_or_exit,
    open_store,
    output_to,
    progress,
    say,
    say_json,
    settings_or_exit,
    wrong_usage,
)
from extractor.scan import engines
from extractor.scan.part import entry_of
from extractor.scan.plan import extrapolated, sample_of
from extractor.scan.topics import parse, read_topic
from extractor.scan.worker import described, job_from

SHARD = re.compile(r"(\d+)/(\d+)")
NAMES = (".xml", ".xml.gz")


class Engine(StrEnum):
    """Who scans the files."""

    here = "here"
    dask = "dask"


def scan(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Baseline or update files, or their folder.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the parts go.")],
    topic: Annotated[str, typer.Option(help="msc-als, trials, or a file of your own.")] = "trials",
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only every Nth file from the Ith: for arrays of jobs.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="here, or dask (extra: distributed).")] = Engine.here,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler: tcp://host:8786.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Measure three files, say how long all would take, keep nothing.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Extract what is of a topic from PubMed files into Parquet; the same command goes on where it was cut off.

    Example: trialspan scan baseline/ --topic msc-als -o facts/ --workers 2
    """
    paths = part_of(files_of(inputs), shard)
    name, text = read_topic(topic)
    parse(text, name)
    job = described(text, name, settings_or_exit(), output.resolve())
    if plan:
        _plan(paths, job, workers)
        return
    output.mkdir(parents=True, exist_ok=True)
    answers = _answers(paths, job, workers, engine, scheduler)
    _end(list(progress(answers, "files", total=lambda: len(paths))), job, form)


def _answers(
    paths: Sequence[Path], job: dict[str, Any], workers: int, engine: Engine, scheduler: str | None
) -> Iterator[dict[str, Any]]:
    """The entries of what is done already, then of what is missing as it comes."""
    if scheduler and engine is not Engine.dask:
        raise wrong_usage("--scheduler is for --engine dask")
    wanted = job_from(job)
    missing = []
    for path in paths:
        entry = entry_of(wanted, path)
        if entry is None:
            missing.append(path)
        else:
            yield entry
    if not missing:
        return
    if engine is Engine.dask:
        yield from engines.dask(missing, job, workers, scheduler)
    else:
        yield from engines.here(missing, job, min(workers, len(missing)))


def _plan(paths: Sequence[Path], job: dict[str, Any], workers: int) -> None:
    chosen = sample_of(paths)
    with tempfile.TemporaryDirectory() as folder:
        found = list(engines.here(chosen, job | {"out": folder}, 1))
    failed = [entry for entry in found if "failed" in entry]
    if failed:
        raise wrong_usage(f"{failed[0]['file']}: {failed[0]['failed']}")
    made = extrapolated(paths, chosen, found, workers)
    say(
        f"{made.files} files, {made.sampled} measured: about {made.citations:,.0f} citations, {made.wanted:,.0f} of the topic; "
        f"{made.seconds_filter / 3600:.2f} h of processor time to find them, {made.seconds_extract / 3600:.2f} h to read them; "
        f"about {made.hours:.2f} h with {workers} workers"
    )


def _end(found: list[dict[str, Any]], job: dict[str, Any], form: Format) -> None:
    """The counts of a run; exit code 1 where a file failed."""
    done = [entry for entry in found if "failed" not in entry]
    failed = sorted((entry["file"], entry["failed"]) for entry in found if "failed" in entry)
    names = ("citations", "wanted", "extracted", "deleted", "failed", "facts")
    totals = {name: sum(entry["counts"][name] for entry in done) for name in names}
    if form is Format.json:
        say_json({"run": job_from(job).run, "files": len(done), "failed_files": dict(failed)} | totals)
    else:
        for file, error in failed:
            say(f"failed: {file}: {error}", err=True)
        say(
            f"{len(done)} files, {totals['citations']:,} citations, {totals['wanted']:,} of the topic, {totals['extracted']:,} extracted, "
            f"{totals['facts']:,} facts, {totals['deleted']:,} deletions, {totals['failed']:,} citations failed, {len(failed)} files failed"
        )
        say(f"parts: {job_from(job).folder}")
    if failed:
        raise typer.Exit(1)


def files_of(inputs: Sequence[Path]) -> list[Path]:
    """PubMed files among the inputs and in their folders, by name; each name once."""
    found: dict[str, Path] = {}
    inputs_or_exit(inputs)
    for given in inputs:
        for path in sorted(given.rglob("*")) if given.is_dir() else [given]:
            if path.name.endswith(NAMES) and path.is_file() and not path.name.startswith("."):
                twin = found.setdefault(path.name, path)
                if twin != path:
                    raise wrong_usage(
                        f"{twin} and {path} have one name, which their parts are kept by; scan them into two folders"
                    )
    if not found:
        raise wrong_usage(f"no PubMed file ({' or '.join(NAMES)}) in {', '.join(map(str, inputs))}")
    return [found[name] for name in sorted(found)]


def part_of(paths: list[Path], shard: str | None) -> list[Path]:
    """Every Nth of the files from the Ith, counted from 1; empty where there are fewer files than shards."""
    if shard is None:
        return paths
    match = SHARD.fullmatch(shard)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise wrong_usage(f"--shard {shard}: I/N is needed with I from 1 to N, such as 17/400")
    return paths[int(match[1]) - 1 :: int(match[2])]


def load(
    folder: Annotated[Path, typer.Argument(help="What trialspan scan wrote.")],
    store: StoreOption = None,
) -> None:
    """Put a scan into a store: the last version of each citation, without those that PubMed deleted.

    Example: trialspan load facts/ --store review.db
    """
    from extractor.scan.load import load as loaded

    with open_store(store, create=True) as opened:
        counts = loaded(folder, opened)
        say(
            f"store {opened.name}: {counts.added} added, {counts.updated} updated, {counts.unchanged} unchanged; "
            f"{counts.superseded} older versions passed over, {counts.deleted} deletions, {counts.failed} failed citations not loaded"
        )


def atlas(
    folder: Annotated[Path, typer.Argument(help="What trialspan scan wrote.")],
    output: OutputOption = None,
    form: Annotated[Format, typer.Option("--format", help="table (the page) or json.")] = Format.table,
) -> None:
    """Write a page about what a scan holds: reports a year, conditions, registry ids, reports without one.

    Example: trialspan atlas facts/ -o atlas.html
    """
    from extractor.scan.atlas import as_json, page
    from extractor.scan.atlas import atlas as counted
    from extractor.scan.load import run_of

    run = run_of(folder)
    found = counted(run)
    text = as_json(found) if form is Format.json else page(found, run)
    with output_to(output) as stream:
        stream.write(text.encode() + b"\n")
