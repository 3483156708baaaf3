"""Organisations on pages: found in the list, with their people and words; named, joined and left, each with an undo."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.core.hashing import key
from rapport.people import organising
from rapport.people.models import Belonging, Identity, Organisation, Person, Union
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_people import NAMES, shown, text


def somebody(cast: Cast, name: str, address: str = "") -> Person:
    person = Person.objects.create(workspace=cast.acme, name=name)
    if address:
        Identity.objects.create(
            workspace=cast.acme, person=person, network="mail", address=address, name=name, key=key("m", address)
        )
    return person


def undo(page: str) -> str:
    found = re.search(r'action="([^"]+)"[^>]*>(?:(?!</form>).)*Undo', page, re.DOTALL)
    assert found is not None, "there is an undo"
    return found[1].replace("&amp;", "&")


def test_a_colleague_says_where_somebody_is_and_takes_it_back(cast: Cast, bea: Client) -> None:
    ann = somebody(cast, "Ann Lee")
    path = f"/w/acme/p/{ann.pk}/"
    said = {"organisation": "Berg & Co", "role": "head baker", "since": "2019-04-01"}
    page = bea.post(f"{path}belonging/", said, follow=True).content.decode()
    assert "Berg &amp; Co" in page and "head baker" in page and "says Bea" in page and "2019" in text(page)
    page = text(shown(bea, "/w/acme/organisations/"))
    assert "Berg & Co" in page.replace("&amp;", "&") and "1 person" in page
    row = Belonging.objects.get()
    page = bea.post(f"/w/acme/belongings/{row.pk}/", follow=True).content.decode()
    assert "head baker" not in page and "Removed. No address book brings it back." in page
    bea.post(undo(page))
    assert "head baker" in shown(bea, path)
    page = bea.post(f"/w/acme/belongings/{row.pk}/", {"do": "leave"}, follow=True).content.decode()
    assert "until" in text(page)
    bea.post(undo(page))
    assert "until" not in text(shown(bea, path)).split("Belongs to")[1][:200]


def test_nothing_written_is_refused_in_a_sentence(cast: Cast, bea: Client) -> None:
    ann = somebody(cast, "Ann Lee")
    page = bea.post(f"/w/acme/p/{ann.pk}/belonging/", {"organisation": " ", "since": "soon"}, follow=True)
    assert "Write the name of the organisation first." in page.content.decode() and not Belonging.objects.exists()


def test_its_page_shows_people_words_and_orders_and_who_writes_from_the_same_place(cast: Cast, bea: Client) -> None:
    cast.says("ann@berg.example", "@acme the oven is cold again", name="Ann Lee")
    cast.says("bo@berg.example", "@acme good day to you", name="Bo")
    cast.says("cy@gmail.com", "@acme and from me", name="Cy")
    ann = Identity.objects.get(address="ann@berg.example").person
    row = organising.belong(ann, "Berg", by=cast.bea, role="baker").organisation
    page = text(shown(bea, f"/w/acme/organisations/{row.pk}/"))
    assert "Ann Lee" in page and "baker" in page and "the oven is cold again" in page and "berg.example" in page
    assert page.index("the same place") < page.index("Bo") and "Cy" not in page and "good day" not in page
    bo = Identity.objects.get(address="bo@berg.example").person
    page = bea.post(f"/w/acme/organisations/{row.pk}/person/", {"person": bo.pk}, follow=True).content.decode()
    assert "good day to you" in page and "the same place" not in page
    bea.post(undo(page))
    assert "good day" not in shown(bea, f"/w/acme/organisations/{row.pk}/")


def test_the_list_reads_on_and_finds_by_the_names_one_had(cast: Cast, bea: Client) -> None:
    Organisation.objects.bulk_create(
        Organisation(workspace=cast.acme, name=f"Org {n:03}", key=key("o", n)) for n in range(120)
    )
    seen: list[str] = []
    path = "/w/acme/organisations/"
    while True:
        page = shown(bea, path)
        seen += re.findall(r"Org \d+", page)
        further = re.search(r'href="\?(after=\d+)"', page)
        if not further:
            break
        path = f"/w/acme/organisations/?{further[1]}"
    assert seen == [f"Org {n:03}" for n in range(120)]
    organising.rename(Organisation.objects.get(name="Org 007"), "Zebra", by=cast.bea)
    page = text(shown(bea, "/w/acme/organisations/?q=org 007"))
    assert "Zebra" in page
    assert "No organisation here has “zzz”" in text(shown(bea, "/w/acme/organisations/?q=zzz"))


def test_another_name_can_be_undone(cast: Cast, bea: Client) -> None:
    row = organising.belong(somebody(cast, "Ann"), "Berg", by=cast.bea).organisation
    page = bea.post(f"/w/acme/organisations/{row.pk}/name/", {"name": "Tal & Söhne"}, follow=True).content.decode()
    assert "<h1><bdi>Tal &amp; Söhne</bdi></h1>" in page
    bea.post(undo(page))
    assert "<h1><bdi>Berg</bdi></h1>" in shown(bea, f"/w/acme/organisations/{row.pk}/")
    organising.belong(somebody(cast, "Bo"), "Tal", by=cast.bea)
    answer = bea.post(f"/w/acme/organisations/{row.pk}/name/", {"name": "Tal"})
    assert answer.status_code == 422 and "There is an organisation “Tal” already" in answer.content.decode()


def test_two_become_one_and_two_again(cast: Cast, bea: Client) -> None:
    berg, tal = (organising.belong(somebody(cast, f"P {n}"), n, by=cast.bea).organisation for n in ("Berg", "Tal"))
    page = text(shown(bea, f"/w/acme/organisations/{berg.pk}/same/?q=tal"))
    assert "Tal" in page and "1 person" in page
    page = bea.post(f"/w/acme/organisations/{berg.pk}/same/", {"with": tal.pk}, follow=True).content.decode()
    assert "P Berg" in page and "P Tal" in page and "joined by Bea" in page
    assert "P Berg" in shown(bea, f"/w/acme/organisations/{tal.pk}/"), "the address of the other leads to it"
    bea.post(f"/w/acme/organisations/unions/{Union.objects.get().pk}/undo/")
    assert "P Berg" not in shown(bea, f"/w/acme/organisations/{tal.pk}/")


def test_an_observer_reads_and_changes_nothing(cast: Cast, browse: Browser) -> None:
    ann = somebody(cast, "Ann")
    row = organising.belong(ann, "Berg", by=cast.bea)
    olga = browse(cast.olga)
    page = shown(olga, f"/w/acme/organisations/{row.organisation_id}/")
    assert "Ann" in page and "Rename" not in page and "Add an organisation" not in shown(olga, f"/w/acme/p/{ann.pk}/")
    for path in (f"p/{ann.pk}/belonging/", f"belongings/{row.pk}/", f"organisations/{row.organisation_id}/name/",
                 f"organisations/{row.organisation_id}/person/", f"organisations/{row.organisation_id}/same/"):  # fmt: skip
        assert olga.post(f"/w/acme/{path}", {"name": "X", "organisation": "X"}).status_code == 403, path


@pytest.mark.parametrize("name", [name for name in NAMES if name.strip()])
def test_whatever_it_is_called_every_page_stands(cast: Cast, bea: Client, name: str) -> None:
    ann = somebody(cast, "Ann")
    row = organising.belong(ann, name, by=cast.bea, role=name[:120]).organisation
    for path in ("organisations/", f"organisations/{row.pk}/", f"organisations/{row.pk}/same/?q=x", f"p/{ann.pk}/"):
        assert "<script>alert" not in shown(bea, f"/w/acme/{path}")


def test_what_its_people_wrote_is_found_by_its_name_and_nothing_else_is(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme the oven is cold again", name="Ann Lee")
    cast.says("@bo", "@acme good day to you", name="Bo")
    ann = Identity.objects.get(address="@ann").person
    row = organising.belong(ann, "Berg & Co", by=cast.bea)
    organising.rename(row.organisation, "Tal", by=cast.bea)
    for words in ("org:berg", "org:tal", "org:ta"):
        page = text(shown(bea, f"/w/acme/search/?q={words}"))
        assert "the oven is cold again" in page and "good day to you" not in page, words
    assert "good day to you" in text(shown(bea, "/w/acme/search/?q=-org:tal"))
    organising.end(row, by=cast.bea)
    assert "the oven is cold" not in text(shown(bea, "/w/acme/search/?q=org:tal"))
