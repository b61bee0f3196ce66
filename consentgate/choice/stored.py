"""What the preferences cookies of a visitor are worth now, under one policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from math import inf

from consentgate._cache import BoundedCache
from consentgate.choice.clock import seconds_of
from consentgate.choice.codec import (
    LONGEST_VALUE,
    ONE_DAY,
    PreferencesCodec,
    Rejection,
    lifetime_of,
)
from consentgate.choice.consent import Consent
from consentgate.http.cookie_header import cookie_values
from consentgate.http.set_cookie import BLANKS
from consentgate.policy import Policy

MOST_VERIFIED = 32  # signatures a request may cost; values already known are never counted
ONE_DAY_S = ONE_DAY.total_seconds()
NEVER = inf
LAST_DAY = datetime(9999, 1, 1, tzinfo=UTC)
_CHOICE_BYTES = 2048  # of a choice on a few categories


@dataclass(frozen=True, slots=True)
class StoredChoice:
    """What holds now of a visitor's choice.

    `consent` has only categories whose fingerprints still hold; `stale` are those chosen under
    another declaration, and `elsewhere` is what was chosen of categories in which this policy
    declares nothing: another host's that shares the cookie. `expires_at_s` is the moment (POSIX
    seconds) from which this value no longer counts. `rejected` are the reasons of the preferences
    cookies that were not believed; `cookies_received` is how many came.
    """

    consent: Consent = Consent.undecided()
    stale: frozenset[str] = frozenset()
    elsewhere: Consent = Consent.undecided()
    expires_at_s: float = NEVER
    rejected: tuple[Rejection, ...] = ()
    cookies_received: int = 0

    @property
    def expired(self) -> bool:
        """True when a signed choice came in that is too old to count."""
        return Rejection.EXPIRED in self.rejected

    @property
    def is_doubtful(self) -> bool:
        """True when a choice came in that does not count, or not for all of its categories.

        A shared cache may key on the choice without knowing whether it holds, so that the answer
        must not become that of the others who have it: it is private.
        """
        return bool(self.stale or self.rejected)


NOTHING = StoredChoice()


def _bounds_of(day: date | None, lifetime: timedelta) -> tuple[float, float]:
    """When a choice of that day begins and ends, in POSIX seconds."""
    if day is None:
        return -inf, LAST_DAY.timestamp()
    start = datetime.combine(day, time(), tzinfo=UTC)
    try:
        return start.timestamp(), (start + lifetime + ONE_DAY).timestamp()
    except OverflowError:  # a day at the end of the calendar
        return start.timestamp(), inf


class ChoiceReader:
    """Reads the choice of a visitor from a Cookie header.

    Verified values are remembered, so that a signature costs once per choice and day and not once
    per visitor; only values that were verified enter, so that forged ones can't push them out.
    """

    def __init__(
        self, policy: Policy, codec: PreferencesCodec, *, clock: Callable[[], datetime]
    ) -> None:
        self._policy = policy
        self._codec = codec
        self._lifetimes = policy.choice_lifetimes
        self._now_s = seconds_of(clock)
        self._name = policy.preferences_cookie
        self._current = frozenset(
            (category.name, policy.fingerprint(category.name)) for category in policy.categories
        )
        self._asked = frozenset(policy.optional_categories)
        self._verified: BoundedCache[str, StoredChoice] = BoundedCache(
            most_entries=512, most_bytes=2 << 20, longest_key=LONGEST_VALUE
        )

    def read(self, header: str | bytes) -> StoredChoice:
        """Return what the choice in this Cookie header is worth now; never raise.

        Invalid values beside valid ones are ignored and valid ones are intersected: a sibling
        subdomain can neither plant consent nor silence it.
        """
        text = header.decode("latin-1") if isinstance(header, bytes) else header
        if self._name not in text:
            return NOTHING
        place = place_of_choice(self._name, text)
        values = cookie_values(text, self._name) if place is None else [text[place[0] : place[1]]]
        if not values:
            return NOTHING
        if len(values) == 1:
            result = self._judge(values[0])
            if isinstance(result, StoredChoice):
                return result
            return StoredChoice(rejected=(result,), cookies_received=1)
        return self._combine(values)

    def settle(self, consent: Consent) -> StoredChoice:
        """What holds now of a consent, as if its cookie came in."""
        result = self._weigh(consent)
        return (
            result
            if isinstance(result, StoredChoice)
            else StoredChoice(rejected=(result,), cookies_received=1)
        )

    def _combine(self, values: list[str]) -> StoredChoice:
        """Return what several preferences cookies are worth; those known already cost nothing.

        Where more arrive than may be verified, a refusal could be among those left out, so that
        nothing is granted: forged ones planted around it must not silence it.
        """
        distinct = list(dict.fromkeys(values))
        known = sum(map(self._verified.__contains__, distinct))
        if len(distinct) - known > MOST_VERIFIED:
            return StoredChoice(rejected=(Rejection.OVERSIZED,), cookies_received=len(values))
        results = [self._judge(value) for value in distinct]
        valid = [standing for standing in results if isinstance(standing, StoredChoice)]
        rejected = tuple(reason for reason in results if isinstance(reason, Rejection))
        if not valid:
            return StoredChoice(rejected=rejected, cookies_received=len(values))
        merged = reduce(_intersect, valid)
        return replace(merged, rejected=rejected, cookies_received=len(values))

    def _judge(self, value: str) -> StoredChoice | Rejection:
        known = self._verified.get(value)
        if known is not None and self._now_s() < known.expires_at_s:
            return known
        consent = self._codec.decode(value)
        if isinstance(consent, Rejection):
            return consent
        result = self._weigh(consent)
        if isinstance(result, StoredChoice):
            self._verified.remember(value, result, weight_bytes=_CHOICE_BYTES)
        return result

    def _weigh(self, consent: Consent) -> StoredChoice | Rejection:
        starts_s, ends_s = _bounds_of(consent.day, lifetime_of(consent, self._lifetimes))
        now_s = self._now_s()
        # A day ahead is another server's clock; more is nobody's.
        if starts_s > now_s + ONE_DAY_S:
            return Rejection.FUTURE
        if now_s >= ends_s:
            return Rejection.EXPIRED
        if self._is_current(consent):
            return StoredChoice(consent=consent, expires_at_s=ends_s, cookies_received=1)
        return self._hold(consent, ends_s)

    def _hold(self, consent: Consent, ends: float) -> StoredChoice:
        prints = dict(consent.fingerprints)
        chosen = consent.granted | consent.refused
        current = frozenset(
            name
            for name in chosen
            if self._policy.accepts_fingerprint(
                name, prints.get(name, ""), refused=name in consent.refused
            )
        )
        return StoredChoice(
            consent=consent.limited_to(current),
            stale=(chosen & self._asked) - current,
            elsewhere=consent.limited_to(chosen - self._asked - current),
            expires_at_s=ends,
            cookies_received=1,
        )

    def _is_current(self, consent: Consent) -> bool:
        """Return whether each category was chosen as it is declared now, as nearly always."""
        chosen = consent.granted | consent.refused
        prints = consent.fingerprints
        return (
            prints <= self._current
            and len(prints) == len(consent.granted) + len(consent.refused)
            and chosen.issuperset([name for name, _ in prints])
        )


def place_of_choice(name: str, header: str) -> tuple[int, int] | None:
    """Return the start and end of the cookie's value, None where the header must be read with
    care."""
    start = header.find(name)
    begins = start == 0 or (start > 0 and header.startswith("; ", start - 2))
    start += len(name) + 1
    if not (begins and header.startswith("=", start - 1)) or header.find(name, start) >= 0:
        return None
    end = header.find(";", start)
    end = len(header) if end < 0 else end
    value = header[start:end]
    return (start, end) if value and value.strip(BLANKS) == value else None


def _intersect(first: StoredChoice, other: StoredChoice) -> StoredChoice:
    return StoredChoice(
        consent=first.consent.intersect(other.consent),
        stale=first.stale | other.stale,
        elsewhere=first.elsewhere.intersect(other.elsewhere),
        expires_at_s=min(first.expires_at_s, other.expires_at_s),
    )
