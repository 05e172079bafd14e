"""Trials, not papers: which reports belong together, which share people, and where paper and registry differ.

``linker.link(store)`` compares reports that share a key (:mod:`~extractor.link.blocking`), judges each pair
(:mod:`~extractor.link.judge`), and groups reports into trials (:mod:`~extractor.link.trials`). Links are made, proposed or
rejected; curators' decisions win and are never lost. ``check.check(records)`` holds the reports of one trial against each other,
``annotated.annotated(store)`` gives records with the conflicts that links show.
"""
