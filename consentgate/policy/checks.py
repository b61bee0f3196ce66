"""What can be wrong with a declaration only as a whole: errors, not opinions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from consentgate.errors import Finding
from consentgate.policy.category import Category
from consentgate.policy.declaration import DeclaredAt
from consentgate.policy.names import Glob
from consentgate.policy.overlaps import Claim, rivals
from consentgate.policy.problems import choose_from
from consentgate.policy.vocabulary import Kind


def unknown_categories(
    declared: Iterable[DeclaredAt], categories: Sequence[Category]
) -> Iterator[Finding]:
    """Yield an error (CG003) for each cookie of a category that nobody declared."""
    known = {category.name: None for category in categories}
    for placed in declared:
        for name in placed.cookie.categories:
            if name not in known:
                hint = choose_from(known, instead_of=name)
                yield Finding("CG003", placed.place, f"no category is called {name!r:.80}", hint)


def rival_globs(declared: Sequence[DeclaredAt]) -> Iterator[Finding]:
    """Yield an error (CG005) for globs of different categories between which nothing decides."""
    claims = (
        Claim(number, Glob.of(placed.cookie.name), placed.cookie.category)
        for number, placed in enumerate(declared)
        if "*" in placed.cookie.name and placed.cookie.kind is Kind.COOKIE
    )
    for first, second in rivals(claims):
        one, other = declared[first], declared[second]
        message = (
            f"a name can match it and {one.cookie.name!r} at {one.source}[{one.number}] equally, "
            f"in {other.cookie.category!r} and in {one.cookie.category!r}"
        )
        hint = "make one of them longer, or give both one category"
        yield Finding("CG005", other.place, message, hint)
