"""Runs of numbers that say one age: "4.62 years old at a median (2.26-5.97)", "6, 8 and 11 years of age", "1 day to 4.9 years".

Between the numbers of a run stand only words that bind them ("a mean of", "range", "years"); a word for age stands in the run,
before it or behind it, or people stand right before a bracket. Takes folded text; whose age it is, is decided by the field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor import patterns as re
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("quantities")

TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+(?:-[a-z]+)*|[^\w\s]")
_UNIT = W.members("age_unit")
_CENTRES = {"mean": "mean", "average": "mean", "averaged": "mean", "averaging": "mean", "median": "median"}
_RANGES = W.members("age_range")
_QUARTILES = W.members("age_quartiles")
_SPREADS = W.members("age_spread")
_AGES = W.members("age_word")
_BINDING = W.members("age_binding")
_LABELS = _UNIT.union(_CENTRES, _RANGES, _QUARTILES, _SPREADS, _AGES)
_BINDS = _LABELS.union(_BINDING, ",;:()[]=-±+/~?")
_TO = frozenset({"-", "to", "through", "until"})
# "age at first infusion", "ages of the 12 women at surgery": words between the word for age and its numbers
_BEFORE = re.compile(
    r"\b(?:(?P<which>mean|median|average) (?:[a-z]+ ){0,2}?)?ages?(?: (?:at|of|on|in|for|among|when)(?: [a-z\d'-]+){1,12})? ?$"
)
_PEOPLE = re.compile(rf"(?:\b{W.age_people}|\d ?[mf]|[\d.] ?%|\bn ?= ?\d+) ?[(\[;,] ?$")
_COUNTED = re.compile(W.age_people)
_PEOPLE_OF = re.compile(rf"\b{W.age_people} of $")  # "three brothers of 6, 8 and 11 years"
_ENDS = re.compile(r"[);,\]]| - ")
_OF_LIFE = re.compile(r" of life\b")  # "at 10.4 days of life"
_NAMED_BY = frozenset(("on", "the", "a", "an", "(", ","))
_LIMITS = frozenset("<>")
_OR_OVER = re.compile(r"(?: of age| old)?,? (?:and|or) (?:over|above|older|more|up)\b")  # an age from which on
_WORD = re.compile(r" ?[a-z%]")  # "48 ± 5 kg" behind an age is another measure
OLDEST = 110
MOST_LISTED = 6


@dataclass(slots=True)
class Run:
    """What the numbers of one run are, and where it stands."""

    start: int
    end: int
    unit: str = ""
    low_unit: str = ""  # where the ends of a range have other units than the rest
    high_unit: str = ""
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    one: float | None = None
    further: bool = False  # another age stands before it in one breath
    listed: bool = False  # three ages or more, each of one person

    @property
    def centre(self) -> float | None:
        return self.mean if self.mean is not None else self.median


def runs(folded: str) -> Iterator[Run]:
    """All runs of folded text that have a word for age, or people, beside them."""
    tokens = list(TOKEN.finditer(folded))
    place = 0
    while place < len(tokens):
        if not _is_number(tokens, place):
            place += 1
            continue
        first = place
        while first and tokens[first - 1][0] in _BINDS and tokens[first - 1].end() + 1 >= tokens[first].start():
            first -= 1
        last = place
        while last + 1 < len(tokens) and (tokens[last + 1][0] in _BINDS or _is_number(tokens, last + 1)):
            last += 1
        yield from _read(folded, tokens[first : last + 1])
        place = last + 1


def _is_number(tokens: list[re.Match[str]], place: int) -> bool:
    """A figure that may be an age, or a number word with a unit or a second number behind it."""
    word = tokens[place][0]
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    if word[0].isdigit():
        counted = behind is not None and bool(_COUNTED.fullmatch(behind[0]))  # "of the 26 patients"
        counted = counted or (place > 1 and tokens[place - 1][0] == "=" and tokens[place - 2][0] == "n")
        return not counted and len(word) <= len("100.25") and float(word) <= OLDEST
    if whole(word) is None or word in ("one", "zero"):
        return False
    return behind is not None and (behind[0] in _UNIT or behind[0] in _TO)


def _read(folded: str, tokens: list[re.Match[str]]) -> Iterator[Run]:
    """The ages of one stretch of tokens: one, or one for each centre."""
    begins = tokens[0].start()
    lead = _BEFORE.search(folded, max(0, begins - 80), begins)
    named = [begins] if lead else [t.start() for t in tokens if t[0] in _AGES]
    people = not named and bool(_PEOPLE.search(folded, max(0, begins - 40), tokens[0].end()))
    of = bool(_PEOPLE_OF.search(folded, max(0, begins - 40), tokens[0].end() + 1))
    for run in _Reader(tokens, lead["which"] if lead else None).all():
        said = run.unit or run.centre is not None or any(place <= run.start for place in named)
        beside = people and run.unit and _ENDS.match(folded, run.end)
        born = run.unit and run.one is None and _OF_LIFE.match(folded, run.end)
        told = (named and said) or beside or born or (of and run.unit and run.low is not None)
        if told and not _of_another_measure(folded, begins, run):
            yield replace(run, start=lead.start()) if lead and not run.further else run
        people = of = False


def _of_another_measure(folded: str, begins: int, run: Run) -> bool:
    """Whether the numbers are a limit, "aged three months and over", or another measure behind an age, "3.5 years, 48 ± 5 kg"."""
    limit = folded[begins - 2 : begins].strip() in _LIMITS
    return limit or bool(
        (run.one is not None and _OR_OVER.match(folded, run.end)) or (run.further and _WORD.match(folded, run.end))
    )


class _Reader:
    """Goes over tokens once and says of each number what it is."""

    def __init__(self, tokens: list[re.Match[str]], which: str | None) -> None:
        self.tokens = tokens
        self.place = 0
        self.which = _CENTRES.get(which or "")
        self.spread = ""

    def all(self) -> Iterator[Run]:
        run = self._new(0)
        while self.place < len(self.tokens):
            word = self.tokens[self.place][0]
            if _is_number(self.tokens, self.place):
                if not self._number(run):
                    yield from self._done(run)
                    self.which = "median" if run.median is not None else "mean" if run.mean is not None else None
                    run = self._new(self.place)
                    continue
                run.end = self.tokens[self.place - 1].end()
            else:
                self._label(word, run)
                self.place += 1
        yield from self._done(run)

    def _new(self, place: int) -> Run:
        tokens = self.tokens
        first = next((i for i in range(place, len(tokens)) if tokens[i][0] in _LABELS or _is_number(tokens, i)), place)
        return Run(tokens[first].start(), tokens[first].end(), further=place > 0)

    def _done(self, run: Run) -> Iterator[Run]:
        if run.further and run.sd is None and run.low is None and not run.unit:
            return
        if run.centre is not None or run.low is not None or (run.one is not None and run.unit):
            yield run

    def _label(self, word: str, run: Run) -> None:
        if word in _CENTRES:
            if (
                run.one is not None and run.centre is None and self._at(self.place - 1) in _NAMED_BY
            ):  # "46 years old on average"
                self._centre(run, _CENTRES[word], run.one)
                run.end = self.tokens[self.place].end()
            elif run.centre is None or word not in ("mean", "median"):
                self.which = _CENTRES[word]
        elif word in _QUARTILES:
            self.spread = "quartiles"
        elif word in _RANGES:
            self.spread = self.spread if word == "range" and self.spread == "quartiles" else "range"
        elif word in _SPREADS:
            self.spread = "sd"
        elif word in _UNIT:
            run.unit = unit_of(word)
            run.end = self.tokens[self.place].end()
        elif word in _AGES and run.unit:
            run.end = self.tokens[self.place].end()

    def _number(self, run: Run) -> bool:
        """Take the number at hand, with those bound to it; false where it begins another age."""
        values, units, after = self._listed()
        if len(values) > 1:
            return self._several(run, values, units, after)
        value = values[0]
        if self.spread == "sd" and run.mean is not None:
            run.sd, self.spread = value, ""
        elif self._in_bracket(after) and run.mean is not None and run.sd is None and value < run.mean:
            run.sd = value
        elif run.centre is not None:
            return False
        elif self.which or self._at(after) in ("±", "+"):
            self._centre(run, self.which or "mean", value)
        elif run.one is None:
            run.one = value
        else:
            return False
        self._units(run, units)
        self.place = after
        return True

    def _several(self, run: Run, values: list[float], units: list[str], after: int) -> bool:
        if self.spread != "quartiles":
            if run.low is not None:
                return False
            run.low, run.high, run.listed = min(values), max(values), len(values) > 2
            run.low_unit = units[0] if units[0] and units[-1] and units[0] != units[-1] else ""
            if run.unit and run.centre is not None and units[-1] not in ("", run.unit):
                run.high_unit, run.low_unit = units[-1], units[0] or units[-1]
            else:
                self._units(run, units)
        self.spread, self.place = "", after
        return True

    def _units(self, run: Run, units: list[str]) -> None:
        run.unit = next((u for u in reversed(units) if u), run.unit)

    def _centre(self, run: Run, which: str, value: float) -> None:
        if which == "median":
            run.median = value
        else:
            run.mean = value
        run.one, self.which = None, None

    def _listed(self) -> tuple[list[float], list[str], int]:
        """The numbers that "-", "to", or commas bind to this one, their units, and the place behind them."""
        values, units = [self._value(self.place)], [""]
        place = first = self._unit(self.place + 1, units)
        joined = True
        while len(values) < MOST_LISTED:
            bond = self._at(place)
            step = place + 1 + (self._at(place + 1) == "and")
            if not self._binds(bond, step):
                break
            joined = bond != "," or step > place + 1
            values.append(self._value(step))
            units.append("")
            place = self._unit(step + 1, units)
        return (values, units, place) if joined else (values[:1], units[:1], first)

    def _unit(self, place: int, units: list[str]) -> int:
        """The place behind a number's unit, which is noted as that of the last number."""
        if self._at(place) in _UNIT:
            units[-1] = unit_of(self._at(place))
            place += 1
        return place + 1 if self._at(place) in ("old", "of") and self._at(place + 1) in _TO else place

    def _binds(self, bond: str, step: int) -> bool:
        if not self._number_at(step):
            return False
        if bond in _TO or (bond == "and" and self.spread == "range"):
            return True
        return bond in (",", "and") and not self.which and self._plain(step)

    def _plain(self, step: int) -> bool:
        """Whether a number of a list, "6, 8 and 11", "48 and 52", has nothing behind it that makes it a mean."""
        return self._at(step + 1) not in ("±", "+", "(", "[", "-", "to") and self.spread != "sd"

    def _in_bracket(self, after: int) -> bool:
        opened = self.place > 0 and self.tokens[self.place - 1][0] in "(["
        return opened and self._at(after) in (")", "]")

    def _number_at(self, place: int) -> bool:
        return place < len(self.tokens) and _is_number(self.tokens, place)

    def _value(self, place: int) -> float:
        word = self.tokens[place][0]
        return float(word) if "." in word else whole(word) or 0

    def _at(self, place: int) -> str:
        return self.tokens[place][0] if place < len(self.tokens) else ""


def unit_of(word: str) -> str:
    """``years`` unless the word is of months, weeks or days."""
    return {"mo": "months", "we": "weeks", "wk": "weeks", "da": "days"}.get(word[:2], "years")
