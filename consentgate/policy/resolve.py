"""Merges the cookies of the site, of presets and of the library into one list of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from consentgate.errors import Finding, PolicyError
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import Declaration, DeclaredAt, findings_at
from consentgate.policy.merge import override, strictest
from consentgate.policy.regime import Regime, longest_choice, under
from consentgate.policy.text import Translations
from consentgate.policy.vocabulary import NECESSARY, ExemptReason

_PREFERENCES_PURPOSE = Translations(
    {"en": "Keeps your choice about cookies.", "fr": "Conserver votre choix sur les cookies."}
)
# The fields that a site or a preset may declare of the preferences cookie: its texts.
_TEXTS = frozenset({"provider", "service", "location", "purpose"})


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rules with their places: of the library, of the site, then of presets."""

    site: tuple[DeclaredAt, ...]
    """The preferences cookie first; each name once."""
    presets: tuple[DeclaredAt, ...]
    """The cookies that the site does not declare."""
    differences: tuple[Finding, ...]
    """Findings (CG056) of presets that declare a name differently."""
    errors: tuple[Finding, ...]

    @property
    def entries(self) -> tuple[DeclaredAt, ...]:
        """All rules with their places, in order."""
        return (*self.site, *self.presets)

    @property
    def rules(self) -> tuple[list[Cookie], list[Cookie]]:
        """The rules of the site and those of presets, without their places."""
        return [entry.cookie for entry in self.site], [entry.cookie for entry in self.presets]


def resolve(declaration: Declaration, presets: Iterable[Sequence[DeclaredAt]]) -> Resolved:
    """Return the rules: the site's cookies over the presets', field by field.

    Where presets declare the same name, the strictest preset applies.
    """
    resolving = _Resolving(_preferences_rule(declaration), presets)
    for entry in chain(declaration.necessary, declaration.cookies):
        resolving.add(entry)
    regimes = declaration.active_regimes
    return Resolved(
        site=tuple(_under(entry, regimes) for entry in resolving.site.values()),
        presets=tuple(_under(entry, regimes) for entry in resolving.presets.values()),
        differences=tuple(resolving.differences.values()),
        errors=tuple(resolving.errors),
    )


def _under(entry: DeclaredAt, regimes: tuple[Regime, ...]) -> DeclaredAt:
    cookie = entry.cookie
    judged = under(cookie, regimes)
    return entry if judged is cookie else entry._replace(cookie=judged)


def _preferences_rule(declaration: Declaration) -> DeclaredAt:
    """Return the library's declaration of the cookie that keeps the choice."""
    controller = declaration.controller
    cookie = Cookie(
        declaration.preferences_cookie,
        category=NECESSARY,
        exempt_reason=ExemptReason.CHOICE,
        provider=controller.name if controller else "",
        purpose=_PREFERENCES_PURPOSE,
        lifetime=longest_choice(declaration.active_regimes),
    )
    return DeclaredAt(cookie, "consentgate", 0)


def _key(cookie: Cookie) -> str:
    # A text, because hashing a member of an Enum takes ten times as long; no kind has a space.
    return cookie.kind + " " + cookie.name


class _Resolving:
    """Merges the presets into one, then takes the site's declarations over it one by one."""

    def __init__(self, preferences: DeclaredAt, presets: Iterable[Sequence[DeclaredAt]]) -> None:
        self.errors: list[Finding] = []
        self.differences: dict[str, Finding] = {}
        self.presets: dict[str, DeclaredAt] = {}
        self._preferences = preferences
        merged: dict[str, list[DeclaredAt]] = {}
        for entry in chain.from_iterable(presets):
            merged.setdefault(_key(entry.cookie), []).append(entry)
        preferences_key = _key(preferences.cookie)
        for entry in merged.pop(preferences_key, ()):
            cookie = self._preferences_with_texts(entry)
            self._preferences = self._preferences._replace(cookie=cookie)
        self.site = {preferences_key: self._preferences}
        for key, candidates in merged.items():
            self.presets[key] = self._merge(key, candidates)

    def add(self, entry: DeclaredAt) -> None:
        """Add a declaration of the site, over that of presets of the same name."""
        key = _key(entry.cookie)
        if key in self.site:
            self._add_again(key, entry)
        elif key in self.presets:
            # The site's own declaration settles the difference between presets.
            self.differences.pop(key, None)
            self.site[key] = self._override(entry, self.presets.pop(key))
        else:
            self.site[key] = entry

    def _add_again(self, key: str, entry: DeclaredAt) -> None:
        first = self.site[key]
        if first is self._preferences:
            self.site[key] = entry._replace(cookie=self._preferences_with_texts(entry))
        else:
            message = f"declared already at {first.source}[{first.number}]"
            self.errors.append(Finding("CG004", entry.place, message, "keep one"))

    def _preferences_with_texts(self, entry: DeclaredAt) -> Cookie:
        """Return the preferences cookie with the texts of the site or of a preset."""
        declared, preferences = entry.cookie, self._preferences.cookie
        changed = (
            key for key in declared.given if getattr(declared, key) != getattr(preferences, key)
        )
        if declared.necessary and _TEXTS.issuperset(changed):
            return override(declared, below=preferences)
        self.errors.append(_more_than_texts(entry))
        return preferences

    def _merge(self, key: str, candidates: list[DeclaredAt]) -> DeclaredAt:
        rules = [entry.cookie for entry in candidates]
        rule = strictest(rules)
        if any(other != rules[0] for other in rules):
            self.differences[key] = _difference(candidates)
        origin = next(entry for entry in candidates if _decides_like(entry.cookie, rule))
        return origin._replace(cookie=rule)

    def _override(self, entry: DeclaredAt, below: DeclaredAt) -> DeclaredAt:
        try:
            return entry._replace(cookie=override(entry.cookie, below=below.cookie))
        except PolicyError as error:
            self.errors += findings_at(f"{entry.place} over {below.place}", error.findings)
            return entry


def _decides_like(cookie: Cookie, rule: Cookie) -> bool:
    return (cookie.category, cookie.exempt) == (rule.category, rule.exempt)


def _difference(candidates: list[DeclaredAt]) -> Finding:
    others = ", ".join(entry.place for entry in candidates[1:])
    message = f"declared differently by {others}; the stricter one applies, or the first"
    return Finding("CG056", candidates[0].place, message, "declare it yourself to settle it")


def _more_than_texts(entry: DeclaredAt) -> Finding:
    message = "this cookie keeps the choice itself, and the library declares it"
    hint = "declare only its provider, service, location and purpose"
    return Finding("CG011", entry.place, message, hint)
