"""nginx's proxy_cache in front of the gate, configured as the documentation says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from consentgate.cli.cache_config.texts import cache_config_text
from tests.caches.contract import SHARED, TRACKER, CacheContract
from tests.caches.keyed import IGNORED, IgnoringCacheContract, KeyedCacheContract
from tests.caches.origin import ALLOWED, POLICY, REFUSED
from tests.caches.processes import run_nginx, serve_asgi, snippets
from tests.caches.visitors import Cache

pytestmark = pytest.mark.nginx

PLAIN, KEYED = snippets("nginx")
IGNORING = cache_config_text(
    "nginx", cookie=POLICY.preferences_cookie, ignored=IGNORED, varied=["Accept-Language"]
)

Start = Callable[[str], Cache]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts an nginx with the configuration of a site, which stops after the module's tests."""
    with ExitStack() as stack:
        origin = stack.enter_context(serve_asgi())

        def start_nginx(site: str) -> Cache:
            folder = tmp_path_factory.mktemp("nginx")
            return Cache(stack.enter_context(run_nginx(site, origin=origin, folder=folder)))

        yield start_nginx


@pytest.fixture(scope="module")
def plain(start: Start) -> Cache:
    return start(PLAIN)


@pytest.fixture(scope="module")
def keyed(start: Start) -> Cache:
    return start(KEYED)


class TestNginx(CacheContract):
    @pytest.fixture
    def cache(self, plain: Cache) -> Cache:
        return plain

    def test_its_own_header_does_not_make_a_page_shared_whose_cookie_was_stripped(
        self, cache: Cache
    ) -> None:
        headers = ("X-Accel-Expires: 60", "Cache-Control: no-store")
        without, stripped = cache.page(*headers), cache.page(*headers, TRACKER)

        assert [without.visit().body for _ in range(2)] == ["1", "1"]
        assert [stripped.visit().body for _ in range(2)] == ["1", "2"]

    def test_a_second_vary_does_not_hide_the_first(self, cache: Cache) -> None:
        page = cache.page(SHARED, "Vary: Cookie", "Vary: Accept-Encoding", do="ask")

        assert [page.visit(cookie).body[2:] for cookie in (ALLOWED, REFUSED)] == [
            "allowed",
            "not allowed",
        ]

    def test_it_says_what_it_did(self, cache: Cache) -> None:
        page = cache.page(SHARED)

        assert [page.visit().all("x-cache-status") for _ in range(2)] == [["MISS"], ["HIT"]]


@pytest.fixture(scope="module")
def ignoring(start: Start) -> Cache:
    return start(IGNORING)


class TestNginxKeyedOnTheChoice(KeyedCacheContract):
    @pytest.fixture
    def cache(self, keyed: Cache) -> Cache:
        return keyed

    def test_a_page_that_varies_on_more_than_the_key_has_is_not_kept(self, cache: Cache) -> None:
        page = cache.page(SHARED, "Vary: Accept-Encoding, Accept-Language")

        assert [page.visit().body for _ in range(2)] == ["1", "2"]


class TestNginxPassingOverTrackers(IgnoringCacheContract):
    @pytest.fixture
    def cache(self, ignoring: Cache) -> Cache:
        return ignoring

    def test_a_page_that_varies_on_a_header_of_the_key_is_kept_for_each(self, cache: Cache) -> None:
        page = cache.page(SHARED, "Vary: Accept-Language")

        bodies = [page.visit(headers=[("Accept-Language", tag)]).body for tag in ("fr", "en", "fr")]

        assert bodies == ["1", "2", "1"]


class TestWhatNotToDo:
    """Each of these breaks what the site relies on, and shows that the tests would see it."""

    def start_with(self, line: str, start: Start) -> Cache:
        return start(PLAIN.replace("proxy_cache site;", f"proxy_cache site; {line}"))

    def test_ignoring_set_cookie_serves_a_session_to_all(self, start: Start) -> None:
        cache = self.start_with("proxy_ignore_headers Set-Cookie;", start)
        necessary = cache.page(SHARED, "Set-Cookie: session={n}")
        consented = cache.page(SHARED, TRACKER)

        assert [necessary.visit().cookies for _ in range(2)] == [["session=1"], ["session=1"]]
        assert [consented.visit(ALLOWED).cookies for _ in range(2)] == [["_ga=1"], ["_ga=2"]]

    def test_ignoring_cache_control_serves_a_page_whose_cookie_was_stripped_to_all(
        self, start: Start
    ) -> None:
        cache = self.start_with("proxy_ignore_headers Cache-Control;", start)
        page = cache.page(TRACKER)

        assert [page.visit().body for _ in range(2)] == ["1", "1"]

    def test_ignoring_vary_shows_who_refused_the_page_of_who_allowed(self, start: Start) -> None:
        cache = self.start_with("proxy_ignore_headers Vary;", start)
        page = cache.page(SHARED, do="ask")

        assert [page.visit(cookie).body for cookie in (ALLOWED, REFUSED)] == [
            "1 allowed",
            "1 allowed",
        ]
