"""Trialspan: facts of clinical trials, each tied to the words that say it.

Data flows one way: bytes, :class:`~extractor.model.Document`, :class:`~extractor.model.Fact`,
:class:`~extractor.model.Record`, store, graph, tables. Importing this package does no work; each name is imported when it is
used.

>>> import extractor
>>> record, = extractor.extract("Ten patients with stroke received mesenchymal stem cells intravenously.")
>>> [f.value["name"] for f in record.of("route")]
['intravenous']
"""

from typing import TYPE_CHECKING

from extractor.late import names_of

if TYPE_CHECKING:
    from extractor.library import ask, build, extract, read
    from extractor.model import Document, Fact, Record
    from extractor.pool import pool_proportions
    from extractor.pool import pool_two_arm as pool_two_arms
    from extractor.settings import Settings
    from extractor.store import Store

__version__ = "0.1.0"
__all__ = [
    "Document",
    "Fact",
    "Record",
    "Settings",
    "Store",
    "ask",
    "build",
    "extract",
    "pool_proportions",
    "pool_two_arms",
    "read",
]

__getattr__, __dir__ = names_of(
    __name__,
    {
        **dict.fromkeys(("Document", "Fact", "Record"), "extractor.model"),
        **dict.fromkeys(("ask", "build", "extract", "read"), "extractor.library"),
        "Settings": "extractor.settings",
        "Store": "extractor.store",
        "pool_proportions": "extractor.pool",
        "pool_two_arms": "extractor.pool:pool_two_arm",
    },
)
