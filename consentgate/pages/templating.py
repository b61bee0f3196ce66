"""The templates of the visitor's pages: a site's own come before the library's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
)

from consentgate.errors import ConfigurationError
from consentgate.pages.links import Links
from consentgate.pages.options import PagesOptions, SettingsLink
from consentgate.pages.static_files import SCRIPT, STYLE_SHEET, StaticFiles
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

_PACKAGE = "consentgate.pages"

LIBRARY = "consentgate"
"""The folder that stays the library's own, so that a template can extend its namesake there."""


class Language(NamedTuple):
    """A served language: its tag, and its name for itself."""

    tag: str
    name: str


class Templates:
    """The templates, with the values that all of them get: site, languages, style sheets."""

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        static: StaticFiles,
        keeps_records: bool = False,
    ) -> None:
        assert options.prefix is not None, "no pages are made without a prefix"
        self._prefix = options.prefix
        self._style_sheets = options.stylesheets
        self._static = static
        self._keeps_records = keeps_records
        self._places_link = options.settings_link is not SettingsLink.NONE
        self._languages = tuple(
            Language(tag, _name_of(language)) for tag, language in texts.items()
        )
        self._folder = options.templates
        with self.checked():
            self._templates = _compile(options.templates)
        controller = "" if policy.controller is None else policy.controller.name
        host = urlsplit(policy.site).netloc
        self._site = {"controller": controller, "logo": options.logo or ""}
        self._policy = policy
        self._host = host

    def links(self, texts: Texts, *, mount: str, next_path: str = "") -> Links:
        """Return the addresses on a page in the language of `texts`."""
        language = texts.language if len(self._languages) > 1 else ""
        return Links(mount, self._prefix, language=language, next_path=next_path)

    def render(self, name: str, texts: Texts, *, links: Links, **values: object) -> str:
        """Return a template filled with its own values, and those that all have."""
        called = self._name_in(texts)
        common = {
            # What `_` and `ngettext` mean in a template.
            "gettext": texts,
            "ngettext": texts.ngettext,
            "language": texts.language,
            "site_name": called or self._host,
            # The controller is named on every page, by the brand or in the footer.
            "brand": called or self._site["controller"] or self._host,
            "direction": texts.direction,
            "languages": self._languages,
            "links": links,
            "nonce": "",
            "is_dead": False,
            "signal_purposes": "",
            "places_link": self._places_link,
            "keeps_records": self._keeps_records,
            "script": links.static(self._static.name_of(SCRIPT)),
            "style_sheets": (
                links.static(self._static.name_of(STYLE_SHEET)),
                *self._style_sheets,
            ),
        }
        return self._templates[name].render(common | self._site | values)

    def _name_in(self, texts: Texts) -> str:
        """Return what visitors call the site, as it is declared; "" if it is not."""
        policy = self._policy
        return texts.localize(policy.site_name, policy.default_language).text

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Raise ConfigurationError if a template of the site fails within the block."""
        try:
            yield
        except RecursionError as error:
            raise ConfigurationError(
                f"templates={str(self._folder)!r}: a template extends or includes itself; the "
                f'library\'s own page.html, for example, is "{LIBRARY}/page.html"'
            ) from error
        except Exception as error:
            # Only a TemplateError speaks for itself; others need their type: bytes that are not
            # UTF-8, a filter with a wrong argument.
            kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
            raise ConfigurationError(
                f"templates={str(self._folder)!r}: {_place_of(error)}{kind}{error}; compare it "
                "with the library's template of that name"
            ) from error


@cache  # no template depends on a policy, so that the next policy reads none again
def _compile(folder: Path | None) -> dict[str, Template]:
    """Return all templates by their names."""
    package = PackageLoader(_PACKAGE)
    loaders: list[BaseLoader] = [] if folder is None else [FileSystemLoader(folder)]
    environment = Environment(
        loader=ChoiceLoader([*loaders, package, PrefixLoader({LIBRARY: package})]),
        autoescape=True,
        # An unknown name is an error at start-up, not a gap in a visitor's page.
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return {name: environment.get_template(name) for name in package.list_templates()}


def _place_of(error: Exception) -> str:
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    return f"{name}, line {line}: " if line else ""


def _name_of(texts: Texts) -> str:
    name = texts.locale.get_display_name() or texts.language
    return name[:1].upper() + name[1:]
