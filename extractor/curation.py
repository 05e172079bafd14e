"""What a curator says of single facts: confirm, reject, correct, add with a quote, undo. Appended, never edited.

A fact is named by its *number*: its place in the record, from 0, as ``show`` prints it and exports list it. A quote is
looked up in the frozen text, so that nobody has to count characters; where it stands several times, the places are listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jsonschema

from extractor.declared import declared_fields
from extractor.errors import CurationError
from extractor.model import JSON_PART, Document, Evidence, Fact, Record, value_at
from extractor.schemas import record_schema
from extractor.store import Decision, How, Store
from extractor.store.decision import SAYING
from extractor.store.decisions import standing, undone
from extractor.store.disagreements import Disagreement, disagreements, value_in_words
from extractor.text import fold

STATES = ("rejected", "replaced", "moved")  # flags that decisions set
AROUND = 20  # characters shown on both sides of a place
SHOWN = 12  # places of an ambiguous quote in a message
Against = Callable[[Document, Fact], tuple[str, ...]]  # reasons why the quotes of a fact do not say its value
NOT_SAID = "not_said"  # flag of a fact that was taken by force
NOTHING = ("null", "none", "")
TRUE, FALSE = ("yes", "true"), ("no", "false")


def confirm(
    store: Store,
    report: str,
    number: int,
    curator: str,
    note: str | None = None,
    *,
    others: Sequence[int] = (),
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Say that a fact is right; the key of the decision. One that was put aside stays so: see :func:`own`.

    Parameters
    ----------
    others : sequence of int
        Numbers of more facts that are the same claim told elsewhere: what stands then has the quotes of all.
    how : How, optional
        Stage, mode, and what was in view.
    record : Record, optional
        The record of the report, where it was read already.
    """
    record = record or store.record(report)
    target, more = fact_at(record, number), _others(record, others)
    fact = together(_bare(target), more)
    return store.decide(
        report, "replace", curator, target=target, others=more, fact=fact, note=note, verdict="accept", how=how
    )


def own(
    store: Store,
    report: str,
    number: int,
    curator: str,
    note: str | None = None,
    *,
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Say that a fact that was put aside is the trial's own; the key of the decision.

    Raises
    ------
    CurationError
        If it is the trial's own already.
    """
    target = fact_at(record or store.record(report), number)
    if target.primary:
        raise CurationError(
            f"fact {number} of {report!r} is the trial's own already; to say that it is right: curate confirm"
        )
    fact = _bare(target).change(primary=True)
    return store.decide(report, "replace", curator, target=target, fact=fact, note=note, verdict="correct", how=how)


def reject(
    store: Store,
    report: str,
    number: int,
    curator: str,
    note: str | None = None,
    *,
    others: Sequence[int] = (),
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Say that a fact is wrong; it stays, flagged, and counts no more."""
    record = record or store.record(report)
    target, more = fact_at(record, number), _others(record, others)
    return store.decide(report, "reject", curator, target=target, others=more, note=note, how=how)


def say(
    store: Store,
    report: str,
    verdict: str,
    curator: str,
    note: str | None = None,
    *,
    number: int | None = None,
    field: str | None = None,
    others: Sequence[int] = (),
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Say what changes no fact: ``unsure`` or a ``note`` of a fact, ``not_reported`` of a field that the report is silent on.

    Raises
    ------
    CurationError
        If the verdict is another, the field unknown, a note is empty, or the field has a value of the trial's own that
        nobody rejected.
    """
    if verdict not in SAYING:
        raise CurationError(f"no verdict is called {verdict!r}; there are: {', '.join(SAYING)}")
    if verdict == "note" and not (note or "").strip():
        raise CurationError("a note is empty; write what is to be kept")
    record = record or store.record(report)
    target = None if number is None else fact_at(record, number)
    if target is None and field not in declared_fields():
        raise CurationError(f"no field is called {field!r}; there are: {', '.join(sorted(declared_fields()))}")
    blind = how is not None and how.mode == "blind"  # who does not see the machine's value cannot reject it first
    if verdict == "not_reported" and field and not blind and (found := record.of(field)):
        raise CurationError(
            f"report {report!r} has a {field} ({fact_words(found[0])}); reject it first, then say that none is reported"
        )
    return store.decide(
        report,
        "say",
        curator,
        target=target,
        others=_others(record, others),
        note=note,
        verdict=verdict,
        field=None if target else field,
        how=how,
    )


def fact_words(fact: Fact) -> str:
    return f"“{fact.evidence[0].quote}”" if fact.evidence else value_in_words(fact.value)


def _others(record: Record, numbers: Sequence[int]) -> tuple[Fact, ...]:
    return tuple(fact_at(record, n) for n in numbers)


def together(fact: Fact, others: Sequence[Fact]) -> Fact:
    """A claim with the quotes of all its places."""
    return fact.change(evidence=tuple(dict.fromkeys(e for f in (fact, *others) for e in f.evidence)))


def correct(
    store: Store,
    report: str,
    number: int,
    curator: str,
    words: Mapping[str, str],
    *,
    evidence: Sequence[Evidence] = (),
    arm: str | None = None,
    note: str | None = None,
    against: Against | None = None,
    force: bool = False,
    others: Sequence[int] = (),
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Put another value, other words or another arm in place of a fact's.

    Raises
    ------
    CurationError
        If nothing would change, the value is none that the field can have (lists the legal ones), or its quotes do not say
        it (`against` gives reasons) and it is not taken by `force`.
    """
    record = record or store.record(report)
    target, more = fact_at(record, number), _others(record, others)
    fact = _bare(target).change(
        value=value_of(target.field, words, target.value),
        evidence=tuple(evidence) or together(target, more).evidence,
        arm=(arm or None) if arm is not None else target.arm,
    )
    if fact.key() == together(target, more).key():
        raise CurationError(f"fact {number} of {report!r} is that already; to say that it is right: curate confirm")
    fact = _said(record.document, fact, against, force)
    return store.decide(
        report, "replace", curator, target=target, others=more, fact=fact, note=note, verdict="correct", how=how
    )


def add(
    store: Store,
    report: str,
    field: str,
    curator: str,
    words: Mapping[str, str],
    evidence: Sequence[Evidence],
    *,
    arm: str | None = None,
    note: str | None = None,
    against: Against | None = None,
    force: bool = False,
    how: How | None = None,
    record: Record | None = None,
) -> int:
    """Bring a fact that was missed.

    Raises
    ------
    CurationError
        If the field is unknown, the value is none that it can have, no words are given, the words do not say it (`against`
        gives reasons) and it is not taken by `force`, or the fact is there already.
    """
    if field not in declared_fields():
        raise CurationError(f"no field is called {field!r}; there are: {', '.join(sorted(declared_fields()))}")
    if not evidence:
        raise CurationError("a fact without words that say it does not exist; give them: --quote TEXT")
    fact = Fact(field, value_of(field, words), tuple(evidence), f"curator:{curator}", arm=arm or None)
    record = record or store.record(report)
    same = [i for i, f in enumerate(record.facts) if f.key() == fact.key() and f.primary]
    if same and (how is None or how.stage != "second"):
        raise CurationError(
            f"report {report!r} has that already as fact {same[0]}; to say that it is right: curate confirm"
        )
    return store.decide(report, "add", curator, fact=_said(record.document, fact, against, force), note=note, how=how)


def _said(document: Document, fact: Fact, against: Against | None, force: bool) -> Fact:
    """The fact; flagged where its quotes do not say its value and it is taken by force."""
    reasons = against(document, fact) if against else ()
    if not reasons:
        return fact
    if not force:
        raise CurationError(
            f"the words do not say this {fact.field} ({', '.join(reasons).replace('_', ' ')}): {fact.evidence[0].quote!r}; give the words that say it"
            " with --quote, or take it all the same with --force"
        )
    return fact.change(flags=tuple(dict.fromkeys((*fact.flags, NOT_SAID, *reasons))))


def undo(store: Store, decision: int, curator: str, note: str | None = None, *, how: How | None = None) -> int:
    """Take a decision back, or an undo.

    Raises
    ------
    CurationError
        If there is no such decision, or it was taken back before.
    """
    found = store.decisions()
    if decision not in {d.key for d in found}:
        raise CurationError(f"store {store.name} has no decision {decision}; see them with: trialspan curate list")
    again = next((d.key for d in reversed(found) if d.undoes == decision and is_standing(d, found)), None)
    if again is not None:
        raise CurationError(f"decision {decision} was taken back by {again}; to bring it back: curate undo {again}")
    return store.undo(decision, curator, note=note, how=how)


def is_standing(decision: Decision, all_of_them: Sequence[Decision]) -> bool:
    """Whether nobody took this decision back."""
    return decision.key not in undone(all_of_them)


def kind_of(decision: Decision) -> str:
    """The curator's own word for what was done: a replacement by the same claim is a confirmation."""
    if decision.action == "say":
        return decision.verdict
    if decision.action == "replace" and decision.verdict == "accept":
        return "confirm"
    if decision.action == "replace" and decision.fact and decision.target:
        if decision.fact.primary and not decision.target.primary and decision.fact.key() == decision.target.key():
            return "own"
        return "confirm" if decision.fact.key() == decision.target.key() else "correct"
    return decision.action


def by_report(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """The decisions on each report, in their order."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.document, []).append(decision)
    return found


def disputed(store: Store, report: str | None = None) -> list[Disagreement]:
    """Facts on which curators disagree, in one report or in all, in the order of the reports' ids."""
    made = by_report(store.decisions(report))
    return [found for name in sorted(made) for found in disagreements(name, standing(made[name]))]


def fact_at(record: Record, number: int) -> Fact:
    """The fact with this number.

    Raises
    ------
    CurationError
        If there is none; says how many there are.
    """
    if not 0 <= number < len(record.facts):
        raise CurationError(
            f"report {record.document.id!r} has no fact {number}; its facts are numbered 0 to {len(record.facts) - 1},"
            f" see: trialspan show {record.document.id}"
        )
    return record.facts[number]


def _bare(fact: Fact) -> Fact:
    """The fact without what decisions did to it: one that was rejected or replaced was put aside by them alone."""
    put_aside = any(f in fact.flags for f in ("rejected", "replaced"))
    return fact.change(flags=tuple(f for f in fact.flags if f not in STATES), primary=fact.primary or put_aside)


# ---------------------------------------------------------------- values


def value_of(field: str, words: Mapping[str, str], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A field's value from words such as ``{"n": "43", "kind": "treated"}``, checked against the schema of records.

    Parameters
    ----------
    words : mapping
        Key to text; a key in a nested value has a dot (``interval.unit``); ``null`` is silence.
    base : mapping, optional
        The value that is corrected; without it, keys that are not given are silent (``None``).

    Raises
    ------
    CurationError
        If a key is unknown or a value is not legal; lists the legal ones.
    """
    schema = record_schema()["$defs"]["values"].get(field, {})
    keys = schema.get("properties") or {key: {} for key in declared_fields()[field].keys}
    value: dict[str, Any] = (
        json.loads(json.dumps(base)) if base is not None else dict.fromkeys(schema.get("required", keys))
    )
    for name, text in words.items():
        _put(field, value, keys, name, text)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
        raise CurationError(_illegal(field, error, keys))
    return value


def _put(field: str, value: dict[str, Any], keys: Mapping[str, Any], name: str, text: str) -> None:
    head, _, rest = name.partition(".")
    if head not in keys:
        raise CurationError(f"{field} has no {name!r}; it has: {', '.join(keys)}")
    if not rest:
        value[head] = _read(text, keys[head])
        return
    inner: Mapping[str, Any] = next((s["properties"] for s in keys[head].get("oneOf", ()) if "properties" in s), {})
    nested = value.get(head) or dict.fromkeys(inner)
    _put(f"{field}.{head}", nested, inner, rest, text)
    value[head] = nested


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    """One value as its schema has it: a word stays a word, ``1,500,000`` is a number, ``yes`` is true."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    bare = text.strip()
    if bare.lower() in NOTHING and "null" in [*kinds, *("null" for e in schema.get("enum", ()) if e is None)]:
        return None
    if "boolean" in kinds and bare.lower() in TRUE + FALSE:
        return bare.lower() in TRUE
    if {"number", "integer"} & set(kinds):
        plain = bare.replace(",", "").replace("_", "")
        if re.fullmatch(r"-?\d+(\.\d+)?(e\d+)?", plain, re.I):
            number = float(plain)
            return int(number) if number.is_integer() else number
    if not kinds and "enum" not in schema:  # an object, or a field of a third party
        try:
            return json.loads(bare)
        except ValueError:
            return bare
    return bare


def _illegal(field: str, error: jsonschema.ValidationError, keys: Mapping[str, Any]) -> str:
    name = ".".join(map(str, error.absolute_path)) or "value"
    schema = keys.get(str(error.absolute_path[0]), {}) if error.absolute_path else {}
    if "enum" in schema:
        legal = ", ".join("null" if e is None else str(e) for e in schema["enum"])
    else:
        legal = (
            json.dumps({k: v for k, v in schema.items() if k in ("type", "minimum", "maximum", "pattern")})
            if schema
            else ""
        )
    given = "not given" if error.instance is None else f"{error.instance!r} is not legal"
    return f"{field}: {name} {given}; legal: {legal or error.message}"


# ---------------------------------------------------------------- quotes


def evidence_for(
    document: Document,
    quotes: Sequence[str],
    *,
    part: str | None = None,
    at: Sequence[str] = (),
    paths: Sequence[str] = (),
) -> tuple[Evidence, ...]:
    """Where these words stand in a report.

    Parameters
    ----------
    quotes : sequence of str
        Words of the text; runs of white space count as one. The evidence quotes the text's own characters.
    part : str, optional
        Look only there (``title``, ``abstract``, ...).
    at : sequence of str
        ``PART:START``, or a START alone: which place is meant of a quote that stands several times; one for each such quote, in their order.
    paths : sequence of str
        JSON paths into a registry record; the value there is the quote.

    Raises
    ------
    CurationError
        If a quote is not in the text, or stands several times and no place is given; lists the places.
    """
    if part is not None and part not in document.parts:
        raise CurationError(f"report {document.id!r} has no part {part!r}; it has: {', '.join(document.parts)}")
    chosen = list(at)
    found = [_place(document, quote, part, chosen) for quote in quotes]
    if chosen:
        raise CurationError(f"--at {chosen[0]}: no quote that stands several times is left for it")
    return (*found, *(_at_path(document, path) for path in paths))


def _place(document: Document, quote: str, part: str | None, chosen: list[str]) -> Evidence:
    words = quote.split()
    if not words:
        raise CurationError("a quote is empty; give the words of the text that say it")
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    places = list(_places(document, pattern, part))
    exact = [e for e in places if e.quote == quote.strip()] or places
    if len(exact) == 1:
        return exact[0]
    if not exact:
        raise CurationError(_missing(document, quote, words, part))
    if chosen:
        wanted = chosen.pop(0)
        meant = [e for e in exact if wanted in (f"{e.part}:{e.start}", str(e.start))]
        if len(meant) == 1:
            return meant[0]
        raise CurationError(
            f"--at {wanted}: {quote!r} does not begin there, or in two parts; it stands at: {listed(document, exact)}"
        )
    raise CurationError(f"{quote!r} stands {len(exact)} times; choose with --at PART:START: {listed(document, exact)}")


def _places(document: Document, pattern: re.Pattern[str], part: str | None) -> Iterator[Evidence]:
    for name, text in document.parts.items():
        for match in pattern.finditer(text) if part in (None, name) else ():
            yield Evidence(name, match.group(), match.start(), match.end())


def listed(document: Document, places: Sequence[Evidence]) -> str:
    """Places with what stands around them."""
    shown = []
    for e in places[:SHOWN]:
        text = document.parts[e.part]
        around = " ".join(text[max(0, (e.start or 0) - AROUND) : (e.end or 0) + AROUND].split())
        shown.append(f"{e.part}:{e.start} (…{around}…)")
    return ", ".join(shown + ([f"{len(places) - SHOWN} more"] if len(places) > SHOWN else []))


def _missing(document: Document, quote: str, words: Sequence[str], part: str | None) -> str:
    """The message for a quote that is not there: what the text has instead, where it differs in case, dashes or signs."""
    alike = re.compile(r" +".join(re.escape(fold(w)) for w in words))
    for name, text in document.parts.items():
        if part in (None, name) and (match := alike.search(fold(text))):
            return f"{quote!r} is not in report {document.id!r}; {name} has {text[match.start() : match.end()]!r} at {match.start()}: give it so"
    where = f"its {part}" if part else f"none of its parts ({', '.join(document.parts)})"
    return f"{quote!r} is not in report {document.id!r}: {where} has these words; copy them from the text"


def _at_path(document: Document, path: str) -> Evidence:
    found = value_at(document.data, path) if document.data is not None else None
    if found is None:
        raise CurationError(
            f"report {document.id!r} has no value at {path}" + ("" if document.data else ": it is no registry record")
        )
    return Evidence(JSON_PART, found, path=path)
