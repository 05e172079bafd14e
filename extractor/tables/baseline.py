"""People at baseline by arm: sizes of arms, ages, sexes, as a table prints them; the sexes of all where arms make up the whole.

A spread in brackets is a standard deviation only where nothing says that it is an error or a range of quartiles; quartiles
are no limits. One sex alone is one count: the other is not computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor import patterns as re
from extractor.model import Evidence, Fact
from extractor.tables import words as w
from extractor.tables.figures import BOUNDS, MEASURE, decimal, figure
from extractor.tables.grid import Cell, Grid, Row
from extractor.tables.heads import Column
from extractor.tables.topics import Topic
from extractor.words import Words

W = Words("tables")

CONFIDENCE = 0.93
DERIVED, TOTAL = "derived", "total"
AGE = re.compile(
    rf"^\W*+(?:the )?(?:{W.age_mean}\s*+)*+age\b(?!\s*{W.age_at})",
    re.I,
)
AGE_OF_EVENT = re.compile(rf"\b{W.age_of_event}\b", re.I)
STATISTIC = re.compile(
    rf"^\W*{W.statistic_mean}\b.*$|^M \(SD\)$",
    re.I,
)
SEX = re.compile(
    rf"^\W*(?:sex|gender)\b|^\W*\(?{W.fe}\s*[/:\-]\s*(?:(?:fe)?males?|m|f|men|women|boys|girls)\b",
    re.I,
)
LETTER = re.compile(r"(?:(?:Sex|Gender)\b[ ,:(]*)?([MF])\b\)?(?:\W*(?:no\.?|n|%))*\W*")  # "Gender, F, n (%)"
FEMALE = re.compile(r"\b(?:females?|women|woman|girls?)\b", re.I)
MALE = re.compile(r"\b(?:males?|men|man|boys?)\b", re.I)
BOTH = re.compile(
    rf"\b(?P<first>{W.females})\s*(?:[/:,]|and|vs\.?|-)\s*(?P<second>females?|males?|men|women|f|m|boys|girls)\b",
    re.I,
)
PAIR = re.compile(
    r"(\d{1,5})\s*(?:\([\d.·,]+\s*%?\))?\s*[/:,]\s*(\d{1,5})\s*(?:\([\d.·,]+\s*%?(?:\s*[/:,]\s*[\d.·,]+\s*%?)?\))?"
)
IN_WORDS = re.compile(rf"(\d{{1,5}})\s*({W.in_words_females})", re.I)
QUARTILES = re.compile(r"\bIQR\b|\binter-?quartile|\bquartiles?\b|\b25th\b|\bQ1\b|\bP25\b", re.I)
ERROR = re.compile(r"\bSEM?\b|\bstandard errors?\b|\bs\.e\.(?:m\.)?", re.I)
MONTHS = re.compile(r"\b(months?|weeks?|days?)\b", re.I)


@dataclass(slots=True)
class Person:
    """One row about people: what it says, and the heading above."""

    row: Row
    label: str
    heading: str = ""


@dataclass(slots=True)
class Found:
    """What was gathered of one column."""

    column: Column
    age: dict[str, Any] = field(default_factory=dict)
    age_cells: list[tuple[Cell, Row]] = field(default_factory=list)
    sex: dict[str, int] = field(default_factory=dict)
    sex_cells: list[tuple[Cell, Row]] = field(default_factory=list)


def baseline_facts(tables: Sequence[tuple[Grid, dict[int, Column], Topic]]) -> list[Fact]:
    """Facts of people by arm, from the first table that tells their ages or sexes; sizes of arms from it or from the first with sizes."""
    about = [(g, c, t) for g, c, t in tables if not (t.events == "none" and not t.baseline and not _tells_people(g))]
    for grid, columns, _ in about:
        if _tells_people(grid):
            found = list(_people(grid, columns))
            if found:
                return [*_arms(grid, columns), *_other_arms(grid, columns, tables), *found]
    for grid, columns, topic in tables:
        if topic.events != "none" and (arms := list(_arms(grid, columns))):
            return arms
    return []


def _tells_people(grid: Grid) -> bool:
    labels = [w.bare(row.label.text) for row in grid.rows]
    return (
        any(AGE.search(label) for label in labels)
        or sum(SEX.search(label) is not None or _one_sex(label) is not None for label in labels) > 0
    )


def _one_sex(label: str) -> str | None:
    """The sex that a label alone names: "Male sex", "Women, n (%)", "M"."""
    if letter := LETTER.fullmatch(label):
        return "male" if letter[1] == "M" else "female"
    if not re.fullmatch(
        r"\W*(?:(?:no\.?|number|n|frequency|sex|gender|of|the|patients?|participants?|are|percent(?:age)?|proportion|frequ[ea]ncy|females?|males?|men|women|boys|girls|woman|man|male/female)\W*)+(?:no\.?|n|%)?\W*",
        label,
        re.I,
    ):
        return None
    female, male = FEMALE.search(label) is not None, MALE.search(label) is not None
    return None if female == male else "female" if female else "male"


# ---------------------------------------------------------------- arms


def _arms(grid: Grid, columns: dict[int, Column]) -> Iterator[Fact]:
    """The arms of a table with their sizes."""
    sizes = {n: (c.size, c.size_cell) for n, c in columns.items() if c.role != "skip"}
    for row in grid.rows:
        if w.SIZE_ROW.search(w.bare(row.label.text)):
            for n, said in row.figures().items():
                if n in sizes and said.kind in ("count", "size") and (said.percent is None or said.percent >= 99):
                    sizes[n] = (said.n, row.data[n]) if sizes[n][0] is None else sizes[n]
    told: set[str] = set()
    for n, (size, cell) in sizes.items():
        column = columns[n]
        if size is None or cell is None or not column.arm or column.total or column.arm in told or column.visit:
            continue
        told.add(column.arm)
        cited = dict.fromkeys([*column.arm_cells, cell])
        evidence = tuple(
            Evidence(grid.name, c.text, c.start, c.end, column=column.path or None) for c in cited if c.text
        )
        flags = ("pooled_arms",) if column.pooled else ()
        yield Fact("arm", {"name": column.arm, "n": size}, evidence, "rule:arm/table", CONFIDENCE, flags=flags)


def _other_arms(
    grid: Grid, columns: dict[int, Column], tables: Sequence[tuple[Grid, dict[int, Column], Topic]]
) -> list[Fact]:
    """Where the table of the people prints no sizes, those of the first table that does."""
    if any(_arms(grid, columns)):
        return []
    return next((arms for g, c, t in tables if t.events != "none" and (arms := list(_arms(g, c)))), [])


# ---------------------------------------------------------------- ages and sexes


def _people(grid: Grid, columns: dict[int, Column]) -> Iterator[Fact]:
    gathered = {
        n: Found(c) for n, c in columns.items() if c.role != "skip" and (c.role != "percent" or _alone(columns, n))
    }
    for person in _persons(grid):
        if (person.heading and AGE.search(person.heading)) or AGE.search(person.label):
            _take_age(person, gathered, grid)
        else:
            _take_sex(person, gathered)
    told_ages: set[str | None] = set()
    told_sexes: set[str | None] = set()
    for one in gathered.values():
        arm = one.column.arm
        if one.age and arm not in told_ages:
            told_ages.add(arm)
            yield _fact(grid, "age", _age_value(one.age), one, one.age_cells)
        if one.sex and arm not in told_sexes:
            told_sexes.add(arm)
            yield _fact(grid, "sex", {"female": one.sex.get("female"), "male": one.sex.get("male")}, one, one.sex_cells)
    if None not in told_sexes:
        yield from _of_all(grid, list(gathered.values()))


def _alone(columns: dict[int, Column], number: int) -> bool:
    """Whether a column of percentages has none of counts for its arm."""
    return not any(c.key == columns[number].key and c.role == "count" for c in columns.values())


def _persons(grid: Grid) -> Iterator[Person]:
    """Rows on age and sex, and the rows under such a heading."""
    heading: Row | None = None
    for row in grid.rows:
        label = w.bare(row.label.text)
        about = (AGE.search(label) and not AGE_OF_EVENT.search(label)) or SEX.search(label) or _one_sex(label)
        empty = row.is_heading or not any(
            f.kind in ("count", "measure", "percent", "words") for n, f in row.figures().items()
        )
        if about and empty:
            heading = row
        elif heading is not None and (STATISTIC.search(label) or _one_sex(label)):
            yield Person(row, label, w.bare(heading.label.text))
        elif about:
            heading = None
            above = next((w.bare(c.text) for c in row.stubs if w.bare(c.text)), "")
            yield Person(row, label, above if above != label else "")
        elif heading is not None and row.depth <= heading.depth:
            heading = None


def _take_age(person: Person, gathered: dict[int, Found], grid: Grid) -> None:
    said = f"{person.heading} {person.label}"
    for number, one in gathered.items():
        cell = person.row.data.get(number)
        if cell is None or not w.bare(cell.text) or (one.age and not person.heading):
            continue
        value = age_of(
            w.bare(cell.text), said, person.label, f"{one.column.unit} {grid.table.caption}", grid.table.notes
        )
        if value and not one.age.keys() & value.keys() - {"unit"}:
            one.age |= value
            one.age_cells.append((cell, person.row))


def age_of(text: str, label: str, own: str, head: str, notes: str) -> dict[str, Any]:
    """Mean, deviation, median and limits that a cell states, as its label, its head and the notes say."""
    unit = MONTHS.search(label)
    found: dict[str, Any] = {}
    noted = notes if re.search(r"\bage\b|\bvalues? are\b|\bdata are\b|unless|expressed|presented", notes, re.I) else ""
    both = re.search(r"\bmeans?\b", noted, re.I) and not re.search(r"\bage\b[^.]*\bmedian", noted, re.I)
    median = any(re.search(r"\bmedian", said, re.I) for said in (label, head, "" if both else noted))
    mean = re.search(r"\bmean\b|\bM \(SD\)", label, re.I) is not None
    quartiles = QUARTILES.search(label) or (not mean and QUARTILES.search(head + noted))
    if re.match(r"\W*(?:SD|standard deviation)\b", own, re.I):
        return {"sd": value} if (value := decimal_in(text)) is not None else {}
    if re.match(r"\W*(?:range|min)", own, re.I) and (bounds := BOUNDS.search(text)):
        return {"low": decimal(bounds["low"]), "high": decimal(bounds["high"])}
    match = MEASURE.fullmatch(text)
    if not match:
        return {}
    middle, bracket = decimal(match["middle"]), match["bracket"] or match["bare"] or ""
    bounds = BOUNDS.search(bracket)
    is_median = (median and not mean and not match["sd"]) or (bounds is not None and not mean and not match["sd"])
    if re.match(r"\W*median\b", own, re.I):
        is_median = True
    found["median" if is_median else "mean"] = middle
    if match["sd"] and not ERROR.search(label + head + noted):
        found["sd"] = decimal(match["sd"])
    elif bracket and not bounds and not is_median and not ERROR.search(label + head + noted):
        found["sd"] = decimal_in(bracket)
    if bounds and not quartiles and not re.search(r"\bCI\b", label + head):
        found |= {"low": decimal(bounds["low"]), "high": decimal(bounds["high"])}
    found = {key: value for key, value in found.items() if value is not None}
    if unit and found:
        found["unit"] = unit[1].lower().rstrip("s") + "s"
    return found


def decimal_in(text: str) -> float | None:
    match = re.search(r"\d+(?:[.·,]\d+)?", text)
    return decimal(match.group()) if match else None


def _take_sex(person: Person, gathered: dict[int, Found]) -> None:
    label, heading = person.label, person.heading
    order = BOTH.search(label) or BOTH.search(heading)
    sex = _one_sex(label) or _named_in(label)
    for number, one in gathered.items():
        cell = person.row.data.get(number)
        if cell is None or not w.bare(cell.text):
            continue
        found = sexes_of(w.bare(cell.text), label, order, sex)
        if found and not one.sex.keys() & found.keys():
            one.sex |= found
            one.sex_cells.append((cell, person.row))


def _named_in(label: str) -> str | None:
    """The sex in "Sex (male; n)", "Gender, Male %"."""
    female, male = FEMALE.search(label) is not None, MALE.search(label) is not None
    return None if female == male else "female" if female else "male"


def sexes_of(text: str, label: str, order: re.Match[str] | None, sex: str | None) -> dict[str, int]:
    """Counts of the sexes that a cell states; percentages alone are no counts."""
    told = {("female" if m[2].lower().startswith(("f", "w")) else "male"): int(m[1]) for m in IN_WORDS.finditer(text)}
    if len(told) == 2:
        return told
    if order and (pair := PAIR.fullmatch(text)):
        first = "female" if order["first"].lower().startswith(("f", "w", "g")) else "male"
        second = "male" if first == "female" else "female"
        return {first: int(pair[1]), second: int(pair[2])}
    if sex is None or order:
        return {}
    said = figure(text)
    if said.kind == "zero" or (said.kind == "count" and said.n is not None):
        alone = said.percent is None and said.of is None
        if (
            alone
            and re.search(r"%", label)
            and not w.HAS_N_PERCENT.search(label)
            and not re.search(r"\bn\b", label, re.I)
        ):
            return {}
        return {sex: said.n or 0}
    return {}


def _age_value(found: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(("mean", "sd", "median", "low", "high")) | {"unit": "years"} | found


def _of_all(grid: Grid, gathered: list[Found]) -> Iterator[Fact]:
    """The sexes of all people, added over the arms, where each arm states them."""
    arms = [one for one in gathered if one.column.arm and not one.column.pooled]
    each = {(one.column.arm, tuple(cell for cell, _ in one.sex_cells)): one for one in arms if one.sex}
    told = list(each.values())  # a cell over "n" and "%" of an arm is counted once
    if len(told) < 2 or len(told) < len({one.column.arm for one in arms}):
        return
    sums = {
        sex: sum(one.sex[sex] for one in told) if all(sex in one.sex for one in told) else None
        for sex in ("female", "male")
    }
    if any(n is not None for n in sums.values()):
        whole = Found(Column(-1))
        cells = [pair for one in told for pair in one.sex_cells]
        fact = _fact(grid, "sex", sums, whole, cells)
        yield fact.change(flags=(DERIVED,))


def _fact(grid: Grid, name: str, value: dict[str, Any], one: Found, cells: list[tuple[Cell, Row]]) -> Fact:
    evidence: dict[Cell, Evidence] = {}
    for cell, row in cells:
        label = row.label
        evidence.setdefault(
            cell,
            Evidence(
                grid.name,
                cell.text,
                cell.start,
                cell.end,
                row=w.bare(label.text) or None,
                column=one.column.path or None,
            ),
        )
        if label.text:
            evidence.setdefault(label, Evidence(grid.name, label.text, label.start, label.end))
    flags = (TOTAL,) if one.column.total else ()
    return Fact(
        name, value, tuple(evidence.values()), f"rule:{name}/table", CONFIDENCE, arm=one.column.arm, flags=flags
    )
