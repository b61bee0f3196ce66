"""Reads what a visitor chose from the body of a request. What is unclear is refused, not guessed.

A form (application/x-www-form-urlencoded) has the fields `choice`, `category` (once for each) and
`next`; JSON is an object with the same, where the categories are a list under `categories`, or a
list or one text under `category`. Other fields are the site's own, such as a token of its forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from consentgate.choice.consent import NECESSARY
from consentgate.pages.bad_request import BadRequest
from consentgate.pages.http import Request
from consentgate.pages.texts import message as _
from consentgate.policy import Policy

LARGEST_BODY = 8192
"""Bytes: many times what a choice takes. Nothing beyond them is read."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

# Browsers send nothing of this but a category that a page still had; programs read English.
TOO_LARGE = "The request is too large: a choice takes less than 8 KiB."
OTHER_TYPE = (
    "Send the choice as application/x-www-form-urlencoded or as application/json, in UTF-8."
)
ENCODED = "Send the choice without a Content-Encoding."
NO_FORM = "The form cannot be read: its fields must be percent-encoded UTF-8."
NO_JSON = "The body is no JSON object in UTF-8."
NO_CHOICE = "The field choice is missing: send accept, refuse, save or withdraw."
OTHER_CHOICE = "There is no choice %(choice)s: send accept, refuse, save or withdraw."
TWICE = "The field %(field)s is there more than once."
NO_TEXT = "The field %(field)s must hold text."
NO_NAMES = "The field %(field)s must hold the names of categories."
OTHER_CATEGORY = _("This site asks about no category %(category)s: it has %(known)s.")
NOT_SAVED = "Categories can be named with the choice save only."


class Choice(StrEnum):
    """What a visitor can choose: all, nothing, exactly what is named, nothing any more."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    SAVE = "save"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """One choice as it was sent: `categories` are those to grant, with SAVE only; `next` is where
    to go on, not checked yet; `wants_json` tells whether it came, and is answered, as JSON."""

    choice: Choice
    categories: frozenset[str] = frozenset()
    next: str = ""
    wants_json: bool = False


@dataclass(frozen=True, slots=True)
class _Sent:
    """The fields of a body, whatever its form."""

    choice: str | None
    categories: tuple[str, ...]
    next: str


def read_choice(request: Request, policy: Policy) -> ChoiceForm:
    """The choice in the body of a request. Raises Refused with 400, 413 or 415."""
    if len(request.body) > LARGEST_BODY:
        raise BadRequest(413, TOO_LARGE)
    if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise BadRequest(415, ENCODED)
    media_type = _media_type(request.headers.get("content-type", ""))
    if media_type == JSON:
        sent = _read_json(request.body)
    elif media_type == FORM:
        sent = _read_form(request.body)
    else:
        raise BadRequest(415, OTHER_TYPE)
    choice = _as_choice(sent.choice)
    return ChoiceForm(
        choice,
        categories=_as_categories(sent.categories, choice, policy=policy),
        next=sent.next,
        wants_json=media_type == JSON,
    )


def is_json(request: Request) -> bool:
    """True where the body of a request says that it is JSON: then so is the answer."""
    return _media_type(request.headers.get("content-type", "")) == JSON


def _media_type(content_type: str) -> str:
    """The media type in lower case; empty where its charset is another than UTF-8."""
    media_type, *parameters = (part.strip(" \t") for part in content_type.lower().split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return ""
    return media_type


def _read_form(body: bytes) -> _Sent:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest(400, NO_FORM) from None
    fields: dict[str, list[str]] = {"choice": [], "category": [], "next": []}
    for name, value in pairs:
        # No page sends NUL, and what reads on may end a text at it.
        if "\0" in value:
            raise BadRequest(400, NO_FORM)
        fields.setdefault(name, []).append(value)
    for name in ("choice", "next"):
        if len(fields[name]) > 1:
            raise BadRequest(400, TWICE, field=name)
    choice = next(iter(fields["choice"]), None)
    # A page's boxes come with each of its buttons, but only one of these saves them.
    categories = tuple(fields["category"]) if choice == Choice.SAVE else ()
    return _Sent(choice, categories, next=next(iter(fields["next"]), ""))


def _read_json(body: bytes) -> _Sent:
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_as_object)
    except (ValueError, RecursionError):
        raise BadRequest(400, NO_JSON) from None
    if not isinstance(found, dict):
        raise BadRequest(400, NO_JSON)
    choice = found.get("choice")
    if not isinstance(choice, str | None):
        raise BadRequest(400, NO_TEXT, field="choice")
    if "categories" in found and "category" in found:
        raise BadRequest(400, TWICE, field="categories")
    name = "category" if "category" in found else "categories"
    named = found.get(name, [])
    if name == "category" and isinstance(named, str):
        named = [named]
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise BadRequest(400, NO_NAMES, field=name)
    # Who writes JSON says what they mean: "accept" beside a list may have meant the list.
    if named and choice != Choice.SAVE and choice in set(Choice):
        raise BadRequest(400, NOT_SAVED)
    return _Sent(choice, tuple(named), next="")


def _as_object(pairs: Iterable[tuple[str, object]]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        # Of two, another reader on the way may have believed the other (RFC 8259 section 4).
        if name in found:
            raise BadRequest(400, TWICE, field=name)
        found[name] = value
    return found


def _as_choice(choice: str | None) -> Choice:
    if choice is None:
        raise BadRequest(400, NO_CHOICE)
    try:
        return Choice(choice)
    except ValueError:
        raise BadRequest(400, OTHER_CHOICE, choice=choice) from None


def _as_categories(names: Iterable[str], choice: Choice, *, policy: Policy) -> frozenset[str]:
    # What nothing is declared in was shown to nobody: there is no informed choice of it.
    known = (NECESSARY, *policy.optional_categories)
    for name in names:
        if name not in known:
            raise BadRequest(400, OTHER_CATEGORY, category=name, known=", ".join(known))
    return frozenset(names) - {NECESSARY}
