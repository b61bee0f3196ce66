"""Test runs of projects that use pytest's plugin."""

from __future__ import annotations

import pytest

from tests.testing.sites import CLIENTS

PLUGIN = (
    *("-p", "consentgate.pytest_plugin", "-p", "no:cacheprovider"),
    *("-W", "ignore:Using `httpx`", "-W", "ignore:Module already imported"),
)

CONFTEST = """
import pytest
from tests.testing.sites import CLIENTS

@pytest.fixture(params=%s)
def client(request):
    with CLIENTS[request.param]() as client:
        yield client
"""
ON_FLASK = CONFTEST % ["Flask"]
ON_EACH = CONFTEST % [*CLIENTS]

POLICY_TOML = """
necessary = ["session"]
[controller]
name = "Example Town"
contact = "dpo@example.org"
[[cookies]]
name = "visits"
category = "statistics"
provider = "Example Town"
purpose = "Counts how often you came."
lifetime = "1 day"
"""

DIFFERENT = '''
import pytest
from consentgate import Controller, Cookie, Policy
from tests.testing import sites

POLICY = Policy(
    cookies=[
        Cookie("session", category="necessary", secure=True, http_only=True, same_site="Lax"),
        Cookie("visits", category="statistics", lifetime="2 hours"),
        Cookie("_fbp", category="marketing", lifetime="session", partitioned=True),
        Cookie("_promo_id", category="necessary", lifetime="session"),
    ],
    controller=Controller("Example Town"),
)

@pytest.fixture
def client():
    with sites.CLIENTS["Flask"](policy=POLICY) as client:
        yield client
'''  # fmt: skip


def run(site: pytest.Pytester, *options: str) -> pytest.RunResult:
    return site.runpytest_inprocess(*PLUGIN, *options)


def run_apart(site: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run in a process of its own."""
    return site.runpytest_subprocess(*PLUGIN, *options)


def run_with_workers(site: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run with workers of xdist."""
    return run(site, "-p", "xdist.plugin", *options)
