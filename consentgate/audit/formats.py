"""Write what a check found for other programs: JSON, SARIF 2.1.0 and JUnit's XML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from consentgate.audit.check import Problem, Result, Sighting

# Any: what JSON has.
Json = dict[str, Any]

_LOCKED = "locked"
_NOT_AS_LOCKED = "the application sets or declares cookies in another way than its lock file says"
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(result: Result, *, target: str) -> Json:
    """Return the result with stable keys, which the documentation lists."""
    return {
        "application": target,
        "has_gate": result.is_guarded,
        "pages": result.pages,
        "is_cut": result.is_cut,
        "failed": result.failed,
        "notes": result.notes,
        "cookies": [_cookie_as_json(sighting) for sighting in result.sightings.values()],
        "violations": len(result.violations),
        "third_parties": [asdict(finding) for finding in result.third_parties],
    }


def _cookie_as_json(sighting: Sighting) -> Json:
    return {
        "name": sighting.name,
        "category": sighting.category or None,
        "example": sighting.example,
        "path": sighting.path,
        "set": [
            {
                "lifetime": variant.lifetime,
                "attributes": variant.attributes,
                "file": None if variant.place is None else variant.place.file,
                "line": None if variant.place is None else variant.place.line,
                "function": None if variant.place is None else variant.place.function,
            }
            for variant in sighting.variants
        ],
        "outcomes": {state.name.lower(): text for state, text in sighting.outcomes.items()},
        "problems": [problem._asdict() for problem in sighting.problems.values()],
        "advice": sighting.advice or None,
    }


def as_sarif(result: Result, *, version: str, changes: Sequence[str] = ()) -> Json:
    """Return the violations as a SARIF log, each where the cookie is set; `changes` are the lines
    in which the application differs from its lock file.

    Source: OASIS SARIF 2.1.0, sections 3.13 to 3.27.
    """
    rules = {problem.id: problem.text for _, problem in result.violations}
    results = [_as_sarif_result(*violation) for violation in result.violations]
    if changes:
        rules[_LOCKED] = _NOT_AS_LOCKED
        results.append({"ruleId": _LOCKED, "level": "error", "message": _text("\n".join(changes))})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "consentgate",
                        "version": version,
                        "rules": [
                            {"id": rule, "shortDescription": _text(text)}
                            for rule, text in rules.items()
                        ],
                    }
                },
                "invocations": [_as_sarif_invocation(result)],
                "results": results,
            }
        ],
    }


def _as_sarif_invocation(result: Result) -> Json:
    """Return whether all pages could be judged, and why not (sections 3.20 and 3.58)."""
    return {
        "executionSuccessful": not result.failed,
        "toolExecutionNotifications": [
            {"level": "error", "message": _text(failure)} for failure in result.failed
        ],
    }


def _as_sarif_result(sighting: Sighting, problem: Problem) -> Json:
    result: Json = {
        "ruleId": problem.id,
        "level": "error",
        "message": _text(f"cookie {sighting.example!r} on {sighting.path}: {problem.text}"),
        "partialFingerprints": {"cookie/v1": f"{problem.id} {sighting.name}"},
    }
    place = sighting.place
    if place is not None and place.is_own:
        result["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(place.file)},
                    "region": {"startLine": place.line},
                }
            }
        ]
    return result


def _text(text: str) -> Json:
    return {"text": text}


def as_junit(result: Result, *, target: str, changes: Sequence[str] = ()) -> str:
    """Return JUnit's XML: a test for each cookie, which fails where something is wrong with it, one
    for each page that could not be judged, and one for what is not as in the lock file."""
    failing = [sighting for sighting in result.sightings.values() if sighting.problems]
    suite = Element(
        "testsuite",
        name=f"consentgate check {target}",
        tests=str(len(result.sightings) + len(result.failed) + bool(changes)),
        failures=str(len(failing) + bool(changes)),
        errors=str(len(result.failed)),
    )
    for sighting in result.sightings.values():
        case = _case(suite, "cookies", sighting.name)
        for problem in sighting.problems.values():
            text = f"on {sighting.path}, set in {sighting.place or 'an unknown place'}"
            _outcome(case, "failure", type=problem.id, message=problem.text).text = _as_xml(text)
    for failure in result.failed:
        _outcome(_case(suite, "pages", failure), "error", type="page", message=failure)
    if changes:
        failed = _outcome(_case(suite, _LOCKED, "lock"), "failure", message=_NOT_AS_LOCKED)
        failed.text = _as_xml("\n".join(changes))
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: Element, group: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=group, name=_as_xml(name))


def _outcome(case: Element, kind: str, **attributes: str) -> Element:
    return SubElement(case, kind, {key: _as_xml(text) for key, text in attributes.items()})


def _as_xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold (XML 1.0, 2.2)."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
