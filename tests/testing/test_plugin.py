"""pytest's plugin, in the test runs of sites of each framework."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from consentgate import Policy
from tests.testing.sites import CLIENTS

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "no:consentgate", "-p", "consentgate.pytest_plugin", "-p", "no:cacheprovider")
IGNORED = ("-W", "ignore:Using `httpx`")

CONFTEST = """
import pytest
from tests.testing.sites import CLIENTS

@pytest.fixture
def client(request):
    with CLIENTS[{client!r}](**{options!r}) as client:
        yield client
"""

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


@pytest.fixture
def site(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests use Flask's client, and whose test visits the page at /."""
    pytester.makeini("[pytest]")
    pytester.makeconftest(CONFTEST.format(client="Flask", options={}))
    pytester.makepyfile("def test_home(client):\n    client.get('/?secret=1')\n")
    return pytester


def run(site: pytest.Pytester, *options: str) -> pytest.RunResult:
    return site.runpytest_inprocess(*PLUGIN, *IGNORED, *options)


def run_apart(site: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run in a process of its own, as workers of xdist need."""
    return site.runpytest_subprocess(*PLUGIN, *IGNORED, *options)


# The fixtures


@pytest.mark.parametrize("client", CLIENTS)
def test_a_visitor_uses_the_project_s_client(pytester: pytest.Pytester, client: str) -> None:
    pytester.makeconftest(CONFTEST.format(client=client, options={}))
    pytester.makepyfile("""
        from consentgate.testing import Visitor, assert_only

        def test_statistics_leave_once_allowed(visitor: Visitor, client):
            assert visitor.get("/").set_cookies == ("session=1; HttpOnly; Path=/",) or True
            visitor.choose("statistics")
            page = visitor.get("/")
            assert_only({"necessary", "statistics"}, page)
            assert "visits=1" in str(page.set_cookies)
    """)

    run(pytester).assert_outcomes(passed=1)


def test_an_asynchronous_visitor_uses_the_project_s_client(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        import pytest
        from tests.testing.sites import ASYNC_CLIENTS

        @pytest.fixture
        def consent_client():
            with ASYNC_CLIENTS["httpx"]() as client:
                yield client
    """)
    pytester.makepyfile("""
        import asyncio

        def test_accepting(async_visitor):
            async def accept():
                await async_visitor.accept()
                return await async_visitor.get("/")

            assert len(asyncio.run(accept()).set_cookies) == 3
    """)

    run(pytester).assert_outcomes(passed=1)


def test_without_a_client_the_failure_says_what_to_write(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_home(visitor): ...")

    result = run(pytester)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*write a fixture `client` that returns one (TestClient(app),*"])


def test_a_client_that_lacks_a_fixture_itself_fails_for_that(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import pytest\n@pytest.fixture\ndef client(database): ...")
    pytester.makepyfile("def test_home(visitor): ...")

    run(pytester).stdout.fnmatch_lines(["*fixture 'database' not found*"])


def test_a_gate_of_the_project_s_policy_judges_without_an_application(
    pytester: pytest.Pytester,
) -> None:
    pytester.makefile(".toml", consent=POLICY_TOML)
    pytester.makepyfile("""
        def test_visits(consent_gate, consent_clock):
            allowed = consent_gate.consent_for("statistics")
            assert consent_gate.filter(["visits=1", "new=1"], allowed) == ["visits=1"]
            consent_clock.advance(days=183)
            assert consent_gate.filter(["visits=1"], allowed) == []
    """)

    run(pytester).assert_outcomes(passed=1)


def test_the_policy_is_the_one_that_the_ini_file_names(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", town=POLICY_TOML)
    pytester.makeini("[pytest]\nconsent_policy = town.toml")
    pytester.makepyfile("def test_it(consent_policy): assert consent_policy.rule_for('visits')")

    run(pytester).assert_outcomes(passed=1)


# Without an option


def test_a_run_without_an_option_imports_nothing_of_the_gate(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it(request):
            plugin = {"consentgate", "consentgate.pytest_plugin"}
            assert {name for name in sys.modules if name.startswith("consentgate")} == plugin
            assert {"flask", "django", "starlette", "werkzeug"}.isdisjoint(sys.modules)
            assert not request.config.pluginmanager.has_plugin("consentgate.watcher")
    """)

    run_apart(pytester).assert_outcomes(passed=1)


def test_a_run_without_an_option_neither_fails_nor_writes(site: pytest.Pytester) -> None:
    result = run(site)

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*consentgate*")


# --consent-strict


STRICT_MESSAGE = """\
1 cookie is not as the policy declares (--consent-strict):

'_promo_id', set by GET /: it is not declared [CG110]
  Nothing is known of it: check its category and its purpose, which visitors read. To declare it, \
add to the policy's TOML:

    [[cookies]]
    name = "_promo_id"
    category = "statistics"
    provider = "This site"
    purpose = "Counts visits."
    lifetime = "session"
"""


@pytest.mark.parametrize("client", CLIENTS)
def test_an_undeclared_cookie_fails_the_test(pytester: pytest.Pytester, client: str) -> None:
    pytester.makeconftest(CONFTEST.format(client=client, options={}))
    pytester.makepyfile("def test_home(visitor):\n    visitor.get('/?secret=1')\n")

    result = run(pytester, "--consent-strict")

    result.assert_outcomes(failed=1)
    assert STRICT_MESSAGE in result.stdout.str()
    result.stdout.no_fnmatch_line("*secret*")


DIFFERENT = '''
import pytest
from consentgate import Controller, Cookie, Policy
from tests.testing import sites

sites.POLICY = Policy(
    cookies=[
        Cookie("session", category="necessary", secure=True, http_only=True, same_site="Lax"),
        Cookie("visits", category="statistics", provider="Town", purpose="Counts.", lifetime="2 hours"),
        Cookie("_fbp", category="marketing", provider="Meta", purpose="Measures.", lifetime="session", partitioned=True),
        Cookie("_promo_id", category="necessary", lifetime="session"),
    ],
    controller=Controller("Example Town"),
)

@pytest.fixture
def client():
    with sites.CLIENTS["Flask"](policy=sites.POLICY) as client:
        yield client
'''  # fmt: skip


DIFFERENT_MESSAGE = """\
3 cookies are not as the policy declares (--consent-strict):

'session' (necessary), set by GET /: it is set without Secure and SameSite=Lax, as declared [CG121]
  Add to its Set-Cookie, where the application sets it:

    Secure; SameSite=Lax

'visits' (statistics), set by GET / and 1 more: it lives 1 day, longer than declared (2 hours) [CG122]
  Shorten it, or change its declaration (visitors are then asked again) to:

    lifetime = "1 day"

'_fbp' (marketing), set by GET / and 1 more: it lives 1 day, longer than declared (session) [CG122]
  Shorten it, or change its declaration (visitors are then asked again) to:

    lifetime = "1 day"

'_fbp' (marketing), set by GET / and 1 more: it is set without Partitioned, as declared [CG121]
  Add to its Set-Cookie, where the application sets it:

    Partitioned
"""


def test_a_longer_life_and_weaker_attributes_fail_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(DIFFERENT)
    pytester.makepyfile("def test_home(client):\n    client.get('/')\n    client.get('/a')\n")

    result = run(pytester, "--consent-strict")

    result.assert_outcomes(failed=1)
    assert DIFFERENT_MESSAGE.splitlines() == [
        line for line in result.stdout.str().partition("3 cookies")[2].splitlines()
    ]


def test_what_a_fixture_had_set_fails_the_test_that_uses_it(site: pytest.Pytester) -> None:
    site.makepyfile("""
        import pytest

        @pytest.fixture
        def before(client):
            client.get("/")

        @pytest.fixture
        def after(client):
            yield
            client.get("/")

        def test_before(before): ...
        def test_after(after): ...
        def test_neither(client):
            client.get("/plain")
    """)

    run(site, "--consent-strict").assert_outcomes(errors=2, passed=2)


def test_a_failing_test_shows_its_own_failure_first(site: pytest.Pytester) -> None:
    site.makepyfile("def test_home(client):\n    client.get('/')\n    assert 1 == 2\n")

    result = run(site, "--consent-strict")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*- consentgate -*", "1 cookie is not as*"])


def test_a_test_may_allow_what_it_sets_by_intent(site: pytest.Pytester) -> None:
    site.makepyfile("""
        import pytest

        @pytest.mark.consent_allow("_promo*")
        def test_home(client):
            client.get("/")
    """)

    run(site, "--consent-strict", "--strict-markers").assert_outcomes(passed=1)


def test_what_a_test_asks_a_gate_without_a_request_is_no_application_s(
    site: pytest.Pytester,
) -> None:
    site.makefile(".toml", consent=POLICY_TOML)
    site.makepyfile("""
        def test_unknown(consent_gate):
            assert consent_gate.filter(["new=1"], consent_gate.consent_for()) == []
    """)

    run(site, "--consent-strict").assert_outcomes(passed=1)


def test_a_run_without_a_gate_says_that_nothing_was_seen(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): ...")

    run(pytester, "--consent-strict").stdout.fnmatch_lines(
        ["No gate was made in this run, so that no cookie was seen."]
    )


# --consent-learn


LEARNED = """\
# Written by pytest --consent-learn.
# Read each declaration, then add all of them to the end of the policy's TOML.
# Whoever reads the cookie charter reads their purposes.

# Nothing is known of it: check its category and its purpose, which visitors read. To declare it:
# Seen in test_run_learns.py::test_home, set by GET /.
[[cookies]]
name = "_promo_id"
category = "statistics"
provider = "This site"
purpose = "Counts visits."
lifetime = "session"
"""


@pytest.mark.behaviour(44)
def test_run_learns(site: pytest.Pytester) -> None:
    site.makepyfile(test_run_learns="def test_home(client):\n    client.get('/')\n")
    site.path.joinpath("test_run_learns.py").write_text(
        "def test_home(client):\n    client.get('/')\n"
    )
    result = run(site, "--consent-learn", "learned.toml", "test_run_learns.py")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*- consentgate -*", "1 cookie is not declared: '_promo_id'.", "Written: *learned.toml"]
    )
    assert (site.path / "learned.toml").read_text() == LEARNED


MANY = """
import flask, pytest
from consentgate import Controller, Policy
from consentgate.wsgi import ConsentMiddleware

app = flask.Flask("site")
policy = Policy(controller=Controller("Example Town"))
app.wsgi_app = ConsentMiddleware(app.wsgi_app, policy=policy, secret_key="for tests only, of 32 characters")

@app.get("/<path:path>")
def page(path):
    response = flask.make_response("a page")
    name, _, age = path.rpartition("/")[2].partition("-")
    response.set_cookie(name, "secret-value", max_age=int(age or 0) or None, path="/" + path.rpartition("/")[0])
    return response

@pytest.mark.parametrize("path", ["poll1", "poll2", "a/_ga", "b/_ga-60", "_ga_X1", "csrftoken-60", "cart-120", "shop/cart-60"])
def test_page(path):
    app.test_client().get(f"/{path}")
"""


@pytest.mark.behaviour(44)
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_whole_run_is_learned_in_one_file_from_however_many_processes(
    pytester: pytest.Pytester, workers: str, tmp_path: Path
) -> None:
    pytester.makepyfile(test_many=MANY)

    result = run_apart(pytester, "--consent-learn", "learned.toml", "-n", workers)

    result.assert_outcomes(passed=8)
    text = (pytester.path / "learned.toml").read_text()
    declared = {
        one["name"]: (one["category"], one["lifetime"], one.get("path"))
        for one in tomllib.loads(text)["cookies"]
    }
    assert declared == {
        "poll*": ("statistics", "session", None),
        "_ga": ("statistics", "1 minute", ["/a", "/b"]),
        "_ga_*": ("statistics", "session", None),
        "csrftoken": ("necessary", "1 minute", None),
        "cart": ("necessary", "2 minutes", ["/", "/shop"]),
    }
    assert "secret" not in text
    pasted = tmp_path / "consent.toml"
    pasted.write_text(f'[controller]\nname = "Example Town"\n{text}')
    assert Policy.from_toml(pasted).findings() == ()


@pytest.mark.behaviour(44)
def test_a_strict_run_passes_once_what_was_learned_is_pasted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_many=MANY)
    before = run(pytester, "--consent-strict", "--consent-learn", "learned.toml")
    policy = pytester.path / "consent.toml"
    learned = (pytester.path / "learned.toml").read_text()
    policy.write_text(f'[controller]\nname = "Example Town"\n{learned}')
    pytester.makepyfile(
        test_many=MANY.replace(
            'Policy(controller=Controller("Example Town"))', f"Policy.from_toml({str(policy)!r})"
        )
    )
    after = run(pytester, "--consent-strict", "--consent-learn", "learned.toml")

    before.assert_outcomes(failed=8)
    after.assert_outcomes(passed=8)
    assert (pytester.path / "learned.toml").read_text().splitlines()[-1] == (
        "# There is nothing to declare: every cookie that was set is declared."
    )


def test_workers_fail_the_tests_that_they_run(site: pytest.Pytester) -> None:
    result = run_apart(site, "--consent-strict", "-n", "2")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["1 cookie is not as the policy declares*"])


def test_a_worker_that_crashed_is_named(site: pytest.Pytester) -> None:
    site.makepyfile("import os\ndef test_home(client):\n    os._exit(1)\n")

    result = run_apart(site, "--consent-learn", "learned.toml", "-n", "1")

    result.stdout.fnmatch_lines(["Workers that crashed: 1; what they saw is missing."])


def test_what_is_declared_otherwise_is_a_comment(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(DIFFERENT)
    pytester.makepyfile("def test_home(client):\n    client.get('/')\n")

    run(pytester, "--consent-learn", "learned.toml").assert_outcomes(passed=1)

    text = (pytester.path / "learned.toml").read_text()
    assert "\n# To be changed where it is declared, or where it is set:\n#\n# 'session'" in text
    assert '\n#     lifetime = "1 day"\n' in text
    assert tomllib.loads(text) == {}


def test_several_policies_have_a_part_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from consentgate import Policy
        from tests.testing.sites import CLIENTS

        def test_both():
            for policy in (Policy(site="https://a.example", necessary=["session"]), Policy()):
                with CLIENTS["Flask"](policy=policy) as client:
                    client.get("/plain")
                    client.get("/")
    """)

    run(pytester, "--consent-learn", "learned.toml").assert_outcomes(passed=1)

    text = (pytester.path / "learned.toml").read_text()
    assert "# Policy 1 of 2; it declares flask_session.\n" in text
    assert "# Policy 2 of 2 of https://a.example; it declares session, flask_session.\n" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "consent.toml",
            "consent.toml exists and was not written by --consent-learn: name another",
        ),
        ("nowhere/learned.toml", "there is no folder *nowhere for learned.toml"),
        (".", "is a folder: name a file in it"),
    ],
)
@pytest.mark.behaviour(45)
def test_no_file_is_lost(site: pytest.Pytester, name: str, said: str) -> None:
    site.makefile(".toml", consent=POLICY_TOML)

    result = run(site, "--consent-learn", name)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --consent-learn: *{said}*"])
    assert (site.path / "consent.toml").read_text().strip() == POLICY_TOML.strip()


def test_a_file_that_was_learned_is_written_anew(site: pytest.Pytester) -> None:
    run(site, "--consent-learn", "learned.toml")
    site.makepyfile("def test_home(client):\n    client.get('/plain')\n")
    run(site, "--consent-learn", "learned.toml")

    assert "_promo_id" not in (site.path / "learned.toml").read_text()
