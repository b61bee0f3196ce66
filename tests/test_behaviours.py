"""Each rule that is finished has a test that says so with a marker."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

BEHAVIOURS = {
    1: "before a choice only what is exempt leaves, byte for byte and in order",
    2: "a choice that can't be believed grants nothing, and several are intersected",
    3: "a deletion of a named cookie passes, and what only looks like one does not",
    4: "nameless cookies, odd names and odd headers are judged as browsers read them",
    5: "a grant counts at once, its cookie goes first, and what changes nothing writes nothing",
    6: "a withdrawal counts for what the same response had queued, and is kept as a refusal",
    7: "a choice after the response started is a clear error and sends nothing",
    8: "an explicit rule beats a glob, a longer glob a shorter, and a star alone is refused",
    9: "responses of every status, method and channel are guarded, once",
    10: "names that are not allowed vanish from the request's Cookie header",
    11: "a choice too old or stale is flagged and its cookies stop",
    12: "with nothing to strip the server gets equal headers in a list of the gate's own",
    13: "a choice leads back within the site only, and comes from the site itself by POST",
    14: "a page of before a choice is never served after it, nor one visitor's to another",
    15: "nothing is written before the choice",
    16: "everything works with JavaScript off",
    17: "a strict content security policy sees no violation, and nonces are kept",
    18: "a refusal after an acceptance expires that category's cookies, on documents only",
    19: "undeclared cookies are never expired, only reported, and hidden on request",
    20: "each action is one event without values; the log tells each name and reason once",
    21: "report mode changes nothing on the wire and reports every verdict",
    22: "what the server gets is nobody else's, and is what was judged",
    23: "no flood makes memory grow past its bound, and no header costs more than it may",
    24: "what a visitor made up is neither logged as a name nor crowds out the application's",
    25: "hiding reads as the most liberal reader does, the choice is read strictly",
    26: "the facts of a request are those that the server gave",
    27: "of two gates the outer trusts what the inner one wrote, never a name",
    28: "every adapter judges every channel, and a HEAD answers as its GET would",
    29: "a scope that is no request passes before anything is asked of it",
    30: "no secret's digest is shown, no mount leads elsewhere, no odd header passes",
    31: "middleware outside of the gate is named at the first request",
    32: "who asks for a page gets the question, and every program the application's own bytes",
    33: "a page that a script shows as the next one has one question or one way back",
    34: "a cache inside the gate gives no visitor a page with another visitor's answer",
    35: "links and forms use the mount, scheme and host that the framework knows",
    36: "a page says that a choice is saved, and which, only where a cookie proves it",
    37: "a page's base, form-action and sandbox do not mislead what is put into it",
    38: "two applications on one host under different mounts each keep their choice",
    39: "compression inside the gate does not silence the question",
    40: "what is before a page's body leaves at once",
    41: "a page from a file is a page, and a choice that is cleared is reported",
    42: "an application in a frame of another site can ask and keep a choice",
    43: "a tracker of the parent domain is gone after a withdrawal",
    44: "what the log says to paste is safe to paste, and complete",
    45: "an error names what was given, where it was looked for and what to use instead",
}

LAWS = {
    1: "nothing is stored or read before consent unless it is exempt (ePrivacy art. 5(3))",
    2: "what else is kept on the device is declared and explained too (EDPB 2/2023)",
    3: "refusing is as easy as accepting (CNIL 2020-091 art. 2)",
    4: "a refusal is a button, and says so (EDPB Cookie Banner Taskforce)",
    5: "only an affirmative act grants (GDPR recital 32; CJEU C-673/17)",
    6: "purpose, lifetime, controller and third parties are told before the choice (Planet49)",
    7: "acceptance and refusal hold for six months alike (CNIL 2020-092)",
    8: "after a refusal nobody is asked again while it holds (EDPB 03/2022)",
    9: "consent is withdrawn as easily as it is given (GDPR art. 7(3))",
    10: "a withdrawal takes effect on what is stored (GDPR art. 7(3))",
    11: "that a visitor consented can be demonstrated (GDPR art. 7(1))",
    12: "a record names the digest of what was shown, and a signed log holds it (CNIL 2020-092)",
    13: "the proof does not say who consented, and is not kept for ever (GDPR art. 5(1)(c), (e))",
    14: "what is exempt names its reason (CNIL 2020-091 art. 5)",
    15: "what is exempt is explained too (CNIL 2020-091 art. 5)",
    16: "exempt audience measurement is bounded, not renewed, and can be refused (CNIL)",
    17: "13 and 25 months are said of exempt audience measurement only (CNIL, July 2025)",
    18: "a refusal changes nothing of the service (CNIL 2020-091 art. 2)",
    19: "the banner is in the page's language and plain (EDPB 03/2022 annex I)",
    20: "of Global Privacy Control only an exact 1 counts (W3C GPC)",
    21: "the well-known resource says that the signal is honoured (W3C GPC)",
    22: "Global Privacy Control refuses while undecided and never grants (W3C GPC)",
    24: "records are exported, and taken home, with the fields of ISO/IEC TS 27560",
    27: "targets, focus, contrast, reflow, names, roles and messages (WCAG 2.2 AA)",
    28: "the criteria of RGAA 4.1.2 that bear on a banner",
    30: "in the United Kingdom statistics and appearance leave until an objection (PECR sch. A1)",
    31: "the French exemption rests on the site's own assessment (CNIL)",
    32: "the limits of an exemption hold while there is no grant",
    33: "a page says what the opt-out signal refuses (CCPA regulations 7025(c)(6))",
    34: "in California cookies leave until a refusal or a signal (CCPA 1798.135)",
    35: "a choice kept for an account changes none of a browser logged out (CNIL 2025-131)",
    36: "a withdrawal reaches those to whom data went, whatever process ends (CNIL, 2026)",
    37: "a cookie lives no longer than visitors were told (Planet49)",
    38: "what else a header stores is held, or named with what holds it (EDPB 2/2023)",
}


def marked_in(path: Path) -> Iterator[tuple[str, int]]:
    """The (marker, number) of each marker of a rule in a file of tests, on functions, classes,
    modules and the parameters of tests."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(attr="mark"), attr="behaviour" | "law" as marker
                ),
                args=[ast.Constant(value=int() as number)],
            ):
                yield marker, number


MARKED = {one for path in sorted(TESTS.rglob("*.py")) for one in marked_in(path)}


@pytest.mark.parametrize("number", BEHAVIOURS, ids=lambda number: f"{number}-{BEHAVIOURS[number]}")
def test_each_behaviour_has_a_test(number: int) -> None:
    assert ("behaviour", number) in MARKED


@pytest.mark.parametrize("number", LAWS, ids=lambda number: f"{number}-{LAWS[number]}")
def test_each_rule_of_law_has_a_test(number: int) -> None:
    assert ("law", number) in MARKED


def test_no_test_claims_a_rule_that_does_not_exist() -> None:
    existing = {("behaviour", n) for n in range(1, 47)} | {("law", n) for n in range(1, 41)}

    assert MARKED - existing == set()


def test_a_marker_is_found_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "test_some.py"
    path.write_text(
        "pytestmark = pytest.mark.behaviour(1)\n"
        "@pytest.mark.law(2)\ndef test_a(): ...\n"
        "x = pytest.param(1, marks=pytest.mark.behaviour(3))\n"
        "# pytest.mark.law(4)\ny = 'pytest.mark.law(5)'\n"
    )

    assert sorted(marked_in(path)) == [("behaviour", 1), ("behaviour", 3), ("law", 2)]
