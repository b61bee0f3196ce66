"""Which page of the site a template is rendered for, read from an environ or a scope."""

from __future__ import annotations

from consentgate.banner import asgi as asgi_banner
from consentgate.banner import wsgi as wsgi_banner
from consentgate.gate.settings import Request
from consentgate.pages.banners import Where, quote_bytes, quote_text


def where_in_environ(environ: Request) -> Where:
    """The page that a WSGI environ asks for."""
    return Where(
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        quote_bytes,
        lambda: wsgi_banner.accepted_by(environ),
    )


def where_in_scope(scope: Request) -> Where:
    """The page that an ASGI scope asks for."""
    # Starlette adds its own mounts to the root path, which no longer is the gate's then.
    outside = {**scope, "root_path": scope.get("app_root_path", scope.get("root_path", ""))}
    return Where(
        asgi_banner.mount_of(outside),
        asgi_banner.path_inside(outside),
        scope.get("query_string", b"").decode("latin-1"),
        quote_text,
        lambda: asgi_banner.accepted_by(scope),
    )
