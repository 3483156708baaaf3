"""S69: a long, polite thread in which somebody is stuck is seen from its turns, before it ends, with the reasons named."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rapport.core.models import Event
from rapport.inbox.models import Conversation, Message, Notification, Wishes
from tests.conftest import NOW, Cast
from tests.scenes.stage import browser, go_on, page

THEM, US = "gallery@example.org", "@acme"
POLITE = [
    (THEM, 0, "Good morning. My advertisement was charged twice on the 3rd. Could you tell me why there are two charges?"),
    (US, 20, "Thank you for contacting us. You can read about billing thresholds in our help centre."),
    (THEM, 24, "Thank you, I read it. It does not say why the charge was taken twice. Could you look at the two charges? "
        "And what does the word limited mean beside my second campaign?"),
    (US, 72, "Thank you for your patience. To improve your results we recommend a higher daily budget."),
    (THEM, 78, "I shall consider it. Could you tell me about the two charges first? "
        "Perhaps somebody could phone me on 0161 496 0124."),
    (US, 150, "At this time we do not offer phone support for your kind of account. Please read our help centre."),
    (THEM, 160, "I understand. May I ask once more why there were two charges on the 3rd, and what limited means?"),
    (US, 270, "We have forwarded your request to our specialists."),
    (THEM, 300, "Thank you. Have the specialists said anything? A short call would do as well."),
    (US, 420, "Thank you for contacting us. Is there anything else we can help with today?"),
    (THEM, 430, "I think that we shall place our advertisements elsewhere. Thank you for your time."),
    (US, 500, "Thank you for contacting us. You can read about billing thresholds in our help centre."),
]  # fmt: skip
HAPPY = [
    (THEM, 0, "Good morning. Do you have room for a half page in June?"),
    (US, 1, "Good morning. Yes, two places are left; shall I keep one?"),
    (THEM, 2, "Please do! Could you send me the measures?"),
    (US, 4, "Of course, they are attached."),
    (THEM, 50, "Here is the picture. Is it sharp enough?"),
    (US, 51, "It is perfect. Here is the proof."),
    (THEM, 60, "Lovely. One small thing: could the telephone number be larger?"),
    (US, 61, "Done, new proof attached."),
    (THEM, 62, "Wonderful, thank you. Could somebody call me when it is out?"),
    (US, 63, "With pleasure, I will call you myself."),
    (THEM, 900, "It looks beautiful and everybody saw it. Could we have the same again in September?"),
    (US, 901, "Gladly, noted."),
]


def goes(cast: Cast, turns: list[tuple[str, int, str]], name: str) -> list[tuple[Conversation, bool]]:
    """The thread, turn by turn, with the worker beside it: how the conversation stands after each."""
    found = []
    start = NOW - timedelta(days=30)
    for place, (who, hours, text) in enumerate(turns):
        at: datetime = start + timedelta(hours=hours)
        more = {"name": "Gala Gallery"} if who == THEM else {"ours": True}
        talk = cast.says(who, text, id=f"{name}-{place}", reply_to=f"{name}-0" if place else "", at=at, **more)
        go_on()
        talk.refresh_from_db()
        found.append((talk, talk.frustrated_at is not None))
    return found


def test_the_polite_thread_is_seen_by_its_seventh_turn_with_what_was_asked_and_refused(cast: Cast) -> None:
    stood = goes(cast, POLITE, "polite")
    raised = [place + 1 for place, (_, stuck) in enumerate(stood) if stuck]
    assert raised and 4 <= raised[0] <= 7, raised
    talk = stood[-1][0]
    said = page(browser(cast.bea), f"/w/acme/c/{talk.pk}/?stream=all")
    assert "They seem to be stuck with us" in said
    why = said[said.index("They seem to be stuck") : said.index("Nobody is stuck here")]
    assert "why there were two charges" in why or "two charges" in why
    assert "asked for a call on" in why and "we said no" in why
    assert "Their effort so far: 6 messages" in why and "asked again" in why


def test_no_word_of_it_is_rude(cast: Cast) -> None:
    goes(cast, POLITE, "polite")
    felt = Message.objects.filter(ours=False).values_list("reading__valence", flat=True)
    assert min(felt) > -0.6


def test_the_stream_shows_it_quietly_and_a_search_finds_it(cast: Cast) -> None:
    talk = goes(cast, POLITE[:9], "polite")[-1][0]
    other = goes(cast, HAPPY[:9], "happy")[-1][0]
    bea = browser(cast.bea)
    assert talk.state == "needs_answer"
    assert page(bea, "/w/acme/").count("seems stuck") == 1
    found = bea.get("/w/acme/search/?q=is:frustrated").content.decode()
    assert f"/c/{talk.pk}/" in found and f"/c/{other.pk}/" not in found
    assert "/c/" not in browser(cast.dot).get("/w/elsewhere/search/?q=is:frustrated").content.decode()


def test_a_long_happy_thread_raises_nothing(cast: Cast) -> None:
    stood = goes(cast, HAPPY, "happy")
    assert not any(stuck for _, stuck in stood)
    said = page(browser(cast.bea), f"/w/acme/c/{stood[-1][0].pk}/?stream=all")
    assert "stuck" not in said and "Their effort so far: 6 messages" in said


def test_gladness_ends_it(cast: Cast) -> None:
    talk = goes(cast, POLITE[:9], "polite")[-1][0]
    assert talk.frustrated_at
    more = {"reply_to": "polite-0", "ours": True}
    cast.says(
        US, "I called the bank: the second charge is refunded today.", id="p20", at=NOW - timedelta(days=3), **more
    )
    talk = cast.says(THEM, "That is wonderful, it has arrived. Perfect!", id="p21", reply_to="polite-0", at=NOW)
    go_on()
    talk.refresh_from_db()
    assert talk.frustrated_at is None
    assert "stuck" not in page(browser(cast.bea), f"/w/acme/c/{talk.pk}/?stream=all")


def test_a_person_knows_better_can_take_it_back_and_new_signs_speak_again(cast: Cast) -> None:
    talk = goes(cast, POLITE[:8], "polite")[-1][0]
    bea = browser(cast.bea)
    assert browser(cast.olga).post(f"/w/acme/c/{talk.pk}/calm/").status_code == 403
    assert browser(cast.dot).post(f"/w/acme/c/{talk.pk}/calm/").status_code == 404
    talk.refresh_from_db()
    assert talk.frustrated_at
    bea.post(f"/w/acme/c/{talk.pk}/calm/")
    talk.refresh_from_db()
    assert talk.frustrated_at is None
    assert "seem to be stuck" not in page(bea, f"/w/acme/c/{talk.pk}/?stream=all")
    bea.post(f"/w/acme/c/{talk.pk}/calm/?do=restore")
    talk.refresh_from_db()
    assert talk.frustrated_at


def test_who_wishes_to_know_is_told_once_and_nobody_of_an_old_history(cast: Cast) -> None:
    Wishes.objects.create(member=cast.cem, ways={"frustrated": ["page"]})
    old = goes(cast, [(who, hours - 24 * 60, text) for who, hours, text in POLITE], "old")[-1][0]
    assert old.frustrated_at and not Notification.objects.filter(kind="frustrated").exists()
    goes(cast, [(who, hours + 24 * 23, text) for who, hours, text in POLITE[:7]], "polite")
    told = Notification.objects.filter(kind="frustrated")
    assert [row.member for row in told] == [cast.cem]
    assert "seems to be stuck with us" in page(browser(cast.cem), "/w/acme/notices/")
    assert Event.objects.filter(verb="conversation.frustrated").count() == 2


@pytest.mark.parametrize("turns", [POLITE])
def test_looking_twice_changes_nothing(cast: Cast, turns: list[tuple[str, int, str]]) -> None:
    from rapport.inbox import straining

    talk = goes(cast, turns, "polite")[-1][0]
    before = talk.frustrated_at, Event.objects.filter(verb__startswith="conversation.frus").count()
    assert straining.look([talk.pk]) == 0
    talk.refresh_from_db()
    assert (talk.frustrated_at, Event.objects.filter(verb__startswith="conversation.frus").count()) == before
