"""The error if Django is not installed."""

from __future__ import annotations

import importlib
import sys

import pytest

from consentgate import ConfigurationError


def test_without_django_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "django", None)
    monkeypatch.delitem(sys.modules, "consentgate.ext.django")

    with pytest.raises(ConfigurationError, match=r"pip install 'consentgate\[django\]'"):
        importlib.import_module("consentgate.ext.django")
