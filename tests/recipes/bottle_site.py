import secrets

from bottle import Bottle, request, response

from consentgate import Cookie, Policy, get_consent
from consentgate.wsgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session"], cookies=[Cookie("visits", category="statistics")])

site = Bottle()


@site.get("/")
def home() -> str:
    response.set_cookie("visits", "1")  # leaves once statistics are allowed
    response.set_cookie("_promo_id", "77")  # never leaves: nobody declared it
    return f"Hello {request.get_cookie('session', 'visitor', secret=SECRET)}"


@site.post("/login")
def log_in() -> str:
    response.set_cookie("session", request.forms["name"], secret=SECRET, httponly=True)
    return "Welcome"


@site.post("/choice")
def choose() -> str:
    get_consent(request.environ).grant("statistics")
    return "Thank you"


# Any server takes it; Bottle's own as `bottle.run(app)`.
app = ConsentMiddleware(site, policy=policy, secret_key=SECRET)
