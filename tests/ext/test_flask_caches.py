"""Caches inside of a Flask application: what was made for one answer is given to no other."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import flask
import pytest

from consentgate import Enforcement, get_consent
from consentgate.ext.flask import ConsentGate, consent_allows, current_consent, requires_consent
from consentgate.ext.flask.caches import GuardedStore, guard_stores
from tests.support.app_calls import run_wsgi
from tests.support.exchange import POLICY, SECRET, Ask, Clock, preferences_for
from tests.support.minimal_servers import wsgi_gate
from tests.support.requirements import require

pytestmark = pytest.mark.behaviour(34)

ALLOWED = preferences_for("statistics", "marketing")
REFUSED = preferences_for()
ORDERS = [(ALLOWED, REFUSED, ""), ("", REFUSED, ALLOWED)]


def answer() -> str:
    return "counted" if consent_allows("statistics") else "alone"


def create(**config: Any) -> flask.Flask:
    app = flask.Flask("cached")
    app.config |= {
        "SECRET_KEY": SECRET,
        "CONSENTGATE_POLICY": POLICY,
        "CONSENTGATE_SECRET_KEY": SECRET,
        "CONSENTGATE_CLOCK": Clock(),
        "CONSENTGATE_BANNER": "manual",  # nothing but what the views say
        **config,
    }
    return app


def visit(app: flask.Flask, cookie: str = "", path: str = "/page") -> tuple[str, list[str]]:
    """The body of a page, and its Vary."""
    status, headers, body = run_wsgi(app, Ask(path=path, cookie=cookie))
    assert status == 200, body
    return body.decode(), [value for name, value in headers if name == "vary"]


# Flask-Caching


class Site:
    """An application with Flask-Caching and the gate, in the order of most."""

    def __init__(self, **config: Any) -> None:
        require_caching()
        self.app = create(**config)
        self.cache = import_module("flask_caching").Cache(config={"CACHE_TYPE": "SimpleCache"})
        ConsentGate(self.app)
        self.cache.init_app(self.app)
        self.runs = 0

    def show(self, view: Callable[[], Any]) -> None:
        """Let this view answer."""
        self.app.add_url_rule("/page", endpoint="page", view_func=view)

    def answer(self) -> str:
        """Ask, and count how often."""
        self.runs += 1
        return answer()

    def visit(self, cookie: str = "") -> tuple[str, list[str]]:
        """The body of the page, and its Vary."""
        return visit(self.app, cookie)

    def bodies(self, *cookies: str) -> list[str]:
        """The body of the page for each visitor in turn."""
        return [self.visit(cookie)[0] for cookie in cookies]


def require_caching() -> None:
    require(find_spec("flask_caching"), "Flask-Caching")


@pytest.fixture
def site() -> Site:
    return Site()


def by_cached(site: Site) -> Callable[[], Any]:
    return site.cache.cached(60)(site.answer)  # type: ignore[no-any-return]


def by_cached_with_a_key(site: Site) -> Callable[[], Any]:
    return site.cache.cached(60, make_cache_key=lambda: "own")(site.answer)  # type: ignore[no-any-return]


def by_cached_that_may_be_none(site: Site) -> Callable[[], Any]:
    return site.cache.cached(60, cache_none=True)(site.answer)  # type: ignore[no-any-return]


def by_memoize(site: Site) -> Callable[[], Any]:
    return site.cache.memoize(60)(site.answer)  # type: ignore[no-any-return]


def by_part(site: Site) -> Callable[[], Any]:
    part = site.cache.cached(60, key_prefix="part")(site.answer)
    return lambda: f"[{part()}]"


def by_parts_of_parts(site: Site) -> Callable[[], Any]:
    inner = site.cache.cached(60, key_prefix="inner")(site.answer)
    return site.cache.cached(60)(lambda: f"[{inner()}]")  # type: ignore[no-any-return]


def by_fragment(site: Site) -> Callable[[], Any]:
    site.app.jinja_env.globals["answer"] = site.answer
    return lambda: flask.render_template_string(
        "{% cache 60, 'part' %}{{ answer() }}{% endcache %}"
    )


def by_fragment_of_a_variable(site: Site) -> Callable[[], Any]:
    text = "{% cache 60, 'part' %}{{ answer }}{% endcache %}"
    return lambda: flask.render_template_string(text, answer=site.answer())


VIEWS = [
    *(by_cached, by_cached_with_a_key, by_cached_that_may_be_none, by_memoize, by_part),
    *(by_parts_of_parts, by_fragment, by_fragment_of_a_variable),
]


@pytest.mark.parametrize("order", ORDERS, ids=["allowed first", "undecided first"])
@pytest.mark.parametrize("view", VIEWS)
def test_what_is_cached_is_given_to_the_same_answer_only(
    site: Site, view: Callable[[Site], Any], order: tuple[str, ...]
) -> None:
    site.show(view(site))

    shown = {cookie: [site.visit(cookie) for _ in range(2)] for cookie in order}

    assert all("counted" in body for body, _ in shown[ALLOWED])
    assert all("alone" in body for body, _ in shown[REFUSED] + shown[""])
    assert {tuple(vary) for found in shown.values() for _, vary in found} == {("Cookie",)}


@pytest.mark.parametrize("view", VIEWS[:-1])
def test_it_is_kept_for_each_answer(site: Site, view: Callable[[Site], Any]) -> None:
    site.show(view(site))

    site.bodies(ALLOWED, REFUSED, "", ALLOWED, REFUSED, "", ALLOWED)

    assert site.runs == 3


def test_what_asks_nothing_is_kept_for_everybody(site: Site) -> None:
    words = iter(["first", "second"])
    site.show(site.cache.cached(60)(lambda: next(words)))

    assert [site.visit(cookie) for cookie in (ALLOWED, REFUSED, "")] == [("first", [])] * 3


@pytest.mark.parametrize(
    "options",
    [{}, {"query_string": True}, {"key_prefix": "home"}, {"make_cache_key": lambda: "own"}],
    ids=["path", "query", "prefix", "own key"],
)
@pytest.mark.parametrize(
    "returned",
    [str, str.encode, flask.Response, lambda text: (text, 200)],
    ids=["text", "bytes", "response", "tuple"],
)
def test_a_view_that_asked_before_it_was_looked_for_is_kept_apart_too(
    site: Site, options: dict[str, Any], returned: Callable[[str], Any]
) -> None:
    @site.app.before_request
    def ask() -> None:
        flask.g.answer = answer()

    site.show(site.cache.cached(60, **options)(lambda: returned(flask.g.answer)))

    assert site.bodies(ALLOWED, REFUSED, ALLOWED) == ["counted", "alone", "counted"]


def test_a_view_that_needs_consent_is_cached_outside_of_the_question(site: Site) -> None:
    site.app.register_error_handler(403, lambda _: "needed")
    instead = requires_consent("statistics", response=lambda: "needed")
    site.show(site.cache.cached(60)(instead(lambda: "report")))

    assert site.bodies("", ALLOWED, "") == ["needed", "report", "needed"]


def test_deleting_a_key_deletes_the_values_for_all_answers(site: Site) -> None:
    site.show(by_cached(site))
    site.bodies(ALLOWED, REFUSED)
    with site.app.app_context():
        site.cache.delete("view//page")

    site.bodies(ALLOWED, REFUSED)

    assert site.runs == 4


def test_a_page_that_reads_the_whole_choice_is_not_kept(site: Site) -> None:
    days: list[str] = []

    def page() -> str:
        days.append(str(current_consent.value.day))
        return days[-1]

    site.show(site.cache.cached(60)(page))
    site.bodies(ALLOWED, ALLOWED)

    assert len(days) == 2


def test_a_page_for_which_no_choice_was_needed_is_not_kept() -> None:
    asked = iter([Enforcement.NOT_REQUIRED, Enforcement.ENFORCE])
    site = Site(CONSENTGATE_REQUIRED=lambda _: next(asked))
    site.show(by_cached(site))

    assert site.bodies("", "") == ["counted", "alone"]


def test_the_sites_own_values_are_the_same_for_all_visitors(site: Site) -> None:
    def count() -> str:
        answer()
        seen: int = (site.cache.get("seen") or 0) + 1
        site.cache.set("seen", seen)
        return str(seen)

    site.show(count)

    assert site.bodies(ALLOWED, REFUSED, "") == ["1", "2", "3"]


def test_outside_of_a_request_the_values_for_answers_are_nobodys(site: Site) -> None:
    site.show(by_cached(site))
    site.visit(ALLOWED)

    with site.app.app_context():
        found = site.cache.get("view//page"), site.cache.has("view//page")
        site.cache.set("own", 1)
        own = site.cache.get("own"), site.cache.has("own"), site.cache.has("other")

    assert found == (None, False)
    assert own == (1, True, False)


def test_the_store_is_the_sites_own_in_all_else(site: Site) -> None:
    site.show(by_cached(site))
    site.visit()

    store = site.app.extensions["cache"][site.cache]

    assert isinstance(store, GuardedStore)
    assert store.default_timeout == 300


def test_behind_the_plain_middleware_one_call_does_the_same() -> None:
    require_caching()
    app = flask.Flask("plain")
    cache = import_module("flask_caching").Cache(app, config={"CACHE_TYPE": "SimpleCache"})
    app.add_url_rule("/page", endpoint="page", view_func=cache.cached(60)(by_request))
    app.wsgi_app = wsgi_gate(app.wsgi_app)  # type: ignore[method-assign]
    for _ in range(2):
        guard_stores(app)

    assert [visit(app, cookie)[0] for cookie in (ALLOWED, REFUSED)] == ["counted", "alone"]
    assert not isinstance(app.extensions["cache"][cache]._store, GuardedStore)


def by_request() -> str:
    return "counted" if get_consent(flask.request).allows("statistics") else "alone"


# Other caches


def test_the_response_says_what_it_depends_on_when_the_application_looks_at_it() -> None:
    app, seen = create(), list[str]()
    ConsentGate(app)
    app.add_url_rule("/page", endpoint="page", view_func=answer)
    app.add_url_rule("/other", endpoint="other", view_func=lambda: "news")
    app.add_url_rule(
        "/value", endpoint="value", view_func=lambda: str(current_consent.value.granted)
    )

    @app.after_request
    def look(response: flask.Response) -> flask.Response:
        seen.append(response.headers.get("Vary", ""))
        return response

    vary = [visit(app, path=path)[1] for path in ("/page", "/other", "/value")]

    assert seen == ["Cookie", "", "Cookie, Sec-GPC"]
    assert vary == [["Cookie"], [], ["Cookie, Sec-GPC"]]


def test_an_extension_of_another_kind_is_let_alone() -> None:
    app = create()
    app.extensions["cache"] = other = object()
    ConsentGate(app)
    app.add_url_rule("/page", endpoint="page", view_func=answer)

    assert visit(app)[0] == "alone"
    assert app.extensions["cache"] is other
