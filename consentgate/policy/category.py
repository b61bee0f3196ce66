"""The purposes that a visitor can allow, and who answers for the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from consentgate.errors import PolicyError
from consentgate.policy.fields import as_flag, is_country
from consentgate.policy.keywords import names_keywords
from consentgate.policy.problems import Problem
from consentgate.policy.text import Text, Translations, as_text
from consentgate.policy.vocabulary import MARKETING, NECESSARY, STATISTICS

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
# Not `//host` and not another scheme: they lead away from what the site may have meant.
_PAGE = re.compile(r"https?://[^/\s]+|/(?![/\\])")


class _Defaults(NamedTuple):
    title: Text = ""
    description: Text = ""
    gpc: bool = False


# Global Privacy Control is about selling and sharing: marketing does both, a site's own statistics
# do neither (W3C Global Privacy Control).
_BUILT_IN = {
    NECESSARY: _Defaults(
        Translations({"en": "Necessary", "fr": "Faire fonctionner le site"}),
        Translations(
            {
                "en": "Without these cookies, the site cannot do what you ask.",
                "fr": "Sans ces cookies, le site ne peut pas répondre à vos demandes.",
            }
        ),
    ),
    STATISTICS: _Defaults(
        Translations({"en": "Statistics", "fr": "Mesurer l’audience"}),
        Translations(
            {
                "en": "Count visits and see which pages people read.",
                "fr": "Compter les visites et les pages lues.",
            }
        ),
    ),
    MARKETING: _Defaults(
        Translations({"en": "Marketing", "fr": "Cibler la publicité"}),
        Translations(
            {
                "en": "Let advertisers recognise you and choose the ads that you see.",
                "fr": "Laisser les annonceurs vous reconnaître et choisir leurs annonces.",
            }
        ),
        gpc=True,
    ),
}


@names_keywords
@dataclass(frozen=True, slots=True, init=False)
class Category:
    """A purpose that a visitor allows or refuses as a whole.

    `necessary`, `statistics` and `marketing` have the library's own texts where a text is left
    out. Raises PolicyError (CG012, CG007).
    """

    name: str
    """What cookies refer to: lower-case letters, digits, `_` and `-`."""
    title: Text
    """What visitors read as its name; `None`: the library's text, or the name."""
    description: Text
    """What visitors read below its title; `None`: the library's text, or nothing."""
    gpc: bool
    """While a visitor is undecided, a Global Privacy Control signal refuses the category; `None`:
    only for `marketing`."""

    def __init__(
        self,
        name: str,
        *,
        title: Text | None = None,
        description: Text | None = None,
        gpc: bool | None = None,
    ) -> None:
        problems = _name_problems(name)
        values = _BUILT_IN.get(str(name), _Defaults())
        if title is not None:
            values = values._replace(title=as_text(title, field="title", problems=problems))
        if description is not None:
            text = as_text(description, field="description", problems=problems)
            values = values._replace(description=text)
        if gpc is not None:
            values = values._replace(gpc=as_flag(gpc, field="gpc", problems=problems))
        if problems:
            raise PolicyError(problem.at(f"Category({name!r:.80})") for problem in problems)
        object.__setattr__(self, "name", name)
        for field_name, value in values._asdict().items():
            object.__setattr__(self, field_name, value)


def _name_problems(name: object) -> list[Problem]:
    # The preferences cookie, forms and the classes of pages hold the name.
    if isinstance(name, str) and _NAME.fullmatch(name):
        return []
    hint = "use lower-case letters, digits, - and _; the title is what visitors read"
    return [Problem("CG012", f"{name!r:.80} cannot be the name of a category", hint)]


@names_keywords
@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the site. Visitors read it before they choose (GDPR art. 13(1)(a)).

    Raises PolicyError (CG012).
    """

    name: str
    """The name of the organisation or the person."""
    contact: str = field(default="", kw_only=True)
    """An address to write to."""
    privacy_page: str = field(default="", kw_only=True)
    """An http(s) address, or a path of the site."""
    address: str = field(default="", kw_only=True)
    """The postal address, for [exported records](records.md)."""
    jurisdiction: str = field(default="", kw_only=True)
    """The country whose law applies, such as `"FR"` (ISO 3166-1), for exported records."""

    def __post_init__(self) -> None:
        problems = list(_controller_problems(self))
        if problems:
            raise PolicyError(problem.at("controller") for problem in problems)


def _controller_problems(controller: Controller) -> Iterator[Problem]:
    if not isinstance(controller.name, str) or not controller.name.strip():
        yield Problem("CG012", "the controller has no name", "name who answers for the site")
    if not isinstance(controller.contact, str):
        yield Problem("CG012", "contact is not a text", "give an address to write to")
    page = controller.privacy_page
    if page != "" and not (isinstance(page, str) and _PAGE.match(page)):
        hint = "give an http(s) address, or a path that begins with /"
        yield Problem("CG012", f"privacy_page cannot be {page!r:.80}", hint)
    if not isinstance(controller.address, str):
        yield Problem("CG012", "address is not a text", "give the postal address")
    if controller.jurisdiction != "" and not is_country(controller.jurisdiction):
        message = f"jurisdiction cannot be {controller.jurisdiction!r:.80}"
        yield Problem("CG012", message, 'give the code of a country (ISO 3166-1), such as "FR"')


BUILT_IN_CATEGORIES = tuple(Category(name) for name in _BUILT_IN)
"""`necessary`, `statistics` and `marketing`, as they are unless a site declares them."""
