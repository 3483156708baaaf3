"""What two people are to each other: said once, shown at both ends, read through merges, taken back."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.core.models import Event
from rapport.core.refusal import Refused
from rapport.inbox import forgetting, relating
from rapport.inbox.models import Message, Relation
from rapport.people import merging, timeline
from rapport.people.models import Identity, Person
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_organisations import undo
from tests.web.test_people import NAMES, shown, text


def several(cast: Cast) -> list[Person]:
    for name in ("Ann", "Bo", "Cy"):
        cast.says(f"@{name.lower()}", f"@acme hello from {name}", name=name)
    return [Identity.objects.get(address=f"@{one}").person for one in ("ann", "bo", "cy")]


def part(page: str) -> str:
    return text(page).split("To others")[1].split("The same person")[0]


def test_it_stands_at_both_ends_each_in_its_direction(cast: Cast, bea: Client) -> None:
    ann, bo, cy = several(cast)
    page = text(shown(bea, f"/w/acme/p/{ann.pk}/relation/?q=bo"))
    assert "Bo" in page
    path = f"/w/acme/p/{ann.pk}/relation/?with={bo.pk}"
    assert "hello from Bo" in shown(bea, path) and "is recommended by Bo" in text(shown(bea, path))
    said = {"with": bo.pk, "kind": "recommends", "note": "She wrote it twice.", "since": "2020-05-01",
            "message": Message.objects.get(text__contains="from Ann").pk}  # fmt: skip
    page = bea.post(path, said, follow=True).content.decode()
    assert "recommends Bo" in part(page) and "She wrote it twice." in part(page) and "from this message" in part(page)
    assert "is recommended by Ann" in part(shown(bea, f"/w/acme/p/{bo.pk}/"))
    assert "recommend" not in part(shown(bea, f"/w/acme/p/{cy.pk}/"))
    desk = text(shown(bea, f"/w/acme/c/{Message.objects.get(text__contains='from Bo').conversation_id}/?stream=all"))
    assert "is recommended by Ann" in desk
    row = Relation.objects.get()
    page = bea.post(f"/w/acme/relations/{row.pk}/", follow=True).content.decode()
    assert "recommends" not in part(page)
    bea.post(undo(page))
    assert "recommends Bo" in part(shown(bea, f"/w/acme/p/{ann.pk}/"))


def test_it_can_be_said_from_the_other_end_and_in_words_of_ones_own(cast: Cast, bea: Client) -> None:
    ann, bo, _ = several(cast)
    bea.post(f"/w/acme/p/{ann.pk}/relation/", {"with": bo.pk, "kind": "speaks_for:of"})
    row = Relation.objects.get()
    assert (row.one, row.other) == (bo, ann) and "is spoken for by Bo" in part(shown(bea, f"/w/acme/p/{ann.pk}/"))
    said = {"with": bo.pk, "kind": "other", "words": "waters the plants of"}
    bea.post(f"/w/acme/p/{ann.pk}/relation/", said)
    bea.post(f"/w/acme/p/{ann.pk}/relation/", said)
    assert Relation.objects.count() == 2
    assert "waters the plants of Bo" in part(shown(bea, f"/w/acme/p/{ann.pk}/"))
    assert "Ann waters the plants of Bo" in part(shown(bea, f"/w/acme/p/{bo.pk}/"))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "other"}, "Say what they are to each other"),
        ({"kind": "enemy"}, "Say what they are to each other"),
        ({"kind": "friend", "note": "They are stupid."}, "judges"),
    ],
)
def test_what_says_nothing_or_judges_is_refused_and_kept_in_the_form(
    cast: Cast, bea: Client, said: dict[str, str], sentence: str
) -> None:
    ann, bo, _ = several(cast)
    answer = bea.post(f"/w/acme/p/{ann.pk}/relation/", {"with": bo.pk, "since": "2020-05-01"} | said)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "2020-05-01" in page and said.get("note", "") in page
    assert not Relation.objects.exists()


def test_it_is_read_through_merges_and_says_nothing_within_one_human(cast: Cast) -> None:
    ann, bo, cy = several(cast)
    relating.relate(bo, "works_with", cy, by=cast.bea)

    def across(person: Person) -> list[Person]:
        return [one.person for one in relating.of(timeline.whose(Person.objects.get(pk=person.pk)).people)]

    made = merging.merge(ann, bo, by=cast.bea)
    assert across(ann) == [cy] and across(cy) == [ann]
    relating.relate(ann, "works_with", cy, by=cast.bea)
    assert Relation.objects.count() == 1
    whole = merging.merge(ann, cy, by=cast.bea)
    assert across(ann) == []
    with pytest.raises(Refused, match="one person already"):
        relating.relate(Person.objects.get(pk=bo.pk), "friend", Person.objects.get(pk=cy.pk), by=cast.bea)
    merging.unmerge(whole, by=cast.bea)
    merging.unmerge(made, by=cast.bea)
    assert across(ann) == [] and across(bo) == [cy]


def test_twice_taken_back_is_once_and_events_name_nobody(cast: Cast) -> None:
    ann, bo, _ = several(cast)
    row = relating.relate(ann, "other", bo, by=cast.bea, words="sings with")
    for act in (relating.end, relating.end, relating.restore, relating.restore):
        act(row, by=cast.cem)
    told = list(Event.objects.filter(subject="relation").order_by("pk"))
    assert [one.verb for one in told] == ["relation.said", "relation.ended", "relation.restored"]
    assert told[0].facts == {"code": "other", "one_id": ann.pk, "other_id": bo.pk}


def test_whoever_is_forgotten_is_nothing_to_anybody(cast: Cast) -> None:
    ann, bo, _ = several(cast)
    relating.relate(bo, "other", ann, by=cast.bea, words="sings with")
    forgetting.forget(forgetting.know(ann), by=None, apply=True)
    assert not Relation.objects.exists()


def test_an_observer_reads_and_a_stranger_is_nobody(cast: Cast, browse: Browser) -> None:
    ann, bo, _ = several(cast)
    row = relating.relate(ann, "friend", bo, by=cast.bea)
    olga = browse(cast.olga)
    assert "is a friend of Bo" in part(shown(olga, f"/w/acme/p/{ann.pk}/"))
    for path in (f"p/{ann.pk}/relation/", f"relations/{row.pk}/"):
        assert olga.post(f"/w/acme/{path}", {"with": bo.pk, "kind": "friend"}).status_code == 403
    eve = Person.objects.create(workspace=cast.elsewhere, name="Eve")
    with pytest.raises(Refused):
        relating.relate(ann, "friend", eve, by=cast.bea)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_they_are_called_the_pages_stand(cast: Cast, bea: Client, name: str) -> None:
    ann, bo, _ = several(cast)
    Person.objects.filter(pk=bo.pk).update(name=name)
    relating.relate(ann, "other", Person.objects.get(pk=bo.pk), by=cast.bea, words=name[:80].strip() or "x")
    for path in (f"p/{ann.pk}/", f"p/{bo.pk}/", f"p/{ann.pk}/relation/?with={bo.pk}"):
        assert "<script>alert" not in shown(bea, f"/w/acme/{path}")
