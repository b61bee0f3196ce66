"""One explicit decision of a visitor, and the notice it answers, as values that a record keeps.

A decision says nothing of who decided: no address, no user agent, no page (GDPR art. 5(1)(c)).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from consentgate.choice.codec import LIFETIME
from consentgate.choice.consent import Consent
from consentgate.choice.randomness import LENGTH, random_bytes
from consentgate.policy.lifetime import lifetime_text

ID_BYTES = LENGTH


class DecisionKind(StrEnum):
    """What a decision says as a whole."""

    GIVEN = "given"
    REFUSED = "refused"
    PARTIAL = "partial"
    WITHDRAWN = "withdrawn"


class CategoryState(StrEnum):
    """What a decision says of one category. RENEWED: it was given again while it was granted."""

    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DecidedCategory(NamedTuple):
    """The state of one category, and the fingerprint of what the visitor was told of it."""

    state: CategoryState
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a visitor was shown, exactly: `body` holds the templates' output, texts, styles and
    declaration as JSON (UTF-8), so that it can be shown again. Records name it by `digest`."""

    body: bytes
    language: str
    media_type: str = "application/json"
    digest: bytes = field(init=False, repr=False)
    """The SHA-256 of the digests of its members (`notice_digest`)."""

    def __post_init__(self) -> None:
        # Once: many decisions share a notice of many kilobytes.
        object.__setattr__(self, "digest", _digest_of(self.body))


def notice_digest(members: Mapping[str, str]) -> bytes:
    """Return the digest of a notice by the digests of its members. So a receipt proves what a
    notice declares without the pages and styles in which it was shown."""
    return hashlib.sha256(_ascii_json(members)).digest()


def member_digest(member: object) -> str:
    """Return the hexadecimal digest of one member of a notice, a value of JSON."""
    return hashlib.sha256(_ascii_json(member)).hexdigest()


def _digest_of(body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return hashlib.sha256(body).digest()
    return notice_digest({name: member_digest(member) for name, member in document.items()})


def _ascii_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Decision:
    """One explicit decision.

    `decided_at` is the gate's clock, in UTC. `method` is what the visitor did: "accept", "refuse",
    "save", "withdraw", or "code" where a handler of the site changed the choice. `source` is an
    open word for where: "banner", "preferences", "json", "handler". `gpc`: the request had
    `Sec-GPC: 1`. `replaces` is the id of the record that a withdrawal or a new grant replaces,
    where the visitor's record cookie came with it. `lifetime` is how long the choice holds, by
    the regime of the day: a later regime does not change what was agreed to.
    """

    id: bytes
    decided_at: datetime
    kind: DecisionKind
    categories: Mapping[str, DecidedCategory]
    notice: Notice | None
    language: str
    method: str
    source: str
    gpc: bool = False
    replaces: bytes | None = None
    lifetime: timedelta = LIFETIME

    @property
    def grants(self) -> bool:
        """Whether the decision allows anything, so that it must be recorded before it counts."""
        return self.kind in (DecisionKind.GIVEN, DecisionKind.PARTIAL)

    def payload(self) -> bytes:
        """Return what is recorded: canonical JSON (RFC 8785), which texts, booleans and plain
        names need no more for than sorted keys and no blanks."""
        document: dict[str, object] = {
            "id": self.id.hex(),
            "at": self.decided_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "decision": self.kind.value,
            "categories": {
                name: {"state": decided.state.value, "fingerprint": decided.fingerprint}
                for name, decided in self.categories.items()
            },
            "notice": "" if self.notice is None else self.notice.digest.hex(),
            "language": self.language,
            "method": self.method,
            "source": self.source,
            "gpc": self.gpc,
            "lifetime": lifetime_text(self.lifetime),
        }
        if self.replaces is not None:
            document["replaces"] = self.replaces.hex()
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8")


def new_id() -> bytes:
    """Return the id of a new record: random, so that it says nothing of a visitor."""
    return random_bytes()


def decided_categories(before: Consent, after: Consent) -> dict[str, DecidedCategory]:
    """Return the state of each category that is decided in `after`, a choice made by a visitor
    whose choice was `before`."""
    fingerprints = dict(after.fingerprints)
    states = {
        **{
            name: CategoryState.RENEWED if name in before.granted else CategoryState.GIVEN
            for name in after.granted
        },
        **{
            name: CategoryState.WITHDRAWN if name in before.granted else CategoryState.REFUSED
            for name in after.refused
        },
    }
    return {name: DecidedCategory(states[name], fingerprints.get(name, "")) for name in states}


def kind_of(categories: Mapping[str, DecidedCategory], choosable: frozenset[str]) -> DecisionKind:
    """Return what a decision on these categories says as a whole; `choosable` are all that a
    visitor of the site can choose."""
    states = {decided.state for decided in categories.values()}
    granted = {
        name
        for name, decided in categories.items()
        if decided.state in (CategoryState.GIVEN, CategoryState.RENEWED)
    }
    if granted:
        return DecisionKind.GIVEN if granted.issuperset(choosable) else DecisionKind.PARTIAL
    if CategoryState.WITHDRAWN in states:
        return DecisionKind.WITHDRAWN
    return DecisionKind.REFUSED
