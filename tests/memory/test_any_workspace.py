"""Whatever people write: out, in, and out again is the same."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.accounts import founding
from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.inbox import checking, working
from rapport.inbox.models import Conversation, Source
from rapport.ingest import accepting, pipeline
from tests.conftest import NOW
from tests.memory.living import comparable, exported, take_back

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
ENVELOPES = st.builds(
    lambda id, who, text, minutes, to, subject, version, deleted, ours: Envelope(
        network="social", external_id=f"m{id}", author=Author(f"@p{who}", text[:20]), text="" if deleted else text,
        said_at=NOW + timedelta(minutes=minutes), reply_to=f"m{to}" if to else "", subject=subject, version=version,
        deleted=deleted, ours=ours,
    ),
    st.integers(1, 9), st.integers(1, 4), WORDS, st.integers(-90_000, 90), st.integers(0, 9), st.text(max_size=5),
    st.sampled_from(["", "1", "2"]), st.booleans(), st.sampled_from([None, None, True, False]),
)  # fmt: skip


@pytest.mark.parametrize("verbs", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(ENVELOPES, max_size=25), zone=st.sampled_from(["UTC", "Asia/Kathmandu"]))
@pytest.mark.slow
def test_out_in_and_out_again(store: str, verbs: bool, said: list[Envelope], zone: str) -> None:
    owner = founding.found("Käse & Söhne \u202e", owner_name="Dana", zone=zone)
    source = Source.objects.create(workspace=owner.workspace, kind="fake", name="Social")
    accepting.accept(source, Batch(items=tuple(Item(one, one.text.encode()) for one in said)))
    while pipeline.run():
        pass
    for conversation in Conversation.objects.filter(workspace=owner.workspace) if verbs else ():
        working.note(conversation, "A remark.", by=owner)
        working.settle(conversation, by=owner)
    once = exported(owner.workspace)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.jsonl"
        file.write_bytes(once)
        back = take_back(file)
    again = exported(back)
    assert comparable(again) == comparable(once)
    assert not [row for row in checking.miscounted() if row[0] == back.pk]
