"""Out and in again: the workspace that is taken back is equal, in both engines, whatever was in it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rapport.accounts.models import Workspace
from rapport.core import counters
from rapport.inbox import checking
from rapport.inbox.models import Conversation, Message, Outgoing, Source
from rapport.people import merging
from rapport.people.models import Identity, Merge
from tests.conftest import Cast
from tests.memory.living import comparable, exported, take_back


def test_a_workspace_taken_back_is_equal(lived: Cast, tmp_path: Path) -> None:
    once = exported(lived.acme)
    file = tmp_path / "acme.jsonl.gz"
    file.write_bytes(gzip.compress(once))
    back = take_back(file)
    assert (back.pk, back.slug, back.name) != (lived.acme.pk, lived.acme.slug, "")
    assert comparable(exported(back)) == comparable(once)
    assert not checking.miscounted()
    assert counters.read(back.pk, ["messages"]) == counters.read(lived.acme.pk, ["messages"])
    assert list(Message.objects.filter(workspace=back).search("kettle"))


def test_every_kind_was_in_the_workspace_that_is_compared(lived: Cast) -> None:
    from rapport.ingest.memory.records import KINDS

    said = {json.loads(line)["record"] for line in exported(lived.acme).splitlines()}
    assert said == {kind.name for kind in KINDS} | {"rapport-export", "end"}


def test_it_is_a_workspace_of_its_own(lived: Cast, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(exported(lived.acme))
    before = exported(lived.acme), exported(lived.elsewhere)
    back = take_back(tmp_path / "a.jsonl")
    again = take_back(tmp_path / "a.jsonl")
    assert back.pk != again.pk
    assert [comparable(raw) for raw in before] == [comparable(exported(one)) for one in (lived.acme, lived.elsewhere)]
    assert not back.members.filter(user__isnull=False).exists()
    for row in Conversation.objects.filter(workspace=back):
        assert row.source.workspace_id == back.pk and (row.identity is None or row.identity.workspace_id == back.pk)


def test_no_secret_and_no_login_is_carried(lived: Cast) -> None:
    source = Source.objects.get(workspace=lived.acme)
    source.keep_settings({"secret": "heron-wade-kind"})
    source.cursor, source.error = "a cursor of the network", "an error with an address"
    source.save()
    words = exported(lived.acme).decode()
    for secret in (
        "heron-wade",
        source.sealed,
        source.token,
        "a cursor",
        "an error",
        "dana@acme.test",
    ):
        assert secret not in words


def test_an_answer_in_flight_is_unknown_where_it_is_taken_back(lived: Cast, tmp_path: Path) -> None:
    Outgoing.objects.update(state="queued")
    (tmp_path / "a.jsonl").write_bytes(exported(lived.acme))
    back = take_back(tmp_path / "a.jsonl")
    answer = Outgoing.objects.get(workspace=back)
    assert answer.state == "unknown" and "Look whether it left" in answer.error
    assert answer.key != Outgoing.objects.get(workspace=lived.acme).key


def test_who_was_merged_is_merged_where_it_is_taken_back(lived: Cast, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(exported(lived.acme))
    back = take_back(tmp_path / "a.jsonl")
    bo = Identity.objects.get(workspace=back, address="@bo").person
    called = Identity.objects.get(workspace=back, address__startswith="+43")
    assert called.person == bo and called.origin is not None and called.origin.merged_into == bo
    merging.unmerge(Merge.objects.get(workspace=back), by=None)
    called.refresh_from_db()
    assert called.person != bo and called.origin is None and called.person.merged_into is None


def test_merges_that_go_in_a_circle_are_refused(lived: Cast, tmp_path: Path) -> None:
    lines = exported(lived.acme).splitlines()
    first = next(line for line in lines if b'"record":"merge"' in line)
    said = json.loads(first)
    turned = said | {"id": said["id"] + 1, "kept": said["other"], "other": said["kept"]}
    end = json.loads(lines[-1])
    end["counts"]["merge"], end["sha256"] = 2, None
    place = lines.index(first) + 1
    lines[place:-1] = [json.dumps(turned, separators=(",", ":")).encode(), *lines[place:-1]]
    lines[-1] = json.dumps(end).encode()
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    count = Workspace.objects.count()
    with pytest.raises(AssertionError, match="circle"):
        take_back(tmp_path / "a.jsonl")
    assert Workspace.objects.count() == count
