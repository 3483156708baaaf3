"""Vouching: what stands in the DNS for the domain of each connected mailbox, looked up by the worker once a day and kept.

A page only reads what was found, with its date; what it says of it is decided anew each time (``channels.mail.vouching``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import compat32

import msgspec
from django.db.models import Q

from rapport import net
from rapport.accounts.models import Member
from rapport.channels.base import ChannelError
from rapport.channels.mail import asking, providers
from rapport.channels.mail import vouching as judging
from rapport.channels.mail.vouching import Finding, Records
from rapport.core import work
from rapport.core.database import now, write
from rapport.core.refusal import Refused
from rapport.inbox.models import Arrival, Source
from rapport.net import names

KIND = "mail.vouch"
MAIL = "mail"
EVERY = timedelta(days=1)
LOOKED_THROUGH = 60
"""Newest mails that are looked through for a signature of ours."""
HEAD = 64 * 1024
Ask = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True)
class Vouched:
    """What was found for one mailbox, when, and what it says."""

    domain: str
    at: datetime
    findings: tuple[Finding, ...]


def of(source: Source) -> Vouched | None:
    """What was found last; None for what is no mailbox, or was never looked up."""
    kept = source.vouched
    if source.kind != MAIL or not kept:
        return None
    records = msgspec.convert(kept["records"], Records)
    return Vouched(records.domain, datetime.fromisoformat(kept["at"]), judging.judge(records))


def again(source: Source, *, by: Member) -> None:
    """Look it up again now (the worker does). Raises Refused."""
    if not by.manages:
        raise Refused("Only an owner or a manager can change a source. Ask one of them.")
    if source.kind == MAIL:
        work.put_again(KIND, {"source": source.pk}, key=_key(source.pk), workspace_id=source.workspace_id)


def due(moment: datetime) -> int:
    """Put down every mailbox that was not looked up for a day (the worker's, every few minutes). How many."""
    rows = Source.objects.filter(kind=MAIL, paused_at=None).filter(
        Q(vouched_at=None) | Q(vouched_at__lt=moment - EVERY)
    )
    found = list(rows.values_list("pk", "workspace_id"))
    for id, workspace_id in found:
        work.put(KIND, {"source": id}, workspace_id=workspace_id, key=_key(id))
    return len(found)


@work.job(KIND)
def run(row: work.Claimed) -> None:
    if source := Source.objects.filter(pk=row.payload["source"]).first():
        look(source)


def look(source: Source, ask: Ask = names.texts) -> None:
    """Look up what stands in the DNS for its address, and keep it."""
    try:
        box = asking.box_of(source.settings)
    except ChannelError:
        return
    domain = box.domain.lower()
    if domain in providers.FREE or not judging.can_be_asked(domain):
        found = Records(domain=domain, sender=box.smtp_host)
    else:
        found = _ask(domain, box.smtp_host, seen(source, domain), ask)
    moment = now()
    kept = {"at": moment.isoformat(), "records": msgspec.to_builtins(found)}
    with write():
        Source.objects.filter(pk=source.pk).update(vouched=kept, vouched_at=moment)


def _ask(domain: str, sender: str, selectors: list[str], ask: Ask) -> Records:
    """Everything that concerns a domain. Where nobody answers at all, that alone is said."""
    try:
        spf = ask(domain)
        dmarc_at = ""
        dmarc: tuple[str, ...] = ()
        for place in judging.above(domain):
            dmarc = tuple(one for one in ask(f"_dmarc.{place}") if one.upper().startswith("V=DMARC1"))
            if dmarc:
                dmarc_at = place
                break
        dkim: list[tuple[str, str]] = []
        for selector in judging.names(domain, selectors):
            dkim += [(selector, one) for one in ask(f"{selector}._domainkey.{domain}") if "p=" in one][:1]
            if dkim and selector not in selectors:
                break
    except net.NeverLeft:
        return Records(domain=domain, sender=sender, away=True)
    spf = tuple(one for one in spf if one.lower().startswith("v=spf1"))
    return Records(domain=domain, sender=sender, spf=spf, dmarc=dmarc, dmarc_at=dmarc_at, dkim=tuple(dkim))


def seen(source: Source, domain: str) -> list[str]:
    """The selectors under which our own mails were signed, as far as any came back to the mailbox; the newest first."""
    raws = Arrival.objects.filter(source=source).order_by("-pk").values_list("raw", flat=True)[:LOOKED_THROUGH]
    found: dict[str, None] = {}
    for raw in raws:
        head = bytes(raw)[:HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
        if b"domainkey" not in head.lower() and b"dkim-signature" not in head.lower():
            continue
        for words in message_from_bytes(head, policy=compat32).get_all("DKIM-Signature", [])[:5]:
            if selector := judging.selector_of(str(words), domain):
                found[selector] = None
    return list(found)[:5]


def _key(source_id: int) -> str:
    return f"{KIND}:{source_id}"
