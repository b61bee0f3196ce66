"""Projects whose tests are run by a pytest within pytest."""

from __future__ import annotations

import pytest

from tests.testing.runs import ON_FLASK


@pytest.fixture
def site(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests use Flask's client, and whose test visits the page at /."""
    pytester.makeini("[pytest]")
    pytester.makeconftest(ON_FLASK)
    pytester.makepyfile("def test_home(client):\n    client.get('/?secret=1')\n")
    return pytester


@pytest.fixture(autouse=True)
def only_this_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load no other plugin that is installed here: a run takes a third of the time. Print as at
    home: in continuous integration the summary repeats each message."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)
