"""The title of a text that was handed over in one piece: its first sentence, where that says no full sentence.

Exports often put the title before the abstract, with a full stop after it or with nothing at all.
"""

from __future__ import annotations

from extractor import patterns as re
from extractor.words import Words

W = Words("context")

FEWEST, MOST = 25, 420  # characters of a title
REST = 200  # characters that must follow: an abstract
# "... after total knee arthroplasty There is conflicting evidence": an opener that no title goes on with
RUN_ON = re.compile(rf"(?<=[a-z0-9)’'])(?P<gap> +)(?={W.run_on_background_objectives})")
# "... of preterm labor Preterm birth is the major cause": a new subject with its verb, not a name inside a phrase
SUBJECT = re.compile(
    rf"(?<=[A-Za-z][a-z)])(?<!\bof)(?<!\bin)(?<!\bthe)(?<!\bon)(?<!\bwith)(?<!\band)(?<!\bfor)(?<!\bfrom)(?<!\bat)(?<!\bby)(?<!\bto) +(?=[A-Z][a-z]+(?:-[a-z]+)*(?:['’]s)? (?:[a-z-]+,? |[A-Z0-9] |\([A-Za-z0-9-]{{2,10}}\) ){{0,7}}?{W.subject_is}\b)"
)
SUBJECT_FROM = 35  # characters of a title before its new subject
# "... during laparoscopic surgery The ProSeal mask": after words in lower case, no title goes on with "The"
THE = re.compile(r"(?<= [a-z]{3})[a-z]* +(?=The [A-Z])")
# "Blocks Do Not Improve Analgesia After Surgery: A Randomized, Double-Blind Trial.": the kind of report closes a title
CLOSED = re.compile(
    rf"(?::|-| –|—) ?(?:(?:results|findings|lessons) (?:of|from) )?(?:an?|the)? ?[^.:;]{{0,110}}\b{W.closed_trials}\.?$",
    re.I,
)
# "vitamin A supplementation", "group A patients"
LETTER = re.compile(
    rf"\b{W.letter_vitamin}$",
    re.I,
)
# a sentence of its own: its verb, its "we", its opener
VERB = re.compile(
    rf"\b{W.verb}\b",
    re.I,
)
WE = re.compile(r"\b(?:we|our|was|were)\b", re.I)
OPENER = re.compile(
    rf"\s*{W.opener}\b",
    re.I,
)
# what follows a title and nothing else: the first heading
HEADED = re.compile(
    rf"\s*(?:BACKGROUND|OBJECTIVES?|PURPOSE|AIMS?|INTRODUCTION|CONTEXT|RATIONALE|STUDY OBJECTIVE|IMPORTANCE)\b|\s*{W.headed_background}\s?:"
)


def run_on(text: str) -> int | None:
    """Where a title without a full stop ends at the beginning of `text`, if it does."""
    if len(text) < REST:
        return None
    for match in RUN_ON.finditer(text, FEWEST, MOST):
        before = text[: match.start()]
        if re.search(r"[.?!] ", before):
            return None
        if not (LETTER.search(before) and text[match.end()] == "A") and title_like(before):
            return match.start()
    the = THE.search(text, FEWEST, MOST)
    ends = [m.start() for m in (SUBJECT.search(text, SUBJECT_FROM, MOST),) if m]
    ends += [len(text[: the.end()].rstrip())] if the else []
    before = text[: min(ends)] if ends else ""
    return len(before) if title_like(before) and not re.search(r"[.?!;] ?[A-Z]", before) else None


def title_like(sentence: str) -> bool:
    """Whether a first sentence is worded like a title: no verb of a full sentence, no opener of an abstract.

    >>> title_like("Oral iron after bariatric surgery: a randomised trial."), title_like("Anaemia is common.")
    (True, False)
    """
    return FEWEST <= len(sentence) <= MOST and not OPENER.match(sentence) and not VERB.search(sentence)


def leading(text: str, start: int, end: int) -> bool:
    """Whether the first sentence of `text`, at ``start:end``, is its title."""
    if len(text) - end < REST:
        return False
    sentence = text[start:end]
    headed = HEADED.match(text, end) and FEWEST <= len(sentence) <= MOST and not OPENER.match(sentence)
    asked = sentence.endswith("?") and len(sentence) >= FEWEST
    closed = (
        len(sentence) <= MOST and not OPENER.match(sentence) and not WE.search(sentence) and CLOSED.search(sentence)
    )
    return bool(headed) or asked or bool(closed) or title_like(sentence)
