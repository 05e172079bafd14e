"""``trialspan review``: the curators' page; ``trialspan decisions``: decisions out of a store, and of two laptops together."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.shared import StoreOption, curator_or_exit, open_store, say, settings_or_exit, wrong_usage
from extractor.errors import StoreError
from extractor.store import Store

PASSWORD = "TRIALSPAN_PASSWORD"
STAGES = ("first", "second", "adjudication")


def review(
    store: StoreOption = None,
    by: Annotated[str | None, typer.Option("--by", help="Your name (default: curator in trialspan.toml).")] = None,
    stage: Annotated[
        str, typer.Option("--stage", help="first; second (blind on critical fields); adjudication.")
    ] = "first",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0: 8427, or any that is free where that is taken.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the link here.")] = True,
    verify: Annotated[
        bool,
        typer.Option("--verify/--no-verify", help="Hold corrections against their words (loads the language model)."),
    ] = True,
    host: Annotated[
        str,
        typer.Option("--host", help="Another address than this machine's own: needs accounts, and TLS or --public."),
    ] = "127.0.0.1",
    public: Annotated[
        str,
        typer.Option("--public", metavar="URL", help="The address of the proxy in front: https://review.example.org."),
    ] = "",
    certificate: Annotated[Path | None, typer.Option("--certificate", help="TLS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Key of the TLS certificate (PEM).")] = None,
    add_account: Annotated[
        str | None,
        typer.Option(
            "--add-account",
            metavar="NAME",
            help=f"Make or change an account; asks for its password, or takes {PASSWORD}.",
        ),
    ] = None,
    role: Annotated[
        str, typer.Option("--role", help="--add-account: curator, adjudicator, admin, or none to close it.")
    ] = "curator",
    readers: Annotated[
        str | None,
        typer.Option("--deal", metavar="NAMES", help="Give each report to two of these accounts by lot: ann,ben,cem."),
    ] = None,
) -> None:
    """Check facts in the browser: one claim, its words, one key; two blind readers and a third where they differ.

    Example: trialspan review --store review.db --by ann

    Example: trialspan review --store review.db --by ben --stage second

    Example: trialspan review --store postgresql://db/review --add-account ann --role admin

    Example: trialspan review --store postgresql://db/review --deal ann,ben,cem
    """
    if stage not in STAGES:
        raise wrong_usage(f"--stage {stage}: legal are {', '.join(STAGES)}")
    with open_store(store) as opened:
        who = by or settings_or_exit().curator or "the command line"  # accounts and lots name nobody's decision
        if add_account is not None:
            _account(opened, add_account, role, curator_or_exit(who))
            return
        if readers is not None:
            _deal(opened, readers.split(","), curator_or_exit(who))
            return
        curator = curator_or_exit(by)
        try:
            from extractor.review.checker import Checker
            from extractor.review.serve import Where, serve, usual
        except ImportError as error:
            raise wrong_usage("the page needs its extra; install it with: pip install 'trialspan[review]'") from error

        def tell(link: str) -> None:
            say(f"The review of {opened.name} is open (once, for one browser):")
            typer.echo(link)
            say("Stop it with Ctrl+C; every decision is saved as soon as it is taken.")
            if browser and where.local:
                webbrowser.open(link)

        where = usual(Where(host, port, public, certificate, key))
        serve(opened, where, curator, stage, Checker(settings_or_exit()) if verify else None, tell)


def _deal(store: Store, readers: list[str], by: str) -> None:
    from extractor.review.deal import deal
    from extractor.store.review import ReviewStore

    try:
        given = deal(ReviewStore(store), readers, by)
    except StoreError as error:
        raise wrong_usage(f"{error}; nothing was changed") from error
    say(f"readings given by lot: {', '.join(f'{name} {n}' for name, n in given.items())}")


def _account(store: Store, name: str, role: str, by: str) -> None:
    from extractor.review.people import hashed
    from extractor.store.review import ReviewStore

    password = ""
    if role != "none":
        password = os.environ.get(PASSWORD) or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        ReviewStore(store).put_account(name, role, hashed(password) if role != "none" else "-", by)
    except StoreError as error:
        raise wrong_usage(f"{error}; nothing was changed") from error
    say(f"account {name}: {role if role != 'none' else 'closed'}")
