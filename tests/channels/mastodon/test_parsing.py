"""What a Mastodon server says, read without a server: fixtures of our own in the shape of the real ones, and damage."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rapport.channels.mastodon
from rapport.channels.base import ChannelError, Envelope, Manner, Outgoing
from rapport.channels.lengths import measure
from rapport.channels.mastodon import home, parse, sse, words
from rapport.channels.mastodon.home import Home
from rapport.channels.mastodon.place import OVERLAP, REMEMBERED, WATCHED, Place, Seen

FIXTURES = Path(rapport.channels.mastodon.__path__[0]) / "fixtures"
ACME = Home(id="108000000000000001", acct="acme", domain="social.example")
NOTIFICATIONS = json.loads((FIXTURES / "notifications.json").read_text(encoding="utf-8"))
MENTION, DIRECT, QUOTE, POLL = (
    next(one["status"] for one in NOTIFICATIONS if one["id"] == id) for id in ("4411", "4412", "4414", "4415")
)


def out(text: str, **more: Any) -> Outgoing:
    return Outgoing(idempotency_key="k", text=text, author="Bea", **more)


def test_a_mention_is_an_envelope_with_all_that_an_answer_needs() -> None:
    said = parse.status(MENTION, ACME)
    assert said.external_id == "https://garden.example/users/ann/statuses/7781"
    assert (said.author.address, said.author.name) == ("ann@garden.example", "Ann 🌻")
    assert said.text.splitlines()[0] == "@acme the lemon press leaks & nobody answers"
    assert "See https://garden.example/very/long/address #acme" in said.text
    assert said.said_at == datetime(2026, 3, 10, 8, 1, 2, 345000, tzinfo=UTC)
    assert said.mentions == ("acme@social.example", "acme", "bo@other.example")
    assert said.participants == ("bo@other.example",)
    assert said.content_warning == "Complaint"
    assert [(one.kind, one.alt) for one in said.media] == [
        ("image", "A lemon press with a puddle below it"),
        ("file", ""),
    ]
    assert said.media[1].url == "https://garden.example/2.bin"
    assert (said.public, said.direct, said.visibility, said.ours, said.language) == (True, False, "public", None, "en")


def test_what_is_said_in_private_is_private_and_to_us() -> None:
    said = parse.status(DIRECT, ACME, {"115000000000000009": "https://social.example/parent"}.get)  # type: ignore[arg-type]
    assert (said.public, said.direct, said.visibility) == (False, True, "direct")
    assert said.reply_to == "https://social.example/parent"
    assert said.author.address == "cleo@social.example"
    assert said.version == "2026-03-10T08:09:00.000Z"


def test_a_quote_of_ours_answers_what_it_quotes_and_a_poll_shows_its_choices() -> None:
    assert parse.status(QUOTE, ACME).reply_to == "https://social.example/users/acme/statuses/115000000000000009"
    assert parse.status(POLL, ACME).text.splitlines()[1:] == ["○ The small one", "○ The big one"]


def test_only_words_count_as_said() -> None:
    spoken = [one["id"] for one in NOTIFICATIONS if parse.spoken(one, ACME)]
    assert spoken == ["4415", "4414", "4412", "4411"]
    unheard_of = {"type": "mention_of_the_year", "status": MENTION}
    assert parse.spoken(unheard_of, ACME) is MENTION
    ours = NOTIFICATIONS[3]["status"]
    assert parse.spoken({"type": "applause", "status": ours}, ACME) is None


def test_grouped_notifications_say_the_same() -> None:
    found = parse.groups((FIXTURES / "groups.json").read_bytes())
    assert [(row["id"], row["type"]) for row, _ in found] == [("4420", "favourite"), ("4411", "mention")]
    assert parse.status(parse.spoken(found[1][0], ACME) or {}, ACME) == parse.status(MENTION, ACME)


@pytest.mark.parametrize("visibility", ["mutuals_only", "local", "circle", "limited"])
def test_a_visibility_that_nobody_knows_is_the_narrowest(visibility: str) -> None:
    said = MENTION | {"visibility": visibility}
    assert not parse.status(said, ACME).public
    assert words.visibility(said, out("hello")) == "direct"


def test_a_picture_without_words_is_kept() -> None:
    said = parse.status(MENTION | {"content": ""}, ACME)
    assert said.text == ""
    assert said.media
    with pytest.raises(ValueError, match="there is no text"):
        parse.status(MENTION | {"content": "", "media_attachments": []}, ACME)


def test_who_we_are_and_what_a_server_takes() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    row = parse.row((FIXTURES / "instance.json").read_bytes())
    there = home.of({"id": 1, "acct": "acme"}, row, "https://social.example", now)
    assert (there.id, there.address, there.characters, there.url_length) == ("1", "acme@social.example", 1000, 23)
    assert there.streaming == "https://streaming.social.example"
    old = parse.row((FIXTURES / "relative.json").read_bytes())
    there = home.of({"id": "1", "username": "acme"}, old, "https://www.old.example", now)
    assert (there.address, there.characters, there.streaming) == ("acme@old.example", 1500, "")
    assert home.kept(msgspec.json.encode(there)) == there
    assert home.kept("") is None
    assert home.of({}, {"configuration": {"statuses": {"max_characters": "many"}}}, "https://x", now).characters == 500


def test_a_text_is_as_long_as_the_server_counts_it() -> None:
    limit = ACME.limit
    assert measure("hello", limit) == 5
    assert measure("see https://example.org/" + "x" * 300, limit) == 4 + 23
    assert measure("(https://example.org/a).", limit) == 1 + 23 + 2
    assert measure("@ann@a-very-long-server.example hi", limit) == len("@ann hi")
    assert measure("👨‍👩‍👧‍👦🇺🇳", limit) == 2
    assert measure("mail ann@garden.example", limit) == len("mail ann@garden.example")
    words.must_fit("x" * 490, "a warning!", ACME)
    with pytest.raises(ChannelError, match="501"):
        words.must_fit("x" * 491, "a warning!", ACME)


def test_an_answer_keeps_everybody_the_warning_and_the_thread() -> None:
    answer = words.answer(MENTION, out("We look at it."), ACME)
    assert answer.text == "@ann@garden.example @bo@other.example We look at it."
    assert (answer.visibility, answer.warning, answer.reply_to) == ("public", "Complaint", MENTION["id"])
    answer = words.answer(MENTION, out("Dear @ann@garden.example and @BO@other.example, yes."), ACME)
    assert answer.text == "Dear @ann@garden.example and @BO@other.example, yes."
    answer = words.answer(MENTION, out("x", how=Manner(content_warning="Plumbing")), ACME)
    assert answer.warning == "Plumbing"


VISIBLE = ("public", "unlisted", "followers", "direct")


@given(st.sampled_from(words.NARROW), st.sampled_from(("", *VISIBLE)), st.booleans())
def test_an_answer_is_never_seen_by_more_people(theirs: str, wished: Any, public: bool) -> None:
    found = words.visibility(MENTION | {"visibility": theirs}, out("x", public=public, how=Manner(visibility=wished)))
    assert words.NARROW.index(found) >= words.NARROW.index(theirs)
    assert public or wished or found == "direct"
    assert theirs != "private" or found == "direct", "our followers are not theirs"
    if wished:
        assert words.NARROW.index(found) >= VISIBLE.index(wished)


def test_whoever_is_tagged_in_a_private_answer_would_read_it_and_so_it_is_refused() -> None:
    with pytest.raises(ChannelError, match=r"take out @norvik@rival\.example") as caught:
        words.answer(DIRECT, out("We asked @norvik@rival.example about you", public=False), ACME)
    assert caught.value.permanent
    assert words.answer(DIRECT, out("Dear @cleo, mail me at a@b.example", public=False), ACME).text.startswith(
        "Dear @cleo"
    )


def test_what_is_too_long_with_its_handles_is_refused_never_cut() -> None:
    fits = "x" * (500 - len("@ann @bo Complaint"))
    assert words.answer(MENTION, out(fits), ACME).text.endswith(fits)
    with pytest.raises(ChannelError, match="has 501 characters; at most 500 fit"):
        words.answer(MENTION, out(fits + "x"), ACME)


def test_our_words_are_known_again_however_the_server_writes_them() -> None:
    assert words.alike("@ann@garden.example  We look\nat it.", "@ann We look at it.")
    assert not words.alike("@ann yes", "@ann no")


STREAM = (FIXTURES / "user_stream.txt").read_bytes()


@given(st.lists(st.integers(0, len(STREAM)), max_size=40).map(sorted), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int], end: bytes) -> None:
    whole = STREAM.replace(b"\n", end)
    edges = [0, *(min(cut, len(whole)) for cut in cuts), len(whole)]
    chunks = [whole[a:b] for a, b in itertools.pairwise(edges)]
    found = [event for event in sse.events(chunks) if event.name]
    assert [event.name for event in found] == ["notification", "delete"]
    assert json.loads(found[0].data)["status"]["id"] == MENTION["id"]
    assert found[1].data == "115000000000000010"


def test_an_endless_event_is_passed_over_and_the_next_one_is_heard() -> None:
    endless = b"event: update\ndata: " + b"x" * 3_000_000 + b"\n\n"
    found = list(
        sse.events([b":hi\n\n", *[endless[i : i + 70_000] for i in range(0, len(endless), 70_000)], b"data: 1\n\n"])
    )
    assert [event for event in found if event.name] == [sse.Event("message", "1")]
    assert sse.Event() in found, "a comment is a sign of life"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, one in rows for place in places(one, (*at, key)))]


def damaged(value: Any, at: tuple[Any, ...], by: Any) -> Any:
    if not at:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = damaged(copy[at[0]], at[1:], by)
    return copy


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_row_it_is_a_message_nothing_or_a_sentence(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(NOTIFICATIONS))
    for _ in range(data.draw(st.integers(1, 3))):
        row = damaged(row, data.draw(st.sampled_from(places(row))), data.draw(JSON))
    if not isinstance(row, dict):
        return
    try:
        said = parse.spoken(row, ACME)
        envelope = None if said is None else parse.status(said, ACME)
        words.answer(said or {}, out("hello"), ACME)
    except (ValueError, ChannelError) as error:
        assert str(error)
        return
    if envelope is not None:
        assert msgspec.json.decode(msgspec.json.encode(envelope), type=Envelope) == envelope
        assert envelope.external_id
        assert "\x00" not in repr(envelope)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_list_an_object_or_a_sentence(body: bytes) -> None:
    for read in (parse.rows, parse.row, parse.groups):
        try:
            read(body)
        except ValueError as error:
            assert str(error)


def test_nesting_without_end_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="not the JSON"):
        parse.row(b'{"a":' * 100_000)
    with pytest.raises(ValueError, match="not the list"):
        parse.rows(b"[" * 100_000)


def test_a_place_remembers_what_it_needs_and_no_more() -> None:
    place = Place()
    assert place.anchor("notifications") == ""
    place.reached("notifications", [])
    assert place.anchor("notifications") == "0"
    place.reached("notifications", [str(n) for n in range(100, 0, -1)])
    assert len(place.lists["notifications"]) == REMEMBERED
    assert place.anchor("notifications") == str(100 - OVERLAP + 1)
    assert place.fresh("notifications", ["100", "101"]) == {"101"}
    for n in range(WATCHED + 7):
        place.watch(Seen(str(n), f"https://x/{n}", "ann"))
    place.watch(Seen("50", "https://x/50", "ann", "edited"))
    assert len(place.seen) == WATCHED
    assert place.seen[-1].version == "edited"
    again = Place.of(place.cursor)
    assert again == place
    looked = [one.id for _ in range(8) for one in place.to_look_at(20)]
    assert len(set(looked)) == WATCHED, "all of them have their turn"
    assert Place.of("{broken") == Place.of(None) == Place.of('{"lists": 3}') == Place()


def test_the_archive_and_the_live_account_speak_of_the_same_message() -> None:
    from rapport.channels.files.exports import activitystreams
    from rapport.channels.files.exports.export import Context

    note = {"type": "Note", "id": MENTION["uri"], "attributedTo": "https://garden.example/users/ann", "content": "x"}
    (piece,) = activitystreams.split(note, "orderedItems", _Whole(), Context())  # type: ignore[arg-type]
    archived = piece.make()  # type: ignore[misc]
    live = parse.status(MENTION, ACME)
    assert (archived.network, archived.external_id, archived.author.address) == (  # type: ignore[union-attr]
        live.network, live.external_id, live.author.address,
    )  # fmt: skip


class _Whole:
    position, raw = "1", b""
