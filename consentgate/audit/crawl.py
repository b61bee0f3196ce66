"""Find the pages that an application links, and keep which ones are to be visited."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from consentgate.testing.bare import origin_of_tests

NEVER = ("*logout*", "*log-out*", "*signout*", "*sign-out*", "*deconnexion*", "*/delete*")
"""Paths that are never asked for: a GET there may change something."""

_LONGEST_TARGET = 2_000  # characters; a longer one is a trap


class Frontier:
    """The pages to ask for, each once, in the order in which they were found.

    `excluded` are globs of paths; `most` is how many pages there may be in all.
    """

    def __init__(self, *, excluded: Iterable[str], most: int) -> None:
        self._excluded = (*NEVER, *excluded)
        self._most = most
        self.targets: list[str] = []
        self.is_cut = False

    def add(self, targets: Iterable[str]) -> None:
        """Add what is new and allowed."""
        for target in targets:
            path = target.partition("?")[0]
            if target in self.targets or len(target) > _LONGEST_TARGET:
                continue
            if any(fnmatchcase(path.lower(), glob.lower()) for glob in self._excluded):
                continue
            if len(self.targets) >= self._most:
                self.is_cut = True
                return
            self.targets.append(target)


def links_in(answer: httpx.Response, target: str) -> list[str]:
    """Return the pages of the same site that an answer leads to: by a redirect, or by links."""
    links = []
    if "location" in answer.headers:
        # Browsers read it as UTF-8 (Fetch, location URL).
        links.append(answer.headers["location"].encode("latin-1").decode("utf-8", "replace"))
    if answer.headers.get("content-type", "").startswith("text/html"):
        reader = _Links()
        reader.feed(answer.text)
        links += reader.links
    return list(dict.fromkeys(filter(None, (_same_site(link, target) for link in links))))


def _same_site(link: str, target: str) -> str | None:
    """Return a link as a path with its query, None where it leads elsewhere."""
    site = origin_of_tests()
    try:
        parts = urlsplit(urljoin(f"{site}{target}", link.strip()))
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}" != site:
        return None
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        link = given.get("href") if tag in ("a", "area") else None
        if link and "download" not in given:
            self.links.append(link)
