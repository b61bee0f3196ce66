"""The contract, held against play_wsgi."""

from __future__ import annotations

from tests.contract.adapters import play_wsgi
from tests.contract.contract import GateContract


class TestWsgi(GateContract):
    play = staticmethod(play_wsgi)
