"""A second reader beside ours: its facts kept apart, compared with ours, merged where both or the words bear them out.

Not here: checking one value against its words (:mod:`extractor.verify`).
"""
