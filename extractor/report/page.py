"""The report as one HTML page: everything in it, nothing fetched, the same bytes for the same store."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from extractor import __version__
from extractor.errors import QueryError
from extractor.export.harms import LEGEND
from extractor.export.values import number
from extractor.graph import Review, ask, nodes
from extractor.graph.answers import Answer
from extractor.graph.called import Called, called
from extractor.graph.nodes import Row
from extractor.graph.observations import NAMED
from extractor.graph.studies import Choice
from extractor.policy import policy_hashes
from extractor.report import checked, findings, harms, included, overview
from extractor.report.figures import Plot, Plots
from extractor.report.network import KIND_NAMES, MOST_TRIALS, network
from extractor.report.printed import Originals, Printer
from extractor.report.quotes import Quote, Quotes
from extractor.report.texts import source
from extractor.shown import p_value, points, share
from extractor.store import Store

MOST_TRIALS_IN_TABLES = 400  # a page of more is no page to read: it is asked for in parts
KNOWN = ("any", "serious", "death")  # outcomes that every store can be asked about
LEAST_IN_SPAN = 3  # numbers in a row that print writes as first–last
MOST_NAMED = 30  # events in a message
MOST_OPEN = 25  # studies of a pooled risk that are not folded
BY_DOSE, CONTROLLED = "risk-by-dose", "controlled-risk"
COMPARISONS = ("risk-by-route", "risk-by-source", BY_DOSE, CONTROLLED)
Comparison = tuple[Answer, list[tuple[Row, tuple[Quote, ...]]], list[Plot]]
ASSETS = files("extractor.report").joinpath("assets")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a report is asked for.

    Attributes
    ----------
    condition, cells, route : str
        Only trials whose condition, cells or route have this in their name; all where empty.
    denials : bool
        Count a denial of all events as a zero of each of them.
    title : str
    today : str
        Date to which overdue results are counted, as 2026-01-31; they are not counted where it is empty.
    """

    condition: str = ""
    cells: str = ""
    route: str = ""
    denials: bool = False
    title: str = "Included trials and their adverse events"
    outcome: str = "serious"
    today: str = ""

    @property
    def choice(self) -> Choice:
        return Choice("any", self.condition, self.cells, self.route, self.denials)


def report(store: Store, wish: Wish | None = None, printer: Printer | None = None) -> str:
    """The report of a store as HTML.

    Parameters
    ----------
    store : Store
        Read only. Reports that were not linked are trials of their own.
    wish : Wish, optional
        All trials where not given.
    printer : Printer, optional
        Draws the pages of PDFs; without it the report says of each PDF that its pages are not shown.

    Raises
    ------
    QueryError
        If the store holds no report that fits, or more trials than a page can show.
    """
    wish = wish or Wish()
    review = Review(store)
    call = called(review)
    trials, others = included.chosen(review, wish.choice, call)
    if not trials and not others:
        if not store.documents():
            raise QueryError(
                f"store {store.name} holds no report; bring some in with: trialspan import, or extract --store"
            )
        raise QueryError(f"store {store.name} has no report for {_words(wish)}; see what there is with: trialspan list")
    if len(trials) > MOST_TRIALS_IN_TABLES:
        raise QueryError(
            f"{len(trials):,} trials are more than a page can show ({MOST_TRIALS_IN_TABLES}); choose with --condition, --cells or --route"
        )
    _check_outcome(review, wish.outcome)
    return _render(_content(review, wish, trials, others, call, printer or Printer(Originals())))


def _check_outcome(review: Review, outcome: str) -> None:
    """A mistyped event is an error, not a page of silence."""
    if outcome in KNOWN or review.event_named(outcome) in review.graph:
        return
    names = sorted({str(review.node(e)["name"]) for e in review.of(nodes.EVENT) if review.node(e)["scope"] == NAMED})
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    raise QueryError(
        f"no report of store {review.store.name} names an event {outcome!r}; "
        f"legal: {', '.join(dict.fromkeys([*KNOWN, *names[:MOST_NAMED]]))}{more}"
    )


def _without(method: str, call: Called) -> str:
    """A method that leaves a study out, with the study by its name: ``leave-one-out: without Oh 2018``."""
    head, mark, study = method.partition("without ")
    return f"{head}{mark}{call(study)}" if mark else method


def _content(
    review: Review,
    wish: Wish,
    trials: list[included.Trial],
    others: list[included.Trial],
    call: Called,
    printer: Printer,
) -> dict[str, Any]:
    """What the template prints; quotes are numbered in the order of the page, so the order here is that of the page."""
    quotes = Quotes()
    rows = included.table(review, trials, quotes)
    people = ask(review, "people-by-route", cells=wish.cells, condition=wish.condition, route=wish.route)
    people_rows = [(r, quotes.refs(r["evidence"])) for r in people.rows]
    matrix_rows = harms.events_by_trials(review, trials, quotes)
    risks = harms.risks(review, wish.choice, quotes)
    deaths = ask(review, "related-deaths", condition=wish.condition, cells=wish.cells, route=wish.route)
    death_rows = [(r, quotes.refs(r["evidence"])) for r in deaths.rows]
    plots = Plots(call, review.store)
    compared = [_compared(review, wish, name, quotes, plots) for name in COMPARISONS]
    people_said = checked.checked(review.store, [*trials, *others], quotes)
    open_points = findings.tables(review, trials, quotes, today=wish.today)
    drawn = network(review, trials, quotes)
    drawn = replace(drawn, nodes=tuple({**n, "name": call(str(n["name"]))} for n in drawn.nodes))
    first = overview.overview(trials, others, open_points, quotes)
    by_arm = harms.by_arm(trials, quotes)
    documents = [r for t in [*trials, *others] for r in t.records]
    sources = [source(r, i, quotes.of(r.document.id)) for i, r in enumerate(documents, 1)]
    return {
        "wish": wish,
        "chosen": _words(wish),
        "version": __version__,
        "rows": rows,
        "columns": included.columns(),
        "others": [(t, included.kind_of(review, t)) for t in others],
        "people": people_rows,
        "people_answer": people,
        "people_left": harms.grouped((r["study"], r["reason"]) for r in people.left_out),
        "matrix": matrix_rows,
        "matrix_limits": harms.limits_of(matrix_rows, trials),
        "matrix_blocks": harms.blocks(trials, matrix_rows),
        "states": harms.STATES,
        "most_open": MOST_OPEN,
        "outcome": harms.OUTCOME_NAMES.get(wish.outcome, wish.outcome),
        "risks": [(f"risk-{i}", r, plots.risk(r.pooled, r.outcome)) for i, r in enumerate(risks, 1) if r.pooled.k > 1],
        "singles": [(f"risk-{i}", r) for i, r in enumerate(risks, 1) if r.pooled.k == 1],
        "overview": first,
        "by_arm": by_arm,
        "arm_legend": LEGEND,
        "called": call,
        "doses": plots.doses(review, wish.condition, wish.cells, wish.route) if trials else None,
        "deaths": death_rows,
        "deaths_pooled": (deaths.pooled or {}).get("related deaths"),
        "deaths_left": harms.grouped((r["study"], r["reason"]) for r in deaths.left_out),
        "deaths_notes": deaths.notes,
        "compared": compared,
        "grouped": lambda left: harms.grouped((r["study"], r["reason"]) for r in left),
        "bias": checked.bias(review.store, trials),
        "shapes": checked.SHAPES,
        "checked": people_said,
        "checked_note": checked.decision_note(people_said),
        "findings": open_points,
        "network": drawn,
        "most_trials": MOST_TRIALS,
        "kind_names": KIND_NAMES,
        "names": {n["id"]: n["name"] for n in drawn.nodes},
        "sources": sources,
        "printed_pages": {r.document.id: printer.printed(r.document, quotes.of(r.document.id)) for r in documents},
        "printer": printer,
        "report_anchor": {s.id: s.anchor for s in sources},
        "quotes": [_place(q, sources) for q in quotes.all()],
        "people_total": sum(r["people"] for r, _ in people_rows),
        "reports": len(documents),
    }


def _compared(review: Review, wish: Wish, name: str, quotes: Quotes, plots: Plots) -> Comparison:
    """A question that compares groups, its studies with their quotes, and its plots."""
    given: dict[str, Any] = {
        "outcome": wish.outcome, "condition": wish.condition, "cells": wish.cells, "route": wish.route,
    }  # fmt: skip
    if name != CONTROLLED:
        given["denials"] = wish.denials
    answer = ask(review, name, **given)
    drawn = [plots.answer(answer)]
    if name == BY_DOSE and answer.rows:
        drawn.append(plots.dose_risk(review, wish.outcome, wish.condition, wish.cells, wish.denials, wish.route))
    return answer, [(r, quotes.refs(r["evidence"])) for r in answer.rows], [p for p in drawn if p]


def _place(quote: Any, sources: list[Any]) -> dict[str, Any]:
    """What the script needs to show a quote where it stands."""
    return {
        "n": quote.number,
        "d": quote.document,
        "p": quote.part,
        "s": quote.start,
        "e": quote.end,
        "q": quote.quote,
        "j": quote.path,
        **({"g": quote.page} if quote.page else {}),
    }


def _words(wish: Wish) -> str:
    said = [
        f"{name} “{value}”"
        for name, value in (("condition", wish.condition), ("cells", wish.cells), ("route", wish.route))
        if value
    ]
    chosen = ", ".join(said) or "all trials of the store"
    return f"{chosen}; a general denial of adverse events counts as a zero of each" if wish.denials else chosen


def _render(content: dict[str, Any]) -> str:
    environment = Environment(
        loader=PackageLoader("extractor.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"called": content["called"], "without": lambda method: _without(method, content["called"])}
    environment.filters |= {
        "p_value": p_value,
        "number": number,
        "points": points,
        "frozen": frozen,
        "share": share,
        "spans": spans,
    }
    assets = {name: Markup(ASSETS.joinpath(file).read_text(encoding="utf-8")) for name, file in _INLINE.items()}
    hashes = policy_hashes(assets[name] for name in _SCRIPTS)
    return environment.get_template("report.html").render(**content, **assets, script_hashes=Markup(hashes))


_INLINE = {"style": "report.css", "script": "report.js", "cytoscape": "cytoscape.min.js"}
_SCRIPTS = ("cytoscape", "script")


def spans(quotes: Sequence[Quote]) -> Markup:
    """The numbers of many quotes as print has them, those in a row as a span; nothing where that is no shorter.

    >>> spans([Quote(n, "a", "title", "b", 0, 1, None) for n in (7, 3, 4, 5)])
    Markup(' data-p="3–5 7"')
    """
    numbers = sorted({q.number for q in quotes})
    rows = [[n for _, n in row] for _, row in itertools.groupby(enumerate(numbers), lambda at: at[1] - at[0])]
    if all(len(row) < LEAST_IN_SPAN for row in rows):
        return Markup()
    said = (f"{row[0]}–{row[-1]}" if len(row) >= LEAST_IN_SPAN else " ".join(map(str, row)) for row in rows)
    return Markup(' data-p="{}"').format(" ".join(said))


def frozen(text: str) -> Markup:
    """Frozen text for HTML: escaped, and a carriage return kept, which a browser would turn into a line feed."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))
