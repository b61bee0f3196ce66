import secrets

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory

from consentgate import Cookie, Policy, get_consent
from consentgate.wsgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session"], cookies=[Cookie("visits", category="statistics")])


def home(request: Request) -> Response:
    response = Response(f"Hello {request.session.get('name', 'visitor')}")
    response.set_cookie("visits", "1")  # leaves once statistics are allowed
    response.set_cookie("_promo_id", "77")  # never leaves: nobody declared it
    return response


def log_in(request: Request) -> Response:
    request.session["name"] = request.POST["name"]
    return Response("Welcome")


def choose(request: Request) -> Response:
    get_consent(request).grant("statistics")
    return Response("Thank you")


with Configurator(session_factory=SignedCookieSessionFactory(SECRET)) as config:
    for name, path, view in [
        ("home", "/", home),
        ("login", "/login", log_in),
        ("choice", "/choice", choose),
    ]:
        config.add_route(name, path)
        config.add_view(view, route_name=name)

app = ConsentMiddleware(config.make_wsgi_app(), policy=policy, secret_key=SECRET)
