"""Writing Set-Cookie values: anew, or an application's own with the least change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.http.cookie_writing import (
    clamp_lifetime,
    delete_canonically,
    expire_cookie,
    serialize_set_cookie,
    strengthen_attributes,
)
from consentgate.http.set_cookie import (
    deletes_from,
    expiry_of,
    has_line_break,
    is_deletion,
    last_values,
    split_set_cookie,
)

NOW_S = datetime(2026, 11, 24, 16, tzinfo=UTC).timestamp()
ENDED = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
OF_NOTHING = f"=; {ENDED}"
PIECES = [
    *"ab=;,\t \"'\x00\r\n\x7f\xa0\u20ac",
    "a=1",
    "; ",
    "Max-Age=0",
    "Max-Age=99999999",
    "max-age = 5",
    "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "Expires=Wed, 01 Sep 2027 08:04:19 GMT",
    "Path=/",
    "Domain=x",
    "Secure",
    "HttpOnly",
    "Partitioned",
    "SameSite=None",
    "SameSite=strict",
    "SameSite=junk",
    "__Host-x=1",
    "__HTTP-x=1",
]
VALUES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=80)
ATTRIBUTES = st.lists(
    st.sampled_from([f"; {piece}" for piece in PIECES if piece.isprintable()]), max_size=6
).map("".join)
NAMES = st.text(st.sampled_from("ab_-[]%\xe9\xa0"), min_size=1, max_size=8)
CLOCKS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.sampled_from(["", "/", "/x", ".example.org", "a;b", "\r\nSet-Cookie: b=1", "\u20ac"])


def lasts(value: str) -> dict[str, str]:
    return dict(last_values(split_set_cookie(value)[1]))


def lifetime_s(value: str) -> float:
    """Return how long the cookie lives, 0 for a session's or a deletion."""
    max_age_s, expires_s = expiry_of(split_set_cookie(value)[1])
    lives = expires_s - NOW_S if expires_s is not None else 0
    return max(0, max_age_s if max_age_s is not None else lives)


class TestSerializing:
    def test_a_plain_cookie_is_one_of_the_session_for_the_whole_site(self) -> None:
        assert serialize_set_cookie("a", "1") == "a=1; Path=/"

    def test_all_attributes_are_written(self) -> None:
        written = serialize_set_cookie(
            "a",
            "1",
            max_age_s=60,
            path="/x",
            domain="example.org",
            secure=True,
            http_only=True,
            same_site="Lax",
        )

        assert written == (
            "a=1; Max-Age=60; Path=/x; Domain=example.org; Secure; HttpOnly; SameSite=Lax"
        )

    @pytest.mark.parametrize(
        ("name", "place"),
        [
            ("__Host-a", "Path=/; Secure"),
            ("__HOST-a", "Path=/; Secure"),
            ("__Host-Http-a", "Path=/; Secure; HttpOnly"),
            ("__secure-a", "Path=/x; Domain=example.org; Secure"),
            ("__Http-a", "Path=/x; Domain=example.org; Secure; HttpOnly"),
        ],
    )
    def test_what_a_prefix_demands_is_added(self, name: str, place: str) -> None:
        written = serialize_set_cookie(name, "1", path="/x", domain="example.org")

        assert written == f"{name}=1; {place}"

    @pytest.mark.parametrize(
        ("name", "value"),
        [("", "1"), ("a=b", "1"), ("a;b", "1"), ("a", "1; Domain=x"), ("a", "\n")],
    )
    def test_what_no_header_can_carry_is_not_written(self, name: str, value: str) -> None:
        assert serialize_set_cookie(name, value) == OF_NOTHING

    def test_an_empty_path_is_the_requests_own(self) -> None:
        assert serialize_set_cookie("a", "1", path="") == "a=1"


class TestExpiring:
    def test_the_deletion_has_no_value_and_ends_in_two_ways(self) -> None:
        assert expire_cookie("a") == f"a=; {ENDED}; Path=/"

    def test_path_domain_and_flags_are_written(self) -> None:
        written = expire_cookie("a", path="/x", domain="example.org", secure=True, http_only=True)

        assert written == f"a=; {ENDED}; Path=/x; Domain=example.org; Secure; HttpOnly"

    def test_what_a_prefix_demands_is_added(self) -> None:
        written = expire_cookie("__Host-a", path="/x", domain="example.org")

        assert written == f"__Host-a=; {ENDED}; Path=/; Secure"

    def test_a_partitioned_cookie_is_deleted_in_other_sites_frames_too(self) -> None:
        written = expire_cookie("a", partitioned=True)

        assert written == f"a=; {ENDED}; Path=/; Secure; SameSite=None; Partitioned"

    def test_a_cookie_used_across_sites_is_deleted_there(self) -> None:
        written = expire_cookie("a", cross_site=True)

        assert written == f"a=; {ENDED}; Path=/; Secure; SameSite=None"

    @pytest.mark.parametrize(
        "name", ["", " a", "a\t", "a=b", "a;b", "a\r", "a\tb", "\x7f", "\u20ac"]
    )
    def test_a_name_that_no_browser_stores_deletes_nothing(self, name: str) -> None:
        assert expire_cookie(name) == OF_NOTHING

    @pytest.mark.parametrize("text", ["/;Domain=x", "/\r\n", "/\u20ac"])
    def test_a_path_or_domain_that_no_header_can_carry_is_left_out(self, text: str) -> None:
        assert expire_cookie("a", path=text, domain=text) == f"a=; {ENDED}"

    @given(name=NAMES, path=TEXTS, domain=TEXTS, flags=st.tuples(*[st.booleans()] * 4))
    def test_an_expiry_never_stores_and_keeps_the_name(
        self, name: str, path: str, domain: str, flags: tuple[bool, ...]
    ) -> None:
        secure, http_only, partitioned, cross_site = flags
        written = expire_cookie(
            name,
            path=path,
            domain=domain,
            secure=secure,
            http_only=http_only,
            partitioned=partitioned,
            cross_site=cross_site,
        )

        assert split_set_cookie(written)[0] == name
        assert is_deletion(written, -1e300)


class TestDeletingCanonically:
    def test_name_and_place_stay_and_all_else_goes(self) -> None:
        value = (
            "a=secret; Max-Age=0; Comment=x; Path=/x; Domain=example.org; HttpOnly; SameSite=Lax"
        )

        assert delete_canonically(value) == f"a=; {ENDED}; Path=/x; Domain=example.org"

    def test_the_place_is_that_of_the_last_attributes(self) -> None:
        value = f"a=; Max-Age=0; path=/x; Path = /y ; Path=/{'p' * 1024}"

        assert delete_canonically(value) == f"a=; {ENDED}; Path=/y"

    def test_without_a_path_the_requests_own_counts_as_before(self) -> None:
        assert delete_canonically("a=; Max-Age=0") == f"a=; {ENDED}"

    def test_a_secure_cookie_used_across_sites_stays_one(self) -> None:
        value = "a=; Max-Age=0; Secure; SameSite=none"

        assert delete_canonically(value) == f"a=; {ENDED}; Secure; SameSite=None"

    def test_same_site_none_without_secure_would_be_refused_and_goes(self) -> None:
        assert delete_canonically("a=; Max-Age=0; SameSite=None") == f"a=; {ENDED}"

    def test_a_partitioned_cookie_is_deleted_from_its_partition(self) -> None:
        value = "a=; Max-Age=0; Secure; Partitioned"

        assert delete_canonically(value) == f"a=; {ENDED}; Secure; SameSite=None; Partitioned"

    def test_a_prefixed_deletion_that_browsers_would_refuse_becomes_one_that_works(self) -> None:
        assert delete_canonically("__Host-a=; Max-Age=0") == f"__Host-a=; {ENDED}; Path=/; Secure"

    @pytest.mark.parametrize("value", ["a; Max-Age=0", "=a", "", "a\r\nb=1; Max-Age=0"])
    def test_what_has_no_name_deletes_nothing(self, value: str) -> None:
        assert delete_canonically(value) == OF_NOTHING

    @given(value=VALUES)
    def test_the_canonical_deletion_can_never_store(self, value: str) -> None:
        canonical = delete_canonically(value)

        assert deletes_from(split_set_cookie(canonical)[1]) == -inf
        assert not has_line_break(canonical)
        assert canonical.encode("latin-1")

    @given(name=NAMES, attributes=ATTRIBUTES, now_s=CLOCKS)
    def test_a_deletion_stays_one_of_the_same_name(
        self, name: str, attributes: str, now_s: float
    ) -> None:
        value = f"{name}=secret{attributes}; Max-Age=0"

        canonical = delete_canonically(value)

        assert is_deletion(value, now_s)
        assert is_deletion(canonical, now_s)
        assert split_set_cookie(canonical)[0] == name


class TestClamping:
    def test_a_longer_lifetime_is_cut_and_all_other_bytes_stay(self) -> None:
        value = 'a="x y" ;Max-Age=100;Path=/ ; EXPIRES = Wed, 01 Sep 2027 08:04:19 GMT;Foo'

        clamped = clamp_lifetime(value, longest_s=60, now_s=NOW_S)

        assert clamped == 'a="x y" ;Path=/ ;Foo; Max-Age=60'

    def test_a_longer_date_is_cut(self) -> None:
        date = datetime.fromtimestamp(NOW_S, UTC) + timedelta(seconds=61)

        clamped = clamp_lifetime(f"a=1; Expires={date:%c}", longest_s=60, now_s=NOW_S)

        assert clamped == "a=1; Max-Age=60"

    def test_without_a_lifetime_allowed_the_cookie_becomes_one_of_the_session(self) -> None:
        assert (
            clamp_lifetime("a=1; Max-Age=9; Path=/", longest_s=None, now_s=NOW_S) == "a=1; Path=/"
        )

    @pytest.mark.parametrize("longest_s", [60, None])
    @pytest.mark.parametrize(
        "value", ["a=1", "a=1; Max-Age=0", "a=1; Max-Age=junk", "a=1; Expires=1 Jan 1970 0:0:0"]
    )
    def test_a_cookie_of_the_session_and_a_deletion_stay_the_same_object(
        self, value: str, longest_s: int | None
    ) -> None:
        assert clamp_lifetime(value, longest_s=longest_s, now_s=NOW_S) is value

    @pytest.mark.parametrize("value", ["a=1; Max-Age=60", "a=1; Expires=24 Nov 2026 16:01:00"])
    def test_a_lifetime_allowed_stays_the_same_object(self, value: str) -> None:
        assert clamp_lifetime(value, longest_s=60, now_s=NOW_S) is value

    @given(value=VALUES, longest_s=st.none() | st.integers(min_value=1, max_value=10**9))
    def test_clamping_never_lengthens_and_keeps_name_and_value(
        self, value: str, longest_s: int | None
    ) -> None:
        clamped = clamp_lifetime(value, longest_s=longest_s, now_s=NOW_S)

        assert lifetime_s(clamped) <= min(lifetime_s(value), longest_s or 0)
        assert clamped.partition(";")[0] == value.partition(";")[0]


class TestRaising:
    def test_what_is_missing_is_appended(self) -> None:
        raised = strengthen_attributes("a=1; Path=/", secure=True, http_only=True, same_site="Lax")

        assert raised == "a=1; Path=/; Secure; HttpOnly; SameSite=Lax"

    @pytest.mark.parametrize(
        "value",
        [
            "a=1; secure; HTTPONLY; samesite=lax",
            "a=1; Secure=no; HttpOnly=; SameSite=Strict",
            "a=1; Secure; HttpOnly; SameSite=None; SameSite=Lax",
        ],
    )
    def test_what_has_it_all_stays_the_same_object(self, value: str) -> None:
        assert strengthen_attributes(value, secure=True, http_only=True, same_site="Lax") is value

    def test_nothing_asked_leaves_the_same_object(self) -> None:
        value = "a=1"

        assert strengthen_attributes(value) is value

    @pytest.mark.parametrize(
        "attributes", ["", "; SameSite", "; SameSite=junk", "; SameSite=None", "; SameSite=Lax"]
    )
    def test_a_weaker_same_site_is_raised(self, attributes: str) -> None:
        value = f"a=1{attributes}"

        assert strengthen_attributes(value, same_site="Strict") == f"{value}; SameSite=Strict"

    @pytest.mark.parametrize("same_site", ["None", "Lax", "junk", ""])
    def test_same_site_is_never_lowered(self, same_site: str) -> None:
        value = "a=1; SameSite=Strict"

        assert strengthen_attributes(value, same_site=same_site) is value

    @given(
        value=VALUES,
        secure=st.booleans(),
        http_only=st.booleans(),
        same_site=st.sampled_from(["", "None", "Lax", "Strict"]),
    )
    def test_raising_never_lowers_and_keeps_every_byte(
        self, value: str, secure: bool, http_only: bool, same_site: str
    ) -> None:
        ranks = {"lax": 1, "strict": 2}

        raised = strengthen_attributes(
            value, secure=secure, http_only=http_only, same_site=same_site
        )

        before, after = lasts(value), lasts(raised)
        assert raised.startswith(value)
        assert {"secure"} & before.keys() <= after.keys()
        assert secure <= ("secure" in after)
        assert http_only <= ("httponly" in after)
        assert ranks.get(after.get("samesite", "").lower(), 0) == max(
            ranks.get(text.lower(), 0) for text in (same_site, before.get("samesite", ""))
        )
