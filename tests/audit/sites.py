"""The sources of small sites, each with a session and two trackers."""

from __future__ import annotations

FLASK = """
from flask import Flask, make_response, session

app = Flask(__name__)
app.secret_key = "a secret for tests, of 40 characters ...."


@app.get("/")
def home():
    session["seen"] = True
    response = make_response("<body><a href='/deep?q=1#top'>deep</a><a href='/logout'>out</a>")
    response.set_cookie("_ga", "GA1.1", max_age=86_400 * 730)  # line 12
    return response


@app.get("/deep")
def deep():
    response = make_response("<body>")
    response.headers.add("Set-Cookie", "visits=1; Max-Age=60")  # line 19
    return response


@app.get("/item/<name>")
def item(name):
    return make_response("<body>")


@app.get("/logout")
def log_out():
    raise RuntimeError("nobody should be logged out")
"""

STARLETTE = """
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

SECRET = "a secret for tests, of 40 characters ...."


@asynccontextmanager
async def live(app):
    yield {"name": "kept at the start"}


async def home(request):
    request.session["seen"] = request.state.name
    response = HTMLResponse("<body><a href='/shop/deep'>deep</a>")
    response.set_cookie("_ga", "GA1.1", max_age=86_400 * 730)  # line 21
    return response


async def deep(request):
    response = HTMLResponse("<body>")
    response.headers.append("set-cookie", "visits=1; Max-Age=60")  # line 27
    return response


async def item(request):
    return HTMLResponse("<body>")


routes = [
    Route("/", home),
    Mount("/shop", routes=[Route("/deep", deep), Route("/item/{name}", item)]),
]
app = Starlette(
    routes=routes, middleware=[Middleware(SessionMiddleware, secret_key=SECRET)], lifespan=live
)
"""

POLICY = """
from consentgate import Controller, Cookie, Policy

policy = Policy(
    necessary=["session"],
    controller=Controller("Example"),
    cookies=[
        Cookie("_ga", category="statistics", provider="G", purpose="Counts.", lifetime="13 months"),
        Cookie("visits", category="statistics", provider="E", purpose="Counts.", lifetime="1 day"),
    ],
)
"""

FLASK_GATED = f"""{FLASK}
{POLICY}
from consentgate.ext.flask import ConsentGate

ConsentGate(app, policy=policy)
"""

STARLETTE_GATED = f"""{STARLETTE}
{POLICY}
from consentgate.asgi import ConsentMiddleware

app.add_middleware(ConsentMiddleware, policy=policy, secret_key=SECRET)
"""
