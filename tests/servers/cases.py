"""Heads of responses by which an application can send a tracker, well formed and not."""

from __future__ import annotations

from collections.abc import Mapping

from consentgate import Controller, Cookie, Policy

Headers = tuple[tuple[str, str], ...]

SECRET = "a secret for tests, of 40 characters ...."
TRACKER = "_ga=leak; Path=/"
OTHER_TRACKER = "_fbp=leak; Path=/"
SESSION = "session=kept; Path=/; HttpOnly"
LINE = f"Set-Cookie: {TRACKER}"
CONTENT = ("Content-Type", "text/plain")

POLICY = Policy(
    necessary=["session"],
    cookies=[
        Cookie("_ga", category="statistics", provider="G", purpose="p", lifetime="13 months"),
        Cookie("_fbp", category="marketing", provider="F", purpose="p", lifetime="90 days"),
    ],
    controller=Controller("Example Town", contact="dpo@example.org"),
)


def _beside_session(name: str, value: str) -> Headers:
    return (("Set-Cookie", SESSION), (name, value))


# What every server sends as it is given, so that a gate is all that can hold it back.
PLAIN: Mapping[str, Headers] = {
    "plain": _beside_session("Set-Cookie", TRACKER),
    "lower-case": (("set-cookie", SESSION), ("set-cookie", TRACKER)),
    "upper-case": (("SET-COOKIE", SESSION), ("SET-COOKIE", TRACKER)),
    "mixed-case": (("sEt-CoOkIe", SESSION), ("Set-cookie", TRACKER)),
    "between-others": (("ETag", '"1"'), ("Set-Cookie", TRACKER), ("Set-Cookie", SESSION)),
    "nameless": _beside_session("Set-Cookie", "leak"),
    "nameless-posing": _beside_session("Set-Cookie", "=_ga=leak"),
}

LINE_BREAKS = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}
BREAKS = LINE_BREAKS | {"nul": "\0"}
# A server that keeps only the low byte of a character would make line breaks of these.
WIDE_BREAKS = {"wide-lf": "\u010a", "wide-cr": "\u010d"}
_ALL = BREAKS | WIDE_BREAKS

# What each server treats in its own way: it refuses, cleans or sends.
TWISTED_NAMES: Mapping[str, Headers] = {
    "blank-space-after": _beside_session("Set-Cookie ", TRACKER),
    "blank-space-before": _beside_session(" Set-Cookie", TRACKER),
    "blank-tab-after": _beside_session("Set-Cookie\t", TRACKER),
    "blank-tab-before": _beside_session("\tSet-Cookie", TRACKER),
    "blank-form-feed": _beside_session("Set-Cookie\f", TRACKER),
    "blank-nul": _beside_session("Set-Cookie\0", TRACKER),
    "blank-lf-after": _beside_session("Set-Cookie\n", TRACKER),
    "blank-lf-before": _beside_session("\nSet-Cookie", TRACKER),
    "name-colon": _beside_session("Set-Cookie: _ga=leak; x", "y"),
    "name-semicolon": _beside_session("Set-Cookie;", TRACKER),
    **{
        f"name-{key}": _beside_session(f"X-Other: a{text}Set-Cookie", TRACKER)
        for key, text in _ALL.items()
    },
}
TWISTED_COOKIES: Mapping[str, Headers] = {
    f"cookie-{key}": (("Set-Cookie", f"session=kept{text}{LINE}"), CONTENT)
    for key, text in _ALL.items()
}
TWISTED_VALUES: Mapping[str, Headers] = {
    **{f"value-{key}": _beside_session("X-Other", f"a{text}{LINE}") for key, text in _ALL.items()},
    "value-folded": _beside_session("X-Other", f"a\r\n {LINE}"),
    "value-second-response": _beside_session(
        "X-Other", f"a\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n{LINE}"
    ),
    "content-type-crlf": _beside_session("Content-Type", f"text/plain\r\n{LINE}"),
    "location-crlf": _beside_session("Location", f"/\r\n{LINE}"),
}
TWISTED = {**TWISTED_NAMES, **TWISTED_COOKIES, **TWISTED_VALUES}

STATUSES: Mapping[str, str] = {f"status-{key}": f"200 OK{text}{LINE}" for key, text in _ALL.items()}
