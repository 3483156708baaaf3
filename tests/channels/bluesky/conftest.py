"""The peer, started once for all tests that speak to it; under CI it must be there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.peers.bluesky.network import Network, missing, network


@pytest.fixture(scope="session")
def peer() -> Iterator[Network]:
    """Bluesky's own servers, with the AppView."""
    if (why := missing()) and not os.environ.get("CI"):
        pytest.skip(why)
    with network() as running:
        yield running
