"""The templates of the visitor's pages; those in a site's folder come before the library's."""

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
from consentgate.pages.options import PagesOptions
from consentgate.pages.static_files import SCRIPT, STYLE_SHEET, StaticFiles
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

_PACKAGE = "consentgate.pages"

LIBRARY = "consentgate"
"""Before the name of a template: the library's own, which one of the same name can extend."""


class Language(NamedTuple):
    """A language that is served: its tag, and what it calls itself."""

    tag: str
    name: str


class Templates:
    """The templates, with what all of them know: the site, its languages, its style sheets."""

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        static: StaticFiles,
    ) -> None:
        assert options.prefix is not None, "a site without pages renders none"
        self._prefix = options.prefix
        self._style_sheets = options.stylesheets
        self._static = static
        self._languages = tuple(Language(tag, _own_name(one)) for tag, one in texts.items())
        self._folder = options.templates
        with self.checked():
            self._templates = _compile(options.templates)
        controller = "" if policy.controller is None else policy.controller.name
        host = urlsplit(policy.site).netloc
        self._site = {"site_name": host, "controller": controller, "brand": controller or host}

    def links(self, texts: Texts, *, mount: str, next_path: str = "") -> Links:
        """The addresses on a page in the language of `texts`."""
        language = texts.language if len(self._languages) > 1 else ""
        return Links(mount, self._prefix, language=language, next_path=next_path)

    def render(self, name: str, texts: Texts, *, links: Links, **values: object) -> str:
        """A template with the values of its own, and those that all have."""
        common = {
            # What `_` and `ngettext` mean in a template.
            "gettext": texts,
            "ngettext": texts.ngettext,
            "language": texts.language,
            "direction": texts.direction,
            "languages": self._languages,
            "links": links,
            "nonce": "",
            "script": links.static(self._static.name_of(SCRIPT)),
            "style_sheets": (
                links.static(self._static.name_of(STYLE_SHEET)),
                *self._style_sheets,
            ),
        }
        return self._templates[name].render(common | self._site | values)

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Raises ConfigurationError for a template of the site's that fails within the block."""
        try:
            yield
        except RecursionError as error:
            raise ConfigurationError(
                f"templates={str(self._folder)!r}: a template extends or includes itself; the "
                f'library\'s own page.html, for example, is "{LIBRARY}/page.html"'
            ) from error
        except Exception as error:
            # What is no TemplateError has no better name than its type: bytes that are no UTF-8,
            # a filter that was given something else.
            named = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
            raise ConfigurationError(
                f"templates={str(self._folder)!r}: {_place_of(error)}{named}{error}; compare it "
                "with the library's own of that name"
            ) from error


@cache  # they hold nothing of a policy, so that another one of the site costs no reading
def _compile(folder: Path | None) -> dict[str, Template]:
    """All templates by their names."""
    package = PackageLoader(_PACKAGE)
    loaders: list[BaseLoader] = [] if folder is None else [FileSystemLoader(folder)]
    environment = Environment(
        loader=ChoiceLoader([*loaders, package, PrefixLoader({LIBRARY: package})]),
        autoescape=True,
        # A name that nobody gave is an error, not a gap that visitors find.
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


def _own_name(texts: Texts) -> str:
    name = texts.locale.get_display_name() or texts.language
    return name[:1].upper() + name[1:]
