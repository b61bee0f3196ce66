"""Pages through the insertion, in chunks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from consentgate.site.insertion import Insertion
from tests.site.pitfalls import PUT


def insert(page: bytes, *, cuts: Iterable[int] = ()) -> bytes:
    """The page with what is put into it, cut into chunks at these places."""
    return b"".join(chunks_after(page, cuts=cuts))


def chunks_after(page: bytes, *, cuts: Iterable[int] = ()) -> list[bytes]:
    """What leaves after each chunk, and at the end."""
    insertion = Insertion(lambda language: PUT)
    places = [0, *sorted(cuts), len(page)]
    left = [insertion.feed(page[one:other]) for one, other in pairwise(places)]
    return [*left, insertion.finish()]
