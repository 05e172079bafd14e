"""The title of a text that was handed over in one piece: its first sentence, where that says no full sentence.

Exports often put the title before the abstract, with a full stop after it or with nothing at all.
"""

from __future__ import annotations

import re

FEWEST, MOST = 25, 420  # characters of a title
REST = 200  # characters that must follow: an abstract
# "... after total knee arthroplasty There is conflicting evidence": an opener that no title goes on with
RUN_ON = re.compile(
    r"(?<=[a-z0-9)’'])(?P<gap> +)(?=(?:We|This|These|The|To|In|It|There|Our|Since|Although|Though|While|Despite|An|A(?! (?:and|or|versus|vs|to|in|with|for|on|at|by|of|from|than)\b)|"
    r"Previous|Previously|Recent|Recently|Current|Currently|Few|Many|Most|Several|Because|Whether|As|Here|Both|Some|Numerous|Various|Such|When|Until|Evidence|Studies) [a-z]|"
    r"(?:BACKGROUND|OBJECTIVES?|PURPOSE|AIMS?|INTRODUCTION|METHODS|CONTEXT|IMPORTANCE|RATIONALE)\b[: ]|"
    r"(?:Background|Objectives?|Purpose|Aims?|Introduction|Methods|Context|Importance|Rationale)[:.] ?[A-Z])"
)
# "... of preterm labor Preterm birth is the major cause": a new subject with its verb, not a name inside a phrase
SUBJECT = re.compile(
    r"(?<=[A-Za-z][a-z)])(?<!\bof)(?<!\bin)(?<!\bthe)(?<!\bon)(?<!\bwith)(?<!\band)(?<!\bfor)(?<!\bfrom)(?<!\bat)(?<!\bby)(?<!\bto) +"
    r"(?=[A-Z][a-z]+(?:-[a-z]+)*(?:['’]s)? (?:[a-z-]+,? |[A-Z0-9] |\([A-Za-z0-9-]{2,10}\) ){0,7}?(?:is|are|was|were|has|have|remains?|may|can|should|"
    r"often|commonly|continues?|represents?|affects?)\b)"
)
SUBJECT_FROM = 35  # characters of a title before its new subject
# "... during laparoscopic surgery The ProSeal mask": after words in lower case, no title goes on with "The"
THE = re.compile(r"(?<= [a-z]{3})(?<!\bof)[a-z]* +(?=The [A-Z])")
# "Blocks Do Not Improve Analgesia After Surgery: A Randomized, Double-Blind Trial.": the kind of report closes a title
CLOSED = re.compile(
    r"(?::|-| –|—) ?(?:(?:results|findings|lessons) (?:of|from) )?(?:an?|the)? ?[^.:;]{0,110}"
    r"\b(?:trials?|study|studies|reports?|analys[ei]s|review|protocol|series|experience|comparison|evaluation)\.?$",
    re.I,
)
# "vitamin A supplementation", "group A patients"
LETTER = re.compile(
    r"\b(?:vitamin|hepatitis|groups?|types?|arms?|classes|class|ha?emophilia|toxin|immunoglobulin|protein|influenza|"
    r"c[iy]closporine?|amphotericin|streptococc\w+|cohort|part|stage|step|drug|treatment|regimen|child|apolipoprotein|factor|and|or)$",
    re.I,
)
# a sentence of its own: its verb, its "we", its opener
VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|been|we|our|can|cannot|may|might|could|should|will|would|do|does|did|remains?|received|"
    r"underwent|showed|conducted|aimed|became|becomes?|there|which|that|this study|continues?|occurs?|affects?|represents?)\b",
    re.I,
)
WE = re.compile(r"\b(?:we|our|was|were)\b", re.I)
OPENER = re.compile(
    r"\s*(?:to|this|these|we|our|in order|in this|it|there|although|while|since|because|despite|as|here|recent|previous|"
    r"background|objectives?|purpose|aims?|introduction|methods?|results?|findings|conclusions?|context|importance|abstract|summary|design|setting|"
    r"a total of|patients|subjects|participants|\d+ (?:\w+ )?(?:patients|subjects|women|men|children|adults)|"
    r"(?:twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|one hundred)[\w-]*)\b",
    re.I,
)
# what follows a title and nothing else: the first heading
HEADED = re.compile(
    r"\s*(?:BACKGROUND|OBJECTIVES?|PURPOSE|AIMS?|INTRODUCTION|CONTEXT|RATIONALE|STUDY OBJECTIVE|IMPORTANCE)\b|"
    r"\s*(?:Background|Objectives?|Purpose|Aims?|Introduction|Context|Rationale|Importance)\s?:"
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
