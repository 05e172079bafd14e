"""Which of the mentioned diseases the trial treats: the weightiest, and what is said of the same people beside it."""

from __future__ import annotations

import itertools
from bisect import bisect_left

from extractor import patterns as re
from extractor.context.view import View
from extractor.disease.mentioned import PEOPLE, Mention, mentions
from extractor.disease.otherwise import otherwise, prevented
from extractor.disease.weighed import CAUSED, JOINED, LEAST, MODIFIER, NUMBER, Candidate, content, weigh
from extractor.words import Words

W = Words("disease")


def treated(seen: View) -> list[Candidate]:
    """The treated disease; two where the text names both of the same people ("patients with MS and ALS")."""
    ranked = weigh(seen, mentions(seen))
    listed = _diagnoses(seen, ranked)
    if listed:
        return listed
    if not ranked or ranked[0].score < LEAST:
        return otherwise(seen, ranked)
    first = ranked[0]
    listed = _chain(seen, ranked)
    if listed:
        return listed
    return [first, *(c for c in ranked[1:4] if _joined(seen, first, c))][:MOST]


# "Diagnoses were", "the underlying diseases included", "indications:": the list that follows is of the people treated
DIAGNOSES = re.compile(
    r"\b(?:diagnos[ei]s|(?:neurological |underlying |primary |treated |main )?(?:diseases|conditions|disorders|indications|illnesses))(?: (?:of|in|among) (?:the |these |our |all )?(?:\w+ )?(?:patients|participants|people|children|subjects|adults))?"
    r"(?: treated| studied)?(?: (?:was|were|included?|comprised|are|consisted of)\b|:)"
)
# "Huntington's disease in eight", "stroke (n = 3)", "epilepsy in 1 each", "ataxia, 4", "5 with ALS"
COUNTED = re.compile(
    rf"(?: \([a-z0-9-]{{2,8}}\))?(?:,? in (?:the other |another )?(?:\d+|{NUMBER})\b(?! ?%)|,? ?[(\[]n? ?=? ?\d+[)\],; ]|,? \d+(?=[,;.)]| and))"
)
COUNTED_WITH = re.compile(rf"\b(?:\d+|{NUMBER}) (?:{PEOPLE} )?(?:had|with|suffered from|suffering from) {MODIFIER}$")


def _diagnoses(seen: View, ranked: list[Candidate]) -> list[Candidate]:
    """The diseases of a list that counts the people of each, where the text speaks of several diseases from the start."""
    if not ranked or any(seen.in_title(m.start) and m.weight >= TITLE_SURE for m in ranked[0].mentions):
        return []
    places, every = _places(ranked), _in_order(ranked)
    for sentence in seen.sentences:
        cue = DIAGNOSES.search(seen.folded, sentence.start, sentence.end)
        if OUTCOME_CUE.search(seen.folded, sentence.start, cue.end() if cue else sentence.end):
            continue
        inside = _between(every, cue.end() if cue else sentence.start, sentence.end)
        counted = [m for m in inside if _is_counted(seen, m)]
        if cue is None:
            inside = _people_by_disease(seen, inside, counted)
        if len(inside) > 1 and len(counted) > 1:
            return list({id(places[id(m)]): places[id(m)] for m in inside}.values())
    return []


def _places(ranked: list[Candidate]) -> dict[int, Candidate]:
    return {id(m): c for c in ranked for m in c.mentions}


def _in_order(ranked: list[Candidate]) -> list[Mention]:
    return sorted((m for c in ranked for m in c.mentions), key=lambda m: m.start)


def _between(every: list[Mention], begin: int, end: int) -> list[Mention]:
    """Of mentions in their order those that begin between two places."""
    first, last = (bisect_left(every, place, key=lambda m: m.start) for place in (begin, end))
    return every[first:last]


def _people_by_disease(seen: View, inside: list[Mention], counted: list[Mention]) -> list[Mention]:
    """The members of a counted list that no word announces: "31 patients: 10 with X, 6 with Y, 6 with Z", "cancers (X, 6; Y, 5)"."""
    head = next((m for m in inside if m.people and not _elliptic(seen, m)), None)
    own = [m for m in counted if m is not head]
    if any(m.weight <= 0 or (m.term is not None and m.term.kind == "sign") for m in own) or len(own) < BOTH:
        return []
    if head is None:
        own = own if _told_by_disease(seen, own) else []
        return [m for m in inside if own and own[0].start <= m.start <= own[-1].start and m.weight > 0]
    if not seen.folded.startswith(" (", head.end) or own[-1].start > seen.folded.find(")", head.end):
        return []
    return own if head.name.lower().split()[-1] in GROWTHS else [head, *own]


def _told_by_disease(seen: View, own: list[Mention]) -> bool:
    """Whether a list without a head is one of people: "10 with X, 6 with Y", "patients who had cells for X (n = 5) or Y (n = 7)"."""
    if len(own) >= LISTED and any(m.people for m in own):
        return True
    begin = seen.sentence_at(own[0].start).start
    before = seen.folded[begin : own[0].start]
    if len(own) >= LISTED and GIVEN_TO.search(before):
        return True
    numbered = all(NUMBERED.match(seen.folded, m.end) for m in own)
    return numbered and bool(OF_PEOPLE.search(before)) and seen.role_at(own[0].start) != "conclusions"


NUMBERED = re.compile(r"(?: \([a-z0-9-]{2,8}\))?,? [(\[]n ?= ?\d+")
GIVEN_TO = re.compile(rf"\b{PEOPLE}\b.*\b(?:received|treated|given|injected|infused|transplanted|underwent)\b.*: $")
OF_PEOPLE = re.compile(rf"\b{PEOPLE}\b.*\b(?:with|for|from) {MODIFIER}$")


def _elliptic(seen: View, mention: Mention) -> bool:
    """Whether a number alone stands for the people: "10 with X", beside "10 patients with X"."""
    match = COUNTED_WITH.search(seen.folded, max(0, mention.start - 60), mention.start)
    return match is not None and not re.search(rf"{PEOPLE} ", match.group())


BOTH = 2
LISTED = 3  # diseases counted in one sentence: who was treated is told by disease
GROWTHS = frozenset({"cancer", "cancers", "tumor", "tumors", "tumour", "tumours", "malignancy", "malignancies"})


def _chain(seen: View, ranked: list[Candidate]) -> list[Candidate]:
    """Three diseases or more in one list of the people treated: "37 patients with X, Y, Z or W"."""
    places, every = _places(ranked), _in_order(ranked)
    for mention in ranked[0].mentions:
        sentence = seen.sentence_at(mention.start)
        chain: list[Mention] = []
        for item in _between(every, sentence.start, sentence.end):
            if chain and not JOINED.match(seen.folded[chain[-1].end : item.start] + " "):
                if mention in chain:
                    break
                chain = []
            chain.append(item)
        heads = mention in chain and chain[0].people and chain[0].weight >= PEOPLE_SURE
        known = all(m.term is not None and m.term.kind != "sign" and m.weight >= PEOPLE_SURE for m in chain)
        members = {id(places[id(m)]): places[id(m)] for m in chain}
        if (
            heads
            and known
            and len(members) >= LISTED
            and not COMORBID.search(seen.folded, sentence.start, sentence.end)
        ):
            return list(members.values())
    return []


COMORBID = re.compile(r"\bcomorbid|\bhistory\b|\brisk factors?\b")

# what makes a counted list one of other things than the people's diseases
OUTCOME_CUE = re.compile(
    r"\badverse|\bcomplicat|\bcauses? of death|\bcomorbid|\bconcomitant|\bexclu|\bdifferential|\bfinal diagnos|\bsecondary\b"
)


def _is_counted(seen: View, mention: Mention) -> bool:
    before = seen.folded[max(0, mention.start - 60) : mention.start]
    return bool(COUNTED.match(seen.folded, mention.end) or COUNTED_WITH.search(before))


QUALIFIED = re.compile(rf",? (?:{PEOPLE} )?with (?:[\w-]+ ){{0,3}}(?:of )?")


def _joined(seen: View, first: Candidate, other: Candidate) -> bool:
    """Whether both are treated: side by side, or both said of the people of one sentence, or both in the title."""
    if other.score < 0.5 * first.score:
        return False
    for a, b in itertools.product(first.mentions, other.mentions):
        left, right = (a, b) if a.start < b.start else (b, a)
        gap = seen.folded[left.end : right.start]
        if left in first.mentions and QUALIFIED.fullmatch(gap) and seen.in_title(left.start):
            return False  # "STEMI with ventricular dysfunction" is one disease and its state
        if (JOINED.match(gap + " ") or (left.name == "COVID-19" and CAUSED.fullmatch(gap))) and max(
            a.weight, b.weight
        ) >= LEAST:
            return True
        same = seen.sentence_at(a.start) == seen.sentence_at(b.start)
        if same and a.people and b.people and min(a.weight, b.weight) >= PEOPLE_SURE:
            return True
    if any(m.weight >= LEAST and prevented(seen, m) and seen.role_at(m.start) in AIMED for m in other.mentions):
        return not _alike(first, other)  # "prevention of thrombosis in patients with cancer"
    if _of_the_people(seen, other) and not any(m.people and m.weight >= PEOPLE_SURE for m in first.mentions):
        return not _alike(first, other)  # the title names one, "34 patients with Y" another
    return not _alike(first, other) and any(seen.in_title(m.start) and m.weight >= TITLE_SURE for m in other.mentions)


def _of_the_people(seen: View, candidate: Candidate) -> bool:
    """Whether the text, not the title, says that its own people have a disease."""
    return any(m.people and m.weight >= PEOPLE_SURE and not seen.in_title(m.start) for m in candidate.mentions)


def _alike(first: Candidate, other: Candidate) -> bool:
    """Whether a wider name stands for the same disease: "obstructive lung disease" in the long name of a trial on COPD."""
    names = [content(c.term.name if c.term else c.name) for c in (first, other)]
    return bool(names[1]) and 2 * len(names[0] & names[1]) >= len(names[1])


AIMED = ("title", "objective")
MOST = 3  # more diseases than this are a list of comorbidities
PEOPLE_SURE = 3.0  # the people of a sentence on the trial itself
TITLE_SURE = 2.5  # the title's "treatment of X" or "in X", not a mere mention
