"""JSON Schemas that ship with the package: the shape of every record that is written."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def record_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``trialspan.record/1``."""
    text = files(__name__).joinpath("record-1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
