"""Browsers of the cast: a Django test client for each who logs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from rapport.accounts.models import Member
from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from tests.conftest import Cast

Browser = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeChannel]:
    """The network that the cast's source speaks to; and nobody has tried a password yet."""
    cache.clear()
    fake = FakeChannel()
    with registry.also(fake):
        yield fake


@pytest.fixture
def browse() -> Browser:
    """The browser in which this member is signed in."""

    def open_(member: Member) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return open_


@pytest.fixture
def bea(cast: Cast, browse: Browser) -> Client:
    return browse(cast.bea)


@pytest.fixture
def dana(cast: Cast, browse: Browser) -> Client:
    return browse(cast.dana)
