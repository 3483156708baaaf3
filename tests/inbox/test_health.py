"""How a workspace's sources do: one set of sentences, for the page and for ``rapport check``."""

from __future__ import annotations

from datetime import timedelta

from click.testing import CliRunner

from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.cli.check import check
from rapport.core.database import now
from rapport.core.models import Work
from rapport.inbox import health
from rapport.inbox.models import Arrival, Pulse, Source
from rapport.ingest import accepting
from tests.conftest import NOW, Cast


def sentences(cast: Cast) -> dict[str, list[str]]:
    found = health.look(cast.acme, now())
    return {
        one.source.name: [("! " if said.bad else "") + said.text for said in one.sentences] for one in found.sources
    }


def test_the_door_counts_what_is_new_by_the_hour(cast: Cast) -> None:
    cast.says("@ann", "Hello?", id="a")
    cast.says("@ann", "Hello?", id="a")
    cast.says("@ann", "Anybody?", id="b")
    cast.clock.shift(3600)
    seen_at = Source.objects.get(pk=cast.source.pk).last_arrival_at
    cast.says("@ann", "Hello?", id="a")
    assert Source.objects.get(pk=cast.source.pk).last_arrival_at == seen_at  # the same again is no sign of life
    cast.says("@ann", "Well?", id="c")
    counts = dict(Pulse.objects.filter(source=cast.source).values_list("hour", "count"))
    assert counts == {Pulse.hour_of(NOW): 2, Pulse.hour_of(NOW) + 1: 1}


def test_a_file_has_no_rhythm_and_never_falls_silent(cast: Cast) -> None:
    file = Source.objects.create(workspace=cast.acme, kind="files", name="old.csv", last_arrival_at=NOW)
    item = Item(Envelope(network="file", external_id="1", author=Author("@ann"), text="Hello"), b"")
    accepting.accept(file, Batch(items=(item,)))
    assert not Pulse.objects.exists() and sentences(cast)["old.csv"] == [
        "1 arrival waits for the line, the oldest for 0 min."
    ]


def test_a_silence_is_told_by_the_workspaces_own_clock_and_only_with_history(cast: Cast) -> None:
    last = NOW - timedelta(hours=5)
    Source.objects.filter(pk=cast.source.pk).update(last_arrival_at=last)
    assert sentences(cast)["Social"] == ["Silent for 5 h. There is not enough history to say whether that is usual."]
    hour = Pulse.hour_of(last)
    Pulse.objects.bulk_create(Pulse(source=cast.source, hour=hour - n, count=6) for n in range(8 * 168))
    told = "! Silent for 5 h, unusual for a Tuesday: some 30 messages were to be expected."
    assert sentences(cast)["Social"] == [told]
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(zone="Pacific/Kiritimati")
    cast.clock.shift(4 * 3600)
    cast.acme.refresh_from_db()
    assert not health.look(cast.acme, now()).well
    assert "unusual for a Wednesday" in sentences(cast)["Social"][0]


def test_history_brought_along_is_no_lag(cast: Cast) -> None:
    cast.says("@ann", "@acme hello?", at=NOW - timedelta(days=3))
    assert not any("after they were said" in sentence for sentence in sentences(cast)["Social"])
    Source.objects.filter(pk=cast.source.pk).update(created_at=NOW - timedelta(days=4))
    assert any("came 3 days after they were said" in sentence for sentence in sentences(cast)["Social"])


def test_lag_waiting_rows_and_errors_are_told(cast: Cast) -> None:
    Source.objects.filter(pk=cast.source.pk).update(created_at=NOW - timedelta(days=1))
    cast.says("@ann", "@acme hello?", at=NOW - timedelta(minutes=40))
    Source.objects.filter(pk=cast.source.pk).update(error="The token was refused.", unreadable=3)
    arrival = Arrival.objects.get()
    Arrival.objects.create(workspace=cast.acme, source=cast.source, key=b"2", raw=b"", envelope=b"", poison_at=NOW)
    Arrival.objects.create(
        workspace=cast.acme, source=cast.source, key=b"3", raw=b"", envelope=b"", due_at=NOW, arrived_at=NOW
    )
    cast.clock.shift(1200)
    assert arrival.done_at is not None and sentences(cast)["Social"][1:] == [
        "! Messages of the last day came 40 min after they were said (half of them sooner).",
        "! 1 arrival waits for the line, the oldest for 20 min.",
        "! The token was refused.",
        "3 rows could not be read and are kept.",
        "! 1 message is set aside.",
    ]


def test_check_says_what_the_page_says(cast: Cast) -> None:
    cast.says("@ann", "@acme hello?")
    Work.objects.create(workspace_id=cast.acme.pk, kind="import", due_at=NOW, dead_at=NOW, error="The file is gone.")
    said = CliRunner().invoke(check)
    assert said.exit_code == 0, said.output
    for line in sentences(cast)["Social"]:
        assert f"acme, Social: {line}" in said.output
    assert "! acme: An import: The file is gone." in said.output and "The counters are right." in said.output


def test_a_source_of_another_workspace_is_not_told(cast: Cast) -> None:
    assert health.look(cast.elsewhere, now()).sources == []
