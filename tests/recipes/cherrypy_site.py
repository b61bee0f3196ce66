import secrets

import cherrypy

from consentgate import Cookie, Policy, get_consent
from consentgate.wsgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(necessary=["session_id"], cookies=[Cookie("visits", category="statistics")])


class Site:
    @cherrypy.expose
    def index(self) -> str:
        cherrypy.response.cookie["visits"] = "1"  # leaves once statistics are allowed
        cherrypy.response.cookie["_promo_id"] = "77"  # never leaves: nobody declared it
        return f"Hello {cherrypy.session.get('name', 'visitor')}"

    @cherrypy.expose
    def login(self, name: str) -> str:
        cherrypy.session["name"] = name
        return "Welcome"

    @cherrypy.expose
    def choice(self) -> str:
        get_consent(cherrypy.request.wsgi_environ).grant("statistics")
        return "Thank you"


site = cherrypy.Application(Site(), config={"/": {"tools.sessions.on": True}})

# CherryPy's own server takes it as `cherrypy.tree.graft(app)`.
app = ConsentMiddleware(site, policy=policy, secret_key=SECRET)
