"""A page of Chromium in front of the visitor's pages; no server is started.

Every answer has a strict Content-Security-Policy, and what the browser complains of is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Route, sync_playwright

from consentgate import Controller, Policy
from consentgate.pages import texts as texts_module
from consentgate.pages.embeds import Embed
from consentgate.pages.http import PageAddress
from consentgate.pages.render import Pages
from consentgate.pages.static_files import STYLE_SHEET, StaticFiles
from consentgate.pages.texts import LocalizedText, Texts, load_texts
from tests.support.chromium import ARGUMENTS
from tests.support.exchange import preferences_for
from tests.support.page_requests import ask
from tests.support.pages import GPC, POLICY, pages_of

ROOT = Path(__file__).parents[2]
THEMES = ROOT / "examples" / "themes"
NPM = ROOT / "tests" / "data" / "npm"
FRAMEWORKS = (
    "bootstrap-5.3.9.min.css",
    "tailwind-preflight-4.3.5.css",
    "pico-2.1.1.min.css",
)
"""Style sheets with rules for plain elements, as sites have them."""
LANGUAGES = (
    "en",
    *sorted(one.stem for one in (Path(texts_module.__file__).parent / "locale").glob("*.po")),
)
ORIGIN = "https://www.example.org"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
)

# A site whose style sheet has opinions about every element that the banner uses.
SITE_PAGE = """<!doctype html>
<html lang="{texts.language}" dir="{texts.direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The site</title><link rel="stylesheet" href="/site.css"></head>
<body>{first}<main><h1>The site</h1><p><a href="/elsewhere" id="own">A link of its own</a></p>
<h2>More</h2><button type="button">Of its own</button></main>{last}</body></html>"""
SITE_STYLE = """:root { color-scheme: light dark; }
body { font: 1rem/1.5 serif; margin: 0; text-align: center; letter-spacing: 3px; }
section, form, div, dl, dt, dd { padding: 40px; margin: 40px; float: right; border: 9px solid; }
h2 { color: teal; font-size: 4rem; } p { text-transform: uppercase; margin: 60px; }
button { width: 20px; height: 20px; font-size: 5px; color: red; background: red; }
button + button { opacity: .2; } a { color: yellow; display: none; }
#own { display: inline; color: inherit; }"""


LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40" width="160" height="40">
<rect width="160" height="40" fill="#557"/></svg>"""

SEVEN_PRESETS = Policy(
    necessary=["session"],
    presets=[
        *("django", "matomo", "google-analytics", "google-ads", "meta-pixel", "youtube"),
        "share-buttons",
    ],
    site="https://data.example.org",
    site_name={"en": "Open data", "fr": "Données ouvertes"},
    controller=Controller("Ville d'Exemple", contact="dpo@example.org"),
)


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    language: str = "en"
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    forced: bool = False
    theme: str = ""


@cache
def _pages(theme: str) -> Pages:
    sheets = ["/theme.css"] if theme else []
    return pages_of(languages=LANGUAGES, stylesheets=sheets)


@cache
def _pages_with_seven_presets() -> Pages:
    return pages_of(SEVEN_PRESETS, languages=LANGUAGES)


@cache
def _pages_with_logo() -> Pages:
    return pages_of(languages=LANGUAGES, logo="/logo.svg")


@cache
def _texts() -> dict[str, Texts]:
    return dict(load_texts(LANGUAGES))


@dataclass
class Viewer:
    """One page, shown in whatever way a test wants it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Each request that is no GET: its method and body."""
    state: str = '{"banner":true}'
    """What the server tells the script of the visitor."""
    view: View = View()

    def __post_init__(self) -> None:
        self._static = StaticFiles()
        self._remembers = False
        self._listen()

    def _listen(self) -> None:
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._send)

    def show(self, path: str, view: View | None = None) -> Page:
        """The page, loaded anew as that view has it."""
        self.view = View() if view is None else view
        if self._remembers:
            self._open_tab()
        self._remembers = "#" in path
        self.complaints.clear()
        self.sent.clear()
        self.page.emulate_media(
            color_scheme=self.view.scheme,
            forced_colors="active" if self.view.forced else "none",
            media="screen",
        )
        self.page.set_viewport_size({"width": self.view.width, "height": self.view.height})
        # A change of the fragment alone would load nothing.
        if "#" in path:
            self.page.goto("about:blank")
        self.page.goto(ORIGIN + path)
        return self.page

    def _open_tab(self) -> None:
        """Go on in another tab: a page finds in its tab's history that no choice was kept."""
        left, self.page = self.page, self.page.context.new_page()
        self._listen()
        left.close()

    def _send(self, route: Route) -> None:
        asked = route.request
        if asked.method != "GET":
            self.sent.append(f"{asked.method} {asked.post_data}")
        media_type, body = self._answer(asked.url.removeprefix(ORIGIN))
        headers = {"content-type": media_type, "content-security-policy": STRICT}
        route.fulfill(status=200, headers=headers, body=body)

    def _answer(self, url: str) -> tuple[str, str | bytes]:
        address = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path.startswith("/consent/static/"):
            file = self._static.answer(address.path.rpartition("/")[2])
            return dict(file.headers)["content-type"], file.body
        if address.path == "/consent/state.js":
            event = f'new CustomEvent("consentgate:state",{{detail:{self.state}}})'
            return "text/javascript", f"document.dispatchEvent({event});"
        if address.path == "/site.css":
            return "text/css", SITE_STYLE
        if address.path in _SMALL_SHEETS:
            return "text/css", _SMALL_SHEETS[address.path]
        if address.path[1:] in FRAMEWORKS:
            return "text/css", (NPM / address.path[1:]).read_text("utf-8")
        if address.path == "/theme.css":
            return "text/css", (THEMES / f"{self.view.theme}.css").read_text("utf-8")
        if address.path == "/logo.svg":
            return "image/svg+xml", LOGO
        render = _RENDERED[address.path]
        texts = _texts()[self.view.language]
        return "text/html; charset=utf-8", render(_pages(self.view.theme), texts, query)


_SMALL_SHEETS = {
    "/none.css": "",
    "/flush.css": "body { margin: 0; }",
    "/cut.css": "html { overflow: hidden; }",
    "/long.css": "main { padding-block-end: 3000px; }",
}

Rendered = Callable[[Pages, Texts, dict[str, str]], str]


def _site(first: bytes, texts: Texts, *, last: bytes = b"") -> str:
    return SITE_PAGE.format(first=first.decode("ascii"), last=last.decode("ascii"), texts=texts)


def _banner(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    return _site(pages.banner(texts, mount="", has_next=True).fill("/banner"), texts)


def _bare(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    """The banner in a page without any style sheet of its own; `cut`: its root hides what is out
    of its body."""
    return _banner(pages, texts, query).replace("/site.css", "/cut.css" if query else "/none.css")


def _of_a_framework(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    """The banner, or with `settings` what follows it, in a page with the style sheet `of`. An
    attribute asks for Bootstrap's dark colours."""
    render = _settings if "settings" in query else _banner
    page = render(pages, texts, query).replace("/site.css", f"/{query['of']}")
    scheme = f'<html data-bs-theme="{query["scheme"]}"'
    return page.replace("<html", scheme).replace("<head>", _BOTH_SCHEMES)


_BOTH_SCHEMES = '<head><meta name="color-scheme" content="light dark">'


def _long(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    return _settings(pages, texts, query).replace("/site.css", "/long.css")


def _settings(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    saved = frozenset({"statistics"}), frozenset({"marketing"})
    strip = pages.settings(texts, mount="", has_next=True, saved=saved)
    return _site(b"", texts, last=strip.fill("/settings"))


def _static(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    return _site(
        pages.static_banner(texts, mount="", readable_cookie=query.get("cookie", "")), texts
    )


def _centre(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    granted = query["granted"].split() if "granted" in query else None
    cookie = "" if granted is None else preferences_for(*granted, policy=POLICY)
    headers = GPC if "gpc" in query else {}
    return pages.render_preferences(
        ask(policy=POLICY, cookie=cookie, headers=headers), texts, next_path="/banner"
    ).decode()


def _with_logo(_: Pages, texts: Texts, query: dict[str, str]) -> str:
    return _centre(_pages_with_logo(), texts, query)


def _with_seven_presets(_: Pages, texts: Texts, __: dict[str, str]) -> str:
    pages = _pages_with_seven_presets()
    return pages.render_preferences(ask(policy=SEVEN_PRESETS), texts, next_path="/banner").decode()


def _charter(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    return pages.render_charter(ask(policy=POLICY), texts).decode()


def _fragment(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    page = '<!doctype html><html lang="en"><title>T</title><main><h1>Cookies</h1>{}</main></html>'
    return page.format(pages.charter_fragment(texts))


def _forbidden(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    return pages.render_forbidden(ask(policy=POLICY), texts).decode()


def _unrecorded(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    return pages.render_unrecorded(ask(policy=POLICY), texts).decode()


def _receipt_later(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    return pages.render_receipt_later(ask(policy=POLICY), texts).decode()


def _with_receipt(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    asked = ask(policy=POLICY, cookie=preferences_for("statistics", policy=POLICY))
    return pages.render_preferences(asked, texts, next_path="", has_receipt=True).decode()


def _problem(pages: Pages, texts: Texts, _: dict[str, str]) -> str:
    told = LocalizedText("Send a choice.", "en", "ltr")
    return pages.render_problem(ask(policy=POLICY), texts, status=400, message=told).decode()


def _embed(pages: Pages, texts: Texts, query: dict[str, str]) -> str:
    """The placeholder of an embed, as the only thing of the library in a page that links its
    style sheet."""
    embed = Embed("film", "videos", width=int(query["width"]), height=int(query["height"]))
    address = PageAddress("", "/embed?a=1")
    text = pages.embed(embed, texts, address=address, is_way_back=True)
    sheet = f"/consent/static/{StaticFiles().name_of(STYLE_SHEET)}"
    page = _site(b"", texts).replace("/site.css", "/none.css")
    page = page.replace("<h2>More</h2>", text)
    return page.replace("<head>", f'<head><link rel="stylesheet" href="{sheet}">')


_RENDERED: dict[str, Rendered] = {
    "/embed": _embed,
    "/banner": _banner,
    "/bare": _bare,
    "/framework": _of_a_framework,
    "/settings": _settings,
    "/long": _long,
    "/static": _static,
    "/consent/": _centre,
    "/logo": _with_logo,
    "/seven": _with_seven_presets,
    "/consent/charter": _charter,
    "/fragment": _fragment,
    "/forbidden": _forbidden,
    "/problem": _problem,
    "/unrecorded": _unrecorded,
    "/receipt-later": _receipt_later,
    "/with-receipt": _with_receipt,
}


@contextmanager
def open_browser(executable: str) -> Iterator[Browser]:
    """Headless Chromium until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def open_viewer(browser: Browser, **options: Any) -> Iterator[Viewer]:
    """A page of its own; the options are those of a browser's context."""
    context = browser.new_context(**options)
    yield Viewer(context.new_page())
    context.close()
