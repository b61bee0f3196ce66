"""A choice, made in the browser, is kept by it and takes effect there."""

from __future__ import annotations

import time

import pytest

from consentgate import VisitorConsent
from tests.browser.site import GRANTED, REFUSED, Answer
from tests.browser.stage import Jar, Play, Stage, Stored, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ONE_DAY_S = 86_400
OWN = "cookies_preferences"


def accept(consent: VisitorConsent) -> None:
    consent.grant("statistics")


def refuse(consent: VisitorConsent) -> None:
    consent.refuse()


def own_of(jar: Jar) -> list[Stored]:
    return [one for one in jar.stored if one.name == OWN]


async def post(stage: Stage, visitor: Visitor, answer: Answer) -> None:
    """Send a form to what gives this answer, and wait for the page that comes back."""
    path = stage.site.put(answer)
    async with visitor.page.expect_navigation():
        await visitor.page.evaluate(
            """(address) => {
                const form = document.createElement("form");
                form.method = "post";
                form.action = address;
                document.body.append(form);
                form.submit();
            }""",
            f"{path}?gated",
        )


async def post_all(stage: Stage, *answers: Answer, before: tuple[str, ...] = ()) -> list[Jar]:
    """A new visitor's jar after each of the forms, as one visitor sends them."""
    visitor = await stage.new_visitor()
    await visitor.play(Play((), before=before))
    jars = []
    for answer in answers:
        await post(stage, visitor, answer)
        jars.append(await visitor.read_jar("", choice=""))
    await visitor.context.close()
    return jars


@pytest.mark.behaviour(5)
def test_a_grant_arrives_with_the_tracker_it_allows(stage: Stage) -> None:
    (jar,) = stage.run(post_all(stage, Answer(("track=1", "advert=1"), act=accept)))

    assert jar.names == {OWN, "track"}


def test_the_choice_is_kept_for_half_a_year_and_over_https_only(stage: Stage) -> None:
    (jar,) = stage.run(post_all(stage, Answer(act=accept)))

    (own,) = own_of(jar)
    assert (own.secure, own.http_only, own.same_site, own.path) == (True, False, "Lax", "/")
    assert own.domain == "home.example.org"
    assert own.expires == pytest.approx(time.time() + 182 * ONE_DAY_S, abs=2 * ONE_DAY_S)


def test_a_later_response_brings_what_was_granted_before(stage: Stage) -> None:
    _, jar = stage.run(post_all(stage, Answer(act=accept), Answer(("track=1", "advert=1"))))

    assert jar.names == {OWN, "track"}


@pytest.mark.behaviour(18)
def test_a_withdrawal_deletes_what_the_grant_brought(stage: Stage) -> None:
    given = Answer(("track=1; Path=/", "glob_1=1; Path=/; HttpOnly; Secure", "alien=1"), act=accept)

    _, jar = stage.run(post_all(stage, given, Answer(("track=2",), act=refuse)))

    assert jar.names == {OWN}


@pytest.mark.behaviour(43)
@pytest.mark.parametrize("domain", ["", "; Domain=home.example.org", "; Domain=.example.org"])
def test_a_withdrawal_deletes_a_tracker_wherever_it_is_set_for_the_host(
    stage: Stage, domain: str
) -> None:
    before = (f"{GRANTED}; Path=/; Secure", f"parent_1=1; Path=/{domain}", "alien=1; Path=/")

    (jar,) = stage.run(post_all(stage, Answer(act=refuse), before=before))

    assert jar.names == {OWN, "alien"}


@pytest.mark.behaviour(18)
def test_a_refused_tracker_that_is_still_there_goes_with_the_next_page(stage: Stage) -> None:
    before = (f"{REFUSED}; Path=/; Secure", "track=1; Path=/; HttpOnly", "alien=1; Path=/")

    (jar,) = stage.run(post_all(stage, Answer(), before=before))

    assert jar.names == {OWN, "alien"}


@pytest.mark.behaviour(2)
@pytest.mark.parametrize(
    "choice",
    [
        GRANTED[:-1],
        GRANTED.lower(),
        GRANTED.partition(".")[0],
        f"{OWN}=true",
        f'{OWN}="{GRANTED.partition("=")[2]}"',
        f"{OWN}={GRANTED.partition('=')[2]}%20",
    ],
    ids=["cut", "in lower case", "unsigned", "true", "quoted", "with more behind it"],
)
def test_a_choice_that_is_not_the_gates_own_allows_nothing(stage: Stage, choice: str) -> None:
    jar = stage.play(Play((Answer(("track=1", "login=1")),), choice=choice))

    assert jar.names - {OWN} == {"login"}


def test_the_choice_itself_lets_the_tracker_in(stage: Stage) -> None:
    jar = stage.play(Play((Answer(("track=1", "login=1")),), choice=GRANTED))

    assert jar.names == {"login", "track"}
