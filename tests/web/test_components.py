"""The page that shows what pages are made of."""

from __future__ import annotations

import re

from django.test import Client

from rapport.web import assets
from rapport.web.components import NAMES
from tests.conftest import Cast


def test_a_demo_workspace_shows_every_component_by_day_and_by_night(cast: Cast, bea: Client) -> None:
    cast.acme.demo = True
    cast.acme.save()
    page = bea.get("/w/acme/components/").content.decode()
    assert page.count('class="theme ') == 2 and all(name.strip() in page for name in NAMES)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for symbol in re.findall(r'<symbol id="([a-z]+)"', (assets.HERE / "icons.svg").read_text()):
        assert f"#{symbol}" in page


def test_a_workspace_where_people_work_has_no_such_page(cast: Cast, bea: Client) -> None:
    assert bea.get("/w/acme/components/").status_code == 404
