"""The answers as one page: each cell beside its sentence, the quote marked, the deciding words underlined. No script, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from extractor.verify.cells import REASONS, Answer

AROUND = 160  # characters of text on either side of the words that decide


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in words: what was claimed, what our readers read, and the text around the words (before, says, after)."""

    answer: Answer
    claimed: str
    read: str
    around: tuple[str, str, str]


def around(text: str, start: int | None, end: int | None) -> tuple[str, str, str]:
    """The words and their surroundings; empty where no words can be named."""
    if start is None or end is None:
        return "", "", ""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    while first > 0 and not text[first - 1].isspace():
        first -= 1
    while last < len(text) and not text[last].isspace():
        last += 1
    return (
        ("… " if first else "") + text[first:start],
        text[start:end],
        text[end:last] + (" …" if last < len(text) else ""),
    )


def page(rows: Sequence[Row], *, title: str, counts: str, columns: str = "verify") -> str:
    """The HTML of the page."""
    source = files("extractor.verify").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source).render(
        rows=rows, title=title, counts=counts, reasons=REASONS, columns=columns
    )
