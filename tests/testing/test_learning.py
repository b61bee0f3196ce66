"""The file that --consent-learn writes."""

from __future__ import annotations

import argparse
import pickle
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from consentgate import Gate, Policy
from consentgate.pytest_plugin import _Watcher
from tests.testing.runs import DIFFERENT, POLICY_TOML, run, run_with_workers

pytest_plugins = ["pytester"]

INVOCATION = SimpleNamespace(dir=Path("a folder that is not there"))

LEARNED = """\
# Written by pytest --consent-learn.
# Read each declaration, then add all of them to the end of the policy's TOML.
# Whoever reads the cookie charter reads their purposes.

# Nothing is known of it: check its category and its purpose, which visitors read. To declare it:
# Seen in test_what_a_run_needs_is_written.py::test_home[Flask], set by GET /.
[[cookies]]
name = "_promo_id"
category = "statistics"
provider = "This site"
purpose = "Counts visits."
lifetime = "session"
"""


@pytest.mark.behaviour(44)
def test_what_a_run_needs_is_written(site: pytest.Pytester) -> None:
    result = run(site, "--consent-learn", "learned.toml")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["consentgate: 1 cookie is not declared: '_promo_id'; written to *learned.toml"]
    )
    assert (site.path / "learned.toml").read_text() == LEARNED


MANY = """
import flask, pytest
from consentgate import Controller, Policy
from consentgate.wsgi import ConsentMiddleware

app = flask.Flask("site")
policy = Policy(controller=Controller("Example Town"))
app.wsgi_app = ConsentMiddleware(
    app.wsgi_app, policy=policy, secret_key="for tests only, of 32 characters"
)

@app.get("/<path:path>")
def page(path):
    response = flask.make_response("a page")
    name, _, age = path.rpartition("/")[2].partition("-")
    place = "/" + path.rpartition("/")[0]
    response.set_cookie(name, "secret-value", max_age=int(age or 0) or None, path=place)
    return response

@pytest.mark.parametrize(
    "path",
    ["poll1", "poll2", "a/_ga", "b/_ga-60", "_ga_X1", "csrftoken-60", "cart-120", "shop/cart-60"],
)
def test_page(path):
    app.test_client().get(f"/{path}")
"""


@pytest.mark.behaviour(44)
def test_a_whole_run_is_learned_in_one_file_from_several_processes(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    pytester.makepyfile(test_many=MANY)

    result = run_with_workers(pytester, "--consent-learn", "learned.toml", "-n", "2")

    result.assert_outcomes(passed=8)
    text = (pytester.path / "learned.toml").read_text()
    run(pytester, "--consent-learn", "alone.toml")
    assert (pytester.path / "alone.toml").read_text() == text
    declared = {
        one["name"]: (one["category"], one["lifetime"], one.get("path"))
        for one in tomllib.loads(text)["cookies"]
    }
    assert declared == {
        "poll*": ("statistics", "session", None),
        "_ga": ("statistics", "1 minute", ["/a", "/b"]),
        "_ga_*": ("statistics", "session", None),
        "csrftoken": ("necessary", "1 minute", None),
        "cart": ("necessary", "2 minutes", ["/", "/shop"]),
    }
    assert "secret" not in text
    pasted = tmp_path / "consent.toml"
    pasted.write_text(f'[controller]\nname = "Example Town"\n{text}')
    assert Policy.from_toml(pasted).findings() == ()


@pytest.mark.behaviour(44)
def test_a_strict_run_passes_once_what_was_learned_is_pasted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_many=MANY)
    before = run(pytester, "--consent-strict", "--consent-learn", "learned.toml")
    policy = pytester.path / "consent.toml"
    learned = (pytester.path / "learned.toml").read_text()
    policy.write_text(f'[controller]\nname = "Example Town"\n{learned}')
    pytester.makepyfile(
        test_many=MANY.replace(
            'Policy(controller=Controller("Example Town"))', f"Policy.from_toml({str(policy)!r})"
        )
    )
    after = run(pytester, "--consent-strict", "--consent-learn", "learned.toml")

    before.assert_outcomes(failed=8)
    after.assert_outcomes(passed=8)
    assert (pytester.path / "learned.toml").read_text().splitlines()[-1] == (
        "# There is nothing to declare: every cookie that was set is declared."
    )


def test_workers_fail_the_tests_that_they_run(site: pytest.Pytester) -> None:
    result = run_with_workers(site, "--consent-strict", "-n", "2")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["1 cookie is not as the policy declares*"])


def test_a_worker_that_crashed_is_named(site: pytest.Pytester) -> None:
    site.makepyfile("import os\ndef test_home(client):\n    os._exit(1)\n")

    result = run_with_workers(site, "--consent-learn", "learned.toml", "-n", "1")

    result.stdout.fnmatch_lines(["consentgate: 1 worker(s) crashed, and what they saw is missing"])


def test_what_is_declared_otherwise_is_a_comment(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(DIFFERENT)
    pytester.makepyfile("def test_home(client):\n    client.get('/')\n")

    run(pytester, "--consent-learn", "learned.toml").assert_outcomes(passed=1)

    text = (pytester.path / "learned.toml").read_text()
    assert "\n# To be changed where it is declared, or where it is set:\n#\n# '_fbp'" in text
    assert '\n#     lifetime = "1 day"\n' in text
    assert tomllib.loads(text) == {}


def test_several_policies_have_a_part_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from consentgate import Policy
        from tests.testing.sites import CLIENTS

        def test_both():
            for policy in (Policy(site="https://a.example", necessary=["session"]), Policy()):
                with CLIENTS["Flask"](policy=policy) as client:
                    client.get("/plain")
                    client.get("/")
    """)

    run(pytester, "--consent-learn", "learned.toml").assert_outcomes(passed=1)

    text = (pytester.path / "learned.toml").read_text()
    assert "# Policy 1 of 2; it declares flask_session.\n" in text
    assert "# Policy 2 of 2 of https://a.example; it declares session, flask_session.\n" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "consent.toml",
            "consent.toml exists and was not written by --consent-learn: name another",
        ),
        ("nowhere/learned.toml", "there is no folder *nowhere for learned.toml"),
        (".", "is a folder: name a file in it"),
    ],
)
@pytest.mark.behaviour(45)
def test_no_file_is_lost(site: pytest.Pytester, name: str, said: str) -> None:
    site.makefile(".toml", consent=POLICY_TOML)

    result = run(site, "--consent-learn", name)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --consent-learn: *{said}*"])
    assert (site.path / "consent.toml").read_text().strip() == POLICY_TOML.strip()


def test_a_file_that_was_learned_is_written_anew(site: pytest.Pytester) -> None:
    run(site, "--consent-learn", "learned.toml")
    site.makepyfile("def test_home(client):\n    client.get('/plain')\n")
    run(site, "--consent-learn", "learned.toml")

    assert "_promo_id" not in (site.path / "learned.toml").read_text()


def test_a_worker_gives_what_it_saw_to_the_process_that_writes() -> None:
    options = argparse.Namespace(consent_strict=False, consent_learn="learned.toml")
    config = SimpleNamespace(workerinput={}, workeroutput={}, invocation_params=INVOCATION)
    watcher = _Watcher(options)
    try:
        watcher.pytest_configure(cast("pytest.Config", config))
        Gate(Policy(), secret_key="for tests only, of 32 characters")
        watcher.pytest_sessionfinish(cast("pytest.Session", SimpleNamespace(config=config)))
    finally:
        watcher.pytest_unconfigure()

    lessons = pickle.loads(config.workeroutput["consentgate_lessons"])
    assert lessons.gates == 1
