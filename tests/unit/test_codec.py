"""The signed value of the preferences cookie: which of a visitor's bytes are believed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import Signer

from consentgate import ConfigurationError, Consent
from consentgate.choice.codec import (
    CHOICE_PATTERN,
    END_PATTERN,
    LONGEST_VALUE,
    PreferencesCodec,
    Rejection,
    Verifier,
)
from tests.support.tables import check_rules

KEY = "a key for tests, of enough bytes"
OLD_KEY = "an older key for tests, long too"
CONSENT = (
    Consent.undecided()
    .with_granted({"statistics": "aaaaaaaa"}, day=date(2026, 11, 24))
    .with_refused({"marketing": "bbbbbbbb"}, day=date(2026, 11, 24))
)


def codec_of(key: str | bytes = KEY, **options: Any) -> PreferencesCodec:
    return PreferencesCodec(options.pop("name", "cookies_preferences"), secret_key=key, **options)


def sign(payload: bytes) -> str:
    """Sign any payload as the codec would, for what only the holder of the key can make."""
    signer = Signer(
        KEY,
        salt=b"consentgate.preferences.v1\0cookies_preferences\0",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
    return signer.sign(base64.urlsafe_b64encode(payload).rstrip(b"=")).decode()


def payload_of(value: str) -> Any:
    text = value.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_a_signed_consent_is_read_again() -> None:
    codec = codec_of()

    assert codec.decode(codec.encode(CONSENT)) == CONSENT


def test_the_payload_holds_version_choices_and_day_and_nothing_of_the_visitor() -> None:
    payload = payload_of(codec_of().encode(CONSENT))

    assert list(payload.items()) == [
        ("v", 2),
        ("g", {"statistics": "aaaaaaaa"}),
        ("r", {"marketing": "bbbbbbbb"}),
        ("d", "2026-11-24"),
    ]


def choice_in(value: str) -> str:
    """The part of a value on which a cache keys."""
    found = re.fullmatch(f"({CHOICE_PATTERN}){END_PATTERN}", value)
    assert found is not None, value
    return found[1]


def test_a_value_begins_with_the_choice_which_is_the_same_text_on_every_day() -> None:
    days = [date(2026, 11, 24) + timedelta(days=number) for number in range(100)]
    values = [codec_of().encode(replace(CONSENT, day=day)) for day in days]

    assert len(set(values)) == len(days)
    assert {choice_in(value) for value in values} == {values[0][:-68]}


def test_no_two_choices_begin_with_the_same_text() -> None:
    """Undecided, refused and granted, under one fingerprint or another, of names that end alike."""
    prints = [{}, {"a": "x" * 8}, {"a": "y" * 8}, {"b": "x" * 8}, {"aa": "x" * 8}, {"a-": "-" * 8}]
    day = date(2026, 11, 24)
    choices = {
        Consent.undecided().with_granted(granted, day=day).with_refused(refused, day=day)
        for granted in prints
        for refused in prints
    }

    assert len({choice_in(codec_of().encode(choice)) for choice in choices}) == len(choices)


FIRST_CHOICES = json.loads(
    Path(__file__).parents[1].joinpath("data/first_choices.json").read_text()
)


def holds_as_it_was_written(row: dict[str, Any]) -> None:
    prints = {**row["granted"], **row["refused"]}
    codec = codec_of(
        row.get("key", KEY),
        name=row.get("name", "cookies_preferences"),
        audience=row.get("audience", ""),
    )

    assert codec.decode(row["value"]) == Consent(
        frozenset(row["granted"]),
        frozenset(row["refused"]),
        frozenset(prints.items()),
        date.fromisoformat(row["day"]),
    )


def has_a_shape_on_which_no_cache_keys(row: dict[str, Any]) -> None:
    assert re.fullmatch(f"({CHOICE_PATTERN}){END_PATTERN}", row["value"]) is None


def test_values_of_the_first_format_are_read_until_they_expire() -> None:
    check_rules(
        (holds_as_it_was_written, FIRST_CHOICES),
        (has_a_shape_on_which_no_cache_keys, FIRST_CHOICES),
        row_id=lambda row: str(row["title"]),
    )


def test_equal_choices_have_equal_values_in_whatever_order_they_were_made() -> None:
    other_way = (
        Consent.undecided()
        .with_refused({"marketing": "bbbbbbbb"}, day=date(2026, 11, 24))
        .with_granted({"statistics": "aaaaaaaa"}, day=date(2026, 11, 24))
    )

    assert codec_of().encode(other_way) == codec_of().encode(CONSENT)


def test_the_value_has_only_characters_that_every_cookie_may_have() -> None:
    assert codec_of().encode(CONSENT).replace(".", "").replace("-", "").replace("_", "").isalnum()


@pytest.mark.behaviour(2)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("", Rejection.MALFORMED, id="empty"),
        pytest.param("false", Rejection.MALFORMED, id="the word false"),
        pytest.param("." + "A" * 43, Rejection.MALFORMED, id="no payload"),
        pytest.param("e30" + "A" * 43, Rejection.MALFORMED, id="no dot"),
        pytest.param("e30." + "A" * 42, Rejection.MALFORMED, id="a short signature"),
        pytest.param("e30." + "A" * 44, Rejection.MALFORMED, id="a long signature"),
        pytest.param("e30.e30." + "A" * 43, Rejection.MALFORMED, id="two dots"),
        pytest.param("e30." + "A" * 43 + "\n", Rejection.MALFORMED, id="a line break at the end"),
        pytest.param("e30=." + "A" * 43, Rejection.MALFORMED, id="padding"),
        pytest.param("e3\u0660." + "A" * 43, Rejection.MALFORMED, id="a digit that is not ascii"),
        pytest.param("e30." + "A" * 43, Rejection.FORGED, id="a made up signature"),
        pytest.param("A" * (LONGEST_VALUE + 1), Rejection.OVERSIZED, id="too long"),
    ],
)
def test_an_untrusted_value_is_rejected_with_a_reason(value: str, reason: Rejection) -> None:
    assert codec_of().decode(value) is reason


def test_an_oversized_value_costs_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = codec_of()
    value = codec.encode(CONSENT)
    monkeypatch.delattr(Verifier, "payload_of")

    assert codec.decode("A" * LONGEST_VALUE + value) is Rejection.OVERSIZED


@pytest.mark.behaviour(2)
@pytest.mark.parametrize("place", [0, 5, 50, -1])
def test_any_changed_character_breaks_the_signature(place: int) -> None:
    characters = list(codec_of().encode(CONSENT))
    # The last character of 43 holds two bits only; its case changes others than these.
    characters[place] = {"A": "Q"}.get(characters[place], "A")

    assert codec_of().decode("".join(characters)) is Rejection.FORGED


@pytest.mark.behaviour(2)
@pytest.mark.parametrize(
    "other",
    [
        codec_of(OLD_KEY),
        codec_of(name="another"),
        codec_of(audience="a portal"),
        codec_of(OLD_KEY, fallback_keys=["a third key, long enough for all"]),
    ],
    ids=["key", "name", "audience", "keys"],
)
def test_a_value_of_another_key_name_or_audience_is_forged(other: PreferencesCodec) -> None:
    assert codec_of().decode(other.encode(CONSENT)) is Rejection.FORGED


@pytest.mark.behaviour(2)
def test_a_signature_for_another_salt_is_forged() -> None:
    signer = Signer(KEY, key_derivation="hmac", digest_method=hashlib.sha256)
    payload = codec_of().encode(CONSENT).partition(".")[0]

    assert codec_of().decode(signer.sign(payload).decode()) is Rejection.FORGED


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"not json", id="no json"),
        pytest.param(b"\xff\xfe\xfd", id="no utf-8"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"1", id="a number"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="nothing"),
        pytest.param(b'{"v":2,"d":"2026-11-24","g":{},"r":{}}', id="another order"),
        pytest.param(b'{"v":3,"g":{},"r":{} ,"d":"2026-11-24"}', id="another version"),
        pytest.param(b'{"v":2,"g":{},"r":{}  ,"d":"2026-11-24"}', id="blanks that fill nothing"),
        pytest.param(b'{"v":2,"g":{}  ,"d":"2026-11-24"}', id="no refusals before the day"),
        pytest.param(b'{"v":2,"g":{},"r":{} ,"d":"2026-11-31"}', id="no such day at the end"),
        pytest.param(b'{"v":2,"g":{},"r":{} ,"e":"2026-11-24"}', id="no day at the end"),
        pytest.param(b'{"v":2,"g":{', id="nothing but the beginning"),
        pytest.param(b'{"v":2,"g":{"s":"x"},"r":{"s":"x"}  ,"d":"2026-11-24"}', id="both sides"),
        pytest.param(b'{"v":"1","d":"2026-11-24","g":{},"r":{}}', id="a version as text"),
        pytest.param(b'{"v":1,"d":null,"g":{},"r":{}}', id="no day"),
        pytest.param(b'{"v":1,"d":"yesterday","g":{},"r":{}}', id="a day in words"),
        pytest.param(b'{"v":1,"d":5,"g":{},"r":{}}', id="a day as a number"),
        pytest.param(b'{"v":1,"d":"2026-11-24","g":["statistics"],"r":{}}', id="a list of grants"),
        pytest.param(b'{"v":1,"d":"2026-11-24","g":{"s":true},"r":{}}', id="a grant that is true"),
        pytest.param(b'{"v":1,"d":"2026-11-24","g":{},"r":null}', id="no refusals"),
        pytest.param(b'{"v":1,"d":"2026-11-24","g":{"s":"x"},"r":{"s":"x"}}', id="both at once"),
        pytest.param(b"[" * 1000, id="deeply nested"),
    ],
)
def test_a_signed_payload_of_another_shape_is_malformed(payload: bytes) -> None:
    assert codec_of().decode(sign(payload)) is Rejection.MALFORMED


def test_a_signed_payload_that_is_not_base64_is_malformed() -> None:
    signer = Signer(
        KEY,
        salt=b"consentgate.preferences.v1\0cookies_preferences\0",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )

    assert codec_of().decode(signer.sign("A").decode()) is Rejection.MALFORMED


def test_a_fallback_key_verifies_and_does_not_sign() -> None:
    rotated = codec_of(fallback_keys=[OLD_KEY])

    assert rotated.decode(codec_of(OLD_KEY).encode(CONSENT)) == CONSENT
    assert rotated.encode(CONSENT) == codec_of().encode(CONSENT)


def test_keys_can_be_bytes() -> None:
    assert codec_of(KEY.encode()).encode(CONSENT) == codec_of().encode(CONSENT)


@pytest.mark.parametrize("key", ["", "fifteen bytes..", b"short", "\u00e9" * 7])
def test_a_key_under_16_bytes_is_refused(key: str | bytes) -> None:
    with pytest.raises(ConfigurationError, match="at least 16") as caught:
        codec_of(key)

    assert str(key) not in str(caught.value) or not key


def test_a_key_of_16_bytes_is_enough() -> None:
    assert codec_of("\u00e9" * 8).decode("") is Rejection.MALFORMED


@pytest.mark.parametrize("key", [None, 1, ["a list with one key of enough bytes"], bytearray(32)])
def test_a_key_that_is_neither_text_nor_bytes_is_refused(key: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"secret_key holds a {type(key).__name__}"):
        codec_of(key)


@pytest.mark.parametrize("keys", [OLD_KEY, OLD_KEY.encode()], ids=["text", "bytes"])
def test_a_bare_string_of_fallback_keys_is_refused(keys: Any) -> None:
    with pytest.raises(ConfigurationError, match="bare string"):
        codec_of(fallback_keys=keys)


@pytest.mark.parametrize("keys", [None, 1, iter([OLD_KEY])])
def test_fallback_keys_that_are_not_a_list_are_refused(keys: Any) -> None:
    with pytest.raises(ConfigurationError, match="fallback_keys"):
        codec_of(fallback_keys=keys)


@pytest.mark.parametrize("collect", [list, tuple, set])
def test_fallback_keys_come_in_any_collection(collect: type[list[str]]) -> None:
    rotated = codec_of(fallback_keys=collect([OLD_KEY]))

    assert rotated.decode(codec_of(OLD_KEY).encode(CONSENT)) == CONSENT


@pytest.mark.parametrize("keys", [["short"], [OLD_KEY, "short"]])
def test_a_short_fallback_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="fallback_keys holds a key of 5 bytes"):
        codec_of(fallback_keys=keys)


@pytest.mark.parametrize("audience", [None, 1, b"bytes"])
def test_an_audience_that_is_not_a_text_is_refused(audience: Any) -> None:
    with pytest.raises(ConfigurationError, match="audience"):
        codec_of(audience=audience)


def on_day(day: date, fingerprint: str = "aaaaaaaa") -> Consent:
    return Consent.undecided().with_granted({"statistics": fingerprint}, day=day)


def test_the_same_choice_on_another_day_is_read_with_its_own_day() -> None:
    codec = codec_of()
    consents = [on_day(date(2026, 11, number)) for number in range(1, 29)]

    assert [codec.decode(codec.encode(one)) for one in consents] == consents


def test_an_invalid_day_is_malformed_though_the_choice_is_known() -> None:
    codec = codec_of()
    codec.decode(codec.encode(on_day(date(2026, 11, 24))))
    payload = b'{"v":2,"g":{"statistics":"aaaaaaaa"},"r":{}  ,"d":"2026-11-31"}'

    assert codec.decode(sign(payload)) is Rejection.MALFORMED


def test_a_payload_written_in_another_way_is_read_all_the_same() -> None:
    payload = b'{"d": "2026-11-24", "g": {"statistics": "aaaaaaaa"}, "r": {}, "v": 1}'

    assert codec_of().decode(sign(payload)) == on_day(date(2026, 11, 24))


def test_the_number_of_remembered_choices_is_bounded() -> None:
    codec = codec_of()
    for number in range(codec._known.most_entries + 1):
        codec.decode(codec.encode(on_day(date(2026, 11, 24), f"{number:08}")))

    assert 0 < len(codec._known) <= codec._known.most_entries
