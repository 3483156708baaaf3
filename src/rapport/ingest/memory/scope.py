"""What an export covers: a whole workspace, one stream of it, or one person with what was said by and to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from rapport.accounts.models import Member, Workspace
from rapport.core.models import Event
from rapport.inbox.models import (
    Conversation,
    Disposition,
    Draft,
    Fact,
    Feeling,
    Mention,
    Message,
    Note,
    Outgoing,
    PersonNote,
    Promise,
    Relation,
    Source,
    Tag,
    Tagging,
    Term,
    View,
)
from rapport.inbox.models.conversation import states_of
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
        return self._narrow()[kind]

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
            "tagging": Tagging.objects.filter(conversation__workspace=self.workspace),
            "message": Message.objects.filter(**own),
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

    def _narrow(self) -> dict[str, QuerySet[Any]]:
        whole = self._whole()
        if self.person is not None:
            # Ids and no query inside: SQLite's parser takes queries within queries only to a certain depth.
            theirs = list(whole["identity"].filter(person__in=self._everyone()).values_list("pk", flat=True))
            began = whole["conversation"].filter(identity__in=theirs)
            messages = whole["message"].filter(
                Q(identity__in=theirs) | Q(ours=True, conversation__in=began.values("pk"))
            )
            talks = whole["conversation"].filter(
                Q(pk__in=began.values("pk")) | Q(pk__in=messages.values("conversation"))
            )
            identities = whole["identity"].filter(Q(pk__in=theirs) | Q(messages__in=messages.values("pk"))).distinct()
        else:
            began = talks = whole["conversation"].filter(state__in=states_of(self.stream))
            messages = whole["message"].filter(conversation__in=talks.values("pk"))
            identities = whole["identity"].filter(
                Q(pk__in=talks.values("identity")) | Q(pk__in=messages.values("identity"))
            )
        return self._around(began, talks, messages, identities)

    def _around(
        self, began: QuerySet[Any], talks: QuerySet[Any], messages: QuerySet[Any], identities: QuerySet[Any]
    ) -> dict[str, QuerySet[Any]]:
        whole = self._whole()
        drafts = whole["draft"].none() if self.person else whole["draft"].filter(conversation__in=talks.values("pk"))
        notes = whole["note"].filter(conversation__in=began.values("pk"))
        taggings = whole["tagging"].filter(conversation__in=talks.values("pk"))
        mentions = whole["mention"].filter(note__in=notes.values("pk"))
        answers = (
            whole["answer"]
            .filter(Q(conversation__in=began.values("pk")) | Q(in_reply_to__in=messages.values("pk")))
            .filter(conversation__in=talks.values("pk"))
        )
        events = whole["event"].filter(
            Q(subject="conversation", subject_id__in=talks.values("pk"))
            | Q(subject="message", subject_id__in=messages.values("pk"))
            | Q(subject="outgoing", subject_id__in=answers.values("pk"))
        )
        people = Q(pk__in=identities.values("person")) | Q(pk__in=identities.values("origin"))
        people |= Q(pk__in=self._everyone()) if self.person else Q(merged_into__in=identities.values("person"))
        merges = whole["merge"].filter(other__in=whole["person"].filter(people).values("pk"))
        merges = merges.filter(kept__in=whole["person"].filter(people).values("pk"))
        judged = Disposition.objects.filter(message__in=messages.values("pk"))
        acted: list[QuerySet[Any, Any]] = [talks.values("assignee"), events.values("by_id")]
        about = whole["person_note"].filter(person__in=whole["person"].filter(people).values("pk"))
        about = about if self.person is None else about.filter(person__in=self._everyone())
        facts = whole["fact"].filter(message__in=messages.values("pk"))
        facts = facts.filter(person__in=whole["person"].filter(people).values("pk"))
        kept = Promise.objects.filter(message__in=messages.values("pk"))
        felt = Feeling.objects.filter(message__in=messages.values("pk"))
        acted += [about.values("by"), facts.values("removed_by"), kept.values("kept_by"), felt.values("by")]
        apart = whole["apart"].none() if self.person else whole["apart"].filter(one__in=whole["person"].filter(people))
        apart = apart.filter(other__in=whole["person"].filter(people).values("pk"))
        acted += [merges.values("by"), merges.values("undone_by"), apart.values("by"), apart.values("ended_by")]
        belongings = whole["belonging"].filter(
            person__in=self._everyone() if self.person else whole["person"].filter(people).values("pk")
        )
        relations = whole["relation"].filter(one__in=whole["person"].filter(people).values("pk"))
        relations = relations.filter(other__in=whole["person"].filter(people).values("pk"))
        if self.person is not None:
            relations = relations.filter(Q(one__in=self._everyone()) | Q(other__in=self._everyone()))
        acted += [relations.values("by"), relations.values("ended_by")]
        acted += [belongings.values("by"), belongings.values("ended_by")]
        acted += [drafts.values("member"), mentions.values("member"), notes.values("asked")]
        acted += [rows.values("by") for rows in (messages, notes, answers, judged, taggings)]
        who = Q(pk__in=[])
        for ids in acted:
            who |= Q(pk__in=ids)
        return {
            "member": whole["member"].filter(who),
            "term": whole["term"] if self.person is None else whole["term"].none(),
            "tag": whole["tag"].filter(pk__in=taggings.values("tag")),
            "view": whole["view"].none(),
            "person": whole["person"].filter(people),
            "identity": identities,
            "order": whole["order"].filter(person__in=whole["person"].filter(people).values("pk"))
            if self.person is None
            else whole["order"].filter(person__in=self._everyone()),
            "person_note": about,
            "fact": facts,
            "source": whole["source"].filter(Q(pk__in=talks.values("source")) | Q(pk__in=messages.values("source"))),
            "conversation": talks,
            "tagging": taggings,
            "message": messages,
            "note": notes,
            "mention": mentions,
            "draft": drafts,
            "answer": answers,
            "merge": merges,
            "apart": apart,
            "organisation": whole["organisation"].filter(pk__in=belongings.values("organisation")),
            "relation": relations,
            "belonging": belongings,
            "union": whole["union"].none(),
            "event": events,
        }
