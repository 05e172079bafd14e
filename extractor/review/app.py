"""The server of the curators' page: every request is somebody's, every change is a POST, every answer is made by the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from extractor.errors import CurationError, EvidenceError, StaleError, StoreError
from extractor.review import pages
from extractor.review.blind import FINISHED, Part, local_part, part_of
from extractor.review.deal import deal
from extractor.review.decide import Asked, adjudicate, decide, undo
from extractor.review.form import offered
from extractor.review.guard import Guard
from extractor.review.people import Guesses, Person, Sessions, right_password
from extractor.review.progress import Board
from extractor.store import Decision, Store
from extractor.store.decision import ADJUDICATION, FIRST, SECOND
from extractor.store.review import ASSIGNED, Event, ReviewStore, Said

PART_EVENTS = ("began", "finished", "reopened", ASSIGNED)
Id = Annotated[str, Query(alias="id", min_length=1, max_length=300)]
Report = Annotated[str, Form(min_length=1, max_length=300)]
Check = Annotated[str, Form(max_length=64)]
Short = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=4000)]
Uid = Annotated[str, Form(pattern=r"^[0-9a-f-]{0,64}$")]
Key = Annotated[int, Form(ge=0, le=2**53)]


@dataclass(slots=True)
class Desk:
    """What the server knows: the store, who may come in, and how.

    Attributes
    ----------
    local : str or None
        The stage in which the one person before this machine reads; None: people have accounts, and a part in each report.
    secure : bool
        Whether the cookie is for TLS alone.
    checker : Checker or None
        Says whether the words of a correction say it.
    """

    store: Store
    hosts: Sequence[str]
    origins: Sequence[str]
    local: str | None = FIRST
    secure: bool = False
    cookie: str = "trialspan"
    checker: Any = None
    sessions: Sessions = field(default_factory=Sessions)
    guesses: Guesses = field(default_factory=Guesses)
    board: Board = field(init=False)

    def __post_init__(self) -> None:
        self.board = Board(self.store)
        where = self.store.name if self.store else ""
        where = where if "://" in where else str(Path(where).resolve())
        self.sessions.place = sha256(where.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def log(self) -> ReviewStore:
        return ReviewStore(self.store)

    def part(self, events: Sequence[Event], decisions: Sequence[Decision | Said], person: Person) -> Part:
        """A person's part in one report."""
        if self.local is not None:
            return local_part(events, decisions, person.name, self.local)
        return part_of(events, person.name, person.role)

    def part_in(self, report: str, person: Person) -> tuple[str, Part]:
        """The id of a report, and the person's part in it."""
        id, part, _ = self.read(report, person)
        return id, part

    def read(self, report: str, person: Person) -> tuple[str, Part, list[Decision] | None]:
        """The id of a report, the person's part in it, and the decisions on it, where these had to be read for that."""
        (id,) = self.store.named([report])
        if not self.store.has(id):
            raise StoreError(f"store {self.store.name} has no report {report!r}")
        decisions = self.store.decisions(id) if self.local is not None else None
        return id, self.part(self.log.events(id, *PART_EVENTS), decisions or [], person), decisions

    def parts(self, person: Person) -> dict[str, Part]:
        """The person's part in every report."""
        events: dict[str | None, list[Event]] = {}
        for event in self.log.events(None, *PART_EVENTS):
            events.setdefault(event.document, []).append(event)
        decided = self.log.said()
        ids = [v.id for v in self.store.documents()]
        return {i: self.part(events.get(i, []), decided.get(i, []), person) for i in ids}

    def against(self) -> Any:
        return self.checker.reasons if self.checker else None


class UnknownError(Exception):
    """Nobody has this session."""


class ForbiddenError(Exception):
    """The person may not do this."""


def app_of(desk: Desk) -> FastAPI:
    """The application, without its guard: see :func:`guarded_app`."""
    app = FastAPI(title="Trialspan review", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    _ways_in(app, desk)
    _reading(app, desk)
    _deciding(app, desk)
    _finishing(app, desk)
    _together(app, desk)
    _errors(app)
    return app


def guarded_app(desk: Desk) -> Guard:
    """The application behind its guard."""
    return Guard(app_of(desk), hosts=desk.hosts, origins=desk.origins, policy=pages.POLICY)


def who(request: Request) -> Person:
    """Whose request it is."""
    desk: Desk = request.app.state.desk
    person = desk.sessions.person(request.cookies.get(desk.cookie))
    if person is None:
        raise UnknownError
    if desk.local is None:  # an account that was closed, or has another role now, counts at once
        account = desk.log.accounts().get(person.name)
        if account is None or account.role != person.role:
            raise UnknownError
    return person


Who = Annotated[Person, Depends(who)]


async def checked(request: Request, person: Who) -> Person:
    """Whose form it is: it carries the secret of the person's own pages."""
    form = await request.form()
    if form.get("check") != person.check:
        raise ForbiddenError("this form is of an older page; open the page again")
    return person


Author = Annotated[Person, Depends(checked)]


async def values(request: Request) -> dict[str, str]:
    """The inputs of a field's own form: ``v.n``, ``v.unit``, ..."""
    form = await request.form()
    found = {k[2:]: str(v)[:1000] for k, v in form.items() if k.startswith("v.") and isinstance(v, str)}
    return dict(list(found.items())[:60])


Values = Annotated[dict[str, str], Depends(values)]


def to(place: str, **headers: str) -> RedirectResponse:
    return RedirectResponse(place, 303, headers=headers)


def at(report: str, claim: str = "") -> str:
    return "/report?" + urlencode({"id": report} | ({"claim": claim} if claim else {}))


# ---------------------------------------------------------------- ways in


def _ways_in(app: FastAPI, desk: Desk) -> None:
    def let_in(secret: str) -> Response:
        answer = to("/")
        answer.set_cookie(desk.cookie, secret, httponly=True, samesite="strict", secure=desk.secure, path="/")
        return answer

    @app.get("/enter", response_class=HTMLResponse)
    def enter(token: Annotated[str, Query(max_length=100)] = "") -> str:
        return pages.render("enter.html", None, title="Open the review", token=token, error="")

    @app.post("/enter")
    def use_link(token: Annotated[str, Form(max_length=100)]) -> Response:
        secret = desk.sessions.use(token)
        person = desk.sessions.person(secret)
        if secret is None or person is None:
            desk.log.note("link refused", "nobody")
            error = "This link was used before, or is too old. Start trialspan review again for a new one."
            return HTMLResponse(pages.render("enter.html", None, title="Open the review", token="", error=error), 403)
        desk.log.note("came in", person.name, None, {"by": "link"})
        return let_in(secret)

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return Response(status_code=204)

    @app.get("/login", response_class=HTMLResponse)
    def login_page() -> str:
        return pages.render("login.html", None, title="Log in", error="", local=desk.local is not None)

    @app.post("/login")
    def login(request: Request, name: Short, password: Short) -> Response:
        address = request.client.host if request.client else "?"
        keys = (f"name {name}", f"from {address}")
        wait = desk.guesses.wait(*keys)
        account = desk.log.accounts().get(name) if desk.local is None else None
        if wait or not right_password(account, password) or account is None:
            if not wait:
                desk.guesses.wrong(*keys)
            desk.log.note("log-in refused", "nobody", None, {"name": name[:60], "waits": round(wait)})
            error = f"Too many tries; wait {wait / 60:.0f} minutes." if wait else "Name or password is wrong."
            page = pages.render("login.html", None, title="Log in", error=error, local=desk.local is not None)
            return HTMLResponse(page, 429 if wait else 403)
        desk.guesses.right(*keys)
        desk.log.note("came in", account.name, None, {"by": "password"})
        return let_in(desk.sessions.open(account.name, account.role))

    @app.post("/logout")
    def logout(request: Request, person: Author, check: Check) -> Response:
        desk.sessions.close(request.cookies.get(desk.cookie))
        desk.log.note("went out", person.name)
        return to("/login")


# ---------------------------------------------------------------- reading


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/", response_class=HTMLResponse)
    def reports(person: Who) -> str:
        dealing = desk.local is None and person.role == "admin"
        return pages.list_page(desk.board, person, desk.parts(person), list(desk.log.accounts()) if dealing else [])

    @app.get("/report", response_class=HTMLResponse)
    def report(person: Who, id: Id, claim: Annotated[str, Query(max_length=100)] = "") -> Response:
        return HTMLResponse(shown(desk, person, id, claim))

    @app.get("/adjudicate", response_class=HTMLResponse)
    def adjudication(person: Who, id: Id) -> str:
        id, part = desk.part_in(id, person)
        if part.stage != ADJUDICATION:
            raise ForbiddenError("only a third person adjudicates, when both readers have finished")
        return pages.adjudicate_page(pages.report(desk.store, id, part), person)

    @app.get("/words")
    def words(
        person: Who, field: Annotated[str, Query(max_length=60)], q: Annotated[str, Query(max_length=100)]
    ) -> list[str]:
        return offered(field, q)

    @app.get("/agreement", response_class=HTMLResponse)
    def agreement(person: Who) -> str:
        return pages.agreement_page(desk.store, person, desk.parts(person))

    @app.get("/log", response_class=HTMLResponse)
    def log(person: Who) -> str:
        events = desk.log.events()
        mine = (
            events if person.role == "admin" and desk.local is None else [e for e in events if e.curator == person.name]
        )
        return pages.log_page(desk.store, person, mine[-500:][::-1])

    @app.get("/final", response_class=HTMLResponse)
    def final(person: Who) -> str:
        return pages.final_page(desk.store, person, counts(desk), may_freeze(desk, person))

    @app.get("/final/{version}.jsonl")
    def final_lines(person: Who, version: int) -> Response:
        if blind_somewhere(desk, person):
            raise ForbiddenError("you still read a report without its values; finish that first")
        lines = b"".join(desk.log.final_lines(version))
        name = f"attachment; filename=final-{version}.jsonl"
        return Response(lines, media_type="application/jsonl", headers={"Content-Disposition": name})


def shown(desk: Desk, person: Person, report: str, claim: str = "", *, error: str = "") -> str:
    """The page of a report as a person may see it."""
    id, part, made = desk.read(report, person)
    if part.stage is None:
        document = desk.store.record(id).document
        return pages.render("begin.html", person, title=document.title or id, id=id, part=part, error=error)
    found = pages.report(desk.store, id, part, made)
    return pages.report_page(desk.store, found, person, claim, checker=desk.checker, error=error)


def counts(desk: Desk) -> dict[str, int]:
    """What a final version would hold, and what in it nobody checked."""
    every = desk.board.all()
    found = {
        "reports": len(every), "claims": sum(p.total for p in every), "not decided": sum(p.not_decided for p in every),
        "unsure": sum(p.unsure for p in every), "conflicts": sum(p.conflicts for p in every),
        "differences of two readers": sum(p.differences for p in every),
    }  # fmt: skip
    damaged = sum(bool(p.damage) for p in every)
    return found | ({"damaged": damaged} if damaged else {})


def may_freeze(desk: Desk, person: Person) -> bool:
    return desk.local == FIRST or desk.local == ADJUDICATION or (desk.local is None and person.role == "admin")


def blind_somewhere(desk: Desk, person: Person) -> bool:
    """Whether a person reads some report as its second reader and has not finished."""
    return desk.local == SECOND or any(
        p.stage == SECOND and p.states[SECOND] != FINISHED for p in desk.parts(person).values()
    )


# ---------------------------------------------------------------- deciding


def _deciding(app: FastAPI, desk: Desk) -> None:
    @app.post("/begin")
    def begin(person: Author, report: Report, check: Check) -> Response:
        id = desk.store.record(report).document.id
        if desk.local is not None:
            return to(at(id))
        desk.log.begin(id, person.name)
        return to(at(id))

    @app.post("/decide")
    def decision(
        person: Author, given: Values, report: Report, check: Check,
        verdict: Annotated[str, Form(pattern="^(accept|correct|reject|add|unsure|not_reported|note)$")],
        claim: Short = "", field: Short = "", uid: Uid = "", seen_text: Short = "", seen_decision: Key = 0,
        reason: Short = "", note: Long = "", arm: Annotated[str | None, Form(max_length=300)] = None, quote: Long = "",
        place: Annotated[list[str] | None, Form(max_length=20)] = None, force: Annotated[bool, Form()] = False,
        next: Short = "",
    ) -> Response:  # fmt: skip
        id, part, made = desk.read(report, person)
        asked = Asked(
            id, verdict, claim, field, uid, seen_text, seen_decision, reason, note, arm, quote, tuple(place or ()), force,
            (), given,
        )  # fmt: skip
        here = claim or (f"add:{field}" if verdict == "add" else f"field:{field}")
        try:
            key = decide(desk.store, asked, person.name, part, desk.against(), decisions=made)
        except (CurationError, EvidenceError) as error:
            return HTMLResponse(shown(desk, person, id, here, error=f"Not saved: {error}"), 422)
        except StaleError as error:
            return HTMLResponse(shown(desk, person, id, here, error=f"Not saved: {error}"), 409)
        stay = verdict in ("note", "unsure") or not next
        return to(at(id, claim if stay and verdict == "note" else next), **{"Trialspan-Decision": str(key)})

    @app.post("/undo")
    def take_back(person: Author, report: Report, check: Check, decision: Key, uid: Uid = "") -> Response:
        id, part = desk.part_in(report, person)
        try:
            key = undo(desk.store, id, decision, person.name, part, uid)
        except CurationError as error:
            return HTMLResponse(shown(desk, person, id, error=f"Not saved: {error}"), 409)
        return to(at(id, came_back(desk, id, key, part)), **{"Trialspan-Decision": str(key)})


def _finishing(app: FastAPI, desk: Desk) -> None:
    @app.post("/sweep")
    def sweep(
        person: Author,
        report: Report,
        check: Check,
        place: Annotated[list[str], Form(max_length=400)],
        next: Short = "",
    ) -> Response:
        id, part = desk.part_in(report, person)
        if part.stage is None or part.closed:
            raise ForbiddenError("this reading is finished, or not yours")
        known = {one.id for one in pages.report(desk.store, id, part).unread}
        places = [p for p in place if p in known]
        if places:
            desk.log.note("swept", person.name, id, {"stage": part.stage, "places": places})
        return to(at(id, next or "none") + "#sweep")

    @app.post("/finish")
    def finish(person: Author, report: Report, check: Check) -> Response:
        id, part = desk.part_in(report, person)
        if part.stage not in (FIRST, SECOND) or part.closed:
            raise ForbiddenError("this reading is finished, or not yours")
        missing = pages.report(desk.store, id, part).missing(person.name)
        if missing:
            return HTMLResponse(shown(desk, person, id, error=f"Not finished: {'; '.join(missing)}."), 409)
        desk.log.note("finished", person.name, id, {"stage": part.stage, "decision": desk.log.last_decision()})
        return to(at(id, "none"))

    @app.post("/reopen")
    def reopen(
        person: Author, report: Report, check: Check, reason: Annotated[str, Form(min_length=3, max_length=1000)]
    ) -> Response:
        id, part = desk.part_in(report, person)
        if not part.closed:
            raise ForbiddenError("this reading is not finished, or not yours")
        desk.log.note("reopened", person.name, id, {"stage": part.stage, "reason": reason})
        return to(at(id))


def came_back(desk: Desk, id: str, key: int, part: Part) -> str:
    """The claim or field that an undo brought back, so that it comes in view."""
    made = {d.key: d for d in desk.store.decisions(id)}
    one = made[key]
    while one.undoes is not None:
        one = made[one.undoes]
    found = pages.report(desk.store, id, part)
    keys = {f.key() for f in (*one.targets, *([one.fact] if one.fact else []))}
    claim = next(
        (c.id for c in found.claims if keys & {f.key() for n in c.numbers for f in [found.record.facts[n]]}), ""
    )
    return claim or (f"field:{one.field}" if one.field else "")


# ---------------------------------------------------------------- two readers, and the end


def _together(app: FastAPI, desk: Desk) -> None:
    @app.post("/deal")
    def give(
        person: Author, check: Check, reader: Annotated[list[Short] | None, Form(max_length=200)] = None
    ) -> Response:
        if desk.local is not None or person.role != "admin":
            raise ForbiddenError("only an admin gives reports to readers")
        deal(desk.log, reader or [], person.name)
        return to("/")

    @app.post("/adjudicate")
    def settle(
        person: Author, given: Values, report: Report, check: Check, difference: Short,
        choice: Annotated[str, Form(pattern="^(first|second|neither|own)$")],
        uid: Uid = "", seen_text: Short = "", note: Long = "", arm: Short = "", quote: Long = "",
    ) -> Response:  # fmt: skip
        id, part = desk.part_in(report, person)
        asked = Asked(id, "adjudicate", difference, "", uid, seen_text, note=note, arm=arm, quote=quote, values=given)
        try:
            key = adjudicate(desk.store, asked, person.name, part, choice)
        except (CurationError, EvidenceError, StaleError) as error:
            if part.stage != ADJUDICATION:
                raise ForbiddenError(str(error)) from error
            page = pages.adjudicate_page(pages.report(desk.store, id, part), person, f"Not saved: {error}")
            return HTMLResponse(page, 409 if isinstance(error, StaleError) else 422)
        return to("/adjudicate?" + urlencode({"id": id}), **{"Trialspan-Decision": str(key)})

    @app.post("/final")
    def freeze(person: Author, check: Check, note: Long = "") -> Response:
        if not may_freeze(desk, person) or blind_somewhere(desk, person):
            raise ForbiddenError("only an admin makes a final version")
        found = desk.log.freeze(person.name, counts(desk), note.strip() or None)
        desk.log.note("final version", person.name, None, {"version": found.version, "digest": found.digest})
        return to("/final")


def _errors(app: FastAPI) -> None:
    def answered(request: Request, status: int, error: str) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse({"error": error}, status)
        return HTMLResponse(pages.render("error.html", None, title="Not done", error=error), status)

    @app.exception_handler(UnknownError)
    def unknown(request: Request, _: Exception) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return to("/login")
        return answered(request, 401, "log in first")

    @app.exception_handler(ForbiddenError)
    def forbidden(request: Request, error: Exception) -> Response:
        return answered(request, 403, str(error))

    @app.exception_handler(StoreError)
    def store_error(request: Request, error: Exception) -> Response:
        missing = "has no report" in str(error) or "has no final" in str(error)
        return answered(request, 404 if missing else 409, "there is no such report" if missing else str(error))
