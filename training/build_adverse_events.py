"""Builds ``extractor/lexicons/adverse_events.tsv`` from the open vocabularies and our own synonyms, and checks it.

Vocabularies (a folder with ``ctcae5.tsv``, ``mesh_A_C_F_subset.tsv``, ``symp.tsv``): CTCAE 5 (NCI, public domain), MeSH
diseases, signs and mental disorders (NLM: free, attribute) and the Symptom Ontology (CC0). Codes of MedDRA and
terms of HPO are not in them and must not come in.

    python training/build_adverse_events.py VOCABULARIES [--check]

A concept takes the CURIE of the first of CTCAE, MeSH signs, SYMP, other MeSH that names it; synonyms of the same name are
joined. ``--check`` builds in memory and fails if the shipped table differs.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor.terms import words  # noqa: E402

OWN = Path(__file__).with_name("adverse_event_synonyms.tsv")
OUT = ROOT / "extractor" / "lexicons" / "adverse_events.tsv"
HEADER = (
    "# Adverse events. Concepts: CTCAE 5 (NCI, public domain), MeSH (courtesy of the U.S. National Library of Medicine),\n"
    "# Symptom Ontology (CC0); synonyms: these and our own. Built by training/build_adverse_events.py; do not edit.\n"
)
LONGEST = 6  # words of a synonym worth looking for
NUMBERED = re.compile(r"(?<!type)(?<!grade) \d+$")  # "hyperbilirubinemia 2": in a report the number is a count
# Branches of MeSH that are not what happens to a trial's participants: animal diseases, wounds by war and bites by kind
NO_BRANCH = ("C22", "C21")
# Names that are no event by themselves, or that other parts of the grammar read (death, classes of adverse events)
DROPPED = frozenset(
    words(name)
    for name in """death|disease|diseases|syndrome|pain measurement|recurrence|chronic disease|acute disease|emergencies|cadaver|
    convalescence|survival|body weight|birth weight|complication|complications|side effects|drug toxicity|toxicity|adverse drug event|
    adverse drug reaction|drug-related side effects and adverse reactions|long term adverse effects|postoperative complication|
    postoperative complications|complications postoperative|intraoperative complications|intraoperative complication|critical illness|
    catastrophic illness|terminal illness|rare diseases|disease attributes|signs and symptoms|symptom|symptoms|symptom cluster|
    disease susceptibility|pathologic processes|wounds and injuries|wound|wounds|injury|injuries|trauma|body temperature|
    disease models|comorbidity|multimorbidity|relapse|remission|neoplasm metastasis|metastasis|margin|margins|menopause|
    pregnancy complications|pregnancy|labor|delivery|surgery|complete response|pathologic complete response|behavior|
    smoking|alcohol drinking|anger|hunger|normal|sprain|crying|motor activity|mobility|immobility|stress|birth|aging|
    disease free survival|long term survivors|parent|risk|drug interactions|virus|role|body height|aspiration|weight cycling|
    body weight trajectory|trajectory|family|focus|cross|sex|hearing|speech|attention|memory|sleep|response|genetic|strain|tics|tic|
    cough reflex|reflex|premature|term birth|live birth|body odor|insulin|glucose|overweight|obesity|emotional|behavioral|breech|
    breech presentation|labor pain|labour pain|solitary|residual|deficiency|treatment failure|acceleration|dependency|block|
    critical|bites|bite|use|lost|burnout|sound|mass|vision|contracture|discharge|gas|last|pep|eps|nec|pda|rop|bleed|rebound|tired|
    faint|cold|flu|vas|dn|cut out|weak|mi|acs|vt|af|cin|crs|fn|rao|ich|ivh|aml|tia|hearing disorders|wasting|primary|vegetative state|
    dose limiting|sight|movement|aches|death sudden|brain death|sudden death|death nos|sudden death nos|death neonatal|fetal resorption|
    weight bearing|alcohol intolerance|work|chronic pain|intractable pain|cancer pain|radiation|pain threshold|placenta|ischemia time|
    infant death|perinatal death|maternal death|infant mortality|mortality|maternal mortality|fatal outcome|morbidity|shock septic|blood pressure|blood pressures|sputum|the runs|hard|revision|falling|embolization|awareness|abuse|insulin resistance|insulin sensitivity|clinical course""".replace(
        "\n", " "
    ).split("|")
)
# Two- to four-letter synonyms that are safe in any text of a trial
SHORT = frozenset(
    [
        "uti",
        "utis",
        "urti",
        "uri",
        "dvt",
        "vte",
        "ponv",
        "hfs",
        "gvhd",
        "aki",
        "ards",
        "tns",
        "onj",
        "pph",
        "cmv",
        "hiv",
        "vap",
        "lrti",
        "ssi",
        "ssis",
        "mace",
        "macce",
        "poaf",
        "copd",
        "dki",
        "dka",
        "ild",
        "ohss",
        "rash",
        "itch",
        "pain",
        "gout",
        "fall",
        "falls",
        "acne",
        "sty",
        "burn",
        "flush",
        "edema",
        "oedema",
        "cough",
        "fever",
        "scar",
        "scars",
        "spasm",
        "cramp",
        "coma",
        "stroke",
        "ulcer",
        "croup",
        "rigor",
        "rigors",
        "chill",
        "chills",
        "ache",
        "ileus",
        "shock",
        "thirst",
        "bpar",
        "hives",
        "cyst",
        "cysts",
        "colds",
        "fits",
        "burns",
        "mania",
        "bleeds",
        "sepsis",
        "anemia",
        "asthma",
        "nausea",
        "thrush",
        "ataxia",
        "hernia",
    ]
)


def read(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a tab-separated file without its comments."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


Concept = tuple[str, str, str, list[str]]  # CURIE, name, kind, synonyms


def ctcae(path: Path) -> Iterator[Concept]:
    for row in read(path):
        if "other, specify" not in row["label"].lower():
            yield row["id"], row["label"].removesuffix(" NOS"), "event", []


def mesh(path: Path, signs: bool) -> Iterator[Concept]:
    """Concepts of MeSH in branches C and F03: signs and symptoms first (`signs`), then the rest."""
    found: dict[str, tuple[str, set[str], list[str]]] = {}
    for row in read(path):
        label, branches, terms = found.setdefault(row["id"], (row["label"], set(), []))
        branches |= set(row["branches"].split("|"))
        terms.append(row["term"])
    for curie, (label, branches, terms) in found.items():
        kept = [b for b in branches if b.startswith(("C", "F03")) and not b.startswith(NO_BRANCH)]
        sign = any(b.startswith(("C23.888", "C23.550.414", "C23.550.767")) for b in kept)
        if kept and sign == signs:
            only_tumor = all(b.startswith(("C04", "C16")) for b in kept)
            if not only_tumor:
                yield f"mesh:{curie}", natural(label), "sign" if sign else "disease", terms


def symp(path: Path) -> Iterator[Concept]:
    found: dict[str, tuple[str, list[str]]] = {}
    for row in read(path):
        found.setdefault(row["id"], (row["label"], []))[1].append(row["term"])
    for curie, (label, terms) in found.items():
        yield curie, label, "sign", terms


def natural(term: str) -> str:
    """ "Infarction, Myocardial" -> "Myocardial Infarction"."""
    head, comma, rest = term.partition(", ")
    return f"{rest} {head}" if comma and "," not in rest else term


def usable(term: str) -> bool:
    key = words(term.lower())
    if not key or len(key) > LONGEST or "," in term or key in DROPPED or NUMBERED.search(term):
        return False
    if re.search(r"[()\[\]]|^(?:mild|moderate|severe|slight|temporary)\b|^transient fever", term.lower()):
        return False
    return len(term) > 4 or term.lower() in SHORT


def build(folder: Path) -> list[Concept]:
    """The table's rows: one for each concept that has a usable label."""
    sources: list[Iterable[Concept]] = [
        ctcae(folder / "ctcae5.tsv"),
        mesh(folder / "mesh_A_C_F_subset.tsv", signs=True),
        symp(folder / "symp.tsv"),
        mesh(folder / "mesh_A_C_F_subset.tsv", signs=False),
    ]
    rows: list[Concept] = []
    place: dict[tuple[str, ...], int] = {}
    for curie, name, kind, terms in (c for source in sources for c in source):
        labels = [t for t in [name, *map(natural, terms)] if usable(t)]
        row = next((place[k] for k in (words(name.lower()),) if k in place), None)
        if row is None:
            if not labels:
                continue
            rows.append((curie, labels[0], kind, []))
            row = len(rows) - 1
        for label in labels:
            if place.setdefault(words(label.lower()), row) == row:
                rows[row][3].append(label)
    missing = list(own(rows, place))
    if missing:
        raise SystemExit(f"{OWN.name}: no vocabulary names {', '.join(missing)}; add a column 'as' that does")
    return rows


def own(rows: list[Concept], place: dict[tuple[str, ...], int]) -> Iterator[str]:
    """Adds our own synonyms, which win over the vocabularies'; yields names that no vocabulary has."""
    for line in read(OWN):
        name = line["name"]
        row = place.get(words((line["as"] or name).lower()))
        if row is None and line["as"] != "-" and ":" not in line["as"]:
            yield name
            continue
        if line["as"]:  # a thing of our own, with the CURIE of a broader concept, one given outright, or none
            rows.append((line["as"].strip("-") if row is None else rows[row][0], name, "event", []))
            row = len(rows) - 1
            place.pop(words(name.lower()), None)
        elif row is not None and rows[row][2] == "disease":
            rows[row] = (*rows[row][:2], "event", rows[row][3])
        assert row is not None
        for label in (x for x in [name, *line["synonyms"].split("|")] if usable(x)):
            key = words(label.lower())
            old = place.get(key, row)
            if old != row and words(rows[old][1].lower()) == key:
                rows[old] = (*rows[old][:2], "event", rows[old][3])
                continue  # a concept's own name stays its own
            rows[old][3][:] = [s for s in rows[old][3] if words(s.lower()) != key]
            place[key] = row
            rows[row][3].append(label)


def render(rows: list[Concept]) -> str:
    out = [HEADER + "id\tname\tkind\tsynonyms"]
    for curie, name, kind, labels in rows:
        seen = {words(name.lower())}
        rest = [x for x in labels if not (words(x.lower()) in seen or seen.add(words(x.lower())))]  # type: ignore[func-returns-value]
        out.append("\t".join((curie, name.lower(), kind, "|".join(x.lower() for x in rest))))
    return "\n".join(out) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vocabularies", type=Path)
    parser.add_argument("--check", action="store_true", help="fail if the shipped table is not what would be built")
    args = parser.parse_args()
    made = render(build(args.vocabularies))
    if args.check:
        return int(made != OUT.read_text(encoding="utf-8"))
    OUT.write_text(made, encoding="utf-8")
    sys.stderr.write(f"{made.count(chr(10))} rows, {len(made)} characters\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
