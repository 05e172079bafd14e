"""Who stopped because of an event: "discontinued treatment owing to", "dropouts because of", and the list that shares the reason."""

from __future__ import annotations

import re

FAR = 110  # characters before a term in which the stop is said
_BECAUSE = r"(?:because of|due to|owing to|(?<!treatment )(?<!therapy )(?<!medication )(?<!drug )for|as a (?:result|consequence) of|secondary to|on account of|caused by)"
# "discontinued because of an", "withdrawals due to", "stopped early because of", "left the study owing to"; group "what"
REASON = re.compile(
    r"\b(?P<what>(?:(?:treatment|(?:study )?drug|therapy|medication|infusion)\s+(?:was|were|had to be)\s+)?(?:(?:treatment|study|drug|premature(?:ly)?|permanent(?:ly)?|early|therapy|temporarily)\s+)*"
    r"(?:discontinu(?:ed|ing|ations?)|withdrew|(?<!opioid )(?<!alcohol )(?<!precipitated )(?<!nicotine )(?<!steroid )withdraw(?:n|als?)(?!\s+(?:symptoms?|syndromes?|signs|scores?|bleeding))|drop(?:ped)?[\s-]?outs?|dropped out|stopped|ceased|terminated|interrupted|left the (?:study|trial))\b"
    rf"(?:\s+(?:(?!(?:but|were|was|had|of whom|than)\b|and (?:\d|one|two|three|four|had|were|was|another)\b)[\w-]+\s+){{0,9}}?|\s*\([^()]*\)\s*){_BECAUSE}\s+)"
    r"(?:an?\s+|the\s+|any\s+|intolerable\s+|unacceptable\s+)?\Z"
)
# "thirty-six dropped out of the study, 17 because of": the stop first, then how many for this reason
DIVIDED = re.compile(
    r"\b(?P<what>discontinued|withdrew|withdrawn|dropped out|stopped|discontinuations?|withdrawals?|drop-?outs)\b[^.;,()]{0,50},?\s+(?:including\s+|of (?:whom|which|these)\s+)?"
    rf"(?:\d+|[a-z]+)(?:\s*[(\[][^()\[\]]*[)\]])?\s+(?:of them\s+|patients\s+|women\s+|men\s+)?{_BECAUSE}\s+(?:an?\s+|the\s+)?\Z"
)
# cheap: no reason without one of these
STOPS = re.compile(r"discontin|withdr|drop|stopped|ceased|terminated|interrupted|left the")
# "nausea (2), headache (3) and rash (1)", "diarrhoea and nine patients owing to": one reason to the next
SHARED = re.compile(
    r"\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*(?:,|;|and|or|,\s*and|/)\s*"
    rf"(?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:(?:\w+\s+)?(?:patients?|subjects?|participants?|women|men|children|cases?|others?)\s+)?(?:(?:{_BECAUSE}|with)\s+)?)?"
    r"(?:an?\s+)?(?:(?:mild|moderate|severe|persistent|serious)\s+)?\Z"
)


def reason_before(folded: str, start: int, at: int) -> re.Match[str] | None:
    """The stop whose reason begins at `at`, if one is said in ``folded[start:at]``; its group ``what`` ends at the reason."""
    first = max(start, at - FAR)
    return REASON.search(folded, first, at) if STOPS.search(folded, first, at) else None


def divided_reason(folded: str, start: int, at: int) -> re.Match[str] | None:
    """The stop that several reasons divide, where a count and "because of" stand right before `at`; ``what`` is the stop."""
    first = max(start, at - FAR)
    return DIVIDED.search(folded, first, at) if STOPS.search(folded, first, at) else None


def shared_reason(between: str) -> bool:
    """Whether the text between two terms lists them as reasons of one stop."""
    return SHARED.fullmatch(between) is not None
