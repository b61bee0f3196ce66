"""Texts to attack the gate with: half of them sound, half of them anything."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.support.exchange import preferences_for

ANY_TEXT = st.text(st.characters(max_codepoint=255), max_size=40)
NO_BREAKS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40)

ALLOWED = frozenset({"session", "csrftoken"})
NAMES = ["session", "csrftoken", "app_x", "_ga", "_GA", "_fbp", "_pk_id.1", "new", "expires", ""]
BLANKS = st.sampled_from(["", "", "", " ", "\t", "\xa0", "\x85", "\v", "  "])
TIMES = st.sampled_from(
    ["0", "-1", "+0", "60", "junk", "", "00", "0.0", '"0"', "99999999999999999999"]
)
DATES = st.sampled_from(
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        '"Thu, 01-Jan-70 00:00:00 GMT"',
        "Wed, 24 Nov 2027 16:00:00 GMT",
        "Mon, 31 Feb 2000 00:00:00 GMT",
        "0",
        "-1",
        "1 1 1",
    ]
)
ATTRIBUTES = st.one_of(
    st.builds("Max-Age={}".format, TIMES),
    st.builds("Expires={}".format, DATES),
    st.sampled_from(
        ["Path=/", "Path", "Domain=.example.org", "Secure", "HttpOnly", "SameSite=None"]
    ),
    st.sampled_from(["Partitioned", "_ga=1", "=", "", "max-age", "MAX-AGE = 0", "expires=", "\t"]),
)


def _join(before: str, name: str, after: str, equals: str, value: str, rest: list[str]) -> str:
    return ";".join([f"{before}{name}{after}{equals}{value}", *rest])


def _set_cookies(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sound = st.builds(
        _join,
        BLANKS,
        st.sampled_from(NAMES),
        BLANKS,
        st.sampled_from(["=", "=", "=", "==", ""]),
        texts | st.sampled_from(["1", "_ga=1", "a, _ga=1", '"x;y"']),
        st.lists(ATTRIBUTES, max_size=4),
    )
    return sound | texts


SET_COOKIES = _set_cookies(NO_BREAKS)
BROKEN_SET_COOKIES = _set_cookies(ANY_TEXT)

STATISTICS = preferences_for("statistics").partition("=")[2]
MARKETING = preferences_for("marketing").partition("=")[2]
REFUSED = preferences_for().partition("=")[2]
BELIEVED = {
    STATISTICS: frozenset({"statistics"}),
    MARKETING: frozenset({"marketing"}),
    REFUSED: frozenset[str](),
}


def _damage(value: str, place: int, text: str) -> str:
    place %= len(value) + 1
    return value[:place] + text + value[place + len(text) :]


DAMAGED = st.builds(
    _damage, st.sampled_from(sorted(BELIEVED)), st.integers(0, 400), st.text(max_size=3)
).map(lambda text: text.encode("latin-1", "replace").decode("latin-1"))
PREFERENCES = st.builds(
    "{}{}={}{}".format,
    BLANKS,
    st.sampled_from(["cookies_preferences"] * 4 + ["Cookies_Preferences", "xcookies_preferences"]),
    BLANKS,
    st.sampled_from([*sorted(BELIEVED), "", "true"]) | DAMAGED,
)
PAIRS = st.builds(
    _join,
    BLANKS,
    st.sampled_from(NAMES),
    BLANKS,
    st.sampled_from(["=", "=", ""]),
    NO_BREAKS,
    st.just([]),
)
COOKIE_HEADERS = st.lists(PREFERENCES | PAIRS | PAIRS | NO_BREAKS, max_size=6).map(";".join)
"""Cookie headers as a server may get them: no line breaks."""
