"""The page that a visitor gets in place of one for which a category must be allowed first."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from consentgate.gate.visitor import VisitorConsent
from consentgate.policy import Policy, text_in

_TITLE = {"en": "Your consent is needed", "fr": "Votre accord est nécessaire"}
_SENTENCE = {
    "en": "This page uses cookies that you have not allowed:",
    "fr": "Cette page utilise des cookies que vous n'avez pas autorisés :",
}


def missing_categories(consent: VisitorConsent, categories: Iterable[str]) -> tuple[str, ...]:
    """Return those of the categories that the visitor has not allowed."""
    return tuple(name for name in categories if not consent.allows(name))


def refusal_page(policy: Policy, categories: Iterable[str]) -> str:
    """Return an HTML page that says what must be allowed first, in the site's language."""
    languages = (policy.default_language, "en")
    known = filter(None, map(policy.category, categories))
    names = "".join(f"<li>{escape(text_in(one.title, *languages))}</li>" for one in known)
    title = escape(text_in(_TITLE, *languages))
    return (
        f'<!doctype html>\n<html lang="{escape(languages[0])}">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<h1>{title}</h1>\n"
        f"<p>{escape(text_in(_SENTENCE, *languages), quote=False)}</p>\n<ul>{names}</ul>\n</html>\n"
    )
