"""Plots of the page: numbered, each one ``<svg>`` element with words for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from extractor.drawn import Figure
from extractor.graph import Answer, Review
from extractor.graph.called import Called, answer_called
from extractor.plots import svg
from extractor.plots.answered import FORESTS, MOST_STUDIES, bubble_of, dose_of, forest_of
from extractor.plots.lights import lights_of
from extractor.pool import PooledProportion, forest
from extractor.pool.forest_layout import Lights
from extractor.store import Store


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as markup, and what it shows in words."""

    svg: Markup
    words: str


class Plots:
    """Draws plots for one page and numbers them, so that their ids differ. What was left out stands in the page's own lists."""

    def __init__(self, call: Called = str, store: Store | None = None) -> None:
        self._count = 0
        self._call = call
        self._store = store

    def risk(self, pooled: PooledProportion, name: str) -> Plot | None:
        """Forest plot of a pooled risk; none of one study, or of more than a plot holds."""
        if not 1 < pooled.k <= MOST_STUDIES:
            return None
        studies = tuple(replace(s, study=self._call(s.study)) for s in pooled.studies)
        drawn = forest.figure(
            replace(pooled, left_out=(), studies=studies), title=name, lights=self._lights([s.study for s in studies])
        )
        return self._drawn(drawn, f"Forest plot of {name}")

    def answer(self, answer: Answer) -> Plot | None:
        """Forest plot of a question that compares groups; none where there is nothing to draw."""
        if answer.name not in FORESTS or not 1 < len(answer.rows) <= MOST_STUDIES:
            return None
        found = replace(answer_called(answer, self._call), left_out=())
        lights = self._lights([str(row["study"]) for row in found.rows])
        return self._drawn(forest_of(found, lights=lights), f"Forest plot: {answer.question}")

    def _lights(self, studies: Sequence[str]) -> Lights | None:
        return lights_of(self._store, studies, self._call) if self._store else None

    def doses(self, review: Review, condition: str, cells: str, route: str) -> Plot:
        """Doses by trial."""
        return self._drawn(dose_of(review, condition=condition, cells=cells, route=route), "Doses by trial")

    def dose_risk(
        self, review: Review, outcome: str, condition: str, cells: str, denials: bool, route: str = ""
    ) -> Plot:
        """Risk against dose, with the regression or the reason why there is none."""
        drawn = bubble_of(review, outcome=outcome, condition=condition, cells=cells, denials=denials, route=route)
        return self._drawn(drawn, "Risk against dose")

    def _drawn(self, figure: Figure, words: str) -> Plot:
        self._count += 1
        label = f"{words}. The tables beside it say the same."
        return Plot(Markup(svg(figure, f"plot-{self._count}", label=label)), words)
