"""A feed that was saved as a file is a history like any other."""

from __future__ import annotations

import io

import pytest

from rapport.channels.base import ChannelError
from rapport.channels.files import FilesChannel, guess
from tests.channels.feeds.test_entries import BLOG, FORUM, REVIEWS


@pytest.mark.parametrize(("body", "texts"), [(BLOG, 2), (REVIEWS, 2), (FORUM, 2)])
def test_its_form_is_told_and_its_entries_are_read(body: bytes, texts: int) -> None:
    found = guess(io.BytesIO(body), "feed")
    assert (found.form, found.fixed) == ("feed", True)
    assert all(row["text"] for row in found.sample)
    (batch,) = FilesChannel().read(io.BytesIO(body), {})
    assert len(batch.items) == texts
    times = [item.envelope.said_at for item in batch.items if item.envelope.said_at]
    assert batch.unreadable == ()
    assert times


def test_the_file_and_the_live_feed_speak_of_the_same_entry() -> None:
    (batch,) = FilesChannel().read(io.BytesIO(BLOG), {})
    assert {item.envelope.external_id for item in batch.items} == {
        "https://kitchen.example/feed kitchen-41", "https://kitchen.example/press#comment-7",
    }  # fmt: skip


def test_in_any_encoding() -> None:
    (batch,) = FilesChannel().read(io.BytesIO(REVIEWS.decode().replace("utf-8", "utf-16").encode("utf-16")), {})
    assert any("Läuft" in item.envelope.text for item in batch.items)


def test_other_xml_is_still_refused_with_a_sentence() -> None:
    with pytest.raises(ChannelError, match="This is an XML document"):
        guess(io.BytesIO(b'<?xml version="1.0"?><kml><Document/></kml>'), "x.xml")
