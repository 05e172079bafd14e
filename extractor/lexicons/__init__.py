"""Tables of words as data; see terms.py."""
