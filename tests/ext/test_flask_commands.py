"""`flask consent`, as somebody at a terminal runs it."""

from __future__ import annotations

from typing import Any

import flask
import pytest
from click.testing import Result

from consentgate import Controller, Cookie, Policy
from consentgate.ext.flask import ConsentGate
from tests.ext.flask_site import KEY, POLICY

COMPLETE = Policy(
    cookies=[
        Cookie("visits", category="statistics", provider="Us", purpose="Counts.", lifetime="1 day"),
        Cookie("basket", category="necessary", exempt_reason="basket"),
    ],
    controller=Controller("Example Town"),
)


def run(*arguments: str, **config: Any) -> Result:
    """What the command says and how it ends."""
    app = flask.Flask("site")
    app.config["SECRET_KEY"] = KEY
    ConsentGate(app)
    app.config |= config
    return app.test_cli_runner().invoke(args=["consent", *arguments])


def test_check_passes_where_nothing_is_missing() -> None:
    result = run("check", "--strict", CONSENTGATE_POLICY=COMPLETE)

    assert (result.exit_code, result.output) == (
        0,
        "consentgate: the settings are right; 0 findings\n",
    )


def test_check_prints_findings_and_passes() -> None:
    result = run("check", CONSENTGATE_POLICY=POLICY)

    assert result.exit_code == 0
    assert "CG052 at controller" in result.output


@pytest.mark.behaviour(39)
def test_check_notes_compression_inside_of_the_gate() -> None:
    app = flask.Flask("site")
    app.config |= {"SECRET_KEY": KEY, "CONSENTGATE_POLICY": COMPLETE}
    ConsentGate(app)

    def compress(response: flask.Response) -> flask.Response:
        raise NotImplementedError

    compress.__module__ = "flask_compress.flask_compress"
    app.after_request(compress)

    result = app.test_cli_runner().invoke(args=["consent", "check", "--strict"])

    assert result.exit_code == 0
    assert result.output.startswith("note: Flask-Compress is inside the gate")


def test_check_fails_on_findings_where_it_is_strict() -> None:
    assert run("check", "--strict", CONSENTGATE_POLICY=POLICY).exit_code == 1


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"CONSENTGATE_POLICY": "missing.toml"},
        {"CONSENTGATE_POLICY": POLICY, "CONSENTGATE_MODE": "off"},
        {"CONSENTGATE_POLICY": lambda environ: POLICY},
    ],
    ids=["no policy", "missing file", "unknown mode", "function"],
)
def test_check_fails_in_one_line_where_the_settings_are_wrong(config: dict[str, Any]) -> None:
    result = run("check", **config)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")


def test_cookies_lists_each_declared_cookie_the_applications_own_included() -> None:
    result = run("cookies", CONSENTGATE_POLICY=COMPLETE)

    rows = [line.split() for line in result.output.splitlines()]
    assert ["visits", "statistics", "Us", "1", "day"] in rows
    assert ["session", "necessary", "Flask", "session"] in rows
    assert ["basket", "necessary"] in rows
