"""What all tests of the middlewares share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from tests.support.frameworks import ALL, BARE, Exchange


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Any call that blocks while an event loop runs raises BlockingError."""
    with blockbuster_ctx() as active:
        yield active


@pytest.fixture(params=list(ALL.values()), ids=list(ALL))
def visit(request: Any) -> Exchange:
    """A visit behind each middleware and framework."""
    found: Exchange = request.param
    return found


@pytest.fixture(params=list(BARE.values()), ids=list(BARE))
def bare(request: Any) -> Exchange:
    """A visit behind each middleware alone."""
    found: Exchange = request.param
    return found
