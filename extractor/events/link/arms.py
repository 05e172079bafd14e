"""Which group of people a count is of: for each count the names around it, what is seen of each, one score, or none of them.

Names are found generously (:mod:`extractor.events.link.groups`), in the sentence, in the two before it, and, of the trial's arms,
anywhere before. A fitted model weighs what is seen of each name, and of "no arm": a count of the whole trial has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.events.link.groups import CONTROL, PARTS, STOP, Group, Name, alike, names, telling, told_of, vocabulary
from extractor.events.link.more_names import referred
from extractor.quantities.counts import Count
from extractor.words import Words

W = Words("events")

BEFORE = 2  # sentences before that a name is looked for in
REFERRED_BACK = 3  # sentences before in which the former and the latter are looked for
NEAR = 60  # characters between a name and a count whose words are seen
_WORDS = re.compile(r"[a-z]+|[^\s\w]|\d+")
MORE = 2  # words by which a name of the trial's arm may be longer than what was read of it
HEAD = 4  # words that may stand before a name at the head of its sentence
RESPECTIVELY = "respectively"
ROW_CLOSED = re.compile(rf"\s*(?:{W.persons}\b)?\s*[),]*\s*respectively\b")
# "in 3 and 4 patients respectively, gangrene in two on placebo": a row without names, and what follows it
CLOSED_ROW = re.compile(rf"{ROW_CLOSED.pattern}\s*[,;]")
TREATED = frozenset(("treated", "active", "experimental", "intervention", "verum"))  # the arm that is no control


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known around the counts of a sentence: its counts, the terms' places, the names here and before."""

    seen: View
    sentence: Sentence
    counts: tuple[Count, ...]
    terms: tuple[tuple[int, int], ...]
    here: tuple[Name, ...]
    before: tuple[tuple[int, Name], ...]  # how many sentences before, the name
    groups: tuple[Group, ...]
    echoes: dict[frozenset[str], int]
    families: dict[frozenset[str], int]
    arms: dict[frozenset[str], int]  # the place of the trial's arm of each name; -1 for a name of none

    def of_arm(self, name: Name) -> bool:
        """Whether a name is of one of the trial's arms."""
        return self.arms[name.words] >= 0

    def arm(self, name: Name) -> int:
        """The place of the trial's arm that a name is of, also where it says only which part the arm has; -1 for none."""
        place = self.arms[name.words]
        return place if place >= 0 else by_part(name.words, self.groups)

    def counted(self, count: Count) -> Count | None:
        """The count here that a count of an event was made of."""
        return next((c for c in self.counts if c.start <= count.start < c.end), None)


class Names:
    """The names of groups in a document, read a sentence once."""

    def __init__(self, seen: View, groups: Sequence[Group]) -> None:
        self.seen = seen
        self.groups = tuple(groups)
        self.body = seen.body()
        self._arms: dict[frozenset[str], int] = {}
        # what abbreviations stand for: "the AHSCT arm" is that of the long form
        self._long = {telling(short): telling(long) for short, long in seen.abbreviations.items()}
        self._read: dict[int, list[Name]] = {}
        self._named: dict[int, list[Name]] = {}
        self._known: tuple[re.Pattern[str] | None] | None = None
        self._echoes: dict[frozenset[str], int] | None = None

    def of(self, sentence: Sentence) -> list[Name]:
        """The names in a sentence."""
        if sentence.start not in self._read:
            own = self._own(sentence)
            echoed = list(told_of(self.seen.folded, sentence, self.known))
            own = [_whole(self.seen.folded, n, echoed, self.groups) for n in own]
            echoed = [n for n in echoed if not any(o.start < n.end and n.start < o.end for o in own)]
            read = sorted([*own, *echoed], key=lambda n: n.start)
            meant = list(referred(self.seen.folded, sentence, [*self._before(sentence), *read]))
            kept = [n for n in read if not any(m.start < n.end and n.start < m.end for m in meant)]
            self._read[sentence.start] = sorted([*kept, *meant], key=lambda n: n.start)
        return self._read[sentence.start]

    def _before(self, sentence: Sentence) -> list[Name]:
        """The names of groups in the last sentence before that names two."""
        place = next((i for i, s in enumerate(self.body) if s.start == sentence.start), 0)
        for earlier in self.body[max(0, place - REFERRED_BACK) : place][::-1]:
            told = [n for n in self._own(earlier) if n.grouped or self._arm(n.words) >= 0]
            arms = [n for n in told if self._arm(n.words) >= 0]
            if len({n.words for n in told}) > 1:
                return arms if len({n.words for n in arms}) > 1 else told
        return []

    def _own(self, sentence: Sentence) -> list[Name]:
        if sentence.start not in self._named:
            self._named[sentence.start] = names(self.seen.folded, sentence)
        return self._named[sentence.start]

    @property
    def known(self) -> re.Pattern[str] | None:
        """The names that the text gives groups, wherever it repeats them."""
        if self._known is None:
            every = [n for s in self.seen.sentences for n in self._own(s)]
            self._known = (vocabulary(self.seen.folded, every, [g.name for g in self.groups]),)
        return self._known[0]

    @property
    def echoes(self) -> dict[frozenset[str], int]:
        """How many sentences name each group with a group word, or compare it."""
        if self._echoes is None:
            self._echoes = {}
            for sentence in self.seen.sentences:
                for words in {n.words for n in self.of(sentence) if n.grouped}:
                    self._echoes[words] = self._echoes.get(words, 0) + 1
        return self._echoes

    def scene(self, sentence: Sentence, counts: Sequence[Count], terms: Sequence[tuple[int, int]]) -> Scene:
        """What is known around the counts of a sentence; names that reach into a term are left out."""
        here = [n for n in self.of(sentence) if not any(a < n.end and n.start < b for a, b in terms)]
        place = next((i for i, s in enumerate(self.body) if s.start == sentence.start), 0)
        before: list[tuple[int, Name]] = []
        known = {n.words for n in here if n.grouped}
        for back in range(1, place + 1):
            for name in reversed(self.of(self.body[place - back])):
                if name.words in known:
                    continue
                told = back <= BEFORE and (name.grouped or name.brought == "echo" or name.words in self.echoes)
                if not told and self._arm(name.words) < 0:
                    continue
                known.add(name.words)
                before.append((back, name))
        families: dict[frozenset[str], int] = {}
        for name in here:
            families.setdefault(name.words, len(families))
        return Scene(
            self.seen,
            sentence,
            tuple(counts),
            tuple(terms),
            tuple(here),
            tuple(before),
            self.groups,
            self.echoes,
            families,
            {n.words: self._arm(n.words) for n in (*here, *(n for _, n in before))},
        )

    def _arm(self, words: frozenset[str]) -> int:
        """The place of the trial's arm that words name; -1 where they name none."""
        if words not in self._arms:
            said = self._long.get(words, words)
            # the closest: "standard care" is no name of "cells plus standard care" where it is one of "standard care"
            near = [
                (len(g.words ^ words), i) for i, g in enumerate(self.groups) if alike(words, g.words) or said == g.words
            ]
            self._arms[words] = min(near)[1] if near else -1
        return self._arms[words]


def by_part(words: frozenset[str], groups: Sequence[Group]) -> int:
    """The place of the one arm that is the control, or that is not, where words name it by its part alone; -1 where they do not."""
    controls = [i for i, g in enumerate(groups) if CONTROL.search(g.name.lower())]
    if words == frozenset(("control",)):
        return controls[0] if len(controls) == 1 else -1
    others = [i for i in range(len(groups)) if i not in controls]
    treated = words and words <= TREATED and len(groups) == 2
    return others[0] if treated and len(others) == 1 else -1


def _whole(folded: str, name: Name, echoed: Sequence[Name], groups: Sequence[Group]) -> Name:
    """A name, or all of the trial's arm's name that it is a piece of: "BI" of "BI 695501"."""
    for echo in echoed:
        longer = echo.start <= name.start and name.end <= echo.end and echo.words > name.words
        more = [*folded[echo.start : name.start].split(), *folded[name.end : echo.end].split()]
        longer = longer and len(more) <= MORE and not STOP.intersection(more)
        if longer and any(echo.words == g.words for g in groups) and not PARTS.match(folded, echo.end):
            return replace(name, start=echo.start, end=echo.end, words=echo.words)
    return name


def told_of_row(scene: Scene, end: int) -> list[Name]:
    """The names that a row of counts ending at `end` may be of: behind "respectively" and a mark another thing is told."""
    closed = CLOSED_ROW.match(scene.seen.folded, end, scene.sentence.end)
    return [n for n in scene.here if closed is None or n.start < closed.end()]


def candidates(scene: Scene) -> list[tuple[int, Name]]:
    """The names that a count of the scene may be of, each with how many sentences before it stands."""
    return [*((0, n) for n in scene.here), *scene.before]


def name_of(scene: Scene, group: Group) -> Name | None:
    """A name of one of the trial's arms, or where the text says it, though not as one: "(n = 19 treatment; n = 9 control)"."""
    named = next((n for _, n in candidates(scene) if alike(n.words, group.words)), None)
    said = re.compile(rf"(?<!\w){re.escape(group.name.lower())}(?!\w)")
    at = None if named else said.search(scene.seen.folded, 0, scene.sentence.start)
    return Name(*at.span(), group.words) if at else named


@lru_cache(maxsize=1_024)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(["0" if w.isdigit() else w for w in _WORDS.findall(text)])


def _bucket(value: int) -> str:
    return (
        str(value)
        if value < 4
        else "4-5"
        if value < 6
        else "6-9"
        if value < 10
        else "10-19"
        if value < 20
        else "20-39"
        if value < 40
        else "40-79"
        if value < 80
        else "80+"
    )


def sized(count: Count, group: Group) -> str:
    """Whether a count agrees with a group's size: by its denominator, or by its percentage."""
    if group.size is None or group.size < 1:
        return "unknown"
    if count.denominator is not None:
        return "same" if count.denominator == group.size else "other"
    if count.n is not None and count.percent is not None:
        return "share" if abs(100 * count.n / group.size - count.percent) <= 0.6 else "noshare"
    if count.n is not None and count.n > group.size:
        return "more"
    return "unsaid"


def none_features(scene: Scene, count: Count) -> Iterator[str]:
    """What speaks for no arm: the sentence compares nobody, the count is of all people, nothing was ever grouped."""
    folded, counts = scene.seen.folded, scene.counts
    place = counts.index(count)
    yield "0"
    yield f"0 counts {min(len(counts), 4)}"
    yield f"0 place {min(place, 3)} of {min(len(counts), 4)}"
    yield f"0 form {count.form}"
    yield f"0 arms {min(len(scene.groups), 3)}"
    yield f"0 grouped {min(sum(n.grouped for n in scene.here), 3)}"
    yield f"0 names {min(len(scene.here), 4)}"
    yield f"0 named arms {min(sum(scene.of_arm(n) for n in scene.here), 3)}"
    yield f"0 arms {min(len(scene.groups), 3)} grouped {min(sum(n.grouped for n in scene.here), 3)}"
    sizes = [g.size for g in scene.groups if g.size]
    if count.denominator is not None:
        yield f"0 whole {'sum' if count.denominator == sum(sizes) else 'arm' if count.denominator in sizes else 'other'}"
    text = folded[scene.sentence.start : scene.sentence.end]
    yield from (f"0 w {w}" for w in set(_tokens(text)))
    yield from (f"0 l {w}" for w in _tokens(folded[max(scene.sentence.start, count.start - NEAR) : count.start])[-5:])
    yield from (f"0 r {w}" for w in _tokens(folded[count.end : min(scene.sentence.end, count.end + NEAR)])[:5])


def features(scene: Scene, count: Count, back: int, name: Name) -> Iterator[str]:
    """What is seen of one name for one count, as named features."""
    folded, counts = scene.seen.folded, scene.counts
    place = counts.index(count)
    arm = scene.arms[name.words]
    size = sized(count, scene.groups[arm]) if arm >= 0 else "noarm"
    if size in ("other", "noshare") and any(sized(count, g) in ("same", "share") for g in scene.groups):
        size += "*"
    control = bool(CONTROL.search(folded, name.start, name.end))
    yield f"back {min(back, 4)}"
    yield f"size {size}"
    yield f"arm {arm >= 0} grouped {name.grouped}"
    yield f"arm {arm >= 0} back {min(back, 4)}"
    yield f"brought {name.brought} grouped {name.grouped}"
    yield f"control {control}"
    yield f"echo {min(scene.echoes.get(name.words, 0), 4)}"
    yield from (f"n {w}" for w in name.words)
    yield f"length {len(name.words)}"
    following = _tokens(folded[name.end : min(scene.sentence.end, name.end + 24)])[:2] if back == 0 else ()
    yield f"after {' '.join(following[:1])}"
    yield f"title {alike(name.words, telling(folded[slice(*scene.seen.title)]))}"
    if back:
        order = [n for b, n in scene.before if b == back]
        yield f"back {min(back, 4)} order {min(order.index(name), 3)} of {min(len(order), 3)}"
        yield f"back {min(back, 4)} here {min(len(scene.families), 3)} named {min(sum(scene.of_arm(n) for n in scene.here), 2)}"
        yield f"back arm {arm} of {len(scene.groups)} place {place} of {min(len(counts), 4)}"
        both = BOTH.search(folded, scene.sentence.start, scene.sentence.end) is not None
        run = run_of(folded, counts, place)
        yield f"back arm {arm} of {len(scene.groups)} run {run.index(count)} of {min(len(run), 4)} both {both} named {min(len(scene.families), 2)}"
        return
    yield from _beside(scene, count, place, name)
    yield from _in_order(scene, count, place, name)


def _beside(scene: Scene, count: Count, place: int, name: Name) -> Iterator[str]:
    """Where a name stands to a count of its sentence, and what is between them."""
    folded, counts = scene.seen.folded, scene.counts
    if name.start < count.end and name.end > count.start:
        yield f"inside count, grouped {name.grouped} brought {name.brought} arm {scene.of_arm(name)}"
    after = name.start >= count.end
    side = "r" if after else "l"
    gap = (count.end, name.start) if after else (name.end, count.start)
    between = _tokens(folded[gap[0] : gap[1]]) if gap[1] > gap[0] else ()
    rivals = sum(gap[0] <= c.start < gap[1] for c in counts)
    others = len({n.words for n in scene.here if gap[0] <= n.start < gap[1]} - {name.words})
    grouped = len({n.words for n in scene.here if gap[0] <= n.start < gap[1] and n.grouped} - {name.words})
    terms = sum(gap[0] <= a < gap[1] for a, _ in scene.terms)
    yield f"{side} gap {_bucket(len(between))}"
    yield f"{side} rivals {min(rivals, 3)} others {min(others, 2)}"
    yield f"{side} rivals {min(rivals, 3)} grouped {min(grouped, 2)}"
    yield f"{side} rivals {min(rivals, 3)} terms {min(terms, 2)}"
    yield f"{side} rivals {min(rivals, 3)} others {min(others, 2)} grouped {name.grouped} arm {scene.of_arm(name)}"
    if len(between) <= 12:
        yield from (f"{side} b {w}" for w in set(between))
    if len(between) <= 5:
        yield f"{side} all {' '.join(between)}"
    yield from (
        f"{side} s {w}"
        for w in set(between)
        if w
        in (
            ";",
            "(",
            ")",
            "and",
            "versus",
            "vs",
            "than",
            "but",
            "whereas",
            "while",
            "compared",
            ",",
            "/",
            "respectively",
        )
    )
    opened = folded.count("(", *gap) + folded.count("[", *gap)
    closed = folded.count(")", *gap) + folded.count("]", *gap)
    yield f"{side} brackets {min(opened, 2)} {min(closed, 2)}"
    near = min(scene.here, key=lambda n: _distance(n, count))
    yield f"{side} nearest {near.words == name.words}"
    strong = [n for n in scene.here if n.grouped or scene.of_arm(n)]
    if strong:
        yield f"{side} nearest strong {min(strong, key=lambda n: _distance(n, count)).words == name.words}"
        same = [n for n in strong if (n.start >= count.end) == after]
        if same:
            first = min(same, key=lambda n: _distance(n, count))
            yield f"{side} nearest strong here {first.words == name.words}"
    yield from _placed(scene, count, name, strong)
    closest = min(counts, key=lambda c: _distance(name, c))
    yield f"{side} closest count {closest == count}"
    yield f"{side} last {place == len(counts) - 1} first {place == 0}"


def _placed(scene: Scene, count: Count, name: Name, strong: Sequence[Name]) -> Iterator[str]:
    """Where in the sentence a name stands: at its head ("In the drug group, ..."), and with whom in the count's segment."""
    folded = scene.seen.folded
    head = len(_tokens(folded[scene.sentence.start : name.start])) <= HEAD
    comma = folded.find(",", name.end, count.start) >= 0
    families = {n.words for n in strong}
    yield f"head {head} comma {comma} families {min(len(families), 3)} strong {name.words in families}"
    first = max(folded.rfind(";", scene.sentence.start, count.start), scene.sentence.start)
    last = folded.find(";", count.end, scene.sentence.end)
    last = last if last >= 0 else scene.sentence.end
    within = {n.words for n in strong if first <= n.start < last}
    yield f"segment {first <= name.start < last} families {min(len(within), 3)} strong {name.words in within} here {first > scene.sentence.start}"
    left = [n for n in strong if n.end <= count.start]
    if left:
        yield f"last strong before {left[-1].words == name.words} of {min(len({n.words for n in left}), 3)} after {min(len({n.words for n in strong if n.start >= count.end}), 2)}"


def _distance(name: Name, count: Count) -> int:
    return name.start - count.end if name.start >= count.end else count.start - name.end


def _in_order(scene: Scene, count: Count, place: int, name: Name) -> Iterator[str]:
    """Counts and names in one order: "3% and 5% ... in groups A and B, respectively", "higher in A than in B (5 vs 3)"."""
    folded, counts = scene.seen.folded, scene.counts
    run = run_of(folded, counts, place)
    mine, many = run.index(count), len(run)
    told = RESPECTIVELY in folded[scene.sentence.start : scene.sentence.end]
    for label, some in (
        ("after", [n for n in scene.here if n.start >= run[-1].end]),
        ("before", [n for n in scene.here if n.end <= run[0].start]),
    ):
        for kind, those in (("any", some), ("strong", [n for n in some if n.grouped or scene.of_arm(n)])):
            order: list[frozenset[str]] = []
            for n in those:
                if n.words not in order:
                    order.append(n.words)
            if label == "before":
                order = _as_counted(folded, those, order[-many:])
            if name.words in order and name in those:
                at = order.index(name.words)
                yield f"{label} {kind} order {'same' if at == mine else 'other'} fits {len(order) >= many} {min(many, 3)} told {told}"
                yield f"{label} {kind} {min(at, 3)} of {min(len(order), 4)} count {min(mine, 3)} of {min(many, 4)}"
    strong = [n.words for n in scene.here if n.grouped or scene.of_arm(n)]
    families = list(dict.fromkeys(strong))
    if name.words in families:
        yield f"family {min(families.index(name.words), 3)} of {min(len(families), 4)} count {min(place, 3)} of {min(len(counts), 4)}"
    arm = scene.arms[name.words]
    if arm >= 0:
        yield f"trial's {min(arm, 3)} of {min(len(scene.groups), 4)} count {min(mine, 3)} of {min(many, 4)}"


BOTH = re.compile(rf"\b{W.both_both}\s+(?:of\s+)?(?:the\s+)?{W.both_groups}\b")
# "Compared with placebo, the drug led to more pain (33% vs 8%)": what the other is compared with is counted last
_FIRST_COMPARED = re.compile(
    rf"(?:\A|[.;,]|\band)\s*(?:as\s+|when\s+)?{W.first_compared_compared}\s+{W.first_compared_the}*\Z"
)


def _as_counted(folded: str, those: Sequence[Name], order: list[frozenset[str]]) -> list[frozenset[str]]:
    """Names in the order of their counts."""
    compared = {n.words for n in those if _FIRST_COMPARED.search(folded, max(0, n.start - 50), n.start)}
    return [*(w for w in order if w not in compared), *(w for w in order if w in compared)]


_JOINED = re.compile(
    r"\s*(?:[),]\s*)?(?:and|or|vs\.?|versus|v\.?|/|,|;|to|compared (?:with|to)|than|\()*\s*(?:and|for|in)?\s*\(?\s*"
)


def run_of(folded: str, counts: Sequence[Count], place: int) -> list[Count]:
    """The counts that follow one another with little between, `place` among them."""
    first = last = place
    while first and _JOINED.fullmatch(folded, counts[first - 1].end, counts[first].start):
        first -= 1
    while last + 1 < len(counts) and _JOINED.fullmatch(folded, counts[last].end, counts[last + 1].start):
        last += 1
    return list(counts[first : last + 1])
