"""Files are held until a scanner has looked through them, where there is one; what is harmful is never given out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from rapport import net
from rapport.config import environment
from rapport.core.hashing import key
from rapport.core.models import Event
from rapport.inbox import scanning
from rapport.inbox.models import Attachment, Conversation
from rapport.net import scanner
from tests.conftest import Cast
from tests.peers.clamd import EICAR, Clamd, clamd


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_rest_until", 0.0)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    with clamd() as world:
        monkeypatch.setenv(scanner.VARIABLE, world.address)
        yield world


@pytest.fixture
def talk(cast: Cast) -> Conversation:
    return cast.says("ann", "Look at this, please.", id="m1")


def file(talk: Conversation, content: bytes | None, place: int = 1, **more: object) -> Attachment:
    return Attachment.objects.create(
        workspace=talk.workspace, key=key("social", "m1"), place=place, name=f"file {place}.bin", content=content,
        size=len(content or b""), **more,
    )  # fmt: skip


def get(who: Client, row: Attachment) -> int:
    return int(who.get(f"/w/acme/files/{row.pk}/").status_code)


def test_a_file_waits_is_looked_through_and_given_out(talk: Conversation, there: Clamd, bea: Client) -> None:
    row, big = file(talk, b"hello" * 200_000), file(talk, b"x" * 1_500_000, 2)
    page = bea.get(f"/w/acme/c/{talk.pk}/").content.decode()
    assert "waits for the virus scanner" in page and f"/files/{row.pk}/" not in page
    answer = bea.get(f"/w/acme/files/{row.pk}/")
    assert answer.status_code == 403 and "has not looked through" in answer.content.decode()
    assert scanning.step() == 2 and scanning.step() == 0
    assert there.seen == [b"hello" * 200_000], "whole, in pieces"
    assert get(bea, row) == 200 and get(bea, big) == 403
    assert "larger than the virus scanner takes" in bea.get(f"/w/acme/c/{talk.pk}/").content.decode()


def test_what_is_harmful_is_never_given_out(
    talk: Conversation, there: Clamd, bea: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = file(talk, b"..." + EICAR)
    scanning.step()
    row.refresh_from_db()
    assert row.scan == "infected: Win.Test.EICAR_HDB-1"
    assert Event.objects.get(verb="attachment.infected").facts == {"place": 1}
    monkeypatch.setenv(scanner.LENIENT, "give")
    assert get(bea, row) == 403
    monkeypatch.delenv(scanner.VARIABLE)
    assert get(bea, row) == 403
    assert "something harmful" in bea.get(f"/w/acme/c/{talk.pk}/").content.decode()


@pytest.mark.parametrize("how", ["hangs up", "noise", "half", "away"])
def test_a_scanner_that_is_away_holds_files_and_is_told_of(
    cast: Cast, talk: Conversation, there: Clamd, bea: Client, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = file(talk, b"hello")
    there.how = how
    if how == "away":
        monkeypatch.setenv(scanner.VARIABLE, "tcp://127.0.0.1:1")
    assert scanning.step() == 0 and get(bea, row) == 403
    assert "virus scanner" not in bea.get("/w/acme/health/").content.decode()
    cast.clock.shift(timedelta(minutes=6))
    assert "1 file waits for the virus scanner" in bea.get("/w/acme/health/").content.decode()
    monkeypatch.setenv(scanner.LENIENT, "give")
    assert get(bea, row) == 200, "the owner chose so"
    monkeypatch.delenv(scanner.LENIENT)
    there.how = ""
    monkeypatch.setenv(scanner.VARIABLE, there.address)
    monkeypatch.setattr(scanning, "_rest_until", 0.0)
    assert scanning.step() == 1 and get(bea, row) == 200


def test_without_a_scanner_nothing_is_held(talk: Conversation, bea: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(scanner.VARIABLE, raising=False)
    assert scanning.step() == 0 and get(bea, file(talk, b"hello")) == 200


def test_links_letters_and_what_is_not_kept_are_no_files_to_scan(talk: Conversation, there: Clamd) -> None:
    file(talk, None, 1, url="https://pictures.example/1")
    file(talk, b"<p>the mail itself</p>", 0)
    assert scanning.step() == 0 and there.seen == []


def test_a_local_socket(tmp_path: Path) -> None:
    with clamd(tmp_path / "s") as world:
        there = scanner.read(world.address)
        assert scanner.scan(there, b"") == "clean" and scanner.scan(there, EICAR).startswith("infected")
    with pytest.raises(net.NeverLeft):
        scanner.scan(there, b"")


@pytest.mark.parametrize(
    "words", ["localhost:3310", "http://x:1", "tcp://", "unix:", "tcp://x:3310/y", "unix:/" + "x" * 120]
)
def test_an_address_that_is_none_stops_the_start(words: str) -> None:
    with pytest.raises(environment.Unusable, match="RAPPORT_CLAMD"):
        environment.read({"RAPPORT_CLAMD": words})


@pytest.mark.parametrize(
    ("scan", "scanned", "lenient", "stands"),
    [
        ("", False, False, "given"),
        ("", True, False, "held"),
        ("", True, True, "given"),
        ("clean", True, False, "given"),
        ("unscannable: why", True, False, "held"),
        ("unscannable: why", True, True, "given"),
        ("infected: X", False, True, "never"),
    ],
)
def test_how_a_file_stands(scan: str, scanned: bool, lenient: bool, stands: str) -> None:
    assert scanning.standing(scan, scanned=scanned, lenient=lenient) == stands
