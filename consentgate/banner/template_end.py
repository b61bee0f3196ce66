"""Finds where a `<template>` ends: templates nest, and what hides markup elsewhere hides it there.

Foreign content is followed as far as pages that a person wrote need it: `/>` ends an element there,
and `<![CDATA[` is one.
"""

from __future__ import annotations

from collections.abc import Generator

from consentgate.banner.html_tokens import (
    TAG_REST,
    Steps,
    Tag,
    Text,
    compile_markup,
    end_of,
    end_of_declaration,
    end_of_raw,
    end_of_script,
    end_of_tag,
    read_tag,
)

# What neither hides anything nor opens a template or foreign content; whole pieces only.
_PLAIN = compile_markup(
    rb"(?:[^<]++|<(?=[^a-z!?/])|</?(?!(?:template|svg|math|script|style|title|textarea|xmp|iframe"
    rb"|noembed|noframes|noscript|plaintext)[\t\n\f\r />])[a-z][^\t\n\f\r />]*+"
    + TAG_REST
    + rb"){0,200}"
)

_RAW = frozenset(
    {
        *(b"iframe", b"noembed", b"noframes", b"noscript", b"style"),
        *(b"textarea", b"title", b"xmp"),
    }
)
_FOREIGN = frozenset({b"math", b"svg"})
_FOREIGN_ENDS = frozenset({b"/math", b"/svg"})
_DECLARING = b"!?/"
_CDATA = b"<![CDATA["


def end_of_template(text: Text, start: int) -> Steps:
    """The place after a template's end tag; `start` is that after its start tag."""
    # How many elements of foreign content are open, in each open template.
    foreign = [0]
    while foreign:
        plain = _PLAIN.match(text.so_far, start)
        assert plain is not None, "the pattern takes nothing too"
        start = plain.end()
        if start == len(text.so_far):
            yield
            continue
        tag = yield from read_tag(text, start)
        if tag is None:
            start = yield from _end_of_other(text, start, in_foreign=foreign[-1] > 0)
        else:
            start = yield from _end_of_element(text, tag, foreign=foreign)
    return start


def _end_of_other(text: Text, start: int, *, in_foreign: bool) -> Steps:
    """The place after a "<" that starts no tag, and what belongs to it."""
    if text.so_far[start + 1] not in _DECLARING:
        return start + 1
    if in_foreign:
        while (opening := text.so_far[start : start + len(_CDATA)]) != _CDATA:
            if not _CDATA.startswith(opening):
                return (yield from end_of_declaration(text, start))
            yield
        return (yield from end_of(text, b"]]>", start))
    return (yield from end_of_declaration(text, start))


def _end_of_element(text: Text, tag: Tag, *, foreign: list[int]) -> Steps:
    """The place after a tag, and after the content of an element in which there is no markup."""
    start = yield from end_of_tag(text, tag.after)
    if foreign[-1] and text.so_far[start - 2 : start] == b"/>":
        return start
    _count(tag.name, foreign)
    return (yield from _end_of_content(text, tag.name, start))


def _count(name: bytes, foreign: list[int]) -> None:
    """Count what a tag opens or closes."""
    if name == b"template":
        foreign.append(0)
    elif name == b"/template":
        foreign.pop()
    elif name in _FOREIGN:
        foreign[-1] += 1
    elif name in _FOREIGN_ENDS:
        foreign[-1] = max(0, foreign[-1] - 1)


def _end_of_content(text: Text, name: bytes, start: int) -> Steps:
    if name == b"script":
        return (yield from end_of_script(text, start))
    if name in _RAW:
        return (yield from end_of_raw(text, name, start))
    if name == b"plaintext":
        yield from _never()
    return start


def _never() -> Generator[None]:
    """Nothing ends this but the text's own end."""
    while True:
        yield
