"""Which count of a sentence belongs to which event and which arm."""
