"""A source that falls silent is noticed once, whether or not somebody looks, and once when it speaks again."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rapport.accounts.models import User
from rapport.core.database import now
from rapport.core.models import Event
from rapport.inbox import noticing
from rapport.inbox.models import Pulse, Source
from tests.conftest import NOW, Cast

LAST = NOW - timedelta(hours=5)


def lively(cast: Cast) -> None:
    """Six messages an hour for eight weeks, the last one five hours ago."""
    Source.objects.filter(pk=cast.source.pk).update(last_arrival_at=LAST)
    hour = Pulse.hour_of(LAST)
    Pulse.objects.bulk_create(Pulse(source=cast.source, hour=hour - n, count=6) for n in range(8 * 168))


def told() -> list[str]:
    return list(Event.objects.filter(subject="source").order_by("pk").values_list("verb", flat=True))


def desk(cast: Cast) -> str:
    browser = Client()
    browser.force_login(
        User.objects.get(pk=cast.bea.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return browser.get("/w/acme/").content.decode()


def test_a_silence_is_told_once_and_stands_on_the_desk_until_it_ends(cast: Cast) -> None:
    lively(cast)
    assert "Silent:" not in desk(cast)
    assert noticing.notice(now()) == 1 and noticing.notice(now()) == 0
    event = Event.objects.get(verb="source.silent")
    assert (event.subject_id, event.facts) == (cast.source.pk, {"why": "silent", "hours": 5.0, "expected": 30})
    assert "Silent: Social" in desk(cast)
    cast.clock.shift(3600)
    assert noticing.notice(now()) == 0
    cast.says("@ann", "Is anybody there?", at=now())
    assert noticing.notice(now()) == 1 and told() == ["source.silent", "source.spoke_again"]
    assert "Silent:" not in desk(cast)
    assert noticing.notice(now()) == 0


def test_a_second_silence_is_told_again(cast: Cast) -> None:
    lively(cast)
    noticing.notice(now())
    cast.clock.shift(60)
    cast.says("@ann", "Hello", at=now())
    noticing.notice(now())
    cast.clock.shift(5 * 3600)
    noticing.notice(now())
    assert told() == ["source.silent", "source.spoke_again", "source.silent"]


def test_an_error_is_told_and_a_paused_source_a_file_and_a_young_one_are_not(cast: Cast) -> None:
    lively(cast)
    Source.objects.filter(pk=cast.source.pk).update(paused_at=NOW)
    Source.objects.create(workspace=cast.acme, kind="files", name="old.csv", last_arrival_at=NOW - timedelta(days=90))
    Source.objects.create(workspace=cast.acme, kind="fake", name="New", last_arrival_at=NOW - timedelta(days=3))
    assert noticing.notice(now()) == 0
    Source.objects.filter(pk=cast.source.pk).update(paused_at=None, last_arrival_at=NOW, error="The password is wrong.")
    assert noticing.notice(now()) == 1
    assert Event.objects.get(verb="source.silent").facts["why"] == "broken"
