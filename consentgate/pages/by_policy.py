"""What the doors ask: whether a path is one of the visitor's pages, and whose policy they show."""

from __future__ import annotations

from datetime import date

from consentgate.pages.durations import day_words
from consentgate.pages.endpoints import WELL_KNOWN, PolicyPages
from consentgate.pages.options import PagesOptions
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import load_texts
from consentgate.policy import Policy

PROOFREAD = ("en", "fr")
"""The languages that are served where a site names none."""

_STATIC = StaticFiles()
_PROOFREAD_TEXTS = load_texts(PROOFREAD)


class PagesByPolicy:
    """The visitor's pages of one middleware, shared by all its requests: texts and files are read
    once, and each policy has a `Site`."""

    def __init__(self, options: PagesOptions) -> None:
        assert options.prefix is not None, "a site without pages has no Sites"
        self.options = options
        self._prefix = options.prefix
        self._has_gpc = options.gpc_updated is not None
        # What stands in each path that `own_path` knows: where it is not, nobody needs to ask.
        self.mark = "/" if self._has_gpc else options.prefix
        self._texts = _PROOFREAD_TEXTS
        if options.languages or options.catalogues is not None:
            languages = options.languages or PROOFREAD
            self._texts = load_texts(languages, catalogues=options.catalogues)
        self._made: dict[int, tuple[Policy, PolicyPages]] = {}
        # Whatever is wrong shows at start-up, and whatever is read from files is read then: under
        # ASGI a request must not wait for a disk.
        self._make(Policy())
        for texts in self._texts.values():
            day_words(date.min, texts)

    def own_path(self, path: str) -> str | None:
        """What of an application's path stands after the prefix; None where it is not ours."""
        if not path.startswith(self._prefix):
            return WELL_KNOWN if self._has_gpc and path == WELL_KNOWN else None
        own = path[len(self._prefix) :]
        return own if own[:1] in ("", "/") else None

    def site_of(self, policy: Policy) -> PolicyPages:
        """The pages of a policy. As many are kept as there are gates, which are limited."""
        made = self._made.get(id(policy))
        if made is None:
            # The policy is kept beside its site, so that its id stays its own.
            made = self._made[id(policy)] = (policy, self._make(policy))
        return made[1]

    def _make(self, policy: Policy) -> PolicyPages:
        return PolicyPages(policy, options=self.options, texts=self._texts, static=_STATIC)


# Read with the module what nearly every site needs: Starlette makes its middleware within the
# event loop, where reading files would hold up what else runs in it.
PagesByPolicy(PagesOptions())
