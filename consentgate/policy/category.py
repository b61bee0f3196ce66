"""The purposes a visitor can allow, and who answers for the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from consentgate.errors import PolicyError
from consentgate.policy.problems import Problem, invalid_value
from consentgate.policy.text import Text, Translations, as_text
from consentgate.policy.vocabulary import MARKETING, NECESSARY, STATISTICS

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
# `//host` and other schemes lead away from what the site may have meant.
_PAGE = re.compile(r"https?://[^/\s]+|/(?![/\\])")


class _Defaults(NamedTuple):
    title: Text = ""
    description: Text = ""
    gpc: bool = False


# Global Privacy Control speaks of selling and sharing, which marketing is; statistics of the
# site's own are not (W3C Global Privacy Control).
_BUILT_IN = {
    NECESSARY: _Defaults(
        Translations({"en": "Necessary", "fr": "Nécessaires"}),
        Translations(
            {
                "en": "Without these the site cannot do what you ask of it. They are always on.",
                "fr": "Sans eux, le site ne peut pas répondre à vos demandes. "
                "Ils sont toujours actifs.",
            }
        ),
    ),
    STATISTICS: _Defaults(
        Translations({"en": "Statistics", "fr": "Statistiques"}),
        Translations(
            {
                "en": "They tell us how many people visit and which pages they read.",
                "fr": "Ils nous indiquent combien de personnes visitent le site "
                "et quelles pages elles lisent.",
            }
        ),
    ),
    MARKETING: _Defaults(
        Translations({"en": "Marketing", "fr": "Publicité"}),
        Translations(
            {
                "en": "They let advertisers recognise you and choose what to show you.",
                "fr": "Ils permettent aux annonceurs de vous reconnaître "
                "et de choisir ce qu'ils vous montrent.",
            }
        ),
        gpc=True,
    ),
}


@dataclass(frozen=True, slots=True, init=False)
class Category:
    """A purpose that a visitor allows or refuses as a whole.

    What is left out of `necessary`, `statistics` and `marketing` is the library's own text.
    `gpc`: an undecided visitor's Global Privacy Control signal counts as a refusal of it.
    Raises PolicyError (CG012, CG007).
    """

    name: str
    title: Text
    description: Text
    gpc: bool

    def __init__(
        self,
        name: str,
        *,
        title: Text | None = None,
        description: Text | None = None,
        gpc: bool | None = None,
    ) -> None:
        problems = list(_name_faults(name))
        default = _BUILT_IN.get(str(name), _Defaults())
        given = _Defaults(
            default.title if title is None else as_text(title, field="title", problems=problems),
            default.description
            if description is None
            else as_text(description, field="description", problems=problems),
            default.gpc if gpc is None else gpc,
        )
        if not isinstance(given.gpc, bool):
            problems.append(invalid_value("gpc", gpc, "write true or false"))
        if problems:
            raise PolicyError(problem.at(f"Category({name!r:.80})") for problem in problems)
        object.__setattr__(self, "name", name)
        for part in _Defaults._fields:
            object.__setattr__(self, part, getattr(given, part))


def _name_faults(name: object) -> list[Problem]:
    # The name stands in the preferences cookie, in forms and in page classes.
    if isinstance(name, str) and _NAME.fullmatch(name):
        return []
    hint = "use lower-case letters, digits, - and _; the title is what visitors read"
    return [Problem("CG012", f"{name!r:.80} is no name of a category", hint)]


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the site: told before the choice (GDPR art. 13(1)(a)).

    `contact` is an address to write to, `privacy_page` an http(s) address or a path of the site.
    Raises PolicyError (CG012).
    """

    name: str
    contact: str = field(default="", kw_only=True)
    privacy_page: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        problems = list(_controller_faults(self))
        if problems:
            raise PolicyError(problem.at("controller") for problem in problems)


def _controller_faults(controller: Controller) -> Iterator[Problem]:
    if not isinstance(controller.name, str) or not controller.name.strip():
        yield Problem("CG012", "the controller has no name", "name who answers for the site")
    if not isinstance(controller.contact, str):
        yield Problem("CG012", "contact is no text", "give an address to write to")
    page = controller.privacy_page
    if page != "" and not (isinstance(page, str) and _PAGE.match(page)):
        hint = "give an http(s) address, or a path that begins with /"
        yield Problem("CG012", f"privacy_page cannot be {page!r:.80}", hint)


BUILT_IN_CATEGORIES = tuple(Category(name) for name in _BUILT_IN)
"""`necessary`, `statistics` and `marketing`, as they are where a site says nothing of them."""
