"""Adverse events and deaths: what a sentence names, counts and denies; `told.events` reads a document."""
