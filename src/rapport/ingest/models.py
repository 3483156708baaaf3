"""Mapping: which column holds what, kept under a name for the next file of the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models

from rapport.accounts.models import Workspace
from rapport.channels.files import write_map
from rapport.core.database import now, write
from rapport.core.hashing import key
from rapport.core.refusal import Refused


class SavedMapping(models.Model):
    """A mapping as ``write_map`` writes it, and the columns of the file that it was made for."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    columns = models.BinaryField(max_length=16)
    """The 16-byte hash of the columns' names, in whatever order they stand."""
    written = models.TextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="mapping_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def fitting(cls, workspace: Workspace, columns: Iterable[str]) -> models.QuerySet[SavedMapping]:
        """Those made for files of these very columns, the newest first."""
        return cls.objects.filter(workspace=workspace, columns=_hash(columns)).order_by("-created_at", "-pk")

    @classmethod
    def keep(cls, workspace: Workspace, name: str, columns: Iterable[str], mapping: Mapping[str, str]) -> SavedMapping:
        """Keep it; what had this name before is replaced. Raises Refused for a name that is none."""
        words = " ".join(name.replace("\x00", "").split())
        if not words or len(words) > 80:
            raise Refused("Give the mapping a name of at most 80 characters.")
        there = {"columns": _hash(columns), "written": write_map(mapping), "created_at": now()}
        with write():
            return cls.objects.update_or_create(workspace=workspace, name=words, defaults=there)[0]


def _hash(columns: Iterable[str]) -> bytes:
    return key(*sorted(columns))
