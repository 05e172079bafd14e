"""What a document says of adverse events, sentence by sentence: mention, assertion, counts, arms, and the cues.

The order of decisions in a sentence: what is named (``event_mentions``), which counts belong to it (``event_links``), what is
denied (``negation``), and whether the rest was said to have happened in this trial (``event_reports``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractor import patterns as re
from extractor.events.as_label import as_label
from extractor.events.brackets import inside, of_composite
from extractor.events.clauses import Span, clauses, verbs
from extractor.events.composed import composed
from extractor.events.dead import all_survived, counted_dead
from extractor.events.denials import OF_KIND, Denial, denied_after
from extractor.events.denied import denied, kinds_denied
from extractor.events.elided import elided
from extractor.events.event import Event
from extractor.events.link.links import linked
from extractor.events.lists import lead, list_end
from extractor.events.mentions import CLASS, DEATH, NAMED, OPEN, ORGAN, SURVIVED, Mention
from extractor.events.of_this_trial import Reports
from extractor.events.owned import owned
from extractor.events.parts_of_class import parts_told
from extractor.events.said_of import ALL, said_of
from extractor.events.segment import Clause, Link
from extractor.events.sentence import Reading
from extractor.events.told_together import cases_named, one_each, times_seen
from extractor.events.told_with_count import EFFECT, counted, others_counted
from extractor.events.told_without_count import uncounted
from extractor.events.words_of_events import EXPLAINED, MEMBERS_ONLY, OCCURRING
from extractor.quantities.counts import EVENTS, PARTICIPANTS, Count, counts
from extractor.quantities.numbers import WHOLE, whole
from extractor.words import Words

W = Words("events")

__all__ = ["events"]
COMMONEST = re.compile(rf"\b{W.commonest}\s+(?:\w+\s+)?\Z")
# "a decrease in heartburn from 55% to 18%": an effect
FELL = re.compile(rf"\b{W.fell_decreas}\b[^,;]*\Z")
FROM_TO = re.compile(r"[^,;()]{0,30}?\bfrom\s+[\d.]+\s*%?[^,;]{0,30}?\bto\s+[\d.]+")
SHARES = re.compile(rf"\((?P<shares>[^()]*\d[^()]*)\)\s+{W.shares_had}\s+{W.shares_at}\s+(?:[\w-]+\s+){{0,3}}\Z")
EXCEPT_ONE = re.compile(
    rf"\b{W.except_one_except}\s+(?P<n>{WHOLE})(?:\s+{W.except_one_patients})?,?\s+(?:who|that)\s+(?:had\s+|later\s+|has\s+)?\Z"
)
NUMBER = re.compile(rf"(?<![\w.,/-])(?P<n>{WHOLE})\s+(?:[\w-]+\s+)?\Z")
TOTALLED = re.compile(rf"\s+(?:numbered|totall?ed|amounted to)\s+(?P<n>{WHOLE})(?=\s*(?:[,:(;.]|and\b|in\b|\Z))")
OF_CAUSE = re.compile(
    rf"\s*(?:,\s*)?(?:both\s+|all\s+|each\s+)?{W.of_cause_of}\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){{0,2}}"
)
# "two died of sepsis and one of renal failure": the second has no verb of its own
ELIDED = re.compile(
    rf"\s*,?\s*and\s+(?P<n>{WHOLE})\s+(?:of|from|due to|because of)\s+(?:an?\s+)?(?:[\w-]+\s+){{0,2}}\Z"
)
OF_EACH = re.compile(
    rf"(?:[:;,(]|\band)\s*(?:and\s+)?(?P<n>{WHOLE})\s+(?:patients?\s+)?(?:of|from|due to|because of|owing to)\s+(?:an?\s+)?(?:[\w-]+\s+){{0,1}}\Z"
)
MORE_CAUSES = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:,|and\b|or\b|/|;)")
ARTICLE = re.compile(
    r"[,:(]\s*(?:and\s+)?(?P<n>an?|one)\s+(?:[\w-]+\s+){0,2}\Z|\band\s+(?P<m>an?|one)\s+(?:[\w-]+\s+){0,2}\Z"
)
# ", but no headache, occurred": a denial set into a clause
INSERTED = re.compile(rf"[,(]\s*{W.inserted_but}?\s*\Z|\s\bbut\s+\Z")
CLOSED = re.compile(rf"\s*[,)]\s*(?={W.closed_was}\b)")
OPENS = re.compile(r"[(\[]\s*(?:i\.e|defined|ie\b|that is|definition|assessed|measured)")
OF_THEIRS = re.compile(
    r"\s+(?:had to|needed|(?!treated\b|enrolled\b|included\b|studied\b)[a-z]+ed|withdrew|left|was|were)\b"
)
OTHERS_WITH = re.compile(
    r"\s*,\s*(?:but|only|and)?\s*(?:with|there were)\b"
)  # "no serious adverse events, with 73 mild ones"
NONE_OF_A_KIND = re.compile(
    r"\s+(?!during\b)(?:\w+ing|of|led|required|needed|resulted|had)\b"
)  # "none calling for treatment"
JOINED = re.compile(rf"[^,;()]*\b{W.joined_and}\s+(?:only\s+)?\Z")  # "no patient on placebo and "


def events(reports: Reports, *, about: re.Pattern[str] | None = None) -> Iterator[Event]:
    """All events of a document, in order; only those of sentences that `about` is found in, where it is given."""
    for sentence in reports.seen.sentences:
        if about is not None and not about.search(reports.seen.folded, sentence.start, sentence.end):
            continue
        silent = reports.silent(sentence)
        named = [] if silent else reports.named(sentence.start, sentence.end)
        if named:
            yield from _told(Reading(reports, sentence, named))
        elif not silent and OF_KIND.search(reports.seen.folded, sentence.start, sentence.end):
            yield from kinds_denied(Reading(reports, sentence, named))


def _told(reading: Reading) -> Iterator[Event]:
    """The events of one sentence, segment by segment."""
    avoid = [(m.start, m.end) for m in reading.mentions]
    found = counts(reading.folded, reading.start, reading.end, bare=True, avoid=avoid)
    whole_label = as_label(reading, reading.start, reading.end, reading.mentions, found)
    for first, last in [(reading.start, reading.end)] if whole_label else reading.segments:
        inner = [m for m in reading.mentions if first <= m.start < last]
        held = [c for c in found if first <= c.start < last]
        label = whole_label or as_label(reading, first, last, inner, held)
        links: list[Link] = [label or Link(), *(Link() for _ in inner[1:])] if label else []
        for a, b in () if label else parts(reading, first, last):
            within = [c for c in held if a <= c.start < b and not owned(reading.folded, c, inner, b)]
            links += _linked(reading, a, b, [m for m in inner if a <= m.start < b], within)
        for step in STEPS:
            step(reading, inner, links)
        inner, links = composed(reading.folded, inner, links)
        for mention, link in zip(inner, links, strict=True):
            yield from _of(reading, mention, link, inner, first, last)
    yield from all_survived(reading)
    yield from kinds_denied(reading)
    yield from parts_told(reading)


def parts(reading: Reading, first: int, last: int) -> list[Span]:
    """A segment cut into its clauses; one that names no event goes with the clause before, or the one after."""
    out: list[Span] = []
    begin = first
    for _, b in clauses(reading.folded, first, last):
        if any(begin <= m.start < b for m in reading.mentions):
            if b < last and not verbs(reading.folded, begin, b):
                continue  # "fever, | but no headache, occurred in five"
            out.append((begin, b))
            begin = b
        elif out:
            out[-1] = (out[-1][0], b)
            begin = b
    return [*out[:-1], (out[-1][0], last)] if out else [(first, last)]


def _linked(reading: Reading, first: int, last: int, inner: list[Mention], held: list[Count]) -> list[Link]:
    """The link of each mention; what is denied takes no count, and leaves those of its neighbours to them."""
    links = linked(Clause(reading.folded, first, last, inner, held))
    own = [denial_of(reading, m, link, inner, held) for m, link in zip(inner, links, strict=True)]
    if not any(own):
        return links
    free = [m for m, denial in zip(inner, own, strict=True) if denial is None]
    text, taken = reading.folded, []
    for mention, denial in zip(inner, own, strict=True):
        if denial:
            text = _blotted(text, denial, mention, last)
            some = said_of(reading.folded, denial, mention.end, denial.clause[1]).whom != ALL
            taken.append((denial.clause[0] if some else denial.start, mention.end))
    counts_free = [c for c in held if not any(a <= c.start < b for a, b in taken)]
    again = iter(linked(Clause(text, first, last, free, counts_free)))
    return [Link() if denial else next(again) for denial in own]


def _blotted(text: str, denial: Denial, mention: Mention, last: int) -> str:
    """The sentence without an inserted denial: "fever, but no headache, occurred" is "fever occurred" to a count."""
    opened = INSERTED.search(text, denial.clause[0] - 2 if denial.clause[0] > 1 else 0, denial.start)
    closed = CLOSED.match(text, mention.end, last)
    if not opened or not closed:
        return text
    return text[: opened.start()] + " " * (closed.end() - opened.start()) + text[closed.end() :]


def denial_of(reading: Reading, mention: Mention, link: Link, inner: list[Mention], held: list[Count]) -> Denial | None:
    """The denial in whose scope a mention stands, unless it is an exception, or has a count of its own.

    "No patient on placebo and three on the drug had headache": a negated subject beside another one is a zero among counts.
    """
    denial = next((d for d in reversed(reading.denials) if d.covers(mention.start, mention.end)), None)
    if denial is None or excepted(reading, mention, inner):
        return None
    beside = link.how == "beside" and any(c.n or c.percent for c in link.counts)
    if beside and not (mention.kind == CLASS and OTHERS_WITH.match(reading.folded, mention.end, link.counts[0].start)):
        return None
    if denial.kind == "subject" and _beside_others(reading, denial, mention, held):
        return None
    return denial


def _beside_others(reading: Reading, denial: Denial, mention: Mention, held: list[Count]) -> bool:
    """Whether another count stands between a negated subject and its verb, or in its place in the clause before."""
    folded = reading.folded
    verb = next((a for a, b in verbs(folded, denial.end, mention.start)), mention.start)
    behind = [c for c in held if (c.n or c.percent) and denial.end <= c.start < verb]
    ahead = [c for c in held if (c.n or c.percent) and denial.clause[0] <= c.start and c.end <= denial.start]
    return any(JOINED.match(folded, denial.end, c.start) for c in behind) or any(
        JOINED.match(folded, c.end, denial.start) and not verbs(folded, c.end, denial.start) for c in ahead
    )


def excepted(reading: Reading, mention: Mention, inner: list[Mention]) -> bool:
    """Whether an exception from a denial names the mention."""
    return any(_excepted(reading, mention, inner, a, b) for d in reading.denials for a, b in d.exceptions)


def _hand_over(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Nausea was the most common adverse event (12%)": the count beside the class is the term's."""
    for place, mention in enumerate(inner):
        if mention.kind not in (CLASS, ORGAN) or not links[place].counts or links[place].how == "before" or not place:
            continue
        if links[place].how == "after" and not OCCURRING.match(reading.folded, mention.end):
            continue
        between = reading.folded[inner[place - 1].end : mention.start]
        if (
            inner[place - 1].kind in (NAMED, OPEN)
            and not links[place - 1].counts
            and re.search(r"\b(?:was|were|as|being) (?:the|a|an)\b[^;,]*\Z", between)
        ):
            links[place - 1] = links[place]
            links[place] = Link()


# "the most common adverse event (12%) was a skin rash": from the class with its count to the one that it was
ONE_WAS = re.compile(
    r"\s*[(\[][^()\[\]]*[)\]]\s*(?:was|being|is|were)\s+(?:an?\s+|the\s+)?(?:(?!not\b|no\b|similar\b|higher\b|lower\b|more\b|less\b|due\b|related\b)[\w/-]+\s+){0,3}\Z"
)


def _named_one(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "The most common adverse event (12%) was rash": the count beside the class is that of the one named."""
    for place, mention in enumerate(inner[:-1]):
        link, following = links[place], links[place + 1]
        if mention.kind not in (CLASS, ORGAN) or link.how != "beside" or following.counts:
            continue
        if inner[place + 1].kind not in (NAMED, OPEN) or not COMMONEST.search(
            reading.folded, max(reading.start, mention.start - 40), mention.start
        ):
            continue
        if ONE_WAS.fullmatch(reading.folded, mention.end, inner[place + 1].start):
            links[place + 1], links[place] = Link(link.counts, "handed"), Link()


def _explain(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "One serious adverse event (pneumonia)": the count of the one event is that of the term named."""
    for place, mention in enumerate(inner[:-1]):
        link, following = links[place], inner[place + 1]
        if (
            mention.kind not in (CLASS, ORGAN)
            or [c.n for c in link.counts] != [1]
            or following.kind not in (NAMED, OPEN)
        ):
            continue
        opened = EXPLAINED.match(reading.folded, mention.end, following.start)
        if not opened:
            continue
        target = place + 1
        pair = inside(reading.pairs, following.start)
        if pair and target + 1 < len(inner) and inner[target + 1].start < pair[1]:
            named = [i for i in range(target, len(inner)) if inner[i].start < pair[1] and not inner[i].weak]
            target = named[0] if len(named) == 1 else target
        if not links[target].counts:
            links[target], links[place] = link, Link()


def _bracketed(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Most in both groups (64% on A and 58% on B) reported at least one adverse event": the arms' shares before their verb."""
    for place, mention in enumerate(inner):
        found = SHARES.search(reading.folded, max(reading.start, mention.start - 160), mention.start)
        if mention.kind != CLASS or links[place].counts or not found:
            continue
        shares = [c for c in counts(reading.folded, *found.span("shares")) if c.percent is not None or c.denominator]
        if len(shares) > 1:
            links[place] = Link(shares, "before")


def _excepted_death(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "All were alive except one, who died": the exception is counted."""
    for place, mention in enumerate(inner):
        found = EXCEPT_ONE.search(reading.folded, max(reading.start, mention.start - 60), mention.start)
        if mention.kind == DEATH and not links[place].counts and found:
            n = whole(found["n"])
            links[place] = Link([Count(*found.span("n"), "bare", n, None, PARTICIPANTS)], "before")


def _whole_before(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Four deaths (two in each group)": the number before is of all, the brackets divide it."""
    for place, mention in enumerate(inner):
        found = NUMBER.search(reading.folded, max(reading.start, mention.start - 30), mention.start)
        link = links[place]
        if mention.kind != DEATH or link.how != "beside" or not found or len(link.counts) != 1:
            continue
        n, part = whole(found["n"]), link.counts[0]
        if n and part.n and n > part.n:
            links[place] = Link([Count(*found.span("n"), "bare", n, None, None)], "before")


def _causes(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Only one patient died, of aortic dissection": the one cause has the count of the deaths."""
    for place, mention in enumerate(inner[1:], 1):
        dead = links[place - 1]
        if inner[place - 1].kind != DEATH or links[place].counts or len(dead.counts) != 1 or mention.kind == CLASS:
            continue
        if mention.term is not None and mention.term.name in MEMBERS_ONLY:
            continue  # "deaths due to disease progression": why, not an event more
        more = ELIDED.match(reading.folded, mention.end, inner[place + 1].start) if place + 1 < len(inner) else None
        if more and OF_CAUSE.fullmatch(reading.folded, inner[place - 1].end, mention.start):
            n = Count(*more.span("n"), "bare", whole(more["n"]), None, PARTICIPANTS)
            links[place], links[place - 1] = Link(list(dead.counts), "before"), Link([*dead.counts, n], dead.how)
            continue
        one = dead.counts[0].n == 1 or not MORE_CAUSES.match(reading.folded, mention.end, reading.end)
        if one and dead.counts[0].n and OF_CAUSE.fullmatch(reading.folded, inner[place - 1].end, mention.start):
            links[place] = Link(list(dead.counts), "before")


def _causes_each(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Three died: two from pneumonia and one from bleeding": each cause has its own count."""
    for place, mention in enumerate(inner):
        fatal = any(m.kind == DEATH and links[i].counts for i, m in enumerate(inner[:place]))
        found = OF_EACH.search(reading.folded, max(reading.start, mention.start - 60), mention.start)
        if fatal and found and not links[place].counts and mention.kind in (NAMED, OPEN):
            links[place] = Link([Count(*found.span("n"), "bare", whole(found["n"]), None, PARTICIPANTS)], "before")


def _totalled(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Severe adverse events numbered two": a class and how many there were."""
    for place, mention in enumerate(inner):
        found = TOTALLED.match(reading.folded, mention.end, reading.end)
        if mention.kind == CLASS and not links[place].counts and found:
            links[place] = Link([Count(*found.span("n"), "bare", whole(found["n"]), None, EVENTS)], "after")


def _apposed(reading: Reading, inner: list[Mention], links: list[Link]) -> None:
    """ "Severe adverse events numbered two, a meningioma and a pulmonary embolism": each is one of them."""
    for place, mention in enumerate(inner):
        if mention.kind not in (CLASS, ORGAN) or len(links[place].counts) != 1:
            continue
        following = [
            (i, found)
            for i, m in enumerate(inner[place + 1 :], place + 1)
            if (found := ARTICLE.search(reading.folded, max(mention.end, m.start - 30), m.start))
            and not links[i].counts
        ]
        if len(following) > 1 and links[place].counts[0].n == len(following):
            for i, found in following:
                links[i] = Link([Count(*found.span(found.lastgroup or 0), "one", 1, None, EVENTS)], "before")


def _of(reading: Reading, mention: Mention, link: Link, inner: list[Mention], first: int, last: int) -> Iterator[Event]:
    if mention.kind == DEATH and SURVIVED.match(reading.folded, mention.start, mention.end):
        return  # told by itself
    if mention.kind in (NAMED, OPEN) and (_defined(reading, mention) or _fell(reading, mention, first, last)):
        return
    if mention.kind in (NAMED, OPEN) and EFFECT.match(reading.folded, mention.end, last):
        return
    if mention.kind in (CLASS, ORGAN) and re.match(r"\s+of\s+\Z", lead(reading, mention, inner)):
        return  # "two complications of venous thrombosis and infection": the members are told
    after = denied_after(reading.folded, list_end(reading, mention, inner), last)
    denial = next((d for d in reversed(reading.denials) if d.covers(mention.start, mention.end)), None)
    exception = excepted(reading, mention, inner)
    if denial and not exception and not link.counts:
        yield from denied(reading, mention, (denial.start, denial.end), inner, denial, last)
        yield from others_counted(reading, mention, last)
        yield from elided(reading, mention)
    elif after and not exception:
        yield from denied(reading, mention, (mention.end, after.end()), inner, None, last)
        yield from elided(reading, mention)
    elif mention.kind == CLASS and [c.form for c in link.counts] == ["none"]:
        if NONE_OF_A_KIND.match(reading.folded, link.counts[0].end, last):
            return
        if mention.end < link.counts[0].start and OF_THEIRS.match(reading.folded, link.counts[0].end, last):
            return  # "side effects occurred, and none of the patients stopped": what nobody did is something else
        yield from denied(reading, mention, (link.counts[0].start, link.counts[0].end), inner, None, last)
    elif link.counts:
        told = [*counted(reading, mention, link, inner, first, last), *elided(reading, mention)]
        if exception and not told:
            told = list(uncounted(reading, mention, inner, exception, first, last))
        yield from (replace(e, excepted=exception) for e in told)
    else:
        told = list(uncounted(reading, mention, inner, exception, first, last))
        yield from (replace(e, excepted=exception) for e in told)


def _fell(reading: Reading, mention: Mention, first: int, last: int) -> bool:
    """Whether it is told how an outcome fell, not what befell somebody."""
    fell = FELL.search(reading.folded, max(first, mention.start - 60), mention.start)
    return bool(fell and FROM_TO.match(reading.folded, mention.end, last))


def _defined(reading: Reading, mention: Mention) -> bool:
    """Whether a term stands in brackets that explain another word ("severe (i.e. events that caused coma)")."""
    pair = inside(reading.pairs, mention.start)
    return pair is not None and (
        OPENS.match(reading.folded, *pair) is not None or of_composite(reading.folded, reading.start, *pair)
    )


def _excepted(reading: Reading, mention: Mention, inner: list[Mention], start: int, end: int) -> bool:
    """Whether the term is what an exception names, not what is said of the people in it."""
    if not start <= mention.start < end:
        return False
    return not re.search(r"\b(?:in|among|with|due to)\b", reading.folded[start : mention.start]) or not any(
        start <= m.start < mention.start for m in inner
    )


# what is settled over the links of a segment, in this order
STEPS = (
    _hand_over,
    _named_one,
    _explain,
    _bracketed,
    counted_dead,
    _excepted_death,
    _whole_before,
    _causes,
    _causes_each,
    _totalled,
    _apposed,
    one_each,
    times_seen,
    cases_named,
)
