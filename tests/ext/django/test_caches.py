"""Django's caches inside of the gate: a page that asks is given to nobody with another answer."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.utils import make_template_fragment_key
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, RequestContext, Template, engines
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.views.decorators.cache import cache_control, cache_page

from consentgate import Enforcement, get_consent
from consentgate.ext.django.caches import guard_caches, vary_on_choice
from consentgate.ext.django.wrap import wrap_asgi, wrap_wsgi
from tests.support.django_project import GATE_CLASS, Urls
from tests.support.exchange import preferences_for
from tests.support.frameworks import Reply, Send, call_asgi, call_wsgi, options_of

pytestmark = pytest.mark.behaviour(34)

ALLOWED = preferences_for("statistics", "marketing")
REFUSED = preferences_for()
SITE = ["django.middleware.cache.UpdateCacheMiddleware"]
FETCH = ["django.middleware.cache.FetchFromCacheMiddleware"]

Visit = Callable[..., Reply]


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def project(view: Any, options: dict[str, Any], middleware: list[str]) -> Any:
    given = {name.upper(): value for name, value in options_of(options).items()}
    given.setdefault("BANNER", "manual")  # nothing but what the views say
    return override_settings(
        CONSENTGATE=given,
        MIDDLEWARE=middleware,
        ROOT_URLCONF=Urls(view),
        DEBUG_PROPAGATE_EXCEPTIONS=True,
    )


def visit_class(view: Any, cookie: str = "", middleware: Any = (), **options: Any) -> Reply:
    with project(view, options, [GATE_CLASS, *middleware]):
        return call_wsgi(WSGIHandler(), Send(path="/page", cookie=cookie))


def visit_async_class(view: Any, cookie: str = "", middleware: Any = (), **options: Any) -> Reply:
    with project(view, options, [GATE_CLASS, *middleware]):
        return call_asgi(ASGIHandler(), Send(path="/page", cookie=cookie))


def visit_wrapped(view: Any, cookie: str = "", middleware: Any = (), **options: Any) -> Reply:
    with project(view, options, [*middleware]):
        return call_wsgi(wrap_wsgi(WSGIHandler()), Send(path="/page", cookie=cookie))


def visit_wrapped_async(view: Any, cookie: str = "", middleware: Any = (), **options: Any) -> Reply:
    with project(view, options, [*middleware]):
        return call_asgi(wrap_asgi(ASGIHandler()), Send(path="/page", cookie=cookie))


VISITS = {
    "class": visit_class,
    "async class": visit_async_class,
    "wrapper": visit_wrapped,
    "async wrapper": visit_wrapped_async,
}


@pytest.fixture(params=VISITS)
def visit(request: pytest.FixtureRequest) -> Visit:
    """A visit behind each gate."""
    return VISITS[request.param]


# Pages


def answer_in(request: HttpRequest) -> str:
    return "counted" if get_consent(request).allows("statistics") else "alone"


def by_allows(request: HttpRequest) -> HttpResponse:
    return HttpResponse(answer_in(request))


def by_value(request: HttpRequest) -> HttpResponse:
    granted = get_consent(request).value.granted
    return HttpResponse("counted" if granted else "alone")


def by_decided(request: HttpRequest) -> HttpResponse:
    return HttpResponse("counted" if get_consent(request).decided else "alone")


def by_response_made_before(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.write(answer_in(request))
    return response


def by_template(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rendered(TAGS, request))


def by_template_response(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, engines["django"].from_string(TAGS))


TAGS = (
    '{% load consentgate %}{% if_consent "statistics" %}counted{% else %}alone{% endif_consent %}'
)


def rendered(template: str, request: HttpRequest, **variables: Any) -> str:
    return engines["django"].from_string(template).render(variables, request)


PAGES = [
    *(by_allows, by_value, by_response_made_before, by_template, by_template_response),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("order", [(ALLOWED, REFUSED, ""), ("", REFUSED, ALLOWED)])
def test_a_cached_page_is_given_to_the_same_answer_only(
    visit: Visit, page: Any, order: tuple[str, ...]
) -> None:
    view = cache_page(60)(page)

    bodies = {cookie: [visit(view, cookie).body for _ in range(2)] for cookie in order}

    assert bodies[ALLOWED] == [b"counted"] * 2
    assert bodies[REFUSED] == bodies[""] == [b"alone"] * 2


@pytest.mark.parametrize("page", PAGES)
def test_so_is_a_page_of_the_cache_of_the_site(visit: Visit, page: Any) -> None:
    bodies = [visit(page, cookie, [*SITE, *FETCH]).body for cookie in (ALLOWED, REFUSED, ALLOWED)]

    assert bodies == [b"counted", b"alone", b"counted"]


def test_a_visitor_who_has_chosen_does_not_get_what_was_asked_before(visit: Visit) -> None:
    view = cache_page(60)(by_decided)

    assert [visit(view, cookie).body for cookie in ("", REFUSED)] == [b"alone", b"counted"]


def test_a_page_that_asks_is_kept_for_its_answer(visit: Visit) -> None:
    runs: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        runs.append(answer_in(request))
        return HttpResponse(runs[-1])

    replies = [visit(cache_page(60)(page), cookie) for cookie in (ALLOWED, REFUSED) * 3]

    assert runs == ["counted", "alone"]
    assert {reply["vary"] for reply in replies} == {"Cookie"}


def test_a_page_that_asks_nothing_is_kept_for_everybody(visit: Visit) -> None:
    runs: list[HttpRequest] = []

    def page(request: HttpRequest) -> HttpResponse:
        runs.append(request)
        return HttpResponse("news")

    replies = [visit(cache_page(60)(page), cookie) for cookie in (ALLOWED, REFUSED, "")]

    assert len(runs) == 1
    assert [reply.all("vary") for reply in replies] == [[]] * 3


def test_a_page_for_which_no_choice_was_needed_is_not_kept(visit: Visit) -> None:
    view = cache_page(60)(cache_control(max_age=60)(by_allows))

    first = visit(view, required=lambda _: Enforcement.NOT_REQUIRED)
    second = visit(view)

    assert (first.body, second.body) == (b"counted", b"alone")
    assert "private" in first["cache-control"]


def test_report_mode_keeps_answers_apart_too(visit: Visit) -> None:
    view = cache_page(60)(by_allows)

    bodies = [visit(view, cookie, mode="report").body for cookie in (ALLOWED, REFUSED)]

    assert bodies == [b"counted", b"alone"]


def test_a_project_without_a_gate_is_left_alone() -> None:
    guard_caches()
    template = "{% load cache %}{% cache 60 part %}{{ word }}{% endcache %}"

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(rendered(template, request, word="news"))

    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=Urls(cache_page(60)(page))):
        replies = [call_wsgi(WSGIHandler(), Send(path="/page")) for _ in range(2)]

    assert [(reply.body, reply.all("vary")) for reply in replies] == [(b"news", [])] * 2


def test_another_cache_inside_asks_the_helper(visit: Visit) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(answer_in(request), headers={"Vary": "Accept"})
        vary_on_choice(request, response)
        assert response["Vary"] == "Accept, Cookie"
        return response

    assert visit(page)["vary"] == "Accept, Cookie"


# Fragments

FRAGMENT = f"{{% load cache %}}{{% cache 60 part %}}{TAGS}{{% endcache %}}"
FROM_VIEW = "{% load cache %}{% cache 60 part %}{{ answer }}{% endcache %}"
NESTED = f"{{% load cache %}}{{% cache 60 outer %}}[{FRAGMENT}]{{% endcache %}}"


def fragment(template: str) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: HttpResponse(rendered(template, request))


def fragment_of_variable(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rendered(FROM_VIEW, request, answer=answer_in(request)))


def without_request(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(FROM_VIEW).render(Context({"answer": answer_in(request)})))


def without_request_asked_within(request: HttpRequest) -> HttpResponse:
    asked = Context({"answer": lambda: answer_in(request)})
    return HttpResponse(Template(FROM_VIEW).render(asked))


LIBRARIES = {
    "cache": "django.templatetags.cache",
    "consentgate": "consentgate.ext.django.templatetags.consentgate",
}


def without_context_processor(request: HttpRequest) -> HttpResponse:
    bare = Engine(libraries=LIBRARIES)
    return HttpResponse(bare.from_string(FRAGMENT).render(RequestContext(request)))


FRAGMENTS = [
    pytest.param(fragment(FRAGMENT), id="tag"),
    pytest.param(fragment(NESTED), id="nested"),
    pytest.param(fragment_of_variable, id="variable"),
    pytest.param(without_request, id="without request"),
    pytest.param(without_request_asked_within, id="without request, asked within"),
    pytest.param(without_context_processor, id="without context processor"),
]


@pytest.mark.parametrize("view", FRAGMENTS)
@pytest.mark.parametrize("order", [(ALLOWED, REFUSED, ""), ("", ALLOWED, REFUSED)])
def test_a_cached_fragment_is_given_to_the_same_answer_only(
    visit: Visit, view: Any, order: tuple[str, ...]
) -> None:
    replies = {cookie: [visit(view, cookie) for _ in range(2)] for cookie in order}

    assert all(b"counted" in reply.body for reply in replies[ALLOWED])
    assert all(b"alone" in reply.body for reply in replies[REFUSED] + replies[""])
    assert {reply["vary"] for found in replies.values() for reply in found} == {"Cookie"}


def test_a_fragment_that_asks_is_kept_for_the_answer_it_was_made_for(visit: Visit) -> None:
    runs: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        def answer() -> str:
            runs.append(answer_in(request))
            return runs[-1]

        return HttpResponse(rendered(FROM_VIEW, request, answer=answer))

    bodies = [visit(page, cookie).body for cookie in ("", "", REFUSED, "", "")]

    assert bodies == [b"alone"] * 5
    assert len(runs) == 2


def test_a_fragment_that_asks_nothing_is_kept_for_everybody(visit: Visit) -> None:
    words = iter(["first", "second"])

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(rendered(FROM_VIEW, request, answer=lambda: next(words)))

    replies = [visit(page, cookie) for cookie in (ALLOWED, REFUSED, "")]

    assert [reply.body for reply in replies] == [b"first"] * 3
    assert [reply.all("vary") for reply in replies] == [[]] * 3


def test_a_fragment_for_which_no_choice_was_needed_is_not_kept(visit: Visit) -> None:
    view = fragment(FRAGMENT)

    first = visit(view, required=lambda _: Enforcement.NOT_REQUIRED)

    assert cache.get(make_template_fragment_key("part")) is None
    assert (first.body, visit(view).body) == (b"counted", b"alone")


def test_who_needs_not_choose_gets_no_fragment_of_who_must(visit: Visit) -> None:
    view = fragment(FRAGMENT)

    first = visit(view)
    second = visit(view, required=lambda _: Enforcement.NOT_REQUIRED)

    assert (first.body, second.body) == (b"alone", b"counted")


def test_deleting_a_fragment_by_its_key_deletes_it_for_all_answers(visit: Visit) -> None:
    visit(fragment(FRAGMENT), ALLOWED)
    cache.delete(make_template_fragment_key("part"))

    assert visit(fragment("{% load cache %}{% cache 60 part %}new{% endcache %}")).body == (b"new")


def test_a_fragment_that_is_rendered_without_a_request_is_made_anew(visit: Visit) -> None:
    visit(fragment_of_variable, ALLOWED)

    text = Template(FROM_VIEW).render(Context({"answer": "mail"}))

    assert text == "mail"


def test_a_fragment_without_a_request_that_follows_no_question_is_kept(visit: Visit) -> None:
    words = iter(["first", "second"])
    # What asked before counts until it is forgotten: Django's contexts refer to each other, and
    # hold their request until then.
    gc.collect()

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Template(FROM_VIEW).render(Context({"answer": lambda: next(words)})))

    assert [visit(page, cookie).body for cookie in (ALLOWED, REFUSED)] == [b"first"] * 2


def test_a_request_that_passed_no_gate_is_left_alone() -> None:
    response = HttpResponse()

    vary_on_choice(RequestFactory().get("/"), response)

    assert not response.has_header("Vary")
