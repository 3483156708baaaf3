"""The peer of these tests: Bluesky's own servers."""

from __future__ import annotations

import pytest

from tests.peers.bluesky.network import Network


@pytest.fixture(scope="session")
def peer(bluesky_network: Network) -> Network:
    """Bluesky's own servers, with the AppView."""
    return bluesky_network
