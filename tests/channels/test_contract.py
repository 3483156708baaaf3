"""What every channel must keep, whatever its network: one test for all that are registered, and for the fake."""

from __future__ import annotations

import importlib
import io
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rapport.channels
from rapport.channels import registry
from rapport.channels.base import (
    ABILITIES,
    Backfills,
    Batch,
    Channel,
    ChannelError,
    Edits,
    Envelope,
    Explains,
    Fetches,
    Finds,
    Handle,
    Item,
    Outgoing,
    Reacts,
    Reads,
    Receives,
    Sends,
    Settings,
    Streams,
    Target,
    Targets,
    Tries,
    Unsends,
)
from rapport.channels.fake import FakeChannel
from rapport.channels.webhook import sign
from tests.channels.history import POSTS, jsonl

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CHANNELS: list[Channel] = [*registry.all(), FakeChannel()]
OUTGOING = Outgoing(
    idempotency_key="k-1", text="Thank you, we are on it.", author="Bea", in_reply_to="m-1", recipient="ann"
)
fuzzed = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=CHANNELS, ids=lambda channel: channel.kind)
def channel(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may reach a server: the loopback is closed, and no name leads anywhere."""
    monkeypatch.delenv("RAPPORT_ALLOW_LOOPBACK", raising=False)


def only_channel_errors(call: Callable[[], Any]) -> Any:
    """What the call gives; None where it raised the one error that may cross the boundary."""
    try:
        return call()
    except ChannelError as error:
        assert "\n" not in error.message
        assert len(error.message) < 1000
        assert error.message.endswith((".", "?", "…"))
        assert 400 <= error.status < 500
        assert not (error.permanent and error.retry_after)
        return None


def must_be_valid(batch: Batch) -> None:
    assert isinstance(batch, Batch)
    assert len(batch.items) + len(batch.unreadable) <= 500
    for item in batch.items:
        assert isinstance(item, Item)
        assert isinstance(item.raw, bytes)
        envelope = item.envelope
        assert msgspec.json.decode(msgspec.json.encode(envelope), type=Envelope) == envelope
        assert envelope.external_id
        assert envelope.author.address
        assert envelope.text or envelope.deleted
        assert "\x00" not in repr(msgspec.to_builtins(envelope))
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", envelope.network)
        assert envelope.said_at is None or envelope.said_at.utcoffset() == NOW.utcoffset()
        assert max(len(envelope.external_id), len(envelope.reply_to), len(envelope.thread)) <= 255
        assert len(envelope.author.address) <= 320
        assert not envelope.url or envelope.url.startswith(("http://", "https://"))
    for one in batch.unreadable:
        assert one.position
        assert one.reason.endswith((".", "…"))
        assert len(one.raw) <= 65536


def test_it_declares_what_the_pages_are_made_of(channel: Any) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,29}", channel.kind)
    assert channel.label
    assert channel.limit is None or channel.limit.size > 0
    keys = [setting.key for setting in channel.settings]
    assert len(keys) == len(set(keys))
    assert all(setting.label and re.fullmatch(r"[a-z_]+", setting.key) for setting in channel.settings)


def test_it_has_an_ability_and_each_honours_its_protocol(channel: Any) -> None:
    assert any(hasattr(channel, name) for name in ABILITIES)
    for name, protocol in ABILITIES.items():
        assert hasattr(channel, name) == isinstance(channel, protocol)


def test_it_says_whether_it_can_send(channel: Any) -> None:
    assert bool(channel.cannot_send) != isinstance(channel, Sends)
    assert not isinstance(channel, Sends) or channel.limit is not None, "the composer shows a limit"
    if isinstance(channel, Explains):
        assert isinstance(channel.cannot_send_why({}), str)


def test_it_lives_in_a_folder_of_its_own(channel: Any) -> None:
    folder = type(channel).__module__.split(".")[2]
    assert (Path(rapport.channels.__path__[0]) / folder / "channel.py").exists()
    assert importlib.import_module(f"rapport.channels.{folder}").__doc__


@pytest.mark.parametrize("text", ["", " \n", "x" * 200_000])
def test_what_cannot_be_sent_is_refused_for_good_and_never_cut(channel: Any, text: str) -> None:
    if isinstance(channel, Sends):
        with pytest.raises(ChannelError) as caught:
            channel.send({}, msgspec.structs.replace(OUTGOING, text=text))
        assert caught.value.permanent
        assert not caught.value.unknown


def test_without_settings_it_answers_with_a_sentence(channel: Any) -> None:
    if isinstance(channel, Sends):
        handle = only_channel_errors(lambda: channel.send({}, OUTGOING))
        assert handle is None or (isinstance(handle, Handle) and handle.external_id)
    if isinstance(channel, Finds):
        found = only_channel_errors(lambda: channel.find({}, "k-404"))
        assert found is None or isinstance(found, Handle)
    if isinstance(channel, Fetches):
        batch = only_channel_errors(lambda: channel.fetch({}, None))
        assert batch is None or isinstance(batch, Batch)
    if isinstance(channel, Backfills):
        batch = only_channel_errors(lambda: channel.backfill({}, NOW, None))
        assert batch is None or isinstance(batch, Batch)
    if isinstance(channel, Streams):
        stop = threading.Event()
        stop.set()
        only_channel_errors(lambda: list(itertools.islice(channel.listen({}, None, stop), 3)))


def test_what_comes_after_an_answer_ends_in_order_or_with_a_sentence(channel: Any) -> None:
    settings: Settings = {"token": "t"}
    if isinstance(channel, Tries):
        assert only_channel_errors(lambda: channel.check(settings)) != ""
    if isinstance(channel, Unsends):
        only_channel_errors(lambda: channel.unsend(settings, "m-1"))
    if isinstance(channel, Edits):
        assert isinstance(only_channel_errors(lambda: channel.edit(settings, "m-1", "Better.")), Handle | None)
    if isinstance(channel, Targets):
        assert isinstance(only_channel_errors(lambda: channel.target(settings, "m-1", "")), Target | None)
    if isinstance(channel, Reacts):
        assert channel.reactions
        for kind in channel.reactions:
            only_channel_errors(lambda kind=kind: channel.react(settings, "m-1", kind))  # type: ignore[misc]


def test_a_choice_offers_something_and_begins_with_one_of_it(channel: Any) -> None:
    for setting in channel.settings:
        assert (setting.kind == "choice") == bool(setting.choices)
        assert not setting.choices or setting.default in [value for value, _ in setting.choices]
        assert not setting.key.startswith("session_"), "those are the channel's own"


SETTINGS = st.dictionaries(
    st.sampled_from(["secret", "callback_url", "network", "map", "form", "token"]), st.text(max_size=40)
)


@fuzzed
@given(SETTINGS, st.text(max_size=80), st.text(max_size=40))
def test_any_settings_and_any_answer_end_in_a_handle_or_a_sentence(
    channel: Any, given: Any, text: str, key: str
) -> None:
    if isinstance(channel, Sends):
        only_channel_errors(
            lambda: channel.send(given, msgspec.structs.replace(OUTGOING, text=text, idempotency_key=key))
        )
    if isinstance(channel, Finds):
        only_channel_errors(lambda: channel.find(given, key))


@fuzzed
@given(
    st.dictionaries(st.sampled_from(["x-rapport-timestamp", "x-rapport-signature", "host"]), st.text(max_size=70)),
    st.binary(),
)
def test_any_delivery_is_taken_or_refused_with_a_sentence(channel: Any, headers: dict[str, str], body: bytes) -> None:
    if isinstance(channel, Receives):
        batch = only_channel_errors(lambda: channel.receive({"secret": "s"}, headers, body, NOW))
        if batch is not None:
            must_be_valid(batch)


MESSAGES = st.fixed_dictionaries({"id": st.text(), "author": st.text(), "text": st.text()}, optional={"url": st.text()})


@fuzzed
@given(MESSAGES)
def test_a_delivery_in_good_order_is_valid_whatever_the_words(channel: Any, message: dict[str, str]) -> None:
    if isinstance(channel, Receives):
        body, stamp = msgspec.json.encode(message), str(int(NOW.timestamp()))
        headers = {"x-rapport-timestamp": stamp, "x-rapport-signature": sign("s", stamp, body)}
        batch = only_channel_errors(lambda: channel.receive({"secret": "s"}, headers, body, NOW))
        if batch is not None:
            must_be_valid(batch)


def some_bytes() -> st.SearchStrategy[bytes]:
    whole = jsonl(POSTS)
    damaged = st.tuples(st.integers(0, len(whole)), st.binary(max_size=20)).map(
        lambda change: whole[: change[0]] + change[1] + whole[change[0] :]
    )
    return st.binary(max_size=500) | damaged


@fuzzed
@given(some_bytes(), SETTINGS)
def test_any_file_is_read_or_refused_with_a_sentence(channel: Any, body: bytes, given: Any) -> None:
    def batches() -> Iterator[Batch]:
        yield from channel.read(io.BytesIO(body), given)

    if isinstance(channel, Reads):
        for batch in only_channel_errors(lambda: list(batches())) or ():
            must_be_valid(batch)


def test_the_registry_knows_what_it_knows() -> None:
    assert [channel.kind for channel in registry.all()] == [
        "files",
        "webhook",
        "form",
        "mail",
        "bluesky",
        "bluesky_posts",
        "mastodon",
        "chat",
        "feeds",
        "demo_social",
        "demo_mail",
        "demo_chat",
        "demo_form",
        "demo_reviews",
    ]
    assert registry.get("webhook").label == "Webhook"
    with pytest.raises(ChannelError, match="no channel of the kind “pigeon”") as caught:
        registry.get("pigeon")
    assert caught.value.permanent


def test_the_fake_is_there_only_where_a_test_asks_for_it() -> None:
    fake = FakeChannel()
    with registry.also(fake):
        assert registry.get("fake") is fake
    assert "fake" not in [channel.kind for channel in registry.all()]
    webhook = registry.get("webhook")
    with registry.also(FakeChannel(kind="webhook")):
        assert registry.get("webhook") is not webhook
    assert registry.get("webhook") is webhook
