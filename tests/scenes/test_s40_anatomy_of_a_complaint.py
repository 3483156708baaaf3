"""S40: a complaint falls into its parts, and what its writer is entitled to is checked against the order.

*Then* product, entitlement, faults, price and the broken promise stand under the words. Cases come later; what they
will open with is this reading.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from rapport.channels import base
from rapport.ingest import orders
from tests.scenes.test_s56_orders_beside_words import Shop, network

__all__ = ["network"]
QUOTED = (
    "I just got a new laptop and paid a fortune for the four-year, in-home service. The machine is a lemon and the "
    "service is a lie. I’m having all kinds of trouble with the hardware: overheats, network doesn’t work, maxes out on "
    "CPU usage."
)
SAID = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


@pytest.fixture
def shop(store: str) -> Shop:
    return Shop("Parts")


def sells(shop: Shop, who: str, number: str, text: str) -> None:
    order = base.Order(
        shop="shop", number=number, network="social", address=f"@{who.lower()}", name=who,
        placed_at=datetime(2026, 2, 20, 10, 0, tzinfo=UTC), status="delivered", text=text,
    )  # fmt: skip
    orders.keep(shop.workspace, [order])


def reads(shop: Shop) -> str:
    """What Mina sees under the newest words, without its markup."""
    stream = shop.browser.get(f"/w/{shop.workspace.slug}/?stream=all").content.decode()
    address = re.findall(r'href="(/w/[^"]+/c/\d+/)', stream)[0]
    page = shop.browser.get(address).content.decode()
    lines = re.findall(r'<p class="muted about">(.*?)</p>', page, re.DOTALL)
    return " / ".join(" ".join(re.sub(r"<[^>]+>", "", line).split()) for line in lines)


def test_the_parts_stand_under_the_words_and_the_entitlement_with_its_order(shop: Shop) -> None:
    sells(shop, "Jeff", "7719", "Latitude 7 laptop; 4 years in-home service")
    shop.writes("Jeff", QUOTED, SAID)
    seen = reads(shop)
    for part in ("new laptop", "a fortune", "overheats", "network doesn’t work", "maxes out on CPU usage"):
        assert part in seen
    assert "A promise that was broken, they say: the service is a lie" in seen
    assert "Entitled to, they say: four-year, in-home service · bought with order 7719, until 20 February 2030" in seen


def test_what_is_in_none_of_their_orders_is_said_to_be_in_none(shop: Shop) -> None:
    sells(shop, "Jeff", "7719", "Latitude 7 laptop")
    sells(shop, "Rosa", "7720", "4 years in-home service")  # bought by somebody else
    shop.writes("Jeff", QUOTED, SAID)
    assert "four-year, in-home service · not found in their orders" in reads(shop)


def test_of_whom_no_order_is_known_nothing_is_said_about_orders(shop: Shop) -> None:
    shop.writes("Jeff", QUOTED, SAID)
    assert "Entitled to, they say: four-year, in-home service" in reads(shop) and "order" not in reads(shop)


def test_who_is_content_has_no_anatomy(shop: Shop) -> None:
    sells(shop, "Jeff", "7719", "Latitude 7 laptop; 4 years in-home service")
    shop.writes("Jeff", "The four-year, in-home service was worth every cent, thank you!", SAID)
    assert reads(shop) == ""
