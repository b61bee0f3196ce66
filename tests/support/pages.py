"""A site with every kind of category, and its pages as visitors see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consentgate import Category, Controller, Cookie, Policy
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.options import PagesOptions
from consentgate.pages.render import Pages
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import Texts, load_texts
from tests.support.exchange import preferences_for
from tests.support.page_requests import ask

POLICY = Policy(
    necessary=["session"],
    site="https://data.example.org",
    controller=Controller("Ville d'Exemple", contact="dpo@example.org", privacy_page="/privacy"),
    cookies=[
        Cookie(
            "basket",
            category="necessary",
            exempt_reason="basket",
            provider="Ville d'Exemple",
            purpose={"en": "Keeps your tickets.", "fr": "Retient vos billets."},
            lifetime="14 days",
        ),
        Cookie(
            "_pk_id.*",
            category="statistics",
            provider="Matomo",
            service={"en": "Audience measurement", "fr": "Mesure d'audience"},
            location={"en": "All pages", "fr": "Toutes les pages"},
            purpose={"en": "Tells visits apart.", "fr": "Distingue les visites."},
            lifetime="13 months",
        ),
        Cookie(
            "_fbp",
            category="marketing",
            provider="Meta Platforms Ireland",
            purpose={"en": "Recognises your browser on other sites."},
            lifetime="90 days",
            party="third",
        ),
        Cookie(
            "player",
            category="videos",
            provider="Videos & Co <Ltd>",
            purpose={"en": "Keeps the volume."},
            lifetime="1 year",
            party="third",
            kind="local_storage",
        ),
        Cookie(
            "tally",
            category="counting",
            anonymous=True,
            provider="Ville d'Exemple",
            purpose={"en": "Counts pages, not people.", "fr": "Compte les pages."},
            lifetime="13 months",
            retention="25 months",
        ),
    ],
    categories=[
        Category("videos", title={"en": "Embedded videos"}, description=""),
        Category("counting", title={"en": "Anonymous counts", "fr": "Comptage anonyme"}),
    ],
)
ASKED = ("statistics", "marketing", "videos")
GPC = {"sec-gpc": "1"}

TEXTS = load_texts(["en", "fr"])
ENGLISH, FRENCH = TEXTS["en"], TEXTS["fr"]


def pages_of(
    policy: Policy = POLICY, *, languages: Iterable[str] = ("en", "fr"), **options: Any
) -> Pages:
    """The pages of a policy, at /consent."""
    return Pages(
        policy,
        options=PagesOptions(prefix="/consent", **options),
        texts=load_texts([*languages]),
        static=StaticFiles(),
    )


PAGES = pages_of()


def preferences_page(
    *,
    granted: Iterable[str] | None = None,
    policy: Policy = POLICY,
    texts: Texts = ENGLISH,
    next_path: str = "",
    **request: Any,
) -> str:
    """The preferences page of a visitor who allowed these categories and refused the others;
    None is one who has not chosen."""
    cookie = "" if granted is None else preferences_for(*granted, policy=policy)
    asked = ask(**{"cookie": cookie, "policy": policy, **request})
    return pages_of(policy).render_preferences(asked, texts, next_path=next_path).decode()


def pages_by_policy(policy: Policy, **options: Any) -> PolicyPages:
    """The visitor's pages of a policy, as a middleware has them."""
    return PagesByPolicy(PagesOptions(**options)).of(policy)
