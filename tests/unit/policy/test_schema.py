"""The JSON Schema of consent.toml and the parser agree, both ways."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from consentgate import Policy, PolicyError
from consentgate.policy.category import BUILT_IN_CATEGORIES
from consentgate.policy.cookie import COOKIE_FIELDS
from consentgate.policy.policy_file import _KEYS
from consentgate.policy.presets import shipped_presets
from consentgate.policy.schema import SCHEMA_LINE, schema_text
from consentgate.policy.vocabulary import (
    ExemptReason,
    Kind,
    Party,
    PersonalData,
    SameSite,
    StoringHeader,
)

SCHEMA = json.loads(schema_text())
VALIDATOR = Draft7Validator(SCHEMA)

TAPLO = shutil.which("taplo", path=str(Path(sys.executable).parent))

# What only the whole of a declaration shows: a category that nothing declares, a name declared
# twice, conflicting globs, a missing file, more than texts for the preferences cookie.
OF_THE_WHOLE = {"CG003", "CG004", "CG005", "CG010", "CG011"}

TEXTS = ["", "Us", {"en": "Us", "fr": "Nous"}, {"pt-BR": "Nós"}, {}, {"en": " "}, {"e": "Us"}, 7]
FLAGS = [True, False, "yes"]

COOKIE: dict[str, list[Any]] = {
    "name": ["a", "_pk_id.*", "a*b*c", "__Host-a", "__hoSt-b", "a b", "", "*", "a**b", "é", "a\n",
             "a ", "x*é", "cart[items]", "a;b", 5],
    "category": ["necessary", "statistics", "marketing", "video", "a b", "", "Video", 3],
    "provider": TEXTS,
    "service": TEXTS,
    "location": TEXTS,
    "purpose": TEXTS,
    "lifetime": ["session", "13 months", "1 day", "90minutes", " 2 Hours ", "0 days", "1", "soon",
                 "Session", "2 days\n", "1 day x", "00 days", 5, ["1 day"]],
    "party": ["first", "third", "second", True],
    "anonymous": FLAGS,
    "exempt_reason": [*map(str, ExemptReason), "because", ""],
    "retention": ["25 months", "session", "1 fortnight", "1 year", 1],
    "assessment": [{"date": "2026-01-10", "address": "/a"}, ["2026-01-10", "https://example.org/a"],
                   {"date": "2026-01-10"}, {"date": "soon", "address": "/a"}, ["2026-01-10"],
                   {"date": "2026-01-10", "address": "//evil"}, "2026-01-10",
                   ["2026-01-10", "a b", "c"], ["2026-1-10", "/a"], [1, 2]],
    "path": ["/", "/app", ["/"], ["/", "/app"], "app", [], ["/", 1], "/a;b", "/a\n", "/é", 1],
    "domain": ["", "example.org", ".example.org", ["", "a.org"], [], [""], "a b", "a..b", [1], {}],
    "parent_domain": FLAGS,
    "kind": [*map(str, Kind), "beacon"],
    "purpose_id": ["", "count", {"en": "x"}, 1],
    "hosts": [{}, {"frame": "www.example.org"}, {"script": ["a.org", "b.org"]}, {"Script": "a"},
              {"frame": []}, {"frame": "a b"}, {"frame": 1}, "a.org", ["a.org", "*.b.org"], [],
              "https://a.org:8443", "WSS://A.org:*", "a.org/path", "'self'", "*", "*.org",
              "a.org\n", {"any": "a.org", "style": "a.org"}, 1, {"font": ["a.org", "data:"]}],
    "headers": [*map(str, StoringHeader), [], ["NEL", "Report-To"], "nel", ["Set-Cookie"], "", 1],
    "device_session": ["/a", ["/a", "https://b.example:8443/a"], [], "a", "//a", "/a b", "/a;b",
                       "http://b.example/a", "https://b.example", "/a\n", "/\u00e9", "", 1],
    "personal_data": [*map(str, PersonalData), [], ["device", "profile"], ["shoe_size"], "", 1],
    "storage_location": ["FR", ["FR", "DE"], [], "fr", "FRA", "FR\n", "", 1],
    "recipients": ["Acme", [], ["Acme", "Us"], "", [" "], [1], {}],
    "secure": FLAGS,
    "http_only": FLAGS,
    "partitioned": FLAGS,
    "same_site": [*map(str, SameSite), "lax", ""],
    "colour": ["red"],
}  # fmt: skip
CATEGORY: dict[str, list[Any]] = {
    "name": ["video", "statistics", "necessary", "Video", "a b", "", 1, "v" * 64, "v" * 65],
    "title": TEXTS,
    "description": TEXTS,
    "gpc": FLAGS,
    "colour": ["red"],
}
CONTROLLER: dict[str, list[Any]] = {
    "name": ["Town", "", " ", 1],
    "contact": ["", "dpo@example.org", 1],
    "privacy_page": ["", "/privacy", "https://example.org/p", "//evil", "/\\evil", "privacy",
                     "ftp://a", "\n", 1],
    "address": ["", "1 place de la Mairie", 1],
    "jurisdiction": ["", "FR", "fr", "France", "FR\n", 1],
    "colour": ["red"],
}  # fmt: skip
LAW = {"source": "Act", "status": "law"}
REGIME = {
    "name": "ch",
    "title": "Switzerland",
    "date": "2026-01-10",
    "asked": {"how": "opt-out", **LAW},
    "signal": {"refuses": "marked", **LAW},
    "choice": {"lifetime": "1 year", **LAW},
    "ask_again": {"after": "1 year", **LAW},
}
CHANGED_REGIMES: list[dict[str, Any]] = [
    {},
    {"name": ""},
    {"title": 1},
    {"date": "soon"},
    {"within": "eu"},
    {"within": 1},
    {"words": {"consent": {"de": "Ja"}, "statistics": "All"}},
    {"words": {"colour": "red"}},
    {"words": {"consent": 1}},
    {"words": "none"},
    {"colour": "red"},
    {"asked": {"how": "never", **LAW}},
    {"asked": {"how": "opt-in", "status": "law"}},
    {"asked": {"how": "opt-in", "source": "Act"}},
    {"asked": {"how": "opt-in", **LAW, "status": "rumour"}},
    {"asked": {"how": "opt-in", **LAW, "text": "Ask.", "paragraph": "1", "does": "It asks."}},
    {"asked": {"how": "opt-in", **LAW, "read": "secondary"}},
    {"asked": {"how": "opt-in", **LAW, "read": "twice"}},
    {"asked": {"how": "opt-in", **LAW, "colour": "red"}},
    {"asked": "opt-in"},
    {"signal": {"refuses": ["statistics"], **LAW}},
    {"signal": {"refuses": [1], **LAW}},
    {"signal": {"refuses": "some", **LAW}},
    {"signal": LAW},
    {"choice": {"lifetime": "session", **LAW}},
    {"choice": LAW},
    {"ask_again": {"after": 1, **LAW}},
    {"exempt": [{"reasons": ["choice"], **LAW}]},
    {"exempt": [{"reasons": ["choice"], "objection": False, **LAW}]},
    {"exempt": [{"reasons": ["choice"], "objection": True, **LAW}]},
    {"exempt": [{"reasons": ["choice"], "lifetime": "1 year", **LAW}]},
    {"exempt": [{"reasons": ["luck"], **LAW}]},
    {"exempt": [{"categories": ["statistics"], "objection": True, **LAW}]},
    {"exempt": [{"categories": ["statistics"], **LAW}]},
    {"exempt": [{"categories": [1], "objection": True, **LAW}]},
    {
        "exempt": [
            {
                "reasons": ["audience_measurement"],
                "objection": True,
                "lifetime": "1 year",
                "renewal": False,
                "retention": "2 years",
                "assessment": True,
                **LAW,
            }
        ]
    },
    {"exempt": [{"categories": ["statistics"], "objection": True, "renewal": "no", **LAW}]},
    {"exempt": [{"categories": ["statistics"], "objection": True, "lifetime": "soon", **LAW}]},
    {"exempt": ["statistics"]},
    {"exempt": {"categories": ["statistics"]}},
    {"show": [{"what": "facts", **LAW}, {"what": "signal", **LAW}]},
    {"show": [{"what": "colours", **LAW}]},
    {"show": [{"what": "facts"}]},
    {"provision": [{"text": "Be kind.", **LAW}]},
    {"provision": [{"what": "facts", **LAW}]},
]
REGIMES: list[Any] = [
    *(REGIME | change for change in CHANGED_REGIMES),
    *({key: REGIME[key] for key in REGIME if key != missing} for missing in REGIME),
]
TOP: dict[str, list[Any]] = {
    "necessary": [[], ["session"], ["a*"], ["*"], ["a b"], [1], "session"],
    "presets": [[], ["django"], ["matomo", "flask"], ["djago"], ["no.toml"], [1], "django"],
    "site": ["", "https://example.org", "https://example.org/a?b", "example.org", "http://", 1],
    "site_name": TEXTS,
    "preferences_cookie": ["choice", "__Host-choice", "a*", "a b", "", 1],
    "default_language": ["en", "pt-BR", "english!", "", 1],
    "accept_fingerprints": [[], ["IyV7BO9p"], ["short"], "IyV7BO9p", [1]],
    "regime": ["fr", ["fr", "uk"], "france", [], [1], 1, ["fr", REGIME], *REGIMES],
    "colour": ["red"],
}


def table(fields: dict[str, list[Any]], *usual: str) -> st.SearchStrategy[dict[str, Any]]:
    """A table of a few of the fields; most have the `usual` ones, of which the first value is
    valid."""
    given = st.dictionaries(st.sampled_from(sorted(fields)), st.integers(0, 99), max_size=4)

    def fill(numbers: dict[str, int], least: int) -> dict[str, Any]:
        filled = {key: fields[key][0] for key in usual[least:]}
        return filled | {key: fields[key][n % len(fields[key])] for key, n in numbers.items()}

    return st.builds(fill, given, st.sampled_from([0] * 9 + [1]))


documents = st.builds(
    lambda top, controller, categories, cookies: {
        **top,
        **({} if controller is None else {"controller": controller}),
        **({"categories": categories} if categories else {}),
        **({"cookies": cookies} if cookies else {}),
    },
    table(TOP),
    st.none() | table(CONTROLLER, "name") | st.just("Town"),
    st.lists(table(CATEGORY, "name"), max_size=1) | st.just(["video"]),
    st.lists(table(COOKIE, "name", "category"), max_size=2) | st.just({"name": "a"}),
)


def error_ids(path: Path) -> set[str]:
    """The ids of the parser's errors."""
    try:
        Policy.from_toml(path)
    except PolicyError as error:
        return {finding.id for finding in error.findings}
    return set()


def disagreement(path: Path, document: Any) -> str:
    """What one of the two says against the other about a document; "" where they agree."""
    text = tomlkit.dumps(document)
    path.write_text(text, encoding="utf-8")
    refused = [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))]
    found = error_ids(path)
    agree = bool(found) if refused else found <= OF_THE_WHOLE
    return "" if agree else f"{text!r}: the schema says {refused}, the parser {found}"


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=documents)
def test_schema_and_parser_agree(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    assert disagreement(tmp_path_factory.getbasetemp() / "any.toml", document) == ""


def one_each() -> Iterator[dict[str, Any]]:
    """A document for each value of each field by itself."""
    for key, values in TOP.items():
        yield from ({key: value} for value in values)
    for key, values in CONTROLLER.items():
        yield from ({"controller": {"name": "T", key: value}} for value in values)
    for key, values in CATEGORY.items():
        yield from ({"categories": [{"name": "v", key: value}]} for value in values)
    for category in ("necessary", "statistics"):
        usual = {"name": "a", "category": category}
        for key, values in COOKIE.items():
            yield from ({"cookies": [{**usual, key: value}]} for value in values)


def test_schema_and_parser_agree_on_each_value_by_itself(tmp_path: Path) -> None:
    disagreements = [disagreement(tmp_path / "any.toml", document) for document in one_each()]

    assert list(filter(None, disagreements)) == []


def test_schema_has_the_keys_and_the_words_of_the_parser() -> None:
    cookie = SCHEMA["definitions"]["cookie"]["properties"]
    words = {key: cookie[key]["enum"] for key in ("kind", "party", "exempt_reason", "same_site")}

    assert set(SCHEMA["properties"]) == set(_KEYS)
    assert tuple(cookie) == ("name", "category", *COOKIE_FIELDS)
    assert words == {
        "kind": list(Kind),
        "party": list(Party),
        "exempt_reason": list(ExemptReason),
        "same_site": list(SameSite),
    }
    assert SCHEMA["properties"]["presets"]["items"]["anyOf"][0]["enum"] == list(shipped_presets())
    assert cookie["category"]["anyOf"][0]["enum"] == [one.name for one in BUILT_IN_CATEGORIES]


def test_each_key_is_described_for_editors() -> None:
    VALIDATOR.check_schema(SCHEMA)
    tables = [SCHEMA, SCHEMA["properties"]["controller"]]
    tables += [SCHEMA["definitions"][name] for name in ("category", "cookie")]

    properties = [one for table in tables for one in table["properties"].items()]
    assert [key for key, one in properties if not one.get("description")] == []


@pytest.mark.skipif(TAPLO is None, reason="taplo is not installed")
def test_taplo_reads_the_schema_from_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "consent.schema.json").write_text(schema_text())
    (tmp_path / "consent.toml").write_text(f'{SCHEMA_LINE}\nnecessary = ["a b"]\n')
    (tmp_path / "valid.toml").write_text(f'{SCHEMA_LINE}\nnecessary = ["ab"]\n')

    def check(name: str) -> int:
        command = [str(TAPLO), "check", name]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert (check("valid.toml"), check("consent.toml")) == (0, 1)
