"""S87: "not just sales activity". Who never buys has a page and a history like a customer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core.hashing import key
from rapport.inbox import replying, working
from rapport.people.models import Order
from tests.conftest import NOW, Cast


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    with registry.also(FakeChannel()):
        yield


@pytest.fixture
def bea(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def seen(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_who_never_bought_stands_in_the_list_and_has_a_page_with_everything(cast: Cast, bea: Client) -> None:
    ann = cast.says("@ann", "@acme my kettle broke, where is my refund?", name="Ann Buyer")
    Order.objects.create(workspace=cast.acme, person=ann.identity.person, shop="shop", number="7", key=key("shop", "7"))
    joker = cast.says("@mo", "@acme why did the router cross the road?", name="Mo Joker", at=NOW - timedelta(days=9))
    replying.answered_there(joker, "To get to the other LAN.", by=cast.cem)
    working.note(joker, "He writes a joke every spring.", by=cast.bea)
    cast.says("@mo", "@ann I had the same, they helped me", name="Mo Joker", at=NOW - timedelta(days=1))
    people = seen(bea, "/w/acme/people/")
    assert "Ann Buyer" in people and "Mo Joker" in people and "customers or not" in people
    page = seen(bea, f"/w/acme/p/{joker.identity.person_id}/")
    for told in ("why did the router", "To get to the other LAN", "a joke every spring", "I had the same"):
        assert told in page
    assert "never bought" not in page.lower() and "prospect" not in page.lower()


def test_the_list_is_found_by_name_for_both_alike(cast: Cast, bea: Client) -> None:
    cast.says("@mo", "@acme hello", name="Mo Joker")
    assert "Mo Joker" in seen(bea, "/w/acme/people/?q=joker")


def test_who_was_never_heard_of_has_no_page(cast: Cast, bea: Client) -> None:
    assert bea.get("/w/acme/p/4711/").status_code == 404
    assert "Nobody here has" in seen(bea, "/w/acme/people/?q=joker")
