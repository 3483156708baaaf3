"""What a narrow export holds: the rows of one person, or of one stream, and whatever these rows point to.

Subqueries everywhere but for a person's own identities, which are ids: SQLite's parser takes queries within queries only
to a certain depth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from rapport.inbox import enclosing
from rapport.inbox.models import Disposition, Feeling, Promise
from rapport.inbox.models.conversation import states_of
from rapport.learning.models import Label
from rapport.people.models import Person

Rows = QuerySet[Any]
Kinds = dict[str, Rows]


@dataclass(frozen=True)
class Core:
    """What all else hangs on. ``began``: the conversations whose own notes and answers belong; ``talks``: all of them.
    ``everyone``: the rows of people that are the one human, empty where a stream is taken out."""

    whole: Kinds
    began: Rows
    talks: Rows
    messages: Rows
    identities: Rows
    everyone: list[int]
    alone: bool
    """One person is taken out, and nothing of others that is not needed to read it."""


def rows(whole: Kinds, person: Person | None, stream: str) -> Kinds:
    """The rows of each kind, unordered; ``whole`` holds those of the workspace."""
    core = _of_person(whole, person) if person is not None else _of_stream(whole, stream)
    found = _said(core) | _known(core)
    found["member"] = whole["member"].filter(_acted(core, found))
    found["source"] = whole["source"].filter(
        Q(pk__in=core.talks.values("source")) | Q(pk__in=core.messages.values("source"))
    )
    found["term"] = whole["term"].none() if core.alone else whole["term"]
    return found | {kind: whole[kind].none() for kind in ("view", "union")}


def _of_person(whole: Kinds, person: Person) -> Core:
    everyone = [one.pk for one in person.everyone()]
    theirs = list(whole["identity"].filter(person__in=everyone).values_list("pk", flat=True))
    began = whole["conversation"].filter(identity__in=theirs)
    messages = whole["message"].filter(Q(identity__in=theirs) | Q(ours=True, conversation__in=began.values("pk")))
    talks = whole["conversation"].filter(Q(pk__in=began.values("pk")) | Q(pk__in=messages.values("conversation")))
    identities = whole["identity"].filter(Q(pk__in=theirs) | Q(messages__in=messages.values("pk"))).distinct()
    return Core(whole, began, talks, messages, identities, everyone, alone=True)


def _of_stream(whole: Kinds, stream: str) -> Core:
    talks = whole["conversation"].filter(state__in=states_of(stream))
    messages = whole["message"].filter(conversation__in=talks.values("pk"))
    speakers = Q(pk__in=talks.values("identity")) | Q(pk__in=messages.values("identity"))
    return Core(whole, talks, talks, messages, whole["identity"].filter(speakers), [], alone=False)


def _said(core: Core) -> Kinds:
    """What was said, and what was done about it."""
    whole, talks, messages = core.whole, core.talks, core.messages
    notes = whole["note"].filter(conversation__in=core.began.values("pk"))
    taggings = whole["tagging"].filter(conversation__in=talks.values("pk"))
    answers = whole["answer"].filter(
        Q(conversation__in=core.began.values("pk")) | Q(in_reply_to__in=messages.values("pk")),
        conversation__in=talks.values("pk"),
    )
    drafts = whole["draft"].none() if core.alone else whole["draft"].filter(conversation__in=talks.values("pk"))
    unsent = [*_enclosed(answers), *_enclosed(drafts)]
    return {
        "conversation": talks,
        "message": messages,
        "attachment": whole["attachment"].filter(Q(key__in=messages.values("key")) | Q(key__in=unsent)),
        "note": notes,
        "mention": whole["mention"].filter(note__in=notes.values("pk")),
        "continuation": whole["continuation"].filter(conversation__in=core.began.values("pk")),
        "act": whole["act"].filter(message__in=messages.values("pk")),
        "visit": whole["visit"].filter(conversation__in=core.began.values("pk")),
        "tagging": taggings,
        "tag": whole["tag"].filter(pk__in=taggings.values("tag")),
        "answer": answers,
        "draft": drafts,
        "event": whole["event"].filter(
            Q(subject="conversation", subject_id__in=talks.values("pk"))
            | Q(subject="message", subject_id__in=messages.values("pk"))
            | Q(subject="outgoing", subject_id__in=answers.values("pk"))
        ),
    }


def _enclosed(rows: Rows) -> list[bytes]:
    """The keys of the files that go along with these answers or drafts: few, since they lie so only until they leave."""
    return [enclosing.key_of(name) for name in rows.exclude(enclosed="").values_list("enclosed", flat=True)]


def _known(core: Core) -> Kinds:
    """Who said it, and what is known of them: of one person only what is known of them."""
    whole, identities = core.whole, core.identities
    named = Q(pk__in=identities.values("person")) | Q(pk__in=identities.values("origin"))
    named |= Q(pk__in=core.everyone) if core.alone else Q(merged_into__in=identities.values("person"))
    people = whole["person"].filter(named)
    there, own = people.values("pk"), core.everyone if core.alone else people.values("pk")
    relations = whole["relation"].filter(one__in=there, other__in=there)
    if core.alone:
        relations = relations.filter(Q(one__in=own) | Q(other__in=own))
    belongings = whole["belonging"].filter(person__in=own)
    return {
        "person": people,
        "identity": identities,
        "order": whole["order"].filter(person__in=own),
        "person_note": whole["person_note"].filter(person__in=own),
        "fact": whole["fact"].filter(message__in=core.messages.values("pk"), person__in=there),
        "merge": whole["merge"].filter(other__in=there, kept__in=there),
        "apart": whole["apart"].none() if core.alone else whole["apart"].filter(one__in=there, other__in=there),
        "relation": relations,
        "belonging": belongings,
        "organisation": whole["organisation"].filter(pk__in=belongings.values("organisation")),
    }


_ACTORS = {
    "conversation": ("assignee",),
    "event": ("by_id",),
    "person_note": ("by",),
    "fact": ("removed_by",),
    "merge": ("by", "undone_by"),
    "apart": ("by", "ended_by"),
    "relation": ("by", "ended_by"),
    "belonging": ("by", "ended_by"),
    "draft": ("member",),
    "mention": ("member",),
    "note": ("by", "asked"),
    "message": ("by",),
    "act": ("by",),
    "answer": ("by",),
    "tagging": ("by",),
}
"""Where the rows of each kind name a member."""


def _acted(core: Core, found: Kinds) -> Q:
    """The members that any of these rows names."""
    judged: Iterable[tuple[Rows, str]] = (
        (model.objects.filter(message__in=core.messages.values("pk")), who)
        for model, who in ((Disposition, "by"), (Promise, "kept_by"), (Feeling, "by"), (Label, "by"))
    )
    named = [(found[kind], name) for kind, names in _ACTORS.items() for name in names]
    who = Q(pk__in=[])
    for rows, name in (*named, *judged):
        who |= Q(pk__in=rows.values(name))
    return who
