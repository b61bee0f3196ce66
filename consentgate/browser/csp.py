"""The gate's own Content-Security-Policy: which hosts a page may contact, and nothing else.

It is a policy beside the application's, and browsers enforce both, so that it can forbid and never
allow (W3C CSP3 section 8.1). Everything that is not a host is therefore allowed here: inline
scripts, eval, `data:` and `blob:` are the application's decision. A nonce beside 'unsafe-inline'
would switch that off, and `form-action`, `base-uri` and `frame-ancestors` are not about hosts that
a page loads from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from consentgate.browser.hosts import sources_of
from consentgate.gate.options import Csp
from consentgate.policy.hosts import Hosts
from consentgate.policy.vocabulary import ResourceType

HEADER_NAMES = {
    Csp.ENFORCE: "Content-Security-Policy",
    Csp.REPORT_ONLY: "Content-Security-Policy-Report-Only",
}

REPORTING_ENDPOINTS = "Reporting-Endpoints"
GROUP = "consentgate"
"""The name of the endpoint to which browsers report (W3C Reporting API, section 3.2)."""

_LOCAL = ("data:", "blob:")
_SCRIPTS = ("'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", *_LOCAL)

# `default-src` alone stops prefetches (CSP3 section 6.8.4), beside the others, since each resource
# has a list of its own. What a worker's module imports counts as a worker (CSP3 section 6.1.15).
_DIRECTIVES: tuple[tuple[str, ResourceType, tuple[str, ...]], ...] = (
    ("default-src", ResourceType.ANY, _LOCAL),
    ("script-src", ResourceType.SCRIPT, _SCRIPTS),
    ("style-src", ResourceType.STYLE, ("'unsafe-inline'", *_LOCAL)),
    ("img-src", ResourceType.IMAGE, _LOCAL),
    ("font-src", ResourceType.FONT, _LOCAL),
    ("media-src", ResourceType.MEDIA, _LOCAL),
    ("worker-src", ResourceType.SCRIPT, _LOCAL),
    ("frame-src", ResourceType.FRAME, _LOCAL),
    ("connect-src", ResourceType.CONNECTION, _LOCAL),
)

DIRECTIVES = frozenset(name for name, _, _ in _DIRECTIVES)

# As a source is written; a Host header may hold anything.
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")


def policy_text(allowed: Iterable[Hosts], *, host: str, report_path: str) -> str:
    """Return the policy that lets a page contact its own host and these.

    `host` is the site's, as in the Host header, and `report_path` the path to which browsers
    report, empty for none.
    """
    by_rule = list(allowed)
    own_sockets = _sockets(host) if _HOST.fullmatch(host) else []
    parts = []
    for name, resource_type, keywords in _DIRECTIVES:
        sources = _sources(by_rule, resource_type)
        sockets = own_sockets if resource_type is ResourceType.CONNECTION else []
        parts.append(" ".join((name, "'self'", *sources, *sockets, *keywords)))
    if report_path:
        parts.append(f"report-uri {report_path}")
    return "; ".join(parts)


def _sources(by_rule: list[Hosts], resource_type: ResourceType) -> list[str]:
    sources = sources_of(by_rule, ResourceType.ANY, resource_type)
    if resource_type is ResourceType.CONNECTION:
        # A source without a scheme is for the page's own, http or https, and for no websocket.
        sockets = [_sockets(source) for source in sources if "://" not in source]
        sources += [socket for pair in sockets for socket in pair]
    return sources


def _sockets(host: str) -> list[str]:
    # Browsers did not always count a page's own websockets among 'self'.
    return [f"ws://{host}", f"wss://{host}"]


def report_address(mount: str, prefix: str) -> str:
    """Return the path to which browsers report, as it can be in a policy: in that a semicolon ends
    a directive and a comma the policy."""
    path = f"{mount}{prefix}/report"
    return path.replace(";", "%3B").replace(",", "%2C")
