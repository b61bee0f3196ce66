"""A real HTML parser puts what is inserted first into the body, and changes nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.stage import Stage
from tests.support.insertion import bounded, insert
from tests.support.pitfall_pages import (
    FRAMES,
    PITFALLS,
    PUT,
    WITH_NOSCRIPT,
    Pitfall,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Whether the inserted element is the first of the body, and whether without it the document is the
# one that the page alone makes. A frame's document is written by a parser that runs scripts;
# DOMParser's runs none.
JUDGE = """(pages) => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const written = (text) => {
        const opened = frame.contentDocument;
        opened.open();
        opened.write(text);
        opened.close();
        return opened;
    };
    const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');
    const judge = (parse) => ([before, after]) => {
        const plain = parse(before).documentElement?.outerHTML;
        const whole = parse(after);
        const put = whole.getElementById('consentgate');
        const isFirst = put !== null && whole.body.firstChild === put;
        put?.remove();
        whole.body?.normalize();
        return [isFirst, whole.documentElement?.outerHTML === plain];
    };
    const judgements = [judge(written), judge(parsed)].map((one) => pages.map(one));
    frame.remove();
    return judgements;
}"""

RIGHT = [True, True]
"""First in the body, and nothing else changed."""


def judge(stage: Stage, pages: Sequence[Pitfall]) -> tuple[list[list[bool]], list[list[bool]]]:
    """The judgement on each page of a parser that runs scripts, and of one that does not."""
    texts = [(one.page.decode("latin-1"), one.becomes.decode("latin-1")) for one in pages]
    with_scripts, without = stage.run(stage.visitors[0].page.evaluate(JUDGE, texts))
    return with_scripts, without


def wrong(pages: Sequence[Pitfall], judgements: Sequence[Sequence[bool]]) -> list[str]:
    return [str(page) for page, one in zip(pages, judgements, strict=True) if one != RIGHT]


def test_the_browser_finds_the_element_first_in_every_page(stage: Stage) -> None:
    with_scripts, without = judge(stage, PITFALLS)

    assert (wrong(PITFALLS, with_scripts), wrong(PITFALLS, without)) == ([], [])


def test_and_in_pages_that_say_something_where_no_script_runs(stage: Stage) -> None:
    with_scripts, _ = judge(stage, WITH_NOSCRIPT)

    assert wrong(WITH_NOSCRIPT, with_scripts) == []


def test_the_browser_has_no_body_where_frames_are(stage: Stage) -> None:
    pages = [Pitfall(one.page, one.page + PUT) for one in FRAMES]

    with_scripts, _ = judge(stage, pages)

    assert [first for first, _ in with_scripts] == [False] * len(FRAMES)


PIECES = st.sampled_from(
    [
        *("<html lang=en>", "<head>", "</head>", "<body class='a>b'>", "</body>", "</html>"),
        *("<!-- ", "-->", "--!>", "<!-->", "<!doctype html>", "<![CDATA[", "]]>", "<?x", "</", ">"),
        *("<script>", "</script>", "<!--", "<script ", "</script ", "<style>", "</style>", "--"),
        *("<title>", "</title>", "<template>", "</template>", "<meta a=", "<link>", "'", '"', "="),
        *(
            " ",
            "\n",
            "text",
            "<p>",
            "</p>",
            "<div a",
            "<",
            "/",
            "<textarea>",
            "</textarea>",
            "<br>",
        ),
    ]
)
PAGES = st.lists(PIECES, min_size=1, max_size=14).map(lambda pieces: "".join(pieces).encode())


@bounded(15)
@given(pages=st.lists(PAGES, min_size=40, max_size=60))
def test_and_in_pages_that_nobody_wrote(stage: Stage, pages: list[bytes]) -> None:
    made = [Pitfall(page, insert(page)) for page in pages]
    placed = [one for one in made if one.has_place]

    with_scripts, without = judge(stage, placed)

    assert (wrong(placed, with_scripts), wrong(placed, without)) == ([], [])
