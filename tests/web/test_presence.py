"""Colleagues see where one is; strangers do not, and neither does the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.core import presence
from rapport.core.database import now
from tests.conftest import Cast
from tests.web.conftest import Browser


@pytest.fixture(autouse=True)
def nobody_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    presence.here._pages.clear()
    yield
    presence.here._pages.clear()


def say(client: Client, conversation: int, degree: str, page: str = "0123456789abcdef", slug: str = "acme") -> dict:  # type: ignore[type-arg]
    asked = {"page": page, "conversation": conversation, "degree": degree}
    answer = client.post(f"/w/{slug}/presence/", asked)
    assert answer.status_code == 200
    return dict(answer.json()["here"])


def test_a_colleague_is_told_who_types_and_never_of_oneself(cast: Cast, bea: Client, browse: Browser) -> None:
    cem = browse(cast.cem)
    assert say(cem, 7, "typing") == {}
    told = say(bea, 7, "viewing", page="ffffffffffffffff")
    assert told["7"]["line"] == "Cem is typing"
    assert told["7"]["who"][0]["initials"] == "C"
    assert say(cem, 7, "open")["7"]["line"] == "Bea is looking at this"
    assert bea.get("/w/acme/presence/").json()["here"]["7"]["line"] == "Cem has this open"
    say(cem, 0, "")
    assert bea.get("/w/acme/presence/").json() == {"here": {}}


def test_dot_learns_nothing_of_it_whatever_she_claims_to_look_at(cast: Cast, bea: Client, browse: Browser) -> None:
    dot = browse(cast.dot)
    say(bea, 7, "typing")
    assert dot.get("/w/acme/presence/").status_code == 404
    assert say(dot, 7, "viewing", slug=cast.elsewhere.slug) == {}
    assert bea.get("/w/acme/presence/").json() == {"here": {}}


def test_who_has_left_is_nowhere(cast: Cast, bea: Client, browse: Browser) -> None:
    say(browse(cast.cem), 7, "viewing")
    type(cast.cem).objects.filter(pk=cast.cem.pk).update(left_at=now())
    assert bea.get("/w/acme/presence/").json() == {"here": {}}


@pytest.mark.parametrize(
    "asked",
    [{}, {"page": "../x", "conversation": "7", "degree": "typing"}, {"page": "0" * 16, "conversation": "-7"},
     {"page": "0" * 16, "conversation": "7", "degree": "<b>"}],
)  # fmt: skip
def test_nonsense_is_heard_by_nobody(cast: Cast, bea: Client, browse: Browser, asked: dict[str, str]) -> None:
    assert browse(cast.cem).post("/w/acme/presence/", asked).status_code == 200
    assert bea.get("/w/acme/presence/").json() == {"here": {}}


def test_nothing_is_written_for_it(cast: Cast, bea: Client, browse: Browser) -> None:
    cem = browse(cast.cem)
    say(bea, 7, "viewing")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        say(cem, 7, "typing")
    assert asked.captured_queries and all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
