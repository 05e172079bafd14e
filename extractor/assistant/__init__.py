"""Trialspan for assistants: a server over the Model Context Protocol, read only, every answer with its quotes."""
