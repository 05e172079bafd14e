"""Fills the generated parts of the documents: ``python -m training.readme [NAME=GOLD_FOLDER[:SETS] ...]``, or ``make docs``.

The sample of README.md, docs/fields.md and docs/commands.md come from the program itself; the figures in docs/accuracy.md from an
evaluation on the folders that are given (left as they are where none is).
"""

from __future__ import annotations

import datetime
import io
import re
import sys
from pathlib import Path

from extractor.commands.fields import markdown
from extractor.commands.screen import print_record
from extractor.engine import Run, run
from extractor.evaluate.figures import Evaluation, evaluate
from extractor.evaluate.scorer import document_of, load_gold
from extractor.inputs import documents
from extractor.settings import Settings
from training.commands import commands

ROOT = Path(__file__).resolve().parents[1]
README, ACCURACY, FIELDS, COMMANDS = "README.md", "docs/accuracy.md", "docs/fields.md", "docs/commands.md"
SAMPLE = ROOT / "tests" / "golden" / "text" / "reading_service.txt"


def replaced(text: str, name: str, new: str, *, inline: bool = False) -> str:
    gap = "" if inline else "\n"
    return re.sub(
        rf"<!-- {name} -->.*?<!-- /{name} -->",
        lambda _: f"<!-- {name} -->{gap}{new}{gap}<!-- /{name} -->",
        text,
        flags=re.S,
    )


def sample() -> str:
    """The terminal's table for the saved page of the tests."""
    record = next(run(documents([SAMPLE], Settings(), Run().fail), Settings(), Run()))
    stream = io.BytesIO()
    print_record(record, stream)
    return "\n".join("    " + line.rstrip() for line in stream.getvalue().decode().rstrip().splitlines())


def scored(folder: Path, only: str | None) -> Evaluation:
    entries = [e for e in load_gold(folder, only) if e.get("text")]
    texts = [document_of(e) for e in entries]
    return evaluate(entries, {r.document.id: r.to_dict() for r in run(texts, Settings(), Run())})


def accuracy(columns: dict[str, Evaluation]) -> str:
    """One row a field, one column a set: F1, its interval, and the number of gold values."""
    lines = ["| field | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    fields = [row.field for row in next(iter(columns.values())).rows]
    for place, field in enumerate(fields):
        cells = [cell(found, place) for found in columns.values()]
        lines.append(f"| {field} | " + " | ".join(cells) + " |")
    lines.append("| macro F1 | " + " | ".join(map(macro, columns.values())) + " |")
    lines.append(
        "| documents; leaks; bad evidence | "
        + " | ".join(f"{e.documents}; {sum(e.leaks.values())}; {e.bad_evidence}" for e in columns.values())
        + " |"
    )
    return "\n".join(lines)


def cell(found: Evaluation, place: int) -> str:
    row = found.rows[place]
    gold = row.tp + row.fn
    if row.f1 is None or row.low is None or row.high is None:
        return "-"
    return f"{row.f1:.3f} ({row.low:.2f}-{row.high:.2f}), {gold} values"


def macro(found: Evaluation) -> str:
    return f"{found.macro_f1 or 0:.3f} ({found.macro_low or 0:.2f}-{found.macro_high or 0:.2f})"


def documents_of_today(columns: dict[str, Evaluation]) -> dict[Path, str]:
    """Each document with its generated parts as they are today; the figures only where some were measured."""
    readme, figures, fields = ((ROOT / p).read_text(encoding="utf-8") for p in (README, ACCURACY, FIELDS))
    readme = replaced(readme, "sample", sample())
    if columns:
        today = datetime.date.today().isoformat()
        figures = replaced(replaced(figures, "accuracy", accuracy(columns)), "when", today, inline=True)
    fields = replaced(fields, "fields", markdown())
    return {ROOT / README: readme, ROOT / ACCURACY: figures, ROOT / FIELDS: fields, ROOT / COMMANDS: commands()}


def main() -> None:
    columns = {}
    for argument in sys.argv[1:]:
        name, _, place = argument.partition("=")
        folder, _, only = place.partition(":")
        columns[name] = scored(Path(folder), only or None)
    for path, text in documents_of_today(columns).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
