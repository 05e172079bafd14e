"""Numbers with units, as offset-safe patterns over folded text: number words, counts, durations, doses.

Every function takes text from :func:`extractor.text.fold` and gives half-open offsets into it.
"""
