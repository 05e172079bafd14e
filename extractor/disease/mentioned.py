"""Diseases as they are mentioned, the treated one and all others (:mod:`extractor.disease.treated` tells them apart).

A *mention* is a vocabulary term with the adjectives that belong to it, an abbreviation of one, a noun phrase that ends like
a disease ("ureteric stones"), people named by their disease ("diabetic patients"), or pain after an operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from extractor import patterns as re
from extractor.context.phrases import phrases
from extractor.context.view import View
from extractor.terms import Term, table, words
from extractor.text import Taken, fold_case
from extractor.words import Words

W = Words("disease")

POSTOPERATIVE_PAIN = Term("mesh:D010149", "postoperative pain", "disease")
# "pain after elective caesarean section", "postoperative analgesia", "analgesia following hip surgery"
AFTER_SURGERY = re.compile(W.after_surgery)
PEOPLE = W.people
# the last word of a phrase that names no disease of the vocabulary, yet is one
HEAD = re.compile(rf"\b(?:[\w'-]+ ){{0,3}}{W.head_fractures}(?= |$|[.,;:)(|])")
# words that begin no disease's name: the phrase starts after them
CUT = re.compile(rf"^.*\b{W.cut_of} ")


# an injury of the spinal cord told by what happened to it: "interruption of the spinal cord", "the transected cord"
CORD = re.compile(rf"\b{W.cord}\b")
CORD_INJURY = "spinal cord injuries"
SPINAL = re.compile(
    r"\bspin(?:al|e)\b|\bcord\b|plegi[ac]|\basia\b|\bais [a-d]\b"
)  # a text in which "cervical injury" is one of the cord


@cache
def adjectives() -> dict[str, str]:
    """People named by their disease ("diabetic patients"), from the shipped table ``patients.tsv``."""
    return {row[0]: row[1] for row in phrases("patients")}


@cache
def _adjectival() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!non-)(?<!non )\b(?P<word>{'|'.join(sorted(adjectives()))})(?:(?<=s)\b|(?= (?:\w+ )?{PEOPLE}\b))"
    )


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
    renamed: bool = False  # says another name of the disease than ``name``


def mentions(seen: View) -> list[Mention]:
    """Every mention in title and text, in order, none inside another."""
    found: list[Mention] = []
    taken = Taken()

    def add(new: Mention) -> None:
        if taken.take(new.start, new.end):
            found.append(new)

    for pain in AFTER_SURGERY.finditer(seen.folded):
        add(Mention(*pain.span(), POSTOPERATIVE_PAIN.name, POSTOPERATIVE_PAIN, role="pain"))
    injury = table("conditions").get(CORD_INJURY)
    for match in CORD.finditer(seen.folded) if injury and SPINAL.search(seen.folded) else ():
        add(Mention(*match.span(), CORD_INJURY, injury, role="term"))
    for start, end, named_term in _terms(seen.folded):
        name = seen.folded[start:end]
        if len(name) > 3 and not _vague(name):
            if site_term := _of_site(seen.folded, start, end, named_term):
                add(Mention(start, end, site_term.name, site_term, role="term"))
                continue
            start = _extended(seen.folded, start)
            named = spelled_out(written(seen, start, end), named_term)
            site = SITE.match(seen.folded, end)
            add(Mention(start, end, f"{site[1]} {named}" if site else named, named_term, role="term"))
    for match in _adjectival().finditer(seen.folded):
        name = adjectives()[match["word"]]
        add(Mention(*match.span("word"), name, table("conditions").get(name), role="adjective"))
    for start, end, name, term in _abbreviated(seen):
        add(Mention(start, end, name, term, role="abbreviation"))
    for match in HEAD.finditer(seen.folded):
        start, end = match.span()
        cut = CUT.match(match.group())
        start += cut.end() if cut else 0
        if " " in seen.folded[start:end].strip() or _long(seen.folded[start:end]):
            name = written(seen, start, end)
            if not _vague(name.lower()):
                named, term = _disc(name)
                add(Mention(start, end, named, term, role="head"))
    return sorted((m for m in found if m.end <= seen.sentence_at(m.start).end), key=lambda m: m.start)


# "a herniated cervical disc" is a cervical disc herniation
DISC = re.compile(r"(herniated|prolapsed|degenerated|bulging) ((?:lumbar |cervical |thoracic )?dis[ck])s?")
BECAME = {"herniated": "herniation", "prolapsed": "prolapse", "degenerated": "degeneration", "bulging": "protrusion"}


def _disc(name: str) -> tuple[str, Term | None]:
    """A phrase under the name that its disease goes by, with the vocabulary's term where it is one of a disc."""
    match = DISC.fullmatch(name)
    if match is None:
        return name, None
    became = BECAME[match[1]]
    return f"{match[2]} {became}", table("conditions").get(f"disc {became}")


# what goes before a term and belongs to its name: "venous leg ulcer", "diabetic macular edema"
def _terms(folded: str) -> Iterator[tuple[int, int, Term]]:
    """Vocabulary terms; two with a slash between them are two ("polymyositis/dermatomyositis")."""
    for hit in table("conditions").find(folded):
        parts = folded[hit.start : hit.end].split("/")
        terms = [table("conditions").get(part) for part in parts] if len(parts) > 1 else []
        if terms and all(terms):
            start = hit.start
            for part, own in zip(parts, terms, strict=True):
                if own:
                    yield start, start + len(part), own
                start += len(part) + 1
        else:
            yield hit.start, hit.end, hit.term


NO_ADJECTIVE = W.no_adjective
ADJECTIVE = re.compile(rf"\b(?!-|(?:{NO_ADJECTIVE})\b){W.adjective_recurrent}[ -]$")
# "osteoarthritis of the knee", "carcinoma (SCC) of the cervix"
SITE = re.compile(rf"(?: \([^)]{{1,12}}\))? (?:of|in) the ({W.site_femoral})s?\b")


GENERAL = frozenset({"carcinoma", "cancer", "adenocarcinoma"})  # names of growths that need their site
BEFORE = re.compile(rf"\b({W.before_cervix})[ -]$")


def _of_site(folded: str, start: int, end: int, term: Term) -> Term | None:
    """The vocabulary's cancer of the site in "cervix carcinoma" and "carcinoma of the cervix"."""
    if term.name not in GENERAL:
        return None
    site = BEFORE.search(folded, max(0, start - 14), start) or SITE.match(folded, end)
    return (
        (table("conditions").get(f"{site[1]} {term.name}") or table("conditions").get(f"{site[1]} cancer"))
        if site
        else None
    )


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
    return frozenset(" ".join(words(n)) for n, *_ in phrases("vague"))


def _abbreviated(seen: View) -> Iterator[tuple[int, int, str, Term | None]]:
    """Places of abbreviations whose long form is a disease, and those that need no definition (``KNOWN``)."""
    known = {s: long for s, long in seen.abbreviations.items() if len(s) > 1}
    for short, long in {**KNOWN, **known}.items():
        if short not in seen.text or (short in AMBIGUOUS and short not in known and not _in_title(seen, short)):
            continue
        term = table("conditions").get(long) or _head_term(long)
        if term is None and not HEAD.fullmatch(long.lower()):
            if short not in KNOWN:
                continue
            long = KNOWN[short]  # "human immunodeficiency virus (HIV)" names the cause
            term = table("conditions").get(long)
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
    "HCV": "hepatitis C",
    "HBV": "hepatitis B",
    "PTSD": "post-traumatic stress disorder",
    "IBS": "irritable bowel syndrome",
    "MS": "multiple sclerosis",
    "PD": "Parkinson disease",
    "SCI": "spinal cord injuries",
    "TBI": "traumatic brain injury",
    "CIDP": "chronic inflammatory demyelinating polyneuropathy",
    "NMOSD": "neuromyelitis optica spectrum disorder",
    "MSA": "multiple system atrophy",
    "SLE": "systemic lupus erythematosus",
    "HIE": "hypoxic-ischemic encephalopathy",
    "DMD": "Duchenne muscular dystrophy",
    "IPF": "idiopathic pulmonary fibrosis",
    "T1D": "type 1 diabetes mellitus",
    "T2D": "type 2 diabetes mellitus",
    "knee OA": "knee osteoarthritis",
    "KOA": "knee osteoarthritis",
    "AMD": "age-related macular degeneration",
    "CLI": "critical limb ischemia",
    "CLTI": "chronic limb-threatening ischemia",
    "RA": "rheumatoid arthritis",
    "ACLF": "acute-on-chronic liver failure",
    "DFU": "diabetic foot ulcer",
    "RDEB": "recessive dystrophic epidermolysis bullosa",
    "LSCD": "limbal stem cell deficiency",
    "SUI": "stress urinary incontinence",
    "AML": "acute myeloid leukemia",
    "CLL": "chronic lymphocytic leukemia",
    "DLBCL": "diffuse large B-cell lymphoma",
    "HCC": "hepatocellular carcinoma",
    "AMI": "acute myocardial infarction",
    "ESRD": "end-stage renal disease",
    "CKD": "chronic kidney disease",
    "hip OA": "hip osteoarthritis",
}


# short forms that mean something else in other trials (mass spectrometry, progressive disease): only of a title
AMBIGUOUS = frozenset({"MS", "PD", "MSA", "HIE", "SCI", "RA", "CLI"})


def _in_title(seen: View, short: str) -> bool:
    """Whether a short form ends the title, or stands before its people there: "in patients with PD", "MS patients"."""
    title = seen.text[slice(*seen.title)]
    return bool(re.search(rf"(?<![\w-]){re.escape(short)}(?= (?:patients|subjects)\b|[:,.;?]|\s*$)", title))


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


def spelled_out(name: str, term: Term) -> str:
    """A name whose last word is a short form, with the term's own name in its place: "progressive MS" is multiple sclerosis."""
    head, _, last = name.rpartition(" ")
    short = bool(head) and last.isupper() and 1 < len(last) <= 5 and last.lower() not in term.name.lower().split()
    initials = "".join(word[0] for word in re.split(r"[ -]", term.name) if word)
    return f"{head} {term.name}" if short and last.lower() == initials.lower() else name


CAPITALS = re.compile(r"[^\W\d_]+")


def _cased(match: re.Match[str]) -> str:
    """Capitals stay in "EGFR" and "IgA", not in "DySfunctiOn" or "Acute"."""
    word = match[0]
    short = len(word) <= SHORT and any(c.isupper() for c in word[1:])
    return word if short or (word.isupper() and len(word) > 1) else word.lower()


SHORT = 4  # letters of a word that may hold capitals inside
