"""Read what a visitor chose from the body of a request; reject what is unclear, never guess.

A form (application/x-www-form-urlencoded) has the fields `choice`, `category` (once for each),
`exempt` (once for each whose box was ticked beforehand) and `next`, and for the record `source` and
`language`; JSON is an object with `choice`, `next` and `language`, where the categories are a list
under `categories`, or a list or one text under `category`. Other fields are the site's own, such as
a token of its forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from consentgate.choice.consent import NECESSARY
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.http import Headers, Request
from consentgate.pages.texts import message as _
from consentgate.policy import Policy

LARGEST_BODY = 8192
"""Bytes: many times what a choice takes. Nothing beyond them is read."""

LONGEST_QUOTED = 64
"""Characters of what a visitor sent, in a message."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

# Only programs get these, in English; a browser can only send a category that was removed since.
TOO_LARGE = "The request is too large: a choice takes less than 8 KiB."
UNKNOWN_TYPE = (
    "Send the choice as application/x-www-form-urlencoded or as application/json, in UTF-8."
)
ENCODED = "Send the choice without a Content-Encoding."
BROKEN_FORM = "The form cannot be read: its fields must be percent-encoded UTF-8."
BROKEN_JSON = "The body must be a JSON object in UTF-8."
MISSING_CHOICE = "The field choice is missing: send accept, refuse, save, allow or withdraw."
UNKNOWN_CHOICE = "There is no choice %(choice)s: send accept, refuse, save, allow or withdraw."
REPEATED = "The field %(field)s appears more than once."
NOT_TEXT = "The field %(field)s must hold text."
NOT_NAMES = "The field %(field)s must hold the names of categories."
UNKNOWN_CATEGORY = _("This site has no category %(category)s. It has: %(known)s.")
ONLY_WITH_SAVE = "Categories can be named with the choices save and allow only."
NOTHING_NAMED = "The choice allow needs the name of a category."


class BadRequest(Exception):
    """A request that gets this status and a message that says what to send.

    `sentence` is the message in English with placeholders, for whoever translates it, and `values`
    fills them with what the visitor sent, made short and visible.
    """

    def __init__(self, status: int, sentence: str, *, headers: Headers = (), **values: str) -> None:
        self.status = status
        self.sentence = sentence
        self.headers = headers
        self.values = {name: _quotable(value) for name, value in values.items()}
        self.message = sentence % self.values if values else sentence
        super().__init__(self.message)


class Choice(StrEnum):
    """What a visitor can choose: all, nothing, exactly what is named, to take all back, or what is
    named beside what was chosen."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    SAVE = "save"
    WITHDRAW = "withdraw"
    ALLOW = "allow"


_NAMING = frozenset({Choice.SAVE, Choice.ALLOW})


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """One choice as it was sent: `categories` are those to grant, with SAVE and ALLOW only;
    `exempt` those whose boxes the page had ticked for an exemption; `next` is the path to go on to,
    unchecked; `wants_json` is True if the choice came as JSON. `source` and `language` say for the
    record where the question was shown and in which language, unchecked.
    """

    choice: Choice
    categories: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    next: str = ""
    wants_json: bool = False
    source: str = ""
    language: str = ""

    def apply_to(self, visitor: VisitorConsent) -> None:
        """Make this the visitor's choice."""
        if self.choice is Choice.ACCEPT:
            visitor.grant()
        elif self.choice is Choice.REFUSE:
            visitor.refuse()
        elif self.choice is Choice.SAVE:
            # A box that was ticked beforehand is no consent (CJEU C-673/17 Planet49).
            visitor.save(*self.categories, leave=self.categories & self.exempt)
        elif self.choice is Choice.ALLOW:
            visitor.grant(*self.categories)
        else:
            visitor.withdraw()


def read_choice(request: Request, policy: Policy) -> ChoiceForm:
    """Return the choice in the body of a request. Raises BadRequest with 400, 413 or 415."""
    if len(request.body) > LARGEST_BODY:
        raise BadRequest(413, TOO_LARGE)
    if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise BadRequest(415, ENCODED)
    media_type = _media_type(request.headers.get("content-type", ""))
    if media_type == FORM:
        return _read_form(request.body, policy)
    if media_type == JSON:
        return _read_json(request.body, policy)
    raise BadRequest(415, UNKNOWN_TYPE)


def is_json(request: Request) -> bool:
    """Return True if a request says that its body is JSON: then the response is JSON as well."""
    return _media_type(request.headers.get("content-type", "")) == JSON


def _media_type(content_type: str) -> str:
    """Return the media type in lower case, or "" if its charset is not UTF-8."""
    media_type, _, parameters = content_type.lower().partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip(" \t").partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return ""
    return media_type.strip(" \t")


def _read_form(body: bytes, policy: Policy) -> ChoiceForm:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest(400, BROKEN_FORM) from None
    fields: dict[str, list[str]] = {
        name: [] for name in ("choice", "category", "exempt", "next", "source", "language")
    }
    for name, value in pairs:
        # No page sends NUL, and a later reader might end a text at it.
        if "\0" in value:
            raise BadRequest(400, BROKEN_FORM)
        fields.setdefault(name, []).append(value)
    for name in ("choice", "next"):
        if len(fields[name]) > 1:
            raise BadRequest(400, REPEATED, field=name)
    choice = _as_choice(*fields["choice"])
    # The boxes of a page are sent with each of its buttons, but only this one saves them.
    names = fields["category"] if choice in _NAMING else []
    categories = _as_categories(names, policy)
    _check_named(choice, categories)
    return ChoiceForm(
        choice,
        categories,
        exempt=frozenset(fields["exempt"]),
        next="".join(fields["next"]),
        source="".join(fields["source"]),
        language="".join(fields["language"]),
    )


def _read_json(body: bytes, policy: Policy) -> ChoiceForm:
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_as_object)
    except (ValueError, RecursionError):
        raise BadRequest(400, BROKEN_JSON) from None
    if not isinstance(document, dict):
        raise BadRequest(400, BROKEN_JSON)
    choice, names = document.get("choice"), _names_in(document)
    if not isinstance(choice, str | None):
        raise BadRequest(400, NOT_TEXT, field="choice")
    chosen = _as_choice(choice)
    # A program says what it means: "accept" beside a list may have meant the list.
    if names and chosen not in _NAMING:
        raise BadRequest(400, ONLY_WITH_SAVE)
    language = document.get("language")
    categories = _as_categories(names, policy)
    _check_named(chosen, categories)
    return ChoiceForm(
        chosen,
        categories,
        wants_json=True,
        language=language if isinstance(language, str) else "",
    )


def _check_named(choice: Choice, categories: frozenset[str]) -> None:
    # Without a name it would grant all, which is said with "accept".
    if choice is Choice.ALLOW and not categories:
        raise BadRequest(400, NOTHING_NAMED)


def _as_object(pairs: Iterable[tuple[str, object]]) -> Mapping[str, object]:
    document: dict[str, object] = {}
    for name, value in pairs:
        # Another reader on the way may have taken the other of two (RFC 8259 section 4).
        if name in document:
            raise BadRequest(400, REPEATED, field=name)
        document[name] = value
    return document


def _names_in(document: Mapping[str, object]) -> list[str]:
    """Return the names of categories in a JSON object."""
    if "categories" in document and "category" in document:
        raise BadRequest(400, REPEATED, field="categories")
    field = "category" if "category" in document else "categories"
    names = document.get(field, [])
    if field == "category" and isinstance(names, str):
        return [names]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest(400, NOT_NAMES, field=field)
    return names


def _as_choice(choice: str | None = None) -> Choice:
    if choice is None:
        raise BadRequest(400, MISSING_CHOICE)
    try:
        return Choice(choice)
    except ValueError:
        raise BadRequest(400, UNKNOWN_CHOICE, choice=choice) from None


def _as_categories(names: Iterable[str], policy: Policy) -> frozenset[str]:
    # Nobody was shown a category in which nothing is declared, so nobody can consent to it.
    known = (NECESSARY, *policy.optional_categories)
    for name in names:
        if name not in known:
            raise BadRequest(400, UNKNOWN_CATEGORY, category=name, known=", ".join(known))
    return frozenset(names) - {NECESSARY}


def _quotable(value: str) -> str:
    """Return a visitor's text in visible ASCII, cut where it is long."""
    cut = value if len(value) <= LONGEST_QUOTED else f"{value[:LONGEST_QUOTED]}..."
    return ascii(cut)[1:-1]
