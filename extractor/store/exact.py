"""Column types that give back exactly what was put in, on both databases.

PostgreSQL refuses U+0000 in text, and no database takes a lone surrogate, but both occur in texts of this field (mojibake,
broken JSON escapes). They are written as U+0010 and four hexadecimal digits; U+0010 itself likewise. All other text
stands in the database as it is.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

ESCAPE = "\x10"
_REFUSED = re.compile("[\x00\x10\ud800-\udfff]")
_HARD = re.compile(r"\\u00[01]0|[\ud800-\udfff]")  # the same in JSON, where control characters are escaped
_ESCAPED = re.compile("\x10([0-9a-f]{4})")


def escape(text: str) -> str:
    """`text` without characters that a database refuses; undone by :func:`unescape`."""
    return _REFUSED.sub(lambda m: f"{ESCAPE}{ord(m.group()):04x}", text)


def unescape(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text) if ESCAPE in text else text


def deep(value: Any, change: Any) -> Any:
    """`value` with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [deep(item, change) for item in value]
    if isinstance(value, dict):
        return {change(key): deep(item, change) for key, item in value.items()}
    return value


class Exact(TypeDecorator[str]):
    """Text of any code points."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unescape(value)


class Json(TypeDecorator[Any]):
    """JSON as text, its keys in their order; an absent value is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False)
        return json.dumps(deep(value, escape), ensure_ascii=False) if _HARD.search(text) else text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        data = json.loads(value)
        return deep(data, unescape) if "\\u0010" in value else data
