"""Roles of columns, decided over the whole head: which cells name arms, and which say grade, severity, visit or statistic.

Each cell of the head gets the role its words speak for. What stays open ("2", "All", "Severe", a bare name) is decided by the
other cells of its level, by what stands over it, and by the same pattern under the other arms. An arm's name is
what its column's cells of that role say, from the top down.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from extractor.tables import words as w
from extractor.tables.figures import figure, whole
from extractor.tables.grid import Cell, Grid


@dataclass(slots=True)
class Column:
    """What one column of data stands for."""

    number: int
    role: str = "count"  # count, percent, events, size, skip
    arm: str | None = None
    arm_cells: list[Cell] = field(default_factory=list)
    total: bool = False
    pooled: bool = False  # several arms together, or all of one product
    size: int | None = None
    size_cell: Cell | None = None
    grade: str | None = None
    severity: str | None = None
    visit: str | None = None
    related: str | None = None
    serious: bool | None = None
    first_visit: bool = False
    unit: str = ""  # what the head says of the figures
    units: tuple[str, ...] = ()  # its cells that say nothing else
    path: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What two columns of one group share: "n" and "%" of one arm and grade."""
        return (self.arm, self.total, self.grade, self.severity, self.visit, self.related, self.serious)


def residue(text: str) -> str:
    """What a head cell says beside sizes, units and marks."""
    said = w.BARE_SIZE.sub(" ", w.SIZE.sub(" ", w.GRADE_BRACKET.sub(" ", w.GRADED_COUNT.sub(" ", w.bare(text)))))
    said = re.sub(r"\[\s*(?:E|m|events?|n events)\s*\]\s*$|\(\s*events\s*\)\s*$", " ", said)
    said = w.UNIT.sub(" ", re.sub(r"\(\s*(?:n|no\.?|%|n\s*,?\s*%)\s*\)", " ", said, flags=re.I))
    return balanced(re.sub(r"\s+", " ", said).strip(" ,;:-–"))


def balanced(text: str) -> str:
    """Text without a bracket that its partner has left, and without a word that joined what went before."""
    text = re.sub(r"\(\s*\)|\[\s*\]", " ", text).strip(" ,;:-–")
    text = re.sub(r"[\s,;(]+(?:or|and)?$", "", text)
    if text.count("(") < text.count(")"):
        text = text.strip(") ") if text.count(")") == 1 else text
    elif text.count("(") > text.count(")"):
        text = text.strip("( ") if text.startswith("(") else text + ")"
    if re.fullmatch(r"\([^()]*\)|\[[^\[\]]*\]", text):
        text = text[1:-1]
    return re.sub(r"\s+", " ", text).strip(" ,;:-–[]")


def size_in(text: str) -> int | None:
    """The number of people that a head cell gives."""
    match = w.SIZE.search(text) or w.BARE_SIZE.search(w.bare(text))
    return whole(match[1]) if match else None


def columns_of(grid: Grid) -> dict[int, Column]:
    """The columns of data by number, with their roles."""
    roles = _cell_roles(grid)
    found = {n: _column(grid, n, roles) for n in grid.data_columns()}
    _inherit_arms(found)
    _settle_arms(found)
    _settle_units(grid, found)
    return found


# ---------------------------------------------------------------- cells of the head

# below the arms: "Dose 1", "After the second vaccination", "Injection 2" are times
NUMBERED = re.compile(
    r"(?:after )?(?:the )?(?:(?:first|second|third|1st|2nd|3rd) )?(?:dose|vaccination|injection|infusion|administration|treatment|course)s?(?: (?:no\.? ?)?(?:[1-9]|I{1,3}))?",
    re.I,
)


def _cell_roles(grid: Grid) -> dict[Cell, str]:
    """The role of each cell of the head, by level."""
    roles: dict[Cell, str] = {}
    graded = re.search(r"\bgrad|toxicit", grid.table.caption, re.I) is not None
    for place, level in enumerate(grid.levels):
        cells = list(dict.fromkeys(level[n] for n in grid.data_columns() if w.bare(level[n].text)))
        own = {cell: role_of(cell.text) for cell in cells}
        count = Counter(own.values())
        over = " ".join(up[n].text for up in grid.levels[:place] for n in grid.data_columns())
        by_grade = graded or re.search(r"\bgrad|toxicit", over + " ".join(grid.stub_head()), re.I) is not None
        by_relation = w.RELATED_OVER.search(over + " " + grid.table.caption) is not None
        below = any(roles.get(up[n]) == "arm" for up in grid.levels[:place] for n in grid.data_columns())
        roles |= {cell: _in_company(cell.text, role, count, by_grade, by_relation, below) for cell, role in own.items()}
    return roles


def role_of(text: str) -> str:
    """The role that the words of a head cell speak for."""
    said, rest = w.bare(text), residue(text)
    if w.P_VALUE.search(said) or w.EFFECT.search(said) or w.DESCRIBES.search(said):
        return "skip"
    if not rest:
        return "size" if w.ONLY_SIZE.fullmatch(said) else "unit" if said else "blank"
    tests = (
        ("digit", w.GRADE_DIGIT.search(rest)),
        ("grade", w.GRADES.search(rest)),
        ("all", w.ALL_GRADES.search(rest) and not w.TOTAL.search(rest)),
        ("total", w.TOTAL.search(rest)),
        ("severity", w.SEVERITY.search(rest)),
        ("serious", w.SERIOUS_HEAD.search(rest)),
        ("visit", w.VISIT.search(rest)),
        ("unit", w.EVENT_COUNTS.search(said) or w.RATE.search(said) or w.GIVEN.search(said)),
        ("related", w.RELATED.search(rest)),
        (
            "class",
            re.fullmatch(
                r"(?:non[- ]?)?ha?ematologic(?:al)?(?: toxicit\w+)?|laboratory|preferred term|system organ class",
                rest,
                re.I,
            ),
        ),
        ("unit", w.MEAN_WORD.search(said) and not w.ARM_WORD.search(said)),
        ("unit", w.COUNTED.match(said) and not w.ARM_WORD.search(said)),
        ("container", w.CONTAINER.fullmatch(rest)),
    )
    return next((role for role, match in tests if match), "arm")


def _in_company(text: str, role: str, level: Counter[str], by_grade: bool, by_relation: bool, below: bool) -> str:
    """The role of a cell among the others of its level."""
    if (
        role == "container" and level["arm"] and (w.SIZE.search(text) or w.GROUP.search(text))
    ):  # "Drug (n = 100)" beside "Placebo (n = 98)"
        return "arm"
    if role == "digit":
        return "grade" if by_grade or (level["digit"] > 1 and level["all"] + level["total"]) else "arm"
    if role in ("total", "all"):
        if level["grade"] + level["severity"] or (level["digit"] and by_grade):
            return "all"
        return "total"
    if role == "related":
        return "related" if by_relation or level["related"] > 1 else "arm"
    if role == "arm" and below and NUMBERED.fullmatch(residue(text)):
        return "visit"
    if role == "arm" and not by_relation and level["visit"] >= 2 and level["arm"] == 1 and w.FIRST_VISIT.search(text):
        return "visit"
    return role


# ---------------------------------------------------------------- columns


def _column(grid: Grid, number: int, roles: dict[Cell, str]) -> Column:
    path = [level[number] for level in grid.levels if w.bare(level[number].text)]
    path = list(dict.fromkeys(path))
    column = Column(number, path=" / ".join(cell.text for cell in path))
    for cell in path:
        if (size := size_in(cell.text)) is not None:
            column.size, column.size_cell = size, cell
        _take(column, cell, roles[cell])
    return column


def _take(column: Column, cell: Cell, role: str) -> None:
    said, rest = w.SIZE.sub(" ", w.bare(cell.text)), residue(cell.text)
    column.unit += " " + said if role in ("unit", "container", "arm", "grade", "total", "all", "severity") else ""
    column.units += (said,) if role == "unit" else ()
    if role == "skip":
        column.role = "skip"
    elif role == "arm":
        column.arm_cells.append(cell)
    elif role == "total":
        column.total = True
    elif role == "grade":
        column.grade = re.sub(
            r"^(?:NCI[- ])?(?:CTCAE?|CTC|WHO)\s*|^(?:toxicity\s*)?(?:grades?|gr\.?)\s*|^G(?=[\dIV≥])",
            "",
            rest,
            flags=re.I,
        )
    elif role == "severity":
        column.severity = rest
    elif role == "visit":
        column.visit = rest
        column.first_visit = w.FIRST_VISIT.search(rest) is not None
    elif role == "related":
        column.related = rest
    elif role == "serious":
        column.serious = not re.match("non", rest, re.I)


def _inherit_arms(found: dict[int, Column]) -> None:
    """A cell over several columns that the file leaves blank beside it: "n", "%" and grades belong to the arm at their left."""
    named = [c for c in found.values() if c.arm_cells]
    before: Column | None = None
    for column in found.values():
        if column.arm_cells or column.total or column.role == "skip":
            before = None if column.role == "skip" else column
        elif before and named and (column.unit.strip() or column.grade or column.severity or column.visit):
            column.arm_cells, column.total = list(before.arm_cells), before.total
            if column.size is None:
                column.size, column.size_cell = before.size, before.size_cell


def _settle_arms(found: dict[int, Column]) -> None:
    """Names of arms; a name that only says "patients" is none, and a total over arms has none."""
    counted = [c for c in found.values() if c.role != "skip"]
    _visits_as_arms(counted)
    for column in counted:
        names = [residue(cell.text) for cell in column.arm_cells]
        name = " ".join(dict.fromkeys(re.sub(r"\s*\b(?:n|no)\.?$", "", name) for name in names if name))
        column.arm = name or None
    _groups_by_outcome(counted)
    named = [c.arm for c in counted if c.arm and not w.GENERIC_ARM.fullmatch(c.arm)]
    for column in counted:
        if column.arm and w.GENERIC_ARM.fullmatch(column.arm) and not (named and w.GROUP.search(column.arm)):
            column.arm = None
        if column.total and column.arm:
            column.total, column.pooled = False, True
        if column.arm and column.arm_cells and re.match(r"pooled by", column.path, re.I):
            column.arm, column.pooled = residue(column.arm_cells[-1].text), True
    _periods(counted)


def _groups_by_outcome(counted: list[Column]) -> None:
    """Responders, survivors, women: parts of the people that nobody allocated."""
    for column in counted:
        if column.arm and w.NO_ARM.fullmatch(column.arm):
            column.role, column.arm = "skip", None


def _visits_as_arms(counted: list[Column]) -> None:
    """Where no column names an arm, and each "visit" has its own people, the visits are the arms: "24-week (n = 76)"."""
    visits = [c for c in counted if c.visit]
    named = any(c.arm_cells for c in counted) or any(c.first_visit for c in visits)
    if len(visits) < 2 or named or any(c.size_cell is None for c in visits):
        return
    for column in visits:
        if column.size_cell is not None and residue(column.size_cell.text):
            column.arm_cells, column.visit, column.first_visit = [column.size_cell], None, False


def _periods(counted: list[Column]) -> None:
    """A period of a crossover trial names its treatment in brackets."""
    names = [c.arm for c in counted if c.arm]
    for column in counted:
        match = re.search(r"\(([^()]{2,30})\)$", column.visit or "")
        if match and any(match[1] in name for name in names):
            column.arm = match[1]


def _settle_units(grid: Grid, found: dict[int, Column]) -> None:
    """Whether a column's figures are people, percentages, events or something else."""
    for column in found.values():
        if column.role == "skip":
            continue
        figures = [figure(row.data[column.number].text) for row in grid.rows if column.number in row.data]
        kinds = Counter(f.kind for f in figures if f.kind not in ("blank", "dash"))
        unit = column.unit
        if kinds and kinds["size"] * 2 > sum(kinds.values()):
            column.role = "size"
        elif w.RATE.search(unit):
            column.role = "skip"
        elif _counts_events(column.units) or (w.EVENT_COUNTS.search(unit) and not w.OF_PEOPLE.search(unit)):
            column.role = "events"
        elif (
            w.PERCENT_WORD.search(unit)
            and not _says_count(unit)
            and not any(f.percent is not None and f.n is not None for f in figures)
        ) or (
            kinds
            and kinds["percent"] == sum(kinds.values())
            and all(f.text.startswith(("(", "[")) or f.signed for f in figures if f.kind == "percent")
        ):
            column.role = "percent"
    _percent_beside(grid, found)
    _sized_by_row(found)


def _percent_beside(grid: Grid, found: dict[int, Column]) -> None:
    """ "Patients, n" and "Patients, %" of one group: the second holds percentages."""
    for column in found.values():
        twins = [c for c in found.values() if c is not column and c.role == "count" and c.key == column.key]
        if column.role != "count" or "%" not in column.unit or not any("%" not in c.unit for c in twins):
            continue
        figures = [figure(row.data[column.number].text) for row in grid.rows if column.number in row.data]
        if all(f.percent is None for f in figures if f.kind == "count"):
            column.role = "percent"


def _counts_events(units: tuple[str, ...]) -> bool:
    return any(w.EVENT_COUNTS.search(unit) and not w.OF_PEOPLE.search(unit) for unit in units)


def _says_count(unit: str) -> bool:
    return w.HAS_N_PERCENT.search(unit) is not None or re.search(r"(?:^|\s)(?:n|no)\.?(?:\s|$)", unit, re.I) is not None


def _sized_by_row(found: dict[int, Column]) -> None:
    """The column that holds only sizes belongs to the one at its left."""
    for number, column in found.items():
        if column.role == "size" and number - 1 in found:
            column.arm = found[number - 1].arm
