"""The contract, held against play_starlette."""

from __future__ import annotations

from tests.contract.adapters import play_starlette
from tests.contract.contract import GateContract


class TestStarlette(GateContract):
    play = staticmethod(play_starlette)
