"""The words that stand between a count and the term that it counts, as patterns; each with an example that it must match."""

from __future__ import annotations

import re

PEOPLE = r"(?:patients?|subjects?|participants?|volunteers?|individuals?|persons?|people|wom[ae]n|m[ae]n|child(?:ren)?|infants?|neonates?|cases?|recipients?|adults?|girls?|boys?|mothers?|controls?|eyes?|knees?|limbs?)"
SMALL = r"(?:(?!(?:in|of|with|for|on|to|from|by|and|or|had|was|were|who|that|after|at|during|improved|received|completed|underwent|died|responded|achieved|without|not)\b)[a-z0-9][\w/-]*\s+)"
HAD = (
    r"(?:had|has|have|having|developed|developing|experienced|experiencing|suffered|suffering|showed|exhibited|reported|reporting|sustained|complained|presented|complaining|displayed|described|demonstrated|got|noted|"
    r"were diagnosed|was diagnosed|were reported to have|was found to have|were found to have|were noted to have|incurred|manifested|(?:was|were) (?:accompanied|complicated|followed|affected) (?:by|with)|develops?|experiences?|suffers?(?: from)?|required (?:treatment|hospitalization) for|(?:discontinued|stopped|ceased|interrupted|withdrew|dropped out|left the study) (?:[\w-]+ ){0,5}?(?:due to|because of|for|owing to|as a result of|secondary to)|"
    r"(?:was|were) (?:withdrawn|excluded|hospitalized|hospitalised) (?:\w+ ){0,3}?(?:due to|because of|for|owing to|with))"
)
# Between a count and the term after it: "patients developed", "cases of", "(4 on placebo) experienced severe", nothing
BACK = re.compile(
    rf"[)\]]?\s*+(?:of\s+(?:the\s+|all\s+|these\s+)?)?(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:\([^()]*\)\s*)?"
    rf"(?:(?:in|of|on|with|treated (?:by|with)|receiving|taking|from|given|who received|assigned to|randomi[sz]ed to)\s+(?:the\s+)?[\w+/.,& -]{{1,60}}?\s+)?(?:\([^()]*\)\s*)?"
    rf"(?:,?\s*(?:each|respectively),?\s+)?(?:who\s+|that\s+)?(?:also\s+|each\s+|either\s+|[a-z]+ly\s+)?{HAD}\s+(?:from\s+|of\s+|with\s+|to have\s+)?(?:a\s+|an\s+|the\s+|some\s+|any\s+|both\s+|at least one\s+|one or more\s+|(?:>|>=|≥|> or\s*=)\s*(?:1|one)\s+)?(?:(?:some|any)\s+(?:grade|degree|form|kind|type)s?\s+of\s+)?{SMALL}{{0,6}}\Z"
)
DIRECT = re.compile(
    rf"\s*(?:,?\s*(?:each\s+)?(?:of|with|for)\s+(?:a\s+|an\s+|the\s+)?)?(?:(?:{SMALL}{{0,2}}(?:cases?|episodes?|events?|instances?|occurrences?|reports?|incidents?|incidences?|patients?)\s+(?:each\s+)?(?:of|with)\s+(?:a\s+|an\s+|the\s+)?)?{SMALL}{{0,3}})\Z"
)
# Between a count and "died": "of the patients in the control arm had", "subsequently"
DIED = re.compile(
    rf"\s*(?:of\s+(?:the\s+|all\s+|these\s+|whom\s+)?)?(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:\([^()]*\)\s*)?(?:(?:in|of|on|with|to|treated (?:by|with)|receiving|from|(?:assigned|allocated|randomi[sz]ed) to)\s+(?:the\s+)?[\w+/.,& -]{{1,60}}?\s+)?(?:who\s+|included\s+|enrolled\s+|had\s+|have\s+|has\s+|subsequently\s+|later\s+|also\s+|eventually\s+|were\s+|was\s+|suddenly\s+|unexpectedly\s+)*\Z"
)
# Between a count and "discontinued because of": as before "died"; between a count and a reason said again, "patients owing to"
STOPPED = re.compile(
    r"(?:(?:treatment|drug|therapy|medication|infusion)\s+(?:was|were|had to be)\s+|(?:treatment|study|drug|prematurely|permanently|early|therapy|temporarily)\s+)*(?:discontinu(?:ed|ing)|withdrew|withdrawn|dropped|stopped|ceased|terminated|interrupted|left)\b"
)
REASON_AGAIN = re.compile(rf"\s*(?:{SMALL}{{0,2}}{PEOPLE}\s*)?(?:because of|due to|owing to|for)\s+(?:an?\s+)?\Z")
# "... and 9% died": what the second count is of
DID = re.compile(
    rf"\s*(?:{SMALL}{{0,1}}{PEOPLE}\s+)?(?:died|withdrew|discontinued|dropped out|required|needed|recovered|relapsed)\b"
)
# "47 (34%) of 138 participants experienced (a total of) 88"
PEOPLE_HAD = re.compile(
    rf"\s*(?:{PEOPLE}\s+)?(?:in the [\w+/ -]{{1,40}}? (?:group|arm)\s+)?{HAD}\s+(?:a total of\s+)?\Z"
)
# "in 12% of patients, removal caused": what was done stands between
CAUSED = re.compile(
    rf"\s*,?\s*there (?:was|were)\s+(?:an?\s+|some\s+)?{SMALL}{{0,3}}\Z|\s*,\s*(?:the\s+)?(?:(?!(?:and|but|which|that)\b)[\w-]+\s+){{1,5}}?(?:caused|led to|resulted in|induced|produced|provoked|(?:was|were) (?:complicated|followed) by)\s+(?:an?\s+|the\s+)?{SMALL}{{0,3}}\Z"
)
# "17 because of adverse events and 19 for other reasons": another reason's count
OTHER_REASON = re.compile(
    rf"\s*(?:{PEOPLE}\s+)?(?:because of|due to|owing to|for (?:[a-z]+ )?(?:reasons?|lack|personal|unknown|non|other|various|protocol|inefficacy|inadequate))\b"
)
# "who received", "patients enrolled in": where the people are, not what the count is of
WHO_GOT = re.compile(
    r"\benrolled\s+in(?=\s+(?:the\s+)?[\w -]{1,30}(?:group|arm)\b)|\b(?:those|patients|subjects|participants|women|men|children|people|infants)\s+(?:randomly\s+)?(?:assigned|allocated|randomi[sz]ed)\s+to\b|\b(?:who|that)\s+(?:had\s+)?(?:received|underwent|took|were\s+(?:(?:randomly\s+)?assigned|allocated|given|treated|randomi[sz]ed))(?:\s+(?:to|with|by))?\b"
)
# Between a term and the count after it: something that says it happened to people
AFTER = re.compile(
    r"\b(?:occur\w*|develop\w*|observed|reported|noted|seen|found|recorded|detected|experienced|present|was|were|numbered|totall?ed|in|by|among|affect\w*|encountered|for|rates?|incidence|frequency|respectively|complicated|appeared|documented|arose|than|compared|follow\w*|after|with|of|being|between|during)\b"
)
NOT_AFTER = re.compile(
    r"\b(?:resolved|recover\w*|required|requiring|improv\w*|lasting|lasted|until|scores?|responded|received|randomi\w*|assigned|completed|cured|success\w*|persisted|subsided|disappeared|respon\w+|survival|satisf\w+|cessation|controlled|achiev\w*|relief|remission|eradicat\w*|"
    r"were (?:treated|managed)|was (?:treated|managed)|underwent|enrolled|included in|analy[sz]ed|followed (?:up|for)|evaluable|(?:could|can) be (?:evaluated|assessed)|assessable|withdrew|withdraw(?:al|als|n)|discontinu\w*|leading to|led to|resulting in|median|mean|despite|although|even though|notwithstanding)\b"
)
SAID = re.compile(
    r"\b(?:occurr\w+|developed|observed|reported|noted|seen|found|recorded|experienced|documented|detected)\b"
)
# "skin irritation, mostly dryness, in 42": the second term explains the first and has no count of its own
APPOSED = re.compile(
    r"\s*,\s*(?:which (?:was|were) )?(?:mostly|mainly|primarily|predominantly|chiefly|especially|particularly|including|largely|usually|generally|in particular)\b[^,;]*\Z"
)
CAUSE = re.compile(
    r"\s*(?:due to|owing to|because of|from|of|caused by|as a result of|secondary to|attributed to|related to)\s+(?:[\w-]+\s+){0,3}\Z"
)
# Between two counts of one comparison
CHAIN = re.compile(r"[^;]{0,150}\Z")
COMPARED = re.compile(
    r"\s*+(?:\([^()]*\)\s*+)?(?:,\s*+)?(?:(?:(?:in|with|on|of|for|among)\s+(?:the\s+)?)?[\w+/ -]{1,45}?,?\s+)?(?:as\s+)?(?:compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|v\.?|whereas|while|and|against|than|or|but|as did|as were)\s+(?:with\s+|only\s+|in\s+|by\s+|to\s+|the\s+|for\s+|that of\s+|none\s+)*(?:[\w+-]+\s+){0,3}\(?\s*\Z"
)
# "..., and 11 cases were observed in the other group": the term is left out
ELIDED = re.compile(
    r"(?:\d+|[a-z]+)\s+(?:cases?|episodes?|events?)\s+(?:(?:were|was|occurred|developed|had)\b|in\b|with\b)"
)
BRACKETED = re.compile(r"\([^()]*\)")
CONNECTIVES = re.compile(r"\b(?:and|versus|compared|with|to|or)\b")
AMONG = re.compile(r"\b(?:in|with|on|of|for|groups?|arms?|patients|than|receiving)\b")
# From a count to the next one before the same term: "12% and 3%", "A (13) than B (10)"
BESIDE = re.compile(
    r"[^;]*?(?:(?:\bvs\.?|\bversus|\band|,|\bcompared (?:with|to)|\bor|\bin)\s*(?:(?:a\s+)?total\s+(?:of\s+)?|only\s+|another\s+)?\Z|\b(?:than|vs\.?|versus|and|compared (?:with|to)|or)\b[^;()]{0,50}\(\s*\Z)"
)
# "complications (17%) such as fever": the count is the class's
COUNTED_LIST = re.compile(r"\s*\([^()]*\d[^()]*\)\s*,?\s*(?:such as|like|including)\b[^,;]*\Z")
# "fever, 51% vs 53% had rash": the other arm's count, before what both count
OTHER_ARM = re.compile(
    r"\A\s*(?:\([^()]*\)\s*)?,?\s*(?:vs\.?|versus|v\.?|compared with|and)\s+(?:\d+(?:\.\d+)?\s*%)(?:\s*\([^()]*\))?"
)
# "... and five incidents of raised glucose": a count of something else
OTHER_THING = re.compile(
    r"(?:\d+|[a-z]+)\s+(?:of\s+(?!the\b|them\b|whom\b|which\b|these\b|those\b|all\b|our\b|patients\b|\d)[a-z]|(?:cases?|incidents?|episodes?|instances?|events?|reports?)\s+of\s+(?!the\b|them\b|whom\b|which\b))"
)
JOIN = re.compile(
    rf"\s*(?:[(\[][^()\[\]]*[)\]]\s*)?(?:,|/|\band\b|\bor\b|\bas well as\b|\bplus\b|&|\bfollowed by\b|\bwith\b|\bthen\b|\bsubsequent\b|\balso\b|\band/or\b|;)*\s*(?:,\s*)?(?:\band\b|\bor\b|/)?\s*{SMALL}{{0,3}}\Z"
)
# "(3)", "(one versus eight", "(4 vs. 7": words and numbers, nothing that would make it a formula
WORDS_ONLY = re.compile(r"\s*\w[\w\s,/.-]*")
_PHASE = r"(?:induction|maintenance|consolidation|titration|treatment|follow[\s-]?up|surgery|(?:run-in|acute|double-blind|open-label|extension|treatment|first|second|third|early|late|initial|randomi[sz]ed)\s+(?:period|phase|week|month|cycle|year|day)|(?:day|week|month|cycle|year)s?\s+\d+(?:-\d+)?|\d+\s+(?:hours|days|weeks|months|years))"
# Between a term and its brackets: "adverse events overall (65% versus 76%)", "stomatitis during both induction (12% vs 8%)"
WHOLLY = re.compile(
    rf"(?:,?\s+(?:overall|in total|altogether|of any (?:grade|kind|severity|cause|type)|(?:of )?all grades|any grade)|\s+(?:during|at|on|after|within|in)\s+(?:both\s+|the\s+)*{_PHASE}|\s+(?:from|due to|around|caused by)\s+(?:the\s+)?(?:[\w-]+\s+){{0,2}}?[\w-]+)(?=\s*[(\[])"
)
# "... and consolidation (30% vs 21%)", "and on days 1-3 (8% versus 48%)": the next period's counts of the same term
PERIOD = re.compile(
    rf"\s*,?\s*(?:and|but|or)\s+(?:(?:on|at|during|after|within|over|by)\s+(?:the\s+)?[\w -]{{3,40}}|{_PHASE})\s*\Z"
)
BARE_LIST = re.compile(r"\s*(?:[,;.)\]]|and\b|or\b|vs\b|versus\b|\Z|in\b|/|v\b)")
