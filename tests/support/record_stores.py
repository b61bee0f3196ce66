"""Stores of consent records with decisions in them, for what reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consentgate import Controller, Cookie, Policy
from consentgate.choice.decision import (
    CategoryState,
    DecidedCategory,
    Decision,
    DecisionKind,
    Notice,
)
from consentgate.pages.policy_json import policy_json
from consentgate.records.log.keys import Signer
from consentgate.records.new_entries import decision_entry
from consentgate.records.opening import create_store
from consentgate.records.store import Store

NOW = datetime(2026, 11, 28, 9, 14, 7, 250_000, tzinfo=UTC)

POLICY = Policy(
    ["session"],
    [
        Cookie(
            "_pk_id.*",
            category="statistics",
            provider="Matomo",
            service={"en": "Matomo", "fr": "Matomo"},
            purpose={"en": "Tells visits apart.", "fr": "Distingue les visites."},
            lifetime="13 months",
            retention="25 months",
            personal_data=["identifier", "browsing_behaviour"],
            storage_location="FR",
            recipients=[],
        ),
        Cookie(
            "_fbp",
            category="marketing",
            provider="Ads Ltd",
            purpose="Chooses ads.",
            lifetime="session",
            party="third",
            personal_data=["profile", "interest", "ip_address"],
            storage_location=["DE", "FR"],
            recipients=["Broker Ltd"],
        ),
        Cookie("ads", category="marketing", kind="local_storage"),
    ],
    site="https://data.example.org",
    controller=Controller(
        "Ville d'Exemple",
        contact="dpo@example.org",
        address="1 place de la Mairie, 12345 Exemple",
        jurisdiction="FR",
    ),
)
HTML = '<form method="post"><p>Do you allow statistics?</p><button>Accept all</button></form>'


def notice_of(policy: Policy = POLICY, *, language: str = "fr", html: str = HTML) -> Notice:
    """The notice of a policy, as a gate keeps it."""
    head = '<link rel="stylesheet" href="/consent/static/a.css">'
    document = {
        "banner": f'{head}{html}<script src="/consent/static/a.js"></script>',
        "preferences": f"<!doctype html><html><head>{head}</head><body>{html}</body></html>",
        "style_sheet": "p { color: #111 }",
        "buttons": {"accept": "Tout accepter"},
        "policy": declared(policy),
    }
    return Notice(json.dumps(document).encode(), language)


def declared(policy: Policy = POLICY) -> object:
    """The declaration as a site serves it."""
    return json.loads(policy_json(policy))


def decision_of(
    number: int = 0,
    states: Mapping[str, str] | None = None,
    *,
    kind: str = "given",
    at: datetime | None = None,
    notice: Notice | None = None,
    policy: Policy = POLICY,
    language: str = "fr",
    source: str = "banner",
    replaces: bytes | None = None,
) -> Decision:
    """The decision with a number, by which its id and its moment are chosen."""
    categories = {
        name: DecidedCategory(CategoryState(state), policy.fingerprint(name))
        for name, state in (states or {"statistics": "given"}).items()
    }
    return Decision(
        id=number.to_bytes(16, "big"),
        decided_at=at or NOW + timedelta(seconds=number),
        kind=DecisionKind(kind),
        categories=categories,
        notice=notice,
        language=language,
        method="accept",
        source=source,
        replaces=replaces,
        lifetime=policy.choice_lifetimes[0],
    )


def new_store(path: Path) -> Store:
    """An empty store in a file."""
    return create_store(address_of(path))


def address_of(path: Path) -> str:
    """The address of a store in a file."""
    return f"sqlite:///{path}"


def write_decisions(store: Store, decisions: Iterable[Decision]) -> None:
    """Store decisions, at once."""
    session = store.session()
    session.write([decision_entry(decision) for decision in decisions])
    session.close()


def signer_of(name: str = "data.example.org/consent", *, seed: int = 1) -> Signer:
    """A key that is always the same."""
    return Signer(name, bytes([seed]) * 32)
