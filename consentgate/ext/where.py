"""Which page of the site a template is rendered for, read from an environ or a scope."""

from __future__ import annotations

from urllib.parse import quote

from consentgate.context import Request
from consentgate.site.banners import Where

_SAFE = "/:@!$&'()*+,;=-._~"


def where_in_environ(environ: Request) -> Where:
    """The page that a WSGI environ asks for."""
    # PEP 3333: the bytes of the path, as latin-1.
    mount = quote(environ.get("SCRIPT_NAME", ""), encoding="latin-1")
    path = quote(environ.get("PATH_INFO", ""), safe=_SAFE, encoding="latin-1")
    accepted = str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return Where(mount, mount + path + _query(environ.get("QUERY_STRING", "")), lambda: accepted)


def where_in_scope(scope: Request) -> Where:
    """The page that an ASGI scope asks for."""
    # Starlette adds its own mounts to the root path, which no longer is the gate's then.
    path, mount = scope["path"], scope.get("app_root_path", scope.get("root_path", ""))
    # Some servers leave out of the path what the application is mounted on.
    inside = path.removeprefix(mount) if path.startswith(f"{mount}/") else path
    query = _query(scope.get("query_string", b"").decode("latin-1"))
    found = [value for name, value in scope["headers"] if name == b"accept-language"]
    accepted = b", ".join(found).decode("latin-1")
    here = quote(mount) + quote(inside, safe=_SAFE) + query
    return Where(quote(mount), here, lambda: accepted)


def _query(text: str) -> str:
    return f"?{text}" if text else ""
