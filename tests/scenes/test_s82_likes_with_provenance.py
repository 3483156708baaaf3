"""S82: likes and dislikes from public statements carry source, date and a remove button; nothing sensitive is inferred."""

from __future__ import annotations

from rapport.inbox.models import Fact
from tests.conftest import Cast
from tests.scenes.stage import browser, go_on, of, page


def test_a_like_and_a_dislike_carry_source_date_and_a_remove_button(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme I love the A380, but I hate plastic cutlery.", id="1", name="Ann Lee")
    go_on()
    bea = browser(cast.bea)
    told = page(bea, of(talk))
    facts = told[told.index("They told us") : told.index("Known as")]
    assert "Likes the A380" in facts and "Dislikes plastic cutlery" in facts
    assert "Social" in facts and "10 March 2026" in facts and facts.count("Remove") >= 2
    where = f"/w/acme/facts/{Fact.objects.get(kind='likes').pk}/"
    bea.post(where, {"do": "remove"})
    assert "A380" not in page(bea, of(talk)).split("They told us")[1].split("Known as")[0]


def test_nothing_sensitive_is_inferred_whoever_says_it(cast: Cast) -> None:
    for n, words in enumerate((
        "I have diabetes and I love the seat by the aisle", "I'm a Catholic, I love your hymn book", "I love my boyfriend",
        "As a union member I hate this", "I lost my job and I have two kids", "I hate the Labour party",
    )):  # fmt: skip
        talk = cast.says("@cy", f"@acme {words}", id=f"s{n}", name="Cy")
    go_on()
    assert "They told us" not in page(browser(cast.bea), of(talk))
    assert not Fact.objects.exists()


def test_what_another_says_of_them_is_no_like_of_theirs(cast: Cast) -> None:
    talk = cast.says("@ann", "@acme where is it?", id="1", name="Ann Lee")
    cast.says("@bo", "@acme @ann loves the A380", id="2", reply_to="1")
    go_on()
    assert "They told us" not in page(browser(cast.bea), of(talk))
