"""Entity tags of pages into which something is put: what was put in is part of the tag.

The application's own tag stays in it: when a browser asks whether its copy is still good, the
application gets exactly its own tag back if the same would be put in now, else no tag.
So a 304 Not Modified never revives a page with another banner (RFC 9110 sections 8.8.3 and 13.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_TAG = re.compile(r'(W/)?"([^"]*)"')
# Some servers add a word of their own where they compress.
_MARKED = re.compile(
    r"(.*)~cg([gpv][0-9a-f]{12})([sw])(?:[-;](?:gzip|br|zstd|deflate))?", re.DOTALL
)
_STRONG, _WEAK = "s", "w"

LONGEST_CONDITION = 2_000
"""The characters of an If-None-Match that is looked at. Browsers send one tag or a few; a longer
one matches nothing, so that the page is sent anew (RFC 9110 section 5.6.1.2)."""

Current = Callable[[str], bool]
"""True for the mark that the page would get now."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An If-None-Match for the application: its `value`, None where the header is removed, and the
    mark that came with each of the application's tags (the opaque part alone)."""

    value: str | None
    marks: Mapping[str, str]


def mark_tag(value: str, mark: str) -> str | None:
    """Return the page's tag for the application's, None where that is malformed (RFC 9110 section
    8.8.3)."""
    match = _TAG.fullmatch(value.strip(" \t"))
    if match is None:
        return None
    # Weak, since a range of one page does not fit to that of another (section 13.1.5).
    return f'W/"{match[2]}~cg{mark}{_WEAK if match[1] else _STRONG}"'


def mark_of(value: str, condition: Condition) -> str | None:
    """Return the mark under which the browser has the page with this tag of the application's;
    without a tag, the one mark in the condition if there is only one."""
    match = _TAG.fullmatch(value.strip(" \t"))
    if match is not None:
        return condition.marks.get(match[2])
    marks = set(condition.marks.values())
    return marks.pop() if len(marks) == 1 else None


def restore(value: str, *, is_current: Current) -> Condition:
    """Return an If-None-Match as the application may see it: its own tags, of pages into which the
    same would be put now. Tags without a mark go, and so does "*": they are of pages into which
    nothing was put, such as one from before the gate."""
    kept: list[str] = []
    marks: dict[str, str] = {}
    if len(value) <= LONGEST_CONDITION:
        for match in _TAG.finditer(value):
            marked = _MARKED.fullmatch(match[2])
            if marked is not None and is_current(marked[2]):
                kept.append(f'{"W/" if marked[3] == _WEAK else ""}"{marked[1]}"')
                marks[marked[1]] = marked[2]
    return Condition(", ".join(kept) or None, marks)
