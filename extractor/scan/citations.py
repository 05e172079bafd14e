"""Citations of a PubMed file that a topic may want, found in its bytes: one pass, no XML, bounded memory.

A citation is passed over only where some group of the topic has no word in it. Words can be hidden by markup inside them
(``mesen<i>chymal</i>``) and by character references; a citation with either is looked at again without them. So nothing is passed
over that :meth:`Topic.wants` would want.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ahocorasick_rs import BytesAhoCorasick

from extractor.errors import ParseError
from extractor.scan.topics import Topic

READ_BYTES = 1 << 15  # packed; unpacked it stays in the processor's cache, which halves the time of large files
LARGEST_CITATION = 64 << 20  # bytes; the largest of PubMed has some 2 MB
STARTS = (b"<pubmedarticle>", b"<pubmedarticle ", b"<pubmedbookarticle")
DELETED = b"<deletecitation>"
ENDS = (b"</pubmedarticle>", b"</pubmedbookarticle>", b"</deletecitation>")
# what may stand inside a word of a title or an abstract, by PubMed's DTD, and what any XML may have
_INLINE = ("i", "b", "u", "sup", "sub", "mml:", "dispformula")
TAGS = tuple(f"{start}{name}".encode() for name in _INLINE for start in ("<", "</"))
ALWAYS = (b"<!", b"<?", b"&#")
_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[|\]\]>|<[^>]*>", re.S)


@dataclass(slots=True)
class Seen:
    """Counts of one file: citations that went by, those that were looked at."""

    citations: int = 0
    candidates: int = 0
    bytes: int = 0


def unpacked(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a gzip file (of several members too) or a plain one, in pieces.

    Raises
    ------
    ParseError
        If the file is cut off or damaged.
    """
    head = stream.read(max(2, READ_BYTES))
    if not head.startswith(b"\x1f\x8b"):
        while head:
            yield head
            head = stream.read(READ_BYTES)
        return
    inflate = zlib.decompressobj(31)
    try:
        while head:
            if piece := inflate.decompress(head):
                yield piece
            head = inflate.unused_data or stream.read(READ_BYTES)
            if inflate.eof and head:
                inflate = zlib.decompressobj(31)
    except zlib.error as error:
        raise ParseError(f"not whole: the gzip data are damaged ({error}); fetch the file again") from error
    if not inflate.eof:
        raise ParseError("not whole: the file is cut off; fetch it again")


class Candidates:
    """Finds a topic's candidates; made once a topic, used for many files."""

    def __init__(self, topic: Topic) -> None:
        groups = [sorted(group.needles()) for group in topic.about]
        marks = dict.fromkeys((*STARTS, DELETED, *ENDS, *TAGS, *ALWAYS), 0)
        for number, needles in enumerate(groups):
            for needle in needles:
                marks[needle] = marks.get(needle, 0) | 1 << number
        self._needles = list(marks)
        self._groups = list(marks.values())
        self._all = (1 << len(groups)) - 1
        self._search = BytesAhoCorasick(self._needles)
        place = {needle: i for i, needle in enumerate(self._needles)}
        self._starts = {place[n] for n in (*STARTS, DELETED)}
        self._ends = {place[n] for n in ENDS}
        self._tags = {place[n] for n in TAGS}
        self._always = {place[n] for n in ALWAYS}
        digits = any(re.search(rb"[0-9]", needle) for needles in groups for needle in needles)
        self._joins = bytes.isalnum if digits else bytes.isalpha  # which characters a word of the topic is made of
        self._deleted = place[DELETED]

    def of(self, stream: BinaryIO, seen: Seen) -> Iterator[bytes]:
        """The XML of each candidate and of each list of deletions, in their order."""
        rest = b""
        whole, searched = False, 0
        for piece in unpacked(stream):
            seen.bytes += len(piece)
            rest += piece
            if len(rest) < 2 * searched:
                continue  # a long citation is searched again when as much has come, so that time stays linear
            done, found, ended = self._in(rest, seen)
            yield from found
            rest, whole = rest[done:], whole or ended
            searched = len(rest)
            if len(rest) > LARGEST_CITATION:
                raise ParseError(f"a citation of more than {LARGEST_CITATION >> 20} MB, or no PubMed XML")
        done, found, ended = self._in(rest, seen)
        yield from found
        rest, whole = rest[done:], whole or ended
        if not whole and b"PubmedArticleSet" not in rest:
            raise ParseError("no PubMed citation in it; PubMed XML (efetch, baseline or update files) is scanned")
        if any(start in rest.lower() for start in (*STARTS, DELETED)):
            raise ParseError("not whole: it ends inside a citation; fetch the file again")

    def _in(self, data: bytes, seen: Seen) -> tuple[int, list[bytes], bool]:
        """How far the whole citations in `data` reach, the candidates among them, and whether there were any."""
        found: list[bytes] = []
        start, done, met, hidden, deletions = -1, 0, 0, False, False
        for which, at, end in self._search.find_matches_as_indexes(data.lower(), overlapping=True):
            if which in self._starts:
                start, met, hidden, deletions = at, 0, False, which == self._deleted
            elif which in self._ends and start >= 0:
                seen.citations += not deletions
                citation = data[start:end]
                if deletions or met == self._all or (hidden and self._uncovered(citation)):
                    seen.candidates += not deletions
                    found.append(citation)
                start, done = -1, end
            elif which in self._tags:
                hidden = hidden or self._splits(data, at, end)
            elif which in self._always:
                hidden = True
            else:
                met |= self._groups[which]
        return done, found, done > 0

    def _splits(self, data: bytes, at: int, end: int) -> bool:
        """Whether the first tag of a run stands between two characters of a word; ``<b`` may be the start of another name."""
        if not self._joins(data[at - 1 : at]):
            return False
        closed = data.find(b">", end)
        after = data[closed + 1 : closed + 2]
        return after in (b"<", b"&") or self._joins(after)

    def _uncovered(self, citation: bytes) -> bool:
        """Whether a citation has a word of each group once its markup and references are taken away."""
        plain = html.unescape(_TAGS.sub(b"", citation).decode("utf-8", "replace")).encode().lower()
        met = 0
        for which, _, _ in self._search.find_matches_as_indexes(plain, overlapping=True):
            met |= self._groups[which]
        return met == self._all
