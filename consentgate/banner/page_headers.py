"""The conditional headers of a request whose page gets something put into it."""

from __future__ import annotations

from collections.abc import Mapping

from consentgate.banner.entity_tags import Condition, Current, restore

CONDITIONAL = ("if-none-match", "if-modified-since", "range", "if-range")
"""The request's headers that may have to change."""


def settle_conditions(
    found: Mapping[str, str], *, is_document: bool, is_current: Current
) -> tuple[dict[str, str | None], Condition]:
    """Return what each conditional header of the request becomes (None: it is removed), and what
    its If-None-Match was about.

    A document (`is_document`: the browser says so) is asked for anew unless its tag says what was
    put in: a date says nothing of that, and ranges of it fit to no other answer. Where the browser
    does not say what the request is for, it may be for something else, which is still asked about
    as it was.
    """
    changes: dict[str, str | None] = {}
    condition = Condition(None, {})
    if (tags := found.get("if-none-match")) is not None:
        condition = restore(tags, is_current=is_current, keeps_foreign=not is_document)
        changes["if-none-match"] = condition.value
        if condition.value is None:
            # It counts only where there is no If-None-Match (RFC 9110 section 13.1.3).
            changes["if-modified-since"] = None
    if is_document:
        changes |= dict.fromkeys(CONDITIONAL[1:])
    return {name: value for name, value in changes.items() if name in found}, condition
