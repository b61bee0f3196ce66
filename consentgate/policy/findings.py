"""Finds what a declaration lacks or should not contain: logged at start-up, never an error.

Enforcing needs a name and a category only; the findings are about what is owed to visitors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from consentgate.errors import Finding
from consentgate.policy.category import Controller
from consentgate.policy.cookie import Cookie
from consentgate.policy.declaration import DeclaredAt
from consentgate.policy.lifetime import lifetime_text
from consentgate.policy.lookup import GlobIndex
from consentgate.policy.names import Glob
from consentgate.policy.regime import Duty, Regime, longest_choice
from consentgate.policy.terms import Terms
from consentgate.policy.text import Text, translation_in
from consentgate.policy.trackers import tracker_matching
from consentgate.policy.vocabulary import Basis, ExemptReason, Kind

# Ours, and no law: the choice is kept for about six months, and no other necessary cookie is needed
# for longer, except preferences of how pages look.
_HALF_A_YEAR = timedelta(days=182)
_LONGEST_NECESSARY = {ExemptReason.INTERFACE: timedelta(days=365)}

# What visitors decide about: they are owed the facts before.
_EXPLAINED = frozenset({Basis.CONSENT, Basis.OBJECTABLE, Basis.OPT_OUT})

# The most names in one message.
_LISTED = 3


def findings(
    rules: Sequence[DeclaredAt],
    *,
    controller: Controller | None,
    language: str,
    regimes: Sequence[Regime],
) -> Iterator[Finding]:
    """Yield the findings about the controller, then those about the rules, in their order."""
    shown = frozenset().union(*(regime.shows for regime in regimes))
    explained = any(entry.cookie.basis in _EXPLAINED for entry in rules)
    if controller is None and explained and Duty.CONTROLLER in shown:
        yield Finding(
            "CG052",
            "controller",
            "visitors must know who asks for their consent (GDPR art. 13(1)(a))",
            "declare a Controller",
        )
    for entry in rules:
        cookie = entry.cookie
        if cookie.necessary:
            yield from _necessary_findings(entry, regimes)
            yield from _unknown_reasons(entry, regimes)
        if cookie.terms is not None:
            yield from _measurement_findings(entry, cookie.terms)
        if cookie.basis in _EXPLAINED and Duty.FACTS in shown:
            yield from _missing_facts(entry, language)
    yield from _overridden_globs([entry for entry in rules if entry.cookie.kind is Kind.COOKIE])


def record_findings(
    rules: Sequence[DeclaredAt], *, controller: Controller | None, site: str
) -> Iterator[Finding]:
    """Yield what the declaration lacks for records that are exported as ISO/IEC TS 27560."""
    if not site:
        message = "exported records lack where consent is withdrawn (ISO/IEC TS 27560)"
        yield Finding("CG058", "site", message, "declare the site's address")
    facts = {
        "name": controller and controller.name,
        "contact": controller and controller.contact,
        "address": controller and controller.address,
        "jurisdiction": controller and controller.jurisdiction,
    }
    missing = [name for name, text in facts.items() if not text]
    if missing:
        message = f"exported records lack its {', its '.join(missing)} (ISO/IEC TS 27560)"
        yield Finding("CG058", "controller", message, "declare it")
    for entry in rules:
        if not entry.cookie.exempt:
            yield from _missing_in_records(entry)


def _missing_in_records(entry: DeclaredAt) -> Iterator[Finding]:
    # An empty list of recipients says that there are none; another empty list says nothing.
    cookie = entry.cookie
    missing = [name for name in ("personal_data", "storage_location") if not getattr(cookie, name)]
    if "recipients" not in cookie.given:
        missing.append("recipients")
    if missing:
        message = f"exported records lack its {', its '.join(missing)} (ISO/IEC TS 27560)"
        yield Finding("CG059", entry.place, message, "declare it; recipients = [] says nobody")


def _missing_facts(entry: DeclaredAt, language: str) -> Iterator[Finding]:
    # Visitors must know purpose, duration and who has access before the choice (CJEU C-673/17
    # Planet49).
    cookie = entry.cookie
    facts = {"provider": cookie.provider, "purpose": cookie.purpose}
    missing = [name for name, text in facts.items() if not _has_text(text)]
    missing += [
        f"{name} in the default language {language!r}"
        for name, text in facts.items()
        if name not in missing and not _has_language(text, language)
    ]
    if cookie.lifetime is None and cookie.kind is Kind.COOKIE:
        missing.append("lifetime")
    if missing:
        message = f"visitors are owed its {', its '.join(missing)}"
        yield Finding("CG051", entry.place, message, "declare it")


def _has_text(text: Text) -> bool:
    return not isinstance(text, str) or bool(text.strip())


def _has_language(text: Text, language: str) -> bool:
    return isinstance(text, str) or translation_in(text, language) is not None


def _necessary_findings(entry: DeclaredAt, regimes: Sequence[Regime]) -> Iterator[Finding]:
    cookie = entry.cookie
    tracker = tracker_matching(cookie.name) if cookie.kind is Kind.COOKIE else None
    if tracker is not None:
        message = f"the known tracker {tracker!r} passes as necessary"
        yield Finding("CG053", entry.place, message, "declare it in the category of its purpose")
    longest = longest_necessary(_reason(cookie))
    if _reason(cookie) is ExemptReason.CHOICE:
        longest = max(longest, longest_choice(regimes))
    if isinstance(cookie.lifetime, timedelta) and cookie.lifetime > longest:
        message = (
            f"it lives {lifetime_text(cookie.lifetime)}, longer than {_reason(cookie)} needs "
            f"({lifetime_text(longest)})"
        )
        yield Finding("CG055", entry.place, message, "set it for less, and declare what you set")


def _unknown_reasons(entry: DeclaredAt, regimes: Sequence[Regime]) -> Iterator[Finding]:
    reason = _reason(entry.cookie)
    for regime in regimes:
        # The choice itself is needed wherever something is asked.
        if reason not in regime.exempt_reasons and reason is not ExemptReason.CHOICE:
            message = f"{reason} is no reason for an exemption under the regime {regime.name!r}"
            yield Finding(
                "CG061", entry.place, message, "ask for consent, in a category of its own"
            )


def longest_necessary(reason: ExemptReason) -> timedelta:
    """Return the longest lifetime of a necessary cookie that is not worth a finding (CG055)."""
    return _LONGEST_NECESSARY.get(reason, _HALF_A_YEAR)


def _reason(cookie: Cookie) -> ExemptReason:
    assert cookie.exempt_reason is not None, "a necessary cookie always has a reason"
    return cookie.exempt_reason


def _measurement_findings(entry: DeclaredAt, terms: Terms) -> Iterator[Finding]:
    cookie = entry.cookie
    if terms.retention is not None:
        kept = _in_months(terms.retention)
        if cookie.retention is None:
            message = "it does not declare how long its measurements are kept"
            yield Finding("CG057", entry.place, message, f'declare retention, at most "{kept}"')
        elif cookie.retention > terms.retention:
            message = f"its measurements are kept {lifetime_text(cookie.retention)}"
            yield Finding("CG057", entry.place, message, f"keep them for {kept} at most")
    longest = terms.lifetime
    lifetime = cookie.lifetime
    if longest is not None and isinstance(lifetime, timedelta) and lifetime > longest:
        message = f"it lives {lifetime_text(lifetime)} and is cut to {lifetime_text(longest)}"
        hint = f'declare a lifetime of at most "{_in_months(longest)}"'
        yield Finding("CG057", entry.place, message, hint)
    if terms.assessment and cookie.assessment is None:
        message = "it does not say when the site judged that it is exempt, nor where to read that"
        hint = 'declare assessment = { date = ..., address = "..." }'
        yield Finding("CG060", entry.place, message, hint)


def _in_months(length: timedelta) -> str:
    """Return a length as whole months, as declarations count them, where it is some."""
    months = round(length.days * 12 / 365)
    if timedelta(days=months * 365 // 12) == length:
        return f"{months} months"
    return lifetime_text(length)


def _overridden_globs(cookies: Sequence[DeclaredAt]) -> Iterator[Finding]:
    """Yield globs (CG054) that match a name which has its own rule, of another category."""
    globs = [entry for entry in cookies if entry.cookie.is_glob]
    index = GlobIndex((Glob.of(glob.cookie.name), number) for number, glob in enumerate(globs))
    names_by_glob: dict[int, list[str]] = {}
    for exact in (entry.cookie for entry in cookies if not entry.cookie.is_glob):
        for _, number in index.matching(exact.name):
            if globs[number].cookie.category != exact.category:
                names_by_glob.setdefault(number, []).append(f"{exact.name!r} in {exact.category!r}")
    for number, names in sorted(names_by_glob.items()):
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        message = f"it also matches {', '.join(names[:_LISTED])}{more}: the exact name wins"
        yield Finding("CG054", globs[number].place, message, "narrow the glob, or leave it so")
