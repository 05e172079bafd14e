"""Facts of one record that cannot all be true. Each conflict explains itself in one sentence; both sides stay.

Conflicts between records (the registry differs, the same people twice) are found where reports are linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.claims import arm_words, term_words
from extractor.model import ABSTRACT, TITLE, Conflict, Document, Fact
from extractor.quantities.numbers import WHOLE, whole
from extractor.text import fold

Numbered = tuple[int, Fact]
SAME_DOSE = 0.01  # doses within 1 % are one dose, rounded
# between the two halves of "20 million cells (2 x 10^8)"
RESTATED = re.compile(r"^\s*(?:[a-zA-Z/%-]+\s+){0,3}[(\[]\s*(?:i\.?e\.?,?\s*)?$")
# "there was no complication in group 2"
IN_A_GROUP = re.compile(
    r"^\s*(?:\w+ ){0,3}(?:in|among|for) (?:the )?(?:\w+ ){0,3}(?:group|arm|cohort|controls?)\b", re.I
)
OTHERS = re.compile(r"\b(?:other|further|additional|excessive)\b", re.I)
COUNTED = re.compile(rf"(?<![\w.,/-]){WHOLE}(?![\w%]|[.,]\d)")
ALL_BUT_FEW = 0.85  # share of all people that each arm of a crossover has at least
DOSE_LIMITING = re.compile(r"\bdose[- ]limiting\b|\bDLTs?\b", re.I)
VAGUE = re.compile(r"\b(?:issue|concern|signal|problem)s?\b", re.I)
SOME = re.compile(
    r"\b(?:withdr[ae]w\w*|discontinu\w*|drop(?:ped)?[- ]?outs?|dropped|stopped|stopping|because of|due to|reasons?|excluded|one of|of whom|of these|hospitali[sz]ed|required|leading to)\b",
    re.I,
)
LONGEST = 2_000  # characters of a sentence, as in context/sentences.py, which needs spaCy: it starts slowly
SEVERE_GRADE = 3  # CTCAE: grade 3 and up is severe or worse
# what these rules raise: raised anew when a curator changes a fact
KINDS = (
    "blanket_contradicted", "counts_exceed_denominator", "sexes_do_not_sum", "arms_do_not_sum", "dose_disagrees",
    "text_and_table_differ", "denominator_differs",
)  # fmt: skip
RECURRING = re.compile(r"\b(?:episodes?|events?|times|occasions?|attacks?|recurren\w+|relapses?|times)\b", re.I)
SHARE = re.compile(r"\d.*%|\d+\.\d")
SERIOUS_GRADE = 4  # life-threatening or fatal, which a serious event is by definition


def conflicts(document: Document, facts: Sequence[Fact]) -> list[Conflict]:
    """The conflicts inside one record, in the order of their first fact, none twice."""
    own = [(i, f) for i, f in enumerate(facts) if f.primary]
    found = [
        *blankets_contradicted([(i, f) for i, f in own if not limited(document, f)]),
        *counts_too_large(own),
        *sexes_off(facts),
        *(c for c in arms_off(facts) if not stage_said(document, facts, c)),
        *doses_off(document, own),
        *places_differ([(i, f) for i, f in own if not of_some(document, f)]),
        *splits_differ(own),
        *shares_off(own),
    ]
    return sorted(found, key=lambda c: (c.facts, c.kind))


def of(facts: Sequence[Numbered], name: str) -> list[Numbered]:
    return [(i, f) for i, f in facts if f.field == name]


def quote(fact: Fact) -> str:
    return f"“{fact.evidence[0].quote}”" if fact.evidence else "the record"


# ---------------------------------------------------------------- denials


def blankets_contradicted(facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """A blanket denial beside an event that falls under it."""
    events = of(facts, "adverse_event")
    excepted = {str(f.value["term"]).lower() for _, f in events if "excepted" in f.flags}
    happened = [(i, f) for i, f in events if f.value.get("assertion") == "present" and "excepted" not in f.flags]
    for place, blanket in events:
        if blanket.value.get("assertion") != "none_reported":
            continue
        excepting = "excepting" in blanket.flags
        if excepting and not excepted:
            continue  # what it excepts was not read: nothing can be said against it
        if OTHERS.search(quote(blanket)):
            continue  # of other events than those told before
        against = [(i, f) for i, f in happened if denied_by(blanket, f) and not _of_a_table(blanket, f)]
        if excepting:
            against = [(i, f) for i, f in against if str(f.value["term"]).lower() not in excepted and not is_class(f)]
        if against:
            rest = f" (and {len(against) - 1} more)" if len(against) > 1 else ""
            message = f"The text denies all {blanket.value['term']} ({quote(blanket)}), yet reports {quote(against[0][1])}{rest}."
            yield Conflict("blanket_contradicted", (place, *(i for i, _ in against)), message)


def _of_a_table(blanket: Fact, event: Fact) -> bool:
    """Whether a table counts what a sentence behind the abstract denies: such a sentence is of less than all people and times."""
    behind = all(e.part not in (TITLE, ABSTRACT) for e in blanket.evidence)
    return behind and any(e.row for e in event.evidence)


def limited(document: Document, fact: Fact) -> bool:
    """Whether a denial is of one group only, or of no more than "issues" and "concerns"."""
    if fact.value.get("assertion") != "none_reported":
        return False
    at = fact.evidence[0]
    behind = document.parts.get(at.part, "")[at.end : (at.end or 0) + 60].partition(".")[0]
    return IN_A_GROUP.search(behind) is not None or VAGUE.search(str(fact.value["term"])) is not None


def denied_by(blanket: Fact, event: Fact) -> bool:
    """Whether a denial reaches an event: its arm, seriousness, severity and relation; a time or a group cannot be compared."""
    if blanket.value.get("scope") or (blanket.arm and blanket.arm != event.arm):
        return False
    if event.value.get("n") == 0 or event.value.get("percent") == 0:
        return False
    if DOSE_LIMITING.search(str(blanket.value["term"])) and not DOSE_LIMITING.search(str(event.value["term"])):
        return False
    if blanket.value.get("serious") and not is_serious(event):
        return False
    if blanket.value.get("severity") and not blanket.value.get("serious") and not is_severe(event, blanket):
        return False
    related = blanket.value.get("related")
    return related is None or event.value.get("related") is related


def is_serious(event: Fact) -> bool:
    return event.value.get("serious") is True or grade_of(event) >= SERIOUS_GRADE or event.value.get("term") == "death"


def is_severe(event: Fact, blanket: Fact) -> bool:
    """Whether an event is as bad as the denied ones; of "fatal" ones only a death is that the text does not leave to the disease.

    "No fatal adverse events" beside a trial's deaths contradicts nothing: people also die of what they have.
    """
    dead = event.value.get("term") == "death"
    if re.search(r"fatal|lethal", str(blanket.value["severity"])):
        return dead and event.value.get("related") is True
    if dead:
        return True
    severe = re.search(r"severe|major|life-threatening|fatal", str(event.value.get("severity") or ""))
    return bool(severe) or grade_of(event) >= SEVERE_GRADE


def is_class(event: Fact) -> bool:
    """Whether an event is named as a class only ("two adverse events"), which may be those that were excepted."""
    return not event.value.get("term_id") and bool(
        re.search(r"\b(?:events?|effects?|reactions?|complications?)\b", str(event.value["term"]))
    )


def grade_of(event: Fact) -> int:
    """The lowest grade that is said of an event; 0 where none is."""
    grade = re.search(r"[1-5]", str(event.value.get("grade") or ""))
    return int(grade.group()) if grade else 0


# ---------------------------------------------------------------- sums


def totals(facts: Sequence[Fact]) -> set[float]:
    """All sizes that the record gives to the trial's people."""
    return {f.value["n"] for f in facts if f.field == "participants" and f.value.get("n") is not None}


def stages(facts: Sequence[Fact]) -> list[float]:
    """The people of all arms as one place tells them: randomised in the text, analysed in a table."""
    told: dict[str, list[float]] = {}
    for fact in facts:
        if fact.field == "arm" and fact.value.get("n") is not None and "pooled_arms" not in fact.flags:
            for part in dict.fromkeys(e.part for e in fact.evidence):
                told.setdefault(part, []).append(fact.value["n"])
    return [sum(sizes) for sizes in told.values() if len(sizes) > 1]


def primary_total(facts: Sequence[Fact]) -> tuple[int, Fact] | None:
    found = [(i, f) for i, f in enumerate(facts) if f.field == "participants" and f.primary]
    return found[0] if found else None


def counts_too_large(facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """More participants with an event than there were, or more deaths than people."""
    total = _most_people([f for _, f in of(facts, "participants")])
    for place, event in of(facts, "adverse_event"):
        n, denominator = event.value.get("n"), event.value.get("denominator")
        if any(RECURRING.search(e.quote) for e in event.evidence):
            continue  # one person may have several
        if n is not None and denominator is not None and n > denominator:
            message = f"{quote(event)} counts {n:g} with the event out of only {denominator:g}."
            yield Conflict("counts_exceed_denominator", (place,), message)
        elif n is not None and denominator is None and total and exceeds(event, total):
            message = f"{quote(event)} counts {n:g} participants, but the trial has {total.value['n']:g}."
            yield Conflict("counts_exceed_denominator", (place,), message)
    for place, deaths in of(facts, "deaths"):
        if total and deaths.value["n"] > total.value["n"]:
            message = (
                f"{quote(deaths)} gives {deaths.value['n']:g} deaths, but the trial has {total.value['n']:g} people."
            )
            yield Conflict("counts_exceed_denominator", (place,), message)


def _most_people(told: Sequence[Fact]) -> Fact | None:
    """The largest size of the trial: fewer are treated than were enrolled, and a death among these is none too many."""
    counted = [f for f in told if f.value.get("n") is not None]
    return max(counted, key=lambda f: float(f.value["n"]), default=None)


def exceeds(event: Fact, total: Fact) -> bool:
    people = event.value.get("denominator_unit") == "participants"
    return people and bool(event.value["n"] > total.value["n"])


def of_some(document: Document, fact: Fact) -> bool:
    """Whether a count in the text is of those who stopped for the event, or of a part of the people."""
    at = fact.evidence[0] if fact.evidence else None
    if at is None or at.start is None or at.row or fact.field != "adverse_event":
        return False
    text = document.parts.get(at.part, "")
    first, last = max(0, at.start - LONGEST), min(len(text), at.start + LONGEST)  # no sentence is longer
    start = max(text.rfind(". ", first, at.start), text.rfind("\n", first, at.start), first - 1) + 1
    end = text.find(". ", at.start, last)
    return SOME.search(text, start, end if end >= 0 else last) is not None


def places_differ(facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """The same event of the same arm counted differently in the text and in a table."""
    events = [
        (i, f) for i, f in of(facts, "adverse_event") if f.arm and f.value.get("n") is not None and plain_count(f)
    ]
    in_tables = [(i, f) for i, f in events if any(e.row for e in f.evidence)]
    in_text = [(i, f) for i, f in events if not any(e.row for e in f.evidence) and not of_one(f)]
    for place, told in in_text:
        rivals = [(i, f) for i, f in in_tables if same_people(told, f)]
        if len(rivals) == 1 and rivals[0][1].value["n"] != told.value["n"]:
            other = rivals[0][1]
            message = (
                f"The text counts {told.value['n']:g} with {told.value['term']} ({quote(told)}), "
                f"{other.evidence[0].part} {other.value['n']:g}, both of {other.arm}."
            )
            yield Conflict("text_and_table_differ", (place, rivals[0][0]), message)


def splits_differ(facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """The sexes of one number of people split in two ways by two places."""
    splits = [
        (i, f)
        for i, f in of(facts, "sex")
        if not f.arm and f.value.get("female") is not None and f.value.get("male") is not None
    ]
    for place, (i, one) in enumerate(splits):
        for j, two in splits[place + 1 :]:
            a, b = ((f.value["female"], f.value["male"]) for f in (one, two))
            apart = {e.part for e in one.evidence}.isdisjoint(e.part for e in two.evidence)
            if a != b and sum(a) == sum(b) and apart:
                message = (
                    f"{one.evidence[0].part} counts {a[0]:g} female and {a[1]:g} male, "
                    f"{two.evidence[0].part} {b[0]:g} and {b[1]:g}."
                )
                yield Conflict("text_and_table_differ", (i, j), message)


def of_one(fact: Fact) -> bool:
    """One person's story, which is no count of all who had the event."""
    return fact.value["n"] == 1 and fact.value.get("denominator") is None and fact.value.get("percent") is None


def plain_count(fact: Fact) -> bool:
    """A count of people with an event as such: of no grade, no severity, no time."""
    value = fact.value
    told = ("grade", "severity", "scope", "serious", "related")
    people = (value.get("denominator_unit") or "participants") == "participants"
    return people and not any(value.get(key) for key in told)


def same_people(a: Fact, b: Fact) -> bool:
    """The same term of the same arm, of the same number of people where both tell it."""
    sizes = a.value.get("denominator"), b.value.get("denominator")
    if None not in sizes and sizes[0] != sizes[1]:
        return False
    return term_words(a.value["term"]) == term_words(b.value["term"]) and arm_words(a.arm or "") == arm_words(
        b.arm or ""
    )


def shares_off(facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """A percentage that is not that of its own count and size, or one that is told in two ways."""
    for place, event in of(facts, "adverse_event"):
        n, size, percent = (event.value.get(key) for key in ("n", "denominator", "percent"))
        if "percent_told_apart" in event.flags:
            told = ", ".join(dict.fromkeys(f"“{e.quote}” ({e.part})" for e in event.evidence if SHARE.search(e.quote)))
            message = f"The same count of {event.value['term']} has two percentages: {told}."
            yield Conflict("text_and_table_differ", (place,), message)
        if n is None or not size or percent is None or n > size or "percent_disagrees" not in event.flags:
            continue
        message = f"{quote(event)}: {n:g} of {size:g} is {100 * n / size:.1f} %, not {percent:g} %."
        yield Conflict("denominator_differs", (place,), message)


def sexes_off(facts: Sequence[Fact]) -> Iterator[Conflict]:
    total = primary_total(facts)
    for place, sex in enumerate(facts):
        female, male = sex.value.get("female"), sex.value.get("male")
        if total is None or sex.field != "sex" or not sex.primary or sex.arm or female is None or male is None:
            continue
        if female + male not in totals(facts) | set(stages(facts)):
            message = (
                f"{female:g} female and {male:g} male make {female + male:g}, "
                f"but the trial has {total[1].value['n']:g} people ({quote(total[1])})."
            )
            yield Conflict("sexes_do_not_sum", (place, total[0]), message)


def stage_said(document: Document, facts: Sequence[Fact], conflict: Conflict) -> bool:
    """Whether the text says itself how many the arms make together: a stage of the flow ("36 (19 placebo, 17 drug) were analysed")."""
    people = sum(facts[i].value["n"] for i in conflict.facts if facts[i].field == "arm")
    return any(whole(m.group()) == people for text in document.parts.values() for m in COUNTED.finditer(fold(text)))


def arms_off(facts: Sequence[Fact]) -> Iterator[Conflict]:
    total = primary_total(facts)
    arms = [(i, f) for i, f in enumerate(facts) if f.field == "arm" and f.primary and f.value.get("n") is not None]
    if total is None or len(arms) < 2 or "derived" in total[1].flags:
        return
    people = sum(f.value["n"] for _, f in arms)
    if all(ALL_BUT_FEW * total[1].value["n"] <= f.value["n"] <= total[1].value["n"] for _, f in arms):
        return  # a crossover: the same people in each arm
    if people not in totals(facts) and not totals(facts) & set(stages(facts)):
        sizes = " + ".join(f"{f.value['n']:g}" for _, f in arms)
        message = (
            f"The arms make {sizes} = {people:g}, but the trial has {total[1].value['n']:g} people ({quote(total[1])})."
        )
        yield Conflict("arms_do_not_sum", (*(i for i, _ in arms), total[0]), message)


# ---------------------------------------------------------------- doses


def doses_off(document: Document, facts: Sequence[Numbered]) -> Iterator[Conflict]:
    """The same dose said twice with different numbers: "20 million (2 x 10^8)", or title against abstract."""
    doses = [(i, f) for i, f in of(facts, "dose") if "derived" not in f.flags]
    for place, (i, one) in enumerate(doses):
        for j, two in doses[place + 1 :]:
            if differs(one, two) and (restated(document, one, two) or restated(document, two, one)):
                message = f"The same dose is given as {quote(one)} and as {quote(two)}."
                yield Conflict("dose_disagrees", (i, j), message)
    in_title = [(i, f) for i, f in doses if f.evidence[0].part == "title"]
    elsewhere = [(i, f) for i, f in doses if f.evidence[0].part != "title"]
    if len(in_title) == len(elsewhere) == 1 and differs(in_title[0][1], elsewhere[0][1]):
        message = f"The title gives the dose as {quote(in_title[0][1])}, the text as {quote(elsewhere[0][1])}."
        yield Conflict("dose_disagrees", (in_title[0][0], elsewhere[0][0]), message)


def differs(one: Fact, two: Fact) -> bool:
    a, b = one.value, two.value
    if a.get("unit") != b.get("unit"):
        return False
    return any(
        abs((a.get(k) or 0) - (b.get(k) or 0)) > SAME_DOSE * max(a.get(k) or 0, b.get(k) or 0) for k in ("low", "high")
    )


def restated(document: Document, one: Fact, two: Fact) -> bool:
    """Whether `two` stands in brackets right after `one`."""
    a, b = one.evidence[0], two.evidence[0]
    if a.part != b.part or a.end is None or b.start is None or a.end > b.start or a.part not in document.parts:
        return False
    return bool(RESTATED.match(document.parts[a.part][a.end : b.start]))
