"""The configurations of shared caches, filled in for a site.

A cache keys on the choice in the preferences cookie (`choice/codec.py`), and answers only requests
that have the choice and no other cookie, or none. It cannot verify a signature: that the gate marks
the answer to a choice that does not hold as private is what makes this safe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from consentgate.choice.codec import CHOICE_PATTERN, END_PATTERN

CACHES = ("nginx", "varnish", "fastly")

_TEMPLATES = {"nginx": "nginx.conf", "varnish": "varnish.vcl", "fastly": "fastly.vcl"}

# What the gate's own Vary names where a browser asks for a page.
_GATES_HEADERS = ("Sec-Fetch-Mode", "Sec-Fetch-Dest")
# The application never sees the first in nginx's configuration; the second is in the key anyway.
_KNOWN = ("Accept-Encoding", "Cookie")

_MEANS_SOMETHING = re.compile(r"[^A-Za-z0-9_-]")


def cache_config_text(
    kind: str, *, cookie: str, ignored: Sequence[str] = (), varied: Sequence[str] = ()
) -> str:
    """Return the configuration of one of `CACHES`.

    `cookie` is the name of the preferences cookie. `ignored` are cookies, or globs, that neither
    the key nor the application heeds; `varied` are headers that nginx has in the key besides.
    """
    headers = list(dict.fromkeys([*_GATES_HEADERS, *varied]))
    return _environment().get_template(_TEMPLATES[kind]).render(
        cookie=_literal(cookie),
        choice=CHOICE_PATTERN,
        end=END_PATTERN,
        other=_any_of(ignored),
        headers=headers,
        vary="|".join(map(_literal, sorted({*_KNOWN, *headers}))),
    )  # fmt: skip


def _any_of(names: Sequence[str]) -> str:
    """Return a regular expression for a cookie of any of these names; "" without names."""
    if not names:
        return ""
    patterns = ["[^=;]*".join(map(_literal, name.split("*"))) for name in names]
    return f"(?:{'|'.join(patterns)})=[^;]*"


def _literal(text: str) -> str:
    """Return a regular expression for the text itself, as PCRE reads it."""
    return _MEANS_SOMETHING.sub(r"\\\g<0>", text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("consentgate.cli.cache_config"),
        autoescape=False,  # noqa: S701 (no markup)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
