"""What ``import extractor`` offers: reports in, facts out, a store asked, counts pooled. Each name is imported when used.

A string is a text; files are named by :func:`read`. A run never drops an input in silence: what could not be read stands in
``failures`` of the result, and its ``summary`` counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from extractor.engine import Issue, Run, run
from extractor.errors import ParseError, SettingsError
from extractor.export import characteristics
from extractor.export.values import fact_shown
from extractor.graph import Answer, Review
from extractor.graph import ask as ask_review
from extractor.inputs import documents as documents_of
from extractor.model import ABSTRACT, Document, Fact, Record
from extractor.settings import Settings
from extractor.shown import Rows, Shown
from extractor.store import Store


class Documents(Shown, list[Document]):
    """Documents that were read, and the inputs that could not be."""

    def __init__(self, found: Iterable[Document] = (), failures: Sequence[Issue] = ()) -> None:
        super().__init__(found)
        self.failures = tuple(failures)

    def rows_shown(self) -> Rows:
        return [{"id": d.id, "source": d.source, "year": d.year, "title": d.title, **d.ids.to_dict()} for d in self]

    def summary(self) -> str:
        return "\n".join([f"{len(self)} documents, {len(self.failures)} failed", *_said(self.failures)])


class Records(Shown, list[Record]):
    """Records of reports; a data frame has one row a fact, or one row a report with ``wide=True``."""

    def __init__(self, found: Iterable[Record] = (), failures: Sequence[Issue] = ()) -> None:
        super().__init__(found)
        self.failures = tuple(failures)

    def rows_shown(self) -> Rows:
        return [_row(record, fact) for record in self for fact in record.facts]

    def wide(self) -> Wide:
        """The table of characteristics: one row a report."""
        return Wide(self)

    def summary(self) -> str:
        counts = Counter(f.field for r in self for f in r.facts if f.primary)
        conflicts = sum(len(r.conflicts) for r in self)
        first = f"{len(self)} records, {counts.total()} facts, {conflicts} conflicts, {len(self.failures)} failed"
        return "\n".join([first, ", ".join(f"{n} {name}" for name, n in counts.most_common()), *_said(self.failures)])


class Wide(Shown):
    """The table of characteristics of some records."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def rows_shown(self) -> Rows:
        made = characteristics(self.records)
        return [dict(zip(made.headings, row, strict=True)) for row in made.rows]

    def summary(self) -> str:
        return f"characteristics of {len(self.records)} reports"


def read(*paths: str | Path, form: str | None = None, settings: Settings | None = None) -> Documents:
    """Documents of files and folders; the format is recognised by content.

    Parameters
    ----------
    *paths : str or Path
        Files, and folders, which are read to the bottom.
    form : str, optional
        Name of a format, in place of recognition (``trialspan fields`` lists fields, an unknown format lists the known).
    settings : Settings, optional

    Returns
    -------
    Documents
        A list, with ``failures``: inputs that could not be read, each with its reason.

    Raises
    ------
    ParseError
        If nothing at all could be read.
    SettingsError
        If a path does not exist, or `form` names no format.
    """
    if missing := [str(p) for p in paths if not Path(p).exists()]:
        raise SettingsError(f"no such file or folder: {', '.join(missing)}")
    report = Run()
    found = list(documents_of(paths, settings or Settings(), report.fail, form=form))
    if not found and report.issues:
        raise ParseError("; ".join(_said(report.issues)))
    return Documents(found, report.issues)


def extract(what: str | Document | Iterable[Document], *, settings: Settings | None = None) -> Records:
    """Facts of texts or documents, each with the words that say it.

    Parameters
    ----------
    what : str, Document or iterable of Document
        A string is a text, such as an abstract; files are read by :func:`read`.
    settings : Settings, optional
        ``processes`` of it may be more than one; the result is the same.

    Returns
    -------
    Records
        A list, with ``failures``.

    Raises
    ------
    SettingsError
        If a string names a file, which is not read here.
    """
    if isinstance(what, str):
        if len(what) < 1024 and "\n" not in what and Path(what).exists():
            raise SettingsError(f"{what!r} is a file or a folder; read it first: extract(read({what!r}))")
        what = [Document("text", "text", {ABSTRACT: what})]
    documents = [what] if isinstance(what, Document) else what
    report = Run(issues=list(getattr(what, "failures", ())))
    return Records(run(documents, settings or Settings(), report), report.issues)


def build(store: Store) -> Review:
    """The graph of a store, to be asked several questions; its networkx graph is ``build(store).graph``."""
    return Review(store)


def ask(of: Review | Store, question: str, **arguments: Any) -> Answer:
    """Ask one of the questions that ``trialspan ask --list`` prints.

    Raises
    ------
    QueryError
        If there is no such question, or an argument is unknown, missing or cannot be read.
    """
    return ask_review(of if isinstance(of, Review) else Review(of), question, **arguments)


def _row(record: Record, fact: Fact) -> dict[str, Any]:
    first = fact.evidence[0] if fact.evidence else None
    place = {name: getattr(first, name, None) for name in ("quote", "part", "start", "end", "path")}
    said = {"field": fact.field, "shown": fact_shown(fact), "value": dict(fact.value), "arm": fact.arm}
    kept = {"primary": fact.primary, "confidence": round(fact.confidence, 4), "method": fact.method}
    return {"document": record.document.id, **said, **place, **kept, "flags": ", ".join(fact.flags)}


def _said(failures: Sequence[Issue]) -> list[str]:
    return [f"failed: {one.input} ({one.stage}): {one.error}" for one in failures]
