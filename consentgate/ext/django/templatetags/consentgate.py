"""Template tags: `{% load consentgate %}`. They need the request that the template is rendered for.

`{% if_consent "statistics" %} ... {% else %} ... {% endif_consent %}`,
`{% consent_allows "statistics" as allowed %}`, `{% consent_decided as decided %}`,
`{% consent_level "statistics" as level %}` ("refused", "exempt" or "granted") and
`{% consent_cookies as cookies %}`, the declared cookies in the visitor's language.

`{% consent "videos" provider="YouTube" width=560 height=315 %} ... {% endconsent %}` shows what it
embeds with consent only, and a placeholder of that size without.

A project that places the banner itself has `{% consent_banner %}`, `{% consent_link %}` and
`{% cookie_charter %}`, in Django's language.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from consentgate.errors import ConfigurationError
from consentgate.ext.django.explained import ExplainedCookie, explain_cookies
from consentgate.ext.django.place import address_of, request_in
from consentgate.gate.visitor import Level, VisitorConsent, exchange_of, get_consent
from consentgate.pages.template_helpers import TemplateHelpers

register = template.Library()


@register.simple_tag(takes_context=True)
def consent_allows(context: Context, category: str) -> bool:
    """Return True if the visitor allows a category."""
    return _consent_in(context).allows(category)


@register.simple_tag(takes_context=True)
def consent_level(context: Context, category: str) -> Level:
    """Return how far the visitor lets a category go: "refused", "exempt" or "granted"."""
    return _consent_in(context).level(category)


@register.simple_tag(takes_context=True)
def consent_decided(context: Context) -> bool:
    """Return True if the visitor has made a choice that still holds."""
    return _consent_in(context).decided


@register.simple_tag(takes_context=True)
def consent_cookies(context: Context) -> tuple[ExplainedCookie, ...]:
    """Return the cookies that are declared for this site, with the texts of Django's language."""
    policy = exchange_of(_request_in(context)).settings.policy
    return explain_cookies(policy, get_language() or policy.default_language)


@register.simple_tag(takes_context=True)
def consent_banner(context: Context, nonce: str = "") -> SafeString:
    """Return what the middleware would insert into the page itself: the banner, or the link back
    to the choice."""
    return mark_safe(_helpers_in(context).banner(language=get_language() or "", nonce=nonce))  # noqa: S308


@register.simple_tag(takes_context=True)
def consent_link(context: Context) -> SafeString:
    """Return a link to the preferences page, which leads back to this one."""
    return mark_safe(_helpers_in(context).link(language=get_language() or ""))  # noqa: S308


@register.simple_tag(takes_context=True)
def cookie_charter(context: Context) -> SafeString:
    """Return the cookie charter, for a page of the project's own."""
    return mark_safe(_helpers_in(context).charter(language=get_language() or ""))  # noqa: S308


class IfConsentNode(template.Node):
    """The node that renders one of two parts, by what the visitor allows."""

    def __init__(self, category: FilterExpression, allowed: NodeList, otherwise: NodeList) -> None:
        self.category = category
        self.allowed = allowed
        self.otherwise = otherwise

    def render(self, context: Context) -> Any:  # Any: a SafeString, which is a str
        """Return the part for a visitor who allows the category, or the other."""
        allows = _consent_in(context).allows(str(self.category.resolve(context)))
        return (self.allowed if allows else self.otherwise).render(context)


@register.tag
def if_consent(parser: Parser, token: Token) -> IfConsentNode:
    """Return the node of `{% if_consent "statistics" %}`, up to `{% endif_consent %}`."""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError(
            'if_consent takes one category, as in {% if_consent "statistics" %}'
        )
    allowed = parser.parse(("else", "endif_consent"))
    otherwise = NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse(("endif_consent",))
        parser.delete_first_token()
    return IfConsentNode(parser.compile_filter(words[1]), allowed, otherwise)


class ConsentNode(template.Node):
    """The node that renders what is embedded, or what is shown in its place."""

    def __init__(
        self,
        category: FilterExpression,
        options: dict[str, FilterExpression],
        content: NodeList,
    ) -> None:
        self.category = category
        self.options = options
        self.content = content

    def render(self, context: Context) -> Any:  # Any: a SafeString, which is a str
        """Return the content for a visitor who allows the category, or a placeholder."""
        options = {name: value.resolve(context) for name, value in self.options.items()}
        text = _helpers_in(context).embed(
            str(self.category.resolve(context)),
            self.content.render(context),
            language=get_language() or "",
            **options,
        )
        return mark_safe(text)  # noqa: S308


_OPTIONS = ("provider", "width", "height", "name")


@register.tag
def consent(parser: Parser, token: Token) -> ConsentNode:
    """Return the node of `{% consent "videos" width=560 height=315 %}`, up to
    `{% endconsent %}`."""
    words = token.split_contents()
    options = token_kwargs(words[2:], parser) if len(words) > 1 else {}
    if len(options) != len(words) - 2 or not set(options) <= set(_OPTIONS):
        raise template.TemplateSyntaxError(
            "consent takes one category, and provider, width, height and name, as in "
            '{% consent "videos" provider="YouTube" width=560 height=315 %}'
        )
    content = parser.parse(("endconsent",))
    parser.delete_first_token()
    return ConsentNode(parser.compile_filter(words[1]), options, content)


def _helpers_in(context: Context) -> TemplateHelpers:
    request = _request_in(context)
    return TemplateHelpers(exchange_of(request), lambda: address_of(request))


def _consent_in(context: Context) -> VisitorConsent:
    return get_consent(_request_in(context))


def _request_in(context: Context) -> HttpRequest:
    request = request_in(context)
    if request is None:
        raise ConfigurationError(
            "the template has no request: render it with one, as in render(request, ...)"
        )
    return request
