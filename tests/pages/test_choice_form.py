"""What a visitor chose is read from the body of a request, and what is unclear is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consentgate import Cookie, Policy
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.choice_form import (
    LARGEST_BODY,
    BadRequest,
    Choice,
    ChoiceForm,
    read_choice,
)
from tests.support.exchange import POLICY
from tests.support.page_requests import FORM, JSON, post, post_fields


@pytest.mark.parametrize("choice", ["accept", "refuse", "save", "withdraw"])
@pytest.mark.parametrize(
    ("body", "media_type"),
    [("choice=%s", FORM), ('{"choice": "%s"}', JSON)],
    ids=["form", "json"],
)
def test_each_choice_is_read(choice: str, body: str, media_type: str) -> None:
    form = read_choice(post(body % choice, media_type), POLICY)

    assert form == ChoiceForm(Choice(choice), wants_json=media_type == JSON)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("choice=allow&category=marketing", FORM),
        ('{"choice": "allow", "categories": ["marketing"]}', JSON),
    ],
    ids=["form", "json"],
)
def test_one_category_is_allowed_beside_what_was_chosen(body: str, media_type: str) -> None:
    request = post(body, media_type)
    form = read_choice(request, POLICY)

    form.apply_to(VisitorConsent(request.exchange))

    assert form.choice is Choice.ALLOW
    assert request.exchange.choice.granted == {"marketing"}
    assert request.exchange.choice.refused == frozenset()


@pytest.mark.parametrize(
    ("body", "media_type"), [("choice=allow", FORM), ('{"choice": "allow"}', JSON)]
)
def test_allowing_nothing_in_particular_is_refused(body: str, media_type: str) -> None:
    with pytest.raises(BadRequest, match="needs the name of a category"):
        read_choice(post(body, media_type), POLICY)


def test_a_form_names_each_category_once_or_more() -> None:
    names = ["statistics", "marketing", "statistics", "necessary"]

    form = read_choice(
        post_fields(("choice", "save"), *(("category", name) for name in names)), POLICY
    )

    assert form.categories == {"statistics", "marketing"}


@pytest.mark.parametrize(
    "named",
    [
        {"categories": ["statistics"]},
        {"category": ["statistics"]},
        {"category": "statistics"},
        {"categories": ["statistics", "necessary", "statistics"]},
    ],
    ids=json.dumps,
)
def test_json_names_categories_in_a_list_or_one_by_itself(named: dict[str, object]) -> None:
    form = read_choice(post(json.dumps({"choice": "save", **named}), JSON), POLICY)

    assert form == ChoiceForm(Choice.SAVE, frozenset({"statistics"}), wants_json=True)


def test_the_next_page_is_read_as_it_was_sent() -> None:
    form = read_choice(post_fields(("choice", "refuse"), ("next", "/é?a=b&c")), POLICY)

    assert form.next == "/é?a=b&c"


def test_fields_of_the_sites_own_are_left_alone() -> None:
    form = read_choice(post("csrf_token=x&choice=accept&csrf_token=y"), POLICY)
    other = read_choice(post('{"csrf_token": [1], "choice": "accept"}', JSON), POLICY)

    assert (form.choice, other.choice) == (Choice.ACCEPT, Choice.ACCEPT)


@pytest.mark.law(5)
@pytest.mark.parametrize("choice", ["accept", "refuse", "withdraw"])
def test_the_boxes_of_a_page_do_not_get_into_the_way_of_its_other_buttons(choice: str) -> None:
    form = read_choice(post(f"category=statistics&category=gone&choice={choice}"), POLICY)

    assert form == ChoiceForm(Choice(choice))


@pytest.mark.parametrize(
    "media_type",
    [
        FORM.upper(),
        f"{FORM};charset=utf-8",
        f'{FORM} ; charset="UTF-8"',
        f"{FORM}; charset=utf8; x=y",
        f"{FORM};",
    ],
)
def test_a_media_type_may_say_that_it_is_utf_8(media_type: str) -> None:
    assert read_choice(post("choice=accept", media_type), POLICY).choice is Choice.ACCEPT


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"category=statistics", id="no choice"),
        pytest.param(b"choice=", id="an empty choice"),
        pytest.param(b"choice", id="a choice without a value"),
        pytest.param(b"choice=Accept", id="another case"),
        pytest.param(b"choice=accept%20", id="a blank after it"),
        pytest.param(b"choice=yes", id="an unknown choice"),
        pytest.param(b"choice=refuse&choice=accept", id="two choices"),
        pytest.param(b"choice=accept&choice=accept", id="the same choice twice"),
        pytest.param(b"choice=accept&next=/a&next=/b", id="two pages to go on to"),
        pytest.param(b"choice=save&category=", id="an empty category"),
        pytest.param(b"choice=save&category=statistic", id="an unknown category"),
        pytest.param(b"choice=save&category=Statistics", id="a category in another case"),
        pytest.param(b"choice=save&category=statistics,marketing", id="categories in one"),
        pytest.param(b"choice=accept%00", id="a NUL"),
        pytest.param(b"choice=accept&next=/%00", id="a NUL in the next page"),
        pytest.param(b"choice=accept&next=/%FF", id="an escape that is no UTF-8"),
        pytest.param(b"choice=accept&next=/\xff", id="a byte that is no UTF-8"),
        pytest.param(b"choice=accept;category=x", id="an old separator"),
        pytest.param(b'{"choice": "accept"}', id="JSON in a form"),
    ],
)
def test_a_form_that_is_unclear_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post(body), POLICY)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"choice=accept", id="a form"),
        pytest.param(b"{", id="half"),
        pytest.param(b'{"choice": "accept"} {}', id="two documents"),
        pytest.param(b'\xef\xbb\xbf{"choice": "accept"}', id="a byte order mark"),
        pytest.param('{"choice": "accept"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"choice": "accept", "x": "\xff"}', id="no UTF-8"),
        pytest.param(b'{"choice": "accept", "x": "\n"}', id="a raw line break"),
        pytest.param(b"[" * 8000, id="deep lists"),
        pytest.param(b'{"a":' * 1600, id="deep objects"),
        pytest.param(b"1" * 8000, id="a long number"),
        pytest.param(b"null", id="null"),
        pytest.param(b"true", id="true"),
        pytest.param(b'"accept"', id="a text"),
        pytest.param(b'["accept"]', id="a list"),
        pytest.param(b'[{"choice": "accept"}]', id="a list of one"),
        pytest.param(b"{}", id="no choice"),
        pytest.param(b'{"choice": null}', id="null for a choice"),
        pytest.param(b'{"choice": true}', id="true for a choice"),
        pytest.param(b'{"choice": ["accept"]}', id="a list for a choice"),
        pytest.param(b'{"choice": "Accept"}', id="another case"),
        pytest.param(b'{"choice": "accept\\u0000"}', id="a NUL"),
        pytest.param(b'{"Choice": "accept"}', id="another key"),
        pytest.param(b'{"choice": "refuse", "choice": "accept"}', id="two choices"),
        pytest.param(b'{"choice": "save", "categories": "statistics"}', id="a text for a list"),
        pytest.param(b'{"choice": "save", "categories": null}', id="null for a list"),
        pytest.param(b'{"choice": "save", "categories": {}}', id="an object for a list"),
        pytest.param(b'{"choice": "save", "categories": [null]}', id="null in a list"),
        pytest.param(b'{"choice": "save", "categories": [["statistics"]]}', id="a list in a list"),
        pytest.param(b'{"choice": "save", "category": 1}', id="a number for a category"),
        pytest.param(b'{"choice": "save", "category": "\\ud800"}', id="half of a pair"),
        pytest.param(b'{"choice": "save", "categories": ["video"]}', id="an unknown category"),
        pytest.param(b'{"choice": "save", "category": "a", "categories": []}', id="both keys"),
        pytest.param(b'{"choice": "accept", "categories": ["statistics"]}', id="all and one"),
        pytest.param(b'{"choice": "refuse", "category": "statistics"}', id="none and one"),
    ],
)
def test_json_that_is_unclear_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post(body, JSON), POLICY)

    assert caught.value.status == 400


def test_a_category_in_which_nothing_is_declared_can_not_be_chosen() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")])

    with pytest.raises(BadRequest, match="marketing"):
        read_choice(post("choice=save&category=marketing"), policy)


@pytest.mark.parametrize("name", ["x" * 5000, "\x1b[31m", "\u202eoops", "<script>", "%(x)s%s{0}"])
def test_an_unknown_category_is_quoted_short_and_escaped(name: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post_fields(("choice", "save"), ("category", name)), POLICY)

    assert ascii(name)[1:-1][:20] in caught.value.message
    assert "necessary, statistics, marketing" in caught.value.message
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded, application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "application/x-www-form-urlencoded; charset",
        "application/jsonp",
        "*/*",
        "\xff",
    ],
)
def test_another_media_type_is_refused_with_those_to_send(media_type: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post("choice=accept", media_type), POLICY)

    assert caught.value.status == 415
    assert FORM in caught.value.message
    assert JSON in caught.value.message


def test_a_compressed_body_is_refused() -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post("choice=accept", **{"content-encoding": "gzip"}), POLICY)

    assert caught.value.status == 415


def test_a_body_that_says_it_is_not_compressed_is_read() -> None:
    form = read_choice(post("choice=accept", **{"content-encoding": "Identity"}), POLICY)

    assert form.choice is Choice.ACCEPT


@pytest.mark.parametrize("media_type", [FORM, JSON, "text/plain"])
def test_a_body_that_is_too_large_is_refused_whatever_it_is(media_type: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post(b" " * (LARGEST_BODY + 1), media_type), POLICY)

    assert caught.value.status == 413


def test_a_body_of_8_kib_is_read() -> None:
    body = b"choice=accept&pad=".ljust(LARGEST_BODY, b"x")

    assert read_choice(post(body), POLICY).choice is Choice.ACCEPT
    assert LARGEST_BODY == 8 * 1024


@pytest.mark.law(5)
@settings(deadline=None)
@given(body=st.binary(max_size=200), media_type=st.sampled_from([FORM, JSON, "text/plain"]))
def test_no_body_fails_in_another_way_or_grants_by_chance(body: bytes, media_type: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_choice(post(body, media_type), POLICY)

    assert caught.value.status in (400, 415)
    assert caught.value.message.isprintable()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([*Choice]),
    lambda some: (
        st.lists(some)
        | st.dictionaries(st.sampled_from(["choice", "category", "categories", "x"]), some)
    ),
)


@pytest.mark.law(5)
@settings(deadline=None)
@given(value=_json)
def test_only_an_object_that_says_so_accepts(value: object) -> None:
    try:
        choice = read_choice(post(json.dumps(value)[:LARGEST_BODY], JSON), POLICY).choice
    except BadRequest:
        choice = Choice.REFUSE

    says_so = isinstance(value, dict) and value.get("choice") == "accept"
    assert (choice is Choice.ACCEPT) <= says_so
