"""Text from strangers: cleaned, HTML turned to words, identities bounded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import envelopes, html, text


def test_clean_keeps_words_and_drops_what_breaks_databases_and_terminals() -> None:
    assert text.clean("a\x00b\x1b[31m\r\nc\rd\te\ud800é👍🏽") == "ab[31m\nc\nd\te�é👍🏽"


def test_html_becomes_words_with_line_breaks() -> None:
    page = (
        "<html><head><title>no</title><style>p{}</style></head><body><p>Hello &amp; <b>welcome</b></p><br>"
        "<script>alert('<p>')</script><ul><li>one<li>two</ul>5 &lt; 6 <!-- hidden --> 1 < 2</body>"
    )
    assert html.to_text(page) == "Hello & welcome\n\none\ntwo\n5 < 6 1 < 2"


@pytest.mark.parametrize(
    "hostile",
    ["<div>" * 150_000, "<!--" * 200_000, "<a <b " * 150_000, "<title>" * 100_000, "&#" + "9" * 800_000, "<" * 400_000],
)
def test_hostile_html_takes_no_longer_than_its_length(hostile: str) -> None:
    began = time.process_time()
    html.to_text(hostile)
    assert time.process_time() - began < 5


@given(st.text(alphabet=st.sampled_from("<>/!-&#;x1 abscriptyle\x00\n'\"="), max_size=80) | st.text())
def test_html_is_never_an_error_and_never_leaves_a_script(source: str) -> None:
    assert "\x00" not in html.to_text(source)
    assert "evil" not in html.to_text("<script>evil</script>")


def test_mentions_are_handles_and_not_e_mail_addresses() -> None:
    found = envelopes.mentioned("@acme hi @Acme_Help. mail bob@example.org, http://x/@no (@ann.bsky.social) @acme")
    assert found == ("acme", "Acme_Help", "ann.bsky.social")


def built(**more: object) -> envelopes.Envelope:
    return envelopes.build(**({"network": "file", "external_id": "1", "author": "ann", "text": "hi"} | more))  # type: ignore[arg-type]


def test_a_long_id_becomes_its_hash_and_stays_the_same() -> None:
    one, two = built(external_id="x" * 5000), built(external_id="x" * 4999)
    assert one.external_id == built(external_id="x" * 5000).external_id != two.external_id
    assert len(one.external_id) <= 255


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": " \x00"}, "no text"),
        ({"external_id": " "}, "no id"),
        ({"author": "a" * 400}, "author is longer"),
        ({"network": "a b"}, "network's name"),
    ],
)
def test_what_cannot_be_an_envelope_says_why(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        built(**wrong)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://a b", "//x", "http://" + "a" * 2000]
)
def test_an_address_that_a_browser_should_not_follow_is_dropped(url: str) -> None:
    assert built(url=url).url == ""


def test_the_at_sign_is_not_part_of_a_handle() -> None:
    assert built(author="@ann").author.address == "ann"
    assert built(author="").author.address == envelopes.UNKNOWN_AUTHOR
