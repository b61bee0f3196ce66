"""The example portal under gunicorn and under uvicorn, used as a visitor would use it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.support.http_servers import BY_BROWSER
from tests.support.portal_server import PORTAL, run_portal

STATISTICS = ["_pk_id.7.5f1c", "_pk_ses.7.5f1c"]
USER = {"username": "demo", "password": "donnees-ouvertes"}


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with run_portal(request.param, tmp_path_factory.mktemp(request.param)) as url:
        yield url


class Visitor:
    """A visitor's browser, with its cookie jar, in front of the portal."""

    def __init__(self, address: str) -> None:
        self.browser = httpx.Client(
            base_url=address, trust_env=False, timeout=30, headers=BY_BROWSER
        )

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send the form of a page, with the token that stands in it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/").text)
        assert token is not None
        return self.browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})

    def choose(
        self, choice: str, *, after: str = "/carte/", site: str = "same-origin"
    ) -> httpx.Response:
        """Press a button of the banner or the preferences page, on a page of some site."""
        return self.browser.post(
            "/consent/",
            data={"choice": choice, "next": after},
            headers={"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "document"},
        )

    def sign_in(self) -> httpx.Response:
        return self.post("/connexion/", **USER)


def left(response: httpx.Response) -> list[str]:
    """The names of the cookies that left in a response, in order."""
    return [value.partition("=")[0] for value in response.headers.get_list("set-cookie")]


@pytest.fixture
def visitor(address: str) -> Iterator[Visitor]:
    visitor = Visitor(address)
    with visitor.browser:
        yield visitor


@pytest.mark.parametrize(
    "path", ["/", "/jeux/budget/", "/carte/", "/cookies/", "/connexion/", "/?q=arbres"]
)
def test_before_a_choice_a_page_sets_its_form_token_only(visitor: Visitor, path: str) -> None:
    response = visitor.get(path)

    assert response.status_code == 200
    assert left(response) == ["csrftoken"]


def test_pages_are_in_french_first(visitor: Visitor) -> None:
    page = visitor.get("/").text

    assert '<html lang="fr">' in page
    assert "Arbres remarquables" in page


def test_the_catalogue_is_searched(visitor: Visitor) -> None:
    page = visitor.get("/?q=vélos").text

    assert "Stationnements pour vélos" in page
    assert "Arbres remarquables" not in page
    assert "Aucun jeu de données" in visitor.get("/?q=volcans").text


def test_log_in_and_its_message_work_before_a_choice(visitor: Visitor) -> None:
    response = visitor.sign_in()

    assert sorted(left(response)) == ["csrftoken", "sessionid"]
    assert "Bienvenue, demo." in visitor.get("/").text


def test_a_wrong_password_is_told(visitor: Visitor) -> None:
    response = visitor.post("/connexion/", username="demo", password="wrong")

    assert "incorrect" in response.text
    assert "sessionid" not in visitor.browser.cookies


def test_log_out_ends_the_session(visitor: Visitor) -> None:
    visitor.sign_in()

    visitor.post("/deconnexion/")

    assert "sessionid" not in visitor.browser.cookies
    assert "Se connecter" in visitor.get("/").text


def test_the_language_is_chosen_before_a_choice(visitor: Visitor) -> None:
    response = visitor.post("/langue/", language="en", next="/")

    assert left(response) == ["django_language"]
    assert "Notable trees" in visitor.get("/").text
    assert "Tells visitors apart, to count each of them once." in visitor.get("/cookies/").text


def test_the_api_is_called_with_a_token_before_a_choice(visitor: Visitor) -> None:
    visitor.sign_in()
    token = visitor.browser.cookies["csrftoken"]

    kept = visitor.browser.post("/api/favoris/budget/", headers={"X-CSRFToken": token})

    assert kept.json() == {"slug": "budget", "kept": True}
    assert "Budget de la ville" in visitor.get("/favoris/").text
    gone = visitor.browser.post("/api/favoris/budget/", headers={"X-CSRFToken": token})
    assert gone.json()["kept"] is False


def test_the_api_refuses_a_call_without_a_token(visitor: Visitor) -> None:
    visitor.sign_in()

    assert visitor.browser.post("/api/favoris/budget/").status_code == 403


def test_the_api_is_for_who_is_signed_in(visitor: Visitor) -> None:
    assert visitor.post("/api/favoris/budget/").status_code == 401
    assert visitor.get("/favoris/").headers["location"] == "/connexion/?next=/favoris/"


@pytest.mark.parametrize("path", ["/jeux/volcans/", "/cookies/", "/consent/charter"])
def test_a_page_is_shown_or_not_found_and_never_an_error(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code < 500


def test_statistics_leave_once_they_are_allowed_and_no_more_after_a_withdrawal(
    visitor: Visitor,
) -> None:
    allowed = visitor.choose("accept")
    after = visitor.get("/carte/")
    withdrawn = visitor.choose("withdraw")
    visitor.get("/carte/")
    last = visitor.get("/carte/")

    assert left(allowed) == ["cookies_preferences"]
    assert allowed.headers["location"].partition("#")[0] == "/carte/"
    assert [name for name in left(after) if name in STATISTICS] == STATISTICS
    assert left(withdrawn)[0] == "cookies_preferences"
    assert [name for name in STATISTICS if name in visitor.browser.cookies] == []
    assert [name for name in left(last) if name in STATISTICS] == []


def test_a_refusal_is_kept_and_nobody_asks_again(visitor: Visitor) -> None:
    before = visitor.get("/").text
    visitor.choose("refuse")

    page = visitor.get("/").text

    assert ">Tout refuser<" in before
    assert ">Tout refuser<" not in page
    assert ">Gestion des cookies<" in page


def test_the_tracker_of_the_plugin_never_leaves(visitor: Visitor) -> None:
    before = visitor.get("/carte/")
    visitor.choose("accept")
    after = visitor.get("/carte/")

    assert "_carte_id" not in [*left(before), *left(after)]


@pytest.mark.behaviour(13)
@pytest.mark.parametrize("after", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_a_choice_leads_back_to_the_portal_only(visitor: Visitor, after: str) -> None:
    response = visitor.choose("refuse", after=after)

    assert response.headers["location"].startswith("/consent/")


@pytest.mark.behaviour(13)
def test_a_choice_is_not_made_by_following_a_link_or_from_elsewhere(visitor: Visitor) -> None:
    link = visitor.get("/consent/?choice=accept")
    forged = visitor.choose("accept", site="cross-site")

    assert (link.status_code, forged.status_code) == (200, 403)
    assert "cookies_preferences" not in visitor.browser.cookies


@pytest.mark.law(19)
def test_the_gates_pages_are_in_the_language_that_was_chosen_in_the_portal(
    visitor: Visitor,
) -> None:
    visitor.post("/langue/", language="en", next="/")

    preferences_page = visitor.browser.get("/consent/", headers={"Accept-Language": "fr"}).text

    assert '<html lang="en"' in preferences_page
    assert ">Refuse all<" in visitor.get("/").text


NEEDED = ["cookies_preferences", "sessionid", "csrftoken", "django_language"]


def rows_of(page: str) -> dict[str, str]:
    """The row of each cookie in a charter, by the cookie's name."""
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    named = [
        (re.search(r"<th[^>]*rowheader.*?<code[^>]*>([^<]+)</code>", row, re.DOTALL), row)
        for row in rows
    ]
    return {found[1]: unescape(row) for found, row in named if found}


@pytest.mark.law(6)
def test_the_cookies_page_explains_each_declared_cookie(visitor: Visitor) -> None:
    page = visitor.get("/cookies/").text

    assert list(rows_of(page)) == [*NEEDED, "_pk_id.*", "_pk_ses.*"]
    told = " ".join(unescape(page).split())  # French has spaces that do not break
    lifetimes = ["13 mois", "6 mois", "14 jours", "30 minutes"]
    assert [one for one in (*lifetimes, "Matomo, hébergé par la ville") if one not in told] == []


@pytest.fixture(scope="module")
def needed_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The portal without statistics."""
    folder = tmp_path_factory.mktemp("needed")
    with run_portal("gunicorn", folder, PORTAL_POLICY="necessary.toml") as url:
        yield url


@pytest.fixture
def reader(needed_only: str) -> Iterator[Visitor]:
    visitor = Visitor(needed_only)
    with visitor.browser:
        yield visitor


@pytest.mark.law(14)
@pytest.mark.parametrize("path", ["/", "/carte/", "/cookies/", "/connexion/"])
def test_where_all_is_necessary_nobody_is_asked(reader: Visitor, path: str) -> None:
    response = reader.get(path)

    assert 'id="consentgate"' not in response.text
    assert left(response) == ["csrftoken"]


TOLD = {
    "sessionid": ("Authentification", "Toutes les pages", "Maintenir votre connexion"),
    "django_language": ("Choix de la langue", "Toutes les pages", "la langue que vous avez"),
    "csrftoken": ("Protection des formulaires", "Pages avec un formulaire", "falsification"),
    "cookies_preferences": ("Gestion des cookies", "Toutes les pages", "Conserver votre choix"),
}


@pytest.mark.law(15)
@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("path", ["/cookies/", "/consent/charter?lang=fr"])
def test_the_charter_tells_of_each_necessary_cookie_who_where_and_what_for(
    reader: Visitor, path: str, name: str
) -> None:
    page = reader.get(path).text

    row = rows_of(page)[name]
    told = ("Ville de Valmont-sur-Orne", *TOLD[name])
    assert [text for text in told if text not in row] == []


@pytest.mark.law(15)
@pytest.mark.parametrize("path", ["/cookies/", "/consent/charter?lang=fr"])
def test_the_charter_says_that_all_four_are_necessary_for_the_platform_to_work(
    reader: Visitor, path: str
) -> None:
    page = unescape(reader.get(path).text)

    _, _, after = page.partition("sont nécessaires au fonctionnement de la plateforme")
    assert list(rows_of(after)) == list(rows_of(page)) == NEEDED


def test_log_in_language_and_favourites_work_where_all_is_necessary(reader: Visitor) -> None:
    reader.sign_in()
    reader.post("/api/favoris/budget/")
    reader.post("/langue/", language="en", next="/")

    assert set(reader.browser.cookies) == {"csrftoken", "sessionid", "django_language"}
    assert "The town’s budget" in reader.get("/favoris/").text


def test_the_portal_has_nothing_to_mend(tmp_path: Path) -> None:
    check = subprocess.run(
        [sys.executable, str(PORTAL / "manage.py"), "consent_check", "--strict"],
        env=os.environ | {"PORTAL_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert check.returncode == 0, check.stderr
    assert "The gate is in order." in check.stdout


def test_the_key_is_the_same_at_each_start(tmp_path: Path) -> None:
    program = "from portal.state import secret_key; print(secret_key())"
    keys = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=PORTAL.parent,
            env=os.environ | {"PORTAL_FOLDER": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    assert keys[0] == keys[1]
    assert len(keys[0].strip()) == 64
