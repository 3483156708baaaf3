"""Who works here: User (a login), Workspace (a side of many relationships), Member (a person's place in one), Link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from rapport.core.database import now, write
from rapport.core.events import record

LINK_LIVES = timedelta(days=2)


class Role(models.TextChoices):
    """What a member may do: owner > manager > agent > observer (who reads only)."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    AGENT = "agent", "Agent"
    OBSERVER = "observer", "Observer"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A login. What somebody may do hangs on their Members, never on the User."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=12, default="", db_default="")
    """What the screens speak to them, where they chose; else what their browser asks for."""
    created_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()


class Workspace(models.Model):
    """One side of many relationships: a company's, or a customer's own (``perspective``)."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=120)
    perspective = models.CharField(max_length=20, default="company")
    zone = models.CharField(max_length=60, default="UTC")
    languages = models.JSONField(default=list)
    demo = models.BooleanField(default=False)
    manner = models.JSONField(default=dict)
    """How everybody who writes here does so, in figures, made anew daily (see ``inbox.manner``)."""
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(left_at__isnull=True)

    def of(self, user: Any) -> Self:
        """The memberships of whoever is logged in; none for a stranger."""
        return self.active().filter(user_id=user.pk) if user.is_authenticated else self.none()


class Member(models.Model):
    """A person's place in a workspace. It may have no login (a colleague who is only named)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="members")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    zone = models.CharField(max_length=60, default="", db_default="")
    """Where they work; empty: where the workspace does."""
    created_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True)
    guide_step = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Where they stand in the guided first minute, counted from one; 0 when it is not open."""

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The zone whose clock this member reads."""
        try:
            return ZoneInfo(self.zone or self.workspace.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def answers(self) -> bool:
        """May this member act on conversations (everyone but an observer)?"""
        return self.role != Role.OBSERVER

    @property
    def manages(self) -> bool:
        """May this member change the workspace: sources, terms, members?"""
        return self.role in {Role.OWNER, Role.MANAGER}

    def turn_guide(self, step: int) -> None:
        """Open the guided first minute at a step, or close it (0)."""
        with write():
            if Member.objects.filter(pk=self.pk).exclude(guide_step=step).update(guide_step=step):
                record("member.guided", self, by=self, step=step)
        self.guide_step = step

    def make_link(self) -> str:
        """A one-time link's token, shown once and stored only as a hash."""
        token = secrets.token_urlsafe(24)
        with write():
            Link.objects.create(member=self, token_hash=Link.hash(token), expires_at=now() + LINK_LIVES)
            record("link.made", self)
        return token


class Link(models.Model):
    """A link that logs its member in once: the first owner's, or an invitation."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @staticmethod
    def hash(token: str) -> str:
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    @classmethod
    def find(cls, token: str) -> Link | None:
        """The link of this token while it is good, else None."""
        fresh = cls.objects.filter(used_at__isnull=True, expires_at__gt=now(), member__left_at__isnull=True)
        return fresh.select_related("member__workspace", "member__user").filter(token_hash=cls.hash(token)).first()

    def use(self) -> bool:
        """Spend the link (compare-and-swap). False when it was spent a moment ago."""
        with write():
            if not Link.objects.filter(pk=self.pk, used_at__isnull=True).update(used_at=now()):
                return False
            record("link.used", self.member, by=self.member)
            return True
