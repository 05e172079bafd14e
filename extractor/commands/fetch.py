"""``trialspan fetch``: searches and look-ups at the services, into a store."""

from __future__ import annotations

from typing import Annotated

import typer

from extractor.commands.shared import Format, StoreOption, end, progress, say, say_json, settings_or_exit, wrong_usage
from extractor.engine import Run, run
from extractor.errors import SettingsError
from extractor.harvest import Harvest, Search, checked, client_for, documents, hosts_of, raw_store, search_for
from extractor.http import Client
from extractor.settings import Settings
from extractor.store import Store

COMMAND = "fetch"


def fetch(
    asked: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUERY | ID...", help="A query (with --from), or PMIDs, NCT ids, PMC ids, DOIs."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="SOURCE", help="pubmed, europepmc or clinicaltrials.")
    ] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help="Open full texts too (europepmc).")] = False,
    update: Annotated[
        bool,
        typer.Option("--update", help="Ask every search of this store again; say what is new, changed, retracted."),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use only answers that were kept by an earlier run.")
    ] = False,
    store: StoreOption = None,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Search a service or look ids up, extract, and keep all in a store; the same command completes what was cut off.

    Example: trialspan fetch '"mesenchymal stem cells" AND "amyotrophic lateral sclerosis"' --from pubmed --store review.db
    """
    if update == bool(asked):
        raise wrong_usage("give a query or ids, or --update alone (which asks the searches of the store again)")
    settings = settings_or_exit()
    target = store or settings.store
    report = Run()
    with Store.open(target) as opened:
        try:
            searches = known_searches(opened) if update else [search_for(asked or [], source, full_text=full_text)]
        except SettingsError as error:
            raise wrong_usage(str(error)) from error
        if not searches:
            raise wrong_usage(f"store {opened.name} holds no finished search that could be asked again")
        client = client_for(settings, raw_store(settings, target), hosts_of(settings), offline=offline)
        rows = [_one(search, client, settings, opened, report) for search in searches]
    if form is Format.json:
        say_json(rows)
    else:
        for row in rows:
            _say(row)
    end(report)


def known_searches(opened: Store) -> list[Search]:
    """The finished searches of a store, each once, in the order in which they were first made."""
    found = [r.settings for r in opened.runs() if r.command == COMMAND and r.ended_at]
    return list(dict.fromkeys(Search(s["source"], s["query"], s["full_text"]) for s in found))


def _one(search: Search, client: Client, settings: Settings, opened: Store, report: Run) -> dict[str, object]:
    key = opened.begin(
        COMMAND, settings={"source": search.source, "query": search.query, "full_text": search.full_text}
    )
    retracted = {d.id for d in opened.documents() if d.retracted}
    say(f"asking {search.source}{' (kept answers)' if client.offline else ''}: {search.query}", err=True)
    harvest, own = Harvest(search), Run()
    outcomes: dict[str, list[str]] = {"added": [], "unchanged": [], "updated": [], "retracted": []}
    found = documents(harvest, client, hosts_of(settings), own)
    for record in progress(run(found, settings, own), search.source, total=lambda: harvest.hits or None):
        arrived = opened.put(record, key)
        outcomes[arrived.outcome].append(arrived.report)
        if record.document.retracted and arrived.report not in retracted:
            outcomes["retracted"].append(arrived.report)
    checked(harvest, own)
    for issue in own.issues:
        opened.issue(key, issue.input, issue.stage, issue.error)
    counts = (
        harvest.counts()
        | {name: len(ids) for name, ids in outcomes.items()}
        | {"failed": own.failed, "deleted": own.deleted}
    )
    opened.finish(key, counts)
    for name in ("read", "extracted", "deleted"):
        setattr(report, name, getattr(report, name) + getattr(own, name))
    report.issues += own.issues
    changed = {"new": outcomes["added"], "changed": outcomes["updated"], "newly_retracted": outcomes["retracted"]}
    return {"source": search.source, "query": search.query} | counts | changed


def _say(row: dict[str, object]) -> None:
    say(
        f"{row['source']}: {row['query']}\n  hits reported: {row['hits']}; records arrived: {row['arrived']}; "
        f"added {row['added']}, changed {row['updated']}, unchanged {row['unchanged']}, newly retracted {row['retracted']}"
    )
    for warning in row["warnings"]:  # type: ignore[attr-defined]
        say(f"  the service warned: {warning}")
