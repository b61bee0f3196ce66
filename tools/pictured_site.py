"""The site whose pages are pictured: behind the real middleware, under a strict
Content-Security-Policy, in one of several looks. No server is started."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Route
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from consentgate import Gate, Policy
from consentgate.wsgi import ConsentMiddleware

ROOT = Path(__file__).parents[1]
ORIGIN = "https://data.exemple.example"
SECRET = "for pictures only, of 32 characters or more"
LANGUAGES = ("en", "fr", "de", "el", "ar")
PURPOSES = ("statistics", "videos", "marketing", "maps", "sharing", "chat", "trials")
ALWAYS = ("necessary", "counting")
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'"
)

THEMES = {name: ROOT / "examples" / "themes" / f"{name}.css" for name in ("dsfr", "govuk", "site")}
NPM = ROOT / "tests" / "data" / "npm"
FRAMEWORKS = {
    "bootstrap": NPM / "bootstrap-5.3.9.min.css",
    "tailwind": NPM / "tailwind-preflight-4.3.5.css",
    "pico": NPM / "pico-2.1.1.min.css",
}
"""Style sheets of sites, of which the library's own pages know nothing."""
LOOKS = ("bare", *FRAMEWORKS, *THEMES)

WORDS = {
    "en": ("Bicycle counts", "Hourly counts at forty-two places of the town since 2015."),
    "fr": ("Comptages de vélos", "Comptages horaires en quarante-deux lieux depuis 2015."),
    "de": ("Fahrradzählung", "Stündliche Zählungen an zweiundvierzig Orten seit 2015."),
    "el": ("Καταμέτρηση ποδηλάτων", "Ωριαίες μετρήσεις σε σαράντα δύο σημεία από το 2015."),
    "ar": ("إحصاء الدراجات", "إحصاءات كل ساعة في اثنين وأربعين موضعًا منذ 2015."),
}
PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}" data-bs-theme="{scheme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{schemes}">
<title>{title}</title><link rel="stylesheet" href="/site.css"></head>
<body><main class="container"><h1>{title}</h1><p>{text}</p>
<p><a href="/data.csv">CSV</a> <button type="button">OK</button></p></main></body></html>"""
# What a site with a framework adds, and what a site in the look of a design system has.
OWN_STYLE = """main { margin: 0 auto; max-width: 1120px; padding: 16px; }"""
THEMED = """body { margin: 0; font: 1rem/1.5 arial, sans-serif; }"""


@cache
def policy_of(purposes: int) -> Policy:
    """The site's policy with the first so many purposes that need consent."""
    whole = Policy.from_toml(Path(__file__).with_name("screenshots.toml"))
    kept = (*ALWAYS, *PURPOSES[:purposes])
    built_in = ("necessary", "statistics", "marketing")
    return Policy(
        cookies=[cookie for cookie in whole.cookies if cookie.category in kept],
        categories=[
            category
            for category in whole.categories
            if category.name in kept and category.name not in built_in
        ],
        site=ORIGIN,
        site_name=whole.site_name,
        controller=whole.controller,
    )


def preferences_cookie(purposes: int) -> tuple[str, str]:
    """Name and value of the cookie of a visitor who accepted the first purpose alone."""
    gate = Gate(policy_of(purposes), secret_key=SECRET)
    name, _, value = gate.preferences_for(PURPOSES[0], "counting").partition("=")
    return name, value


class Site:
    """The site with so many purposes, in one look."""

    def __init__(self, look: str, *, purposes: int) -> None:
        self._schemes = "light" if look == "govuk" else "light dark"
        self._sheets = {"/site.css": self._style(look)}
        if look in THEMES:
            self._sheets["/theme.css"] = THEMES[look].read_text("utf-8")
        gated = ConsentMiddleware(
            Request.application(self._answer),
            policy=policy_of(purposes),
            secret_key=SECRET,
            languages=LANGUAGES,
            stylesheets=["/theme.css"] if look in THEMES else [],
        )
        self._client = Client(gated, use_cookies=False)

    @staticmethod
    def _style(look: str) -> str:
        if look in FRAMEWORKS:
            return FRAMEWORKS[look].read_text("utf-8") + OWN_STYLE
        return THEMED + OWN_STYLE if look in THEMES else ""

    def send(self, route: Route) -> None:
        """Answer a request of the browser's."""
        asked = route.request
        path = asked.url.removeprefix(ORIGIN)
        answer = self._client.get(path, headers=asked.all_headers(), base_url=ORIGIN)
        headers = {**dict(answer.headers), "content-security-policy": STRICT}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)

    def _answer(self, request: Request) -> Response:
        if request.path in self._sheets:
            return Response(self._sheets[request.path], mimetype="text/css")
        language = request.accept_languages.best_match(LANGUAGES) or "en"
        title, text = WORDS[language]
        page = PAGE.format(
            lang=language,
            dir="rtl" if language == "ar" else "ltr",
            scheme=request.args.get("scheme", "light"),
            schemes=self._schemes,
            title=title,
            text=text,
        )
        return Response(page, mimetype="text/html")
