"""The recipe for Wagtail: a project of one file, in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.http_servers import names_set, visit
from tests.support.portal_server import free_port, wait_for
from tests.support.processes import end

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent
SITE = FOLDER / "wagtail_site.py"
PAGE = FOLDER.parents[1] / "docs" / "wagtail.md"
EDITOR = {"username": "ada", "password": "donnees-ouvertes"}

# One process does it all, and makes the tables without Wagtail's hundreds of migrations: loading
# and migrating are what takes the time.
PREPARE_AND_SERVE = """
import sys, wagtail_site
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from wagtail.models import Locale, Page, Site

settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
get_user_model().objects.create_superuser(sys.argv[1], password=sys.argv[2])
locale = Locale.objects.create(language_code="en")
root = Page.add_root(title="Root", slug="root", locale=locale)
home = root.add_child(instance=Page(title="Open data", slug="home", locale=locale))
Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
call_command("runserver", sys.argv[3], use_reloader=False, skip_checks=True)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a new Wagtail site with one editor."""
    port = free_port()
    command = [sys.executable, "-c", PREPARE_AND_SERVE, *EDITOR.values(), str(port)]
    path = os.pathsep.join([str(FOLDER), str(FOLDER.parents[1])])
    folder = tmp_path_factory.mktemp("wagtail")
    environment = os.environ | {"PYTHONPATH": path}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with visit(address) as client:
        yield client


def token_of(browser: httpx.Client) -> dict[str, str]:
    """The form token, as the log-in page gives it to this browser."""
    browser.get("/admin/login/")
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}


def test_before_a_choice_neither_statistics_nor_the_tracker_leave(browser: httpx.Client) -> None:
    page = browser.get("/")

    assert "Open data" in page.text
    assert names_set(page) == []


def test_an_editor_logs_in_before_any_choice(browser: httpx.Client) -> None:
    answer = browser.post("/admin/login/", data=EDITOR | token_of(browser))

    assert set(names_set(answer)) == {"csrftoken", "sessionid"}
    assert browser.get("/admin/").url.path == "/admin/"


def test_a_grant_lets_statistics_leave_and_the_tracker_never(browser: httpx.Client) -> None:
    browser.post("/choice", data=token_of(browser))

    assert names_set(browser.get("/")) == ["visits"]
    assert names_set(browser.get("/admin/login/")) == ["csrftoken", "visits"]


def test_the_documentation_shows_the_very_code() -> None:
    assert f"```python\n{SITE.read_text()}```\n" in PAGE.read_text()
