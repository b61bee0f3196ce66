"""Which choices still hold that were made while a site was under another regime.

What is asked differs, and so do the fingerprints. A grant holds where it covered all that needs
consent now. A refusal holds always: nobody is asked again, and nothing leaves, only since the
regime is another one (EDPB guidelines 03/2022).
"""

from __future__ import annotations

from collections.abc import Sequence

from consentgate.policy.cookie import Cookie
from consentgate.policy.fingerprint import fingerprints
from consentgate.policy.regime import Regime, under
from consentgate.policy.regime_file import shipped_regime, shipped_regimes


class OtherRegimes:
    """The fingerprints that the same declaration has under other regimes; worked out at the first
    choice that is not of the present one."""

    __slots__ = ("_found", "_language", "_names", "_regimes", "_rules")

    def __init__(
        self,
        names: Sequence[str],
        rules: Sequence[Cookie],
        regimes: Sequence[Regime],
        language: str,
    ) -> None:
        self._names = names
        self._rules = rules
        self._regimes = regimes
        self._language = language
        self._found: dict[tuple[str, str], bool] | None = None

    def holds(self, category: str, fingerprint: str, *, refused: bool) -> bool:
        """Return whether a choice of this fingerprint holds under the present regime."""
        covers = self._known().get((category, fingerprint))
        return covers is not None and (refused or covers)

    def fingerprints_of(self, category: str, *, refused: bool) -> list[str]:
        """Return the fingerprints under which a grant of a category holds, or a refusal."""
        known = self._known().items()
        return [
            fingerprint
            for (name, fingerprint), covers in known
            if name == category and (refused or covers)
        ]

    def _known(self) -> dict[tuple[str, str], bool]:
        if self._found is None:
            self._found = self._work_out()
        return self._found

    def _work_out(self) -> dict[tuple[str, str], bool]:
        """Return whether what was asked under a category's fingerprint covers what is asked now."""
        now = _asked(self._rules, self._names)
        covers: dict[tuple[str, str], bool] = {}
        shipped = [shipped_regime(name) for name in shipped_regimes()]
        for regimes in (*([regime] for regime in (*shipped, *self._regimes)), self._regimes):
            rules = [under(rule, regimes) for rule in self._rules]
            then = _asked(rules, self._names)
            prints = fingerprints(self._names, rules, language=self._language)
            for name in self._names:
                key = name, prints[name]
                covers[key] = covers.get(key, False) or then[name] >= now[name]
        return covers


def _asked(rules: Sequence[Cookie], names: Sequence[str]) -> dict[str, set[int]]:
    """Return the places of the rules of each category that need consent."""
    asked: dict[str, set[int]] = {name: set() for name in names}
    for place, rule in enumerate(rules):
        if not rule.exempt:
            for category in rule.categories:
                asked[category].add(place)
    return asked
