"""Edit, take back, like; in public or in private; and the preview of what will stand there: as a person at a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.channels.base import Limit
from rapport.core import work
from rapport.inbox import replying
from rapport.inbox.models import Act, Conversation, Draft, Message, Outgoing, Source
from tests.conftest import NOW, Cast
from tests.inbox.networks import Plaza
from tests.web.conftest import Browser


@dataclass
class Square(Plaza):
    """The plaza, on which long answers may stand as several."""

    def parts(self, text: str) -> list[str]:
        return [text[at : at + 20] for at in range(0, len(text), 20)]


@pytest.fixture
def square() -> Iterator[Square]:
    with registry.also(there := Square(limit=Limit(20))):
        yield there


@pytest.fixture
def plaza() -> Iterator[Plaza]:
    with registry.also(there := Plaza()):
        yield there


@pytest.fixture
def matter(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="q1", name="Ann Lee")


def leave(cast: Cast, seconds: int = 11) -> None:
    cast.clock.shift(timedelta(seconds=seconds))
    work.run_due()


def read(client: Client, row: Conversation, query: str = "") -> str:
    answer = client.get(f"/w/acme/c/{row.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, path: str, **fields: str) -> str:
    return client.post(path, fields, follow=True).content.decode()


def answered(cast: Cast, row: Conversation, **how: str) -> Message:
    replying.reply(row, "It comes on Fryday.", by=cast.bea, **how)  # type: ignore[arg-type]
    leave(cast)
    return Message.objects.filter(ours=True).latest("pk")


def test_our_own_words_are_changed_from_their_own_place(
    cast: Cast, bea: Client, browse: Browser, plaza: Plaza, matter: Conversation
) -> None:
    ours = answered(cast, matter)
    page = read(bea, matter)
    assert f"&amp;change={ours.pk}" in page and f"&amp;back={ours.pk}" in page
    panel = read(bea, matter, f"?change={ours.pk}")
    assert "It comes on Fryday.</textarea>" in panel and "Everybody can look up what it said before." in panel
    assert 'id="composer-text"' not in panel, "it stands in the composer's place"
    seen = re.search(r'name="seen" value="([0-9a-f]{32})"', panel)
    assert seen
    said = press(bea, f"/w/acme/m/{ours.pk}/change/", text="It comes on Friday.", seen=seen[1])
    assert "Your change leaves in 10 seconds." in said and "Changed there in %n s" in said
    twice = browse(cast.cem).post(f"/w/acme/m/{ours.pk}/change/", {"text": "On Friday!", "seen": seen[1]})
    assert twice.status_code == 422
    assert (
        "Bea changed it while you were writing" in twice.content.decode()
        and "On Friday!</textarea>" in twice.content.decode()
    )
    leave(cast)
    page = read(bea, matter)
    assert "It comes on Friday." in page and "Changed there by Bea" in page and "Fryday" not in page


def test_a_change_that_is_too_long_is_refused_beside_its_words(
    cast: Cast, bea: Client, plaza: Plaza, matter: Conversation
) -> None:
    ours = answered(cast, matter)
    answer = bea.post(f"/w/acme/m/{ours.pk}/change/", {"text": "x" * 300, "seen": ""})
    assert answer.status_code == 422
    seen = re.search(r'name="seen" value="([0-9a-f]{32})"', answer.content.decode())
    assert seen
    answer = bea.post(f"/w/acme/m/{ours.pk}/change/", {"text": "x" * 300, "seen": seen[1]})
    assert answer.status_code == 422 and "at most 280 fit" in answer.content.decode()
    assert not Act.objects.exists()


def test_taking_back_asks_first_and_leaves_a_trace(cast: Cast, bea: Client, plaza: Plaza, matter: Conversation) -> None:
    ours = answered(cast, matter)
    panel = read(bea, matter, f"?back={ours.pk}")
    assert "Take this back from Social?" in panel and "Copies may live on." in panel
    assert not Act.objects.exists(), "looking does nothing"
    for _ in range(2):
        said = press(bea, f"/w/acme/m/{ours.pk}/back/")
    assert "Taken back in %n s" in said and Act.objects.count() == 1
    press(bea, f"/w/acme/acts/{Act.objects.get().pk}/withdrawal/")
    leave(cast)
    assert "It comes on Fryday." in read(bea, matter) and not plaza.done
    press(bea, f"/w/acme/m/{ours.pk}/back/")
    leave(cast)
    page = read(bea, matter)
    assert "Bea took this back. Its words are no longer kept." in page and "Fryday" not in page
    assert "It had arrived before that." in page and "Delivered" not in page
    assert not Outgoing.objects.exclude(text="").exists(), "kept nowhere"
    assert "It is not there any more." in read(bea, matter, f"?back={ours.pk}")


def test_a_like_is_one_press_and_says_whose_it_is(cast: Cast, bea: Client, plaza: Plaza, matter: Conversation) -> None:
    theirs = Message.objects.get()
    assert f"/m/{theirs.pk}/like/" in read(bea, matter)
    said = press(bea, f"/w/acme/m/{theirs.pk}/like/")
    assert "Liked by Bea" in said and f"/m/{theirs.pk}/unlike/" in said
    work.run_due()
    assert plaza.liked == {"q1"}
    assert "Liked by Bea" not in press(bea, f"/w/acme/m/{theirs.pk}/unlike/").split('id="turns"')[1].split("footer")[0]
    work.run_due()
    assert not plaza.liked


def test_what_failed_says_why_and_offers_another_try(
    cast: Cast, bea: Client, plaza: Plaza, matter: Conversation
) -> None:
    ours = answered(cast, matter)
    plaza.gone.add(ours.external_id)
    act = press(bea, f"/w/acme/m/{ours.pk}/change/", text="It comes on Friday.", seen=mark_of(bea, matter, ours))
    leave(cast)
    act = read(bea, matter)
    assert "Not changed there" in act and "It was deleted there meanwhile." in act and "Try again" in act
    press(bea, f"/w/acme/acts/{Act.objects.get().pk}/retry/")
    assert Act.objects.get().state == "queued"


def mark_of(client: Client, row: Conversation, message: Message) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{32})"', read(client, row, f"?change={message.pk}"))
    assert found
    return found[1]


def test_nothing_is_offered_to_who_only_reads_nor_where_the_network_cannot(
    cast: Cast, bea: Client, browse: Browser, matter: Conversation
) -> None:
    ours = answered(cast, matter)
    page = read(bea, matter, f"?change={ours.pk}")
    assert f"change={ours.pk}&" not in page and "/like/" not in page and "does not offer that" in page
    with registry.also(Plaza()):
        page = read(browse(cast.olga), matter, f"?change={ours.pk}")
        assert "/like/" not in page and "change-text" not in page
        assert browse(cast.olga).post(f"/w/acme/m/{ours.pk}/back/").status_code == 403
        assert browse(cast.dot).post(f"/w/acme/m/{ours.pk}/back/").status_code == 404
        Source.objects.update(paused_at=NOW)
        assert "/like/" not in read(bea, matter)


def test_in_private_and_back_is_one_conversation_and_the_page_says_so(
    cast: Cast, bea: Client, plaza: Plaza, matter: Conversation
) -> None:
    page = read(bea, matter)
    assert 'value="public" checked' in page and 'name="place" value="private"' in page
    path = f"/w/acme/c/{matter.pk}/"
    press(bea, f"{path}reply/", text="What is your address?", place="private", do="send")
    assert "We continued in private" in read(bea, matter)
    leave(cast)
    page = read(bea, matter)
    assert "We continued in private" in page and "now in private" in page and "Write a closing note" in page
    note = read(bea, matter, "?note=1")
    assert "We have answered you in private.</textarea>" in note and "Until now this was private" in note
    assert Message.objects.filter(ours=True, public=False).count() == 1


def test_leaving_a_private_talk_asks_and_says_who_will_read_it(
    cast: Cast, bea: Client, plaza: Plaza, matter: Conversation
) -> None:
    answered(cast, matter, place="private")
    cast.says(
        "@ann", "12 Rose Lane", id="d1", thread="talk:@ann", public=False, direct=True, at=NOW + timedelta(seconds=11)
    )
    page = read(bea, matter)
    assert 'value="private" checked' in page and "Write a closing note" in page
    note = read(bea, matter, "?note=1")
    assert "In public everybody on Fake can read it, below what Ann Lee said there" in note and "Send in public" in note
    path = f"/w/acme/c/{matter.pk}/reply/"
    refused = bea.post(path, {"text": "We have answered you in private.", "place": "public", "do": "send"})
    assert refused.status_code == 422 and "Send in public" in refused.content.decode()
    assert 'value="public" checked' in refused.content.decode()
    press(bea, path, text="We have answered you in private.", place="public", aloud="1")
    leave(cast)
    page = read(bea, matter)
    assert "We came back to the public" in page and "Write a closing note" not in page
    assert [one.public for one in plaza.sent.values()] == [False, True]


def test_a_private_draft_never_comes_back_as_one_for_all(
    cast: Cast, bea: Client, plaza: Plaza, matter: Conversation
) -> None:
    path = f"/w/acme/c/{matter.pk}/"
    bea.post(f"{path}draft/", {"text": "Your PIN is 4711", "place": "private"})
    assert 'value="private" checked' in read(bea, matter)
    plaza.cannot_confide = "Direct messages are switched off."
    page = read(bea, matter)
    assert "Direct messages are switched off." in page and '<input type="hidden" name="place" value="private">' in page
    answer = bea.post(f"{path}reply/", {"text": "Your PIN is 4711", "place": "private", "do": "send"})
    assert answer.status_code == 422 and "switched off" in answer.content.decode()
    assert not Outgoing.objects.exists() and Draft.objects.get().place == "private"


def test_what_is_typed_comes_back_as_it_will_stand_there(
    cast: Cast, bea: Client, square: Square, matter: Conversation
) -> None:
    path, htmx = f"/w/acme/c/{matter.pk}/draft/", {"HX-Request": "true"}
    short = bea.post(path, {"text": "On <b>Friday</b>"}, headers=htmx).content.decode()
    assert "On &lt;b&gt;Friday&lt;/b&gt;" in short and 'hx-swap-oob="true"' in short and "Draft saved" in short
    assert "and everybody will read" in short and "1/1" not in short
    long = bea.post(path, {"text": "It leaves us on Friday and is there on Monday."}, headers=htmx).content.decode()
    assert "As several it stands there so" in long and "1/3" in long and "3/3" in long
    private = bea.post(path, {"text": "On Friday", "place": "private"}, headers=htmx).content.decode()
    assert "<bdi>Ann Lee</bdi> alone will read" in private
    too_long = bea.post(path, {"text": "x" * 21, "place": "private"}, headers=htmx).content.decode()
    assert "at most 20 fit." in too_long and "Nothing was sent" not in too_long and "will read" not in too_long
    tried = bea.post(f"/w/acme/c/{matter.pk}/reply/", {"text": "x" * 21, "place": "private"}).content.decode()
    assert tried.count("The text has 21 characters; at most 20 fit.") == 1
    assert "at most 20 fit. Nothing was sent.</p>" in tried
    empty = bea.post(path, {"text": ""}, headers=htmx).content.decode()
    assert "data-preview hidden" in empty
    assert not Outgoing.objects.exists()
