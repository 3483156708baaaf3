"""What an export covers: a whole workspace, one stream of it, or one person with what was said by and to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from rapport.accounts.models import Member, Workspace
from rapport.core.models import Event
from rapport.inbox.models import (
    Act,
    Attachment,
    Continuation,
    Conversation,
    Draft,
    Fact,
    Mention,
    Message,
    Note,
    Outgoing,
    PersonNote,
    Relation,
    Source,
    Tag,
    Tagging,
    Term,
    View,
    Visit,
)
from rapport.ingest.memory import narrow
from rapport.people.models import Apart, Belonging, Identity, Merge, Order, Organisation, Person, Union

STREAMS = ("needs", "waiting", "answered", "quiet", "all")


@dataclass(frozen=True)
class Scope:
    """The rows of each kind. Of a person: everything they said, and what we said in the conversations they began."""

    workspace: Workspace
    person: Person | None = None
    stream: str = ""

    @property
    def words(self) -> dict[str, Any]:
        """How the first line says it."""
        return {"person": self.person.pk if self.person else None, "stream": self.stream}

    def rows(self, kind: str) -> QuerySet[Any]:
        """The rows of one kind, unordered. A narrow scope holds only what its conversations and messages point to."""
        if self.person is None and self.stream in {"", "all"}:
            return self._whole()[kind]
        return narrow.rows(self._whole(), self.person, self.stream)[kind]

    def _whole(self) -> dict[str, QuerySet[Any]]:
        own = {"workspace": self.workspace}
        return {
            "member": Member.objects.filter(**own),
            "term": Term.objects.filter(**own),
            "tag": Tag.objects.filter(**own),
            "view": View.objects.filter(**own),
            "person": Person.objects.filter(**own),
            "identity": Identity.objects.filter(**own),
            "order": Order.objects.filter(**own),
            "person_note": PersonNote.objects.filter(**own),
            "source": Source.objects.filter(**own),
            "conversation": Conversation.objects.filter(**own),
            "continuation": Continuation.objects.filter(**own),
            "visit": Visit.objects.filter(**own),
            "tagging": Tagging.objects.filter(conversation__workspace=self.workspace),
            "message": Message.objects.filter(**own),
            "act": Act.objects.filter(**own),
            "attachment": Attachment.objects.filter(**own),
            "fact": Fact.objects.filter(**own),
            "note": Note.objects.filter(conversation__workspace=self.workspace),
            "mention": Mention.objects.filter(**own),
            "draft": Draft.objects.filter(conversation__workspace=self.workspace),
            "answer": Outgoing.objects.filter(**own),
            "merge": Merge.objects.filter(**own),
            "apart": Apart.objects.filter(**own),
            "relation": Relation.objects.filter(**own),
            "organisation": Organisation.objects.filter(**own),
            "belonging": Belonging.objects.filter(**own),
            "union": Union.objects.filter(**own),
            "event": Event.objects.filter(workspace_id=self.workspace.pk),
        }

    def _everyone(self) -> list[int]:
        """The rows of people that are this human."""
        return [one.pk for one in self.person.everyone()] if self.person else []
