"""S80: a public exchange with staff on any source is on the record without anybody typing it."""

from __future__ import annotations

from rapport.inbox.models import Source
from tests.conftest import Cast
from tests.scenes.stage import at, browser, of, page


def test_both_sides_of_a_public_exchange_are_on_the_page_though_nobody_typed_them_here(cast: Cast) -> None:
    other = Source.objects.create(workspace=cast.acme, kind="fake", name="Forum")
    talk = cast.says("@ann", "@acme does the blue one fit a small kitchen?", id="1", at=at(9), name="Ann Lee")
    cast.says("@acme", "It does, 40 cm wide. Bea", id="2", reply_to="1", at=at(9, 10), ours=True)
    cast.says("@ann", "Great, thank you Bea!", id="3", reply_to="1", at=at(9, 11), source=other)
    told = page(browser(cast.bea), of(talk))
    line = told[told.index("Everything Messages") :]
    assert line.index("thank you Bea") < line.index("40 cm wide") < line.index("small kitchen")
    assert not cast.bea.drafts.exists()


def test_what_was_said_between_others_is_not_on_it(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme does it fit?", id="1", name="Ann Lee")
    cast.says("@bo", "@cy see you at the match", id="2")
    assert "match" not in page(browser(cast.bea), of(talk))
