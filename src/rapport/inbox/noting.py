"""Noting: what colleagues tell each other about a person. A note holds facts; a verdict is refused, with a way to say it."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.accounts.models import Member
from rapport.channels.text import clean
from rapport.core.database import now, write
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.core.refusal import Refused
from rapport.inbox.models import Conversation, PersonNote
from rapport.people.models import Identity, Person
from rapport.understanding import judgements

MOST = 10_000


def fair(text: str, names: Iterable[str] = ()) -> str:
    """The words of a note, cleaned. Raises Refused where there are none, or where they judge somebody.

    ``names``: what the person is called.
    """
    words = clean(text).strip()
    if not words:
        raise Refused("Write the note first.")
    if len(words) > MOST:
        raise Refused("A note holds 10,000 characters.")
    found = judgements.find(words, names)
    if found:
        raise Refused(
            "“%(words)s” judges, and the next colleague would meet the verdict before the person. What did they do or "
            "say? For example: “asked three times for a call”. If these are their own words, put them in quotation marks.",
            words=found[0].words,
        )
    return words


def names_in(conversation: Conversation) -> list[str]:
    """What the person of a conversation is called."""
    identity = conversation.identity
    return [name for name in (identity.name, identity.person.name) if name] if identity else []


def note(person: Person, text: str, *, by: Member) -> PersonNote:
    """Tell colleagues something about a person. It is never sent."""
    if not by.answers:
        raise Refused("You may read here, but not change anything. Ask an owner for another role.")
    called = Identity.objects.filter(person=person).exclude(name="").values_list("name", flat=True)[:20]
    words = fair(text, [name for name in (person.name, *called) if name])
    with write():
        made = PersonNote.objects.create(workspace_id=person.workspace_id, person=person, by=by, text=words)
        record("person.noted", person, by=by, person_note=made.pk)
        hint(person.workspace_id, "people", 0)
    return made


def withdraw(made: PersonNote, *, by: Member) -> None:
    """Take one's own note back."""
    with write():
        if not PersonNote.objects.filter(pk=made.pk, by=by, withdrawn_at=None).update(withdrawn_at=now()):
            raise Refused("Only who wrote a note can take it back, and only once.")
        record("person.unnoted", made.person, by=by, person_note=made.pk)
        hint(made.workspace_id, "people", 0)
