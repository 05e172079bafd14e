"""One record of two readers: what both say, and what one says where that was right often enough when it was measured.

The share of right claims of each kind is kept as data in ``second_reader.tsv``, written by ``training/second_reader.py`` and
judged there by cross-fitting. Everything else stays in the record, not primary, with the flag ``open``: nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from extractor.model import Fact, Record
from extractor.second.agree import AGREED, OURS, THEIRS, Claim, claims

Shares = Mapping[str, float]
LEAST = 0.75  # of a kind's claims must have been right for one to count without the other reader
FIELD_WEIGHT = 2.0  # claims that a field needs before its own share counts for half
UNKNOWN = 0.5
TABLE = "second_reader.tsv"


def key(claim: Claim) -> str:
    return f"{claim.who}:{claim.state}"


def fit(judged: Iterable[tuple[Claim, bool]]) -> dict[str, float]:
    """Kind of claim -> share of right ones; a field's share is drawn towards that of all fields as far as it is rare."""
    groups: dict[str, list[bool]] = {}
    for claim, right in judged:
        for name in (key(claim), f"{claim.fact.field}:{key(claim)}"):
            groups.setdefault(name, []).append(right)
    shares: dict[str, float] = {}
    for name, group in sorted(groups.items(), key=lambda item: item[0].count(":")):
        field, _, whole = name.partition(":")
        base = shares.get(whole) if field not in (OURS, THEIRS) else None
        weight, towards = (1.0, 0.8) if base is None else (FIELD_WEIGHT, base)
        shares[name] = round((sum(group) + weight * towards) / (len(group) + weight), 4)
    return shares


@cache
def measured() -> Shares:
    """The shipped shares."""
    text = files("extractor.lexicons").joinpath(TABLE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith(("#", "claim\t")))
    return {name: float(value) for name, value in rows}


def confidence(claim: Claim, shares: Shares) -> float:
    return shares.get(f"{claim.fact.field}:{key(claim)}", shares.get(key(claim), UNKNOWN))


def merged(record: Record, theirs: list[Fact], shares: Shares | None = None) -> Record:
    """The record of both readers; conflicts and silence are told anew by who stores it."""
    shares = measured() if shares is None else shares
    found: list[Fact] = [f for f in record.facts if not f.primary]
    for claim in claims(record.document.id, record.facts, theirs):
        if claim.who == THEIRS and claim.state == AGREED:
            continue  # ours says the same, with its own places
        found.append(_counted(claim, confidence(claim, shares)))
    present = {f.field for f in found}
    return replace(
        record, facts=tuple(found), conflicts=(), not_found=tuple(n for n in record.not_found if n not in present)
    )


def _counted(claim: Claim, share: float) -> Fact:
    fact = claim.fact.change(confidence=share)
    if claim.state == AGREED:
        return fact.change(flags=(*fact.flags, AGREED))
    if share >= LEAST:
        return fact.change(flags=(*fact.flags, "single"))
    return fact.change(primary=False, flags=(*fact.flags, "open"))
