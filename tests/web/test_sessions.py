"""Sessions and doors: no form without its token, no session that survives a new password, no link that opens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from rapport.accounts import founding, joining
from rapport.accounts.models import Link, Member, User
from rapport.core.refusal import Refused
from tests.conftest import Cast, make_cast
from tests.web.conftest import Browser
from tests.web.test_strangers import NAMES, addresses, world  # noqa: F401 - the fixture

PASSWORD = "four plain words together"
ANOTHER = "five other words stand here"


@pytest.mark.slow
def test_no_form_is_taken_without_its_token(world: Cast) -> None:  # noqa: F811
    dana = Client(enforce_csrf_checks=True)
    dana.force_login(world.dana.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = addresses(world)
    for name, parts in NAMES:
        if name.startswith("chat") or name in {"receive", "form", "private", "health", "asset", "notices_stop"}:
            continue  # signed otherwise, or nothing that a POST could change
        answer = dana.post(address(name, parts), {"text": "x", "name": "x"})
        assert answer.status_code in {403, 405}, f"{name} answered {answer.status_code}"


@pytest.mark.slow
def test_signing_in_makes_a_new_session_and_a_new_password_ends_the_others(cast: Cast) -> None:
    User.objects.create_user("eve@acme.test", PASSWORD)
    first, second = Client(), Client()
    first.get("/login/")
    session = first.session
    session["planted"] = "by somebody else"
    session.save()
    planted = first.cookies["sessionid"].value if "sessionid" in first.cookies else session.session_key
    for browser in (first, second):
        assert browser.post("/login/", {"login": "eve@acme.test", "password": PASSWORD}).status_code == 302
    assert first.cookies["sessionid"].value != planted
    changed = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    assert first.post("/password/", changed).status_code == 302
    assert first.get("/").status_code == 200
    assert second.get("/")["Location"].startswith("/login/")


def test_a_lost_login_opened_by_a_link_ends_the_sessions_of_whoever_has_it(cast: Cast) -> None:
    user = User.objects.create_user("eve@acme.test", PASSWORD)
    member = Member.objects.create(workspace=cast.acme, user=user, name="Eve")
    thief = Client()
    thief.post("/login/", {"login": "eve@acme.test", "password": PASSWORD})
    assert thief.get("/w/acme/").status_code == 200
    assert Client().post(f"/welcome/{member.make_link()}/", {"password": ANOTHER}).status_code == 302
    assert thief.get("/w/acme/").status_code == 302


def test_whoever_left_is_a_stranger_at_once_also_by_an_old_link(cast: Cast, browse: Browser) -> None:
    cem, link = browse(cast.cem), cast.cem.make_link()
    assert cem.get("/w/acme/").status_code == 200
    joining.remove(cast.cem, by=cast.dana)
    assert cem.get("/w/acme/").status_code == 404
    assert Client().post(f"/welcome/{link}/", {"password": PASSWORD}).status_code == 404


def test_a_host_that_is_not_ours_is_refused_and_in_no_link(cast: Cast, browse: Browser) -> None:
    settings_hosts = settings.ALLOWED_HOSTS
    assert "*" not in settings_hosts
    answer = browse(cast.dana).post(
        "/w/acme/members/", {"name": "Eve", "role": "agent"}, headers={"host": "evil.example"}
    )
    assert answer.status_code == 400 and b"evil.example" not in answer.content
    answer = browse(cast.dana).get("/w/acme/", headers={"X-Forwarded-Host": "evil.example"})
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize("secret", [True, False])
def test_what_is_shown_once_is_kept_by_no_browser(cast: Cast, browse: Browser, secret: bool) -> None:
    dana = browse(cast.dana)
    path, form = (
        ("/w/acme/sources/new/webhook/", {"name": "x"})
        if secret
        else ("/w/acme/members/", {"name": "E", "role": "agent"})
    )
    answer = dana.post(path, form)
    assert answer["Cache-Control"] == "no-store" and answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_two_who_open_one_link_at_once_get_one_login(committed: str) -> None:
    make_cast()
    owner = founding.found("Bakery", owner_name="Ann")
    token = owner.make_link()
    came: list[object] = []
    ready = threading.Barrier(4)

    def open_(number: int) -> Callable[[], None]:
        def run() -> None:
            try:
                link = Link.find(token)
                assert link is not None
                ready.wait()
                came.append(joining.join(link, f"ann{number}@bakery.test", PASSWORD))
            except Refused as refused:
                came.append(str(refused))
            finally:
                connections["default"].close()

        return run

    threads = [threading.Thread(target=open_(number)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in came) == ["User", "str", "str", "str"]
    assert User.objects.filter(email__endswith="@bakery.test").count() == 1
