"""What the pages show, made of the store alone; templates print it, and nothing else does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from extractor.claims import term_words
from extractor.declared import declared_fields, registers
from extractor.export import fact_shown
from extractor.export.values import counted, field_shown
from extractor.labels import labels
from extractor.model import NOT_READ, TITLE, Fact, Record
from extractor.review.agree import Difference, agreement, differences, hash_of
from extractor.review.blind import CRITICAL, FINISHED, Part, answers, seen, unanswered
from extractor.review.claim import EVENT, OPEN, Claim
from extractor.review.decide import REASONS, last_of, taken_back
from extractor.review.form import inputs
from extractor.review.guard import policy
from extractor.review.people import Person
from extractor.review.progress import Board, readable
from extractor.review.queue import consequences, left, queue
from extractor.review.sweep import Unread, sweep
from extractor.review.texts import parts, sentences
from extractor.store import Decision, Store
from extractor.store.decision import ADJUDICATION, FIRST, SECOND
from extractor.store.decisions import standing
from extractor.store.links import LinkStore
from extractor.store.readers import ReaderStore
from extractor.store.review import ReviewStore
from extractor.store.second import DIFFERS

ASSETS = files("extractor.review").joinpath("assets")
STYLE = ASSETS.joinpath("review.css").read_text(encoding="utf-8")
SCRIPT = ASSETS.joinpath("review.js").read_text(encoding="utf-8")
POLICY = policy([SCRIPT], [STYLE])
MARKS = {OPEN: "○", "accept": "✓", "correct": "✎", "reject": "✗", "unsure": "?", "add": "+", "not_reported": "∅"}
SAID = {
    OPEN: "not decided", "accept": "accepted", "correct": "corrected", "reject": "rejected", "unsure": "unsure", "add": "added",
    "not_reported": "really not reported", "note": "noted", "undo": "taken back",
}  # fmt: skip
STAGES = {FIRST: "first reading", SECOND: "second reading, blind", ADJUDICATION: "adjudication"}
MOST_BESIDE = 6


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report's page needs to know: the record as it stands, who may do what, and what this person may see."""

    record: Record
    decisions: list[Decision]
    part: Part
    claims: list[Claim]
    swept: frozenset[str]
    unread: list[Unread]
    silent: list[str]
    done_silent: dict[str, Decision]
    differences: list[Difference] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.record.document.id

    @property
    def left(self) -> list[Claim]:
        return left(self.claims)

    @property
    def own(self) -> list[Claim]:
        return [c for c in self.claims if not c.put_aside]

    def missing(self, name: str) -> list[str]:
        """What must be done before the reading is finished, in words."""
        found = [f"{len(self.left)} claims not decided"] if self.left else []
        silent = [f for f in self.silent if f not in self.done_silent]
        found += [f"{len(silent)} fields with nothing: say “really not reported”, or add"] if silent else []
        if self.part.stage == SECOND:
            open_ = unanswered(self.decisions, name)
            found += [f"no answer yet on {', '.join(map(named, open_))}"] if open_ else []
        return found + ([f"{len(self.unread)} sentences to sweep"] if self.unread else [])


def report(store: Store, id: str, part: Part, decisions: list[Decision] | None = None) -> Report:
    """A report as a person with this part in it may see it; its decisions, where they were read already."""
    record = store.record(id)
    if part.stage == FIRST and not part.closed:
        record = alone(record)
    id = record.document.id
    decisions = store.decisions(id) if decisions is None else decisions
    stage = part.stage or FIRST
    found = seen(record, decisions, stage)
    events = ReviewStore(store).events(id, "swept")
    swept = frozenset(place for e in events if e.detail.get("stage") == stage for place in e.detail["places"])
    unread = [one for one in sweep(record.document, _covering(found, decisions, stage)) if one.id not in swept]
    said = {
        d.field: d for d in standing(decisions)
        if d.verdict == "not_reported" and d.field and (d.stage == stage or ADJUDICATION in (d.stage, stage))
    }  # fmt: skip
    hidden = CRITICAL if stage == SECOND else ()
    present = {c.field for c in found if not c.put_aside and c.state != "reject"}
    looked = [n.removesuffix(NOT_READ) for n in record.not_found]
    gone = [c.field for c in found if c.state == "reject"]
    silent = [n for n in dict.fromkeys([*looked, *gone]) if n not in present and n not in hidden]
    differing = differences(record, decisions) if stage == ADJUDICATION else []
    return Report(record, decisions, part, queue(found), swept, unread, silent, said, differing)


def alone(record: Record) -> Record:
    """The record as a first reader sees it who has not finished: without what the second one answered."""
    return replace(record, conflicts=tuple(c for c in record.conflicts if c.kind != DIFFERS))


def _covering(found: Sequence[Claim], decisions: Sequence[Decision], stage: str) -> list[Claim]:
    """Claims whose quotes need no sweep; for a second reader also the own answers, never the machine's on critical fields."""
    if stage != SECOND:
        return list(found)
    own = [d.fact for d in answers(decisions) if d.fact]
    return [*found, *(Claim(str(i), f.field, [], f, False, False) for i, f in enumerate(own))]


def _told(label: str, title: str) -> str:
    """A label beside a title; nothing where it only has the title's first words again."""
    return "" if set(label.split()) <= set(title.replace(":", " ").split()) else label


def named(field: str) -> str:
    return field.replace("_", " ")


# ---------------------------------------------------------------- a report's page


def report_page(
    store: Store,
    seen_report: Report,
    person: Person,
    chosen: str,
    *,
    checker: Any = None,
    message: str = "",
    error: str = "",
) -> str:
    """The page of one report with one claim, or one silent field, in view."""
    current, silent = _in_view(seen_report, chosen)
    document = seen_report.record.document
    blind = seen_report.part.stage == SECOND
    decisions = seen_report.decisions
    stage = seen_report.part.stage or FIRST
    mine = answers(decisions, person.name) if blind else []
    return render(
        "report.html", person, title=document.title or document.id, report=seen_report, document=document,
        current=current, silent=silent, card=_card(store, seen_report, current, checker), blind=blind, stage=STAGES[stage],
        parts=parts(document, [*seen_report.claims, *_as_claims(mine)], current), links=_links(seen_report.record),
        rows=[_row(c) for c in seen_report.claims], critical=[(f, [d for d in mine if d.field == f]) for f in CRITICAL] if blind else [],
        grid=grid(seen_report.own), last=last_of(decisions, person.name, stage), back=taken_back(decisions, person.name, stage),
        uid=uuid.uuid4().hex, seen_decision=max((d.key for d in decisions), default=0), reasons=REASONS,
        missing=seen_report.missing(person.name), message=message, error=error, next=_next(seen_report, current, silent),
        fields=[n for n in declared_fields() if not blind or n not in CRITICAL], add=_adding(chosen, blind),
        conflicts=[] if blind else seen_report.record.conflicts, at=_neighbours(store, seen_report.id), called=labels([document])[document.id],
        done=sum(c.state not in (OPEN, "unsure") for c in seen_report.own), total=len(seen_report.own),
    )  # fmt: skip


def _in_view(seen_report: Report, chosen: str) -> tuple[Claim | None, str]:
    """The claim in view, or the silent field; without a choice the first that nobody decided."""
    if chosen.startswith("add:"):
        return None, ""
    if chosen.startswith("field:"):
        return None, chosen.removeprefix("field:")
    found = next((c for c in seen_report.claims if c.id == chosen), None)
    if found or chosen == "none":
        return found, ""
    open_ = seen_report.left
    if open_:
        return open_[0], ""
    silent = [f for f in seen_report.silent if f not in seen_report.done_silent]
    return None, silent[0] if silent else ""


def _next(seen_report: Report, current: Claim | None, silent: str) -> str:
    """What comes in view after a decision on what is in view now."""
    order = [c.id for c in seen_report.claims if not c.put_aside and (c.state in (OPEN, "unsure") or c is current)]
    order += [f"field:{f}" for f in seen_report.silent if f not in seen_report.done_silent or f == silent]
    here = current.id if current else f"field:{silent}"
    place = order.index(here) + 1 if here in order else 0
    rest = [*order[place:], *[o for o in order[: max(place - 1, 0)] if o != here]]
    return rest[0] if rest else "none"


def _adding(chosen: str, blind: bool) -> dict[str, Any] | None:
    """The form for a new fact of a field."""
    if not chosen.startswith("add:"):
        return None
    name = chosen.removeprefix("add:")
    return {"field": name, "inputs": inputs(name, None)} if name in declared_fields() else None


def _row(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id, "mark": MARKS.get(claim.state, "○"), "state": SAID.get(claim.state, claim.state), "field": named(claim.field),
        "words": claim.words, "tags": consequences(claim), "aside": claim.put_aside, "open": claim.state in (OPEN, "unsure"),
        "places": len(claim.places), "quote": claim.places[0].quote if claim.places else "", "raw": claim.state,
    }  # fmt: skip


def _as_claims(mine: Sequence[Decision]) -> list[Claim]:
    return [Claim(f"own-{d.key}", d.fact.field, [], d.fact, False, False) for d in mine if d.fact]


def _card(store: Store, seen_report: Report, claim: Claim | None, checker: Any) -> dict[str, Any] | None:
    """The claim in view: its words in their sentences, its form, what others say beside it."""
    if claim is None:
        return None
    document = seen_report.record.document
    return {
        "claim": claim, "row": _row(claim), "inputs": inputs(claim.field, claim.fact.value),
        "places": sentences(document, claim.places), "quotes": [e.quote for e in claim.places],
        "beside": beside(store, seen_report, claim.field), "readers": readers(store, seen_report, claim, checker),
        "arms": [] if seen_report.part.stage == SECOND else _arms(seen_report.claims), "rule": claim.fact.method,
        "flags": [f.replace("_", " ") for f in claim.fact.flags], "has_arm": claim.field != "arm",
    }  # fmt: skip


def _arms(found: Sequence[Claim]) -> list[str]:
    names = [str(c.fact.value.get("name")) for c in found if c.field == "arm" and c.state != "reject"]
    return list(dict.fromkeys([*names, *(c.fact.arm for c in found if c.fact.arm)]))


def beside(store: Store, seen_report: Report, name: str) -> list[tuple[str, str, str, bool]]:
    """What the trial's other reports and its registry record say of a field: id, label, words, whether it is a register's."""
    if seen_report.part.stage == SECOND and name in CRITICAL:
        return []
    links = LinkStore(store)
    trial = links.trials_of([seen_report.id]).get(seen_report.id)
    ids = [i for i in links.reports_of([trial]) if i != seen_report.id][:MOST_BESIDE] if trial else []
    found = list(store.records(ids, deleted=True)) if ids else []
    called = labels(r.document for r in found)
    return [
        (r.document.id, called[r.document.id], field_shown(r, name) or "not looked for", r.document.source in registers())
        for r in found
    ]  # fmt: skip


def readers(store: Store, seen_report: Report, claim: Claim, checker: Any) -> list[dict[str, Any]]:
    """What other programs read of the same field, and what the verifier says to it."""
    if seen_report.part.stage == SECOND:
        return []
    found = []
    for name, facts in ReaderStore(store).of(seen_report.id).items():
        for fact in (f for f in facts if f.field == claim.field and _near(f, claim.fact)):
            against = checker.reasons(seen_report.record.document, fact) if checker else None
            verdict = (
                "not verified" if against is None else ", ".join(against).replace("_", " ") or "follows from its words"
            )
            found.append(
                {"reader": name, "words": fact_shown(fact), "quote": fact.evidence[0].quote, "verdict": verdict}
            )
    return found


def _near(fact: Fact, other: Fact) -> bool:
    if fact.field != EVENT:
        return True
    return term_words(str(fact.value.get("term"))) == term_words(str(other.value.get("term")))


def grid(own: Sequence[Claim]) -> dict[str, Any]:
    """Harms as events by arms; a cell has n/N, the denial or the word, and leads to its claim."""
    events = [c for c in own if c.field == EVENT and c.state != "reject"]
    arms = list(dict.fromkeys(c.fact.arm or "" for c in events))
    rows: dict[str, dict[str, list[tuple[str, str, str]]]] = {}
    for claim in events:
        cell = rows.setdefault(str(claim.fact.value.get("term")), {}).setdefault(claim.fact.arm or "", [])
        cell.append((claim.id, count(claim.fact), MARKS.get(claim.state, "○")))
    return {"arms": arms, "rows": [(term, [cells.get(arm, []) for arm in arms]) for term, cells in rows.items()]}


def count(fact: Fact) -> str:
    """An event's count for a cell.

    >>> from extractor.model import Evidence
    >>> value = {"n": 2, "denominator": 12, "assertion": "present"}
    >>> count(Fact("adverse_event", value, (Evidence("abstract", "two of twelve", 0, 13),), "rule:adverse_event/count"))
    '2/12'
    """
    said = counted(*(fact.value.get(key) for key in ("n", "denominator", "percent", "denominator_unit")))
    return said or {"absent": "none", "none_reported": "denied"}.get(str(fact.value.get("assertion")), "yes")


def _links(record: Record) -> list[tuple[str, str]]:
    ids = record.document.ids
    found = (
        [(f"PMID {ids.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{ids.pmid}/")]
        if ids.pmid and ids.pmid.isdigit()
        else []
    )
    found += [(n, f"https://clinicaltrials.gov/study/{n}") for n in ids.nct if n.isalnum()]
    return found


def _neighbours(store: Store, id: str) -> tuple[str, str]:
    ids = [v.id for v in store.documents()]
    place = ids.index(id) if id in ids else 0
    return ids[place - 1] if place else "", ids[place + 1] if place + 1 < len(ids) else ""


# ---------------------------------------------------------------- other pages


def list_page(
    board: Board, person: Person, parts_: Mapping[str, Part], readers: Sequence[str] = (), message: str = ""
) -> str:
    """All reports with the progress of their readers; to whom they may be given, where this person may give them."""
    rows: list[dict[str, Any]] = []
    by_field: dict[str, list[int]] = {}
    every = board.all()
    called = labels(one.document for one in every)
    for one in every:
        id, title = one.document.id, one.document.title or one.document.id
        part = parts_[id]
        open_ = part.stage == FIRST and not one.damage
        for name, (done, total) in one.tallies.items() if open_ else ():
            tally = by_field.setdefault(name, [0, 0])
            tally[0] += done
            tally[1] += total
        rows.append({
            "id": id, "called": _told(called[id], title), "title": title, "done": one.done, "total": one.total, "part": part,
            "stage": STAGES.get(part.stage or "", ""), "show": open_ or (part.stage == ADJUDICATION and not one.damage),
            "conflicts": (one.conflicts if part.closed else one.conflicts_alone) if open_ else 0,
            "retracted": one.document.retracted, "damage": one.damage,
            "differences": one.differences if part.stage == ADJUDICATION else 0,
        })  # fmt: skip
    log = ReviewStore(board.store)
    people: dict[str, set[str]] = {}
    for id, said in log.said().items():
        for _, curator in said:
            people.setdefault(curator, set()).add(id)
    return render(
        "list.html", person, title="Reports", rows=rows, message=message, store=board.store.name,
        people=sorted((name, len(reports)) for name, reports in people.items()), readers=readers,
        by_field=sorted(by_field.items(), key=lambda pair: pair[1][0] - pair[1][1]), finals=log.finals(),
        damaged=sum(bool(r["damage"]) for r in rows),
    )  # fmt: skip


def adjudicate_page(seen_report: Report, person: Person, error: str = "") -> str:
    """Differences of two readers, the text first; who said which is not shown, nor is either answer chosen beforehand."""
    document = seen_report.record.document
    shown = []
    for one in seen_report.differences:
        sides = [("first", one.first), ("second", one.second)]
        if hash_of(one.first, one.second) % 2:
            sides.reverse()
        answers_ = [
            (
                side,
                fact,
                fact_shown(fact) if fact else "names none",
                sentences(document, fact.evidence if fact else ()),
            )
            for side, fact in sides
        ]
        shown.append(
            {"difference": one, "answers": answers_, "inputs": inputs(one.field, None), "uid": uuid.uuid4().hex}
        )
    return render(
        "adjudicate.html", person, title=f"Adjudicate: {document.title or document.id}", report=seen_report, document=document,
        shown=shown, open=sum(not d.settled for d in seen_report.differences), error=error,
    )  # fmt: skip


def agreement_page(store: Store, person: Person, parts_: Mapping[str, Part]) -> str:
    """Agreement over the reports that both readers finished."""
    both = [i for i, p in parts_.items() if all(p.states[s] == FINISHED for s in (FIRST, SECOND))]
    records, damaged = readable(store, both) if both else ([], {})
    read = [(r, store.decisions(r.document.id)) for r in records]
    return render(
        "agreement.html", person, title="Agreement", found=agreement(read), reports=len(read), damaged=sorted(damaged)
    )


def log_page(store: Store, person: Person, shown: Sequence[Any]) -> str:
    return render("log.html", person, title="Log", events=shown)


def final_page(store: Store, person: Person, counts: Mapping[str, Any], may: bool) -> str:
    finals = ReviewStore(store).finals()
    last = finals[-1].decision if finals else 0
    since = sum(d.key > last for d in store.decisions())
    return render("final.html", person, title="Final versions", finals=finals, counts=counts, since=since, may=may)


def frozen(text: str) -> Markup:
    """Frozen text for HTML: escaped, and a carriage return kept, which a browser would turn into a line feed."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))


_ENVIRONMENT = Environment(
    loader=PackageLoader("extractor.review", "assets"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_ENVIRONMENT.filters |= {
    "frozen": frozen,
    "named": named,
    "said": lambda word: SAID.get(word, word),
    "shown": fact_shown,
}
_ENVIRONMENT.globals |= {"TITLE": TITLE}


def render(template: str, person: Person | None, **content: Any) -> str:
    """A page; its style and script are the very ones whose hashes the policy names."""
    return _ENVIRONMENT.get_template(template).render(
        person=person, style=Markup(STYLE), script=Markup(SCRIPT), **content
    )
