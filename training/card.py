"""Keep the tables of ``card.md`` in step with measured figures.

``figures.json`` beside the card holds sections, ``{name: {"note": str, "rows": [{column: value}]}}``. Each section is shown
between ``<!-- figures: name -->`` and ``<!-- end -->`` in the card; text outside these marks is written by hand.

    python -m training.card models/trial_sm                                 # write the tables again
    python -m training.card models/trial_sm --add end_to_end=ablation.json  # put a section in (or replace it) first
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

Section = dict[str, Any]

FIGURES, CARD = "figures.json", "card.md"
_BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.S)
EMPTY = "Not measured yet.\n"


def update(model: Path, sections: dict[str, Section]) -> None:
    """Add sections to ``figures.json`` and write the card's tables from it."""
    path = model / FIGURES
    known: dict[str, Section] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known |= sections
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    card = model / CARD
    card.write_text(rendered(card.read_text(encoding="utf-8"), known), encoding="utf-8")


def rendered(card: str, sections: dict[str, Section]) -> str:
    """The card with every block filled from its section; a block without figures says so."""

    def block(match: re.Match[str]) -> str:
        section = sections.get(match[2])
        return f"{match[1]}{table(section) if section else EMPTY}{match[3]}"

    return _BLOCK.sub(block, card)


def table(section: Section) -> str:
    """One section as Markdown: its note, then its rows; a column that a row lacks stays empty."""
    rows = section["rows"]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(_cell(row.get(name)) for name in columns)} |" for row in rows]
    return f"{section['note']}\n\n" + "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def main() -> None:
    """Fill the card from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--add", nargs="*", default=[], metavar="NAME=FILE", help="JSON file with note and rows")
    options = parser.parse_args()
    named = (item.split("=", 1) for item in options.add)
    update(options.model, {name: json.loads(Path(path).read_text(encoding="utf-8")) for name, path in named})


if __name__ == "__main__":
    main()
