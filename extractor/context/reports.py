"""What kind of report a document is: cues, counted where they stand, and the decision between the kinds.

A cue is a phrase that one kind of report uses of itself ("we searched PubMed", "rats were divided"); the title's cues
weigh more than the text's, and what MEDLINE's publication types say weighs most. Words of the background do not count:
a trial may speak of mice and of reviews before it speaks of its own patients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from extractor.context.view import View

DOCUMENT = "trialspan_document"  # doc.user_data: {"publication_types": [...], "source": ...}, what the source knew

# MEDLINE publication types -> kind; the first that applies wins ("Review" stands beside "Meta-Analysis" there)
TYPES: Mapping[str, str] = {
    "meta-analysis": "meta-analysis",
    "network meta-analysis": "meta-analysis",
    "systematic review": "review",
    "review": "review",
    "clinical trial protocol": "protocol",
    "case reports": "case-report",
    "clinical trial, veterinary": "animal",
    "randomized controlled trial, veterinary": "animal",
    "observational study, veterinary": "animal",
    "editorial": "other",
    "news": "other",
    "practice guideline": "other",
    "guideline": "other",
}
TRIAL_TYPES = re.compile(r"clinical trial|randomi[sz]ed controlled trial|clinical study|equivalence trial")

_PEOPLE = (
    r"(?:patients?|participants?|volunteers?|wom[ae]n|m[ae]n|children|child|adults?|infants?|neonates?|newborns?|"
    r"individuals?|subjects?|people|persons?|adolescents?|girls?|boys?|outpatients?|inpatients?|recipients?|smokers?|"
    r"students?|survivors?|residents?|caregivers?|users?|parturients?|toddlers?|primiparas?|mothers?|smokers|probands|eyes|knees)"
)
_ANIMALS = (
    r"(?:rats?|mice|mouse|rabbits?|dogs?|beagles?|pigs?|piglets?|minipigs?|swine|sheep|lambs?|ewes?|horses?|monkeys?|"
    r"macaques?|zebrafish|hamsters?|gerbils?|goats?|cats?|cows?|calves|cattle|chickens?|chicks|broilers?|ferrets?|"
    r"primates|marmosets?|baboons?|animals|mares?|heifers?|hens?)"
)
_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)(?:[- ]\w+)?"
_DID = (
    r"(?:were|was|received|underwent|had|completed|who|with|randomi[sz]ed|treated|enrolled|undergoing|aged|participated|"
    r"included|assigned|recruited|entered|suffering|scheduled|diagnosed|took|experienced|reported|requiring|admitted)"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """`weight` for `kind` where the pattern is found in `where`: ``title``, ``text`` or ``both``."""

    kind: str
    weight: float
    where: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind, how sure, what decided (a rule's name), and the span of the strongest cue."""

    kind: str
    confidence: float
    rule: str
    at: tuple[int, int] | None


def _cue(kind: str, weight: float, where: str, pattern: str) -> Cue:
    return Cue(kind, weight, where, re.compile(pattern))


# Weights are ordered by how seldom another kind uses the phrase of itself; they were set on MEDLINE records with
# publication types and MeSH check tags (Animals, Humans), not on the gold set.
CUES: tuple[Cue, ...] = (
    # "a systematic review and meta-analysis", "a network meta-analysis"
    _cue("meta-analysis", 9, "title", r"\bmeta[- ]?analy(?:sis|ses|tic)\b"),
    # "we made a systematic review and meta-analysis of", "this meta-analysis", "a meta-analysis was performed"
    _cue(
        "meta-analysis",
        6,
        "text",
        r"\b(?:we|authors|us) (?:\w+ ){0,2}(?:performed|conducted|did|made|undertook|carried out|present|report|aimed to (?:perform|conduct)) "
        r"(?:a |an |this |our )?(?:[\w-]+ ){0,5}meta[- ]?analys[ie]s|\b(?:this|our|present) (?:[\w-]+ ){0,4}meta[- ]?analysis\b|"
        r"\bmeta[- ]?analys[ie]s (?:was|were) (?:then |also )?(?:performed|conducted|done|undertaken|carried out|used)|\bmeta[- ]?analysis (?:of (?:all |the )?(?:\w+ )?(?:\w+ )?(?:trials|studies|rcts)\b|showed|confirmed|revealed|indicated|included)",
    ),
    # "data were pooled", "pooled odds ratio", "random-effects model", "heterogeneity (I2"
    _cue("meta-analysis", 2, "text", r"\bpooled (?:or|rr|odds|relative|risk|estimate|effect|mean|weighted|analysis of \w+ (?:trials|studies))|\brandom[- ]effects? model|\bfixed[- ]effects? model|\bi2 ?="),
    # "a systematic review", "a literature review", "an overview", "a scoping review", "update on", "recent advances in"
    _cue("review", 8, "title", r"\b(?:systematic|literature|narrative|scoping|critical|integrative|umbrella|comprehensive|brief|mini|short|cochrane|clinical|concise|state[- ]of[- ]the[- ]art|qualitative|evidence[- ]based)[- ]?(?:literature |clinical )?review\b|\boverview\b|: (?:a|an) (?:\w+ ){0,3}review\b|\breview of (?:the )?(?:\w+ ){0,3}(?:literature|evidence|studies|trials|published|clinical)|\bminireview\b|^review:"),
    _cue("review", 3, "title", r"\b(?:recent|latest) (?:\w+ )?(?:advances|progress|developments|insights)\b|\bfuture (?:\w+ )?(?:directions?|prospects?|perspectives?)\b"),
    _cue("review", 3, "title", r"\b(?:recent|current|new|clinical|latest|therapeutic) (?:\w+ )?(?:advances|progress|status|concepts|perspectives?|trends|developments|state|insights|knowledge|evidence|options|approaches|strategies|challenges|opinions?)\b|\b(?:advances|progress|developments|update|trends) (?:in|on|of)\b|\bfuture (?:\w+ )?(?:directions?|prospects?|perspectives?|of)\b|\bthe future\b|\bperspectives?\b|\bchallenges\b|\bpromises?\b|\bbench to bedside\b|\bpotential (?:\w+ ){0,2}(?:approach|role|mechanisms?|applications?|therap(?:y|ies))|\bmechanisms? (?:and|of)\b|\bfact or fiction|\bstate of the art|\bwhere (?:do|are) we|\bpast, present|\blessons\b|\bimplications\b|\btherapies\b[^?]*\?|\btreatment options\b|\brole of\b"),
    # "this review covers", "in this article we discuss", "here we review", "the paper summarizes"
    _cue("review", 6, "text", r"\b(?:this|our|the present|present) (?:\w+ ){0,3}(?:review|overview|chapter|mini[- ]?review)\b|\b(?:this|the present|the) (?:article|paper|commentary) (?:will |also |briefly |critically )*(?:review|discuss|summari[sz]|highlight|focus|outline|survey|cover|provide(?:s)? an overview|addresse?s|explores?)\w*|\b(?:here,? |article,? |paper,? )?we (?:will |also |briefly |critically |then |first |here )*(?:review|summari[sz]e|discuss|highlight|outline|survey)\b|\b(?:is|are|will be) (?:\w+ )?(?:reviewed|discussed|summari[sz]ed|outlined|highlighted)\b|\b(?:article|paper|chapter) (?:reviews|summari[sz]es|discusses)|\bto (?:systematically )?review (?:the )?(?:current |available |published |existing |recent )*(?:literature|evidence|knowledge|studies|data on)\b|\breviews? the (?:\w+ ){0,3}(?:evidence|literature|data|knowledge)"),
    # "we searched PubMed", "MEDLINE and Embase were searched", "a literature search", "studies met the inclusion criteria"
    _cue("review", 6, "text", r"\bsearch(?:ed|es|ing)?\b[^.]{0,120}\b(?:pubmed|medline|embase|cochrane|central|scopus|cinahl|web of science|psycinfo|databases?)\b|\b(?:pubmed|medline|embase|cochrane|scopus|cinahl|databases?)\b[^.]{0,120}\bsearch(?:ed|es)?\b|\bliterature (?:search|review)\b|\bsystematic(?:ally)? (?:literature )?review(?:ed)? (?:of|was|were|the)\b|\b(?:studies|trials|articles|rcts|papers|reports|publications|records) (?:\w+ )?(?:met|meeting|fulfilled|fulfilling|satisfied) (?:the |our |all )?(?:inclusion|eligibility|selection)|\b(?:studies|trials|articles|rcts|papers|publications) (?:\([^)]{0,40}\) )?(?:\w+ ){0,4}were (?:\w+ )?(?:included|identified|eligible|retrieved|selected|reviewed|analy[sz]ed)\b|\bsearch methods\b|\bselection criteria\b|\bdata sources\b|\bdata extraction\b|\bstudy selection\b|\brisk of bias\b"),
    # "study protocol", "rationale and design", "design of the X trial"
    _cue("protocol", 9, "title", r"\bprotocol\b(?! violation| deviation)|\b(?:rationale|objectives?|methods?|background),? (?:and|&) (?:\w+ ){0,2}design\b|\bdesign (?:and|&) (?:\w+ ){0,2}(?:rationale|methods?|protocol|baseline|objectives?)\b|\b(?:study|trial) design\b|: design of\b|^(?:the )?(?:rationale|design|methodology) (?:and \w+ )?of\b"),
    _cue("protocol", 6, "text", r"\bmethods and analysis\s*[:\n]|\bmethods/design\b|\btrial status\b|\bethics and dissemination\b|\bwe (?:have )?designed (?:a|an|the) (?:[\w-]+ ){0,5}(?:trial|study)\b|\b(?:this|the|present) (?:study )?protocol\b(?: \w+){0,2} (?:describes|presents|outlines|allows|is for)|\bprotocol (?:paper|article)\b|\b(?:is|are) (?:\w+ )?(?:being )?(?:recruiting|planned)\b|\b(?:start|completion) date\b|\bstudy type ?: ?interventional|interventional"),
    # "patients will be randomized", "the study will enrol"
    _cue("protocol", 2, "text", r"\bwill (?:\w+ )?(?:be|receive|undergo|enroll?|recruit|include|compare|evaluate|assess|examine|test|have|consist|take|determine|investigate|provide|start|last|continue|involve|measure|complete)\b"),
    _cue("protocol", 1.5, "text", r"\b(?:this|the|present|our|current) (?:\w+ ){0,5}(?:study|trial|protocol) (?:is (?:designed|aimed|intended|to|proposed|a)|aims|seeks|allows|includes)\b|\b(?:aim|goal|objective|purpose)s? of (?:this|the) (?:\w+ )?(?:study|trial|protocol) (?:is|are)\b|\bwe (?:hypothesi[sz]e|propose|plan|intend)\b|\bwe (?:aim|seek) to\b"),
    # "in rats", "a pig model", "murine"
    _cue("animal", 6, "title", rf"\b(?:in|of|on|by|from|and|male|female|adult|aged|diabetic|wistar|sprague[- ]dawley|transgenic|nude|albino|model|anaesthetized|anesthetized|the|deficient|knockout) (?:[\w-]+ ){{0,2}}{_ANIMALS}\b|\b(?:rat|mouse|mice|murine|rodent|rabbit|canine|dog|pig|porcine|swine|ovine|sheep|equine|monkey|primate|animal|goat|zebrafish|hamster|gerbil|large[- ]animal|preclinical|experimental) (?:\w+ ){{0,3}}models?\b|\b{_ANIMALS}$|\bpreclinical\b|\banimal (?:study|experiment)|\bmodels? of\b"),
    _cue("animal", 3, "title", r"\b(?:rats?|mice|mouse|murine|rodents?|canine|porcine|piglets?|zebrafish|macaques?|beagles?)\b(?! (?:monoclonal|antibod\w+|bite|collagen|dermal|graft|xenograft|valve|surfactant))"),
    # "rats were divided", "male Wistar rats", "forty New Zealand rabbits", "C57BL/6 mice"
    _cue("animal", 6, "text", rf"\b(?:sprague[- ]?dawley|wistar|c57bl/?6\w?|balb/?c|lewis|fischer|long[- ]evans|new zealand|yorkshire|g?ottingen|nod/?scid|cd-?1|icr|swiss|albino|sod1|transgenic|nude|knockout)\b[^.]{{0,25}}\b{_ANIMALS}\b|\b{_NUMBER} (?:\w+ ){{0,4}}{_ANIMALS} (?:were|was|received|underwent)\b|\b{_ANIMALS} (?:were|was|received|underwent|that|treated|given|fed|injected|developed) |\b(?:male|female|adult|aged|old|young|weanling|diabetic|anesthetized|anaesthetized) {_ANIMALS}\b|\bgroups? of {_ANIMALS}\b"),
    _cue("animal", 2, "text", rf"\bin (?:the |a |an )?(?:\w+ )?{_ANIMALS}\b|\b(?:rat|mouse|murine|rabbit|canine|pig|porcine|ovine|swine|animal) models?\b|\bin vivo\b|\b(?:rat|mouse|murine) \w+\b"),
    # "in vitro", "cell line", "cells were cultured"
    _cue("in-vitro", 6, "title", r"\bin vitro\b|\bcell lines?\b|\bcultured\b|\bcytotoxicity of\b|\bex vivo study\b|\bdifferentiation (?:of|into|potential)\b|\bderived from\b[^:]*\bdifferentiat\w+"),
    _cue("in-vitro", 3, "text", r"\bin[- ]vitro (?:study|experiments?|assays?|model)\b|\bthis in[- ]vitro\b|\bcell lines?\b|\bcells? (?:\([^)]{0,20}\) )?(?:\w+ ){0,2}(?:was|were) (?:then |also )?(?:isolated|cultured|incubated|exposed|seeded|treated with|stained|transfected|plated|co-?cultured)\b|\b(?:western blot|flow cytometry|mtt|rt-pcr|elisa|immunoblot|qpcr|transfect\w+|cultured in|well plates?|incubated (?:with|in|for))\b"),
    # "case report", "a patient with ALS", "report of a case"
    _cue("case-report", 8, "title", r"\bcase (?:report|study|presentation)s?\b|\b(?:a|an|one|single) (?:\w+ ){0,3}case (?:of|with)\b|\breport of (?:a|an|one|two|three|2|3) (?:\w+ )?cases?\b|\b(?:in|of|with) an? (?:[\w-]+ ){0,5}(?:patient|boy|girl|woman|man|infant|child|neonate|newborn|adolescent|teenager|individual|adult|female|male|athlete)\b(?! (?:population|group|cohort|sample|model|setting|clinic))"),
    _cue("case-report", 7, "text", r"\bcase (?:report|presentation|description|summary)s?\s*[:.\n]|\b(?:we|authors|this (?:\w+ )?(?:report|article|paper|case)|i|herein) (?:\w+ ){0,3}(?:report|describe|present|reports|describes|presents|discuss|illustrates?|reported|presented|described)(?: here| herein)? (?:on )?(?:the |a |an |our |one |this )(?:\w+ ){0,3}(?:case|patient|\d+[- ]year[- ]old)\b|\ban? \d+[- ](?:year|month|day|week)s?[- ]old\b|\ba (?:\w+ ){0,3}case of\b|\bdetailed report is given of\b|\b(?:aged? )?\d+[- ]years?[- ]old (?:\w+ ){0,2}(?:man|woman|male|female|boy|girl|patient|lady|gentleman)\b"),
    # "a randomized trial", "phase II", "safety and efficacy of", "in patients with"
    _cue("single-trial", 5, "title", r"\brandomi[sz]ed\b|\bphase (?:[1-4]|i{1,3}v?|iv)|\b(?:clinical|controlled|pilot|feasibility|comparative|prospective|retrospective|follow-up|cohort|double[- ]blind\w*|crossover|open[- ]label|multi-?cent(?:er|re)) (?:\w+ ){0,2}(?:trial|study|evaluation|comparison)\b|\bplacebo[- ]controlled\b"),
    _cue("single-trial", 2, "title", r"\b(?:in|for|of|among|with) (?:\w+ ){0,4}(?:patients|participants|volunteers|women|men|children|adults|infants|people|subjects|adolescents|individuals)\b|\bsafety and (?:\w+ )?(?:efficacy|effects?|feasibility)|\befficacy and safety|\bversus\b|\bcompar(?:ison|ed|ing)\b|\bresults (?:of|from)\b|\b\d+ (?:patients|cases)\b"),
    # "43 patients were", "participants were randomly", "we enrolled", "subjects received"
    _cue("single-trial", 5, "text", rf"\b{_NUMBER} (?:\([^)]{{0,30}}\) ?)?(?:[\w'/-]+ ){{0,5}}{_PEOPLE}\b|\b{_PEOPLE} (?:\([^)]{{0,40}}\) )?(?:\w+ ){{0,2}}{_DID}\b|\bwe (?:\w+ )?(?:enrolled|recruited|randomi[sz]ed|treated|studied|randomly|assigned|followed|administered)\b"),
    _cue("single-trial", 4, "text", r"\b(?:was|were|are) (?:\w+ ){0,3}(?:randomi[sz]ed|randomly)\b|\brandomi[sz]ed[^.]{0,60}\b(?:trial|study|comparison)\b|\b(?:double|single|triple)[- ]blind|\bplacebo\b|\binformed consent\b|\bclinical trial\b|\bthis (?:[\w-]+ ){0,6}(?:trial|study) (?:was|evaluated|investigated|compared|assessed|examined|enrolled|included|reports|took)\b"),
)

CAP = 3  # a cue counts at most so often in one text: a long abstract is no stronger evidence
# a background sentence: what was known before, told of others
_BEFORE = ("background", None)
# words that only a text with outcomes has: "P = 0.03", "(95% CI", "was significantly lower", "Results:"
OUTCOME = re.compile(
    r"\bp ?[<>=] ?0?\.\d|\bci\b[ :,]|\b(?:was|were|is|are) (?:\w+ ){0,2}(?:significant\w*|higher|lower|observed|reported|found|similar|better|achieved|noted|detected|well[- ]tolerated|safe|reduced|increased|improved|met)\b|"
    r"\b(?:improved|decreased|increased|showed|reduced|occurred|demonstrated|achieved|died|developed|experienced|revealed|appeared?|proved|remained)\b|\bdid not\b|\bresults (?:show|suggest|indicate|demonstrate)|\bmedian survival|\bno (?:\w+ )?(?:\w+ )?(?:difference|adverse)"
)
FUTURE = re.compile(r"\bwill\b")
# "eight patients were given", "participants received": what was done to people is no plan
DONE = re.compile(rf"\b{_PEOPLE} (?:\([^)]{{0,40}}\) )?[^.;]{{0,60}}\b(?:received|underwent|(?:was|were) (?:\w+ ){{0,2}}(?:administered|treated|given|injected|infused|enrolled|randomi[sz]ed|transplanted|assigned|allocated))\b")


def kind_of(doc: Doc, seen: View) -> Verdict:
    """The kind of report that `doc` is."""
    known = doc.user_data.get(DOCUMENT) or {}
    types = [str(t).lower() for t in known.get("publication_types", ())]
    if known.get("source") == "clinicaltrials":
        return Verdict("protocol", 0.99, "registry_record", None)
    for name, kind in TYPES.items():
        if name in types:
            return Verdict(kind, 0.97, "publication_type", None)
    scores, places = _scores(seen)
    if any(TRIAL_TYPES.search(t) for t in types):
        scores["single-trial"] = scores.get("single-trial", 0.0) + 12
    return _decided(scores, places, seen)


def _scores(seen: View) -> tuple[dict[str, float], dict[str, tuple[float, int, int]]]:
    """The sum of the weights for each kind, and its strongest cue (weight, start, end)."""
    scores: dict[str, float] = {}
    places: dict[str, tuple[float, int, int]] = {}
    for cue in CUES:
        found = list(_places(cue, seen))[:CAP]
        if not found:
            continue
        gain = cue.weight * (1 + 0.5 * (len(found) - 1)) if cue.where == "text" else cue.weight
        scores[cue.kind] = scores.get(cue.kind, 0.0) + gain
        if cue.weight > places.get(cue.kind, (0.0, 0, 0))[0]:
            places[cue.kind] = (cue.weight, *found[0])
    return scores, places


def _places(cue: Cue, seen: View) -> Iterator[tuple[int, int]]:
    first, last = seen.title if cue.where == "title" else (seen.title[1], len(seen.folded))
    for match in cue.pattern.finditer(seen.folded, first, last):
        if cue.where == "text" and cue.kind in ("single-trial", "animal") and seen.role_at(match.start()) == "background":
            continue
        if match.end() <= seen.sentence_at(match.start()).end:
            yield match.span()


def _decided(scores: dict[str, float], places: dict[str, tuple[float, int, int]], seen: View) -> Verdict:
    if _unfinished(scores, seen):
        scores["protocol"] = scores.get("protocol", 0.0) + 20
    people = scores.get("single-trial", 0.0)
    order: Sequence[str] = ("meta-analysis", "review", "protocol", "animal", "case-report", "in-vitro")
    ranked = sorted(((scores.get(k, 0.0), -order.index(k), k) for k in order), reverse=True)
    best, _, kind = ranked[0]
    if kind == "review" and scores.get("meta-analysis", 0.0) >= STRONG:
        kind = "meta-analysis"
    if people < LEAST and best < LEAST:
        return Verdict("other", 0.6, "no_cue", None)
    if best < LEAST or best <= people * MARGIN.get(kind, 1.0):
        return _verdict("single-trial", people, best, places)
    return _verdict(kind, best, people, places)


STRONG = 6.0  # one clear statement
LEAST = 3.0  # below this nothing was said
# how much of the people's score another kind needs: a case report has a patient, animals are never patients
MARGIN: Mapping[str, float] = {"review": 0.8, "meta-analysis": 0.6, "protocol": 1.0, "animal": 0.9, "case-report": 0.8}


def _unfinished(scores: Mapping[str, float], seen: View) -> bool:
    """A plan: the future is used of the study, and nothing came out of it; or no outcome at all is told."""
    first = seen.title[1]
    if scores.get("review", 0.0) >= LEAST or max(scores.get("meta-analysis", 0.0), scores.get("animal", 0.0)) > STRONG:
        return False
    outcomes = sum(
        1 for m in OUTCOME.finditer(seen.folded, first) if seen.role_at(m.start()) not in ("background", "objective")
    )
    future = sum(1 for _ in FUTURE.finditer(seen.folded, first))
    planned = scores.get("protocol", 0.0)
    if seen.role_at(len(seen.folded) - 1) in ("results",) or any(s.role == "results" for s in seen.roles.sections):
        return False
    if future >= 2:
        return outcomes <= future
    return planned >= 1.5 and outcomes <= 1 and not DONE.search(seen.folded, first)


def _verdict(kind: str, own: float, rival: float, places: Mapping[str, tuple[float, int, int]]) -> Verdict:
    sure = own / (own + rival) if own + rival else 0.5
    place = places.get(kind)
    return Verdict(kind, round(0.6 + 0.39 * sure, 3), "clear" if sure > CLEAR else "close", place[1:] if place else None)


CLEAR = 0.66  # the winner has twice the weight of the next
