"""Pages whose body starts where one does not expect it; `|` stands where something is put in."""

from __future__ import annotations

from dataclasses import dataclass

PUT = b"<div id=consentgate>&#201;</div>"
"""What the tests put into a page."""


@dataclass(frozen=True, slots=True)
class Pitfall:
    """One page, and what it becomes: the same where it has no place."""

    page: bytes
    becomes: bytes

    @classmethod
    def of(cls, marked: bytes) -> Pitfall:
        """The page of a text with at most one place marked in it."""
        return cls(marked.replace(b"|", b""), marked.replace(b"|", PUT))

    @property
    def has_place(self) -> bool:
        """True when something is put in."""
        return self.page != self.becomes

    def __str__(self) -> str:
        return self.becomes.replace(PUT, b"|").decode("latin-1").encode("unicode_escape").decode()


_PLAIN = [
    b"<!DOCTYPE html><html><head><title>t</title></head><body>|<p>x",
    b"<body>|",
    b"<BODY>|x",
    b"<bOdY\tclass=x>|x",
    b"<body\nonload='f(1>2)'>|x",
    b"<body a=\">\" b='>' c=\"'>'\">|x",
    b"<body/>|x",
    b"<body / a>|x",
    b"<body a=b/>|x",
    b"<body a=>|x",
    b"<body a= >|x",
    b'<body a = ">" >|x',
    b"<body a\f=\r'>'>|x",
    b'<body ="x>|">',
    b'<body a="b"c=">">|x',
    b'<body a="b"="x>|">',
    b"<body a=b\"c d=e'f>|x",
    b"<body a<b>|x",
    b"<body \"a'>|x",
    b"<body =>|x",
    b'<body ==">">|x',
    b'<body a==">|">x',
    b"<body a=`>|`>",
    b"<html lang=en><body>|",
    b"<html><head></head>\n\n<body>|\n",
    b"<html><head><meta charset=utf-8>\n<body>|\n",
    b"  \t\r\n\f<!DOCTYPE html>\n<!-- a -->\n<html>\n<!-- b --><head>\n</head><!-- c -->\n<body>|",
]

_IMPLIED = [
    b"|text",
    b"  |text",
    b"|&amp;",
    b"|&nbsp;",
    b"|<p>x",
    b"|<P>x",
    b"|<main>x",
    b"|<img src=x>",
    b"|<h1>x</h1>",
    b"|<bodyx>",
    b"|<body-x>",
    b"|<svg/>",
    b"|<form><input>",
    b"|<table><tr><td>x",
    b"|<textarea><body></textarea>",
    b"|<iframe></iframe>",
    b"|<select><option>x",
    b"|<plaintext><body>",
    b"|<button>x",
    b"|< body>",
    b"|<1>",
    b"|<div class='",
    b"|<<body>",
    b"|<",
    b"|</",
    b" |<",
    b"<!DOCTYPE html>|Hello",
    b"<!DOCTYPE html><title>t</title>|<p>x",
    b"<!DOCTYPE html><title>t</title>|",
    b"<!DOCTYPE html><title>t</title>\n|",
    b"<html>|",
    b"<!doctype html>|",
    b"<html><head><title>t</title></head>|<div>x",
    b"<html><head><title>t</title></head>\n |text",
    b"<head>|<div></head><body>",
    b"<head></head>|x<body>",
    b"<head></head>|</body>",
    b"<html></head>|</html>",
    b"</head>|x",
    b"|</body>x",
    b"|</html>x",
    b"|</br>x",
    b"</p></div></x>|<p>x",
    b"<head></p></head></head></p>|<p>x",
    b"<html><html><head><head>|<p>x",
    b"</title>|x",
    b"<head></head><head><title>t</title>|<p>",
    b"<head></head></template>|<p>",
    b"<link rel=x href=y>|<p>x",
    b"<base href=x><basefont><bgsound><LINK><meta name=a content='<body>'>|<p>x",
    b'<meta a="<body>">|<p>',
    b"<meta a='\"'><meta b='>'>|<p>",
    b"|<metax><p>",
    b"<head><meta charset=utf-8 / >|<p>",
    b"|\xc3\xa9t\xc3\xa9",
    b"<title>t</title>|\xff\xfe<p>",
    b"<title>\xe9</title>|\xe9",
]

_COMMENTS = [
    b"<!-- <body> --><body>|",
    b"<!----><body>|",
    b"<!--><body>|-->",
    b"<!---><body>|-->",
    b"<!--->|--><body>",
    b"<!----!><body>|-->",
    b"<!-- --!><body>|-->",
    b"<!--!><body>--><body>|",
    b"<!---!><body>--><body>|",
    b"<!-- -- > <body> --><body>|",
    b"<!-- ---><body>|",
    b"<!-- -----><body>|",
    b"<!-- --!-><body>--><body>|",
    b"<!-- --!--><body>|",
    b"<!-- <!-- --><body>|-->",
    b"<!-- <!--><body>|-->",
    b"<!-- <!--!><body>|-->",
    b"<!-- <!---><body>|-->",
    b"<!-- <!- --><body>|-->",
    b"<!--[if IE]><body class=ie><![endif]--><body>|",
    b"<!--[if !IE]><!--><body>|<!--<![endif]-->",
    b"<!--[if gt IE 8]><!--> <html class=x> <!--<![endif]--><head></head><body>|",
    b"<![if !IE]><body>|<![endif]>",
    b"<!doctype html [<!ENTITY x '>|'>]><body>",
    b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://x>|"><body>',
    b"<?xml version='1.0'?><html><body>|",
    b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD'>\n<html><title></title>|x",
    b"<?php echo '>|' ?><body>",
    b"<![CDATA[<body>|]]>",
    b"<![CDATA[x]]>|x",
    b"<!><body>|",
    b"<!-><body>|",
    b"<!x><body>|",
    b"<!doctype><body>|",
    b"</><body>|",
    b"</1><body>|",
    b"</ <p><body>|",
    b"</\x00><body>|",
    b"<!-- a -->\n<!-- b -->|x",
    b"<!-- only -->|",
]

_RAW = [
    b"<script>'<body>'</script><body>|",
    b"<script>a<b;c</d;e<!f</script><body>|",
    b"<SCRIPT DATA='>'></SCRIPT ><body>|",
    b"<script></script/><body>|",
    b"<script></script a='>'><body>|",
    b"<script></scripty><body></script><body>|",
    b"<script></script\f><body>|",
    b"<script/><body></script><body>|",
    b"<script><!-- <body> --></script><body>|",
    b"<script><!--</script><body>|",
    b"<script><!--<script></script><body>--></script><body>|",
    b"<script><!--<script></script><body></script><body>|",
    b"<script><!--<script>--></script><body>|",
    b"<script><!--><script></script><body>|",
    b"<script><!---><script></script><body>|",
    b"<script><!-- --!><script></script><body></script><body>|",
    b"<script><!--<scripty></script><body>|",
    b"<script><!--<script/ ></script><body></script><body>|",
    b"<script><!--<SCRIPT\n></Script\n><body></sCRIPT><body>|",
    b"<script><!--<script></script><script></script><body></script><body>|",
    b"<script><!--<script></script></script><body>|",
    b"<script>x--><!--y--><!--<script>z</script></script ><body>|",
    b"<style>a::before{content:'<body>'}</style><body>|",
    b"<style><!-- </style><body>|-->",
    b"<STYLE></style x='>'><body>|",
    b"<style></styles><body></style><body>|",
    b"<title><body></title><body>|",
    b"<title><!-- </title><body>|-->",
    b"<title></title <body>|",
    b"<title><script></title><body>|</script>",
    b"<noframes><body></noframes><body>|",
    b"<head></head><script></script><style></style><title></title><link><meta>\n<body>|",
    b"<head></head>\n<script>x</script>\n|<p>x",
    b"<head></head><template></template>|<p>x",
    b"<head></head><noframes></noframes><body>|",
]

_TEMPLATES = [
    b"<template><body></template><body>|",
    b"<template><div></div></template>|<p>x",
    b"<TEMPLATE a='>'><p></Template ><body>|",
    b"<template><template><body></template><body></template><body>|",
    b"<template></template></template><body>|",
    b"<template><!-- </template> --><body></template><body>|",
    b"<template><script>'</template>'</script><body></template><body>|",
    b"<template><script><!--<script></script></template>--></script></template><body>|",
    b"<template><style></template></style></template><body>|",
    b"<template><title></template></title><body></template><body>|",
    b"<template><textarea></template></textarea><body></template><body>|",
    b"<template><xmp></template></xmp><iframe></template></iframe></template><body>|",
    b"<template><noembed></template></noembed><noframes></template></noframes></template><body>|",
    b"<template><p a='</template>'></template><body>|",
    b"<template a='</template>'></template><body>|",
    b"<template>< <1 a < b & c</template><body>|",
    b"<template/><body></template><body>|",
    b"<template><template/></template><body></template><body>|",
    b"<template><svg><path d='M0 0'/></svg></template><body>|",
    b"<template><svg><style/></svg><body></template><body>|",
    b"<template><svg><script/></svg></template><body>|",
    b"<template><svg><title>x</title></svg></template><body>|",
    b"<template><svg><![CDATA[</template>]]></svg></template><body>|",
    b"<template><svg><!-- </template> --><!x><a b='/>'></svg></template><body>|",
    b"<template><math><mi>x</mi></math></template><body>|",
    b"<template><svg></template><script>1</script><body>|",
    b"<template></svg><svg/></template><body>|",
    b"<template><frameset></template><body>|",
    b"<template><html><head><body></template><body>|",
    b"<template><tr><td></template><body>|",
    b"<template><!doctype html><?x></1></template><body>|",
]

_NO_PLACE = [
    b"",
    b" \n",
    b"\xef\xbb\xbf",
    b"<!-- <body> ",
    b"<!-- <body> --",
    b"<body class='x",
    b"<body",
    b"<div",
    b"<title><body>",
    b"<script><body>",
    b"<script><!--<script></script><body>",
    b"<style><body></styl",
    b"<template><body>",
    b"<template><![CDATA[</template>]]><body>",
    b"<template><plaintext></template><body>",
    b"<!doctype html",
    b"</div",
    b"<?xml",
    b"\xef",
    b"\xfe",
]

_FRAMES = [
    b"<frameset cols=*><frame src=a></frameset>",
    b"<html><head><title>t</title></head><FRAMESET cols=*><frame src=a></FRAMESET>",
    b"<head></head><frameset><frame></frameset><noframes><body></noframes>",
    b"<head></head><noscript>x</noscript> <frameset></frameset>",
]

_DATA = [
    b'{"ok": true}',
    b'\n [{"text": "<body>"}]',
    b'\xef\xbb\xbf{"a": "<html><head></head><body>"}',
    b'<?xml version="1.0"?><urlset><url><loc>https://a/</loc></url></urlset>',
    b'<?xml version="1.0"?>\n<!-- a feed -->\n<rss><channel><title>t</title></channel></rss>',
    b'<?xml version="1.0"?><?xml-stylesheet href="a"?><link/><body>',
    b'\xef\xbb\xbf <?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    b'<?xml version="1.0"?> text',
    b'<?xml version="1.0"?>',
]

_MARKS = [
    b"\xef\xbb\xbf|text",
    b"\xef\xbb\xbf<!DOCTYPE html><body>|",
    b"|\xef\xbbtext",
    b"|\xef\xbb<body>",
    b" |\xef\xbb\xbf<body>",
]

_GROUPS = (_PLAIN, _IMPLIED, _COMMENTS, _RAW, _TEMPLATES)

PITFALLS = [Pitfall.of(marked) for group in _GROUPS for marked in group]
"""Pages that a browser shows alike whether it runs scripts or not."""

UNFINISHED = [Pitfall.of(marked) for marked in _NO_PLACE]
"""Pages that are empty, or end where nothing can be put in."""

FRAMES = [Pitfall.of(marked) for marked in _FRAMES]
"""Pages with frames, in which a body would be one of the frames' own or none."""

DATA = [Pitfall.of(marked) for marked in _DATA]
"""JSON and XML, which some applications send as HTML."""

MARKED = [Pitfall.of(marked) for marked in _MARKS]
"""Pages with a byte order mark, or the beginnings of one."""

WITH_NOSCRIPT = [
    Pitfall.of(marked)
    for marked in (
        b"<head><noscript><img src=x></noscript></head><body>|",
        b"<head><noscript><style>x</style></noscript><body>|",
        b"<noscript><body></noscript><body>|",
        b"<NOSCRIPT><p></NoScript ><body>|",
        b"<head></head>|<noscript>x</noscript><p>",
        b"<head></head>|<noscript>x</noscript><body>",
        b"<head></head>|<noscript><body></noscript>",
        b"<head></head>|<noscript>",
        b"<head></head>|<noscript></noscript><script></script> <!-- --></x><noscript></noscript>x",
        b"<template><noscript></template></noscript><body></template><body>|",
    )
]
"""Pages as they are to a browser that runs scripts."""

UTF_16 = [
    Pitfall.of("\ufeff<body>".encode("utf-16-le")),
    Pitfall.of("\ufeff<body>".encode("utf-16-be")),
]
"""Pages whose mark says that their bytes are none of ASCII's."""
