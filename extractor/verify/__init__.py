"""Checks anyone's extraction: is the quote in the text, and does the value follow from its words?

Not here: reading a text for its facts (:mod:`extractor.pipeline`). *Cell*: one claim to check, whoever made it.
"""
