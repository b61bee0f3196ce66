import secrets

import falcon

from consentgate import Cookie, Policy, get_consent
from consentgate.wsgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session"], cookies=[Cookie("visits", category="statistics")])

names: dict[str, str] = {}  # who is logged in, by session


class Home:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = f"Hello {names.get(req.cookies.get('session', ''), 'visitor')}"
        resp.set_cookie("visits", "1")  # leaves once statistics are allowed
        resp.set_cookie("_promo_id", "77")  # never leaves: nobody declared it


class LogIn:
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        session = secrets.token_urlsafe()
        names[session] = req.get_media()["name"]
        resp.set_cookie("session", session, secure=False)  # True on https


class Choice:
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        get_consent(req.env).grant("statistics")


site = falcon.App()
site.add_route("/", Home())
site.add_route("/login", LogIn())
site.add_route("/choice", Choice())

app = ConsentMiddleware(site, policy=policy, secret_key=SECRET)
