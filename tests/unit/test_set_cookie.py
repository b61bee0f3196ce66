"""Reading Set-Cookie values as browsers do."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.http.set_cookie import deletes_from, has_line_break, is_deletion, split_set_cookie

NOW_S = datetime(2026, 11, 24, 16, tzinfo=UTC).timestamp()
PAST = "Thu, 01 Jan 1970 00:00:00 GMT"
FUTURE = "Wed, 01 Sep 2027 08:04:19 GMT"
PIECES = [
    *"ab=;,\t \"'\x00\r\n\x7f\xa0\x85",
    "a=1",
    "; ",
    "Max-Age=0",
    "max-age = -1",
    "Max-Age=junk",
    f"Expires={PAST}",
    f"Expires={FUTURE}",
    "Path=/",
    "Domain=x",
    "Secure",
    "Partitioned",
    "SameSite=None",
    "__Host-x=1",
]
VALUES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=80)
CLOCKS = st.floats(allow_nan=False, allow_infinity=False)


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "name", "attributes"),
    [
        ("a=1", "a", ""),
        ("a=1; Path=/; Secure", "a", " Path=/; Secure"),
        (" \ta \t= 1", "a", ""),
        ("a=b=c;d", "a", "d"),
        ("a", "", ""),
        ("a;b=1", "", "b=1"),
        ("=a", "", ""),
        (";a=1", "", "a=1"),
        ("", "", ""),
        ("\xa0a\x85=1", "\xa0a\x85", ""),
        ('"a;b"=1', "", 'b"=1'),
        ("a=1, b=2; c", "a", " c"),
    ],
)
def test_the_name_is_what_a_browser_stores(value: str, name: str, attributes: str) -> None:
    assert split_set_cookie(value) == (name, attributes)


@pytest.mark.parametrize("number", ["0", "-0", "+0", "00", "-1", "-99999999999999999999"])
def test_a_max_age_of_zero_or_less_deletes_at_any_time(number: str) -> None:
    assert deletes_from(f"Max-Age={number}; Expires={FUTURE}") == -inf


@pytest.mark.parametrize("number", ["1", "+1", "001", "9223372036854775807", "9" * 1024])
def test_a_max_age_above_zero_never_deletes(number: str) -> None:
    assert deletes_from(f"Max-Age={number}; Expires={PAST}") == inf


@pytest.mark.parametrize(
    "junk", ["", "junk", "0.0", '"0"', "0junk", "0,", "- 1", "+-1", "\xb2", "0" * 1025]
)
def test_a_max_age_of_junk_leaves_the_word_to_expires(junk: str) -> None:
    assert deletes_from(f"Max-Age={junk}; Expires={PAST}") == 0


@pytest.mark.parametrize(
    ("number", "moment_s"),
    [("9223372036854775808junk", inf), ("-9223372036854775809junk", -inf)],
)
def test_a_number_that_overflows_counts_even_before_junk(number: str, moment_s: float) -> None:
    assert deletes_from(f"Max-Age={number}") == moment_s


@pytest.mark.parametrize(
    ("attributes", "moment_s"),
    [
        ("Max-Age=1; Max-Age=0", -inf),
        ("Max-Age=0; Max-Age=1", inf),
        ("Max-Age=0; Max-Age=junk", inf),
        ("Max-Age=0; Max-Age", inf),
        (f"Expires={FUTURE}; Expires={PAST}", 0),
        (f"Expires={PAST}; Expires=junk", inf),
        (f"Max-Age=0; Max-Age={'1' * 1025}", -inf),
        (f" max-AGE\t=\t0 ;{';' * 600}", -inf),
    ],
)
def test_the_last_attribute_of_a_kind_counts(attributes: str, moment_s: float) -> None:
    assert deletes_from(attributes) == moment_s


@pytest.mark.parametrize("attributes", ["", "Path=/", "xMax-Age=0", "Max-Age\xa0=0", '"Max-Age"=0'])
def test_other_attributes_never_delete(attributes: str) -> None:
    assert deletes_from(attributes) == inf


@pytest.mark.parametrize(
    ("text", "moment_s"),
    [
        ("Tue, 24 Nov 2026 16:00:00 GMT", NOW_S),
        ("Tue, 24 Nov 2026 16:00:00 -2300", NOW_S),
        ("Tuesday, 24-Nov-26 16:00:00 PST", NOW_S),
        ("Tue Nov 24 16:00:00 2026", NOW_S),
        ("16:0:0 2026/november/24", NOW_S),
        ('"24,Nov.2026_016:00:0000"', NOW_S),
        ("24 Nov: 2026 16:00:00", NOW_S),
        ("0:0:4294967296 24 Nov 2026 16:00:00", NOW_S),
        ("16:00:00Z 24 Nov 2026 16:00:00", NOW_S),
        ("24 123456 Nov 2026 27 Dec 16:00:00 17:00:00", NOW_S),
        ("25th Nov 24 26 16:00:00", NOW_S),
        ("Mardi 1 Jan 2026 0:0:0", moment(2026, 3, 1)),
        ("1 Jan 70 0:0:0", 0),
        ("1 Jan 99 0:0:0", moment(1999, 1, 1)),
        ("1 Jan 69 0:0:0", moment(2069, 1, 1)),
        ("1 Jan 0001 0:0:0", moment(2001, 1, 1)),
        ("1 Jan 100 0:0:0", moment(100, 1, 1)),
        ("1 Jan 1600 0:0:0", moment(1600, 1, 1)),
        ("29 Feb 2028 0:0:0", moment(2028, 2, 29)),
        ("31 Dec 9999 23:59:00", moment(9999, 12, 31, 23, 59)),
        ("1 Jan 10000 0:0:0", moment(9999, 12, 31) + 86400),
    ],
)
def test_a_date_is_the_moment_that_browsers_read(text: str, moment_s: float) -> None:
    assert deletes_from(f"Expires={text}") == moment_s


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "1970-01-01",
        "1970-01-01T00:00:00Z",
        "1 Jan 1970",
        "Jan 1970 0:0:0",
        "1 1970 0:0:0",
        "1 Jan 0:0:0",
        "1 Jan 197000 0:0:0",
        "001 Jan 001 0:0:0",
        "1st Jan 1970 0:0:0",
        "31 Feb 1970 0:0:0",
        "0 Jan 1970 0:0:0",
        "29 Feb 1900 0:0:0",
        "1 Foo 1970 0:0:0",
        "1 Jan 1970 24:00:00",
        "1 Jan 1970 23:59:60",
        "1 Jan 1970 00:00:00Z",
        "1 Jan 1970 00:00",
        "1 Jan 1970 0:0:4294967295 0:0:0",
        "1 Jan\xa01970 0:0:0",
    ],
)
def test_what_browsers_find_no_date_in_never_deletes(text: str) -> None:
    assert deletes_from(f"Expires={text}") == inf


@pytest.mark.parametrize(
    "attributes", ["\x01", "Max-Age=0; x=\x7f", "x=a\tb; Max-Age=0", "x\ty; Max-Age=0", "\xa0\x1f"]
)
def test_a_control_character_in_the_attributes_voids_the_deletion(attributes: str) -> None:
    assert deletes_from(f"Max-Age=0; {attributes}") == inf


@pytest.mark.parametrize("attributes", ["\tMax-Age\t=\t0\t", "Max-Age=0; x=\xa0", "Max-Age=0;\t;"])
def test_tabs_around_the_parts_and_high_bytes_void_nothing(attributes: str) -> None:
    assert deletes_from(attributes) == -inf


def test_a_deletion_begins_at_the_second_of_its_date() -> None:
    value = "a=1; Expires=Tue, 24 Nov 2026 16:00:00 GMT"

    assert not is_deletion(value, NOW_S - 1)
    assert is_deletion(value, NOW_S)


@pytest.mark.parametrize("value", ["a; Max-Age=0", "=a; Max-Age=0", "=; Max-Age=0", "; Max-Age=0"])
def test_only_named_cookies_are_deleted(value: str) -> None:
    assert not is_deletion(value, NOW_S)


@pytest.mark.parametrize(
    "value",
    [
        "a\x01=; Max-Age=0",
        "a=\x01; Max-Age=0",
        "a\tb=; Max-Age=0",
        "a=b\tc; Max-Age=0",
        "a=\r;Max-Age=0",
    ],
)
def test_a_control_character_in_name_or_value_voids_the_deletion(value: str) -> None:
    assert not is_deletion(value, NOW_S)


@pytest.mark.parametrize("value", ["\ta\t=\t1\t; Max-Age=0", "a\xa0=\x85; Max-Age=0"])
def test_tabs_around_name_and_value_void_no_deletion(value: str) -> None:
    assert is_deletion(value, NOW_S)


@pytest.mark.parametrize("text", ["\r", "a\nb", "a=1\0"])
def test_cr_lf_and_nul_are_line_breaks(text: str) -> None:
    assert has_line_break(text)


@pytest.mark.parametrize("text", ["", "a=1; Path=/", "a\tb", "\x85\x0b\x0c\x1c"])
def test_nothing_else_is_a_line_break(text: str) -> None:
    assert not has_line_break(text)


@given(value=VALUES, now_s=CLOCKS)
def test_no_text_is_too_strange_to_read(value: str, now_s: float) -> None:
    name, attributes = split_set_cookie(value)

    assert name == name.strip(" \t")
    assert is_deletion(value, now_s) <= (deletes_from(attributes) <= now_s)


@given(value=VALUES, now_s=CLOCKS, later_s=st.floats(min_value=0, max_value=1e12))
def test_once_a_deletion_always_a_deletion(value: str, now_s: float, later_s: float) -> None:
    assert is_deletion(value, now_s) <= is_deletion(value, now_s + later_s)
