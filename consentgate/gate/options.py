"""The words for how strictly a gate acts; each is an Enum whose value is the option's spelling."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What a gate does with its verdicts."""

    ENFORCE = "enforce"
    REPORT = "report"
    BLOCK = "block"


class Unknown(StrEnum):
    """What happens to a Set-Cookie whose name nobody declared."""

    STRIP = "strip"
    REPORT = "report"


class HideCookies(StrEnum):
    """Which names are hidden from the application in the request's Cookie header."""

    OFF = "off"
    REFUSED = "refused"
    UNDECLARED = "undeclared"


class Enforcement(StrEnum):
    """What a site's `required` function answers for one request.

    ENFORCE: filter and ask. SILENT: filter, never ask (robots, APIs). NOT_REQUIRED: every
    declared category is allowed; what is not declared still does not leave.
    """

    ENFORCE = "enforce"
    SILENT = "silent"
    NOT_REQUIRED = "not-required"
