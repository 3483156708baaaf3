"""People on pages: the list, pairs who may be one, joining and taking apart; whatever people are called."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from rapport.channels import base
from rapport.core import work
from rapport.core.hashing import key
from rapport.ingest import accepting
from rapport.people import merging
from rapport.people.models import Apart, Identity, Likeness, Merge, Person
from tests.conftest import Cast
from tests.web.conftest import Browser


def bring(cast: Cast, *cards: tuple[str, str, str]) -> list[Person]:
    made = tuple(base.Card(name=name, addresses=((network, address),)) for name, network, address in cards)
    accepting.accept(cast.source, base.Batch(cards=made))
    while work.run_due():
        pass
    return [Identity.objects.get(network=network, address=address).person for _, network, address in cards]


def shown(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


ANN = (("Ann Lee", "mail", "ann@lee.example"), ("Annie", "form", "ann@lee.example"))


def test_everybody_has_a_place_in_the_list_and_is_found(cast: Cast, bea: Client) -> None:
    bring(cast, *ANN, ("Жан Ковач", "chat", "kovac77"))
    page = text(shown(bea, "/w/acme/people/"))
    assert page.index("Ann Lee") < page.index("Annie") < page.index("Ковач")
    for words in ("kovac", "КОВАЧ", "@kovac77"):
        found = text(shown(bea, f"/w/acme/people/?q={words}"))
        assert "Ковач" in found and "Ann Lee" not in found, words
    assert "Nobody here has “zzz”" in text(shown(bea, "/w/acme/people/?q=zzz"))


def test_our_own_voices_are_not_among_the_people(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme where is my refund?", name="Ann Lee")
    cast.says("@acme", "Good morning from all of us.", name="Acme the account")
    bring(cast, ("Silent Sam", "mail", "sam@post.example"))
    page = text(shown(bea, "/w/acme/people/"))
    assert "Ann Lee" in page and "Silent Sam" in page and "Acme the account" not in page


def test_the_list_reads_on(cast: Cast, bea: Client) -> None:
    Person.objects.bulk_create(Person(workspace=cast.acme, name=f"Person {n:03}") for n in range(120))
    seen: list[str] = []
    path = "/w/acme/people/"
    while True:
        page = shown(bea, path)
        seen += re.findall(r"Person \d+", re.sub(r'title="[^"]*"', "", page))
        further = re.search(r'href="\?(after=\d+)"', page)
        if not further:
            break
        path = f"/w/acme/people/?{further[1]}"
    assert seen == [f"Person {n:03}" for n in range(120)]


def test_a_pair_is_shown_with_its_reasons_and_joined(cast: Cast, bea: Client) -> None:
    one, two = bring(cast, *ANN)
    page = text(shown(bea, "/w/acme/people/same/"))
    assert "the same e-mail address" in page and "Ann Lee" in page and "Annie" in page
    pair = Likeness.objects.get()
    after = bea.post(f"/w/acme/people/same/{pair.pk}/join/", {"keep": two.pk}, follow=True).content.decode()
    assert "They are one person now." in after and "/w/acme/merges/" in after
    made = Merge.objects.get()
    assert (made.kept, made.other, made.evidence[0]["code"]) == (two, one, "same_mail")
    page = text(shown(bea, f"/w/acme/p/{one.pk}/"))
    assert "joined by Bea" in page and "the same e-mail address" in page
    bea.post(f"/w/acme/merges/{made.pk}/undo/")
    assert "joined by Bea" not in shown(bea, f"/w/acme/p/{two.pk}/")


def test_who_is_said_to_be_two_is_kept_apart_with_who_said_it(cast: Cast, bea: Client) -> None:
    bring(cast, *ANN)
    bea.post(f"/w/acme/people/same/{Likeness.objects.get().pk}/part/")
    page = text(shown(bea, "/w/acme/people/same/"))
    assert "Kept apart" in page and "said by Bea" in page and "No two people here look like one" in page
    bea.post(f"/w/acme/people/apart/{Apart.objects.get().pk}/end/")
    while work.run_due():
        pass
    page = text(shown(bea, "/w/acme/people/same/"))
    assert "Kept apart" not in page and "the same e-mail address" in page


def test_later_takes_it_off_the_page(cast: Cast, bea: Client) -> None:
    bring(cast, *ANN)
    bea.post(f"/w/acme/people/same/{Likeness.objects.get().pk}/later/")
    assert "the same e-mail address" not in shown(bea, "/w/acme/people/same/")


def test_joining_by_hand_shows_first_what_joins(cast: Cast, bea: Client) -> None:
    cast.says("@sunny", "@acme good morning", name="Sunny")
    [ann] = bring(cast, ANN[0])
    sunny = Identity.objects.get(address="@sunny").person
    page = text(shown(bea, f"/w/acme/p/{ann.pk}/merge/?q=sunny"))
    assert "Sunny" in page
    page = text(shown(bea, f"/w/acme/p/{ann.pk}/merge/?with={sunny.pk}"))
    assert "1 address joins, 1 conversation." in page and "good morning" in page
    answer = bea.post(f"/w/acme/p/{ann.pk}/merge/", {"with": sunny.pk, "why": "She told me."}, follow=True)
    page = text(answer.content.decode())
    assert answer.status_code == 200 and "She told me." in page and "good morning" in page


def test_what_a_colleague_said_stands_in_the_way_in_a_sentence(cast: Cast, bea: Client) -> None:
    one, two = bring(cast, *ANN)
    bea.post(f"/w/acme/people/same/{Likeness.objects.get().pk}/part/")
    answer = bea.post(f"/w/acme/p/{one.pk}/merge/", {"with": two.pk})
    assert answer.status_code == 422 and "Bea said that they are not the same" in answer.content.decode()


def test_an_observer_sees_but_joins_nobody(cast: Cast, browse: Browser) -> None:
    one, two = bring(cast, *ANN)
    olga = browse(cast.olga)
    assert "Join them" not in shown(olga, "/w/acme/people/same/")
    for path in (f"people/same/{Likeness.objects.get().pk}/join/", f"p/{one.pk}/merge/"):
        assert olga.post(f"/w/acme/{path}", {"with": two.pk}).status_code == 403
    assert not Merge.objects.exists()


NAMES = [
    "x" * 200,
    "",
    "   ",
    "🦊🦊🦊",
    "محمد الأمين",
    "கவிதா முருகன்",
    "<script>alert(1)</script>",
    "Аnn Lее",
    "A\u202eB",
]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_somebody_is_called_every_page_stands(cast: Cast, bea: Client, name: str) -> None:
    odd = Person.objects.create(workspace=cast.acme, name=name)
    Identity.objects.create(
        workspace=cast.acme, person=odd, network="chat", address="odd", name=name, key=key("c", "odd")
    )
    [ann] = bring(cast, ANN[0])
    Likeness.objects.create(workspace=cast.acme, one=ann, other=odd, weight=2)
    for path in ("people/", "people/same/", f"p/{ann.pk}/merge/?with={odd.pk}", f"p/{odd.pk}/merge/", f"p/{odd.pk}/"):
        page = shown(bea, f"/w/acme/{path}")
        assert "<script>alert" not in page
    merging.merge(ann, odd, by=cast.bea)
    assert "Take apart" in shown(bea, f"/w/acme/p/{ann.pk}/")


def test_nobody_with_two_hundred_addresses_is_too_long(cast: Cast, bea: Client) -> None:
    [ann] = bring(cast, ANN[0])
    for n in range(200):
        Identity.objects.create(workspace=cast.acme, person=ann, network="chat", address=f"a{n}", key=key("c", f"a{n}"))
    assert "and 199 more" in text(shown(bea, "/w/acme/people/"))
    assert len(shown(bea, f"/w/acme/p/{ann.pk}/merge/")) < 20_000


def test_no_picture_of_anybody_comes_from_elsewhere(cast: Cast, bea: Client) -> None:
    [ann] = bring(cast, ("https://evil.example/a.svg", "chat", "https://evil.example/a.svg"))
    for path in ("people/", f"p/{ann.pk}/"):
        assert "<img" not in shown(bea, f"/w/acme/{path}")
