"""The web chat between a visitor's page and the desk: what is taken, what each side hears of the other, who is kept out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.channels.chat import visitor
from rapport.core import work
from rapport.inbox import forgetting, private, replying, visits
from rapport.inbox.models import Arrival, Conversation, Message, Source, Visit
from rapport.people.models import Identity
from rapport.web import assets, chatting
from tests.conftest import NOW, Cast
from tests.net import relays
from tests.web.chatters import SHOP, Page, answered, open_chat, talk
from tests.web.visitors import hidden, sort_in

MOST_BYTES = 15 * 1024


@pytest.fixture
def ann(cast: Cast) -> Page:
    return Page(cast, open_chat(cast))


# What goes over the wire


def test_the_line_its_page_style_and_script_are_fifteen_kilobytes_in_all(ann: Page) -> None:
    door, page = ann.client.get(f"/chat/{ann.source.token}.js"), ann.open()
    sizes = [len(door.content), len(page.content), *(len(assets.build(name).body) for name in ("chat.css", "chat.js"))]
    assert sum(sizes) <= MOST_BYTES, sizes


def test_the_line_may_be_used_by_other_websites_and_sets_nothing(ann: Page) -> None:
    door = ann.client.get(f"/chat/{ann.source.token}.js", headers={"Accept-Language": "de"})
    assert door["Content-Type"].startswith("text/javascript") and door["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Accept-Language" in door["Vary"] and "Cookie" not in door["Vary"]
    assert not door.cookies and not ann.open().cookies and not ann.send("Hello there?").cookies
    assert ann.client.get("/chat/nobody.js").status_code == 404
    assert ann.client.get("/chat/nobody/").status_code == 404


def test_the_page_is_framed_where_it_may_be_and_runs_nothing_but_its_own(ann: Page, cast: Cast) -> None:
    policy = ann.open()["Content-Security-Policy"]
    assert f"frame-ancestors {SHOP}" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    nowhere = Page(cast, open_chat(cast, origins="")).open()
    assert "frame-ancestors 'none'" in nowhere["Content-Security-Policy"] and nowhere["X-Frame-Options"] == "DENY"


def test_words_of_the_owner_cannot_leave_their_place(cast: Cast) -> None:
    nasty = '"></script><script>alert(1)</script>\u2028'
    page = Page(cast, open_chat(cast, title=nasty, intro=nasty, button=nasty))
    shown = page.open().content.decode()
    assert "<script>alert" not in shown and shown.count("'") == 2
    door = page.client.get(f"/chat/{page.source.token}.js").content.decode()
    assert "\u2028" not in door
    found = re.search(r"""=({"mark".*?}),\w+=document""", door)
    assert found and json.loads(found[1])["button"].startswith('"></script>')


def test_a_colour_that_is_none_never_reaches_the_style(cast: Cast) -> None:
    source = open_chat(cast)
    source.keep_settings(source.settings | {"colour": "red}body{display:none"})
    source.save()
    assert "display:none}" not in Client().get(f"/chat/{source.token}.js").content.decode().split("[hidden]")[0]


# A visitor writes


def test_what_is_written_stands_on_the_desk_with_its_page(ann: Page, bea: Client) -> None:
    ann.says("Do you deliver on Sunday?")
    row = talk(ann)
    assert (row.network, row.public, row.state) == ("chat", False, "needs_answer")
    page = bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    assert "Do you deliver on Sunday?" in page and f"{SHOP}/a" in page and f"{SHOP}/a?b" not in page


def test_a_message_whose_answer_was_lost_is_sent_again_and_is_one(ann: Page) -> None:
    first = ann.send("Do you deliver on Sunday?").json()
    again = ann.send("Do you deliver on Sunday?").json()
    sort_in()
    assert first["id"] == again["id"] and Message.objects.count() == 1 == Conversation.objects.count()
    ann.token = first["token"]
    ann.says("And on Monday?")
    assert Message.objects.count() == 2 and Conversation.objects.count() == 1


def test_the_second_message_joins_before_the_worker_has_made_the_talk(ann: Page) -> None:
    ann.token = ann.send("Do you deliver on Sunday?").json()["token"]
    ann.token = ann.send("Or on Monday?").json()["token"]
    sort_in()
    assert Conversation.objects.get().message_count == 2 and Identity.objects.filter(network="chat").count() == 1


def test_an_old_page_gets_a_new_stamp_and_the_same_words_leave(ann: Page) -> None:
    ann.open()
    ann.cast.clock.shift(timedelta(days=8))
    late = ann.send("Do you deliver on Sunday?")
    assert late.status_code == 409 and "sent again" in late.json()["error"]
    ann.stamp = late.json()["stamp"]
    assert ann.send("Do you deliver on Sunday?").status_code == 202


def test_who_says_nothing_or_too_much_reads_why(ann: Page) -> None:
    assert "few words" in ann.send("  ").json()["error"]
    assert ann.send("x" * 5_001).status_code == 422 and not Arrival.objects.exists()


def test_no_other_website_may_write_in_a_visitors_name(ann: Page) -> None:
    for origin in (SHOP, "null", "https://evil.test"):
        answer = ann.send("Buy!", headers={"Origin": origin})
        assert answer.status_code == 403 and "own page" in answer.json()["error"]
    assert not Arrival.objects.exists()


def test_a_paused_chat_takes_nothing_and_keeps_the_words_where_they_are(ann: Page) -> None:
    ann.open()
    Source.objects.filter(pk=ann.source.pk).update(paused_at=NOW)
    answer = ann.send("Hello?")
    assert answer.status_code == 503 and "kept" in answer.json()["error"] and answer["Retry-After"]


@pytest.mark.slow
def test_a_flood_is_answered_with_patience(ann: Page, cast: Cast) -> None:
    codes = [ann.send(f"Hello {n} times over?").status_code for n in range(70)]
    assert codes.count(202) == 60 and set(codes) == {202, 429}
    others = [Page(cast, ann.source, address="203.0.113.9") for _ in range(12)]
    codes = [one.send("Hello, is anybody there at all?").status_code for one in others]
    assert codes == [202] * chatting.MOST_TALKS + [429] * 2
    assert Visit.objects.count() == 1 + chatting.MOST_TALKS


def test_all_together_may_begin_so_many_talks(ann: Page, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatting, "MOST_OF_ALL", 5)
    pages = [Page(cast, ann.source, address=f"203.0.{n}.9") for n in range(7)]
    assert [one.send("Hello?").status_code for one in pages] == [202] * 5 + [429] * 2


# Each side hears of the other


def test_the_answer_stands_in_the_talk_and_each_sees_how_far_the_other_is(ann: Page, bea: Client, cast: Cast) -> None:
    sent = ann.says("Do you deliver on Sunday?")
    [mine] = ann.look()["turns"]
    assert mine["id"] == sent["id"] and not mine["ours"] and ann.look()["saw"] == ""
    bea.get(f"/w/acme/c/{talk(ann).pk}/")
    assert ann.look()["saw"] >= mine["at"]
    answer = answered(ann)
    ann.after = mine["pk"]
    [ours] = ann.look()["turns"]
    assert (ours["ours"], ours["who"], ours["text"]) == (True, "Bea", "Yes, on Sunday, too.")
    assert Visit.objects.get().read_at is None
    ann.look(read=ours["pk"])
    assert Visit.objects.get().read_at == answer.said_at
    assert "were read until" in bea.get(f"/w/acme/c/{talk(ann).pk}/").content.decode()


def test_the_desk_sees_them_come_type_and_go(ann: Page, bea: Client) -> None:
    ann.says("Do you deliver on Sunday?")
    id = str(talk(ann).pk)
    ann.look()
    there = bea.get("/w/acme/presence/").json()["here"][id]
    assert there["line"].startswith("Visitor ") and there["line"].endswith(" is here now")
    assert "is here now and reads your answer" in bea.get(f"/w/acme/c/{id}/").content.decode()
    ann.look("typing")
    assert bea.get("/w/acme/presence/").json()["here"][id]["line"].endswith(" is typing")
    ann.look("")
    assert id not in bea.get("/w/acme/presence/").json()["here"]
    assert "has left, and finds your answer" in bea.get(f"/w/acme/c/{id}/").content.decode()


def test_they_see_who_writes_an_answer_and_never_a_note(ann: Page, bea: Client) -> None:
    ann.says("Do you deliver on Sunday?")
    here = {"page": "0123456789abcdef", "conversation": talk(ann).pk}
    for degree, line in (("viewing", ""), ("noting", ""), ("typing", "Bea is typing"), ("open", "")):
        bea.post("/w/acme/presence/", here | {"degree": degree})
        assert ann.look()["typing"] == line


def test_notes_and_assignments_are_never_told(ann: Page, bea: Client, cast: Cast) -> None:
    ann.says("Do you deliver on Sunday?")
    bea.post(f"/w/acme/c/{talk(ann).pk}/note/", {"text": "She called twice."})
    assert "called twice" not in json.dumps(ann.look())


def test_a_key_opens_one_talk_of_one_chat_until_it_is_void(ann: Page, cast: Cast) -> None:
    ann.says("Do you deliver on Sunday?")
    other = Page(cast, open_chat(cast), token=ann.token)
    for token in (other.token, "", "x", ann.token[:-1] + ("A" if ann.token[-1] != "A" else "B")):
        other.token = token
        assert other.post("look").status_code in {204, 410}
    other.token = ann.token
    assert other.send("Hello?").status_code == 410
    private.renew(talk(ann), by=cast.dana)
    gone = ann.post("look")
    assert gone.status_code == 410 and "ended" in gone.json()["error"] and gone.json()["stamp"]
    assert ann.send("Still there?").status_code == 410


def test_somebody_forgotten_finds_nothing_and_leaves_nothing(ann: Page, cast: Cast) -> None:
    ann.says("Do you deliver on Sunday?")
    ann.look()
    ann.post("address", email="ann@lee.test")
    identity = talk(ann).identity
    assert identity is not None
    forgetting.forget(forgetting.know(identity.person), by=cast.dana, apply=True)
    assert ann.post("look").status_code == 410 and not Visit.objects.exists()
    assert ann.send("Hello again?").status_code == 410


def test_read_is_said_of_what_stands_before_somebody_and_of_nothing_else(ann: Page, bea: Client, cast: Cast) -> None:
    ann.says("Do you deliver on Sunday?")
    cast.clock.shift(timedelta(seconds=20))
    later = ann.send("And on Monday?", once="second-one").json()  # taken, and not sorted in yet
    cast.clock.shift(timedelta(seconds=20))
    path = f"/w/acme/c/{talk(ann).pk}/"
    bea.get(path)
    saw = ann.look()["saw"]
    assert ann.look()["turns"][0]["at"] <= saw < later["at"], "nobody has seen the second yet"
    sort_in()
    beat = {"page": "0123456789abcdef", "conversation": talk(ann).pk}
    bea.post("/w/acme/presence/", beat | {"degree": "open"})
    assert ann.look()["saw"] == saw, "a page in the background looks at nothing"
    bea.post("/w/acme/presence/", beat | {"degree": "viewing"})
    assert ann.look()["saw"] == later["at"]


# Letters


def with_letters(cast: Cast, monkeypatch: pytest.MonkeyPatch, url: str) -> Page:
    monkeypatch.setenv("RAPPORT_SMTP_URL", url)
    return Page(cast, open_chat(cast, sender="desk@acme.test"))


def test_who_left_with_an_address_gets_the_answer_once_as_a_letter(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with relays.relay() as there:
        ann = with_letters(cast, monkeypatch, there.url)
        ann.says("Do you deliver on Sunday?")
        ann.look()
        assert "ann@lee.test" in ann.post("address", email="ann@lee.test").json()["said"]
        ann.look("")
        answered(ann)
        answered(ann, "And on Monday.")
        for _ in range(3):
            work.run_due()
    words = [raw.decode().replace("=\r\n", "") for _, _, raw in there.taken]
    assert [to for _, to, _ in there.taken] == [["ann@lee.test"]] * 2
    assert "Yes, on Sunday, too." in words[0] and "Yes, on Sunday, too." not in words[1] and "/p/" in words[0]
    assert "And on Monday." in words[1] and "> Do you deliver on Sunday?" in words[0]


def test_who_is_here_gets_no_letter_and_who_left_before_reading_does(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relays.relay() as there:
        ann, bo = (with_letters(cast, monkeypatch, there.url) for _ in range(2))
        for page, mail in ((ann, "ann@lee.test"), (bo, "bo@lee.test")):
            page.says("Do you deliver on Sunday?")
            page.look()
            page.post("address", email=mail)
            answered(page, f"Dear {mail}, yes.")
        assert there.taken == []
        ann.look(read=Message.objects.get(text="Dear ann@lee.test, yes.").pk)
        cast.clock.shift(timedelta(minutes=3))
        monkeypatch.setattr(visits, "degree_of", lambda visit: None)  # presence runs on another clock
        work.run_due()
    assert [to for _, to, _ in there.taken] == [["bo@lee.test"]]


def test_a_letter_that_certainly_never_left_goes_again_and_a_refused_one_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = with_letters(cast, monkeypatch, "smtp://127.0.0.1:9")
    ann.says("Do you deliver on Sunday?")
    ann.look("")
    ann.post("address", email="ann@lee.test")
    answered(ann)
    work.run_due()
    visit = Visit.objects.get()
    assert visit.error and visit.posted_at is None
    with relays.relay() as there:
        monkeypatch.setenv("RAPPORT_SMTP_URL", there.url)
        cast.clock.shift(timedelta(minutes=5))
        work.run_due()
    assert len(there.taken) == 1 and Visit.objects.get().error == ""


def test_an_address_that_is_none_is_refused(ann: Page) -> None:
    ann.says("Do you deliver on Sunday?")
    for wrong in ("ann@", "ann@lee.test, bo@lee.test", "ann@lee.test\nBcc: all@lee.test"):
        answer = ann.post("address", email=wrong)
        assert answer.status_code == 422 and "no e-mail address" in answer.json()["error"]
    assert ann.post("address", email="").json()["said"] == "No letters, then."


# Signed visitors


def signed(page: Page, id: str = "4711", **more: Any) -> str:
    return visitor.sign(page.source.settings["visitors"], id, NOW + timedelta(hours=1), **more)


def test_a_signed_visitor_is_the_person_we_know_by_their_mail(ann: Page, cast: Cast) -> None:
    cast.says("ann@lee.test", "@acme where is my router?", name="Ann Lee")
    Identity.objects.filter(address="ann@lee.test").update(network="email")
    from rapport.people.addresses import identity_key

    Identity.objects.filter(address="ann@lee.test").update(key=identity_key("email", "ann@lee.test"))
    ann.visitor = signed(ann, name="Ann Lee", email="ann@lee.test")
    ann.says("Do you deliver on Sunday?")
    identity = talk(ann).identity
    assert identity is not None and (identity.address, identity.name) == ("id:4711", "Ann Lee")
    assert set(identity.person.identities.values_list("address", flat=True)) == {"id:4711", "ann@lee.test"}
    visit = Visit.objects.get()
    assert (visit.email, visit.signed) == ("ann@lee.test", True)
    assert ann.post("address", email="else@lee.test").status_code == 422


def test_a_signed_visitor_goes_on_with_their_talk_on_another_device(ann: Page, cast: Cast) -> None:
    ann.visitor = signed(ann)
    ann.says("Do you deliver on Sunday?")
    phone = Page(cast, ann.source, address="203.0.113.4", visitor=signed(ann))
    found = phone.look()
    assert [turn["text"] for turn in found["turns"]] == ["Do you deliver on Sunday?"]
    phone.says("And on Monday?")
    assert Conversation.objects.count() == 1
    assert Page(cast, ann.source, visitor=signed(ann, "4712")).post("look").status_code == 204


def test_a_wrong_token_is_a_stranger_and_the_console_is_told_why(ann: Page, cast: Cast) -> None:
    ann.visitor = visitor.sign("guessed", "4711", NOW + timedelta(hours=1), name="Ann Lee", email="ann@lee.test")
    answer = ann.post("look")
    assert answer.status_code == 202 and "not signed" in answer.json()["why"]
    ann.says("Do you deliver on Sunday?")
    identity = talk(ann).identity
    assert identity is not None and identity.address.startswith("visitor-") and "not signed" in ann.look()["why"]
    assert Visit.objects.get().email == ""


# Without scripts, and what is promised


def test_without_scripts_it_is_a_form_with_a_private_page(ann: Page) -> None:
    page = ann.open()
    ann.cast.clock.shift(timedelta(seconds=30))
    fields = {"stamp": hidden(page, "stamp"), "once": hidden(page, "once"), "text": "Do you deliver on Sunday?"}
    thanks = ann.client.post(ann.path, fields).content.decode()
    link = re.search(r'href="http://testserver(/p/[^"]+)"', thanks)
    assert link
    sort_in()
    there = ann.client.get(link[1])
    assert "Do you deliver on Sunday?" in there.content.decode()
    ann.client.post(link[1], {"once": hidden(there, "once"), "text": "And on Monday?"},
                    content_type="application/x-www-form-urlencoded")  # fmt: skip
    more = f"once={hidden(there, 'once')}&text=And+on+Monday%3F"
    ann.client.post(link[1], more, content_type="application/x-www-form-urlencoded")
    sort_in()
    assert list(Message.objects.values_list("text", flat=True).order_by("pk"))[-1] == "And on Monday?"
    assert Conversation.objects.count() == 1
    refused = ann.client.post(ann.path, fields | {"text": " "})
    assert refused.status_code == 422 and "few words" in refused.content.decode()


def test_how_soon_we_answer_is_said_from_the_log_and_not_before(ann: Page, cast: Cast) -> None:
    assert "usually answer" not in ann.open().content.decode()
    for n in range(8):
        page = Page(cast, ann.source, address=f"203.0.{n}.1")
        page.says(f"Do you deliver on day {n}?")
        row = Conversation.objects.latest("pk")
        cast.clock.shift(timedelta(minutes=4))
        replying.reply(row, f"On day {n}, yes.", by=cast.bea)
        cast.clock.shift(timedelta(seconds=4))
        work.run_due()
    from django.core.cache import cache

    cache.clear()
    assert "We usually answer in about 5 minutes." in ann.open().content.decode()
