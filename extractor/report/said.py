"""What stands in a cell of the page: words with the quotes that say them, and which kind of nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from extractor.export.values import DECIDED, NOT_REPORTED, OTHERS_ONLY, REJECTED, UNREAD, fact_shown
from extractor.graph.nodes import evidence
from extractor.model import NOT_READ, Fact, Record
from extractor.report.quotes import Quote, Quotes

VALUE, ZERO, DENIAL, SILENT = "value", "zero", "denied", "silent"
NOT_LOOKED_FOR = "not looked for"
CURATOR = "curator:"  # begins the method of a fact that a person gave or confirmed


@dataclass(frozen=True, slots=True)
class Said:
    """Some words, the quotes behind them, their kind (``value``, ``zero``, ``denied``, ``silent``), and who vouches for them."""

    text: str
    quotes: tuple[Quote, ...] = ()
    kind: str = VALUE
    label: str = ""
    title: str = ""
    by: str = ""


def curator(method: str) -> str | None:
    """Who confirmed, corrected or added a fact with this method; None for the program's own."""
    return method.removeprefix(CURATOR) if method.startswith(CURATOR) else None


def vouched(methods: Iterable[str]) -> str:
    """The people among those who say a value, none twice."""
    return ", ".join(dict.fromkeys(who for method in methods if (who := curator(method)) is not None))


def plain(text: object, label: str = "") -> Said:
    """Words that need no quote: a name, a count of rows, a reason."""
    return Said(str(text), label=label)


def facts_said(
    facts: Sequence[tuple[str, Fact]], quotes: Quotes, *, label: str = "", shown: Callable[[Fact], str] = fact_shown
) -> list[Said]:
    """Facts in words, equal ones together with all their quotes.

    Parameters
    ----------
    facts : sequence of (report, fact)
    """
    together: dict[str, list[tuple[str, Fact]]] = {}
    for report, fact in facts:
        together.setdefault(shown(fact), []).append((report, fact))
    return [
        Said(
            text,
            quotes.refs(e for report, f in same for e in evidence(report, f.evidence)),
            _kind(same[0][1]),
            label,
            by=vouched(f.method for _, f in same),
        )
        for text, same in together.items()
    ]


def nothing(records: Iterable[Record], fields: Sequence[str], label: str = "") -> Said:
    """Which kind of nothing the reports of a trial have of some fields."""
    found = list(records)
    if kept := [f for r in found for name in fields for f in r.of(name, primary=False)]:
        rejected = all(DECIDED & set(f.flags) for f in kept)
        return Said(REJECTED if rejected else OTHERS_ONLY, kind=SILENT, label=label)
    if any(name + NOT_READ in r.not_found for r in found for name in fields):
        return Said(UNREAD, kind=SILENT, label=label)
    looked = any(set(fields) & set(r.not_found) for r in found)
    return Said(NOT_REPORTED if looked else NOT_LOOKED_FOR, kind=SILENT, label=label)


def silence_together(cell: Sequence[Said]) -> list[Said]:
    """The lines of a cell with those of one kind of silence on one line: ``sex, age: not reported``."""
    found: dict[tuple[str, str], list[Said]] = {}
    told = [
        said for said in cell if said.text != NOT_LOOKED_FOR
    ]  # what nobody looked for is left blank beside the rest
    for at, said in enumerate(told or cell[:1]):
        found.setdefault((said.text, "") if said.kind == SILENT and said.label else (said.text, str(at)), []).append(
            said
        )
    return [
        same[0] if len(same) == 1 else replace(same[0], label=", ".join(s.label for s in same))
        for same in found.values()
    ]


def _kind(fact: Fact) -> str:
    if fact.value.get("assertion") == "none_reported":
        return DENIAL
    if fact.value.get("assertion") == "absent" or fact.value.get("n") == 0:
        return ZERO
    return VALUE
