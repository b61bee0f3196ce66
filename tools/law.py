"""Writes docs/law.md from the regimes: their rules with their sources, and what the gate does.

The cells of the matrix are the gate's own verdicts.

    python tools/law.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from consentgate import Category, Consent, Controller, Cookie, Gate, Policy
from consentgate.gate.exchange import OfflineExchange
from consentgate.gate.judge import Judge
from consentgate.policy import Regime, shipped_regimes
from consentgate.policy.regime import Provision
from consentgate.policy.regime_file import shipped_regime

PAGE = Path(__file__).parents[1] / "docs" / "law.md"

KINDS = {
    "necessary": Cookie("session", category="necessary", exempt_reason="authentication"),
    "anonymous statistics": Cookie("counted", category="statistics", anonymous=True),
    "statistics": Cookie("_ga", category="statistics"),
    "appearance": Cookie("theme", category="appearance"),
    "marketing": Cookie("_fbp", category="marketing"),
}
"""A cookie of each kind on which regimes differ."""

STATES = ("before a choice", "after a grant", "after a refusal or objection", "with Sec-GPC")

_INTRODUCTION = """\
<!-- Made by tools/law.py from consentgate/policy/regimes: change these files, not this page. -->

# The law, recommendations and proposals

This page keeps three things apart: what is **law**, what an authority **recommends**, and what is
**proposed**. It is no legal advice, and no software makes a site lawful: what a cookie is for, and
whether it is necessary, is for you to judge.

A [regime](policy.md#the-regime) is the law that a site's policy is judged by. It is data, with a
source for each rule and the day as of which it says what holds. *Secondary* says that the rule is
known from a source that quotes or reports the text, and that the text itself was not read for this
page: read it before you rely on it.

That undeclared cookies do not leave under any regime is our choice, and stricter than the texts.
The option `required` is where a site says for whom no choice is needed at all.

## What leaves

The gate's own verdicts, on a cookie of each kind. *On terms*: it lives no longer than the exemption
allows, and is not renewed. The signal is Global Privacy Control, sent by a visitor who has not
chosen.
"""

_STANDARDS = """\
## Standards

| Standard | Status | Source | What consentgate does |
|---|---|---|---|
| WCAG 2.2, level AA | recommendation | W3C | [accessibility](accessibility.md) |

The IAB TCF is a contract for programmatic advertising, and is not shipped.
"""


class SignallingExchange(OfflineExchange):
    """A request whose browser sends Global Privacy Control."""

    def header(self, name: str) -> str:
        """Return the signal, and no other header."""
        return "1" if name == "sec-gpc" else ""


def policy_under(*regimes: str) -> Policy:
    """Return a policy of a cookie of each kind under these regimes."""
    return Policy(
        cookies=KINDS.values(),
        categories=[Category("appearance")],
        controller=Controller("Example Town"),
        regime=regimes,
    )


def outcomes(gate: Gate, cookie: Cookie) -> tuple[str, ...]:
    """Return what becomes of a cookie in each of STATES."""
    optional = gate.policy.optional_categories
    undecided = Consent.undecided()
    exchanges = (
        OfflineExchange(gate.settings, undecided),
        OfflineExchange(gate.settings, gate.consent_for(*optional)),
        OfflineExchange(gate.settings, gate.consent_for()),
        SignallingExchange(gate.settings, undecided),
    )
    return tuple(_outcome(gate, cookie, exchange) for exchange in exchanges)


def _outcome(gate: Gate, cookie: Cookie, exchange: OfflineExchange) -> str:
    judge = Judge(gate.settings)
    verdict = judge.judge(f"{cookie.name}=1; Max-Age=99999999", exchange)
    if verdict.value is None:
        return "stripped"
    return "leaves on terms" if verdict.action == "clamp" else "leaves"


def _matrix(regimes: list[Regime]) -> Iterator[str]:
    yield f"| Regime | Cookie | {' | '.join(STATES)} | By |"
    yield "|---" * (len(STATES) + 3) + "|"
    for regime in regimes:
        gate = Gate(policy_under(regime.name), secret_key="for documentation only, of 32 ch.")
        for kind, cookie in KINDS.items():
            by = _source(regime.provision_of(cookie))
            yield f"| `{regime.name}` | {kind} | {' | '.join(outcomes(gate, cookie))} | {by} |"


def _source(provision: Provision) -> str:
    place = f", {provision.paragraph}" if provision.paragraph else ""
    return f"{provision.source}{place}{'' if provision.is_primary else ' (*secondary*)'}"


def _regime(regime: Regime) -> Iterator[str]:
    yield f"## {regime.title}: `{regime.name}`"
    yield ""
    within = f" What `{regime.within}` says holds as well." if regime.within else ""
    yield f"As of {regime.date.isoformat()}.{within}"
    yield ""
    yield "| Rule | Status | Source | What consentgate does |"
    yield "|---|---|---|---|"
    for provision in regime.provisions:
        yield f"| {provision.text} | {provision.status} | {_source(provision)} | {provision.does} |"
    yield ""


def page() -> str:
    """Return the page."""
    regimes = [shipped_regime(name) for name in shipped_regimes()]
    lines = [_INTRODUCTION, *_matrix(regimes), ""]
    for regime in regimes:
        lines += _regime(regime)
    return "\n".join([*lines, _STANDARDS])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
