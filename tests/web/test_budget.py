"""A day's budget of a source: set on its page, told with what was used, kept to, and by nobody who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client

from rapport.channels import registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core.models import Event
from rapport.inbox.models import Source, Spent
from tests.conftest import NOW, Cast
from tests.web.conftest import Browser


@dataclass
class DearChannel(FakeChannel):
    currency: str = "EUR"

    def price(self, method: str, url: str) -> int:
        return 5_000


@pytest.fixture
def dear(cast: Cast) -> Iterator[DearChannel]:
    channel = DearChannel()
    with registry.also(channel):
        yield channel


def stands(cast: Cast) -> tuple[int | None, int | None]:
    row = Source.objects.get(pk=cast.source.pk)
    return row.requests_a_day, row.cost_a_day


def test_a_budget_is_set_told_and_taken_away_again(cast: Cast, dana: Client) -> None:
    here = f"/w/acme/sources/{cast.source.pk}/"
    Spent.add(cast.source, NOW.date(), 120, 0)
    Source.objects.filter(pk=cast.source.pk).update(visit_at=NOW, failures=3)
    dana.post(f"{here}budget/", {"requests": "500"})
    assert stands(cast) == (500, None)
    assert Source.objects.get(pk=cast.source.pk).visit_at is None, "it looks again at once"
    page = dana.get(here).content.decode()
    assert "<dd>120</dd>" in page and "<dd>380</dd>" in page and "used up" in page and 'value="500"' in page
    assert "Money a day" not in page, "it costs nothing"
    event = Event.objects.get(verb="source.budgeted")
    assert event.facts == {"requests": 500, "cost": None} and event.by_id == cast.dana.pk
    dana.post(f"{here}budget/", {"requests": "500"})
    assert Event.objects.filter(verb="source.budgeted").count() == 1, "the same again changes nothing"
    dana.post(f"{here}budget/", {"requests": "100"})
    assert "budget is used up" in dana.get(here).content.decode()
    dana.post(f"{here}budget/", {"requests": ""})
    assert stands(cast) == (None, None)


@pytest.mark.parametrize("nonsense", ["0", "-3", "many", "1.5", "9" * 12, "１２", "1e3"])
def test_what_is_no_number_is_refused_and_stays_in_the_field(cast: Cast, dana: Client, nonsense: str) -> None:
    answer = dana.post(f"/w/acme/sources/{cast.source.pk}/budget/", {"requests": nonsense})
    assert answer.status_code == 422 and f'value="{nonsense}"' in answer.content.decode()
    assert stands(cast) == (None, None)


def test_money_where_a_network_takes_some(cast: Cast, dear: DearChannel, dana: Client) -> None:
    here = f"/w/acme/sources/{cast.source.pk}/"
    dana.post(f"{here}budget/", {"requests": "", "cost": "2,50"})
    assert stands(cast) == (None, 2_500_000)
    Spent.add(cast.source, NOW.date(), 3, 15_000)
    page = dana.get(here).content.decode()
    assert "0.02 EUR" in page and 'value="2.50"' in page
    for nonsense in ("-1", "a lot", "0", "1" * 40):
        assert dana.post(f"{here}budget/", {"cost": nonsense}).status_code == 422
    assert stands(cast) == (None, 2_500_000)


def test_nobody_else_sets_it(cast: Cast, browse: Browser) -> None:
    here = f"/w/acme/sources/{cast.source.pk}/budget/"
    for who in (cast.bea, cast.olga, cast.dot):
        assert browse(who).post(here, {"requests": "1"}).status_code in {403, 404}
    assert stands(cast) == (None, None)
