"""Which of the mentioned diseases the trial treats.

What is said around a mention gives it weight: "in patients with X" and "treatment of X" speak of the treated disease;
"history of X", "risk of X" and "X occurred" speak of others. The title weighs more than the text.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from extractor.context.view import View
from extractor.disease.mentioned import PEOPLE, POSTOPERATIVE_PAIN, Mention, mentions
from extractor.terms import Term, words

_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty)"
_MODIFIER = (
    r"(?:(?:a|an|the|their|with|either|both|active|acute|chronic|severe|mild|moderate|moderate[- ]to[- ]severe|"
    r"mild[- ]to[- ]moderate|"
    r"early|late|advanced|stable|unstable|newly|diagnosed|confirmed|probable|definite|sporadic|"
    r"familial|refractory|resistant|"
    r"recurrent|symptomatic|established|uncomplicated|complicated|primary|secondary|persistent|"
    r"new-onset|recent-onset|onset|"
    r"inadequately|poorly|uncontrolled|controlled|treated|untreated|relapsed|relapsing|unresectable|metastatic|locally|"
    r"stage [ivab0-9/-]+|grade [ivab0-9/-]+|end-stage|idiopathic|high-risk|low-risk|clinical(?:ly)?|"
    r"radiological(?:ly)?|radiographic(?:ally)?|moderately|severely|"
    r"long-term|long-standing|pediatric|adult|human|essential|suspected|proven|previously|or|"
    r"and|to|documented|mild-to-severe|steroid-refractory|drug-resistant|treatment-resistant|"
    r"painful|bilateral|unilateral|traumatic|[a-z]+-(?:induced|associated|related))[ ,]+){0,6}"
)
# "patients with definite", "children suffering from", "subjects diagnosed as having"
POPULATION = re.compile(
    rf"\b{PEOPLE}(?: (?:aged [^,;]{{1,25}}|\([^)]{{1,40}}\)|\w+ed|of both sexes),?)? (?:(?:who (?:had|"
    rf"have|has|were|are)|were|was|being|presenting|admitted|hospitali[sz]ed|affected|diagnosed|"
    rf"suffering|treated|scheduled|listed|referred|symptomatic) ?){{0,3}}"
    rf"(?:with|from|having|for|by|as having) {_MODIFIER}(?:(?!of |for |and |who |undergoing |"
    rf"without |after |in |to |at |normal )[\w-]+ ){{0,2}}$|\b(?:\d+|{_NUMBER}) with {_MODIFIER}$|"
    rf"\bindications? (?:for [\w -]{{1,30}} )?(?:was|were|is|are|included?) (?:\w+ly )?{_MODIFIER}$|"
    rf"\b(?:who had|diagnosis of|diagnosed with|suffering from|affected by|afflicted with|suffered|"
    rf"with a confirmed diagnosis of|diagnosed as) {_MODIFIER}$"
)
# "ALS patients", "COPD subjects"
PATIENTS = re.compile(
    rf"^(?: virus)?(?:-[12])?(?:[ -](?:infected|(?:sero)?positive))?[ -](?:\([^)]{{1,15}}\) )?(?:\w+ )?{PEOPLE}\b|^ (?:extraction|removal|surgery|repair|"
    rf"resection|fixation)\b|^ undergoing"
)
# "for the treatment of", "in the management of", "to treat", "prevention of", "relief of"
TREATED = re.compile(
    r"\b(?:treat(?:ment|ing|ments)?|manag(?:ement|ing)|therap(?:y|ies)|prevent(?:ion|ing)?|prophylaxis|"
    r"relie(?:f|ve|ving)|control(?:ling)?|cure|"
    r"care|diagnosis|repair|reduc(?:e|ing|tion)|alleviat(?:e|ing|ion)|improv(?:e|ing)|intervention|"
    r"remission|healing|option|indicated|resolution|ablation|fixation|monotherapy|chemotherapy) "
    rf"(?:(?:of|for|in|on|against|with) )?(?:(?:the )?(?:symptoms?|signs|pain|severity|incidence|"
    rf"management|treatment|prevention|development|occurrence) (?:of|from|due to|in|associated with) )?{_MODIFIER}$|"
    rf"\b(?:effective|efficacy|safety|effects?|useful|study|trial|effectiveness) (?:for|in|on|"
    rf"against) {_MODIFIER}$"
)
# a title's last words: "... in amyotrophic lateral sclerosis", "... for knee osteoarthritis"
ENDS = re.compile(rf"\b(?:in|for|of|on|against|with|from|after|following|and) {_MODIFIER}$")
# "history of", "risk of", "without", "complications such as": another's disease, or an outcome
OTHER = re.compile(
    r"\b(?:history of|risk (?:of|for)|risks? factors? for|(?:without|no)(?: (?:additive|additional|significant|further|any|an|the|increased?|in|of|evidence|signs?|new|known|prior|previous|other|severe|serious))*|increases? (?:in|of)|absence of|exclu\w+|adverse (?:events?|"
    r"effects?|reactions?)\b[^.]*|side effects?\b[^.]*|complications? (?:such as|like|including|"
    r"were|was|included)\b[^.]*|"
    r"such as|including|include[ds]?|due to|secondary to|caused by|induced by|resulting from|"
    r"associated with|cause of|causes of|leading to|lead to|leads to|progress(?:ion|es)? to|"
    r"incidence of|frequency of|occurrence of|rates? of|episodes? of|cases? of|prevalence of|deaths? from|"
    r"died (?:of|from)|except for|free of|free from|no|not|comorbid\w*|development of|markers? of|"
    r"models? of|like|other than|scores? (?:for|of)|scale) "
    rf"(?:[\w-]+ (?:or|and) )?{_MODIFIER}$"
)
# "headache occurred", "diarrhea was reported", "-induced", "-related", "risk"
OTHER_AFTER = re.compile(
    r"^(?:-(?:induced|related|associated|free|like|positive(?! (?:\w+ )?(?:patients|people|adults|women|men|subjects|individuals|participants|children|infants|persons|volunteers)))\b| (?:(?:was|were|is|are) )?(?:\w+ly )?(?:occurred|"
    r"reported|observed|developed|developing|noted|rates?|scores?|risk|scale|index|incidence|"
    r"free|severity|inventory|questionnaire|rating|intensity|models?|virus(?!(?: \([^)]{1,12}\))?,?[ -](?:infect|(?:sub|geno)?-?types?\b|positive|\d))|questionnaires?|events?|"
    r"vaccin\w+|toxoid|antibod\w+|antigens?|viruses|prophylaxis with)\b)"
)
# "diphtheria, tetanus and pertussis vaccine": what one is vaccinated against is not treated
# each word and each mark is taken whole: a line of dashes has one reading
VACCINE = re.compile(r"^(?:[ ,/-]++(?!in |for |among |of |with |after )\w++){0,10}?[ -]++(?:vaccin\w*|toxoid)\b")
# "we treated", "this study", "were enrolled": the sentence speaks of the trial itself
OWN = re.compile(
    r"\b(?:we|our|this (?:[\w-]+ ){0,4}(?:study|trial|report)|aims?|aimed|objectives?|purposes?|"
    r"to (?:assess|evaluate|compare|investigate|determine|examine|test|study)|(?:was|were|will be) (?:\w+ )?(?:enrolled|"
    r"randomi[sz]ed|randomly|included|recruited|assigned|treated|allocated|studied|given|performed|"
    r"conducted|divided|selected|injected|investigated)|enrolled|received|participated|took part|"
    r"took in)\b"
)


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
        if JOINED.match(seen.folded[left.end : right.start] + " "):
            shared = min(max(left.weight, right.weight), 4.0 if seen.in_title(left.start) else 3.0)
            if shared >= LEAST:  # what is said of one is said of both: "patients with MS and ALS"
                left.weight, right.weight = max(left.weight, shared), max(right.weight, shared)
    groups: dict[tuple[str, ...], Candidate] = {}
    for mention in every:
        key = _key(mention)
        groups.setdefault(key, Candidate(mention.name, mention.term)).mentions.append(mention)
    merged = _merged(groups)
    for candidate in merged:
        strong = sorted((m.weight for m in candidate.mentions), reverse=True)
        candidate.score = strong[0] + 0.5 * sum(w for w in strong[1:4] if w > 0)
    return sorted(merged, key=lambda c: (-c.score, c.term is None, c.mentions[0].start))


# "breast cancer surgery": where pain after an operation is treated, what was operated on is not
OPERATED = re.compile(r" (?:surger(?:y|ies)|operations?|repair|resections?|fixation|removal|excision|extraction)\b")


def _set_aside(seen: View, every: list[Mention]) -> None:
    """Where the title is of pain after an operation, the disease operated on weighs no more than a mere mention."""
    if any(m.role == "pain" and seen.in_title(m.start) and m.weight >= PAIN_SURE for m in every):
        for mention in every:
            if mention.role != "pain" and OPERATED.match(seen.folded, mention.end):
                mention.weight, mention.people = min(mention.weight, 0.0), False


def _key(mention: Mention) -> tuple[str, ...]:
    return (mention.term.id,) if mention.term else words(mention.name.lower())


def _merged(groups: dict[tuple[str, ...], Candidate]) -> list[Candidate]:
    """A shorter name joins the longer one that holds it: "osteoarthritis" is the "knee osteoarthritis" of this text."""
    ordered = sorted(groups.values(), key=lambda c: -len(_content(c.name)))
    kept: list[Candidate] = []
    for candidate in ordered:
        own = _content(candidate.name)
        host = next((k for k in kept if own and own < _content(k.name) and 3 * len(own) >= len(_content(k.name))), None)
        host = host or next((k for k in kept if own == _content(k.name)), None)
        if host and any(m.weight > 0 for m in host.mentions):
            host.mentions += candidate.mentions
        else:
            kept.append(candidate)
    return kept


_EMPTY = frozenset(["of", "the", "in", "a", "an", "with", "and", "to", "at", "disease", "disorder"])


def _content(name: str) -> frozenset[str]:
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
    if OTHER.search(before) or OTHER_AFTER.match(after):
        weight -= 1.5 if title and not OTHER_AFTER.match(after) else 2.5
    if VACCINE.match(after):
        weight -= 3.0
    if mention.role == "pain":
        weight += 2.0 if title or role == "objective" or AIM.search(seen.folded, sentence.start, sentence.end) else 0.3
    if mention.role == "head":
        weight -= 0.0 if REMOVED.search(before) else 1.2
    if mention.term and mention.term.kind == "sign" and not mention.people:
        weight -= 0.8
    if role == "results":
        weight -= 0.5
    return weight


# "removal of impacted third molars": an operation names what it treats
REMOVED = re.compile(r"\b(?:removal|extraction|excision) of (?:the |their )?$")
AIM = re.compile(
    r"\b(?:aims?|aimed|objectives?|purposes?|goals?|to (?:assess|evaluate|compare|investigate|"
    r"determine|examine|test|study)|this (?:[\w-]+ ){0,4}(?:study|trial) (?:was|evaluated|compared|"
    r"assessed)|we (?:compared|evaluated|studied|assessed|investigated|tested))\b"
)
PAIN_SURE = 3.0  # a title's "pain after surgery" that no word makes a history or a risk
LEAST = 1.3  # one "treatment of X", or X among the people, though in no sentence of the trial's own


def treated(seen: View) -> list[Candidate]:
    """The treated disease; two where the text names both of the same people ("patients with MS and ALS")."""
    ranked = weigh(seen, mentions(seen))
    if not ranked or ranked[0].score < LEAST:
        found = _pain(seen) or _introduced(seen, ranked)
        return [found] if found else []
    first = ranked[0]
    return [first, *(c for c in ranked[1:4] if _joined(seen, first, c))][:MOST]


# "Barrett's esophagus is a condition that": the abstract's first words say what it is about
DEFINED = re.compile(r"(?: \([^)]{1,12}\))? (?:is|are|affects?|remains?|occurs?) ")
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


TWICE = 2
# no disease is named, but pain is measured after an operation under an analgesic
ANALGESIA = re.compile(r"\banalges\w+|\bana?esthe\w+|\bopioids?\b|\bpain relief\b|\bpain control\b")
OPERATION = re.compile(r"\bpost-?\s?operativ\w*|\bpost-?surg\w+|\bafter (?:\w+ )?(?:surgery|operation)|\bsurgery\b")
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


JOINED = re.compile(r"^(?: \([^)]{1,40}\))?(?:,| and| or|, and|/| and/or| due to| secondary to)(?: \w+){0,3}?  ?$")


def _joined(seen: View, first: Candidate, other: Candidate) -> bool:
    """Whether both are treated: side by side, or both said of the people of one sentence, or both in the title."""
    if other.score < 0.5 * first.score:
        return False
    for a, b in itertools.product(first.mentions, other.mentions):
        left, right = (a, b) if a.start < b.start else (b, a)
        if JOINED.match(seen.folded[left.end : right.start] + " ") and max(a.weight, b.weight) >= LEAST:
            return True
        same = seen.sentence_at(a.start) == seen.sentence_at(b.start)
        if same and a.people and b.people and min(a.weight, b.weight) >= PEOPLE_SURE:
            return True
    return not _alike(first, other) and any(seen.in_title(m.start) and m.weight >= TITLE_SURE for m in other.mentions)


def _alike(first: Candidate, other: Candidate) -> bool:
    """Whether a wider name stands for the same disease: "obstructive lung disease" in the long name of a trial on COPD."""
    names = [_content(c.term.name if c.term else c.name) for c in (first, other)]
    return bool(names[1]) and 2 * len(names[0] & names[1]) >= len(names[1])


MOST = 3  # more diseases than this are a list of comorbidities
PEOPLE_SURE = 3.0  # the people of a sentence on the trial itself
TITLE_SURE = 2.5  # the title's "treatment of X" or "in X", not a mere mention


INVERTED = re.compile(r"[a-z], [a-zA-Z]")  # "leukemia, lymphocytic, chronic, B-cell": a name for an index, nobody's


def canonical(candidate: Candidate) -> tuple[str, str]:
    """(name, CURIE): the vocabulary's name where it shares words with what is written, else as written."""
    best = candidate.best
    wider = [m for m in candidate.mentions if _content(m.name) >= _content(best.name) and m.role != "pain"]
    named = max([best, *wider], key=lambda m: (m.term is not None, len(_content(m.name)), m.weight))
    longest = named.name
    if named.term is None:
        return longest, ""
    if INVERTED.search(named.term.name):
        return longest, named.term.id
    if longest.isupper() and " " not in longest:
        return named.term.name, named.term.id
    own = _content(named.term.name)
    if british(longest) and words(longest) == words(named.term.name):
        return longest, named.term.id
    if (
        own >= _content(longest)
        or named.role == "pain"
        or named.term.kind == "named"
        or _elsewhere(candidate, own, longest)
    ):
        return named.term.name, named.term.id
    return longest, named.term.id


def british(name: str) -> bool:
    """Whether a name holds a digraph that American spelling leaves out: "oesophageal cancer" stays as the text has it."""
    return "ae" in name or "oe" in name


def _elsewhere(candidate: Candidate, own: frozenset[str], longest: str) -> bool:
    """Whether the text says the vocabulary's name in another place, and nothing closer here."""
    return not own < _content(longest) and any(own <= _content(m.name) for m in candidate.mentions)
