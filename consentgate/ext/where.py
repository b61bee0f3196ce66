"""Which page of the site a template is rendered for, read from an environ or a scope."""

from __future__ import annotations

from urllib.parse import quote

from consentgate.context import Request
from consentgate.site.banners import Where

_SAFE = "/:@!$&'()*+,;=-._~"


def where_in_environ(environ: Request) -> Where:
    """The page that a WSGI environ asks for."""
    return Where(
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        _quote_bytes,
        lambda: str(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
    )


def where_in_scope(scope: Request) -> Where:
    """The page that an ASGI scope asks for."""
    # Starlette adds its own mounts to the root path, which no longer is the gate's then.
    path, root = scope["path"], scope.get("app_root_path", scope.get("root_path", ""))
    mount = root.rstrip("/")
    # Some servers leave out of the path what the application is mounted on.
    inside = path.removeprefix(mount) if path.startswith(f"{mount}/") else path
    query = scope.get("query_string", b"").decode("latin-1")
    return Where(mount, inside, query, quote_text, lambda: _accepted(scope))


def quote_text(path: str) -> str:
    """A path as a browser has it."""
    return quote(path, safe=_SAFE)


def _quote_bytes(path: str) -> str:
    # PEP 3333: the bytes of the path, one character each.
    return quote(path, safe=_SAFE, encoding="latin-1")


def _accepted(scope: Request) -> str:
    found = [value for name, value in scope["headers"] if name == b"accept-language"]
    return b", ".join(found).decode("latin-1")
