"""Which of the mentioned diseases the trial treats.

What is said around a mention gives it weight: "in patients with X" and "treatment of X" speak of the treated disease;
"history of X", "risk of X" and "X occurred" speak of others. The title weighs more than the text.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass, field

from extractor import patterns as re
from extractor.context.view import View
from extractor.disease.mentioned import PEOPLE, POSTOPERATIVE_PAIN, SHORT, Mention, mentions
from extractor.terms import Term, words
from extractor.words import Words

W = Words("disease")

_NUMBER = W.number
_MODIFIER = rf"(?:{W.modifier_an}[ ,]+){{0,6}}"
# "patients with definite", "children suffering from", "subjects diagnosed as having"
POPULATION = re.compile(
    rf"\b{PEOPLE}(?:,? \(?[^.;()]{{0,40}}\d ?(?:years|months|weeks|days|y)(?: of age| old)?\)?,?| {W.population_aged},?)? (?:{W.population_who} ?){{0,3}}{W.population_with} {_MODIFIER}(?:(?!{W.population_of})[\w-]+ ){{0,2}}$|\b(?:\d+|{_NUMBER}) with {_MODIFIER}$|\bindications? (?:for [\w -]{{1,30}} )?{W.population_was} (?:\w+ly )?{_MODIFIER}$|\b{W.population_diagnosis} {_MODIFIER}$"
)
# "ALS patients", "COPD subjects"
PATIENTS = re.compile(W.patients)
# "for the treatment of", "in the management of", "to treat", "prevention of", "relief of"
TREATED = re.compile(
    rf"\b{W.treated_treat} (?:{W.treated_of} )?(?:(?:the )?{W.treated_symptoms} {W.treated_from} )?{_MODIFIER}$|\b{W.treated_effective} (?:for|in|on|against) {_MODIFIER}$"
)
# a title's last words: "... in amyotrophic lateral sclerosis", "... for knee osteoarthritis"
ENDS = re.compile(rf"\b{W.ends_in} {_MODIFIER}$")
# "history of", "risk of", "without", "complications such as": another's disease, or an outcome
OTHER = re.compile(rf"\b{W.other_history} (?:[\w-]+ (?:or|and) )?{_MODIFIER}$")
# "headache occurred", "diarrhea was reported", "-induced", "-related", "risk"
OTHER_AFTER = re.compile(
    rf"^(?:-{W.other_after_induced}\b| (?:(?:was|were|is|are) )?(?:\w+ly )?{W.other_after_occurred}\b)"
)
# "pulmonary embolism after intravenous stem cell therapy": what came of the treatment
OF_THERAPY = re.compile(
    r"(?: (?:a|\d+|\w+) (?:days?|weeks?|months?|years?))? (?:after|following|caused by|complicating) (?:[\w-]+,? ){0,5}?(?:cells?|transplant\w*|graft\w*)\b"
)
# "diphtheria, tetanus and pertussis vaccine": what one is vaccinated against is not treated
# each word and each mark is taken whole: a line of dashes has one reading
VACCINE = re.compile(rf"^(?:[ ,/-]++(?!{W.vaccine_in})\w++){{0,10}}?[ -]++(?:vaccin\w*|toxoid)\b")
# "we treated", "this study", "were enrolled": the sentence speaks of the trial itself
OWN = re.compile(rf"\b{W.own}\b")
SURVIVORS = re.compile(r" (?:\w+ )?survivors?\b")
WITH = re.compile(rf" (?:\w+ )?{PEOPLE} (?:{W.population_who} ){{0,2}}with ")


@dataclass(slots=True)
class Candidate:
    """All mentions of one disease."""

    name: str
    term: Term | None
    mentions: list[Mention] = field(default_factory=list)
    score: float = 0.0

    @property
    def best(self) -> Mention:
        return max(self.mentions, key=lambda m: m.weight)


def weigh(seen: View, every: list[Mention]) -> list[Candidate]:
    """Candidates with their scores, the best first."""
    for mention in every:
        mention.weight = _weight(seen, mention)
    _set_aside(seen, every)
    for left, right in itertools.pairwise(every):
        if left.role == "head" and right.weight <= left.weight and OF.fullmatch(seen.folded[left.end : right.start]):
            right.weight, right.people = min(right.weight, 0.3), False  # "delayed unions of fractures"
        elif JOINED.match(seen.folded[left.end : right.start] + " "):
            shared = min(max(left.weight, right.weight), 4.0 if seen.in_title(left.start) else 3.0)
            if shared >= LEAST:  # what is said of one is said of both: "patients with MS and ALS"
                left.weight, right.weight = max(left.weight, shared), max(right.weight, shared)
        elif (
            left.name == "COVID-19" and CAUSED.fullmatch(seen.folded[left.end : right.start]) and right.weight >= LEAST
        ):
            left.weight, left.people = right.weight, right.people  # who has ARDS of COVID-19 has both
    groups: dict[tuple[str, ...], Candidate] = {}
    for mention in every:
        key = _key(mention)
        groups.setdefault(key, Candidate(mention.name, mention.term)).mentions.append(mention)
    _one_disease(groups)
    merged = _merged(groups)
    for candidate in merged:
        strong = sorted((m.weight for m in candidate.mentions), reverse=True)
        candidate.score = strong[0] + 0.5 * sum(w for w in strong[1:4] if w > 0)
    return sorted(merged, key=lambda c: (-c.score, c.term is None, c.mentions[0].start))


OF = re.compile(r" of (?:the |long |bone ){0,3}")
# "breast cancer surgery": where pain after an operation is treated, what was operated on is not
OPERATED = re.compile(rf" {W.operated_surger}\b")


def _set_aside(seen: View, every: list[Mention]) -> None:
    """Where the title is of pain after an operation, the disease operated on weighs no more than a mere mention."""
    if any(m.role == "pain" and seen.in_title(m.start) and m.weight >= PAIN_SURE for m in every):
        for mention in every:
            if mention.role != "pain" and OPERATED.match(seen.folded, mention.end):
                mention.weight, mention.people = min(mention.weight, 0.0), False


# several names of one disease, as trials use them: the first is the name where a text says it
FAMILIES = (
    (
        "mesh:D000083242",
        "mesh:D002544",
        "mesh:D020520",
        "mesh:D020244",
        "mesh:D002545",
        "mesh:D020521",
    ),  # ischemic stroke
    ("mesh:D012595", "mondo:0019340"),  # systemic sclerosis, scleroderma
    ("mesh:D010020", "mondo:0018373"),  # osteonecrosis, avascular necrosis
)


def _one_disease(groups: dict[tuple[str, ...], Candidate]) -> None:
    """Join the groups of a family under its first name, where the text has that name."""
    for first, *others in FAMILIES:
        host = groups.get((first,))
        if host is None or not any(m.weight > 0 for m in host.mentions):
            continue
        for other in others:
            joined = groups.pop((other,), None)
            for mention in joined.mentions if joined else ():
                mention.name, mention.term, mention.renamed = host.name, host.term, True
                host.mentions.append(mention)


def _key(mention: Mention) -> tuple[str, ...]:
    return (mention.term.id,) if mention.term else words(mention.name.lower())


def _merged(groups: dict[tuple[str, ...], Candidate]) -> list[Candidate]:
    """A shorter name joins the longer one that holds it: "osteoarthritis" is the "knee osteoarthritis" of this text."""
    ordered = sorted(groups.values(), key=lambda c: -len(content(c.name)))
    kept: list[Candidate] = []
    for candidate in ordered:
        own = content(candidate.name)
        host = next((k for k in kept if own and own < content(k.name) and 3 * len(own) >= len(content(k.name))), None)
        host = host or next((k for k in kept if own == content(k.name)), None)
        if host and any(m.weight > 0 for m in host.mentions):
            host.mentions += candidate.mentions
        else:
            kept.append(candidate)
    return kept


_EMPTY = W.members("empty")


def content(name: str) -> frozenset[str]:
    return frozenset(words(name.lower())) - _EMPTY


def _weight(seen: View, mention: Mention) -> float:
    """How strongly the words around say that this is what the trial treats."""
    sentence = seen.sentence_at(mention.start)
    first = max(sentence.start, mention.start - 110)
    before, after = seen.folded[first : mention.start], seen.folded[mention.end : mention.end + 60]
    title = seen.in_title(mention.start)
    role = seen.role_at(mention.start)
    weight = 2.0 if title else 0.3
    own = title or role in ("objective", "methods") or bool(OWN.search(seen.folded, sentence.start, sentence.end))
    mention.people = bool(POPULATION.search(before) or PATIENTS.match(after))
    if mention.people:
        weight += 3.0 if own else 1.5
    elif TREATED.search(before):
        weight += 2.0 if own else 1.0
    elif title and ENDS.search(before):
        weight += 2.0
    elif not title and FOR.search(before) and PUT.search(before):
        weight += 1.1
    if OTHER.search(before) or OTHER_AFTER.match(after):
        weight -= 1.5 if title and not OTHER_AFTER.match(after) else 2.5
    if VACCINE.match(after):
        weight -= 3.0
    if _came_of(seen, mention):
        weight -= 2.5
    if SURVIVORS.match(after):
        weight, mention.people = weight - 3.0, False  # a cancer's survivors are treated for something else
    if mention.role == "adjective" and WITH.match(after):
        weight -= 1.5  # "diabetic patients with foot ulcers" have been told by what they also have
    if mention.role == "pain":
        weight += 2.0 if title or role == "objective" or AIM.search(seen.folded, sentence.start, sentence.end) else 0.3
    if mention.role == "head":
        weight -= 0.0 if REMOVED.search(before) else 1.2
    if mention.term and mention.term.kind == "sign" and not mention.people:
        weight -= 0.8
    if role == "results":
        weight -= 0.5
    return weight


# "received cells by the coronary artery for heart failure": what something was given for
FOR = re.compile(rf"\bfor (?:the |their )?{_MODIFIER}$")
PUT = re.compile(
    r"\bcells?\b.*\b(?:by|into|through|via|under|in) the\b|\b(?:injected|infused|transplanted|implanted|placed|grafted)\b"
)


# "removal of impacted third molars": an operation names what it treats
REMOVED = re.compile(r"\b(?:removal|extraction|excision) of (?:the |their )?$")
AIM = re.compile(rf"\b{W.aim}\b")
PAIN_SURE = 3.0  # a title's "pain after surgery" that no word makes a history or a risk
LEAST = 1.3  # one "treatment of X", or X among the people, though in no sentence of the trial's own


def treated(seen: View) -> list[Candidate]:
    """The treated disease; two where the text names both of the same people ("patients with MS and ALS")."""
    ranked = weigh(seen, mentions(seen))
    listed = _diagnoses(seen, ranked)
    if listed:
        return listed
    if not ranked or ranked[0].score < LEAST:
        found = _pain(seen) or _given_for(seen, ranked) or _introduced(seen, ranked) or _only(seen, ranked)
        found = found or _after_therapy(seen, ranked) or _opening(seen, ranked) or _survived(seen, ranked)
        return [found] if found else []
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
    rf"(?: \([a-z0-9-]{{2,8}}\))?(?:,? in (?:the other |another )?(?:\d+|{_NUMBER})\b(?! ?%)|,? ?[(\[]n? ?=? ?\d+[)\],; ]|,? \d+(?=[,;.)]| and))"
)
COUNTED_WITH = re.compile(rf"\b(?:\d+|{_NUMBER}) (?:{PEOPLE} )?(?:had|with|suffered from|suffering from) {_MODIFIER}$")


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
OF_PEOPLE = re.compile(rf"\b{PEOPLE}\b.*\b(?:with|for|from) {_MODIFIER}$")


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


def _after_therapy(seen: View, ranked: list[Candidate]) -> Candidate | None:
    """The disease of a title "X after stem cells", where nothing else was treated: it is X that they were given for."""
    return next((c for c in ranked if any(_came_of(seen, m) for m in c.mentions)), None)


def _came_of(seen: View, mention: Mention) -> bool:
    """Whether a title says that a disease came after the treatment with cells."""
    return seen.in_title(mention.start) and bool(OF_THERAPY.match(seen.folded[mention.end : mention.end + 90]))


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


COMORBID = re.compile(r"\bcomorbid|\bhistory\b|\brisk factors?\b")


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


GIVEN = re.compile(r"\bcells?\b|\btransplant\w*|\b(?:bm|a[dt])?-?mscs?\b")
DOUBTED = -1.0  # what a word nearby makes a history, a risk or an outcome


# what makes a counted list one of other things than the people's diseases
OUTCOME_CUE = re.compile(
    r"\badverse|\bcomplicat|\bcauses? of death|\bcomorbid|\bconcomitant|\bexclu|\bdifferential|\bfinal diagnos|\bsecondary\b"
)


def _is_counted(seen: View, mention: Mention) -> bool:
    before = seen.folded[max(0, mention.start - 60) : mention.start]
    return bool(COUNTED.match(seen.folded, mention.end) or COUNTED_WITH.search(before))


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
NAMED_IN = re.compile(rf"\b{W.ends_in} {_MODIFIER}(?:[\w-]+ )?$")
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


CAUSED = re.compile(r"[ -](?:associated|related|induced|caused|linked) (?:\w+ ){0,2}")
JOINED = re.compile(rf"^(?: \([^)]{{1,40}}\))?{W.joined_and}(?: \w+){{0,3}}?  ?$")


def _joined(seen: View, first: Candidate, other: Candidate) -> bool:
    """Whether both are treated: side by side, or both said of the people of one sentence, or both in the title."""
    if other.score < 0.5 * first.score:
        return False
    for a, b in itertools.product(first.mentions, other.mentions):
        left, right = (a, b) if a.start < b.start else (b, a)
        gap = seen.folded[left.end : right.start]
        if (JOINED.match(gap + " ") or (left.name == "COVID-19" and CAUSED.fullmatch(gap))) and max(
            a.weight, b.weight
        ) >= LEAST:
            return True
        same = seen.sentence_at(a.start) == seen.sentence_at(b.start)
        if same and a.people and b.people and min(a.weight, b.weight) >= PEOPLE_SURE:
            return True
    return not _alike(first, other) and any(seen.in_title(m.start) and m.weight >= TITLE_SURE for m in other.mentions)


def _alike(first: Candidate, other: Candidate) -> bool:
    """Whether a wider name stands for the same disease: "obstructive lung disease" in the long name of a trial on COPD."""
    names = [content(c.term.name if c.term else c.name) for c in (first, other)]
    return bool(names[1]) and 2 * len(names[0] & names[1]) >= len(names[1])


MOST = 3  # more diseases than this are a list of comorbidities
PEOPLE_SURE = 3.0  # the people of a sentence on the trial itself
TITLE_SURE = 2.5  # the title's "treatment of X" or "in X", not a mere mention
