import secrets

from datasette import Response, hookimpl

from consentgate import Cookie, Policy, get_consent
from consentgate.asgi import ConsentMiddleware

SECRET = secrets.token_hex()  # keep one key across restarts

policy = Policy(presets=["datasette"], cookies=[Cookie("visits", category="statistics")])


# Last of all plug-ins, so that it is outermost: each wraps those before it.
@hookimpl(trylast=True)
def asgi_wrapper():
    return lambda app: ConsentMiddleware(app, policy=policy, secret_key=SECRET)


@hookimpl
def register_routes():
    return [(r"^/counted$", counted), (r"^/choice$", choose)]


async def counted():
    response = Response.text("Counted")
    response.set_cookie("visits", "1")  # leaves once statistics are allowed
    return response


async def choose(request, datasette):
    get_consent(request).grant("statistics")
    response = Response.redirect("/")
    datasette.add_message(request, "Thank you")  # in a cookie too: ds_messages
    return response
