"""S59: the emotional ledger: before and after, who dealt with it, cause and what changed it; any human can correct it."""

from __future__ import annotations

from tests.conftest import Cast
from tests.scenes.stage import answers, at, browser, latest, page


def test_each_contact_shows_before_and_after_who_cause_and_change_and_the_sums(cast: Cast) -> None:
    bea = browser(cast.bea)
    talk = cast.says("@ann", "@acme my router is broken and nobody calls back, this is awful!", id="1", name="Ann Lee")
    cast.clock.move_to(at(10, 10))
    answers(bea, talk, "I am sorry. A new router leaves today, with my own number in the box.")
    cast.says("@ann", "@acme thank you so much, that is wonderful!", id="2", reply_to="1", at=at(10, 11))
    cast.clock.move_to(at(10, 12))
    ledger = page(bea, "/w/acme/feelings/")
    row = ledger[ledger.index("Each contact") :]
    assert "Ann Lee" in row and "nobody calls back" in row and "A new router leaves today" in row and "Bea" in row
    sums = ledger[: ledger.index("Each contact")]
    for heading, name in (("People", "Ann Lee"), ("Colleagues", "Bea"), ("Places", "Social")):
        part = sums[sums.index(heading) :]
        assert f"{name} 1 1 0" in part, heading


def test_a_contact_nobody_dealt_with_is_no_colleagues_merit(cast: Cast) -> None:
    cast.says("@cy", "@acme awful, still no parcel!", id="1", name="Cy")
    ledger = page(browser(cast.bea), "/w/acme/feelings/")
    sums = ledger[ledger.index("Colleagues") : ledger.index("Places")]
    assert "Bea" not in sums and "Cy" in ledger[ledger.index("Each contact") :]


def test_any_human_corrects_it_and_the_ledger_follows(cast: Cast) -> None:
    cem = browser(cast.cem)
    cast.says("@ann", "@acme well, that went just great.", id="1", name="Ann Lee")
    before = page(cem, "/w/acme/feelings/")
    cem.post(f"/w/acme/m/{latest('just great').pk}/feeling/", {"felt": "negative.anger"})
    after = page(cem, "/w/acme/feelings/")
    assert "anger" in after[after.index("Each contact") :] and before != after
    assert browser(cast.dot).get("/w/acme/feelings/").status_code == 404


def test_an_empty_ledger_says_what_would_stand_here(cast: Cast) -> None:
    assert "Nobody has written" in page(browser(cast.bea), "/w/acme/feelings/")
