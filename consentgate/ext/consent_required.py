"""The page that a visitor gets in place of one that needs consent first."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from consentgate.gate.visitor import VisitorConsent
from consentgate.policy import Policy, text_in

TITLE = {"en": "Your consent is needed", "fr": "Votre accord est nécessaire"}
SENTENCE = {
    "en": "This page uses cookies that you have not accepted:",
    "fr": "Cette page utilise des cookies que vous n’avez pas acceptés :",
}


def missing_categories(consent: VisitorConsent, categories: Iterable[str]) -> tuple[str, ...]:
    """Return the categories that the visitor has not allowed."""
    return tuple(name for name in categories if not consent.allows(name))


def consent_required_page(policy: Policy, categories: Iterable[str]) -> str:
    """Return an HTML page that names the categories to allow first, in the site's language."""
    languages = (policy.default_language, "en")
    declared = filter(None, map(policy.category, categories))
    titles = (escape(text_in(category.title, *languages)) for category in declared)
    items = "".join(f"<li>{item}</li>" for item in titles)
    title = escape(text_in(TITLE, *languages))
    return (
        f'<!doctype html>\n<html lang="{escape(languages[0])}">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<h1>{title}</h1>\n"
        f"<p>{escape(text_in(SENTENCE, *languages), quote=False)}</p>\n<ul>{items}</ul>\n</html>\n"
    )
