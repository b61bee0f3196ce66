"""Each middleware needs a toolkit for the pages; without it, the error says what to install."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

import pytest

from consentgate import ConfigurationError


def load_anew(name: str) -> Any:
    """A module as it is where what it needs is not there."""
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("module", "missing", "extra"),
    [
        ("consentgate.pages.asgi", "starlette.requests", r"consentgate\[asgi\]"),
        ("consentgate.pages.wsgi", "werkzeug.exceptions", r"consentgate\[wsgi\]"),
    ],
)
def test_a_missing_toolkit_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, missing: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    loaded = load_anew(module)

    with pytest.raises(ConfigurationError, match=extra):
        loaded.check_toolkit()
