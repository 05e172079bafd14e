"""Trials as a graph: what the store holds as a ``networkx.MultiDiGraph``, and twenty-four questions over it.

- :func:`build` makes the graph; the same store gives the same graph
- :class:`Review` is a store with its graph, which the questions of :data:`QUESTIONS` are asked of
- :mod:`extractor.graph.exchange` writes it for other programs

Nodes have a ``kind`` (Trial, Arm, Product, Route, DoseRegimen, Condition, AdverseEvent, AEObservation, Publication,
SourceRecord), edges too (HAS_ARM, RECEIVES, GIVEN_BY, AT_DOSE, STUDIES, REPORTS, OF_EVENT, REPORTED_IN, DERIVED_FROM,
LINKED_TO, SAME_COHORT_AS, DIFFERS_FROM). An observation of an adverse event is a node, because it has a count, a source and
a review of its own. Every edge and observation has ``evidence`` (document, part, start, end, quote), ``source``, ``agent`` and ``review``.
"""

from extractor.graph.answers import Answer
from extractor.graph.build import build
from extractor.graph.catalogue import QUESTIONS, ask
from extractor.graph.review import Review

__all__ = ["QUESTIONS", "Answer", "Review", "ask", "build"]
