"""pytest's plugin: fixtures, and the options --consent-strict and --consent-learn.

It is loaded at every run where consentgate is installed, so that it imports nothing of the gate
before a fixture or an option asks for it. Without an option it adds no hook that runs for a test.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from consentgate.gate.gate import Gate
    from consentgate.policy import Policy
    from consentgate.testing import AsyncVisitor, FakeClock, Visitor
    from consentgate.testing.learning import Lessons
    from consentgate.testing.watching import Sighting

TEST_KEY = "consentgate: a key that signs in tests alone"
"""The key of `consent_gate`; it is public, so that it is worth nothing elsewhere."""

_STRICT = "--consent-strict"
_LEARN = "--consent-learn"
_MARKER = (
    "consent_allow(name, ...): names of cookies, or globs, that --consent-strict lets an "
    "application set in this test though they break the policy"
)
_OUTPUT = "consentgate_lessons"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("consentgate")
    group.addoption(
        _STRICT,
        action="store_true",
        dest="consent_strict",
        help="fail a test in which an application behind a gate sets a cookie that is not "
        "declared, that lives longer than declared, or whose attributes are weaker than declared",
    )
    group.addoption(
        _LEARN,
        metavar="FILE",
        dest="consent_learn",
        help="write the declarations (TOML) of the cookies that applications behind a gate set in "
        "this run and that are not declared",
    )
    parser.addini(
        "consent_policy", "the policy of consent_gate, a TOML file", default="consent.toml"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin to watch, before any module of the project can make a gate."""
    options = early_config.known_args_namespace
    if options.consent_strict or options.consent_learn:
        early_config.pluginmanager.register(_Watcher(options), "consentgate.watcher")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


# The fixtures


@pytest.fixture(scope="session")
def consent_policy(pytestconfig: pytest.Config) -> Policy:
    """The project's policy: of the file that the ini option `consent_policy` names, else of
    consent.toml beside the ini file. Override it where the policy is made in Python."""
    from consentgate.policy import Policy

    return Policy.from_toml(pytestconfig.rootpath / pytestconfig.getini("consent_policy"))


@pytest.fixture
def consent_clock() -> FakeClock:
    """A clock that moves when the test says so: `consent_clock.advance(days=183)`."""
    from consentgate.testing import FakeClock

    return FakeClock()


@pytest.fixture
def consent_gate(consent_policy: Policy, consent_clock: FakeClock) -> Gate:
    """A gate of the project's policy, for tests without an application: `consent_gate.filter`."""
    from consentgate.gate.gate import Gate

    return Gate(consent_policy, secret_key=TEST_KEY, clock=consent_clock)


# pytest shows these lines where a project has no fixture `client`. Any: of whichever framework.
@pytest.fixture
# Write a fixture `client` that returns your test client (TestClient(app), app.test_client(),
# Client() ...), or override this one.
def consent_client(client: Any) -> Any:
    """The test client that a visitor uses: the project's fixture `client`."""
    return client


@pytest.fixture
def visitor(consent_client: Any) -> Visitor:
    """A visitor with the project's test client: `visitor.accept()`, `visitor.refuse()`,
    `visitor.choose("statistics")`, `visitor.undecided()`, `visitor.get("/")`."""
    from consentgate.testing import Visitor

    return Visitor(consent_client)


@pytest.fixture
def async_visitor(consent_client: Any) -> AsyncVisitor:
    """The same for a client whose responses are awaited: `await async_visitor.accept()`."""
    from consentgate.testing import AsyncVisitor

    return AsyncVisitor(consent_client)


# The options


class _Watcher:
    """Watches the gates of this process for both options."""

    def __init__(self, options: argparse.Namespace) -> None:
        from consentgate.testing.learning import Lessons
        from consentgate.testing.watching import watch_gates

        self._is_strict = bool(options.consent_strict)
        self._learns = bool(options.consent_learn)
        self._target = Path(options.consent_learn or "")
        self._lessons: Lessons = Lessons()
        self._lost_workers = 0
        self._test = "the collection of tests"
        self._seen: list[Sighting] = []
        self._watching = ExitStack()
        self._watching.enter_context(watch_gates(self._seen.append, made=self._lessons.count_gate))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Refuse to overwrite a file that was not learned. Raises UsageError."""
        from consentgate.errors import ConfigurationError
        from consentgate.testing.learning import check_target

        self._target = config.invocation_params.dir / self._target
        if self._learns and not _is_worker(config):
            try:
                check_target(self._target)
            except ConfigurationError as error:
                raise pytest.UsageError(f"{_LEARN}: {error}") from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know which test runs."""
        self._test = item.nodeid
        return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Judge what the fixtures of a test had the application set."""
        yield from self._judged(item, "setup")

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Judge what a test had the application set."""
        yield from self._judged(item, "call")

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Judge what the fixtures had the application set at their end."""
        yield from self._judged(item, "teardown")

    def _judged(self, item: pytest.Item, phase: str) -> Generator[None, None, None]:
        try:
            yield
        except BaseException:
            # The test's own failure comes first; what is found besides is shown with it.
            item.add_report_section(phase, "consentgate", self._explain(item))
            raise
        explanation = self._explain(item)
        if explanation:
            pytest.fail(explanation, pytrace=False)

    def _explain(self, item: pytest.Item) -> str:
        """Return what is wrong with the cookies that were seen since the last call, "" where all
        is in order or is not asked for."""
        seen = self._take()
        if not self._is_strict:
            return ""
        from consentgate.testing.strict import explain

        allowed = [str(name) for mark in item.iter_markers("consent_allow") for name in mark.args]
        return explain(seen, allowed)

    def _take(self) -> list[Sighting]:
        seen = [*self._seen]
        self._seen.clear()
        for sighting in seen:
            self._lessons.add(sighting, self._test)
        return seen

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # Any: xdist has no types
        """Take what a worker of xdist saw."""
        output = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if output is None:
            self._lost_workers += 1
        else:
            self._lessons.merge(pickle.loads(output))  # noqa: S301 (of this very run)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the file, or give what was seen to the process that does."""
        self._take()
        if _is_worker(session.config):
            session.config.workeroutput[_OUTPUT] = pickle.dumps(self._lessons)  # type: ignore[attr-defined]  # xdist's
        elif self._learns:
            self._target.write_text(self._lessons.as_toml(), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was learned, and where nothing could be."""
        for line in self._summary():
            terminalreporter.line(f"consentgate: {line}")

    def _summary(self) -> Iterator[str]:
        if not self._lessons.gates:
            yield "no gate was made in this run, so that no cookie was seen"
        if self._lost_workers:
            yield f"{self._lost_workers} worker(s) crashed, and what they saw is missing"
        if self._learns:
            yield f"{self._lessons.summary()}; written to {self._target}"

    def pytest_unconfigure(self) -> None:
        """Stop watching."""
        self._watching.close()


def _is_worker(config: pytest.Config) -> bool:
    """Return whether this is a process of xdist that runs tests for another one."""
    return hasattr(config, "workerinput")
