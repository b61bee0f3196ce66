"""Writes the visitor's choice, and the record cookie beside it: what the gate itself sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from consentgate.choice.codec import PreferencesCodec, end_of, lifetime_of
from consentgate.choice.consent import Consent
from consentgate.errors import ConfigurationError
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.record_cookie import RECORD_COOKIE
from consentgate.http.cookie_writing import expire_cookie, serialize_set_cookie
from consentgate.http.host_names import cookie_domains
from consentgate.http.set_cookie import BLANKS
from consentgate.policy import Policy

_PATH = re.compile(r"/[!-:<-~]*")
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_.~-]+)+")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]*")
_SAME_SITE = ("Lax", "Strict", "None")

# Only these very texts count, quotes included (W3C Clear Site Data).
_ALL_COOKIES = ('"cookies"', '"*"')


def check_flags(**options: object) -> None:
    """Nothing, where each option is True or False; a text such as "no" would count as true.
    Raises ConfigurationError."""
    for option, value in options.items():
        if not isinstance(value, bool):
            raise ConfigurationError(f"{option} is a {type(value).__name__}; pass True or False")


def _check_texts(**options: object) -> None:
    for option, value in options.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"{option} is a {type(value).__name__}; pass a str")


class ChoiceCookie:
    """The preferences cookie on its way out, with the attributes that the site gives it, and the
    record cookie with those that are safe for it."""

    def __init__(
        self,
        policy: Policy,
        codec: PreferencesCodec,
        *,
        now_s: Callable[[], float],
        domain: str,
        path: str,
        same_site: str,
        secure: bool | None,
        http_only: bool,
        partitioned: bool,
    ) -> None:
        flags = {} if secure is None else {"secure": secure}
        check_flags(http_only=http_only, partitioned=partitioned, **flags)
        _check_texts(domain=domain, path=path, same_site=same_site)
        self.attributes = (domain, path, same_site, secure, http_only, partitioned)
        self._codec = codec
        self._now_s = now_s
        self._lifetimes = policy.choice_lifetimes
        self._name = policy.preferences_cookie
        # No other host can have set such a cookie, so it has no variants to remove.
        self._is_host_only = self._name.lower().startswith("__host-")
        self._domain = domain.lstrip(".")
        self._path = "/" if self._is_host_only and path == "" else path
        self._same_site = same_site
        self._partitioned = partitioned
        self._is_cross_site = same_site == "None"
        # Browsers refuse a cookie for other sites' frames without it (RFC 6265bis section 5.7).
        self._secure = True if secure is None and self._is_cross_site else secure
        self._http_only = http_only
        self._site = urlsplit(policy.site)
        self._check()
        # Of a gate that is mounted nowhere, as most are.
        self._usual_path = self._path or "/"
        self._usual_ends = {
            secure: self._end_of_value(self._usual_path, secure=secure) for secure in (False, True)
        }

    def values_for(self, exchange: Exchange) -> list[str]:
        """The Set-Cookie values that a changed choice needs; empty when nothing changed.

        Where several preferences cookies came in, or one that was not believed, the next choice
        also removes their Domain variants: a sibling subdomain may have planted them. With a
        domain it removes a cookie of the host alone.
        """
        written = self._choice_values(exchange)
        return written if exchange.record_id is None else written + self._record_values(exchange)

    def _choice_values(self, exchange: Exchange) -> list[str]:
        stored = exchange.stored_choice
        if exchange.new_choice is not None and exchange.new_choice != stored.consent:
            written = [self._write(exchange)]
        elif exchange.discards_invalid:
            written = [self._expire(exchange, self._domain)]
        else:
            return []
        if stored.cookies_received > 1 or stored.rejected:
            written += self._expire_variants(exchange)
        elif self._domain and stored.cookies_received:
            # It may be the host's own, of before its domain shared a choice, and would outlast a
            # consent: of several choices only what all allow counts.
            written.append(self._expire(exchange, ""))
        return written

    def _write(self, exchange: Exchange) -> str:
        assert exchange.new_choice is not None
        secure = self._is_secure(exchange)
        if not (secure or self._secure is False):
            self._warn_of_proxy(exchange)
        choice = exchange.new_choice
        if self._domain:
            # Another host that shares the cookie may ask for more: what was chosen there stays.
            choice = choice.joined_with(exchange.stored_choice.elsewhere)
        max_age_s = self._max_age_s(choice)
        value = self._codec.encode(choice)
        path = self._path_for(exchange) if exchange.mount else self._usual_path
        if exchange.mount:
            self._report_path(exchange, path)
        is_usual = path == self._usual_path
        end = self._usual_ends[secure] if is_usual else self._end_of_value(path, secure=secure)
        return f"{self._name}={value}; Max-Age={max_age_s}{end}"

    def _is_secure(self, exchange: Exchange) -> bool:
        if self._secure is not None:
            return self._secure
        # A proxy's scheme may be known inside of the gate only.
        return exchange.secure or exchange.answers_securely

    def _max_age_s(self, choice: Consent) -> int:
        lifetime = lifetime_of(choice, self._lifetimes)
        left_s = end_of(choice, lifetime).timestamp() - self._now_s()
        return int(min(lifetime.total_seconds(), left_s))

    def _record_values(self, exchange: Exchange) -> list[str]:
        """Return the Set-Cookie value of the record cookie, for the visitor's pages alone.

        None where browsers could write the path to them in several ways: it would have to be for
        the whole host, and so identify the visitor everywhere.
        """
        records = exchange.settings.records
        assert records is not None, "a record is made where records are kept"
        path = f"{exchange.mount}{records.prefix or ''}"
        if records.prefix is None or _PLAIN_PATH.fullmatch(path) is None:
            return []
        if not exchange.record_id:
            expired = expire_cookie(
                RECORD_COOKIE,
                path=path,
                http_only=True,
                partitioned=self._partitioned,
                cross_site=self._is_cross_site,
            )
            return [expired]
        return [
            serialize_set_cookie(
                RECORD_COOKIE,
                exchange.record_id,
                max_age_s=self._max_age_s(exchange.choice),
                path=path,
                secure=self._is_secure(exchange),
                http_only=True,
                same_site=self._same_site,
                partitioned=self._partitioned,
            )
        ]

    def _end_of_value(self, path: str, *, secure: bool) -> str:
        """Return the text of the attributes that are the same for all choices, from a ";" on."""
        empty = serialize_set_cookie(
            self._name,
            "",
            path=path,
            domain=self._domain,
            secure=secure,
            http_only=self._http_only,
            same_site=self._same_site,
            partitioned=self._partitioned,
        )
        return empty.removeprefix(f"{self._name}=")

    def _path_for(self, exchange: Exchange) -> str:
        """Return the Path: by default the mount, since two applications on one host would
        overwrite each other's choice.

        Browsers compare it with the path as they write it (RFC 6265bis section 5.1.4), which is
        certain only where nothing in it is percent-encoded.
        """
        if self._path:
            return self._path
        return exchange.mount if _PLAIN_PATH.fullmatch(exchange.mount) else "/"

    def _report_path(self, exchange: Exchange, path: str) -> None:
        at_mount = path == exchange.mount
        reason = Reason.CHOICE_AT_MOUNT if at_mount else Reason.CHOICE_FOR_HOST
        detail = f"Path={path}, mounted on {exchange.mount}"
        exchange.report(reason, Action.NOTE, name=self._name, detail=detail)

    def _expire(self, exchange: Exchange, domain: str) -> str:
        return expire_cookie(
            self._name,
            path=self._path_for(exchange),
            domain=domain,
            partitioned=self._partitioned,
            cross_site=self._is_cross_site,
        )

    def _expire_variants(self, exchange: Exchange) -> list[str]:
        if self._is_host_only:
            return []
        domains = ["", *cookie_domains(exchange.header("host"))]
        return [self._expire(exchange, domain) for domain in domains if domain != self._domain]

    def _warn_of_proxy(self, exchange: Exchange) -> None:
        forwarded = exchange.header("x-forwarded-proto").lower().startswith("https")
        own_host = self._site.scheme == "https" and exchange.header("host") == self._site.netloc
        if forwarded or own_host:
            exchange.settings.reporter.report_once(
                Reason.SECURE_MISSING, Action.NOTE, name=self._name, path=exchange.path
            )

    def _check(self) -> None:
        if self._same_site not in _SAME_SITE:
            raise ConfigurationError(
                f"same_site={self._same_site!r} is not known; use one of {', '.join(_SAME_SITE)}"
            )
        if self._same_site == "None" and self._secure is False:
            raise ConfigurationError(
                'same_site="None" needs secure=True: browsers refuse the cookie otherwise'
            )
        if self._partitioned and not self._is_cross_site:
            raise ConfigurationError(
                "partitioned=True is for an application in frames of other sites, where browsers "
                'send no cookie without SameSite=None: pass same_site="None" too'
            )
        if self._path and _PATH.fullmatch(self._path) is None:
            raise ConfigurationError(
                f"path={self._path!r} is no path: it starts with / and is visible ASCII without ;"
            )
        if _DOMAIN.fullmatch(self._domain) is None:
            raise ConfigurationError(
                f"domain={self._domain!r} is no domain: give a host name such as 'example.org'"
            )
        if self._is_host_only:
            self._check_host_prefix()

    def _check_host_prefix(self) -> None:
        # RFC 6265bis section 4.1.3.2: host-only, for the whole host, over https.
        if self._domain or self._path != "/" or self._secure is False:
            raise ConfigurationError(
                f"the cookie {self._name!r} can't have a domain, a path other than / or "
                "secure=False: its __Host- prefix forbids them"
            )


def report_cleared(exchange: Exchange, clear_site_data: str) -> None:
    """Report that the browser will forget the choice, if a Clear-Site-Data of this value says so.

    Chromium clears the cookies after it stored those of the same response, so that writing the
    choice once more would not keep it.
    """
    kinds = {kind.strip(BLANKS) for kind in clear_site_data.split(",")}
    if kinds.isdisjoint(_ALL_COOKIES):
        return
    if exchange.new_choice or exchange.came_in(exchange.settings.policy.preferences_cookie):
        exchange.report(Reason.CHOICE_CLEARED, Action.NOTE)
