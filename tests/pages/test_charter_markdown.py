"""The charter as Markdown, read by a parser of CommonMark with GitHub's tables."""

from __future__ import annotations

from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from consentgate import Category, Controller, Cookie, Policy
from consentgate.pages.charter import charter_of
from consentgate.pages.charter_markdown import charter_markdown
from consentgate.pages.texts import load_texts

TEXTS = load_texts(["en", "fr", "ar"])
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "examples" / "portal" / "consent.toml"
DOCS = ROOT / "docs" / "charter.md"
HEADINGS = ["Cookie", "Provider", "Service", "Where used", "Purpose", "Lifetime", "Party"]

HOSTILE = [
    "a | b",
    "a \\| b",
    "a\n| b | c |\n\n# d",
    "\r\n\u2028---\u0085",
    "<script>alert(1)</script>",
    "<!-- ",
    "&lt;b&gt; &amp;",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "**x** __y__ ~~z~~ `w` $v$",
    "`` ` ``",
    "# x",
    "- x",
    "+ x",
    "1. x",
    "1) x",
    "> x",
    "=== x",
    "---",
    "\\",
    "x\\",
    "[x]: https://evil.example",
]


def markdown(policy: Policy, language: str = "en", settings: str = "/consent/") -> str:
    """The charter of a policy."""
    return charter_markdown(charter_of(policy), TEXTS[language], settings=settings)


def cells(text: str) -> list[list[str]]:
    """The texts of all tables' rows, headings included, as a reader sees them."""
    rows: list[list[str]] = []
    tokens = PARSER.parse(text)
    for opened, token in pairwise(tokens):
        if opened.type == "tr_open":
            rows.append([])
        if opened.type in ("th_open", "td_open"):
            rows[-1].append(seen(token.content))
    return rows


def seen(inline: str) -> str:
    """What a reader sees of inline Markdown; what is no text shows as HTML."""
    return unescape(PARSER.renderInline(inline))


def headings(text: str) -> list[str]:
    """The headings with their levels, as a reader sees them."""
    tokens = PARSER.parse(text)
    return [
        f"{opened.tag} {seen(token.content)}"
        for opened, token in pairwise(tokens)
        if opened.type == "heading_open"
    ]


def addresses(text: str) -> list[str]:
    """Where the links lead to."""
    inline = (child for token in PARSER.parse(text) for child in token.children or ())
    return [str(child.attrs["href"]) for child in inline if child.type == "link_open"]


@pytest.mark.law(6)
def test_the_charter_is_in_order() -> None:
    ad = Cookie("ad", category="marketing")
    policy = Policy(cookies=[ad], site="https://town.example", controller=Controller("Town"))

    assert headings(markdown(policy)) == [
        "h1 Cookie charter",
        "h2 What a cookie is",
        "h2 Cookies used on https://town.example",
        "h3 Necessary",
        "h3 Marketing",
        "h2 When your consent is needed",
        "h2 The kinds of cookies",
        "h3 Necessary cookies",
        "h3 Statistics cookies",
        "h3 First-party cookies",
        "h2 How to change your mind",
        "h2 Who is responsible for this site",
    ]


@pytest.mark.law(6)
def test_a_row_has_every_fact() -> None:
    cookie = Cookie(
        "_pk_id.*",
        category="statistics",
        provider="Matomo",
        service="Audience measurement",
        location="All pages",
        purpose="Counts visitors.",
        lifetime="13 months",
        anonymous=True,
        retention="25 months",
    )

    rows = cells(markdown(Policy(cookies=[cookie])))

    assert rows[0] == [*HEADINGS, "Consent"]
    assert rows[-1] == [
        "_pk_id.*",
        "Matomo",
        "Audience measurement",
        "All pages",
        "Counts visitors.",
        "13 months",
        "First party",
        "Not needed: anonymous statistics, which you can refuse. Data kept for 25 months",
    ]


def test_what_is_no_cookie_says_what_it_is() -> None:
    pixel = Cookie("seen", category="marketing", kind="pixel")

    assert cells(markdown(Policy(cookies=[pixel])))[-1][0] == "seen (Invisible image)"


@pytest.mark.law(15)
def test_the_portal_s_necessary_cookies_are_explained_in_french() -> None:
    text = markdown(Policy.from_toml(PORTAL), "fr")
    rows = {row[0]: row for row in cells(text)}

    assert {"sessionid", "csrftoken", "django_language", "cookies_preferences"} <= set(rows)
    assert "Ces cookies ne nécessitent pas votre accord" in text
    assert all("Non précisé" not in rows[name] for name in ("sessionid", "csrftoken"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_declared_reads_as_it_was_written(hostile: str) -> None:
    cookie = Cookie("c", category="marketing", provider=hostile, purpose=hostile)
    plain = " ".join(hostile.split())

    rows = cells(markdown(Policy(cookies=[cookie])))

    assert rows[-1][:5] == ["c", plain, "Not stated", "Not stated", plain]
    assert len(rows[-1]) == 8


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_controller_reads_as_it_was_written(hostile: str) -> None:
    controller = Controller(hostile, contact=hostile)
    policy = Policy(controller=controller)
    plain = " ".join(hostile.split())

    tokens = PARSER.parse(markdown(policy))

    shown = [seen(token.content) for token in tokens if token.type == "inline"]
    assert f"Contact: {plain}" in shown
    assert any(text.startswith(f"Data controller: {plain}") for text in shown)
    assert headings(markdown(policy)) == headings(markdown(Policy(controller=Controller("x"))))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_no_text_breaks_a_table(text: str) -> None:
    cookies = [
        Cookie("c", category="marketing", provider=text, location=text, purpose=text),
        Cookie("d", category="marketing"),
    ]

    rows = cells(markdown(Policy(cookies=cookies)))

    assert [row[0] for row in rows[-2:]] == ["c", "d"]
    assert {len(row) for row in rows} == {8}


@pytest.mark.parametrize(
    ("site", "page", "address"),
    [
        ("https://town.example", "/privacy", "https://town.example/privacy"),
        ("", "/privacy", "/privacy"),
        ("https://town.example", "https://other.example/p", "https://other.example/p"),
        ("https://town.example", "/a (b)>\n<c>", "https://town.example/a%20(b)%3E%3Cc%3E"),
        ("https://town.example", "/données", "https://town.example/donn%C3%A9es"),
        ("https://town.example", "/a%20b", "https://town.example/a%20b"),
    ],
)
def test_links_lead_to_the_site(site: str, page: str, address: str) -> None:
    controller = Controller("Town", privacy_page=page)

    assert addresses(markdown(Policy(site=site, controller=controller))) == [address]


def test_the_link_to_the_choice_is_completed_by_the_site_s_address() -> None:
    ad = Cookie("ad", category="marketing")
    policy = Policy(cookies=[ad], site="https://town.example")

    assert addresses(markdown(policy)) == ["https://town.example/consent/"]


def test_arabic_is_written_as_any_other_language() -> None:
    assert headings(markdown(Policy(), "ar"))[0] == "h1 ميثاق ملفات تعريف الارتباط"


def test_a_category_of_the_site_s_own_says_no_more_than_the_site_says() -> None:
    policy = Policy(cookies=[Cookie("v", category="video")], categories=[Category("video")])

    below = markdown(policy).partition("### video\n\n")[2]

    assert below.startswith("These cookies are used only with your consent.\n\n| Cookie |")


def test_the_documentation_s_example_writes_the_charter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = DOCS.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    (tmp_path / "consent.toml").write_text('necessary = ["session"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    exec(compile(example, "charter.md", "exec"), {})

    written = (tmp_path / "cookies.md").read_text(encoding="utf-8")
    assert written == markdown(Policy(["session"]), "fr")
