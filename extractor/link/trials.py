"""Trials: reports that confirmed links bring together, but never two that a curator keeps apart.

Links are taken from the strongest to the weakest, curators' first. One that would bring together two reports of which a
curator said that they do not belong together, or two registry records of one registry, is not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractor.link.profile import RECORD, Profile, registry_of
from extractor.store.links import Link, LinkStore, Pair

RECORD_VOTES = 1_000  # a registry record knows its own number
WIDEST = 20_000  # reports of one neighbourhood; above it everything is grouped at once


def regroup(links: LinkStore, ids: Iterable[str]) -> int:
    """Group the neighbourhood of some reports anew; the number of trials with more than one report in it."""
    members, between = neighbourhood(links, set(ids))
    profiles = {i: Profile.from_dict({"id": i} | data) for i, data in links.profiles(members).items()}
    groups = group(profiles, between)
    elsewhere = links.trials_named(groups, members)
    links.put_trials(
        {
            i: f"{name} ({reports[0]})" if name in elsewhere else name
            for name, reports in groups.items()
            for i in reports
        }
    )
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
    named: dict[str, list[str]] = {}
    for reports in sorted(unique.values(), key=lambda found: (-len(found), found)):
        name = name_of([profiles[i] for i in reports])
        named[f"{name} ({reports[0]})" if name in named else name] = reports
    return dict(sorted(named.items()))


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
    return {
        registry_of(profiles[i].own[0]): profiles[i].own[0]
        for i in ids
        if profiles[i].role == RECORD and profiles[i].own
    }


def name_of(reports: Sequence[Profile]) -> str:
    """A trial's name: its registry id, else that of its first report.

    The id that most of the reports give as theirs, records before papers; of several the first.
    """
    votes: dict[str, int] = {}
    for p in reports:
        for id in _names(p):
            votes[id] = votes.get(id, 0) + (RECORD_VOTES if p.role == RECORD else 1)
    if votes:
        return min(votes, key=lambda id: (-votes[id], not id.startswith("NCT"), id))
    return min(p.id for p in reports)


def _names(p: Profile) -> tuple[str, ...]:
    """Registry ids that may name a report's trial: none for a report of no trial, or of several."""
    registries = [registry_of(id) for id in p.own]
    several = p.role != RECORD and len(set(registries)) < len(registries)
    return () if several or not p.of_people else p.own
