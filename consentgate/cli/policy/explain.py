"""`consentgate policy explain NAME`: which rule a name has, why, and what becomes of the cookie."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from textwrap import fill

import click

from consentgate.choice.consent import Consent
from consentgate.cli.frame import ExitCode, example, json_option, policy_option, read_policy
from consentgate.cli.output import print_json
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Verdict
from consentgate.gate.reasons import reason_words
from consentgate.http.set_cookie import split_set_cookie
from consentgate.policy import Basis, Cookie, Kind, Policy, lifetime_text, paste_toml, text_in
from consentgate.policy.likely import likely_cookie
from consentgate.policy.listing import category_text
from consentgate.policy.names import name_problem
from consentgate.policy.precedence import Precedence, precedence_of


@click.command(epilog=example("consentgate policy explain _pk_id.1.1fff"))
@click.argument("name")
@policy_option
@json_option
def explain(*, name: str, file: str, as_json: bool) -> ExitCode:
    """Explain which rule a cookie called NAME has, and what becomes of it.

    This is what a gate does that enforces, with its other options as they are by default. A
    deletion always leaves.
    """
    if not name or split_set_cookie(f"{name}=1")[0] != name or not name.isprintable():
        raise click.BadParameter(f"no cookie can be called {name!r}", param_hint="NAME")
    policy = read_policy(file)
    precedence = precedence_of(policy, name)
    fates = _fates_of(policy, name, precedence.rule)
    if as_json:
        print_json(_document(name, policy, precedence, fates))
    else:
        _print(name, policy, precedence, fates)
    return ExitCode.FINE


@dataclass(frozen=True, slots=True)
class _Fates:
    """The gate's verdicts on the cookie, by what the visitor chose."""

    before_choice: Verdict
    after_refusal: Verdict
    after_grant: Verdict


def _fates_of(policy: Policy, name: str, rule: Cookie | None) -> _Fates:
    gate = Gate(policy, secret_key=secrets.token_hex())
    granted = [
        category
        for category in (rule.categories if rule else ())
        if category in policy.optional_categories
    ]
    choices = Consent.undecided(), gate.consent_for(), gate.consent_for(*granted)
    return _Fates(*(gate.judge(f"{name}=1", choice) for choice in choices))


def _document(
    name: str, policy: Policy, precedence: Precedence, fates: _Fates
) -> dict[str, object]:
    document: dict[str, object] = {
        "name": name,
        "regime": policy.regime.name,
        "rule": None,
        "before_choice": _fate_json(fates.before_choice),
        "after_refusal": _fate_json(fates.after_refusal),
        "after_grant": _fate_json(fates.after_grant),
    }
    rule = precedence.rule
    if rule is None:
        return {**document, "declare": _suggestion(name) or None}
    document["rule"] = {
        "name": rule.name,
        "declared_at": precedence.place,
        "why": precedence.why,
        "beaten": list(precedence.beaten),
        "categories": list(rule.categories),
        "needs_consent": not rule.exempt,
        "basis": rule.basis,
        "exempt_reason": rule.exempt_reason,
        "provider": text_in(rule.provider, policy.default_language),
        "purpose": text_in(rule.purpose, policy.default_language),
        "lifetime": None if rule.lifetime is None else lifetime_text(rule.lifetime),
    }
    return {**document, "declare": None}


def _fate_json(verdict: Verdict) -> dict[str, object]:
    return {"leaves": verdict.value is not None, "reason": verdict.reason}


def _print(name: str, policy: Policy, precedence: Precedence, fates: _Fates) -> None:
    rule = precedence.rule
    facts = {"name": name, "category": category_text(rule)}
    if rule is not None:
        facts |= {
            "rule": f"{rule.name}, at {precedence.place}",
            "why this one": precedence.why,
            "comes before": ", ".join(precedence.beaten),
            "needs consent": _needs_consent(rule),
            "regime": _regime(policy, rule),
            "provider": text_in(rule.provider, policy.default_language),
            "purpose": text_in(rule.purpose, policy.default_language),
            "lifetime": "" if rule.lifetime is None else lifetime_text(rule.lifetime),
        }
    expired = "" if rule is None or rule.necessary else "; the browser's copy is expired"
    facts |= {
        "before a choice": _fate(fates.before_choice),
        "after a refusal": _fate(fates.after_refusal) + expired,
        "after a grant": _fate(fates.after_grant),
    }
    for fact, text in facts.items():
        if text:
            click.echo(fill(f"{fact + ':':<17}{text}", width=80, subsequent_indent=" " * 17))
    suggestion = "" if rule else _suggestion(name)
    if suggestion:
        click.echo(f"\nIf the site needs it, declare it, for example:\n\n{suggestion}")


def _needs_consent(rule: Cookie) -> str:
    if not rule.exempt:
        return "yes"
    is_open = rule.basis in (Basis.OBJECTABLE, Basis.OPT_OUT)
    return f"no: {rule.basis}" if is_open else f"no: {rule.exempt_reason}"


def _regime(policy: Policy, rule: Cookie) -> str:
    """Return by which law it is judged, and the source of that."""
    provision = policy.regime.provision_of(rule)
    source = ", ".join(filter(None, (provision.source, provision.paragraph)))
    return f"{policy.regime.name}: {source} ({provision.status})"


def _fate(verdict: Verdict) -> str:
    if verdict.value is not None:
        return f"leaves ({verdict.reason})"
    return f"stripped ({verdict.reason}: {reason_words(verdict.reason)})"


def _suggestion(name: str) -> str:
    if name_problem(name, Kind.COOKIE) is not None:
        return ""
    rule = likely_cookie(name).rule
    return paste_toml(rule.name, rule.category)
