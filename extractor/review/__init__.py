"""The curators' page: one claim at a time beside its words, decided with one key, read by two people where it matters.

Made on the server by templates; readable and usable without JavaScript. :mod:`extractor.review.app` needs the extra
``trialspan[review]``; everything else here is plain Python over the store.
"""
