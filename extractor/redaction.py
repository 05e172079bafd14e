"""Words without anything secret: one rule for logs, messages, tracebacks and kept files."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

_KEY = re.compile(r"(api[-_]?key(?:[\"']?\s*[=:]|%3D)\s*[\"']?)[^&\s\"']+", re.I)
_MAIL = re.compile(r"(email(?:=|%3D))[^&\s]+", re.I)

_secrets: set[str] = set()  # values that no log, message or file may hold, in every form in which they travel


def keep_secret(*values: str) -> None:
    """From now on :func:`redacted` takes these values out wherever they stand, also without a name before them."""
    _secrets.update(form for value in values if value for form in (value, quote(value, safe="")))


def redacted(text: str) -> str:
    """`text` without keys and addresses, fit for a log or a message: by their names, and by value where they are known.

    >>> redacted("https://x/y?api_key=abc123&db=pubmed&email=me@example.org")
    'https://x/y?api_key=***&db=pubmed&email=***'
    """
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _MAIL.sub(r"\1***", _KEY.sub(r"\1***", text))


class RedactingFormatter(logging.Formatter):
    """Words a line of the log, its traceback too, without anything secret: our own and the libraries'."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
