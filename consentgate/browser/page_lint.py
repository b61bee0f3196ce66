"""Finds the third parties in the HTML of a page that its policy does not let every visitor contact.

It reads the page as it is, not as scripts change it. A Content-Security-Policy stops most of what
it finds; what no policy stops, such as `preconnect`, is a finding also for a host whose category
some visitors allow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from consentgate.browser.addresses import Address, address_of
from consentgate.browser.hosts import DeclaredHosts
from consentgate.browser.links import AHEAD, hints_in
from consentgate.errors import Finding
from consentgate.policy import Policy

_UNSTOPPED = frozenset({"preconnect", "dns-prefetch", "prerender"})
"""The relations of links that no Content-Security-Policy stops."""

# What an attribute's address is to a page. `link` is by its relation.
_SOURCES = {
    ("script", "src"): "script",
    ("img", "src"): "image",
    ("img", "srcset"): "image",
    ("source", "srcset"): "image",
    ("input", "src"): "image",
    ("image", "href"): "image",
    ("image", "xlink:href"): "image",
    ("video", "poster"): "image",
    ("iframe", "src"): "frame",
    ("frame", "src"): "frame",
    ("embed", "src"): "frame",
    ("object", "data"): "frame",
    ("video", "src"): "media",
    ("audio", "src"): "media",
    ("source", "src"): "media",
    ("track", "src"): "media",
    ("a", "ping"): "connection",
    ("area", "ping"): "connection",
}
_OF_LINKS = {
    "stylesheet": "style",
    "icon": "image",
    "manifest": "any",
    "prefetch": "any",
    "compression-dictionary": "connection",
}
_OF_PRELOADS = {"style": "style", "font": "font", "image": "image", "fetch": "connection"}

_IMPORT = re.compile(r"@import\s+(?:url\()?\s*[\"']?([^\"')\s;]+)", re.IGNORECASE)
_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Use:
    """One address in a page: its line (0 for a header), what it is written in, the type of what is
    loaded, and whether browsers go there ahead, past any policy."""

    line: int
    place: str
    text: str
    resource_type: str
    is_ahead: bool = False


def lint_page(
    html: str, policy: Policy, *, headers: Iterable[tuple[str, str]] = (), url: str = ""
) -> list[Finding]:
    """Return a finding for each contact of a page with a host that is not declared, and for each
    that no policy stops and not every visitor allows.

    `headers` are the names and values of its response, and `url` where it is: the places of the
    findings begin with its path. Addresses at its own host, or at the policy's `site`, are none.
    """
    hosts = DeclaredHosts(policy)
    first_party = {
        str(address) for text in (url, policy.site) if (address := address_of(text)) is not None
    }
    path = urlsplit(url).path or "/"
    reader = _Reader()
    reader.feed(html)
    reader.close()
    findings: dict[tuple[int, str, str], Finding] = {}
    for use in (*_in_headers(headers), *reader.uses):
        address = address_of(use.text)
        if address is None and reader.base is not None and not _has_scheme(use.text):
            address = reader.base
        if address is None or str(address) in first_party:
            continue
        finding = _judge(use, address, hosts, path)
        if finding is not None:
            findings.setdefault((use.line, use.place, str(address)), finding)
    return list(findings.values())


def _judge(use: _Use, address: Address, hosts: DeclaredHosts, path: str) -> Finding | None:
    rule = hosts.rule_for(address)
    if rule is not None and (rule.necessary or not use.is_ahead):
        return None
    place = f"{path} line {use.line}" if use.line else f"{path} header"
    if use.is_ahead:
        verb = f"{use.place} contacts {address} ahead, which no policy stops"
        if rule is None:
            return Finding("CG171", place, f"{verb}, and it is not declared", _TAKE_OUT)
        message = f"{verb}, and visitors allow it with {rule.category!r}"
        return Finding("CG171", place, message, _ASK_FIRST.format(rule.category))
    message = f"{use.place} contacts {address}, which is not declared"
    hosts_text = f'hosts = {{ {use.resource_type} = ["{address}"] }}'
    return Finding("CG170", place, message, f"declare it with {hosts_text}, or take it out")


_TAKE_OUT = "take it out"
_ASK_FIRST = "write it only where allows({0!r}) is true"


def _has_scheme(text: str) -> bool:
    return re.match(r"\s*[a-z][a-z0-9+.-]*:", text, re.IGNORECASE) is not None


def _in_headers(headers: Iterable[tuple[str, str]]) -> Iterator[_Use]:
    for name, value in headers:
        for text in hints_in(name.lower(), value):
            yield _Use(0, name, text, "any", is_ahead=True)


class _Reader(HTMLParser):
    """Collects the addresses that a browser contacts when it shows a page; `base` is the host of
    its `<base>` where that is another."""

    def __init__(self) -> None:
        super().__init__()
        self.uses: list[_Use] = []
        self.base: Address | None = None
        self._text_of = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one element."""
        given = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        if tag == "base" and self.base is None:
            self.base = address_of(given.get("href", ""))
        if tag == "link":
            self._read_link(given, line)
        for name, value in given.items():
            resource_type = _SOURCES.get((tag, name))
            if resource_type is not None:
                texts = _SEVERAL.get(name, _alone)(value)
                self.uses += [_Use(line, f"<{tag} {name}>", text, resource_type) for text in texts]
            elif name == "style":
                self._read_style(value, line, f"<{tag} style>")
        is_rules = given.get("type", "").strip().lower() == "speculationrules"
        self._text_of = "rules" if tag == "script" and is_rules else tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one element that ends where it starts, as in SVG."""
        self.handle_starttag(tag, attrs)
        self._text_of = ""

    def handle_endtag(self, tag: str) -> None:
        """Note that what follows is in no such element."""
        self._text_of = ""

    def handle_data(self, data: str) -> None:
        """Read the text of a style sheet, or the rules for loading ahead."""
        line = self.getpos()[0]
        if self._text_of == "style":
            self._read_style(data, line, "<style>")
        elif self._text_of == "rules":
            self.uses += [
                _Use(line, "speculation rules", text, "any", is_ahead=True)
                for text in _in_rules(data)
            ]

    def _read_link(self, given: dict[str, str], line: int) -> None:
        relations = set(given.get("rel", "").lower().split())
        preloaded = _OF_PRELOADS.get(given.get("as", "").lower(), "script")
        for relation in sorted(relations & AHEAD):
            self.uses.append(
                _Use(
                    line,
                    f"<link rel={relation}>",
                    given.get("href", ""),
                    _OF_LINKS.get(relation, preloaded),
                    is_ahead=relation in _UNSTOPPED,
                )
            )

    def _read_style(self, text: str, line: int, place: str) -> None:
        fonts = [match.span() for match in _FONT_FACE.finditer(text)]
        imports = {match.start(1) for match in _IMPORT.finditer(text)}
        for pattern in (_IMPORT, _URL):
            for match in pattern.finditer(text):
                at = match.start(1)
                if pattern is _URL and at in imports:
                    continue
                is_font = any(start <= at < end for start, end in fonts)
                kind = "style" if pattern is _IMPORT else "font" if is_font else "image"
                line_of_match = line + text.count("\n", 0, at)
                self.uses.append(_Use(line_of_match, place, match[1].strip(), kind))


def _alone(value: str) -> list[str]:
    return [value]


def _in_srcset(value: str) -> list[str]:
    # A comma ends a candidate only after a blank or at the end of its address.
    return [part.split()[0] for part in re.split(r",\s|,$", value) if part.strip()]


def _in_list(value: str) -> list[str]:
    return value.split()


_SEVERAL = {"srcset": _in_srcset, "ping": _in_list}


def _in_rules(text: str) -> Iterator[str]:
    """Yield the addresses of speculation rules in JSON, which browsers ignore where it is wrong."""
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        return
    lists = rules.values() if isinstance(rules, dict) else ()
    for rule in (rule for items in lists if isinstance(items, list) for rule in items):
        yield from _texts(rule.get("urls") if isinstance(rule, dict) else None)


def _texts(value: Any) -> Iterator[str]:  # Any: whatever the page has there
    if isinstance(value, list):
        yield from (text for text in value if isinstance(text, str))
