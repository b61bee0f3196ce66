"""Reads a structured field that is a list (RFC 9651 section 3.1), as far as its parameters that are
texts matter; nothing here raises on what is no such list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

# Possessive throughout, so that no value takes more than one reading.
_STRING = r'"(?:[ !#-\[\]-~]|\\["\\])*+"'
_NUMBER = r"-?[0-9]{1,15}+(?:\.[0-9]{1,3})?+"
_WORD = r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*+"
_BYTES = r":[A-Za-z0-9+/=]*+:"
_BARE_ITEM = rf"{_STRING}|{_NUMBER}|{_WORD}|{_BYTES}|\?[01]|@-?[0-9]{{1,15}}+"
_KEY = r"[a-z*][a-z0-9_.*-]*+"
_PARAMETERS = rf"(?:; *+{_KEY}(?:=(?:{_BARE_ITEM}))?+)*+"
_ITEM = rf"(?:{_BARE_ITEM}){_PARAMETERS}"
_INNER_LIST = rf"\( *+(?:{_ITEM}(?: ++{_ITEM})*+)?+ *+\)"
_MEMBER = re.compile(rf"(?:{_INNER_LIST}|{_BARE_ITEM})(?P<parameters>{_PARAMETERS})")
_BETWEEN = re.compile(r"[ \t]*,[ \t]*")
_PARAMETER = re.compile(rf"; *+({_KEY})(?:=(?:({_STRING})|{_BARE_ITEM}))?+")
_ESCAPED = re.compile(r'\\(["\\])')


class Member(NamedTuple):
    """One member of a list: its text as it is written, and its parameters that are strings."""

    text: str
    parameters: Mapping[str, str]


def read_list(value: str) -> list[Member] | None:
    """Return the members of a list, None where the value is none.

    A browser joins the lines of a field by a comma (RFC 9651 section 4.2): where each line is a
    list by itself, the whole has the members of all.
    """
    text = value.strip(" ")
    members: list[Member] = []
    at = 0
    while at < len(text):
        match = _MEMBER.match(text, at)
        if match is None:
            return None
        members.append(Member(match[0], _strings_in(match["parameters"])))
        between = _BETWEEN.match(text, match.end())
        if between is None:
            return members if match.end() == len(text) else None
        at = between.end()
    # A list that is not empty does not end in a comma.
    return None if members else []


def _strings_in(parameters: str) -> dict[str, str]:
    # The last of several with one name counts (RFC 9651 section 4.2.3.2).
    values = {match[1]: match[2] for match in _PARAMETER.finditer(parameters)}
    return {key: _ESCAPED.sub(r"\1", text[1:-1]) for key, text in values.items() if text}
