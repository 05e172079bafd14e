"""Tables of patterns: lexicons whose last column is a regular expression over folded text."""

from __future__ import annotations

from importlib.resources import files


def phrases(name: str) -> list[list[str]]:
    """The rows of ``extractor/lexicons/<name>.tsv``, without its head and its comments (lines that begin with ``#``)."""
    text = files("extractor.lexicons").joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]
