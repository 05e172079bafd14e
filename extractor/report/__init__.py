"""A store as one HTML page for reading, checking and printing: tables, plots, the graph, and the texts with every quote marked.

The page works without a network, without a server and, but for the graph, without its script.
"""

from extractor.report.page import Wish, report
from extractor.report.printed import Originals, Printer

__all__ = ["Originals", "Printer", "Wish", "report"]
