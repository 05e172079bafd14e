"""``trialspan screen``: which reports are in the review, one by one or from the file of a screening program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.shared import StoreOption, curator_or_exit, open_store, say, settings_or_exit, wrong_usage
from extractor.errors import ParseError, StoreError
from extractor.inputs import documents
from extractor.store import Store
from extractor.store.history import Finder
from extractor.store.screening import STAGES, VERDICTS, ScreeningStore

MOST_NAMED = 20  # records that are not in the store
Said = tuple[str, str, str | None]


def screen(
    action: Annotated[str, typer.Argument(help="include, exclude, from (a file) or list.")],
    reports: Annotated[list[str] | None, typer.Argument(metavar="REPORT|FILE...", help="Reports, or files.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why it is excluded.")] = None,
    stage: Annotated[str, typer.Option(help=f"One of: {', '.join(STAGES)}.")] = "abstract",
    by: Annotated[str | None, typer.Option("--by", help="Who decides (default: curator in trialspan.toml).")] = None,
    verdict: Annotated[
        str | None,
        typer.Option("--as", help="With from: what all records of a file without a column of decisions are."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Say which reports are in the review; list, export, report, pool, plot, ask and graph then work on these alone.

    Example: trialspan screen exclude pubmed:31234567 --reason "wrong population" --stage fulltext --by ann --store review.db

    Example: trialspan screen from asreview.csv --by ann --store review.db
    """
    if action not in (*VERDICTS, "from", "list") or (action != "list" and not reports):
        raise wrong_usage("screen takes include, exclude or from, and then reports or files; or list")
    if verdict is not None and verdict not in VERDICTS:
        raise wrong_usage(f"--as {verdict}: legal are {', '.join(VERDICTS)}")
    with open_store(store) as opened:
        try:
            if action == "list":
                _list(opened)
            elif action == "from":
                _from_files(opened, reports or [], verdict, curator_or_exit(by), stage)
            else:
                done = ScreeningStore(opened).decide(
                    reports or [], action, curator_or_exit(by), stage=stage, reason=reason
                )
                say(f"{done} new, {len(reports or []) - done} said already")
        except (StoreError, ParseError) as error:
            raise wrong_usage(str(error)) from error


def _list(opened: Store) -> None:
    standing = ScreeningStore(opened).standing()
    for id, said in sorted(standing.items()):
        for stage in STAGES:
            if one := said.get(stage):
                say(f"{id}: {one.verdict} at {stage} by {one.curator}{f': {one.reason}' if one.reason else ''}")
    included = ScreeningStore(opened).included()
    say("nothing was screened: all reports count" if included is None else f"{len(included)} reports are included")


def _from_files(opened: Store, files: list[str], verdict: str | None, who: str, stage: str) -> None:
    counts = {"include": 0, "exclude": 0}
    decided: dict[tuple[str, str | None], list[str]] = {}
    missing: list[str] = []
    problems: list[str] = []
    silent, finder = 0, Finder(opened)
    for name in files:
        for report, said, reason in _decisions(Path(name), verdict, finder, problems):
            if not said:
                silent += 1
            elif not report:
                missing.append(reason or name)
            else:
                decided.setdefault((said, reason), []).append(report)
                counts[said] += 1
    for (said, reason), reports in decided.items():
        ScreeningStore(opened).decide(list(dict.fromkeys(reports)), said, who, stage=stage, reason=reason)
    say(
        f"{counts['include']} included, {counts['exclude']} excluded, {silent} without a decision, {len(missing)} not in the store"
    )
    if silent:
        say("what records without a decision are is said with --as include or --as exclude", err=True)
    for title in missing[:MOST_NAMED]:
        say(f"not in the store: {title}", err=True)
    if len(missing) > MOST_NAMED:
        say(f"and {len(missing) - MOST_NAMED} more", err=True)
    for problem in problems:
        say(f"not read: {problem}", err=True)
    if missing or problems:
        raise typer.Exit(1)


def _decisions(path: Path, verdict: str | None, finder: Finder, problems: list[str]) -> Iterator[Said]:
    """(report, verdict, reason or title) of each record of a file; no report where the store has none of it."""
    for document in documents([path], settings_or_exit(), lambda *said: problems.append(": ".join(said))):
        said = document.metadata.get("screening") or {}
        report = finder.report_of(document)
        given = said.get("reason") if report else document.title or document.id
        yield report or "", said.get("verdict") or verdict or "", given
