"""What a page lets run: its own scripts and styles, named by their digests in a Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def policy_hashes(texts: Iterable[str]) -> str:
    """The names of scripts or styles in a policy: nothing else of the page runs, wherever it came from.

    >>> policy_hashes(["a"]), policy_hashes([])
    ("'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='", "'none'")
    """
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
