"""S71: "an existing relationship". An advertiser asks for mail service through another door; we already know him."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from rapport.channels import base, registry
from rapport.channels.fake.channel import FakeChannel
from rapport.core import work
from rapport.inbox import replying, working
from rapport.inbox.models import Conversation, Message
from rapport.ingest import accepting, pipeline
from tests.conftest import NOW, Cast


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    with registry.also(FakeChannel()):
        yield


def writes(cast: Cast, network: str, address: str, name: str, text: str, days: int) -> Conversation:
    """Somebody writes, so many days ago, through this door; the worker does what is due."""
    at = NOW - timedelta(days=days)
    envelope = base.Envelope(
        network=network, external_id=f"{network}-{days}-{name}", author=base.Author(address, name), text=text, said_at=at,
        public=False, direct=True,
    )  # fmt: skip
    accepting.accept(cast.source, base.Batch(items=(base.Item(envelope, text.encode()),)))
    while pipeline.run() or work.run_due():
        pass
    return Message.objects.get(external_id=envelope.external_id).conversation


def reads(member: Client, conversation: Conversation) -> str:
    """What a colleague sees who opens it."""
    page = member.get(f"/w/acme/c/{conversation.pk}/?stream=all").content.decode()
    pane = page[page.index('id="person"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", pane[: pane.index("</aside>")]))


@pytest.fixture
def mail_team(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.cem.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_mail_team_sees_whom_we_know_and_who_speaks_with_him(cast: Cast, mail_team: Client) -> None:
    first = writes(
        cast, "mail", "jeremy@vale.example", "Jeremy Vale", "Nine years of adverts with you, and happily.", 900
    )
    working.assign(first, cast.bea, by=cast.dana)
    replying.answered_there(first, "Thank you, Jeremy. The spring adverts are booked.", by=cast.bea)
    writes(cast, "mail", "jeremy@vale.example", "Jeremy Vale", "Please book the autumn ones, too.", 200)
    enquiry = writes(cast, "form", "jeremy@vale.example", "Jeremy Vale", "What does your mail service cost for us?", 1)
    seen = reads(mail_team, enquiry)
    assert "We know them already" in seen
    assert "writes to us since" in seen and "2 conversations" in seen
    assert "speaks with Bea" in seen
    page = mail_team.get(f"/w/acme/p/{first.identity.person_id}/").content.decode()
    assert "Nine years of adverts" in page and "Please book the autumn ones" in page


def test_joined_they_are_one_relationship(cast: Cast, mail_team: Client) -> None:
    first = writes(cast, "mail", "jeremy@vale.example", "Jeremy Vale", "Nine years of adverts with you.", 900)
    enquiry = writes(cast, "form", "jeremy@vale.example", "Jeremy Vale", "What does your mail service cost?", 1)
    keep, other = first.identity.person_id, enquiry.identity.person_id
    mail_team.post(f"/w/acme/p/{keep}/merge/", {"with": other, "why": "He said so."})
    seen = reads(mail_team, enquiry)
    assert "Nine years of adverts" in seen and "We know them already" not in seen


def test_a_namesake_is_suggested_and_never_shown_as_known(cast: Cast, mail_team: Client) -> None:
    writes(cast, "mail", "jeremy@vale.example", "Jeremy Vale", "Nine years of adverts with you.", 900)
    namesake = writes(cast, "form", "jv77@elsewhere.example", "Jeremy Vale", "What does your mail service cost?", 1)
    seen = reads(mail_team, namesake)
    assert "Perhaps Jeremy Vale" in seen
    for hidden in ("We know them already", "writes to us since", "Nine years", "vale.example"):
        assert hidden not in seen


def test_a_stranger_is_a_stranger(cast: Cast, mail_team: Client) -> None:
    writes(cast, "mail", "jeremy@vale.example", "Jeremy Vale", "Nine years of adverts with you.", 900)
    stranger = writes(cast, "form", "sue@north.example", "Sue North", "What does your mail service cost?", 1)
    seen = reads(mail_team, stranger)
    assert "Perhaps" not in seen and "We know them already" not in seen
