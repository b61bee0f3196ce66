"""What a check found, as other programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from consentgate.audit.check import Result
from consentgate.audit.formats import as_json, as_junit, as_sarif
from tests.audit.sites import FLASK, FLASK_GATED
from tests.audit.test_check import PLAIN

Check = Callable[..., Result]


@pytest.fixture
def result(check_site: Check) -> Result:
    return check_site(FLASK_GATED)


def test_json_has_each_cookie_with_its_outcomes(result: Result) -> None:
    told = json.loads(json.dumps(as_json(result, target="app:app")))

    assert (told["application"], told["has_gate"], told["violations"]) == ("app:app", True, 1)
    [ga] = [one for one in told["cookies"] if one["name"] == "_ga"]
    assert ga["outcomes"]["undecided"] == "stripped"
    assert ga["problems"] == [
        {"id": "CG122", "text": "it lives 730 days, longer than declared (395 days)"}
    ]
    assert (ga["set"][0]["line"], ga["set"][0]["function"]) == (12, "home")


def test_sarif_names_the_line(result: Result) -> None:
    [run] = as_sarif(result, version="1.0")["runs"]
    [found] = run["results"]

    assert found["ruleId"] == "CG122"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith(".py")
    assert place["region"] == {"startLine": 12}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CG122"]


@pytest.mark.parametrize(("source", "name"), [(PLAIN, "raw"), (FLASK, "session")])
def test_sarif_names_no_line_outside_of_the_site(check_site: Check, source: str, name: str) -> None:
    [run] = as_sarif(check_site(source), version="1.0")["runs"]

    [found] = [one for one in run["results"] if f"'{name}'" in one["message"]["text"]]
    assert "locations" not in found


def test_junit_has_a_test_for_each_cookie(result: Result) -> None:
    suite = ET.fromstring(as_junit(result, target="app:app"))

    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["_ga"]


ODD = """
def app(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise OSError("away \x01")
    headers = [("Content-Type", "text/html"), ("Set-Cookie", "a\x01b\x1b[31m=1")]
    start_response("200 OK", headers)
    return [b"<a href=/boom></a>"]
"""


def test_sarif_says_that_not_all_was_judged(check_site: Check, result: Result) -> None:
    [whole] = as_sarif(result, version="1.0")["runs"][0]["invocations"]
    [odd] = as_sarif(check_site(ODD, crawl=True), version="1.0")["runs"][0]["invocations"]

    assert whole == {"executionSuccessful": True, "toolExecutionNotifications": []}
    assert odd["executionSuccessful"] is False
    assert "GET /boom fails" in odd["toolExecutionNotifications"][0]["message"]["text"]


def test_junit_is_well_formed_whatever_is_set_and_has_the_pages_that_failed(
    check_site: Check,
) -> None:
    suite = ET.fromstring(as_junit(check_site(ODD, crawl=True), target="app:app"))

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "1")
    assert [case.get("name") for case in suite] == [
        "a\ufffdb\ufffd[31m",
        "GET /boom fails: OSError: away \ufffd",
    ]


def test_both_have_what_is_not_as_in_the_lock_file(result: Result) -> None:
    changes = ["~ _ga is set in another way", "    - 20 days; Path=/"]

    [run] = as_sarif(result, version="1.0", changes=changes)["runs"]
    suite = ET.fromstring(as_junit(result, target="app:app", changes=changes))

    assert run["results"][-1]["message"]["text"] == "\n".join(changes)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CG122", "locked"]
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    assert suite.findtext("testcase[@classname='locked']/failure") == "\n".join(changes)


def test_an_unknown_place_is_told(check_site: Check) -> None:
    json_told = as_json(check_site(PLAIN), target="app:app")

    assert json_told["cookies"][0]["set"][0]["file"] is None
    assert "set in an unknown place" in as_junit(check_site(PLAIN), target="app:app")
