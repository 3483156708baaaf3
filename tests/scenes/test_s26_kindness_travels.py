"""S26: a warm exchange with Aleem is the first thing that Dave reads of this person, and a story for the team."""

from __future__ import annotations

from rapport.inbox.models import Conversation
from tests.conftest import Cast
from tests.scenes.stage import answers, at, browser, joins, of, page


def warm(cast: Cast) -> Conversation:
    """Aleem helps in the web shop and notes what lay behind it."""
    aleem = browser(joins(cast, "Aleem"))
    talk = cast.says("@the_customer", "@acme the shop will not take my card and I am worried", id="1", at=at(8))
    cast.clock.move_to(at(8, 10))
    answers(aleem, talk, "I put the phone aside for you and took the order by hand.")
    cast.says("@the_customer", "@acme thank you so much, that was brilliant, wonderful service!", id="2", reply_to="1",
              at=at(8, 11))  # fmt: skip
    aleem.post(f"{of(talk)}note/", {"text": "Took the order by hand; she promised to tweet, and she did."})
    cast.clock.move_to(at(10))
    return talk


def test_the_next_of_us_reads_the_story_on_top_with_the_colleagues_note(cast: Cast) -> None:
    talk = warm(cast)
    dave = browser(joins(cast, "Dave"))
    told = page(dave, of(talk))
    story = told[told.index("Before you write") : told.index("How they felt")]
    assert (
        "Aleem" in story and "that was brilliant" in story and "Took the order by hand; she promised to tweet" in story
    )
    assert "Before you write" in page(dave, f"/w/acme/c/{talk.pk}/")


def test_the_story_is_in_the_digest_of_the_team(cast: Cast) -> None:
    warm(cast)
    digest = page(browser(joins(cast, "Dave")), "/w/acme/stories/")
    assert "that was brilliant" in digest and "Aleem" in digest


def test_who_was_there_and_who_meets_a_cold_exchange_reads_no_story(cast: Cast) -> None:
    talk = warm(cast)
    from rapport.accounts.models import Member

    assert "Before you write" not in page(browser(Member.objects.get(name="Aleem")), of(talk))
    cold = cast.says("@cy", "@acme this is awful and nobody calls back", id="c1", at=at(9))
    dave = browser(joins(cast, "Dave"))
    assert "Before you write" not in page(dave, of(cold))
    assert "nobody calls back" not in page(dave, "/w/acme/stories/")
