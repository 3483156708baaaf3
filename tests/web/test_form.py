"""The hosted form: what a stranger sees, what is taken, what is asked again, what is marked, who may frame it."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.channels.form import parse
from rapport.inbox.models import Arrival, Conversation, Message, Source
from rapport.web import assets
from tests.conftest import Cast
from tests.web.test_conversation import HOSTILE
from tests.web.visitors import KIND, Visitor, hidden, link, open_form, sort_in

QUESTION = "Is the shop open on Sunday? I would like to come by with the old router."


@pytest.fixture
def ann(cast: Cast) -> Visitor:
    return Visitor(cast, open_form(cast))


def test_a_form_is_connected_and_gives_its_address_and_its_line(cast: Cast, dana: Client) -> None:
    begun = dana.get("/w/acme/sources/new/form/").content.decode()
    assert 'value="Write to us"' in begun and 'name="ask_email" value="1" checked' in begun
    page = dana.post("/w/acme/sources/new/form/", {"name": "Site", "ask_email": "1", "origins": "https://a.test"})
    token = Source.objects.get(kind="form").token
    words = page.content.decode()
    assert f"http://testserver/f/{token}/" in words and f"/f/{token}/embed.js&#34; async" in words.replace('"', "&#34;")
    assert "secret-1" not in words
    assert f"/f/{token}/" in dana.get("/w/acme/sources/").content.decode()


def test_settings_that_cannot_be_are_refused_and_kept(cast: Cast, dana: Client) -> None:
    for wrong, sentence in (({"sender": "no-reply@acme.test"}, "nobody reads"), ({"origins": "*"}, "no website")):
        answer = dana.post("/w/acme/sources/new/form/", {"name": "Site", "title": "Hello there"} | wrong)
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert 'value="Hello there"' in answer.content.decode()
    assert not Source.objects.filter(kind="form").exists()


def test_what_is_written_stands_on_the_desk_as_said_to_us(ann: Visitor, cast: Cast, bea: Client) -> None:
    ann.write(QUESTION, name="Ann Lee", email="ann@lee.test", subject="Sunday")
    row = Conversation.objects.get(network="form")
    assert (row.state, row.subject, row.public) == ("needs_answer", "Sunday", False)
    assert row.identity is not None and row.identity.address == "ann@lee.test" and str(row.identity) == "Ann Lee"
    page = bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    assert QUESTION in page and "Your answer appears on the private page of Ann Lee." in page


def test_nothing_is_set_and_nothing_is_run(ann: Visitor) -> None:
    for answer in (ann.get(), ann.send(QUESTION), ann.get("/f/nothing/")):
        assert not answer.cookies and "<script" not in answer.content.decode()
        assert "script-src" not in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
    assert not ann.client.cookies


def test_a_member_who_looks_at_the_form_is_a_stranger_there(ann: Visitor, bea: Client) -> None:
    page = bea.get(ann.path)
    assert "Bea" not in page.content.decode() and "/w/acme" not in page.content.decode() and not page.cookies


def test_what_is_wrong_is_said_beside_the_field_and_every_word_is_kept(ann: Visitor) -> None:
    answer = ann.send(f"{HOSTILE} and more", name="Ann <b>", email="ann@", subject='a"b')
    page = answer.content.decode()
    assert answer.status_code == 422 and "This is no e-mail address" in page and 'aria-invalid="true"' in page
    assert "Ann &lt;b&gt;" in page and 'value="ann@"' in page and "a&#34;b" in page
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page and "and more" in page
    answer = ann.send("", name="Ann")
    assert answer.status_code == 422 and "Write a few words first." in answer.content.decode()
    assert not Arrival.objects.exists()


def test_html_in_every_setting_and_every_field_is_only_words(cast: Cast, bea: Client) -> None:
    evil = "<script>alert(1)</script>"
    source = open_form(cast, title=evil, intro=evil, thanks=evil)
    visitor = Visitor(cast, source)
    private = visitor.write(f"{evil} {QUESTION}", name=evil, subject=evil)
    sent = visitor.send(f"{evil} and once more")
    row = Conversation.objects.filter(network="form").first()
    assert row is not None
    for page in (visitor.get(), sent, visitor.get(private), bea.get(f"/w/acme/c/{row.pk}/")):
        assert "<script>alert" not in page.content.decode() and "&lt;script&gt;" in page.content.decode()


def test_too_fast_is_asked_once_more_and_then_taken(ann: Visitor, cast: Cast) -> None:
    answer = ann.send(QUESTION, after=1, name="Ann")
    page = answer.content.decode()
    assert answer.status_code == 422 and parse.HURRIED in page and QUESTION in page and not Arrival.objects.exists()
    taken = ann.post(ann.path, stamp=hidden(answer, "stamp"), text=QUESTION, name="Ann")
    assert taken.status_code == 200
    sort_in()
    assert Conversation.objects.get(network="form").state == "needs_answer"


def test_too_old_is_asked_once_more_and_then_taken(ann: Visitor) -> None:
    answer = ann.send(QUESTION, after=25 * 3600)
    assert answer.status_code == 422 and parse.STALE in answer.content.decode() and QUESTION in answer.content.decode()
    assert ann.post(ann.path, stamp=hidden(answer, "stamp"), text=QUESTION).status_code in {200, 422}


def test_a_replay_is_the_same_message(ann: Visitor, cast: Cast) -> None:
    stamp = hidden(ann.get(), "stamp")
    cast.clock.shift(30)
    answers = [ann.post(ann.path, stamp=stamp, text=QUESTION) for _ in range(3)]
    sort_in()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert Message.objects.filter(network="form").count() == 1
    assert len({ann.get(link(answer)).status_code for answer in answers}) == 1


def test_what_looks_like_a_machines_is_quiet_with_its_reasons_and_never_dropped(
    ann: Visitor, bea: Client, cast: Cast
) -> None:
    ann.write("Can you tell me whether your website needs better ranking?", homepage="https://ranks.test")
    row = Conversation.objects.get(network="form")
    decision = Message.objects.get(conversation=row).decision
    assert row.state == "quiet" and decision is not None and decision.row == 15
    page = bea.get(f"/w/acme/c/{row.pk}/?stream=quiet").content.decode()
    assert "fills in what people do not see" in page
    ann.write("There is a gas leak and my child is hurt, please call the emergency line!", homepage="x")
    urgent = Conversation.objects.filter(network="form").exclude(pk=row.pk).get()
    assert urgent.state == "needs_answer" and urgent.urgency == 3


def test_the_same_words_for_the_third_time_are_marked(ann: Visitor) -> None:
    for number in range(3):
        ann.address = f"198.51.100.{number}"
        ann.write(
            f"Hello number {number}, we sell the very best lists of addresses to honest companies. Shall we talk?"
        )
    envelopes = [arrival.envelope for arrival in Arrival.objects.order_by("pk")]
    assert [b"repeated" in bytes(envelope) for envelope in envelopes] == [False, False, True]


def test_a_flood_is_refused_aloud_with_the_words_kept_and_others_go_on(ann: Visitor, cast: Cast) -> None:
    ann.address = "2001:db8::1"
    for number in range(10):
        assert ann.send(f"Question {number}?").status_code == 200
    ann.address = "2001:db8::2"  # the same home
    answer = ann.send("One too many?")
    assert answer.status_code == 429 and "One too many?" in answer.content.decode() and answer["Retry-After"] == "600"
    assert "wait ten minutes" in answer.content.decode()
    assert Visitor(cast, ann.source, "2001:db8:1::1").send("And me?").status_code == 200
    cast.clock.shift(601)
    assert ann.send("Now?").status_code == 200


def test_only_the_named_websites_may_frame_the_form(cast: Cast) -> None:
    visitor = Visitor(cast, open_form(cast, origins="https://www.acme.test\nhttps://shop.acme.test:8443"))
    for answer in (visitor.get(), visitor.send(""), visitor.send(QUESTION)):
        assert "frame-ancestors https://www.acme.test https://shop.acme.test:8443" in answer["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer
    page = visitor.get(visitor.write(QUESTION))
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"] and page["X-Frame-Options"] == "DENY"
    alone = Visitor(cast, open_form(cast)).get()
    assert "frame-ancestors 'none'" in alone["Content-Security-Policy"] and alone["X-Frame-Options"] == "DENY"


def test_the_snippet_is_small_and_sets_nothing(ann: Visitor) -> None:
    answer = ann.get(f"{ann.path}embed.js")
    assert len(answer.content) <= 4096 and not answer.cookies
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin" and "max-age=3600" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"cookie" not in answer.content and b"http" not in answer.content.partition(b"=> {")[2]
    assert ann.get("/f/nothing/embed.js").status_code == 404
    assert "rapport/embed.js" not in "".join(assets.BEHAVIOURS)


def test_a_form_has_no_other_door(ann: Visitor, cast: Cast) -> None:
    assert ann.post(f"/in/{ann.source.token}/", text=QUESTION).status_code == 404
    webhook = Source.objects.create(workspace=cast.acme, kind="webhook", name="Hook")
    assert ann.get(f"/f/{webhook.token}/").status_code == 404
    assert registry.get("form").door == "form"  # type: ignore[attr-defined]


def test_what_no_browser_sends_gets_a_sentence(ann: Visitor) -> None:
    for body, kind, status in ((b"{}", "application/json", 415), (b"&".join(b"a=%d" % n for n in range(99)), KIND, 400),
                               (b"\xff\xfe\x00", KIND, 422)):  # fmt: skip
        answer = ann.client.post(ann.path, body, content_type=kind)
        assert answer.status_code == status and 'role="alert"' in answer.content.decode()
    assert ann.client.put(ann.path).status_code == 405
