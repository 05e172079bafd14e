"""Trials: reports that confirmed links bring together, but never two that a curator keeps apart.

Links are taken from the strongest to the weakest, curators' first. One that would bring together two reports of which a
curator said that they do not belong together, or two registry records of one registry, is not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractor.link.profile import RECORD, Profile, registry_of
from extractor.store.links import Link, LinkStore, Pair

WIDEST = 20_000  # reports of one neighbourhood; above it everything is grouped at once


def regroup(links: LinkStore, ids: Iterable[str]) -> int:
    """Group the neighbourhood of some reports anew; the number of trials with more than one report in it."""
    found = neighbourhood(links, set(ids))
    members, between = found
    profiles = {i: Profile.from_dict({"id": i} | data) for i, data in links.profiles(members).items()}
    groups = group(profiles, between)
    links.put_trials({i: name for name, reports in groups.items() for i in reports})
    return sum(len(reports) > 1 for reports in groups.values())


def neighbourhood(links: LinkStore, ids: set[str]) -> tuple[set[str], list[Link]]:
    """All reports that links of trials reach from `ids`, and those links."""
    if len(ids) > WIDEST:
        found = links.links(kind="trial")
        return ids | {i for one in found for i in one.pair}, found
    seen: set[str] = set()
    edge, between = set(ids), {}
    while edge:
        seen |= edge
        for one in links.links(sorted(edge), kind="trial"):
            between[one.pair] = one
        edge = {i for one in between.values() if one.state == "confirmed" for i in one.pair} - seen
    reached = {i for one in between.values() for i in one.pair}
    return seen, [one for pair, one in sorted(between.items()) if reached and set(pair) <= seen]


def group(profiles: dict[str, Profile], links: Sequence[Link]) -> dict[str, list[str]]:
    """Trials by name with the ids of their reports, sorted; reports without a link are trials of their own."""
    apart = {one.pair for one in links if one.state == "rejected"}
    of: dict[str, set[str]] = {i: {i} for i in profiles}
    for one in sorted((x for x in links if x.state == "confirmed"), key=_strength):
        left, right = of.get(one.a), of.get(one.b)
        if left is None or right is None or left is right or _forbidden(left, right, apart, profiles, one):
            continue
        left |= right
        for i in right:
            of[i] = left
    unique = {id(reports): sorted(reports) for reports in of.values()}
    return {name_of([profiles[i] for i in reports]): reports for reports in sorted(unique.values())}


def _strength(link: Link) -> tuple[object, ...]:
    return link.by == "rule", -link.score, link.a, link.b


def _forbidden(left: set[str], right: set[str], apart: set[Pair], profiles: dict[str, Profile], link: Link) -> bool:
    if any((min(i, j), max(i, j)) in apart for i in left for j in right):
        return True
    if link.by != "rule":
        return False
    one, two = _records(left, profiles), _records(right, profiles)
    return any(name in two and two[name] != id for name, id in one.items())


def _records(ids: Iterable[str], profiles: dict[str, Profile]) -> dict[str, str]:
    """The registry records among reports: registry and id."""
    return {registry_of(profiles[i].own[0]): profiles[i].own[0] for i in ids if profiles[i].role == RECORD and profiles[i].own}


def name_of(reports: Sequence[Profile]) -> str:
    """A trial's name: its registry id, else that of its first report.

    The id that most of the reports give as theirs, records before papers; of several the first.
    """
    votes: dict[str, int] = {}
    for p in reports:
        for id in p.own if len(p.own) < 3 or p.role == RECORD else ():
            votes[id] = votes.get(id, 0) + (1000 if p.role == RECORD and id == min(p.own, key=lambda i: (not i.startswith("NCT"), i)) else 1)
    if votes:
        return min(votes, key=lambda id: (-votes[id], not id.startswith("NCT"), id))
    return min(p.id for p in reports)
