"""Which exempt reason a necessary cookie has where the site does not say."""

from __future__ import annotations

from consentgate.policy.vocabulary import ExemptReason

# Lower-case names of well-known software. All else that a site calls necessary is most often a
# session or its security.
_KNOWN = {
    "cookies_preferences": ExemptReason.CHOICE,
    "django_language": ExemptReason.INTERFACE,
    "i18next": ExemptReason.INTERFACE,
    "lang": ExemptReason.INTERFACE,
    "language": ExemptReason.INTERFACE,
    "locale": ExemptReason.INTERFACE,
    "messages": ExemptReason.INTERFACE,
    "pll_language": ExemptReason.INTERFACE,
    "theme": ExemptReason.INTERFACE,
    "timezone": ExemptReason.INTERFACE,
    "basket": ExemptReason.BASKET,
    "cart": ExemptReason.BASKET,
    "woocommerce_cart_hash": ExemptReason.BASKET,
    "woocommerce_items_in_cart": ExemptReason.BASKET,
    "awsalb": ExemptReason.LOAD_BALANCING,
    "awsalbcors": ExemptReason.LOAD_BALANCING,
    "arraffinity": ExemptReason.LOAD_BALANCING,
    "arraffinitysamesite": ExemptReason.LOAD_BALANCING,
    "ingresscookie": ExemptReason.LOAD_BALANCING,
    "serverid": ExemptReason.LOAD_BALANCING,
}


def usual_reason(name: str) -> ExemptReason:
    """Return the exempt reason that a necessary cookie of this name usually has."""
    return _KNOWN.get(name.lower(), ExemptReason.AUTHENTICATION)
