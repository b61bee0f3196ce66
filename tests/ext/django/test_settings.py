"""CONSENTGATE and the project's settings, read as the options of a gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from consentgate import ConfigurationError, Cookie, Gate, Policy, PolicyError
from consentgate._middleware import MOST_POLICIES, GatesByPolicy
from consentgate.ext.django.host import host_of
from consentgate.ext.django.own_cookies import declare_own_cookies, own_cookies
from consentgate.ext.django.settings import PolicyByHost, read_settings
from consentgate.http.wire import TEXT

PLAIN = Policy(cookies=[Cookie("_ga", category="statistics")])
OTHER = Policy(cookies=[Cookie("_fbp", category="marketing")])
OLD_KEY = "an older key of the project, of 50 characters ..."


def choose_policy(host: str) -> Policy:
    return {"other.example.org": OTHER}.get(host, PLAIN)


@pytest.fixture(autouse=True)
def plain_project() -> Iterator[None]:
    with override_settings(CONSENTGATE={"POLICY": PLAIN}):
        yield


def test_a_policy_is_given_as_a_value() -> None:
    policy: Any = read_settings().policy

    assert policy.rule_for("_ga") is not None


@pytest.mark.parametrize("form", [str, Path], ids=["text", "path"])
def test_a_policy_is_given_as_the_path_of_a_file(form: Any, tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text(PLAIN.to_toml())

    with override_settings(CONSENTGATE={"POLICY": form(path)}):
        policy: Any = read_settings().policy

    assert policy.rule_for("_ga") is not None


@pytest.mark.parametrize("name", ["PLAIN", "choose_policy"])
def test_a_policy_is_given_as_a_dotted_path(name: str) -> None:
    with override_settings(CONSENTGATE={"POLICY": f"{__name__}.{name}"}):
        policy: Any = read_settings().policy

    assert isinstance(policy, Policy | PolicyByHost)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param(None, "no dictionary CONSENTGATE", id="none"),
        pytest.param({}, "is a NoneType", id="no policy"),
        pytest.param({"POLICY": 7}, "is a int", id="a number"),
        pytest.param({"POLICY": "no.such.module"}, "cannot be imported", id="a path to nothing"),
        pytest.param({"POLICI": PLAIN}, "did you mean POLICY", id="a misspelt key"),
        pytest.param({"POLICY": PLAIN, "Ω": 1}, "known: POLICY", id="an unknown key"),
        pytest.param(
            {"POLICY": PLAIN, "REQUIRED": "no.function"}, "cannot be imported", id="no function"
        ),
    ],
)
def test_a_mistake_in_the_dictionary_raises(given: object, words: str) -> None:
    with override_settings(CONSENTGATE=given), pytest.raises(ConfigurationError, match=words):
        read_settings()


def test_errors_of_the_policy_file_are_raised_as_such(tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text("nessecary = []")

    with override_settings(CONSENTGATE={"POLICY": path}), pytest.raises(PolicyError):
        read_settings()


def test_options_of_the_gate_are_written_in_capitals_and_functions_as_dotted_paths() -> None:
    given = {
        "POLICY": PLAIN,
        "MODE": "report",
        "CLAMP": True,
        "CLOCK": "consentgate.choice.clock.utc_now",
    }

    with override_settings(CONSENTGATE=given):
        options = read_settings().options

    assert (options["mode"], options["clamp"]) == ("report", True)
    assert callable(options["clock"])


@pytest.mark.parametrize(
    ("session", "given", "secure"),
    [(True, {}, True), (False, {}, None), (True, {"SECURE": None}, None)],
    ids=["with the session's", "by the request", "as set"],
)
def test_the_choice_is_secure_where_the_session_is(
    session: bool, given: dict[str, object], secure: object
) -> None:
    settings = {"SESSION_COOKIE_SECURE": session, "CONSENTGATE": {"POLICY": PLAIN, **given}}

    with override_settings(**settings):
        assert read_settings().options.get("secure") is secure


# Keys


def granted_by(cookie: str) -> frozenset[str]:
    """What a visitor with this Cookie header granted, to the gate of the present settings."""
    read = read_settings()
    gates = GatesByPolicy(read.policy, secret_key=read.secret_key, options=read.options, wire=TEXT)
    assert gates.single is not None
    return gates.single.settings.reader.read(cookie).consent.granted


def test_the_key_is_made_of_the_projects_and_is_not_it() -> None:
    with override_settings(SECRET_KEY=OLD_KEY):
        text = read_settings().secret_key
    with override_settings(SECRET_KEY=OLD_KEY.encode()):
        assert read_settings().secret_key == text

    assert text != OLD_KEY.encode()
    assert read_settings().secret_key != text


def test_a_choice_under_a_fallback_of_the_projects_key_holds() -> None:
    with override_settings(SECRET_KEY=OLD_KEY):
        gate = Gate(PLAIN, secret_key=read_settings().secret_key)
        cookie = gate.preferences_for("statistics")

    with override_settings(SECRET_KEY_FALLBACKS=[OLD_KEY]):
        assert granted_by(cookie) == {"statistics"}
    assert granted_by(cookie) == frozenset()


def test_a_key_of_its_own_is_taken_as_it_is() -> None:
    given = {"POLICY": PLAIN, "SECRET_KEY": "a key of its own", "FALLBACK_KEYS": [OLD_KEY]}

    with override_settings(CONSENTGATE=given):
        read = read_settings()

    assert (read.secret_key, read.options["fallback_keys"]) == ("a key of its own", [OLD_KEY])


@pytest.mark.parametrize("key", ["", "short"])
def test_a_key_that_is_missing_or_short_raises_without_showing_it(key: str) -> None:
    with (
        override_settings(SECRET_KEY=key),
        pytest.raises(ConfigurationError, match="16 bytes") as raised,
    ):
        read_settings()

    assert "'short'" not in str(raised.value)


# Django's own cookies


def names(**settings: object) -> list[str]:
    with override_settings(**settings):
        return [cookie.name for cookie in own_cookies()]


def test_the_cookies_of_django_are_declared_under_their_usual_names() -> None:
    assert names() == ["sessionid", "csrftoken", "django_language", "messages"]


def test_the_names_are_those_of_the_settings() -> None:
    cookies = names(SESSION_COOKIE_NAME="sid", CSRF_COOKIE_NAME="form", LANGUAGE_COOKIE_NAME="lang")

    assert cookies == ["sid", "form", "lang", "messages"]


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        pytest.param({"CSRF_USE_SESSIONS": True}, "csrftoken", id="tokens in the session"),
        pytest.param({"INSTALLED_APPS": []}, "messages", id="no messages"),
        pytest.param(
            {"MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage"},
            "messages",
            id="messages in the session",
        ),
    ],
)
def test_what_the_project_does_not_set_is_not_declared(
    settings: dict[str, object], missing: str
) -> None:
    assert missing not in names(**settings)


def test_a_storage_of_messages_in_a_cookie_only_is_known() -> None:
    assert "messages" in names(
        MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage"
    )


def test_the_lifetimes_are_those_of_the_settings() -> None:
    with override_settings(SESSION_EXPIRE_AT_BROWSER_CLOSE=True, CSRF_COOKIE_AGE=3600):
        lifetimes = [cookie.lifetime for cookie in own_cookies()]

    assert lifetimes == ["session", timedelta(hours=1), "session", "session"]


def test_what_the_policy_names_itself_stays_as_it_says() -> None:
    declared = Policy(cookies=[Cookie("sessionid", category="necessary", service="Ours")])

    rule = declare_own_cookies(declared).rule_for("sessionid")

    assert rule is not None
    assert rule.service == "Ours"


def test_a_glob_that_happens_to_match_takes_no_log_in_away() -> None:
    rule = declare_own_cookies(
        Policy(cookies=[Cookie("session*", category="statistics")])
    ).rule_for("sessionid")

    assert rule is not None
    assert rule.necessary


def test_a_policy_that_names_them_all_is_the_same() -> None:
    policy = Policy(necessary=["sessionid", "csrf*", "django_language", "messages"])

    assert declare_own_cookies(policy) is policy


# Several portals


@pytest.mark.parametrize(
    ("request_", "host"),
    [
        ({"HTTP_HOST": "Data.Example.org:8000"}, "data.example.org"),
        ({"HTTP_HOST": "[::1]:8000"}, "[::1]"),
        ({}, ""),
        ({"headers": [(b"host", b"Data.example.org."), (b"cookie", b"x")]}, "data.example.org"),
        ({"HTTP_HOST": "a", "HTTP_X_FORWARDED_HOST": "b"}, "a"),
    ],
    ids=["a port", "an address", "none", "a scope", "a proxy not trusted"],
)
def test_the_host_is_read_from_an_environ_and_from_a_scope(
    request_: dict[str, Any], host: str
) -> None:
    assert host_of(request_) == host


@override_settings(USE_X_FORWARDED_HOST=True)
@pytest.mark.parametrize("forwarded", [{"HTTP_X_FORWARDED_HOST": "b"}, {"HTTP_HOST": "b"}])
def test_the_host_that_a_trusted_proxy_names_comes_first(forwarded: dict[str, str]) -> None:
    assert host_of({"HTTP_HOST": "a"} | forwarded) == "b"


def test_each_host_has_one_policy_with_djangos_cookies_in_it() -> None:
    by_host = PolicyByHost(choose_policy)

    one, same, other = (
        by_host({"HTTP_HOST": host}) for host in ("a.org", "b.org", "other.example.org")
    )

    assert one is same
    assert one.rule_for("sessionid") is not None
    assert other.rule_for("_fbp") is not None


def test_a_function_that_returns_no_policy_raises() -> None:
    by_host = PolicyByHost(lambda host: "a policy")  # type: ignore[arg-type,return-value]

    with pytest.raises(ConfigurationError, match="is a str"):
        by_host({"HTTP_HOST": "a.org"})


def test_a_function_that_makes_policies_without_end_fills_no_memory() -> None:
    by_host = PolicyByHost(lambda host: Policy(site=f"https://{host}"))
    cheap = Policy(necessary=["sessionid", "csrftoken", "django_language", "messages"])
    made = [by_host({"HTTP_HOST": "first"})]
    by_host._completed.update(dict.fromkeys(range(MOST_POLICIES), (cheap, cheap)))

    made.append(by_host({"HTTP_HOST": "last"}))

    assert [id(policy) in by_host._completed for policy in made] == [False, False]
    assert len(by_host._completed) == MOST_POLICIES + 1
