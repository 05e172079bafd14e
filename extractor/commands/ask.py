"""``trialspan ask`` and ``compare``: questions to a store, and trials side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from extractor.commands.screen import console_for
from extractor.commands.shared import Format, StoreOption, open_store, printable, say, say_json, wrong_usage
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.errors import QueryError
from extractor.shown import percent

# The graph loads SciPy, a second's work: it is imported by the commands that need it, when run.

FormOption = Annotated[Format, typer.Option("--format", help="table or json.")]
HIDDEN = frozenset(
    {"observation", "sha256", "document", "event_id", "total_from", "case_report", "arms"}
)  # on the screen; all with --format json
HEADINGS = {"evidence": "words"}
# what it means that a column holds nothing: silence in the report is never a zero; a dash is "does not apply"
NOTHING_IN = dict.fromkeys(
    ("n", "dose", "people", "total", "events", "route", "cells", "follow_up_months"), "not reported"
) | {
    "arm": "whole trial",
    "zero_basis": "no zero",
    "related": "not said",
    "explanation": "none found",
    "title": "(no title)",
    "evidence": "no quote",
    "flags": "none",
}
STAYING = (
    2  # columns of an answer that stay however narrow the terminal is; the further right, the sooner one is folded
)
QUOTES, QUOTE = 3, 60  # quotes a row on the screen, and characters of one
NAMES = 5  # trials of one state in a cell of the matrix
LEFT_OUT = 40  # lines of what was left out on the screen
UNASKED = {
    "without": "none",
    "today": "now",
    "field": "all",
    "trials": "all",
}  # what it means that an argument is empty


def ask_store(
    name: Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="Name or number of a question.")] = None,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE...]", help="What it is asked about.")
    ] = None,
    store: StoreOption = None,
    listed: Annotated[bool, typer.Option("--list", help="List all questions with what they take.")] = False,
    sql: Annotated[
        str | None, typer.Option("--sql", metavar="SELECT", help="Ask the documented views in SQL, read only.")
    ] = None,
    cypher: Annotated[
        str | None, typer.Option("--cypher", metavar="MATCH", help="Ask the graph in Cypher (extra: cypher).")
    ] = None,
    save: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep the answer under this name, beside the store.")
    ] = None,
    changed: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask a kept answer's question anew: what moved since.")
    ] = None,
    form: FormOption = Format.table,
) -> None:
    """Ask a store: one of twenty-four questions by name, SQL over its views, or Cypher over its graph.

    Example: trialspan ask serious-risk route=intrathecal --store review.db
    """
    if sum((name is not None, listed, sql is not None, cypher is not None, changed is not None)) != 1:
        raise wrong_usage("ask takes the name of a question, --list, --sql, --cypher or --changed, one of them")
    if save is not None and name is None:
        raise wrong_usage("--save keeps the answer to a question; name one")
    if listed:
        print_questions(form)
    elif changed is not None:
        print_changed(changed, store, form)
    elif sql is not None:
        with open_store(store, included=True) as opened:
            columns, rows = opened.select(sql)
        print_rows([dict(zip(columns, row, strict=True)) for row in rows], form, columns)
    elif cypher is not None:
        from extractor.graph import Review
        from extractor.graph.cypher import query

        with open_store(store, included=True) as opened:
            print_rows(query(Review(opened).graph, cypher), form)
    else:
        print_answer(str(name), list(words or ()), store, form, save)


def print_questions(form: Format) -> None:
    from extractor.graph import QUESTIONS

    rows = [{"number": q.number, "name": q.name, "question": q.text, "usage": q.usage} for q in QUESTIONS.values()]
    if form is Format.json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['number']:>2}  {row['question']}\n      trialspan ask {row['usage']}")


def print_changed(name: str, store: str | None, form: Format) -> None:
    """What moved a kept answer since it was kept; nothing where it stands as it did."""
    from extractor.graph import Review, ask
    from extractor.graph.kept import kept, moved

    with open_store(store, included=True) as opened:
        before = kept(opened, name)
        asked_then = {n: tuple(v) if isinstance(v, list) else v for n, v in before["asked"].items()}
        answer = ask(Review(opened), before["name"], **asked_then)
        found = moved(opened, before, answer)
    if form is Format.json:
        say_json({"name": before["name"], "asked": before["asked"], "saved_at": before["saved_at"], "moved": found})
        return
    say(f"{before['question']} Kept as {name} at {before['saved_at']}.")
    if found:
        print_rows(found, form)
    else:
        say("Nothing moved it: rows, what was left out and what is pooled are as they were.")


def print_answer(name: str, words: list[str], store: str | None, form: Format, save: str | None = None) -> None:
    from extractor.graph import Review, ask
    from extractor.graph.called import answer_called, called
    from extractor.graph.catalogue import from_words, named

    question = named(name)
    arguments = from_words(question, words)
    if missing := [n for n, p in question.parameters.items() if p.default is p.empty and n not in arguments]:
        raise wrong_usage(f"{question.name} needs {', '.join(missing)}; it is asked as: trialspan ask {question.usage}")
    with open_store(store, included=True) as opened:
        review = Review(opened)
        answer = ask(review, question.name, **arguments)
        if save is not None:
            from extractor.graph.kept import keep

            say(f"kept: {keep(opened, answer, save)}", err=True)
        if form is Format.table:  # people's names for people; ids for programs
            answer = answer_called(answer, called(review))
    if form is Format.json:
        say_json(answer.to_dict())
        return
    say(answer.question)
    if answer.asked:
        console_for().print(printable(f"asked: {asked(answer.asked)}"), markup=False, highlight=False)
    print_rows(list(answer.rows), form)
    for what, found in (answer.pooled or {}).items():
        for line in pooled_lines(what, found):
            say(line)
    console = console_for()
    for line in left_out_lines(answer.left_out):
        console.print(printable(line), markup=False, highlight=False)
    for note in answer.notes:
        say(f"note: {note}")


def asked(given: Mapping[str, Any]) -> str:
    """Every argument in effect: ``events headache; condition any; denials no``."""
    words = {
        n: ", ".join(v) if isinstance(v, tuple) else ("no", "yes")[v] if isinstance(v, bool) else v
        for n, v in given.items()
    }
    return "; ".join(
        f"{name.replace('_', ' ')} {UNASKED.get(name, 'any') if v == '' else v}" for name, v in words.items()
    )


def left_out_lines(left: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was left out: how many, then the studies of each reason, the commonest first."""
    by_reason: dict[str, list[str]] = {}
    several_events = len({row.get("event") for row in left}) > 1
    for row in left:
        reason = f"{row['event']}: {row['reason']}" if several_events else str(row["reason"])
        by_reason.setdefault(reason, []).append(str(row["study"]))
    lines = [f"left out: {len(left)}, by reason"] if left else []
    for reason, names in sorted(by_reason.items(), key=lambda found: -len(found[1]))[:LEFT_OUT]:
        more = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
        lines.append(f"  {len(names)} {reason}: {', '.join(names[:NAMES])}{more}")
    if len(by_reason) > LEFT_OUT:
        lines.append(f"  ... and {len(by_reason) - LEFT_OUT} more reasons; all with --format json")
    return lines


def pooled_lines(what: str, found: dict[str, Any]) -> list[str]:
    """What pooling gave, one line a result, and what a reader must know of it; risks in percent."""
    if "trend" in found:
        one = found["trend"]
        ratio = (
            f"odds ratio {one['odds_ratio']:.3g} (95 % {one['low']:.3g} to {one['high']:.3g}), p = {one['p_value']:.3g}"
        )
        return [f"{what}: {ratio}, {one['k']} trials, {one['arms']} arms; {one['method']}; {one['estimate_method']}"]
    if "risk" in found:  # pooled for several events
        return pooled_lines(what, found["risk"])
    cautions = [
        f"{what}: caution: {note['message']}"
        for note in found.get("warnings", ())
        if note["message"] != found.get("method")
    ]
    if "groups" in found:
        tested = f"Wald p = {found['q_p']:.3g}" if found["q_p"] is not None else "not tested"
        lines = [f"{what}, {g['group']}: {pooled_risk(g)}; {g['method']}" for g in found["groups"]]
        return [*lines, f"{what}, between groups: {tested}", *cautions]
    if "coefficients" in found:
        lines = [
            f"{what}: {c['name']} {c['estimate']:.3g} (95 % {c['low']:.3g} to {c['high']:.3g}), log odds; {found['method']}"
            for c in found["coefficients"]
        ]
        return [*lines, *cautions]
    if "measure" in found:
        return [*(compared(what, m) for m in found["measures"]), *one_effect(what, found), *cautions]
    bound = (
        f"; at most {percent(found['one_sided_upper'])} % (one-sided 95 %)"
        if found.get("one_sided_upper") is not None
        else ""
    )
    return [f"{what}: {pooled_risk(found)}{bound}; {found['method']}", *spread(what, found), *cautions]


def pooled_risk(found: dict[str, Any]) -> str:
    """``mean risk 3.1 %, 95 % 0.4 to 12.0 %; median study 2.3 %, 95 % 0.1 to 9.9 %; 3 of 43 (7.0 %) in 4 studies``.

    Of few studies that mostly saw no event that is said first; one study, or a sum, goes without the words.
    """
    several = f" in {found['k']} studies" if found.get("k", 1) > 1 else ""
    crude = f"{found['events']} of {found['total']}"
    interval = f"95 % {percent(found['low'])} to {percent(found['high'])} %"
    mean = found.get("mean")
    if not several or mean is None or found.get("tau2") is None:
        estimate = f"{percent(found['estimate'])} %, " if found.get("estimate") is not None else ""
        return f"{crude}{several}, {estimate}{interval}"
    first = f"mean risk {percent(mean['estimate'])} %, 95 % {percent(mean['low'])} to {percent(mean['high'])} %"
    few = (
        f"only {found['k']} studies, {found['zero_studies']} of them without an event: " if mostly_silent(found) else ""
    )
    return (
        f"{few}{first}; median study {percent(found['estimate'])} %, {interval}; "
        f"{crude} ({percent(found['events'] / found['total'])} %){several}"
    )


def mostly_silent(found: dict[str, Any]) -> bool:
    """Whether the answer rests on few studies most of which saw no event."""
    return any(note["code"] == "few_studies_mostly_zero" for note in found.get("warnings", ()))


def spread(what: str, found: dict[str, Any]) -> list[str]:
    """How much studies differ, and where a new one is expected, with the rule; nothing of one study."""
    if found.get("k", 1) < 2:
        return []
    prediction, heterogeneity = found["prediction"], found["heterogeneity"]
    bounds = (
        f"{percent(prediction['low'])} to {percent(prediction['high'])} %, " if prediction["low"] is not None else ""
    )
    lines = [f"{what}: prediction interval {bounds}{prediction['rule']}"]
    if heterogeneity["tau2"] is not None:
        said = f"tau2 {heterogeneity['tau2']:.3g}, I2 {heterogeneity['i2']:.0f} %, likelihood-ratio p = {heterogeneity['q_p']:.3g}"
        lines.append(f"{what}: {said}. {heterogeneity['note']}")
    return lines


def compared(what: str, found: dict[str, Any]) -> str:
    """One measure of two arms, a difference in percentage points; without an estimate the reason."""
    if found["estimate"] is None:
        return f"{what}: {found['measure']} {found['note']}"
    points = found["measure"] == "RD"
    values = [f"{100 * found[n]:.3g}" if points else f"{found[n]:.3g}" for n in ("estimate", "low", "high")]
    note = f"; {found['note']}" if found["note"] else ""
    unit = " percentage points" if points else ""
    return f"{what}: {found['measure']} {values[0]} (95 % {values[1]} to {values[2]}){unit}, {found['method']}{note}"


def one_effect(what: str, found: dict[str, Any]) -> list[str]:
    """What these methods take for granted, and what speaks against it."""
    if found["k"] < 2 or found["estimate"] is None:
        return []
    q = f"Q p = {found['q_p']:.3g}, I2 {found['i2']:.0f} %" if found["q_p"] is not None else "no test of it"
    return [
        f"{what}: these methods take one effect for all studies ({found['measure']}: {q}); models with a spread: --format json"
    ]


def print_rows(rows: Sequence[dict[str, Any]], form: Format, columns: Sequence[str] = ()) -> None:
    if form is Format.json:
        say_json(list(rows))
        return
    names = list(columns) or [n for n in dict.fromkeys(k for r in rows for k in r) if n not in HIDDEN]
    if "study" in names and "trial" in names:
        names.remove("trial")
    if not rows:
        say("no rows")
        return
    shown = [
        Column(
            HEADINGS.get(name, name.replace("_", " ")),
            rank=0 if place < STAYING else place,
            right=all(
                isinstance(row.get(name), int | float | None) and not isinstance(row.get(name), bool) for row in rows
            ),
        )
        for place, name in enumerate(names)
    ]
    print_table(
        console_for(),
        ScreenTable(shown, [[cell(row.get(name), NOTHING_IN.get(name, "-")) for name in names] for row in rows]),
    )


def cell(value: Any, nothing: str = "-") -> str:
    """A value on the screen: evidence as its quotes, nothing in the words that say what kind of nothing it is."""
    if value is None or value in ([], {}, ""):
        return nothing
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list) and isinstance(value[0], dict):
        quotes = list(dict.fromkeys(" ".join(str(e.get("quote", e)).split())[:QUOTE] for e in value))
        return " … ".join(quotes[:QUOTES])
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return by_state(value) if all(isinstance(v, dict) and "state" in v for v in value.values()) else pairs(value)
    return str(value)


def pairs(value: dict[str, Any]) -> str:
    return "; ".join(f"{k}: {v}" for k, v in value.items() if v is not None)


def by_state(trials: dict[str, dict[str, Any]]) -> str:
    """Trials of a row of the matrix by what they say, the first few of each."""
    names: dict[str, list[str]] = {}
    for name, said in trials.items():
        names.setdefault(said["state"].replace("_", " "), []).append(name)
    return "; ".join(
        f"{state}: {', '.join(found[:NAMES])}{f' and {len(found) - NAMES:,} more' if len(found) > NAMES else ''}"
        for state, found in names.items()
    )


# ---------------------------------------------------------------- side by side


def compare_trials(
    names: Annotated[list[str], typer.Argument(metavar="TRIAL TRIAL...", help="Trials, reports or registry numbers.")],
    store: StoreOption = None,
    outcome: Annotated[
        str, typer.Option("--outcome", help="What they are to be pooled for: any, serious, death, or an event.")
    ] = "serious",
    months: Annotated[
        float, typer.Option("--months", min=0, help="Follow-up that is asked for, give or take one month.")
    ] = 6.0,
    form: FormOption = Format.table,
) -> None:
    """Put trials side by side: what differs is marked, how alike they are, and whether they may be pooled.

    Example: trialspan compare nam2023 oh2018 --outcome headache --store review.db
    """
    from extractor.compare import compare
    from extractor.graph import Review, ask
    from extractor.graph.called import called

    if len(names) < 2:
        raise wrong_usage("compare takes two trials or more")
    with open_store(store, included=True) as opened:
        try:
            found = compare(opened, names)
        except QueryError as error:
            raise wrong_usage(str(error)) from error
        review = Review(opened)
        rules = ask(review, "poolable", outcome=outcome, months=months, trials=found.names)
        call = called(review)
    if form is Format.json:
        say_json(found.to_dict() | {"poolable": rules.to_dict()})
        return
    for title, lines in (("characteristics", found.lines), ("adverse events", found.events)):
        columns = [
            Column("≠"),
            Column("field" if title == "characteristics" else "event"),
            *(Column(call(name), rank=place) for place, name in enumerate(found.names)),
        ]
        rows = [("≠" if line.differs else "", line.field.replace("_", " "), *line.cells) for line in lines]
        styles = ["yellow" if line.differs else "" for line in lines]
        if lines:
            print_table(console_for(), ScreenTable(columns, rows, title, styles))
            say("")
    for one in found.similar:
        say(
            f"{call(one.a)} and {call(one.b)}: likeness {one.score if one.score is not None else '-'}; {'; '.join(one.reasons)}"
        )
    for row in rules.rows:
        say(
            f"{call(row['trial'])}: {f'may be pooled for {outcome}' if row['poolable'] else 'may not be pooled: ' + row['fails']}"
        )
