"""The addresses that the visitor's pages and the banner link to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below what the application is mounted on.

    `language` is the tag that a page hands on, so that whoever chose one goes on in it, and "" on
    a site of one language. `next_path` is the page to come back to, "" where none is known.
    """

    mount: str
    prefix: str
    language: str = ""
    next_path: str = ""

    @property
    def action(self) -> str:
        """Where the choice is sent to."""
        return f"{self.mount}{self.prefix}/"

    @property
    def preferences_page(self) -> str:
        """The preference centre."""
        return self.action + self._query(self.language)

    @property
    def charter(self) -> str:
        """The cookie charter."""
        return f"{self.mount}{self.prefix}/charter{self._query(self.language)}"

    @property
    def state_script(self) -> str:
        """The script that tells a page the visitor's state."""
        return f"{self.mount}{self.prefix}/state.js"

    @property
    def back(self) -> str:
        """The page that the visitor came from, else the first of the application."""
        return self.next_path or f"{self.mount}/"

    @property
    def after_choice(self) -> str:
        """Where the preference centre leads to once the choice is saved: back, else to itself."""
        return self.next_path or self.preferences_page

    def static(self, name: str) -> str:
        """A static file of the library's."""
        return f"{self.mount}{self.prefix}/static/{name}"

    def in_language(self, language: str) -> str:
        """The page itself in another language."""
        return self._query(language)

    def _query(self, language: str) -> str:
        fields = {"next": self.next_path, "lang": language}
        given = {name: value for name, value in fields.items() if value}
        return f"?{urlencode(given, safe='/')}" if given else ""
