"""Finds where pieces of HTML end, in bytes that arrive in pieces (HTML standard, section 13.2.5).

Each function is a generator: it yields where it needs more bytes, goes on from the last one that
it looked at, and returns a place in the text. What ends too early raises EndOfText, which the
caller throws in. All names are the standard's; encodings are those in which ASCII is ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import NamedTuple

Steps = Generator[None, None, int]
"""The way to a place in the text; each step needs more bytes."""

NAME_END = rb"(?=[\t\n\f\r />])"

# An attribute, and the rest of a tag after its name. What most tags look like comes first, since
# runs up to one byte are fast. Nothing can be read in two ways, so that a tag that does not end
# costs no more than one that does. The groups are not possessive: Python 3.11.0 to 3.11.4 get
# those wrong.
ATTRIBUTE = rb"""[^\t\n\f\r />][^\t\n\f\r />=]*+(?:
    [\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>))
    |(?![\t\n\f\r ]*+=))"""
_USUAL_REST = rb"""(?:[^"'>=]++(?<![\t\n\f\r /])=
    (?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+))*[^"'>=]*+>"""
TAG_REST = rb"(?:" + _USUAL_REST + rb"|(?:[\t\n\f\r /]++|" + ATTRIBUTE + rb")*>)"

# What may follow a "<".
COMMENT = rb"!--(?:-?>|(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*--!?>)"
BOGUS_COMMENT = rb"(?:!(?!--)|\?|/[^a-z>])[^>]*+>|/>"

_FLAGS = re.IGNORECASE | re.VERBOSE


def compile_markup(pattern: bytes) -> re.Pattern[bytes]:
    """The pattern for markup in any letter case."""
    return re.compile(pattern, _FLAGS)


_TAG_REST = compile_markup(TAG_REST)
_TAG_OPEN = compile_markup(rb"<(/?[a-z][^\t\n\f\r />]*+)" + NAME_END)
_BLANKS = re.compile(rb"[\t\n\f\r ]*+")
_BETWEEN = re.compile(rb"[\t\n\f\r /]*+")
_NAME = re.compile(rb"[^\t\n\f\r />]*+")
_ATTRIBUTE_NAME = re.compile(rb"[^\t\n\f\r />=]*+")
_UNQUOTED = re.compile(rb"[^\t\n\f\r >]*+")
_ABRUPT_END = re.compile(rb"-?>")
_COMMENT_END = re.compile(rb"--!?>")

# Script data, escaped and double escaped (13.2.5.15 to 13.2.5.31): what changes the state.
_SCRIPT_DATA = compile_markup(rb"<!--|</script[\t\n\f\r />]")
_ESCAPED = compile_markup(rb"-->|</?script[\t\n\f\r />]")
_DOUBLE_ESCAPED = compile_markup(rb"-->|</script[\t\n\f\r />]")
_LONGEST_MARK = len(b"</script>")

_EQUALS, _GREATER, _SLASH = b"=>/"
_QUOTES = {ord('"'): b'"', ord("'"): b"'"}
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class EndOfText(Exception):
    """There is no more text."""


class Text:
    """The text so far; `add` makes it longer."""

    __slots__ = ("so_far",)

    def __init__(self) -> None:
        self.so_far: bytes | bytearray = b""

    def add(self, more: bytes) -> None:
        """Append bytes."""
        if not self.so_far:
            self.so_far = more
            return
        if not isinstance(self.so_far, bytearray):
            self.so_far = bytearray(self.so_far)
        self.so_far += more


class Tag(NamedTuple):
    """A tag's lower-case name, with "/" before it where it ends an element, and the place after
    the name."""

    name: bytes
    after: int


def wait_for(text: Text, length: int) -> Generator[None]:
    """Go on once the text has that length."""
    while len(text.so_far) < length:
        yield


def read_tag(text: Text, start: int) -> Generator[None, None, Tag | None]:
    """The tag that starts at this "<"; None where none does."""
    named = _TAG_OPEN.match(text.so_far, start)
    if named is not None:
        return Tag(bytes(named[1]).lower(), named.end())
    yield from wait_for(text, start + 2)
    letter = start + 1 + (text.so_far[start + 1] == _SLASH)
    yield from wait_for(text, letter + 1)
    if text.so_far[letter] not in _LETTERS:
        return None
    after = yield from _run(text, _NAME, letter)
    return Tag(bytes(text.so_far[start + 1 : after]).lower(), after)


def end_of_tag(text: Text, start: int) -> Steps:
    """The place after a tag; `start` is that after its name."""
    whole = _TAG_REST.match(text.so_far, start)
    if whole is not None:
        return whole.end()
    while True:
        place = yield from _run(text, _BETWEEN, start)
        if text.so_far[place] == _GREATER:
            return place + 1
        # The first character is of the name whatever it is, even "=".
        start = yield from _run(text, _ATTRIBUTE_NAME, place + 1)
        place = yield from _run(text, _BLANKS, start)
        if text.so_far[place] == _EQUALS:
            start = yield from _end_of_value(text, place + 1)


def _end_of_value(text: Text, start: int) -> Steps:
    place = yield from _run(text, _BLANKS, start)
    quote = _QUOTES.get(text.so_far[place])
    if quote is not None:
        return (yield from end_of(text, quote, place + 1))
    return (yield from _run(text, _UNQUOTED, place))


def end_of(text: Text, mark: bytes, start: int) -> Steps:
    """The place after the next `mark`."""
    while (place := text.so_far.find(mark, start)) < 0:
        start = max(start, len(text.so_far) - len(mark) + 1)
        yield
    return place + len(mark)


def end_of_declaration(text: Text, start: int) -> Steps:
    """The place after a comment, a doctype or what a browser takes for a comment; it starts with
    "<!", "<?", or "</" and no letter."""
    while text.so_far[start : start + 4] in (b"<!", b"<!-"):
        yield
    if text.so_far.startswith(b"<!--", start):
        return (yield from _end_of_comment(text, start + 4))
    return (yield from end_of(text, b">", start + 2))


def _end_of_comment(text: Text, start: int) -> Steps:
    while not (abrupt := _ABRUPT_END.match(text.so_far, start)):
        if text.so_far[start : start + 2] not in (b"", b"-"):
            return (yield from _search(text, _COMMENT_END, start, longest=len(b"--!>")))
        yield
    return abrupt.end()


def end_of_raw(text: Text, name: bytes, start: int) -> Steps:
    """The place after the end tag of an element that holds text alone; `start` is that after its
    start tag."""
    end_tag = compile_markup(rb"</" + name + NAME_END)
    place = yield from _search(text, end_tag, start, longest=len(name) + 3)
    return (yield from end_of_tag(text, place))


def end_of_script(text: Text, start: int) -> Steps:
    """The place after a script's end tag; `start` is that after its start tag."""
    state = _SCRIPT_DATA
    while True:
        start = yield from _search(text, state, start, longest=_LONGEST_MARK)
        last = text.so_far[start - 2 : start]
        if last == b"--":
            # The dashes of "<!--" can be those of "-->".
            start, state = start - 2, _ESCAPED
        elif last == b"->":
            state = _SCRIPT_DATA
        elif state is not _DOUBLE_ESCAPED and _is_end_tag(text, start):
            return (yield from end_of_tag(text, start - 1))
        else:
            state = _ESCAPED if state is _DOUBLE_ESCAPED else _DOUBLE_ESCAPED


def _is_end_tag(text: Text, place: int) -> bool:
    return text.so_far[place - _LONGEST_MARK : place - _LONGEST_MARK + 2] == b"</"


def _search(text: Text, pattern: re.Pattern[bytes], start: int, *, longest: int) -> Steps:
    """The place after the next match, which has at most `longest` bytes."""
    while not (match := pattern.search(text.so_far, start)):
        start = max(start, len(text.so_far) - longest + 1)
        yield
    return match.end()


def _run(text: Text, pattern: re.Pattern[bytes], start: int) -> Steps:
    """The place of the first byte that the pattern does not take."""
    while True:
        match = pattern.match(text.so_far, start)
        assert match is not None, "the pattern takes nothing too"
        start = match.end()
        if start < len(text.so_far):
            return start
        yield
