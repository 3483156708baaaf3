"""A workspace begins with an owner and a short address; a one-time link opens once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from rapport.accounts import founding
from rapport.accounts.models import Link, Member, Role, Workspace
from rapport.core.refusal import Refused
from tests.conftest import Cast


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Käse & Söhne", "kase-sohne"),
        ("  ", None),
        ("漢字", "workspace"),
        ("login", "login-desk"),
        ("A" * 200, "a" * 30),
    ],
)
def test_a_name_becomes_a_short_address(store: str, name: str, slug: str | None) -> None:
    if slug is None:
        with pytest.raises(Refused, match="Give the workspace a name"):
            founding.found(name, owner_name="Dana")
        return
    owner = founding.found(name, owner_name="Dana")
    assert (owner.workspace.slug, owner.role) == (slug, Role.OWNER)


def test_two_of_the_same_name_get_two_addresses(store: str) -> None:
    slugs = [founding.found("Acme", owner_name="Dana").workspace.slug for _ in range(3)]
    assert slugs == ["acme", "acme-2", "acme-3"]


def test_a_zone_that_is_none_is_refused(store: str) -> None:
    with pytest.raises(Refused, match="Europe/Berlin"):
        founding.found("Acme", owner_name="Dana", zone="Mars/Olympus")
    assert not Workspace.objects.exists()


def test_a_link_opens_once_and_not_for_ever(cast: Cast) -> None:
    token = cast.bea.make_link()
    assert token not in str(list(Link.objects.values()))
    link = Link.find(token)
    assert link is not None and link.member == cast.bea
    assert link.use() and not link.use()
    assert Link.find(token) is None
    later = cast.bea.make_link()
    cast.clock.shift(timedelta(days=3))
    assert Link.find(later) is None
    assert Link.find("\ud800 nonsense") is None


def test_who_has_left_is_no_member_any_more(cast: Cast) -> None:
    token = cast.bea.make_link()
    Member.objects.filter(pk=cast.bea.pk).update(left_at=cast.bea.created_at)
    assert Link.find(token) is None
    assert cast.bea not in Member.objects.of(cast.bea.user)


def test_of_ten_who_use_a_link_at_once_one_comes_in(committed: str) -> None:
    member = founding.found("Acme", owner_name="Dana")
    link = Link.find(member.make_link())
    assert link is not None
    came_in: list[bool] = []

    def come() -> None:
        came_in.append(link.use())
        connections["default"].close()

    threads = [threading.Thread(target=come) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came_in) == [False] * 9 + [True]
