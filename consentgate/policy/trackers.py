"""Well-known trackers and the category they usually have.

A table to warn and to suggest with, never to decide by: what is not declared does not leave,
known or not.
"""

from __future__ import annotations

from functools import cache

from consentgate.policy.lookup import GlobIndex
from consentgate.policy.names import Glob
from consentgate.policy.vocabulary import MARKETING, STATISTICS


def _names(*lines: str) -> tuple[str, ...]:
    return tuple(name for line in lines for name in line.split())


_STATISTICS = _names(
    # Google Analytics, old and new
    "_ga _ga_* _gid _gat _gat_* __utma __utmb __utmc __utmt __utmv __utmz",
    # Matomo and Piwik PRO
    "_pk_id* _pk_ses* _pk_ref* _pk_cvar* _pk_hsr* mtm_* stg_*",
    # Hotjar, Clarity, AT Internet and Piano, Chartbeat, Parse.ly, Snowplow, Yandex Metrica
    "_hj* _clck _clsk atuserid atidvisitor _pcid _cb _chartbeat* _parsely_* _sp_id* _sp_ses* _ym_*",
    # Segment, Amplitude, Mixpanel, Heap, PostHog, Adobe Analytics, Optimizely, VWO, Vimeo
    "ajs_anonymous_id ajs_user_id amplitude_id* AMP_* mp_*_mixpanel _hp2_* ph_*_posthog s_vi",
    "AMCV_* optimizely* _vwo* _vis_opt_* vuid",
)

_MARKETING = _names(
    # Google Ads, DoubleClick and YouTube
    "_gcl_* _gac_* __gads __gpi IDE DSID NID ANID test_cookie VISITOR_INFO1_LIVE YSC",
    # Meta, TikTok, Pinterest, Snapchat, Reddit, X
    "_fbp _fbc _ttp _tt_* _pin_unauth _pinterest_* _epik _derived_epik _scid _scid_r _sctr",
    "_rdt_uuid personalization_id guest_id guest_id_* muc_ads",
    # Microsoft Advertising, LinkedIn
    "_uet* MUID li_* lidc bcookie bscookie UserMatchHistory AnalyticsSyncHistory",
    # HubSpot, Marketo, Criteo, AdRoll, Quantcast, Leadfeeder
    "hubspotutk __hstc __hssc __hssrc _mkto_trk cto_* __adroll* __ar_v4 __qca _lfa",
)


def known_category(name: str) -> str | None:
    """Return the category that the tracker of this name usually has, None for any other name."""
    exact, globs = _table()
    if name in exact:
        return exact[name]
    found = globs.matching(name)
    return max(found, key=lambda entry: entry[0].literal_length)[1] if found else None


@cache
def _table() -> tuple[dict[str, str], GlobIndex[str]]:
    known = dict.fromkeys(_STATISTICS, STATISTICS) | dict.fromkeys(_MARKETING, MARKETING)
    exact = {name: category for name, category in known.items() if "*" not in name}
    globs = GlobIndex((Glob.of(name), known[name]) for name in known if "*" in name)
    return exact, globs


def tracker_among(pattern: str) -> str | None:
    """Return a known tracker that `pattern`, a name or a glob, lets through; None for none."""
    if known_category(pattern) is not None:
        return pattern
    if "*" not in pattern:
        return None
    # A tracker's glob is tried at its shortest: `*_session` has nothing to do with `li_*`,
    # although both match `li__session`.
    glob = Glob.of(pattern)
    known = (*_STATISTICS, *_MARKETING)
    return next((name for name in known if glob.matches(name.replace("*", ""))), None)
