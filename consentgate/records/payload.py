"""Reads what a record holds, and what a notice was, from the bytes that are kept of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from consentgate.choice.codec import LIFETIME, ONE_DAY
from consentgate.choice.decision import CategoryState, DecidedCategory, DecisionKind, Notice
from consentgate.errors import RecordFormatError
from consentgate.policy import Policy
from consentgate.policy.lifetime import as_duration

Document = dict[str, Any]
"""Any: JSON, whose readers look up what they know."""

GRANTED = frozenset({CategoryState.GIVEN, CategoryState.RENEWED})


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as its payload has it; `notice` is the hexadecimal digest, "" where it has none.

    `replaces` is the hexadecimal id of the record before it, "" where none is known. `lifetime` is
    how long the choice holds.
    """

    id: str
    at: datetime
    kind: DecisionKind
    categories: Mapping[str, DecidedCategory]
    notice: str
    language: str
    method: str
    source: str
    gpc: bool
    replaces: str
    lifetime: timedelta = LIFETIME

    @property
    def grants(self) -> bool:
        """Whether it allowed anything."""
        return any(decided.state in GRANTED for decided in self.categories.values())

    @property
    def expires_at(self) -> datetime:
        """When what was granted ends by its age: with the day, as at the gate, where a choice keeps
        no more of its moment."""
        day = datetime.combine(self.at, time(), tzinfo=UTC)
        try:
            return day + self.lifetime + ONE_DAY
        except OverflowError:  # after the end of the calendar
            return datetime.max.replace(tzinfo=UTC)

    def expired(self, *, now: datetime, policy: Policy | None = None) -> tuple[str, ...]:
        """Return the categories that were granted and are not any more: for their age, or because
        the policy declares something else than what was agreed to."""
        return tuple(
            name
            for name, decided in self.categories.items()
            if decided.state in GRANTED
            and (
                now >= self.expires_at
                or (
                    policy is not None and not policy.accepts_fingerprint(name, decided.fingerprint)
                )
            )
        )


def read_decision(payload: bytes) -> RecordedDecision:
    """Return the decision of a payload. Raises RecordFormatError where it holds none."""
    return decision_in(read_document(payload))


def decision_in(document: Document) -> RecordedDecision:
    """Return the decision of a payload that was read. Raises RecordFormatError."""
    try:
        return RecordedDecision(
            id=_text(document["id"]),
            at=_moment(document["at"]),
            kind=DecisionKind(document["decision"]),
            categories={
                name: DecidedCategory(
                    CategoryState(category["state"]), _text(category["fingerprint"])
                )
                for name, category in document["categories"].items()
            },
            notice=_text(document["notice"]),
            language=_text(document["language"]),
            method=_text(document["method"]),
            source=_text(document["source"]),
            gpc=document["gpc"] is True,
            replaces=_text(document.get("replaces", "")),
            lifetime=_length(document.get("lifetime")),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise RecordFormatError(f"the payload holds no decision: {error!r:.80}") from None


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """What a visitor was shown: the HTML of the banner and of the preferences page, their style
    sheet, what the buttons say, and the declaration as the site serves it in policy.json. The first
    three are empty where the site asked in words of its own."""

    banner: str
    preferences: str
    styles: str
    buttons: Mapping[str, str]
    declaration: Mapping[str, Any]
    """Any: JSON, whose readers look up what they know."""


def read_notice(notice: Notice) -> ShownNotice:
    """Return what a notice holds. Raises RecordFormatError where it holds none."""
    document = read_document(notice.body)
    shown = declared_in(document)
    try:
        return replace(
            shown,
            banner=_text(document.get("banner", "")),
            preferences=_text(document.get("preferences", "")),
            styles=_text(document.get("style_sheet", "")),
        )
    except TypeError:
        raise RecordFormatError("the notice has a banner, page or style sheet of no text") from None


def declared_in(document: Document) -> ShownNotice:
    """Return what a notice declares, without how it was shown. Raises RecordFormatError."""
    buttons, declaration = document.get("buttons"), document.get("policy")
    if not (isinstance(buttons, dict) and isinstance(declaration, dict)):
        raise RecordFormatError("the notice has no buttons, or no declaration")
    return ShownNotice("", "", "", buttons, declaration)


def read_document(text: bytes) -> Document:
    """Return the JSON object of a payload or a notice. Raises RecordFormatError."""
    try:
        # As text, whose encoding json need not look for.
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RecordFormatError("what is stored is not a JSON object")
    return document


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.utcoffset() != timedelta(0):
        raise ValueError(value)
    return moment


def _length(value: object) -> timedelta:
    if value is None:
        # From a version that did not record it: the shortest of our regimes.
        return LIFETIME
    length = as_duration(_text(value), field="lifetime", problems=[])
    if length is None:
        raise ValueError(value)
    return length
