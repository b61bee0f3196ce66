"""Brings the site's cookies, the presets' and the library's own into one list of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from consentgate.errors import Finding, PolicyError
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import Declaration, DeclaredAt, moved
from consentgate.policy.merge import override, strictest
from consentgate.policy.text import Translations
from consentgate.policy.vocabulary import NECESSARY, ExemptReason

# About six months, acceptance and refusal alike (CNIL deliberation 2020-092, recommendation).
PREFERENCES_LIFETIME = timedelta(days=182)

_PREFERENCES_PURPOSE = Translations(
    {"en": "Keeps your choice about cookies.", "fr": "Conserve votre choix sur les cookies."}
)
# What a site or a preset may say of the library's own cookie: what visitors read of it.
_TEXTS = frozenset({"provider", "service", "location", "purpose"})


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rules with their places: the library's own, the site's, then the presets'."""

    site: tuple[DeclaredAt, ...]
    """The library's own first; each name once."""
    presets: tuple[DeclaredAt, ...]
    """What the site does not declare."""
    differences: tuple[Finding, ...]
    """Where presets differ (CG056)."""
    errors: tuple[Finding, ...]

    @property
    def placed(self) -> tuple[DeclaredAt, ...]:
        """All rules in their order."""
        return (*self.site, *self.presets)

    @property
    def rules(self) -> tuple[list[Cookie], list[Cookie]]:
        """The rules of the site and those of presets, without their places."""
        site, presets = ([placed.cookie for placed in each] for each in (self.site, self.presets))
        return site, presets


def resolve(declaration: Declaration, presets: Iterable[Sequence[DeclaredAt]]) -> Resolved:
    """Return what holds: the site over the presets field by field, else the strictest preset."""
    resolving = _Resolving(_preferences_rule(declaration), presets)
    for placed in chain(declaration.necessary, declaration.cookies):
        resolving.add(placed)
    return Resolved(
        site=tuple(resolving.site.values()),
        presets=tuple(resolving.presets.values()),
        differences=tuple(resolving.differences.values()),
        errors=tuple(resolving.errors),
    )


def _preferences_rule(declaration: Declaration) -> DeclaredAt:
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
    return DeclaredAt(cookie, "consentgate", 0)


def _key(cookie: Cookie) -> str:
    # A text, because the hash of an Enum's member costs ten times as much; no kind has a blank.
    return cookie.kind + " " + cookie.name


class _Resolving:
    """The presets merged into one, from which the site's declarations take what they override."""

    def __init__(self, own: DeclaredAt, presets: Iterable[Sequence[DeclaredAt]]) -> None:
        self.errors: list[Finding] = []
        self.differences: dict[str, Finding] = {}
        self.presets: dict[str, DeclaredAt] = {}
        self._own = own
        merged: dict[str, list[DeclaredAt]] = {}
        for placed in chain.from_iterable(presets):
            merged.setdefault(_key(placed.cookie), []).append(placed)
        for placed in merged.pop(_key(own.cookie), ()):
            self._own = self._own._replace(cookie=self._explained(placed))
        self.site = {_key(own.cookie): self._own}
        for key, candidates in merged.items():
            self.presets[key] = self._merge(key, candidates)

    def add(self, placed: DeclaredAt) -> None:
        """Take in a declaration of the site, in place of what presets say of the same name."""
        key = _key(placed.cookie)
        if key in self.site:
            self._add_again(key, placed)
        elif key in self.presets:
            # What the site says itself settles how presets differ.
            self.differences.pop(key, None)
            self.site[key] = self._override(placed, self.presets.pop(key))
        else:
            self.site[key] = placed

    def _add_again(self, key: str, placed: DeclaredAt) -> None:
        first = self.site[key]
        if first is self._own:
            self.site[key] = placed._replace(cookie=self._explained(placed))
        else:
            message = f"declared already at {first.source}[{first.number}]"
            self.errors.append(Finding("CG004", placed.place, message, "keep one"))

    def _explained(self, placed: DeclaredAt) -> Cookie:
        """Return the library's own cookie with the texts of the site or of a preset."""
        said, own = placed.cookie, self._own.cookie
        changed = (key for key in said.given if getattr(said, key) != getattr(own, key))
        if said.necessary and _TEXTS.issuperset(changed):
            return override(said, below=own)
        self.errors.append(_misuse(placed))
        return own

    def _merge(self, key: str, candidates: list[DeclaredAt]) -> DeclaredAt:
        rules = [placed.cookie for placed in candidates]
        rule = strictest(rules)
        wanted = rule.category, rule.exempt
        winner = next(
            placed
            for placed in candidates
            if (placed.cookie.category, placed.cookie.exempt) == wanted
        )
        if any(other != rules[0] for other in rules):
            self.differences[key] = _difference(candidates)
        return winner._replace(cookie=rule)

    def _override(self, placed: DeclaredAt, below: DeclaredAt) -> DeclaredAt:
        try:
            return placed._replace(cookie=override(placed.cookie, below=below.cookie))
        except PolicyError as error:
            self.errors.extend(moved(error.findings, f"{placed.place} over {below.place}"))
            return placed


def _difference(candidates: list[DeclaredAt]) -> Finding:
    others = ", ".join(placed.place for placed in candidates[1:])
    message = f"declared otherwise by {others}; the stricter one holds, or the first"
    return Finding("CG056", candidates[0].place, message, "declare it yourself to settle it")


def _misuse(placed: DeclaredAt) -> Finding:
    message = "this cookie keeps the choice itself, and the library declares it"
    hint = "say no more of it than provider, service, location and purpose"
    return Finding("CG011", placed.place, message, hint)
