"""One contract that every way of running the gate keeps: core, ASGI, WSGI and the frameworks."""

import pytest

for part in ("undecided", "stored", "chosen", "withdrawn", "response"):
    pytest.register_assert_rewrite(f"tests.contract.rules_{part}")
