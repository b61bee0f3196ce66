"""The visitor's pages of one middleware: each policy has its own, texts and files are read once."""

from __future__ import annotations

from datetime import date

from consentgate.gate.recording import Recorder
from consentgate.pages.durations import day_words
from consentgate.pages.endpoints import PolicyPages
from consentgate.pages.options import PagesOptions
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import load_texts
from consentgate.policy import Policy

PROOFREAD = ("en", "fr")
"""The languages that are served where a site names none."""

_STATIC = StaticFiles()
_PROOFREAD_TEXTS = load_texts(PROOFREAD)


class PagesByPolicy:
    """The visitor's pages of one middleware: texts and files are read once, and each policy has
    its own `PolicyPages`. `path_mark` is part of each path that `PolicyPages.own_path` knows."""

    def __init__(self, options: PagesOptions, *, recorder: Recorder | None = None) -> None:
        assert options.prefix is not None, "without a prefix there are no pages"
        self.options = options
        self._recorder = recorder
        self.path_mark = options.prefix if options.gpc_updated is None else "/"
        self._texts = _PROOFREAD_TEXTS
        if options.languages or options.catalogues is not None:
            languages = options.languages or PROOFREAD
            self._texts = load_texts(languages, catalogues=options.catalogues)
        # Whatever is wrong shows at start-up, and whatever is read from files is read then: under
        # ASGI a request must not wait for a disk.
        self.of(Policy())
        for texts in self._texts.values():
            day_words(date.min, texts)

    def of(
        self, policy: Policy, *, strips_unknown: bool = True, is_hidden: bool = False
    ) -> PolicyPages:
        """Return the pages of a policy. `strips_unknown`: what is not declared does not leave;
        `is_hidden`: scripts cannot read the choice."""
        parts = self.options.script_parts(strips_unknown=strips_unknown, is_hidden=is_hidden)
        return PolicyPages(
            policy,
            options=self.options,
            texts=self._texts,
            static=_STATIC,
            parts=parts,
            recorder=self._recorder,
        )


# Read with the module what nearly every site needs: Starlette makes its middleware within the
# event loop, where reading files would hold up what else runs in it.
PagesByPolicy(PagesOptions())
