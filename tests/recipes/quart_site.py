import secrets

from quart import Quart, Response, request, session

from consentgate import Cookie, Policy, get_consent
from consentgate.asgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session"], cookies=[Cookie("visits", category="statistics")])

app = Quart(__name__)
app.secret_key = SECRET


@app.get("/")
async def home() -> Response:
    response = Response(f"Hello {session.get('name', 'visitor')}")
    response.set_cookie("visits", "1")  # leaves once statistics are allowed
    response.set_cookie("_promo_id", "77")  # never leaves: nobody declared it
    return response


@app.post("/login")
async def log_in() -> str:
    session["name"] = (await request.form)["name"]
    return "Welcome"


@app.post("/choice")
async def choose() -> str:
    get_consent(request).grant("statistics")
    return "Thank you"


app.asgi_app = ConsentMiddleware(app.asgi_app, policy=policy, secret_key=SECRET)
