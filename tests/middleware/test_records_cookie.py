"""The record cookie, and the receipt that a visitor gets by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consentgate import Cookie, Policy, PolicyError, Reason
from consentgate.gate import waiting
from consentgate.gate.recording import Receipt
from tests.contract.adapters import play_asgi, play_wsgi
from tests.support.exchange import POLICY, Ask, Play, Say, preferences_for
from tests.support.frameworks import Exchange, Reply, Send, choose
from tests.support.recorders import BrokenRecorder, FailingRecorder, MemoryRecorder, SilentRecorder

GRANTED = preferences_for("statistics", "marketing")
ID = "0123456789abcdef0123456789abcdef"
RECEIPT = Send(path="/consent/receipt", cookie=f"{GRANTED}; consent_record={ID}")
LINK = 'href="/consent/receipt"'


def names_of(reply: Reply) -> list[str]:
    """The names of the cookies that a response sets."""
    return [value.partition("=")[0] for value in reply.cookies]


def record_cookie(reply: Reply) -> str:
    """The Set-Cookie value of the record cookie."""
    (value,) = (one for one in reply.cookies if one.startswith("consent_record="))
    return value


@pytest.mark.law(13)
def test_a_grant_sets_a_cookie_for_the_visitors_pages_alone(visit: Exchange) -> None:
    recorder = MemoryRecorder()

    reply = visit(choose("accept"), records=recorder)

    assert names_of(reply) == ["cookies_preferences", "consent_record"]
    assert record_cookie(reply).split("; ") == [
        f"consent_record={recorder.last.id.hex()}",
        "Max-Age=15724800",
        "Path=/consent",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
    ]


def test_it_is_new_at_each_grant(bare: Exchange) -> None:
    first = bare(choose("accept"), records=MemoryRecorder())
    again = bare(choose("accept", cookie=GRANTED), records=MemoryRecorder())

    assert names_of(again) == ["consent_record"]
    assert record_cookie(first).partition(";")[0] != record_cookie(again).partition(";")[0]


def test_it_has_the_preferences_cookies_attributes_and_no_domain(bare: Exchange) -> None:
    reply = bare(
        choose("accept", path="/mes/cookies/"),
        records=MemoryRecorder(),
        same_site="None",
        partitioned=True,
        domain="example.org",
        path="/",
        prefix="/mes/cookies",
    )

    assert record_cookie(reply).split("; ")[2:] == [
        *("Path=/mes/cookies", "Secure", "HttpOnly", "SameSite=None", "Partitioned")
    ]


def test_below_a_mount_its_path_has_the_mount(visit: Exchange) -> None:
    reply = visit(choose("accept", mount="/shop"), records=MemoryRecorder())

    assert "Path=/shop/consent" in record_cookie(reply).split("; ")


def test_below_a_mount_that_browsers_write_in_several_ways_there_is_none(visit: Exchange) -> None:
    reply = visit(choose("accept", mount="/\xe9t\xe9"), records=MemoryRecorder())

    assert names_of(reply) == ["cookies_preferences"]


@pytest.mark.parametrize("choice", ["refuse", "withdraw", "save"])
def test_it_goes_with_a_refusal(visit: Exchange, choice: str) -> None:
    cookie = f"{GRANTED}; consent_record={ID}"

    reply = visit(choose(choice, cookie=cookie), records=MemoryRecorder())

    assert record_cookie(reply).startswith("consent_record=; Max-Age=0; ")
    assert "Path=/consent" in record_cookie(reply).split("; ")


@pytest.mark.parametrize("send", [choose("refuse"), choose("withdraw", cookie=GRANTED)])
def test_a_refusal_without_it_sets_none(visit: Exchange, send: Send) -> None:
    assert "consent_record" not in names_of(visit(send, records=MemoryRecorder()))


@pytest.mark.parametrize(
    ("choice", "cookie", "replaces"),
    [
        ("accept", f"{GRANTED}; consent_record={ID}", ID),
        ("withdraw", f"{GRANTED}; consent_record={ID}", ID),
        ("withdraw", GRANTED, None),
        ("refuse", f"consent_record={ID}", None),
        ("accept", f"consent_record={ID[1:]}", None),
        ("accept", f"consent_record={ID.upper()}", None),
        ("accept", f"consent_record={ID}\t", ID),
        ("accept", f"consent_record={ID}; consent_record={ID}", ID),
        ("accept", f"consent_record={ID}; consent_record={'0' * 32}", None),
        ("accept", f"consent_record={'x' * 32}; consent_record={ID}", ID),
    ],
)
def test_a_record_names_the_one_that_it_replaces(
    bare: Exchange, choice: str, cookie: str, replaces: str | None
) -> None:
    recorder = MemoryRecorder()

    bare(choose(choice, cookie=cookie), records=recorder)

    assert json.loads(recorder.last.payload()).get("replaces") == replaces


def test_the_charter_and_the_declaration_have_it_where_records_are_kept(bare: Exchange) -> None:
    def declared(**options: Any) -> list[str]:
        document = json.loads(bare(Send(path="/consent/policy.json"), **options).body)
        return [one["name"] for one in document["cookies"] if one["category"] == "necessary"]

    def pages(**options: Any) -> list[bool]:
        paths = ("/consent/", "/consent/charter")
        return ["consent_record" in bare(Send(path=path), **options).text for path in paths]

    assert declared(records=MemoryRecorder())[-1:] == ["consent_record"]
    assert pages(records=MemoryRecorder()) == [True, True]
    assert "consent_record" not in declared()
    assert pages() == [False, False]


def test_the_charter_says_what_it_is_for(bare: Exchange) -> None:
    page = bare(Send(path="/consent/charter", query="lang=fr"), records=MemoryRecorder()).text

    assert "Retrouver la preuve du consentement que vous avez donné." in page


def test_a_site_cannot_declare_a_cookie_of_that_name() -> None:
    policy = Policy(cookies=[Cookie("consent_record", category="statistics")])

    with pytest.raises(PolicyError, match="CG004"):
        play_asgi(Ask(), Say(), policy=policy, records=MemoryRecorder())


@pytest.mark.parametrize("play", [play_asgi, play_wsgi])
@pytest.mark.parametrize("records", [True, False])
def test_an_application_cannot_set_it_where_records_are_kept(play: Play, records: bool) -> None:
    policy = Policy(necessary=["consent_*"], cookies=POLICY.cookies)
    say = Say(cookies=(f"consent_record={ID}; Path=/", "consent_id=1; Path=/"))

    answer = play(Ask(), say, policy=policy, records=MemoryRecorder() if records else None)

    kept = ["consent_id"] if records else ["consent_record", "consent_id"]
    assert answer.cookie_names == kept
    assert [event.reason for event in answer.events] == [Reason.PREFERENCES_SET] * records


# The receipt


@pytest.mark.law(24)
def test_a_visitor_downloads_the_receipt(visit: Exchange) -> None:
    recorder = MemoryRecorder()
    recorder.receipts[bytes.fromhex(ID)] = Receipt(b'{"@type": "x"}', is_final=True)

    reply = visit(RECEIPT, records=recorder)

    assert (reply.status, reply.body) == (200, b'{"@type": "x"}')
    assert reply["content-type"] == "application/ld+json"
    assert reply["content-disposition"] == 'attachment; filename="consent-receipt.jsonld"'
    assert "no-store" in reply["cache-control"]


def test_a_receipt_that_is_not_final_can_be_fetched_later(visit: Exchange) -> None:
    recorder = MemoryRecorder()
    recorder.receipts[bytes.fromhex(ID)] = Receipt(b"", is_final=False)

    reply = visit(RECEIPT, records=recorder)

    assert reply.status == 202
    assert reply["retry-after"] == "60"
    assert "Your receipt is not ready yet" in reply.text


@pytest.mark.parametrize("recorder", [FailingRecorder, SilentRecorder, BrokenRecorder])
def test_where_the_store_does_not_answer_a_receipt_can_be_fetched_later(
    visit: Exchange, recorder: type[MemoryRecorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 0.02)

    reply = visit(RECEIPT, records=recorder())

    assert (reply.status, reply["retry-after"]) == (503, "60")


@pytest.mark.parametrize(
    "cookie",
    [f"consent_record={ID}", "consent_record=x", ""],
    ids=["of no record", "of no id", "no cookie"],
)
def test_without_a_record_there_is_no_receipt(visit: Exchange, cookie: str) -> None:
    reply = visit(Send(path="/consent/receipt", cookie=cookie), records=MemoryRecorder())

    assert reply.status == 404


def test_without_records_there_is_no_such_page(bare: Exchange) -> None:
    assert bare(RECEIPT).status == 404


@pytest.mark.parametrize(
    ("cookie", "offers"),
    [
        (RECEIPT.cookie, True),
        (GRANTED, False),
        (f"{preferences_for()}; consent_record={ID}", False),
        (f"consent_record={ID}", False),
    ],
)
def test_the_preferences_page_offers_the_receipt_of_a_consent_that_holds(
    visit: Exchange, cookie: str, offers: bool
) -> None:
    page = visit(Send(cookie=cookie), records=MemoryRecorder()).text

    assert (LINK in page) is offers
    assert LINK not in visit(Send(cookie=cookie)).text
