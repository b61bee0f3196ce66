"""An API on FastAPI behind the gate. Run it: `python examples/fastapi_api.py 8000`.

It has a session, an endpoint that needs consent, and a plug-in with a tracker that nobody
declared. Its clients read the visitor's choice at /consent/state and send it to /consent/; the gate
serves both. The gate does not change its schema, /openapi.json.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.middleware.sessions import SessionMiddleware

from consentgate import Controller, Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from consentgate.ext.starlette import ConsentRequired, CurrentConsent

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET = secrets.token_hex(32)  # a real API keeps its key across restarts

policy = Policy(
    presets=["starlette"],
    cookies=[
        Cookie(
            "visits",
            category="statistics",
            provider="This library",
            purpose={"en": "Counts how often you came.", "fr": "Compte vos visites."},
            lifetime="30 days",
        ),
        Cookie(
            "taste",
            category="marketing",
            provider="This library",
            purpose={"en": "Picks books for you.", "fr": "Choisit des livres pour vous."},
            lifetime="90 days",
        ),
    ],
    controller=Controller("The library", contact="privacy@library.example"),
)


class LogIn(BaseModel):
    """The name of the person who logs in."""

    name: str


class Account(BaseModel):
    """The name of the logged-in person, and the categories that the visitor allows."""

    name: str | None
    allowed: list[str]


class PromoPlugin:
    """A typical plug-in: it appends its tracker to the headers, below the framework."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_tracker(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"set-cookie", b"_promo_id=77")]
            await send(message)

        await self.app(scope, receive, send_tracker)


app = FastAPI(title="Library")


@app.get("/")
async def greet(request: Request, response: Response) -> str:
    response.set_cookie("visits", "1")  # without asking for consent
    return f"Hello {request.session.get('name', 'visitor')}"


@app.post("/login")
async def log_in(request: Request, who: LogIn) -> str:
    request.session["name"] = who.name
    return f"Welcome {who.name}"


@app.get("/account")
async def show_account(request: Request, consent: CurrentConsent) -> Account:
    allowed = sorted(consent.value.granted)
    return Account(name=request.session.get("name"), allowed=allowed)


@app.get("/for-you", dependencies=[Depends(ConsentRequired("marketing"))])
async def recommend(response: Response) -> list[str]:
    response.set_cookie("taste", "novels")
    return ["The Trial"]


app.add_middleware(PromoPlugin)
app.add_middleware(SessionMiddleware, secret_key=SECRET)
# Added last, so that it is outermost: middleware added after it could set cookies freely.
app.add_middleware(ConsentMiddleware, policy=policy, secret_key=SECRET)


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
