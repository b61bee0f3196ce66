"""Both example shops, each as a process of its own, visited over real HTTP."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.http_servers import BY_BROWSER, names_set

EXAMPLES = Path(__file__).parents[2] / "examples"
STARTUP_S = 30.0


@contextmanager
def run_example(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The running script; it is stopped when the block ends."""
    with subprocess.Popen(
        [sys.executable, str(EXAMPLES / script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_ports() -> int:
    """The first of three neighbouring loopback ports that are free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as first:
        port: int = first.getsockname()[1]
        try:
            socket.create_server(("127.0.0.1", port + 1)).close()
            socket.create_server(("127.0.0.1", port + 2)).close()
        except OSError:  # pragma: no cover (another program has a neighbour)
            return free_ports()
    return port


def wait_for(port: int) -> None:
    """Return once something listens on the port."""
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")  # pragma: no cover


class Shop:
    """A visitor's browser in front of one shop."""

    def __init__(self, port: int, *, prefix: str) -> None:
        self.browser = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, headers=BY_BROWSER
        )
        self.session = prefix + "session"
        self.basket = prefix + "basket"
        self.visits = prefix + "visits"
        self.preferences = prefix + "cookies_preferences"

    def choose(self, choice: str, site: str = "same-origin") -> httpx.Response:
        """Press a button of the banner or the preferences page, on a page of some site."""
        return self.request(
            "POST",
            "/consent/",
            fields={"choice": choice, "next": "/"},
            **{"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "document"},
        )

    def request(
        self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """The answer, which must not be an error of the server."""
        response = self.browser.request(method, path, data=fields, headers=headers)
        assert response.status_code < 500
        return response

    def left(self, method: str, path: str) -> list[str]:
        """The names of the cookies that leave in the answer, in order."""
        return names_set(self.request(method, path))


@pytest.fixture(
    scope="module", params=[("starlette_shop.py", ""), ("flask_shop.py", "flask_")], ids=str
)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    script, prefix = request.param
    port = free_ports()
    with run_example(script, str(port)):
        wait_for(port)
        yield port, prefix


@pytest.fixture
def shop(served: tuple[int, str]) -> Iterator[Shop]:
    port, prefix = served
    shop = Shop(port, prefix=prefix)
    with shop.browser:
        yield shop


def test_before_the_choice_only_necessary_cookies_leave(shop: Shop) -> None:
    assert shop.left("GET", "/") == [shop.session]
    assert shop.left("POST", "/basket/teapot") == [shop.basket]


def test_the_basket_works_without_consent(shop: Shop) -> None:
    shop.request("POST", "/basket/teapot")
    shop.request("POST", "/basket/teapot")

    assert "(2 in your basket)" in shop.request("GET", "/").text


def test_a_product_that_the_shop_does_not_sell_is_not_found(shop: Shop) -> None:
    assert shop.request("POST", "/basket/coffee").status_code == 404


def test_an_acceptance_is_kept_and_leads_back_to_the_shop(shop: Shop) -> None:
    answer = shop.choose("accept")

    assert names_set(answer) == [shop.preferences]
    assert answer.headers["location"].partition("#")[0] == "/"


def test_after_an_acceptance_statistics_leave_and_the_tracker_does_not(shop: Shop) -> None:
    shop.choose("accept")

    left = shop.left("GET", "/")

    assert sorted(left) == sorted([shop.session, shop.visits])


def test_a_withdrawal_expires_the_statistics_cookie_and_keeps_the_refusal(shop: Shop) -> None:
    shop.choose("accept")
    shop.request("GET", "/")

    shop.choose("withdraw")
    page = shop.request("GET", "/")

    assert shop.visits not in shop.browser.cookies
    assert shop.preferences in shop.browser.cookies
    assert "You refused statistics." in page.text


def test_after_a_refusal_nothing_is_counted(shop: Shop) -> None:
    assert names_set(shop.choose("refuse")) == [shop.preferences]
    assert shop.left("GET", "/") == [shop.session]


@pytest.mark.parametrize("choice", ["accept", "refuse", "withdraw"])
def test_a_form_on_another_site_cannot_answer_for_the_visitor(shop: Shop, choice: str) -> None:
    response = shop.choose(choice, site="cross-site")

    assert response.status_code == 403
    assert shop.preferences not in shop.browser.cookies


def test_the_shop_has_its_own_colours_on_the_pages_of_the_gate(shop: Shop) -> None:
    preferences_page = shop.request("GET", "/consent/").text

    assert '<link rel="stylesheet" href="/colours.css">' in preferences_page
    assert "--consentgate-accent" in shop.request("GET", "/colours.css").text


def test_the_page_tells_what_the_shop_was_told(shop: Shop) -> None:
    shop.request("GET", "/")

    page = shop.request("GET", "/").text

    assert f'<code class="name">{shop.session}</code>' in page
    assert "Statistics: <strong>undecided</strong>" in page


def test_the_journal_tells_what_left_and_what_was_held_back(shop: Shop) -> None:
    shop.request("GET", "/")

    journal = shop.request("GET", "/journal").text

    assert f'strip <code class="name">{shop.visits}</code>' in journal
    assert 'strip <code class="name">_promo_id</code>' in journal


def test_the_journal_leaves_out_what_only_belongs_to_a_page(shop: Shop) -> None:
    shop.request("GET", "/colours.css")

    assert "GET /colours.css" not in shop.request("GET", "/journal").text


def test_a_counting_cookie_that_is_no_number_counts_from_one(shop: Shop) -> None:
    shop.choose("accept")
    shop.browser.cookies.set(shop.visits, "many", domain="127.0.0.1")

    values = shop.request("GET", "/").headers.get_list("set-cookie")

    assert any(value.startswith(f"{shop.visits}=1;") for value in values)


def test_the_demonstration_serves_the_portal_and_both_shops_on_neighbouring_ports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_FOLDER", str(tmp_path))
    port = free_ports()
    ports = range(port, port + 3)
    with run_example("demo.py", str(port)) as demo:
        for one in ports:
            wait_for(one)

        pages = [httpx.get(f"http://127.0.0.1:{one}/", trust_env=False).text for one in ports]

        titles = ["Données ouvertes", "Starlette tea shop", "Flask tea shop"]
        assert [title in page for title, page in zip(titles, pages, strict=True)] == [True] * 3
        assert demo.stdout is not None
        hosts = ["localhost", "127.0.0.1", "127.0.0.1"]
        for one, host in zip(ports, hosts, strict=True):
            address = f"http://{host}:{one}/"
            # A server may say between them that it has started.
            assert any(address in line for line in demo.stdout)
        told = "".join(demo.stdout.readline() for _ in range(19))
        tries = ["Refuse all", "/consent/", "Withdraw", "/consent/charter", "JavaScript off"]
        assert [one for one in tries if one not in told] == []


def test_the_check_of_the_demonstration_passes_behind_the_gate() -> None:
    with run_example("demo_check.py") as check:
        output, _ = check.communicate(timeout=60)

    assert check.returncode == 0, output
    assert "strip      _promo_id" in output
    assert "strip      _carte_id" in output


def test_the_check_of_the_demonstration_fails_where_the_gate_only_reports() -> None:
    with run_example("demo_check.py", "report") as check:
        output, _ = check.communicate(timeout=60)

    assert check.returncode == 1
    assert "FAILED     the undeclared tracker never leaves" in output
