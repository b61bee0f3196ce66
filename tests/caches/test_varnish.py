"""Varnish in front of the gate, configured as the documentation says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from consentgate.cli.cache_config.texts import cache_config_text
from tests.caches.contract import SHARED, CacheContract
from tests.caches.keyed import IGNORED, IgnoringCacheContract, KeyedCacheContract
from tests.caches.origin import ALLOWED, ALLOWED_YESTERDAY, POLICY, REFUSED
from tests.caches.processes import run_varnish, serve_wsgi, snippets
from tests.caches.visitors import Cache

pytestmark = pytest.mark.nginx

PLAIN, KEYED, FASTLY = snippets("vcl")
IGNORING = cache_config_text("varnish", cookie=POLICY.preferences_cookie, ignored=IGNORED)

Start = Callable[[str], Cache]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a Varnish with this VCL, which stops after the module's tests."""
    with ExitStack() as stack:
        origin = stack.enter_context(serve_wsgi())

        def start_varnish(vcl: str) -> Cache:
            folder = tmp_path_factory.mktemp("varnish")
            return Cache(stack.enter_context(run_varnish(vcl, origin=origin, folder=folder)))

        yield start_varnish


@pytest.fixture(scope="module")
def plain(start: Start) -> Cache:
    return start(PLAIN)


@pytest.fixture(scope="module")
def keyed(start: Start) -> Cache:
    return start(KEYED)


class TestVarnish(CacheContract):
    @pytest.fixture
    def cache(self, plain: Cache) -> Cache:
        return plain


@pytest.fixture(scope="module")
def ignoring(start: Start) -> Cache:
    return start(IGNORING)


class TestVarnishKeyedOnTheChoice(KeyedCacheContract):
    @pytest.fixture
    def cache(self, keyed: Cache) -> Cache:
        return keyed


class TestVarnishPassingOverTrackers(IgnoringCacheContract):
    @pytest.fixture
    def cache(self, ignoring: Cache) -> Cache:
        return ignoring


def test_varnish_compiles_and_runs_what_the_configuration_of_fastly_shares_with_its_own(
    start: Start,
) -> None:
    """Fastly's dialect has other words for the key and for what passes: those are put in here."""
    recv = FASTLY.partition("    if (req.method !=")[0].replace("#FASTLY recv", "")
    head, _, tail = KEYED.partition("sub vcl_recv {")
    own = tail.partition("sub vcl_req_cookie")[2]
    cache = start(f"{head}{recv}}}\n\nsub vcl_req_cookie{own}")
    page = cache.page(SHARED, do="ask")

    bodies = [page.visit(cookie).body for cookie in (ALLOWED, ALLOWED_YESTERDAY, REFUSED)]

    assert bodies == ["1 allowed", "1 allowed", "2 not allowed"]


class TestWhatNotToDo:
    """Each of these breaks what the site relies on, and shows that the tests would see it."""

    def test_unsetting_set_cookie_serves_the_page_of_a_session_to_all(self, start: Start) -> None:
        cache = start(f"{PLAIN}sub vcl_backend_response {{ unset beresp.http.Set-Cookie; }}")
        page = cache.page(SHARED, "Set-Cookie: session={n}")

        assert [page.visit().body for _ in range(2)] == ["1", "1"]

    def test_unsetting_the_cookie_header_makes_every_choice_unseen(self, start: Start) -> None:
        cache = start(f"{PLAIN}sub vcl_recv {{ unset req.http.Cookie; }}")
        page = cache.page(SHARED, do="ask")

        assert page.visit(ALLOWED).body == "1 not allowed"
