"""S64: a person's page starts with how they describe themselves and their matter; no field is compulsory."""

from __future__ import annotations

from rapport.people.models import Person
from tests.conftest import Cast
from tests.scenes.stage import browser, go_on, of, page

BAKERY = "@acme I run a bakery; the phone is the shop. Third week without a router and nobody calls back."


def test_the_page_begins_with_their_own_words_and_their_matter(cast: Cast) -> None:
    talk = cast.says("@ann", BAKERY, id="1", name="Ann Lee")
    go_on()
    told = page(browser(cast.bea), of(talk))
    top = told[: told.index("Known as")]
    assert top.index("I run a bakery") < top.index("Third week without a router") < top.index("How they felt")
    assert "10 March 2026" in top


def test_no_field_is_compulsory(cast: Cast) -> None:
    nobody = Person.objects.create(workspace=cast.acme)
    told = page(browser(cast.bea), f"/w/acme/p/{nobody.pk}/")
    assert "Somebody" in told and "They have not written yet." in told
    assert "required" not in browser(cast.bea).get(f"/w/acme/p/{nobody.pk}/").content.decode()


def test_structure_is_derived_and_can_be_removed(cast: Cast) -> None:
    bea = browser(cast.bea)
    talk = cast.says("@ann", BAKERY, id="1", name="Ann Lee")
    go_on()
    markup = bea.get(of(talk)).content.decode()
    where = markup[markup.index("/w/acme/facts/") :].split('"')[0]
    bea.post(where, {"do": "remove"})
    told = page(bea, of(talk))
    assert "They told us" not in told and "Third week without a router" in told


def test_what_others_say_of_somebody_is_not_their_own_words(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme where is it?", id="1", name="Ann Lee")
    cast.says("@bo", "@ann runs a bakery, @acme, I run a bank", id="2", reply_to="1")
    go_on()
    assert "bank" not in page(browser(cast.bea), of(talk))
