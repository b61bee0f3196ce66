"""The portal's pages in a real browser, with the gate's banner in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.portal_server import run_portal
from tests.support.requirements import require

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_portal("gunicorn", tmp_path_factory.mktemp("portal")) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = [path for name in ("chromium", "google-chrome") if (path := shutil.which(name))]
    require(found, "Chromium")
    with sync_playwright() as playwright:  # pragma: no cover (greenlets hide it from the tracer)
        browser = playwright.chromium.launch(executable_path=found[0], args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A French visitor's page, on which an error of a script fails the test."""
    errors: list[object] = []
    with browser.new_context(base_url=address, locale="fr-FR") as context:
        page = context.new_page()
        # Playwright marks the function that it is given, which a method of a list does not bear.
        page.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108
        yield page
    assert errors == []


CHOICES = ["Tout accepter", "Tout refuser"]


@pytest.mark.law(3)
def test_accepting_and_refusing_are_buttons_of_one_size(page: Page) -> None:
    page.goto("/")

    boxes = [page.get_by_role("button", name=name).bounding_box() for name in CHOICES]

    sizes = [(box["width"], box["height"]) for box in boxes if box]
    assert len(sizes) == 2
    assert sizes[0] == pytest.approx(sizes[1], abs=2)


@pytest.mark.parametrize("name", ["Tout accepter", "Tout refuser"])
def test_the_banner_has_the_portals_colours(page: Page, name: str) -> None:
    page.goto("/")

    colour = page.get_by_role("button", name=name).evaluate(
        "button => getComputedStyle(button).backgroundColor"
    )

    assert colour == "rgb(11, 79, 138)"


def test_a_favourite_is_kept_by_the_pages_script(page: Page) -> None:
    page.goto("/connexion/")
    page.get_by_label("Identifiant").fill("demo")
    page.get_by_label("Mot de passe").fill("donnees-ouvertes")
    page.locator(".login button").click()
    page.goto("/jeux/budget/")

    page.get_by_role("button", name="Ajouter aux favoris").click()

    page.get_by_text("Ajouté à vos favoris.").wait_for()
    page.get_by_role("button", name="Retirer des favoris").wait_for()


@pytest.mark.parametrize("path", ["/", "/jeux/budget/", "/cookies/", "/connexion/", "/carte/"])
def test_a_page_fits_a_width_of_320_pixels(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") == 320
