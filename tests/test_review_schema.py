"""Forms that no person sends: from the server's own description of its routes, and none breaks it or changes what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from extractor.review.app import Desk, app_of, guarded_app
from extractor.review.people import Person
from extractor.store import Store
from tests.review_server import stroke

BASE = "http://127.0.0.1:8765"
FEW = settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck), database=None,
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Store.open(tmp_path_factory.mktemp("schema") / "review.db") as store:
        store.add(stroke())
        yield Desk(store, ["127.0.0.1:8765"], [BASE])


@pytest.fixture(scope="module")
def http(desk: Desk) -> TestClient:
    return TestClient(guarded_app(desk), base_url=BASE, headers={"Origin": BASE})


DESCRIPTION = app_of(Desk(None, [], [])).openapi()  # type: ignore[arg-type]
ROUTES = [(path, method) for path, kinds in sorted(DESCRIPTION["paths"].items()) for method in sorted(kinds)]


@pytest.mark.parametrize(("path", "method"), ROUTES, ids=lambda word: word)
def test_no_request_breaks_the_server(desk: Desk, http: TestClient, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_dict(DESCRIPTION)[path][method]

    @FEW
    @given(case=operation.as_strategy())
    def sent(case: schemathesis.Case) -> None:
        desk.sessions._open["session"] = Person("ann", "curator", "check", 1e18)
        body = case.body if isinstance(case.body, dict) else {}
        body |= {"check": "check", "report": "stroke1"} if "check" in body else {}
        http.cookies.set(desk.cookie, "session")
        url = case.path.format(**case.path_parameters) if case.path_parameters else case.path
        words = {k: v for k, v in body.items() if isinstance(v, str | int | list)}
        given_ = {"params": _query(case.query)} if method == "get" else {"data": words}
        answer = http.request(method.upper(), _quoted(url), follow_redirects=False, **given_)  # type: ignore[arg-type]
        assert answer.status_code < 500, answer.text[:400]
        assert "content-security-policy" in answer.headers and "Traceback" not in answer.text

    sent()
    assert {d.curator for d in desk.store.decisions()} <= {"ann"}


def _query(found: object) -> dict[str, str]:
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _quoted(url: str) -> str:
    return quote(url, safe="/")


def test_every_route_is_described() -> None:
    assert {"/decide", "/undo", "/sweep", "/adjudicate", "/final", "/login"} <= set(DESCRIPTION["paths"])
    assert {method for _, method in ROUTES} == {"get", "post"}
