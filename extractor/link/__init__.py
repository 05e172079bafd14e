"""Trials, not papers: which reports belong together, which share people, and where paper and registry differ.

``link(store)`` compares reports that share a key (:mod:`~extractor.link.blocking`), judges each pair
(:mod:`~extractor.link.judge`), and groups reports into trials (:mod:`~extractor.link.trials`). Links are made, proposed or
rejected; curators' decisions win and are never lost.
"""

from __future__ import annotations

from extractor.link.linker import Linked, link

__all__ = ["Linked", "link"]
