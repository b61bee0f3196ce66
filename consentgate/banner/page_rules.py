"""What a page's own rules make of a form that is put into it: its policy, and its `<base>`.

The rules are the page's: nothing here loosens one. Where they let no form of the page reach the
library's address, the visitor gets a link in its place, which they don't govern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import SplitResult, urlsplit

from consentgate.banner.html_response import POLICIES

# W3C CSP3 section 2.3.1, host-source: scheme, host, port and path, of which only the host must be.
_HOST_SOURCE = re.compile(
    r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9._-]+)(:(?:\d+|\*))?(/.*)?"
)
_META = re.compile(rb"""<meta\b(?:[^>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_IS_POLICY = re.compile(
    rb"""http-equiv\s*=\s*["']?content-security-policy["'\s/>]""", re.IGNORECASE
)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_NONCE = re.compile(
    r"(?:script|style|default)-src[^;,]*?'nonce-([A-Za-z0-9+/_-]+={0,2})'", re.IGNORECASE
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Without the first no form is sent, without the second it comes from another site (HTML standard,
# section 7.1.5).
_NEEDED_IN_SANDBOX = frozenset({"allow-forms", "allow-same-origin"})


def nonce_in(values: Mapping[str, str]) -> str:
    """Return the nonce that the page's own policy lets scripts and styles have, "" without one;
    `values` are those of its headers by lower-case name."""
    for name in POLICIES:
        if name in values and (match := _NONCE.search(values[name])):
            return match[1]
    return ""


def may_have_rules(head: bytes) -> bool:
    """Return whether a head may have a `<base>`, or a rule for the page's forms."""
    return has_base(head) or restricts_forms("", head)


def has_base(head: bytes) -> bool:
    """Return whether a head may have a `<base>`, which moves all relative addresses."""
    return b"<base" in head.lower()


def restricts_forms(policies: str, head: bytes) -> bool:
    """Return whether the page may have rules for its forms: in the values of its header
    Content-Security-Policy, joined by ", ", or in its head."""
    lowered = policies.lower()
    return "form-action" in lowered or "sandbox" in lowered or b"form-action" in head.lower()


def lets_forms_reach(policies: str, head: bytes, address: str) -> bool:
    """Return whether a form of the page can be sent to an absolute address of its own site."""
    action = urlsplit(address)
    for policy in policies.split(","):
        rules = dict(_directives(policy))
        if not (_sandbox_allows(rules) and _form_action_allows(rules, action)):
            return False
    # A `<meta>` has no sandbox (W3C CSP3 section 3.3).
    return all(_form_action_allows(dict(_directives(text)), action) for text in _in_head(head))


def _in_head(head: bytes) -> Iterator[str]:
    """Yield the policies that a head has."""
    for tag in _META.findall(head):
        if _IS_POLICY.search(tag) and (match := _CONTENT.search(tag)):
            yield unescape((match[1] or match[2] or b"").decode("latin-1"))


def _directives(policy: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the directives by name, the first of a name last, since that one counts."""
    for text in reversed(policy.lower().split(";")):
        name, *values = _BLANKS.split(text.strip())
        yield name, values


def _sandbox_allows(rules: dict[str, list[str]]) -> bool:
    return "sandbox" not in rules or _NEEDED_IN_SANDBOX.issubset(rules["sandbox"])


def _form_action_allows(rules: dict[str, list[str]], action: SplitResult) -> bool:
    # There is no fallback to default-src.
    return "form-action" not in rules or any(
        _matches(source, action) for source in rules["form-action"]
    )


def _matches(source: str, action: SplitResult) -> bool:
    """Return whether a source of a list allows the address (W3C CSP3 section 6.7.2.8)."""
    if source in ("*", "'self'"):
        return True
    if source.endswith(":"):
        return _is_scheme(source[:-1], action.scheme)
    match = _HOST_SOURCE.fullmatch(source)
    if match is None:
        return False
    scheme, host, port, path = match.groups()
    return (
        _is_scheme(scheme or action.scheme, action.scheme)
        and _is_host(host, action.hostname or "")
        and _is_port(port or "", action)
        and _is_path(path or "", action.path.lower())
    )


def _is_scheme(named: str, scheme: str) -> bool:
    # http includes https, as an upgrade.
    return named == scheme or (named, scheme) == ("http", "https")


def _is_host(named: str, host: str) -> bool:
    return named in ("*", host) or (named.startswith("*.") and host.endswith(named[1:]))


def _is_port(named: str, action: SplitResult) -> bool:
    default = _DEFAULT_PORTS.get(action.scheme)
    port = action.port or default
    return named == ":*" or port == (int(named[1:]) if named else default)


def _is_path(named: str, path: str) -> bool:
    return path.startswith(named) if named.endswith("/") else named in ("", path)
