"""The banner behind nginx's proxy_cache, configured as the documentation says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.caches.banner import BannerContract
from tests.caches.processes import run_nginx, serve_asgi, snippets
from tests.caches.visitors import Cache

pytestmark = pytest.mark.nginx

PLAIN, KEYED = snippets("nginx")


@pytest.fixture(scope="module", params=[PLAIN, KEYED], ids=["plain", "keyed"])
def caches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cache]:
    """An nginx with each configuration in turn, which stops after its tests."""
    with ExitStack() as stack:
        origin = stack.enter_context(serve_asgi())
        folder = tmp_path_factory.mktemp("nginx")
        yield Cache(stack.enter_context(run_nginx(request.param, origin=origin, folder=folder)))


class TestBannerBehindNginx(BannerContract):
    # Where it caches it asks the application for the whole page, and hands on what it may not keep.
    confirms = 200

    @pytest.fixture
    def cache(self, caches: Cache) -> Cache:
        return caches
