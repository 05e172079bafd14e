"""What office formats need: characters that XML can hold, and zip files that are the same bytes on every run."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # written in place of the time of the export
LONGEST_CELL = 32_767  # characters in a cell, Excel specifications and limits
CUT = " … [cut; the CSV export has all of it]"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def clean(text: str) -> str:
    """`text` as XML can hold it: control characters as their pictures (``␀``), impossible ones as U+FFFD.

    >>> clean("a\\x00b")
    'a␀b'
    """
    return _NO_XML.sub("\ufffd", _CONTROL.sub(lambda m: chr(0x2400 + ord(m.group())), text))


def cut(text: str) -> str:
    """`text` as long as a cell may be."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT


def write_zip(packed: bytes, stream: BinaryIO) -> None:
    """Write an office file again with one time for everything in it."""
    stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            info = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, data)
    stream.write(out.getvalue())
