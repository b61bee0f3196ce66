"""A policy in a TOML file: its keys, its errors, and writing it again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consentgate import Category, Controller, Cookie, Policy, PolicyError
from consentgate.policy import ExemptReason, Kind, Party, PersonalData, SameSite
from tests.unit.policy.reported import places, refusal

FULL = """
necessary = ["session", "csrf*"]
presets = ["django"]
site = "https://data.example.org"
site_name = { en = "Open data", fr = "Données ouvertes" }
preferences_cookie = "__Host-choice"
default_language = "fr"
accept_fingerprints = ["AAAAAAAA"]

[controller]
name = "Ville d'Exemple"
contact = "dpo@example.org"
privacy_page = "/privacy"
address = "1 place de la Mairie, 12345 Exemple"
jurisdiction = "FR"

[[categories]]
name = "social"
title = { en = "Social media", fr = "Réseaux sociaux" }
description = "Shows posts."
gpc = true

[[cookies]]
name = "_pk_id.*"
category = "statistics"
provider = "Matomo"
service = "Audience measurement"
location = "Every page"
purpose = { en = "Tells visits apart.", fr = "Distingue les visites." }
lifetime = "13 months"
party = "first"
anonymous = true
exempt_reason = "audience_measurement"
retention = "25 months"
path = ["/", "/shop"]
domain = ".example.org"
purpose_id = "audience"
hosts = { script = ["stats.example.org"], "image" = "stats.example.org" }
personal_data = ["identifier", "browsing_behaviour"]
storage_location = ["FR"]
recipients = "Example Hosting"
secure = true
http_only = true
partitioned = true
same_site = "Lax"

[[cookies]]
name = "https://www.example.org/embed/*"
category = "social"
kind = "frame"
"""

SAME = Policy(
    ["session", "csrf*"],
    [
        Cookie(
            "_pk_id.*",
            category="statistics",
            provider="Matomo",
            service="Audience measurement",
            location="Every page",
            purpose={"en": "Tells visits apart.", "fr": "Distingue les visites."},
            lifetime=timedelta(days=395),
            party=Party.FIRST,
            anonymous=True,
            exempt_reason=ExemptReason.AUDIENCE_MEASUREMENT,
            retention=timedelta(days=760),
            path=("/", "/shop"),
            domain="example.org",
            purpose_id="audience",
            hosts={"script": ["stats.example.org"], "image": ["stats.example.org"]},
            personal_data=["identifier", "browsing_behaviour"],
            storage_location="FR",
            recipients=["Example Hosting"],
            secure=True,
            http_only=True,
            partitioned=True,
            same_site=SameSite.LAX,
        ),
        Cookie("https://www.example.org/embed/*", category="social", kind=Kind.FRAME),
    ],
    categories=[
        Category(
            "social",
            title={"en": "Social media", "fr": "Réseaux sociaux"},
            description="Shows posts.",
            gpc=True,
        )
    ],
    presets=["django"],
    site="https://data.example.org",
    site_name={"en": "Open data", "fr": "Données ouvertes"},
    controller=Controller(
        "Ville d'Exemple",
        contact="dpo@example.org",
        privacy_page="/privacy",
        address="1 place de la Mairie, 12345 Exemple",
        jurisdiction="FR",
    ),
    preferences_cookie="__Host-choice",
    default_language="fr",
    accept_fingerprints=["AAAAAAAA"],
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "consent.toml"


def policy_in(file: Path, text: str) -> Policy:
    file.write_text(text, encoding="utf-8")
    return Policy.from_toml(file)


def refused(file: Path, text: str) -> list[tuple[str, str]]:
    return places(refusal(lambda: policy_in(file, text)))


def test_a_file_and_the_constructor_make_the_same_policy(file: Path) -> None:
    assert policy_in(file, FULL) == SAME


def test_an_empty_file_is_an_empty_policy(file: Path) -> None:
    assert policy_in(file, "") == Policy()


def test_the_path_may_be_text(file: Path) -> None:
    file.write_text('necessary = ["a"]', encoding="utf-8")

    assert Policy.from_toml(str(file)) == Policy(["a"])


def test_a_byte_order_mark_is_skipped(file: Path) -> None:
    assert policy_in(file, '\ufeffnecessary = ["a"]') == Policy(["a"])


def test_a_preset_is_looked_for_beside_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = file.parent / "presets" / "shop.toml"
    preset.parent.mkdir()
    preset.write_text('[[cookies]]\nname = "a"\ncategory = "necessary"\n', encoding="utf-8")
    monkeypatch.chdir(file.parent.parent)

    policy = policy_in(file, 'presets = ["presets/shop.toml"]')

    assert policy.presets == (str(preset),)
    assert policy_in(file.with_name("other.toml"), policy.to_toml()) == policy


def test_a_missing_file_is_an_error(file: Path) -> None:
    (error,) = refusal(lambda: Policy.from_toml(file))

    assert (error.id, error.place, error.message) == (
        "CG010",
        "consent.toml",
        "No such file or directory",
    )


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    assert places(refusal(lambda: Policy.from_toml(tmp_path))) == [("CG010", tmp_path.name)]


def test_bytes_that_are_not_utf_8_are_an_error(file: Path) -> None:
    file.write_bytes(b"site = '\xff'")
    (error,) = refusal(lambda: Policy.from_toml(file))

    assert (error.id, error.place) == ("CG010", "consent.toml")
    assert error.message == "byte 8 is not UTF-8"


def test_invalid_toml_is_an_error_with_its_line(file: Path) -> None:
    (error,) = refusal(lambda: policy_in(file, 'site = "x"\nnecessary == 1\n'))

    assert (error.id, error.place) == ("CG010", "consent.toml")
    assert error.message == "Invalid value (at line 2, column 12)"


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ('necesary = ["a"]', "the top of the file", "necessary"),
        ('[controler]\nname = "x"', "the top of the file", "controller"),
        ('[controller]\nname = "x"\nprivacy = "/p"', "controller", "privacy_page"),
        ('[[categories]]\nname = "social"\ntitel = "x"', "categories[0] ('social')", "title"),
        (
            '[[cookies]]\nname = "a"\ncategory = "marketing"\npurposes = "x"',
            "cookies[0] ('a')",
            "purpose",
        ),
    ],
)
def test_an_unknown_key_is_an_error_with_the_nearest_one(
    file: Path, text: str, place: str, key: str
) -> None:
    (error,) = refusal(lambda: policy_in(file, text))

    assert (error.id, error.place) == ("CG006", f"consent.toml: {place}")
    assert error.hint.startswith(f"did you mean {key!r}? known: ")


def test_a_cookie_without_name_or_category_is_an_error(file: Path) -> None:
    assert refused(file, '[[cookies]]\ncategory = "marketing"\n[[cookies]]\nname = "a"') == [
        ("CG001", "consent.toml: cookies[0] ('')"),
        ("CG003", "consent.toml: cookies[1] ('a')"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("necessary = 1", "necessary"),
        ('necessary = "session"', "necessary"),
        ("necessary = [1]", "necessary[0]"),
        ("presets = 1", "presets"),
        ("presets = [1]", "presets[0]"),
        ("site = 1", "site"),
        ("site_name = 1", "site_name"),
        ("default_language = 1", "default_language"),
        ("accept_fingerprints = [1]", "accept_fingerprints[0]"),
        ('controller = "Ville"', "controller"),
        ('cookies = "a"', "cookies"),
        ('cookies = ["a"]', "cookies[0]"),
        ('categories = "a"', "categories"),
        ('categories = ["a"]', "categories[0]"),
        ('[cookies]\nname = "a"', "cookies"),
    ],
)
def test_a_value_of_another_type_is_an_error(file: Path, text: str, place: str) -> None:
    assert refused(file, text) == [("CG007", f"consent.toml: {place}")]


def test_a_controller_that_cannot_be_used_is_an_error(file: Path) -> None:
    assert refused(file, "[controller]\ncontact = 1") == [
        ("CG012", "consent.toml: controller"),
        ("CG012", "consent.toml: controller"),
    ]


def test_all_errors_of_a_file_are_reported_at_once(file: Path) -> None:
    text = """
    necesary = ["a"]
    presets = ["djago"]
    [controller]
    [[categories]]
    name = "Social"
    [[cookies]]
    name = "*"
    category = "marketing"
    lifetime = "for ever"
    [[cookies]]
    name = "_ga"
    category = "statistics"
    [[cookies]]
    name = "_ga"
    category = "statistic"
    """

    assert refused(file, text) == [
        ("CG006", "consent.toml: the top of the file"),
        ("CG012", "consent.toml: controller"),
        ("CG012", "consent.toml: categories[0] ('Social')"),
        ("CG007", "consent.toml: cookies[0] ('*')"),
        ("CG002", "consent.toml: cookies[0] ('*')"),
        ("CG009", "consent.toml: presets"),
        ("CG004", "consent.toml: cookies[2] ('_ga')"),
    ]


TAGS = st.sampled_from(["en", "fr", "pt-BR"])
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = WORDS | st.dictionaries(TAGS, WORDS.filter(str.strip), min_size=1)
HOSTS = st.dictionaries(
    st.sampled_from(["script", "frame", "image"]),
    st.lists(st.sampled_from(["a.example", "*.b.example:8443", "localhost"]), min_size=1),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "provider": TEXTS,
        "service": TEXTS,
        "location": TEXTS,
        "purpose": TEXTS,
        "lifetime": st.just("session")
        | st.timedeltas(timedelta(1), timedelta.max).map(
            lambda length: timedelta(length.days, length.seconds)
        ),
        "party": st.sampled_from(Party),
        "retention": st.integers(1, 999).map("{} days".format),
        "path": st.lists(st.sampled_from(["/", "/a b", '/"é']), min_size=1),
        "domain": st.lists(st.sampled_from(["", "example.org"])),
        "kind": st.sampled_from(Kind),
        "purpose_id": WORDS,
        "hosts": HOSTS,
        "headers": st.lists(st.sampled_from(["NEL", "Accept-CH"])),
        "device_session": st.lists(st.sampled_from(["/a", "https://b.example/a"])),
        "personal_data": st.lists(st.sampled_from(PersonalData)),
        "storage_location": st.lists(st.sampled_from(["FR", "DE"]), min_size=1),
        "recipients": st.lists(st.sampled_from(["Acme", 'a"é'])),
        "secure": st.booleans(),
        "http_only": st.booleans(),
        "partitioned": st.booleans(),
        "same_site": st.sampled_from(SameSite),
    },
)
NAMES = st.text(alphabet="ab_.'[]", min_size=1, max_size=5)


@given(
    necessary=st.lists(NAMES, unique=True, max_size=2),
    cookies=st.dictionaries(NAMES.map("c-{}".format), FIELDS, max_size=3),
    category=TEXTS,
    controller=st.none() | WORDS.filter(str.strip).map(Controller),
)
@settings(suppress_health_check=list(HealthCheck), max_examples=60, deadline=None)
def test_what_is_written_reads_back_as_the_same_policy(
    file: Path,
    necessary: list[str],
    cookies: dict[str, dict[str, Any]],
    category: Any,
    controller: Controller | None,
) -> None:
    policy = Policy(
        necessary,
        [Cookie(name, category="social", **fields) for name, fields in cookies.items()],
        categories=[
            Category("social", title=category, description=category, gpc=True),
            Category("marketing", title="Ads", gpc=False),
        ],
        controller=controller,
    )

    again = policy_in(file, policy.to_toml())

    assert again == policy
    assert [set(rule.given) for rule in again.rules] == [set(rule.given) for rule in policy.rules]
    assert again.to_toml() == policy.to_toml()


def test_a_full_policy_reads_back_as_the_same(file: Path) -> None:
    assert policy_in(file, SAME.to_toml()) == SAME


def test_a_whole_cookie_among_the_necessary_reads_back_as_the_same(file: Path) -> None:
    policy = Policy([Cookie("a", category="necessary", lifetime="session"), "b"])

    assert policy_in(file, policy.to_toml()) == policy


def test_a_policy_is_written_as_one_would_write_it() -> None:
    policy = Policy(
        ["session"],
        [Cookie("_ga", category="marketing", purpose={"en": "a", "pt-BR": "b"}, path="/x")],
        controller=Controller("Ville"),
        presets=["flask"],
    )

    assert policy.to_toml() == (
        'necessary = ["session"]\n'
        'presets = ["flask"]\n'
        "\n"
        "[controller]\n"
        'name = "Ville"\n'
        "\n"
        "[[cookies]]\n"
        'name = "_ga"\n'
        'category = "marketing"\n'
        'purpose = { en = "a", pt-BR = "b" }\n'
        'path = ["/x"]\n'
    )


def test_an_empty_policy_is_written_as_an_empty_file() -> None:
    assert Policy().to_toml().strip() == ""


def test_an_error_names_the_file_once_for_each_place(file: Path) -> None:
    with pytest.raises(PolicyError) as refused_policy:
        policy_in(file, 'site = "x"')

    assert str(refused_policy.value).startswith("CG007 at consent.toml: site: ")
