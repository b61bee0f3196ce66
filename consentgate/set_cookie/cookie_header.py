"""Reads the Cookie header of a request. Its text is the visitor's: everything here is linear."""

from __future__ import annotations

from consentgate.set_cookie.attributes import BLANKS


def cookie_values(header: str, name: str) -> list[str]:
    """Return the values of all cookies of exactly that name, in the header's order."""
    start = header.find(name)
    if start < 0:
        return []
    if header.find(name, start + 1) < 0:
        # Only the one pair that holds the name is looked at, however many others there are.
        end = header.find(";", start)
        header = header[header.rfind(";", 0, start) + 1 : end if end >= 0 else None]
    pairs = (pair.partition("=") for pair in header.split(";"))
    return [
        value.strip(BLANKS) for key, equals, value in pairs if equals and key.strip(BLANKS) == name
    ]


def cookie_spans(header: str) -> list[tuple[str, int, int]]:
    """Return (name, start, end) of each pair, in the header's order; `header[start:end]` is the
    pair without the blanks around it.

    The name is what the most liberal reader on a server takes for it: all white space trimmed,
    and a pair without a name poses under its text.
    """
    spans = []
    start = 0
    for part in header.split(";"):
        pair = part.strip()
        if pair:
            offset = start + part.index(pair[0])
            spans.append((_posed_name(pair), offset, offset + len(pair)))
        start += len(part) + 1
    return spans


def _posed_name(pair: str) -> str:
    name = pair.partition("=")[0].rstrip()
    # "=_ga" and "=_ga=1": the text after "=" is what a browser sends back without the "=".
    return name or pair.lstrip("=").partition("=")[0].strip()
