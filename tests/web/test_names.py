"""Names as people have them: of any length, from either side, in any letters; on every page that names somebody."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client

from rapport.inbox import working
from rapport.inbox.models import Conversation
from rapport.ingest.memory.records import KINDS
from rapport.web.words import RECORDS
from tests.conftest import Cast

ARABIC, TAMIL, FOX = "محمد الأمين", "கவிதா முருகன்", "🦊🦊🦊"
VOID = {"meta", "link", "input", "br", "img", "hr", "use"}
SPOKEN = {"title", "option", "datalist", "textarea"}
"""Elements that hold nothing but plain words. Words for the ear alone (``unseen``) have no sides either."""


class Named(HTMLParser):
    """Where a name stands: each place with whether an element around it keeps its direction to itself."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.places = name, list[tuple[str, bool]]()
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append((tag, tag == "bdi" or bool({("dir", "auto"), ("class", "unseen")} & set(attrs))))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if self.name in data and not SPOKEN & set(tags):
            self.places.append((" > ".join(tags[-4:]), any(apart for _, apart in self._open)))


def pages(bea: Client, *talks: Conversation) -> dict[str, str]:
    """Every page on which these people stand."""
    people = [talk.identity.person_id for talk in talks if talk.identity]
    paths = ["", "?stream=all", "people/", "search/?q=router", "notices/",
             *(f"c/{talk.pk}/" for talk in talks), *(f"p/{id}/" for id in people),
             f"p/{people[0]}/merge/?with={people[-1]}", f"p/{people[0]}/merge/"]  # fmt: skip
    return {path: shown(bea, path) for path in paths}


def shown(bea: Client, path: str) -> str:
    answer = bea.get(f"/w/acme/{path}", follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_arabic_beside_tamil_neither_turns_the_other_round(cast: Cast, bea: Client) -> None:
    talks = [cast.says("@m", "@acme my router is dark", name=ARABIC), cast.says("@k", "@acme router?", name=TAMIL)]
    for talk in talks:
        working.assign(talk, cast.bea, by=cast.cem)
    wrong = []
    for path, page in pages(bea, *talks).items():
        for name in (ARABIC, TAMIL):
            reader = Named(name)
            reader.feed(page)
            wrong += [f"{path or 'desk'}: {name} in {where}" for where, apart in reader.places if not apart]
            if path in ("", "people/"):
                assert reader.places, f"{name} is missing on {path or 'the desk'}"
    assert wrong == [], "\n".join(wrong)


def test_a_name_of_three_hundred_letters_is_cut_and_every_page_stands(cast: Cast, bea: Client) -> None:
    talk = cast.says("@long", "@acme my router is dark", name="Maximiliana" * 28)
    assert talk.identity is not None and len(talk.identity.name) == 200
    for path, page in pages(bea, talk).items():
        assert "Maximiliana" * 19 not in page, path
        assert len(page) < 120_000, path


@pytest.mark.parametrize("name", [FOX, "\u200b", "👩🏽‍🚀", "   "])
def test_a_name_without_letters_still_names_a_row_one_can_open(cast: Cast, bea: Client, name: str) -> None:
    talk = cast.says("@fox", "@acme my router is dark", name=name)
    for path, page in pages(bea, talk).items():
        assert (name.strip() in page if name in (FOX, "👩🏽‍🚀") else "@fox" in page) or path == "notices/", path


def test_a_picture_that_is_a_script_or_lies_elsewhere_is_never_loaded(cast: Cast, bea: Client) -> None:
    """No page loads a picture of anybody: a face is two letters on a tint, and the policy allows no other origin."""
    for n, name in enumerate(("data:image/svg+xml,<svg onload=alert(1)>", "https://evil.example/face.svg")):
        talk = cast.says(f"https://evil.example/{n}.svg", "@acme my router is dark", name=name)
        for path, page in pages(bea, talk).items():
            assert "<img" not in page and "<object" not in page and "<svg onload" not in page, path
            assert 'src="https://evil' not in page and 'href="https://evil' not in page, path
    policy = bea.get("/w/acme/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "img-src 'self' data:;" in policy and "script-src 'self';" in policy


def test_every_kind_of_record_that_an_export_counts_has_a_word() -> None:
    assert {kind.name for kind in KINDS} <= set(RECORDS)
