"""Takes pictures of what visitors see, into screenshots/, which git ignores: to be looked at.

The pages are the library's own, under a strict Content-Security-Policy; no server is started. It
needs the system's Chromium.

    python tools/screenshots.py               # all of them
    python tools/screenshots.py banner govuk  # those with one of these words in their names
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Route, sync_playwright
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from consentgate import Gate, Policy  # noqa: E402
from consentgate.pages.options import PagesOptions  # noqa: E402
from consentgate.pages.render import Pages  # noqa: E402
from consentgate.pages.static_files import StaticFiles  # noqa: E402
from consentgate.pages.texts import load_texts  # noqa: E402
from consentgate.wsgi import ConsentMiddleware  # noqa: E402

FOLDER = ROOT / "screenshots"
ORIGIN = "https://data.exemple.example"
SECRET = "for pictures only, of 32 characters or more"
LANGUAGES = ("en", "fr", "ar")
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
)
ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is looked up
)

POLICY = Policy.from_toml(Path(__file__).with_suffix(".toml"))
GATE = Gate(POLICY, secret_key=SECRET)

SITE_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bicycle counts</title><link rel="stylesheet" href="/site.css"></head>
<body>{inserted}<header><p>Open data of Exemple</p></header>
<main><h1>Bicycle counts</h1><p>Hourly counts at forty-two places of the town since 2015, published
under the open licence and updated each night.</p><p><a href="/data.csv">Download as CSV</a></p>
</main></body></html>"""

SITE_STYLE = """:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 8px 16px; }
header p { font-weight: 700; }"""

WINDOWS = {"wide": (1280, 800), "phone": (390, 844), "narrow": (320, 568), "readme": (880, 340)}
ADDRESSES = {
    "banner": "/banner",
    "settings": "/settings#consentgate-saved",
    "preferences": "/consent/",
    "charter": "/consent/charter",
}


@dataclass(frozen=True)
class Picture:
    """One picture: of which page, and how it is looked at."""

    page: str
    window: str = "wide"
    language: str = "en"
    scheme: str = "light"
    theme: str = ""
    forced: bool = False
    granted: tuple[str, ...] | None = None
    unfolded: bool = False

    @property
    def name(self) -> str:
        """The name of its file."""
        states = ("forced" if self.forced else "", "chosen" if self.granted else "")
        words = (self.page, self.theme, self.language, self.window, self.scheme, *states)
        return "-".join(filter(None, words))


def pictures() -> Iterator[Picture]:
    """All that is to be looked at."""
    for page, scheme in product(ADDRESSES, ("light", "dark")):
        yield Picture(page, scheme=scheme)
    for scheme in ("light", "dark"):  # docs/images/banner-light.png and -dark.png
        yield Picture("banner", window="readme", scheme=scheme)
    for page, window in product(("banner", "preferences", "charter"), ("phone", "narrow")):
        yield Picture(page, window=window, unfolded=True)
    for page, window in product(("banner", "preferences", "charter"), ("wide", "phone")):
        yield Picture(page, language="ar", window=window, unfolded=True)
    for page, theme in product(("banner", "preferences", "charter"), ("dsfr", "govuk", "site")):
        yield Picture(page, theme=theme)
        yield Picture(page, theme=theme, scheme="dark")
    for page in ("banner", "preferences", "charter"):
        yield Picture(page, forced=True)
        yield Picture(page, language="fr")
    yield Picture("preferences", granted=("statistics", "counting"), unfolded=True)


class Site:
    """A site with the library's pages, in one theme."""

    def __init__(self, theme: str) -> None:
        self._texts = load_texts(LANGUAGES)
        self._files = {"/site.css": SITE_STYLE}
        if theme:
            style = ROOT / "examples" / "themes" / f"{theme}.css"
            self._files["/theme.css"] = style.read_text("utf-8")
        sheets = ["/theme.css"] if theme else []
        self._pages = Pages(
            POLICY,
            options=PagesOptions(stylesheets=sheets),
            texts=self._texts,
            static=StaticFiles(),
        )
        gated = ConsentMiddleware(
            Request.application(self._answer),
            policy=POLICY,
            secret_key=SECRET,
            languages=LANGUAGES,
            stylesheets=sheets,
            banner="manual",
        )
        self._client = Client(gated, use_cookies=False)

    def send(self, route: Route) -> None:
        """Answer a request of the browser's."""
        asked = route.request
        path = asked.url.removeprefix(ORIGIN)
        answer = self._client.get(path, headers=asked.all_headers(), base_url=ORIGIN)
        headers = {**dict(answer.headers), "content-security-policy": STRICT}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)

    def _answer(self, request: Request) -> Response:
        if request.path in self._files:
            return Response(self._files[request.path], mimetype="text/css")
        texts = self._texts[request.args.get("lang", "en")]
        insert = self._pages.banner if request.path == "/banner" else self._pages.settings
        inserted = insert(texts, mount="").fill("").decode("utf-8")
        page = SITE_PAGE.format(lang=texts.language, dir=texts.direction, inserted=inserted)
        return Response(page, mimetype="text/html")


def take(pictures: Iterable[Picture], browser: Browser) -> None:
    """Take the pictures, one after the other."""
    sites: dict[str, Site] = {}
    for picture in pictures:
        site = sites.setdefault(picture.theme, Site(picture.theme))
        _take(picture, browser, site)


def _take(picture: Picture, browser: Browser, site: Site) -> None:
    width, height = WINDOWS[picture.window]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=picture.scheme,  # type: ignore[arg-type]  # one of its words
        forced_colors="active" if picture.forced else "none",
    )
    if picture.granted is not None:
        name, _, value = GATE.preferences_for(*picture.granted).partition("=")
        context.add_cookies([{"name": name, "value": value, "url": ORIGIN}])
    context.route("**/*", site.send)
    page = context.new_page()
    page.on("console", lambda message: sys.stderr.write(f"{picture.name}: {message.text}\n"))
    path, _, fragment = ADDRESSES[picture.page].partition("#")
    page.goto(f"{ORIGIN}{path}?lang={picture.language}#{fragment}")
    for folded in page.locator("details").all() if picture.unfolded else ():
        folded.locator("summary").click()
    page.wait_for_timeout(300)  # the confirmation is said a little after the page
    page.screenshot(path=FOLDER / f"{picture.name}.png", full_page=True)
    context.close()


def main(words: list[str]) -> None:
    """Take the pictures with one of the words in their names, all where there are no words."""
    chosen = [one for one in pictures() if any(word in one.name for word in words or [""])]
    FOLDER.mkdir(exist_ok=True)
    executable = shutil.which("chromium") or shutil.which("google-chrome-stable")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        take(chosen, browser)
        browser.close()
    sys.stdout.write(f"{len(chosen)} pictures are in {FOLDER.relative_to(ROOT)}/\n")


if __name__ == "__main__":
    main(sys.argv[1:])
