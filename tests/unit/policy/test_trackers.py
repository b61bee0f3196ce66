"""The table of well-known trackers, and the TOML that is suggested with it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consentgate.policy import known_category, paste_toml


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("_ga", "statistics"),
        ("_ga_G-ABC", "statistics"),
        ("_gid", "statistics"),
        ("_pk_id.1.abcd", "statistics"),
        ("_pk_ses.1.abcd", "statistics"),
        ("_hjSessionUser_1", "statistics"),
        ("_gcl_au", "marketing"),
        ("_fbp", "marketing"),
        ("_fbc", "marketing"),
        ("hubspotutk", "marketing"),
        ("_ttp", "marketing"),
        ("_uetsid", "marketing"),
        ("li_sugr", "marketing"),
        ("IDE", "marketing"),
        ("_clck", "statistics"),
        ("_pk_other", "statistics"),
        ("etuix", "marketing"),
        ("session", None),
        ("sessionid", None),
        ("AWSALB", None),
        ("player", None),
        ("_gab", None),
        ("", None),
    ],
)
def test_a_known_tracker_has_its_usual_category(name: str, category: str | None) -> None:
    assert known_category(name) == category


def test_the_suggested_toml_declares_the_cookie() -> None:
    assert paste_toml("_ga", "statistics") == ('[[cookies]]\nname = "_ga"\ncategory = "statistics"')


@given(name=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_name_is_suggested_so_that_it_reads_back(name: str) -> None:
    text = paste_toml(name, "marketing")

    assert tomllib.loads(text) == {"cookies": [{"name": name, "category": "marketing"}]}
    assert len(text.splitlines()) == 3
