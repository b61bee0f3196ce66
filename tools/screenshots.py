"""Takes pictures of what visitors see, and lays them out on one sheet for each kind of page.

`screenshots/banner.html` (message, preferences, charter) and a PNG of the same name have the
pictures beside each other; git ignores that folder. All combinations of widths, colours, languages,
purposes and looks would be 840 for each kind, so each row varies two of them and leaves the others:

    widths     1280, 768, 375 and 320 pixels, each light and dark
    languages  English, French, German, Greek and Arabic, each at 1280, 375 and 320
    purposes   one, three and seven, each at 1280 and 375
    looks      a bare page, Bootstrap, Tailwind's preflight, Pico, DSFR, GOV.UK, a site's own
               colours, each at 1280 light and dark and at 375; preferences page and charter, which
               have no style sheet of the site's, in the themes only
    states     forced colours, and the focus on the second control at 1280 and 375

A sheet shows the first part of long pictures, and links each to the whole. GOV.UK has no dark
colours. The pictures of the documentation, `docs/images/*.png`, are made anew as well, in 32
colours so that they stay small. It needs the system's Chromium.

    python tools/screenshots.py                # all of them
    python tools/screenshots.py banner images  # these sheets; `images`: the documentation's
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.pictured_site import (  # noqa: E402
    LANGUAGES,
    LOOKS,
    ORIGIN,
    THEMES,
    Site,
    preferences_cookie,
)

FOLDER = ROOT / "screenshots"
IMAGES = ROOT / "docs" / "images"
IMAGE_BYTES = 40_000
SHAPES = {"banner": (880, 340), "preferences": (1280, 720), "charter": (1280, 720)}
ARGUMENTS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is looked up
)

ADDRESSES = {
    "banner": "/page",
    "message": "/page#consentgate-saved",
    "preferences": "/consent/?next=/page",
    "charter": "/consent/charter",
}
HEIGHTS = {1280: 800, 768: 1024, 375: 740, 320: 568}
PAPER = {1280: 560, 768: 340, 375: 250, 320: 215}
"""How wide a picture is on its sheet, by the width of its window."""


@dataclass(frozen=True)
class Picture:
    """One picture: of which page, and how it is looked at."""

    page: str
    width: int = 1280
    scheme: str = "light"
    language: str = "en"
    purposes: int = 3
    look: str = "bare"
    forced: bool = False
    tabs: int = 0

    @property
    def label(self) -> str:
        """What is said under it."""
        words = [
            self.language,
            str(self.width),
            self.scheme,
            f"{self.purposes} purposes",
            self.look,
        ]
        words += ["forced colours"] * self.forced + [f"{self.tabs} tabs"] * bool(self.tabs)
        return ", ".join(words)

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.page} {self.label}.png".replace(",", "").replace(" ", "-")

    @property
    def is_whole(self) -> bool:
        """Whether all of the page is in it, rather than what a window shows."""
        return self.page in ("preferences", "charter") and not self.tabs


def rows_of(page: str) -> Iterator[tuple[str, list[Picture]]]:
    """The rows of a page's sheet, each with its heading."""
    picture = Picture(page)
    widths = product(HEIGHTS, ("light", "dark"))
    yield "Widths", [replace(picture, width=width, scheme=scheme) for width, scheme in widths]
    tongues = product((1280, 375, 320), LANGUAGES)
    yield "Languages", [replace(picture, width=width, language=tongue) for width, tongue in tongues]
    numbers = product((1280, 375), (1, 3, 7))
    yield "Purposes", [replace(picture, width=width, purposes=number) for width, number in numbers]
    looks = LOOKS if page in ("banner", "message") else ("bare", *THEMES)
    views = product(((1280, "light"), (1280, "dark"), (375, "light")), looks)
    yield (
        "Looks",
        [replace(picture, look=look, width=width, scheme=dark) for (width, dark), look in views],
    )
    yield (
        "States",
        [
            replace(picture, forced=True),
            replace(picture, tabs=2),
            replace(picture, tabs=2, width=375),
        ],
    )


class Camera:
    """Takes pictures of the site with one browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._site = cache(lambda look, purposes: Site(look, purposes=purposes))

    def take(self, picture: Picture, *, height: int = 0) -> bytes:
        """The PNG of a picture."""
        context = self._browser.new_context(
            viewport={"width": picture.width, "height": height or HEIGHTS[picture.width]},
            color_scheme=picture.scheme,  # type: ignore[arg-type]  # one of its words
            forced_colors="active" if picture.forced else "none",
            locale=picture.language,
        )
        if picture.page == "message":
            name, value = preferences_cookie(picture.purposes)
            context.add_cookies([{"name": name, "value": value, "url": ORIGIN}])
        context.route("**/*", self._site(picture.look, picture.purposes).send)
        page = context.new_page()
        page.on("console", lambda message: sys.stderr.write(f"{picture.label}: {message.text}\n"))
        path, _, fragment = ADDRESSES[picture.page].partition("#")
        mark = "&" if "?" in path else "?"
        page.goto(f"{ORIGIN}{path}{mark}scheme={picture.scheme}#{fragment}")
        self._wait(page, picture)
        if picture.is_whole and not height:
            # In a window as high as the page, so that the bar is where the page ends.
            whole = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": picture.width, "height": whole})
        taken = page.screenshot()
        context.close()
        return taken

    @staticmethod
    def _wait(page: Page, picture: Picture) -> None:
        for _ in range(picture.tabs):
            page.keyboard.press("Tab")
        if picture.page == "message":
            page.wait_for_timeout(300)  # it is said a little after the page

    def lay_out(self, page: str) -> int:
        """Make the sheet of a kind of page; return how many pictures are on it."""
        parts = [
            f'<!doctype html><meta charset="utf-8"><title>{page}</title><style>{SHEET}</style>'
        ]
        number = 0
        for heading, pictures in rows_of(page):
            parts.append(f"<h2>{page}: {heading}</h2><div>")
            for picture in pictures:
                (FOLDER / picture.file).write_bytes(self.take(picture))
                parts.append(
                    f'<figure style="width:{PAPER[picture.width]}px"><a href="{picture.file}">'
                    f'<img src="{picture.file}"></a>'
                    f"<figcaption>{picture.label}</figcaption></figure>"
                )
                number += 1
            parts.append("</div>")
        sheet = FOLDER / f"{page}.html"
        sheet.write_text("\n".join(parts), "utf-8")
        shown = self._browser.new_page(viewport={"width": 1800, "height": 1000})
        shown.goto(sheet.as_uri())
        shown.screenshot(path=sheet.with_suffix(".png"), full_page=True, timeout=120_000)
        shown.close()
        return number

    def illustrate(self) -> int:
        """Make the pictures of the documentation; return how many there are."""
        IMAGES.mkdir(exist_ok=True)
        wanted = [*product(SHAPES, ("light", "dark"))]
        for page, scheme in wanted:
            width, height = SHAPES[page]
            taken = self.take(Picture(page, width=width, scheme=scheme, look="pico"), height=height)
            file = IMAGES / f"{page}-{scheme}.png"
            colours = (
                Image.open(BytesIO(taken)).convert("RGB").quantize(32, dither=Image.Dither.NONE)
            )
            colours.save(file, optimize=True)
            if file.stat().st_size > IMAGE_BYTES:
                raise SystemExit(f"{file.name} has {file.stat().st_size} bytes")
        return len(wanted)


SHEET = """<style>
body { background: #bbb; color: #000; font: 14px/1.4 system-ui, sans-serif; margin: 24px; }
div { align-items: start; display: flex; flex-wrap: wrap; gap: 16px; }
figure { margin: 0; }
a { display: block; max-height: 1200px; overflow: hidden; }
img { display: block; width: 100%; }
</style>"""


def main(words: list[str]) -> None:
    """Make the sheets that are named, and the documentation's pictures; all without a name."""
    FOLDER.mkdir(exist_ok=True)
    executable = shutil.which("chromium") or shutil.which("google-chrome-stable")
    number = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        camera = Camera(browser)
        for page in ADDRESSES:
            number += camera.lay_out(page) if page in words or not words else 0
        number += camera.illustrate() if "images" in words or not words else 0
        browser.close()
    sys.stdout.write(f"{number} pictures; the sheets are in {FOLDER.relative_to(ROOT)}/\n")


if __name__ == "__main__":
    main(sys.argv[1:])
