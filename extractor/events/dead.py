"""Deaths that are told without a count beside them: "all but one survived", "the only death", "both died", "all were alive"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractor import patterns as re
from extractor.events.event import ABSENT, PRESENT, Event
from extractor.events.limits import limits
from extractor.events.mentions import DEATH, DEATHS, SURVIVED, Mention
from extractor.events.segment import Link
from extractor.events.sentence import Reading
from extractor.quantities.counts import PARTICIPANTS, Count
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("events")

# before "death" or "died": how many, in words that are no numerals
SAID = re.compile(
    rf"\b(?:(?P<two>both)(?:\s+of\s+(?:the|these|them))?(?:\s+{W.said_patients})?|(?P<one>{W.said_the})(?:\s+{W.said_later})?)\s+\Z"
)
# "a death occurred", "a death in the cell group"
A_DEATH = re.compile(r"(?<!not )\ban?\s+(?:[\w-]+\s+)?\Z")
# "four more died", "two others died later"
SO_MANY_MORE = re.compile(
    rf"\b(?P<n>{WHOLE})\s+(?:more|others?|further|additional)(?:\s+{W.said_patients})?(?:\s+{W.said_later})?\s+\Z"
)
# "a patient who had had surgery", "the girl with a second graft": the one person that died
ONE_WHO = re.compile(
    rf"\b(?P<who>(?:an?|the)\s+(?:[\w-]+\s+)?{W.a_person})(?:,?\s+(?:who|with|whose)(?:\s+[^.;:,]{{2,60}}?,?)?)?\s+(?:{W.said_later}\s+)?\Z"
)
_ENDS = rf"{W.cause_ends}\b"
# the trial's own doing among causes
BY_TREATMENT = re.compile(rf"\b{W.cause_treatment}\b")
# "died of sepsis", "deaths due to respiratory failure": what those deaths were of; "the death of a patient" says no cause
CAUSED = re.compile(
    r"\s+(?:\([^()]*\)\s+)?(?P<cause>(?:due to|from|of|because of|caused by|attributed to|secondary to|as a result of|following)\s+"
    r"(?!any\b|all\b|unknown\b|it\b|this\b|these\b|which\b|\d|\w+\s+(?:patients?|participants?|subjects?|m[ae]n|wom[ae]n|child(?:ren)?)\b)"
    rf"(?!{_ENDS})[\w/'’-]+(?:\s+(?!{_ENDS})[\w/'’-]+){{0,5}})"
)
HAPPENED = re.compile(rf"\s+{W.happened_was}\b")


def counted_dead(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """Give the deaths whose number stands in other words a count."""
    for place, mention in enumerate(inner):
        if mention.kind == DEATH and not links[place].counts:
            count = _all_but(reading, mention) or _in_words(reading, mention)
            if count is not None:
                links[place] = Link([count], "before")


def _all_but(reading: Reading, mention: Mention) -> Count | None:
    found = DEATHS.match(reading.folded, mention.start, mention.end)
    name = next((g for g in ("but", "but2", "but3") if found and found[g]), None)
    if found is None or name is None:
        return None
    return Count(*found.span(name), "bare", whole(found[name]), None, PARTICIPANTS)


def _in_words(reading: Reading, mention: Mention) -> Count | None:
    before = max(reading.start, mention.start - 60)
    more = SO_MANY_MORE.search(reading.folded, before, mention.start)
    if more:
        return Count(*more.span("n"), "bare", whole(more["n"]), None, PARTICIPANTS)
    found = SAID.search(reading.folded, before, mention.start)
    verb = reading.folded.startswith(("died", "had died"), mention.start)
    who = ONE_WHO.search(reading.folded, max(reading.start, mention.start - 90), mention.start) if verb else None
    if found is None and who and not reading.hypothetical(mention.start):
        return Count(*who.span("who"), "one", 1, None, PARTICIPANTS)
    if found is None and reading.folded[mention.start : mention.end].endswith("death"):
        found = A_DEATH.search(reading.folded, before, mention.start)
        if found is None or not HAPPENED.match(reading.folded, mention.end, reading.end):
            return None
        return Count(*found.span(), "one", 1, None, PARTICIPANTS)
    if found is None or reading.hypothetical(mention.start):
        return None
    return Count(*found.span(), "one", 2 if found["two"] else 1, None, PARTICIPANTS)


def of_its_cause(folded: str, event: Event) -> Event:
    """The event limited to the words that say of what those counted died; what they died of says whether it is related."""
    mention = event.mention
    if mention.kind != DEATH or event.assertion != PRESENT or event.count is None or event.scope:
        return event
    found = CAUSED.match(folded, mention.end)
    verb = folded.endswith(("died", "dying"), mention.start, mention.end)
    if found is None or (found["cause"].startswith("of ") and not verb):
        return event
    related = None if event.related and not BY_TREATMENT.search(found["cause"]) else event.related
    return replace(event, scope=found.span("cause"), related=related)


def all_survived(reading: Reading) -> Iterator[Event]:
    """ "All patients survived": nobody died, as far as its words reach."""
    for mention in reading.mentions:
        if mention.kind != DEATH or not SURVIVED.match(reading.folded, mention.start, mention.end):
            continue
        place = (mention.start, mention.end)
        said = limits(reading.folded, (mention.start, reading.end), place, (mention.end, mention.end))
        yield Event(
            mention,
            ABSENT,
            None,
            None,
            place,
            "denied",
            (reading.start, reading.end),
            concluded=reading.concluded,
            scope=said.scope,
        )
