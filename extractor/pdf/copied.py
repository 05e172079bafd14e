"""A paper that was copied from its pages as text: without page numbers, running heads and the line ends of its pages.

What is left is cut into the parts that a paper has. A text that has no abstract under its heading and no sections is
none, and is left as it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from extractor.pdf.headed import HEADING, Section, free, sections

FRONT, TITLE, ABSTRACT = "front matter", "title", "abstract"
ABSTRACT_HEAD = re.compile(r"^[ \t]*(?:abstract|summary)[ \t]*[.:]?[ \t]*$", re.I | re.M)
FIRST_PAGE = 8000  # characters in which an abstract begins
PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?(?P<n>\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.I)
LEADING_NUMBER = re.compile(r"(?P<n>\d{1,4})(?:\s+(?=\S)|$)")
PAGE = 700  # characters between two page numbers at least
PAGES = 2  # page numbers, or running heads, that are believed
NUMBERED = 15  # lines in a row that begin with the next number: numbers of lines
MISSED = 3  # line numbers that may be missing from one to the next
SHARE = 0.25  # of the lines that begin with a number, at least
NEAR = 3  # lines between a running head and the end of its page
WORD = r"(?<![^\W\d_])[^\W\d_]+"
HYPHEN = re.compile(rf"(?P<first>{WORD})-[ \t]*\n[ \t]*(?P<second>{WORD})")
HYPHENED = re.compile(rf"{WORD}-{WORD}")
AUTHORS = re.compile(
    r"(?:[^\W\d_]\d?\s?[,*†‡§\d]|\band\b|;)|^(?:by|department|university|from the|correspondence)\b", re.I
)
NAMES = re.compile(r"^(?:[A-Z][\w.'’-]*\s){1,4}[A-Z][\w.'’-]*[\d,*†]")
NO_TITLE = re.compile(
    r"^\W*(?:(?:(?:original|review|research|open|short|clinical|articles?|access|papers?|report|communication|trial)\b\W*)+|doi\b.*|https?:.*|www\..*|©.*|copyright.*|received.*|.*\b\d{4};\s?\d+.*)\W*$",
    re.I,
)
AFTER_ABSTRACT = re.compile(
    r"^[ \t]*(?:key ?words|correspond(?:ence|ing author)|abbreviations|received:|©)", re.I | re.M
)
GOES_ON = re.compile(r"(?:[,:–-]|\b(?:a|an|and|by|for|from|in|of|on|or|the|to|with|versus|vs))$", re.I)
TABLE = re.compile(r"^(?:Table|TABLE)\s+(?P<number>S?\d{1,2}|[IVX]{1,5})\b(?:[.:|].*)?$")
BROKEN = 3  # lines that break off within a sentence
CAPTION_LINES = 2  # behind the first, in which a caption may be prose
PROSE = 0.6  # of the width: lines of running text are that long
ENDS = re.compile(r"(?:^|\w)[^\w.:?!]*+[.:?!]\W*+$")  # begins at the last word, so that a row of points is read once
HEAD_WORDS = 4  # a line of so few, behind the end of a sentence, is a heading
HALF = 0.4  # of the width: a line of a table's cell is hardly so long
FULL = 0.7  # of the width: a line so long goes on
LONGEST_TITLE = 6  # lines


def paper(text: str) -> dict[str, str] | None:
    """The parts of a copied paper, title first; None where the text is none."""
    plain = without_pages(text)
    head = ABSTRACT_HEAD.search(plain, 0, FIRST_PAGE) if _wrapped(plain) else None
    body = _body(plain, head.end()) if head else []
    if head is None or not body:
        return None
    abstract = plain[head.end() : _line_before(plain, body[0].start)].strip()
    further = AFTER_ABSTRACT.search(abstract)
    title, front = _title(plain[: head.start()])
    if further:
        abstract, front = abstract[: further.start()].strip(), f"{front}\n{abstract[further.start() :]}".strip()
    parts = {name: said for name, said in ((TITLE, title), (FRONT, front), (ABSTRACT, abstract)) if said}
    for section in body:
        parts[free(section.name, parts)] = plain[section.start : section.end]
    width = _width(plain)
    found: dict[str, str] = {}
    tables: dict[str, str] = {}
    for name, said in parts.items():
        text, cut = _without_tables(said, width)
        found[name] = _flowing(text, len(text) if name == TITLE else width)
        tables |= {free(label, {**parts, **tables}): rows for label, rows in cut}
    return {name: said for name, said in found.items() if said} | tables


def _wrapped(text: str) -> bool:
    """Whether lines break off within sentences, as those of a printed page do and those of a web page do not."""
    pairs = list(pairwise(line.strip() for line in text.split("\n")))
    return sum(bool(a and b) and not ENDS.search(a) and b[0].islower() for a, b in pairs) >= BROKEN


def _without_tables(text: str, width: int) -> tuple[str, list[tuple[str, str]]]:
    """A part without what stands between the caption of a table and the next two lines of prose, and these by label."""
    kept: list[str] = []
    cut: list[tuple[str, list[str]]] = []
    inside = False
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if (match := TABLE.match(line.strip())) and (
            n == 0 or not _prose(lines[n - 1], width) or ENDS.search(lines[n - 1])
        ):
            inside = True
            cut.append((f"Table {match['number']}", []))
        elif inside and len(cut[-1][1]) > CAPTION_LINES and all(_prose(one, width) for one in lines[n : n + 2]):
            inside = False
        (cut[-1][1] if inside else kept).append(line)
    return "\n".join(kept), [(label, "\n".join(rows).strip()) for label, rows in cut]


def _prose(line: str, width: int) -> bool:
    words = line.split()
    return len(line) > PROSE * width and len(words) > 4 and sum(w[:1].islower() for w in words) > len(words) / 2


def _breaks_off(line: str, width: int) -> bool:
    """Whether a line must go on: at a comma, or in its middle behind a small word."""
    return line.endswith((",", ";")) or (len(line) > HALF * width and line[-1:].islower())


def _width(text: str) -> int:
    """How long the lines of running text are: nine of ten are no longer."""
    lengths = sorted(len(line) for line in text.split("\n") if len(line.split()) > 3)
    return lengths[9 * len(lengths) // 10] if lengths else 0


def _flowing(text: str, width: int) -> str:
    """The lines of each paragraph as one; short lines, of a heading or of a table, stay."""
    found = ""
    for before, line in pairwise(["", *(piece.strip() for piece in text.split("\n"))]):
        full = len(before) >= FULL * width
        ended = ENDS.search(before) is not None
        full = full and not (ended and len(before) < 0.9 * width)
        head = ended and len(line.split()) <= HEAD_WORDS and line[:1].isupper()
        open_ = not ended and (line[:1].islower() or _breaks_off(before, width))
        goes_on = not HEADING.match(before) and (open_ or (full and not head))
        between = "" if not found else " " if before and line and (goes_on or not width) else "\n"
        found += between + line
    return re.sub(r"\n{2,}", "\n\n", found)


def _body(text: str, start: int) -> list[Section]:
    """The sections behind an abstract, whose own headings come again, or stand before an introduction."""
    found = sections(text, start)
    names = [re.sub(r"^materials? and ", "", s.name.lower()) for s in found]
    begins = [n for n, name in enumerate(names) if name == "introduction"]
    again = next((n for n, name in enumerate(names) if name in names[:n]), None)
    if begins[:1] == [0]:  # the body's, where an abstract has no headings, or has none that is called so
        return found[begins[1] if len(begins) > 1 else 0 :]
    return found[min([*begins, *([] if again is None else [again])], default=0) :]


def _line_before(text: str, start: int) -> int:
    """Where the line of the heading begins under which a section stands."""
    return text.rfind("\n", 0, text.rfind("\n", 0, start)) + 1 if "\n" in text[:start] else 0


def _title(text: str) -> tuple[str, str]:
    """The lines of a title, and what stands around them: names, places, the journal's own words."""
    lines = [line.strip() for line in text.split("\n")]
    start = next((n for n, line in enumerate(lines) if line and not NO_TITLE.match(line)), len(lines))
    end = start
    while end < len(lines) and end - start < LONGEST_TITLE and lines[end]:
        if end > start and _authors(lines[end]) and not GOES_ON.search(lines[end - 1]):
            break
        end += 1
    rest = [line for line in (*lines[:start], *lines[end:]) if line]
    return "\n".join(lines[start:end]), "\n".join(rest)


def _authors(line: str) -> bool:
    """Whether a line names the authors: names with marks, or several with commas and without small words."""
    words = re.findall(r"[^\W\d_]+", line)
    small = sum(w.islower() and w != "and" for w in words)
    return NAMES.match(line) is not None or (small == 0 and len(words) > 3 and len(AUTHORS.findall(line)) > 1)


# ---------------------------------------------------------------- what only pages have


def without_pages(text: str) -> str:
    """The text without numbers of pages and lines, without running heads, and words whole that a line's end parted."""
    lines = re.sub("\f", "\n\f\n", text.replace("\r\n", "\n")).split("\n")
    numbered = _line_numbers(lines)
    lines = [LEADING_NUMBER.sub("", line.strip(), count=1) if n in numbered else line for n, line in enumerate(lines)]
    alone = {n for n in numbered if not lines[n]}
    return _whole_words("\n".join(_closed(lines, _furniture(lines) | alone)))


def _closed(lines: Sequence[str], gone: set[int]) -> Iterator[str]:
    """The lines that stay; blank ones go, all in a row, where a page ended beside them within a sentence."""
    last = ""
    kinds = ("gone" if n in gone else "told" if line.strip() else "blank" for n, line in enumerate(lines))
    for kind, run in groupby(enumerate(kinds), key=lambda one: one[1]):
        places = [n for n, _ in run]
        beside = {places[0] - 1, places[-1] + 1}
        if kind == "gone" or (kind == "blank" and not ENDS.search(last) and beside & gone):
            continue
        last = lines[places[-1]] if kind == "told" else last
        yield from (lines[n] for n in places)


def _furniture(lines: Sequence[str]) -> set[int]:
    """Lines with the number of a page, and those near the end of a page that come again on other pages."""
    breaks = [n for n, line in enumerate(lines) if line == "\f"]
    numbers = _page_numbers(lines)
    near = {end + off for end in (*breaks, *numbers) for off in range(-NEAR, NEAR + 1)}
    said: dict[str, list[int]] = {}
    for n, line in enumerate(lines):
        if re.search(r"[^\W\d_]{3}", line) and not HEADING.match(line) and not ABSTRACT_HEAD.match(line):
            said.setdefault(re.sub(r"\d+", "#", line.strip()), []).append(n)
    again = [places for places in said.values() if len(places) >= PAGES]
    running = {n for places in again for n in (places if _counts(lines, places) else near.intersection(places))}
    first = {places[0] for places in again if places[0] < NEAR and running.intersection(places[1:])}
    return {*breaks, *numbers, *running, *first}


def _counts(lines: Sequence[str], places: Sequence[int]) -> bool:
    """Whether lines that are the same but for their numbers have one number that goes up by one or two: a page's."""
    if len(places) <= PAGES:
        return False
    columns = zip(*(re.findall(r"\d+", lines[n]) for n in places), strict=False)
    return any(all(0 < int(b) - int(a) <= 2 for a, b in pairwise(column)) for column in columns)


def _page_numbers(lines: Sequence[str]) -> list[int]:
    """Lines with a number alone that goes up by one or two from page to page; the longest row of them."""
    at: list[tuple[int, int, int]] = []  # offset, line, number
    places: dict[int, list[tuple[int, int]]] = {}  # of each number: offsets and lines
    offset = 0
    for n, line in enumerate(lines):
        if match := PAGE_NUMBER.fullmatch(line):
            at.append((offset, n, int(match["n"])))
            places.setdefault(at[-1][2], []).append((offset, n))
        offset += len(line) + 1
    after: dict[int, int] = {}  # line of the page number behind that of a line; -1 where none is
    length: dict[int, int] = {}  # of the row that begins in a line
    for offset, n, number in reversed(at):
        rows = [places.get(number + step, []) for step in (1, 2)]
        behind = [row[k] for row in rows if (k := bisect_right(row, (offset + PAGE, len(lines)))) < len(row)]
        after[n] = min(behind, default=(0, -1))[1]
        length[n] = 1 + length.get(after[n], 0)
    best = _followed(max((n for _, n, _ in at), key=length.__getitem__, default=-1), after)
    near_break = any("\f" in lines[max(0, n - NEAR) : n + NEAR] for n in best)
    return best if len(best) > PAGES or (len(best) == PAGES and near_break) else []


def _followed(n: int, links: Mapping[int, int]) -> list[int]:
    """A line, and those that it leads to, as far as there is one."""
    found = []
    while n >= 0:
        found.append(n)
        n = links[n]
    return found


def _line_numbers(lines: Sequence[str]) -> set[int]:
    """Lines that are, or begin with, the next number of a manuscript's lines; none where few of the lines do."""
    counted: dict[int, tuple[int, int]] = {}  # of each number: how many go up to it, and the line of it
    before: dict[int, int] = {}  # line of the number before that of a line; -1 where none is
    for n, line in enumerate(lines):
        if match := LEADING_NUMBER.match(line.strip()):
            number = int(match["n"])
            known = (counted.get(number - step, (0, -1)) for step in range(1, MISSED + 1))
            count, before[n] = max(known, key=itemgetter(0))
            counted[number] = (count + 1, n)
    count, last = max(counted.values(), key=itemgetter(0), default=(0, -1))
    filled = sum(bool(line.strip()) for line in lines)
    return set(_followed(last, before)) if count >= NUMBERED and count >= SHARE * filled else set()


def _whole_words(text: str) -> str:
    """Words that a line's end parted as one; a hyphen that the word has elsewhere, too, stays."""
    hyphened = Counter(HYPHENED.findall(text.lower()))

    def joined(match: re.Match[str]) -> str:
        first, second = match["first"], match["second"]
        if not second[0].islower() or len(first) < 2:
            return f"{first}-{second}"
        return f"{first}-{second}" if hyphened[f"{first}-{second}".lower()] else first + second

    return HYPHEN.sub(joined, text)
