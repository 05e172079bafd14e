"""Every disease a text names, with the weight that the words around its mentions give it as the one treated.

"In patients with X" and "treatment of X" speak of the treated disease; "history of X", "risk of X" and "X occurred" speak of
others. The title weighs more than the text.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from extractor import patterns as re
from extractor.context.view import View
from extractor.disease.mentioned import PEOPLE, Mention
from extractor.terms import Term, table, words
from extractor.words import Words

W = Words("disease")

NUMBER = W.number
MODIFIER = rf"(?:{W.modifier_an}[ ,]+){{0,6}}"
# "patients with definite", "children suffering from", "subjects diagnosed as having"
POPULATION = re.compile(
    rf"\b{PEOPLE}(?:,? \(?[^.;()]{{0,40}}\d ?(?:years|months|weeks|days|y)(?: of age| old)?\)?,?| {W.population_aged},?)? (?:{W.population_who} ?){{0,3}}{W.population_with} {MODIFIER}(?:(?!{W.population_of})[\w-]+ ){{0,2}}$|\b(?:\d+|{NUMBER}) with {MODIFIER}$|\bindications? (?:for [\w -]{{1,30}} )?{W.population_was} (?:\w+ly )?{MODIFIER}$|\b{W.population_diagnosis} {MODIFIER}$"
)
# "ALS patients", "COPD subjects"
PATIENTS = re.compile(W.patients)
# "for the treatment of", "in the management of", "to treat", "prevention of", "relief of"
TREATED = re.compile(
    rf"\b{W.treated_treat} (?:{W.treated_of} )?(?:(?:the )?{W.treated_symptoms} {W.treated_from} )?{MODIFIER}$|\b{W.treated_effective} (?:for|in|on|against) {MODIFIER}$"
)
# a title's last words: "... in amyotrophic lateral sclerosis", "... for knee osteoarthritis"
ENDS = re.compile(rf"\b{W.ends_in} {MODIFIER}$")
# "history of", "risk of", "without", "complications such as": another's disease, or an outcome
OTHER = re.compile(rf"\b{W.other_history} (?:[\w-]+ (?:or|and) )?{MODIFIER}$")
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
    _aftermath(seen, every)
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


def _aftermath(seen: View, every: list[Mention]) -> None:
    """Where the title says that a disease came after cells were given, no other place makes it the treated one."""
    came = {_key(m) for m in every if came_of(seen, m) and not TREATED.search(seen.folded[: m.start])}
    for mention in every:
        if came and _key(mention) in came:
            mention.weight, mention.people = min(mention.weight, 0.0), False


# several names of one disease, as trials use them: the first is the name where a text says it
ISCHEMIC, STROKE = ("mesh:D000083242",), ("mesh:D020521",)
INFARCTS = (("mesh:D002544",), ("mesh:D020520",), ("mesh:D020244",))  # of the brain, of the middle cerebral artery
FAMILIES = (
    (
        "mesh:D000083242",
        "mesh:D002544",
        "mesh:D020520",
        "mesh:D020244",
        "mesh:D002545",
        "mesh:D020521",
    ),  # ischemic stroke
    ("mesh:D012595", "mondo:0019340", "mesh:D045743"),  # systemic sclerosis, scleroderma
    ("mesh:D045743", "mondo:0019340"),  # diffuse systemic sclerosis
    ("mesh:D013119", "mesh:D010264", "mesh:D011782"),  # injury of the cord, and the paralysis that it leaves
    ("mesh:D000690", "mesh:D016472"),  # amyotrophic lateral sclerosis, motor neuron disease
    ("mesh:D020925", "mesh:D001238"),  # encephalopathy of newborns, their asphyxia
    ("mesh:D010020", "mondo:0018373"),  # osteonecrosis, avascular necrosis
)


def _one_disease(groups: dict[tuple[str, ...], Candidate]) -> None:
    """Join the groups of a family under its first name, where the text has that name; an infarct told of as a stroke is an ischemic one."""
    if STROKE in groups and ISCHEMIC not in groups and (term := table("conditions").get("ischemic stroke")):
        infarcts = [m for key in INFARCTS if key in groups for m in groups.pop(key).mentions]
        for mention in infarcts:
            mention.name, mention.term, mention.renamed = term.name, term, True
        if infarcts:
            groups[ISCHEMIC] = Candidate(term.name, term, infarcts)
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
    if came_of(seen, mention):
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
FOR = re.compile(rf"\b(?:for|because of|on account of) (?:the |their )?{MODIFIER}$")
PUT = re.compile(
    r"\bcells?\b.*\b(?:by|into|through|via|under|in) the\b|\b(?:injected|infused|transplanted|implanted|placed|grafted)\b"
)


# "removal of impacted third molars": an operation names what it treats
REMOVED = re.compile(r"\b(?:removal|extraction|excision) of (?:the |their )?$")
AIM = re.compile(rf"\b{W.aim}\b")
PAIN_SURE = 3.0  # a title's "pain after surgery" that no word makes a history or a risk
LEAST = 1.3  # one "treatment of X", or X among the people, though in no sentence of the trial's own
CAUSED = re.compile(r"[ -](?:associated|related|induced|caused|linked) (?:\w+ ){0,2}")
JOINED = re.compile(rf"^(?: \([^)]{{1,40}}\))?{W.joined_and}(?: \w+){{0,3}}?  ?$")


def came_of(seen: View, mention: Mention) -> bool:
    """Whether a title says that a disease came after the treatment with cells."""
    return seen.in_title(mention.start) and bool(OF_THERAPY.match(seen.folded[mention.end : mention.end + 90]))
