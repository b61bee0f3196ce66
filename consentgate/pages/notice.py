"""The notice that a record names: what a visitor was shown, exactly, so that it can be shown again.

It is shown alike on each page of a site, so that addresses in it have no mount and lead back to no
page (CNIL deliberation 2020-092, proof of consent).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from consentgate import __version__
from consentgate._cache import BoundedCache
from consentgate.choice.decision import Notice
from consentgate.pages.options import Banner, PagesOptions
from consentgate.pages.policy_json import policy_json
from consentgate.pages.render import Pages
from consentgate.pages.static_files import STYLE_SHEET, StaticFiles
from consentgate.pages.texts import Texts
from consentgate.policy import Policy

FORMAT = 1

_FRAME = {"format": FORMAT, "version": __version__}

BUTTONS = {"accept": "Accept all", "refuse": "Refuse all", "save": "Save my choices"}
"""What each choice is called, in English: by these the catalogues find the words of a language."""

NoticeKey = tuple[str, frozenset[str]]


def declaration_of(policy: Policy) -> Notice:
    """Return what is declared, as a notice of which nothing was shown: a script or a handler of the
    site asked in words of its own."""
    declared = json.loads(policy_json(policy))
    return Notice(_canonical({**_FRAME, "buttons": {}, "policy": declared}), "")


class Notices:
    """The notices of one policy, each made when somebody first decides on it."""

    def __init__(
        self, pages: Pages, *, options: PagesOptions, static: StaticFiles, policy_json: bytes
    ) -> None:
        self._pages = pages
        self._is_static = options.banner is Banner.STATIC
        self._style_sheets = options.stylesheets
        self._static = static
        self._policy = json.loads(policy_json)
        self._made: BoundedCache[NoticeKey, Notice] = BoundedCache(
            most_entries=64, most_bytes=8 << 20, weigh=_weigh
        )

    def notice(self, texts: Texts, *, signalled: frozenset[str]) -> Notice:
        """Return the notice in a language, for a visitor whose browser refuses the categories in
        `signalled` by Global Privacy Control, as it says."""
        key = (texts.language, signalled)
        made = self._made.get(key)
        if made is None:
            made = Notice(self._render(texts, signalled), texts.language)
            self._made.remember(key, made)
        return made

    def _render(self, texts: Texts, signalled: frozenset[str]) -> bytes:
        """Return the notice as JSON, the same in each process of the same version."""
        pages, static = self._pages, self._static
        if self._is_static:
            banner = pages.static_banner(texts, mount="")
        else:
            banner = pages.banner(texts, mount="", signalled=signalled).fill("")
        document: Mapping[str, object] = {
            **_FRAME,
            "language": texts.language,
            "banner": banner.decode("ascii"),
            "preferences": pages.undecided_preferences(texts, signalled=signalled),
            "buttons": {choice: texts(words) for choice, words in BUTTONS.items()},
            "style_sheet": static.answer(static.name_of(STYLE_SHEET)).body.decode("utf-8"),
            "style_sheets": self._style_sheets,
            "static_files": static.names,
            "policy": self._policy,
        }
        return _canonical(document)


def _canonical(document: Mapping[str, object]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _weigh(notice: Notice) -> int:
    return len(notice.body)
