"""Connecting Mastodon by signing in there: an application, a yes, a code, a token. What is forged or late does nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from django.http import HttpResponse
from django.test import Client

from rapport.channels.mastodon import MastodonChannel, signing_in
from rapport.core.models import Event, Work
from rapport.inbox.models import Source, Term
from tests.conftest import Cast
from tests.peers.mastodon.fake import Fake, fake
from tests.web.conftest import Browser


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake() as there:
        yield there


def leave(who: Client, server: Fake, **more: str) -> HttpResponse:
    given = {"name": "Fediverse", "server": server.url, "token": "", "horizon": "none", "do": "sign_in"}
    return who.post("/w/acme/sources/new/mastodon/", given | more)


def way(page: HttpResponse) -> str:
    """Where the page leads on to."""
    found = re.search(r'class="button primary" href="([^"]+)"', page.content.decode())
    assert page.status_code == 200 and found, page.content.decode()
    return html.unescape(found[1])


def says_yes(url: str) -> str:
    """Its owner says yes there (or no): where the server sends the browser, as a path of ours."""
    answer = httpx.get(url, follow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    there = urlsplit(answer.headers["location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == "http://testserver/w/acme/sources/signed-in/"
    return f"{there.path}?{there.query}"


def signed_in(who: Client, server: Fake, **more: str) -> Source:
    answer = who.get(says_yes(way(leave(who, server, **more))))
    source = Source.objects.get(kind="mastodon")
    assert answer.status_code == 302 and answer["Location"] == f"/w/acme/sources/{source.pk}/"
    return source


def told(who: Client) -> str:
    return html.unescape(who.get("/w/acme/sources/").content.decode())


def test_an_account_is_connected_by_saying_yes_on_its_own_server(dana: Client, cast: Cast, server: Fake) -> None:
    leaving = leave(dana, server, hashtags="kettle", horizon="30")
    url = way(leaving)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith(f"{server.url}/oauth/authorize?")
    assert asked["scope"] == "read write:statuses write:media write:favourites"
    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43 and len(asked["state"]) >= 32
    assert leaving["Cache-Control"] == "no-store"
    [app] = server.oauth.apps.values()
    assert app.client_secret not in leaving.content.decode() + str(dict(dana.session)), "held sealed"
    answer = dana.get(says_yes(url))
    source = Source.objects.get(kind="mastodon")
    assert answer["Location"] == f"/w/acme/sources/{source.pk}/"
    page = html.unescape(dana.get(answer["Location"]).content.decode())
    assert "Connected as @brand" in page and "Sign out there" in page
    assert source.settings["token"] in server.oauth.issued and source.settings["hashtags"] == "kettle"
    assert source.settings["token"] not in page and source.settings["token"] not in source.sealed
    assert source.name == "Fediverse"
    assert Term.objects.filter(workspace=cast.acme, text__startswith="@brand").exists()
    assert Work.objects.get(kind="backfill").payload["horizon"] == "30", "what was wished for on the form is kept"
    assert Event.objects.filter(verb="source.connected").count() == 1
    MastodonChannel().fetch(source.settings, None)


@pytest.mark.parametrize("speaks", [True, False])
def test_what_a_server_says_of_itself_decides_what_is_asked_for(dana: Client, server: Fake, speaks: bool) -> None:
    server.oauth.supported = ["read", "write", "follow"] if speaks else server.oauth.supported
    server.oauth.speaks = speaks
    asked = parse_qs(urlsplit(way(leave(dana, server))).query)
    wide, narrow = ["read write"], ["read write:statuses write:media write:favourites"]
    assert asked["scope"] == (wide if speaks else narrow)


def test_a_token_that_was_typed_connects_whichever_button_enter_pressed(dana: Client, server: Fake) -> None:
    assert leave(dana, server, token="good").status_code == 200
    assert Source.objects.get(kind="mastodon").settings["token"] == "good" and not server.oauth.apps


def test_whoever_says_no_reads_so_and_nothing_is_connected(dana: Client, server: Fake) -> None:
    server.oauth.denies = True
    answer = dana.get(says_yes(way(leave(dana, server))))
    assert answer["Location"] == "/w/acme/sources/" and "It was not allowed on" in told(dana)
    assert not Source.objects.filter(kind="mastodon").exists() and not server.oauth.issued


def test_an_answer_counts_once_here_in_time_and_from_where_it_was_asked(
    dana: Client, cast: Cast, browse: Browser, server: Fake
) -> None:
    back = says_yes(way(leave(dana, server)))
    state = dict(parse_qsl(urlsplit(back).query))["state"]
    other = browse(cast.dana)
    assert other.get(back)["Location"] == "/w/acme/sources/", "another browser"
    assert dana.get(back.replace(state, "x" * 32))["Location"] == "/w/acme/sources/", "another state"
    forged = re.sub(r"iss=[^&]*", "iss=https%3A%2F%2Fevil.example%2F", back)
    assert dana.get(forged)["Location"] == "/w/acme/sources/" and "did not come from" in told(dana)
    assert dana.get(back)["Location"] == "/w/acme/sources/", "its state is used up"
    late = says_yes(way(leave(dana, server)))
    cast.clock.shift(timedelta(minutes=16))
    assert dana.get(late)["Location"] == "/w/acme/sources/" and "long ago" in told(dana)
    assert not server.oauth.issued and not Source.objects.filter(kind="mastodon").exists()
    assert browse(cast.bea).get(late).status_code == 403 and browse(cast.dot).get(late).status_code == 404
    assert leave(browse(cast.bea), server).status_code == 403


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "Server: this is needed"),
        ("not a server", "Write the address of your server"),
        ("http://127.0.0.1:1", "could not be reached"),
    ],
)
def test_what_cannot_be_left_for_is_said_on_the_form(dana: Client, written: str, why: str) -> None:
    answer = leave(dana, Fake(url=written))
    assert answer.status_code == 422 and why in html.unescape(answer.content.decode())


def test_a_server_that_gives_no_token_is_told_of(dana: Client, server: Fake) -> None:
    back = says_yes(way(leave(dana, server)))
    server.oauth.codes.clear()
    assert dana.get(back)["Location"] == "/w/acme/sources/"
    assert "did not let us in: The provided grant is invalid. Try again." in told(dana)


def test_signing_in_again_gives_a_new_token_and_gives_the_old_one_back(dana: Client, cast: Cast, server: Fake) -> None:
    source = signed_in(dana, server)
    old = source.settings["token"]
    Source.objects.filter(pk=source.pk).update(cursor="kept")
    back = says_yes(way(dana.post(f"/w/acme/sources/{source.pk}/sign-in/")))
    assert dana.get(back)["Location"] == f"/w/acme/sources/{source.pk}/"
    source.refresh_from_db()
    new = source.settings["token"]
    assert new != old and new in server.tokens and old not in server.tokens and source.cursor == "kept"
    assert Event.objects.filter(verb="source.signed_in").count() == 1


def test_signing_out_gives_the_token_back_and_the_source_asks_for_another(dana: Client, server: Fake) -> None:
    source = signed_in(dana, server)
    token = source.settings["token"]
    assert dana.post(f"/w/acme/sources/{source.pk}/sign-out/").status_code == 302
    source.refresh_from_db()
    assert token not in server.tokens and source.settings["token"] == ""
    with pytest.raises(Exception, match="There is no access token"):
        MastodonChannel().fetch(source.settings, None)
    dana.post(f"/w/acme/sources/{source.pk}/", {"name": "F", "server": server.url, "token": "good"})
    source.refresh_from_db()
    assert source.settings["token"] == "good" and not any(key.startswith("oauth_") for key in source.settings)
    asked = len(server.asked)
    signing_in.revoke(source.settings)
    assert len(server.asked) == asked, "a token that somebody copied is not ours to give back"


def test_a_token_that_was_ended_there_needs_signing_in_again(dana: Client, server: Fake) -> None:
    source = signed_in(dana, server)
    server.tokens.discard(source.settings["token"])
    with pytest.raises(Exception, match="does not accept the access token") as refused:
        MastodonChannel().fetch(source.settings, None)
    assert refused.value.reauthorise  # type: ignore[attr-defined]
    assert dana.post(f"/w/acme/sources/{source.pk}/sign-out/").status_code == 302, "it is no token any more: no fault"


def test_the_challenge_is_that_of_the_standard() -> None:
    verifier, expected = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert signing_in.challenge(verifier) == expected  # RFC 7636, appendix B


@pytest.mark.parametrize("said", [{"issuer": "https://evil.example"}, {"issuer": 7}, [], "x", None])
def test_a_server_that_speaks_for_another_is_not_believed(
    server: Fake, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    monkeypatch.setattr(server.oauth, "itself", lambda: said)
    assert signing_in.place(server.url).token == f"{server.url}/oauth/token"
