"""The banner behind Varnish, configured as the documentation says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.caches.banner import BannerContract
from tests.caches.processes import run_varnish, serve_wsgi, snippets
from tests.caches.visitors import Cache

pytestmark = pytest.mark.nginx

PLAIN, KEYED, _ = snippets("vcl")


@pytest.fixture(scope="module", params=[PLAIN, KEYED], ids=["plain", "keyed"])
def caches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cache]:
    """A Varnish with each VCL in turn, which stops after its tests."""
    with ExitStack() as stack:
        origin = stack.enter_context(serve_wsgi())
        folder = tmp_path_factory.mktemp("varnish")
        yield Cache(stack.enter_context(run_varnish(request.param, origin=origin, folder=folder)))


class TestBannerBehindVarnish(BannerContract):
    @pytest.fixture
    def cache(self, caches: Cache) -> Cache:
        return caches
