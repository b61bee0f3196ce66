"""Says how to declare a cookie that the gate did not know: TOML to paste, true to what was seen.

What is pasted as it is makes no error and no new finding; it lets nothing out without consent,
unless the name looks like a session, a form's protection, a language or a basket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from math import ceil
from time import time
from typing import Any, NamedTuple, Protocol

from consentgate.gate.events import LONGEST_TEXT
from consentgate.http.set_cookie import expiry_of, last_values
from consentgate.policy import SESSION, Cookie, Kind, lifetime_text, paste_toml
from consentgate.policy.findings import longest_necessary
from consentgate.policy.likely import Likely, likely_cookie, text_for
from consentgate.policy.names import Glob, name_problem
from consentgate.policy.trackers import tracker_matching
from consentgate.policy.writing import cookie_fields

LONGEST_PLACE = 128
"""Characters of a path or domain in the log: a longer one is not suggested."""

_LONGEST_LIFETIME_S = 10 * 365 * 86_400  # no browser keeps a cookie for longer than 400 days

_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,=:@/-]*")
_DOMAIN = re.compile(r"\.?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)")
_NUMBERED = re.compile(r"(?P<stem>[^*]*[A-Za-z][^*]*?)[0-9]+")

_TEXTS = ("provider", "service", "purpose")
_COPIED = ("exempt_reason", *_TEXTS, "purpose_id", "parent_domain", "party")
"""What a suggestion takes from a preset: the rest is what was seen, or the site's to say."""


class Seen(NamedTuple):
    """A Set-Cookie as it was seen: its name, how long it lives (None where it is deleted), and
    where it is stored, as fields of a declaration ("": the default). It holds no value."""

    name: str
    lifetime: timedelta | str | None
    path: str = ""
    domain: str = ""
    partitioned: bool = False

    @property
    def place(self) -> dict[str, str]:
        """The fields that are not the default."""
        fields = {"path": self.path, "domain": self.domain}
        return {key: text for key, text in fields.items() if text}


class Advice(NamedTuple):
    """What to declare of the cookies that were seen, and what is known of them, in sentences of
    which the last one ends where the declaration begins."""

    rule: Cookie
    text: str
    seen: tuple[Seen, ...]


class Declared(Protocol):
    """What advice needs to know of a policy."""

    @property
    def rules(self) -> Sequence[Cookie]:
        """What is declared."""

    @property
    def default_language(self) -> str:
        """The language of the texts that are declared in one language only."""


def see_cookie(name: str, attributes: str, request_path: str, *, now_s: float) -> Seen:
    """Return what is to be known of a Set-Cookie, whose attributes are the text after its first
    ";", in the response to a request for that path."""
    lifetime = lifetime_of(attributes, now_s)
    place = _place_of(name, attributes, request_path)
    return Seen(name, lifetime, partitioned="partitioned" in last_values(attributes), **place)


class Advisor:
    """Advises one site. Each cookie is asked about once, and no declaration is given twice."""

    def __init__(self, policy: Declared, *, now_s: Callable[[], float] = time) -> None:
        self._policy = policy
        self._now_s = now_s
        # As many as the log takes names.
        self._advised: dict[str, Cookie] = {}
        self._stems: set[str] = set()

    def advise(self, name: str, attributes: str, path: str) -> str:
        """Return sentences and, at their end, the TOML that declares the cookie.

        `attributes` is the text after the first ";" of its Set-Cookie, `path` that of the request.
        """
        if not is_declarable(name):
            return "No declaration can hold this name: give the cookie another"
        seen = see_cookie(name, attributes, path, now_s=self._now_s())
        likely = likely_cookie(name)
        covering = self._covering(name, likely.rule.category)
        if covering is not None:
            return _covered(covering, seen.place)
        rule = self._declare(self._pattern_of(name, likely.rule), likely.rule, [seen])
        self._advised[rule.name] = rule
        text = " ".join(_sentences(likely, seen.lifetime))
        return f"{text}, add to the policy's TOML:\n{toml_of(rule)}"

    def advise_all(self, seen: Iterable[Seen]) -> list[Advice]:
        """Return what to declare of all these cookies, each once, in the order of their names,
        whatever the order in which they were seen.

        A cookie that was seen several times is declared for each place, with its longest lifetime.
        """
        by_name: dict[str, list[Seen]] = {}
        for cookie in sorted(seen, key=lambda cookie: cookie.name):
            if is_declarable(cookie.name):
                by_name.setdefault(cookie.name, []).append(cookie)
        stems = Counter(_stem_of(name) for name in by_name)
        self._stems |= {stem for stem, names in stems.items() if names > 1}
        by_pattern: dict[str, list[Seen]] = {}
        for name, cookies in by_name.items():
            known = likely_cookie(name).rule
            covering = self._covering(name, known.category)
            pattern = self._pattern_of(name, known) if covering is None else covering.name
            # As a stand-in: what comes next must know that this name is taken.
            self._advised.setdefault(pattern, Cookie(pattern, category=known.category))
            by_pattern.setdefault(pattern, []).extend(cookies)
        return [self._advise_on(pattern, cookies) for pattern, cookies in by_pattern.items()]

    def _advise_on(self, pattern: str, seen: Sequence[Seen]) -> Advice:
        likely = likely_cookie(seen[0].name)
        rule = self._advised[pattern] = self._declare(pattern, likely.rule, seen)
        return Advice(rule, " ".join(_sentences(likely, _longest(seen))), tuple(seen))

    def _covering(self, name: str, category: str) -> Cookie | None:
        """Return a declaration that was given before and covers this name, None without one."""
        for rule in tuple(self._advised.values()):  # another thread may add to it
            is_meant = rule.is_glob and Glob.of(rule.name).matches(name)
            if is_meant and rule.category == category:
                return rule
        return None

    def _pattern_of(self, name: str, rule: Cookie) -> str:
        """Return the glob for names that differ in their ends, if it takes no other cookie with it;
        else the name."""
        stem = _stem_of(name)
        patterns = [rule.name] if rule.is_glob else []
        if stem in self._stems:
            patterns.append(f"{stem}*")
        elif stem:
            self._stems.add(stem)
        return next((pattern for pattern in patterns if self._is_free(pattern, rule)), name)

    def _is_free(self, pattern: str, rule: Cookie) -> bool:
        """Return whether a glob is precise, and takes no name of another category with it."""
        glob = Glob.of(pattern)
        if glob.literal_length < 3 or (rule.necessary and tracker_matching(pattern)):
            return False
        others = chain(self._policy.rules, tuple(self._advised.values()))
        return not any(
            _meets(glob, other)
            for other in others
            if other.kind is Kind.COOKIE and other.category != rule.category
        )

    def _declare(self, pattern: str, known: Cookie, seen: Sequence[Seen]) -> Cookie:
        """Return the declaration: what is known of the cookie, and what was seen."""
        # Any: each field has its own type, and was checked when it was first given.
        fields: dict[str, Any] = {key: getattr(known, key) for key in _COPIED if key in known.given}
        for key in _TEXTS:
            if key in fields:
                fields[key] = text_for(fields[key], self._policy.default_language)
        if any(cookie.domain for cookie in seen):
            fields.pop("parent_domain", None)
        lifetime = _longest(seen)
        if lifetime is None and "lifetime" in known.given:
            fields["lifetime"] = known.lifetime  # nobody saw how long this one lives
        elif lifetime is not None and not _is_too_long(known, lifetime):
            fields["lifetime"] = lifetime
        if any(cookie.partitioned for cookie in seen):
            fields["partitioned"] = True
        fields |= _places_of(seen)
        return Cookie(pattern, category=known.category, **fields)


def is_declarable(name: str) -> bool:
    """Return whether a declaration can hold this name of a cookie, and of no other.

    A star of a cookie's own would be a glob's; one behind a name that was cut is meant as such.
    """
    return name_problem(name, Kind.COOKIE) is None and "*" not in name[:LONGEST_TEXT]


def toml_of(rule: Cookie) -> str:
    """Return the TOML that declares a cookie, to be pasted at the end of a policy."""
    return paste_toml(rule.name, rule.category, cookie_fields(rule))


def _stem_of(name: str) -> str:
    """Return a name without the number at its end, "" for one without a number."""
    numbered = _NUMBERED.fullmatch(name)
    return numbered["stem"] if numbered else ""


def _longest(seen: Iterable[Seen]) -> timedelta | str | None:
    """Return the longest lifetime that was seen, None where the cookies were only deleted."""
    lifetimes = [cookie.lifetime for cookie in seen if cookie.lifetime is not None]
    durations = [lifetime for lifetime in lifetimes if isinstance(lifetime, timedelta)]
    return max(durations) if durations else next(iter(lifetimes), None)


def _places_of(seen: Iterable[Seen]) -> dict[str, tuple[str, ...]]:
    """Return all places where cookies are stored, as fields of their declaration."""
    places = {
        "path": tuple(sorted({cookie.path or "/" for cookie in seen})),
        "domain": tuple(sorted({cookie.domain for cookie in seen})),
    }
    return {key: texts for key, texts in places.items() if texts not in (("/",), ("",))}


def _meets(glob: Glob, other: Cookie) -> bool:
    """Return whether a glob matches another declaration, or may match what that one matches."""
    if other.is_glob:
        return Glob.of(other.name).literal_length == glob.literal_length
    return glob.matches(other.name)


def _place_of(name: str, attributes: str, request_path: str) -> dict[str, str]:
    """Return where a cookie is stored, as fields of its declaration: without the defaults, and
    without what is too odd or too long for the log."""
    if name.lower().startswith("__host-"):
        return {}
    values = last_values(attributes)
    path = values.get("path", "")
    if not path.startswith("/"):
        path = request_path.rpartition("/")[0]  # the default path, RFC 6265 section 5.1.4
    place = {}
    if path not in ("", "/") and len(path) <= LONGEST_PLACE and _PLAIN_PATH.fullmatch(path):
        place["path"] = path
    domain = _DOMAIN.fullmatch(values.get("domain", ""))
    if domain is not None and len(domain[1]) <= LONGEST_PLACE:
        place["domain"] = domain[1].lower()
    return place


def lifetime_of(attributes: str, now_s: float) -> timedelta | str | None:
    """Return how long a cookie lives, None for one that is deleted."""
    max_age_s, expires_s = expiry_of(attributes)
    if max_age_s is None and expires_s is None:
        return SESSION
    lives_s = max_age_s if max_age_s is not None else _rounded((expires_s or 0) - now_s)
    return timedelta(seconds=min(lives_s, _LONGEST_LIFETIME_S)) if lives_s > 0 else None


def _rounded(seconds: float) -> int:
    """Return whole days, hours or minutes, rounded up: an Expires was counted a moment ago."""
    unit_s = next((unit for unit in (86_400, 3_600) if seconds > unit), 60)
    return ceil(seconds / unit_s) * unit_s


def _is_too_long(rule: Cookie, lifetime: timedelta | str | None) -> bool:
    if not isinstance(lifetime, timedelta) or rule.exempt_reason is None:
        return False
    return lifetime > longest_necessary(rule.exempt_reason)


def _covered(rule: Cookie, place: dict[str, str]) -> str:
    given = {"path": rule.path, "domain": rule.domain}
    missing = [f"{key} {place[key]!r}" for key in place if place[key] not in given[key]]
    text = f"The declaration of {rule.name!r} that was suggested before covers it"
    return f"{text}; add to that one the {' and the '.join(missing)}" if missing else text


def _sentences(likely: Likely, lifetime: timedelta | str | None) -> Iterator[str]:
    """Yield what is known of a cookie; the last sentence ends where the TOML begins."""
    rule = likely.rule
    names = ", ".join(f'"{preset}"' for preset in likely.presets)
    if len(likely.presets) == 1:
        yield f"The preset {names} declares it: add that to the policy's presets."
    elif likely.presets:
        yield f"These presets declare it: {names}; add yours to the policy's presets."
    elif rule.exempt_reason is not None:
        yield f"Its name suggests {rule.exempt_reason}: with no other use it needs no consent."
    elif not likely.is_known:
        yield "Nothing is known of it: check its category and its purpose, which visitors read."
    if rule.exempt_reason is not None and _is_too_long(rule, lifetime):
        assert isinstance(lifetime, timedelta), "a session is never too long"
        yield (
            f"It lives {lifetime_text(lifetime)}: set it for at most "
            f"{lifetime_text(longest_necessary(rule.exempt_reason))}, and declare that."
        )
    yield "To declare it alone" if likely.presets else "To declare it"
