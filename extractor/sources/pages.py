"""Title and abstract in the text of a page as it was copied: navigation, buttons and legal lines are its *frame*.

Both are found as spans of the text, so that each is an unchanged slice. A text without a frame is no page (None): it is
the abstract as it stands. Words: a *line* is what stands between two line ends; *prose* a line with sentences in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# what a line of a page's frame begins with, in lower case: buttons, navigation and labels, which are short
BUTTON_STARTS = (
    "add like|add dislike|add to|save|saved papers|like|dislike|share|cite|cites|export|print|e-?mail|send to|follow|download|"
    "full text|full-text|view|get|read (?:the full|online|more|full)|open (?:in|access)|sign (?:in|up|out)|log ?(?:in|out)|register|create|my account|"
    "subscribe|subscription|purchase|buy|rent|access|skip to|menu|search|advanced|clipboard|user guide|home|browse|help|about|contact|feedback|"
    "back to|go to|show|hide|expand|collapse|close|next|previous|privacy|cookies?|terms|copyright|©|\\(c\\) ?\\d{4}|mobile app|related|"
    "similar|recommended|cited by|see all|see more|trending|linkout|national library|national center|nih|ncbi|nlm|conflict of interest|"
    "figures?|fig|references|supplementary|publication types?|mesh terms|substances|grants?|keywords?|key words|affiliations?|author information|authors?|"
    "permalink|copy|display options|actions|page navigation|on this page|article tools|metrics|altmetric|views|crossmark|check for updates|"
    "received|accepted|published|first published|issue|version of record|associated data|data availability|google scholar|mendeley|twitter|"
    "facebook|linkedin|reddit|toggle|powered by|doi|pmid|pmcid|free (?:pmc )?article|connect with|visit|collections?|favorites|loading|error|"
    "comments?|discussion \\(\\d|notes|tags|trending|leave a|write a|add a|you need to|you must|please|comment in|erratum in|update in|journal article|research support|review|original (?:article|research|paper)|research (?:article|paper)|advertisement|explore|peer review"
)
MOST_WORDS = 7  # of a button or a label; a title or a sentence that begins with the same word has more
BUTTON = re.compile(rf"\s*(?:[•·|>»*-]\s*)?(?:(?:{BUTTON_STARTS})(?![\w-])|https?://|www\.|doi:? ?10\.)", re.I)
# frame lines that no abstract or plain text begins with: one of them makes a text a page
_SURE_FORMS = (
    r"add (?:like|dislike|to (?:saved|favorites|collections|my))",
    r"full text links",
    r"save (?:to|citation)",
    r"skip to (?:main|content|page)",
    r"we have located links",
    r"all material on this website",
    r"by using this service",
    r"your privacy choices",
    r"we use cookies",
    r"for the best experience, use",
    r"pubmed disclaimer",
    r"an official website of",
    r"similar articles",
    r"related (?:resources|articles)",
    r"sign in",
    r"log in",
    r"display options",
    r"cited by",
    r"full text$",
    r"download pdf",
    r"view (?:article|full|pdf)",
    r"pmid: ?\d+",
    r"permissions",
    r"cite this",
    r"article tools",
    r"copyright ©",
    r"© ?\d{4}",
    r"privacy policy",
    r"terms (?:of|and) ",
)
SURE = re.compile(
    rf"\s*+(?:{'|'.join(_SURE_FORMS)})",
    re.I,
)
# "CLINICAL TRIAL", "[Multicenter Study]" alone on a line
_PUBLICATION_TYPE_FORMS = (
    r"(?:(?:randomi[sz]ed |pragmatic |adaptive )?(?:controlled |clinical )+trial(?:, phase [iv/ab]+)?)",
    r"(?:multicenter|comparative|observational|validation|evaluation|twin|equivalence|research) (?:study|studies|trial)",
    r"journal article",
    r"case reports?",
    r"english abstract",
    r"historical article",
    r"meta-analysis",
    r"systematic review",
    r"practice guideline",
    r"editorial",
    r"letter",
    r"published erratum",
    r"research support.{0,40}",
    r"review",
)
PUBLICATION_TYPE = re.compile(
    rf"\s*+\[?(?:{'|'.join(_PUBLICATION_TYPE_FORMS)})\]?\s*+$",
    re.I,
)
# what frames say in whole sentences, wherever it stands in a line that is not of a report's own length
_SAID_FORMS = (
    r"all rights reserved",
    r"privacy policy",
    r"terms of (?:use|service)",
    r"(?:uses?|accept|our) cookies",
    r"full text access",
    r"institutional access",
    r"full access to this",
    r"copyright(?:ed)? (?:©|material|\(c\)|\d{4}|by)",
    r"protected by copyright",
    r"mobile app",
    r"logging in",
    r"institutional subscription",
    r"sign up (?:for|to)",
    r"newsletter",
    r"javascript",
    r"your browser",
    r"literature search",
    r"personal use only",
    r"(?:need|have|must) (?:to )?(?:log|sign) in",
    r"gov means",
    r"securely connected",
    r"institution/university",
    r"through your (?:institution|university)",
    r"can(?:'|’)?t access",
    r"authors? declares? (?:none|no |that (?:they|there))",
    r"competing interests",
    r"viewed by others",
)
SAID = re.compile(
    rf".{{0,90}}\b(?:{'|'.join(_SAID_FORMS)})",
    re.I,
)
# "Abstract", "ABSTRACT:", "Summary" alone on a line
ABSTRACT_HEAD = re.compile(r"\s*+(?:structured |author )?(?:abstract|summary)\s*+[:.]?\s*+$", re.I)
SUMMARY = re.compile(r"\s*+summary\b", re.I)
# "Abstract: Forty patients", "ABSTRACT Background"
ABSTRACT_GLUED = re.compile(r"\s*+abstract\s*+[:.—–-]\s+(?=\S)", re.I)
# what ends an abstract in a full text
BODY_HEAD = re.compile(
    r"\s*+(?:\d+\.?\s+)?(?:introduction|graphical abstract|highlights|abbreviations|plain language summary|significance statement|references|"
    r"acknowledge?ments|keywords?\b.*|key words\b.*|index terms.*|main(?: text)?|article)\s*+:?\s*+$",
    re.I,
)
INTRODUCTION = re.compile(r"\s*+introduction\s*+:?\s*+$", re.I)  # the first section of some abstracts too
# "1 Department of Neurology, University ..., Poland.": an address
ADDRESS = re.compile(
    r"\b(?:department|university|hospital|institute?|faculty|school of|cent(?:er|re) (?:of|for)|college|clinic|laboratory|inc\.|ltd)\b",
    re.I,
)
# "Neural Regen Res. 2019 Feb;14(2):313-318.", "2019 Mar 5", "Volume 12, Issue 3"
CITATION = re.compile(
    r"\b(?:19|20)\d\d\b.{0,24}[;:]\s*\d+|\bdoi\b|\bvol(?:ume)?\.? ?\d|\bissue \d|\b(?:19|20)\d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\bpp?\. ?\d+",
    re.I,
)
# an entry of a list of references
REFERENCE = re.compile(
    r"\bet al\b|google scholar|\bdoi\b|https?://|\b(?:19|20)\d\d\s*[;:]\s*\d|^\s*\[?\d{1,3}[.\]]\s+[A-Z][\w'-]+ [A-Z]{1,3}\b",
    re.I,
)
# "Barczewska M1, Grudniak M, Maksymowicz S"
NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+\.?(?: [A-ZÀ-Þ][\w’'.-]*){0,3}")
BETWEEN_NAMES = re.compile(r"[,;&·]| and ")
MARKS = "0123456789*†‡§ \t\u00a0"
AND_OTHERS = re.compile(r"[^.]{3,60} et al\.?$")
SENTENCE = re.compile(r"[a-z\d)%\]][.!?](?:\s|$)")
WORD = re.compile(r"[^\W\d_][\w’'-]{3,}")
PROSE_CHARACTERS, LONG_CHARACTERS = 100, 300  # of a line with two sentences, or with one; titles are shorter
SECTION_HEAD = re.compile(r"\s*+(?:[A-Z][A-Z /,&-]{3,60}|[A-Z][a-z]+(?:,? [A-Za-z]+){0,3})\s*+:\s*+\S")
LONGEST_REFERENCE = 600  # characters of an entry of a list of references
LONGEST_TITLE, SHORTEST_TITLE = 400, 12  # characters; PubMed's longest titles pass 400, but they are errata lists
# a text wrapped to a width has no line above the widest, and some that nearly fill it
NARROWEST, WIDEST, FULL, FULL_LINES = 50, 120, 12, 4
SENTENCE_WORDS = 4  # the least that a sentence of a report has; buttons have no full stop
SHORTEST_ABSTRACT = 80  # characters under an Abstract heading
# how much better than the line found below it a line must look: in the same run the upper one wins, beyond a frame not
NEAR, FAR = 0.8, 1.5
LIKELY = 0.5  # share of a line's words that the prose has too, from which it is a title whatever it looks like
SECTIONS = frozenset(
    [
        "background",
        "introduction",
        "context",
        "objective",
        "objectives",
        "aim",
        "aims",
        "purpose",
        "methods",
        "method",
        "materials and methods",
        "patients and methods",
        "design",
        "setting",
        "participants",
        "intervention",
        "interventions",
        "results",
        "findings",
        "conclusion",
        "conclusions",
        "importance",
        "rationale",
        "trial registration",
        "funding",
    ]
)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line: where it stands in the text, and what it is (``frame``, ``abstract``, ``prose``, ``short``, ``blank``)."""

    start: int
    end: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Page:
    """Spans of title and abstract in the text; the title's may be missing."""

    title: tuple[int, int] | None
    abstract: tuple[int, int]


def find_page(text: str, *, sure: bool = False) -> Page | None:
    """Title and abstract of a page's text.

    Parameters
    ----------
    sure : bool
        True where the text is known to come from a page, so that no frame need be seen.

    Returns
    -------
    Page or None
        None where the text is no page, or a page without prose.
    """
    lines = list(_lines(text))
    if not sure and not _is_page(lines):
        return None
    headed = _under_heading(lines)
    body = headed or _longest_run(lines)
    if not body:
        return None
    first, last = body
    title = _title(lines, first if headed else _first_prose(lines, first, last), last)
    if title is None and not headed:
        title = _long_title(lines, first, last)
    if title is not None and title >= first:
        first = next((n for n in range(title + 1, last + 1) if _begins(lines[n])), min(title + 1, last))
    start, end = _trimmed(text, lines[first].start, lines[last].end)
    if match := ABSTRACT_GLUED.match(text, start, end):
        start = match.end()
    return Page(None if title is None else _trimmed(text, lines[title].start, lines[title].end), (start, end))


def _lines(text: str) -> list[PageLine]:
    """Lines of the text; where it was wrapped to a width, what was one line before is one again (a longer slice)."""
    spans, start = [], 0
    for piece in text.splitlines(keepends=True):
        bare = piece.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        spans.append((start, start + len(bare)))
        start += len(piece)
    found, before = [], ""
    for a, b in _unwrapped(text, spans):
        kind = _kind(text[a:b])
        if kind == "abstract" and before == "prose" and SUMMARY.match(text, a, b):
            kind = "short"  # the last section of a structured abstract
        found.append(PageLine(a, b, text[a:b], kind))
        before = before if kind == "blank" else kind
    return found


def _unwrapped(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans joined where a line was broken only because the next word did not fit into the width."""
    width = max((end - start for start, end in spans), default=0)
    full = sum(end - start > width - FULL for start, end in spans)
    if not NARROWEST <= width <= WIDEST or full < FULL_LINES:
        return spans
    joined: list[tuple[int, int]] = []
    length = 0  # of the last line of the last span
    for start, end in spans:
        word = len(text[start:end].split(" ", 1)[0])
        if (
            joined
            and length
            and word
            and length + 1 + word > width
            and _goes_on(text[slice(*joined[-1])], text[start:end])
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        length = end - start
    return joined


def _goes_on(line: str, following: str) -> bool:
    """Whether a line can be the rest of another: not after a full stop, and not where a frame or a heading begins."""
    if following[:1].islower():
        return True
    return (
        line[-1] not in ".?!"
        and _kind(following) not in ("frame", "abstract")
        and _kind(line) not in ("frame", "abstract")
    )


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if ABSTRACT_HEAD.match(line):
        return "abstract"
    ends = len(SENTENCE.findall(line))
    prose = len(line) >= PROSE_CHARACTERS and (ends > 1 or (ends > 0 and len(line) >= LONG_CHARACTERS))
    if PUBLICATION_TYPE.match(line):
        return "frame"
    if SURE.match(line) or SAID.match(line) or (BUTTON.match(line) and not _reports(line)):
        return "frame"
    return "prose" if prose else "short"


def _reports(line: str) -> bool:
    """A title or sentence that happens to begin like a button: "Follow-up was 6 months.", "Access to ... in rural areas"."""
    words = len(line.split())
    return words > MOST_WORDS or (words >= SENTENCE_WORDS and line.rstrip().endswith("."))


def _is_page(lines: Sequence[PageLine]) -> bool:
    """Two lines of a frame, one of them sure, or an Abstract heading with lines before it; and sentences to find."""
    said = [line for line in lines if line.kind != "blank"]
    frames = [line for line in said if line.kind == "frame"]
    if not any(_ended(line) for line in said):
        return False
    heading = next((n for n, line in enumerate(said) if line.kind == "abstract"), 0)
    sure = any(SURE.match(line.text) for line in frames)
    return heading > 0 or len(frames) > 1 + (not sure)


def _ended(line: PageLine) -> bool:
    """Whether a line ends like a sentence, is long enough to be one cut short, or begins like a labelled section."""
    text = line.text.rstrip()
    said = text.endswith((".", "?", "!", ")", "]")) or len(text) >= PROSE_CHARACTERS
    return said or line.kind == "prose" or SECTION_HEAD.match(text) is not None


def _under_heading(lines: Sequence[PageLine]) -> tuple[int, int] | None:
    """First and last line of the text under the first Abstract heading that has any."""
    for number, line in enumerate(lines):
        if line.kind == "abstract" and (body := _run(lines, number + 1)):
            return body
    return None


def _run(lines: Sequence[PageLine], first: int) -> tuple[int, int] | None:
    """The run of lines from `first` up to the next of the frame or heading of the body; None where it says too little."""
    kept: list[int] = []
    for number in range(first, len(lines)):
        line = lines[number]
        if line.kind in ("frame", "abstract") or BODY_HEAD.match(line.text):
            if kept:
                break
            if INTRODUCTION.match(line.text):
                kept.append(number)
        elif line.kind != "blank":
            kept.append(number)
    while kept and not _ended(lines[kept[-1]]):
        kept.pop()
    if sum(len(lines[n].text) for n in kept) < SHORTEST_ABSTRACT:
        return None
    return kept[0], kept[-1]


def _longest_run(lines: Sequence[PageLine]) -> tuple[int, int] | None:
    """The run of lines between two of the frame that has the most words of prose."""
    best, most, number = None, 0, 0
    while number < len(lines):
        if lines[number].kind in ("frame", "blank", "abstract"):
            number += 1
            continue
        end = number
        while (
            end + 1 < len(lines)
            and lines[end + 1].kind not in ("frame", "abstract")
            and not BODY_HEAD.match(lines[end + 1].text)
        ):
            end += 1
        words = sum(
            len(line.text.split()) for line in lines[number : end + 1] if _ended(line) and not _is_reference(line)
        )
        if words > most:
            best, most = (number, end), words
        number = end + 1
    return best and _sentences_only(lines, *best)


def _is_reference(line: PageLine) -> bool:
    return len(line.text) < LONGEST_REFERENCE and REFERENCE.search(line.text) is not None


def _sentences_only(lines: Sequence[PageLine], first: int, last: int) -> tuple[int, int]:
    """The run up to its last sentence; what stands before its first one is looked at for the title."""
    while last > first and not _ended(lines[last]):
        last -= 1
    return first, last


def _long_title(lines: Sequence[PageLine], first: int, last: int) -> int | None:
    """The run's first line, where it is a title of two sentences above a longer text with the same words."""
    rest = [line for line in lines[first + 1 : last + 1] if line.kind == "prose"]
    if not rest or len(lines[first].text) > min(LONGEST_TITLE, max(len(line.text) for line in rest) / 2):
        return None
    words = {w.lower() for line in rest for w in WORD.findall(line.text)}
    return first if _likeness(lines[first], words) >= LIKELY else None


def _first_prose(lines: Sequence[PageLine], first: int, last: int) -> int:
    return next((n for n in range(first, last + 1) if lines[n].kind == "prose"), last)


def _title(lines: Sequence[PageLine], prose: int, last: int) -> int | None:
    """Number of the title's line: the line above `prose` that shares most words with the lines from there to `last`."""
    words = {w.lower() for line in lines[prose : last + 1] for w in WORD.findall(line.text)}
    best, most, needed = None, 0.0, NEAR
    for number in range(prose - 1, -1, -1):
        score = _likeness(lines[number], words)
        if score > most * needed:
            best, most = number, score
        if lines[number].kind == "frame":
            needed = FAR
    return best


def is_names(text: str) -> bool:
    """Whether a line is a list of two people's names or more, with marks of their addresses, or one and "et al".

    >>> is_names("Barczewska M1, Grudniak M1,2, Maksymowicz S"), is_names("Cells in a disease, a trial")
    (True, False)
    """
    pieces = [piece.strip(MARKS) for piece in BETWEEN_NAMES.split(text)]
    names = [piece for piece in pieces if piece]
    return (len(names) > 1 and all(map(NAME.fullmatch, names))) or bool(AND_OTHERS.match(text))


def _is_section(text: str) -> bool:
    """Whether a text is the name of an abstract's section, or begins with one and a colon."""
    return text.split(":")[0].strip().lower() in SECTIONS


def _begins(line: PageLine) -> bool:
    """Whether an abstract may begin with this line: prose, a labelled section, or a sentence that is no name or address."""
    if line.kind == "prose" or (line.kind == "short" and SECTION_HEAD.match(line.text)) or _is_section(line.text):
        return True
    address = is_names(line.text) or CITATION.search(line.text) or ADDRESS.search(line.text)
    return line.kind == "short" and _ended(line) and not address


def _likeness(line: PageLine, words: set[str]) -> float:
    """How much a line looks like the title of the prose: 0 for names, addresses, citations and frames, else up to 1."""
    text = line.text.strip()
    if line.kind not in ("short", "prose") or not SHORTEST_TITLE <= len(text) <= LONGEST_TITLE:
        return 0.0
    own = [w.lower() for w in WORD.findall(text)]
    if len(own) < 2 or _is_section(text):
        return 0.0
    score = (sum(w in words for w in own) + 0.5) / (len(own) + 2.0) * min(1.0, len(own) / 5)
    looks_else = CITATION.search(text) or is_names(text) or (ADDRESS.search(text) and "," in text)
    return 0.0 if looks_else and score < LIKELY else score


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
