"""Whether a sentence speaks of what is known before the trial: background, other people's studies, animals.

A heading alone is not believed: aims and hypotheses often stand under "Background".
"""

from __future__ import annotations

from extractor import patterns as re
from extractor.context.sentences import Sentence
from extractor.context.view import View
from extractor.words import Words

W = Words("context")

# "The objectives of this pilot study were", "we tested", "Sixteen patients were": the trial's own
_OWN = re.compile(rf"\b{W.own}\b")
_OTHERS = re.compile(rf"\b{W.others_previous} (?:\w+ )?{W.others_stud}\b")
_ANIMALS = re.compile(rf"\b{W.animals}\b")


def background(seen: View, sentence: Sentence) -> bool:
    """Whether `sentence` stands in the background and says nothing of the trial's own plan."""
    role = seen.role_at(sentence.start)
    return role == "background" and not _OWN.search(seen.folded, sentence.start, sentence.end)


def of_others(seen: View, sentence: Sentence) -> bool:
    """Whether `sentence` reports other studies, or animals."""
    text = (seen.folded, sentence.start, sentence.end)
    return bool(_OTHERS.search(*text) or _ANIMALS.search(*text)) and not _OWN.search(*text)
