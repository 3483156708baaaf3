"""The network that the cast's source speaks to, for every scene."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeChannel]:
    cache.clear()
    fake = FakeChannel()
    with registry.also(fake):
        yield fake
