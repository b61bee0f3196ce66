"""Django's caches inside of the gate: no visitor gets from them what was made for another answer.

A page cache asks the response for Vary, and the gate would add it only outside. A template fragment
has no headers, so it is kept together with the answer for which it was made.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.cache import UpdateCacheMiddleware
from django.template import Context, NodeList
from django.templatetags.cache import CacheNode
from django.utils.cache import patch_cache_control, patch_vary_headers

from consentgate.ext.django.place import holder_of, request_in
from consentgate.gate.exchange import Exchange
from consentgate.gate.visitor import CONSENT_KEY, answer_of, was_asked_here
from consentgate.http.caching import COOKIE, COOKIE_AND_GPC

_KEPT = "consentgate.fragment"
"""The first item of the tuple that is kept of a fragment; the answer and the text follow."""

Kept = tuple[str, str, str]


def vary_on_choice(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let a response say, before it leaves the gate, what it depends on through the gate: with Vary
    on the visitor's choice, with `Cache-Control: private` on this visitor alone.

    Django's own caches do so by themselves; other ones inside of the gate need it.
    """
    exchange = _exchange_of(request)
    if exchange is None:
        return
    if exchange.varies_on_cookie:
        patch_vary_headers(response, COOKIE_AND_GPC if exchange.varies_on_gpc else COOKIE)
    if exchange.is_private or exchange.has_changed:
        patch_cache_control(response, private=True)


@cache
def guard_caches() -> None:
    """Have Django's caches keep apart what depends on the visitor's choice; once is enough."""
    update, render = UpdateCacheMiddleware.process_response, CacheNode.render

    # Any: what Django's middleware takes and returns.
    def update_cache(middleware: Any, request: HttpRequest, response: Any) -> Any:
        vary_on_choice(request, response)
        return update(middleware, request, response)

    def render_fragment(node: CacheNode, context: Context) -> str:
        request = request_in(context)
        exchange = None if request is None else _exchange_of(request)
        watched = copy(node)
        watched.nodelist = _Watched(node.nodelist, exchange)
        try:
            kept: Kept | str = render(watched, context)
        except _ForOneVisitor as made:
            return made.text
        if not isinstance(kept, tuple):
            return kept
        text = None if exchange is None else _text_for(kept, exchange)
        return node.nodelist.render(context) if text is None else text

    # Any: a class whose methods are replaced.
    middleware_class: Any = UpdateCacheMiddleware
    node_class: Any = CacheNode
    middleware_class.process_response = update_cache
    node_class.render = render_fragment


def _text_for(kept: Kept, exchange: Exchange) -> str | None:
    """Return the text of a fragment if it was made for the answer that this visitor gets."""
    _, answer, text = kept
    exchange.depends_on_choice()
    return text if answer == answer_of(exchange) else None


class _Watched(NodeList):
    """The nodes of a fragment, whose text is kept with the answer if anything was asked before its
    end: what was asked before may be among the template's variables.

    Without an exchange, as in a template that is rendered without a request, it is not known whose
    answer that was: what may depend on one is not kept.
    """

    def __init__(self, nodes: NodeList, exchange: Exchange | None) -> None:
        super().__init__()
        self._nodes = nodes
        self._exchange = exchange

    # Any: Django keeps what is returned, a text or not.
    def render(self, context: Context) -> Any:
        text = self._nodes.render(context)
        exchange = self._exchange
        if not (was_asked_here() if exchange is None else exchange.times_asked):
            return text
        answer = None if exchange is None else answer_of(exchange)
        if answer is None:
            raise _ForOneVisitor(text)
        return (_KEPT, answer, text)


class _ForOneVisitor(Exception):
    """A fragment was made that must not be kept."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _exchange_of(request: HttpRequest) -> Exchange | None:
    exchange = holder_of(request).get(CONSENT_KEY)
    return exchange if isinstance(exchange, Exchange) else None
