"""`check --locked` finds each change of what an application sets or declares, and invents none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import Ran, Run

pytestmark = pytest.mark.cli

SITE = """
import asyncio
import random
import secrets
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from consentgate import Controller, Cookie, Policy, get_consent
from consentgate.asgi import ConsentMiddleware

SECRET = "a secret for tests, of 40 characters ...."
DAY = 86_400


def token(response):
    response.set_cookie("XSRF-TOKEN", secrets.token_hex(8), samesite="strict", secure=True)


def language(response):
    response.set_cookie("lang", "fr", max_age=30 * DAY, samesite="lax")


def basket(response):
    response.set_cookie("basket", secrets.token_hex(2), path="/shop", httponly=True)


def measure(response):
    later = datetime.now(UTC) + timedelta(days=90)
    response.set_cookie("_ga", secrets.token_hex(8), max_age=300 * DAY, domain="example.org")
    response.set_cookie("_gid", secrets.token_hex(8), expires=later)
    response.set_cookie(f"_pk_id.{random.randrange(10**6)}", "1", max_age=300 * DAY)


def embed(response):
    response.headers.append("Set-Cookie", f"player={secrets.token_hex(4)}; Max-Age={DAY}; Secure")


async def home(request):
    request.session["seen"] = secrets.token_hex(8)
    response = HTMLResponse("<body>")

    async def call(function):
        await asyncio.sleep(0)
        function(response)

    functions = [token, language, measure, embed]
    random.shuffle(functions)
    await asyncio.gather(*map(call, functions))
    if get_consent(request.scope).allows("statistics"):
        response.set_cookie("depth", str(random.randrange(9)), max_age=DAY)
    return response


async def shop(request):
    response = HTMLResponse("<body>")
    basket(response)
    response.delete_cookie("old_basket", path="/shop")
    return response


def declared(name, category, lifetime, **fields):
    fields = {"provider": "Example", "purpose": "Counts visits."} | fields
    return Cookie(name, category=category, lifetime=lifetime, **fields)


policy = Policy(
    necessary=["session"],
    controller=Controller("Example"),
    cookies=[
        declared("XSRF-TOKEN", "necessary", "session", secure=True, same_site="Strict"),
        declared("lang", "necessary", "30 days", exempt_reason="interface"),
        declared("basket", "necessary", "session", path="/shop", http_only=True),
        declared("_ga", "statistics", "13 months", domain="example.org"),
        declared("_gid", "statistics", "90 days"),
        declared("_pk_*", "statistics", "13 months"),
        declared("player", "marketing", "1 day"),
        declared("depth", "statistics", "1 day"),
    ],
)
routes = [Route("/", home), Route("/shop", shop)]
app = Starlette(
    routes=routes,
    middleware=[
        Middleware(ConsentMiddleware, policy=policy, secret_key=SECRET),
        Middleware(SessionMiddleware, secret_key=SECRET),
    ],
)
"""


class Change(NamedTuple):
    """A text of the site, what is put in its place, and lines that the difference then has."""

    old: str
    new: str
    lines: tuple[str, ...]


CHANGES = {
    "a new cookie": Change(
        "    basket(response)\n",
        "    basket(response)\n    response.set_cookie('wishes', '1')\n",
        ("+ wishes (not declared) is new", "    + session; Path=/; SameSite=lax; in town.py: shop"),
    ),
    "a new cookie under a declared glob": Change(
        "    basket(response)\n",
        "    basket(response)\n    response.set_cookie('_pk_ses', '1')\n",
        ("~ _pk_* is set in another way", "    + session; Path=/; SameSite=lax; in town.py: shop"),
    ),
    "a new cookie that is set only after consent": Change(
        "        response.set_cookie('depth'".replace("'", '"'),
        "        response.set_cookie('width', '1')\n        response.set_cookie(\"depth\"",
        ("+ width (not declared) is new",),
    ),
    "a new cookie that is set only without consent": Change(
        "\n    if get_consent(",
        "\n    if not get_consent(request.scope).allows('statistics'):"
        "\n        response.set_cookie('no', '1')\n    if get_consent(",
        ("+ no (not declared) is new",),
    ),
    "a new cookie beside a deletion": Change(
        "    response.delete_cookie(",
        "    response.set_cookie('undo', '1', max_age=60)\n    response.delete_cookie(",
        ("+ undo (not declared) is new",),
    ),
    "a deleted cookie is set": Change(
        'response.delete_cookie("old_basket", path="/shop")',
        'response.set_cookie("old_basket", "1", path="/shop")',
        ("+ old_basket (not declared) is new",),
    ),
    "a cookie that is only deleted": Change(
        'response.set_cookie("lang", "fr", max_age=30 * DAY, samesite="lax")',
        'response.delete_cookie("lang")',
        ("- lang (necessary) is set no longer",),
    ),
    "a cookie that is gone": Change(
        'expires=later)\n    response.set_cookie(f"_pk_id',
        'expires=later)\n    str(f"_pk_id',
        ("- _pk_* (statistics) is set no longer",),
    ),
    "a longer lifetime": Change(
        "max_age=30 * DAY", "max_age=31 * DAY", ("~ lang is set in another way",)
    ),
    "a shorter lifetime": Change(
        "timedelta(days=90)", "timedelta(hours=90)", ("~ _gid is set in another way",)
    ),
    "from the session to a lifetime": Change(
        'response.set_cookie("basket", secrets.token_hex(2),',
        'response.set_cookie("basket", secrets.token_hex(2), max_age=DAY,',
        ("    - session; Path=/shop; HttpOnly; SameSite=lax; in town.py: basket",),
    ),
    "from a lifetime to the session": Change(
        "max_age=30 * DAY, ", "", ("    + session; Path=/; SameSite=lax; in town.py: language",)
    ),
    "HttpOnly dropped": Change(
        ', path="/shop", httponly=True)',
        ', path="/shop")',
        ("    + session; Path=/shop; SameSite=lax; in town.py: basket",),
    ),
    "Secure dropped": Change(
        "Max-Age={DAY}; Secure", "Max-Age={DAY}", ("~ player is set in another way",)
    ),
    "another SameSite": Change(
        'samesite="strict", secure=True)',
        'samesite="none", secure=True)',
        ("    + session; Path=/; Secure; SameSite=none; in town.py: token",),
    ),
    "another path": Change(
        ', path="/shop", httponly=True)',
        ', path="/", httponly=True)',
        ("    + session; Path=/; HttpOnly; SameSite=lax; in town.py: basket",),
    ),
    "a domain added": Change(
        "max_age=30 * DAY,",
        'max_age=30 * DAY, domain="example.org",',
        ("    + 30 days; Path=/; Domain=example.org; SameSite=lax; in town.py: language",),
    ),
    "a domain dropped": Change(
        ', domain="example.org")\n    response', ")\n    response", ("~ _ga is set in another way",)
    ),
    "partitioned": Change(
        "Max-Age={DAY}; Secure",
        "Max-Age={DAY}; Secure; Partitioned",
        ("~ player is set in another way",),
    ),
    "set in another function": Change(
        "def language(response)",
        "language = lambda response: dialect(response)\n\n\ndef dialect(response)",
        ("    + 30 days; Path=/; SameSite=lax; in town.py: dialect",),
    ),
    "set in a second place": Change(
        "    basket(response)\n",
        "    basket(response)\n    response.set_cookie('_gid', '1')\n",
        ("    + session; Path=/; SameSite=lax; in town.py: shop",),
    ),
    "two cookies that become one": Change(
        'response.set_cookie("_gid"',
        'response.set_cookie("_ga"',
        ("- _gid (statistics) is set no longer", "~ _ga is set in another way"),
    ),
    "a tracker that gets a changing tail": Change(
        'response.set_cookie("_gid"',
        'response.set_cookie(f"_pk_{random.random()}"',
        ("- _gid (statistics) is set no longer", "~ _pk_* is set in another way"),
    ),
    "another category": Change(
        'declared("depth", "statistics"',
        'declared("depth", "marketing"',
        ("~ depth was statistics and is marketing",),
    ),
    "a tracker that is necessary from now on": Change(
        'declared("_gid", "statistics"',
        'declared("_gid", "necessary"',
        ("~ _gid was statistics and is necessary",),
    ),
    "a declaration that is gone": Change(
        '        declared("player", "marketing", "1 day"),\n',
        "",
        (
            "~ player was marketing and is not declared",
            "- visitors are asked no longer about marketing",
        ),
    ),
    "a narrower glob": Change(
        '"_pk_*"',
        '"_pk_id.*"',
        ("- _pk_* (statistics) is set no longer", "+ _pk_id.* (statistics) is new"),
    ),
    "a wider glob": Change(
        'declared("_gid"',
        'declared("_g*"',
        ("- _gid (statistics) is set no longer", "+ _g* (statistics) is new"),
    ),
    "another declared lifetime of a necessary cookie": Change(
        '"necessary", "30 days"',
        '"necessary", "60 days"',
        ("~ lang is declared in another way", "    - lifetime: 30 days"),
    ),
    "a declared attribute that is gone": Change(
        "secure=True, same_site",
        "same_site",
        ("~ XSRF-TOKEN is declared in another way", "    - secure: true"),
    ),
    "another provider": Change(
        '"1 day"),\n    ]',
        '"1 day", provider="Other"),\n    ]',
        (
            "~ depth is declared in another way",
            "    + provider: Other",
            "~ visitors will be asked again about statistics: what they are told has changed",
        ),
    ),
}


@pytest.fixture
def write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that writes the site's module, of which no earlier one is left."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(source: str) -> None:
        monkeypatch.delitem(sys.modules, "town", raising=False)
        (folder / "town.py").write_text(source, "utf-8")

    return write


Write = Callable[[str], None]


@pytest.fixture
def locked(run: Run, write: Write) -> Callable[[str], Ran]:
    """A function that locks the site, and checks another source of it against the lock."""

    def locked(source: str) -> Ran:
        write(SITE)
        assert run("lock", "town:app").code == 0
        write(source)
        return run("check", "town:app", "--locked")

    return locked


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_found_and_its_cookie_is_named(locked: Callable[[str], Ran], kind: str) -> None:
    change = CHANGES[kind]
    assert change.old in SITE

    code, out, err = locked(SITE.replace(change.old, change.new, 1))

    assert (code, err) == (1, "")
    shown = out.partition("Not as the lock file has it:\n")[2]
    assert [line for line in change.lines if line not in shown.splitlines()] == []


@pytest.mark.slow
def test_in_fifty_runs_no_change_is_invented(run: Run, write: Write) -> None:
    write(SITE)
    run("lock", "town:app")

    codes = []
    for _ in range(50):
        write(SITE)
        codes.append(run("check", "town:app", "--locked").code)

    assert codes == [0] * 50
