"""S83: facts show their age and source, old ones fade, a change in the stream proposes an update, one figure sums it up."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.conftest import Cast
from tests.scenes.stage import at, browser, go_on, of, page

LONG_AGO = datetime(2020, 5, 4, 12, 0, tzinfo=UTC)


def test_old_facts_fade_and_new_ones_do_not(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme I live in Halifax. Is there a shop?", id="1", at=LONG_AGO, name="Ann Lee")
    go_on()
    bea = browser(cast.bea)
    old = page(bea, of(talk))
    assert "Halifax" in old and "4 May 2020" in old and "old: ask before you rely on it" in old
    cast.says("@ann", "@acme I have two dogs. Do they travel free?", id="2", at=at(9), reply_to="1")
    go_on()
    both = page(bea, of(talk))
    assert both.count("old: ask before you rely on it") == 1 and figure(old) < figure(both) < 100


def test_a_change_in_the_stream_proposes_an_update(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme I live in Halifax. Is there a shop?", id="1", at=LONG_AGO, name="Ann Lee")
    cast.says("@ann", "@acme I just moved to Porto. New address!", id="2", at=at(9), reply_to="1")
    go_on()
    bea = browser(cast.bea)
    told = page(bea, of(talk))
    assert "Since then they said: I just moved to Porto" in told and "Update: remove the old" in told
    markup = bea.get(of(talk)).content.decode()
    old = markup[: markup.index("Update: remove the old")].rsplit("/w/acme/facts/", 1)[1].split("/")[0]
    bea.post(f"/w/acme/facts/{old}/", {"do": "remove"})
    after = page(bea, of(talk))
    facts = after[after.index("They told us") : after.index("Known as")]
    assert "Halifax" not in facts and "Porto" in facts and "Update" not in facts


def test_two_dogs_and_a_boat_are_no_change(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme I have two dogs.", id="1", at=LONG_AGO, name="Ann Lee")
    cast.says("@ann", "@acme I have a boat.", id="2", at=at(9), reply_to="1")
    go_on()
    assert "Since then they said" not in page(browser(cast.bea), of(talk))


def figure(told: str) -> int:
    return int(told.split(" % current")[0].rsplit(" ", 1)[1])
