"""A browser's reading of a response, as these tests need it: whatever may store is taken to store.

Written from RFC 6265bis section 5.6 apart from the package, which it is to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Cookie = tuple[str, bool]
"""A name ("" for a nameless cookie) and whether the value can do nothing but delete."""


def cookie_of(value: str) -> Cookie:
    """What a Set-Cookie value does to a browser's cookies."""
    pair, *attributes = value.split(";")
    name, equals, _ = pair.partition("=")
    return (name.strip(" \t") if equals else "", _surely_deletes(attributes))


def _surely_deletes(attributes: list[str]) -> bool:
    ages = [
        text.partition("=")[2].strip(" \t")
        for text in attributes
        if text.partition("=")[0].strip(" \t").lower() == "max-age"
    ]
    return ages[-1:] == ["0"]


def cookies_on_the_wire(headers: Iterable[tuple[str, str]], *, status: str = "200") -> list[Cookie]:
    """What a browser is told by a server that writes names and values out as they are, where each
    CR, LF and NUL ends a line."""
    head = "\n".join([status, *(f"{name}: {value}" for name, value in headers)])
    lines = [line.partition(":") for line in re.split("[\r\n\0]", head)]
    return [
        cookie_of(value.strip(" \t"))
        for name, _, value in lines
        if name.strip(" \t\v\f").lower() in ("set-cookie", "set-cookie2")
    ]
