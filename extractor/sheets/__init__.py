"""Checking sheets: a workbook in which people say of each value whether it is right, and the way back into the store."""

from __future__ import annotations

SHEET = "check"
COLUMNS = ("number", "study", "field", "value", "sentence", "decision", "new value", "new words", "comment")
MORE = (
    "value by name",
    "report",
    "key",
)  # what helps to write a new value, and what a row is known by when it comes back
ACCEPT, CORRECT, REJECT, UNSURE, SILENT = "accept", "correct", "reject", "unsure", "really not reported"
DECISIONS = (ACCEPT, CORRECT, REJECT, UNSURE, SILENT)
SPARE = 20  # empty rows at the end, for values that were missed
