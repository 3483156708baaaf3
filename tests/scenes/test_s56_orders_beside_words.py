"""S56 (and S1): orders and posts of one person; one filter finds exactly those who wrote within 7 days of delivery."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from rapport.accounts import founding
from rapport.accounts.models import Member, User, Workspace
from rapport.channels import base, registry
from rapport.channels.fake.channel import FakeChannel
from rapport.inbox.models import Source
from rapport.ingest import accepting, orders, pipeline

DELIVERED = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    with registry.also(FakeChannel()):
        yield


class Shop:
    """A tea shop: its owner Mina at her browser, and what comes in."""

    def __init__(self, name: str) -> None:
        user = User.objects.create(email=f"mina@{name.lower()}.test", password="!")
        self.mina: Member = founding.found(name, owner_name="Mina", user=user)
        self.workspace: Workspace = self.mina.workspace
        self.source = Source.objects.create(workspace=self.workspace, kind="fake", name="Posts")
        self.browser = Client()
        self.browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def writes(self, who: str, text: str, at: datetime) -> None:
        author = base.Author(f"@{who.lower()}", who)
        envelope = base.Envelope(network="social", external_id=f"{who}{at}", author=author, text=text, said_at=at)
        accepting.accept(self.source, base.Batch(items=(base.Item(envelope, text.encode()),)))
        while pipeline.run():
            pass

    def ships(self, who: str, number: str, text: str, delivered: datetime) -> None:
        order = base.Order(
            shop="shop", number=number, network="social", address=f"@{who.lower()}", name=who,
            placed_at=delivered - timedelta(days=3), delivered_at=delivered, status="delivered", text=text,
        )  # fmt: skip
        orders.keep(self.workspace, [order])

    def finds(self, words: str, kind: str) -> str:
        answer = self.browser.get(f"/w/{self.workspace.slug}/search/?q={quote(words)}&in={kind}")
        assert answer.status_code == 200
        page = answer.content.decode()
        found = re.search(r'<ol class="hits">(.*?)</ol>', page, re.DOTALL)
        return found[1] if found else ""


@pytest.fixture
def shop(store: str) -> Shop:
    shop = Shop("Teahouse")
    shop.ships("Ida", "T-1", "Green tea pot", DELIVERED)
    shop.writes("Ida", "The pot is lovely, but the lid does not fit.", DELIVERED + timedelta(days=6, hours=23))
    shop.ships("Jon", "T-2", "Black tea", DELIVERED)
    shop.writes("Jon", "Still drinking it, and the lid of the tin jams.", DELIVERED + timedelta(days=8))
    shop.ships("Kay", "T-3", "White tea", DELIVERED)
    shop.writes("Kay", "When does it come, and does the lid close?", DELIVERED - timedelta(days=2))
    shop.writes("Lou", "I like the lid of your pot, having bought none.", DELIVERED + timedelta(days=1))
    return shop


def test_exactly_those_who_wrote_within_seven_days_of_delivery(shop: Shop) -> None:
    people = shop.finds("within:7d-of-delivery", "people")
    assert "Ida" in people and "Kay" in people
    assert "Jon" not in people and "Lou" not in people
    after = shop.finds("within:7d-after-delivery", "people")
    assert "Ida" in after and "Kay" not in after and "Jon" not in after and "Lou" not in after
    assert "Jon" in shop.finds("within:8d-after-delivery", "people")


def test_one_line_of_words_asks_for_posts_and_orders_together(shop: Shop) -> None:
    posts = shop.finds('lid within:7d-after-delivery bought:"tea pot"', "messages")
    assert "does not fit" in posts and posts.count("<li>") == 1
    assert "<mark>lid</mark>" in posts
    talks = shop.finds("lid within:7d-of-delivery -bought:pot", "conversations")
    assert "When does it come" in talks and talks.count("<li>") == 1
    found = shop.finds("within:7d-after-delivery tea", "orders")
    assert "T-1" in found and "T-2" not in found and "T-3" not in found


def test_one_timeline_holds_both(shop: Shop) -> None:
    people = shop.finds("from:ida", "people")
    path = re.search(r'href="(/w/[^"]+/p/\d+/)"', people)
    assert path
    page = shop.browser.get(path[1], follow=True).content.decode()
    assert "the lid does not fit" in page and "T-1" in page


def test_another_workspace_finds_nothing_of_it(shop: Shop) -> None:
    other = Shop("Coffeehouse")
    for kind in ("messages", "conversations", "people", "orders"):
        assert other.finds("within:7d-of-delivery", kind) == ""
    other.writes("Ida", "My lid does not fit either.", DELIVERED + timedelta(days=1))
    assert other.finds("within:7d-of-delivery", "people") == ""


def test_a_mistake_is_said_and_the_rest_is_found(shop: Shop) -> None:
    answer = shop.browser.get(f"/w/{shop.workspace.slug}/search/?q={quote('lid within:7-delivery from:ida')}")
    page = answer.content.decode()
    assert "Write it as within:7d-of-delivery" in page
    assert "does not fit" in page and "tin jams" not in page
