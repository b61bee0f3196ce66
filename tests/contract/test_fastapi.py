"""The contract, held against play_fastapi."""

from __future__ import annotations

from tests.contract.adapters_ext import play_fastapi
from tests.contract.contract import GateContract


class TestFastapi(GateContract):
    play = staticmethod(play_fastapi)
