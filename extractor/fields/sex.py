"""Women and men among the participants, as counts (CONSORT 15). Percentages without counts are no counts.

Does not find: a sex left over by subtraction that the text does not name; "mostly male".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from spacy.tokens import Doc

from extractor import patterns as re
from extractor.context.view import View, view
from extractor.fields import Field, field
from extractor.model import Fact
from extractor.people.counted import NUMBER
from extractor.people.sexes import ALL, ALL_BUT, ONE_SEX, THE_REST, Sexes, is_female, sexes
from extractor.people.together import total
from extractor.people.total import Total, one_by_one
from extractor.quantities.numbers import whole
from extractor.words import Words

W = Words("fields")

Told = tuple[Mapping[str, int | None], list[tuple[int, int]]]  # the value, and where it is told

BESIDE = 120  # characters between the two sexes said apart
FEW = 12  # people who may be told one after the other
NEARLY = 0.85  # counts of both sexes that reach this share of the total are the trial's, less a few lost
_BOTH = re.compile(rf",? (?:and|or|&) (?:\w+ ){{0,2}}?{W.both_women}\b")
_WOMEN, _MEN = (
    re.compile(r"\b(?:wom[ae]n|females?|girls?|mothers?|parturients?|lady|ladies|sisters?|daughters?)\b"),
    re.compile(r"\b(?:m[ae]n|males?|boys?|fathers?|gentlem[ae]n|brothers?|sons?)\b"),
)
BUT = re.compile(rf"(?: [a-z]+)? (?:but|except(?: for)?) (?P<n>{NUMBER.pattern})\b")
SHE = re.compile(r"\b(?:she|her|the (?:girl|woman|lady))\b")
HE = re.compile(r"\b(?:he|him|his|the (?:boy|man|gentleman))\b")
RELATIVE = re.compile(r"\b(?:donor|mother|father|parents?|brother|sister|sibling|son|daughter|wife|husband)s?\b")


@field(
    "sex",
    value="{female, male}",
    order=120,
    page=("People", "sex"),
    figure=True,
    single=True,
    view={"female": "female", "male": "male"},
)
class Sex(Field):
    """How many of the participants are women and how many are men."""

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        own = total(seen)
        found = [s for s in sexes(seen.folded) if seen.one_sentence(s.start, s.end)]
        both = [s for s in found if s.shape != "some"]
        chosen = list(self._both(doc, seen, both, own))
        if not any(f.primary for f in chosen):
            chosen += self._one_sex(doc, seen, [s for s in found if s.shape == "some"], own)
        yield from chosen

    def _both(self, doc: Doc, seen: View, both: list[Sexes], own: Total | None) -> Iterator[Fact]:
        n = own.n if own else None
        own_pair = next((s for s in both if n is None or s.total == n), None)
        summed = n is not None and len(both) > 1 and sum(s.total for s in both) == n
        if own_pair is None and not summed:
            own_pair = next((s for s in both if s.shape == "pair" and n and NEARLY * n <= s.total <= n), None)
        for item in both:
            yield self.fact(
                doc,
                {"female": item.female, "male": item.male},
                [(item.start, item.end)],
                rule="both" if item is own_pair else "other",
                confidence=0.95 if n and item.total == n else 0.7,
                primary=item is own_pair,
            )
        if own_pair is None and summed:
            value = {"female": sum(s.female or 0 for s in both), "male": sum(s.male or 0 for s in both)}
            yield self.fact(
                doc, value, [(s.start, s.end) for s in both], rule="sum", confidence=0.85, flags=("derived",)
            )

    def _one_sex(self, doc: Doc, seen: View, some: list[Sexes], own: Total | None) -> Iterator[Fact]:
        one = own.noun if own and own.noun in ("female", "male") else _sex_of(seen, own) if own else ""
        derived = (_but(seen, own) or _rest(seen, some, own) or _in_turn(seen, own)) if own else None
        if derived:
            yield self.fact(doc, dict(derived[0]), derived[1], rule="everyone", confidence=0.85, flags=("derived",))
            return
        for item in [*_together(some, own), *some]:
            if one and (item.female is None) == (one == "male"):
                continue  # "2061 men were randomised ... 819 (40%) men had": a part of people of one sex
            if own is None or item.total < own.n or (item.total == own.n and item.female and item.male):
                yield self.fact(
                    doc,
                    {"female": item.female, "male": item.male},
                    [(item.start, item.end)],
                    rule="one_sex",
                    confidence=0.75,
                )
                return
        if own:
            persons = _persons(seen, own)
            if persons:
                yield self.fact(doc, dict(persons[0]), persons[1], rule="everyone", confidence=0.85, flags=("derived",))
            else:
                yield from self._everyone(doc, seen, own)

    def _everyone(self, doc: Doc, seen: View, own: Total) -> Iterator[Fact]:
        """A trial of women only, or of men only."""
        said = next((m for m in ALL.finditer(seen.folded) if seen.one_sentence(*m.span())), None)
        sex = "female" if said and is_female(said["sex"]) else "male" if said else _sex_of(seen, own)
        if not sex and own.n == 1:
            yield from self._alone(doc, seen, own)
        if sex:
            at = [*own.at, said.span()] if said else list(own.at)
            value = {"female": own.n if sex == "female" else None, "male": own.n if sex == "male" else None}
            if said and (less := BUT.match(seen.folded, said.end())):  # "all women but one"
                n, other = whole(less["n"]) or 0, "male" if sex == "female" else "female"
                value = {sex: own.n - n, other: n}
                at = [*own.at, (said.start(), less.end())]
            flags = ("derived",) if own.derived or said else ()
            yield self.fact(doc, value, at, rule="everyone", confidence=0.85, flags=flags)

    def _alone(self, doc: Doc, seen: View, own: Total) -> Iterator[Fact]:
        """The one person of a case report, of whom the text says elsewhere "the girl", "she"."""
        begins = seen.sentence_at(own.at[0][0]).start
        women, men = ([m for m in p.finditer(seen.folded, begins) if not _relative(seen, m)] for p in (SHE, HE))
        said = women or men
        if said and not (women and men):
            value = {"female": 1 if women else None, "male": 1 if men else None}
            at = [*own.at, said[0].span()]
            yield self.fact(doc, value, at, rule="everyone", confidence=0.85, flags=("derived",))


def _persons(seen: View, own: Total) -> Told | None:
    """Women and men of a few cases that are told one by one: "Case 1: a 34-year-old woman"."""
    told = one_by_one(seen)
    women, men = ([a for a in told if p.fullmatch(a.who)] for p in (_WOMEN, _MEN))
    if own.n < 2 or len(women) + len(men) != own.n:
        return None
    return {"female": len(women) or None, "male": len(men) or None}, [(a.start, a.end) for a in [*women, *men]]


def _but(seen: View, own: Total) -> Told | None:
    """All people but a few of one sex: "all but one were men"."""
    said = next((m for m in ALL_BUT.finditer(seen.folded) if seen.one_sentence(*m.span())), None)
    n = whole(said["n"]) if said else None
    if said is None or not n or n >= own.n:
        return None
    sex, other = ("female", "male") if is_female(said["sex"]) else ("male", "female")
    return {sex: own.n - n, other: n}, [*own.at, said.span()]


def _rest(seen: View, some: list[Sexes], own: Total) -> Told | None:
    """One sex counted, the other left over: "11 were men, the rest were women"."""
    for item in some:
        said = THE_REST.match(seen.folded, item.end)
        if said and is_female(said["sex"]) == (item.female is None) and item.total < own.n:
            left = own.n - item.total
            value = {
                "female": left if item.female is None else item.female,
                "male": left if item.male is None else item.male,
            }
            return value, [*own.at, (item.start, said.end())]
    return None


def _in_turn(seen: View, own: Total) -> Told | None:
    """A few people told one after the other: "two men (40 and 50 years) and a 60-year-old woman"."""
    if not 2 <= own.n <= FEW:
        return None
    for sentence in seen.sentences:
        told = [m for m in ONE_SEX.finditer(seen.folded, sentence.start, sentence.end) if not _relative(seen, m)]
        counts = [1 if m["n"] in ("a", "an") else whole(m["n"]) or 0 for m in told]
        women = sum(n for n, m in zip(counts, told, strict=True) if is_female(m["sex"]))
        if sum(counts) == own.n and 0 < women < own.n:
            return {"female": women, "male": own.n - women}, [m.span() for m in told]
    return None


def _relative(seen: View, match: re.Match[str]) -> bool:
    """Whether the word is of a donor or of the family: "her brother", "the mother"."""
    return bool(RELATIVE.search(seen.folded, max(0, match.start() - 30), match.end() + 14))


def _together(some: list[Sexes], own: Total | None) -> list[Sexes]:
    """Both sexes said apart, "22 (20%) were female and 90 (80%) were male", where they are as many as the trial's people."""
    women = [s for s in some if s.female is not None]
    men = [s for s in some if s.male is not None]
    return [
        Sexes(min(w.start, m.start), max(w.end, m.end), w.female, m.male, "some")
        for w in women[:1]
        for m in men[:1]
        if own is not None and (w.female or 0) + (m.male or 0) == own.n and abs(w.start - m.start) < BESIDE
    ]


def _sex_of(seen: View, own: Total) -> str:
    """The one sex that the words of the total name, or "" where they name both or none."""
    start, end = own.at[0][0], own.at[-1][1]
    if own.derived or not own.count or not own.count.noun:
        start = seen.sentence_at(start).start
    words = seen.folded[start:end]
    women, men = bool(_WOMEN.search(words)), bool(_MEN.search(words))
    if women == men or _BOTH.match(seen.folded, end):
        return ""
    return "female" if women else "male"
