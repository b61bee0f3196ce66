import secrets
from typing import Annotated

from litestar import Litestar, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.middleware.session.server_side import ServerSideSessionConfig
from litestar.params import Body

from consentgate import Cookie, Policy, get_consent
from consentgate.asgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session"], cookies=[Cookie("visits", category="statistics")])

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/")
async def home(request: Request) -> Response[str]:
    response = Response(f"Hello {request.session.get('name', 'visitor')}")
    response.set_cookie("visits", "1")  # leaves once statistics are allowed
    response.set_cookie("_promo_id", "77")  # never leaves: nobody declared it
    return response


@post("/login")
async def log_in(request: Request, data: Form) -> str:
    request.session["name"] = data["name"]
    return "Welcome"


@post("/choice")
async def choose(request: Request) -> str:
    get_consent(request).grant("statistics")
    return "Thank you"


site = Litestar([home, log_in, choose], middleware=[ServerSideSessionConfig().middleware])

# The server gets this one: `uvicorn module:app`.
app = ConsentMiddleware(site, policy=policy, secret_key=SECRET)
