"""A paper from its pages: title, abstract and sections as text, tables as grids, and where each line stands on its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from extractor.pdf.captions import CAPTION, in_flow, stand_below
from extractor.pdf.columns import AT, covered
from extractor.pdf.glyphs import Page, pages_of
from extractor.pdf.grids import HIGHEST_HEAD, Laid, tables_of
from extractor.pdf.headed import HEADING
from extractor.pdf.order import Segment, in_order, segments_of, tokens, without_furniture, without_line_numbers
from extractor.tables.figures import is_figure
from extractor.tables.grid import EMPTY, Cell, Table
from extractor.terms import rows

LARGER = 1.08  # times the size of the text: a short line that large is a heading
LONGEST_HEADING = 90  # characters
CENTRED = 0.25  # of a column's width: what the middle of a head may stand off, for each further column of its
MOST_WAYS = 5000  # in which heads may share columns; of more none is tried
EDGE = 45.0  # points from the top of a page where no section begins
SMALLER = 0.95  # times the size of the text: notes under a table
NOT_SPLIT = re.compile(r"^(?:self|non|post|pre|anti|co|cross|long|short|high|low|double|single|follow)-$", re.I)
WORD = re.compile(r"[^\W\d_]{4,}")
ENDS = re.compile(r"[.:?!)\]]\W*$")
ABSTRACT = re.compile(r"^\W*(?:abstract|summary)\W*$", re.I)
GLUED = ("–", "-", "/")  # ends of a cell's line after which no blank is due
STRUCTURED = re.compile(
    r"(?:introduction|background|rationale|objectives?|aims?|purpose|(?:(?:patients|materials?|subjects) and )?methods?|design|setting|participants|interventions?|measurements?|main outcome|results?|findings|conclusions?|interpretation|discussion|trial registration|registration|funding|significance)\b",
    re.I,
)
NO_ROWS = "has no rows under its caption"
UNIT = re.compile(r"[A-Za-zµμ]{2,}$")
Edges = tuple[int, ...]
PrintedLine = tuple[
    int, int, int, float, float, float, float, Edges
]  # start, end, page, left, top, right, bottom, edges


@dataclass(slots=True)
class Part:
    """A piece of the paper, and where its lines stand: offsets, page, box as shares of the page, edges of its words."""

    name: str
    text: str = ""
    lines: list[PrintedLine] = field(default_factory=list)


@dataclass(slots=True)
class Paper:
    """Parts in reading order, title first; tables with their grids."""

    parts: list[Part]
    tables: list[tuple[Part, Table]]
    unread: list[Table] = field(default_factory=list)  # captions over which no rows were found: pictures, other pages


def paper_of(data: bytes) -> Paper:
    """The paper that a PDF holds."""
    pages = without_line_numbers(pages_of(data))
    laid = without_furniture([(page, segments_of(page)) for page in pages])
    sizes = {page.number: (page.width, page.height) for page in pages}
    running: list[Segment] = []
    tables: list[tuple[Page, Laid]] = []
    body = _body_size([s for _, segments in laid for s in segments])
    by_page = {page.number: segments for page, segments in laid}
    taken: set[Segment] = set()
    below = stand_below(laid, body)
    for place, (page, segments) in enumerate(laid):
        free = [s for s in segments if s not in taken]
        over = laid[place - 1] if below and place else None
        above = (over[0], [s for s in over[1] if s not in taken]) if over else None
        found = tables_of(page, free, laid[place + 1 :], body, below=below, before=above)
        taken |= {s for table in found for s in table.segments()}
        for table in found:
            table.notes = _notes(table, [s for s in by_page[table.segments()[-1].page] if s not in taken], body)
            taken.update(table.notes)
        tables += [(page, table) for table in found]
    for _, segments in laid:
        running += in_order([s for s in segments if s not in taken])
    parts = list(_parts(running, body, sizes))
    known = frozenset(word.lower() for s in running for word in WORD.findall(s.text)) | _words_of_events()
    grids = [_table(table, sizes, known) for _, table in tables]
    return Paper(parts, grids, list(_unread(running, {part.name for part, _ in grids})))


def _unread(running: Sequence[Segment], names: set[str]) -> Iterator[Table]:
    """Tables whose caption stands alone, each once; their rows are a picture or could not be told from the text."""
    for item in running:
        match = None if in_flow(item, running) else CAPTION.match(item.text)
        name = _name(match["label"]) if match else ""
        if name and name not in names:
            names.add(name)
            yield Table(caption=item.text, name=name, picture=True, why=NO_ROWS)


def _name(label: str) -> str:
    """A table's label as the name of its part."""
    label = re.sub(r"\s+", " ", label)
    return label[:1].upper() + label[1:]


def _body_size(segments: Sequence[Segment]) -> float:
    count: Counter[float] = Counter()
    for item in segments:
        count[item.size] += len(item.text)
    return count.most_common(1)[0][0] if count else 10.0


# ---------------------------------------------------------------- sections


def _parts(running: Sequence[Segment], body: float, sizes: dict[int, tuple[float, float]]) -> Iterator[Part]:
    title = _title(running, body)
    if title:
        yield _joined("title", [title], sizes)
    rest = [s for s in running if s not in title]
    name = "front matter" if any(_is_abstract(s) for s in rest) else "text"
    block: list[Segment] = []
    inner = _inner_headings(rest, body)
    for item in rest:
        if id(item) in inner:
            block.append(item)
        elif heading := _heading(item, body):
            if block:
                yield _joined(name, list(_paragraphs(block)), sizes)
            name, block = heading, []
        else:
            block.append(item)
    if block:
        yield _joined(name, list(_paragraphs(block)), sizes)


def _title(running: Sequence[Segment], body: float) -> list[Segment]:
    """The largest lines of the first page."""
    first = [s for s in running if s.page == 1 and len(s.text) > 3]
    largest = max((s.size for s in first if len(s.text) > 12), default=0.0)
    if largest < LARGER * body:
        return []
    return [s for s in first if s.size > 0.95 * largest and not _is_abstract(s)][:6]


def _inner_headings(running: Sequence[Segment], body: float) -> set[int]:
    """Headings within a structured abstract, by identity: set smaller than "Abstract" is, or met again further on."""
    heads = [s for s in running if _heading(s, body)]
    start = next((n for n, s in enumerate(heads) if _is_abstract(s)), None)
    if start is None:
        return set()
    found: set[int] = set()
    for place, item in enumerate(heads[start + 1 :], start + 1):
        said = _bare(item.text)
        again = any(_bare(later.text) == said for later in heads[place + 1 :])
        if not STRUCTURED.match(said) or not (item.size < SMALLER * heads[start].size or again):
            break
        found.add(id(item))
    return found


def _bare(text: str) -> str:
    return re.sub(r"^[\d.\s]+", "", text).strip(" :.").lower()


def _is_abstract(item: Segment) -> bool:
    return ABSTRACT.match(item.text) is not None


def _heading(item: Segment, body: float) -> str | None:
    """The name of the section that a line begins."""
    said = re.sub(r"^(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+", "", item.text.strip()).rstrip(":. ")
    if ABSTRACT.match(item.text):
        return "abstract"
    if item.box.top < EDGE:
        return None
    if HEADING.match(item.text.strip()):
        return said
    if re.match(r"^\d+(?:\.\d+)+\.?\s", item.text):  # a subsection stays in its section
        return None
    large = item.size >= LARGER * body and len(item.text) <= LONGEST_HEADING and re.search(r"[A-Za-z]{3}", said)
    return said if large and not said.endswith((",", ";")) else None


def _paragraphs(block: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Lines that belong together."""
    paragraph = [block[0]]
    for before, item in pairwise(block):
        if _parted(before, item, block):
            yield paragraph
            paragraph = []
        paragraph.append(item)
    yield paragraph


def _parted(before: Segment, item: Segment, block: Sequence[Segment]) -> bool:
    if before.page != item.page or item.box.top < before.box.top - before.size:  # another page or column
        return (
            ENDS.search(before.text) is not None and item.text[:1].isupper() and before.box.width < 0.9 * item.box.width
        )
    if item.box.top - before.box.bottom > 0.75 * before.size or abs(item.size - before.size) > 0.12 * before.size:
        return True
    ended = re.search(r"[.:?!]\W*$", before.text) is not None
    return ended and before.box.width < 0.8 * max(item.box.width, before.box.width, _width(block))


def _width(block: Sequence[Segment]) -> float:
    return sorted(s.box.width for s in block)[len(block) // 2]


def _joined(name: str, paragraphs: Sequence[Sequence[Segment]], sizes: dict[int, tuple[float, float]]) -> Part:
    """Paragraphs as lines of text; words that a line end parted are whole again."""
    part = Part(name)
    for paragraph in paragraphs:
        if part.text:
            part.text += "\n"
        for place, item in enumerate(paragraph):
            text = item.text
            if place:
                part.text = _mended(part, text)
            start = len(part.text)
            part.text += text
            part.lines.append((start, len(part.text), *_place(item, sizes)))
    return part


def _mended(part: Part, following: str) -> str:
    """The text so far, ready for the next line: without a hyphen that only the line's end put there."""
    text = part.text
    last = re.search(r"(\S+)-$", text)
    if last and following[:1].islower() and not NOT_SPLIT.match(last.group()) and last[1][-1:].isalpha():
        start, end, *place = part.lines[-1]
        part.lines[-1] = (start, end - 1, *place)  # type: ignore[assignment]
        return text[:-1]
    return text if last or text.endswith(("–", "/")) else text + " "


def _place(item: Segment, sizes: dict[int, tuple[float, float]]) -> tuple[int, float, float, float, float, Edges]:
    width, height = sizes[item.page]
    box = item.box
    return (
        item.page,
        *(round(v, 4) for v in (box.left / width, box.top / height, box.right / width, box.bottom / height)),
        _edges(item),
    )  # type: ignore[return-value]


def _edges(item: Segment) -> Edges:
    """Left and right of each word, in thousandths of the line from its left; nothing for a line of one word."""
    found = tokens(item.words) if len(item.words) > 1 else []
    if len(found) < 2:
        return ()
    by = 1000 / max(item.box.width, 1.0)
    return tuple(round(by * (at - item.box.left)) for _, box in found for at in (box.left, box.right))


# ---------------------------------------------------------------- tables


def _notes(table: Laid, segments: Sequence[Segment], body: float) -> list[Segment]:
    """Small lines right under a table."""
    last = table.segments()[-1].page
    inside = [s for s in table.segments() if s.page == last]
    left, right = min(s.box.left for s in inside), max(s.box.right for s in inside)
    bottom = max(s.box.bottom for s in inside)
    found: list[Segment] = []
    for item in sorted(segments, key=lambda s: s.box.top):
        under = (
            bottom - 1 <= item.box.top <= bottom + 2.2 * item.size and item.box.left < right and item.box.right > left
        )
        if under and CAPTION.match(item.text):
            break
        if under and item.size <= SMALLER * body:
            found.append(item)
            bottom = max(bottom, item.box.bottom)
    return found


def _table(
    laid: Laid, sizes: dict[int, tuple[float, float]], known: frozenset[str] = frozenset()
) -> tuple[Part, Table]:
    part = Part(_name(laid.label))
    caption = " ".join(s.text for s in laid.caption)
    part.text = caption
    start = 0
    for item in laid.caption:
        part.lines.append((start, start + len(item.text), *_place(item, sizes)))
        start += len(item.text) + 1
    table = Table(caption=caption, name=part.name)
    columns = _extents(laid)
    for number, row in enumerate(laid.rows):
        grid = _grid_row(part, row, columns, sizes, known)
        if number < HIGHEST_HEAD:
            _centre(grid, row, columns)
        (table.head if number < laid.head else table.rows).append(grid)
    _spread(table)
    if laid.notes:
        table.notes = " ".join(s.text for s in laid.notes)
        part.text += "\n" + table.notes
    table.text = part.text
    return part, table


def _indent(item: Segment, columns: Sequence[tuple[float, float]]) -> str:
    """An em space for each step that a label is set in."""
    return "\u2003" * round(max(0.0, item.box.left - columns[0][0]) / max(item.size, 1.0))


def _told(cell: str) -> bool:
    """Whether a cell holds a figure, and no dose that names a column ("50 mg")."""
    return is_figure(cell) and not UNIT.search(cell)


def _centre(grid: list[Cell], row: Sequence[Sequence[Segment]], columns: Sequence[tuple[float, float]]) -> None:
    """Heads that stand over the middle of several columns are the heads of each of them, though blanks are beside them."""
    heads = [n for n, segments in enumerate(row) if n and segments]
    if not heads or any(is_figure(s.text) for n in heads for s in row[n]):
        return
    lefts = [min(s.box.left for s in row[n]) for n in heads]
    if all(any(abs(at - left) < AT for left, _ in columns) for at in lefts):
        return  # heads that begin where a column does are not centred
    middles = [(at + max(s.box.right for s in row[n])) / 2 for at, n in zip(lefts, heads, strict=True)]
    covers = [[n for n, cell in enumerate(grid) if cell is grid[head]] for head in heads]
    width = CENTRED * max(0.0, columns[-1][1] - columns[1][0]) / (len(columns) - 1)

    def cost(spans: tuple[tuple[int, int], ...]) -> float:
        off = sum(abs((columns[a][0] + columns[b][1]) / 2 - m) for (a, b), m in zip(spans, middles, strict=True))
        return off - width * sum(b - a for a, b in spans)

    best = min(_spans(covers, len(grid)), key=cost)
    for head, (a, b) in zip(heads, best, strict=True):
        for n in range(a, b + 1):
            grid[n] = grid[head]


def _spans(covers: Sequence[Sequence[int]], width: int) -> list[tuple[tuple[int, int], ...]]:
    """All ways in which heads can share the columns behind the first: each as wide as it is at least, without gaps between."""
    ways: list[tuple[tuple[int, int], ...]] = [((a, -1),) for a in range(1, covers[0][0] + 1)]
    for place, inside in enumerate(covers):
        last = place + 1 == len(covers)
        most = width - 1 if last else covers[place + 1][0] - 1
        ends = range(max(inside), most + 1)
        ways = [(*way[:-1], (way[-1][0], end), *(() if last else ((end + 1, -1),))) for way in ways for end in ends]
        if not 0 < len(ways) <= MOST_WAYS:
            return [tuple((min(c), max(c)) for c in covers)]
    return ways


def _spread(table: Table) -> None:
    """Cells of the head over several columns: what stands blank beside one belongs to it, but for the lowest row."""
    body = next((n for n, row in enumerate(table.rows) if any(_told(c.text) for c in row[1:])), 0)
    head = [*table.head, *table.rows[:body]]
    while head and not any(cell.text and cell.start != head[-1][0].start for cell in head[-1][1:]):
        head.pop()
    if (
        not table.head
        and len(head) <= HIGHEST_HEAD
        and all(len(c.text) <= LONGEST_HEADING for row in head for c in row)
    ):
        table.head, table.rows = head, table.rows[len(head) :]
    for row in head[:-1]:
        told = {cell.start for cell in row[1:] if cell.text}
        if not told or 2 * len(told) > len(row):
            continue
        for place in range(2, len(row)):
            if not row[place].text:
                row[place] = row[place - 1] if place > 1 and row[place - 1].text else row[place]


@lru_cache(maxsize=1)
def _words_of_events() -> frozenset[str]:
    """Words of adverse events, which tables hold and the text may not."""
    labels = (label for row in rows("adverse_events") for label in (row.name, *row.synonyms))
    return frozenset(word.lower() for label in labels for word in WORD.findall(label))


def _broken(before: str, after: str, known: frozenset[str]) -> bool:
    """Whether a narrow cell broke a word without a hyphen: the paper's text has the whole word, and not its first piece."""
    left, right = re.search(r"[^\W\d_]+$", before), re.match(r"[^\W\d_]+", after)
    if left is None or right is None or not right.group().islower():
        return False
    first = left.group().lower()
    return first not in known and first + right.group() in known


def _extents(laid: Laid) -> list[tuple[float, float]]:
    """Left and right of the cells of each column that stand in it alone."""
    most = max(sum(bool(cell) for cell in row) for row in laid.rows)
    full = [row for row in laid.rows if sum(bool(cell) for cell in row) >= 0.8 * most]
    return [
        (
            min((s.box.left for row in full for s in row[n]), default=0.0),
            max((s.box.right for row in full for s in row[n]), default=0.0),
        )
        for n in range(len(laid.rows[0]))
    ]


def _grid_row(
    part: Part,
    row: Sequence[Sequence[Segment]],
    columns: Sequence[tuple[float, float]],
    sizes: dict[int, tuple[float, float]],
    known: frozenset[str],
) -> list[Cell]:
    part.text += "\n"
    cells: list[Cell] = [EMPTY] * len(row)
    for number, segments in enumerate(row):
        if number:
            part.text += "\t"
        if not segments:
            continue
        start = len(part.text)
        part.text += "" if number else _indent(segments[0], columns)
        for place, item in enumerate(segments):
            whole = not place or part.text.endswith(GLUED) or _broken(part.text, item.text, known)
            part.text += ("" if whole else " ") + item.text
            part.lines.append((len(part.text) - len(item.text), len(part.text), *_place(item, sizes)))
        cell = Cell(start, len(part.text), part.text[start:])
        across = {number, *(n for item in segments for n in covered(item, columns))}
        for n in across:
            if n == number or not row[n]:
                cells[n] = cell
    return cells
