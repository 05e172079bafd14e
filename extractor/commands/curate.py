"""``trialspan curate``: what people say of single facts, kept beside the program's own and never in place of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from extractor.commands.screen import console_for, shortened
from extractor.commands.shared import (
    Format,
    StoreOption,
    curator_or_exit,
    open_store,
    say,
    say_json,
    settings_or_exit,
    wrong_usage,
)
from extractor.commands.tables import Column, ScreenTable, print_table
from extractor.curation import add, confirm, correct, disputed, evidence_for, is_standing, kind_of, own, reject, undo
from extractor.declared import shipped_fields
from extractor.errors import CurationError
from extractor.export import fact_shown
from extractor.model import Document, Evidence, Fact
from extractor.store import Decision, Store
from extractor.store.disagreements import Disagreement

NAMES = {
    "confirm": 2,
    "own": 2,
    "reject": 2,
    "correct": 2,
    "add": 2,
    "undo": 1,
}  # names that an action takes before NAME=VALUE
USAGE = {
    "confirm": "curate confirm REPORT NUMBER",
    "reject": "curate reject REPORT NUMBER",
    "own": "curate own REPORT NUMBER",
    "correct": "curate correct REPORT NUMBER NAME=VALUE... [--quote TEXT] [--arm NAME] [--force]",
    "add": "curate add REPORT FIELD NAME=VALUE... --quote TEXT [--arm NAME] [--force]",
    "undo": "curate undo DECISION",
    "list": "curate list [REPORT] [--by NAME] [--disagreements]",
}


class CurateAction(StrEnum):
    """What may be said of a fact."""

    confirm = "confirm"
    own = "own"
    reject = "reject"
    correct = "correct"
    add = "add"
    undo = "undo"
    history = "list"


def curate(
    action: Annotated[
        CurateAction, typer.Argument(help="confirm, own (it is the trial's own), reject, correct, add, undo or list.")
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REPORT] [NUMBER|FIELD] [NAME=VALUE...]", help="A report, a fact's number from `show`, values."
        ),
    ] = None,
    store: StoreOption = None,
    quote: Annotated[
        list[str] | None, typer.Option("--quote", metavar="TEXT", help="The words that say it; repeat it for more.")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="PART:START", help="Which place, for a quote that stands several times."),
    ] = None,
    part: Annotated[str | None, typer.Option("--part", help="Look for quotes only in this part.")] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", metavar="$.A.B", help="A value of a registry record as the words.")
    ] = None,
    arm: Annotated[str | None, typer.Option("--arm", help="The arm it is said of; '' for the whole trial.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Your name (default: curator in trialspan.toml).")] = None,
    why: Annotated[str | None, typer.Option("--why", help="Why; kept with the decision.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="correct, add: take a value that its quote does not say; it is flagged.")
    ] = False,
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="list: only facts on which curators disagree.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="table or json.")] = Format.table,
) -> None:
    """Confirm, reject, correct or add single facts; list who said what, and where curators disagree. Nothing is overwritten.

    Example: trialspan curate confirm glass2012 3 --by ann --store review.db

    Example: trialspan curate correct glass2012 8 n=15 kind=treated --by ann --why "Table 1" --store review.db

    Example: trialspan curate add glass2012 adverse_event term=fever n=2 assertion=present --quote "fever in two" --by ann

    Example: trialspan curate list --disagreements --store review.db
    """
    given = list(words or ())
    if force and action not in ("correct", "add"):
        raise wrong_usage(f"--force is for correct and add; {action.value} is called as: trialspan {USAGE[action]}")
    finding = {"--quote": quote, "--at": at, "--part": part, "--path": path, "--arm": arm}
    if action not in ("correct", "add") and (wrong := next((n for n, v in finding.items() if v is not None), None)):
        raise wrong_usage(f"{wrong} is for correct and add; {action.value} is called as: trialspan {USAGE[action]}")
    if disagreements and action is not CurateAction.history:
        raise wrong_usage("--disagreements is for: trialspan curate list")
    with open_store(store) as opened:
        if action is CurateAction.history:
            list_decisions(opened, given, by, disagreements, form)
            return
        curator = curator_or_exit(by)
        try:
            key = decided(opened, action, given, curator, why, arm, (quote or [], part, at or [], path or []), force)
        except CurationError as error:
            raise wrong_usage(f"{error}. Nothing was changed") from error
        made = next(d for d in opened.decisions() if d.key == key)
    if form is Format.json:
        say_json(as_row(made, True))
    else:
        say(f"decision {key}: {said(made)}; take it back with: trialspan curate undo {key}")


Found = tuple[Sequence[str], str | None, Sequence[str], Sequence[str]]  # quotes, part, places, paths


def decided(
    store: Store,
    action: str,
    given: Sequence[str],
    curator: str,
    why: str | None,
    arm: str | None,
    found: Found,
    force: bool = False,
) -> int:
    """The key of the decision that the words ask for."""
    names, values = list(given[: NAMES[action]]), given[NAMES[action] :]
    if len(names) < NAMES[action] or (values and action not in ("correct", "add")):
        raise CurationError(f"{action} is called as: trialspan {USAGE[action]}")
    if action == "undo":
        return undo(store, whole(names[0], "a decision's number"), curator, why)
    report, which = names
    if action in ("confirm", "own", "reject"):
        do = {"confirm": confirm, "own": own}.get(action, reject)
        return do(store, report, whole(which, "a fact's number"), curator, why)
    quotes, part, at, paths = found
    evidence: tuple[Evidence, ...] = evidence_for(store.record(report).document, quotes, part=part, at=at, paths=paths)
    pairs = dict(pair(text) for text in values)
    if action == "add":
        return add(store, report, which, curator, pairs, evidence, arm=arm, note=why, against=against, force=force)
    number = whole(which, "a fact's number")
    return correct(
        store, report, number, curator, pairs, evidence=evidence, arm=arm, note=why, against=against, force=force
    )


def against(document: Document, fact: Fact) -> tuple[str, ...]:
    """Why the quotes of a fact do not say its value, by the verifier; the pipeline is loaded only for this.

    Of a field of one's own the verifier knows nothing: whoever quotes for it decides.
    """
    if fact.field not in shipped_fields():
        return ()
    from extractor.pipeline import build
    from extractor.verify.check import reasons_against

    return reasons_against(build(settings_or_exit()), document, fact)


def whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise CurationError(f"{text!r} is not {what}; numbers are printed by: trialspan show REPORT, curate list")
    return int(text)


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CurationError(f"{text!r}: NAME=VALUE is needed, such as n=12")
    return name.strip(), value


# ---------------------------------------------------------------- lists


def list_decisions(store: Store, given: Sequence[str], by: str | None, only_disputed: bool, form: Format) -> None:
    """Who said what of which fact; with `only_disputed`, the facts on which their last words contradict each other."""
    if len(given) > 1:
        raise wrong_usage(f"list is called as: trialspan {USAGE['list']}")
    report = given[0] if given else None
    if report is not None:
        store.record(report)  # a mistyped name is an error, not an empty list
    if only_disputed:
        print_disputed([d for d in disputed(store, report) if by in (None, *(w.curator for w in d.words))], form)
        return
    every = store.decisions()
    found = [d for d in every if report in (None, d.document) and by in (None, d.curator)]
    rows = [as_row(d, is_standing(d, every)) for d in found]
    if form is Format.json:
        say_json(rows)
        return
    columns = (
        Column("number", right=True),
        Column("report"),
        Column("said"),
        Column("by"),
        Column("state"),
        Column("why", rank=2),
        Column("when", rank=1),
    )
    cells = [
        (
            str(d.key),
            d.document,
            said(d),
            d.curator,
            "stands" if row["stands"] else "taken back",
            d.note or "not given",
            d.decided_at,
        )
        for d, row in zip(found, rows, strict=True)
    ]
    print_table(console_for(), ScreenTable(columns, cells, f"{len(found)} decisions on facts in {store.name}"))
    if count := len(disputed(store, report)):
        say(f"facts on which curators disagree: {count}; see them with: trialspan curate list --disagreements")


def as_row(decision: Decision, stands: bool) -> dict[str, Any]:
    """A decision as plain data."""
    return {
        "number": decision.key,
        "report": decision.document,
        "action": kind_of(decision),
        "curator": decision.curator,
        "target": decision.target.to_dict() if decision.target else None,
        "fact": decision.fact.to_dict() if decision.fact else None,
        "undoes": decision.undoes,
        "why": decision.note,
        "decided_at": decision.decided_at,
        "uid": decision.uid,
        "stage": decision.stage,
        "mode": decision.mode,
        "field": decision.field,
        "reason": decision.reason,
        "stands": stands,
    }


def said(decision: Decision) -> str:
    """A decision in words: what was said of which value, with the quote."""
    kind, target, fact = kind_of(decision), decision.target, decision.fact
    if decision.undoes is not None:
        return f"undo of {decision.undoes}"
    spoken_of = target or fact
    if spoken_of is None:
        return f"{kind.replace('_', ' ')}: {decision.field}"
    words = f"{kind} {spoken_of.field}: {fact_shown(spoken_of)}"
    if kind == "correct" and fact:
        words += f" to {fact_shown(fact)}"
    quotes = " … ".join(dict.fromkeys(shortened(e) for e in (fact or spoken_of).evidence))
    return f"{words} (“{quotes}”)" if quotes else words


def print_disputed(found: Sequence[Disagreement], form: Format) -> None:
    if form is Format.json:
        say_json(
            [
                {
                    "report": d.document,
                    "field": d.field,
                    "words": [
                        {
                            "number": w.decision,
                            "curator": w.curator,
                            "says": shown(w.fact) or "wrong",
                            "value": w.fact.value if w.fact else None,
                            "of": w.target.value if w.target else None,
                            "why": w.note,
                            "decided_at": w.decided_at,
                        }
                        for w in d.words
                    ],
                }
                for d in found
            ]
        )
        return
    columns = (
        Column("report"),
        Column("field", style="cyan"),
        Column("by"),
        Column("says"),
        Column("number", right=True),
        Column("why", rank=2),
        Column("when", rank=1),
    )
    rows = [
        (
            d.document,
            d.field,
            w.curator,
            shown(w.fact) or f"{shown(w.target)} is wrong",
            str(w.decision),
            w.note or "not given",
            w.decided_at,
        )
        for d in found
        for w in d.words
    ]
    if rows:
        print_table(console_for(), ScreenTable(columns, rows))
    say(f"facts on which curators disagree: {len(found)}")


def shown(fact: Fact | None) -> str:
    return fact_shown(fact) if fact else ""
