"""What all tests of the doors share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """Any call that blocks while an event loop runs raises BlockingError."""
    with blockbuster_ctx() as active:
        yield active
