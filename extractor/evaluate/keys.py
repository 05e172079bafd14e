"""Gold and predictions brought to one shape: the normalised key of each value."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any

from extractor.declared import declared_fields

Gold = dict[str, Any]

# fields whose gold is more than a list of names
OF_ITS_OWN_FORM = {
    "report_kind", "donor", "phase", "dose", "administrations", "participants", "sex", "age", "arm", "follow_up",
    "adverse_event", "deaths", "registry_id", "ethics_approval",
}  # fmt: skip
ASKED_OF_FOUND = ("ae_arm",)  # asked only of counts that were found, so no part of the macro average
NO_CELLS = ("ae_arm", "ae_event")  # no column of a reviewer's table is theirs alone
COMMON = 5  # gold values that a field needs to count in the macro average
LEAKING = ("participants", "dose", "deaths", "ae_count")
NO_TRIAL = {"review", "meta-analysis", "animal", "in-vitro"}


@cache
def scored_fields() -> tuple[str, ...]:
    """Names under which values are scored, in the order of the tables."""
    return tuple(name for one in declared_fields().values() for name in one.scores)


# ---------------------------------------------------------------- normalisation

SYNONYMS = {
    "mesenchymal stromal cell": "mesenchymal stem cell",
    "mesenchymal stem stromal cell": "mesenchymal stem cell",
    "msc": "mesenchymal stem cell",
    "bone marrow mononuclear cell": "mononuclear cell",
    "bone marrow derived mononuclear cell": "mononuclear cell",
    "peripheral blood mononuclear cell": "mononuclear cell",
    "adipose": "adipose tissue",
    "fat": "adipose tissue",
    "umbilical cord wharton jelly": "wharton jelly",
    "cord blood": "umbilical cord blood",
    "allogenic": "allogeneic",
    "uncontrolled": "single arm",
    "single group": "single arm",
    "cross over": "crossover",
    "multi center": "multicenter",
    "multi centre": "multicenter",
    "subarachnoid": "intrathecal",
    "lumbar puncture": "intrathecal",
    "intracerebroventricular": "intraventricular",
    "intramedullary": "intraspinal",
    "als": "amyotrophic lateral sclerosis",
    "mortality": "death",
    "died": "death",
    "pyrexia": "fever",
    "temperature elevation": "fever",
    "in vitro study": "in vitro",
}
SPELLINGS = (
    (r"[’‘']s\b", ""),
    (r"[’‘']", ""),
    (r"[‐‑‒–—/_-]", " "),
    (r"\bhaem", "hem"),
    (r"\b(o)edema", "edema"),
    (r"aemi", "emi"),
    (r"pnoea", "pnea"),
    (r"aesthes", "esthes"),
    (r"glycaem", "glycem"),
    (r"randomis", "randomiz"),
    (r"analys", "analyz"),
    (r"centre\b", "center"),
    (r"diarrhoea", "diarrhea"),
    (r"tumour", "tumor"),
    (r"\s+", " "),
)
STOP = {"of", "the", "in", "a", "an", "with", "and", "to", "at", "disease", "disorder"}


def clean(text: object) -> str:
    words = str(text).lower().strip()
    for pattern, new in SPELLINGS:
        words = re.sub(pattern, new, words)
    return SYNONYMS.get(singular := " ".join(map(stem, words.strip().split())), singular)


def stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes")) and not word.endswith("aches"):
        return word[:-2]
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "is", "us")):
        return word[:-1]
    return word


def number(value: object) -> float | None:
    try:
        return None if isinstance(value, bool) else round(float(value), 6)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def dose_unit(unit: object) -> str:
    words = re.sub(
        r"\s", "", str(unit or "cells").lower().replace("per", "/").replace("·kg-1", "/kg").replace("kilogram", "kg")
    )
    head, _, per = words.partition("/")
    head = "cells" if "cell" in head or head in ("", "msc", "mscs") else head
    return f"{head}/{ {'cc': 'ml'}.get(per, per) }" if per else head


DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "h": 1 / 24, "day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}


def days(value: object, unit: object) -> float | None:
    n, size = number(value), DAYS.get(str(unit or "").lower().rstrip("s") or "h?")
    if n is None or size is None:
        return None
    return round(n * size) if n * size >= 1 else round(n * size, 3)


WORDS = {
    w: i
    for i, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
INTERVAL = re.compile(r"(\d+(?:\.\d+)?)?[^\d]{0,12}?\b(hour|day|week|month|year)", re.I)


def interval_days(value: object) -> float | None:
    """Days of an interval: {"low", "high", "unit"} or a string such as '2 months' or 'monthly'."""
    if isinstance(value, dict):
        return days(value.get("low"), value.get("unit"))
    words = str(value or "").lower().replace("daily", "day")
    if not words or words.startswith(("over", "within", "twice", "days")):
        return None
    if re.search(r"biweek|every other week|fortnight", words):
        return 14
    words = re.sub(
        r"±\s*\d+|\+/-\s*\d+", "", re.sub(rf"\b({'|'.join(WORDS)})\b", lambda m: str(WORDS[m.group()]), words)
    )
    match = INTERVAL.search(words)
    return days(match.group(1) or 1, match.group(2)) if match else None


# ---------------------------------------------------------------- keys: gold and prediction brought to one shape


def keys_of_gold(entry: Gold) -> Any:
    """Keys a field; under "optional" a second such dict, of what may be found but need not be."""
    gold = entry["gold"]
    keys: Any = defaultdict(set)
    keys["optional"] = defaultdict(set)
    keys["report_kind"].add(clean(entry.get("kind")))
    for field in declared_fields().keys() - OF_ITS_OWN_FORM - unscored():
        keys[field] |= {words for v in gold.get(field) or [] if (words := named(field, v))}
    for field in ("donor", "phase"):
        keys[field] |= {clean(p) for p in str(gold[field]).split(";")} if gold.get(field) else set()
    for dose in gold.get("dose") or []:
        add_dose(needed(keys, dose), dose.get("low"), dose.get("high"), dose.get("unit"), dose.get("basis"))
    for given in gold.get("administrations") or []:
        n = given.get("n")
        low, high = (n[0], n[-1]) if isinstance(n, list) else (n, n)
        add_administrations(needed(keys, given), low, high, given.get("interval"))
    cohort = gold.get("cohort") or {}
    if number(cohort.get("n")) is not None:
        needed(keys, cohort)["participants"].add(number(cohort["n"]))
    keys["optional"]["participants"] |= {number(n) for n in cohort.get("n_alternatives") or []} - {None}
    add_sex(keys, cohort.get("female"), cohort.get("male"))
    add_age(keys, {k[4:]: v for k, v in cohort.items() if k.startswith("age_")})
    for arm in cohort.get("arms") or []:
        add_arm(needed(keys, arm), arm.get("n"))
    for follow in gold.get("follow_up") or []:
        value = follow.get("value")
        value = value[-1] if isinstance(value, list) else follow.get("value_high") or value
        needed(keys, follow)["follow_up"] |= {days(value, follow.get("unit"))} - {None}
    for event in gold.get("adverse_events") or []:
        add_event(needed(keys, event), event)
    if number(gold.get("deaths")) is not None:
        keys["deaths"].add(number(gold["deaths"]))
    keys["registry_id"] |= {identifier(i) for i in gold.get("registry_ids") or []}
    keys["ethics_approval"] |= {clean(i) for i in gold.get("ethics_ids") or []}
    for field, values in (entry.get("optional_values") or {}).items():
        for key in optional_keys(field, values):
            keys["optional"][field].add(key)
            keys[field].discard(key)
    return keys


def needed(keys: Any, entry: Gold) -> Any:
    return keys["optional"] if entry.get("optional") else keys


def optional_keys(field: str, values: list[Any]) -> set[Any]:
    """Keys of a file's "optional_values": plain values, or the entry's own form where it has parts."""
    keys: dict[str, set[Any]] = defaultdict(set)
    for value in values:
        if field in ("participants", "deaths"):
            keys[field].add(number(value))
        elif field == "arm":
            keys[field] |= {(number(value), i) for i in range(3)}
        elif field == "administrations":
            add_administrations(keys, value[0], value[-1], None)
        elif field == "interval":
            keys[field].add(interval_days(value))
        elif field == "follow_up":
            keys[field].add(days(value["value"], value["unit"]))
        elif field == "dose":
            add_dose(keys, value["low"], value["high"], value["unit"], None)
        elif field == "age":
            add_age(keys, value)
        elif field == "sex":
            add_sex(keys, value.get("female"), value.get("male"))
        elif field == "registry_id":
            keys[field].add(identifier(value))
        else:
            keys[field].add(clean(value))
    return keys[field]


def keys_of_record(record: Gold) -> dict[str, set[Any]]:
    return keys_of_facts(record.get("facts", []))


def keys_of_facts(facts: list[Gold]) -> dict[str, set[Any]]:
    keys: dict[str, set[Any]] = defaultdict(set)
    for fact in facts:
        if fact.get("value") is not None and fact.get("primary", True):
            add_fact(keys, fact["field"], fact["value"], fact.get("arm"))
    return keys


@cache
def unscored() -> frozenset[str]:
    """Fields that no gold names: an evaluation is silent on them."""
    return frozenset(name for name, one in declared_fields().items() if not one.scores)


def add_fact(keys: Any, field: str, value: object, arm: object = None) -> None:
    value = value if isinstance(value, dict) else {"name": value}
    if field in unscored():
        return
    if field == "dose":
        add_dose(keys, value.get("low"), value.get("high"), value.get("unit"), value.get("basis"))
    elif field == "administrations":
        add_administrations(keys, value.get("low"), value.get("high"), value.get("interval"))
    elif field == "participants":
        keys["participants"] |= {number(value.get("n"))} - {None}
    elif field == "sex":
        add_sex(keys, value.get("female"), value.get("male"))
    elif field == "age":
        add_age(keys, value)
    elif field == "arm":
        add_arm(keys, value.get("n"))
    elif field == "follow_up":
        keys["follow_up"] |= {days(value.get("high") or value.get("low"), value.get("unit"))} - {None}
    elif field == "adverse_event":
        add_event(keys, {**value, "arm": value.get("arm") or arm})
    elif field == "deaths":
        keys["deaths"] |= {number(value.get("n"))} - {None}
    elif field == "registry_id":
        keys["registry_id"].add(identifier(value.get("id") or value.get("name")))
    elif field == "ethics_approval":
        keys["ethics_approval"].add(clean(value.get("id") or value.get("name")))
    elif words := named(field, value):
        keys[field].add(words)


def named(field: str, value: object) -> str:
    """A value by what it is known by: its name, or the key that stands for it; empty where it has none."""
    if isinstance(value, dict):
        declared = declared_fields().get(field)
        value = value.get("name") if declared is None else value.get(declared.label)
    return "" if value is None else clean(value)


def identifier(value: object) -> str:
    return re.sub(r"^(EUDRACT|EUCTR|CTIS|JPRN-?)|[\s:#.]|(?<=\d)-[A-Z]{2}$", "", str(value).upper())


BASES = {"mean", "median", "total", "range", "maximum", "per administration"}


def add_dose(keys: Any, low: object, high: object, unit: object, basis: object) -> None:
    low, high = number(low), number(high)
    if low is None and high is None:
        return
    low, high = low if low is not None else high, high if high is not None else low
    key = (f"{low:.3g}", f"{high:.3g}", dose_unit(unit))
    keys["dose"].add(key)
    basis = str(basis or "").replace("injection", "administration")
    if basis in BASES:
        keys["dose_basis"].add((*key, basis))


def add_administrations(keys: Any, low: object, high: object, interval: object) -> None:
    low, high = number(low), number(high if high is not None else low)
    if low is not None:
        keys["administrations"].add((low, high))
    if interval_days(interval) is not None:
        keys["interval"].add(interval_days(interval))


def add_sex(keys: Any, female: object, male: object) -> None:
    for name, value in (("female", female), ("male", male)):
        if number(value) is not None:
            keys["sex"].add((name, number(value)))


def add_age(keys: Any, value: Any) -> None:
    years = (DAYS.get(str(value.get("unit") or "years").rstrip("s"), 365.25)) / 365.25
    for name in ("mean", "sd", "median", "low", "high"):
        if (found := number(value.get(name))) is not None:
            keys["age"].add((name, round(found * years, 3)))


def add_arm(keys: Any, n: object) -> None:
    if number(n) is not None:  # two arms of one size are two: (size, first), (size, second)
        keys["arm"].add((number(n), sum(key[0] == number(n) for key in keys["arm"])))


_CLASS_FORMS = (
    r"serious",
    r"severe",
    r"major",
    r"significant",
    r"minor",
    r"mild",
    r"other",
    r"any",
    r"new",
    r"treatment",
    r"product",
    r"procedure",
    r"cell",
    r"study",
    r"drug",
    r"infusion",
    r"injection",
    r"transplant\w*",
    r"long",
    r"short",
    r"term",
    r"permanent",
    r"acute",
    r"late",
    r"related",
    r"emergent",
    r"associated",
    r"clinically",
    r"safety",
    r"non",
    r"or",
    r"and",
    r"relevant",
    r"important",
)
CLASS = re.compile(
    rf"^(({'|'.join(_CLASS_FORMS)}) )*(adverse (drug )?(event|effect|reaction|experience)|side effect|complication|untoward (event|effect)|safety (concern|issue|event))$"
)


def add_event(keys: Any, event: Any) -> None:
    assertion = event.get("assertion") or "present"
    n, total, percent = (number(event.get(k)) for k in ("n", "denominator", "percent"))
    for name in event["term"] if isinstance(event.get("term"), list) else [event.get("term")]:
        term = clean(name)
        if assertion == "none_reported" or (assertion == "absent" and CLASS.match(term) and not event.get("arm")):
            serious = (
                event.get("serious") or event.get("severity") or re.search(r"serious|severe|major|significant", term)
            )
            related = event.get("related") or re.search(r"related|attribut|associated with|due to", term)
            keys["ae_blanket"].add(("serious" if serious else "any", "related" if related else "any"))
            continue
        keys["ae_term"].add((term, assertion))
        if n is not None or percent is not None:
            keys["ae_count"].add((term, n, percent))
            keys["ae_event"].add((term, assertion, n, total, percent))
            if event.get("arm"):
                keys["ae_arm"].add((term, n, percent, clean(event["arm"])))
