"""The rows about what holds the browser: the header that limits hosts, the script in the head, and
placeholders; each beside the same page behind the gate with default options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.frameworks import DECIDED, SHARE, UNDECIDED, visitors
from benchmarks.rows import Bar, Measured, Row
from benchmarks.sites import JINJA_TEMPLATE, PAGE, AsgiSite, Site, starlette_application
from benchmarks.timing import Contender, Effort, measure_added_ns
from benchmarks.traffic import SECRET, Traffic
from benchmarks.truth import NotTrue
from consentgate import Controller, Cookie, Policy
from consentgate.asgi import ConsentMiddleware
from consentgate.ext.starlette import consent_context

POLICY = Policy(
    necessary=["session", "language", "basket", "currency"],
    cookies=[
        Cookie(
            name,
            category=category,
            provider="Example",
            purpose="An example.",
            lifetime="13 months",
            hosts=f"{category}.example.net",
        )
        for name, category in [("_ga", "statistics"), ("_fbp", "marketing")]
    ],
    controller=Controller("Example", contact="privacy@example.org"),
)

OWN_POLICY = "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'"
MARKED = JINJA_TEMPLATE.replace(
    "<ul>",
    '<script type="text/plain" data-consent="statistics" data-src="/count.js"></script>'
    '<iframe title="A film" data-consent="marketing" data-src="https://player.example/"></iframe>'
    "<ul>",
)
FILM = '<iframe src="https://player.example/1" title="A film"></iframe>'
EMBEDDING = JINJA_TEMPLATE.replace(
    "<ul>",
    "{% call consent_embed('marketing', provider='Films', width=560, height=315) %}"
    f"{FILM}{{% endcall %}}<ul>",
)


@dataclass(frozen=True, slots=True)
class Variant:
    """An application behind its gate: the page's template and policy, and the gate's options."""

    template: str = JINJA_TEMPLATE
    policy: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # Any: options are of many types

    def site(self) -> AsgiSite:
        """Return the gated application."""
        app = starlette_application(
            self.template, policy=self.policy, context_processors=[consent_context]
        )
        gated = ConsentMiddleware(app, policy=POLICY, secret_key=SECRET, **self.options)
        return AsgiSite(gated)


def browser_rows() -> list[Row]:
    """The rows of the options, one by one and together."""
    limits: dict[str, Any] = {"csp": "enforce"}
    script: dict[str, Any] = {"gated_markup": True}
    guard: dict[str, Any] = {"guard": "enforce"}
    plain, with_policy, marked = Variant(), Variant(policy=OWN_POLICY), Variant(MARKED)
    header, tag, film = "default-src 'self' data:", "/static/guard.", "consentgate-embed"
    return [
        _row('csp="enforce"', plain, Variant(options=limits), header),
        _row(
            'csp="enforce", beside a policy of the application',
            with_policy,
            Variant(policy=OWN_POLICY, options=limits),
            header,
        ),
        _row(
            "gated_markup=True, in a page that has some", marked, Variant(MARKED, "", script), tag
        ),
        _row('guard="enforce"', plain, Variant(options=guard), tag),
        _row("all three", marked, Variant(MARKED, "", limits | script | guard), header),
        _row("a placeholder in the template", plain, Variant(EMBEDDING), film),
    ]


def _row(title: str, without: Variant, with_it: Variant, proof: str) -> Row:
    """What the second adds to the first; `proof` is a text in the answer of the second alone."""

    def measure(effort: Effort) -> Measured:
        bare, before, after = _bare(), without.site(), with_it.site()
        added = {
            name: measure_added_ns(
                {
                    "bare": Contender(bare.serve_with(traffic)),
                    "before": Contender(before.serve_with(traffic)),
                    "after": Contender(after.serve_with(traffic), baseline="before"),
                },
                rounds=max(1, effort.rounds // 2),
                batch=max(1, effort.batch // SHARE),
            )
            for name, traffic in _asked(after).items()
        }
        return Measured(
            added_ns=max(spent["after"] for spent in added.values()),
            ratios={name: 100 * spent["after"] / spent["bare"] for name, spent in added.items()},
            bare_ns=added[UNDECIDED]["bare"],
        )

    def check() -> None:
        before, after = without.site(), with_it.site()
        undecided = _asked(after)[UNDECIDED]
        if (_shows(before, undecided, proof), _shows(after, undecided, proof)) != (False, True):
            raise NotTrue(f"{title}: {proof} is in both answers, or in none")

    return Row(title, tuple(Bar(name) for name in (UNDECIDED, DECIDED)), check, measure)


def _bare() -> AsgiSite:
    return AsgiSite(starlette_application())


def _asked(gated: AsgiSite) -> dict[str, Traffic]:
    bare = _bare()
    return visitors(Site("session", bare, bare, gated), PAGE)


def _shows(site: AsgiSite, traffic: Traffic, text: str) -> bool:
    answer = site.answer(traffic)
    return text in answer.body.decode() or any(text in value for _, value in answer.headers)
