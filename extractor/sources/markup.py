"""Markup without loss: XML read safely, and mixed content to text in which a superscript stays a superscript.

``<sup>6</sup>`` becomes ``^6`` and ``<sub>2</sub>`` ``_2``; ``^{...}`` where the content is more than one word or number,
or a digit follows at once. Nothing else is added or dropped but white space.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Container, Iterator, Sequence
from html.entities import html5
from typing import Any, BinaryIO

from lxml import etree

from extractor.errors import ParseError

# "6", "-3", "−7", "18", "2a"
SIMPLE = re.compile(r"[-+−]?\w+")
SCRIPTS = {"msup": {1: "^"}, "msub": {1: "_"}, "msubsup": {1: "_", 2: "^"}}  # MathML: places of its children
NOTHING: dict[int, str] = {}
BREAK = "\v"
MARK = {"sup": "^", "sub": "_"}
XLINK = "{http://www.w3.org/1999/xlink}"
# "<?xml ...?>", "<!-- ... -->", "<!DOCTYPE article PUBLIC ... [ ... ]>" before the root element
PROLOG = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.S | re.I)
ROOT = re.compile(rb"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
MAX_SALVAGED = 64_000_000  # bytes behind a fault in which whole records are looked for
CHUNK = 65_536  # bytes; larger ones were no faster
WHITE = " \t\r\n"
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def root_name(head: bytes) -> str | None:
    """Local name of the root element of an XML text, from its first bytes; None where it is no XML."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    place = 0
    while match := PROLOG.match(head, place):
        place = match.end()
    found = ROOT.match(head, place)
    return found[1].decode("ascii", "replace") if found else None


def elements(stream: BinaryIO, tags: Sequence[str]) -> Iterator[Any]:
    """Elements of the given `tags`, each freed after use, so that memory stays constant; no DTD, network or entity is used.

    Raises
    ------
    ParseError
        For broken or truncated XML, and for a document that declares entities.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=tags,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
    )
    count, problem, chunk = 0, None, b"<"
    head, kept, ended = b"", [b""], 0  # the first bytes; those since the last record, and how many records end in them
    while chunk and problem is None:
        chunk = stream.read(CHUNK)
        fed = (
            chunk if head else chunk.removeprefix(BOM_UTF8).lstrip()
        )  # exporters put empty lines before the declaration
        head, before = head or fed, count
        kept.append(fed)
        try:
            parser.feed(fed) if fed else None if chunk else parser.close()
        except etree.XMLSyntaxError as error:
            problem = error
        for _, element in parser.read_events():
            if not count:
                _refuse_entities(element)
            count += 1
            yield element
            _free(element)
        if count > before:
            kept, ended = [fed], count - before
    if problem:
        yield from _salvaged(head, b"".join(kept) + stream.read(MAX_SALVAGED), tags, ended)
        raise ParseError(_broken(problem, count)) from problem


def _salvaged(head: bytes, data: bytes, tags: Sequence[str], ended: int) -> Iterator[Any]:
    """The whole records of broken XML behind the first `ended`: each parsed by itself, so that a broken one costs no other."""
    names = b"|".join(re.escape(tag.rpartition("}")[2]).encode() for tag in tags)
    ends = list(re.finditer(rb"</(?:[\w.-]+:)?(?:" + names + rb")\s*>", data))
    begin = ends[ended - 1].end() if 0 < ended <= len(ends) else 0
    records = re.compile(rb"<((?:[\w.-]+:)?(?:" + names + rb"))(?=[\s>]).*?</\1\s*>", re.S)
    root = re.match(rb"(?:<\?.*?\?>|<!--.*?-->|<![^>\[]*>|\s)*(<([^\s>/!?]+)[^>]*>)", head, re.S)
    if root is None:
        return
    for record in records.finditer(data, begin):
        parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False)
        try:
            found = etree.fromstring(root[1] + record[0] + b"</" + root[2] + b">", parser)
        except etree.XMLSyntaxError:
            continue  # the error that is raised at the end names the first of them
        yield from found.iter(*tags)


def _broken(error: etree.XMLSyntaxError, count: int) -> str:
    reason = str(error.msg or "no element found").split(", line")[0].split(", try ")[0]
    return f"broken or truncated XML at line {error.lineno}: {reason}; {count} records before it were read, and those behind it that are whole"


def _refuse_entities(element: Any) -> None:
    declared = element.getroottree().docinfo.internalDTD
    names = [e.name for e in declared.iterentities()] if declared is not None else []
    if names:
        raise ParseError(f"declares the XML entity {names[0]!r}: entities are not read, they can hide files and bombs")


def _free(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def rendered(element: Any, blocks: frozenset[str] = frozenset(), skipped: frozenset[str] = frozenset()) -> str:
    """Text of an lxml element with its marks, white space as it stands; the element's tail is left out.

    Around each element of `blocks` (local names) stands a BREAK; those of `skipped` are left out, but for their tails.
    """
    if not len(element):
        return element.text or ""
    pieces: list[str] = []
    _render(element, pieces, blocks, skipped)
    return "".join(pieces)


def _render(element: Any, pieces: list[str], blocks: frozenset[str], skipped: frozenset[str]) -> None:
    text = element.text
    if text:
        pieces.append(text)
    for place, child in enumerate(element):
        tag, tail = child.tag, child.tail or ""
        mark = MARK.get(tag)
        if mark and not len(child):
            add_mark(pieces, mark, child.text or "", tail)
        else:
            _render_child(child, mark or _script(element, place), pieces, blocks, skipped)
        if tail:
            pieces.append(tail)


def _render_child(
    child: Any, mark: str | None, pieces: list[str], blocks: frozenset[str], skipped: frozenset[str]
) -> None:
    name = local(child.tag) if isinstance(child.tag, str) else ""
    if not name:
        pieces.append(_other(child))
    elif name in skipped or (name == "tex-math" and _told_otherwise(child)):
        pieces.append(BREAK if name in blocks else "")
    elif mark:
        inner: list[str] = []
        _render(child, inner, blocks, skipped)
        add_mark(pieces, mark, "".join(inner), child.tail or "")
    elif name in blocks:
        pieces.append(BREAK)
        _render(child, pieces, blocks, skipped)
        pieces.append(BREAK)
    else:
        _render(child, pieces, blocks, skipped)


def _told_otherwise(formula: Any) -> bool:
    """Whether a formula in TeX stands beside the same one in MathML."""
    parent = formula.getparent()
    return local(parent.tag) == "alternatives" and any(
        isinstance(other.tag, str) and local(other.tag) == "math" for other in parent
    )


def _script(element: Any, place: int) -> str | None:
    """The mark of a MathML child that is set high or low."""
    return SCRIPTS.get(local(element.tag), NOTHING).get(place)


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _other(node: Any) -> str:
    """Comments and processing instructions say nothing; a named character is that character."""
    if node.tag is not etree.Entity:
        return ""
    if character := html5.get(f"{node.name};"):
        return character
    raise ParseError(f"line {node.sourceline}: the entity &{node.name}; is not known")


def add_mark(pieces: list[str], mark: str, inner: str, after: str) -> None:
    """Append `inner` as a superscript or subscript; a blank follows where a letter would run into an exponent."""
    if inner.isalnum() and not after[:1].isalnum():
        pieces.append(mark + inner)
        return
    content = inner.strip(WHITE)
    if not content:
        pieces.append(inner)
        return
    before, following = pieces[-1][-1:] if pieces else "", after[:1]
    if content is not inner:
        pieces.append(inner[: len(inner) - len(inner.lstrip(WHITE))])
    simple = (content.isalnum() or SIMPLE.fullmatch(content)) and not following.isdigit()
    pieces.append(mark + content if simple else f"{mark}{{{content}}}")
    if mark == "^" and simple and following.isalpha() and before.isalnum() and content[-1].isdigit():
        pieces.append(" ")
    if content is not inner:
        pieces.append(inner[len(inner.rstrip(WHITE)) :])


def tidy(text: str) -> str:
    """Runs of plain white space as one blank, ends trimmed; no-break and thin spaces stay."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        text = _BLANKS.sub(" ", text)
    return text.strip(" ")


def block_text(element: Any, blocks: frozenset[str], skipped: frozenset[str] = frozenset()) -> str:
    """Text of an element, one line a block, each tidied; empty for None."""
    if element is None:
        return ""
    lines = (tidy(line) for line in rendered(element, blocks, skipped).split(BREAK))
    return "\n".join(line for line in lines if line)


def text_of(element: Any) -> str:
    """Rendered and tidied text of an element; empty for None."""
    if element is None:
        return ""
    text = rendered(element) if len(element) else element.text or ""
    return tidy(text) if "\n" in text or "  " in text or "\t" in text else text.strip(" ")


# tags that abstracts in JSON and BibTeX hold as text; "<1 year" and "P< .05" are none
TAG = re.compile(
    r"<(/?)(sup|sub|i|b|u|em|strong|p|br|h[1-6]|div|span|jats:\w+|italic|bold|sc|ul|ol|li)(?:\s[^<>]*)?/?>", re.I
)
_BLOCK = frozenset({"p", "br", "div", "ul", "ol", "li", "jats:p", "jats:sec", "jats:title"})


def untagged(text: str) -> str:
    """Text with inline tags read: marks for ``sup`` and ``sub``, a line for a block, ``Heading: `` for a heading."""
    pieces: list[str] = []
    stack: list[tuple[str, int]] = []
    last = 0
    for match in TAG.finditer(text):
        pieces.append(text[last : match.start()])
        last = match.end()
        closing, name = match[1], match[2].lower().removeprefix("jats:")
        if name in MARK and not closing:
            stack.append((name, len(pieces)))
        elif name in MARK and stack and stack[-1][0] == name:
            start = stack.pop()[1]
            inner = "".join(pieces[start:])
            del pieces[start:]
            add_mark(pieces, MARK[name], inner, text[last : last + 1])
        elif re.fullmatch("h[1-6]|title", name):
            pieces.append(_heading_end(pieces) if closing else "\n")
        elif name in _BLOCK:
            pieces.append("\n")
    return "".join([*pieces, text[last:]])


def _heading_end(pieces: list[str]) -> str:
    return " " if pieces and pieces[-1].rstrip().endswith((":", ".", "?")) else ": "


def lines_of(text: str) -> str:
    """Each line tidied, empty lines dropped."""
    return "\n".join(line for line in (tidy(line) for line in text.split("\n")) if line)


def free_name(name: str, taken: Container[str], numbered: str = "{} ({})") -> str:
    """`name`, with the first free number where it is taken.

    Numbers are given out in order, so that the first free one is found by halving: a report may have thousands of parts of
    one name.

    >>> free_name("Methods", {"Methods", "Methods (2)"})
    'Methods (3)'
    """
    if name not in taken:
        return name
    low, high = 1, 2  # `low` is taken, `high` may be free
    while numbered.format(name, high) in taken:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if numbered.format(name, middle) in taken else (low, middle)
    return numbered.format(name, high)
