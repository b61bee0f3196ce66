"""The words of a gate's options: each an Enum, whose values may be given as text too."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeVar

from consentgate.errors import ConfigurationError


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
    """Which names are hidden from the application in the request's Cookie header.

    REFUSED: declared names that are not allowed. UNDECLARED: unknown names too.
    """

    OFF = "off"
    REFUSED = "refused"
    UNDECLARED = "undeclared"


class Csp(StrEnum):
    """What the gate's own Content-Security-Policy does about the hosts that pages contact.

    REPORT_ONLY: browsers report the contacts that ENFORCE would stop.
    """

    OFF = "off"
    REPORT_ONLY = "report-only"
    ENFORCE = "enforce"


class Enforcement(StrEnum):
    """The answer of a site's `required` function for one request.

    ENFORCE: filter and ask. SILENT: filter, never ask (robots, APIs). NOT_REQUIRED: every
    declared category is allowed; what is not declared still does not leave.
    """

    ENFORCE = "enforce"
    SILENT = "silent"
    NOT_REQUIRED = "not-required"


# Literals, so that a type checker sees a wrong word.
ModeOption = Mode | Literal["enforce", "report", "block"]
UnknownOption = Unknown | Literal["strip", "report"]
HideCookiesOption = HideCookies | Literal["off", "refused", "undeclared"]
CspOption = Csp | Literal["off", "report-only", "enforce"]
SameSiteOption = Literal["Lax", "Strict", "None"]


Word = TypeVar("Word", bound=StrEnum)


def as_option(words: type[Word], value: str, *, option: str) -> Word:
    """Return the word of an option. Raises ConfigurationError for one that is not known."""
    try:
        return words(value)
    except ValueError:
        known = ", ".join(repr(word.value) for word in words)
        raise ConfigurationError(f"{option}={value!r} is not known; use one of {known}") from None
