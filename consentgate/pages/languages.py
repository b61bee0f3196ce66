"""Which of the served languages a visitor reads; nothing here raises on visitor input.

The order: what the address asks for, what the site chose, what the browser accepts, the default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

# RFC 9110 section 12.4.2: at most three decimals, and one at most.
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)
LONGEST_HEADER = 1_000
MOST_RANGES = 32
"""How many characters and how many language ranges of an Accept-Language header are read: browsers
send a dozen at most, and the rest is ignored (RFC 9110 section 5.6.1.2)."""

_SCRIPT_LENGTH, _REGION_LENGTH = 4, 2


def canonical_tag(tag: str) -> str:
    """Return the tag in the usual case: "fr", "pt-BR", "zh-Hant" (RFC 5646 section 2.1.1)."""
    primary, *rest = tag.split("-")
    return "-".join((primary.lower(), *map(_canonical_subtag, rest)))


def primary_language(tag: str) -> str:
    """Return the language of a tag without region and script: "pt" of "pt-BR"."""
    return tag.partition("-")[0].lower()


def negotiate(
    query_lang: str,
    site_choice: str,
    accept_language: str,
    *,
    served: Sequence[str],
    default: str,
) -> str:
    """Return the one of `served` that fits best; pass over what is empty, unknown or malformed.

    "pt" fits "pt-BR", and "pt-BR" fits "pt" (RFC 4647 section 3.4, and its reverse).
    Where nothing fits, return the default, or the first one if that is not served.
    """
    choices = _Choices(served)
    wanted = (query_lang, site_choice)
    best = next(filter(None, map(choices.best_for, wanted)), None)
    fallback = choices.best_for(default) or served[0]
    return best or choices.accepted(accept_language, fallback=fallback) or fallback


class _Choices:
    """The served languages by their tags in lower case, and by their primary language."""

    def __init__(self, served: Sequence[str]) -> None:
        self._served = served
        self._by_tag = {tag.lower(): tag for tag in served}
        self._by_primary = {primary_language(tag): tag for tag in reversed(served)}

    def best_for(self, tag: str) -> str | None:
        """Return the served language that fits a tag, written as browsers or as POSIX do."""
        asked = tag.strip().lower().replace("_", "-")
        return self._by_tag.get(asked) or self._by_primary.get(primary_language(asked))

    def accepted(self, accept_language: str, *, fallback: str) -> str | None:
        """Return the best of what an Accept-Language header takes, None where it takes none."""
        ranges = list(_ranges(accept_language))
        refused = {self._by_tag.get(tag) for tag, weight in ranges if weight == 0}
        for tag, _ in sorted(_wanted(ranges), key=_weight, reverse=True):
            language = self._any_but(refused, fallback) if tag == "*" else self.best_for(tag)
            if language is not None and language not in refused:
                return language
        return None

    def _any_but(self, refused: set[str | None], fallback: str) -> str | None:
        candidates = (fallback, *self._served)
        return next((tag for tag in candidates if tag not in refused), None)


def _ranges(accept_language: str) -> Iterator[tuple[str, float]]:
    """Yield each language range with its weight, in the order of the header."""
    parts = accept_language[: LONGEST_HEADER + 1].split(",", MOST_RANGES)
    is_cut = len(accept_language) > LONGEST_HEADER or len(parts) > MOST_RANGES
    for part in parts[:-1] if is_cut else parts:
        tag, _, parameter = part.partition(";")
        weight = _WEIGHT.fullmatch(parameter.strip()) if parameter else None
        if weight is not None:
            yield tag.strip().lower(), float(weight[1])
        elif not parameter:
            yield tag.strip().lower(), 1.0


def _wanted(ranges: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    return ((tag, weight) for tag, weight in ranges if weight > 0)


def _weight(entry: tuple[str, float]) -> float:
    return entry[1]


def _canonical_subtag(subtag: str) -> str:
    if len(subtag) == _SCRIPT_LENGTH and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == _REGION_LENGTH else subtag.lower()
