"""Joining: an invitation, and what becomes of it: a login for a member who had none, another role, a farewell."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from rapport.accounts.models import Link, Member, Role, User, Workspace
from rapport.channels.text import one_line
from rapport.core.database import locked, now, write
from rapport.core.events import record
from rapport.core.refusal import Refused

SPENT = "This link has been used, or its two days are over. Ask whoever sent it for a new one."


def invite(workspace: Workspace, name: str, role: str, *, by: Member) -> tuple[Member, str]:
    """Make a member without a login, and the token of the one-time link that gives them one."""
    words = _name(name)
    if not words:
        raise Refused("Give the name that colleagues and customers will read.")
    _refuse_role(role, by)
    with write():
        member = Member.objects.create(workspace=workspace, name=words, role=role)
        record("member.invited", member, by=by, role=role)
        token = member.make_link()
    return member, token


def link_again(member: Member, *, by: Member) -> str:
    """A further one-time link for a member who has no login yet; an owner's seat is an owner's to give."""
    if member.user_id is not None:
        raise Refused("%(name)s has a login already.", name=member.name)
    _refuse_role(member.role, by)
    return member.make_link()


def change_role(member: Member, role: str, *, by: Member) -> None:
    """Give a member another role. The last owner stays one."""
    _refuse_role(role, by)
    if by.role != Role.OWNER:
        raise Refused("Only an owner can change roles.")
    with write():
        _refuse_last_owner(member, becomes=role)
        Member.objects.filter(pk=member.pk).update(role=role)
        record("member.role_changed", member, by=by, was=member.role, role=role)
    member.role = role


def remove(member: Member, *, by: Member) -> None:
    """A member leaves: their name stays on what they wrote, their way in is shut. The last owner stays."""
    if by.role != Role.OWNER:
        raise Refused("Only an owner can remove a member.")
    with write():
        _refuse_last_owner(member, becomes="")
        Member.objects.filter(pk=member.pk).update(left_at=now())
        record("member.left", member, by=by)


def join(link: Link, email: str, password: str, name: str = "") -> User:
    """Spend a link and give its member a login: a new one, or their own where this e-mail already has one.

    ``name``: what the member is called from now on; empty leaves the name under which they were invited.
    """
    address = User.objects.normalize_email(email.strip()).lower()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Refused("Write your whole e-mail address, such as you@example.org.") from wrong
    known = User.objects.filter(email=address).first()
    if known is not None:
        _refuse_stranger(known, password, link)
    else:
        _refuse_weak(password, User(email=address))
    with write():
        if not link.use():
            raise Refused(SPENT)
        user = known or User.objects.create_user(address, password)
        Member.objects.filter(pk=link.member_id).update(user=user, name=_name(name) or link.member.name)
    return user


def enter(link: Link, password: str = "") -> User:
    """Spend a link whose member needs no form: one with a login (who may set a new password), or the demo's visitor."""
    member = link.member
    user = member.user
    if user is None and not member.workspace.demo:
        raise Refused("Say your e-mail address and a password first.")
    if user is not None and not user.is_active:
        raise Refused("This login is shut. Ask whoever runs the server.")
    if password:
        _refuse_weak(password, user)
    with write():
        if not link.use():
            raise Refused(SPENT)
        if user is None:
            user = User.objects.create_user(f"visitor-{member.pk}@demo.invalid")
            Member.objects.filter(pk=member.pk).update(user=user)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
    return user


def _name(words: str) -> str:
    return one_line(words, 120)


def _refuse_weak(password: str, user: User | None) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages)) from weak


def _refuse_stranger(known: User, password: str, link: Link) -> None:
    if not known.is_active or not known.check_password(password):
        raise Refused("This e-mail already has a login here. Use its own password, or another e-mail address.")
    if Member.objects.filter(workspace_id=link.member.workspace_id, user=known).exists():
        raise Refused("You are already a member of this workspace under this e-mail address. Simply sign in.")


def _refuse_role(role: str, by: Member) -> None:
    if role not in Role.values:
        raise Refused("Choose a role.")
    if not by.manages or (role == Role.OWNER and by.role != Role.OWNER):
        raise Refused("Only an owner can make an owner.")


def _refuse_last_owner(member: Member, *, becomes: str) -> None:
    if becomes == Role.OWNER:
        return
    owners = locked(Member.objects.active().filter(workspace_id=member.workspace_id, role=Role.OWNER))
    if [owner.pk for owner in owners] == [member.pk]:
        raise Refused("Somebody must own the workspace. Make another member an owner first.")
