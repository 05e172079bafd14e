"""Tokens of a frozen text, in time that grows with its length whatever stands in it.

spaCy's tokeniser takes one bracket or quotation mark at a time off a run without a space, and searches all that is left
anew each time: 10,000 brackets in a row take it ten seconds, 100,000 a quarter of an hour. Such a run is handed to it in
pieces. The text is not changed, only where tokens end in a run that nobody wrote as words.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import registry

from extractor import patterns as re

LONGEST = 200  # characters without a space; addresses and chemical names of real reports stay below
RUN = re.compile(rf"\S{{{LONGEST + 1},}}")
SOME_RUN = re.compile(rf"\s\S{{{LONGEST + 1}}}")  # behind a blank: a look at words, not at letters


def unfilled() -> Callable[[Language], Tokenizer]:
    """A tokeniser without rules, for a model that brings all of its own: spaCy would make the language's 1,300 first."""
    return lambda nlp: Tokenizer(nlp.vocab)


registry.tokenizers("trial_unfilled", func=unfilled)


def tokens(nlp: Language, text: str) -> Doc:
    """`text` as a Doc; ``doc.text == text`` always.

    Raises
    ------
    ValueError
        If it is longer than ``nlp.max_length``.
    """
    runs = list(RUN.finditer(text)) if SOME_RUN.search(f" {text}") else []
    if not runs or len(text) > nlp.max_length:  # too long: spaCy itself says so
        return nlp.make_doc(text)
    words: list[str] = []
    spaces: list[bool] = []
    last = 0
    for end in [*(cut for run in runs for cut in _cuts(*run.span())), len(text)]:
        if end > last:
            piece = nlp.tokenizer(text[last:end])
            words += [token.text for token in piece]
            spaces += [bool(token.whitespace_) for token in piece]
            last = end
    return Doc(nlp.vocab, words=words, spaces=spaces)


def _cuts(start: int, end: int) -> list[int]:
    return [start, *range(start + LONGEST, end, LONGEST), end]
