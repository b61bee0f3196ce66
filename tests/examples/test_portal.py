"""The example portal under gunicorn and under uvicorn, used as a visitor would use it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.examples.portal_server import PORTAL, run_portal

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
        self.browser = httpx.Client(base_url=address, trust_env=False, timeout=30)

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send the form of a page, with the token that stands in it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/").text)
        assert token is not None
        return self.browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})

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

    assert sorted(left(response)) == ["csrftoken", "messages", "sessionid"]
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
    assert "Tells visitors apart, to count each once." in visitor.get("/cookies/").text


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


@pytest.mark.parametrize("path", ["/jeux/volcans/", "/cookies/", "/cookies/choix/peut-etre/"])
def test_a_page_is_shown_or_not_found_and_never_an_error(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code < 500
    assert visitor.post("/cookies/choix/peut-etre/").status_code == 404


def test_statistics_leave_once_they_are_allowed_and_no_more_after_a_withdrawal(
    visitor: Visitor,
) -> None:
    allowed = visitor.post("/cookies/choix/autoriser/", next="/carte/")
    after = visitor.get("/carte/")
    withdrawn = visitor.post("/cookies/choix/retirer/")
    last = visitor.get("/carte/")

    assert left(allowed) == ["cookies_preferences", "messages", *STATISTICS]
    assert allowed.headers["location"] == "/carte/"
    assert [name for name in left(after) if name in STATISTICS] == STATISTICS
    assert left(withdrawn) == ["cookies_preferences", "messages", *STATISTICS]
    assert [name for name in STATISTICS if name in visitor.browser.cookies] == []
    assert [name for name in left(last) if name in STATISTICS] == []


def test_a_refusal_is_kept_and_nobody_asks_again(visitor: Visitor) -> None:
    visitor.post("/cookies/choix/refuser/")

    page = visitor.get("/").text
    assert "Votre refus est enregistré." in page
    assert "aucune visite" in page
    assert ">Refuser<" not in page


def test_the_tracker_of_the_plugin_never_leaves(visitor: Visitor) -> None:
    before = visitor.get("/carte/")
    visitor.post("/cookies/choix/autoriser/")
    after = visitor.get("/carte/")

    assert "_carte_id" not in [*left(before), *left(after)]


@pytest.mark.parametrize("after", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_a_choice_leads_back_to_the_portal_only(visitor: Visitor, after: str) -> None:
    response = visitor.post("/cookies/choix/refuser/", next=after)

    assert response.headers["location"] == "/cookies/"


def test_a_choice_is_not_made_by_following_a_link_or_from_elsewhere(visitor: Visitor) -> None:
    link = visitor.get("/cookies/choix/autoriser/")
    forged = visitor.browser.post("/cookies/choix/autoriser/")

    assert (link.status_code, forged.status_code) == (405, 403)
    assert "cookies_preferences" not in visitor.browser.cookies


def test_the_cookies_page_explains_each_declared_cookie(visitor: Visitor) -> None:
    page = visitor.get("/cookies/").text

    names = re.findall(r'<th scope="row"><code>([^<]+)</code>', page)
    assert names == [
        "cookies_preferences",
        "sessionid",
        "csrftoken",
        "django_language",
        "messages",
        "_pk_id.*",
        "_pk_ses.*",
    ]
    assert "Matomo, hébergé par la ville" in page
    assert [one for one in ("13 mois", "6 mois", "14 jours", "30 minutes") if one not in page] == []


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
