"""The notice: what was shown for a language and a signal, so that it can be shown again."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from hashlib import sha256
from typing import Any

import pytest

from consentgate import Policy, __version__
from consentgate.choice.decision import Notice
from consentgate.pages.notice import Notices
from consentgate.pages.options import PagesOptions
from consentgate.pages.policy_json import policy_json
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import Texts
from tests.support.pages import ASKED, ENGLISH, FRENCH, POLICY, pages_of


def notices_of(policy: Policy = POLICY, **options: Any) -> Notices:
    return Notices(
        pages_of(policy, **options),
        options=PagesOptions(prefix="/consent", **options),
        static=StaticFiles(),
        policy_json=policy_json(policy),
    )


def notice(texts: Texts = ENGLISH, *, signalled: frozenset[str] = frozenset(), **given: Any) -> Any:
    """The notice as what its JSON says."""
    return json.loads(notices_of(**given).notice(texts, signalled=signalled).body)


def test_it_has_all_that_was_shown() -> None:
    shown = notice(FRENCH)

    assert shown["format"] == 1
    assert shown["version"] == __version__
    assert shown["language"] == "fr"
    assert shown["buttons"] == {
        "accept": "Tout accepter",
        "refuse": "Tout refuser",
        "save": "Enregistrer mes choix",
    }
    assert "Tout refuser" in shown["banner"]
    assert "Matomo" in shown["preferences"]
    assert ".consentgate-banner" in shown["style_sheet"]
    assert shown["static_files"] == list(StaticFiles().names)
    assert shown["policy"] == json.loads(policy_json(POLICY))


def test_the_page_in_it_is_that_of_a_visitor_who_has_not_chosen() -> None:
    page = notice()["preferences"]

    assert "You have not chosen yet." in page
    assert " checked>" in page  # exempt statistics, which need no consent
    assert page.count(" checked>") == 1


def test_it_says_what_the_browsers_signal_refused() -> None:
    plain, signalled = notice(), notice(signalled=frozenset(ASKED))

    assert "Global Privacy Control" not in plain["banner"]
    assert "Global Privacy Control" in signalled["banner"]
    assert "Global Privacy Control" in signalled["preferences"]


def test_a_banner_for_everybody_is_that_one() -> None:
    assert "data-categories" in notice(banner="static")["banner"]
    assert "data-categories" not in notice()["banner"]


def test_it_names_the_sites_own_style_sheets() -> None:
    assert notice(stylesheets=["/theme.css"])["style_sheets"] == ["/theme.css"]


def test_it_is_the_same_in_each_process_and_changes_with_what_is_declared() -> None:
    other = POLICY.with_cookies()
    changed = Policy(cookies=POLICY.cookies[:2])
    first, second, third = (
        notices_of(policy).notice(ENGLISH, signalled=frozenset())
        for policy in (POLICY, other, changed)
    )

    assert first == second
    assert first.digest != third.digest


def test_it_is_made_once() -> None:
    notices = notices_of()

    first = notices.notice(ENGLISH, signalled=frozenset())

    assert notices.notice(ENGLISH, signalled=frozenset()) is first
    assert notices.notice(FRENCH, signalled=frozenset()) is not first


def test_its_digest_is_that_of_its_bytes() -> None:
    made = Notice(b"{}", "en")

    assert made.digest == sha256(b"{}").digest()
    with pytest.raises(FrozenInstanceError):
        made.body = b"other"  # type: ignore[misc]  # that is what must fail
