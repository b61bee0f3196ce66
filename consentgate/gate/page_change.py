"""How the headers of a page change with what is put into its body."""

from __future__ import annotations

from typing import Protocol


class PageChange(Protocol):
    """How the headers of a page change with what is put into its body, or is not.

    `changes_body`: the headers of `OF_BODY` are rewritten. `is_for_visitor`: the page leaves for
    its visitor alone, and is asked for anew each time. `vary_on`: the request's headers for which
    the page is as it is.
    """

    changes_body: bool
    is_for_visitor: bool
    vary_on: tuple[str, ...]

    def rewrite(self, kind: str, value: str) -> str | None:
        """Return the value of a header of `OF_BODY`, or None where the header goes."""
