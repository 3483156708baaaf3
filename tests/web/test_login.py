"""Coming in: by password, by one-time link, and not at all."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.accounts import founding, joining
from rapport.accounts.models import Link, Member, User
from tests.conftest import Cast

PASSWORD = "four plain words together"


def test_looking_at_a_link_does_not_spend_it(cast: Cast) -> None:
    owner = founding.found("Bakery", owner_name="Ann")
    path = f"/welcome/{owner.make_link()}/"
    for _ in range(3):
        assert b"Welcome, Ann" in Client().get(path).content
    browser = Client()
    answer = browser.post(path, {"email": "Ann@Bakery.test", "password": PASSWORD})
    assert answer["Location"] == "/w/bakery/" and browser.get("/w/bakery/").status_code == 200
    assert Member.objects.get(pk=owner.pk).user == User.objects.get(email="ann@bakery.test")
    spent = Client().get(path)
    assert spent.status_code == 404 and b"This link is spent" in spent.content
    assert Client().post(path, {"email": "b@bakery.test", "password": PASSWORD}).status_code == 404


def test_the_first_owner_says_their_name_and_signs_with_it(cast: Cast) -> None:
    owner = founding.found("Bakery", owner_name=founding.FIRST_OWNER)
    path = f"/welcome/{owner.make_link()}/"
    assert b'name="name"' in Client().get(path).content
    Client().post(path, {"name": " Olga \x00 Brot ", "email": "olga@bakery.test", "password": PASSWORD})
    assert Member.objects.get(pk=owner.pk).name == "Olga Brot"


def test_an_invited_member_keeps_the_name_of_the_invitation(cast: Cast) -> None:
    member, token = joining.invite(cast.acme, "Eve", "agent", by=cast.dana)
    Client().post(f"/welcome/{token}/", {"name": "Boss", "email": "eve@acme.test", "password": PASSWORD})
    assert Member.objects.get(pk=member.pk).name == "Eve"


def test_a_wrong_host_is_told_the_right_address() -> None:
    answer = Client().get("/login/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400 and b"goes by another address" in answer.content


def test_a_weak_password_or_no_address_is_refused_and_spends_nothing(cast: Cast) -> None:
    owner = founding.found("Bakery", owner_name="Ann")
    path = f"/welcome/{owner.make_link()}/"
    for email, password, said in (
        ("ann", PASSWORD, b"whole e-mail"),
        ("ann@b.test", "short", b"too short"),
        ("", "", b"whole e-mail"),
    ):
        answer = Client().post(path, {"email": email, "password": password})
        assert answer.status_code == 422 and said in answer.content
    assert Link.objects.filter(used_at=None).exists()


def test_an_old_link_is_no_link(cast: Cast) -> None:
    path = f"/welcome/{founding.found('Bakery', owner_name='Ann').make_link()}/"
    cast.clock.shift(timedelta(days=3))
    assert Client().get(path).status_code == 404


def test_somebody_with_a_login_elsewhere_joins_with_their_own_password(cast: Cast) -> None:
    user = User.objects.create_user("eve@acme.test", PASSWORD)
    _, token = joining.invite(cast.acme, "Eve", "agent", by=cast.dana)
    wrong = Client().post(f"/welcome/{token}/", {"email": user.email, "password": "another plain secret"})
    assert wrong.status_code == 422 and b"already has a login" in wrong.content
    assert Client().post(f"/welcome/{token}/", {"email": user.email, "password": PASSWORD}).status_code == 302
    assert Member.objects.get(workspace=cast.acme, user=user).name == "Eve"


def test_the_demo_opens_with_one_click(cast: Cast) -> None:
    visitor = founding.found("Acme", owner_name="Bea", demo=True)
    browser = Client()
    path = f"/welcome/{visitor.make_link()}/"
    page = browser.get(path).content
    assert b"Enter the demo" in page and b'name="email"' not in page
    assert browser.post(path)["Location"] == f"/w/{visitor.workspace.slug}/"
    assert not Member.objects.get(pk=visitor.pk).user.has_usable_password()


def test_a_password_lets_in_and_five_wrong_ones_lock_out_in_words(cast: Cast) -> None:
    User.objects.create_user("eve@acme.test", PASSWORD)
    browser = Client()
    assert browser.post("/login/", {"login": "eve@acme.test", "password": PASSWORD}).status_code == 302
    for _ in range(5):
        answer = Client().post("/login/", {"login": "eve@acme.test", "password": "wrong"})
        assert b"do not belong together" in answer.content
    locked = Client().post("/login/", {"login": "eve@acme.test", "password": PASSWORD})
    assert b"Wait five minutes" in locked.content


def test_nobody_signs_up_by_themselves() -> None:
    for path in ("/signup/", "/accounts/signup/", "/login/signup/"):
        assert Client().get(path).status_code == 404


def test_home_leads_to_the_only_workspace_or_offers_the_choice(cast: Cast, dana: Client) -> None:
    assert dana.get("/")["Location"] == "/w/acme/"
    founding.found("Second", owner_name="Dana", user=cast.dana.user)
    page = dana.get("/").content.decode()
    assert "Second" in page and "Acme" in page and "New workspace" in page


def test_an_owner_makes_a_workspace_and_an_agent_does_not(cast: Cast, dana: Client, bea: Client) -> None:
    assert dana.post("/new/", {"name": "The Other Shop"})["Location"] == "/w/the-other-shop/"
    assert dana.post("/new/", {"name": " "}).status_code == 422
    assert bea.post("/new/", {"name": "Mine"}).status_code == 403


def test_the_demo_button_plants_a_world_of_its_own_and_goes_there(cast: Cast, dana: Client, bea: Client) -> None:
    there = dana.post("/w/acme/demo/")["Location"]
    page = dana.get(there).content.decode()
    assert there != "/w/acme/" and "data-row" in page and "bereavement" in page
    assert bea.post("/w/acme/demo/").status_code == 403 and bea.get(there).status_code == 404


def test_members_are_invited_by_a_link_shown_once(cast: Cast, dana: Client, bea: Client) -> None:
    page = dana.post("/w/acme/members/", {"name": "Eve", "role": "agent"}).content.decode()
    path = page.split('id="invitation">')[1].split("<")[0].removeprefix("http://testserver")
    assert b"Welcome, Eve" in Client().get(path).content
    assert path not in dana.get("/w/acme/members/").content.decode()
    assert bea.post("/w/acme/members/", {"name": "Eve", "role": "agent"}).status_code == 403


def test_roles_change_and_the_last_owner_stays(cast: Cast, dana: Client) -> None:
    dana.post(f"/w/acme/members/{cast.cem.pk}/role/", {"role": "manager"})
    assert Member.objects.get(pk=cast.cem.pk).role == "manager"
    page = dana.post(f"/w/acme/members/{cast.dana.pk}/role/", {"role": "agent"}, follow=True).content.decode()
    assert "Somebody must own the workspace" in page
    dana.post(f"/w/acme/members/{cast.cem.pk}/role/", {"role": "leave"})
    assert Member.objects.get(pk=cast.cem.pk).left_at is not None


def test_a_manager_cannot_take_an_owners_seat(cast: Cast, bea: Client) -> None:
    Member.objects.filter(pk=cast.bea.pk).update(role="manager")
    seat = Member.objects.create(workspace=cast.acme, name="Second owner", role="owner")
    page = bea.post(f"/w/acme/members/{seat.pk}/link/", follow=True).content.decode()
    assert "Only an owner can make an owner" in page and not Link.objects.filter(member=seat).exists()
    assert bea.post("/w/acme/members/", {"name": "Eve", "role": "owner"}).status_code == 422
