"""Diseases as they are mentioned, and which of them is the one treated.

A *mention* is a vocabulary term, an abbreviation of one, a noun phrase that ends like a disease ("ureteric stones"), or
pain after an operation. What is said around it gives it weight: "in patients with X" and "treatment of X" speak of the
treated disease; "history of X", "risk of X" and "X occurred" speak of others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from extractor.context.view import View
from extractor.terms import Term, table, words
from extractor.text import fold_case

POSTOPERATIVE_PAIN = Term("mesh:D010149", "postoperative pain", "disease")
# "pain after elective caesarean section", "postoperative analgesia", "analgesia following hip surgery"
AFTER_SURGERY = re.compile(
    r"\bpost-?\s?operative (?:\w+ )?(?:pain\b|analgesi[ac]\b)|\bpost-?surgical pain\b|"
    r"\b(?:pain|analgesia)\b(?: \w+){0,5}? (?:after|following|undergoing) (?:[\w-]+ ){0,5}?"
    r"(?:surger(?:y|ies)|operations?|section|delivery|repair|arthroscopy|\w+(?:ectomy|otomy|plasty|ostomy|tomies|ectomies)|extraction|arthrodesis|fusion|c-section)\b"
)
PEOPLE = (
    r"(?:patients?|subjects?|participants?|children|adults?|women|men|people|persons?|individuals?|infants?|neonates?|"
    r"adolescents?|volunteers?|cases?|outpatients?|inpatients?|recipients?|newborns?|girls?|boys?|females?|males?|smokers|"
    r"survivors?|eyes?|knees?|youth|population|veterans)"
)
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty)"
_MODIFIER = (
    r"(?:(?:a|an|the|their|with|either|both|active|acute|chronic|severe|mild|moderate|moderate[- ]to[- ]severe|mild[- ]to[- ]moderate|"
    r"early|late|advanced|stable|unstable|newly|diagnosed|confirmed|probable|definite|sporadic|familial|refractory|resistant|"
    r"recurrent|symptomatic|established|uncomplicated|complicated|primary|secondary|persistent|new-onset|recent-onset|onset|"
    r"inadequately|poorly|uncontrolled|controlled|treated|untreated|relapsed|relapsing|unresectable|metastatic|locally|"
    r"stage [ivab0-9/-]+|grade [ivab0-9/-]+|end-stage|idiopathic|high-risk|low-risk|clinical(?:ly)?|radiological(?:ly)?|radiographic(?:ally)?|moderately|severely|"
    r"long-term|long-standing|pediatric|adult|human|essential|suspected|proven|previously|or|and|to|documented|mild-to-severe|steroid-refractory|drug-resistant|treatment-resistant|painful|bilateral|unilateral|traumatic)[ ,]+){0,6}"
)
# "patients with definite", "children suffering from", "subjects diagnosed as having"
POPULATION = re.compile(
    rf"\b{PEOPLE}(?: (?:aged [^,;]{{1,25}}|\([^)]{{1,40}}\)|\w+ed|of both sexes),?)? (?:(?:who (?:had|have|has|were|are)|were|was|being|presenting|admitted|hospitali[sz]ed|affected|diagnosed|suffering|treated|scheduled|listed|referred) ?){{0,3}}"
    rf"(?:with|from|having|for|by|as having) {_MODIFIER}(?:(?!of |for |and |who |undergoing |without |after |in |to |at |normal )[\w-]+ ){{0,2}}$|\b(?:\d+|{_NUMBER}) with {_MODIFIER}$|\bindications? (?:for [\w -]{{1,30}} )?(?:was|were|is|are|included?) (?:\w+ly )?{_MODIFIER}$|\b(?:who had|diagnosis of|diagnosed with|suffering from|affected by|afflicted with|suffered|with a confirmed diagnosis of|diagnosed as) {_MODIFIER}$"
)
# "ALS patients", "COPD subjects"
PATIENTS = re.compile(rf"^[ -](?:\([^)]{{1,15}}\) )?(?:\w+ )?{PEOPLE}\b|^ (?:extraction|removal|surgery|repair|resection|fixation)\b|^ undergoing")
# "for the treatment of", "in the management of", "to treat", "prevention of", "relief of"
TREATED = re.compile(
    r"\b(?:treat(?:ment|ing|ments)?|manag(?:ement|ing)|therap(?:y|ies)|prevent(?:ion|ing)?|prophylaxis|relie(?:f|ve|ving)|control(?:ling)?|cure|"
    r"care|diagnosis|repair|reduc(?:e|ing|tion)|alleviat(?:e|ing|ion)|improv(?:e|ing)|intervention|remission|healing|option|indicated|resolution|ablation|fixation|monotherapy|chemotherapy) "
    rf"(?:(?:of|for|in|on|against|with) )?(?:(?:the )?(?:symptoms?|signs|pain|severity|incidence|management|treatment|prevention|development|occurrence) (?:of|from|due to|in|associated with) )?{_MODIFIER}$|\b(?:effective|efficacy|safety|effects?|useful|study|trial|effectiveness) (?:for|in|on|against) {_MODIFIER}$"
)
# a title's last words: "... in amyotrophic lateral sclerosis", "... for knee osteoarthritis"
ENDS = re.compile(rf"\b(?:in|for|of|on|against|with|from|after|following|and) {_MODIFIER}$")
# "history of", "risk of", "without", "complications such as": another's disease, or an outcome
OTHER = re.compile(
    r"\b(?:history of|risk (?:of|for)|risks? factors? for|without|absence of|exclu\w+|adverse (?:events?|effects?|reactions?)\b[^.]*|side effects?\b[^.]*|complications? (?:such as|like|including|were|was|included)\b[^.]*|"
    r"such as|including|include[ds]?|due to|secondary to|caused by|induced by|resulting from|associated with|cause of|causes of|leading to|lead to|leads to|progress(?:ion|es)? to|"
    r"incidence of|occurrence of|rates? of|episodes? of|cases? of|prevalence of|deaths? from|died (?:of|from)|except for|free of|free from|no|not|comorbid\w*|development of|markers? of|models? of|like|other than|scores? (?:for|of)|scale) "
    rf"(?:[\w-]+ (?:or|and) )?{_MODIFIER}$"
)
# "headache occurred", "diarrhea was reported", "-induced", "-related", "risk"
OTHER_AFTER = re.compile(
    r"^(?:-(?:induced|related|associated|free|like|positive)\b| (?:(?:was|were|is|are) )?(?:\w+ly )?(?:occurred|reported|observed|developed|developing|noted|rates?|scores?|risk|scale|index|incidence|free|severity|inventory|questionnaire|rating|intensity|models?|virus|questionnaires?|events?|vaccin\w+|toxoid|antibod\w+|antigens?|viruses|prophylaxis with)\b)"
)
# "diphtheria, tetanus and pertussis vaccine": what one is vaccinated against is not treated
VACCINE = re.compile(r"^(?:[ ,/-]+(?!in |for |among |of |with |after )[\w-]+){0,8}?[ -]+(?:vaccin\w*|toxoid)\b")
# "we treated", "this study", "were enrolled": the sentence speaks of the trial itself
OWN = re.compile(
    r"\b(?:we|our|this (?:[\w-]+ ){0,4}(?:study|trial|report)|aims?|aimed|objectives?|purposes?|to (?:assess|evaluate|compare|investigate|determine|examine|test|study)|(?:was|were|will be) (?:\w+ )?(?:enrolled|randomi[sz]ed|randomly|included|recruited|assigned|treated|allocated|studied|given|performed|conducted|divided|selected|injected|investigated)|enrolled|received|participated|took part|took in)\b"
)
# the last word of a phrase that names no disease of the vocabulary, yet is one
HEAD = re.compile(
    r"\b(?:[\w'-]+ ){0,3}(?:fractures?|stones?|calculi|syndromes?|disorders?|injur(?:y|ies)|ulcers?|wounds?|defects?|lesions?|tears?|deficienc(?:y|ies)|"
    r"insufficiency|infections?|cancers?|tumou?rs?|carcinomas?|neoplasms?|dysfunction|dependence|addiction|bleeding|ha?emorrhages?|incontinence|impaction|infertility|"
    r"scars?|burns?|obesity|myopath(?:y|ies)|dystroph(?:y|ies)|constipation|stenosis|strictures?|fistulas?|fistulae|neuropath(?:y|ies)|keratosis|"
    r"caries|periodontitis|recession|obstruction|diseases?|palsy|sepsis|embolism|arrest|ischa?emia|o?edema|apn(?:o?ea)|prolapse|hernias?|varices|abscess(?:es)?|polyps?|ulceration|molars?|myomas?|fibroids?|cysts?|non-?unions?|spasticity|insomnia|resistance|pain|[a-z]{4,}(?:itis|osis|emia|aemia|algia|plegia|oma|opathy|ectasia|uria))(?= |$|[.,;:)(])"
)
# words that begin no disease's name: the phrase starts after them
CUT = re.compile(
    r"^.*\b(?:of|in|for|with|from|the|a|an|and|or|their|to|by|on|patients?|after|following|had|have|having|who|treat|is|are|was|were|against|both|either|"
    r"symptomatic|severe|moderate|mild|early|late|stable|newly|diagnosed|treated|previously|uncomplicated|refractory|adult|pediatric|grade|stage|\d+|reduce|prevent|improve|acute-phase|moderate-to-severe|mild-to-moderate|experimental|this|that|these|other|no|any|between|during|at|some|most|all|each|because|due|its|not|than|as|versus|vs|distal|isolated|reduces|prevents|improves|treats|causes|delays|decreases|increases|controls|relieves|underwent|[a-z]+ates?|[a-z]+izes?|[a-z]+ment|[a-z]+tion) "
)
# people named by their disease: "diabetic patients", "hypertensive subjects"
OF_PEOPLE = {
    "diabetic": "diabetes mellitus",
    "diabetics": "diabetes mellitus",
    "hypertensive": "hypertension",
    "hypertensives": "hypertension",
    "asthmatic": "asthma",
    "asthmatics": "asthma",
    "obese": "obesity",
    "schizophrenic": "schizophrenia",
    "epileptic": "epilepsy",
    "depressed": "depression",
    "cirrhotic": "liver cirrhosis",
    "septic": "sepsis",
    "anemic": "anemia",
    "anaemic": "anemia",
    "hypercholesterolemic": "hypercholesterolemia",
    "infertile": "infertility",
    "osteoporotic": "osteoporosis",
    "autistic": "autism spectrum disorder",
    "psoriatic": "psoriasis",
    "arthritic": "arthritis",
    "hemophilic": "hemophilia",
    "thalassemic": "thalassemia",
    "parkinsonian": "parkinson disease",
    "anxious": "anxiety",
    "hypertriglyceridemic": "hypertriglyceridemia",
    "hyperlipidemic": "hyperlipidemia",
    "hyperlipidaemic": "hyperlipidemia",
    "hypercholesterolaemic": "hypercholesterolemia",
    "dyslipidemic": "dyslipidemia",
    "malnourished": "malnutrition",
    "undernourished": "malnutrition",
    "epileptics": "epilepsy",
    "hyperthyroid": "hyperthyroidism",
    "hypothyroid": "hypothyroidism",
    "hypogonadal": "hypogonadism",
    "overweight": "overweight",
    "frail": "frailty",
}
ADJECTIVAL = re.compile(rf"\b(diabetics|hypertensives|asthmatics|(?:{'|'.join(sorted(OF_PEOPLE))})(?= (?:\w+ )?{PEOPLE}\b))")
VAGUE = frozenset(
    ["disease syndrome disorder injury wound lesion tumor tumour defect infection deficiency dysfunction tear pain resistance molars molar", "    complication ulcer scar deformity diseases inflammation fibrosis necrosis bleeding hemorrhage haemorrhage toxicity hypersensitivity", "    disability sign symptom ischemia side effect adverse effect hemodynamic instability medical condition cognitive impairment muscle weakness", "    wound healing autonomic nervous system disease nervous system disease diagnosis prognosis soma genoma diploma chroma aroma stroma biochemia academia risk", "    rejection allergy mental disorder infarction dependence obstruction hypoxia aggression stress atrophy edema rupture perforation", "    illness aging cell death impairment neurodegenerative disease neurodegeneration neurodegenerative disorder weakness autoimmune disease", "    comorbidity death bites hospital-acquired condition pathological condition diet lesions function pathology"]
)
VAGUE_NAMES = frozenset(n for line in VAGUE for n in line.split()) | {
    "side effect", "adverse effect", "nervous system disease", "mental disorder", "medical condition", "muscle weakness",
    "neurodegenerative disease", "neurodegenerative disorder", "autoimmune disease", "cell death", "cognitive impairment",
    "insulin resistance", "surgical wound", "disease progression", "weight loss", "body weight",
}  # fmt: skip


@dataclass(slots=True)
class Mention:
    """One mention: its span, the words that name it, the vocabulary's term where there is one, its weight."""

    start: int
    end: int
    name: str
    term: Term | None
    weight: float = 0.0
    role: str = ""
    people: bool = False  # said of the people treated: "patients with X"


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


def mentions(seen: View) -> list[Mention]:
    """Every mention in title and text, in order, none inside another."""
    found = [Mention(m.start(), m.end(), POSTOPERATIVE_PAIN.name, POSTOPERATIVE_PAIN, role="pain") for m in AFTER_SURGERY.finditer(seen.folded)]
    for hit in table("conditions").find(seen.folded):
        name = seen.folded[hit.start : hit.end]
        if len(name) > 3 and not _vague(name):
            start = _extended(seen.folded, hit.start)
            named = written(seen, start, hit.end)
            site = SITE.match(seen.folded, hit.end)
            _add(found, Mention(start, hit.end, f"{site[1]} {named}" if site else named, hit.term, role="term"))
    for match in ADJECTIVAL.finditer(seen.folded):
        name = OF_PEOPLE[match[1]]
        _add(found, Mention(*match.span(1), name, table("conditions").get(name), role="adjective"))
    for start, end, name, term in _abbreviated(seen):
        _add(found, Mention(start, end, name, term, role="abbreviation"))
    for match in HEAD.finditer(seen.folded):
        start, end = match.span()
        cut = CUT.match(match.group())
        start += cut.end() if cut else 0
        if " " in seen.folded[start:end].strip() or _long(seen.folded[start:end]):
            name = written(seen, start, end)
            if not _vague(name.lower()):
                _add(found, Mention(start, end, name, None, role="head"))
    return sorted((m for m in found if m.end <= seen.sentence_at(m.start).end), key=lambda m: m.start)


# what goes before a term and belongs to its name: "venous leg ulcer", "diabetic macular edema"
NO_ADJECTIVE = (
    r"clinical|radiological|several|additional|potential|usual|typical|critical|experimental|total|final|initial|medical|surgical|"
    r"biological|historical|oral|pharmacological|effective|active|symptomatic|different|significant|important|topical|general|essential|"
    r"elective|primary|basic|therapeutic|positive|negative|progressive|extensive|relevant|sporadic|familial|ordinary|preoperative|"
    r"intraoperative|prophylactic|academic|public|pediatric|paediatric|geriatric|specific|unilateral|bilateral|idiopathic|parental|maternal|"
    r"adjuvant|neoadjuvant|alternative|preventive|curative|operative|objective|perioperative|comparative|prospective|retrospective|central|"
    r"national|regional|local|international|annual|global|real|actual|optimal|minimal|economic|diagnostic|pharmaceutical|non-pharmacological|"
    r"ethical|statistical|non-surgical|personal|individual|social|natural|normal|abnormal|previous|various|serious|obvious|continuous|"
    r"epidural|intravenous|spinal anal|subcutaneous|tumoral|overall|postoperative|control|hospital|trial|interval|approval|removal|arrival|survival"
)
ADJECTIVE = re.compile(
    rf"\b(?!(?:{NO_ADJECTIVE})\b)(?:[a-z-]{{3,}}(?:ous|al|ic|ar|ary|eal|ive|oid)|recurrent|persistent|intermittent|latent|malignant|permanent|transient|"
    r"incipient|quiescent|uterine|intestinal)[ -]$"
)
# "osteoarthritis of the knee", "carcinoma (SCC) of the cervix"
SITE = re.compile(r"(?: \([^)]{1,12}\))? (?:of|in) the (knee|hip|hand|breast|lung|cervix|prostate|stomach|colon|rectum|pancreas|head and neck|oesophagus|esophagus|skin|bladder|liver|shoulder|ankle|foot|spine|lumbar spine|mandible|thyroid|kidney|ovary|endometrium|femur|femoral neck|tibia|distal radius|brain|larynx|oropharynx|hypopharynx)s?\b")


def _extended(folded: str, start: int) -> int:
    """Where the phrase begins, with the adjectives before it (two at most)."""
    for _ in range(2):
        match = ADJECTIVE.search(folded, max(0, start - 30), start)
        if not match:
            break
        start = match.start()
    return start


def _long(word: str) -> bool:
    return len(word) > 7


def _vague(name: str) -> bool:
    return " ".join(words(name)) in _vague_keys()


@cache
def _vague_keys() -> frozenset[str]:
    return frozenset(" ".join(words(n)) for n in VAGUE_NAMES)


def _add(found: list[Mention], new: Mention) -> None:
    if not any(m.start < new.end and new.start < m.end for m in found):
        found.append(new)


def _abbreviated(seen: View) -> Iterator[tuple[int, int, str, Term | None]]:
    """Places of abbreviations whose long form is a disease, and those that need no definition (``KNOWN``)."""
    known = {s: long for s, long in seen.abbreviations.items() if len(s) > 1}
    for short, long in {**KNOWN, **known}.items():
        if short not in seen.text:
            continue
        term = table("conditions").get(long) or _head_term(long)
        if term is None and not HEAD.fullmatch(long.lower()):
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", seen.text):
            yield match.start(), match.end(), fold_case(long), term


# abbreviations that papers use in titles without a definition
KNOWN = {
    "ALS": "amyotrophic lateral sclerosis",
    "COPD": "chronic obstructive pulmonary disease",
    "GVHD": "graft-versus-host disease",
    "GvHD": "graft-versus-host disease",
    "STEMI": "ST elevation myocardial infarction",
    "ARDS": "acute respiratory distress syndrome",
    "COVID-19": "COVID-19",
    "ADHD": "attention deficit hyperactivity disorder",
    "NSCLC": "non-small cell lung cancer",
    "T2DM": "type 2 diabetes mellitus",
    "T1DM": "type 1 diabetes mellitus",
    "HIV": "HIV infection",
    "PTSD": "post-traumatic stress disorder",
    "IBS": "irritable bowel syndrome",
    "knee OA": "knee osteoarthritis",
    "hip OA": "hip osteoarthritis",
}


def _head_term(long: str) -> Term | None:
    """The term at the end of a long form that begins with what the vocabulary leaves out."""
    parts = long.split()
    for cut in range(1, len(parts)):
        term = table("conditions").get(" ".join(parts[cut:]))
        if term and 2 * (len(parts) - cut) >= len(parts):
            return term
    return None


def written(seen: View, start: int, end: int) -> str:
    """The mention as it stands, in lower case but for capitals inside names."""
    parts = re.sub(r"\s+", " ", seen.cased[start:end]).split(" ")
    return " ".join(w if w.endswith("'s") else CAPITALS.sub(_cased, w) for w in parts)


CAPITALS = re.compile(r"[^\W\d_]+")


def _cased(match: re.Match[str]) -> str:
    """Capitals stay in "EGFR" and "IgA", not in "DySfunctiOn" or "Acute"."""
    word = match[0]
    short = len(word) <= SHORT and any(c.isupper() for c in word[1:])
    return word if short or (word.isupper() and len(word) > 1) else word.lower()


SHORT = 4  # letters of a word that may hold capitals inside



def weigh(seen: View, every: list[Mention]) -> list[Candidate]:
    """Candidates with their scores, the best first."""
    for mention in every:
        mention.weight = _weight(seen, mention)
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
    return sorted(merged, key=lambda c: (-c.score, c.mentions[0].start))


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
        weight -= 1.2
    if mention.term and mention.term.kind == "sign" and not mention.people:
        weight -= 0.8
    if role == "results":
        weight -= 0.5
    return weight


AIM = re.compile(r"\b(?:aims?|aimed|objectives?|purposes?|goals?|to (?:assess|evaluate|compare|investigate|determine|examine|test|study)|this (?:[\w-]+ ){0,4}(?:study|trial) (?:was|evaluated|compared|assessed)|we (?:compared|evaluated|studied|assessed|investigated|tested))\b")
LEAST = 1.3  # one "treatment of X", or X among the people, though in no sentence of the trial's own


def treated(seen: View) -> list[Candidate]:
    """The treated disease; two where the text names both of the same people ("patients with MS and ALS")."""
    ranked = weigh(seen, mentions(seen))
    if not ranked or ranked[0].score < LEAST:
        pain = _pain(seen)
        return [pain] if pain else []
    first = ranked[0]
    return [first, *(c for c in ranked[1:4] if _joined(seen, first, c))][:MOST]


# no disease is named, but pain is measured after an operation under an analgesic
ANALGESIA = re.compile(r"\banalges\w+|\bana?esthe\w+|\bopioids?\b|\bpain relief\b|\bpain control\b")
OPERATION = re.compile(r"\bpost-?\s?operativ\w*|\bpost-?surg\w+|\bafter (?:\w+ )?(?:surgery|operation)|\bsurgery\b")
PAIN = re.compile(r"\bpain\b(?! threshold)")


def _pain(seen: View) -> Candidate | None:
    found = list(PAIN.finditer(seen.folded))
    if len(found) < 2 or not re.search(r"\bpain|analges|ana?esthe", seen.folded[: seen.title[1]]) or not ANALGESIA.search(seen.folded) or not OPERATION.search(seen.folded):
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
    return any(seen.in_title(m.start) and m.weight >= TITLE_SURE for m in other.mentions)


MOST = 3  # more diseases than this are a list of comorbidities
PEOPLE_SURE = 3.0  # the people of a sentence on the trial itself
TITLE_SURE = 2.5  # the title's "treatment of X" or "in X", not a mere mention


def canonical(candidate: Candidate) -> tuple[str, str]:
    """(name, CURIE): the vocabulary's name where it shares words with what is written, else as written."""
    best = candidate.best
    wider = [m for m in candidate.mentions if _content(m.name) >= _content(best.name) and m.role != "pain"]
    named = max([best, *wider], key=lambda m: (m.term is not None, len(_content(m.name)), m.weight))
    longest = named.name
    if named.term is None:
        return longest, ""
    if longest.isupper() and " " not in longest:
        return named.term.name, named.term.id
    own = _content(named.term.name)
    if own >= _content(longest) or named.role == "pain" or named.term.kind == "named" or _elsewhere(candidate, own, longest):
        return named.term.name, named.term.id
    return longest, named.term.id


def _elsewhere(candidate: Candidate, own: frozenset[str], longest: str) -> bool:
    """Whether the text says the vocabulary's name in another place, and nothing closer here."""
    return not own < _content(longest) and any(own <= _content(m.name) for m in candidate.mentions)
