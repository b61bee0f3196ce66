"""Visit an application as four visitors do, and say what becomes of each cookie that it sets."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, cast

import httpx

from consentgate.audit.crawl import Frontier, links_in
from consentgate.audit.loading import Application, ApplicationError, loaded
from consentgate.audit.places import Place, Places
from consentgate.audit.routes import routes_of, watched_django
from consentgate.audit.visiting import Client, client_of
from consentgate.browser.page_lint import lint_page
from consentgate.choice.consent import Consent
from consentgate.errors import Finding
from consentgate.gate.advice import Advisor, lifetime_of, see_cookie
from consentgate.gate.events import Action, Reason
from consentgate.gate.gate import Gate
from consentgate.gate.judge import Verdict
from consentgate.http.set_cookie import expiry_of, is_deletion, split_set_cookie, told_attributes
from consentgate.policy import Policy
from consentgate.policy.lifetime import Lifetime, lifetime_text
from consentgate.testing.bare import origin_of_tests
from consentgate.testing.breaches import differences

MOST_PAGES = 50
LONGEST_RUN_S = 120.0

_LONGEST_IN_BROWSERS = timedelta(days=400)

PROBE = "consentgate=check"
"""A cookie that only the gates on the way look at."""


class State(StrEnum):
    """What the visitor has chosen; each goes on with the cookies of the one before."""

    UNDECIDED = "before a choice"
    REFUSED = "after a refusal"
    ACCEPTED = "after an acceptance"
    WITHDRAWN = "after a withdrawal"


class Problem(NamedTuple):
    """What is wrong with a cookie: the id under which the documentation has it, and words."""

    id: str
    text: str


class Variant(NamedTuple):
    """One way in which a cookie is set: its lifetime ("session", "13 months"), its other
    attributes, and the place in the code, if that is known."""

    lifetime: str
    attributes: str
    place: Place | None


@dataclass(slots=True)
class Sighting:
    """What the application set under one name, or under names of one declaration.

    `name` is that of the declaration, or the cookie's own where there is none; `example` is the
    first name that was set, and `path` the first page that set it. `variants` are the ways in which
    it was set, and `outcomes` what becomes of it in each state in which it was.
    """

    name: str
    category: str
    example: str
    path: str
    variants: list[Variant] = field(default_factory=list)
    outcomes: dict[State, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    advice: str = ""

    @property
    def place(self) -> Place | None:
        """Where it is set, the application's own code first."""
        places = [variant.place for variant in self.variants if variant.place is not None]
        return min(places, key=lambda place: not place.is_own, default=None)


@dataclass(slots=True)
class Result:
    """What a check found. `is_guarded`: the application has a gate itself; `failed` are the pages
    that could not be judged, each with the reason; `third_parties` are the findings about other
    hosts in the pages, if they were looked for."""

    policy: Policy
    is_guarded: bool = False
    pages: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    is_cut: bool = False
    sightings: dict[str, Sighting] = field(default_factory=dict)
    third_parties: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[tuple[Sighting, Problem]]:
        """All that is wrong, cookie by cookie."""
        return [
            (sighting, problem)
            for sighting in self.sightings.values()
            for problem in sighting.problems.values()
        ]


def check(
    target: str,
    *,
    folder: Path,
    policy: Policy | None = None,
    crawl: bool = False,
    excluded: Collection[str] = (),
    most_pages: int = MOST_PAGES,
    pages: bool = False,
) -> Result:
    """Return what the application of "module:attribute" sets and what becomes of it.

    It is asked with GET alone, for the pages that its router names and, with `crawl`, for those
    that its pages link. With `pages` the HTML is looked at for third parties. The verdicts are
    those of `policy`, by default of the application's own gate. Raises AuditError where there
    is no such application, ApplicationError where it fails at its start or no page can be had.
    """
    with _heard_notes() as notes, loaded(target, folder=folder) as application:
        places = Places(folder)
        with places.watched(), client_of(application) as client:
            targets = routes_of(application.app)
            with watched_django() as of_django:
                first = _first_answer(client, targets)
            is_guarded = bool(application.gates)
            if not is_guarded:
                client.put_behind_gate(policy or Policy())
                _first_answer(client, targets)
            elif "content-encoding" in first.headers:
                notes.append("CG151 pages are compressed inside the gate; compress outside of it")
            gate_policy = application.gates[0].gate.policy if is_guarded else Policy()
            run = _Run(client, application, policy or gate_policy, places, lints=pages)
            run.result.is_guarded = is_guarded
            run.visit_all([*targets, *of_django], crawl=crawl, excluded=excluded, most=most_pages)
    run.result.notes += notes
    return run.result


def _first_answer(client: Client, targets: list[str]) -> httpx.Response:
    """Return the answer to the first page that can be had, by which many gates are made. Raises
    ApplicationError where there is none."""
    failures = []
    for target in targets:
        try:
            return client.get(target, cookie=PROBE)
        except ApplicationError as error:
            failures.append(error)
    raise failures[0]


class _Run:
    """One check at work."""

    def __init__(
        self,
        client: Client,
        application: Application,
        policy: Policy,
        places: Places,
        *,
        lints: bool,
    ) -> None:
        self.result = Result(policy)
        self._lints = lints
        self._client = client
        self._places = places
        self._application = application
        # As the application's own gate would judge; the one that is put around it shortens nothing.
        clamp = application.gates[0].gate.settings.clamp
        self._judge = Gate(policy, secret_key=secrets.token_bytes(32), clamp=clamp)
        self._advisor = Advisor(policy, now_s=time.time)
        self._jar: dict[str, str] = {}
        self._ends_s = time.monotonic() + LONGEST_RUN_S

    def visit_all(
        self, targets: list[str], *, crawl: bool, excluded: Collection[str], most: int
    ) -> None:
        """Visit the pages in each state."""
        frontier = Frontier(excluded=excluded, most=most)
        frontier.add(self._of_site(targets))
        for state in State:
            for target in frontier.targets:  # it grows
                if time.monotonic() > self._ends_s:
                    self.result.is_cut = True
                    break
                links = self._visit(target, state)
                if crawl:
                    frontier.add(self._of_site(links))
        self.result.pages = [*frontier.targets]
        self.result.is_cut = self.result.is_cut or frontier.is_cut

    def _of_site(self, targets: list[str]) -> list[str]:
        """Return the pages that are not the library's own."""
        return [target for target in targets if not self._application.is_page_of_gate(target)]

    def _visit(self, target: str, state: State) -> list[str]:
        """Ask for a page, and return what it links."""
        choices = self._application.gates[0].gate  # whose choices the application believes
        accepts = state is State.ACCEPTED
        pairs = [f"{name}={value}" for name, value in self._jar.items()]
        if state is not State.UNDECIDED:
            granted = choices.policy.optional_categories if accepts else ()
            pairs.append(choices.preferences_for(*granted))
        self._places.forget()
        try:
            answer = self._client.get(target, cookie="; ".join(pairs))
        except ApplicationError as error:
            if state is State.UNDECIDED:
                self.result.failed.append(str(error))
            return []
        if answer.status_code >= 500 and state is State.UNDECIDED:
            self.result.failed.append(f"GET {target} answers {answer.status_code}")
        if self._lints and state is State.UNDECIDED:
            self.result.third_parties += _lint(answer, target, self.result.policy)
        for value in answer.headers.get_list("set-cookie"):
            self._see(value, target, state)
        return links_in(answer, target)

    def _see(self, value: str, target: str, state: State) -> None:
        name, attributes = split_set_cookie(value)
        categories = self.result.policy.optional_categories if state is State.ACCEPTED else ()
        is_undecided = state is State.UNDECIDED
        consent = Consent.undecided() if is_undecided else self._judge.consent_for(*categories)
        # The browser's other cookies: one for anonymous measurement is not renewed.
        cookie = "; ".join(f"{key}={text}" for key, text in self._jar.items() if key != name)
        verdict = self._judge.judge(value, consent, cookie=cookie)
        self._keep(verdict)
        if is_deletion(value, time.time()):
            return
        path = target.partition("?")[0]
        rule = verdict.rule
        key = name if rule is None else rule.name
        sighting = self.result.sightings.get(key)
        if sighting is None:
            category = "" if rule is None else rule.category
            sighting = Sighting(key, category, name, path)
            self.result.sightings[key] = sighting
            if rule is None and name:
                sighting.advice = self._advisor.advise(name, attributes, path)
        variant = _variant_of(attributes, self._places.of(name))
        if variant not in sighting.variants:
            sighting.variants.append(variant)
        sighting.outcomes[state] = _OUTCOMES[verdict.action]
        for problem in self._problems_of(value, verdict, path, state):
            sighting.problems.setdefault(problem.id, problem)

    def _keep(self, verdict: Verdict) -> None:
        """Keep in the jar what leaves, as the visitor's browser does."""
        if verdict.value is None or not verdict.name:
            return
        if is_deletion(verdict.value, time.time()):
            self._jar.pop(verdict.name, None)
        else:
            pair = verdict.value.partition(";")[0]
            self._jar[verdict.name] = pair.partition("=")[2].strip(" \t")

    def _problems_of(
        self, value: str, verdict: Verdict, path: str, state: State
    ) -> Iterator[Problem]:
        reason, rule = verdict.reason, verdict.rule
        if rule is None or reason in _NEVER:
            yield Problem(reason.value, _NEVER[reason])
            return
        now_s = time.time()
        name, attributes = split_set_cookie(value)
        seen = see_cookie(name, attributes, path, now_s=now_s)
        for breach in differences(value, rule, seen, where=path, now_s=now_s):
            yield Problem(breach.reason.value, f"it {breach.problem}")
        if verdict.action is Action.STRIP and not self.result.is_guarded:
            yield Problem(reason.value, f"without a gate it leaves {state.value}")


def _lint(answer: httpx.Response, target: str, policy: Policy) -> list[Finding]:
    """Return the findings about third parties in a page, before a choice was made."""
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return []
    headers = answer.headers.multi_items()
    return lint_page(answer.text, policy, headers=headers, url=f"{origin_of_tests()}{target}")


_OUTCOMES = {
    Action.KEEP: "leaves",
    Action.STRIP: "stripped",
    Action.REWRITE: "leaves, strengthened",
    Action.CLAMP: "leaves, shortened",
}
_NEVER = {
    Reason.UNDECLARED: "it is not declared, so that it never leaves",
    Reason.NAMELESS: "it has no name, and could pose as any other",
    Reason.LINE_BREAK: "its Set-Cookie holds CR, LF or NUL",
    Reason.PREFERENCES_SET: "only the gate writes the visitor's choice",
}


def _variant_of(attributes: str, place: Place | None) -> Variant:
    parts = told_attributes(attributes).split("; ")
    kept = [part for part in parts if not part.startswith(("Max-Age=", "Expires="))]
    return Variant(_lifetime_in_words(attributes), "; ".join(filter(None, kept)), place)


def _lifetime_in_words(attributes: str) -> str:
    lifetime = lifetime_of(attributes, time.time())
    is_date = expiry_of(attributes)[0] is None
    # A date in the code is nearer every day; browsers keep no cookie longer (RFC 6265bis, 5.5).
    if is_date and isinstance(lifetime, timedelta) and lifetime > _LONGEST_IN_BROWSERS:
        return f"over {lifetime_text(_LONGEST_IN_BROWSERS)}"
    return "" if lifetime is None else lifetime_text(cast("Lifetime", lifetime))


@contextmanager
def _heard_notes() -> Iterator[list[str]]:
    """Collect what the gate says in the log of what is around it (CG150), until the block ends."""
    notes: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            if text.startswith("CG150") and text not in notes:
                notes.append(text)

    logger, listener = logging.getLogger("consentgate"), Listener()
    logger.addHandler(listener)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield notes
    finally:
        logger.propagate = propagates
        logger.removeHandler(listener)
