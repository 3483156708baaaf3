"""S81: one sentence by two people, read against how each of them always writes; nothing is said where data are thin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.inbox import forgetting, manner
from rapport.inbox.models import Conversation
from rapport.people import merging, timeline
from tests.conftest import NOW, Cast
from tests.scenes.stage import browser, of, page

HARSH = "@acme this is terrible, the worst service ever, a complete disgrace."
BLUNT = [
    "@trains awful, late again, useless company, what a disgrace.",
    "@bank terrible app, crashes all day, worst bank ever.",
    "The pizza was horrible, the waiter rude, never again.",
    "@acme useless website, terrible, nothing works, I hate it.",
    "@phone awful line, worst network in the country, pathetic.",
    "What a terrible film, boring and stupid from the first minute.",
    "@council disgusting streets, worst town ever, awful.",
    "@gym horrible music, broken showers, a disgrace.",
]
WARM = [
    "@trains thank you for the lovely journey this morning, the staff were wonderful!",
    "@bank thanks, that was quick and kind, much appreciated by all of us here.",
    "The pizza was delicious and the waiter so friendly, we had a great evening.",
    "@acme thank you so much, the new website is great and very easy to use.",
    "@phone thanks for your kind help today, everything works perfectly now.",
    "What a beautiful film, we loved it from the first minute to the last one.",
    "@council thank you for the lovely flowers in the park, they make us happy.",
    "@gym great music and kind people, thank you, I love this place very much!",
]


def writes(cast: Cast, who: str, name: str, texts: list[str]) -> Conversation:
    """Somebody's posts, a day between each, the last one today."""
    talk = None
    for place, text in enumerate(texts):
        at = NOW - timedelta(days=len(texts) - 1 - place)
        talk = cast.says(who, text, id=f"{who}-{place}", name=name, at=at)
    assert talk is not None
    return talk


def tone_of(cast: Cast, talk: Conversation) -> str:
    said = page(browser(cast.bea), f"/w/acme/c/{talk.pk}/?stream=all")
    begin = said.index("Their last message here")
    return said[begin : said.index("How they write", begin)] if "How they write" in said[begin:] else said[begin:]


def test_one_sentence_two_people_two_readings(cast: Cast) -> None:
    blunt = tone_of(cast, writes(cast, "@rex", "Rex", [*BLUNT, HARSH]))
    warm = tone_of(cast, writes(cast, "@ann", "Ann Lee", [*WARM, HARSH]))
    assert "harsh, but as they always write" in blunt and "8 other messages" in blunt
    assert "unusually harsh for them" in warm and "8 other messages" in warm
    assert "standard deviation" not in warm + blunt


def test_where_data_are_thin_it_says_so(cast: Cast) -> None:
    said = tone_of(cast, writes(cast, "@new", "New", [*WARM[:2], HARSH]))
    assert "not enough data to say what is usual for them (2 other messages)" in said
    assert "unusually" not in said


def test_on_the_page_of_the_person_how_they_write_to_us_and_to_others(cast: Cast) -> None:
    talk = writes(cast, "@ann", "Ann Lee", [*WARM, HARSH])
    said = page(browser(cast.bea), of(talk))
    part = said[said.index("Their last message") :]
    assert "unusually harsh for them" in part and "To us 2 not enough data" in part and "To others 7 pleased" in part


def test_somebody_who_turns_curt(cast: Cast) -> None:
    said = tone_of(cast, writes(cast, "@ann", "Ann Lee", [*WARM, "@acme no."]))
    assert "unusually curt for them" in said


def test_it_is_whole_after_a_merge_and_after_it_is_taken_back(cast: Cast) -> None:
    one = writes(cast, "@ann", "Ann Lee", WARM[:5])
    two = writes(cast, "@ann_lee", "Ann L", [*WARM[5:], HARSH])
    assert one.identity and two.identity
    apart = tone_of(cast, two)
    made = merging.merge(one.identity.person, two.identity.person, by=cast.bea)
    assert "8 other messages" in tone_of(cast, two)
    merging.unmerge(made, by=cast.bea)
    assert tone_of(cast, two) == apart


def test_nothing_of_it_is_left_of_whoever_is_forgotten(cast: Cast) -> None:
    from rapport.inbox.feeling import exchange

    talk = writes(cast, "@ann", "Ann Lee", [*WARM, HARSH])
    assert talk.identity
    whose = timeline.whose(talk.identity.person)
    assert manner.of(exchange(whose), cast.acme) is not None
    forgetting.forget(forgetting.know(talk.identity.person), by=cast.dana, apply=True)
    assert manner.of(exchange(whose), cast.acme) is None


def test_the_group_is_measured_once_a_day_and_only_of_this_workspace(cast: Cast) -> None:
    writes(cast, "@rex", "Rex", BLUNT)
    assert manner.refresh(NOW) == 2 and manner.refresh(NOW + timedelta(hours=1)) == 0
    cast.acme.refresh_from_db()
    cast.elsewhere.refresh_from_db()
    assert manner.group_of(cast.acme).n == 8 and manner.group_of(cast.acme).mean.valence < 0
    assert manner.group_of(cast.elsewhere).n == 0


@pytest.mark.parametrize("broken", [{"n": "many"}, {"mean": [1], "sd": [], "n": 3}, {}])
def test_figures_that_are_none_are_passed_over(cast: Cast, broken: dict[str, object]) -> None:
    cast.acme.manner = broken
    assert manner.group_of(cast.acme).n == 0
