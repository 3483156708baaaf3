"""A deleted message is forgotten everywhere; an edited one is told anew; an old version does not come back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, models

from rapport.inbox.models import Arrival, Conversation, Message, Reading, Source
from rapport.inbox.replying import answered_there
from tests.conftest import NOW, Cast

SECRET = "marzipan"


def holders(word: str) -> list[str]:
    """``table.column`` wherever a row of any table still holds the word, search index included."""
    from django.apps import apps

    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField | models.BinaryField):
                values: Any = model._default_manager.values_list(field.attname, flat=True)
                texts = (
                    bytes(v).decode("utf-8", "replace") if isinstance(v, memoryview | bytes) else str(v) for v in values
                )
                found += [f"{model._meta.db_table}.{field.column}" for text in texts if word in text]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM inbox_message_fts WHERE inbox_message_fts MATCH %s", [f'"{word}"'])
            found += ["inbox_message_fts" for _ in cursor.fetchall()]
    return found


def test_the_words_of_a_deleted_message_are_nowhere_any_more(cast: Cast) -> None:
    other = Source.objects.create(workspace=cast.acme, kind="fake", name="Second way")
    first = f"@acme my {SECRET} never came, I am so disappointed, where is it?"
    cast.says("@ann", first, id="1", version="v1", subject=f"My {SECRET}", url=f"https://s.example/{SECRET}")
    cast.says("@ann", f"{first} Hello?", id="1", version="v2", subject=f"My {SECRET}")
    cast.says("@ann", first, id="1", version="v1", source=other)
    assert len(set(holders(SECRET))) > 5
    row = cast.says("@ann", "", id="1", version="v3", deleted=True)
    assert holders(SECRET) == []
    cast.says("@ann", first, id="1", version="v1b", source=other)  # another source is slower than the deletion
    assert holders(SECRET) == []
    row.refresh_from_db()
    assert (row.snippet, row.subject, row.message_count) == ("", "", 1)
    message = Message.objects.get()
    assert message.deleted_at and message.text == "" and not Reading.objects.exists()
    assert Arrival.objects.filter(done_at=None).count() == 0


def test_the_row_of_a_stream_tells_the_newest_words_that_stand(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?", id="1", version="v1")
    cast.says("@ann", "@acme hello?", id="2", thread="1", reply_to="1", version="v1", at=NOW + timedelta(minutes=1))
    cast.says("@ann", "@acme where is my first parcel?", id="1", version="v2")
    row.refresh_from_db()
    assert row.snippet == "@acme hello?"
    cast.says("@ann", "@acme hello again?", id="2", version="v2")
    row.refresh_from_db()
    assert row.snippet == "@acme hello again?"
    cast.says("@ann", "", id="2", version="v3", deleted=True)
    row.refresh_from_db()
    assert row.snippet == "@acme where is my first parcel?"


def test_a_slower_source_does_not_bring_an_old_version_back(cast: Cast) -> None:
    slow = Source.objects.create(workspace=cast.acme, kind="fake", name="Slow way")
    cast.says("@ann", "@acme first words", id="1", version="v1")
    cast.says("@ann", "@acme second words", id="1", version="v2")
    cast.says("@ann", "@acme first words", id="1", version="v1", source=slow)
    message = Message.objects.get()
    assert (message.text, message.version) == ("@acme second words", "v2")
    assert [revision.text for revision in message.revisions.all()] == ["@acme first words"]


def test_a_new_name_for_the_same_words_is_no_edit(cast: Cast) -> None:
    row = cast.says("@ann", "@acme where is my parcel?", id="1", version="v1")
    cast.says("@ann", "@acme where is my parcel?", id="1", version="v2")
    message = Message.objects.get()
    assert message.version == "v2" and not message.revisions.exists()
    ours = answered_there(row, "It is on its way.", by=cast.bea)
    cast.says("@acme", "It is on its way.", id=ours.external_id, version="etag")
    assert not Message.objects.get(pk=ours.pk).revisions.exists()
    assert Conversation.objects.get().message_count == 2
