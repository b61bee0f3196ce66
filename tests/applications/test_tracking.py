"""The trackers inside the gate do leave where there is no gate: so the other tests can fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasette.app import Datasette

from tests.applications.blog import create_blog
from tests.applications.tracking import TRACKER_NAMES, track_asgi, track_wsgi
from tests.support.http_servers import names_set, serve_asgi, serve_wsgi, visit


def test_without_the_gate_trackers_leave_under_wsgi(tmp_path: Path) -> None:
    app = track_wsgi(create_blog(tmp_path / "blog.db"))
    with serve_wsgi(app) as address, visit(address) as browser:
        left = names_set(browser.get("/"))

    assert set(left) == TRACKER_NAMES


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::pytest.PytestWarning"
)
def test_without_the_gate_trackers_leave_under_asgi() -> None:
    app = track_asgi(Datasette(memory=True).app())
    with serve_asgi(app) as address, visit(address) as browser:
        left = names_set(browser.get("/"))

    assert set(left) == TRACKER_NAMES
