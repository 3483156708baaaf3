"""The verbs as forms: what they do, what they say, where they lead, and that nothing typed is ever lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels.fake.channel import FakeChannel
from rapport.inbox.models import Conversation, Draft, Note, Outgoing
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ann(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my refund?", name="Ann Lee", id="1")


@pytest.fixture
def bo(cast: Cast, ann: Conversation) -> Conversation:
    return cast.says("@bo", "@acme where is my parcel?", name="Bo Diaz")


def post(client: Client, path: str, **data: str) -> str:
    answer = client.post(path, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def undo_in(page: str) -> str:
    return page.split("data-undo>")[0].rsplit('action="', 1)[1].split('"')[0]


def test_a_reply_is_held_and_opens_the_next_and_can_be_taken_back(
    ann: Conversation, bo: Conversation, bea: Client
) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/reply/", text="It left us today. Bea")
    assert "Your answer to Ann Lee leaves in 10 seconds." in page
    assert f'data-conversation="{bo.pk}"' in page
    assert Outgoing.objects.get().state == "held"
    page = post(bea, undo_in(page))
    assert "Taken back" in page and "It left us today. Bea</textarea>" in page
    assert Outgoing.objects.get().state == "withdrawn"
    ann.refresh_from_db()
    assert ann.state == "needs_answer"


def test_a_refused_reply_keeps_its_words_and_says_why_beside_them(ann: Conversation, bea: Client) -> None:
    words = "so long " * 100
    answer = bea.post(f"/w/acme/c/{ann.pk}/reply/", {"text": words})
    page = answer.content.decode()
    assert answer.status_code == 422 and "at most 280 fit" in page and words.strip() in page
    assert Draft.objects.get().text.strip() == words.strip()
    assert not Outgoing.objects.exists()


def test_a_refusal_through_htmx_keeps_the_conversations_address(ann: Conversation, bea: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "panes"}
    answer = bea.post(f"/w/acme/c/{ann.pk}/reply/", {"text": ""}, headers=headers)
    assert answer.status_code == 422 and answer["HX-Push-Url"] == f"/w/acme/c/{ann.pk}/"


def test_a_draft_grows_on_the_server_and_is_there_in_another_browser(
    ann: Conversation, cast: Cast, browse: Browser
) -> None:
    path = f"/w/acme/c/{ann.pk}/"
    assert browse(cast.bea).post(f"{path}draft/", {"text": "Dear Ann"}).content == b"Draft saved"
    assert "Dear Ann</textarea>" in browse(cast.bea).get(path).content.decode()
    assert "Dear Ann" not in browse(cast.cem).get(path).content.decode()


def test_a_preview_without_javascript_shows_exactly_what_will_be_posted(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/reply/", text="  Dear <b>Ann</b>  ", do="preview")
    assert "data-preview-text>Dear &lt;b&gt;Ann&lt;/b&gt;</div>" in page
    assert not Outgoing.objects.exists()


def test_a_source_that_cannot_send_says_so_above_the_field(
    ann: Conversation, bea: Client, network: FakeChannel
) -> None:
    network.cannot_send = ""
    Conversation.objects.update(source=_file(ann))
    page = bea.get(f"/w/acme/c/{ann.pk}/").content.decode()
    assert page.index("cannot post there") < page.index('<textarea id="composer-text"')
    assert "I answered there" in page and "Save for export" in page and ">Send<" not in page
    kept = post(bea, f"/w/acme/c/{ann.pk}/reply/", text="Dear Ann", do="keep")
    assert "Dear Ann</textarea>" in kept
    post(bea, f"/w/acme/c/{ann.pk}/reply/", text="Dear Ann", do="there")
    ann.refresh_from_db()
    assert ann.state == "settled" and ann.last_ours


def _file(conversation: Conversation) -> object:
    from rapport.inbox.models import Source

    return Source.objects.create(workspace=conversation.workspace, kind="files", name="history.csv")


def test_no_answer_needed_asks_why_and_can_be_undone(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/silence/", why="joke")
    ann.refresh_from_db()
    assert ann.state == "quiet" and "No answer needed: Joke or rant." in page
    page = post(bea, undo_in(page))
    ann.refresh_from_db()
    assert ann.state == "needs_answer" and "Undone." in page
    assert "Choose why" in post(bea, f"/w/acme/c/{ann.pk}/silence/", why="nonsense")


def test_assign_settle_and_reopen(ann: Conversation, cast: Cast, bea: Client) -> None:
    path = f"/w/acme/c/{ann.pk}/"
    assert "Assigned to Cem." in post(bea, f"{path}assignment/", to=str(cast.cem.pk))
    assert "with Cem" in bea.get(path).content.decode()
    assert "Assigned to nobody." in post(bea, f"{path}assignment/", to="0")
    assert bea.post(f"{path}assignment/", {"to": str(cast.dot.pk)}).status_code == 404
    assert "Settled." in post(bea, f"{path}settlement/")
    assert "Back on the desk." in post(bea, f"{path}reopening/")
    ann.refresh_from_db()
    assert ann.state == "needs_answer"


def test_a_note_is_kept_and_an_empty_one_refused_in_place(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/note/", text="Call her at four")
    assert "Noted for your colleagues." in page and Note.objects.get().text == "Call her at four"
    answer = bea.post(f"/w/acme/c/{ann.pk}/note/", {"text": " "})
    assert answer.status_code == 422 and b"Write the note first." in answer.content


def test_done_and_next_ends_at_the_stream_when_it_was_the_last(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/settlement/")
    assert "Nobody is waiting for an answer." in page and "That was the last one here." in page


def test_forms_without_our_token_are_refused_in_the_house_look(ann: Conversation, cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = strict.post(f"/w/acme/c/{ann.pk}/settlement/")
    assert answer.status_code == 403
    ann.refresh_from_db()
    assert ann.state == "needs_answer"


def test_an_at_that_names_nobody_is_said_at_once(ann: Conversation, bea: Client) -> None:
    page = post(bea, f"/w/acme/c/{ann.pk}/note/", text="@Ce please look, as @Cem did")
    assert "Noted. Cem will see it under Mentions." in page and "@Ce: no colleague, or more than one." in page
    page = post(bea, f"/w/acme/c/{ann.pk}/note/", text="@Cem please write to ann@lee.example")
    assert "no colleague, or more than one" not in page


def test_whom_to_ask_is_chosen_and_never_the_first_by_chance(ann: Conversation, bea: Client) -> None:
    page = bea.get(f"/w/acme/c/{ann.pk}/").content.decode()
    assert '<select id="question-to" name="to" required data-keeps><option value="">' in page
    answer = bea.post(f"/w/acme/c/{ann.pk}/question/", {"text": "Who knows?", "to": ""})
    assert answer.status_code == 422 and b"Choose whom to ask." in answer.content and b"Who knows?" in answer.content


def test_in_a_thread_of_many_the_answer_names_who_spoke_last(cast: Cast, bea: Client) -> None:
    row = cast.says("@ann", "@acme where is my refund?", name="Ann Lee", id="1")
    cast.says("@bo", "@ann @acme mine is missing, too. Where is it?", name="Bo Diaz", id="2", reply_to="1", at=LATER)
    stream = bea.get("/w/acme/").content.decode()
    assert "<bdi>Bo Diaz</bdi>: </span>@ann @acme mine is missing" in stream
    page = post(bea, f"/w/acme/c/{row.pk}/reply/", text="Both are on their way.", do="preview")
    assert "This is what <bdi>Bo Diaz</bdi> and everybody will read</p>" in page
    assert "Your answer to Bo Diaz leaves" in post(bea, f"/w/acme/c/{row.pk}/reply/", text="Both are on their way.")
    assert Outgoing.objects.get().in_reply_to.identity.name == "Bo Diaz"  # type: ignore[union-attr]


def test_who_began_it_is_not_named_twice(ann: Conversation, cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme and again: where is it?", name="Ann Lee", id="2", reply_to="1", at=LATER)
    assert "<bdi>Ann Lee</bdi>: </span>" not in bea.get("/w/acme/").content.decode()


def test_a_quiet_row_says_why_no_answer_is_needed(cast: Cast, bea: Client) -> None:
    row = cast.says("@sun", "What a lovely morning in the park.")
    page = bea.get("/w/acme/?stream=quiet").content.decode()
    assert row.state == "quiet" and row.headline and f"No answer needed · {row.headline}" in page


def test_undo_without_a_toast_takes_back_what_was_done_last_and_stays_where_nothing_is_left(
    ann: Conversation, bo: Conversation, bea: Client
) -> None:
    post(bea, f"/w/acme/c/{ann.pk}/settlement/")
    post(bea, f"/w/acme/c/{bo.pk}/silence/", why="joke")
    assert f'data-conversation="{bo.pk}"' in post(bea, "/w/acme/undo/")
    page = post(bea, "/w/acme/undo/", open=str(bo.pk))
    assert "Undone: Ann Lee." in page and f'data-conversation="{ann.pk}"' in page
    page = post(bea, "/w/acme/undo/", open=str(bo.pk))
    assert "There is nothing of the last hour to take back." in page and f'data-conversation="{bo.pk}"' in page
    assert {row.state for row in Conversation.objects.all()} == {"needs_answer"}
