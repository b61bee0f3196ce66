"""Pages through the insertion, in chunks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import pairwise

from hypothesis import settings

from consentgate.banner.insertion import Insertion
from tests.support.pitfall_pages import PUT


def bounded(examples: int) -> settings:
    """So many examples, the same at each run of continuous integration."""
    same = os.environ.get("CI") == "true"
    return settings(max_examples=examples, deadline=None, derandomize=same)


def insert(page: bytes, *, cuts: Iterable[int] = ()) -> bytes:
    """The page with what is put into it, cut into chunks at these places."""
    return b"".join(chunks_after(page, cuts=cuts))


def chunks_after(page: bytes, *, cuts: Iterable[int] = ()) -> list[bytes]:
    """What leaves after each chunk, and at the end."""
    insertion = Insertion(lambda language, _: PUT)
    places = [0, *sorted(cuts), len(page)]
    left = [insertion.feed(page[one:other]) for one, other in pairwise(places)]
    return [*left, insertion.finish()]
