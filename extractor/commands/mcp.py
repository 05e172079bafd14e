"""``trialspan mcp``: the tools for an assistant, over standard input and output."""

from __future__ import annotations

import typer

from extractor.commands.shared import StoreOption, open_store, say, settings_or_exit, wrong_usage
from extractor.store import Store


def mcp(store: StoreOption = None) -> None:
    """Serve assistants over the Model Context Protocol: extract, verify, show, ask, pool; read only, each answer with its quotes.

    Example: trialspan mcp --store review.db
    """
    try:
        from extractor.assistant.server import server
        from extractor.assistant.tools import Tools
    except ModuleNotFoundError as error:
        raise wrong_usage(
            f"the package {error.name} is not installed; install it with: pip install 'trialspan[mcp]'"
        ) from error
    settings = settings_or_exit()
    opened: Store | None = open_store(store) if store else None
    tools = Tools(settings, opened)
    tools.warm()
    say(
        f"trialspan mcp: serving {opened.name if opened else 'texts alone (no --store)'}; stop it with Ctrl-C", err=True
    )
    try:
        server(tools).run("stdio")
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    finally:
        if opened is not None:
            opened.close()
