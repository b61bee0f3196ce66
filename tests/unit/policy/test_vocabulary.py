"""The closed lists of words, and the types of what a site may write for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, get_args

import pytest

from consentgate.policy import ExemptReason, Kind, Party, PersonalData, SameSite
from consentgate.policy.vocabulary import (
    ExemptReasonOption,
    KindOption,
    PartyOption,
    PersonalDataOption,
    SameSiteOption,
    StoringHeader,
    StoringHeaderOption,
)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (Kind, KindOption),
        (Party, PartyOption),
        (ExemptReason, ExemptReasonOption),
        (SameSite, SameSiteOption),
        (PersonalData, PersonalDataOption),
        (StoringHeader, StoringHeaderOption),
    ],
)
def test_a_site_may_write_each_member_of_a_list_or_its_value(
    words: type[StrEnum], option: Any
) -> None:
    members, values = get_args(option)

    assert members is words
    assert get_args(values) == tuple(words)
