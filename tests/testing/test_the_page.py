"""The examples of docs/testing.md, run as they stand by pytest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from consentgate import testing

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
PLUGIN = ("-p", "consentgate.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with all files of the page."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.syspathinsert()
    conftest, tests, app, *more = PYTHON
    pytester.makeconftest(conftest)
    pytester.makepyfile(app=app, test_consent=tests)
    pytester.makepyfile(**{f"test_more_{number}": text for number, text in enumerate(more)})
    return pytester


def test_each_test_on_the_page_passes_in_a_strict_run(project: pytest.Pytester) -> None:
    shown = len(re.findall(r"^def test_", "\n".join(PYTHON), re.MULTILINE))

    project.runpytest_inprocess(*PLUGIN, "--consent-strict").assert_outcomes(passed=shown)


def test_a_new_tracker_fails_as_the_page_shows(project: pytest.Pytester) -> None:
    app = PYTHON[2].replace(
        '"1", max_age=86400)', '"1", max_age=86400)\n    response.set_cookie("_promo_id", "77")'
    )
    project.makepyfile(app=app)
    (shown,) = [text for language, text in BLOCKS if language == "text"]

    result = project.runpytest_inprocess(*PLUGIN, "--consent-strict", "test_consent.py")

    result.assert_outcomes(failed=3)
    assert result.stdout.str().count(shown) == 3


def test_what_the_page_tells_to_learn_lets_the_strict_run_pass(project: pytest.Pytester) -> None:
    app = PYTHON[2].replace(
        "max_age=86400", "max_age=86400)\n    response.set_cookie('promo', '77'"
    )
    project.makepyfile(app=app)
    project.runpytest_inprocess(*PLUGIN, "--consent-learn", "learned.toml", "test_consent.py")
    learned = (project.path / "learned.toml").read_text()
    policy = project.path / "consent.toml"
    policy.write_text(f'necessary = ["session"]\n{learned}')
    more = f"policy = policy.with_cookies(*Policy.from_toml({str(policy)!r}).cookies)\napp.wsgi_app"
    project.makepyfile(app=app.replace("app.wsgi_app", more, 1))

    result = project.runpytest_inprocess(*PLUGIN, "--consent-strict", "test_consent.py")

    result.assert_outcomes(passed=3)


def test_the_page_names_each_public_name() -> None:
    assert [name for name in testing.__all__ if name not in PAGE] == []
