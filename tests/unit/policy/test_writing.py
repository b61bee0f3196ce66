"""Values as TOML."""

from __future__ import annotations

import pytest

from consentgate.policy.writing import toml_value


def test_keys_that_are_not_bare_are_quoted() -> None:
    assert toml_value({"a b": {}, "c": []}) == '{ "a b" = {}, c = [] }'


def test_a_type_that_toml_lacks_is_an_error() -> None:
    with pytest.raises(TypeError, match="TOML has no object"):
        toml_value(object())
