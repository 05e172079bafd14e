"""What a cell of data says: a count with its percentage, a fraction, a mean with its spread, a word for zero, a dash, words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from extractor import patterns as re
from extractor.tables.words import SIZE, bare
from extractor.words import Words

W = Words("tables")

NUMBER = r"\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+|\d+"
DECIMAL = r"\d+(?:[.·,]\d+)?|[.·]\d+"
PERCENT = rf"(?:[<>≤]\s*+)?(?:{DECIMAL})"
# "4", "4 (13.3)", "4 [13.3%]", "4, 13%", "4/30", "4/30 (13)", "4 of 30", "10 (<1%)", "12 (60.0) [30]" (events behind)
COUNT = re.compile(
    rf"(?P<n>{NUMBER})(?:\s*+(?:/|of|out of)\s*+(?P<of>{NUMBER}))?(?:\s*+(?:[(\[]\s*+(?P<percent>{PERCENT})\s*+(?P<sign>%?)\s*+[)\]]|(?:[,;/]\s*+|(?<=\s))(?P<percent2>{PERCENT})\s*+%))?(?:\s*+(?:\[\s*+\d+\s*+\]|[,;]\s*+\d+\s*+(?:events?|E)\b))?",
    re.I,
)
# "20% (4)", "88.4 (n = 38)", "13.3% (4/30)"
PERCENT_FIRST = re.compile(
    rf"(?P<percent>{PERCENT})\s*+(?P<sign>%?)\s*+[(\[]\s*+(?P<eq>n\s*+=\s*+)?(?P<n>{NUMBER})(?:\s*(?:/|of)\s*(?P<of>{NUMBER}))?\s*[)\]]",
    re.I,
)
# "14 (11, 22%)": events, and in brackets the people who had them
EVENTS_AND_PEOPLE = re.compile(
    rf"(?:{NUMBER})\s*+[(\[]\s*+(?P<n>{NUMBER})\s*+[,;:]\s*+(?P<percent>{PERCENT})\s*+%\s*+[)\]]"
)
PERCENT_ONLY = re.compile(rf"[(\[]?\s*(?P<percent>{PERCENT})\s*%\s*[)\]]?")
IN_BRACKETS = re.compile(rf"[(\[]\s*+(?P<percent>{PERCENT})\s*+%?\s*+[)\]]")
# "62 ± 10", "26 (20 to 41)", "66 ± 18 (20–93)", "63.2 (0.82)", "6.5 [3.0–7.2]", "−1.97 (−6.52, 2.59)"
MEASURE = re.compile(
    rf"(?:range\s*)?[-−–+]?\s*(?P<middle>{DECIMAL})\s*(?:%|\w{{1,6}}\.?)?\s*(?:(?:±|\+/?[-−]|\(\s*±)\s*(?P<sd>{DECIMAL})\)?)?\s*(?:[(\[]\s*(?P<bracket>[^()\[\]]*(?:\[[^\]]*\])?)[)\]])?"
    r"(?:\s*(?P<bare>\d[\d.]*\s*[-–]\s*\d[\d.]*))?"
)
BOUNDS = re.compile(
    rf"(?:range|IQR)?[:,\s]*[-−]?(?P<low>{DECIMAL})\s*(?:[-–−,;]|to|and)\s*[-−]?(?P<high>{DECIMAL})\s*(?:\w{{1,6}})?",
    re.I,
)
ZERO = re.compile(W.zero, re.I)
DASH = re.compile(
    r"[-–—−.·…/]+|n\.?/?a\.?|n\.?d\.?|n\.?r\.?|not (?:applicable|available|done|reported)|ns|n\.s\.?", re.I
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says.

    ``kind``: ``count``, ``percent``, ``measure``, ``size``, ``zero`` (a word for it), ``dash``, ``blank`` or ``words``.
    """

    kind: str
    n: int | None = None
    of: int | None = None
    percent: float | None = None
    signed: bool = False  # the percentage has its sign
    text: str = ""


def whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def decimal(text: str | None) -> float | None:
    """A number with a point, a middle dot or a comma for the decimals; None for "<1" and for nothing."""
    if not text or re.match(r"\s*[<>≤]", text):
        return None
    return float(text.strip().replace("·", ".").replace(",", "."))


@lru_cache(maxsize=20_000)
def figure(text: str) -> Figure:
    """The reading of a cell's text."""
    said = bare(text)
    if not said:
        return Figure("blank", text=said)
    if DASH.fullmatch(said):
        return Figure("dash", text=said)
    if ZERO.fullmatch(said):
        return Figure("zero", 0, text=said)
    if (match := SIZE.fullmatch(said)) or (match := re.fullmatch(r"\W*[nN]\s*=\s*(\d[\d,]*)\W*", said)):
        return Figure("size", whole(match[1]), text=said)
    said = re.sub(r"^[nN]\s*=\s*(?=\d+\s*[(\[/])", "", said)  # "n = 3 (20%)"
    return _counted(said) or _measured(said) or Figure("words", text=said)


def _counted(said: str) -> Figure | None:
    if match := COUNT.fullmatch(said):
        percent = match["percent"] or match["percent2"]
        signed = bool(match["sign"] or match["percent2"])
        of = whole(match["of"]) if match["of"] else None
        return Figure("count", whole(match["n"]), of, decimal(percent), signed, said)
    if (match := PERCENT_FIRST.fullmatch(said)) and (match["sign"] or match["eq"]):
        of = whole(match["of"]) if match["of"] else None
        return Figure("count", whole(match["n"]), of, decimal(match["percent"]), True, said)
    if match := EVENTS_AND_PEOPLE.fullmatch(said):
        return Figure("count", whole(match["n"]), None, decimal(match["percent"]), True, said)
    if (match := PERCENT_ONLY.fullmatch(said)) or (match := IN_BRACKETS.fullmatch(said)):
        return Figure("percent", percent=decimal(match["percent"]), signed="%" in said, text=said)
    return None


def _measured(said: str) -> Figure | None:
    if re.match(r"[<>≤≥]?\s*[-−–+]?\s*[\d.·]", said) and (
        MEASURE.fullmatch(said) or re.fullmatch(r"[<>≤≥−–+\-]?\s*[\d.·,]+", said)
    ):
        return Figure("measure", text=said)
    return None


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure rather than words."""
    return figure(text).kind in ("count", "percent", "measure", "zero")
