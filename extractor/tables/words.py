"""The words by which captions, heads and stubs of tables are understood, as patterns over text as printed."""

from __future__ import annotations

import re

I = re.IGNORECASE  # noqa: E741

# marks of footnotes: "^a", "^{a,b}", "*", "†"; a digit only where it is no exponent
MARKS = re.compile(
    r"(?<!10)\^\{[^{}]{1,12}\}|(?<!10)\^[a-z\d*†‡§¶#]{1,3}(?:,[a-z\d*†‡§¶#])*(?!\w)|[*†‡§¶#‖]+|(?-i:(?<=\s)[a-e]$)", I
)
# "(n = 30)", "N=31", "(60)" after a name is another matter
SIZE = re.compile(r"[(\[]?\s*\b[nN]\s*[=:]\s*(\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+|\d{1,6})\b\s*[)\]]?")
BARE_SIZE = re.compile(r"\((\d{1,5})\)\s*(?=$|N\s*\(?%|n\s*\(?%|N$|n$|No)")
ONLY_SIZE = re.compile(r"\W*[nN]\s*[=:]\s*\d[\d,\u00a0\u2009\u202f ]*\W*")


def unmarked(text: str) -> str:
    """Text without the marks of footnotes."""
    return MARKS.sub("", text)


def bare(text: str) -> str:
    """Text without marks and blanks at its ends."""
    return unmarked(text.replace("\u00a0", " ")).strip(" \t\u2002\u2003\u2009\u200a\u3000,;")


# ---------------------------------------------------------------- what a table is about

EVENTS = re.compile(
    r"\badverse (?:drug |clinical |medical |skin |local |systemic )?(?:events?|effects?|reactions?|experiences?|outcomes?|symptoms?|incidents?|findings)\b|\b(?:side|untoward|toxic)[-‐ ]effects?\b|\btoxicit|\bcomplications?\b|\bsafety\b|\b[ST]?(?:EA)?AEs?\b|\bTEAEs?\b|\bADRs?\b|\bAESIs?\b|"
    r"\bharms\b|\btolerability\b|\breactogenicity\b|\bmorbidit|\bundesired (?:effects|events)|\btreatment[- ]emergent\b",
    I,
)
# said of events alone, not of the people or the endpoint "safety"
STRICT_EVENTS = re.compile(EVENTS.pattern.replace(r"\bsafety\b|", "").replace(r"|\btolerability\b", ""), I)
BASELINE = re.compile(
    r"\bbase\s?line\b(?! (?:to|and))|\bdemograph|\bcharacteristics?\b|\bmedical histor|\bcomorbid|\bpatients?[’'] (?:data|profile|details)|\bat (?:entry|enrol+ment|inclusion)\b|"
    r"\bpatient data\b|\brisk factors\b",
    I,
)
SCHEDULE = re.compile(
    r"\bschedule|\btime ?(?:line|table)\b|\b(?:study|trial) (?:visits|procedures|assessments)\b|\bassessments?\b(?! of (?:adverse|safety))|\bdata collection\b|\bto be (?:collected|recorded|assessed)\b|\bflow ?chart\b",
    I,
)
DEFINITIONS = re.compile(
    r"\bdefinitions?\b|\bdefined\b|\bcriteria\b|\bstopping rules?\b|\bclassification of\b|\bgrading (?:scale|system|of)\b|\bscale\b|\bquestionnaire|\bcodes?\b|\boutcome measures\b",
    I,
)
OTHERS = re.compile(
    r"\b(?:published|previous|earlier|prior|other|reported) (?:\w+ ){0,2}(?:trials|studies|reports|series|literature)\b|\bliterature\b|\bsystematic review|\bmeta-analys|"
    r"\b(?:included|reviewed) (?:trials|studies)\b|\b(?:trials|studies) (?:of|on|in|using|with|that)\b",
    I,
)
RATINGS = re.compile(r"\b(?:ratings?|scores?|likert|vas|means?|correlations?|regression|predictors?|odds|hazard)\b", I)
MODEL = re.compile(
    r"\b(?:regression|predictors?|correlations?|associations?|multivariate|univariate|sensitivity and specificity)\b", I
)
MIXED = re.compile(
    r"\befficacy\b|\boutcomes?\b|\bresults?\b|\blaboratory changes\b|\bend-?points?\b|\bcharacteristics\b|\bintensity\b|\bresponse\b|\bparameters\b|\bsurvival\b|\bmeasures\b|"
    r"\bhospital stay\b|\bchanges\b",
    I,
)
SUBGROUPS = re.compile(r"\bsub-?groups?\b", I)
WHOLE = re.compile(
    r"^(?:the )?(?:whole|entire|total|overall|all|full)(?: (?:cohort|group|population|sample|patients|participants|study population))?$",
    I,
)
# first column of tables on other trials
STUDY_HEAD = re.compile(r"^(?:study|trial|author|reference|source|first author|publication)s?\b(?!.*\barm\b)", I)

# ---------------------------------------------------------------- heads

STUB_HEAD = re.compile(
    r"^(?:(?:\w+[ -]){0,3}(?:events?|effects?|reactions?|toxicit(?:y|ies)|complications?|symptoms?|AEs?|TEAEs?|SAEs?|variables?|characteristics?|parameters?|outcomes?|terms?|class|"
    r"body system|organ|disorders?|measures?|items?|categor(?:y|ies)|types?|features?|demographics?|signs?|group|preferred term)\b.*)$",
    I,
)
HEAD_WORDS = re.compile(
    r"\bn\s*=|^\W*(?:n|no\.?|%|number)\W|^\W*(?:n|no\.?|%)\W*$|\bgrades?\b|\bgroup\b|\barm\b|\bplacebo\b|\bcontrol\b|\btotal\b|\bpatients\b|\bweek|\bmonth|\bday\b|mean|median|\bp\b|\bSD\b|"
    r"\bevents?\b|^\W*[IVX\d]+(?:\W+[IVX\d]+)*\W*$|\bmild\b|\bsevere\b",
    I,
)
P_VALUE = re.compile(
    r"^(?:\w+[- ]){0,2}p\b(?:[- –]?values?)?|\bp[- –]?values?\b|\bpvalues?\b|^p\s*[<=(]|^(?:t|f|χ|chi|z|df)\b|χ|\bstatistic|\bsignificance\b|\bFisher|\btests?$|^NNT|^NNH",
    I,
)
# upper case alone: "or" is a word
EFFECT = re.compile(
    r"\b(?:OR|RR|HR|RD|IRR|MD|SMD|ARR)\b|\b(?:[Oo]dds|[Rr]isk|[Hh]azard|[Rr]ate) ?(?:ratio|difference)|\b[Dd]ifferences?\b|\bCI\b|\b[Ii]nteraction\b|\b[Cc]onfidence interval|\bvs\.?\s|\bversus\b|\b[Rr]atio\b"
)
TOTAL = re.compile(
    r"^(?:grand )?(?:totals?|all|overall|combined|pooled|sum|both|entire|whole)(?: (?:the )?(?:patients|subjects|groups?|participants|arms|treatments?|cohorts?|sample|population|study|study population|doses?|cases|women|men|children|infants))?"
    r"(?: patients)?$|^both (?:groups|arms)$|^all(?: \w+){1,2} (?:groups|arms|doses)$",
    I,
)
ROMAN = r"(?:IV|V|I{1,3})"
GRADE_NUMBER = rf"(?:[1-5]|{ROMAN})"
GRADES = re.compile(
    rf"^(?:(?:NCI[- ])?(?:CTCAE?|CTC|WHO)[ -])?(?:(?:toxicity|maximum|worst) )?(?:grades?|gr\.?|G)\s*[≥>⩾≧]?\s*=?\s*{GRADE_NUMBER}\b.*$|"
    rf"^[≥>⩾≧]\s*(?:grade\s*)?{GRADE_NUMBER}$|^(?:grades?\s*)?{GRADE_NUMBER}\s*(?:[-–/+&,]|to|or|and)\s*{GRADE_NUMBER}(?:\s*(?:[-–/+&,]|to|or|and)\s*{GRADE_NUMBER})?$|"
    rf"^{GRADE_NUMBER}(?:st|nd|rd|th)? grade$|^high[- ]grade$|^low[- ]grade$",
    I,
)
GRADE_DIGIT = re.compile(rf"^(?:{GRADE_NUMBER})$")
ALL_GRADES = re.compile(
    r"^(?:all|any|total)[- ]?(?:CTC(?:AE)? )?(?:toxicity )?grades?$|^any severity$|^all severit|^(?:all|any|total)$", I
)
SEVERITY = re.compile(
    r"^(?:very )?(?:mild|moderate|severe?|life[- ]threatening|minor|major|slight|minimal)(?:\s*(?:,|/|-|–|to|or|and|\+)\s*(?:very )?(?:mild|moderate|severe?|life[- ]threatening|minor|major|fatal))*"
    r"(?: (?:events?|AEs?|intensity|severity))?$",
    I,
)
SERIOUS_HEAD = re.compile(r"^(?:non[- ]?serious|serious)\b|^SAEs?$", I)
ABSENT_ROW = re.compile(
    r"^(?:absent|nil|no(?:ne)?\b(?!\.|\s*of\b).*|without\b.*|normal|grade 0|0|not? (?:adverse|side|any|symptom|event|complication).*|asymptomatic|unknown|missing.*|not (?:reported|known|available|assessed).*|tolerated.*|negative)$",
    I,
)
RELATED = re.compile(
    r"^(?:(?:not|un|possibly|probably|definitely|certainly|suspected|treatment|drug|study[- ]drug|procedure)[- ]?)*(?:related|unrelated|probable|possible|possibly|probably|unlikely|definite|definitely|certain|causal|remote|suspected|none)"
    r"(?:\s*(?:to .*|related|relation(?:ship)?))?$",
    I,
)
RELATED_OVER = re.compile(r"\brelated(?:ness)?\b|\bcausality\b|\brelationship\b|\battribut", I)
VISIT = re.compile(
    r"^(?:at |after |before |by |on |during |within |from |until |post |pre )?(?:the )?(?:\d+[- ]?(?:\d+)?\s*(?:st|nd|rd|th)?[- ]?)?(?:baseline|weeks?|wks?|months?|mo\b|days?|d\b|years?|yrs?|hours?|hrs?|h\b|min(?:ute)?s?|visits?|periods?|cycles?|"
    r"phases?|screening|admission|discharge|follow[- ]?up|pre-?treatment|post-?treatment|pre-?op\w*|post-?op\w*|randomi[sz]ation|before\b|after\b|end of|pre\b|post\b|T\d\b|interim|final)\b.{0,40}$",
    I,
)
FIRST_VISIT = re.compile(
    r"^(?:at )?(?:baseline|screening|before\b.*|pre-?treatment|pre-?op\w*|pre|admission|entry|day 0|week 0)\b", I
)
CONTAINER = re.compile(
    r"^(?:(?:the|of|in|by|with|for|patients?|subjects?|participants?|persons?|children|women|treatment|treatments|study|trial|groups?|arms?|toxicity|toxicities|adverse|side|events?|effects?|grades?|grading|ctcae|ctc|nci|who|number|no\.?|n|"
    r"cohorts?|doses?|dose level|levels?|receiving|reporting|experiencing|pooled|severity|intensity|relatedness|relationship|causality|maximum|worst|weaning|mode|time|visits?|periods?|weeks?|months?|days?|frequency|incidence|"
    r"percentage|percent|prevalence|%|\(%\)|and|TEAEs?|AEs?|SAEs?|drugs?|medication|intervention|interventions|therapy|value|values|randomi[sz]ed|allocation|total number|reactions?|at least one|any|term|preferred|"
    r"having|who|had|to|from|results?|data|analysis|set|population|safety|all)\W*)+$",
    I,
)
# what a head cell says of its figures: "n (%)", "No. of patients", "Number of events", "Mean ± SD"
UNIT = re.compile(
    r"[,;:]?\s*(?:\(\s*)?(?:\b(?:no\.?|n|number|num\.?|freq(?:uency)?|count)\b\.?\s*(?:of (?:patients|participants|subjects|persons|people|cases|individuals|women|infants|children|events|episodes|TEAEs?|AEs?|reports))?\s*(?:[,;:/]\s*|\s+)?(?:\(?\s*%\s*(?:of \w+)?\)?)|"
    r"\(\s*%\s*\)|%|\b(?:no\.?|number)\s+of\s+(?:patients|participants|subjects|persons|people|cases|individuals|events|episodes|AEs?|women|infants|children)\b|\bn\s*/\s*N\b|\bmean\s*\(?(?:±|\+/?-)?\s*\(?\s*(?:SD|SEM?|s\.d\.)?\)?|"
    r"\bmedian\b\s*\(?(?:IQR|range|interquartile range)?\)?|±\s*SD|\bSD\b|\(\s*IQR\s*\)|\(range\)|\b(?:patients|subjects|participants|cases|events|episodes)\s*$|\b(?:no\.?|n|N)\s*$)\s*(?:\))?",
    I,
)
EVENT_COUNTS = re.compile(
    r"\b(?:no\.?|number|n|total)(?: number)? (?:of )?(?:\w+ )?(?:events|episodes|reports|occurrences|TEAEs|AEs|SAEs|complications|adverse events|adverse reactions|toxicities)\b|^(?:events|episodes|E)$|\bepisodes\b|[,\[(]\s*events\W*$|\bevents, n\b(?!\s*[(,]?\s*%)|\bn events\b",
    I,
)
# "number of patients with events" counts people
OF_PEOPLE = re.compile(
    r"\b(?:patients|subjects|participants|persons|people|individuals|women|men|children|infants|cases|pts)\b", I
)
RATE = re.compile(
    r"\bper (?:\d+ )?(?:100 |1,?000 )?(?:patient|person|subject|participant)?[- ]?(?:years?|months?|days?|infusions?|cycles?)\b|\brates?\s*(?:/|per)\b|\bincidence rate|\b(?:patient|person)[- ]years\b|\bexposure[- ]adjusted\b",
    I,
)
HAS_N_PERCENT = re.compile(
    r"\b(?:n|no\.?|nos?|number|numbers|num|patients|frequency|frequancy|count|counts|cases|subjects|participants)\b[^%\n]{0,30}\(?\s*(?:%|per ?cent)|n\s*\(%\)|%\s*\(\s*n\s*\)",
    I,
)
PERCENT_WORD = re.compile(r"%|\bper ?cent(?:age)?s?\b", I)
MEAN_WORD = re.compile(
    r"\bmean\b|\bmedian\b|\bSD\b|±|\bIQR\b|\bscores?\b|\bduration\b|\bdays of\b|\bSEM?\b|\bminutes\b|\blevels?\b(?!:)|\baverage\b|\bLOS\b|\brange\b|\bchange from\b|\bweight\b(?! (?:loss|gain|inc|dec))|"
    r"\btime to\b|\badjusted\b|\(\s*(?:days|months|weeks|years|hours|h|mmol\W?L|mg\W?dL|%\s*of time)\s*\)|\b% of time\b|\(years?\)",
    I,
)
GRADE_BRACKET = re.compile(r"\(\s*(?:CTC(?:AE)? )?(?:toxicity )?grades?\s*\)", I)
# thresholds that are a degree of the event above: "Hb < 10 g/dL", ">2 times ULN", "25–49 × 10^9 cells/L"
THRESHOLD = re.compile(
    r"^[\w /()-]{0,30}:?\s*(?:[<>≤≥⩽⩾]|\d[\d.,·]*\s*[-–]\s*\d)[^a-z]{0,16}[^()]{0,26}$|^[≥>]\s*\d.*$", I
)
SIZE_ROW = re.compile(
    r"^(?:total )?(?:(?:no\.?|number|n)(?: of)? ?)?(?:the )?(?:total )?(?:patients|participants|subjects|persons|women|men|children|infants|people|individuals|randomi[sz]ed|treated|analy[sz]ed|safety (?:population|set))"
    r"(?: (?:treated|randomi[sz]ed|analy[sz]ed|enrolled|exposed|evaluated|evaluable|assessed|in (?:the )?(?:group|arm|safety (?:population|set)|analysis)|at risk|included|per group))?(?:,? \(?[nN]\)?(?: \(%\))?)?$|"
    r"^(?:n|N|no\.?|number|sample size|group size|total,? n(?: \(%\))?|number \(n\)|n \(%\)|patients,? n(?: \(%\))?)$",
    re.I,
)
PATIENT_ID = re.compile(
    r"^(?:(?:patient|subject|case|pt|participant|no)\.?\s*(?:no\.?|id|#)?\s*)?#?[A-Z]{0,3}[-/]?\d{1,4}(?:[-/]\d{1,4})?[a-z]?$",
    I,
)
PATIENT_HEAD = re.compile(
    r"^(?:pt|patients?|subjects?|cases?|participants?)\.?\s*(?:no\.?|id|number|code|#)?$|^(?:no\.?|id|#)$", I
)
EVENT_HEAD = re.compile(
    r"\badverse|\bSAEs?\b|\bAEs?\b|^(?:events?|complications?|toxicity|reactions?|diagnos[ie]s|preferred term|description|side effects?)\b",
    I,
)
# "No. positive", "Total sampled", "Rate of success": what is counted, not who
COUNTED = re.compile(
    r"(?:no\.|number|total|percentage|%|rate|proportion|prevalence|frequency|incidence|mean|median|score)\s", I
)
NO_ARM = re.compile(
    r"(?:non[- ]?)?(?:responders?|survivors?|completers?|males?|females?|men|women|boys|girls|positives?|negatives?|yes|no)(?: (?:patients|group))?|(?:age[ds]? )?[<>≤≥]\s*\d+.*|\d+\s*[-–]\s*\d+ y(?:ea)?rs?.*",
    I,
)
GROUP = re.compile(r"\b(?:group|treated|treatment|study|intervention|drug|therapy|active|medication)\b", I)
GENERIC_ARM = re.compile(
    r"^(?:(?:all|the|n|no\.?|patients?|subjects?|participants?|cases?|number|frequency|incidence|value|values|results?|total|study|population|group|treated|overall|safety|safety set|women|men|children|percentage|percent|occurrence|"
    r"data|our|series|present|sample|in|of|with|any|count|counts|events?|episodes?|reported|reports|yes)\W*)+$",
    I,
)
ARM_WORD = re.compile(
    r"\b(?:group|arm|cohort|placebo|control|controls|sham|saline|standard|intervention|vehicle|dose)\b|\bmg\b|\bμg\b|\bcells\b|\bMSCs?\b|\d\s*(?:mg|μg|mcg|g|ml|iu)\b",
    I,
)
