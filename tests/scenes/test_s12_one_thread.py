"""S12: the Koodo sequence over chat, tweet, phone, blog and e-mail is one thread in order; nobody is asked twice."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.accounts.models import Member
from rapport.inbox.models import Conversation
from rapport.people.models import Person
from tests.conftest import Cast
from tests.scenes.stage import answers, at, browser, go_on, joins, of, page


def koodo(cast: Cast) -> tuple[Client, Client, Conversation]:
    """A customer chats with Aleem, tweets her praise, is called, blogs, mails, tweets to Dave, and mails with him."""
    aleem, dave = joins(cast, "Aleem"), joins(cast, "Dave")
    first = cast.says(
        "c-4711", "Which phone can I choose with your plan?", id="k1", at=at(1), direct=True, name="The customer"
    )
    cast.clock.move_to(at(1, 10))
    answers(browser(aleem), first, "Any of these six. May I ask which plan you chose?")
    cast.clock.move_to(at(2, 12))
    cast.says("c-4711", "The one without a contract. You have been brilliant, thank you so much!", id="k2", at=at(1, 11),
              reply_to="k1", direct=True)  # fmt: skip
    tweet = cast.says(
        "@the_customer", "Brilliant service from Aleem at the @acme webstore, I love it!", id="k3", at=at(2)
    )
    browser(aleem).post(f"{of(first)}note/", {"text": "Thanked her by phone for the tweet."})
    cast.clock.move_to(at(10))
    cast.says("blog.example", "My experience with @acme: why I chose a phone without a contract", id="k4", at=at(3))
    mail = cast.says(
        "customer@mail.example", "I wrote about you on my blog; greetings.", id="k5", at=at(4), direct=True
    )
    cast.says("@the_customer", "@acme I signed up a month too early for the Christmas special!", id="k6", at=at(8))
    one(cast, dave, first, tweet, mail)
    return browser(aleem), browser(dave), Conversation.objects.get(pk=first.pk)


def one(cast: Cast, by: Member, *talks: Conversation) -> None:
    """A colleague finds that they are one human, and merges them."""
    from rapport.people import merging

    people = [Person.objects.get(pk=pk) for pk in Person.objects.order_by("pk").values_list("pk", flat=True)]
    assert len(people) == 4 and len(talks) == 3 and cast.acme
    for other in people[1:]:
        merging.merge(people[0], other, by=by)


def test_five_places_are_one_thread_in_order_and_nothing_is_asked_again(cast: Cast) -> None:
    _, dave, talk = koodo(cast)
    go_on()
    told = page(dave, of(talk))
    told = told[told.index("Everything Messages") :]
    order = ["a month too early", "I wrote about you on my blog", "why I chose a phone", "Thanked her by phone",
             "Brilliant service from Aleem", "The one without a contract", "May I ask which plan",
             "Which phone can I choose"]  # fmt: skip
    places = [told.index(words) for words in order]
    assert places == sorted(places)
    assert "Asked again although answered" not in page(dave, of(talk))


def test_a_question_that_was_answered_is_not_sent_again_unseen_and_the_page_counts_it(cast: Cast) -> None:
    _, dave, talk = koodo(cast)
    later = Conversation.objects.get(messages__external_id="k6")
    way = f"/w/acme/c/{later.pk}/reply/"
    held = dave.post(way, {"text": "Hello! May I ask which plan you chose?", "do": "send"})
    assert held.status_code == 422
    assert "The one without a contract" in held.content.decode() and "they were asked before" in held.content.decode()
    dave.post(way, {"text": "Hello! May I ask which plan you chose?", "do": "send", "sure": "1"})
    cast.clock.shift(timedelta(seconds=11))
    go_on()
    assert "Asked again although answered: 1" in page(dave, of(talk))


def test_a_question_nobody_answered_may_be_asked_again(cast: Cast) -> None:
    dave = browser(joins(cast, "Dave"))
    talk = cast.says("@ann", "@acme my phone is dead", id="1", at=at(1))
    cast.clock.move_to(at(1, 10))
    answers(dave, talk, "Which model of phone is it?")
    cast.clock.move_to(at(1, 12))
    again = dave.post(f"/w/acme/c/{talk.pk}/reply/", {"text": "Which model of phone is it?", "do": "send"})
    assert again.status_code == 303
    assert "Asked again although answered" not in page(dave, of(talk))
