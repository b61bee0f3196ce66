"""Many cookies in one response, odd headers and every status: only allowed cookies are stored."""

from __future__ import annotations

import pytest

from tests.browser.site import GRANTED, REFUSED, Answer, Headers
from tests.browser.stage import Jar, Play, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BARE = ""
STATUSES = (
    *(200, 201, 202, 203, 206, 226, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405),
    *(406, 408, 409, 410, 412, 418, 421, 422, 425, 429, 431, 451, 500, 501, 502, 503, 504, 507),
    *(511, 599, 999),
)
WITHOUT_BODY = (204, 205, 304)
MIXED = ("track=1", "login=1", "alien=1", "Login=1", "=login", "glob_1=1")


def answers() -> dict[int, Answer]:
    """An answer with cookies of each status."""
    full = {status: Answer(MIXED, status) for status in STATUSES}
    return full | {status: Answer(MIXED, status, body=b"") for status in WITHOUT_BODY}


ANSWERS = answers()


@pytest.fixture(scope="module")
def jars(stage: Stage) -> dict[int, tuple[Jar, Jar, Jar]]:
    """For each status what the browser holds without the gate, before a choice and after it."""
    plays = [
        play
        for answer in ANSWERS.values()
        for play in (
            Play((answer,), BARE),
            Play((answer,)),
            Play((answer,), choice=GRANTED),
        )
    ]
    found = iter(stage.play_all(plays))
    return {status: (next(found), next(found), next(found)) for status in ANSWERS}


@pytest.mark.behaviour(9)
@pytest.mark.parametrize("status", ANSWERS)
def test_a_response_of_any_status_leaves_allowed_cookies_only(
    jars: dict[int, tuple[Jar, Jar, Jar]], status: int
) -> None:
    bare, undecided, granted = jars[status]

    assert bare.names == {"track", "login", "alien", "Login", "", "glob_1"}
    assert undecided.names == undecided.sent_names == {"login"}
    assert granted.names == granted.sent_names == {"login", "track", "glob_1"}


# Which headers a browser takes for Set-Cookie is its own affair: all of these are held back.
HEADERS: dict[str, Headers] = {
    "in lower case": ((b"set-cookie", b"track=1"),),
    "in upper case": ((b"SET-COOKIE", b"track=1"),),
    "in mixed case": ((b"sEt-cOoKiE", b"track=1"),),
    "with a space after it": ((b"Set-Cookie ", b"track=1"),),
    "with a tab after it": ((b"Set-Cookie\t", b"track=1"),),
    "with a space before it": ((b"X-First", b"1"), (b" Set-Cookie", b"track=1")),
    "on a line that goes on": ((b"Set-Cookie", b"login=1"), (b" Set-Cookie", b"track=1")),
    "of the second kind": ((b"Set-Cookie2", b"track=1"),),
    "with a colon in it": ((b"Set-Cookie: track=1; x", b"1"),),
    "with a line break after it": ((b"Set-Cookie: track=1\r\nX", b"1"),),
    "with a line break before it": ((b"\r\nSet-Cookie", b"track=1"),),
    "with a value that goes on": ((b"Set-Cookie", b"login=1\r\n track=1"),),
    "with a value that ends the head": ((b"Set-Cookie", b"login=1\r\n\r\n"),),
    "twice": ((b"Set-Cookie", b"track=1"), (b"set-cookie", b"alien=1")),
    "beside a list of values": ((b"Set-Cookie", b"track=1, login=1"),),
    "without a value": ((b"Set-Cookie", b""), (b"Set-Cookie", b"alien=1")),
    "after blanks": ((b"Set-Cookie", b"  \t track=1"),),
}
LEAKING = (
    *("in lower case", "in upper case", "in mixed case", "with a colon in it", "twice"),
    *("with a line break after it", "beside a list of values", "without a value", "after blanks"),
)
CLOSE = (b"Connection", b"close")


@pytest.mark.behaviour(4)
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_set_cookie_header_of_any_form_leaves_no_tracker(stage: Stage, headers: Headers) -> None:
    jar = stage.play(Play((Answer(headers=(CLOSE, *headers)),)))

    assert jar.names | jar.sent_names <= {"login"}
    assert not any("track" in value for value in jar.values)


@pytest.mark.parametrize("form", LEAKING)
def test_without_the_gate_such_a_header_leaks(stage: Stage, form: str) -> None:
    jar = stage.play(Play((Answer(headers=(CLOSE, *HEADERS[form])),), BARE))

    assert jar.names & {"track", "alien"}


def play_cookies(stage: Stage, *cookies: str, choice: str = "") -> Jar:
    """What the browser, which held two cookies, does after one response behind the gate."""
    before = ("track=0", "login=0")
    return stage.play(Play((Answer(cookies),), choice=choice, before=before))


def test_hundreds_of_cookies_in_one_response_leave_the_needed_one(stage: Stage) -> None:
    many = [cookie for n in range(90) for cookie in (f"alien{n}=1", f"glob_{n}=1", f"login={n}")]

    jar = play_cookies(stage, *many)

    assert jar.sent == ("track=0", "login=89")


def test_who_granted_gets_the_granted_ones_of_many(stage: Stage) -> None:
    many = [cookie for n in range(20) for cookie in (f"alien{n}=1", f"glob_{n}=1", f"advert={n}")]

    jar = play_cookies(stage, *many, choice=GRANTED)

    assert jar.names == {f"glob_{n}" for n in range(20)} | {"track", "login"}


def test_a_cookie_of_the_same_name_is_stored_for_each_path(stage: Stage) -> None:
    jar = play_cookies(stage, "login=1; Path=/", "login=2; Path=/shop", "login=3; Path=/shop/x")

    assert {one.path: one.value for one in jar.stored if one.name == "login"} == {
        "/": "1",
        "/shop": "2",
        "/shop/x": "3",
    }


@pytest.mark.parametrize("choice", ["", REFUSED], ids=["undecided", "refused"])
@pytest.mark.parametrize(
    "cookies",
    [
        ("track=; Max-Age=0", "track=1"),
        ("track=1", "track=; Max-Age=0"),
        ("track=; Max-Age=0", "track=1; Path=/", "track=; Max-Age=0"),
        ("track=1; Path=/", "track=; Max-Age=0; Path=/", "track=; Max-Age=0"),
    ],
    ids=" then ".join,
)
def test_a_deletion_among_other_values_of_the_name_deletes(
    stage: Stage, cookies: tuple[str, ...], choice: str
) -> None:
    assert play_cookies(stage, *cookies, choice=choice).names == {"login"}


def test_what_a_needed_cookie_carries_is_no_cookie(stage: Stage) -> None:
    jar = play_cookies(stage, "login=1, track=2; Path=/", 'login="; track=3"')

    assert jar.names == jar.sent_names == {"login", "track"}
    assert [one.value for one in jar.stored if one.name == "track"] == ["0"]
