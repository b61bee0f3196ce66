"""Converts what a site wrote for the fields of a cookie into the form in which it is kept.

Where a value cannot be used, its problem is appended to `problems`.
"""

from __future__ import annotations

import re

from consentgate.policy.hosts import texts_of
from consentgate.policy.problems import Problem, invalid_value

# A value holds nothing that ends the attribute or the header (RFC 6265 section 4.1.1).
_PATH = re.compile(r"/[^;\x00-\x1f\x7f]*")
_DOMAIN = re.compile(r"(\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*)?", re.IGNORECASE)


def as_flag(value: object, *, field: str, problems: list[Problem]) -> bool:
    """Return `value`, which is true or false; False where it is neither."""
    if not isinstance(value, bool):
        problems.append(invalid_value(field, value, "write true or false"))
    return value is True


def as_line(value: object, *, field: str, problems: list[Problem]) -> str:
    """Return `value`, a text without languages; the empty text where it is something else."""
    if isinstance(value, str):
        return value
    problems.append(invalid_value(field, value, "give one text"))
    return ""


def as_paths(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one path or several as a tuple; each path begins with a slash."""
    paths = texts_of(value)
    if paths and all(map(_PATH.fullmatch, paths)):
        return paths
    problems.append(invalid_value(field, value, 'give one path or several, such as "/app"'))
    return ("/",)


def as_domains(value: object, *, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """Return one domain or several as a tuple, in lower case; "" is the host itself."""
    domains = texts_of(value)
    if domains is None or not all(map(_DOMAIN.fullmatch, domains)):
        hint = 'give one domain or several, such as "example.org"; "" is the host itself'
        problems.append(invalid_value(field, value, hint))
        return ()
    # Browsers ignore a leading dot and letter case (RFC 6265 section 5.2.3).
    return tuple(domain.removeprefix(".").lower() for domain in domains)
