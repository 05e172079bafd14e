"""``trialspan link``, ``check``, ``decide``: which reports belong together, where they differ, and what a user says of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, StoreOption, curator_or_exit, open_store, say_json, wrong_usage
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.link.check import check
from extractor.link.decide import decide, merge, reports_named, split, undo
from extractor.link.difference import Difference
from extractor.link.linker import link
from extractor.store import Store
from extractor.store.links import KINDS, Link, LinkDecision, LinkStore

MOST_PROPOSALS = 40  # printed after a run; all with --format json
FormOption = Annotated[Format, typer.Option("--format", help="table or json.")]


def link_reports(
    store: StoreOption = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Link everything again; decisions stay.")] = False,
    form: FormOption = Format.table,
) -> None:
    """Bring reports of one trial together, and find those that share people; what is doubtful is proposed.

    Example: trialspan link --store review.db
    """
    with open_store(store) as opened:
        done = link(opened, afresh=afresh)
        found = LinkStore(opened).links()
        trials = LinkStore(opened).trials()
    if form is Format.json:
        say_json({"trials": trials, "links": [as_dict(one) for one in found]})
        return
    several = sum(len(reports) > 1 for reports in trials.values())
    typer.echo(
        f"reports linked: {done.reports} (pairs compared: {done.compared}, reports gone: {done.gone}); "
        f"trials in the store: {len(trials)}, with several reports: {several}"
    )
    proposed = [one for one in found if one.state == "proposed"]
    if proposed:
        print_table(console_for(), links_table(proposed[:MOST_PROPOSALS], f"{len(proposed)} proposals"))
        if len(proposed) > MOST_PROPOSALS:
            typer.echo(f"... and {len(proposed) - MOST_PROPOSALS} more; all with --format json")
        typer.echo("decide with: trialspan decide confirm|reject REPORT REPORT [--overlap]")


def as_dict(one: Link | LinkDecision) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def links_table(links: list[Link], title: str) -> ScreenTable:
    columns = (
        Column("kind"),
        Column("report"),
        Column("report"),
        Column("score", right=True),
        Column("state"),
        Column("why", rank=1, most=90, least=60),
    )
    return ScreenTable(columns, [(x.kind, x.a, x.b, f"{x.score:.2f}", x.state, x.why) for x in links], title)


# ---------------------------------------------------------------- differences


def check_trial(
    trial: Annotated[
        str | None, typer.Argument(metavar="[TRIAL]", help="A trial, a report or a registry number; all without it.")
    ] = None,
    store: StoreOption = None,
    form: FormOption = Format.table,
) -> None:
    """Hold the reports of a trial against each other and against the registry, field by field.

    Example: trialspan check NCT02881476 --store review.db
    """
    with open_store(store) as opened:
        found = {name: differences(opened, ids) for name, ids in chosen(opened, trial).items()}
    if form is Format.json:
        data = {name: [d.to_dict() for d in differing] for name, differing in found.items() if differing}
        say_json(data)
        return
    for name, differing in found.items():
        if differing:
            print_table(console_for(), differences_table(differing, name))
            typer.echo()
    total = sum(map(len, found.values()))
    open_ = sum(d.explanation is None for differing in found.values() for d in differing)
    typer.echo(
        f"trials checked: {len(found)}{'' if trial else ' of several reports'}; differences: {total}; without an explanation: {open_}"
    )


def chosen(store: Store, name: str | None) -> dict[str, list[str]]:
    """Trials with several reports, or the one that a name means, with the ids of their reports."""
    links = LinkStore(store)
    if name is None:
        return {trial: ids for trial, ids in links.trials().items() if len(ids) > 1}
    ids = reports_named(store, name)
    return {links.trials_of(ids)[ids[0]]: ids}


def differences(store: Store, ids: list[str]) -> list[Difference]:
    return check(list(store.records(ids)))


def differences_table(found: list[Difference], title: str) -> ScreenTable:
    columns = (
        Column("what"),
        Column("severity"),
        Column("difference", most=90, least=40),
        Column("explanation", rank=1, least=24),
    )
    rows = [(d.kind.replace("_", " "), d.severity, d.message, d.explanation or "none found") for d in found]
    styles = ["yellow" if d.explanation else "red" if d.severity == "major" else "" for d in found]
    return ScreenTable(columns, rows, title, styles)


# ---------------------------------------------------------------- decisions


class Action(StrEnum):
    """What may be decided about links."""

    confirm = "confirm"
    reject = "reject"
    merge = "merge"
    take_out = "split"
    undo = "undo"
    history = "list"


def decide_links(
    action: Annotated[
        Action,
        typer.Argument(help="confirm, reject: two reports; merge: trials; split: a report; undo: a number; list."),
    ],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Reports, trials, or the number of a decision.")
    ] = None,
    store: StoreOption = None,
    overlap: Annotated[bool, typer.Option("--overlap", help="Speak of shared people, not of one trial.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Your name (default: curator in trialspan.toml).")] = None,
    why: Annotated[str | None, typer.Option("--why", help="Why; kept with the decision.")] = None,
    form: FormOption = Format.table,
) -> None:
    """Decide about links: they are kept, win over the program, and can be undone.

    Example: trialspan decide reject glass2012 staff2016 --by ann --store review.db
    """
    given = list(names or ())
    wanted = {Action.confirm: 2, Action.reject: 2, Action.take_out: 1, Action.undo: 1, Action.history: 0}.get(action)
    if len(given) != wanted if wanted is not None else len(given) < 2:
        raise wrong_usage(
            f"decide {action.value} takes {'at least 2' if wanted is None else wanted} names, not {len(given)}"
        )
    with open_store(store) as opened:
        if action is Action.history:
            list_decisions(opened, form)
            return
        who = curator_or_exit(by)
        keys = decided(opened, action, given, KINDS[overlap], who, why)
        made = [as_dict(d) for d in LinkStore(opened).decisions() if d.key in keys]
    if form is Format.json:
        say_json(made)
        return
    typer.echo(f"decided ({', '.join(map(str, keys))}); take it back with: trialspan decide undo NUMBER")


def decided(store: Store, action: Action, names: list[str], kind: str, curator: str, note: str | None) -> list[int]:
    if action is Action.merge:
        return merge(store, names, curator, note=note)
    if action is Action.take_out:
        return split(store, names[0], curator, note=note)
    if action is Action.undo:
        if not names[0].isdecimal():
            raise wrong_usage(
                f"decide undo takes the number of a decision, not {names[0]!r}; see them with: trialspan decide list"
            )
        return [undo(store, int(names[0]), curator, note=note)]
    return decide(store, action.value, kind, [(names[0], names[1])], curator, note=note)


def list_decisions(store: Store, form: Format) -> None:
    found = LinkStore(store).decisions()
    if form is Format.json:
        say_json([as_dict(d) for d in found])
        return
    columns = (
        Column("number", right=True),
        Column("action"),
        Column("kind"),
        Column("reports"),
        Column("curator"),
        Column("when", rank=1),
        Column("note", rank=2),
    )
    rows = [
        (
            str(d.key),
            f"undo {d.undoes}" if d.undoes else d.action,
            d.kind,
            f"{d.a}, {d.b}",
            d.curator,
            d.decided_at,
            d.note or "none given",
        )
        for d in found
    ]
    print_table(console_for(), ScreenTable(columns, rows, f"decisions on links in {store.name}"))
