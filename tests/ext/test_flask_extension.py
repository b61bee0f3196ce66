"""Flask's extension: what it reads from the configuration, and where the gate is."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
import pytest
from werkzeug.debug import DebuggedApplication
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from consentgate import ConfigurationError, Cookie, Policy, PolicyError, get_consent
from consentgate.ext.flask import (
    ConsentGate,
    consent_level,
    current_consent,
    requires_consent,
)
from consentgate.ext.flask.settings import read_settings
from tests.ext.flask_site import KEY, POLICY, PromoPlugin, left, make_app

TOML = '[[cookies]]\nname = "visits"\ncategory = "statistics"\n'


def policy_of(app: flask.Flask, policy: Any = POLICY) -> Policy:
    """The policy with the application's own cookies."""
    completed = read_settings(app, policy).policy
    assert isinstance(completed, Policy)
    return completed


# Settings


def test_the_session_leaves_although_the_policy_does_not_name_it() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    assert left(app) == ["session"]


def test_the_gate_may_be_made_before_the_application() -> None:
    app = make_app()
    gate = ConsentGate(policy=POLICY)

    gate.init_app(app)

    assert left(app) == ["session"]


def test_a_policy_of_the_constructor_comes_before_the_configured_one() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app, policy=Policy(necessary=["undeclared"]))

    assert left(app) == ["undeclared", "session"]


def test_a_relative_path_of_a_policy_starts_from_the_applications_folder(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text(TOML)
    app = make_app(CONSENTGATE_POLICY="consent.toml")
    app.root_path = str(tmp_path)

    ConsentGate(app)

    assert left(app) == ["session"]


def test_options_and_policy_may_come_until_the_first_request() -> None:
    app = make_app(SECRET_KEY=None)
    ConsentGate(app)

    app.config |= {"SECRET_KEY": KEY, "CONSENTGATE_POLICY": POLICY, "CONSENTGATE_MODE": "report"}

    assert set(left(app)) == {"session", "visits", "remember_token", "undeclared"}


def test_an_option_that_changes_until_the_first_request_counts() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    app.config["CONSENTGATE_UNKNOWN"] = "report"

    assert "undeclared" in left(app)


def test_a_policy_without_a_key_is_read_at_once() -> None:
    app = make_app(SECRET_KEY=None, CONSENTGATE_POLICY="missing.toml")

    with pytest.raises(PolicyError):
        ConsentGate(app)


def test_without_a_policy_the_first_request_says_so() -> None:
    app = make_app()
    ConsentGate(app)

    with pytest.raises(ConfigurationError, match="CONSENTGATE_POLICY"):
        left(app)


def test_without_a_key_the_first_request_says_so() -> None:
    app = make_app(SECRET_KEY=None, CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        left(app)


@pytest.mark.parametrize("key", ["short", b"short", 16])
def test_a_key_that_is_too_short_raises_at_start_up(key: Any) -> None:
    app = make_app(SECRET_KEY=key, CONSENTGATE_POLICY=POLICY)

    with pytest.raises(ConfigurationError, match="16 bytes"):
        ConsentGate(app)


def test_a_misspelled_setting_raises_with_the_one_that_was_meant() -> None:
    app = make_app(CONSENTGATE_MOD="report")

    with pytest.raises(ConfigurationError, match="did you mean CONSENTGATE_MODE"):
        ConsentGate(app)


def test_a_setting_that_is_nothing_like_another_raises_too() -> None:
    app = make_app(CONSENTGATE_XYZXYZ=1)

    with pytest.raises(ConfigurationError, match="no setting is called CONSENTGATE_XYZXYZ; known"):
        ConsentGate(app)


@pytest.mark.parametrize(
    "config",
    [{"CONSENTGATE_POLICY": 7}, {"CONSENTGATE_POLICY": POLICY, "CONSENTGATE_HIDE_COOKIES": "x"}],
)
def test_a_value_that_cannot_be_used_raises_at_start_up(config: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        ConsentGate(make_app(**config))


def test_an_application_has_one_gate() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    with pytest.raises(ConfigurationError, match="already"):
        ConsentGate(app)


# The application's own cookies


def test_remember_me_is_declared_where_flask_login_is() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    app.login_manager = SimpleNamespace()  # type: ignore[attr-defined]

    assert left(app) == ["remember_token", "session"]


@pytest.mark.parametrize("duration", [timedelta(days=7), 7 * 24 * 3600])
def test_remember_me_lives_as_long_as_configured(duration: Any) -> None:
    app = make_app(REMEMBER_COOKIE_DURATION=duration)
    app.login_manager = SimpleNamespace()  # type: ignore[attr-defined]

    rule = policy_of(app).rule_for("remember_token")

    assert rule is not None
    assert rule.lifetime == timedelta(days=7)


def test_the_sites_own_word_on_its_session_counts() -> None:
    declared = Policy(cookies=[Cookie("session", category="necessary", service="Ours")])

    assert policy_of(make_app(), declared) == declared


def test_a_necessary_glob_is_the_sites_own_word_too() -> None:
    declared = Policy(necessary=["sess*"])

    assert policy_of(make_app(), declared) == declared


def test_a_glob_that_happens_to_match_does_not_end_the_session() -> None:
    app = make_app(CONSENTGATE_POLICY=Policy(cookies=[Cookie("s*", category="statistics")]))
    ConsentGate(app)

    assert left(app) == ["session"]


def test_a_function_may_pick_the_policy() -> None:
    policies = {"one.test": POLICY, "two.test": Policy(necessary=["undeclared"])}
    app = make_app(CONSENTGATE_POLICY=lambda environ: policies[environ["HTTP_HOST"]])
    ConsentGate(app)
    client = app.test_client(use_cookies=False)

    answers = [client.get("/", base_url=f"https://{host}") for host in policies]

    assert [len(answer.headers.getlist("Set-Cookie")) for answer in answers] == [1, 2]


def test_a_function_that_picks_no_policy_raises() -> None:
    app = make_app(CONSENTGATE_POLICY=lambda environ: "consent.toml")
    ConsentGate(app)

    with pytest.raises(ConfigurationError):
        left(app)


# Where the gate is


def test_it_is_outside_of_what_wraps_the_application_before_and_after() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]
    ConsentGate(app)
    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]

    assert left(app) == ["session"]


def test_what_wraps_the_application_after_the_first_request_is_inside_too() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)
    left(app)

    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]

    assert left(app) == ["session"]


def test_a_guarded_application_is_still_of_its_class() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)

    ConsentGate(app)

    assert isinstance(app, flask.Flask)
    assert type(app).__name__ == "Flask"


def test_what_is_around_the_gate_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)
    client = Client(ProxyFix(PromoPlugin(app)), use_cookies=False)

    with caplog.at_level(logging.WARNING, "consentgate"):
        client.get("/")
        client.get("/")

    warnings = [record.getMessage() for record in caplog.records if "CG150" in record.getMessage()]
    assert len(warnings) == 1
    assert "werkzeug.middleware.proxy_fix.ProxyFix.__call__, tests.ext.flask_site" in warnings[0]


def test_the_debugger_of_the_development_server_is_not_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    Client(DebuggedApplication(app), use_cookies=False).get("/")

    assert "CG150" not in caplog.text


def test_nothing_is_reported_if_nothing_is_around_it(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    left(app)

    assert "CG150" not in caplog.text


def test_a_request_past_the_gate_is_refused() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY, PROPAGATE_EXCEPTIONS=True)
    app.before_request(lambda: "an answer of its own")
    ConsentGate(app)

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        raise NotImplementedError

    with (
        app.test_request_context("/") as context,
        pytest.raises(ConfigurationError, match="past its gate"),
    ):
        app.wsgi_app(context.request.environ, start)


# Views


def test_outside_of_a_gate_there_is_no_consent() -> None:
    app = make_app()

    with app.test_request_context("/"), pytest.raises(ConfigurationError, match="no gate"):
        current_consent.allows("statistics")


def test_another_response_may_replace_the_page() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    @app.route("/counted")
    @requires_consent("statistics", response=lambda: ("Choose first", 451))
    def counted() -> str:
        raise NotImplementedError

    answer = app.test_client().get("/counted")

    assert (answer.status_code, answer.text) == (451, "Choose first")


def test_the_current_consent_is_the_one_of_the_request() -> None:
    app = make_app(CONSENTGATE_POLICY=POLICY)
    ConsentGate(app)

    @app.post("/same")
    def same() -> str:
        get_consent(flask.request).grant("statistics")
        return f"{current_consent.allows('statistics')} {consent_level('statistics')}"

    assert app.test_client().post("/same").text == "True granted"


# Without Flask


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    monkeypatch.delitem(sys.modules, "consentgate.ext.flask")

    with pytest.raises(ConfigurationError, match=r"consentgate\[flask\]"):
        __import__("consentgate.ext.flask")
