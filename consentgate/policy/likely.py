"""Says what an undeclared cookie most likely is, so that its declaration can be suggested.

It decides nothing: the site declares the cookie, or it does not leave. What nothing is known of is
suggested as needing consent, so that a declaration that nobody looked at lets nothing out without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from consentgate.policy.cookie import Cookie
from consentgate.policy.text import Text
from consentgate.policy.trackers import known_category, preset_rules
from consentgate.policy.vocabulary import (
    MARKETING,
    NECESSARY,
    STATISTICS,
    ExemptReason,
    default_reason,
)


@dataclass(frozen=True, slots=True)
class Likely:
    """What a cookie most likely is.

    `rule` declares it; `presets` are the shipped ones that know it. `is_known` is False where
    nothing but the form of the name speaks for it.
    """

    rule: Cookie
    presets: tuple[str, ...] = ()
    is_known: bool = True


# What the server of a site sets is the site's own for want of better knowledge.
_PROVIDER = "This site"
_PURPOSES = {STATISTICS: "Counts visits.", MARKETING: "Measures advertising."}

_WORD = re.compile(r"i18n|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A number, a UUID, or a digest or key with letters and digits in it; several of them too.
_PART = (
    r"(?:[0-9]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[0-9a-f]*[0-9])[0-9a-f]{4,}"
    r"|(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{12,})"
)
_MADE_UP = re.compile(
    rf"(?P<stem>[^*]*?[A-Za-z][^*]*?[._:-]){_PART}(?:[._:-]{_PART})*", re.ASCII | re.IGNORECASE
)

# A session of measurement is none that a visitor asks for.
_TRACKING = _words(
    "ab abtest ad ads advert aff affiliate analytic analytics campaign cid click client clid "
    "device exp experiment fingerprint funnel guid heatmap hit metric metrics pageview pixel "
    "promo recording ref referer referrer replay segment stat statistics stats track tracker "
    "tracking uid utm uuid visit visitor visitors visits"
)

_REASONS = {
    ExemptReason.AUTHENTICATION: _words(
        "antiforgery aspsessionid auth authenticity authtkt csrf csrftoken jsessionid jwt logged "
        "login oauth phpsessid remember rememberme sess sessid session sessionid sid signin sso "
        "xsrf"
    ),
    ExemptReason.BASKET: _words("basket cart checkout panier warenkorb"),
    ExemptReason.INTERFACE: _words(
        "currency darkmode flash i18n lang language lng locale locales messages theme timezone"
    ),
}
# Of a token alone nothing is known: some are of push messages or devices.
_TOKENS = _words("access bearer id refresh request verification")


def likely_cookie(name: str) -> Likely:
    """Return what the cookie of this name most likely is.

    The name of the rule is the cookie's own, or a glob where a preset has one or where the end of
    the name looks as if it were another one for each visitor or item.
    """
    known = preset_rules(name)
    if known:
        presets = dict.fromkeys(rule.preset for rule in known)
        return Likely(known[0].cookie, tuple(presets))
    category = known_category(name)
    pattern = glob_of(name) or name
    reason = None if category else _reason_of(pattern)
    if reason is not None:
        return Likely(Cookie(pattern, category=NECESSARY, exempt_reason=reason), is_known=False)
    rule = Cookie(
        pattern,
        category=category or STATISTICS,
        provider=_PROVIDER,
        purpose=_PURPOSES[category or STATISTICS],
    )
    return Likely(rule, is_known=category is not None)


def glob_of(name: str) -> str | None:
    """Return the glob of a name whose end looks as if it were made up, None for any other name."""
    match = _MADE_UP.fullmatch(name)
    return f"{match['stem']}*" if match else None


def _reason_of(name: str) -> ExemptReason | None:
    """Return why a cookie whose name looks like this needs no consent; None where it does not look
    like that."""
    usual = default_reason(name)
    if usual is not ExemptReason.AUTHENTICATION:
        return usual
    words = frozenset(word.lower() for word in _WORD.findall(name))
    if not words.isdisjoint(_TRACKING):
        return None
    if "token" in words and not words.isdisjoint(_TOKENS):
        return usual
    return next((why for why, known in _REASONS.items() if not words.isdisjoint(known)), None)


def text_for(text: Text, language: str) -> Text:
    """Return a text that has what a site's default language needs: English where it has none."""
    if isinstance(text, str) or language in text:
        return text
    return text["en"]
