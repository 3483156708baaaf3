"""Looking again: the least sure of what has arrived are put down, and looked at by the worker's own loop.

The line never waits: a reader of ``messages.arrived`` puts a due row down, nothing more. Every message is looked at
once by each kind; killed half-way, a job goes on with what nobody has looked at.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, Final

import numpy as np
from django.conf import settings

from rapport.accounts.models import Workspace
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.events import on
from rapport.core.models import Event
from rapport.inbox.models import Disposition, Message
from rapport.learning import examples
from rapport.learning.course.lessons import sure
from rapport.learning.models import Look, SecondLook
from rapport.learning.second import endpoint
from rapport.learning.second.lifting import lift, reason
from rapport.understanding.second import neighbours
from rapport.understanding.second.encoder import Encoder, Unusable

KIND: Final = "second.look"
SHARE: Final = 0.2
"""At most this share of what arrives is looked at again."""
LESS_SURE: Final = 0.85
RECENT: Final = timedelta(days=7)
KNOWN: Final = 2_000
_encoders: dict[str, Encoder] = {}
_vectors: dict[int, dict[tuple[str, int], Any]] = {}


@on("messages.arrived")
def put_down(event: Event) -> None:
    """The least sure of this batch, where the workspace wants a second look."""
    arranged = SecondLook.objects.filter(workspace_id=event.workspace_id).first()
    first, last = int(event.facts.get("first", 0)), int(event.facts.get("last", 0))
    if arranged is None or not (arranged.encoder or arranged.endpoint) or not last:
        return
    if ids := least_sure(event.workspace_id, first, last, int(event.facts.get("count", 0))):
        payload = {"workspace": event.workspace_id, "ids": ids}
        work.put(KIND, payload, workspace_id=event.workspace_id, key=f"{KIND}:{event.pk}")


def least_sure(workspace_id: int, first: int, last: int, count: int) -> list[int]:
    """Messages of this batch that the program is least sure of: the unsure, then the weakest *no*."""
    rows = Disposition.objects.filter(
        message__gte=min(first, last), message__lte=max(first, last), message__workspace=workspace_id, by=None,
        message__deleted_at=None, message__said_at__gte=now() - RECENT, needs__in=("unsure", "no"),
    )  # fmt: skip
    rows = rows.filter(confidence__lt=LESS_SURE).order_by("-needs", "confidence", "message")
    return list(rows.values_list("message", flat=True)[: max(1, math.ceil(SHARE * count))])


@work.job(KIND)
def run(row: work.Claimed) -> None:
    """Both kinds of look, the near one first; what it lifts to *yes* is not sent anywhere."""
    workspace = Workspace.objects.get(pk=row.payload["workspace"])
    arranged = SecondLook.objects.filter(workspace=workspace).first()
    if arranged is None:
        return
    if arranged.encoder:
        _encode(workspace, arranged, _open(row.payload["ids"], "encoder"))
    if arranged.endpoint:
        for message in _open(row.payload["ids"], "endpoint"):
            if not row.extend():
                raise work.Stopped
            if not endpoint.look(workspace, arranged, message):
                return


def _open(ids: list[int], kind: str) -> list[Message]:
    """Those that this kind has not looked at, and that are still in doubt."""
    done = set(Look.objects.filter(message__in=ids, kind=kind).values_list("message", flat=True))
    rows = Message.objects.filter(pk__in=[id for id in ids if id not in done], deleted_at=None).exclude(text="")
    found = rows.select_related("conversation").order_by("pk")
    return [one for one in found if (stands := one.decision) and stands.by_id is None and stands.needs != "yes"]


def _encode(workspace: Workspace, arranged: SecondLook, messages: list[Message]) -> None:
    """Compare with what the team answered; a folder that cannot be used is said on the page."""
    try:
        encoder = _encoder()
        if not messages:
            return
        lessons = [one for one in examples.gather(workspace, "needs") if sure(one)][-KNOWN:]
        known = _embedded(workspace, encoder, [(one.id, one.text) for one in lessons])
        answered = np.array([one.answer == "yes" for one in lessons], dtype=np.bool_)
        found = neighbours.look(encoder.embed([one.text for one in messages]), known, answered)
    except Unusable as error:
        SecondLook.objects.filter(pk=arranged.pk).update(error=str(error)[:500])
        return
    for message, near in zip(messages, found, strict=True):
        needs = neighbours.needs(near)
        with write():
            lifted = needs != "no" and lift(message, needs, [reason("second.encoder", float(near.posts))])
            outcome = "lifted" if lifted else "alike" if near.posts else "unknown"
            Look.objects.get_or_create(
                message=message, kind="encoder", defaults={"workspace": workspace, "outcome": outcome}
            )


def _encoder() -> Encoder:
    folder = settings.RAPPORT_ENCODER
    if folder is None:
        raise Unusable("No encoder is named: whoever runs the server sets RAPPORT_ENCODER to its folder.")
    if str(folder) not in _encoders:
        _encoders[str(folder)] = Encoder.load(folder)
    return _encoders[str(folder)]


def _embedded(workspace: Workspace, encoder: Encoder, texts: list[tuple[int, str]]) -> Any:
    """The vectors of these posts, remembered while they are examples: who was forgotten is among them no more."""
    before = _vectors.get(workspace.pk, {})
    keys = [(text, id) for id, text in texts]
    new = [key for key in keys if key not in before]
    made = dict(zip(new, encoder.embed([text for text, _ in new]), strict=True))
    _vectors[workspace.pk] = {key: made[key] if key in made else before[key] for key in keys}
    return np.array([_vectors[workspace.pk][key] for key in keys], dtype=np.float32)
