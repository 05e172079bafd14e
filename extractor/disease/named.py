"""What the treated disease is called: the vocabulary's name where it shares words with what is written, else as written."""

from __future__ import annotations

from extractor import patterns as re
from extractor.disease.mentioned import KNOWN, Mention
from extractor.disease.weighed import Candidate, content
from extractor.terms import words

OUTCOME = re.compile(
    r"(?:non-?fatal|fatal|recurrent|new|repeat|subsequent) "
)  # "nonfatal infarction" is what is counted
INVERTED = re.compile(r"[a-z], [a-zA-Z]")  # "leukemia, lymphocytic, chronic, B-cell": a name for an index, nobody's


def naming(candidate: Candidate) -> Mention:
    """The mention that names the disease best: of those that say what the weightiest says, the one that says most."""
    best = candidate.best
    wider = [
        m
        for m in candidate.mentions
        if content(m.name) >= content(best.name) and m.role != "pain" and m.weight > 0 and not OUTCOME.match(m.name)
    ]
    return max([best, *wider], key=lambda m: (m.term is not None, len(content(m.name)), not m.renamed, m.weight))


def canonical(candidate: Candidate, named: Mention) -> tuple[str, str]:
    """(name, CURIE) of what :func:`naming` found: the vocabulary's name where it shares words with what is written, else as written."""
    longest = named.name
    if named.term is None:
        return longest, ""
    if INVERTED.search(named.term.name):
        return KNOWN.get(longest, longest), named.term.id
    if longest.isupper() and " " not in longest:
        return named.term.name, named.term.id
    own = content(named.term.name)
    if british(longest) and words(longest) == words(named.term.name):
        return longest, named.term.id
    if (
        own >= content(longest)
        or named.role == "pain"
        or named.term.kind == "named"
        or _elsewhere(candidate, own, longest)
    ):
        return named.term.name, named.term.id
    return longest, named.term.id


def british(name: str) -> bool:
    """Whether a name holds a digraph that American spelling leaves out: "oesophageal cancer" stays as the text has it."""
    return ("ae" in name or "oe" in name) and "faec" not in name


def _elsewhere(candidate: Candidate, own: frozenset[str], longest: str) -> bool:
    """Whether the text says the vocabulary's name in another place, and nothing closer here."""
    return not own < content(longest) and any(own <= content(m.name) for m in candidate.mentions)
