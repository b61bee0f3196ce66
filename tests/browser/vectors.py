"""Set-Cookie values that try to get past the gate, by what they try.

NAME stands for the cookie's name: each vector is played as a tracker and as a cookie that is
needed. One character is one byte on the wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.browser.hostile_dates import DATES, MAX_AGES
from tests.browser.hostile_text import (
    BLANKS,
    COMMAS,
    ENCODINGS,
    LINE_BREAKS,
    NAMELESS,
    NAMES,
    OWN,
    QUOTES,
    controls,
    long_ones,
)

PAST = "Expires=Thu, 01 Jan 1970 00:00:00 GMT"
FUTURE = "Expires=Fri, 31 Dec 2060 23:59:59 GMT"


@dataclass(frozen=True, slots=True)
class Vector:
    """One value of Set-Cookie. `seed` is set before where a deletion needs something to delete;
    `date` is the response's Date header, the true time where empty."""

    family: str
    text: str
    seed: str = "NAME=seed"
    date: str = ""

    @property
    def seeded_name(self) -> str:
        """The name of what is set before, when the vector is played as a tracker."""
        return self.seed.partition("=")[0].replace("NAME", "track")

    def __str__(self) -> str:
        date = f" on {self.date}" if self.date else ""
        return f"{self.family}: {ascii(self.text)[:60]} of {len(self.text)}{date}"


REPEATED = (
    "NAME=1; Max-Age=0; Max-Age=3600",
    "NAME=1; Max-Age=3600; Max-Age=0",
    "NAME=1; Max-Age=0; Max-Age=junk",
    "NAME=1; Max-Age=junk; Max-Age=0",
    "NAME=1; Max-Age=0; max-age",
    "NAME=1; MAX-AGE=0; max-age= ",
    "NAME=1; Max-Age=0; Max-Age=0x10",
    f"NAME=1; {PAST}; {FUTURE}",
    f"NAME=1; {FUTURE}; {PAST}",
    f"NAME=1; {PAST}; Expires=junk",
    f"NAME=1; Expires=junk; {PAST}",
    f"NAME=1; {PAST}; Expires",
    f"NAME=1; Max-Age=3600; {PAST}",
    f"NAME=1; {PAST}; Max-Age=3600",
    f"NAME=1; {FUTURE}; Max-Age=0",
    f"NAME=1; Max-Age=junk; {PAST}",
    f"NAME=1; Max-Age; {PAST}",
    f"NAME=1; Max-Age=; {FUTURE}",
    f"NAME=1; {PAST}; Max-Age=0; Max-Age=99999999",
    "NAME=1; Path=/x; Path=/",
    "NAME=1; Path=/; Path=/shop",
    "NAME=1; Path=/; Path",
    "NAME=1; Domain=evil.example.net; Domain=home.example.org",
    "NAME=1; Domain=home.example.org; Domain=evil.example.net",
    "NAME=1; Domain=home.example.org; Domain",
    "NAME=1; Secure; Secure",
    "NAME=1; HttpOnly; httponly=no",
    "NAME=1; SameSite=Strict; SameSite=Lax",
    "NAME=1; SameSite=Lax; SameSite=junk",
    "NAME=1; SameSite=None; Secure; SameSite=Strict",
    "NAME=1; NAME=2",
    "NAME=1; NAME=2; Max-Age=0",
)

JUNK = (
    "NAME=1; Secure=false",
    "NAME=1; secure=0; httponly=0",
    "NAME=1; MaxAge=0",
    "NAME=1; Max_Age=0",
    "NAME=1; Max-Age:0",
    "NAME=1; x-Max-Age=0",
    "NAME=1; (Max-Age)=0",
    "NAME=1; a=Max-Age=0",
    "NAME=1; Expire=Thu, 01 Jan 1970 00:00:00 GMT",
    "NAME=1 Max-Age=0",
    "NAME=1&Max-Age=0",
    "NAME=1,Max-Age=0",
    "NAME=1; {Max-Age=0}",
    "NAME=1; [Max-Age]=0",
    "NAME=1;=;=;=",
    "NAME=1;;;;",
    "NAME=1; =Max-Age=0",
    "NAME=1; =; Max-Age=0",
    'NAME=1; Version=1; Comment=x; Discard; Port="80"',
    'NAME=1; CommentURL="http://a/;Max-Age=0"',
    "NAME=1; SameParty; Secure",
    "NAME=1; Priority=High",
    "NAME=1; Vary=Cookie; Max-Age=0",
    "NAME=1; Set-Cookie: track=2",
    "NAME=1; <script>",
    "NAME=1; \\; Max-Age=0",
    "NAME=1; %4dax-Age=0",
)

PLACES = (
    "NAME=1; Path=",
    "NAME=1; Path=/",
    "NAME=1; Path=/shop",
    "NAME=1; Path=shop",
    'NAME=1; Path="/shop"',
    "NAME=1; Path= /shop ",
    "NAME=1; Path=/shop/",
    "NAME=1; Path=%2F",
    "NAME=1; Path=//",
    "NAME=1; Path=/shop/..",
    "NAME=1; Path=/sho\xe4",
    "NAME=1; Path=/elsewhere",
    "NAME=1; Domain=",
    "NAME=1; Domain=.",
    "NAME=1; Domain=home.example.org",
    "NAME=1; Domain=.home.example.org",
    "NAME=1; Domain=..home.example.org",
    "NAME=1; Domain=HOME.Example.ORG",
    "NAME=1; Domain=home.example.org.",
    "NAME=1; Domain=example.org",
    "NAME=1; Domain=org",
    "NAME=1; Domain=.org",
    "NAME=1; Domain=evil.example.net",
    "NAME=1; Domain=ome.example.org",
    "NAME=1; Domain=a.home.example.org",
    "NAME=1; Domain=home.example.org:443",
    "NAME=1; Domain=https://home.example.org",
    'NAME=1; Domain="home.example.org"',
    "NAME=1; Domain=home.example.org, evil.example.net",
    "NAME=1; Domain=%68ome.example.org",
    "NAME=1; Domain=h\xf6me.example.org",
    "NAME=1; Domain=xn--hme-sna.example.org",
    "NAME=1; Domain=127.0.0.1",
    "NAME=1; Domain=*.example.org",
    "NAME=1; Domain=home.example.org\xa0",
)

CROSS_SITE = (
    "NAME=1; SameSite=None; Secure",
    "NAME=1; SameSite=None",
    "NAME=1; SameSite=Lax",
    "NAME=1; SameSite=Strict",
    "NAME=1; SameSite=STRICT",
    "NAME=1; SameSite",
    "NAME=1; SameSite=",
    'NAME=1; SameSite="Lax"',
    "NAME=1; SameSite=Extended",
    "NAME=1; SameSite=None\xa0; Secure",
    "NAME=1; Partitioned; Secure",
    "NAME=1; Partitioned; Secure; SameSite=None; Path=/",
    "NAME=1; Partitioned",
    "NAME=1; partitioned=false; secure",
    "NAME=1; Partitioned=; Secure; SameSite=Lax",
    "NAME=1; Partitioned ; Secure ;HttpOnly",
    '"NAME"=1; Partitioned; Secure',
)

# What is there before, and what is to delete it.
PLACED_DELETIONS = (
    ("NAME=seed; Path=/", "NAME=; Path=/; Max-Age=0"),
    ("NAME=seed; Path=/shop/", "NAME=; Path=/shop/; Max-Age=-1"),
    ("NAME=seed; Path=/shop/\xe4", "NAME=; Path=/shop/\xe4; Max-Age=0"),
    ("NAME=seed; Path=/", "NAME=; Path=/x; Path=/; Max-Age=0"),
    ("NAME=seed; Path=/", "NAME=; Max-Age=0; Path=x"),
    ("NAME=seed; Path=/a b", "NAME=; Path=/a b; Max-Age=0"),
    ("NAME=seed; Path=/a,b", "NAME=; Path=/a,b; Max-Age=0"),
    ('NAME=seed; Path=/a"b', 'NAME=; Path=/a"b; Max-Age=0'),
    ("NAME=seed; Domain=home.example.org", "NAME=; Domain=home.example.org; Max-Age=0"),
    ("NAME=seed; Domain=example.org", f"NAME=; Domain=.example.org; {PAST}"),
    ("NAME=seed; Domain=example.org", f"NAME=; Domain=.EXAMPLE.org; {PAST}"),
    ("NAME=seed; Domain=example.org", "NAME=; Domain=x; domain=example.org ; Max-Age=0"),
    (
        "NAME=seed; Domain=example.org; Path=/",
        "NAME=; Domain=; Domain=example.org; Path=/; Max-Age=0",
    ),
    ("NAME=seed; Secure; HttpOnly", "NAME=; Secure; HttpOnly; Max-Age=0"),
    ("NAME=seed; Secure; HttpOnly", "NAME=; Max-Age=0"),
    ("NAME=seed; SameSite=Strict", "NAME=; SameSite=Lax; Max-Age=0"),
    ("NAME=seed; SameSite=None; Secure", "NAME=; SameSite=None; Secure; Max-Age=0"),
    (
        "NAME=seed; SameSite=None; Secure; Partitioned; Path=/",
        "NAME=; SameSite=None; Secure; Partitioned; Path=/; Max-Age=0",
    ),
    (
        "NAME=seed; Secure; Partitioned",
        f"NAME=gone; Secure; partitioned=yes; {PAST}",
    ),
    ("NAME=seed; Priority=High", "NAME=; Priority=Low; Max-Age=0"),
    ("NAME=seed; Max-Age=86400", f"NAME=gone; {PAST}"),
    ("__Host-NAME=seed; Secure; Path=/", "__Host-NAME=; Secure; Path=/; Max-Age=0"),
    ("__Host-NAME=seed; Secure; Path=/", f"__Host-NAME=x; Path=/; Secure; {PAST}"),
    ("__Secure-NAME=seed; Secure", "__Secure-NAME=; Secure; Max-Age=0"),
    ("__Http-NAME=seed; Secure; HttpOnly", "__Http-NAME=; Secure; HttpOnly; Max-Age=0"),
    (
        "__Host-Http-NAME=seed; Secure; HttpOnly; Path=/",
        "__Host-Http-NAME=; Secure; HttpOnly; Path=/; Max-Age=0",
    ),
    ("__host-NAME=seed; Secure; Path=/", "__host-NAME=; Secure; Path=/; Max-Age=0"),
    ("__SECURE-NAME=seed; Secure", "__SECURE-NAME=; Secure; Max-Age=0"),
)

PREFIXED = (
    "__Host-NAME=1; Secure; Path=/",
    "__Host-NAME=1; Secure",
    "__Host-NAME=1; Path=/",
    "__Host-NAME=1; Secure; Path=/; Domain=home.example.org",
    "__Host-NAME=1; Secure; Path=/; Domain=",
    "__Host-NAME=1; Secure; Path=/shop; Path=/",
    "__HOST-NAME=1; Secure; Path=/",
    "__host-NAME=1",
    "__Host-NAME=; Max-Age=0",
    "__Secure-NAME=1; Secure",
    "__Secure-NAME=1",
    "__secure-NAME=1; Secure",
    "__SECURE-NAME=; Max-Age=0",
    "__Http-NAME=1; Secure; HttpOnly",
    "__Http-NAME=1; Secure",
    "__http-NAME=1; Secure; HttpOnly",
    "__Host-Http-NAME=1; Secure; HttpOnly; Path=/",
    "__Host-Http-NAME=1; Secure; Path=/",
    "__Host-Http-NAME=1; HttpOnly; Path=/",
    "__HOST-HTTP-NAME=1; Secure; HttpOnly; Path=/",
    "__Host -NAME=1; Secure; Path=/",
    "__HostNAME=1",
    "_Host-NAME=1",
    "__Host-=NAME; Secure; Path=/",
    "__Host-; NAME=1; Secure; Path=/",
    "=__Host-NAME; Secure; Path=/",
    "=__Secure-NAME=1; Secure",
    " __Host-NAME=1; Secure; Path=/",
    "\t__Secure-NAME =1; Secure",
    '"__Host-NAME"=1',
)

AHEAD = ("Wed, 01 Sep 2060 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT")

# The first Date header decides what has passed; many servers send the application's own.
SKEWED = tuple(
    (date, text)
    for date in (
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 1900 00:00:00 GMT",
        "Sat, 01 Jan 2000 00:00:00 GMT",
        *AHEAD,
        "junk",
    )
    for text in (
        f"NAME=1; {PAST}",
        "NAME=1; Expires=Mon, 01 Jan 2001 00:00:00 GMT",
        "NAME=1; Expires=Mon, 01 Jan 2035 00:00:00 GMT",
        f"NAME=1; Max-Age=junk; {PAST}",
        "NAME=1; Max-Age=0",
        "NAME=1; Max-Age=3600",
    )
)


def _of(family: str, texts: Iterable[str]) -> tuple[Vector, ...]:
    return tuple(Vector(family, text) for text in texts)


VECTORS = (
    *_of("names", NAMES),
    *_of("white space", BLANKS),
    *_of("control characters", controls()),
    *_of("line breaks", LINE_BREAKS),
    *_of("quotes", QUOTES),
    *_of("commas", COMMAS),
    *_of("encodings", ENCODINGS),
    *_of("nameless", NAMELESS),
    *_of("the gate's own", OWN),
    *_of("repeated attributes", REPEATED),
    *_of("junk", JUNK),
    *_of("places", PLACES),
    *_of("cross-site", CROSS_SITE),
    *_of("prefixes", PREFIXED),
    *_of("dates", DATES),
    *_of("max-age", MAX_AGES),
    *_of("over-long", long_ones()),
    *(Vector("skewed dates", text, date=date) for date, text in SKEWED),
    *(Vector("deletions", text, seed=seed) for seed, text in PLACED_DELETIONS),
)
FAMILIES = tuple(dict.fromkeys(vector.family for vector in VECTORS))
