"""Brings the site's cookies, the presets' and the library's own into one list of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from consentgate.errors import Finding, PolicyError
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import Declaration, Placed, moved
from consentgate.policy.merge import override, strictest
from consentgate.policy.text import Translations
from consentgate.policy.vocabulary import NECESSARY, ExemptReason, Kind

Key = tuple[Kind, str]

# About six months, acceptance and refusal alike (CNIL deliberation 2020-092, recommendation).
PREFERENCES_LIFETIME = timedelta(days=182)

_PREFERENCES_PURPOSE = Translations(
    {"en": "Keeps your choice about cookies.", "fr": "Conserve votre choix sur les cookies."}
)
# What a site may say of the library's own cookie: what visitors read of it.
_TEXTS = frozenset({"provider", "service", "location", "purpose", "purpose_id"})


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rules with their places: the library's own first, the site's, then the presets'."""

    own: Placed
    site: tuple[Placed, ...]
    presets: tuple[Placed, ...]
    differences: tuple[Finding, ...]
    """Where presets differ (CG056)."""
    errors: tuple[Finding, ...]

    @property
    def placed(self) -> tuple[Placed, ...]:
        """All rules in their order."""
        return (self.own, *self.site, *self.presets)

    @property
    def site_rules(self) -> list[Cookie]:
        """What the library and the site declare."""
        return [placed.cookie for placed in (self.own, *self.site)]

    @property
    def preset_rules(self) -> list[Cookie]:
        """What presets declare and the site does not."""
        return [placed.cookie for placed in self.presets]


def resolve(declaration: Declaration, presets: Iterable[Sequence[Placed]]) -> Resolved:
    """Return what holds: the site over the presets field by field, else the strictest preset."""
    resolving = _Resolving(declaration.preferences_cookie, presets)
    own = preferences_rule(declaration)
    site = []
    for placed in (*declaration.necessary, *declaration.cookies):
        if key_of(placed.cookie) == key_of(own.cookie):
            own = resolving.explained(own, placed)
        else:
            site.append(resolving.over_presets(placed))
    return Resolved(
        own=own,
        site=tuple(site),
        presets=tuple(resolving.presets.values()),
        differences=tuple(resolving.differences.values()),
        errors=tuple(resolving.errors),
    )


def preferences_rule(declaration: Declaration) -> Placed:
    """Return the library's declaration of the cookie that keeps the choice itself."""
    controller = declaration.controller
    cookie = Cookie(
        declaration.preferences_cookie,
        category=NECESSARY,
        exempt_reason=ExemptReason.CHOICE,
        provider=controller.name if controller else "",
        purpose=_PREFERENCES_PURPOSE,
        lifetime=PREFERENCES_LIFETIME,
    )
    return Placed(cookie, "consentgate", 0)


def key_of(cookie: Cookie) -> Key:
    """Return what two declarations of the same thing have in common."""
    return cookie.kind, cookie.name


class _Resolving:
    """The presets merged into one, from which the site's declarations take what they override."""

    def __init__(self, preferences_cookie: str, presets: Iterable[Sequence[Placed]]) -> None:
        self.errors: list[Finding] = []
        self.differences: dict[Key, Finding] = {}
        self.presets: dict[Key, Placed] = {}
        merged: dict[Key, list[Placed]] = {}
        for placed in (placed for preset in presets for placed in preset):
            merged.setdefault(key_of(placed.cookie), []).append(placed)
        for placed in merged.pop((Kind.COOKIE, preferences_cookie), ()):
            self.errors.append(_misuse(placed))
        for key, candidates in merged.items():
            self.presets[key] = self._merge(key, candidates)

    def over_presets(self, placed: Placed) -> Placed:
        """Return the site's declaration over the preset's, which is settled by it."""
        key = key_of(placed.cookie)
        below = self.presets.pop(key, None)
        if below is None:
            return placed
        self.differences.pop(key, None)
        return self._override(placed, below)

    def explained(self, own: Placed, placed: Placed) -> Placed:
        """Return the library's own cookie with the site's texts."""
        said = placed.cookie
        reasoned = said.necessary and said.exempt_reason is ExemptReason.CHOICE
        allowed = _TEXTS | {"kind", "exempt_reason"} if reasoned else _TEXTS | {"kind"}
        if not (said.necessary and allowed.issuperset(said.given)):
            self.errors.append(_misuse(placed))
            return own
        return Placed(override(said, below=own.cookie), own.source, own.number)

    def _merge(self, key: Key, candidates: list[Placed]) -> Placed:
        rules = [placed.cookie for placed in candidates]
        rule = strictest(rules)
        first = next(placed for placed in candidates if placed.cookie.name == rule.name)
        if any(other != rules[0] for other in rules):
            self.differences[key] = _difference(candidates)
        return first._replace(cookie=rule)

    def _override(self, placed: Placed, below: Placed) -> Placed:
        try:
            return placed._replace(cookie=override(placed.cookie, below=below.cookie))
        except PolicyError as error:
            self.errors.extend(moved(error.findings, f"{placed.place} over {below.place}"))
            return placed


def _difference(candidates: list[Placed]) -> Finding:
    others = ", ".join(placed.place for placed in candidates[1:])
    message = f"declared otherwise by {others}; the stricter one holds, or the first"
    return Finding("CG056", candidates[0].place, message, "declare it yourself to settle it")


def _misuse(placed: Placed) -> Finding:
    message = "this cookie keeps the choice itself, and the library declares it"
    mend = "say no more of it than provider, service, location and purpose"
    return Finding("CG011", placed.place, message, mend)
