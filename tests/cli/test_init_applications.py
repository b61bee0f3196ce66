"""An application runs with what `consentgate init` writes and prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.cli

ASGI_TEST = """
from starlette.testclient import TestClient
page = TestClient(app).get("/")
assert "set-cookie" not in page.headers, page.headers
assert TestClient(app).get("/consent/").status_code == 200
"""

APPLICATIONS: dict[str, tuple[str, str]] = {
    "flask": (
        """
        import flask

        app = flask.Flask(__name__)
        app.secret_key = "a secret key of 32 characters....."

        @app.get("/")
        def home():
            response = flask.make_response("Hello")
            response.set_cookie("_ga", "1")
            return response
        """,
        """
        client = app.test_client()
        assert "set-cookie" not in client.get("/").headers
        assert client.get("/consent/").status_code == 200
        """,
    ),
    "starlette": (
        """
        from starlette.applications import Starlette
        from starlette.responses import Response
        from starlette.routing import Route

        def home(request):
            response = Response("Hello")
            response.set_cookie("_ga", "1")
            return response

        app = Starlette(routes=[Route("/", home)])
        """,
        ASGI_TEST,
    ),
    "fastapi": (
        """
        from fastapi import FastAPI, Response

        app = FastAPI()

        @app.get("/")
        def home(response: Response):
            response.set_cookie("_ga", "1")
            return "Hello"
        """,
        ASGI_TEST,
    ),
    "django": (
        """
        from pathlib import Path

        BASE_DIR = Path.cwd()
        SECRET_KEY = "a secret key of more than 50 characters, for this test only"
        ROOT_URLCONF = "app"
        ALLOWED_HOSTS = ["*"]
        INSTALLED_APPS = []
        MIDDLEWARE = []

        def home(request):
            from django.http import HttpResponse

            response = HttpResponse("Hello")
            response.set_cookie("_ga", "1")
            return response

        def __getattr__(name):
            from django.urls import path

            if name == "urlpatterns":
                return [path("", home)]
            raise AttributeError(name)
        """,
        """
        import os
        import django
        os.environ["DJANGO_SETTINGS_MODULE"] = "app"
        django.setup()
        from django.core.management import call_command
        from django.test import Client
        call_command("check", "--fail-level", "ERROR")
        assert not Client().get("/").cookies
        assert Client().get("/consent/").status_code == 200
        """,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("framework", APPLICATIONS)
def test_an_application_with_the_printed_lines_runs(run: Run, folder: Path, framework: str) -> None:
    application, test = map(dedent, APPLICATIONS[framework])
    (folder / "app.py").write_text(application)
    added: list[Any] = run("init", "--controller", "Example Town", "--json").json["add"]
    (folder / "app.py").write_text("\n".join([application, *(step["lines"] for step in added)]))

    imported = "from app import app\n" if framework != "django" else ""
    ran = subprocess.run(
        [sys.executable, "-c", imported + test], cwd=folder, capture_output=True, text=True,
        env={"CONSENTGATE_SECRET_KEY": "0" * 64, "PYTHONPATH": ":".join(sys.path)}, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
