"""The language of the screens: one's own choice, else the browser's wish; sentences of every layer follow it."""

from __future__ import annotations

from django.test import Client
from django.utils import translation

from rapport.channels.base import Limit
from rapport.channels.lengths import must_fit
from rapport.core.refusal import Refused
from rapport.core.saying import grouped, said
from rapport.net.sentence import Sentence
from tests.conftest import Cast
from tests.web.conftest import Browser


def test_the_browser_is_asked_first() -> None:
    assert (
        b'<html lang="de" dir="ltr">' in Client().get("/login/", headers={"Accept-Language": "de-AT,en;q=0.5"}).content
    )
    assert b'<html lang="en" dir="ltr">' in Client().get("/login/", headers={"Accept-Language": "tlh"}).content


def test_ones_own_choice_goes_before_it_and_stays_with_the_login(cast: Cast, browse: Browser) -> None:
    bea = browse(cast.bea)
    answer = bea.post("/language/", {"language": "de"}, headers={"Referer": "http://testserver/w/acme/"})
    assert answer["Location"] == "http://testserver/w/acme/"
    bea.cookies.pop("django_language")  # another browser
    assert b'<html lang="de"' in bea.get("/w/acme/", headers={"Accept-Language": "en"}).content
    assert b'<html lang="en"' in browse(cast.cem).get("/w/acme/", headers={"Accept-Language": "en"}).content


def test_a_choice_that_is_none_changes_nothing_and_leads_nowhere_else(cast: Cast, browse: Browser) -> None:
    bea = browse(cast.bea)
    for language, back in (("xx", "https://evil.example/"), ("../de", "//evil.example"), ("", "javascript:alert(1)")):
        answer = bea.post("/language/", {"language": language}, headers={"Referer": back})
        assert answer.status_code == 302 and answer["Location"] == "/"
    cast.bea.user.refresh_from_db()
    assert cast.bea.user.language == ""


def test_a_sentence_is_english_for_a_log_and_can_be_said_again() -> None:
    inner = Sentence("It has %(n)s rows.", n=12345)
    words = Sentence("Look: %(what)s", what=inner)
    assert words == "Look: It has 12,345 rows." and words.template == "Look: %(what)s"
    assert str(Refused("100% sure")) == "100% sure"
    with translation.override("de"):
        assert said(words) == "Look: It has 12.345 rows." and grouped(1234567) == "1.234.567"
    assert said("") == ""


def test_a_limit_is_said_in_the_readers_numbers() -> None:
    try:
        must_fit("x" * 1200, Limit(size=1000))
    except Exception as error:
        told = error.message  # type: ignore[attr-defined]
    assert told == "The text has 1,200 characters; at most 1,000 fit."
    with translation.override("de"):
        assert "1.200" in said(told) and "1.000" in said(told)
