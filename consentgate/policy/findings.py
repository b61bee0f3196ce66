"""What a declaration lacks or should not say: told at start-up, never a reason to stop.

Enforcing needs a name and a category only; what is told here is owed to the visitor.
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
from consentgate.policy.text import Text, said_in
from consentgate.policy.trackers import tracker_among
from consentgate.policy.vocabulary import ExemptReason, Kind

# CNIL, audience measurement, 4 July 2025; for that exemption only.
LONGEST_MEASUREMENT = timedelta(days=395)
LONGEST_RETENTION = timedelta(days=760)

# The choice is kept about six months (CNIL deliberation 2020-092); nothing that is necessary
# for a visit is needed for longer, except how a visitor likes the pages to look.
_HALF_A_YEAR = timedelta(days=182)
_LONGEST_NECESSARY = {ExemptReason.INTERFACE: timedelta(days=365)}

# So many names stand in a finding that is about many.
_NAMED = 3


def findings(
    rules: Sequence[DeclaredAt], *, controller: Controller | None, language: str
) -> Iterator[Finding]:
    """Yield what is to be told of the rules, in their order, and of the controller."""
    if controller is None and any(not placed.cookie.exempt for placed in rules):
        yield Finding(
            "CG052",
            "controller",
            "visitors must be told who asks for their consent (GDPR art. 13(1)(a))",
            "declare a Controller",
        )
    for placed in rules:
        yield from _of_cookie(placed, language)
    yield from _hidden_names([placed for placed in rules if placed.cookie.kind is Kind.COOKIE])


def _of_cookie(placed: DeclaredAt, language: str) -> Iterator[Finding]:
    if placed.cookie.necessary:
        yield from _of_necessary(placed)
    elif placed.cookie.exempt:
        yield from _of_measurement(placed)
    else:
        yield from _missing_facts(placed, language)


def _missing_facts(placed: DeclaredAt, language: str) -> Iterator[Finding]:
    # Purpose, duration and who has access are told before the choice (CJEU C-673/17 Planet49).
    cookie = placed.cookie
    facts = {"provider": cookie.provider, "purpose": cookie.purpose}
    missing = [name for name, text in facts.items() if not _says_something(text)]
    missing += [
        f"{name} in the default language {language!r}"
        for name, text in facts.items()
        if name not in missing and not _speaks(text, language)
    ]
    if cookie.lifetime is None and cookie.kind is Kind.COOKIE:
        missing.append("lifetime")
    if missing:
        message = f"visitors are owed its {', its '.join(missing)}"
        yield Finding("CG051", placed.place, message, "declare it")


def _says_something(text: Text) -> bool:
    return not isinstance(text, str) or bool(text.strip())


def _speaks(text: Text, language: str) -> bool:
    return isinstance(text, str) or said_in(text, language) is not None


def _of_necessary(placed: DeclaredAt) -> Iterator[Finding]:
    cookie = placed.cookie
    tracker = tracker_among(cookie.name) if cookie.kind is Kind.COOKIE else None
    if tracker is not None:
        message = f"the known tracker {tracker!r} passes as necessary"
        yield Finding("CG053", placed.place, message, "declare it in the category of its purpose")
    longest = _LONGEST_NECESSARY.get(_reason(cookie), _HALF_A_YEAR)
    if isinstance(cookie.lifetime, timedelta) and cookie.lifetime > longest:
        message = (
            f"it lives {lifetime_text(cookie.lifetime)}, longer than {_reason(cookie)} needs "
            f"({lifetime_text(longest)})"
        )
        yield Finding("CG055", placed.place, message, "set it for less, and declare what you set")


def _reason(cookie: Cookie) -> ExemptReason:
    assert cookie.exempt_reason is not None, "a necessary cookie always has a reason"
    return cookie.exempt_reason


def _of_measurement(placed: DeclaredAt) -> Iterator[Finding]:
    cookie = placed.cookie
    if cookie.retention is None:
        message = "how long its measurements are kept is not said"
        yield Finding("CG057", placed.place, message, 'declare retention, at most "25 months"')
    elif cookie.retention > LONGEST_RETENTION:
        message = f"its measurements are kept {lifetime_text(cookie.retention)}"
        yield Finding("CG057", placed.place, message, "keep them for 25 months at most")
    if isinstance(cookie.lifetime, timedelta) and cookie.lifetime > LONGEST_MEASUREMENT:
        message = f"it lives {lifetime_text(cookie.lifetime)} and is cut to 395 days"
        yield Finding("CG057", placed.place, message, 'declare a lifetime of at most "13 months"')


def _hidden_names(cookies: Sequence[DeclaredAt]) -> Iterator[Finding]:
    """Yield globs (CG054) that a reader may think to decide on a name that has its own rule."""
    globs = [placed for placed in cookies if placed.cookie.is_glob]
    index = GlobIndex((Glob.of(glob.cookie.name), number) for number, glob in enumerate(globs))
    hidden: dict[int, list[str]] = {}
    for exact in (placed.cookie for placed in cookies if not placed.cookie.is_glob):
        for _, number in index.matching(exact.name):
            if globs[number].cookie.category != exact.category:
                hidden.setdefault(number, []).append(f"{exact.name!r} in {exact.category!r}")
    for number, names in sorted(hidden.items()):
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        message = f"it also matches {', '.join(names[:_NAMED])}{more}: the exact name wins"
        yield Finding("CG054", globs[number].place, message, "narrow the glob, or leave it so")
