"""Settings: a member's own and the workspace's; what is wrong is refused in a sentence, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.accounts.models import Member, Workspace
from tests.conftest import NOW, Cast


def test_a_members_zone_is_the_clock_they_read(cast: Cast, bea: Client) -> None:
    row = cast.says("@ann", "@acme where is my refund?", at=NOW)
    assert "10 March 2026, 09:00" in bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    page = bea.post("/w/acme/settings/me/", {"name": "Bea Boe", "zone": "Asia/Tokyo"}, follow=True).content.decode()
    assert "Kept." in page and 'value="Bea Boe"' in page and 'value="Asia/Tokyo"' in page
    assert "10 March 2026, 18:00" in bea.get(f"/w/acme/c/{row.pk}/").content.decode()
    bea.post("/w/acme/settings/me/", {"name": "Bea Boe", "zone": ""})
    assert "10 March 2026, 09:00" in bea.get(f"/w/acme/c/{row.pk}/").content.decode()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc/passwd", "x" * 200])
def test_a_zone_that_is_none_is_refused_and_the_words_stay(cast: Cast, bea: Client, zone: str) -> None:
    answer = bea.post("/w/acme/settings/me/", {"name": "Bea", "zone": zone})
    assert answer.status_code == 422 and "is no time zone" in answer.content.decode()
    assert f'value="{zone}"' in answer.content.decode()
    assert Member.objects.get(pk=cast.bea.pk).zone == ""


def test_an_owner_names_the_workspace_and_where_it_is(cast: Cast, dana: Client) -> None:
    form = {"name": "Acme & Sons", "zone": "Europe/Berlin", "languages": "de, en de"}
    page = dana.post("/w/acme/settings/workspace/", form, follow=True).content.decode()
    there = Workspace.objects.get(slug="acme")
    assert (there.name, there.zone, there.languages) == ("Acme & Sons", "Europe/Berlin", ["de", "en"])
    assert "Acme &amp; Sons" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " ", "zone": "UTC", "languages": ""}, "A name is needed here."),
        ({"name": "Acme", "zone": "", "languages": ""}, "is no time zone"),
        ({"name": "Acme", "zone": "UTC", "languages": "german"}, "is no code of a language"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(cast: Cast, dana: Client, form: dict[str, str], said: str) -> None:
    answer = dana.post("/w/acme/settings/workspace/", form)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert Workspace.objects.get(slug="acme").name == "Acme"


def test_who_does_not_own_sees_and_changes_only_their_own(cast: Cast, bea: Client) -> None:
    page = bea.get("/w/acme/settings/").content.decode()
    assert "Yourself" in page and "Name of the workspace" not in page
    assert bea.post("/w/acme/settings/workspace/", {"name": "Mine", "zone": "UTC"}).status_code == 403
    assert Workspace.objects.get(slug="acme").name == "Acme"
    assert 'href="/w/acme/settings/"' in page
