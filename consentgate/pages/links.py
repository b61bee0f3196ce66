"""The addresses that the visitor's pages and the banner link to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below the mount point of the application.

    `language` is the tag that a page hands on, so that a visitor who chose a language keeps it; ""
    on a site of one language. `next_path` is the page to come back to, "" if none is known.
    """

    mount: str
    prefix: str
    language: str = ""
    next_path: str = ""

    @property
    def action(self) -> str:
        """Return the address that the forms post the choice to."""
        return f"{self.mount}{self.prefix}/"

    @property
    def preferences(self) -> str:
        """Return the address of the preferences page."""
        return self.action + self._query(self.language)

    @property
    def charter(self) -> str:
        """Return the address of the cookie charter."""
        return f"{self.mount}{self.prefix}/charter{self._query(self.language)}"

    @property
    def receipt(self) -> str:
        """Return the address of the receipt of the visitor's consent."""
        return f"{self.mount}{self.prefix}/receipt"

    @property
    def state_script(self) -> str:
        """Return the address of the script that gives a page the visitor's state."""
        return f"{self.mount}{self.prefix}/state.js"

    @property
    def back(self) -> str:
        """Return the page that the visitor came from, else the first one of the application."""
        return self.next_path or f"{self.mount}/"

    @property
    def after_choice(self) -> str:
        """Return the page to go on to once the choice is saved: back, else the preferences page."""
        return self.next_path or self.preferences

    def static(self, name: str) -> str:
        """Return the address of a static file of the library."""
        return f"{self.mount}{self.prefix}/static/{name}"

    def in_language(self, language: str) -> str:
        """Return the address of the page itself in another language."""
        return self._query(language)

    def _query(self, language: str) -> str:
        fields = {"next": self.next_path, "lang": language}
        given = {name: value for name, value in fields.items() if value}
        return f"?{urlencode(given, safe='/')}" if given else ""
