"""From a comparison to links: which method found it, whether it is made without asking, and in one sentence why.

Explicit links come first (the same paper in two channels, a shared registry id, a registry record's reference, a
statement); where there is none, the score decides. Two ids of one registry keep trials apart, whatever the score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.link.compare import Reason, bits, compare, earlier_of, probability
from extractor.link.overlaps import preferred
from extractor.link.profile import RECORD, Profile, alike, registry_of
from extractor.link.statements import ANALYSIS, EXTENSION
from extractor.store.links import Link
from extractor.words import Words

W = Words("link")

MADE_BITS = 5.5  # from here a scored link is made without asking
PROPOSED_BITS = -0.5  # from here it is proposed
MADE_OVERLAP_BITS = 4.5
COPY_TITLE = 0.8  # share of the title's words
SHORT_TITLE = 4  # words; a shorter title says too little
COPY_TEXT = 0.6  # share of the text's phrases
SPLIT_COHORT = frozenset({"n", "sex", "age", "arms", "phase"})  # may differ between overlapping cohorts
GROUP = frozenset({"authors", "site", "code", "said", "ethics", "centre", "text"})  # say that it is the same group
COHORT = W.members("cohort")  # say that it is the same people
WRITERS = frozenset({"authors", "centre", "ethics", "text"})
MANY_AUTHORS = 4
MOST_WORDS = 90  # characters of one feature in the sentence that says why
CONFIRMED, PROPOSED = "confirmed", "proposed"


def judge(a: Profile, b: Profile) -> list[Link]:
    """Links between two reports; none where nothing says that they belong together."""
    if b.id < a.id:
        a, b = b, a
    copy = _copy(a, b)
    if copy:
        return list(_copies(a, b, copy, compare(a, b)))
    if not (a.of_people and b.of_people):
        return []
    explicit = list(_explicit(a, b))
    return explicit if explicit or _apart(a, b) else list(_scored(a, b, compare(a, b)))


# ---------------------------------------------------------------- the same paper


def _copy(a: Profile, b: Profile) -> str:
    """Why two reports are the same paper as two channels print it; empty where they are not."""
    if a.is_record or b.is_record:
        return ""
    for name in ("pmid", "doi", "pmcid"):
        one, two = getattr(a, name), getattr(b, name)
        if one and one == two:
            return f"both are {name.upper()} {one}"
    if any(getattr(a, n) and getattr(b, n) and getattr(a, n) != getattr(b, n) for n in ("pmid", "doi", "pmcid")):
        return ""
    titles = _share(a.title, b.title)
    if titles < COPY_TITLE or min(len(a.title), len(b.title)) < SHORT_TITLE or _differ(a, b):
        return ""
    texts = alike(a.shingles, b.shingles)
    if titles == 1.0 and not (a.shingles and b.shingles):
        return "their titles are the same"
    if texts >= COPY_TEXT:
        return f"their titles have {titles:.0%} of the words in common, their texts {texts:.0%} of the phrases"
    return ""


def _differ(a: Profile, b: Profile) -> bool:
    """Whether the reports cannot be one paper: years apart, other people, other registry numbers, other authors."""
    if _other_trial(a, b) or (a.authors and b.authors and not set(a.authors) & set(b.authors)):
        return True
    years = a.year and b.year and abs(a.year - b.year) > 1
    return bool(years or (a.n and b.n and a.n not in (*b.counts, b.n) and b.n not in a.counts))


def _copies(a: Profile, b: Profile, why: str, reasons: Sequence[Reason]) -> Iterator[Link]:
    if a.of_people and b.of_people:
        yield _link(a, b, "trial", "copy", "same_report", 0.99, CONFIRMED, f"The same report: {why}.", reasons)
    yield _overlap(a, b, "copy", "same_report", 0.99, CONFIRMED, f"The same report in two channels: {why}.", reasons)


# ---------------------------------------------------------------- said by the reports


def _explicit(a: Profile, b: Profile) -> Iterator[Link]:
    shared = sorted(set(a.own) & set(b.own))
    if shared:
        yield from _shared(a, b, shared, compare(a, b))
        return
    for one, two in ((a, b), (b, a)):
        reference = next((r for r in one.references if two.pmid and r[0] == two.pmid and r[1] != "BACKGROUND"), None)
        if reference:
            state = CONFIRMED if reference[1] == "RESULT" or two.kind in ("single-trial", "case-report") else PROPOSED
            why = f"The registry record {one.id} names PMID {two.pmid} as {reference[1].lower()} ({reference[2]})."
            yield _link(a, b, "trial", "record", "registry_reference", 0.98, state, why, compare(a, b))
            return
    for one, two in ((a, b), (b, a)):
        said = _statement(one, two)
        if said:
            yield from _stated(a, b, one, said, compare(a, b))
            return


def _shared(a: Profile, b: Profile, shared: Sequence[str], reasons: Sequence[Reason]) -> Iterator[Link]:
    ids = ", ".join(shared)
    if _pooled(a, b) or _pooled(b, a):
        why = f"One of them reports several trials, among them {ids}."
        yield _overlap(a, b, "pooled", "registry_id", 0.95, CONFIRMED, why, reasons)
        return
    strange = any(r.feature == "condition" and r.weight < 0 for r in reasons)
    state = PROPOSED if strange else CONFIRMED
    why = f"Both give {ids} as their own registry number" + (", but treat different conditions." if strange else ".")
    yield _link(a, b, "trial", _relation(a, b), "registry_id", 0.7 if strange else 0.99, state, why, reasons)
    if not (a.is_record or b.is_record):
        yield _cohorts(a, b, "registry_id", 0.95, state, why, reasons)


def _pooled(one: Profile, two: Profile) -> bool:
    """Whether `one` reports more trials of a registry than `two`."""
    if one.is_record:
        return False
    ours, theirs = (_per_registry(p) for p in (one, two))
    return any(len(ids) > 1 and ids != theirs.get(name) for name, ids in ours.items() if theirs.get(name))


def _per_registry(p: Profile) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for id in p.own:
        found.setdefault(registry_of(id), set()).add(id)
    return found


def _statement(one: Profile, two: Profile) -> tuple[str, str, str] | None:
    """A statement of `one` that names `two`: its registry id, or its first author and year."""
    first = two.authors[0].rsplit(" ", 1)[0] if two.authors else ""
    names = {*two.own, f"{first} {two.year}" if first and two.year else ""} - {""}
    cited = set(one.cited) & set(two.own)
    for kind, whom, quote in one.statements:
        if whom in names:
            return kind, whom, quote
    if cited and any(kind in (EXTENSION, ANALYSIS) for kind, _, _ in one.statements):
        kind, _, quote = next(s for s in one.statements if s[0] in (EXTENSION, ANALYSIS))
        return kind, min(cited), quote
    return None


def _stated(
    a: Profile, b: Profile, one: Profile, said: tuple[str, str, str], reasons: Sequence[Reason]
) -> Iterator[Link]:
    kind, whom, quote = said
    other = a if one is b else b
    apart = _other_trial(one, other)
    strange = any(r.feature in ("condition", "cells") and r.weight < 0 for r in reasons)
    state = PROPOSED if strange or " " in whom else CONFIRMED
    why = f"{one.id} says that it goes back to {whom}: “{quote[:200]}”."
    if not apart:
        yield _link(a, b, "trial", kind, "statement", 0.6 if state == PROPOSED else 0.95, state, why, reasons)
    if apart or not (a.is_record or b.is_record):
        yield _cohorts(a, b, "statement", 0.6 if state == PROPOSED else 0.93, state, why, reasons)


# ---------------------------------------------------------------- scored


def _scored(a: Profile, b: Profile, reasons: Sequence[Reason]) -> Iterator[Link]:
    total = bits(reasons)
    why = _why(reasons)
    if total >= PROPOSED_BITS and not any(r.feature == "phase" and r.weight < -1 for r in reasons):
        state = CONFIRMED if total >= MADE_BITS and _identified(a, b, reasons) else PROPOSED
        score = probability(total)
        yield _link(a, b, "trial", _relation(a, b), "score", score, state, why, reasons)
        if not (a.is_record or b.is_record):
            yield _cohorts(a, b, "score", score, state, why, reasons)
    elif not (a.is_record or b.is_record):
        yield from _same_group(a, b, reasons)


def _identified(a: Profile, b: Profile, reasons: Sequence[Reason]) -> bool:
    """Whether the same people and the same writers agree, and nothing is against it.

    Groups repeat treatments and sizes, so that one number of people is too little: a second thing about the cohort has
    to agree, or many authors.
    """
    agree = {r.feature for r in reasons if r.weight >= 1.5}
    if any(r.weight <= -1.0 for r in reasons) or not agree & WRITERS:
        return False
    cohort = agree & COHORT
    return len(cohort) > 1 or (bool(cohort) and len(set(a.authors) & set(b.authors)) >= MANY_AUTHORS)


def _same_group(a: Profile, b: Profile, reasons: Sequence[Reason]) -> Iterator[Link]:
    """The same group, the same treatment, another number of people: perhaps a growing cohort."""
    kept = [r for r in reasons if r.feature not in SPLIT_COHORT]
    said = any(r.feature == "said" for r in kept)
    group = [r for r in kept if r.weight >= 2.0 and (r.feature in GROUP or (said and r.feature == "route"))]
    phase = any(r.feature == "phase" and r.weight < -1 for r in reasons)
    total = bits(kept) + 3.0  # the sizes, which may differ here, would have had to agree
    if group and total >= PROPOSED_BITS and not phase:
        sizes = f" ({a.n} and {b.n})" if a.n and b.n else ""
        why = f"One group may have reported the same people twice{sizes}: {_why(kept)}"
        sure = any(r.feature == "said" and r.weight > 2 for r in kept) and not any(r.weight <= -1.0 for r in kept)
        state = CONFIRMED if total >= MADE_OVERLAP_BITS and sure else PROPOSED
        yield _cohorts(a, b, "score", probability(total), state, why, reasons)


def _other_trial(a: Profile, b: Profile) -> bool:
    """Whether the reports give different ids of one registry."""
    if not a.own or not b.own:
        return False
    one, two = _per_registry(a), _per_registry(b)
    return any(not ids & two[name] for name, ids in one.items() if name in two)


def _apart(a: Profile, b: Profile) -> bool:
    """Whether no score may bring the reports together: other ids of one registry, or two records of one."""
    return _other_trial(a, b) or (a.is_record and b.is_record and registry_of_record(a) == registry_of_record(b))


def registry_of_record(p: Profile) -> str:
    return registry_of(p.own[0]) if p.own else RECORD


# ---------------------------------------------------------------- links


def _relation(a: Profile, b: Profile) -> str:
    return "record" if a.is_record or b.is_record else "report"


def _cohorts(
    a: Profile, b: Profile, method: str, score: float, state: str, why: str, reasons: Sequence[Reason]
) -> Link:
    """The overlap of two reports of one trial: the same people, or one cohort inside another."""
    nested = a.n != b.n or bool(earlier_of(a, b) or earlier_of(b, a))
    return _overlap(a, b, "nested" if nested else "same_group", method, score, state, why, reasons)


def _overlap(
    a: Profile, b: Profile, relation: str, method: str, score: float, state: str, why: str, reasons: Sequence[Reason]
) -> Link:
    best, because = preferred([a, b])
    return Link(
        a.id,
        b.id,
        "overlap",
        relation,
        method,
        round(score, 4),
        state,
        f"{why.removesuffix('.')}; {because}",
        best,
        _dicts(reasons),
    )


def _link(
    a: Profile,
    b: Profile,
    kind: str,
    relation: str,
    method: str,
    score: float,
    state: str,
    why: str,
    reasons: Sequence[Reason],
) -> Link:
    return Link(a.id, b.id, kind, relation, method, round(score, 4), state, why, None, _dicts(reasons))


def _dicts(reasons: Sequence[Reason]) -> list[dict[str, object]]:
    return [r.to_dict() for r in reasons]


def _why(reasons: Sequence[Reason]) -> str:
    agree = [f"{r.feature} ({_short(r.a)})" for r in reasons if r.weight > 0]
    against = [f"{r.feature} ({_short(r.a)} / {_short(r.b)})" for r in reasons if r.weight < 0]
    words = f"They agree on {', '.join(agree[:6]) or 'nothing'}"
    return f"{words}; they differ on {', '.join(against[:4])}." if against else f"{words}."


def _short(words: str) -> str:
    """A long list of names, cut at a name; all of it is in the link's reasons."""
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS].rsplit(';', 1)[0]}; ..."


def _share(a: Sequence[str], b: Sequence[str]) -> float:
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a and b else 0.0
