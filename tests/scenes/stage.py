"""The stage of the scenes: members who act over HTTP, persons who write from any network, the worker beside them."""

from __future__ import annotations

import html
import re
from datetime import datetime

from django.test import Client

from rapport.accounts.models import Member, Role, User
from rapport.core import work
from rapport.inbox.models import Conversation, Message
from tests.conftest import Cast


def joins(cast: Cast, name: str) -> Member:
    """Somebody more of the house."""
    user = User.objects.create(email=f"{name.lower()}@acme.test", password="!")
    return Member.objects.create(workspace=cast.acme, user=user, name=name, role=Role.AGENT)


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def go_on() -> None:
    """The worker does what is due."""
    while work.run_due():
        pass


def page(client: Client, path: str) -> str:
    """What stands on a page: its words, without markup, with single spaces."""
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, answer.status_code
    return seen(answer.content.decode())


def seen(markup: str) -> str:
    """The words of some markup, as a person meets them."""
    bare = re.sub(r"<(title|script|style|head)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def of(conversation: Conversation) -> str:
    """The address of the page of whom a conversation is with."""
    assert conversation.identity is not None
    return f"/w/acme/p/{conversation.identity.person_id}/"


def answers(client: Client, conversation: Conversation, text: str, **more: str) -> str:
    """A member answers on the network itself and keeps the words here."""
    sent = client.post(f"/w/acme/c/{conversation.pk}/reply/", {"text": text, "do": "there", **more}, follow=True)
    return seen(sent.content.decode())


def latest(text: str) -> Message:
    """The message that holds these words."""
    found = Message.objects.filter(text__contains=text).order_by("-pk").first()
    assert found is not None, text
    return found


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    """A moment of the year in which the cast lives."""
    from tests.conftest import NOW

    return NOW.replace(month=month, day=day, hour=hour)
