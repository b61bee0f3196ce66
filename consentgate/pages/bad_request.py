"""Why a request to one of the visitor's pages is refused; never the site's own mistake."""

from __future__ import annotations

LONGEST_SHOWN = 64  # characters of what a visitor sent, in a message


class BadRequest(Exception):
    """A request that is answered with this status and a message that says what to send.

    The message is a sentence of the library's own, in English, with what a visitor sent in its
    places: `sentence` and `said` keep the two apart for whoever translates it.
    """

    def __init__(self, status: int, sentence: str, **said: str) -> None:
        self.status = status
        self.sentence = sentence
        self.said = {name: _shown(text) for name, text in said.items()}
        self.message = sentence % self.said if said else sentence
        super().__init__(self.message)


def _shown(text: str) -> str:
    """A visitor's text, visible and short."""
    cut = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    return ascii(cut)[1:-1]
