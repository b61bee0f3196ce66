"""The conditional headers of a request whose page gets something put into it."""

from __future__ import annotations

from collections.abc import Mapping

from consentgate.banner.entity_tags import Condition, Current, restore

CONDITIONAL = ("if-none-match", "if-modified-since", "range", "if-range")
"""The request's headers that may have to change."""


def settle_conditions(
    headers: Mapping[str, str], *, is_current: Current
) -> tuple[dict[str, str | None], Condition]:
    """Return what each conditional header of a request for a page becomes (None: it is removed),
    and what its If-None-Match was about.

    A page is asked for anew unless its tag says what was put in: a date says nothing of that, and
    ranges of it fit to no other answer.
    """
    changes: dict[str, str | None] = dict.fromkeys(CONDITIONAL)
    condition = Condition(None, {})
    if (tags := headers.get("if-none-match")) is not None:
        condition = restore(tags, is_current=is_current)
        changes["if-none-match"] = condition.value
    return {name: value for name, value in changes.items() if name in headers}, condition
