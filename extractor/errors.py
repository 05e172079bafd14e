"""The error tree. A message says what is wrong, where, and what to do; legal values are listed.

::

    ExtractorError
    ├── FetchError        a service did not give what was asked
    ├── ParseError        bytes are not what a reader can read
    ├── TimeLimitError    one input took too long and was given up
    ├── EvidenceError     a quote is not the text at its offsets
    ├── StoreError        the store cannot be opened, read or written
    │   ├── MigrationError    the store's schema is newer or broken
    │   ├── StaleError        a decision was taken on what is not so any more
    │   └── DamageError       what is stored is not what was put in
    ├── SettingsError     a setting or option has no legal value
    ├── CurationError     a curator's decision cannot be taken as asked
    ├── PoolError         counts cannot be pooled as asked
    ├── BiasError         a judgement of risk of bias is not legal, or not agreed on
    ├── PlotError         a figure cannot be drawn as asked
    ├── CellsError        a table to be verified cannot be read as cells
    └── QueryError        a question cannot be answered as asked
"""


class ExtractorError(Exception):
    """Root of everything that Trialspan raises on purpose."""


class FetchError(ExtractorError):
    """A service did not give what was asked."""


class ParseError(ExtractorError):
    """Bytes are not what a reader can read; names the element or the line."""


class TimeLimitError(ExtractorError):
    """One input took longer than the settings allow, and was given up."""


class EvidenceError(ExtractorError):
    """A quote is not the text at its offsets, or a fact has no evidence."""


class StoreError(ExtractorError):
    """The store cannot be opened, read or written."""


class MigrationError(StoreError):
    """The store's schema is newer than this program, or a migration failed."""


class StaleError(StoreError):
    """A decision was taken on a text or a fact that is not so any more; says what is."""


class DamageError(StoreError):
    """A stored text or fact is not the one that was put in."""


class SettingsError(ExtractorError):
    """A setting or an option has no legal value."""


class CurationError(ExtractorError):
    """A curator's decision cannot be taken as asked."""


class PoolError(ExtractorError, ValueError):
    """Counts cannot be pooled as asked."""


class BiasError(ExtractorError):
    """A judgement of risk of bias is not legal, or not agreed on."""


class PlotError(ExtractorError, ValueError):
    """A figure cannot be drawn as asked."""


class CellsError(ExtractorError):
    """A table to be verified cannot be read as cells; says which columns or lines it needs."""


class QueryError(ExtractorError):
    """A question cannot be answered as asked."""
