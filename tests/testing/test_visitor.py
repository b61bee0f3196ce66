"""A visitor in a test chooses as a browser does, whichever client sends the requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.test.utils import override_settings

from consentgate import ConfigurationError, Policy
from consentgate.testing import AsyncVisitor, ConsentViolation, FakeClock, Visitor
from consentgate.testing.clients import read_response
from consentgate.testing.visitor import run
from tests.testing.sites import ASYNC_CLIENTS, CLIENTS, POLICY, use_flask, use_starlette, wsgi_app

Use = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(params=list(CLIENTS.values()), ids=list(CLIENTS))
def use(request: pytest.FixtureRequest) -> Use:
    """Make a client of each kind, on a site behind a gate of these options."""
    found: Use = request.param
    return found


@pytest.fixture
def visitor(use: Use) -> Iterator[Visitor]:
    with use() as client:
        yield Visitor(client)


def names(visitor: Visitor, path: str = "/") -> set[str]:
    """The names of the cookies that a page sets."""
    return {value.partition("=")[0] for value in visitor.get(path).set_cookies}


def test_who_has_not_chosen_gets_what_is_necessary(visitor: Visitor) -> None:
    assert names(visitor) == {"session"}


def test_who_accepts_gets_what_is_declared(visitor: Visitor) -> None:
    visitor.accept()

    assert names(visitor) == {"session", "visits", "_fbp"}


def test_who_refuses_gets_what_is_necessary(visitor: Visitor) -> None:
    visitor.refuse()

    assert names(visitor) == {"session"}


def test_who_chooses_gets_what_was_chosen(visitor: Visitor) -> None:
    visitor.choose("statistics")

    assert names(visitor) == {"session", "visits"}


def test_who_changes_the_choice_loses_what_was_allowed(visitor: Visitor) -> None:
    visitor.accept()
    visitor.get("/")
    visitor.choose("marketing")

    assert names(visitor) == {"session", "_fbp"}


def test_who_withdraws_gets_what_is_necessary(visitor: Visitor) -> None:
    visitor.accept()
    visitor.withdraw()

    assert names(visitor, "/") == {"session"}


def test_a_withdrawal_of_nothing_changes_nothing(visitor: Visitor) -> None:
    visitor.withdraw()

    assert 'value="accept"' in visitor.get("/").text


def test_who_is_undecided_again_is_asked_again(visitor: Visitor) -> None:
    visitor.refuse()
    after_refusal = visitor.get("/").text
    visitor.undecided()

    assert 'value="accept"' not in after_refusal
    assert 'value="accept"' in visitor.get("/").text


@pytest.mark.parametrize("name", ["Starlette", "FastAPI", "Django", "httpx"])
def test_undecided_keeps_the_other_cookies(name: str) -> None:
    with CLIENTS[name]() as client:
        visitor = Visitor(client)
        visitor.get("/plain")
        visitor.accept()
        visitor.undecided()

        assert set(client.cookies) == {"session"}


@pytest.mark.parametrize("name", ["Flask", "Werkzeug"])
def test_undecided_keeps_the_other_cookies_of_a_client_of_werkzeug(name: str) -> None:
    with CLIENTS[name]() as client:
        visitor = Visitor(client)
        visitor.get("/plain")
        visitor.accept()
        visitor.undecided()

        assert client.get_cookie("session") is not None
        assert client.get_cookie(POLICY.preferences_cookie) is None


def test_the_client_has_the_choice(use: Use) -> None:
    with use() as client:
        Visitor(client).choose("statistics")
        method, _, values = read_response(client.get("/"))

    assert method == "GET"
    assert "visits" in {value.partition("=")[0] for value in values}


def test_a_choice_leads_back_to_the_page_that_was_open(visitor: Visitor) -> None:
    visitor.get("/plain?q=1")

    page = visitor.accept()

    assert page.url.endswith("/plain?q=1")
    assert (page.status, "a page" in page.text) == (200, True)


def test_a_first_visit_by_the_preferences_page_stays_there(visitor: Visitor) -> None:
    assert visitor.accept().url.endswith("/consent/")


def test_a_redirect_is_returned(visitor: Visitor) -> None:
    page = visitor.get("/old")

    assert page.is_redirect
    assert page.header("Location").endswith("/")


def test_a_form_is_sent_from_the_page_that_is_open(visitor: Visitor) -> None:
    visitor.get("/plain")

    assert visitor.post("/", {"name": "Ada"}).status == 200


def test_the_policy_is_that_of_the_site(visitor: Visitor) -> None:
    before = visitor.policy
    visitor.get("/")

    assert before is None
    assert visitor.policy is not None
    assert visitor.policy.categories == ("necessary", "statistics", "marketing")


def test_a_visitor_goes_to_another_origin(use: Use) -> None:
    with use(secure=True) as client:
        visitor = Visitor(client, origin="https://shop.example.org/")
        visitor.accept()

        assert names(visitor) == {"session", "visits", "_fbp"}


def test_a_choice_that_its_cookie_does_not_survive_is_a_failure(use_kept: Use) -> None:
    with use_kept(secure=True) as client:
        host = Visitor(client).get("/").url.partition("://")[2].strip("/")

        with pytest.raises(ConsentViolation) as failed:
            Visitor(client).accept()

    assert str(failed.value) == (
        "The choice 'accept' was made and not kept: the state is statistics undecided, marketing "
        "undecided. Its cookie is Secure and the visit was over http, so that it is not sent back: "
        f"visit by origin='https://{host}'."
    )


@pytest.fixture(params=["Starlette", "httpx"])
def use_kept(request: pytest.FixtureRequest) -> Use:
    """Clients that keep a Secure cookie from http, as browsers do."""
    return CLIENTS[request.param]


def broken(answer: Callable[[httpx.Request], httpx.Response]) -> Visitor:
    """A visitor of a site on which something between the gate and the browser answers some
    requests itself."""
    gated = httpx.WSGITransport(wsgi_app())

    def handle(request: httpx.Request) -> httpx.Response:
        own = answer(request)
        return own if own.status_code != 599 else gated.handle_request(request)

    return Visitor(httpx.Client(transport=httpx.MockTransport(handle)))


def test_a_preferences_page_that_does_not_open_is_a_failure() -> None:
    visitor = broken(
        lambda request: httpx.Response(503 if request.url.path == "/consent/" else 599)
    )

    with pytest.raises(ConsentViolation) as failed:
        visitor.accept()

    assert str(failed.value) == (
        "The preferences page answered 503, so that nobody can choose there: "
        "GET http://testserver/consent/"
    )


def test_a_choice_whose_effect_cannot_be_seen_is_a_failure() -> None:
    visitor = broken(lambda request: httpx.Response(503 if "state" in request.url.path else 599))

    with pytest.raises(ConsentViolation, match=r"was made and not kept: the state is unknown\.$"):
        visitor.accept()


def test_a_category_that_does_not_exist_is_a_failure(visitor: Visitor) -> None:
    with pytest.raises(
        ConsentViolation,
        match=r"400: the policy has no category 'statistcs'; it asks about statistics, marketing.",
    ):
        visitor.choose("statistcs")


def test_where_nothing_is_asked_that_is_said() -> None:
    with (
        use_flask(policy=Policy(necessary=["session"])) as client,
        pytest.raises(ConsentViolation, match="'statistics'; it asks about nothing"),
    ):
        Visitor(client).choose("statistics")


def test_a_choice_that_is_turned_away_is_a_failure_with_the_reason(use: Use) -> None:
    with use() as client:
        steps = Visitor(client)._behaviour

        with pytest.raises(ConsentViolation, match=r"'maybe' answered 400: '.*Example Town'. The"):
            run(steps, steps.choose("maybe"))


@pytest.mark.parametrize("act", [Visitor.accept, Visitor.undecided])
def test_without_a_gate_that_is_said(use: Use, act: Callable[[Visitor], object]) -> None:
    with use(prefix="/cookies") as client:
        with pytest.raises(
            ConsentViolation, match=r"^No gate answers at http.*/consent/policy.json"
        ):
            act(Visitor(client))

        Visitor(client, prefix="/cookies").accept()


def test_django_s_client_needs_the_middleware_class() -> None:
    with (
        override_settings(ROOT_URLCONF="tests.testing.sites"),
        pytest.raises(
            ConsentViolation, match=r"does not call wsgi.py or asgi.py: list 'consentgate"
        ),
    ):
        Visitor(Client()).accept()


def test_a_clock_moves_a_choice_to_its_end(use: Use) -> None:
    clock = FakeClock()
    with use(clock=clock) as client:
        visitor = Visitor(client)
        visitor.accept()
        clock.advance(days=182)
        last_day = names(visitor)
        clock.advance(timedelta(days=1))

        assert last_day == {"session", "visits", "_fbp"}
        assert names(visitor) == {"session"}


# What cannot be a visitor's


@pytest.mark.parametrize("client", [object(), POLICY])
def test_what_is_no_client_is_an_error(client: object) -> None:
    with pytest.raises(ConfigurationError, match="is no test client that is known: pass"):
        Visitor(client)


def test_a_client_that_must_be_awaited_is_an_error() -> None:
    with (
        ASYNC_CLIENTS["httpx"]() as client,
        pytest.raises(ConfigurationError, match="AsyncClient returns must be awaited"),
    ):
        Visitor(client)


def test_a_client_that_answers_at_once_is_an_error_to_the_other() -> None:
    with (
        use_starlette() as client,
        pytest.raises(ConfigurationError, match="TestClient answers at once: use Visitor"),
    ):
        AsyncVisitor(client)


# Clients that are awaited


@pytest.fixture(params=list(ASYNC_CLIENTS.values()), ids=list(ASYNC_CLIENTS))
def async_visitor(request: pytest.FixtureRequest) -> Iterator[AsyncVisitor]:
    with request.param() as client:
        yield AsyncVisitor(client)


async def tour(visitor: AsyncVisitor) -> list[set[str]]:
    """The names of the cookies that the page at / sets, after each thing that a visitor does."""
    found = []
    for act in (
        lambda: visitor.get("/"),
        visitor.accept,
        visitor.refuse,
        lambda: visitor.choose("statistics"),
        visitor.withdraw,
        visitor.undecided,
        lambda: visitor.post("/", {}),
    ):
        await act()
        page = await visitor.get("/")
        found.append({value.partition("=")[0] for value in page.set_cookies})
    return found


def test_a_client_that_is_awaited_does_the_same(async_visitor: AsyncVisitor) -> None:
    assert asyncio.run(tour(async_visitor)) == [
        {"session"},
        {"session", "visits", "_fbp"},
        {"session"},
        {"session", "visits"},
        {"session"},
        {"session"},
        {"session"},
    ]
    assert async_visitor.policy is not None


def test_httpx_without_an_address_goes_to_a_test_server() -> None:
    with httpx.Client(transport=httpx.WSGITransport(wsgi_app())) as client:
        assert Visitor(client).get("/").url == "http://testserver/"


def test_django_s_client_that_is_awaited_knows_one_host() -> None:
    with ASYNC_CLIENTS["Django"](secure=True) as client:
        assert asyncio.run(AsyncVisitor(client, origin="https://testserver").accept()).status == 200

        with pytest.raises(ConfigurationError, match="pass origin='https://testserver'"):
            asyncio.run(AsyncVisitor(client, origin="https://shop.example.org").accept())
