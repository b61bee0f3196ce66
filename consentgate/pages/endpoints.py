"""The visitor's pages of one policy: the paths, the endpoint of each, and its response."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from urllib.parse import parse_qs, quote

from consentgate.browser.head_script import HeadScript, ScriptParts
from consentgate.browser.reports import ReportReceiver
from consentgate.gate.events import Action, Reason
from consentgate.gate.exchange import Exchange
from consentgate.gate.options import Csp
from consentgate.gate.record_cookie import record_id_in
from consentgate.gate.recording import Receipt, Recorded, Recorder, future_of
from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.banners import Banners
from consentgate.pages.choice_form import BadRequest, ChoiceForm, is_json, read_choice
from consentgate.pages.guard_endpoints import guard_routes, other_version
from consentgate.pages.http import Answer, Headers, PendingResponse, Request, Response
from consentgate.pages.languages import negotiate
from consentgate.pages.notice import Notices
from consentgate.pages.options import PagesOptions
from consentgate.pages.policy_json import policy_json
from consentgate.pages.recorded import ChoiceRecord, ChoiceRecords
from consentgate.pages.render import Pages
from consentgate.pages.same_site import (
    checked_path,
    compare_origins,
    is_trusted_origin,
    parse_origin,
)
from consentgate.pages.state import gpc_json, state_response, state_script
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import ENGLISH, LocalizedText, Texts, direction_of
from consentgate.policy import Policy

SAVED = "#consentgate-saved"
"""The fragment of a page at which it says that the choice is saved."""

WELL_KNOWN = "/.well-known/gpc.json"

_REPORT = "/report"

MOST_FIELDS = 20  # of a query: the pages read two

# In English only: no page links to what gives these.
NOT_FOUND = "There is no such page."
METHOD_NOT_ALLOWED = "This page does not allow that method."
CROSS_SITE = "A choice is accepted from pages of the same site only."

# In English, to programs only: visitors get a page in their language.
UNRECORDED = "The consent could not be recorded, so it was not given. Try again later."

Endpoint = Callable[[Request], Answer]

# What a page says is its type: none may be guessed from its content (WHATWG Fetch, 3.6).
_NO_SNIFF = ("x-content-type-options", "nosniff")

# In a frame of another site a visitor could be led to click what that site wants (W3C CSP3,
# frame-ancestors), and the form would come from the site itself.
_CSP = "base-uri 'none'; form-action 'self'; frame-ancestors "
_HTML = (
    ("content-type", "text/html; charset=utf-8"),
    ("referrer-policy", "same-origin"),
    _NO_SNIFF,
)
_TEXT = (("content-type", "text/plain; charset=utf-8"), _NO_SNIFF)
_JSON = (("content-type", "application/json"), _NO_SNIFF)
_PROBLEM = (("content-type", "application/problem+json"), _NO_SNIFF)
_MARKDOWN = (("content-type", "text/markdown; charset=utf-8"), _NO_SNIFF)
# The site's own choice of a language may depend on anything.
_BY_LANGUAGE = (("cache-control", "no-cache"), ("vary", "Accept-Language"))
_NO_STORE = (("cache-control", "no-store"),)
_LATER = (("retry-after", "60"),)
_RECEIPT = (
    ("content-type", "application/ld+json"),
    ("content-disposition", 'attachment; filename="consent-receipt.jsonld"'),
    ("cross-origin-resource-policy", "same-origin"),
    _NO_SNIFF,
)
# Long enough that a crowd does not ask for each visitor, short enough that a deployment shows.
_SHORTLY = (("cache-control", "public, max-age=300"),)


class PolicyPages:
    """The pages of one policy. `answer` never raises on a visitor's input."""

    def __init__(
        self,
        policy: Policy,
        *,
        options: PagesOptions,
        texts: Mapping[str, Texts],
        static: StaticFiles,
        parts: ScriptParts | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.policy = policy
        self.prefix = options.prefix
        self.pages = Pages(
            policy,
            options=options,
            texts=texts,
            static=static,
            keeps_records=recorder is not None,
        )
        head = None if parts is None or parts.is_empty else HeadScript(policy, parts)
        self.banners = Banners(
            policy, options=options, texts=texts, pages=self.pages, recorder=recorder, head=head
        )
        self._options = options
        self._texts = texts
        self._static = static
        self._policy_json = policy_json(policy)
        self._reports = ReportReceiver(policy)
        # In a frame of another site a visitor could be led to click what that site wants (W3C CSP3,
        # frame-ancestors), and the form would come from the site itself.
        self.may_be_framed = bool(options.frame_ancestors)
        ancestors = " ".join(options.frame_ancestors) or "'none'"
        self._html = (*_HTML, ("content-security-policy", _CSP + ancestors))
        self._routes: dict[str, dict[str, Endpoint]] = {
            "/": {"GET": self._preferences, "POST": self._choose},
            "/charter": {"GET": self._charter},
            "/charter.md": {"GET": self._charter_markdown},
            "/state": {"GET": state_response},
            "/state.js": {"GET": state_script},
            "/policy.json": {"GET": self._declaration},
            _REPORT: {"POST": self._take_report},
            **{f"/static/{name}": {"GET": self._static_file} for name in static.names},
        }
        if head is not None:
            self._routes |= guard_routes(head, policy)
        self._recorder = recorder
        self._records: ChoiceRecords | None = None
        if recorder is not None:
            notices = Notices(
                self.pages, options=options, static=static, policy_json=self._policy_json
            )
            self._records = ChoiceRecords(notices, texts=texts)
            self._routes["/receipt"] = {"GET": self._receipt}
        if options.gpc_updated is not None:
            self._routes[WELL_KNOWN] = {"GET": self._gpc}

    def own_path(self, path: str) -> str | None:
        """Return what follows the prefix in a path of the application; None where the path is not
        the library's."""
        assert self.prefix is not None, "without a prefix there are no pages"
        if not path.startswith(self.prefix):
            return path if path == WELL_KNOWN and WELL_KNOWN in self._routes else None
        rest = path[len(self.prefix) :]
        return rest if rest[:1] in ("", "/") else None

    def answer(self, request: Request) -> Answer:
        """Return the response to a request for a path under the prefix, or the well-known one; or
        what is to be waited for first."""
        try:
            return self._endpoint_for(request)(request)
        except BadRequest as error:
            return self._problem(request, error)

    def texts_in(self, language: str, *, exchange: Exchange, accepted: str) -> Texts:
        """Return the texts in a language, or else in the one that the site chose, the browser
        accepts or the policy has by default."""
        chosen = self._options.language_for(exchange)
        served, default = tuple(self._texts), self.policy.default_language
        tag = negotiate(language, chosen, accepted, served=served, default=default)
        return self._texts[tag]

    def _endpoint_for(self, request: Request) -> Endpoint:
        if request.path == "":
            return self._add_slash
        endpoints = self._routes.get(request.path) or other_version(request.path, self.banners.head)
        has_reports = request.exchange.settings.csp is not Csp.OFF
        if not endpoints or (request.path == _REPORT and not has_reports):
            raise BadRequest(404, NOT_FOUND)
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS":
            return lambda _: Response(204, _allow(endpoints))
        if method not in endpoints:
            raise BadRequest(405, METHOD_NOT_ALLOWED, headers=_allow(endpoints))
        return endpoints[method]

    def _add_slash(self, request: Request) -> Response:
        query = f"?{_quoted(request.query)}" if request.query else ""
        return _redirect(308, self._preferences_path(request) + query)

    def _preferences(self, request: Request) -> Response:
        next_path = checked_path(_field_of(request, "next")) or ""
        texts = self._texts_for(request)
        if self._recorder is not None and request.method == "GET":
            self._recorder.count_shown(language=texts.language, place="preferences")
        page = self.pages.render_preferences(
            request, texts, next_path=next_path, has_receipt=self._has_receipt(request.exchange)
        )
        return self._page(200, page, *_NO_STORE)

    def _choose(self, request: Request) -> Answer:
        trusted = self._options.trusted_origins
        if not is_trusted_origin(request.headers, origin=request.origin, trusted_origins=trusted):
            return self._forbidden(request)
        form = read_choice(request, self.policy)
        visitor = VisitorConsent(request.exchange)
        if self._records is None:
            form.apply_to(visitor)
            return self._chosen(request, form)
        signalled = self.banners.signalled(request.exchange)
        record = self._records.prepare(request, form, signalled=signalled)
        form.apply_to(visitor)
        future = record.start()
        if future is None:
            return self._chosen(request, form)
        return PendingResponse(future, partial(self._settled, request, form, record, future))

    def _settled(
        self, request: Request, form: ChoiceForm, record: ChoiceRecord, future: Future[Recorded]
    ) -> Response:
        """Return the response to a grant that is recorded by now, or is not given."""
        if record.settle(future):
            return self._chosen(request, form)
        if form.wants_json:
            return _problem_json(BadRequest(503, UNRECORDED, headers=_LATER))
        texts = self._texts.get(form.language) or self._texts_for(request)
        page = self.pages.render_unrecorded(request, texts)
        return self._page(503, page, *_NO_STORE, *_LATER)

    def _chosen(self, request: Request, form: ChoiceForm) -> Response:
        if form.wants_json:
            return state_response(request)
        path = checked_path(form.next) or self._referring_path(request)
        # Nothing was granted before a withdrawal without a choice, so there is nothing saved.
        exchange = request.exchange
        is_saved = VisitorConsent(exchange).decided and exchange.choice.day is not None
        return _redirect(303, path + SAVED if is_saved else path, *_NO_STORE)

    def _has_receipt(self, exchange: Exchange) -> bool:
        if self._recorder is None or not exchange.choice.granted:
            return False
        return record_id_in(exchange) is not None

    def _receipt(self, request: Request) -> PendingResponse:
        recorder, record_id = self._recorder, record_id_in(request.exchange)
        assert recorder is not None, "the route exists only with records"
        if record_id is None:
            raise BadRequest(404, NOT_FOUND)
        future = future_of(lambda: recorder.receipt(record_id))
        return PendingResponse(future, partial(self._receipt_in, request, future))

    def _receipt_in(self, request: Request, future: Future[Receipt | None]) -> Response:
        if not future.done() or future.cancelled() or future.exception() is not None:
            return self._receipt_later(request, 503)
        receipt = future.result()
        if receipt is None:
            return self._problem(request, BadRequest(404, NOT_FOUND))
        if not receipt.is_final:
            return self._receipt_later(request, 202)
        return Response(200, (*_RECEIPT, *_NO_STORE), receipt.body)

    def _receipt_later(self, request: Request, status: int) -> Response:
        page = self.pages.render_receipt_later(request, self._texts_for(request))
        return self._page(status, page, *_NO_STORE, *_LATER)

    def _charter(self, request: Request) -> Response:
        page = self.pages.render_charter(request, self._texts_for(request))
        return self._page(200, page, *_BY_LANGUAGE)

    def _charter_markdown(self, request: Request) -> Response:
        text = self.pages.render_charter_markdown(request, self._texts_for(request))
        return Response(200, (*_MARKDOWN, *_BY_LANGUAGE), text.encode("utf-8"))

    def _declaration(self, request: Request) -> Response:
        return Response(200, (*_JSON, *_SHORTLY), self._policy_json)

    def _take_report(self, request: Request) -> Response:
        media_type = request.headers.get("content-type", "")
        receive = self._reports.receive
        status = receive(request.exchange, content_type=media_type, body=request.body)
        return Response(status, _NO_STORE)

    def _gpc(self, request: Request) -> Response:
        assert self._options.gpc_updated is not None, "the route exists only with a day"
        return Response(200, (*_JSON, *_SHORTLY), gpc_json(self._options.gpc_updated))

    def _static_file(self, request: Request) -> Response:
        return self._static.answer(request.path.removeprefix("/static/"))

    def _forbidden(self, request: Request) -> Response:
        detail = compare_origins(request.headers, origin=request.origin)
        request.exchange.report(Reason.OTHER_ORIGIN, Action.NOTE, detail=detail)
        if is_json(request):
            return _problem_json(BadRequest(403, CROSS_SITE))
        page = self.pages.render_forbidden(request, self._texts_for(request))
        return self._page(403, page, *_NO_STORE)

    def _problem(self, request: Request, error: BadRequest) -> Response:
        if is_json(request):
            return _problem_json(error)
        texts = self._texts_for(request)
        message = _message_of(error, texts)
        page = self.pages.render_problem(request, texts, status=error.status, message=message)
        return self._page(error.status, page, *_NO_STORE, *error.headers)

    def _page(self, status: int, page: bytes, *headers: tuple[str, str]) -> Response:
        return Response(status, (*self._html, *headers), page)

    def _texts_for(self, request: Request) -> Texts:
        """Return the texts in the language of a request to one of these pages."""
        accepted = request.headers.get("accept-language", "")
        language = _field_of(request, "lang")
        return self.texts_in(language, exchange=request.exchange, accepted=accepted)

    def _preferences_path(self, request: Request) -> str:
        return f"{request.mount}{self.prefix}/"

    def _referring_path(self, request: Request) -> str:
        """Return the page of the same site that the form was on, else the preferences page.

        A banner that is the same for everybody has no `next` in its form.
        """
        scheme, _, rest = request.headers.get("referer", "").partition("://")
        host, slash, path = rest.partition("/")
        origin = parse_origin(f"{scheme}://{host}")
        is_same = origin is not None and origin == parse_origin(request.origin)
        return (checked_path(slash + path) if is_same else None) or self._preferences_path(request)


def _message_of(error: BadRequest, texts: Texts) -> LocalizedText:
    """Return the message of an error: in English, marked as such, if it is not translated."""
    if texts.gettext(error.sentence) == error.sentence and texts.locale.language != ENGLISH:
        return LocalizedText(error.message, ENGLISH, direction_of(ENGLISH))
    return LocalizedText(texts(error.sentence, **error.values))


def _problem_json(error: BadRequest) -> Response:
    """Return the response to a program (RFC 9457)."""
    body = json.dumps({"status": error.status, "detail": error.message}).encode("ascii")
    return Response(error.status, (*_PROBLEM, *_NO_STORE, *error.headers), body)


def _redirect(status: int, location: str, *headers: tuple[str, str]) -> Response:
    # An empty body has a type too: checkers of WSGI demand one.
    return Response(status, (("location", location), *_TEXT, *headers))


def _allow(endpoints: Mapping[str, Endpoint]) -> Headers:
    head = ["HEAD"] if "GET" in endpoints else []
    return (("allow", ", ".join([*endpoints, *head, "OPTIONS"])),)


def _field_of(request: Request, name: str) -> str:
    """Return the first value of a field of the query, "" if there is none."""
    try:
        fields = parse_qs(request.query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get(name, [""])[0]


def _quoted(query: str) -> str:
    """Return a query as it was sent, but for what has no place in a header."""
    return quote(query, safe=string.punctuation, encoding="latin-1", errors="replace")
