"""The addresses behind the head script: the script, the sweeping module, the guard's reports."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from consentgate import ConfigurationError, Cookie, Event, Policy
from consentgate.browser.head_script import SWEEP, Guard, HeadScript, ScriptParts
from consentgate.gate.events import Reason
from consentgate.pages.by_policy import PagesByPolicy
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.http import Request, Response
from consentgate.pages.options import PagesOptions
from tests.support.exchange import POLICY
from tests.support.page_requests import ask

GUARD_BYTES = 3072
MARKUP_BYTES = 2304

STORED = Policy(
    necessary=["session"],
    cookies=[
        Cookie("_pk_*", category="statistics", anonymous=True),
        Cookie("seen:*", category="statistics", kind="local_storage"),
    ],
    accept_fingerprints=["0123abcd"],
)


def pages_of(policy: Policy = POLICY, **options: Any) -> PolicyPages:
    return PagesByPolicy(PagesOptions(**options)).of(policy)


def head_of(**options: Any) -> HeadScript:
    head = pages_of(**options).banners.head
    assert head is not None
    return head


def get(pages: PolicyPages, path: str) -> Response:
    return answered(pages, ask(path=path))


def answered(pages: PolicyPages, request: Request) -> Response:
    """The response to a request, for which nothing is waited."""
    answer = pages.answer(request)
    assert isinstance(answer, Response)
    return answer


def declared(head: HeadScript) -> dict[str, Any]:
    """What the script knows of the policy."""
    line = next(one for one in head.body.decode().splitlines() if one.startswith("const POLICY"))
    content: dict[str, Any] = json.loads(line.removeprefix("const POLICY = ").removesuffix(";"))
    return content


def test_without_any_of_its_options_there_is_no_head_script() -> None:
    pages = pages_of()

    assert pages.banners.head is None
    assert get(pages, "/guard").status == 404
    assert get(pages, "/static/guard.0123456789ab.js").status == 404


@pytest.mark.parametrize(
    ("options", "budget"),
    [({"guard": "enforce"}, GUARD_BYTES), ({"gated_markup": True}, MARKUP_BYTES)],
    ids=["guard", "markup"],
)
def test_the_script_is_within_its_budget_apart_from_the_declaration(
    options: dict[str, Any], budget: int
) -> None:
    body = head_of(**options).body.splitlines(keepends=True)
    library = b"".join(line for line in body if not line.startswith(b"const POLICY"))

    assert len(gzip.compress(library, 9)) <= budget


def test_the_script_may_be_kept_for_ever_under_a_name_of_its_content() -> None:
    pages = pages_of(guard="enforce")
    head = pages.banners.head
    assert head is not None

    answer = get(pages, f"/static/{head.name}")

    assert (answer.status, answer.body) == (200, head.body)
    assert dict(answer.headers)["cache-control"] == "public, max-age=31536000, immutable"
    assert head.name != head_of(guard="report").name


def test_under_the_name_of_another_version_is_the_script_of_now_which_nothing_keeps() -> None:
    pages = pages_of(guard="enforce")

    answer = get(pages, "/static/guard.0123456789ab.js")

    assert pages.banners.head is not None
    assert answer.body == pages.banners.head.body
    assert dict(answer.headers)["cache-control"] == "no-store"
    assert get(pages, "/static/guard.no-hash.js").status == 404


def test_what_sweeps_is_a_module_of_its_own() -> None:
    assert b"export const sweepAll" in get(pages_of(guard="report"), f"/static/{SWEEP}").body
    assert get(pages_of(gated_markup=True), f"/static/{SWEEP}").status == 404


def test_the_script_declares_what_it_needs_of_the_policy() -> None:
    head = HeadScript(STORED, ScriptParts(guard=Guard.ENFORCE, strips_unknown=False))

    known = declared(head)

    terms = known["terms"]["statistics"]
    assert terms["g"][:2] == [STORED.fingerprint("statistics"), "0123abcd"]
    assert set(terms["g"]) <= set(terms["r"])
    assert (terms["exempt"], terms["gpc"]) == ("undecided", False)
    assert known["days"] == [183, 183]
    assert (known["cookie"], known["hidden"]) == ("cookies_preferences", False)
    assert (known["enforces"], known["strict"]) == (True, False)
    assert known["rules"]["local_storage"] == [["^seen:.*$", ["statistics"], 0]]


@pytest.mark.law(34)
def test_under_an_opt_out_the_script_allows_until_a_refusal() -> None:
    policy = Policy(cookies=[Cookie("_ga", category="statistics")], regime="us-ca")

    known = declared(HeadScript(policy, ScriptParts(guard=Guard.ENFORCE)))

    assert {name: one["exempt"] for name, one in known["terms"].items()} == {
        "statistics": "granted",
        "marketing": "granted",
    }
    assert (known["terms"]["statistics"]["gpc"], known["days"]) == (True, [366, 366])


def test_matomo_is_told_whether_statistics_are_exempt() -> None:
    head = PagesByPolicy(PagesOptions(adapters=["matomo"])).of(STORED).banners.head

    assert head is not None
    assert declared(head)["anonymous"] is True
    assert "rules" not in declared(head)
    assert b"requireCookieConsent" in head.body


def test_all_is_denied_to_google_before_anything_else_of_the_page_runs() -> None:
    body = head_of(adapters=["google-consent-mode"], gated_markup=True).body

    assert 0 < body.index(b"ad_user_data") < body.index(b"activateAll")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"guard": "on"}, "guard='on' is unknown"),
        ({"gated_markup": "yes"}, "gated_markup='yes'"),
        ({"adapters": ["ga"]}, "adapters='ga' is unknown"),
        ({"prefix": None, "guard": "report"}, "guard, gated_markup and adapters need the pages"),
    ],
)
def test_a_wrong_option_is_an_error(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        PagesOptions(**options)


def report(body: bytes, **headers: str) -> list[Event]:
    """The events that a report from a browser becomes."""
    events: list[Event] = []
    request = ask(
        "POST", "/guard", body=body, headers=headers, policy=STORED, on_event=events.append
    )
    answer = answered(pages_of(STORED, guard="report"), request)

    assert answer.status == 204
    return events


def test_what_scripts_stored_is_reported_by_kind_and_name() -> None:
    body = b"cookie _pk_ses\ncookie other\nlocal_storage seen:1\nlocal_storage other"

    events = report(body, referer="https://www.example.org/page?secret=1")

    assert [(one.reason, one.detail, one.name, one.path) for one in events] == [
        (Reason.SCRIPT_NOT_ALLOWED, "cookie", "_pk_ses", "/page"),
        (Reason.SCRIPT_UNDECLARED, "cookie", "other", "/page"),
        (Reason.SCRIPT_NOT_ALLOWED, "local_storage", "seen:1", "/page"),
    ]


def test_a_name_is_reported_once_and_only_so_many_of_them() -> None:
    lines = b"\n".join([b"cookie again", *(b"cookie %d" % one for one in range(200))] * 2)

    assert len(report(lines)) == 100


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"cookie ", b"secret x", b"\n" * 500])
def test_what_is_no_report_is_nothing(body: bytes) -> None:
    assert report(body, referer="http://[") == []


def test_a_report_with_an_address_that_cannot_be_read_has_no_path() -> None:
    assert [one.path for one in report(b"cookie other", referer="http://[")] == [""]


def test_another_site_reports_nothing() -> None:
    assert report(b"cookie other", **{"sec-fetch-site": "cross-site"}) == []
