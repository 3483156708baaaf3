"""The network of the cast's source is there in each of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from tests.conftest import Cast, find_cast, make_cast
from tests.memory.living import live


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def lived(
    engine: str, at_nine: time_machine.Traveller, grown: Callable[..., Any], request: pytest.FixtureRequest
) -> Iterator[Cast]:
    """The cast in a workspace in which something of everything has happened."""
    if engine == "sqlite":
        with grown("lived", lambda: live(make_cast())):
            yield find_cast(at_nine)
    else:
        cast = request.getfixturevalue("cast")
        live(cast)
        yield cast
