"""A source after it was connected: edited, given a new secret, paused; never a secret shown again."""

from __future__ import annotations

import json

from django.test import Client

from rapport.core.models import Event
from rapport.inbox.models import Arrival, Message, Source
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_sources import connect, deliver
from tests.web.visitors import Visitor, open_form, sort_in

SAID = json.dumps({"id": "1", "author": {"id": "ann@b.test", "name": "Ann"}, "text": "Where is my router?"}).encode()


def test_a_form_is_changed_after_it_was_connected_and_visitors_see_it(cast: Cast, dana: Client) -> None:
    form = open_form(cast)
    page = dana.get(f"/w/acme/sources/{form.pk}/").content.decode()
    assert 'value="Write to Acme"' in page and "Websites that may show it" in page
    given = {"name": "Front door", "title": "Talk to us", "ask_name": "1", "origins": "https://www.acme.example"}
    dana.post(f"/w/acme/sources/{form.pk}/", given)
    seen = Visitor(cast, form).get()
    assert "Talk to us" in seen.content.decode() and "Your e-mail" not in seen.content.decode()
    assert "https://www.acme.example" in seen["Content-Security-Policy"]
    assert "Front door" in dana.get("/w/acme/sources/").content.decode()
    event = Event.objects.get(verb="source.adjusted")
    assert set(event.facts["changed"]) == {"name", "title", "ask_email", "ask_subject", "origins"}
    dana.post(f"/w/acme/sources/{form.pk}/", given)
    assert Event.objects.filter(verb="source.adjusted").count() == 1  # the same again changes nothing


def test_what_makes_no_sense_is_refused_and_what_was_written_stays(cast: Cast, dana: Client) -> None:
    form = open_form(cast)
    before = Source.objects.get(pk=form.pk).sealed
    answer = dana.post(f"/w/acme/sources/{form.pk}/", {"name": "Door", "title": "Hm", "origins": "not an address"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "website" in page and 'value="Hm"' in page
    assert dana.post(f"/w/acme/sources/{form.pk}/", {"name": "  ", "title": "Hm"}).status_code == 422
    assert Source.objects.get(pk=form.pk).sealed == before


def test_a_secret_is_never_shown_again_and_a_new_one_shuts_the_old_out(cast: Cast, dana: Client) -> None:
    path, secret = connect(dana, callback_url="https://shop.example/answers")
    hook = Source.objects.get(kind="webhook")
    page = dana.get(f"/w/acme/sources/{hook.pk}/").content.decode()
    assert secret not in page and "https://shop.example/answers" in page
    dana.post(f"/w/acme/sources/{hook.pk}/", {"name": "Shop", "callback_url": "https://shop.example/new"})
    assert deliver(path, secret, SAID)[0] == 202  # other settings leave the secret as it is
    answer = dana.post(f"/w/acme/sources/{hook.pk}/secret/", {"key": "secret"})
    made = answer.content.decode().split('id="secret-1">')[1].split("<")[0]
    assert (
        answer["Cache-Control"] == "no-store" and made not in dana.get(f"/w/acme/sources/{hook.pk}/").content.decode()
    )
    other = SAID.replace(b'"1"', b'"2"')
    assert deliver(path, secret, other)[0] == 401
    assert deliver(path, made, other)[0] == 202
    assert made not in str(list(Event.objects.values_list("facts", flat=True)))
    dana.post(f"/w/acme/sources/{hook.pk}/secret/", {"key": "callback_url"})
    assert Source.objects.get(pk=hook.pk).settings["callback_url"] == "https://shop.example/new"


def test_a_paused_source_tells_strangers_to_come_again_and_loses_nothing(cast: Cast, dana: Client) -> None:
    path, secret = connect(dana)
    hook = Source.objects.get(kind="webhook")
    dana.post(f"/w/acme/sources/{hook.pk}/pause/")
    status, said = deliver(path, secret, SAID)
    assert status == 503 and "later" in str(said["error"]) and not Arrival.objects.exists()
    assert "Paused" in dana.get("/w/acme/health/").content.decode()
    dana.post(f"/w/acme/sources/{hook.pk}/resume/")
    assert deliver(path, secret, SAID)[0] == 202
    assert list(Event.objects.filter(subject="source").values_list("verb", flat=True)) == [
        "source.connected", "source.paused", "source.resumed",
    ]  # fmt: skip


def test_a_visitor_at_a_paused_form_keeps_their_words(cast: Cast, dana: Client) -> None:
    form = open_form(cast)
    visitor = Visitor(cast, form)
    opened = visitor.get()
    dana.post(f"/w/acme/sources/{form.pk}/pause/")
    from tests.web.visitors import hidden

    cast.clock.shift(30)
    answer = visitor.post(visitor.path, stamp=hidden(opened, "stamp"), text="My parcel never came.")
    assert answer.status_code == 503 and "My parcel never came." in answer.content.decode()
    sort_in()
    assert not Message.objects.exists()
    assert "takes no messages" in visitor.get().content.decode()


def test_only_who_manages_changes_a_source_and_a_file_is_only_renamed(
    cast: Cast, dana: Client, bea: Client, browse: Browser
) -> None:
    file = Source.objects.create(workspace=cast.acme, kind="files", name="old.csv")
    assert bea.get(f"/w/acme/sources/{file.pk}/").status_code == 403
    assert bea.post(f"/w/acme/sources/{file.pk}/", {"name": "x"}).status_code == 403
    assert "Settings" not in bea.get("/w/acme/sources/").content.decode().partition("<main")[2]
    assert browse(cast.dot).get(f"/w/elsewhere/sources/{file.pk}/").status_code == 404
    dana.post(f"/w/acme/sources/{file.pk}/", {"name": "The old desk"})
    dana.post(f"/w/acme/sources/{file.pk}/pause/")
    row = Source.objects.get(pk=file.pk)
    assert (row.name, row.paused_at) == ("The old desk", None)
