"""Builds ``extractor/lexicons/conditions.tsv`` from the MeSH and MONDO tables in a folder.

    python training/build_vocabularies.py FOLDER [--out extractor/lexicons/conditions.tsv]

FOLDER holds ``mesh_A_C_F_subset.tsv`` (id, label, branches, term; National Library of Medicine) and ``mondo_labels.tsv``
(id, label, kind, term; CC BY 4.0). Kept are diseases, injuries, signs and mental disorders of MeSH with all entry terms,
and short MONDO labels that MeSH does not have. Inverted headings are turned ("Osteoarthritis, Knee"), words are in lower
case but for names ("Crohn disease").
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

# branches of MeSH that name what is treated: diseases (C), mental disorders (F03); without animal diseases (C22),
# and without processes and properties of disease (C23.550.291: progression, recurrence; C23.550.260: death)
KEPT = re.compile(r"^(?:C(?!22|23\.550\.(?:260|291|355|767\.(?!700))|23\.300\.\d+$)|F03)")
DROPPED = {  # headings that say no disease
    "disease", "syndrome", "chronic disease", "acute disease", "critical illness", "emergencies", "wounds and injuries",
    "signs and symptoms", "rare diseases", "facies", "body weight", "birth weight", "weight loss", "weight gain",
    "body temperature changes", "death", "recurrence", "genetic predisposition to disease", "aging, premature",
    "multiple chronic conditions", "drug-related side effects and adverse reactions", "convalescence", "remission, spontaneous",
    "treatment failure", "gravidity", "birth injuries", "hot flashes induced", "mosaicism", "ploidies", "survivorship",
    "infections", "pathologic processes", "communicable diseases", "postoperative complications", "intraoperative complications",
    "physical phenomena", "catastrophic illness", "iatrogenic disease", "foreign bodies", "iris",
}  # fmt: skip
# names that trials use and neither table has
ADDED: tuple[tuple[str, str, str, list[str]], ...] = (
    ("mesh:D000690", "amyotrophic lateral sclerosis", "named", []),
    ("mesh:D020250", "postoperative nausea and vomiting", "named", ["PONV", "nausea and vomiting after surgery"]),
    ("", "chemotherapy-induced nausea and vomiting", "named", ["cisplatin-induced nausea and vomiting", "chemotherapy-induced emesis", "CINV"]),
    ("", "nausea and vomiting", "sign", []),
    ("mesh:D003920", "diabetes mellitus", "disease", ["diabetes"]),
    ("mesh:D003866", "depressive disorder", "disease", ["depression", "clinical depression"]),
    ("mesh:D019584", "vasomotor symptoms", "disease", ["hot flushes", "hot flashes", "menopausal symptoms"]),
    ("mesh:D000787", "angina pectoris", "disease", ["angina", "refractory angina"]),
    ("mesh:D009103", "multiple sclerosis", "disease", ["progressive MS", "relapsing MS", "relapsing-remitting MS"]),
    ("mesh:D003865", "major depressive disorder", "named", ["major depression", "major depressive episode"]),
    ("mesh:D016481", "Helicobacter pylori infection", "named", ["Helicobacter pylori", "H pylori infection"]),
    ("mesh:D007415", "small bowel obstruction", "named", ["small intestinal obstruction"]),
    ("mesh:D014514", "ureteric stone", "named", ["ureteral stone", "ureteral calculus"]),
    ("mesh:D016540", "smoking cessation", "named", ["stopping smoking", "stop smoking", "quit smoking", "quitting smoking"]),
    ("mesh:D003424", "Crohn disease", "disease", ["Crohn's"]),
    ("mesh:D013716", "lateral epicondylitis", "named", ["lateral elbow tendinopathy", "lateral humeral epicondylitis"]),
    ("mesh:D020277", "chronic inflammatory demyelinating polyneuropathy", "named", ["CIDP"]),
    ("mesh:D007898", "visceral leishmaniasis", "named", ["kala-azar"]),
    ("mesh:D015470", "acute myeloid leukemia", "named", ["acute myelogenous leukemia", "acute myelogenous leukaemia", "acute myeloid leukaemia"]),
    ("", "low birth weight", "disease", ["low birthweight", "low birth-weight"]),
    ("", "poor ovarian response", "disease", ["poor ovarian responders", "poor ovarian responder", "poor responders"]),
    ("mesh:D002056", "burns", "disease", ["thermal injury", "thermal injuries", "burn injury"]),
    ("mesh:D012003", "rectal fistula", "disease", ["fistula-in-ano", "perianal fistula", "anal fistula"]),
)  # fmt: skip
NO_NAMES = frozenset(  # labels that are also common words
    """complete|strains|sprains and strains|strain|asthenia|mass|drop|hunger|bites|stress|acquired|congenital|inherited|
    disseminated|iatrogenic|idiopathic|mosaic|disease|non-genetic|non-iatrogenic|non-idiopathic""".replace(
        "\n    ", ""
    ).split("|")
)
CANCER = re.compile(r"\bneoplasms?\b", re.I)
MAX_WORDS = 6  # longer entry terms are not met in running text
MONDO_WORDS = 4
MONDO_SKIPPED = re.compile(
    r"\d|non-human|obsolete|susceptibility|\b(?:cattle|dog|cat|sheep|goat|horse|pig|chicken|mouse|rabbit)\b|,"
)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def turned(label: str) -> str:
    """An inverted heading in the order of speech.

    >>> turned("Diabetes Mellitus, Type 2"), turned("Abdomen, Acute")
    ('Type 2 Diabetes Mellitus', 'Acute Abdomen')
    """
    parts = label.split(", ")
    return " ".join(reversed(parts)) if len(parts) <= 3 else label


def names(labels: Iterable[str]) -> frozenset[str]:
    """Words that keep their capital: those that MONDO, which writes the rest in lower case, never writes small."""
    seen: Counter[str] = Counter()
    for label in labels:
        seen.update(re.findall(r"[A-Za-z][\w'-]*", label))
    return frozenset(w for w in seen if not w.islower() and w.lower() not in seen)


def cased(label: str, keep: frozenset[str]) -> str:
    """`label` in lower case but for names and for words in capitals."""
    return re.sub(
        r"[A-Za-z][\w'-]*", lambda m: m[0] if m[0] in keep or m[0][1:] != m[0][1:].lower() else m[0].lower(), label
    )


def mesh(path: Path, keep: frozenset[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    """(CURIE, name, kind, synonyms) of each kept heading."""
    terms: dict[str, list[str]] = defaultdict(list)
    heads: dict[str, tuple[str, str]] = {}
    for row in rows(path):
        if any(KEPT.match(b) for b in row["branches"].split("|")) and row["label"].lower() not in DROPPED:
            heads[row["id"]] = (row["label"], row["branches"])
            terms[row["id"]].append(row["term"])
    for identifier, (label, branches) in heads.items():
        every = list(dict.fromkeys(cased(turned(t), keep) for t in terms[identifier]))
        name = spoken(cased(turned(label), keep), every)
        sign = all(b.startswith(("C23", "F01", "A", "G")) for b in branches.split("|"))
        others = [t for t in every if t.lower() != name.lower() and len(t.split()) <= MAX_WORDS and t not in NO_NAMES]
        yield f"mesh:{identifier}", name, "sign" if sign else "disease", others


def spoken(name: str, terms: list[str]) -> str:
    """The heading as it is said: in the singular, and "cancer" for "neoplasms" where that is an entry term.

    >>> spoken("breast neoplasms", ["breast cancer"])
    'breast cancer'
    """
    known = {t.lower(): t for t in terms}
    for said in (CANCER.sub("cancer", name), re.sub(r"(?<=[a-rt-z])s$", "", name), re.sub(r"ies$", "y", name)):
        if said != name and said.lower() in known:
            return known[said.lower()]
    return "cancer" if name == "neoplasms" else name


def mondo(path: Path, taken: set[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Short labels that are not `taken`."""
    for row in rows(path):
        term = row["term"]
        fresh = key(term) not in taken and len(term.split()) <= MONDO_WORDS and not MONDO_SKIPPED.search(term)
        if row["id"].startswith("MONDO:") and fresh and len(term) > 4 and term not in NO_NAMES:
            yield row["id"].replace("MONDO", "mondo"), term, "disease", []


def key(term: str) -> str:
    words = re.findall(r"\w+", term.lower().replace("'s", ""))
    return " ".join(w.rstrip("s") for w in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("extractor/lexicons/conditions.tsv"))
    args = parser.parse_args()
    keep = names(row["term"] for row in rows(args.folder / "mondo_labels.tsv"))
    table = list(ADDED) + sorted(mesh(args.folder / "mesh_A_C_F_subset.tsv", keep))
    taken = {key(t) for _, name, _, others in table for t in (name, *others)}
    table += sorted(mondo(args.folder / "mondo_labels.tsv", taken))
    head = "# made by training/build_vocabularies.py from MeSH (National Library of Medicine) and MONDO labels (CC BY 4.0)\n"
    lines = ["\t".join((i, name, kind, "|".join(others))) for i, name, kind, others in table]
    args.out.write_text(head + "id\tname\tkind\tsynonyms\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
