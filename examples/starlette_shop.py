"""A shop on Starlette, wrapped in consentgate. Run it: `python examples/starlette_shop.py 8000`.

The shop never asks before it sets a cookie, and one of its plug-ins sets a tracker that nobody
declared. Only the policy below and the middleware are added: the gate asks, keeps the answer and
enforces it.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from consentgate import Controller, Cookie, Policy, get_consent
from consentgate.asgi import ConsentMiddleware
from journal import COLOURS_PATH, JOURNAL_PATH, Journal, WatchASGI
from shop_page import (
    COLOURS,
    PRODUCTS,
    read_basket,
    read_count,
    render_journal,
    render_shop,
    say_choice,
    write_basket,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET = secrets.token_hex(32)  # a real site keeps its key across restarts
THIRTY_DAYS_S = 30 * 24 * 3600

policy = Policy(
    cookies=[
        Cookie(
            "session",
            category="necessary",
            exempt_reason="authentication",
            provider="The tea shop",
            service={"en": "Session", "fr": "Session"},
            location={"en": "All pages", "fr": "Toutes les pages"},
            purpose={"en": "Keeps your visit together.", "fr": "Relie les pages de votre visite."},
            lifetime="14 days",
        ),
        Cookie(
            "basket",
            category="necessary",
            exempt_reason="basket",
            provider="The tea shop",
            service={"en": "Basket", "fr": "Panier"},
            location={"en": "The whole shop", "fr": "Toute la boutique"},
            purpose={"en": "Remembers your basket.", "fr": "Retient votre panier."},
            lifetime="session",
        ),
        Cookie(
            "visits",
            category="statistics",
            provider="The tea shop",
            service={"en": "Visit counter", "fr": "Compteur de visites"},
            location={"en": "All pages", "fr": "Toutes les pages"},
            purpose={"en": "Counts how often you came.", "fr": "Compte vos visites."},
            lifetime="30 days",
        ),
    ],
    controller=Controller("The tea shop", contact="privacy@tea.example"),
)


class PromoPlugin:
    """A typical plug-in: it appends its tracker to the headers, below the framework."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_tracker(message: Message) -> None:
            if message["type"] == "http.response.start":
                tracker = b"_promo_id=%b; Max-Age=31536000; Path=/" % secrets.token_hex(8).encode()
                message["headers"] = [*message["headers"], (b"set-cookie", tracker)]
            await send(message)

        await self.app(scope, receive, send_tracker)


def count_visit(request: Request, response: Response) -> None:
    """Set the statistics cookie as most sites do: without asking for consent."""
    visits = read_count(request.cookies.get("visits", "")) + 1
    response.set_cookie("visits", str(visits), max_age=THIRTY_DAYS_S)


def redirect_home(request: Request) -> Response:
    """Return the answer to a form: a redirect to the shop."""
    response = RedirectResponse("/", status_code=303)
    count_visit(request, response)
    return response


async def show_shop(request: Request) -> Response:
    request.session["pages"] = request.session.get("pages", 0) + 1
    consent = get_consent(request)
    page = render_shop(
        "The Starlette tea shop",
        pages=request.session["pages"],
        cookies=request.cookies,
        basket=request.cookies.get("basket", ""),
        choice=say_choice(decided=consent.decided, allowed=consent.allows("statistics")),
    )
    response = HTMLResponse(page)
    count_visit(request, response)
    return response


async def add_to_basket(request: Request) -> Response:
    product = request.path_params["product"]
    if product not in PRODUCTS:
        raise HTTPException(404)
    products = [*read_basket(request.cookies.get("basket", "")), product]
    response = redirect_home(request)
    response.set_cookie("basket", write_basket(products), httponly=True)
    return response


async def send_colours(request: Request) -> Response:
    return Response(COLOURS, media_type="text/css")


def create_app(journal: Journal, **options: Any) -> ASGIApp:
    """Return the shop behind its gate. `options` are the gate's own (hence Any)."""

    async def show_journal(request: Request) -> Response:
        return HTMLResponse(render_journal(journal.answers))

    app = Starlette(
        routes=[
            Route("/", show_shop),
            Route("/basket/{product}", add_to_basket, methods=["POST"]),
            Route(COLOURS_PATH, send_colours),
            Route(JOURNAL_PATH, show_journal),
        ]
    )
    app.add_middleware(SessionMiddleware, secret_key=SECRET)
    app.add_middleware(PromoPlugin)
    # Added last, so that it is outermost: middleware added after it could set cookies freely.
    app.add_middleware(
        ConsentMiddleware,
        policy=policy,
        secret_key=SECRET,
        stylesheets=[COLOURS_PATH],
        on_event=journal.note,
        **options,
    )
    return WatchASGI(app, journal)


if __name__ == "__main__":
    uvicorn.run(create_app(Journal()), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
