"""Names compared: two spellings of one term, a term among the words of a sentence.

>>> same_term("fevers", "fever"), same_term("haemorrhage", "intracerebral hemorrhage"), same_term("fever", "rash")
(True, True, False)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from extractor.terms import WORD, stem, table
from extractor.text import fold
from extractor.words import Words

W = Words("verify")

STOP = W.members("stop")
SPELLINGS = (
    (re.compile(r"'s\b|'"), ""),
    (re.compile(r"\bhaem"), "hem"),
    (re.compile(r"aemi"), "emi"),
    (re.compile(r"pnoea"), "pnea"),
    (re.compile(r"rrhoea"), "rrhea"),
    (re.compile(r"oedema"), "edema"),
    (re.compile(r"tumour"), "tumor"),
    (re.compile(r"(?<=[a-z])is(?=(?:ed|ation|ing)\b)"), "iz"),
    (re.compile(r"centre\b"), "center"),
    (re.compile(r"allogenic\b"), "allogeneic"),
    (re.compile(r"stromal"), "stem"),
)
# words that name one thing, where no table of terms says so
ALIKE = {
    stem(w): stem(group[0])
    for group in (
        ("death", "died", "die", "dead", "mortality", "fatal", "fatality", "deceased", "dying"),
        ("fever", "pyrexia", "febrile", "feverish", "hyperthermia"),
        ("discontinuation", "discontinued", "discontinue", "withdrew", "withdrawn", "withdrawal", "dropout", "stopped", "discontinuing"),
        ("infection", "infected", "infectious"),
        ("relapse", "relapsed", "relapsing"),
        ("pain", "painful", "ache"),
        ("bleeding", "bled", "hemorrhage", "hemorrhagic"),
        ("nausea", "nauseous"),
        ("vomiting", "vomited", "emesis"),
        ("thrombosis", "thrombotic", "thrombosed"),
        ("elevated", "elevation", "increased", "increase", "raised", "rise", "high", "higher"),
        ("decreased", "decrease", "reduced", "reduction", "low", "lower", "fall"),
        ("rejection", "rejected"),
        ("swelling", "swollen", "edema"),
        ("seizure", "convulsion", "epilepsy"),
        ("myocardial", "mi"),
        ("transfusion", "transfused"),
        ("hospitalization", "hospitalized", "hospitalised", "hospitalisation", "admitted"),
        ("amputation", "amputated"),
        ("failure", "failed", "fail"),
        ("toxicity", "toxic", "toxicities"),
        ("hypotension", "hypotensive"),
        ("reaction", "effect", "complication"),
    )
    for w in group
}  # fmt: skip


@lru_cache(maxsize=20_000)
def keys(text: str) -> tuple[str, ...]:
    """The telling words of a name, each in one spelling."""
    words = spelled(fold(text))
    found = [ALIKE.get(stem(m.group()), stem(m.group())) for m in WORD.finditer(words)]
    return tuple(w for w in found if w not in STOP) or tuple(found)


def spelled(folded: str) -> str:
    for pattern, new in SPELLINGS:
        folded = pattern.sub(new, folded)
    return folded


def same_term(a: str, b: str) -> bool:
    """Equal, one a more exact name of the other (half of the words shared), or one concept in the table of events."""
    wa, wb = set(keys(a)), set(keys(b))
    small, large = sorted((wa, wb), key=len)
    if small and small <= large and 2 * len(small) >= len(large):
        return True
    one, other = table("adverse_events").get(a), table("adverse_events").get(b)
    return one is not None and one is other


NO_ARM_WORDS = W.members("no_arm_words")


def same_arm(a: str, b: str) -> bool:
    """One name's telling words are among the other's ("cell", "cell group"; "placebo", "placebo recipients")."""
    wa, wb = arm_words(a), arm_words(b)
    return bool(wa & wb) and (wa <= wb or wb <= wa)


def is_arm(told: str, claimed: str, known: Iterable[str]) -> bool:
    """Whether a name means the arm claimed, and none of the other arms that are known better ("PCR" is not "PCR-B")."""
    if not same_arm(told, claimed):
        return False
    return all(_nearness(told, other) <= _nearness(told, claimed) for other in known)


def _nearness(a: str, b: str) -> float:
    wa, wb = arm_words(a), arm_words(b)
    return len(wa & wb) / len(wa | wb)


@lru_cache(maxsize=20_000)
def arm_words(name: str) -> frozenset[str]:
    words = re.sub(r"\bnon[\s-]+", "non", fold(name))
    found = {stem(w) for w in re.findall(r"[a-z0-9]+(?:\.\d+\w*)?", words)}
    return frozenset(found - NO_ARM_WORDS or found)


def mentions(term: str, folded: str, start: int, end: int, long_forms: dict[str, str]) -> list[tuple[int, int]]:
    """Where the words of `term` stand in ``folded[start:end]``: all of its telling words, near to one another."""
    wanted = list(dict.fromkeys(keys(term)))
    tokens = [(m.start(), m.end(), _key(m.group(), long_forms)) for m in WORD.finditer(folded, start, end)]
    found: list[tuple[int, int]] = []
    for place, (first, last, names) in enumerate(tokens):
        missing = [w for w in wanted if not _among(w, names)]
        if len(missing) == len(wanted):
            continue
        for _, stop, others in tokens[place + 1 : place + 2 + 2 * len(wanted)]:
            if not missing:
                break
            left = [w for w in missing if not _among(w, others)]
            if len(left) < len(missing):
                missing, last = left, stop
        if len(missing) <= (0 if len(wanted) < 3 else len(wanted) // 3) and (not found or first >= found[-1][1]):
            found.append((first, last))
    return found


# abbreviations that texts use without explaining them
SHORT = {
    "ae": ("adverse", "event"), "sae": ("serious", "adverse", "event"), "teae": ("treatment", "emergent", "adverse", "event"),
    "trae": ("treatment", "related", "adverse", "event"), "adr": ("adverse", "drug", "reaction"), "gvhd": ("graft", "versus", "host"),
    "mi": ("infarction",), "tia": ("transient", "ischemic", "attack"), "uti": ("urinary", "tract", "infection"), "dvt": ("deep", "vein", "thrombosis"),
    "cmv": ("cytomegalovirus",), "ebv": ("epstein", "barr"), "urti": ("upper", "respiratory", "tract", "infection"),
}  # fmt: skip


def _among(word: str, others: frozenset[str]) -> bool:
    return word in others or any(_one_root(word, o) for o in others)


@lru_cache(maxsize=100_000)
def _one_root(a: str, b: str) -> bool:
    """ "infection" and "infectious", "neutropenia" and "neutropenic": but for the last two letters."""
    shorter = min(len(a), len(b))
    return shorter >= 7 and a[: shorter - 2] == b[: shorter - 2]


@lru_cache(maxsize=100_000)
def _own_keys(word: str) -> frozenset[str]:
    plain = stem(spelled(word))
    return frozenset({ALIKE.get(plain, plain), stem(word), *SHORT.get(plain, ())})


def _key(word: str, long_forms: dict[str, str]) -> frozenset[str]:
    """The word in one spelling; for an abbreviation also the words of its long form."""
    own = _own_keys(word)
    long = long_forms.get(word) or long_forms.get(stem(word))
    return own | frozenset(keys(long)) if long else own


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of a shipped list, one a line."""
    lines = files("extractor.lexicons").joinpath(f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines[1:] if line and not line.startswith("#"))
