"""Facts read from tables against gold that lists every cell of them: cells found, false facts, people at baseline by arm.

A cell is found when a fact of the same table has its term, its arm and its number; each cell takes one fact and each fact one cell,
the closest pairs first. Where a percentage alone is printed, n must be left open. Cells marked optional, tables among
``optional_tables`` and rows below ``truncated_after`` are neither demanded nor wrong.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from extractor.evaluate.keys import Gold, clean
from extractor.evaluate.scorer import same_term

TABLE = re.compile(r"(dummy )?table|appendix", re.I)
SPACES = re.compile("[\u00a0\u2000-\u200b]")
PUNCTUATION = re.compile(r"[^\w<>≥≤%/.+ -]")
NO_ARM_WORDS = frozenset({"group", "arm", "patients", "patient", "n", "the", "only", "alone", "of", "no"})
LABELS = ("grade", "severity")
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
LINES = {
    "found": "cells (term, arm, n)",
    "with_denominator": "with denominator",
    "with_label": "with grade or severity",
    "arm_disregarded": "arm disregarded",
}
GIVES, OTHERS = "tables of events that give facts", "facts from other tables"
BASELINE = ("arm size", "age by arm", "sex by arm", "whole-trial sex")


@dataclass(slots=True)
class Article:
    """One article scored: counts of cells, facts and the keys of LINES; questions on people asked and answered."""

    id: str
    counts: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Cells:
    """All articles scored; people at baseline, and whole tables, are asked for by recall alone."""

    articles: list[Article]

    def rows(self) -> list[tuple[str, float | None, float | None, int, int, int]]:
        """(what, precision, recall, found, cells, facts) of each line."""
        total = sum((a.counts for a in self.articles), Counter[str]())
        return [
            (
                name,
                ratio(total[key], total["facts"]),
                ratio(total[key], total["cells"]),
                total[key],
                total["cells"],
                total["facts"],
            )
            for key, name in LINES.items()
        ]

    def people(self) -> list[tuple[str, float | None, int, int]]:
        """(question, recall, found, asked)."""
        asked = sum((a.asked for a in self.articles), Counter[str]())
        answered = sum((a.answered for a in self.articles), Counter[str]())
        return [(what, ratio(answered[what], asked[what]), answered[what], asked[what]) for what in (GIVES, *BASELINE)]

    @property
    def from_others(self) -> int:
        """Facts from tables that hold no event: baseline, schedules, other trials' tables. All of them are false."""
        return sum(a.counts[OTHERS] for a in self.articles)


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def load_cells(folder: Path) -> list[Gold]:
    """Gold that lists cells."""
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json"))]
    return [e for e in entries if isinstance(e, dict) and "cells" in e]


def score_cells(entries: Sequence[Gold], records: dict[str, Gold]) -> Cells:
    """Score the records of `entries`; an article without a record has no facts."""
    return Cells([_article(entry, records.get(entry["id"], {}).get("facts", [])) for entry in entries])


# ---------------------------------------------------------------- words


@cache
def plain(text: str) -> str:
    """Lower case, one spelling, singular words, without punctuation."""
    return clean(PUNCTUATION.sub(" ", SPACES.sub(" ", text)).strip())


@cache
def arm_words(name: str) -> frozenset[str]:
    return frozenset(re.sub(r"[^a-z0-9+]+", " ", re.sub("[μµ]", "u", name.lower())).split())


def telling(name: str) -> frozenset[str]:
    return arm_words(name) - NO_ARM_WORDS or arm_words(name)


def near(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a & b) and (a <= b or b <= a)


def arm_fit(gold: str | None, found: str | None, arms: Sequence[str]) -> int:
    """2: the same name; 1: near it, and no other arm is as near; 0: another arm, or one that cannot be told."""
    if gold is None or not found:
        return 2 if gold is None and not found else 0
    if arm_words(gold) == arm_words(found):
        return 2
    wanted, told = telling(gold), telling(found)
    if not near(wanted, told):
        return 0
    others = (telling(arm) for arm in arms if arm != gold)
    return 0 if any(near(other, told) and len(other ^ told) <= len(wanted ^ told) for other in others) else 1


def term_fit(wanted: Sequence[str], found: str) -> int:
    """3: gold's own term, 2: another wording of it, 1: the same with a qualifier left off, 0: another term."""
    if found in wanted:
        return 3 if found == wanted[0] else 2
    return int(any(same_term(words, found) for words in wanted))


# ---------------------------------------------------------------- cells and facts


def table_of(item: Gold) -> str | None:
    """The table that a piece of evidence names."""
    part = str(item["part"]).replace("\u00a0", " ")
    return part.rstrip(".").split(",")[0] if TABLE.match(part) else None


def tables_of(fact: Gold) -> list[str]:
    return [table for item in fact.get("evidence") or () if (table := table_of(item))]


def wordings(cell: Gold) -> list[str]:
    return [plain(words) for words in (cell["term"], *cell.get("also", []))]


def number_fits(cell: Gold, value: Gold) -> bool:
    n = value.get("n")
    if cell["n"] is not None:
        return bool(n == cell["n"] or (n is None and cell.get("derived_n")))
    if cell["percent"] is not None:
        return n is None and bool(value.get("percent") == cell["percent"])
    return n in (None, 0)


def closeness(cell: Gold, fact: Gold, term: int, arms: Sequence[str]) -> tuple[Any, ...]:
    """The greater, the sooner the two are paired; the first place says whether the arm is right."""
    value, arm = fact["value"], arm_fit(cell["arm"], fact.get("arm"), arms)
    everything = plain(json.dumps(value))
    labels = sum(plain(str(cell[key])) in everything for key in (*LABELS, "time") if cell.get(key))
    same = tuple(value.get(key) == cell[key] for key in ("percent", "denominator"))
    return arm > 0, not cell.get("optional"), term, arm, labels, *same


def pairs(cells: Sequence[Gold], facts: Sequence[Gold], arms: Sequence[str]) -> tuple[dict[int, int], dict[int, int]]:
    """Cell to fact: those with the right arm, and those that are right but for the arm."""
    terms = [plain(f["value"]["term"] or "") for f in facts]
    ranked = []
    for i, cell in enumerate(cells):
        wanted = wordings(cell)
        for j, fact in enumerate(facts):
            fits = cell["table"] in tables_of(fact) and number_fits(cell, fact["value"])
            if fits and (term := term_fit(wanted, terms[j])):
                ranked.append((closeness(cell, fact, term, arms), -i, -j))
    right: dict[int, int] = {}
    wrong_arm: dict[int, int] = {}
    taken: set[int] = set()
    for close, i, j in sorted(ranked, reverse=True):
        if -i not in right and -i not in wrong_arm and -j not in taken:
            (right if close[0] else wrong_arm)[-i] = -j
            taken.add(-j)
    return right, wrong_arm


def not_asked(gold: Gold, facts: Sequence[Gold], right: dict[int, int]) -> set[int]:
    """Facts that are neither demanded nor wrong."""
    cell_of = {j: gold["cells"][i] for i, j in right.items()}
    known = {(cell["table"], words) for cell in gold["cells"] for words in wordings(cell)}
    return {j for j, fact in enumerate(facts) if _aside(gold, fact, cell_of.get(j), known)}


def _aside(gold: Gold, fact: Gold, cell: Gold | None, known: set[tuple[str, str]]) -> bool:
    if cell is not None:
        return bool(cell.get("optional"))
    table = tables_of(fact)[0]
    below = table in gold.get("truncated_after", {}) and (table, plain(fact["value"]["term"] or "")) not in known
    return below or table in gold.get("optional_tables", ()) or table_of(fact["evidence"][0]) is None


def denominator_right(gold: Gold, cell: Gold, value: Gold) -> bool:
    found, arm = value.get("denominator"), cell["arm"]
    if found == cell["denominator"] or found in gold.get("also_denominators", {}).get(arm, ()):
        return True
    sizes = {a["name"]: a["n"] for a in gold["arms"]}
    return cell["denominator"] is None and cell["unit"] == "participants" and bool(found == sizes.get(arm))


def grade_words(text: str) -> str:
    """Whole words, grades in one spelling: "Grade III or IV" is " grade 3 4 "."""
    words = re.split(r"[\s/]+", plain(text))
    return f" {' '.join(ROMAN.get(word, word) for word in words if word not in ('or', 'and'))} "


def label_right(cell: Gold, fact: Gold) -> bool:
    """Grade and severity, where gold has them, stand somewhere in the fact."""
    told = [fact["value"].get(key) for key in (*LABELS, "term")]
    text = grade_words(" ".join(str(words) for words in told if words is not None))
    arm = f" {plain(fact.get('arm') or '')} "
    wanted = [str(cell[key]) for key in LABELS if cell.get(key)]
    return all(grade_words(label) in text or f" {plain(label)} " in arm for label in wanted)


def _article(gold: Gold, every: Sequence[Gold]) -> Article:
    own = [f for f in every if f.get("primary", True)]
    facts = [f for f in own if f["field"] == "adverse_event" and tables_of(f)]
    right, wrong_arm = pairs(gold["cells"], facts, [arm["name"] for arm in gold["arms"]])
    aside, article = not_asked(gold, facts, right), Article(gold["id"])
    article.counts["facts"] = len(facts) - len(aside)
    for i, cell in enumerate(gold["cells"]):
        if not cell.get("optional"):
            fact = facts[right[i]] if i in right else None
            _count(article, gold, cell, fact, wrong_arm=i in wrong_arm)
    for j in sorted(set(range(len(facts))) - set(right.values()) - aside):
        article.errors.append(_shown(gold, "false", tables_of(facts[j])[0], facts[j].get("arm"), facts[j]["value"]))
    _count_tables(article, gold, facts, aside)
    arms = [row["arm"] for row in gold["baseline"] if not row.get("total")]
    for what, arm, names in questions(gold, own):
        fits = [name for name in names if arm is None or arm_fit(arm, name, arms)]
        article.asked[what] += 1
        article.answered[what] += bool(fits)
    return article


def _count_tables(article: Article, gold: Gold, facts: Sequence[Gold], aside: set[int]) -> None:
    """Of the tables that hold events, those of which any fact was read; facts from tables that hold none."""
    telling_some = {cell["table"] for cell in gold["cells"] if not cell.get("optional")}
    known = {cell["table"] for cell in gold["cells"]}
    asked = [fact for j, fact in enumerate(facts) if j not in aside]
    article.asked[GIVES] = len(telling_some)
    article.answered[GIVES] = len(telling_some & {table for fact in asked for table in tables_of(fact)})
    article.counts[OTHERS] = sum(known.isdisjoint(tables_of(fact)) for fact in asked)


def _count(article: Article, gold: Gold, cell: Gold, fact: Gold | None, *, wrong_arm: bool) -> None:
    article.counts.update(
        cells=1,
        found=fact is not None,
        with_denominator=fact is not None and denominator_right(gold, cell, fact["value"]),
        with_label=fact is not None and label_right(cell, fact),
        arm_disregarded=fact is not None or wrong_arm,
    )
    if fact is None:
        what = "missed, arm wrong" if wrong_arm else "missed"
        article.errors.append(_shown(gold, what, cell["table"], cell["arm"], cell))


def _shown(gold: Gold, what: str, table: str, arm: str | None, told: Gold) -> tuple[str, ...]:
    numbers = "/".join("-" if told.get(key) is None else str(told[key]) for key in ("n", "denominator"))
    return gold["id"], what, table, str(told["term"]), arm or "-", numbers


# ---------------------------------------------------------------- people


def sexes_fit(row: Gold, value: Gold) -> bool:
    return all(row[sex] is None or value.get(sex) == row[sex] for sex in ("female", "male"))


def whole_trial_sex(rows: Sequence[Gold]) -> Gold | None:
    """The counts of the row for all, or of the arms' sum; None where one of them is not told."""
    told = [row for row in rows if row["female"] is not None or row["male"] is not None]
    chosen = [row for row in told if row.get("total")] or told
    sums = {
        sex: None if any(row[sex] is None for row in chosen) else sum(row[sex] for row in chosen)
        for sex in ("female", "male")
    }
    return sums if chosen and any(n is not None for n in sums.values()) else None


def questions(gold: Gold, facts: Sequence[Gold]) -> Iterator[tuple[str, str | None, list[str | None]]]:
    """What is asked, of which arm, and the arms under which the facts give the right value."""

    def said(name: str, **wanted: Any) -> list[str | None]:
        return [
            f.get("arm") for f in facts if f["field"] == name and all(f["value"].get(k) == v for k, v in wanted.items())
        ]

    for row in gold["baseline"]:
        if row.get("total"):
            continue
        if row["n"] is not None and not row.get("n_from"):
            yield (
                "arm size",
                row["arm"],
                [f["value"].get("name") for f in facts if f["field"] == "arm" and f["value"].get("n") == row["n"]],
            )
        for key in ("mean", "median"):
            if row[f"age_{key}"] is not None:
                yield "age by arm", row["arm"], said("age", **{key: row[f"age_{key}"]})
                break
        if row["female"] is not None or row["male"] is not None:
            yield (
                "sex by arm",
                row["arm"],
                [f.get("arm") for f in facts if f["field"] == "sex" and sexes_fit(row, f["value"])],
            )
    if sums := whole_trial_sex(gold["baseline"]):
        yield (
            "whole-trial sex",
            None,
            [f.get("arm") for f in facts if f["field"] == "sex" and sexes_fit(sums, f["value"])],
        )
