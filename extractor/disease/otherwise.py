"""What was treated where no word says so of any disease: what cells were given for, what the text opens with, what is left."""

from __future__ import annotations

from extractor import patterns as re
from extractor.context.view import View
from extractor.disease.mentioned import PEOPLE, POSTOPERATIVE_PAIN, SHORT, Mention
from extractor.disease.weighed import AIM, ENDS, FOR, JOINED, LEAST, MODIFIER, PUT, SURVIVORS, Candidate, came_of
from extractor.words import Words

W = Words("disease")


def otherwise(seen: View, ranked: list[Candidate]) -> list[Candidate]:
    """What was treated, by the first of several readings that finds something; ``ranked`` are all diseases, the likeliest first."""
    found = _pain(seen) or _given_for(seen, ranked) or _introduced(seen, ranked) or _only(seen, ranked)
    listed = [] if found else _listed(seen, ranked)
    if listed:
        return listed
    found = found or _prevented(seen, ranked) or _operated_for(seen, ranked)
    found = found or _had(seen, ranked) or _after_therapy(seen, ranked)
    found = found or _of_animals(seen, ranked)
    found = found or _opening(seen, ranked) or _survived(seen, ranked) or _titled(seen, ranked)
    return [found] if found else []


# "infants at high risk of bronchopulmonary dysplasia", "to prevent hernia": nobody has it yet, and it is what the trial is for
AT_RISK = re.compile(
    rf"\b{PEOPLE} (?:(?:[^.;]|\.(?=\d)){{0,60}} )?at (?:\w+ ){{0,2}}risks? (?:of|for) (?:developing )?{MODIFIER}$"
)
PREVENTED = re.compile(
    rf"\b(?:prevent(?:s|ed|ing|ion of)?|prophylaxis (?:of|for|against)|protect(?:ion|s|ed|ing)? (?:against|from)"
    rf"|(?:reduc\w+|decreas\w+|lower\w*) (?:the )?(?:incidence|risk|rate|occurrence|frequency|likelihood) of) (?:developing )?{MODIFIER}$"
)


def prevented(seen: View, mention: Mention) -> bool:
    """Whether the words before a mention say that it is to be prevented."""
    return bool(PREVENTED.search(_before(seen, mention)))


def _prevented(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What the trial would prevent, told in the title or twice: "infants at high risk of X", "to reduce the incidence of X"."""
    for candidate in ranked:
        places = [m for m in candidate.mentions if seen.role_at(m.start) != "results"]
        if any(AT_RISK.search(_before(seen, m)) for m in places):
            return candidate
        own = [m for m in places if prevented(seen, m)]
        if own and (len(candidate.mentions) >= TWICE or any(seen.in_title(m.start) for m in own)):
            return candidate
    return None


# "scleral buckling for retinal detachment", "had implantation because of chondral defects"
FOR_WHICH = re.compile(
    rf"\b\w{{4,}}(?:ing|ion|ery|ectomy|plasty|otomy|grafts?|therapy|treatment|surgery|repair)\b(?: \([^)]{{1,10}}\))?,? (?:for|because of|on account of) (?:the |their |an? )?{MODIFIER}$"
)


def _operated_for(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What an operation was done for, where nothing else is said to be treated."""
    for candidate in ranked:
        if candidate.term is not None and candidate.term.kind == "sign":
            continue
        if any(m.weight > DOUBTED and FOR_WHICH.search(_before(seen, m)) for m in candidate.mentions):
            return candidate
    return None


def _listed(seen: View, ranked: list[Candidate]) -> list[Candidate]:
    """Diseases named in one list of a text on cells: "near the lesion in ALS, multiple sclerosis and cord injury"."""
    if not GRAFTED.search(seen.folded, *seen.title):
        return []
    every = sorted(((m, c) for c in ranked for m in c.mentions if m.weight > 0), key=lambda pair: pair[0].start)
    chain: list[tuple[Mention, Candidate]] = []
    for item, candidate in every:
        if candidate.term is None or candidate.term.kind == "sign":
            continue
        if chain and JOINED.match(seen.folded[chain[-1][0].end : item.start] + " "):
            chain.append((item, candidate))
        elif len(chain) < TWICE:
            chain = [(item, candidate)] if IN.search(_before(seen, item)) else []
    return list({id(c): c for _, c in chain}.values()) if len(chain) >= TWICE else []


IN = re.compile(rf"\b(?:in|for) (?:the )?{MODIFIER}$")


def _titled(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The likeliest disease of the title, where no word speaks against it."""
    for candidate in ranked:
        sign = candidate.term is not None and candidate.term.kind == "sign"
        own = [m for m in candidate.mentions if seen.in_title(m.start) and m.weight > 0]
        if any(not sign or ENDS.search(_before(seen, m)) for m in own):
            return candidate
    return None


def _before(seen: View, mention: Mention) -> str:
    first = max(seen.sentence_at(mention.start).start, mention.start - 110)
    return seen.folded[first : mention.start]


ANIMAL = re.compile(
    rf"\b(?:rats?|mice|mouse|dogs?|pigs?|minipigs?|swine|rabbits?|sheep|goats?|monkeys?|macaques?) (?:with|after) {MODIFIER}(?:[\w-]+ )?$"
)


def _of_animals(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What the animals of an experiment had: "rats with cirrhosis"."""
    return next((c for c in ranked if any(m.weight > 0 and ANIMAL.search(_before(seen, m)) for m in c.mentions)), None)


def _had(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What the people had of whom a title says what came of their treatment: "a man with a herniated disc had an infusion"."""
    if _after_therapy(seen, ranked) is None:
        return None
    return next((c for c in ranked if any(m.people and m.weight > 0 for m in c.mentions)), None)


def _after_therapy(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The disease of a title "X after stem cells", where nothing else was treated: it is X that they were given for."""
    return next((c for c in ranked if any(came_of(seen, m) for m in c.mentions)), None)


def _opening(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The first disease of an abstract's first words, in a trial of cells that says nothing better."""
    if not GRAFTED.search(seen.folded, *seen.title):
        return None
    begins = seen.title[1]
    clear = [(m, c) for c in ranked for m in c.mentions if m.end - m.start > SHORT and m.weight > 0]
    named = [(m.start, c) for m, c in clear if m.term and m.term.kind != "sign"]
    first = min((pair for pair in named if begins <= pair[0] < begins + FIRST), key=lambda pair: pair[0], default=None)
    return first[1] if first else None


def _survived(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What the people of a trial survived, where it names nothing else: "exercise in breast cancer survivors"."""
    after = [(m.end, c) for c in ranked for m in c.mentions]
    return next((c for end, c in after if SURVIVORS.match(seen.folded[end : end + 30])), None)


def _given_for(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """What cells were given for, or what the aim names, where no other word says who was treated."""
    of_cells = bool(GRAFTED.search(seen.folded, *seen.title))
    for candidate in ranked:
        for mention in candidate.mentions:
            if mention.weight <= DOUBTED or (mention.term is not None and mention.term.kind == "sign"):
                continue
            sentence = seen.sentence_at(mention.start)
            before = seen.folded[max(sentence.start, mention.start - 110) : mention.start]
            aimed = seen.role_at(mention.start) == "objective" or AIM.search(before)
            cells = GIVEN.search(before)
            given = FOR.search(before) and (cells or PUT.search(before))
            if given or (aimed and (cells or of_cells) and ENDS.search(before)):
                return candidate
    return None


GIVEN = re.compile(r"\bcells?\b|\btransplant\w*|\bimplantations?\b|\bgrafting\b|\baci\b|\b(?:bm|a[dt])?-?mscs?\b")
DOUBTED = -1.0  # what a word nearby makes a history, a risk or an outcome


# "Barrett's esophagus is a condition that": the abstract's first words say what it is about
DEFINED = re.compile(rf"(?: \([^)]{{1,12}}\))? {W.defined_is} ")
FIRST = 60  # characters from the start of the abstract to its subject


def _introduced(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The disease that the abstract opens with and comes back to, where no sentence says who was treated."""
    begins = seen.title[1]
    for candidate in ranked:
        own = [m for m in candidate.mentions if m.weight > 0]
        if candidate.term is None or candidate.term.kind == "sign" or len(own) < TWICE:
            continue
        if any(begins <= m.start < begins + FIRST and DEFINED.match(seen.folded, m.end) for m in own):
            return candidate
    return None


def _only(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The one disease that the text names, where no sentence says who was treated: "a trial of cells in Parkinson's disease"."""
    if not GRAFTED.search(seen.folded, *seen.title):
        return None
    named = [c for c in ranked if c.term is not None and c.term.kind != "sign"]
    own = [m for c in named for m in c.mentions if m.weight > 0 and NAMED_IN.search(seen.folded, 0, m.start)]
    return named[0] if len(named) == 1 and own else None


GRAFTED = re.compile(r"\bcells?\b|\bmscs?\b|progenitors?\b|graft|transplant")  # what a title of a trial of cells says
NAMED_IN = re.compile(rf"\b{W.ends_in} {MODIFIER}(?:[\w-]+ )?$")
TWICE = 2
# no disease is named, but pain is measured after an operation under an analgesic
ANALGESIA = re.compile(W.analgesia)
OPERATION = re.compile(W.operation)
PAIN = re.compile(r"\bpain\b(?! threshold)")


def _pain(seen: View) -> Candidate | None:
    found = list(PAIN.finditer(seen.folded))
    if (
        len(found) < 2
        or not re.search(r"\bpain|analges|ana?esthe", seen.folded[: seen.title[1]])
        or not ANALGESIA.search(seen.folded)
        or not OPERATION.search(seen.folded)
    ):
        return None
    mention = Mention(*found[0].span(), POSTOPERATIVE_PAIN.name, POSTOPERATIVE_PAIN, LEAST, "pain")
    return Candidate(mention.name, mention.term, [mention], LEAST)
