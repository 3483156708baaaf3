"""The bell, the list, one's wishes, the browsers that are told, and the end of letters, on the screen."""

from __future__ import annotations

from django.test import Client

from rapport.core import work
from rapport.inbox import working
from rapport.inbox.models import Notification, PushAddress, Wishes
from rapport.inbox.notices import digest, pushing
from tests.conftest import Cast
from tests.net.browsers import FakeBrowser
from tests.web.conftest import Browser

FORM = {"digest": "hourly", "zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "07:00"}


def given(cast: Cast, who: str = "@ann") -> int:
    """Cem gives Bea a conversation; returns its id."""
    row = cast.says(who, "@acme where is my parcel?")
    working.assign(row, cast.bea, by=cast.cem)
    work.run_due()
    return row.pk


def text(client: Client, path: str) -> str:
    answer = client.get(f"/w/acme/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_the_list_says_it_and_whoever_opens_the_conversation_has_read_it(
    cast: Cast, bea: Client, browse: Browser
) -> None:
    assert "unread" not in text(bea, "")
    id = given(cast)
    assert "Notices: 1 unread" in text(bea, "") and "Notices: 1 unread" in text(bea, "notices/bell/")
    assert "unread" not in text(browse(cast.cem), "")
    listed = text(bea, "notices/")
    assert "Cem gave you the conversation with @ann." in listed and f"/w/acme/c/{id}/" in listed
    text(browse(cast.cem), f"c/{id}/")  # a colleague's look reads nothing for her
    assert "Notices: 1 unread" in text(bea, "notices/bell/")
    text(bea, f"c/{id}/")
    assert "unread" not in text(bea, "notices/bell/")
    assert "Cem gave you" in text(bea, "notices/")


def test_what_was_only_fetched_ahead_is_read_when_it_is_in_front_of_them(cast: Cast, bea: Client) -> None:
    id = given(cast)
    bea.get(f"/w/acme/c/{id}/", headers={"HX-Request": "true", "HX-Target": "panes", "HX-Preloaded": "true"})
    assert "Notices: 1 unread" in text(bea, "notices/bell/")
    bea.post("/w/acme/presence/", {"page": "0123456789abcdef", "conversation": id, "degree": "viewing"})
    assert "unread" not in text(bea, "notices/bell/")


def test_one_or_all_are_marked_as_read_and_nobody_elses(cast: Cast, bea: Client, browse: Browser) -> None:
    for who in ("@ann", "@bo", "@cy"):
        given(cast, who)
    first = Notification.objects.order_by("pk")[0]
    browse(cast.cem).post("/w/acme/notices/read/", {"id": first.pk})
    assert "Notices: 3 unread" in text(bea, "notices/bell/")
    assert bea.post("/w/acme/notices/read/", {"id": first.pk}).status_code == 302
    assert "Notices: 2 unread" in text(bea, "notices/bell/")
    bea.post("/w/acme/notices/read/")
    assert "unread" not in text(bea, "notices/bell/")


def test_wishes_are_kept_for_oneself_alone_and_shown_again(cast: Cast, bea: Client, browse: Browser) -> None:
    page = text(bea, "notices/wishes/")
    assert 'name="assigned-page" aria-label="A conversation is given to me: In Rapport" checked' in page
    assert "RAPPORT_SMTP_URL is not set" in page
    assert bea.post("/w/acme/notices/wishes/", FORM | {"late-push": "on"}).status_code == 302
    page = text(bea, "notices/wishes/")
    assert 'name="late-push" aria-label="An answer is late: By push" checked' in page and 'value="22:00"' in page
    assert 'name="zone" value="Europe/Berlin"' in page
    assert Wishes.objects.get().member == cast.bea
    given(cast)
    assert "unread" not in text(bea, "")  # she wishes no more to hear of it
    assert "22:00" not in text(browse(cast.cem), "notices/wishes/")


def test_wishes_that_cannot_be_are_refused_in_a_sentence_and_kept_on_the_page(cast: Cast, bea: Client) -> None:
    for wrong, sentence in (
        ({"zone": "Mars/Olympus"}, "Use the name of a time zone"),
        ({"quiet_until": ""}, "Quiet hours need a beginning and an end"),
    ):
        answer = bea.post("/w/acme/notices/wishes/", FORM | {"late-push": "on"} | wrong)
        assert answer.status_code == 422 and sentence in answer.content.decode()
        assert 'name="late-push" aria-label="An answer is late: By push" checked' in answer.content.decode()
    hostile = {"digest": "<b>", "zone": "UTC", "quiet_from": "25:99", "quiet_until": "x", "assigned-fax": "on"}
    bea.post("/w/acme/notices/wishes/", hostile)
    assert not Wishes.objects.filter(quiet_from__isnull=False).exists()


def test_a_browser_is_added_and_taken_away_and_nonsense_is_refused(cast: Cast, bea: Client) -> None:
    form = FakeBrowser().form()
    assert bea.post("/w/acme/notices/push/", form).json() == {"on": True}
    assert PushAddress.objects.get().member == cast.bea
    for wrong in ({"endpoint": "ftp://x"}, {"key": "?"}, {"secret": ""}, {"key": "A" * 87}):
        answer = bea.post("/w/acme/notices/push/", form | wrong)
        assert answer.status_code == 422 and b"cannot be used" in answer.content
    assert bea.post("/w/acme/notices/push/", form | {"remove": "1"}).json() == {"on": False}
    assert not PushAddress.objects.exists()


def test_who_signs_out_is_told_nothing_in_that_browser_any_more(cast: Cast, bea: Client, browse: Browser) -> None:
    here, elsewhere = FakeBrowser("https://push.example/here").form(), FakeBrowser("https://push.example/home").form()
    bea.post("/w/acme/notices/push/", here)
    browse(cast.bea).post("/w/acme/notices/push/", elsewhere)
    assert bea.post("/w/acme/notices/push/", here | {"ask": "1"}).json() == {"on": True}
    browse(cast.cem).post("/logout/")  # somebody else, in a browser that was never told
    assert PushAddress.objects.count() == 2
    bea.post("/logout/")
    assert PushAddress.objects.get().endpoint_hash == pushing.mark_of("https://push.example/home")
    bea.force_login(cast.cem.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert bea.post("/w/acme/notices/push/", here | {"ask": "1"}).json() == {"on": False}


def test_signing_out_ends_push_even_after_the_session_had_run_out(cast: Cast, bea: Client) -> None:
    bea.post("/w/acme/notices/push/", FakeBrowser().form())
    bea.session.flush()
    bea.force_login(cast.bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    bea.post("/logout/")
    assert not PushAddress.objects.exists()


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(cast: Cast) -> None:
    answer = Client().get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript") and answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content


def test_the_letters_own_address_stops_letters_by_a_button_and_by_one_click(cast: Cast, bea: Client) -> None:
    bea.post("/w/acme/notices/wishes/", FORM | {"late-mail": "on", "late-page": "on"})
    path = f"/notices/stop/{digest.stop_token(cast.bea)}/"
    anybody = Client(enforce_csrf_checks=True)
    assert "Send me none" in anybody.get(path).content.decode()
    assert Wishes.objects.get().ways["late"] == ["page", "mail"]  # looking changes nothing: mail programs look
    answer = anybody.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and Wishes.objects.get().ways["late"] == ["page"]
    assert anybody.get("/notices/stop/forged/").status_code == 404
