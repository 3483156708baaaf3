"""How well we read: the blind audit of silence, accuracy from what people did, and whether answers are fair."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import accuracy, auditing, fairness, working
from rapport.inbox.correcting import correct
from rapport.inbox.fairness import Case, compared
from rapport.inbox.models import Conversation, Disposition, Feeling, Message, SilencePick, SilenceRound
from tests.conftest import NOW, Cast
from tests.scenes.stage import browser, latest, page

LAST = auditing.monday(NOW) - timedelta(days=7)
IN_LAST_WEEK = NOW - timedelta(days=5)


def quiet(
    cast: Cast, n: int, text: str = "Watching the game tonight, what a match it was", **more: object
) -> Conversation:
    talk = cast.says(f"@fan{n}", f"{text} ({n})", id=f"q{n}", at=IN_LAST_WEEK, name=f"Fan Number{n}", **more)
    message = talk.messages.get()
    if message.decision is None or message.decision.needs != "no":  # what the table says of it is not in question here
        Disposition.objects.create(message=message, row=14, needs="no", urgency=0, confidence=0.9)
        Conversation.objects.filter(pk=talk.pk).update(state="quiet")
    return talk


# The audit of silence


def test_a_sample_is_drawn_once_of_what_was_left_and_of_nothing_else(cast: Cast) -> None:
    left = [quiet(cast, n) for n in range(4)]
    cast.says("@ann", "@acme where is my parcel?", id="needs", at=IN_LAST_WEEK)
    cast.says("@old", "Watching the game tonight, what a match", id="old", at=NOW - timedelta(days=20))
    answered = quiet(cast, 9)
    cast.says("@acme", "Enjoy it!", id="ours", reply_to="q9", ours=True, at=NOW - timedelta(days=4))
    made = auditing.draw(cast.acme, LAST)
    assert made is not None and made.population == 4
    assert set(made.picks.values_list("message__conversation", flat=True)) == {talk.pk for talk in left}
    assert answered.pk not in set(made.picks.values_list("message__conversation", flat=True))
    assert auditing.draw(cast.acme, LAST) == made and SilenceRound.objects.filter(workspace=cast.acme).count() == 1


@pytest.mark.slow
def test_a_great_week_is_sampled_by_chance(cast: Cast) -> None:
    for n in range(auditing.SIZE + 12):
        quiet(cast, n)
    one = auditing.draw(cast.acme, LAST, seed=1)
    assert one is not None and one.population == auditing.SIZE + 12 and one.picks.count() == auditing.SIZE
    first = set(one.picks.values_list("message", flat=True))
    one.delete()
    other = auditing.draw(cast.acme, LAST, seed=2)
    assert other is not None and set(other.picks.values_list("message", flat=True)) != first


def test_the_worker_draws_for_every_workspace_once_and_an_empty_week_is_not_looked_for_again(cast: Cast) -> None:
    quiet(cast, 1)
    assert auditing.begin(NOW) == 1 and auditing.begin(NOW) == 0
    assert SilenceRound.objects.filter(workspace=cast.elsewhere, population=0).exists()
    assert auditing.weeks(cast.elsewhere) == []


def test_whoever_judges_sees_the_words_and_not_whose_they_are(cast: Cast) -> None:
    quiet(cast, 1, "Number1 here, @acme @bestfriend and ann@example.org: watching the game, what a match")
    auditing.draw(cast.acme, LAST)
    shown = auditing.following(cast.bea)
    assert shown is not None
    assert "@acme" in shown.text and "watching the game" in shown.text
    for secret in ("@bestfriend", "example.org", "@fan1", "Number1"):
        assert secret not in shown.text
    said = page(browser(cast.bea), "/w/acme/quality/silence/")
    assert "watching the game" in said and "Fan" not in said and "@fan1" not in said and "joke" not in said.lower()


def test_what_was_missed_comes_to_the_desk_and_the_rate_has_an_interval(cast: Cast) -> None:
    for n in range(5):
        quiet(cast, n)
    auditing.draw(cast.acme, LAST)
    bea = browser(cast.bea)
    for verdict in ("missed", "right", "right", "unclear", "right"):
        shown = auditing.following(cast.bea)
        assert shown is not None
        bea.post(f"/w/acme/quality/silence/{shown.pick.pk}/", {"verdict": verdict})
    assert auditing.following(cast.bea) is None
    week = auditing.weeks(cast.acme)[0]
    assert (week.drawn, week.judged, week.unclear, week.missed.hits, week.missed.n) == (5, 4, 1, 1, 4)
    assert week.missed.low < 0.25 < week.missed.high
    missed = SilencePick.objects.get(verdict="missed").message
    assert missed.conversation.state == "needs_answer"
    assert Event.objects.filter(verb="silence.judged").count() == 5
    said = page(browser(cast.dana), "/w/acme/quality/")
    assert "25.0 %" in said and "1 of 4" in said and "95 % certainty" in said
    assert "There is nothing to judge" in page(bea, "/w/acme/quality/silence/")


def test_a_word_is_taken_back_and_nobody_judges_twice(cast: Cast) -> None:
    quiet(cast, 1)
    auditing.draw(cast.acme, LAST)
    pick = SilencePick.objects.get()
    auditing.judge(pick, "right", by=cast.bea)
    with pytest.raises(Refused, match="judged this one already"):
        auditing.judge(pick, "missed", by=cast.cem)
    with pytest.raises(Refused, match="Only who judged it"):
        auditing.unjudge(pick, by=cast.cem)
    auditing.unjudge(pick, by=cast.bea)
    assert auditing.waiting(cast.acme) == 1
    with pytest.raises(Refused, match="needed none"):
        auditing.judge(pick, "perhaps", by=cast.bea)
    with pytest.raises(Refused, match="may read here"):
        auditing.judge(pick, "right", by=cast.olga)


def test_only_who_belongs_here_and_may(cast: Cast) -> None:
    quiet(cast, 1)
    auditing.draw(cast.acme, LAST)
    pick = SilencePick.objects.get()
    address = f"/w/acme/quality/silence/{pick.pk}/"
    assert browser(cast.dot).post(address, {"verdict": "right"}).status_code == 404
    assert browser(cast.olga).post(address, {"verdict": "right"}).status_code == 403
    assert browser(cast.bea).post("/w/acme/quality/silence/draw/").status_code == 403
    assert browser(cast.olga).get("/w/acme/quality/").status_code == 200
    assert Client().get("/w/acme/quality/").status_code == 302
    assert browser(cast.dot).get("/w/elsewhere/quality/silence/").content.count(b"blind-verdicts") == 0


def test_what_its_writer_deleted_is_not_judged(cast: Cast) -> None:
    talk = quiet(cast, 1)
    auditing.draw(cast.acme, LAST)
    Message.objects.filter(conversation=talk).update(deleted_at=NOW, text="")
    assert auditing.following(cast.bea) is None and auditing.waiting(cast.acme) == 0


# Accuracy


def test_what_became_of_what_we_called_in_need(cast: Cast) -> None:
    answered = cast.says("@ann", "@acme where is my parcel?", id="1", at=NOW - timedelta(hours=1))
    cast.says("@acme", "On its way!", id="2", reply_to="1", ours=True)
    dismissed = cast.says("@bo", "@acme where is the cat in this picture?", id="3")
    working.no_answer_needed(dismissed, by=cast.bea, why="joke")
    cast.says("@cy", "@acme my kettle is broken, help!", id="4")
    found = accuracy.read(cast.acme, NOW + timedelta(hours=1), 30)
    assert answered.pk != dismissed.pk
    assert (found.wanted.hits, found.wanted.n, found.open) == (1, 2, 1)


def test_corrections_are_counted_by_a_persons_last_word(cast: Cast) -> None:
    talk = quiet(cast, 1)
    message = talk.messages.get()
    correct(message, needs="yes", by=cast.bea, row=4)
    found = accuracy.read(cast.acme, NOW + timedelta(hours=1), 30)
    assert (found.lifted, found.lowered) == (1, 0) and found.turned[0][0][1] == 4
    correct(message, needs="no", by=cast.bea)
    found = accuracy.read(cast.acme, NOW + timedelta(hours=1), 30)
    assert (found.lifted, found.lowered) == (0, 0)
    assert accuracy.read(cast.elsewhere, NOW + timedelta(hours=1), 30).turned == ()


def test_feelings_as_people_gave_them(cast: Cast) -> None:
    cast.says("@ann", "@acme well, that went just great.", id="1")
    Feeling.objects.create(message=latest("just great"), valence="negative", emotion="anger", by=cast.bea, at=NOW)
    found = accuracy.read(cast.acme, NOW + timedelta(hours=1), 30)
    assert found.feelings.n == 1 and found.feelings.hits == 0 and found.felt[0][0][1] == "negative"


def test_a_page_without_anything_says_so(cast: Cast) -> None:
    said = page(browser(cast.dot), "/w/elsewhere/quality/")
    assert "Nobody has judged a sample yet" in said and "Nobody has answered or sent away anything" in said
    assert "Nobody needed an answer in this time" in page(browser(cast.dot), "/w/elsewhere/quality/fairness/")
    assert browser(cast.dana).get("/w/acme/quality/?days=abc").status_code == 200


# Fairness


def case(courtesy: str, wait: float | None, language: str = "en", followers: str = "?") -> Case:
    return Case(courtesy, language, "1", "social", followers, wait)


def group(found: object, trait: str, name: str) -> fairness.Group:
    groups = dict(found)[trait]  # type: ignore[call-overload]
    return next(one for one in groups if one.name == name)


def test_a_desk_that_answers_the_courteous_is_seen() -> None:
    rows = (
        [case("courteous", 1.0)] * 90
        + [case("courteous", None)] * 10
        + [case("plain", 5.0)] * 40
        + [case("plain", None)] * 60
    )
    found = compared(rows)
    plain = group(found, "courtesy", "plain")
    assert plain.odds and plain.odds.ratio < 0.3 and plain.odds.differs and plain.median == 5.0
    assert not any(one.odds and one.odds.differs for trait, groups in found if trait != "courtesy" for one in groups)


def test_a_fair_desk_is_not_accused_and_few_cases_say_nothing() -> None:
    fair = [case("courteous", 1.0), case("plain", 1.0), case("courteous", None), case("plain", None)] * 50
    assert not any(one.odds and one.odds.differs for _, groups in compared(fair) for one in groups)
    few = compared([*fair, *([case("plain", None, "fr")] * 5)])
    assert group(few, "language", "fr").odds is None and not group(few, "language", "fr").enough


def test_cases_are_conversations_with_the_wait_for_our_first_answer(cast: Cast) -> None:
    begin = NOW - timedelta(days=3)
    cast.says("@ann", "@acme @other please, where is my parcel?", id="1", at=begin)
    cast.says("@ann", "@acme hello? where is it?", id="2", reply_to="1", at=begin + timedelta(hours=1))
    cast.says("@acme", "On its way.", id="3", reply_to="1", ours=True, at=begin + timedelta(hours=4))
    cast.says("@bo", "@acme wo ist mein Paket? Das Paket fehlt seit Montag!", id="4", at=begin)
    cast.says("@cy", "@acme where is mine?", id="5", at=NOW)  # of today: it may still be answered
    found = {one.courtesy: one for one in fairness.cases(cast.acme, NOW - timedelta(days=90), NOW - timedelta(days=1))}
    assert found["courteous"].wait == 4.0 and found["courteous"].parties == "2"
    assert found["plain"].wait is None and found["plain"].language == "de" and len(found) == 2
    said = page(browser(cast.dana), "/w/acme/quality/fairness/")
    assert "2 cases" in said and "too few" in said and "looked at on this page alone" in said


@pytest.mark.slow
def test_a_page_asks_as_often_for_many_as_for_few(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    dana = browser(cast.dana)
    counts = []
    for upto in (3, 30):
        for n in range(upto):
            cast.says(f"@p{upto}{n}", f"@acme where is parcel {upto}{n}?", id=f"{upto}-{n}", at=NOW - timedelta(days=3))
        with CaptureQueriesContext(connection) as asked:
            assert dana.get("/w/acme/quality/").status_code == dana.get("/w/acme/quality/fairness/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40
    assert Disposition.objects.count() == 33
