"""Odd characters in every place of a Set-Cookie value. NAME stands for the cookie's name."""

from __future__ import annotations

from collections.abc import Iterator

NAMES = (
    "NAME=1",
    "NAME=",
    "name=1",
    "NAM=E",
    "NAMES=1",
    "xNAME=1",
    "_NAME=1",
    "NAME_=1",
    "NAME.1=1",
    "NAMENAME=1",
    "NAME[]=1",
    "NAME[a]=1",
    "NAME(1)=1",
    "NAME{1}=1",
    "NAME<1>=1",
    "NAME/1=1",
    "NAME\\1=1",
    "NAME:1=1",
    "NAME?=1",
    "NAME@1=1",
    "NAME#1=1",
    "NAME$=1",
    "NAME%20=1",
    "NAME%3D=1",
    "%4eAME=1",
    "NAME&b=1",
    "NAME'=1",
    "NAME*=1",
    "NAME+=1",
    "NAME|=1",
    "NAME~=1",
    "NAME^=1",
    "NAME`=1",
    "NAME!=1",
    "NAME-=1",
    "$NAME=1",
    "$Version=1",
    "glob_=1",
    "glob_1=1",
    "Glob_1=1",
    "xglob_1=1",
    "expires=1",
    "Max-Age=0",
    "Path=/",
    "Domain=home.example.org",
    "Secure=1",
    "HttpOnly=1; HttpOnly",
    "SameSite=None",
    "Set-Cookie=1",
    "Set-Cookie: NAME=1",
    "Cookie=NAME=1",
    "constructor=1",
    "__proto__=1",
    "advert=1",
    "ADVERT=1",
)

BLANKS = (
    " NAME=1",
    "\tNAME=1",
    "   \t  NAME=1",
    "NAME =1",
    "NAME\t=1",
    "NAME \t =1",
    "NAME= 1",
    "NAME=\t1",
    "NAME=1 ",
    "NAME=1\t",
    "NAME=1 2",
    "N AME=1",
    "NAME x=1",
    "x NAME=1",
    "x\tNAME=1",
    "NAME\t1=1",
    "NAME=1\t2",
    "NAME= ",
    "NAME= ;",
    " = NAME",
    "\xa0NAME=1",
    "NAME\xa0=1",
    "\x85NAME=1",
    "NAME\x85=1",
    "NAME\xad=1",
    "\xadNAME=1",
    "\xa0 NAME=1",
    "NAME \xa0=1",
    "NAME=1\xa0",
    "NAME=1;Max-Age=0",
    "NAME=1 ;Max-Age=0",
    "NAME=1;  Max-Age  =  0  ",
    "NAME=1;\tMax-Age\t=\t0\t",
    "NAME=1;\xa0Max-Age=0",
    "NAME=1; Max-Age\xa0=0",
    "NAME=1; Max-Age=\xa00",
    "NAME=1; Max-Age=0\xa0",
    "NAME=1; Max-Age=0\x85",
    "NAME=1; Max- Age=0",
    "NAME=1; Max\tAge=0",
    "NAME=1; x\ty=z; Max-Age=0",
)

QUOTES = (
    '"NAME"=1',
    '"NAME=1"',
    '"NAME=1',
    'NAME"=1',
    "'NAME'=1",
    'NAME=""',
    'NAME="1"',
    'NAME="1',
    'NAME="1; Max-Age=0"',
    'NAME="1; Max-Age=0; x"',
    'NAME="\\"; Max-Age=0',
    'NAME="a"b"; Max-Age=0',
    'NAME="a, b=c"',
    'x="; NAME=1"',
    'x="\\"; NAME=1',
    '"x; NAME=1"',
    'NAME=1; Max-Age="0"',
    "NAME=1; Max-Age='0'",
    'NAME=1; "Max-Age"=0',
    'NAME=1; "Max-Age=0"',
    'NAME=1; Expires="Thu, 01 Jan 1970 00:00:00 GMT"',
    "NAME=1; Expires='Thu, 01 Jan 1970 00:00:00 GMT'",
    'NAME=1; Expires="Thu, 01 Jan 1970 00:00:00 GMT',
    'NAME=1; Path="/"; Max-Age=0',
    "NAME=\\; Max-Age=0",
    "NAME=a\\;b; Max-Age=0",
    'NAME={"a": [1, 2], "b": "c"}',
)

COMMAS = (
    "NAME=1, other=2",
    "other=1, NAME=2",
    "other=1,NAME=2",
    "NAME=1, other=2; Path=/",
    "other=1; Path=/, NAME=2; Path=/",
    "NAME=1; Max-Age=0, other=2",
    "NAME=1, other=2; Max-Age=0",
    "NAME=1; Expires=Fri, 31 Dec 2060 23:59:59 GMT, other=2",
    "NAME=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT, other=2",
    "NAME, other=1",
    ",NAME=1",
    "NAME,=1",
    "NAME=,",
    "NAME=1;, other=2",
    "NAME=1; , Max-Age=0",
    "NAME=1;, Max-Age=0",
    "NAME=1; Secure, Max-Age=0",
    "NAME=1,2,3; Path=/",
)

ENCODINGS = (
    "NAM\xc9=1",
    "NAME\xc3\xa9=1",
    "\xc3\xa9=NAME",
    "NAME=\xc3\xa9",
    "NAME=\xff\xfe",
    "NAME\xff=1",
    "\xffNAME=1",
    "\xef\xbb\xbfNAME=1",
    "NAME\xe2\x80\x8b=1",
    "NAME\xe2\x80\xa8=1",
    "\xc2\xa0NAME=1",
    "NAME\xc2\xa0=1",
    "NAME\xc0\x80=1",
    "NAME=\xf0\x9f\x8d\xaa",
    "\xf0\x9f\x8d\xaa=NAME",
    "NAME=1; \xc3\xa9=x",
    "NAME=1\xef\xbc\x9b Max-Age=0",
    "NAME\xef\xbc\x9d1=1",
    "+AE4-NAME=1",
    "=?utf-8?q?NAME?=1",
)

NAMELESS = (
    "NAME",
    "NAME; Path=/",
    "NAME; Max-Age=3600",
    "NAME; Max-Age=0",
    "NAME ; Secure",
    "=NAME",
    "=NAME; Path=/",
    "=NAME; Max-Age=0",
    "=NAME=1",
    "==NAME",
    " =NAME=1",
    "\t=NAME",
    "=",
    "=; Path=/",
    "",
    ";",
    " ; Path=/",
    ";NAME=1",
    "; NAME=1",
    ";=NAME=1",
    "x;NAME=1",
    "NAME;x=1",
    "x; NAME=1; Path=/",
    "NAME;=1",
    '"NAME"',
    "NAME 1",
    "NAME, x",
    "NAME:1",
    "NAME%3D1",
    "Secure",
    "Path",
    "=\xa0",
    "=track",
    "login",
)

OWN = (
    "cookies_preferences=1",
    "cookies_preferences=",
    "cookies_preferences; Path=/",
    "=cookies_preferences=1",
    "Cookies_Preferences=1",
    "cookies_preferences=true; Path=/; Secure; Max-Age=31536000",
    "cookies_preferences=; Max-Age=0; Path=/; Secure",
    " cookies_preferences =1; Domain=example.org",
)

_PLACES = (
    "{}NAME=1",
    "NA{}ME=1",
    "NAME{}=1",
    "NAME={}1",
    "NAME=1{}",
    "NAME=1{}; Path=/",
    "NAME=1;{}Secure",
    "NAME=1; Path=/{}",
    "NAME=1; Max-Age=0{}",
    "NAME=1; Max-Age={}0",
    "NAME=1; x{}y=z; Max-Age=0",
)

_BREAKS = ("\0", "\r", "\n", "\r\n")

LINE_BREAKS = (
    *(place.format(mark) for place in _PLACES[::2] for mark in _BREAKS),
    "login=1\r\nSet-Cookie: NAME=2",
    "login=1\nSet-Cookie: NAME=2",
    "login=1\rSet-Cookie: NAME=2",
    "login=1\0Set-Cookie: NAME=2",
    "login=1\r\n\tNAME=2",
    "login=1\r\n Set-Cookie: NAME=2",
    "NAME=1; Max-Age=0\r\nSet-Cookie: x=2",
    "x\r\nSet-Cookie: NAME=2\r\nx: y",
    "login=1\n\nNAME=2",
    "login=1\r\n\r\n<script>document.cookie = 'NAME=2'</script>",
)


def controls() -> Iterator[str]:
    """Yield each control character but CR, LF and NUL in three places, others for each."""
    characters = [chr(code) for code in (*range(1, 32), 127) if chr(code) not in "\r\n"]
    for number, character in enumerate(characters):
        for step in (0, 4, 7):
            yield _PLACES[(number + step) % len(_PLACES)].format(character)


def long_ones() -> Iterator[str]:
    """Yield values around the lengths at which browsers stop reading (RFC 6265bis 5.6, 5.7)."""
    for size in (1023, 1024, 1025):
        yield f"NAME=1; Path=/{'p' * (size - 1)}; Path=/"
        yield f"NAME=1; Max-Age={'0' * size}"
        yield f"NAME=1; Max-Age=3600; Max-Age={'0' * size}"
        yield f"NAME=1; Domain={'d' * size}; x"
        yield f"NAME=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT {'x' * (size - 30)}"
        yield f"NAME=1; x={'y' * size}; Max-Age=0"
    for size in (4088, 4091, 4092, 5000):
        yield f"NAME={'v' * size}"
        yield f"NAME={'v' * size}; Max-Age=0"
        yield f"NAME{'n' * size}=1"
        yield f"=NAME{'n' * size}"
    yield f"NAME=1{'; a' * 2000}; Max-Age=0"
    yield f"NAME=1{'; Max-Age=0' * 300}; Max-Age=3600"
    yield f"{' ' * 5000}NAME{' ' * 5000}=1"
    yield f"NAME=1;{' ' * 5000}Max-Age=0"
    yield f"{';' * 5000}NAME=1"
