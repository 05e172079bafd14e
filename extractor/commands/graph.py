"""``trialspan graph``: the graph of a store as a file for another program."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractor.commands.shared import StoreOption, format_of, open_store, output_to, wrong_usage


class GraphFormat(StrEnum):
    """Formats of other programs."""

    node_link = "node-link"
    graphml = "graphml"
    gexf = "gexf"
    kgx = "kgx"
    neo4j = "neo4j"
    turtle = "turtle"


def graph(
    store: StoreOption = None,
    form: Annotated[
        GraphFormat | None,
        typer.Option(
            "--format",
            help="node-link, graphml, gexf, kgx, neo4j or turtle (default: by the suffix of -o, else node-link).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE|FOLDER", help="Where to write; kgx and neo4j make a folder."),
    ] = None,
) -> None:
    """Write the graph of a store: trials, arms, products, doses, events with their counts, reports, and the words that say so.

    Example: trialspan graph --format graphml -o trials.graphml --store review.db
    """
    from extractor.graph import build
    from extractor.graph.exchange import FORMATS

    named = format_of(form, output, GraphFormat.node_link).value
    chosen = FORMATS[named]
    if chosen.to_folder is not None and (output is None or output.is_file()):
        raise wrong_usage(f"--format {named} makes several files; name a folder with -o FOLDER")
    with open_store(store, included=True) as opened:
        made = build(opened)
    if chosen.to_folder is not None and output is not None:
        chosen.to_folder(made, output)
    elif chosen.to_stream is not None:
        with output_to(output) as stream:
            chosen.to_stream(made, stream)
    typer.echo(f"{len(made):,} nodes, {made.number_of_edges():,} edges", err=True)
