"""What the charter says of the law: when consent is needed, and what holds of statistics.

A site's own regime brings its words, or has those of the regime within which it is. 13 and 25
months are limits of the French exemption for anonymous statistics only (CNIL, 4 July 2025).
"""

from __future__ import annotations

from typing import NamedTuple

from consentgate.pages.texts import message as _
from consentgate.policy.regime import Asked, Regime
from consentgate.policy.text import Text


class Words(NamedTuple):
    """The words of a regime. `consent` is "" where there are none; `exempt` follows `statistics`
    where exempt audience measurement is declared on terms."""

    consent: Text
    statistics: Text
    exempt: Text = ""


_CONSENT_EU = _(
    "In the European Union, a site may store or read information on your "
    "device only if you agree, unless this is strictly necessary for a service "
    "that you asked for (article 5(3) of Directive 2002/58/EC). Until you "
    "choose, this site uses only cookies that need no consent."
)
_STATISTICS_FR = _(
    "These cookies count visits and show how the site is used, to improve it. As a rule, "
    "they need your consent; anonymous statistics can be exempt."
)
# CNIL, page on the exemption for audience measurement, 4 July 2025.
_EXEMPT_FR = _(
    "Some need none where national law says so. In France, the data protection authority "
    "(CNIL) sets the conditions. The statistics must be anonymous and serve this site alone. "
    "Nobody may be followed from one site to another. The data may not be combined with other "
    "data or passed on. The cookies may last for at most 13 months, without being renewed at "
    "each visit, and the data may be kept for at most 25 months. Visitors must be informed, "
    "and able to refuse."
)
_STATISTICS_ASKED = _(
    "These cookies count visits and show how the site is used, to improve it. This needs your "
    "consent."
)
_STATISTICS_OPEN = _(
    "These cookies count visits and show how the site is used, to improve it. No consent is "
    "needed, and you can object at any time."
)
_CONSENT_UK = _(
    "In the United Kingdom, a site may store or read information on your device only if you "
    "agree, unless an exception applies (regulation 6 of the Privacy and Electronic "
    "Communications Regulations). Statistics and the appearance of the site are exceptions: you "
    "can object to them at any time."
)
_CONSENT_US_CA = _(
    "In California, you can object at any time to the sale and the sharing of your personal "
    "information (California Consumer Privacy Act). Until you object, this site uses the "
    "cookies that this page lists."
)

_WORDS = {
    "eu": Words(_CONSENT_EU, _STATISTICS_ASKED),
    "fr": Words(_CONSENT_EU, _STATISTICS_FR, _EXEMPT_FR),
    "uk": Words(_CONSENT_UK, _STATISTICS_OPEN),
    "us-ca": Words(_CONSENT_US_CA, _STATISTICS_OPEN),
}


def words_of(regime: Regime) -> Words:
    """Return the words of a regime."""
    known = _WORDS.get(regime.name) or _WORDS.get(regime.within)
    if known is None:
        is_open = regime.asked is Asked.OPT_OUT or regime.is_open("statistics")
        known = Words("", _STATISTICS_OPEN if is_open else _STATISTICS_ASKED)
    return known._replace(
        consent=regime.consent_words or known.consent,
        statistics=regime.statistics_words or known.statistics,
    )
