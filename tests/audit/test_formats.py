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


def test_an_unknown_place_is_told(check_site: Check) -> None:
    json_told = as_json(check_site(PLAIN), target="app:app")

    assert json_told["cookies"][0]["set"][0]["file"] is None
    assert "set in an unknown place" in as_junit(check_site(PLAIN), target="app:app")
