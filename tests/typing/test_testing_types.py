"""A site's tests as its developers write them, as a type checker sees them.

Each `type: ignore` is an expectation: mypy warns about one that is not needed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import assert_type

import flask
import httpx
import pytest
from flask.testing import FlaskClient

from consentgate import Controller, Cookie, Gate, Policy
from consentgate.testing import (
    AsyncVisitor,
    ConsentViolation,
    FakeClock,
    Page,
    Visitor,
    assert_nothing_before_consent,
    assert_only,
    signed_preferences,
)
from consentgate.wsgi import ConsentMiddleware

KEY = "for tests only, of 32 characters"
POLICY = Policy(
    cookies=[Cookie("visits", category="statistics", provider="Town", purpose="Counts.")],
    controller=Controller("Example Town"),
)


@pytest.fixture
def app(clock: FakeClock) -> flask.Flask:
    app = flask.Flask("typed")
    app.add_url_rule("/", view_func=lambda: "<body>a page")
    app.wsgi_app = ConsentMiddleware(  # type: ignore[method-assign]  # as Flask's own docs do
        app.wsgi_app, policy=POLICY, secret_key=KEY, clock=clock
    )
    return app


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 5, 1, tzinfo=UTC))


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    return app.test_client()


def test_a_visitor_chooses(client: FlaskClient, clock: FakeClock) -> None:
    visitor = Visitor(client)
    assert_type(visitor.get("/"), Page)
    assert_type(visitor.accept(), Page)
    assert_type(visitor.choose("statistics"), Page)
    assert_type(visitor.get("/").status, int)
    assert_type(visitor.get("/").set_cookies, tuple[str, ...])
    assert_type(visitor.get("/").header("vary"), str)
    visitor.undecided()
    clock.advance(days=1)
    clock.advance(timedelta(hours=1))

    assert_only({"necessary"}, visitor.get("/"))
    assert_only({"necessary"}, client.get("/"), policy=POLICY)


def test_an_application_is_visited(app: flask.Flask) -> None:
    assert_nothing_before_consent(app, ["/"])
    assert_nothing_before_consent(app, ("/" for _ in range(1)), policy=POLICY)


def test_a_choice_is_signed() -> None:
    assert_type(signed_preferences(POLICY, KEY, "statistics", on=date(2026, 5, 1)), str)


def test_the_fixtures_have_types() -> None:
    def test_judging(consent_gate: Gate, visitor: Visitor) -> None:  # pragma: no cover (typed)
        assert_type(consent_gate.filter([], consent_gate.consent_for()), list[str])
        assert_type(visitor.refuse(), Page)

    async def test_awaiting(async_visitor: AsyncVisitor) -> None:  # pragma: no cover (typed)
        assert_type(await async_visitor.refuse(), Page)

    assert test_judging.__name__ != test_awaiting.__name__


def test_mistakes_are_reported() -> None:
    with pytest.raises(ConsentViolation):
        Visitor(httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(404)))).accept()
    with pytest.raises(TypeError):
        signed_preferences(POLICY)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        FakeClock().advance(day=1)
