"""Nights: each workspace learns once a day, in its own small hours, if there is anything new to learn from."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rapport.accounts.models import Workspace
from rapport.core.models import Event
from rapport.learning import serving, training
from rapport.learning.models import Training

HOURS = (2, 3, 4)
RESTS = timedelta(hours=20)
NEW = 10
"""So many new acts are worth a training."""
_TEACH = (
    "message.corrected", "message.felt", "message.labelled", "conversation.quieted", "conversation.reopened",
    "conversation.replied", "conversation.assigned",
)  # fmt: skip


def train(moment: datetime) -> int:
    """Put down a training for every workspace whose night it is and which has something to learn; how many."""
    return sum(_one(workspace, moment) for workspace in Workspace.objects.order_by("pk"))


def _one(workspace: Workspace, moment: datetime) -> int:
    if moment.astimezone(_zone(workspace)).hour not in HOURS:
        return 0
    last = Training.objects.filter(workspace=workspace).order_by("-pk").first()
    if last is not None and moment - last.at < RESTS:
        return 0
    if not (_stale(workspace) or _news(workspace, last)):
        return 0
    training.start(workspace)
    return 1


def _stale(workspace: Workspace) -> bool:
    """Weights in use that this version of Rapport cannot read."""
    used = Training.objects.filter(workspace=workspace, in_use=True)
    return any(not serving.readable(one) for one in used)


def _news(workspace: Workspace, last: Training | None) -> bool:
    acts = Event.objects.filter(workspace_id=workspace.pk, verb__in=_TEACH, by_id__isnull=False)
    if last is not None:
        acts = acts.filter(at__gt=last.at)
    return acts.order_by().values_list("pk", flat=True)[:NEW].count() >= NEW


def _zone(workspace: Workspace) -> ZoneInfo:
    try:
        return ZoneInfo(workspace.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
