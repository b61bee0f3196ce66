"""What the preferences cookies of a visitor are worth now: bounded, remembered, never widened."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import compress, product
from typing import Any

import pytest

from consentgate import Category, Consent, Cookie, Gate, Policy
from consentgate.choice.codec import Rejection, Verifier
from consentgate.choice.stored import MOST_VERIFIED, StoredChoice
from tests.support.exchange import NOW, POLICY, Clock, gate_of, preferences_for
from tests.support.gate_exchange import respond

ACCEPTED = preferences_for("statistics", "marketing")
REFUSED = preferences_for()


def forged(number: int) -> str:
    """A value of the right shape that nobody signed."""
    return f"cookies_preferences=forged{number}.{'A' * 43}"


@dataclass
class Signatures:
    """Counts the signatures that are verified."""

    values: list[str] = field(default_factory=list)


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> Signatures:
    counted = Signatures()
    verify = Verifier.payload_of

    def counting(self: Verifier, value: str) -> bytes | None:
        counted.values.append(value)
        return verify(self, value)

    monkeypatch.setattr(Verifier, "payload_of", counting)
    return counted


def read(header: str, **options: Any) -> StoredChoice:
    return gate_of(**options).settings.reader.read(header)


def test_without_a_preferences_cookie_nothing_stands() -> None:
    standing = read("session=1; cookies_preferences_old=x")

    assert standing.consent is Consent.undecided()
    assert (standing.cookies_received, standing.rejected) == (0, ())


def test_one_that_is_not_believed_is_told_with_its_reason() -> None:
    standing = read(forged(1))

    assert (standing.cookies_received, standing.rejected) == (1, (Rejection.FORGED,))


@pytest.mark.behaviour(2)
def test_a_copy_beside_a_copy_counts_as_one() -> None:
    standing = read(f"{ACCEPTED}; {ACCEPTED}")

    assert standing.consent.granted == {"statistics", "marketing"}
    assert standing.cookies_received == 2


@pytest.mark.behaviour(2)
def test_several_invalid_ones_grant_nothing() -> None:
    standing = read(f"{forged(1)}; {forged(2)}; cookies_preferences=x")

    assert standing.consent is Consent.undecided()
    assert standing.rejected == (Rejection.FORGED, Rejection.FORGED, Rejection.MALFORMED)


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("order", [1, -1], ids=["refused first", "refused last"])
def test_a_planted_acceptance_does_not_widen_a_refusal(order: int) -> None:
    standing = read("; ".join([REFUSED, ACCEPTED][::order]))

    assert standing.consent.granted == frozenset()
    assert standing.consent.refused == {"statistics", "marketing"}


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("planted", [MOST_VERIFIED - 1, MOST_VERIFIED, 3 * MOST_VERIFIED])
@pytest.mark.parametrize("order", [1, -1], ids=["refused first", "refused last"])
def test_no_number_of_forged_ones_silences_a_refusal(planted: int, order: int) -> None:
    gate = gate_of()
    gate.settings.reader.read(ACCEPTED)  # known here, as it is to every visitor who accepted today
    pairs = [REFUSED, *(forged(number) for number in range(planted)), ACCEPTED]

    standing = gate.settings.reader.read("; ".join(pairs[::order]))

    assert standing.consent.granted == frozenset()


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("order", [1, -1], ids=["valid first", "valid last"])
def test_forged_ones_do_not_silence_an_acceptance(order: int) -> None:
    pairs = [ACCEPTED, *(forged(number) for number in range(MOST_VERIFIED - 1))]

    standing = read("; ".join(pairs[::order]))

    assert standing.consent.granted == {"statistics", "marketing"}


def test_the_signatures_that_one_request_costs_are_bounded(signatures: Signatures) -> None:
    standing = read("; ".join(forged(number) for number in range(5 * MOST_VERIFIED)))

    assert len(signatures.values) <= MOST_VERIFIED
    assert standing.rejected == (Rejection.OVERSIZED,)


def test_a_value_is_verified_once_for_all_visitors(signatures: Signatures) -> None:
    reader = gate_of().settings.reader

    assert reader.read(f"a=1; {ACCEPTED}") == reader.read(f"b=2; {ACCEPTED}")
    assert len(signatures.values) == 1


def test_forged_values_are_not_remembered(signatures: Signatures) -> None:
    reader = gate_of().settings.reader

    reader.read(forged(1))
    reader.read(forged(1))

    assert len(signatures.values) == 2


def test_what_is_remembered_is_bounded_and_a_forgotten_value_is_verified_again(
    signatures: Signatures,
) -> None:
    categories = [Category(f"c{number}") for number in range(10)]
    cookies = [Cookie(f"_{one.name}", category=one.name) for one in categories]
    gate = gate_of(policy=Policy(cookies=cookies, categories=categories))
    remembered = gate.settings.reader._verified
    names = gate.policy.optional_categories
    choices = list(product([True, False], repeat=10))[: remembered.most_entries + 1]
    headers = [gate.preferences_for(*compress(names, choice)) for choice in choices]
    for header in headers:
        gate.settings.reader.read(header)
    before = len(signatures.values)

    gate.settings.reader.read(headers[-1])
    gate.settings.reader.read(headers[0])

    assert (before, len(signatures.values)) == (remembered.most_entries + 1, before + 1)
    assert remembered.weight_bytes <= remembered.most_bytes


@pytest.mark.behaviour(11)
def test_a_remembered_value_ends_when_its_days_are_over() -> None:
    clock = Clock()
    gate = gate_of(clock=clock)
    header = gate.preferences_for("statistics")
    gate.settings.reader.read(header)

    clock.now = NOW + timedelta(days=184)

    assert gate.settings.reader.read(header).expired
    assert gate.settings.reader.read(header).consent is Consent.undecided()


@pytest.mark.law(7)
@pytest.mark.behaviour(11)
@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (datetime(2027, 5, 25, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 26, tzinfo=UTC), False),
    ],
)
def test_a_choice_ends_with_the_182nd_day_after_it(moment: datetime, counts: bool) -> None:
    header = preferences_for("statistics")

    standing = read(header, clock=Clock(moment))

    assert (standing.consent.granted == {"statistics"}) is counts
    assert standing.expired is not counts


@pytest.mark.parametrize(("hours", "believed"), [(24, True), (72, False)])
def test_a_choice_of_tomorrow_is_another_servers_clock_and_a_later_one_is_nobodys(
    hours: int, believed: bool
) -> None:
    header = preferences_for("statistics", clock=Clock(NOW + timedelta(hours=hours)))

    standing = read(header)

    assert (standing.rejected == ()) is believed
    assert (standing.consent.granted == {"statistics"}) is believed


def test_a_choice_from_the_future_counts_when_its_day_has_come() -> None:
    clock = Clock()
    gate = gate_of(clock=clock)
    header = preferences_for("statistics", clock=Clock(NOW + timedelta(days=5)))
    assert gate.settings.reader.read(header).rejected == (Rejection.FUTURE,)

    clock.now = NOW + timedelta(days=5)

    assert gate.settings.reader.read(header).consent.granted == {"statistics"}


# Declarations that change


def statistics(*names: str, **options: Any) -> Gate:
    cookies = [Cookie(name, category="statistics") for name in names]
    return gate_of(policy=Policy(cookies=cookies, **options))


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("granted", [("statistics",), ()], ids=["accepted", "refused"])
def test_a_choice_under_another_declaration_is_stale_and_undecided(
    granted: tuple[str, ...],
) -> None:
    header = statistics("_ga").preferences_for(*granted)

    standing = statistics("_ga", "_gid").settings.reader.read(header)

    assert standing.stale == {"statistics"}
    assert standing.consent == Consent.undecided()


def test_a_category_that_is_gone_is_stale() -> None:
    header = gate_of().preferences_for("statistics", "marketing")
    gate = statistics(*(one.name for one in POLICY.cookies if one.category == "statistics"))

    assert "marketing" not in gate.settings.reader.read(header).consent.granted


def test_a_narrower_declaration_honours_the_choices_under_the_wider_one_that_it_names() -> None:
    wide = statistics("_ga", "_gid")
    older = wide.policy.fingerprint("statistics")
    narrow = statistics("_ga", accept_fingerprints=[older])

    standing = narrow.settings.reader.read(wide.preferences_for("statistics"))

    assert standing.consent.granted == {"statistics"}
    assert standing.stale == frozenset()
    assert statistics("_ga").settings.reader.read(wide.preferences_for("statistics")).stale


def test_while_a_new_declaration_rolls_out_both_releases_believe_both_choices() -> None:
    prints = [
        statistics("_ga").policy.fingerprint("statistics"),
        statistics("_gid").policy.fingerprint("statistics"),
    ]
    old = statistics("_ga", accept_fingerprints=prints)
    new = statistics("_gid", accept_fingerprints=prints)

    assert old.settings.reader.read(new.preferences_for("statistics")).consent.granted
    assert new.settings.reader.read(old.preferences_for("statistics")).consent.granted


def test_granting_under_a_new_declaration_writes_its_fingerprint() -> None:
    older = statistics("_ga").preferences_for("statistics")
    gate = statistics("_ga", "_gid")
    consent = gate.consent_for("statistics")

    assert dict(consent.fingerprints) == {"statistics": gate.policy.fingerprint("statistics")}
    assert gate.preferences_for("statistics") != older


def test_a_consent_is_settled_as_if_its_cookie_came_in() -> None:
    gate = gate_of()
    consent = gate.consent_for("statistics")

    assert gate.settings.reader.settle(consent) == gate.settings.reader.read(
        gate.preferences_for("statistics")
    )


def test_an_expired_consent_is_settled_as_expired() -> None:
    consent = gate_of(clock=Clock(NOW - timedelta(days=400))).consent_for("statistics")

    assert gate_of().settings.reader.settle(consent).expired


ODD_HEADERS = [
    pytest.param("", id="nothing"),
    pytest.param("session=1", id="none"),
    pytest.param("{}", id="alone"),
    pytest.param("{}; session=1", id="first"),
    pytest.param("session=1; {}", id="last"),
    pytest.param("session=1;{}", id="without a blank"),
    pytest.param(" {} ;session=1", id="with blanks around"),
    pytest.param("session=1\t;\t{}\t", id="with tabs around"),
    pytest.param("x={}", id="as another cookie's value"),
    pytest.param("x{}", id="behind a letter"),
    pytest.param("{}x", id="with a letter more"),
    pytest.param("{}; {}", id="twice"),
    pytest.param("cookies_preferences; {}", id="beside its name alone"),
    pytest.param("cookies_preferences=; {}", id="beside an empty one"),
    pytest.param("cookies_preferences_old=1; {}", id="beside a longer name"),
    pytest.param("{}; note=cookies_preferences", id="named in a value"),
    pytest.param("cookies_preferences=", id="empty"),
    pytest.param("cookies_preferences", id="its name alone"),
    pytest.param("Cookies_Preferences={}", id="in another case"),
    pytest.param("\xe9=1; {}", id="beside a name that is not ascii"),
]


@pytest.mark.behaviour(3)
@pytest.mark.parametrize("form", ODD_HEADERS)
def test_a_header_that_comes_again_is_worth_the_same_in_text_and_in_bytes(form: str) -> None:
    reader = gate_of().settings.reader
    header = form.replace("{}", ACCEPTED)
    first = reader.read(header)
    reader.read(ACCEPTED)

    assert reader.read(header) == first
    assert reader.read(header.encode("latin-1")) == first
    assert reader.read(header.encode("latin-1")) == first


def test_a_header_that_comes_again_too_late_counts_no_more() -> None:
    clock = Clock()
    reader = gate_of(clock=clock).settings.reader
    reader.read(f"session=1; {ACCEPTED}")
    clock.now += timedelta(days=184)

    assert reader.read(f"session=1; {ACCEPTED}").rejected == (Rejection.EXPIRED,)


def test_a_choice_made_of_plain_sets_is_weighed_too() -> None:
    granted: Any = {"statistics"}
    prints: Any = {("statistics", POLICY.fingerprint("statistics"))}
    consent = Consent(granted=granted, refused=frozenset(), fingerprints=prints, day=NOW.date())

    assert gate_of().judge("_ga=1", consent).value == "_ga=1"


def test_text_and_bytes_are_never_compared_with_each_other() -> None:
    program = (
        "from consentgate import Cookie, Gate, Policy\n"
        "policy = Policy(cookies=[Cookie('_ga', category='statistics')])\n"
        "gate = Gate(policy, secret_key='a secret of more than 16 bytes')\n"
        "header, read = gate.preferences_for('statistics'), gate.settings.reader.read\n"
        "for _ in range(2):\n"
        "    assert read(header) == read(header.encode())\n"
    )

    subprocess.run([sys.executable, "-bb", "-c", program], check=True)


# A host that shares the cookie and declares other categories

SHOP = Policy(
    cookies=[*POLICY.cookies[:-1], Cookie("recent", category="comfort")],
    categories=[Category("comfort", title="Comfort")],
)


def test_a_category_that_another_host_declares_is_neither_chosen_nor_stale() -> None:
    stored = read(ACCEPTED, policy=SHOP)

    assert stored.consent.granted == {"statistics"}
    assert stored.stale == frozenset()
    assert stored.elsewhere.granted == {"marketing"}


def test_of_several_choices_what_another_host_declares_is_intersected_too() -> None:
    stored = read(f"{ACCEPTED}; {REFUSED}", policy=SHOP)

    assert stored.elsewhere.granted == frozenset()
    assert stored.elsewhere.refused == {"marketing"}


def test_a_choice_beside_another_host_s_is_as_old_as_that_one() -> None:
    old = preferences_for("marketing", clock=Clock(NOW - timedelta(days=100)))
    gate = gate_of(policy=SHOP, domain="example.org")

    value, _ = respond(gate, lambda consent: consent.save("comfort"), cookie=old).first

    pair, _, attributes = value.partition("; ")
    stored = read(pair)
    assert stored.consent.granted == {"marketing"}
    assert stored.consent.day == (NOW - timedelta(days=100)).date()
    assert attributes.startswith(f"Max-Age={83 * 86_400 - 16 * 3600};")


def test_where_no_host_shares_the_cookie_a_choice_keeps_nothing_that_is_not_declared() -> None:
    old = preferences_for("marketing", clock=Clock(NOW - timedelta(days=100)))
    gate = gate_of(policy=SHOP)

    [value] = respond(gate, lambda consent: consent.save("comfort"), cookie=old).first

    pair, _, attributes = value.partition("; ")
    assert read(pair).consent.granted == frozenset()
    assert attributes.startswith(f"Max-Age={182 * 86_400};")
