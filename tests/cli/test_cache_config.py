"""`consentgate cache-config` prints what the documentation shows, for the cookie of a declaration.

What the configurations do is tried in `tests/caches`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consentgate import Gate, Policy
from consentgate.cli.cache_config.texts import CACHES
from tests.cli.conftest import Run
from tests.cli.declarations import COMPLETE

pytestmark = pytest.mark.cli

DOCS = Path(__file__).parents[2] / "docs" / "caches.md"
OPT_OUT = f'regime = "us-ca"\n{COMPLETE}'


@pytest.fixture
def declare(folder: Path) -> Path:
    """The file of the declaration."""
    file = folder / "consent.toml"
    file.write_text(COMPLETE)
    return file


@pytest.mark.parametrize("cache", CACHES)
def test_the_documentation_shows_what_is_printed(run: Run, declare: Path, cache: str) -> None:
    ran = run("cache-config", cache)

    assert (ran.code, ran.err) == (0, "")
    assert f"```{'nginx' if cache == 'nginx' else 'vcl'}\n{ran.out}```\n" in DOCS.read_text()


def test_json_has_the_cache_and_the_text(run: Run, declare: Path) -> None:
    text = run("cache-config", "varnish").out

    assert run("cache-config", "varnish", "--json").json == {
        "format": 1,
        "cache": "varnish",
        "text": text,
    }


@pytest.mark.parametrize("cache", CACHES)
def test_the_cookie_is_that_of_the_declaration(run: Run, declare: Path, cache: str) -> None:
    name = "__Host-choice+1"
    declare.write_text(f'preferences_cookie = "{name}"\n{COMPLETE}')
    policy = Policy.from_toml(declare)
    cookie = Gate(policy, secret_key="k" * 32).preferences_for("statistics")

    text = run("cache-config", cache).out

    (pattern,) = {*re.findall(r'"~?(\^.*?choice.*?\$)"', text)}
    assert re.fullmatch(pattern.replace("?<", "?P<"), cookie)
    assert not re.fullmatch(pattern.replace("?<", "?P<"), cookie.replace("+", "x"))


def test_trackers_can_be_passed_over_and_a_header_put_into_the_key(run: Run, declare: Path) -> None:
    text = run("cache-config", "nginx", "--ignore", "_pk_id.*", "--vary", "Accept-Language").out

    assert r"(?:_pk_id\.[^=;]*)=[^;]*" in text
    assert "$http_accept_language $scheme" in text
    assert "Accept-Encoding|Accept-Language|Cookie" in text


def test_what_a_signal_can_refuse_before_a_choice_is_in_the_key(run: Run, declare: Path) -> None:
    without = run("cache-config", "nginx").out
    declare.write_text(OPT_OUT.replace("statistics", "marketing"))

    assert "sec_gpc" not in without
    assert "$http_sec_gpc $scheme" in run("cache-config", "nginx").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nginx", "--ignore", "session"], "--ignore session: it is necessary"),
        (["nginx", "--ignore", "_pk_id.1"], "--ignore _pk_id.1: no such cookie is declared"),
        (["varnish", "--vary", "Accept"], "--vary is for nginx; varnish obeys Vary by itself"),
        (["nginx", "--vary", "a b"], "--vary a b: no variable of nginx can name such a header"),
        (["squid"], "'squid' is not one of 'nginx', 'varnish', 'fastly'"),
    ],
    ids=["necessary", "undeclared", "varnish", "a blank", "another cache"],
)
def test_what_cannot_be_is_said(run: Run, declare: Path, words: list[str], message: str) -> None:
    ran = run("cache-config", *words)

    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err
