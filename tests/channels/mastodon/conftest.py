"""A server of our own, and a desk that is connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rapport.channels.mastodon import client, family, polling
from tests.peers.mastodon.fake import Fake, fake


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback is open, nobody remembers anything, and what is known is looked at again at once."""
    monkeypatch.setenv("RAPPORT_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr(client, "CALM", client.Calm())
    monkeypatch.setattr(polling, "LOOK_EVERY", 0)
    monkeypatch.setattr(family, "NAMES", family.Names())


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake() as there:
        yield there
