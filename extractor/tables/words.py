"""The words by which captions, heads and stubs of tables are understood, as patterns over text as printed."""

from __future__ import annotations

from extractor import patterns as re
from extractor.words import Words

W = Words("tables")

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
    W.events,
    I,
)
# said of events alone, not of the people or the endpoint "safety"
STRICT_EVENTS = re.compile(EVENTS.pattern.replace(r"\bsafety\b|", "").replace(r"|\btolerability\b", ""), I)
BASELINE = re.compile(
    W.baseline,
    I,
)
SCHEDULE = re.compile(
    W.schedule,
    I,
)
DEFINITIONS = re.compile(
    W.definitions,
    I,
)
OTHERS = re.compile(
    W.others,
    I,
)
MODEL = re.compile(rf"\b{W.model}\b", I)
MIXED = re.compile(
    W.mixed,
    I,
)
SUBGROUPS = re.compile(r"\bsub-?groups?\b", I)
WHOLE = re.compile(
    rf"^(?:the )?{W.whole_whole}(?: {W.whole_cohort})?$",
    I,
)
# first column of tables on other trials
STUDY_HEAD = re.compile(rf"^{W.study_head_study}s?\b(?!.*\barm\b)", I)

# ---------------------------------------------------------------- heads

STUB_HEAD = re.compile(
    rf"^(?:(?:\w+[ -]){{0,3}}{W.stub_head_events}\b.*)$",
    I,
)
HEAD_WORDS = re.compile(
    W.head_words,
    I,
)
P_VALUE = re.compile(
    r"^(?:\w+[- ]){0,2}p\b(?:[- –]?values?)?|\bp[- –]?values?\b|\bpvalues?\b|^p\s*[<=(]|^(?:t|f|χ|chi|z|df)\b|χ|\bstatistic|\bsignificance\b|\bFisher|\btests?$|^NNT|^NNH",
    I,
)
# upper case alone: "or" is a word
EFFECT = re.compile(W.effect)
TOTAL = re.compile(
    W.total,
    I,
)
ROMAN = r"(?:IV|V|I{1,3})"
GRADE_NUMBER = rf"(?:[1-5]|{ROMAN})"
GRADES = re.compile(
    rf"^(?:(?:NCI[- ])?(?:CTCAE?|CTC|WHO)[ -])?(?:{W.grades_toxicity} )?{W.grades_grades}\s*+(?:[≥>⩾≧]\s*+)?(?:=\s*+)?{GRADE_NUMBER}\b.*$|^[≥>⩾≧]\s*(?:grade\s*)?{GRADE_NUMBER}$|^(?:grades?\s*)?{GRADE_NUMBER}\s*{W.to}\s*{GRADE_NUMBER}(?:\s*{W.to}\s*{GRADE_NUMBER})?$|^{GRADE_NUMBER}{W.st}? grade$|^high[- ]grade$|^low[- ]grade$",
    I,
)
GRADE_DIGIT = re.compile(rf"^(?:{GRADE_NUMBER})$")
ALL_GRADES = re.compile(W.all_grades, I)
SEVERITY = re.compile(
    rf"^(?:very )?{W.severity_mild}(?:\s*(?:,|/|-|–|to|or|and|\+)\s*(?:very )?{W.severity_moderate})*(?: (?:events?|AEs?|intensity|severity))?$",
    I,
)
SERIOUS_HEAD = re.compile(r"^(?:non[- ]?serious|serious)\b|^SAEs?$", I)
ABSENT_ROW = re.compile(
    rf"^{W.absent_row_absent}$",
    I,
)
RELATED = re.compile(
    rf"^(?:{W.related_not}[- ]?)*{W.related_related}(?:\s*(?:to .*|related|relation(?:ship)?))?$",
    I,
)
RELATED_OVER = re.compile(r"\brelated(?:ness)?\b|\bcausality\b|\brelationship\b|\battribut", I)
VISIT = re.compile(
    rf"^{W.visit_at}?(?:the )?(?:[≤<>≥]\s*+)?(?:\d++(?:[- ]\d++)?-?\s*+(?:st|nd|rd|th)?[- ]?)?{W.visit_baseline}\b.{{0,40}}$",
    I,
)
FIRST_VISIT = re.compile(rf"^(?:at )?{W.first_visit_baseline}\b", I)
CONTAINER = re.compile(
    rf"^(?:{W.container_the}\W*)+$",
    I,
)
# what a head cell says of its figures: "n (%)", "No. of patients", "Number of events", "Mean ± SD"
UNIT = re.compile(
    rf"(?:[,;:]\s*+|(?<!\s)\s*+|(?<=\s)(?!\s))(?:\(\s*+)?{W.unit_of}\s*(?:\))?",
    I,
)
EVENT_COUNTS = re.compile(
    rf"\b(?:no\.?|number|n|total)(?: number)? (?:of )?(?:\w+ )?{W.event_counts_events}\b|^(?:events|episodes|E)$|\bepisodes\b|[,\[(]\s*events\W*$|\bevents, n\b(?!\s*[(,]?\s*%|\s*[(/])|\bn events\b",
    I,
)
# "No. of infusions with reactions", "N = 84 infusions": what is counted was given, and is no person
_GIVEN = rf"{W.given}"
GIVEN = re.compile(
    rf"\b(?:no\.?|number|percentage|%|n) of (?:all )?{_GIVEN}\b|\bn\s*=\s*\d[\d,]* {_GIVEN}\b|\b{_GIVEN} (?:with|followed by|in which)\b|^\W*{_GIVEN},? ?\(?(?:n|%)",
    I,
)
# what stands in brackets: "% (n)", "events (patients)", "No. of patients (events)"
PERCENT_THEN_COUNT = re.compile(r"(?:%|\bper ?cent(?:age)?)\s*\(\s*(?:n|no\.?|number)\s*\)", I)
_COUNTED = r"(?:(?:no\.?|number|n) of )?"
EVENTS_THEN_PEOPLE = re.compile(rf"\bevents?,?\s*\(\s*{_COUNTED}(?:patients|subjects|participants|cases)\s*\)", I)
PEOPLE_THEN_EVENTS = re.compile(rf"\b(?:patients|subjects|participants),?\s*[(\[]\s*{_COUNTED}events?\s*[)\]]", I)
# columns that time or describe an event: "Onset (days)", "Duration", "Outcome"
DESCRIBES = re.compile(rf"^{W.describes}\b(?!.*\b(?:patients|n|no)\b)", I)
# "number of patients with events" counts people
OF_PEOPLE = re.compile(rf"\b{W.of_people}\b", I)
RATE = re.compile(
    W.rate,
    I,
)
HAS_N_PERCENT = re.compile(
    rf"\b{W.has_n_percent_no}\b[^%\n]{{0,30}}\(?\s*(?:%|per ?cent)|n\s*\(%\)|%\s*\(\s*n\s*\)",
    I,
)
PERCENT_WORD = re.compile(r"%|\bper ?cent(?:age)?s?\b", I)
MEAN_WORD = re.compile(
    W.mean_word,
    I,
)
GRADE_BRACKET = re.compile(
    r"\(\s*(?:CTC(?:AE)? )?(?:toxicity )?(?:max(?:imum|imal)?|highest|worst)?\s*+(?:CTC(?:AE)? )?(?:toxicity )?grades?\s*\)",
    I,
)
# "n (number of grade ≥ 3)": the bracket counts the graded ones
GRADED_COUNT = re.compile(
    r"\(\s*(?:(?:no\.?|number|n)(?: of| with|,)?\s+)?grades?\s*[≥>⩾]?\s*[1-5](?:\s*[-–/]\s*[1-5])?\s*\)", I
)
# a note on all figures: "Values are percentages"
ALL_PERCENT = re.compile(
    r"\b(?:values|figures|numbers|data|results|entries)\b(?: \w+){0,3} (?:are|as|represent|expressed|given|shown|in)(?: \w+){0,3} (?:percentages?|per ?cent|%)(?!\s*\()",
    I,
)
# thresholds that are a degree of the event above: "Hb < 10 g/dL", ">2 times ULN", "25–49 × 10^9 cells/L"
THRESHOLD = re.compile(
    r"^[\w /()-]{0,30}:?\s*(?:[<>≤≥⩽⩾]|\d[\d.,·]*\s*[-–]\s*\d)[^a-z]{0,16}[^()]{0,26}$|^[≥>]\s*\d.*$", I
)
SIZE_ROW = re.compile(
    rf"^(?:total )?(?:(?:no\.?|number|n)(?: of)? ?)?(?:the )?(?:total )?{W.size_row_patients}(?: {W.size_row_treated})?(?:,? \(?[nN]\)?(?: \(%\))?)?$|^{W.size_row_no}$",
    re.I,
)
PATIENT_ID = re.compile(
    rf"^(?:{W.patient_id_patient}\.?\s*(?:no\.?|id|#)?\s*)?#?[A-Z]{{0,3}}[-/]?\d{{1,4}}(?:[-/]\d{{1,4}})?[a-z]?$",
    I,
)
PATIENT_HEAD = re.compile(rf"^{W.patient_head_pt}\.?\s*{W.patient_head_no}?$|^(?:no\.?|id|#)$", I)
EVENT_HEAD = re.compile(
    rf"\badverse|\bSAEs?\b|\bAEs?\b|^{W.event_head_events}\b",
    I,
)
# "No. positive", "Total sampled", "Rate of success": what is counted, not who
COUNTED = re.compile(rf"{W.counted_no}\s", I)
NO_ARM = re.compile(
    W.no_arm,
    I,
)
GROUP = re.compile(rf"\b{W.group}\b", I)
GENERIC_ARM = re.compile(
    rf"^(?:{W.generic_arm_all}\W*)+$",
    I,
)
ARM_WORD = re.compile(
    W.arm_word,
    I,
)
