"""Entity tags of pages into which something is put: what was put in is part of the tag.

The application's own tag stays in it, so that a browser's copy can be asked about: the application
gets exactly its own tag back where what would be put in is the same, and no tag where it is not.
A 304 thus never revives a page with another banner (RFC 9110 sections 8.8.3 and 13.1.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_TAG = re.compile(r'(W/)?"([^"]*)"')
# Some servers add a word of their own where they compress.
_MARKED = re.compile(r"(.*)~cg([pv][0-9a-f]{12})([sw])(?:[-;](?:gzip|br|zstd|deflate))?", re.DOTALL)
_STRONG, _WEAK = "s", "w"

Current = Callable[[str], bool]
"""Whether a mark is the one that the page would get now."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What becomes of an If-None-Match: its `value`, None where it goes; and by the application's
    tag, without what says that it is weak, the mark that it was asked about with."""

    value: str | None
    marks: Mapping[str, str]


def mark_tag(value: str, mark: str) -> str | None:
    """The page's tag for the application's; None where that is none (RFC 9110 section 8.8.3)."""
    found = _TAG.fullmatch(value.strip(" \t"))
    if found is None:
        return None
    # Weak, since a range of one page does not fit to that of another (section 13.1.5).
    return f'W/"{found[2]}~cg{mark}{_WEAK if found[1] else _STRONG}"'


def mark_of(value: str, condition: Condition) -> str | None:
    """The mark under which the browser has the page with this tag of the application's; with no
    tag, the one mark that it was asked about with."""
    found = _TAG.fullmatch(value.strip(" \t"))
    if found is not None:
        return condition.marks.get(found[2])
    marks = set(condition.marks.values())
    return marks.pop() if len(marks) == 1 else None


def restore(value: str, *, is_current: Current, keeps_foreign: bool) -> Condition:
    """An If-None-Match as the application may see it.

    `keeps_foreign`: tags without a mark stay, and so does "*"; they are of what nothing was put
    into, which may be a page from before.
    """
    if value.strip(" \t") == "*":
        return Condition(value if keeps_foreign else None, {})
    kept: list[str] = []
    marks: dict[str, str] = {}
    for found in _TAG.finditer(value):
        marked = _MARKED.fullmatch(found[2])
        if marked is None:
            kept += [found[0]] if keeps_foreign else []
        elif is_current(marked[2]):
            kept.append(f'{"W/" if marked[3] == _WEAK else ""}"{marked[1]}"')
            marks[marked[1]] = marked[2]
    return Condition(", ".join(kept) or None, marks)
