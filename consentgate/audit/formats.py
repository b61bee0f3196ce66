"""Write what a check found for other programs: JSON, SARIF 2.1.0 and JUnit's XML."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from consentgate.audit.check import Problem, Result, Sighting

# Any: what JSON has.
Json = dict[str, Any]

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


def as_sarif(result: Result, *, version: str) -> Json:
    """Return the violations as a SARIF log, each where the cookie is set.

    Source: OASIS SARIF 2.1.0, sections 3.13 to 3.27.
    """
    found = result.violations
    rules = {problem.id: problem for _, problem in found}
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
                            {"id": rule.id, "shortDescription": {"text": rule.text}}
                            for rule in rules.values()
                        ],
                    }
                },
                "results": [_as_sarif_result(*violation) for violation in found],
            }
        ],
    }


def _as_sarif_result(sighting: Sighting, problem: Problem) -> Json:
    told: Json = {
        "ruleId": problem.id,
        "level": "error",
        "message": {"text": f"cookie {sighting.example!r} on {sighting.path}: {problem.text}"},
        "partialFingerprints": {"cookie/v1": f"{problem.id} {sighting.name}"},
    }
    place = sighting.place
    if place is not None and place.is_own:
        told["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place.file},
                    "region": {"startLine": place.line},
                }
            }
        ]
    return told


def as_junit(result: Result, *, target: str) -> str:
    """Return JUnit's XML: a test for each cookie, which fails where something is wrong with it."""
    failing = [sighting for sighting in result.sightings.values() if sighting.problems]
    suite = Element(
        "testsuite",
        name=f"consentgate check {target}",
        tests=str(len(result.sightings)),
        failures=str(len(failing)),
        errors="0",
    )
    for sighting in result.sightings.values():
        case = SubElement(suite, "testcase", classname="cookies", name=sighting.name)
        for problem in sighting.problems.values():
            failure = SubElement(case, "failure", type=problem.id, message=problem.text)
            failure.text = f"on {sighting.path}, set in {sighting.place or 'an unknown place'}"
    indent(suite)
    return tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
