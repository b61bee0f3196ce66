"""The visitor's pages of one policy: which path has which endpoint, and what each answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from consentgate.gate.visitor import VisitorConsent
from consentgate.pages.bad_request import BadRequest
from consentgate.pages.banners import Banners
from consentgate.pages.choice_form import Choice, ChoiceForm, is_json, read_choice
from consentgate.pages.cross_site import is_own_site, parse_origin
from consentgate.pages.http import Request, Response
from consentgate.pages.languages import negotiate
from consentgate.pages.next_path import checked_path
from consentgate.pages.options import PagesOptions
from consentgate.pages.policy_json import policy_json
from consentgate.pages.render import Pages
from consentgate.pages.state import gpc_json, state_response, state_script
from consentgate.pages.static_files import StaticFiles
from consentgate.pages.texts import ENGLISH, Said, Texts, direction_of
from consentgate.policy import Policy

SAVED = "#consentgate-saved"
"""Where a page says that the choice is saved."""

WELL_KNOWN = "/.well-known/gpc.json"

MOST_FIELDS = 20  # of a query: a page of ours reads two

# Pages lead to none of these, so that only programs and the curious read them.
NO_PAGE = "There is no such page."
NO_METHOD = "This page cannot do that."
OTHER_SITE = "A choice is taken from pages of the same site only."

Answer = Callable[[Request], Response]

# In a frame of another site a visitor could be led to click what that site wants (W3C CSP3,
# frame-ancestors), and the form would come from the site itself.
_HTML = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
)
_TEXT = (("content-type", "text/plain; charset=utf-8"),)
_JSON = (("content-type", "application/json"),)
_PROBLEM = (("content-type", "application/problem+json"),)
_MARKDOWN = (
    ("content-type", "text/markdown; charset=utf-8"),
    ("x-content-type-options", "nosniff"),
)
# The site's own choice of a language may depend on anything.
_BY_LANGUAGE = (("cache-control", "no-cache"), ("vary", "Accept-Language"))
_NO_STORE = (("cache-control", "no-store"),)
# A page that was deployed anew is seen soon, and no crowd asks for each visitor.
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
    ) -> None:
        self.policy = policy
        self.prefix = options.prefix
        self.pages = Pages(policy, options=options, texts=texts, static=static)
        self.banners = Banners(policy, options=options, texts=texts, pages=self.pages)
        self._options = options
        self._texts = texts
        self._static = static
        self._declaration = policy_json(policy)
        self._endpoints: dict[str, dict[str, Answer]] = {
            "/": {"GET": self._show_centre, "POST": self._take_choice},
            "/charter": {"GET": self._show_charter},
            "/charter.md": {"GET": self._tell_charter},
            "/state": {"GET": self._tell_state},
            "/state.js": {"GET": state_script},
            "/policy.json": {"GET": self._tell_policy},
            **{f"/static/{name}": {"GET": self._send_static} for name in static.names},
        }
        if options.gpc_updated is not None:
            self._endpoints[WELL_KNOWN] = {"GET": self._tell_gpc}

    def answer(self, request: Request) -> Response:
        """What a path under the prefix, or the well-known one, answers."""
        if request.path == "":
            return self._add_slash(request)
        methods = self._endpoints.get(request.path)
        if methods is None:
            return self._refuse(request, BadRequest(404, NO_PAGE))
        allow = ("allow", _allowed(methods))
        if request.method == "OPTIONS":
            return Response(204, (allow,))
        answer = methods.get("GET" if request.method == "HEAD" else request.method)
        if answer is None:
            refused = self._refuse(request, BadRequest(405, NO_METHOD))
            return Response(405, (*refused.headers, allow), refused.body)
        try:
            return answer(request)
        except BadRequest as refused_because:
            return self._refuse(request, refused_because)

    def texts_for(self, request: Request) -> Texts:
        """The texts in the language of a request to one of these pages."""
        accepted = request.headers.get("accept-language", "")
        return self.texts_in(_asked(request, "lang"), visitor=request.visitor, accepted=accepted)

    def texts_in(self, asked: str, *, visitor: VisitorConsent, accepted: str) -> Texts:
        """The texts in the language that is asked for, or else in the site's own choice, the
        browser's, the policy's default."""
        chosen = self._options.language_for(visitor)
        served, default = tuple(self._texts), self.policy.default_language
        tag = negotiate(asked, chosen, accepted, served=served, default=default)
        return self._texts[tag]

    def _add_slash(self, request: Request) -> Response:
        query = f"?{request.query}" if request.query else ""
        return _redirect(308, self._centre_of(request) + query)

    def _show_centre(self, request: Request) -> Response:
        after = checked_path(_asked(request, "next")) or ""
        page = self.pages.preferences_page(request, self.texts_for(request), next_path=after)
        return _page(200, page, *_NO_STORE)

    def _show_charter(self, request: Request) -> Response:
        return _page(200, self.pages.charter(request, self.texts_for(request)), *_BY_LANGUAGE)

    def _tell_charter(self, request: Request) -> Response:
        text = self.pages.charter_markdown(request, self.texts_for(request))
        return Response(200, (*_MARKDOWN, *_BY_LANGUAGE), text.encode("utf-8"))

    def _take_choice(self, request: Request) -> Response:
        trusted = self._options.trusted_origins
        if not is_own_site(request.headers, origin=request.origin, trusted_origins=trusted):
            return self._forbid(request)
        form = read_choice(request, self.policy)
        _apply(form, request.visitor)
        if form.wants_json:
            return self._tell_state(request)
        after = checked_path(form.next) or self._came_from(request) or self._centre_of(request)
        # Who had granted nothing has nothing to withdraw: there is no choice that was saved.
        return _redirect(303, after + SAVED if request.visitor.decided else after, *_NO_STORE)

    def _came_from(self, request: Request) -> str | None:
        """The page of the same site that the form was on: where no `next` is in it, as in a
        banner that is the same for everybody."""
        scheme, _, rest = request.headers.get("referer", "").partition("://")
        host, slash, path = rest.partition("/")
        origin = parse_origin(f"{scheme}://{host}")
        if origin is None or origin != parse_origin(request.origin):
            return None
        return checked_path(slash + path)

    def _centre_of(self, request: Request) -> str:
        return f"{request.mount}{self._options.prefix}/"

    def _tell_state(self, request: Request) -> Response:
        return state_response(request.visitor)

    def _tell_policy(self, request: Request) -> Response:
        return Response(200, (*_JSON, *_SHORTLY), self._declaration)

    def _tell_gpc(self, request: Request) -> Response:
        assert self._options.gpc_updated is not None
        return Response(200, (*_JSON, *_SHORTLY), gpc_json(self._options.gpc_updated))

    def _send_static(self, request: Request) -> Response:
        return self._static.answer(request.path.removeprefix("/static/"))

    def _forbid(self, request: Request) -> Response:
        refused = BadRequest(403, OTHER_SITE)
        if is_json(request):
            return _problem(refused)
        page = self.pages.forbidden(request, self.texts_for(request))
        return _page(refused.status, page, *_NO_STORE)

    def _refuse(self, request: Request, refused: BadRequest) -> Response:
        if is_json(request):
            return _problem(refused)
        texts = self.texts_for(request)
        told = _said(refused, texts)
        page = self.pages.problem(request, texts, status=refused.status, message=told)
        return _page(refused.status, page, *_NO_STORE)


def _apply(form: ChoiceForm, visitor: VisitorConsent) -> None:
    if form.choice is Choice.ACCEPT:
        visitor.grant()
    elif form.choice is Choice.REFUSE:
        visitor.refuse()
    elif form.choice is Choice.SAVE:
        visitor.save(*form.categories)
    else:
        visitor.withdraw()


def _said(refused: BadRequest, texts: Texts) -> Said:
    """Why a request was refused, in English where only programs are told so."""
    sentence = texts.gettext(refused.sentence)
    if sentence == refused.sentence and texts.locale.language != ENGLISH:
        return Said(refused.message, ENGLISH, direction_of(ENGLISH))
    return Said(texts(refused.sentence, **refused.said))


def _problem(refused: BadRequest) -> Response:
    """The same to a program (RFC 9457)."""
    told = {"status": refused.status, "detail": refused.message}
    return Response(refused.status, (*_PROBLEM, *_NO_STORE), json.dumps(told).encode("ascii"))


def _page(status: int, text: str, *headers: tuple[str, str]) -> Response:
    return Response(status, (*_HTML, *headers), text.encode("utf-8"))


def _redirect(status: int, location: str, *headers: tuple[str, str]) -> Response:
    # Its empty body has a type too: checkers of WSGI miss one.
    return Response(status, (("location", location), *_TEXT, *headers))


def _allowed(methods: Mapping[str, Answer]) -> str:
    head = ["HEAD"] if "GET" in methods else []
    return ", ".join([*methods, *head, "OPTIONS"])


def _asked(request: Request, name: str) -> str:
    """The first value of a field of the query; empty where the query is none."""
    try:
        fields = parse_qs(request.query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get(name, [""])[0]
