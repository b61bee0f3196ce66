"""What the doors ask: whether a path is one of the visitor's pages, and whose policy they show."""

from __future__ import annotations

from consentgate.policy import Policy
from consentgate.site.options import SiteOptions
from consentgate.site.site import WELL_KNOWN, Site
from consentgate.site.static_files import StaticFiles
from consentgate.site.texts import load_texts

PROOFREAD = ("en", "fr")
"""The languages that are served where a site names none."""


class Sites:
    """The visitor's pages of one middleware, shared by all its requests: texts and files are read
    once, and each policy has a `Site`."""

    def __init__(self, options: SiteOptions) -> None:
        assert options.prefix is not None, "a site without pages has no Sites"
        self.options = options
        self._prefix = options.prefix
        self._has_gpc = options.gpc_updated is not None
        languages = options.languages or PROOFREAD
        self._texts = load_texts(languages, catalogues=options.catalogues)
        self._static = StaticFiles()
        self._made: dict[int, tuple[Policy, Site]] = {}

    def own_path(self, path: str) -> str | None:
        """What of an application's path stands after the prefix; None where it is not ours."""
        if not path.startswith(self._prefix):
            return WELL_KNOWN if self._has_gpc and path == WELL_KNOWN else None
        own = path[len(self._prefix) :]
        return own if own[:1] in ("", "/") else None

    def site_of(self, policy: Policy) -> Site:
        """The pages of a policy. As many are kept as there are gates, which are limited."""
        made = self._made.get(id(policy))
        if made is None:
            # The policy is kept beside its site, so that its id stays its own.
            site = Site(policy, options=self.options, texts=self._texts, static=self._static)
            made = self._made[id(policy)] = (policy, site)
        return made[1]
