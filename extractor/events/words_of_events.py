"""The words that say that an event happened, or to which class it belongs, as patterns; each with an example that it must match."""

from __future__ import annotations

from extractor import patterns as re
from extractor.words import Words

W = Words("events")

# "occurred", "was observed": after a term, it happened
HAPPENED = re.compile(
    rf"(?:\s*\([^()]*\))?\s*(?:,\s*)?(?:{W.happened_which}\s+)*(?:{W.happened_close}\s+(?:the\s+)?(?:[\w-]+\s+){{1,3}}?)?{W.happened_occurr}\b"
)
STRONG_BEFORE = re.compile(rf"\b{W.strong_before_these}\s+(?:[\w-]+\s+){{0,3}}\Z")
# From a class to its members: "adverse events were", "side effects such as", "complications included", "(", ":"
MEMBERS = re.compile(
    rf"[^;]{{0,110}}?(?:\b{W.members_were}\b|,\s*(?:with|most (?:commonly|often|frequently|notably)|notably)\b|[(:\[]|\s-\s)[^;]{{0,80}}\Z"
)
NO_MEMBERS = re.compile(rf"\b{W.no_members}\b")
MOST_WERE = re.compile(
    rf"\s*(?:and\s+)?(?:(?:most|all|these|they)\s+were\s+(?:\w+\s+){{1,6}}?(?:,\s*)?and\s+)?(?:of (?:these|them|which)\s*,?\s*)?(?:the\s+)?{W.most_were_most}\b[^;.]{{0,60}}?\b{W.most_were_were}\b[^;]*\Z"
)
# From a term to its class: "fever was the most common adverse event", "occurred as an important complication"
IS_CLASS = re.compile(rf"[^;]{{0,140}}?\b{W.is_class_was}\s+(?:{W.is_class_also}\b[^;,]{{0,60}})?\Z")
# "no withdrawals due to adverse events": what is denied is not the event
OTHER_HEAD = re.compile(rf"\b{W.other_head}\b")
CASES_OF = re.compile(rf"\b{W.cases_of_complained} of\b")
# "... leading to discontinuation of treatment in 5/107": a count of its own
CONSEQUENCE = re.compile(
    rf"[^;]{{0,40}}?,?\s*(?P<what>(?:leading|led|leads) to {W.consequence_treatment}?(?:discontinuation|withdrawal|hospitali[sz]ation|death))(?:\s+of\s+(?:the\s+)?(?:study\s+)?(?:treatment|drug|medication|therapy))?\s+(?:in|for|of)\s+(?:only\s+)?\Z"
)
# "one serious adverse event (gastrointestinal haemorrhage)": the one event is the one named
EXPLAINED = re.compile(r"\s*(?:\([a-z]+\)\s*)?(?:[(:]|,\s+an?\b)\s*")
MEMBERS_ONLY = frozenset(("hospitalization", "disease progression", "blood transfusion", "obesity", "awareness"))
# "three deaths, at 2 months, caused by": from a death to its cause
KILLED = re.compile(
    rf"[^;]{{0,90}}?(?:\b{W.killed_due}\s+(?:[\w-]+\s+){{0,3}}\Z|\((?:(?:one|two|three|\d+)\s+)?(?:(?:of|from|due to)\s+)?(?:[\w-]+\s+){{0,2}}\Z|[(,][^()]{{0,80}}(?:,|\band)\s+{W.killed_one}\s+(?:(?:of|from|due to|because of)\s+)?(?:[\w-]+\s+){{0,2}}\Z|(?:due to|caused by|from|of)\s[^;]{{0,60}}\band\s+(?:[\w-]+\s+){{0,2}}\Z)"
)
# "decisions not associated with bleeding or side effects (n = 2)": the count is that of what stands before
UNRELATED_TO = re.compile(rf"\b{W.unrelated_to_not}\s+(?:the\s+|any\s+|an?\s+)?(?:[\w-]+\s+(?:or|and)\s+)?\Z")
# "only minor side effects of the drug were encountered", "the complication rate was lower"
GRAVITY = re.compile(rf"\bonly\s+(?:a\s+few\s+|some\s+)?{W.gravity_mild}\b[^;,.]*\Z")
CLASS_HAPPENED = re.compile(
    rf"(?:\s+{W.class_happened_of}\s+(?:the\s+)?[\w-]+(?:\s+[\w-]+){{0,3}}?)?\s+(?:occurred|(?:was|were)\s+{W.class_happened_encountered})\b"
)
RATE_WAS = re.compile(rf"\s+(?:rates?|incidence|frequency)\s+(?:was|were)\s+(?:\w+ly\s+)?{W.rate_was_lower}\b")
# "occurred in <= 4.5% of patients": it happened, to an unknown number
BOUNDED = re.compile(
    rf"\s+(?:occurred|(?:was|were)\s+{W.bounded_seen})\s+(?:in|by)\s+(?:<|<=|≤|⩽|less than|fewer than|under)\s*\d"
)
# "the high dose produced more toxicity"
MORE_OF = re.compile(
    rf"\b(?:{W.more_of_produced}\s+(?:significantly\s+|slightly\s+|somewhat\s+|a\s+)?{W.more_of_more}|associated with\s+(?:significantly\s+|slightly\s+|somewhat\s+)?(?:more|greater|fewer|less))\s+\Z"
)
SUCH_AS = re.compile(rf"\s*(?:,\s*|\(\s*)?{W.such_as_such}\s+(?:[\w-]+\s+){{0,2}}\Z")
LISTED = re.compile(rf"\s*(?:\([^()]*\))?\s*{W.listed_and}+\s*(?:,?\s*on \w+,\s*)?(?:[\w-]+\s+){{0,2}}\Z")
# "no difference in the frequency of": nothing said of whether it happened
NO_DIFFERENCE = re.compile(rf"\b{W.no_difference_no}\b[^;,]{{0,40}}?\b{W.no_difference_differences}\b[^;]{{0,110}}\Z")
# "headache (RR 2.5)": a risk, no event
RISK_BEHIND = re.compile(rf"\s*[(\[]\s*{W.risk_behind_rr}\b")
# "we recorded the incidence of": what was measured
RECORDED = re.compile(rf"\b(?:we|investigators|patients) {W.recorded_noted}\b|\bcomposite (?:of|end)")
# "when 142 deaths had occurred": what an analysis waited for
AWAITED = re.compile(
    rf"\b{W.awaited_when}\s+(?:\w+\s+){{0,2}}?(?:\d+|[a-z]+)\s+(?:events?\s+of\s+(?:\w+\s+){{0,4}})?\Z"
)
# "hospitalization or death": one outcome of two parts, no count of deaths
COMPOSITE_BEFORE = re.compile(r"(?:\b(?:or|and/or)\s+(?:[\w-]+\s+){0,2}|\w/)\Z")
COMPOSITE_AFTER = re.compile(r"\s*(?:,\s*(?:[\w-]+\s+){1,4}?(?:,|or)|\s(?:or|and/or)\b)")
# "significantly reduced the incidence of": an effect of the treatment, without a count
REDUCED = re.compile(
    rf"\b{W.reduced_reduc}\s+(?:the\s+)?(?:overall\s+|relative\s+)?{W.reduced_incidences}\s+(?:and \w+ )?of\s+(?:[\w-]+\s+){{0,3}}\Z"
)
# "the most common adverse event, occurring in 15": said of the term, not of its class
OCCURRING = re.compile(rf"\s*{W.occurring}\b")
# What befalls people of an event, rather than an event: told only with a count
COUNTED_ONLY = frozenset(
    ("hospitalization", "reoperation", "blood transfusion", "treatment discontinuation", "disease progression")
)


# "In the high-dose group, the most common": the arm said before; "in the elobixibat groups": after
ARM_BEFORE = re.compile(rf"\b{W.arm_before_in} (?:the )?(?P<arm>[\w+/ -]{{1,40}}?) (?:groups?|arms?|recipients)\b")
ARM_AFTER = re.compile(
    r"[^;.]{0,80}?\b(?:in|with|on|receiving) (?:the )?(?P<arm>[\w+/ -]{1,40}?) (?:groups?|arms?|recipients)\b"
)
