"""Keys under which reports meet: only reports that share a key are ever compared.

A *strong* key is one that few unrelated reports share (an identifier, a title, an author in a condition); a *weak* one
(the same product and route in a condition) is left out where too many share it, so that the work grows with the reports
and not with their square.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor.link.profile import Profile

MOST_BEHIND_STRONG = 400  # reports behind one key; a registry id in more reports than this is no trial's own
MOST_BEHIND_WEAK = 40
BANDS = 2  # minhash values in one key: texts with 70 % of their phrases in common share one with p > 0.999
WEAK = "?"


def keys(profile: Profile) -> list[str]:
    """The keys of a report; weak ones begin with ``?``."""
    return sorted(set(_strong(profile)) | {WEAK + key for key in _weak(profile)})


def most_behind(key: str) -> int:
    return MOST_BEHIND_WEAK if key.startswith(WEAK) else MOST_BEHIND_STRONG


def _strong(p: Profile) -> Iterator[str]:
    named = [whom for _, whom, _ in p.statements if whom and not whom.startswith("n=")]
    yield from (f"id:{i}" for i in (*p.own, *p.cited))
    yield from (f"{'cite' if ' ' in whom else 'id'}:{whom}" for whom in named)
    yield from (f"{name}:{value}" for name, value in (("pmid", p.pmid), ("doi", p.doi), ("pmcid", p.pmcid)) if value)
    yield from (f"pmid:{pmid}" for pmid, _, _ in p.references)
    if len(p.title) > 3:
        yield f"title:{' '.join(sorted(p.title))}"
    for start in range(0, len(p.shingles) - BANDS + 1, BANDS):
        yield f"text:{start}:{p.shingles[start]}:{p.shingles[start + 1]}"
    if p.authors and p.year:
        yield f"cite:{p.authors[0].rsplit(' ', 1)[0]} {p.year}"
    yield from (f"ethics:{i}" for i in p.ethics)
    yield from (f"code:{code}" for code in p.codes)


def _weak(p: Profile) -> Iterator[str]:
    leading = dict.fromkeys((*p.authors[:3], *p.authors[-1:]))
    for condition in p.conditions or ("",):
        yield from (f"author:{name}|{condition}" for name in leading)
        yield from (f"centre:{centre}|{condition}" for centre in p.centres if condition)
        for route in p.routes if condition else ():
            yield from (f"n:{condition}|{route}|{n}" for n in p.counts)
            yield from (f"cells:{condition}|{route}|{cell}" for cell in p.cells)
        if condition:
            yield from (f"n:{condition}|{n}|{cell}" for n in p.counts for cell in p.cells)
