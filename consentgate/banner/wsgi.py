"""The banner under WSGI: an application inside the gate that puts it into the site's own pages.

PEP 3333 to the letter: what nothing is put into is handed on as the object that it is; else no byte
leaves before `start_response` is called, which is when it is known where the page's body starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import FileWrapper

from consentgate.banner.html_response import (
    DESTINATION,
    DOCUMENT,
    FETCHED_WITH,
    HTML_BEGINS,
    PAGE_METHODS,
    fetched_by,
    may_be_html,
)
from consentgate.banner.insertion import Found, Insertion
from consentgate.banner.page_headers import CONDITIONAL, keep_apart
from consentgate.banner.response import INSERTING_KEY, NOT_MODIFIED, PageVisit, banners_of
from consentgate.gate.visitor import CONSENT_KEY, VisitorConsent
from consentgate.pages.banners import Banners, Where, quote_bytes
from consentgate.pages.by_policy import PagesByPolicy

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

_KEYS = {
    name: "HTTP_" + name.upper().replace("-", "_")
    for name in (DESTINATION, *FETCHED_WITH, *CONDITIONAL)
}
_FETCHED_WITH = frozenset(_KEYS[name] for name in FETCHED_WITH)
_CONDITIONAL = frozenset(_KEYS[name] for name in CONDITIONAL)


class WsgiBanner:
    """Has the application answer, and puts the banner into its answer if that is a page."""

    def __init__(self, app: WSGIApplication, sites: PagesByPolicy, *, file_wrapper: type) -> None:
        self._app = app
        self._sites = sites
        # The standard library's and the toolkit's: what frameworks take where the server has none.
        self._file_types = (FileWrapper, file_wrapper)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        method = environ.get("REQUEST_METHOD", "")
        if method not in PAGE_METHODS:
            return self._app(environ, start_response)
        fetched_as = _fetched_by(environ)
        if fetched_as is not None:
            return self._app(environ, self._kept_apart(environ, start_response, fetched_as))
        banners = self._banners_of(environ, environ[CONSENT_KEY])
        if banners is None:
            return self._app(environ, start_response)
        exchange = self._visit_of(environ, banners)
        if method == "GET" and not environ.keys().isdisjoint(_CONDITIONAL):
            found = {name: environ[_KEYS[name]] for name in CONDITIONAL if _KEYS[name] in environ}
            if (destination := environ.get(_KEYS[DESTINATION])) is not None:
                found[DESTINATION] = destination
            _change(environ, exchange.settle_conditions(found))
        answer = _Answer(exchange, start_response)
        environ[INSERTING_KEY] = environ[CONSENT_KEY]
        body = self._app(environ, answer.start)
        wrapper = environ.get("wsgi.file_wrapper")
        files = (*self._file_types, wrapper) if isinstance(wrapper, type) else self._file_types
        return answer.around(body, is_file=isinstance(body, files))

    def _kept_apart(
        self, environ: WSGIEnvironment, start_response: StartResponse, name: str
    ) -> StartResponse:
        """A `start_response` that lets no cache answer with this response where a page is asked
        for."""
        visitor = environ[CONSENT_KEY]

        def start_apart(status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
            is_page = may_be_html(headers, first_letters=HTML_BEGINS)
            if is_page and self._banners_of(environ, visitor) is not None:
                headers = list(keep_apart(_code_of(status), headers, name))
            if exc_info is None:
                return start_response(status, headers)
            return start_response(status, headers, exc_info)

        return start_apart

    def _banners_of(self, environ: WSGIEnvironment, visitor: VisitorConsent) -> Banners | None:
        site = self._sites.site_of(visitor.context.policy)
        return banners_of(site, visitor, found=environ.get(INSERTING_KEY))

    def _visit_of(self, environ: WSGIEnvironment, banners: Banners) -> PageVisit:
        # As they are now: dispatchers shift what is theirs from one to the other (PEP 3333).
        mount, inside = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] != "GET":
            # What a form was sent to is no way back.
            inside, query = f"{self._sites.options.prefix}/", ""
        return PageVisit(
            banners,
            environ[CONSENT_KEY],
            where=lambda: Where(mount, inside, query, quote_bytes, lambda: accepted_by(environ)),
        )


def _fetched_by(environ: WSGIEnvironment) -> str | None:
    destination = environ.get(_KEYS[DESTINATION], DOCUMENT)
    if destination == DOCUMENT and environ.keys().isdisjoint(_FETCHED_WITH):
        return None  # as most requests for pages
    return fetched_by(lambda name: environ.get(_KEYS[name]))


def _code_of(status: str) -> int:
    return int(status[:3]) if status[:3].isdecimal() else 0


def _change(environ: WSGIEnvironment, changes: Mapping[str, str | None]) -> None:
    """Let the application see the headers with these changes, in the same environ."""
    for name, value in changes.items():
        if value is None:
            del environ[_KEYS[name]]
        else:
            environ[_KEYS[name]] = value


def accepted_by(environ: Mapping[str, object]) -> str:
    """The Accept-Language header of a request."""
    return str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))


class _Answer:
    """One response on its way: its start is held back until it is known what it starts with."""

    def __init__(self, exchange: PageVisit, start_response: StartResponse) -> None:
        self._visit = exchange
        self._start_response = start_response
        self._status = ""
        self._headers: Headers = []
        self._exc_info: ExcInfo = None
        # Some servers have no `write` to return, so that it does not tell whether they started.
        self._started = False
        self._write: Write
        self.insertion: Insertion | None = None

    def start(self, status: str, headers: Headers, exc_info: ExcInfo = None) -> Write:
        """The application's `start_response`."""
        if self.insertion is not None and exc_info is None:
            self.release()  # the server says what it thinks of a second start
        if self._started:
            return self._call(status, headers, exc_info)
        code = _code_of(status)
        if code == NOT_MODIFIED:
            return self._call(status, self._visit.confirm(headers), exc_info)
        # Where an error comes before a byte has left, its page takes the place of all before.
        self.insertion = None
        if may_be_html(headers, first_letters=HTML_BEGINS):
            self.insertion = self._visit.begin(code, headers)
        if self.insertion is None:
            return self._call(status, headers, exc_info)
        self._status, self._headers, self._exc_info = status, headers, exc_info
        return self._insert_written

    def around(self, body: Iterable[bytes], *, is_file: bool) -> Iterable[bytes]:
        """What the server iterates over: the body itself, unless something may be put into it."""
        if self.insertion is not None and is_file:
            held = self.release()
            if held:
                self._write(held)
        if self._started:
            return body
        if self.insertion is not None and isinstance(body, list | tuple):
            # A list of one says how long the response is (PEP 3333, "Handling the Content-Length
            # Header"), and stays one.
            chunks = [self.feed(chunk) for chunk in body]
            end = self.finish()
            if not chunks:
                return [end] if end else []  # all that there is was written
            return [*chunks[:-1], chunks[-1] + end]
        return _Body(body, self)

    def feed(self, chunk: bytes) -> bytes:
        """What can leave of the body now that this chunk came."""
        return chunk if self.insertion is None else self._settle(self.insertion.feed(chunk))

    def finish(self) -> bytes:
        """What can leave when the body has ended."""
        return b"" if self.insertion is None else self._settle(self.insertion.finish())

    def release(self) -> bytes:
        """Start the response as the application did; what was held back of its body."""
        if self.insertion is None:
            return b""
        held, self.insertion = self.insertion.held, None
        self._call(self._status, self._headers, self._exc_info)
        return held

    def _settle(self, body: bytes) -> bytes:
        insertion = self.insertion
        assert insertion is not None, "only then it is called"
        if insertion.found is not Found.SEARCHING:
            self.insertion = None
            self._call(self._status, self._visit.end(insertion), self._exc_info)
        return body

    def _insert_written(self, data: bytes) -> None:
        """The application's `write`, while the place is looked for and afterwards."""
        body = self.feed(data)
        if body and self._started:
            self._write(body)

    def _call(self, status: str, headers: Headers, exc_info: ExcInfo) -> Write:
        self._started = True
        if exc_info is None:
            self._write = self._start_response(status, headers)
        else:
            self._write = self._start_response(status, headers, exc_info)
        return self._write


class _Body:
    """The application's body with what is put into it."""

    def __init__(self, body: Iterable[bytes], answer: _Answer) -> None:
        self._body = body
        self._answer = answer
        self._chunks = iter(body)
        self._failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._failure is not None:
            raise self._failure
        # Not even an empty chunk may leave before the response has started, so that up to 64 KiB
        # are waited for here.
        while True:
            try:
                chunk = next(self._chunks, None)
            except Exception as failure:  # noqa: BLE001 (it is raised again)
                return self._end_with(failure)
            if chunk is None:
                return self._end()
            body = self._answer.feed(chunk)
            if self._answer.insertion is None:
                return body

    def close(self) -> None:
        """Close the application's body, as the server would."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()

    def _end(self) -> bytes:
        body = self._answer.finish()
        if not body:
            raise StopIteration
        return body

    def _end_with(self, failure: Exception) -> bytes:
        """What was held back leaves as it came, and then the failure is the server's."""
        held = self._answer.release()
        if not held:
            raise failure
        self._failure = failure
        return held
