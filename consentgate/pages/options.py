"""The options of the visitor's pages: their path, banner, languages, templates and styles."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, TypedDict, TypeVar

from consentgate.browser.head_script import (
    Adapter,
    AdapterOption,
    Guard,
    GuardOption,
    ScriptParts,
)
from consentgate.errors import ConfigurationError
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.settings import Request as RawRequest
from consentgate.pages.same_site import parse_origin
from consentgate.policy.toml_tables import looked_for

# Visible ASCII without the characters that have a meaning in HTML.
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_URL = re.compile(r"""[!#-&(-;=?-~]+""")
_DOTS = frozenset({".", ".."})

Word = TypeVar("Word", bound=StrEnum)
LanguageOption = Callable[[RawRequest], str | None]


class Banner(StrEnum):
    """How the banner gets into a page.

    AUTO: the middleware inserts it for each visitor (on pages that say they are public, the same
    for all). STATIC: always the same for all, so that any cache may keep the page; a script shows
    it. MANUAL: the site's templates place it.
    """

    AUTO = "auto"
    STATIC = "static"
    MANUAL = "manual"


class SettingsLink(StrEnum):
    """Where the pages of a visitor who is not asked have the link back to the choice.

    END: at the end of the page. TOP: at the start of its body. NONE: where the site's own template
    places it.
    """

    END = "end"
    TOP = "top"
    NONE = "none"


BannerOption = Literal["auto", "static", "manual"] | Banner
SettingsLinkOption = Literal["end", "top", "none"] | SettingsLink


class PagesFields(TypedDict, total=False):
    """The keyword options of the visitor's pages, which both middlewares take."""

    prefix: str | None
    """The path of the visitor's pages; `None`: no pages and no banner."""
    banner: BannerOption
    """`"auto"`: the middleware puts the banner into each page, for its visitor. `"static"`: the
    same HTML for everybody, shown by a script, so that shared caches can keep the page.
    `"manual"`: the site's templates place it."""
    settings_link: SettingsLinkOption
    """Where pages have the link back to the choice once the visitor has chosen. `"end"`: before
    `</body>`. `"top"`: where the banner was. `"none"`: where the site's template places it
    (`consent_link`)."""
    languages: Sequence[str]
    """The tags of the languages that the pages speak; `()`: English and French, which were
    proofread."""
    language: LanguageOption | None
    """The site's own choice for a request: a function of the scope or environ that returns a tag,
    a locale or `None`."""
    trusted_origins: Collection[str]
    """Other origins whose forms may send a visitor's choice."""
    frame_ancestors: Collection[str]
    """Origins in whose frames the visitor's pages, and the question in the application's own, may
    be shown."""
    gpc_updated: date | None
    """The date in `/.well-known/gpc.json`; `None`: that file does not exist."""
    templates: str | PathLike[str] | None
    """A folder of templates that come before the library's."""
    catalogues: str | PathLike[str] | None
    """A folder of translations that come before the library's."""
    stylesheets: Sequence[str]
    """Addresses of the site's own style sheets, linked after the library's."""
    logo: str | None
    """The address of an image that shows the site's name, which it replaces on the pages."""
    guard: GuardOption
    """A script, first in each page, that holds other scripts to the visitor's choice. `"enforce"`:
    they do not store what is not allowed. `"report"`: they do, and it is reported. `"off"`: there
    is none."""
    gated_markup: bool
    """Put a script into each page that activates what has `data-consent` once the visitor allows
    it, and offers `window.consentgate`."""
    adapters: Collection[AdapterOption]
    """Software that the same script tells of the visitor's choice: `"google-consent-mode"`,
    `"matomo"`."""


@dataclass(frozen=True, slots=True, init=False)
class PagesOptions:
    """The checked options of the visitor's pages, as `PagesFields` explains them.

    Raises ConfigurationError.
    """

    prefix: str | None
    banner: Banner
    settings_link: SettingsLink
    languages: tuple[str, ...]
    language: LanguageOption | None
    trusted_origins: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    gpc_updated: date | None
    templates: Path | None
    catalogues: Path | None
    stylesheets: tuple[str, ...]
    logo: str | None
    guard: Guard
    gated_markup: bool
    adapters: tuple[Adapter, ...]

    def __init__(
        self,
        *,
        prefix: str | None = "/consent",
        banner: BannerOption = Banner.AUTO,
        settings_link: SettingsLinkOption = SettingsLink.END,
        languages: Sequence[str] = (),
        language: LanguageOption | None = None,
        trusted_origins: Collection[str] = (),
        frame_ancestors: Collection[str] = (),
        gpc_updated: date | None = None,
        templates: str | PathLike[str] | None = None,
        catalogues: str | PathLike[str] | None = None,
        stylesheets: Sequence[str] = (),
        logo: str | None = None,
        guard: GuardOption = Guard.OFF,
        gated_markup: bool = False,
        adapters: Collection[AdapterOption] = (),
    ) -> None:
        if language is not None and not callable(language):
            raise ConfigurationError(
                f"language is a {type(language).__name__}; pass a function of the scope or environ"
            )
        checked = {
            "prefix": None if prefix is None else _as_prefix(prefix),
            "banner": _as_word(banner, Banner, option="banner"),
            "settings_link": _as_word(settings_link, SettingsLink, option="settings_link"),
            "languages": _as_texts(languages, option="languages"),
            "language": language,
            "trusted_origins": _as_origins(trusted_origins, option="trusted_origins"),
            "frame_ancestors": _as_origins(frame_ancestors, option="frame_ancestors"),
            "gpc_updated": _as_day(gpc_updated),
            "templates": _as_folder(templates, option="templates"),
            "catalogues": _as_folder(catalogues, option="catalogues"),
            "stylesheets": _as_addresses(stylesheets, option="stylesheets"),
            "logo": None if logo is None else _as_logo(logo),
            "guard": _as_word(guard, Guard, option="guard"),
            "gated_markup": _as_flag(gated_markup, option="gated_markup"),
            "adapters": tuple(
                _as_word(word, Adapter, option="adapters")
                for word in _as_texts(adapters, option="adapters")
            ),
        }
        if prefix is None and (guard != Guard.OFF or gated_markup or adapters):
            raise ConfigurationError(
                "guard, gated_markup and adapters need the pages under a prefix, from where their "
                "script comes: leave prefix=None out, or them"
            )
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def script_parts(self, *, strips_unknown: bool, is_hidden: bool) -> ScriptParts:
        """Return what is in the script that is first in each page."""
        return ScriptParts(
            guard=self.guard,
            activates=self.gated_markup,
            adapters=self.adapters,
            strips_unknown=strips_unknown,
            is_hidden=is_hidden,
        )

    def language_for(self, exchange: Exchange) -> str:
        """Return the tag of the language that the site chose for a visitor's request, "" if it
        chose none or its function failed."""
        if self.language is None:
            return ""
        try:
            chosen = self.language(exchange.request) or ""
        except Exception as error:  # noqa: BLE001 (the site's code may fail in any way)
            exchange.report(Reason.LANGUAGE_FAILED, Action.NOTE, detail=type(error).__name__)
            return ""
        # Some extensions return Babel's locales, which are written with an underscore.
        return str(chosen).replace("_", "-")


def _as_prefix(prefix: object) -> str:
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix.removesuffix("/")):
        raise ConfigurationError(
            f"prefix={prefix!r} is not a path of a site: start with / and use letters, digits, "
            "- . _ ~ only; or pass None to have no pages"
        )
    if _DOTS & set(prefix.split("/")):
        raise ConfigurationError(f"prefix={prefix!r}: browsers remove . and .. from a path")
    return prefix.removesuffix("/")


def _as_word(word: object, words: type[Word], *, option: str) -> Word:
    try:
        return words(word)  # type: ignore[arg-type]  # an unknown word raises
    except ValueError:
        known = ", ".join(map(repr, map(str, words)))
        raise ConfigurationError(f"{option}={word!r} is unknown; use one of {known}") from None


def _as_flag(value: object, *, option: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{option}={value!r}; pass True or False")
    return value


def _as_texts(values: object, *, option: str) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConfigurationError(f"{option} is {values!r}; pass a list of texts")
    texts = tuple(values)
    for text in texts:
        if not isinstance(text, str):
            raise ConfigurationError(f"{option} holds {text!r}; pass a list of texts")
    return texts


def _as_origins(values: object, *, option: str) -> tuple[str, ...]:
    origins = _as_texts(values, option=option)
    for origin in origins:
        if parse_origin(origin) is None:
            raise ConfigurationError(
                f"{option} holds {origin!r}; write scheme and host as browsers send them, "
                "as in 'https://www.example.org' (in ASCII: xn--...)"
            )
    return origins


def _as_day(day: object) -> date | None:
    # A datetime is a date to Python, but it would be written with its time.
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise ConfigurationError(f"gpc_updated is {day!r}; pass a datetime.date")
    return day


def _as_folder(folder: str | PathLike[str] | None, *, option: str) -> Path | None:
    if folder is None:
        return None
    path = Path(fspath(folder))
    if not path.is_dir():
        raise ConfigurationError(f"{option}: there is no folder {looked_for(path)}")
    return path


def _as_addresses(values: object, *, option: str) -> tuple[str, ...]:
    addresses = _as_texts(values, option=option)
    for address in addresses:
        if not _URL.fullmatch(address):
            raise ConfigurationError(
                f"{option} holds {address!r}, which is not an address: percent-encode all but "
                "visible ASCII"
            )
    return addresses


def _as_logo(logo: object) -> str:
    # One address for all pages, which are in several folders.
    if not isinstance(logo, str) or not logo.startswith(("/", "https://", "http://")):
        raise ConfigurationError(
            f"logo is {logo!r}; pass a path from the root of the host, such as '/static/logo.svg', "
            "or an address with https://"
        )
    (address,) = _as_addresses([logo], option="logo")
    return address
