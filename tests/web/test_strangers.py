"""Whoever does not belong to a workspace finds nothing there: every address is walked as Dot, and as nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rapport.core.models import Work
from rapport.inbox import relating
from rapport.inbox.models import (
    Arrival,
    Attachment,
    Conversation,
    Fact,
    Feeling,
    Message,
    Outgoing,
    PersonNote,
    Promise,
    Relation,
    View,
)
from rapport.people import merging, organising, uniting
from rapport.people.models import Apart, Belonging, Likeness, Merge, Organisation, Person, Union
from rapport.web import importing, uploads
from tests.conftest import Cast
from tests.web.conftest import Browser

OPEN = {
    "private_file",
    "demo_shop",
    "language",
    "form",
    "form_embed",
    "chat",
    "chat_door",
    "chat_say",
    "chat_look",
    "chat_address",
    "private",
    "account_login",
    "welcome",
    "receive",
    "asset",
    "health",
    "account_inactive",
    "push_worker",
    "notices_stop",
}
"""Addresses that anybody may ask for; what they answer is held by tests of their own."""


def patterns(
    found: list[URLPattern | URLResolver], inside: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, names of its parts) of every address."""
    for pattern in found:
        parts = (*inside, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, parts)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name, parts


NAMES = sorted(patterns(get_resolver().url_patterns))


def addresses(cast: Cast) -> Callable[[str, tuple[str, ...]], str]:
    """Gives the address of a page, by its name and parts, about something of Acme's that really exists."""
    conversation = Conversation.objects.get(workspace=cast.acme)
    rows = {
        **{name: Organisation.objects.first() for name in
           ("organisation", "organisation_name", "organisation_person", "organisation_same")},
        "relate": conversation.identity.person, "relation": Relation.objects.first(),
        "organisation_part": Union.objects.first(), "belonging": Belonging.objects.first(),
        "belong": conversation.identity.person,
        "again": Arrival.objects.first(), "correction": Message.objects.first(), "person": conversation.identity.person,
        "withdrawal": Outgoing.objects.first(), "retry": Outgoing.objects.first(), "member_role": cast.cem,
        "member_link": cast.cem, "forgetting": conversation.identity.person, "forget_look": conversation.identity.person,
        "forget_confirm": conversation.identity.person, "source": cast.source, "source_pause": cast.source,
        "merge": conversation.identity.person, "unmerge": Merge.objects.first(), "apart_end": Apart.objects.first(),
        "likeness_same": Likeness.objects.first(), "likeness_different": Likeness.objects.first(),
        "likeness_later": Likeness.objects.first(),
        "source_history": cast.source, "source_budget": cast.source, "vouch_again": cast.source,
        "source_resume": cast.source, "source_secret": cast.source, "work_again": Work.objects.get(kind="import"),
        "attachment": Attachment.objects.first(),
        "felt": Message.objects.first(), "person_note": conversation.identity.person,
        "unnote": PersonNote.objects.first(), "fact": Fact.objects.first(), "promise": Promise.objects.first(),
        "unfelt": Feeling.objects.first(),
        **dict.fromkeys(("view", "view_move", "view_removal", "view_return"), View.objects.first()),
    }  # fmt: skip
    from django.core import signing

    ticket = signing.dumps({"w": cast.acme.pk, "file": "x", "name": "x", "us": "", "rivals": ""}, salt=importing.SALT)
    jobs = {kind: Work.objects.get(kind=kind).pk for kind in ("export", "import")}

    def address(name: str, parts: tuple[str, ...]) -> str:
        values = {
            "slug": cast.acme.slug, "id": (rows.get(name) or conversation).pk, "event": 1, "kind": "webhook",
            "token": "anything", "link": "anything",
            "ticket": ticket, "mark": "x", "name": "x", "job": jobs["export" if name.startswith("export") else "import"],
        }  # fmt: skip
        return reverse(name, kwargs={part: values[part] for part in parts})

    return address


@pytest.fixture
def world(cast: Cast) -> Cast:
    conversation = cast.says("@ann", "@acme where is my refund? It is a secret matter.")
    Outgoing.objects.create(workspace=cast.acme, conversation=conversation, by=cast.bea, text="A secret answer")
    message = Message.objects.get()
    person = message.identity.person
    PersonNote.objects.create(workspace=cast.acme, person=person, by=cast.bea, text="A secret note")
    Fact.objects.create(workspace=cast.acme, person=person, message=message, kind="likes", key=b"k" * 16,
                        thing="secrets", words="secret", said_at=message.said_at, seen_at=message.said_at)  # fmt: skip
    Attachment.objects.create(workspace=cast.acme, key=message.key, place=1, name="secret.png", content=b"secret")
    Promise.objects.create(message=message, start=0, end=5, who="them")
    Feeling.objects.create(message=message, valence="negative", by=cast.bea)
    ann = conversation.identity.person
    other, third = (Person.objects.create(workspace=cast.acme, name="secretly") for _ in range(2))
    merging.merge(ann, other, by=cast.bea)
    Likeness.objects.create(workspace=cast.acme, one=ann, other=third, weight=2)
    Apart.objects.create(workspace=cast.acme, one=ann, other=third)
    View.objects.create(workspace=cast.acme, member=cast.bea, name="A secret view", words="is:late", shared=True)
    relating.relate(ann, "other", third, by=cast.bea, words="a secret to")
    one, two = (organising.belong(ann, f"A secret club {n}", by=cast.bea) for n in (1, 2))
    uniting.unite(one.organisation, two.organisation, by=cast.bea)
    payload = {"source": cast.source.pk}
    at = conversation.created_at
    Work.objects.create(workspace_id=cast.acme.pk, kind="import", payload=payload, due_at=at, dead_at=at)
    asked = {"by": cast.dana.pk, "person": None, "stream": "", "csv": False}
    Work.objects.create(workspace_id=cast.acme.pk, kind="export", payload=asked, due_at=at)
    return cast


def test_there_are_addresses_to_walk() -> None:
    assert len(NAMES) > 30
    assert uploads.path("../../etc/passwd") is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_dot_finds_nothing_at_any_address_of_acme(world: Cast, browse: Browser, method: str) -> None:
    dot = browse(world.dot)
    address = addresses(world)
    for name, parts in NAMES:
        if "slug" not in parts:
            continue
        answer = getattr(dot, method)(address(name, parts))
        assert answer.status_code in {404, 405}, f"{method} {name} answered {answer.status_code}"
        assert b"secret" not in answer.content and b"Acme" not in answer.content, name
        if method == "get" and answer.status_code == 405:  # a verb: it must also refuse the right method
            assert dot.post(address(name, parts)).status_code == 404, name


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_asked_to_sign_in_everywhere(world: Cast, method: str) -> None:
    nobody = Client()
    address = addresses(world)
    for name, parts in NAMES:
        if name in OPEN:
            continue
        answer = getattr(nobody, method)(address(name, parts))
        assert answer.status_code in {302, 405}, f"{method} {name} answered {answer.status_code}"
        if answer.status_code == 302:
            assert answer["Location"].startswith("/login/"), name


def test_dot_cannot_reach_acmes_rows_through_her_own_workspace(world: Cast, browse: Browser) -> None:
    dot = browse(world.dot)
    address = addresses(world)
    for name, parts in NAMES:
        if "slug" not in parts or not {"id", "job", "ticket"} & set(parts):
            continue
        there = address(name, parts).replace(f"/w/{world.acme.slug}/", f"/w/{world.elsewhere.slug}/")
        assert dot.get(there).status_code in {404, 405}, name
        assert dot.post(there).status_code in {404, 405}, name


def test_an_element_that_fetches_itself_after_the_session_ended_gets_a_sentence(world: Cast) -> None:
    answer = Client().get(reverse("desk", args=[world.acme.slug]), headers={"HX-Request": "true"})
    assert answer.status_code == 401 and b"signed out" in answer.content and b"<html" not in answer.content


def test_an_observer_reads_and_is_refused_every_verb_in_a_sentence(world: Cast, browse: Browser) -> None:
    olga = browse(world.olga)
    verbs = {
        "reply",
        "draft",
        "silence",
        "assignment",
        "note",
        "settlement",
        "reopening",
        "correction",
        "term",
        "again",
        "person_note",
        "unnote",
        "fact",
        "promise",
        "felt",
        "unfelt",
    }
    assert olga.get(reverse("desk", args=[world.acme.slug])).status_code == 200
    address = addresses(world)
    for name, parts in NAMES:
        if name in verbs:
            answer = olga.post(address(name, parts))
            assert answer.status_code == 403, name
            assert "Ask" in answer.content.decode(), name
