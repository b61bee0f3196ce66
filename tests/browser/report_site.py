"""A shop with ten cookies, one of each kind, and the pixel of another site."""

from __future__ import annotations

import secrets
from typing import Any

import flask

SECRET = "a secret for a shop of ten cookies, long enough"
NECESSARY = {"session", "XSRF-TOKEN", "lang", "cart"}
PIXEL = "px"
LEGACY = "legacy"

_PAGE = """<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<h1>{{ session.user or "nobody" }}, {{ cart }} in the basket, in {{ lang }}</h1>
<form method="post" action="/login">
<input type="hidden" name="token" value="{{ token }}"><button id="log-in">Log in</button></form>
<img src="{{ pixel }}" alt="">{{ script|safe }}</body></html>"""
_SCRIPT = "<script>document.cookie = 'clicks=1; path=/; max-age=86400'</script>"


def tracker_names(names: set[str]) -> set[str]:
    """The names of trackers without the tails that change."""
    return {name.partition(".")[0].rstrip("0123456789") for name in names - NECESSARY}


def make_shop(pixel: str) -> flask.Flask:
    """The shop; the page of its front embeds a pixel, and its script sets a cookie."""
    app = flask.Flask(__name__)
    app.secret_key = SECRET

    def page(*, script: str = "") -> flask.Response:
        cookies = flask.request.cookies
        token = cookies.get("XSRF-TOKEN") or secrets.token_hex(8)
        text = flask.render_template_string(
            _PAGE,
            token=token,
            cart=cookies.get("cart", "nothing"),
            lang=cookies.get("lang", "no language"),
            pixel=pixel,
            script=script,
        )
        response = flask.make_response(text)
        response.set_cookie("XSRF-TOKEN", token, samesite="Lax")
        response.set_cookie("lang", "French", max_age=86_400 * 30)
        tail = secrets.token_hex(3)
        response.set_cookie(f"_pk_id.7.{tail}", tail, max_age=86_400 * 393)
        response.set_cookie(f"poll_{secrets.randbelow(1_000)}", "yes", max_age=86_400)
        response.delete_cookie(LEGACY)
        return response

    @app.get("/")
    def front() -> flask.Response:
        return page(script=_SCRIPT)

    @app.get("/shop/boots")
    def shop() -> flask.Response:
        response = page()
        response.set_cookie("cart", "three", path="/shop", httponly=True)
        response.set_cookie("last_seen", "boots", path="/shop", max_age=86_400 * 30)
        return response

    @app.post("/login")
    def log_in() -> Any:  # Any: a response of Werkzeug's or Flask's
        if flask.request.form["token"] != flask.request.cookies.get("XSRF-TOKEN"):
            flask.abort(403)
        flask.session["user"] = "ada"
        return flask.redirect("/shop/boots")

    return app


def serve_pixel(environ: Any, start_response: Any) -> list[bytes]:
    """Another site's application: each answer sets a cookie of that site."""
    cookie = f"{PIXEL}=1; SameSite=None; Secure; Max-Age=86400"
    start_response("204 No Content", [("Set-Cookie", cookie)])
    return []
