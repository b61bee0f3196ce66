"""A test that lacks what it needs tells so."""

from __future__ import annotations

import pytest

from tests.support.requirements import require


def test_a_test_goes_on_with_what_it_needs() -> None:
    require("/usr/bin/some-program", "some program")


def test_a_test_without_what_it_needs_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="some program is not found"):
        require(None, "some program")


def test_with_ci_a_test_without_what_it_needs_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="some program is needed here"):
        require(None, "some program")
