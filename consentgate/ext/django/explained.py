"""The declared cookies as visitors read them, in one language."""

from __future__ import annotations

from dataclasses import dataclass

from consentgate.policy import Cookie, Lifetime, Policy, text_in


@dataclass(frozen=True, slots=True)
class ExplainedCookie:
    """One declared cookie, its texts in one language; `lifetime` is a timedelta, "session" or
    None, `exempt_reason` "" if it needs consent."""

    name: str
    provider: str
    service: str
    location: str
    purpose: str
    category: str
    category_title: str
    exempt_reason: str
    lifetime: Lifetime | None


def explain_cookies(policy: Policy, language: str) -> tuple[ExplainedCookie, ...]:
    """Return the cookies of a policy in its order, each text in the language or else in the
    policy's default one."""
    return tuple(_explain(policy, rule, language) for rule in policy.rules)


def _explain(policy: Policy, rule: Cookie, language: str) -> ExplainedCookie:
    languages = language, policy.default_language
    category = policy.category(rule.category)
    assert category is not None, "a rule's category is known: the policy was checked"
    return ExplainedCookie(
        name=rule.name,
        provider=text_in(rule.provider, *languages),
        service=text_in(rule.service, *languages),
        location=text_in(rule.location, *languages),
        purpose=text_in(rule.purpose, *languages),
        category=rule.category,
        category_title=text_in(category.title, *languages) or category.name,
        exempt_reason=rule.exempt_reason or "",
        lifetime=rule.lifetime,
    )
