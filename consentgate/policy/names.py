"""The names of cookies as a site declares them: exact, or a glob in which `*` is any text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from consentgate.policy.problems import Problem
from consentgate.policy.vocabulary import Kind

# Visible ASCII without `"`, `,`, `;`, `=` and `\`. Browsers accept more than a token (RFC 6265
# section 4.1.1), and sites use it: `cart[items]`, `_pk_id.1.a/b`.
_COOKIE_NAME = re.compile(r"[!#-+\--:<>-\[\]-~]+")
# Keys of a storage and addresses of scripts are any text on one line.
_OTHER_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f]")


def is_plain_name(name: object) -> bool:
    """Return whether a name is of ASCII letters, digits and "_", as most are: a fast check."""
    return type(name) is str and name.isidentifier() and name.isascii()


def name_problem(name: object, kind: Kind) -> Problem | None:
    """Return the problem of the name of a declaration, None for a valid name."""
    if is_plain_name(name):
        return None
    allowed = _COOKIE_NAME if kind is Kind.COOKIE else _OTHER_NAME
    if not isinstance(name, str) or allowed.fullmatch(name) is None:
        hint = 'use visible ASCII without space " , ; = \\, and * for any text'
        return Problem("CG001", f"{name!r:.80} cannot be the name of a {kind}", hint)
    if "*" not in name:
        return None
    if not name.strip("*"):
        return Problem("CG002", f"{name!r:.80} matches every name", "name what you mean")
    if "**" in name:
        return Problem("CG001", f"{name!r:.80} has two stars in a row", "write one star")
    return None


@dataclass(frozen=True, slots=True)
class Glob:
    """A name with stars, split at them. Each star matches any text, also the empty one."""

    prefix: str
    middles: tuple[str, ...]
    suffix: str

    @classmethod
    def of(cls, name: str) -> Glob:
        """Return the glob that `name` is; it has at least one star."""
        prefix, *middles, suffix = name.split("*")
        return cls(prefix, tuple(middles), suffix)

    @property
    def literal_length(self) -> int:
        """The number of characters other than stars: the more, the more precise the glob."""
        return len(self.prefix) + sum(map(len, self.middles)) + len(self.suffix)

    def matches(self, name: str) -> bool:
        """Return whether the whole of `name` matches; in linear time, without backtracking."""
        start, end = len(self.prefix), len(name) - len(self.suffix)
        if start > end or not (name.startswith(self.prefix) and name.endswith(self.suffix)):
            return False
        for middle in self.middles:
            # The leftmost match is always the best one: it leaves the most to the other parts.
            index = name.find(middle, start, end)
            if index < 0:
                return False
            start = index + len(middle)
        return True
