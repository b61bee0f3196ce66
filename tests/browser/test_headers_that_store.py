"""By which headers a visitor who has not chosen is known again, in a real browser: the page of the
documentation says of each what happens without a gate and with one."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.browser.storing_site import BARE, GATED, NUMBER, PORTAL, WAYS, StoringSite, host_of
from tests.support.chromium import ARGUMENTS, find_chromium
from tests.support.http_servers import serve_asgi
from tests.support.requirements import require
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOCS = Path(__file__).parents[2] / "docs" / "headers.md"

FEATURES = (
    "--test-third-party-cookie-phaseout",
    "--short-reporting-delay",
    # A key of the device in software, and dictionaries under a certificate of one's own.
    "--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
    "--disable-features=CompressionDictionaryTransportRequireKnownRootCert",
)


def certificate_in(folder: Path) -> tuple[Path, str]:
    """A file with a certificate for all hosts and its key, and the digest by which Chromium trusts
    it: with other errors it keeps neither HSTS nor NEL."""
    issued = trustme.CA().issue_cert("*.example.org", "*.example.net")
    file = folder / "certificate.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(file))
    leaf = load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return file, b64encode(sha256(key).digest()).decode()


@pytest.fixture
def site() -> StoringSite:
    return StoringSite()


@pytest.fixture
def context(site: StoringSite, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser for which the hosts of the site have the usual ports."""
    executable = find_chromium()
    require(executable, "Chromium")
    file, digest = certificate_in(tmp_path)
    with ExitStack() as stack:
        plain = stack.enter_context(serve_asgi(site)).rpartition(":")[2]
        secure = stack.enter_context(serve_asgi(site, certificate=file)).rpartition(":")[2]
        kept = [one for one in ARGUMENTS if "certificate" not in one and "resolver" not in one]
        rules = f"MAP *:80 127.0.0.1:{plain},MAP *:443 127.0.0.1:{secure}"
        playwright = stack.enter_context(sync_playwright())
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=executable,
            args=[
                *kept,
                *FEATURES,
                f"--host-resolver-rules={rules}",
                f"--ignore-certificate-errors-spki-list={digest}",
            ],
        )
        stack.callback(context.close)
        yield context


def documented() -> dict[str, tuple[bool, bool]]:
    """What the page says of each way: whether a visitor is known again, bare and behind a gate."""
    rows = re.findall(r"^\| `([\w-]+)`.* \| (yes|no), (yes|no) \|$", DOCS.read_text(), re.MULTILINE)
    return {name: (bare == "yes", gated == "yes") for name, bare, gated in rows}


def allow_storage_access(context: BrowserContext) -> None:
    """Let the visitor have allowed the embedded hosts their cookies, which a browser sends there
    only when they ask for it."""
    tools = context.new_cdp_session(context.pages[0])
    for kind in (BARE, GATED):
        host = f"https://{host_of('Activate-Storage-Access', kind)}"
        cookie = {"name": "own", "value": NUMBER, "url": host, "secure": True, "sameSite": "None"}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a dict is a TypedDict there
        tools.send(
            "Browser.setPermission",
            {
                "permission": {"name": "storage-access"},
                "setting": "granted",
                "origin": f"https://{PORTAL}",
                "embeddedOrigin": host,
            },
        )


@pytest.mark.law(38)
def test_a_visitor_is_known_again_where_the_documentation_says_so(
    context: BrowserContext, site: StoringSite
) -> None:
    allow_storage_access(context)
    page = context.pages[0]
    for way in WAYS:
        for kind in (GATED, BARE):
            page.goto(f"https://{host_of(way, kind)}/")
    # The last things that a first visit starts beside its page.
    wait_until(lambda: {"/start", "/deep/worker.js"} <= {seen.path for seen in site.seen})
    first = site.seen.copy()
    site.seen.clear()

    expected = documented()
    found = {}
    for way in WAYS:
        bare, gated = expected[way]
        come_again(page, site, way, GATED, until_known=gated)
        come_again(page, site, way, BARE, until_known=bare)
        # Behind the gate at last, so that what it let pass had its time.
        found[way] = (site.knows(way, BARE), site.knows(way, GATED))

    assert found == expected
    # Behind the gate the browser does not even prove once that it has a key.
    registered = {seen.host for seen in (*first, *site.seen) if seen.path == "/start"}
    assert registered == {host_of("Secure-Session-Registration", BARE)}


def come_again(page: Page, site: StoringSite, way: str, kind: str, *, until_known: bool) -> None:
    """Visit a host again: once, or until the visitor is known, since browsers keep some things only
    after the page is there."""

    def is_as_expected() -> bool:
        page.goto(WAYS[way].again.format(host=host_of(way, kind)))
        return site.knows(way, kind) or not until_known

    wait_until(is_as_expected)
