"""Identifiers of trial registries, each in its registry's own form, and the dates that stand beside them.

Forms are those that the registries themselves give out (WHO ICTRP, list of primary registries). Group ``id`` is the
identifier; what precedes it ("EudraCT number:") is no part of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from extractor import patterns as re
from extractor.context.needles import Sieve, needles
from extractor.text import Taken, lower
from extractor.words import Words

W = Words("study")

_MARKS = r"[\s:.,#)(-]{0,8}+"
_LABEL = rf"(?:{_MARKS}{W.label_number}){{0,4}}{_MARKS}"


@dataclass(frozen=True, slots=True)
class Form:
    """A registry, the pattern of its identifier, and how the identifier is written in full."""

    registry: str
    pattern: re.Pattern[str]
    full: Callable[[str], str] = str.upper


@dataclass(frozen=True, slots=True)
class Identifier:
    registry: str
    id: str
    start: int
    end: int


# where a registry shows a record by its identifier; the WHO's portal knows the primary registries' records by theirs
PAGES = {
    "ClinicalTrials.gov": "https://clinicaltrials.gov/study/{}",
    "ISRCTN": "https://www.isrctn.com/{}",
    "EudraCT": "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    "CTIS": "https://euclinicaltrials.eu/ctis-public/view/{}",
    "DRKS": "https://drks.de/search/en/trial/{}",
    "jRCT": "https://jrct.niph.go.jp/en-latest-detail/{}",
    "PROSPERO": "https://www.crd.york.ac.uk/PROSPERO/view/{}",
}
PORTAL = "https://trialsearch.who.int/Trial2.aspx?TrialID={}"


def page_of(registry: str, id: str) -> str:
    """The web address of a registered trial; nothing is fetched.

    >>> page_of("ClinicalTrials.gov", "NCT02881476")
    'https://clinicaltrials.gov/study/NCT02881476'
    """
    return PAGES.get(registry, PORTAL).format(id)


def _digits(prefix: str) -> Callable[[str], str]:
    """Writes the digits behind the registry's prefix: ``ISRCTN 9128 8089`` -> ``ISRCTN91288089``."""
    return lambda found: prefix + re.sub(r"\D", "", found)


def _chinese(found: str) -> str:
    parts = re.split(r"[\s-]+", re.sub(r"^chictr", "", found, flags=re.I).strip(" -"))
    return "ChiCTR" + "".join(f"-{p.upper()}" for p in parts) if not parts[0].isdigit() else "ChiCTR" + parts[0]


def _japanese(found: str) -> str:
    return re.sub(r"(?i)^jrct", "jRCT", re.sub(r"\s", "", found))


def _european(found: str) -> str:
    return found.replace(" ", "")


# Over text with one kind of dash and blank (fold_case). Digits may be glued to the next heading, never to a digit.
FORMS: tuple[Form, ...] = (
    # NCT02881476, "NCT 02881476", "NCT number: 02881476"
    Form("ClinicalTrials.gov", re.compile(r"(?<![A-Za-z])(?P<id>NCT[\s:#-]{0,2}\d{8})(?!\d)", re.I), _digits("NCT")),
    Form(
        "ClinicalTrials.gov",
        re.compile(r"\bNCT (?:number|no|identifier|id)[\s:.#]{1,3}(?P<id>\d{8})(?!\d)", re.I),
        _digits("NCT"),
    ),
    Form(  # "clinicaltrials.gov identifier 01311687"
        "ClinicalTrials.gov",
        re.compile(r"clinicaltrials?\.? ?gov\W{1,3}(?:identifier|number|id|no)[\s:.#,]{1,3}(?P<id>0\d{7})(?!\d)", re.I),
        _digits("NCT"),
    ),
    # "EudraCT number 2006-004374-27", "EUCTR2012-001266-15-GB"; since 2022 "CTIS 2022-500014-26-00"
    Form("CTIS", re.compile(r"(?<!\d)(?P<id>20[2-9]\d-5\d{5}-\d{2}(?:-\d{2})?)(?!\d)"), _european),
    Form("EudraCT", re.compile(r"(?<!\d)(?P<id>(?:199\d|20[0-2]\d)-0\d{5}-\d{2})(?!\d)"), _european),
    # ISRCTN91288089, "ISRCTN, number 91288089", "ISRCTN 9128 8089"
    Form("ISRCTN", re.compile(r"(?<![A-Za-z])(?P<id>ISRCTN\s?:?\s?\d{8})(?!\d)", re.I), _digits("ISRCTN")),
    Form("ISRCTN", re.compile(rf"(?<![A-Za-z])ISRCTN{_LABEL}(?P<id>\d{{8}})(?!\d)", re.I), _digits("ISRCTN")),
    Form(  # "International Standard Randomised Controlled Trial, number 95152621"
        "ISRCTN",
        re.compile(
            r"International Standard Randomi[sz]ed Controlled(?: Trials?)?(?: Number)?(?: Register)?,?(?: number)?[\s:]{1,2}(?P<id>\d{8})(?!\d)",
            re.I,
        ),
        _digits("ISRCTN"),
    ),
    # ChiCTR-TRC-12002561, ChiCTR2000029990, "ChiCTR 1800015235"
    Form("ChiCTR", re.compile(r"\b(?P<id>ChiCTR[\s-]{0,2}(?:[A-Z]{2,4}[\s-]{1,2})?\d{8,10})(?!\d)", re.I), _chinese),
    # IRCT2015122425681N1, "IRCT 138903244177N1", IRCT20180923041093N1
    Form(
        "IRCT",
        re.compile(r"\b(?P<id>IRCT[\s:]{0,2}\d{11,14}(?:\s?N\d{1,3})?)(?!\d)", re.I),
        lambda s: re.sub(r"[\s:]", "", s.upper()),
    ),
    # UMIN000003951, "UMIN ID: 000003951", "UMIN-CTR number UMIN 000003951"
    Form("JPRN", re.compile(r"\b(?:JPRN-?)?(?P<id>UMIN[\s:-]{0,2}0\d{8})(?!\d)", re.I), _digits("UMIN")),
    Form("JPRN", re.compile(rf"\bUMIN(?:[ -]?CTR)?{_LABEL}(?P<id>0\d{{8}})(?!\d)", re.I), _digits("UMIN")),
    Form("JPRN", re.compile(r"\b(?P<id>jRCTs?\s?\d{9,10})(?!\d)", re.I), _japanese),
    Form(
        "JPRN",
        re.compile(r"\b(?P<id>JapicCTI[\s-]{0,2}\d{5,6})(?!\d)", re.I),
        lambda s: "JapicCTI-" + re.sub(r"\D", "", s),
    ),
    Form("JPRN", re.compile(r"\b(?P<id>JMA-IIA\d{5})(?!\d)", re.I)),
    # ACTRN12608000250336, "ACTRN:12609000420246"
    Form("ANZCTR", re.compile(r"\b(?P<id>ACTRN[\s:-]{0,3}\d{14})(?!\d)", re.I), _digits("ACTRN")),
    Form(  # "Australian New Zealand Clinical Trials Registry (ANZCTR), ID: 12617001408370", "ACT RN: 012606000233527"
        "ANZCTR",
        re.compile(
            rf"(?:ANZCTR|New Zealand Clinical Trials Regist(?:ry|er)|ACT RN)[\s:,.()]{{1,4}}(?:{W.forms_anzctr}[\s:,.()]{{1,4}}){{0,3}}0?(?P<id>126\d{{11}})(?!\d)",
            re.I,
        ),
        _digits("ACTRN"),
    ),
    Form("DRKS", re.compile(r"\b(?P<id>DRKS[\s:-]{0,2}\d{8})(?!\d)", re.I), _digits("DRKS")),
    # CTRI/2015/12/006457, "CTRI / 2009 / 091 / 000123"
    Form(
        "CTRI",
        re.compile(r"\b(?P<id>CTRI\s?/\s?\d{4}\s?/\s?\d{2,3}\s?/\s?\d{6})(?!\d)", re.I),
        lambda s: re.sub(r"\s", "", s.upper()),
    ),
    Form(
        "CTRI",
        re.compile(
            r"\b(?:CTRI|Clinical Trials? Registry[ -]+India)\D{0,30}(?P<id>(?:19|20)\d\d/\d{2,3}/\d{6})(?!\d)", re.I
        ),
        lambda s: "CTRI/" + s,
    ),
    # NTR1403, "NTR registration number: 5586", "Netherlands Trial Register (trialregister.nl) 6135"; NL8765 beside the register's name
    Form("NTR", re.compile(r"\b(?P<id>NTR[\s:-]{0,2}\d{2,5})(?!\d)"), _digits("NTR")),
    Form("NTR", re.compile(rf"\bNTR{_LABEL}(?P<id>\d{{3,5}})(?!\d)"), _digits("NTR")),
    Form(
        "NTR",
        re.compile(
            r"(?:Dutch|Netherlands|Nederlands) (?:National )?(?:Clinical )?Trial(?:s|en)? ?Regist(?:er|"
            r"ry)[^.;\d]{0,40}(?:trialregister\.nl\W{0,3})?[^.;\d]{0,12}(?<!NL)(?P<id>\d{3,5})(?![\d/-])",
            re.I,
        ),
        _digits("NTR"),
    ),
    Form(
        "NTR",
        re.compile(rf"{W.forms_dutch}\b.{{0,60}}?\b(?P<id>NL[\s-]?\d{{3,5}})(?![\d.])", re.I),
        lambda s: re.sub(r"[\s-]", "", s.upper()),
    ),
    Form("CRIS", re.compile(r"\b(?P<id>KCT[\s:-]{0,2}\d{7})(?!\d)", re.I), _digits("KCT")),
    Form("PACTR", re.compile(r"\b(?P<id>PACTR[\s:-]{0,2}\d{12,16})(?!\d)", re.I), _digits("PACTR")),
    Form("TCTR", re.compile(r"\b(?P<id>TCTR[\s:-]{0,2}\d{11})(?!\d)", re.I), _digits("TCTR")),
    Form(
        "SLCTR",
        re.compile(r"\b(?P<id>SLCTR[\s/]{1,2}\d{4}\s?/\s?\d{3})(?!\d)", re.I),
        lambda s: re.sub(r"SLCTR\s", "SLCTR/", s.upper()).replace(" ", ""),
    ),
    Form(
        "ReBEC",
        re.compile(r"\b(?P<id>RBR-?\s?(?=\w{0,7}\d)[0-9a-z]{6,8})\b", re.I),
        lambda s: "RBR-" + re.sub(r"(?i)^RBR-?\s?", "", s).lower(),
    ),
    Form("RPCEC", re.compile(r"\b(?P<id>RPCEC[\s:-]{0,2}\d{8})(?!\d)", re.I), _digits("RPCEC")),
    Form("REPEC", re.compile(r"\b(?P<id>PER-\d{3}-\d{2})(?!\d)")),
    Form("LBCTR", re.compile(r"\b(?P<id>LBCTR\s?\d{10})(?!\d)", re.I), _digits("LBCTR")),
    Form("HKUCTR", re.compile(r"\b(?P<id>HKUCTR-?\d{2,5})(?!\d)")),
    Form("UTN", re.compile(r"\b(?P<id>U1111-\d{4}-\d{4})(?!\d)")),
    Form("PROSPERO", re.compile(r"\b(?P<id>CRD[\s:]?\d{11})(?!\d)", re.I), _digits("CRD")),
)
# every form has one of these near; a text without them has no identifier
SOME = re.compile(
    r"NCT\W{0,2}\d|clinicaltrial|ISRCTN|(?-i:CTR|NTR|KCT|RBR|CRD|UMIN)|\b(?:NTR|NL|KCT|RBR|CRD)\W{0,3}\d|UMIN\W{0,3}\d|IRCT|JRCT|"
    r"Japic|\bJMA|DRKS|RPCEC|PER-\d|U1111|regist|\d-\d{6}-\d\d",
    re.I,
)


def identifiers(cased: str) -> Iterator[Identifier]:
    """Identifiers in `cased` (from :func:`extractor.text.fold_case`), in order, none twice at one place."""
    found: list[Identifier] = []
    taken, may = Taken(), _sieve().may(lower(cased))
    for place, form in enumerate(FORMS):
        if place not in may:
            continue
        for match in form.pattern.finditer(cased):
            start, end = match.span("id")
            if taken.take(start, end):
                found.append(Identifier(form.registry, form.full(match["id"]), start, end))
    if found and SOME.search(cased):
        yield from sorted(found, key=lambda f: f.start)


@cache
def _sieve() -> Sieve:
    """By words in lower case: most forms are written with or without capitals."""
    return Sieve([frozenset(map(lower, needles(form.pattern.pattern))) for form in FORMS])


MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
# "August 29, 2016", "29th of August 2016", "21-Nov-2016", "2016-08-29", "25/10/2016"
_DATE_FORMS = (
    rf"{_MONTH.format('m1')} ?(?P<d1>\d{{1,2}}){W.st}?,? ?(?P<y1>(?:19|20)\d\d)(?!\d)",
    rf"(?<!\d)(?P<d2>\d{{1,2}}){W.st}?(?: of)?[ /.-]?{_MONTH.format('m2')}[ ,/.-]{{1,2}}(?P<y2>(?:19|20)\d\d)(?!\d)",
    r"(?<![\d/-])(?P<y3>(?:19|20)\d\d)[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})(?![\d/-])",
    r"(?<![\d/-])(?P<d4>\d{1,2})[/.-](?P<m4>\d{1,2})[/.-](?P<y4>(?:19|20)\d\d)(?![\d/-])",
)
DATE = re.compile("|".join(_DATE_FORMS))
_SAYS = W.says
AFTER = re.compile(rf"^[\s,;:.()\[\]/-]*(?:{_SAYS}[\s,;:.()\[\]/-]*){{0,10}}$")
BEFORE = re.compile(r"\bregist[a-z]*\b(?:(?!\. )[^;]){0,60}$")


def registered_on(folded: str, found: Identifier, others: list[Identifier]) -> tuple[str, int, int] | None:
    """(ISO date, start, end) of the registration: a full date beside the identifier that is said to be it.

    `others` are all of the text, in order.
    """
    behind = bisect_left(others, found.end, key=lambda o: o.start)
    stop = others[behind].start if behind < len(others) else len(folded)
    for match in DATE.finditer(folded, found.end, min(stop, found.end + 150)):
        iso = iso_date(match)
        if iso and AFTER.match(folded[found.end : match.start()]):
            return iso, *match.span()
        break
    before_it = bisect_right(others, found.start, key=lambda o: o.end)
    begin = others[before_it - 1].end if before_it else 0
    before = list(DATE.finditer(folded, max(begin, found.start - 150), found.start))
    for match in reversed(before):
        iso = iso_date(match)
        if iso and BEFORE.search(folded[max(0, match.start() - 60) : match.start()]):
            return iso, *match.span()
    return None


def iso_date(match: re.Match[str]) -> str | None:
    """The date that :data:`DATE` matched, ISO 8601; of two numbers the day comes first unless it cannot."""
    for n in "1234":
        if match[f"y{n}"]:
            year, month, day = match[f"y{n}"], match[f"m{n}"], int(match[f"d{n}"])
            number = MONTHS.get(month[:3]) or int(month) if not month.isalpha() else MONTHS[month[:3]]
            if n == "4" and number > 12 >= day:
                number, day = day, number
            return f"{year}-{number:02d}-{day:02d}" if 1 <= number <= 12 and 1 <= day <= 31 else None
    return None
