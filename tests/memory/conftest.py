"""The network of the cast's source is there in each of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeChannel]:
    fake = FakeChannel()
    with registry.also(fake):
        yield fake
