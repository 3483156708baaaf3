"""Direct messages: through the account's real server to a service that keeps to the lexicons; none is public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from rapport.channels.base import Batch, ChannelError, Connected, File, Manner, Outgoing
from rapport.channels.bluesky.channel import BlueskyChannel
from tests.peers.bluesky.chat import Chat, chat
from tests.peers.bluesky.network import Account, Network

pytestmark = pytest.mark.slow
channel = BlueskyChannel()


@pytest.fixture
def service() -> Iterator[Chat]:
    with chat() as running:
        yield running


@pytest.fixture
def us(peer: Network) -> Account:
    return peer.account("brand")


@pytest.fixture
def ann(peer: Network) -> Account:
    return peer.account("ann")


@pytest.fixture
def settings(peer: Network, service: Chat, us: Account) -> Connected:
    values = {"handle": us.handle, "app_password": us.app_password(privileged=True), "service": peer.pds}
    return Connected({**values, "direct_messages": "1", "chat": service.did})


@pytest.fixture
def talk(service: Chat, us: Account, ann: Account) -> str:
    return service.between((us.did, us.handle, "Acme"), (ann.did, ann.handle, "Ann Lee"))


def words(batch: Batch) -> list[str]:
    return [item.envelope.text for item in batch.items]


def outgoing(text: str, talk: str, to: str = "", **how: object) -> Outgoing:
    return Outgoing(
        idempotency_key="k",
        text=text,
        author="Bea",
        thread=f"chat:{talk}",
        in_reply_to=to,
        public=False,
        how=Manner(**how),
    )


def test_what_is_said_directly_comes_in_private_and_is_answered_there(
    service: Chat, settings: Connected, talk: str, us: Account, ann: Account
) -> None:
    other = service.between((ann.did, ann.handle, "Ann"), ("did:plc:cem", "cem.test", "Cem"))
    service.say(other, ann.did, "not for us")
    service.say(talk, ann.did, "My order 4711 never came 👋🏽")
    first = channel.fetch(settings, None)
    assert words(first) == ["My order 4711 never came 👋🏽"]
    envelope = first.items[0].envelope
    assert (envelope.public, envelope.direct, envelope.ours, envelope.thread) == (False, True, False, f"chat:{talk}")
    assert (envelope.author.address, envelope.author.name) == (ann.did, "Ann Lee")
    assert channel.target(settings, envelope.external_id, envelope.version).state == "there"

    handle = channel.send(settings, outgoing("We look into it: https://example.org/4711", talk, envelope.external_id))
    said = service.messages[talk][-1]
    assert (said["text"], said["sender"]["did"]) == ("We look into it: https://example.org/4711", us.did)
    assert said["facets"][0]["features"][0]["uri"] == "https://example.org/4711"
    assert handle.external_id == f"chat:{talk}:{said['id']}"
    service.say(talk, ann.did, "Thanks!")
    second = channel.fetch(settings, first.cursor)
    assert [(item.envelope.text, item.envelope.ours) for item in second.items] == [
        ("We look into it: https://example.org/4711", True),
        ("Thanks!", False),
    ]
    assert second.items[0].envelope.external_id == handle.external_id, "our echo is the message we have"
    assert words(channel.fetch(settings, second.cursor)) == []


def test_what_is_taken_back_there_is_buried_here(service: Chat, settings: Connected, talk: str, ann: Account) -> None:
    said = service.say(talk, ann.did, "My card number is 4711")
    first = channel.fetch(settings, None)
    service.take_back(talk, said["id"])
    second = channel.fetch(settings, first.cursor)
    assert [(item.envelope.deleted, item.envelope.text) for item in second.items] == [(True, "")]
    assert second.items[0].envelope.external_id == first.items[0].envelope.external_id


def test_more_than_fits_into_one_look_comes_in_several(
    service: Chat, settings: Connected, talk: str, ann: Account
) -> None:
    service.say(talk, ann.did, "zero")
    cursor = channel.fetch(settings, None).cursor
    for number in range(300):
        service.say(talk, ann.did, f"number {number}")
    got: list[str] = []
    while True:
        batch = channel.fetch(settings, cursor)
        cursor, got = batch.cursor, got + words(batch)
        if not batch.more:
            break
    assert got == [f"number {number}" for number in range(300)]


@pytest.mark.parametrize(("fault", "there"), [("lost after", 1), ("lost before", 0)])
def test_a_message_in_doubt_is_looked_for_by_its_words_and_its_place(
    service: Chat, settings: Connected, talk: str, us: Account, ann: Account, fault: str, there: int
) -> None:
    service.say(talk, us.did, "On its way.")  # the same words, long before
    asked = service.say(talk, ann.did, "And now?")
    answer = outgoing("On its way.", talk, f"chat:{talk}:{asked['id']}")
    service.fault = fault
    with pytest.raises(ChannelError) as caught:
        channel.send(settings, answer)
    assert caught.value.unknown
    found = channel.recognise(settings, answer)
    assert (found is not None) == bool(there)
    assert [one["text"] for one in service.messages[talk]].count("On its way.") == 1 + there


def test_what_was_said_in_public_goes_on_in_private_and_is_found_again(
    service: Chat, settings: Connected, us: Account, ann: Account
) -> None:
    post = ann.mention(us, f"@{us.handle} my parcel never came")
    thread = channel.confide(settings, ann.did)
    assert thread == channel.confide(settings, ann.did), "asked twice is one conversation"
    talk = thread.removeprefix("chat:")
    answer = msgspec.structs.replace(
        outgoing("What is your address?", talk, post["uri"], visibility="direct", written_at=datetime.now(UTC)),
        recipient=ann.did,
    )
    service.say(talk, us.did, answer.text, sentAt=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    assert channel.recognise(settings, answer) is None, "the same words an hour ago are another message"
    service.fault = "lost after"
    with pytest.raises(ChannelError) as caught:
        channel.send(settings, answer)
    assert caught.value.unknown
    found = channel.recognise(settings, answer)
    assert found and found.external_id == f"chat:{talk}:{service.messages[talk][-1]['id']}"
    service.closed.add(ann.did)
    with pytest.raises(ChannelError, match="takes no direct messages") as closed:
        channel.confide(settings, ann.did)
    assert closed.value.permanent and not closed.value.unknown


def test_an_app_password_without_the_right_is_said_while_the_rest_comes_in(
    peer: Network, service: Chat, settings: Connected, us: Account, ann: Account
) -> None:
    settings = Connected({**settings, "app_password": us.app_password()})
    with pytest.raises(ChannelError, match="may not read direct messages") as caught:
        channel.check(settings)
    assert caught.value.permanent
    post = ann.mention(us, f"@{us.handle} hello")
    cursor = None
    for _ in range(100):
        try:
            batch = channel.fetch(settings, cursor)
        except ChannelError as error:
            assert "may not read direct messages" in error.message
        else:
            assert [item.envelope.external_id for item in batch.items] == [post["uri"]]
            break
    else:
        raise AssertionError("the mention never came")


def test_history_and_what_cannot_be_done(service: Chat, settings: Connected, talk: str, ann: Account) -> None:
    service.say(talk, ann.did, "long ago", sentAt=(datetime.now(UTC) - timedelta(days=20)).isoformat())
    service.say(talk, ann.did, "of late")
    cursor, got = None, []
    while True:
        batch = channel.backfill(settings, datetime.now(UTC) - timedelta(days=30), cursor)
        cursor, got = batch.cursor, got + words(batch)
        if not batch.more:
            break
    assert sorted(got) == ["long ago", "of late"]
    with pytest.raises(ChannelError, match="cannot be taken back"):
        channel.unsend(settings, f"chat:{talk}:x")
    with pytest.raises(ChannelError, match="like a post"):
        channel.react(settings, f"chat:{talk}:x", "like")
    picture = File(name="a.png", type="image/png", content=b"x")
    with pytest.raises(ChannelError, match="no files in direct messages"):
        channel.send(settings, outgoing("Look", talk, files=(picture,)))
