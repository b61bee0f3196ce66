"""Where decisions are sent, and how a receiver knows that they are the site's."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from consentgate.errors import ConfigurationError

SIGNATURE_HEADER = "Consentgate-Signature"
_SHORTEST_SECRET = 16


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to which the payload of each decision is sent, at least once.

    With a `secret`, each request has a header `Consentgate-Signature: sha256=<hexadecimal>`, the
    HMAC-SHA-256 of its body. `name` is what the store has of the address, by default its host and
    path; a path that is secret is a reason to give another.
    """

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    name: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(
                "a webhook has no address of the form https://host/path: " + repr(self.name or "?")
            )
        if self.secret and len(self.secret) < _SHORTEST_SECRET:
            raise ConfigurationError(
                f"the secret of the webhook to {parts.hostname} is shorter than "
                f"{_SHORTEST_SECRET} characters"
            )
        if not self.name:
            object.__setattr__(self, "name", f"{parts.hostname}{parts.path}")

    def headers(self, record_id: bytes, body: bytes) -> dict[str, str]:
        """Return the headers of the request about a record."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": record_id.hex(),
            "User-Agent": "consentgate",
        }
        if self.secret:
            digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            headers[SIGNATURE_HEADER] = f"sha256={digest}"
        return headers


def as_webhooks(given: object) -> tuple[Webhook, ...]:
    """Return the webhooks of an option, in which an address alone may be a text."""
    if isinstance(given, str | Webhook) or not isinstance(given, list | tuple):
        raise ConfigurationError("webhooks= is no list; write webhooks=['https://host/path']")
    webhooks = tuple(
        value if isinstance(value, Webhook) else Webhook(str(value)) for value in given
    )
    if len({webhook.name for webhook in webhooks}) < len(webhooks):
        raise ConfigurationError("two webhooks have one name; give each Webhook a name of its own")
    return webhooks
