"""Trialspan: facts of clinical trials, each tied to the words that say it.

Data flows one way: bytes, :class:`~extractor.model.Document`, :class:`~extractor.model.Fact`,
:class:`~extractor.model.Record`, store, graph, tables. Importing this package does no work.
"""

__version__ = "0.1.0"
