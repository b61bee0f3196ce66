"""The declaration as JSON, for scripts and for outside audits of a site.

The format is documented and stable: keys are added, never renamed; `format` counts the versions
that break readers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from consentgate.choice.consent import NECESSARY
from consentgate.policy import Category, Controller, Cookie, Policy
from consentgate.policy.lifetime import Lifetime, lifetime_text
from consentgate.policy.text import Text

FORMAT = 1

Json = dict[str, object]


def policy_json(policy: Policy) -> bytes:
    """Return the declaration as JSON in ASCII: the controller, the categories with the fingerprints
    under which a choice holds, and each cookie, with its texts by language."""
    used = {NECESSARY, *policy.optional_categories}
    document: Json = {
        "format": FORMAT,
        "site": policy.site,
        "site_name": _texts(policy.site_name, policy.default_language),
        "controller": _controller(policy.controller),
        "regime": policy.regime.name,
        "regime_within": policy.regime.within,
        "default_language": policy.default_language,
        "preferences_cookie": policy.preferences_cookie,
        "categories": [
            _category(category, policy) for category in policy.categories if category.name in used
        ],
        "cookies": [_cookie(rule, policy.default_language) for rule in policy.rules],
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _controller(controller: Controller | None) -> Json | None:
    if controller is None:
        return None
    return {
        "name": controller.name,
        "contact": controller.contact,
        "privacy_page": controller.privacy_page,
        "address": controller.address,
        "jurisdiction": controller.jurisdiction,
    }


def _category(category: Category, policy: Policy) -> Json:
    return {
        "name": category.name,
        "title": _texts(category.title, policy.default_language),
        "description": _texts(category.description, policy.default_language),
        "needs_consent": category.name in policy.consent_categories,
        "gpc": category.gpc,
        "fingerprint": policy.fingerprint(category.name),
    }


def _cookie(rule: Cookie, language: str) -> Json:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "category": rule.category,
        "categories": rule.categories,
        "needs_consent": not rule.exempt,
        "basis": rule.basis,
        "exempt_reason": rule.exempt_reason,
        "anonymous": rule.anonymous,
        "provider": _texts(rule.provider, language),
        "service": _texts(rule.service, language),
        "location": _texts(rule.location, language),
        "purpose": _texts(rule.purpose, language),
        "lifetime": _length(rule.lifetime),
        "retention": _length(rule.retention),
        "party": rule.party,
        "path": rule.path,
        "domain": rule.domain,
        "hosts": dict(rule.hosts),
        "personal_data": rule.personal_data,
        "storage_location": rule.storage_location,
        "recipients": rule.recipients,
    }


def _texts(text: Text, language: str) -> Mapping[str, str]:
    if isinstance(text, str):
        return {language: text} if text else {}
    return dict(text)


def _length(lifetime: Lifetime | None) -> str | None:
    return None if lifetime is None else lifetime_text(lifetime)
