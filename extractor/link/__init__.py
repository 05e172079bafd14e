"""Trials, not papers: which reports belong together, which share people, and where paper and registry differ.

``link(store)`` compares reports that share a key (:mod:`~extractor.link.blocking`), judges each pair
(:mod:`~extractor.link.judge`), and groups reports into trials (:mod:`~extractor.link.trials`). Links are made, proposed or
rejected; curators' decisions win and are never lost. ``check(records)`` holds the reports of one trial against each other,
``annotated(store)`` gives records with the conflicts that links show.
"""

from __future__ import annotations

from extractor.link.annotated import annotated, is_linked, trial_records
from extractor.link.authority import Chosen, characteristics, merged
from extractor.link.check import check
from extractor.link.decide import decide, merge, reports_named, split, undo
from extractor.link.difference import Difference
from extractor.link.linker import Linked, link

__all__ = [
    "Chosen",
    "Difference",
    "Linked",
    "annotated",
    "characteristics",
    "check",
    "decide",
    "is_linked",
    "link",
    "merge",
    "merged",
    "reports_named",
    "split",
    "trial_records",
    "undo",
]
