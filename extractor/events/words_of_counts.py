"""The words that stand between a count and the term that it counts, as patterns; each with an example that it must match."""

from __future__ import annotations

from extractor import patterns as re
from extractor.words import Words

W = Words("events")

PEOPLE = W.words_of_counts_people
SMALL = rf"(?:(?!{W.small_in}\b)[a-z0-9][\w/-]*\s+)"
HAD = W.had
# "grade 3 to 4", "grade 3 or greater", whose little word is none that parts a count from its term
GRADES = rf"(?:grades?\s+(?:>=\s*)?\d\s*(?:{W.grade_to}\s*\d|{W.grade_up})?\s+)"
# Between a count and the term after it: "patients developed", "cases of", "(4 on placebo) experienced severe", nothing
BACK = re.compile(
    rf"[)\]]?\s*+(?:of\s+{W.all}?)?(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:\([^()]*\)\s*)?(?:{W.back_in}\s+(?:the\s+)?[\w+/.,& -]{{1,60}}?\s+)?(?:\([^()]*\)\s*)?(?:,?\s*(?:each|respectively),?\s+)?(?:who\s+|that\s+)?{W.back_also}?{HAD}\s+{W.back_from}?{W.back_an}?(?:(?:some|any)\s+{W.back_grade}s?\s+of\s+)?{GRADES}?{SMALL}{{0,6}}\Z"
)
DIRECT = re.compile(
    rf"\s*(?:,?\s*(?:each\s+)?(?:of|with|for)\s+(?:a\s+|an\s+|the\s+)?)?(?:(?:{SMALL}{{0,2}}{W.direct_cases}\s+(?:each\s+)?(?:of|with)\s+(?:a\s+|an\s+|the\s+)?)?{SMALL}{{0,3}})\Z"
)
# Between a count and "died": "of the patients in the control arm had", "subsequently"
DIED = re.compile(
    rf"\s*(?:of\s+(?:the\s+|all\s+|these\s+|whom\s+)?)?(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:\([^()]*\)\s*)?(?:{W.died_in}\s+(?:the\s+)?[\w+/.,& -]{{1,60}}?\s+)?{W.died_who}*+\Z"
)
# Between a count and "discontinued because of": as before "died"; between a count and a reason said again, "patients owing to"
STOPPED = re.compile(
    rf"(?:(?:treatment|drug|therapy|medication|infusion)\s+(?:was|were|had to be)\s+|{W.stopped_treatment}\s+)*{W.stopped_discontinu}\b"
)
REASON_AGAIN = re.compile(rf"\s*(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:because of|due to|owing to|for)\s+(?:an?\s+)?\Z")
# "... and 9% died": what the second count is of
DID = re.compile(rf"\s*(?:{SMALL}{{0,1}}{PEOPLE}\s+)?{W.did_died}\b")
VERSUS_ONLY = re.compile(r"\s*(?:vs\.?|versus|v\.?)\s*")  # between two counts of one row
# "47 (34%) of 138 participants experienced (a total of) 88"
PEOPLE_HAD = re.compile(
    rf"\s*(?:{PEOPLE}\s+)?(?:in the [\w+/ -]{{1,40}}? (?:group|arm)\s+)?{HAD}\s+(?:a total of\s+)?\Z"
)
# "in 12% of patients, removal caused": what was done stands between
CAUSED = re.compile(
    rf"\s*,?\s*there (?:was|were)\s+(?:an?\s+|some\s+)?{SMALL}{{0,3}}\Z|\s*,\s*(?:the\s+)?(?:(?!(?:and|but|which|that)\b)[\w-]+\s+){{1,5}}?{W.caused_caused}\s+(?:an?\s+|the\s+)?{SMALL}{{0,3}}\Z"
)
# "17 because of adverse events and 19 for other reasons": another reason's count
OTHER_REASON = re.compile(rf"\s*(?:{PEOPLE}\s+)?{W.other_reason_because}\b")
# "who received", "patients enrolled in": where the people are, not what the count is of
WHO_GOT = re.compile(W.who_got)
# Between a term and the count after it: something that says it happened to people
AFTER = re.compile(rf"\b{W.after}\b")
NOT_AFTER = re.compile(rf"\b{W.not_after}\b")
SAID = re.compile(rf"\b{W.said}\b")
# "skin irritation, mostly dryness, in 42": the second term explains the first and has no count of its own
APPOSED = re.compile(rf"\s*,\s*(?:which (?:was|were) )?{W.apposed_mostly}\b[^,;]*\Z")
CAUSE = re.compile(rf"\s*{W.cause_due}\s+(?:[\w-]+\s+){{0,3}}\Z")
# Between two counts of one comparison
CHAIN = re.compile(r"[^;]{0,150}\Z")
COMPARED = re.compile(
    rf"\s*+(?:\([^()]*\)\s*+)?(?:,\s*+)?(?:(?:{W.compared_in}\s+(?:the\s+)?)?[\w+/ -]{{1,45}}?,?\s+)?(?:as\s+)?{W.compared_compared}\s+{W.compared_with}*(?:[\w+-]+\s+){{0,3}}\(?\s*\Z"
)
# "..., and 11 cases were observed in the other group": the term is left out
ELIDED = re.compile(rf"(?:\d+|[a-z]+)\s+(?:cases?|episodes?|events?)\s+(?:{W.elided_were}\b|in\b|with\b)")
BRACKETED = re.compile(r"\([^()]*\)")
CONNECTIVES = re.compile(rf"\b{W.connectives}\b")
AMONG = re.compile(rf"\b{W.among}\b")
# From a count to the next one before the same term: "12% and 3%", "A (13) than B (10)"
BESIDE = re.compile(
    rf"[^;]*?(?:{W.beside_vs}\s*(?:(?:a\s+)?total\s+(?:of\s+)?|only\s+|another\s+)?\Z|\b{W.beside_than}\b[^;()]{{0,50}}\(\s*\Z)"
)
# "complications (17%) such as fever": the count is the class's
COUNTED_LIST = re.compile(r"\s*\([^()]*\d[^()]*\)\s*,?\s*(?:such as|like|including)\b[^,;]*\Z")
# "fever, 51% vs 53% had rash": the other arm's count, before what both count
OTHER_ARM = re.compile(rf"\A\s*(?:\([^()]*\)\s*)?,?\s*{W.other_arm_vs}\s+(?:\d+(?:\.\d+)?\s*%)(?:\s*\([^()]*\))?")
# "... and five incidents of raised glucose": a count of something else
OTHER_THING = re.compile(
    rf"(?:\d+|[a-z]+)\s+(?:of\s+(?!{W.other_thing_the})[a-z]|{W.other_thing_cases}\s+of\s+(?!the\b|them\b|whom\b|which\b))"
)
JOIN = re.compile(rf"\s*(?:[(\[][^()\[\]]*[)\]]\s*)?{W.join_and}*\s*(?:,\s*)?(?:\band\b|\bor\b|/)?\s*{SMALL}{{0,3}}\Z")
# "(3)", "(one versus eight", "(4 vs. 7": words and numbers, nothing that would make it a formula
WORDS_ONLY = re.compile(r"\s*\w[\w\s,/.-]*")
_PHASE = W.phase
# Between a term and its brackets: "adverse events overall (65% versus 76%)", "stomatitis during both induction (12% vs 8%)"
WHOLLY = re.compile(rf"{W.wholly_both}(?=\s*[(\[])")
# "... and consolidation (30% vs 21%)", "and on days 1-3 (8% versus 48%)": the next period's counts of the same term
PERIOD = re.compile(rf"\s*,?\s*(?:and|but|or)\s+(?:{W.period_on}\s+(?:the\s+)?[\w -]{{3,40}}|{_PHASE})\s*\Z")
BARE_LIST = re.compile(r"\s*(?:[,;.)\]]|and\b|or\b|vs\b|versus\b|\Z|in\b|/|v\b)")
