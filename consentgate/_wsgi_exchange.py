"""The facts of one request under WSGI, as the server gave them in its environ."""

from __future__ import annotations

from functools import cache
from wsgiref.types import WSGIEnvironment

from consentgate.gate.exchange import Exchange, prepare_layout
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import (
    PageAddress,
    address_in_environ,
    checked_origin,
    origin_in_environ,
)


# The package asks for few headers, again and again.
@cache
def environ_key(name: str) -> str:
    """Return the key of a header in an environ."""
    return "HTTP_" + name.upper().replace("-", "_")


@cache
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(environ_key, names))


class WsgiExchange(Exchange):
    """An exchange whose request came as a WSGI environ.

    `needs_preparation`: the application may not see the request as it came, since it asks about a
    copy of a page, is a HEAD for one, or asks for a worker's script.
    """

    pages: PolicyPages | None
    needs_preparation = False

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.request.get("REQUEST_METHOD", "GET"))

    @property
    def path(self) -> str:
        """The request's path without its query."""
        return str(self.request.get("SCRIPT_NAME", "")) + str(self.request.get("PATH_INFO", ""))

    @property
    def secure(self) -> bool:
        """Whether the request came over https."""
        return self.request.get("wsgi.url_scheme") == "https"

    @property
    def may_be_framed(self) -> bool:
        """Whether the site named others in whose frames its pages may be."""
        return self.pages is not None and self.pages.may_be_framed

    def header(self, name: str) -> str:
        """Return the request header; servers join repeated ones themselves."""
        return str(self.request.get(environ_key(name), ""))

    def sent_among(self, names: tuple[str, ...]) -> list[str]:
        """Return those of these names of which the request has a header."""
        if self.request.keys().isdisjoint(_keys(names)):
            return []
        return [name for name in names if environ_key(name) in self.request]

    def page_address(self, environ: WSGIEnvironment, *, with_origin: bool = False) -> PageAddress:
        """Return the address of the page that the request asks for; `environ` is the request's as
        the application has it now."""
        path = None
        if self.request.get("REQUEST_METHOD") == "POST":
            assert self.pages is not None, "a banner is of some pages"
            # What a form was sent to is not a way back.
            path = f"{self.pages.prefix}/"
        address = address_in_environ(environ, self.request, path)
        if not with_origin:
            return address
        return address._replace(origin=checked_origin(origin_in_environ(environ)))

    def take_place(self, environ: WSGIEnvironment) -> None:
        """Note what the application knows by now of the mount and the scheme."""
        self.answers_securely = environ.get("wsgi.url_scheme") == "https"
        self.mount = address_in_environ(environ, self.request, "/").mount


prepare_layout(WsgiExchange)
