"""The declaration of a site as one value, checked as a whole when it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from os import PathLike, fspath
from typing import Any

from consentgate.errors import ConfigurationError, Finding, PolicyError
from consentgate.policy.arguments import declare
from consentgate.policy.category import BUILT_IN_CATEGORIES, Category, Controller
from consentgate.policy.checks import conflicting_globs, unknown_categories
from consentgate.policy.continuity import OtherRegimes
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import (
    DEFAULT_LANGUAGE,
    DEFAULT_PREFERENCES_COOKIE,
    DEFAULT_REGIME,
    Declaration,
    DeclaredAt,
)
from consentgate.policy.findings import findings, record_findings
from consentgate.policy.fingerprint import fingerprints
from consentgate.policy.keywords import names_keywords
from consentgate.policy.lookup import RuleLookup
from consentgate.policy.policy_file import policy_toml, read_policy, with_file_name
from consentgate.policy.presets import load_preset
from consentgate.policy.problems import choose_from
from consentgate.policy.regime import Regime, choice_lifetimes, strictest_of
from consentgate.policy.resolve import Resolved, resolve
from consentgate.policy.text import Text
from consentgate.policy.vocabulary import NECESSARY

_AS_DECLARED = (
    "categories",
    "presets",
    "site",
    "site_name",
    "controller",
    "preferences_cookie",
    "default_language",
    "accept_fingerprints",
    "regimes",
)

RegimeOption = str | PathLike[str] | Mapping[str, Any] | Regime


@names_keywords
@dataclass(frozen=True, slots=True, init=False)
class Policy:
    """All that a site declares; it cannot change, and equals a policy that declares the same.

    `necessary` takes names, or whole cookies of that category. Raises PolicyError with all errors.
    """

    necessary: tuple[str, ...]
    """The names of necessary cookies of which a name is all that was declared."""
    cookies: tuple[Cookie, ...]
    """All other cookies as the site declared them; `rules` is what the gate enforces."""
    categories: tuple[Category, ...]
    """The categories: the built-in ones, as the site declared them if it did, and its own."""
    presets: tuple[str, ...]
    """Names of shipped presets, or paths that end in `.toml`; in a file, from its folder."""
    site: str
    """The http(s) address of the site."""
    site_name: Text
    """What visitors call the site, one text or texts by language: the banner's heading and the
    visitor's pages have it; empty: the host of `site`."""
    controller: Controller | None
    """Who answers for the site."""
    preferences_cookie: str
    """The name of the cookie that keeps the choice; the library declares it."""
    default_language: str
    """The language of texts without a language, and of fingerprints."""
    accept_fingerprints: tuple[str, ...]
    """Older fingerprints under which a choice still holds."""
    regime: Regime
    """The law by which it is judged, `eu`, `fr`, `uk` or `us-ca`, a path that ends in `.toml`, or a
    table; of several, the strictest, where `regime_for` picks none."""
    regimes: tuple[Regime, ...]
    """All regimes that were declared, of which `under` picks one."""
    rules: tuple[Cookie, ...] = field(repr=False)
    """What the gate enforces: the preferences cookie, the site's cookies, then the presets'."""
    optional_categories: tuple[str, ...] = field(repr=False, compare=False)
    """The categories other than `necessary` in which something is declared."""
    consent_categories: tuple[str, ...] = field(repr=False, compare=False)
    """The optional categories in which something needs consent; empty: nothing to ask."""
    offered_categories: tuple[str, ...] = field(repr=False, compare=False)
    """The optional categories of which pages speak to each visitor: those in which something needs
    consent, and those to which visitors can object."""
    exempt_categories: frozenset[str] = field(repr=False, compare=False)
    """The optional categories in which something needs no consent."""
    open_categories: frozenset[str] = field(repr=False, compare=False)
    """The categories, also those in which nothing is declared, that count as allowed until the
    visitor refuses them."""
    signalled: frozenset[str] = field(repr=False, compare=False)
    """The optional categories that the browser's Global Privacy Control refuses while the visitor
    has not chosen."""
    choice_lifetimes: tuple[timedelta, timedelta] = field(repr=False, compare=False)
    """How long a choice holds that grants something, and one that only refuses."""
    rule_for: Callable[[str], Cookie | None] = field(repr=False, compare=False)
    """Return the rule of the cookie of this name, None where it is not declared.

    An exact name comes first, then the glob with the most literal characters, then the site
    before presets. Each response calls it for each cookie, so it is an access of a dictionary.
    """
    rule_for_text: Callable[[str], Cookie | None] = field(repr=False, compare=False)
    """Return what `rule_for` returns, and remember nothing of what may be part of a value."""
    _declaration: Declaration = field(repr=False, compare=False)
    _resolved: Resolved = field(repr=False, compare=False)
    _fingerprints: dict[str, str] = field(repr=False, compare=False)
    _other_regimes: OtherRegimes = field(repr=False, compare=False)

    def __init__(
        self,
        necessary: Iterable[str | Cookie] = (),
        cookies: Iterable[Cookie] = (),
        *,
        categories: Iterable[Category] = (),
        presets: Iterable[str | PathLike[str]] = (),
        site: str = "",
        site_name: Text = "",
        controller: Controller | None = None,
        preferences_cookie: str = DEFAULT_PREFERENCES_COOKIE,
        default_language: str = DEFAULT_LANGUAGE,
        accept_fingerprints: Iterable[str] = (),
        regime: RegimeOption | Sequence[RegimeOption] = DEFAULT_REGIME,
    ) -> None:
        declaration = declare(
            necessary=necessary,
            cookies=cookies,
            categories=categories,
            presets=presets,
            site=site,
            site_name=site_name,
            controller=controller,
            preferences_cookie=preferences_cookie,
            default_language=default_language,
            accept_fingerprints=accept_fingerprints,
            regime=regime,
        )
        _fill(self, declaration)

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Policy:
        """Return the policy that a TOML file declares; its keys are the arguments of Policy.

        Raises PolicyError with all errors in the file.
        """
        policy = object.__new__(cls)
        try:
            _fill(policy, read_policy(fspath(path)))
        except PolicyError as error:
            raise PolicyError(with_file_name(error.findings, fspath(path))) from None
        return policy

    def to_toml(self) -> str:
        """Return TOML from which `from_toml` reads an equal policy."""
        return policy_toml(self._declaration)

    def with_cookies(self, *cookies: Cookie) -> Policy:
        """Return this policy with these cookies declared as well. Raises PolicyError."""
        declared = self._declaration.cookies
        added = [
            DeclaredAt(cookie, "added cookies", number) for number, cookie in enumerate(cookies)
        ]
        policy = object.__new__(type(self))
        _fill(policy, replace(self._declaration, cookies=(*declared, *added)))
        return policy

    def under(self, regime: str) -> Policy:
        """Return this policy judged by one of its regimes alone. Raises ConfigurationError for the
        name of another."""
        known = [declared.name for declared in self.regimes]
        if regime not in known:
            hint = choose_from(known, instead_of=str(regime)[:64])
            raise ConfigurationError(f"the policy has no regime {str(regime)[:64]!r}; {hint}")
        policy = object.__new__(type(self))
        _fill(policy, replace(self._declaration, picked=regime))
        return policy

    def category(self, name: str) -> Category | None:
        """Return the category of this name, None where there is none."""
        return next((category for category in self.categories if category.name == name), None)

    def fingerprint(self, category: str) -> str:
        """Return the digest of what a visitor agrees to in this category.

        Raises ConfigurationError where there is no such category.
        """
        try:
            return self._fingerprints[category]
        except KeyError:
            hint = choose_from(self._fingerprints, instead_of=str(category))
            raise ConfigurationError(f"no category is called {category!r}; {hint}") from None

    def accepts_fingerprint(
        self, category: str, fingerprint: str, *, refused: bool = False
    ) -> bool:
        """Return whether a choice made under `fingerprint`, a grant or a refusal, is still valid;
        never raise."""
        current = self._fingerprints.get(category)
        if current is None:
            return False
        if fingerprint == current or fingerprint in self.accept_fingerprints:
            return True
        return self._other_regimes.holds(category, fingerprint, refused=refused)

    def rules_by_origin(self) -> Iterator[tuple[Cookie, bool]]:
        """Yield each rule, and whether it is the site's own and no preset's."""
        site, presets = self._resolved.rules
        yield from ((rule, True) for rule in site)
        yield from ((rule, False) for rule in presets)

    def other_fingerprints(self, category: str, *, refused: bool = False) -> list[str]:
        """Return the fingerprints that the declaration has under other regimes, and with which a
        grant of a category, or a refusal, is still valid."""
        others = self._other_regimes.fingerprints_of(category, refused=refused)
        return [other for other in others if other != self.fingerprint(category)]

    def findings(self) -> tuple[Finding, ...]:
        """Return what the declaration lacks or should not contain, to be logged at start-up."""
        about_rules = findings(
            self._resolved.entries,
            controller=self.controller,
            language=self.default_language,
            regimes=self._declaration.active_regimes,
        )
        return (*self._resolved.differences, *about_rules)

    def record_findings(self) -> tuple[Finding, ...]:
        """Return what the declaration lacks for records that are exported as ISO/IEC TS 27560."""
        entries = self._resolved.entries
        return tuple(record_findings(entries, controller=self.controller, site=self.site))

    def __hash__(self) -> int:
        # Of a few fields, so that a policy of ten thousand cookies is fast as a key.
        return hash((self.site, self.preferences_cookie, *self._fingerprints.values()))


def _fill(policy: Policy, declaration: Declaration) -> None:
    """Set the attributes of a new policy. Raises PolicyError."""
    errors = list(declaration.errors)
    resolved = resolve(declaration, list(_load(declaration.presets, errors)))
    errors += _errors_in(declaration, resolved)
    if errors:
        raise PolicyError(errors)
    for name, value in (*_declared(declaration), *_derived(declaration, resolved)):
        object.__setattr__(policy, name, value)


def _declared(declaration: Declaration) -> Iterator[tuple[str, object]]:
    yield "_declaration", declaration
    yield "necessary", tuple(entry.cookie.name for entry in declaration.necessary)
    yield "cookies", tuple(entry.cookie for entry in declaration.cookies)
    for name in _AS_DECLARED:
        yield name, getattr(declaration, name)


def _derived(declaration: Declaration, resolved: Resolved) -> Iterator[tuple[str, object]]:
    rules = tuple(entry.cookie for entry in resolved.entries)
    names = [category.name for category in declaration.categories]
    declared = {(rule.categories, rule.exempt) for rule in rules}
    used = {name for categories, _ in declared for name in categories}
    asked = {name for categories, exempt in declared if not exempt for name in categories}
    exempt = {name for categories, free in declared if free for name in categories}
    regimes = declaration.active_regimes
    yield "regime", strictest_of(regimes)
    yield "_resolved", resolved
    yield "_fingerprints", fingerprints(names, rules, language=declaration.default_language)
    yield "rules", rules
    others = OtherRegimes(names, rules, declaration.regimes, declaration.default_language)
    yield "_other_regimes", others
    lookup = RuleLookup(*resolved.rules)
    yield "rule_for", lookup.__getitem__
    yield "rule_for_text", lookup.find
    yield "optional_categories", tuple(name for name in names[1:] if name in used)
    yield "consent_categories", tuple(name for name in names[1:] if name in asked)
    yield "exempt_categories", frozenset(exempt - {NECESSARY})
    opened = frozenset(name for name in names[1:] if _is_open(name, regimes))
    yield "open_categories", opened
    # Under several regimes each page is like those of the others, for whomever it is.
    offered = used if len(declaration.regimes) > 1 else used & (asked | opened)
    yield "offered_categories", tuple(name for name in names[1:] if name in offered)
    yield "signalled", frozenset(_signalled(declaration, used=used, opened=opened))
    yield "choice_lifetimes", choice_lifetimes(regimes)


def _is_open(category: str, regimes: Iterable[Regime]) -> bool:
    return all(regime.is_open(category) for regime in regimes)


def _signalled(
    declaration: Declaration, *, used: set[str], opened: frozenset[str]
) -> Iterator[str]:
    regimes = declaration.active_regimes
    # The site may use a category of its own for what is no cookie.
    custom = opened - {category.name for category in BUILT_IN_CATEGORIES}
    for category in declaration.categories[1:]:
        name, gpc = category.name, category.gpc
        is_offered = name in used or name in custom
        if is_offered and any(regime.refuses_by_signal(name, is_marked=gpc) for regime in regimes):
            yield name


def _load(presets: Iterable[str], errors: list[Finding]) -> Iterator[tuple[DeclaredAt, ...]]:
    for preset in presets:
        try:
            yield load_preset(preset)
        except PolicyError as error:
            errors.extend(error.findings)


def _errors_in(declaration: Declaration, resolved: Resolved) -> Iterator[Finding]:
    yield from unknown_categories(resolved.entries, declaration.categories)
    yield from resolved.errors
    yield from conflicting_globs(resolved.site)
