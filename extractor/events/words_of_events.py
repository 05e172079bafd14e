"""The words that say that an event happened, or to which class it belongs, as patterns; each with an example that it must match."""

from __future__ import annotations

import re

# "occurred", "was observed": after a term, it happened
HAPPENED = re.compile(
    r"(?:\s*\([^()]*\))?\s*(?:,\s*)?(?:(?:which|that|also|only|mainly|mostly|usually|generally|occasionally|rarely|transiently|commonly|frequently|subsequently|each|both|all|most often|most commonly|after \w+|in \w+ (?:patients?|group)|of (?:the )?\w+)\s+)*"
    r"(?:(?:close to|near|at|in|around|adjacent to|on|of)\s+(?:the\s+)?(?:[\w-]+\s+){1,3}?)?(?:occurr(?:ed|ing)|followed|developed|appeared|arose|emerged|ensued|(?:was|were|has been|have been|had been|being)\s+(?:\w+ly\s+|also\s+|only\s+|more\s+|not\s+uncommonly\s+)?(?:observed|reported|noted|seen|found|recorded|documented|detected|encountered|experienced|identified|noticed|present|associated|complained|minor|slight|mild|moderate|severe|transient|rare|uncommon|infrequent|common|"
    r"frequent|more|less|higher|lower|similar|comparable|equally|the (?:most|main|only|predominant|major|principal|commonest|primary|dose-limiting)|self-limit\w*|manageable|minimal|reversible|treated|resolved|tolerable|significantly|reduced|increased|greater|fewer|decreased|generally|usually|mainly|mostly)|"
    r"had (?:an? )?(?:similar|comparable|higher|lower|greater|increased) (?:frequency|frequencies|incidence|rates?)|resolved|subsided|disappeared|recurred|was a|were a|led to|necessitated|complicated|were$|was$)\b"
)
# "developed", "complained of", "such as": before a term
BEFELL = re.compile(
    r"\b(?:developed|developing|experienced|experiencing|suffered(?: from)?|complained of|complaining of|sustained|presented with|caused|causing|induced|resulted in|resulting in|led to|leading to|manifested as|occurrence of|cases? of|episodes? of|instances? of|(?:incidences?|rates?|frequency|frequencies|occurrence|proportion of patients with|number of patients with|percentage of patients with|development) of|"
    r"higher|more|fewer|less|greater|lower|observed|reported|noted|recorded|had|showed|exhibited|were withdrawn (?:due to|because of|for)|withdrew (?:due to|because of|for)|discontinued (?:\w+ ){0,3}?(?:due to|because of|for)|(?:due to|because of|owing to)|hospitali[sz]ed (?:for|with)|there (?:was|were)|found)\s+(?:only\s+|a\s+|an\s+|the\s+|some\s+|any\s+|one\s+|increased\s+|more\s+|frequent\s+|of\s+)*(?:[\w-]+\s+){0,2}\Z"
)
STRONG_BEFORE = re.compile(
    r"\b(?:these (?:\w+ ){0,3}(?:along with|accompanied by)|(?:fewer|more|less)(?=\s+(?:[\w-]+\s+)?\Z)|(?:groups?|arms?|patients|subjects|participants|children|women|men|volunteers) (?:also |commonly |mainly |most often )?(?:reported|described|noted|mentioned)(?=\s+(?:[\w-]+\s+){0,2}\Z)|developed|developing|experienced|experiencing|suffered(?: from)?|complained of|complaining of|sustained|caused|causing|induced|(?:incidences?|rates?|frequency|frequencies|occurrence|development|cases?|episodes?|instances?) of)\s+(?:[\w-]+\s+){0,3}\Z"
)
# From a class to its members: "adverse events were", "side effects such as", "complications included", "(", ":"
MEMBERS = re.compile(
    r"[^;]{0,110}?(?:\b(?:were|was|included?|including|includes|comprised|comprising|consisted of|consisting of|numbered|totall?ed|such as|like|namely|e\.g\.?,?|i\.e\.?,?|involving|involved|being|mainly|mostly|primarily|especially|particularly)\b|,\s*(?:with|most (?:commonly|often|frequently|notably)|notably)\b|[(:\[]|\s-\s)[^;]{0,80}\Z"
)
NO_MEMBERS = re.compile(
    r"\b(?:leading to|resulting in|because of|requiring|compared|consistent with|in (?:other|previous|earlier) (?:studies|trials)|and (?:the )?(?:\w+ )?(?:changes?|scores?|efficacy|levels?)|in patients with|efficacy|than|but)\b"
)
MOST_WERE = re.compile(
    r"\s*(?:and\s+)?(?:(?:most|all|these|they)\s+were\s+(?:\w+\s+){1,6}?(?:,\s*)?and\s+)?(?:of (?:these|them|which)\s*,?\s*)?(?:the\s+)?(?:most (?:common|frequent|prevalent|frequently|commonly)|commonest|main|predominant|majority)\b[^;.]{0,60}?\b(?:were|was|being|included|of)\b[^;]*\Z"
)
# From a term to its class: "fever was the most common adverse event", "occurred as an important complication"
IS_CLASS = re.compile(
    r"[^;]{0,140}?\b(?:was|were|as|being|remained|represented|constituted)\s+(?:(?:also|both|reported|considered|by far|among|one of|the|an?|only|most|more|main|all|their|our)\b[^;,]{0,60})?\Z"
)
# "no withdrawals due to adverse events": what is denied is not the event
OTHER_HEAD = re.compile(
    r"\b(?:due to|because of|owing to|related to|associated with|attributed to|attributable to|for|after|during|following|leading to|from|between|improving|increasing|affecting|reducing|compromising|changing|decreasing|influencing|adding|altering|worsening|significantly|support|benefit|efficacy|advantages?)\b"
)
CASES_OF = re.compile(
    r"\b(?:complained|complaints?|complaining|cases?|evidence|signs?|episodes?|occurrences?|reports?|incidences?|instances?|symptoms?|indications?|incidents?|clinical evidence|risk|kinds?|types?|none|events?|manifestations?|sort|presence|development|form|any|hint|trace|suspicion|increase) of\b"
)
# "... leading to discontinuation of treatment in 5/107": a count of its own
CONSEQUENCE = re.compile(
    r"[^;]{0,40}?,?\s*(?P<what>(?:leading|led|leads) to (?:treatment |study |drug |premature |permanent )?(?:discontinuation|withdrawal|hospitali[sz]ation|death))(?:\s+of\s+(?:the\s+)?(?:study\s+)?(?:treatment|drug|medication|therapy))?\s+(?:in|for|of)\s+(?:only\s+)?\Z"
)
# "one serious adverse event (gastrointestinal haemorrhage)": the one event is the one named
EXPLAINED = re.compile(r"\s*(?:\([a-z]+\)\s*)?(?:[(:]|,\s+an?\b)\s*")
MEMBERS_ONLY = frozenset(("hospitalization", "disease progression", "blood transfusion", "obesity", "awareness"))
# "three deaths, at 2 months, caused by": from a death to its cause
KILLED = re.compile(
    r"[^;]{0,90}?(?:\b(?:due to|caused by|because of|from|of|as a result of|secondary to|attributed to|owing to|following|resulting from)\s+(?:[\w-]+\s+){0,3}\Z|\((?:(?:one|two|three|\d+)\s+)?(?:(?:of|from|due to)\s+)?(?:[\w-]+\s+){0,2}\Z|[(,][^()]{0,80}(?:,|\band)\s+(?:one|two|three|four|\d+)\s+(?:(?:of|from|due to|because of)\s+)?(?:[\w-]+\s+){0,2}\Z|(?:due to|caused by|from|of)\s[^;]{0,60}\band\s+(?:[\w-]+\s+){0,2}\Z)"
)
# "decisions not associated with bleeding or side effects (n = 2)": the count is that of what stands before
UNRELATED_TO = re.compile(
    r"\b(?:not\s+(?:\w+ly\s+)?(?:associated with|related to|due to|caused by|because of|attributable to)|unrelated to|regardless of|irrespective of|unassociated with|for reasons other than)\s+(?:the\s+|any\s+|an?\s+)?(?:[\w-]+\s+(?:or|and)\s+)?\Z"
)
# "only minor side effects of the drug were encountered", "the complication rate was lower"
GRAVITY = re.compile(
    r"\bonly\s+(?:a\s+few\s+|some\s+)?(?:mild|minor|moderate|transient|slight|minimal|local|temporary|few)\b[^;,.]*\Z"
)
CLASS_HAPPENED = re.compile(
    r"(?:\s+(?:of|to|from|with|in)\s+(?:the\s+)?[\w-]+(?:\s+[\w-]+){0,3}?)?\s+(?:occurred|(?:was|were)\s+(?:encountered|observed|seen|noted|reported|recorded|found|experienced|documented))\b"
)
RATE_WAS = re.compile(
    r"\s+(?:rates?|incidence|frequency)\s+(?:was|were)\s+(?:\w+ly\s+)?(?:lower|higher|similar|comparable|reduced|increased)\b"
)
# "occurred in <= 4.5% of patients": it happened, to an unknown number
BOUNDED = re.compile(
    r"\s+(?:occurred|(?:was|were)\s+(?:seen|observed|noted|reported|found|experienced))\s+(?:in|by)\s+(?:<|<=|≤|⩽|less than|fewer than|under)\s*\d"
)
# "the high dose produced more toxicity"
MORE_OF = re.compile(
    r"\b(?:(?:produced|induced|caused|resulted in|led to|had|experienced|reported|showed|but with)\s+(?:significantly\s+|slightly\s+|somewhat\s+|a\s+)?(?:more|greater|increased|higher|fewer|less)"
    r"|associated with\s+(?:significantly\s+|slightly\s+|somewhat\s+)?(?:more|greater|fewer|less))\s+\Z"
)
SUCH_AS = re.compile(r"\s*(?:,\s*|\(\s*)?(?:such as|like|including|e\.g\.,?|for example)\s+(?:[\w-]+\s+){0,2}\Z")
LISTED = re.compile(
    r"\s*(?:\([^()]*\))?\s*(?:,|and\b|or\b|/|as well as\b|plus\b|, and\b|;)+\s*(?:,?\s*on \w+,\s*)?(?:[\w-]+\s+){0,2}\Z"
)
# "no difference in the frequency of": nothing said of whether it happened
NO_DIFFERENCE = re.compile(
    r"\b(?:no|not|without|neither|nor|lack of)\b[^;,]{0,40}?\b(?:differences?|differ(?:ed)?|different|change[sd]?|effects?|increases?|decreases?|reductions?|rises?)\b[^;]{0,60}\Z"
)
# "headache (RR 2.5)": a risk, no event
RISK_BEHIND = re.compile(r"\s*[(\[]\s*(?:rr|or|hr|odds|hazard|relative risk|risk ratio)\b")
# "we recorded the incidence of": what was measured
RECORDED = re.compile(
    r"\b(?:we|investigators|patients) (?:noted|recorded|assessed|measured|evaluated|compared|monitored|registered|graded|rated|scored)\b|\bcomposite (?:of|end)"
)
# "when 142 deaths had occurred": what an analysis waited for
AWAITED = re.compile(
    r"\b(?:when|after|until|once|required|requires|expected|needed|target of|assum\w+)\s+(?:\w+\s+){0,2}?(?:\d+|[a-z]+)\s+(?:events?\s+of\s+(?:\w+\s+){0,4})?\Z"
)
# "hospitalization or death": one outcome of two parts, no count of deaths
COMPOSITE_BEFORE = re.compile(r"(?:\b(?:or|and/or)\s+(?:[\w-]+\s+){0,2}|\w/)\Z")
COMPOSITE_AFTER = re.compile(r"\s*(?:,\s*(?:[\w-]+\s+){1,4}?(?:,|or)|\s(?:or|and/or)\b)")
# "significantly reduced the incidence of": an effect of the treatment, without a count
REDUCED = re.compile(
    r"\b(?:reduc\w+|decreas\w+|lower(?:s|ed|ing)|prevent\w*|diminish\w*|attenuat\w+|minimi[sz]\w+)\s+(?:the\s+)?(?:overall\s+|relative\s+)?(?:incidences?|rates?|frequency|occurrence|risks?|number|development|severity)\s+(?:and \w+ )?of\s+(?:[\w-]+\s+){0,3}\Z"
)
# "the most common adverse event, occurring in 15": said of the term, not of its class
OCCURRING = re.compile(
    r"\s*(?:(?:,\s*|\band\s+(?:was\s+)?)?(?:occurring|seen|reported|observed|affecting|experienced|noted|which (?:occurred|was))|with|in|for|on|among)\b"
)
# What befalls people of an event, rather than an event: told only with a count
COUNTED_ONLY = frozenset(
    ("hospitalization", "reoperation", "blood transfusion", "treatment discontinuation", "disease progression")
)


# "In the high-dose group, the most common": the arm said before; "in the elobixibat groups": after
ARM_BEFORE = re.compile(
    r"\b(?:in|with|on|receiving|of|patients|by) (?:the )?(?P<arm>[\w+/ -]{1,40}?) (?:groups?|arms?|recipients)\b"
)
ARM_AFTER = re.compile(
    r"[^;.]{0,80}?\b(?:in|with|on|receiving) (?:the )?(?P<arm>[\w+/ -]{1,40}?) (?:groups?|arms?|recipients)\b"
)
