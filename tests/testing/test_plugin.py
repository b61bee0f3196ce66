"""pytest's plugin, in the test runs of sites of each framework."""

from __future__ import annotations

import pytest

from tests.testing.runs import DIFFERENT, ON_EACH, POLICY_TOML, run, run_apart
from tests.testing.sites import CLIENTS

pytest_plugins = ["pytester"]

# The fixtures


def test_a_visitor_uses_the_project_s_client(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(ON_EACH)
    pytester.makepyfile("""
        from consentgate.testing import Visitor, assert_only

        def test_statistics_leave_once_allowed(visitor: Visitor, client):
            visitor.choose("statistics")
            page = visitor.get("/")
            assert_only({"necessary", "statistics"}, page)
            assert "visits=1" in str(page.set_cookies)
    """)

    run(pytester).assert_outcomes(passed=len(CLIENTS))


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
    result.stdout.fnmatch_lines(
        ["*# Write a fixture `client` that returns your test client*", "E *'client' not found"]
    )


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


def test_an_undeclared_cookie_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(ON_EACH)
    pytester.makepyfile("def test_home(visitor):\n    visitor.get('/?secret=1')\n")

    # Without what clients log of their requests, where another test made logging talkative.
    result = run(pytester, "--consent-strict", "--show-capture=no")

    result.assert_outcomes(failed=len(CLIENTS))
    assert result.stdout.str().count(STRICT_MESSAGE) == len(CLIENTS)
    result.stdout.no_fnmatch_line("*secret*")


DIFFERENT_MESSAGE = """\
3 cookies are not as the policy declares (--consent-strict):

'session' (necessary), set by GET / and 1 more: it is set without Secure and SameSite=Lax, as \
declared [CG121]
  Add to its Set-Cookie, where the application sets it:

    Secure; SameSite=Lax

'visits' (statistics), set by GET / and 1 more: it lives 1 day, longer than declared \
(2 hours) [CG122]
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
    assert DIFFERENT_MESSAGE in result.stdout.str()


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
    result.stdout.fnmatch_lines(
        ["*assert 1 == 2", "*- Captured consentgate call -*", "1 cookie is not as*"]
    )


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
        ["consentgate: no gate was made in this run, so that no cookie was seen"]
    )
