"""The gate without a server: a policy and its visitors' choices become verdicts on headers.

Nothing here does I/O. The doors hand in the headers of one response and apply what comes back.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from inspect import iscoroutinefunction
from typing import NamedTuple, TypeVar

from consentgate.choice.clock import seconds_of, utc_now
from consentgate.choice.codec import LONGEST_VALUE, PreferencesCodec
from consentgate.choice.consent import NECESSARY, Consent
from consentgate.choice.stored import ChoiceReader
from consentgate.errors import ConfigurationError
from consentgate.gate.choice_cookie import ChoiceCookie, check_flags
from consentgate.gate.events import Action, Event, Reason, Reporter
from consentgate.gate.exchange import Exchange, OfflineExchange
from consentgate.gate.judge import Judge, Verdict
from consentgate.gate.options import Enforcement, HideCookies, Mode, Unknown
from consentgate.gate.request_filter import RequestFilter
from consentgate.gate.settings import GateSettings, Request
from consentgate.gate.withdrawal import expiries
from consentgate.http.caching import COOKIE, COOKIE_AND_SIGNAL, NOTHING, Header, keep_private
from consentgate.http.header_names import COOKIE_KINDS, SET_COOKIE, SMUGGLED, Remembered
from consentgate.http.set_cookie import has_line_break, split_set_cookie
from consentgate.policy import Cookie, Policy

logger = logging.getLogger("consentgate")

Word = TypeVar("Word", bound=StrEnum)


class Outcome(NamedTuple):
    """What a response leaves with.

    `values` answer the noted headers one by one, None for what goes. `first` are Set-Cookie
    values to send before all others, `expired` those to send after them, `caching` the caching
    headers to add. `blocked` are the verdicts for which the whole response must not leave.
    """

    values: tuple[str | None, ...]
    first: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    caching: tuple[Header, ...] = ()
    blocked: tuple[Verdict, ...] = ()


class _Ruling(NamedTuple):
    """The verdicts on one response: what becomes of each noted header, the verdicts on cookies,
    and the places of the caching headers among those noted."""

    values: list[str | None]
    verdicts: list[Verdict]
    caching: list[int]

    @property
    def marks_private(self) -> bool:
        return any(verdict.marks_private for verdict in self.verdicts)

    def keep_private(
        self, noted: Sequence[Header], exchange: Exchange, *, private: bool
    ) -> Sequence[Header]:
        """Change the caching headers as they must be; the ones to add."""
        vary = NOTHING
        if exchange.varies_on_cookie:
            vary = COOKIE_AND_SIGNAL if exchange.varies_on_gpc else COOKIE
        present = [noted[place] for place in self.caching]
        kept, appended = keep_private(present, private=private, vary=vary)
        for place, value in zip(self.caching, kept, strict=True):
            self.values[place] = value
        return appended


class Gate:
    """One policy, its keys and its options; shared by all requests.

    `secret_key` signs the choice and `fallback_keys` verify older ones. `mode`, `unknown`, `thin`
    and the values of `required` are the words of `consentgate.gate.options`. With
    `scan_headers` the ASGI middleware drops other headers that hold CR, LF or NUL, as the WSGI
    one always does; it is off since servers refuse them. `clock` returns the present as an aware
    UTC datetime. `domain`, `path`, `same_site`, `secure` (None: on https) and `http_only` (off,
    so that a page's script can read the choice) are those of the preferences cookie. Raises
    ConfigurationError.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        secret_key: str | bytes,
        fallback_keys: Collection[str | bytes] = (),
        audience: str = "",
        mode: str = Mode.ENFORCE,
        unknown: str = Unknown.STRIP,
        hide_cookies: str = HideCookies.REFUSED,
        clamp: bool = False,
        scan_headers: bool = False,
        required: Callable[[Request], Enforcement] | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Callable[[], datetime] = utc_now,
        domain: str = "",
        path: str = "/",
        same_site: str = "Lax",
        secure: bool | None = None,
        http_only: bool = False,
    ) -> None:
        _check_policy(policy)
        _check_functions(required=required, on_event=on_event, clock=clock)
        check_flags(clamp=clamp, scan_headers=scan_headers)
        self.policy = policy
        self.scan_headers = scan_headers
        self._codec = PreferencesCodec(
            policy.preferences_cookie,
            secret_key=secret_key,
            fallback_keys=fallback_keys,
            audience=audience,
        )
        self._choice = ChoiceCookie(
            policy,
            self._codec,
            clock=clock,
            domain=domain,
            path=path,
            same_site=same_site,
            secure=secure,
            http_only=http_only,
        )
        modes = (
            _as_word(Mode, mode, option="mode"),
            _as_word(Unknown, unknown, option="unknown"),
            _as_word(HideCookies, hide_cookies, option="hide_cookies"),
        )
        keys = _digest(secret_key, *fallback_keys)
        signalled = frozenset(
            category.name
            for category in policy.categories
            if category.gpc and category.name in policy.optional_categories
        )
        self.context = GateSettings(
            identity=(
                *(policy, keys, audience, *modes, clamp, scan_headers, required),
                self._choice.attributes,
            ),
            policy=policy,
            reader=ChoiceReader(policy, self._codec, clock=clock),
            reporter=Reporter(on_event, mode=modes[0]),
            clock=clock,
            now_s=seconds_of(clock),
            mode=modes[0],
            unknown=modes[1],
            hide_cookies=modes[2],
            clamp=clamp,
            http_only=http_only,
            required=required,
            signalled=signalled,
            signal_matters=any(
                rule.anonymous and not signalled.isdisjoint(rule.categories)
                for rule in policy.rules
            ),
        )
        self._judge = Judge(self.context)
        self._category_of = Remembered[str, str](self.simple_category)
        self.request_filter = None if modes[2] is HideCookies.OFF else RequestFilter(self.context)
        self._check_size()
        for finding in policy.findings():
            logger.warning("%s", finding)

    def simple_category(self, name: str) -> str:
        """The category that alone decides on a Set-Cookie that begins with `name` and "=": as
        soon as it is allowed the value leaves byte for byte, line breaks aside. Empty where more
        must be looked at. What a door may remember and decide by itself."""
        rule = self.policy.rule_for(name)
        # The name must be what a browser reads: no blanks around it, no ";" in it.
        if rule is None or split_set_cookie(f"{name}=") != (name, ""):
            return ""
        context = self.context
        judged_by_category = context.mode is Mode.ENFORCE and context.required is None
        is_own = name == self.policy.preferences_cookie
        if is_own or not (rule.necessary or judged_by_category):
            return ""
        return rule.category if _is_simple(rule, clamp=context.clamp) else ""

    def judge(self, value: str, consent: Consent, *, cookie: str = "") -> Verdict:
        """The verdict on one Set-Cookie value for a visitor of this consent, over https.

        `cookie` is the text of the request's Cookie header, where that matters. Never raises.
        """
        exchange = OfflineExchange(self.context, consent, cookie=cookie)
        return self._judge.judge(value, exchange)

    def filter(self, values: Iterable[str], consent: Consent, *, cookie: str = "") -> list[str]:
        """The Set-Cookie values that leave to a visitor of this consent, in order."""
        exchange = OfflineExchange(self.context, consent, cookie=cookie)
        outcome = self.respond(exchange, [(SET_COOKIE, value) for value in values])
        return [value for value in outcome.values if value is not None]

    def consent_for(self, *granted: str) -> Consent:
        """The consent of a visitor who today allowed these categories and refused the others."""
        self._check_categories(granted)
        today = self.context.clock().date()
        prints = {name: self.policy.fingerprint(name) for name in self._choosable(granted)}
        allowed = {name: prints[name] for name in granted}
        return Consent.undecided().with_refused(prints, day=today).with_granted(allowed, day=today)

    def preferences_for(self, *granted: str) -> str:
        """The Cookie header text of a visitor who allowed these categories and refused the
        others: "cookies_preferences=..."."""
        value = self._codec.encode(self.consent_for(*granted))
        return f"{self.policy.preferences_cookie}={value}"

    def respond(
        self, exchange: Exchange, noted: Sequence[Header], *, content_type: str = ""
    ) -> Outcome:
        """What one response leaves with.

        `noted` are its Set-Cookie and caching headers in wire order, as (lower-case name, value);
        `content_type` is its own. May be called again for the same visit: a WSGI application may
        start its response anew after an error.
        """
        ruling = self._rule(exchange, noted)
        first, expired = self._added(exchange, noted, content_type=content_type)
        added: Sequence[Header] = ()
        if self.context.mode is Mode.REPORT:
            # Only a choice changes what leaves, and it is for its visitor alone here too.
            ruling.values[:] = [value for _, value in noted]
            added = ruling.keep_private(noted, exchange, private=True) if first else ()
            return Outcome(tuple(ruling.values), tuple(first), caching=tuple(added))
        private = bool(first or expired) or exchange.is_private or ruling.marks_private
        if private or exchange.varies_on_cookie:
            added = ruling.keep_private(noted, exchange, private=private)
        values, blocked = tuple(ruling.values), self._blocked(ruling.verdicts)
        return Outcome(values, tuple(first), tuple(expired), tuple(added), blocked)

    def screen(self, exchange: Exchange, noted: Sequence[Header]) -> Outcome:
        """What leaves in a message that can't bear the choice itself: trailers, early hints,
        pushed requests."""
        ruling = self._rule(exchange, noted)
        if self.context.mode is Mode.REPORT:
            return Outcome(tuple(value for _, value in noted))
        return Outcome(tuple(ruling.values))

    def _rule(self, exchange: Exchange, noted: Sequence[Header]) -> _Ruling:
        ruling = _Ruling([], [], [])
        for place, (kind, value) in enumerate(noted):
            if kind == SET_COOKIE:
                if self._is_allowed(value, exchange):
                    ruling.values.append(value)
                    continue
                verdict = self._judge.judge(value, exchange)
            elif kind == SMUGGLED:
                verdict = Verdict(Action.STRIP, Reason.HEADER_NAME, "", None, None)
            else:
                ruling.caching.append(place)
                ruling.values.append(value)
                continue
            ruling.values.append(verdict.value)
            ruling.verdicts.append(verdict)
            if not verdict.stands:
                exchange.report(
                    verdict.reason, verdict.action, name=verdict.name, rule=verdict.rule
                )
        return ruling

    def _is_allowed(self, value: str, exchange: Exchange) -> bool:
        """True for a value that passes byte for byte by its category alone."""
        name, equals, _ = value.partition("=")
        category = self._category_of[name] if equals else ""
        if category == "" or has_line_break(value):
            return False
        return category == NECESSARY or exchange.lets_out(category)

    def _added(
        self, exchange: Exchange, noted: Sequence[Header], *, content_type: str
    ) -> tuple[Sequence[str], Sequence[str]]:
        """The Set-Cookie values of a changed choice, and those that expire what is refused."""
        if not exchange.has_changed:
            return (), ()
        first = self._choice.values_for(exchange)
        if exchange.new_choice is None and not exchange.refused_but_sent:
            return first, ()
        caching = [header for header in noted if header[0] not in COOKIE_KINDS]
        expired = expiries(exchange, self.context, caching=caching, content_type=content_type)
        # Report mode tells what would be expired, and expires nothing.
        return first, () if self.context.mode is Mode.REPORT else expired

    def _blocked(self, verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
        if self.context.mode is not Mode.BLOCK:
            return ()
        # What is merely not renewed is no mistake: the application can't know that it came in.
        return tuple(
            one for one in verdicts if one.value is None and one.reason is not Reason.NOT_RENEWED
        )

    def _choosable(self, granted: Iterable[str]) -> list[str]:
        return list(dict.fromkeys((*self.policy.optional_categories, *granted)))

    def _check_categories(self, names: Iterable[str]) -> None:
        for name in names:
            if self.policy.category(name) is None:
                known = ", ".join(one.name for one in self.policy.categories)
                raise ConfigurationError(f"the policy has no category {name!r}; it has {known}")

    def _check_size(self) -> None:
        length = len(self._codec.encode(self.consent_for(*self.policy.optional_categories)))
        if length > LONGEST_VALUE:
            raise ConfigurationError(
                f"a choice on {len(self.policy.optional_categories)} categories takes {length} "
                f"characters, more than the {LONGEST_VALUE} that are read back; join categories "
                "or shorten their names"
            )


def _is_simple(rule: Cookie, *, clamp: bool) -> bool:
    """True when only the rule's category decides, and nothing of the cookie is changed."""
    raises = rule.secure or rule.http_only or rule.same_site
    clamps = clamp and rule.lifetime and not rule.necessary
    return not (raises or clamps or rule.anonymous or len(rule.categories) > 1)


def _as_word(words: type[Word], value: str, *, option: str) -> Word:
    try:
        return words(value)
    except ValueError:
        known = ", ".join(repr(word.value) for word in words)
        raise ConfigurationError(f"{option}={value!r} is not known; use one of {known}") from None


def _check_policy(policy: object) -> None:
    if not isinstance(policy, Policy):
        raise ConfigurationError(
            f"policy is a {type(policy).__name__}; pass a consentgate.Policy, for example "
            "Policy(necessary=['session']) or Policy.from_toml('consent.toml')"
        )


def _check_functions(*, clock: Callable[[], object], **optional: object) -> None:
    given = {"clock": clock} | {key: value for key, value in optional.items() if value is not None}
    for option, value in given.items():
        if not callable(value) or iscoroutinefunction(value):
            raise ConfigurationError(
                f"{option} is no function, or one that is async: {value!r:.80}"
            )
    now = clock()
    if not isinstance(now, datetime) or now.utcoffset() != timedelta():
        raise ConfigurationError("clock must return aware datetimes in UTC: datetime.now(UTC)")


def _digest(*keys: str | bytes) -> bytes:
    """A digest of the keys, so that equal gates are told without comparing secrets."""
    digest = hashlib.sha256()
    for key in keys:
        raw = key.encode() if isinstance(key, str) else key
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return digest.digest()
