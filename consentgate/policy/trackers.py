"""Well-known trackers, from the shipped presets and elsewhere, and their usual categories.

The table is for warnings and suggestions and decides nothing: an undeclared cookie does not leave,
whether it is known or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from consentgate.policy.cookie import Cookie
from consentgate.policy.lookup import GlobIndex
from consentgate.policy.names import Glob
from consentgate.policy.presets import load_preset, shipped_presets
from consentgate.policy.vocabulary import MARKETING, STATISTICS


def _names(*lines: str) -> tuple[str, ...]:
    return tuple(name for line in lines for name in line.split())


# Trackers that no preset declares.
_STATISTICS = _names(
    # Universal Analytics, and other cookies of Matomo, Hotjar and Piwik PRO
    "__utma __utmb __utmc __utmt __utmv __utmz _pk_* mtm_* _hj* stg_*",
    # Clarity, Chartbeat, Parse.ly, Snowplow, Yandex Metrica
    "_clck _clsk _cb _chartbeat* _parsely_* _sp_id* _sp_ses* _ym_*",
    # Segment, Amplitude, Mixpanel, Heap, PostHog, Adobe Analytics, Optimizely, VWO
    "ajs_anonymous_id ajs_user_id amplitude_id* AMP_* mp_*_mixpanel _hp2_* ph_*_posthog s_vi",
    "AMCV_* optimizely* _vwo* _vis_opt_*",
)

_MARKETING = _names(
    # Other cookies of TikTok and LinkedIn, Pinterest, Snapchat, Reddit
    "_tt_* li_* _pin_unauth _pinterest_* _epik _derived_epik _scid _scid_r _sctr _rdt_uuid",
    # Microsoft Advertising, Marketo, Criteo, AdRoll, Quantcast, Leadfeeder
    "_uet* MUID _mkto_trk cto_* __adroll* __ar_v4 __qca _lfa",
)


class PresetRule(NamedTuple):
    """A cookie that a shipped preset declares, and the name of that preset."""

    preset: str
    cookie: Cookie


# Names of trackers that a site may well give to its own cookies: they are no evidence.
_COMMON = frozenset({"PREF", "et0", "et1", "flags", "fr", "player"})


def known_category(name: str) -> str | None:
    """Return the usual category of the tracker of this name, None for any other name."""
    known, globs = _table()
    if name in known and "*" not in name:
        return known[name]
    matching = globs.matching(name)
    return max(matching, key=lambda entry: entry[0].literal_length)[1] if matching else None


@cache
def _table() -> tuple[dict[str, str], GlobIndex[str]]:
    # Made when it is first used, which is for a policy's findings: presets are read once, at
    # start-up, and not while a visitor waits.
    known = dict.fromkeys(_STATISTICS, STATISTICS) | dict.fromkeys(_MARKETING, MARKETING)
    known |= {cookie.name: cookie.category for cookie in _preset_trackers()}
    return known, GlobIndex((Glob.of(name), known[name]) for name in known if "*" in name)


def _preset_trackers() -> Iterator[Cookie]:
    for _, cookie in _preset_cookies():
        if not cookie.necessary:
            yield cookie


def _preset_cookies() -> Iterator[PresetRule]:
    for preset in shipped_presets():
        for cookie, *_ in load_preset(preset):
            if cookie.name not in _COMMON:
                yield PresetRule(preset, cookie)


def preset_rules(name: str) -> list[PresetRule]:
    """Return what the shipped presets declare of the cookie of this name: those of exactly this
    name, else those of the most literal glob; trackers before necessary cookies."""
    exact, globs = _preset_table()
    rules = exact.get(name)
    if rules is None:
        matching = globs.matching(name)
        longest = max((glob.literal_length for glob, _ in matching), default=0)
        rules = [rule for glob, rule in matching if glob.literal_length == longest]
    return sorted(rules, key=lambda rule: rule.cookie.necessary)


@cache
def _preset_table() -> tuple[dict[str, list[PresetRule]], GlobIndex[PresetRule]]:
    rules = list(_preset_cookies())
    exact: dict[str, list[PresetRule]] = {}
    for rule in rules:
        exact.setdefault(rule.cookie.name, []).append(rule)
    globs = ((Glob.of(rule.cookie.name), rule) for rule in rules if rule.cookie.is_glob)
    return exact, GlobIndex(globs)


def tracker_matching(pattern: str) -> str | None:
    """Return a known tracker that `pattern`, a name or a glob, matches; None for none."""
    if known_category(pattern) is not None:
        return pattern
    if "*" not in pattern:
        return None
    # A tracker's glob is tried at its shortest: `*_session` has nothing to do with `li_*`,
    # although both match `li__session`.
    glob = Glob.of(pattern)
    known, _ = _table()
    return next((name for name in known if glob.matches(name.replace("*", ""))), None)
