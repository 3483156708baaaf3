"""The demo says that it is one, can be paused, and has a seat for a second browser; a real workspace has none of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.accounts.models import Member
from rapport.inbox import connecting
from rapport.inbox.models import Message, Source
from rapport.ingest import demo, pretending
from tests.conftest import Cast
from tests.web.conftest import Browser


@pytest.fixture
def visitor(cast: Cast) -> tuple[Client, Member]:
    bea = demo.plant()
    browser = Client()
    browser.post(f"/welcome/{bea.make_link()}/")
    return browser, bea


def read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_every_page_says_that_it_is_a_demo(visitor: tuple[Client, Member]) -> None:
    browser, bea = visitor
    home = f"/w/{bea.workspace.slug}/"
    for path in (home, f"{home}?stream=all", f"{home}sources/", f"{home}members/", f"{home}demo/"):
        assert "demo-sign" in read(browser, path), path
    assert "are made up" in read(browser, f"{home}demo/")


def test_a_real_workspace_has_no_sign_no_clock_and_no_seats(cast: Cast, dana: Client) -> None:
    cast.says("@ann", "@acme where is my parcel?")
    page = read(dana, "/w/acme/")
    assert "demo-sign" not in page and "Pause arrivals" not in page
    assert dana.get("/w/acme/demo/").status_code == 404
    assert dana.post("/w/acme/demo/clock/").status_code == 404
    assert dana.post(f"/w/acme/demo/seats/{cast.cem.pk}/").status_code == 404
    assert not cast.cem.links.exists()


def test_arrivals_are_paused_and_go_on(visitor: tuple[Client, Member]) -> None:
    browser, bea = visitor
    home = f"/w/{bea.workspace.slug}/"
    assert "Pause arrivals" in read(browser, home)
    assert browser.post(f"{home}demo/clock/", {"turn": "off", "next": home})["Location"] == home
    assert pretending.standing(bea.workspace) == "paused" and "Let messages arrive" in read(browser, home)
    browser.post(f"{home}demo/clock/", {"turn": "off"})
    assert pretending.standing(bea.workspace) == "paused"
    browser.post(f"{home}demo/clock/", {"turn": "on", "next": "https://elsewhere.test/"})
    assert pretending.standing(bea.workspace) == "running"
    htmx = {"HX-Request": "true", "HX-Target": "demo-sign"}
    fragment = browser.post(f"{home}demo/clock/", {"turn": "off"}, headers=htmx).content.decode()
    assert 'id="demo-sign"' in fragment and "Let messages arrive" in fragment and "<html" not in fragment


def test_a_second_browser_sits_down_as_a_colleague_by_one_click(visitor: tuple[Client, Member]) -> None:
    browser, bea = visitor
    home = f"/w/{bea.workspace.slug}/"
    cem = Member.objects.get(workspace=bea.workspace, name="Cem")
    for _ in range(2):  # again, although he has a login by then
        page = browser.post(f"{home}demo/seats/{cem.pk}/").content.decode()
        path = re.findall(r'id="invitation">http://testserver([^<]+)<', page)[0]
        other = Client()
        assert "Enter the demo" in read(other, path)
        assert other.post(path)["Location"] == home
        assert "You are Cem" in read(other, home)
        assert other.get(f"{home}demo/").status_code == 403, "an agent invites nobody"
    assert browser.post(f"{home}demo/seats/{bea.pk}/").status_code == 404


def test_somebody_elses_colleague_gets_no_seat(visitor: tuple[Client, Member], cast: Cast) -> None:
    browser, bea = visitor
    assert browser.post(f"/w/{bea.workspace.slug}/demo/seats/{cast.cem.pk}/").status_code == 404
    assert not cast.cem.links.exists()


def test_the_empty_workspace_is_in_the_menu_and_shows_the_ways_in(visitor: tuple[Client, Member]) -> None:
    browser, bea = visitor
    assert demo.EMPTY in read(browser, f"/w/{bea.workspace.slug}/")
    empty = Member.objects.of(bea.user).get(workspace__name=demo.EMPTY).workspace
    page = read(browser, f"/w/{empty.slug}/")
    for words in ("Import a file", "Connect a webhook", "Invite a colleague"):
        assert words in page
    assert "Try the demo" not in page
    assert not Message.objects.filter(workspace=empty).exists()


def test_the_demo_is_planted_once_for_one_person(cast: Cast, dana: Client) -> None:
    first = dana.post("/w/acme/demo/")["Location"]
    assert dana.post("/w/acme/demo/")["Location"] == first


def test_a_made_up_shop_shows_the_chat_of_the_demo_and_what_is_written_there_arrives(
    visitor: tuple[Client, Member],
) -> None:
    browser, bea = visitor
    home = f"/w/{bea.workspace.slug}/"
    assert f'action="{home}demo/shop/"' in read(browser, f"{home}demo/")
    there = browser.post(f"{home}demo/shop/", headers={"host": "localhost"})["Location"]
    source = Source.objects.get(workspace=bea.workspace, kind="chat")
    assert there == f"/shop/{source.token}/" and source.settings["origins"] == "http://localhost"
    stranger = Client()
    shop = stranger.get(there)
    assert f'src="/chat/{source.token}.js"' in shop.content.decode() and not stranger.cookies
    policy = shop["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    chat = stranger.get(f"/chat/{source.token}/")
    assert "frame-ancestors http://localhost" in chat["Content-Security-Policy"]
    browser.post(f"{home}demo/shop/", headers={"host": "127.0.0.1"})
    browser.post(f"{home}demo/shop/")  # by a name that no website can have
    source.refresh_from_db()
    assert source.settings["origins"].split() == ["http://localhost", "http://127.0.0.1"]
    assert Source.objects.filter(kind="chat").count() == 1


def test_there_is_no_shop_in_a_real_workspace(cast: Cast, dana: Client, browse: Browser) -> None:
    assert dana.post("/w/acme/demo/shop/").status_code == 404
    source, _ = connecting.connect(cast.acme, "chat", "Chat", {"title": "x"}, by=cast.dana)
    assert Client().get(f"/shop/{source.token}/").status_code == 404
    assert Client().get("/shop/nothing/").status_code == 404
