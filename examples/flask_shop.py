"""A shop on Flask, wrapped in consentgate. Run it: `python examples/flask_shop.py 8001`.

The shop never asks before it sets a cookie, and one of its plug-ins sets a tracker that nobody
declared. Only the policy below and the middleware are added: the gate asks, keeps the answer and
enforces it.

Its cookies are called `flask_...` because browsers share cookies between the ports of a host, and
the Starlette shop runs beside it.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, make_response, redirect, request, session
from werkzeug.serving import make_server

from consentgate import Controller, Cookie, Policy, get_consent
from consentgate.wsgi import ConsentMiddleware
from journal import COLOURS_PATH, JOURNAL_PATH, Journal, WatchWSGI
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
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECRET = secrets.token_hex(32)  # a real site keeps its key across restarts
THIRTY_DAYS_S = 30 * 24 * 3600

policy = Policy(
    cookies=[
        Cookie(
            "flask_session",
            category="necessary",
            exempt_reason="authentication",
            provider="The tea shop",
            service={"en": "Session", "fr": "Session"},
            location={"en": "All pages", "fr": "Toutes les pages"},
            purpose={"en": "Keeps your visit together.", "fr": "Relie les pages de votre visite."},
            lifetime="session",
        ),
        Cookie(
            "flask_basket",
            category="necessary",
            exempt_reason="basket",
            provider="The tea shop",
            service={"en": "Basket", "fr": "Panier"},
            location={"en": "The whole shop", "fr": "Toute la boutique"},
            purpose={"en": "Remembers your basket.", "fr": "Retient votre panier."},
            lifetime="session",
        ),
        Cookie(
            "flask_visits",
            category="statistics",
            provider="The tea shop",
            service={"en": "Visit counter", "fr": "Compteur de visites"},
            location={"en": "All pages", "fr": "Toutes les pages"},
            purpose={"en": "Counts how often you came.", "fr": "Compte vos visites."},
            lifetime="30 days",
        ),
    ],
    controller=Controller("The tea shop", contact="privacy@tea.example"),
    preferences_cookie="flask_cookies_preferences",
)


class PromoPlugin:
    """A typical plug-in: it appends its tracker to the headers, below the framework."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start_with_tracker(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Callable[[bytes], Any]:  # Any: passed on unchanged
            tracker = f"_promo_id={secrets.token_hex(8)}; Max-Age=31536000; Path=/"
            return start_response(status, [*headers, ("Set-Cookie", tracker)], *exc_info)

        return self.app(environ, start_with_tracker)


def count_visit(response: Response) -> Response:
    """Set the statistics cookie as most sites do: without asking for consent."""
    visits = read_count(request.cookies.get("flask_visits", "")) + 1
    response.set_cookie("flask_visits", str(visits), max_age=THIRTY_DAYS_S, samesite="Lax")
    return response


def redirect_home() -> Response:
    """Return the answer to a form: a redirect to the shop."""
    return count_visit(make_response(redirect("/", code=303)))


def show_shop() -> Response:
    session["pages"] = session.get("pages", 0) + 1
    consent = get_consent(request)
    page = render_shop(
        "The Flask tea shop",
        pages=session["pages"],
        cookies=request.cookies,
        basket=request.cookies.get("flask_basket", ""),
        choice=say_choice(decided=consent.decided, allowed=consent.allows("statistics")),
    )
    return count_visit(make_response(page))


def add_to_basket(product: str) -> Response:
    if product not in PRODUCTS:
        abort(404)
    products = [*read_basket(request.cookies.get("flask_basket", "")), product]
    response = redirect_home()
    response.set_cookie("flask_basket", write_basket(products), httponly=True, samesite="Lax")
    return response


def create_app(journal: Journal, **options: Any) -> WSGIApplication:
    """Return the shop behind its gate. `options` are the gate's own (hence Any)."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=SECRET, SESSION_COOKIE_NAME="flask_session")
    app.add_url_rule("/", view_func=show_shop)
    app.add_url_rule("/basket/<product>", view_func=add_to_basket, methods=["POST"])
    app.add_url_rule(COLOURS_PATH, "colours", lambda: Response(COLOURS, mimetype="text/css"))
    app.add_url_rule(JOURNAL_PATH, "journal", lambda: render_journal(journal.answers))

    app.wsgi_app = PromoPlugin(app.wsgi_app)  # type: ignore[method-assign]
    # Wrapped last, so that it is outermost: middleware around it could set cookies freely.
    app.wsgi_app = ConsentMiddleware(  # type: ignore[method-assign]
        app.wsgi_app,
        policy=policy,
        secret_key=SECRET,
        stylesheets=[COLOURS_PATH],
        on_event=journal.note,
        **options,
    )
    return WatchWSGI(app, journal)


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), create_app(Journal()), threaded=True).serve_forever()
