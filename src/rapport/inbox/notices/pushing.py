"""Pushing: notices to the browsers of a member, by Web Push; those of one quiet night come as one."""

from __future__ import annotations

import hashlib
import json
import logging

from django.urls import reverse

from rapport.accounts.models import Member
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.secret import seal, unseal
from rapport.inbox.models import Notification, PushAddress, PushKey
from rapport.inbox.notices import choosing, sender, wording
from rapport.inbox.notices.announcing import choice_of
from rapport.net import errors, push

AT_ONCE = 50
PER_MEMBER = 10
log = logging.getLogger(__name__)


def our_key() -> str:
    """This server's private key (base64url), made when it is first asked for."""
    row = PushKey.objects.filter(name="vapid").first()
    if row is None:
        with write():
            row, _made = PushKey.objects.get_or_create(
                name="vapid", defaults={"sealed": seal({"key": push.make_key()})}
            )
    return unseal(row.sealed)["key"]


def add(member: Member, endpoint: str, key: str, secret: str) -> None:
    """Remember a browser. Whoever else used it before is told nothing there any more. Raises ValueError."""
    browser = push.Browser.read(endpoint, key, secret)
    kept = seal({"endpoint": browser.endpoint, "key": key, "secret": secret})
    mark = mark_of(endpoint)
    with write():
        PushAddress.objects.filter(endpoint_hash=mark).exclude(member__user_id=member.user_id or 0).delete()
        PushAddress.objects.update_or_create(member=member, endpoint_hash=mark, defaults={"sealed": kept})
        mine = PushAddress.objects.filter(member=member).order_by("-pk").values_list("pk", flat=True)
        PushAddress.objects.filter(pk__in=list(mine[PER_MEMBER:])).delete()


def knows(member: Member, endpoint: str) -> bool:
    """Is this member told in that browser?"""
    return PushAddress.objects.filter(member=member, endpoint_hash=mark_of(endpoint)).exists()


def remove(member: Member, endpoint: str) -> None:
    """Forget a browser in all of its user's workspaces."""
    PushAddress.objects.filter(member__user_id=member.user_id or 0, endpoint_hash=mark_of(endpoint)).delete()


def silence(mark: str) -> None:
    """Somebody left the browser with this mark (see ``mark_of``): nobody is told anything there any more."""
    PushAddress.objects.filter(endpoint_hash=mark).delete()


@work.job("notice.push")
def carry(row: work.Claimed) -> None:
    """Tell a member's browsers what they have not been told and not read. May run again: a browser shows it once."""
    members = Member.objects.active().filter(pk=row.payload["member"], user__is_active=True)
    member = members.select_related("workspace", "wishes").first()
    if member is None:
        return
    waiting = Notification.objects.filter(member=member, pushed=True, pushed_at=None, read_at=None)
    rows = list(waiting.select_related("by").order_by("-pk")[:AT_ONCE])
    told = wording.tell(member, rows)
    until = choosing.quiet_until(choice_of(getattr(member, "wishes", None)), now())
    if told and until:
        key = f"push:{member.pk}:{int(until.timestamp())}"
        payload, space = dict(row.payload), member.workspace_id
        work.put("notice.push", payload, workspace_id=space, due_at=until, key=key, lane=row.lane)
        return
    addresses = PushAddress.objects.filter(member=member)
    busy = [why for address in addresses if told and (why := _knock(address, _words(member, told)))]
    if busy:
        raise work.Again(busy[0])
    Notification.objects.filter(pk__in=[one.pk for one in rows]).update(pushed_at=now())


def _words(member: Member, told: list[wording.Told]) -> bytes:
    """What the service worker shows: a sentence and a place to open; never what anybody wrote."""
    one = told[0]
    alone = len(told) == 1
    said = {
        "title": one.sentence if alone else wording.summary(len(told)),
        "body": member.workspace.name,
        "url": one.path if alone else reverse("notices", args=[member.workspace.slug]),
        "tag": f"notice-{one.row.pk}",
    }
    return json.dumps(said).encode()


def _knock(address: PushAddress, words: bytes) -> str:
    """One browser. Returns a sentence when it is worth trying again."""
    kept = unseal(address.sealed)
    try:
        browser = push.Browser.read(kept["endpoint"], kept["key"], kept["secret"])
        push.knock(browser, words[: push.MOST], our_key(), f"mailto:{sender.address()}")
    except push.Gone:
        address.delete()
    except (errors.Refused, errors.Rejected, ValueError) as error:
        log.warning("push address %s: %s", address.pk, error)
    except errors.NetError as error:
        return error.message
    return ""


def mark_of(endpoint: str) -> str:
    """What a browser is known by here, and keeps in a cookie: it says nothing of where it is reached."""
    return hashlib.sha256(endpoint.encode("utf-8", "replace")).hexdigest()
