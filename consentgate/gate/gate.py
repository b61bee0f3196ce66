"""The gate without a server: a policy and its visitors' choices become verdicts on headers.

Nothing here does I/O: the middlewares pass headers in and send what comes back.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from inspect import iscoroutinefunction
from typing import AnyStr, ClassVar

from consentgate.choice.clock import seconds_of, utc_now
from consentgate.choice.codec import LONGEST_VALUE, PreferencesCodec
from consentgate.choice.consent import Consent
from consentgate.choice.stored import ChoiceReader
from consentgate.errors import ConfigurationError
from consentgate.gate.advice import Advisor
from consentgate.gate.choice_cookie import ChoiceCookie, check_flags
from consentgate.gate.events import Event, Reporter
from consentgate.gate.exchange import OfflineExchange
from consentgate.gate.judge import Judge, Verdict
from consentgate.gate.options import (
    Csp,
    CspOption,
    Enforcement,
    HideCookies,
    HideCookiesOption,
    Mode,
    ModeOption,
    SameSiteOption,
    Unknown,
    UnknownOption,
    as_option,
)
from consentgate.gate.recording import Records
from consentgate.gate.request_filter import RequestFilter
from consentgate.gate.response_filter import ResponseFilter
from consentgate.gate.settings import GateSettings, Request
from consentgate.http.wire import TEXT, WireFormat
from consentgate.policy import Policy
from consentgate.policy.keywords import names_keywords

logger = logging.getLogger("consentgate")


@names_keywords
class Gate:
    """One policy, its keys and its options; shared by all requests.

    `secret_key` signs the choice: at least 16 bytes, and not the placeholder of an example.
    `GateOptions` explains the other options; `records` is what the middlewares make of theirs.
    Raises ConfigurationError.
    """

    judge_class: ClassVar[type[Judge]] = Judge
    """What gives a gate's verdicts; test tools put one in its place that also notes them."""

    def __init__(
        self,
        policy: Policy,
        *,
        secret_key: str | bytes,
        fallback_keys: Collection[str | bytes] = (),
        audience: str = "",
        mode: ModeOption = Mode.ENFORCE,
        unknown: UnknownOption = Unknown.STRIP,
        hide_cookies: HideCookiesOption = HideCookies.REFUSED,
        csp: CspOption = Csp.OFF,
        clamp: bool = True,
        clear_site_data: bool = False,
        scan_headers: bool = False,
        required: Callable[[Request], Enforcement] | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Callable[[], datetime] = utc_now,
        domain: str = "",
        path: str = "",
        same_site: SameSiteOption = "Lax",
        secure: bool | None = None,
        http_only: bool = False,
        partitioned: bool = False,
        records: Records | None = None,
    ) -> None:
        _check_policy(policy)
        _check_functions(required=required, on_event=on_event, clock=clock)
        check_flags(clamp=clamp, clear_site_data=clear_site_data, scan_headers=scan_headers)
        self.policy = policy
        self.scan_headers = scan_headers
        self._codec = PreferencesCodec(
            policy.preferences_cookie,
            secret_key=secret_key,
            fallback_keys=fallback_keys,
            audience=audience,
        )
        self._choice_cookie = ChoiceCookie(
            policy,
            self._codec,
            now_s=seconds_of(clock),
            domain=domain,
            path=path,
            same_site=same_site,
            secure=secure,
            http_only=http_only,
            partitioned=partitioned,
        )
        modes = (
            as_option(Mode, mode, option="mode"),
            as_option(Unknown, unknown, option="unknown"),
            as_option(HideCookies, hide_cookies, option="hide_cookies"),
            as_option(Csp, csp, option="csp"),
        )
        keys = _digest(secret_key, *fallback_keys)
        self.settings = GateSettings(
            identity=(
                *(policy, keys, audience, *modes, clamp, clear_site_data, scan_headers, required),
                records is not None,
                self._choice_cookie.attributes,
            ),
            policy=policy,
            fingerprints={
                category.name: policy.fingerprint(category.name) for category in policy.categories
            },
            reader=ChoiceReader(policy, self._codec, clock=clock),
            reporter=Reporter(
                on_event,
                mode=modes[0],
                now_s=seconds_of(clock),
                advise=Advisor(policy, now_s=seconds_of(clock)).advise,
            ),
            clock=clock,
            now_s=seconds_of(clock),
            mode=modes[0],
            unknown=modes[1],
            hide_cookies=modes[2],
            csp=modes[3],
            clamp=clamp,
            clears_storage=clear_site_data,
            http_only=http_only,
            required=required,
            signalled=policy.signalled,
            signal_matters=any(
                rule.exempt and not policy.signalled.isdisjoint(rule.categories)
                for rule in policy.rules
            ),
            records=records,
        )
        self._judge = self.judge_class(self.settings)
        self._filter = self.response_filter(TEXT)
        hides = modes[2] is not HideCookies.OFF
        self.request_filter = RequestFilter(self.settings) if hides else None
        self._check_size()
        for finding in policy.findings():
            logger.warning("%s", finding)

    def response_filter(
        self,
        wire: WireFormat[AnyStr],
        *,
        scans: bool = False,
        kind: Callable[..., ResponseFilter[AnyStr]] = ResponseFilter,
    ) -> ResponseFilter[AnyStr]:
        """Return a filter of responses for a server interface that writes headers like this.

        `scans`: headers with a CR, LF or NUL are taken out even without `scan_headers`. `kind`
        makes it: a class that does more than judge cookies is made of the same parts.
        """
        return kind(
            self.settings,
            judge=self._judge,
            choice_cookie=self._choice_cookie,
            wire=wire,
            scans=scans or self.scan_headers,
        )

    def judge(self, value: str, consent: Consent, *, cookie: str = "") -> Verdict:
        """Return the verdict on one Set-Cookie value for a visitor of this consent, over https.

        `cookie` is the text of the request's Cookie header, where that matters. Never raise.
        """
        exchange = OfflineExchange(self.settings, consent, cookie=cookie)
        return self._judge.judge(value, exchange)

    def filter(self, values: Iterable[str], consent: Consent, *, cookie: str = "") -> list[str]:
        """Return the Set-Cookie values that leave to a visitor of this consent, in order."""
        exchange = OfflineExchange(self.settings, consent, cookie=cookie)
        headers = [(TEXT.set_cookie, value) for value in values]
        return [value for _, value in self._filter.screen(exchange, headers)]

    def consent_for(self, *granted: str) -> Consent:
        """Return the consent of a visitor who today allowed these categories and refused the
        others."""
        self._check_categories(granted)
        today = self.settings.clock().date()
        prints = {name: self.policy.fingerprint(name) for name in self._choosable(granted)}
        allowed = {name: prints[name] for name in granted}
        return Consent.undecided().with_refused(prints, day=today).with_granted(allowed, day=today)

    def preferences_for(self, *granted: str) -> str:
        """Return the Cookie header text of a visitor who allowed these categories and refused the
        others: "cookies_preferences=..."."""
        value = self._codec.encode(self.consent_for(*granted))
        return f"{self.policy.preferences_cookie}={value}"

    def _choosable(self, granted: Iterable[str]) -> list[str]:
        return list(dict.fromkeys((*self.policy.optional_categories, *granted)))

    def _check_categories(self, names: Iterable[str]) -> None:
        for name in names:
            if self.policy.category(name) is None:
                known = ", ".join(category.name for category in self.policy.categories)
                raise ConfigurationError(f"the policy has no category {name!r}; it has {known}")

    def _check_size(self) -> None:
        length = len(self._codec.encode(self.consent_for(*self.policy.optional_categories)))
        if length > LONGEST_VALUE:
            raise ConfigurationError(
                f"a choice on {len(self.policy.optional_categories)} categories takes {length} "
                f"characters, more than the {LONGEST_VALUE} that are read back; join categories "
                "or shorten their names"
            )


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
