"""The contract, held against play_asgi."""

from __future__ import annotations

from tests.contract.adapters import play_asgi
from tests.contract.contract import GateContract


class TestAsgi(GateContract):
    play = staticmethod(play_asgi)
