"""Whether a sentence speaks of what is known before the trial: background, other people's studies, animals.

A heading alone is not believed: aims and hypotheses often stand under "Background".
"""

from __future__ import annotations

import re

from extractor.context.sentences import Sentence
from extractor.context.view import View

# "The objectives of this pilot study were", "we tested", "Sixteen patients were": the trial's own
_OWN = re.compile(
    r"\b(?:objectives?|aims?|aimed|purpose|hypothes\w+|goal|this (?:\w+[ -]){0,5}(?:study|trial|report|protocol|paper|article|work)|(?:present|current) (?:study|trial)|we (?!know|need)\w+|here,? we|our|was designed|(?:was|were) (?:studied|investigated|examined|evaluated|assessed|tested|compared|enrolled|randomi[sz]ed)|investigators will|will be)\b"
)
_OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|earlier|prior|other|recent|recently|many|several|most|numerous) (?:\w+ )?(?:stud\w*|trials?|reports?|work|publish\w*|publications?|data|cases?|shown|reported|described|demonstrated)\b"
)
_ANIMALS = re.compile(
    r"\b(?:mice|mouse|rats?|murine|rodents?|dogs?|canine|pigs?|swine|porcine|sheep|rabbits?|monkeys?|primates|animals?|preclinical(?:ly)?|in vitro)\b"
)


def background(seen: View, sentence: Sentence) -> bool:
    """Whether `sentence` stands in the background and says nothing of the trial's own plan."""
    role = seen.role_at(sentence.start)
    return role == "background" and not _OWN.search(seen.folded, sentence.start, sentence.end)


def of_others(seen: View, sentence: Sentence) -> bool:
    """Whether `sentence` reports other studies, or animals."""
    text = (seen.folded, sentence.start, sentence.end)
    return bool(_OTHERS.search(*text) or _ANIMALS.search(*text)) and not _OWN.search(*text)
