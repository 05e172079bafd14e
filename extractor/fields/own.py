"""Fields of one's own: one component for each that is found in texts, by its patterns or its vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from extractor.context.view import View, view
from extractor.fields import FIELDS, Entry, Field
from extractor.model import Fact
from extractor.own import NUMBER, TEXT, OwnField, in_use
from extractor.quantities.numbers import whole

LIKELY = 0.8  # nobody measured a rule of one's own; the flag "uncalibrated" says so


def register() -> None:
    """Make a component of each field of one's own that texts are read for, in place of those before."""
    for name, one in in_use().items():
        made: type[Field] = type(
            f"Own_{name}", (OwnFinder,), {"own": one, "field_name": name, "declared": one.declared}
        )
        FIELDS.load().put(name, Entry(one.declared, f"trial_own_{name}", made))
        Language.factory(f"trial_own_{name}", assigns=["doc.user_data"])(made)


class OwnFinder(Field):
    """What the patterns and the vocabulary of one field find; of a value that stands several times, the first place."""

    own: OwnField

    def find(self, doc: Doc) -> Iterable[Fact]:
        seen = view(doc)
        found: dict[str, Fact] = {}
        for start, end, value, rule in sorted(_found(self.own, seen), key=lambda f: (f[0], -f[1])):
            fact = self.fact(doc, value, [(start, end)], rule=rule, confidence=LIKELY)
            found.setdefault(str(sorted(value.items())), fact)
        yield from found.values()


def _found(own: OwnField, seen: View) -> Iterator[tuple[int, int, dict[str, Any], str]]:
    for pattern, meaning in own.patterns:
        for match in pattern.finditer(seen.folded):
            start, end = match.span("value" if "value" in pattern.groupindex and match["value"] else 0)
            value = _value(own, seen.text[start:end], meaning)
            if value is not None:
                yield match.start(), match.end(), value, "pattern"
    if own.vocabulary:
        for hit in own.vocabulary.find(seen.folded):
            yield hit.start, hit.end, {"name": hit.term.name, "id": hit.term.id or None}, "vocabulary"


def _value(own: OwnField, words: str, meaning: str) -> dict[str, Any] | None:
    """What words mean; None where they are no number, or none of the choices."""
    if own.kind == TEXT:
        return {"text": " ".join(words.split())}
    if own.kind == NUMBER:
        number = _number(words)
        return None if number is None else {"n": number, "unit": own.unit}
    legal = (
        {str(word).lower(): word for word in own.declared.legal["name"].get("enum", ())} if own.declared.legal else {}
    )
    name = meaning or legal.get(words.strip().lower(), "" if legal else words.strip())
    return {"name": name} if name else None


def _number(words: str) -> float | None:
    try:
        found = float(words.replace(",", ""))
    except ValueError:
        return whole(words)
    return int(found) if found.is_integer() else found
