"""The endpoint: any server that speaks the OpenAI form of chat completions, asked about one masked post at a time.

Through the one door, within a monthly budget that is taken before anything leaves. What comes back may only lift.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

from rapport import net
from rapport.accounts.models import Workspace
from rapport.core import secret, work
from rapport.core.database import locked, now, write
from rapport.inbox.models import Message
from rapport.learning.models import Look, SecondLook
from rapport.learning.second import arranging
from rapport.learning.second.lifting import RANK, lift, reason
from rapport.net.door import Patience
from rapport.understanding.second import asking
from rapport.understanding.second.masking import mask

PATIENCE: Final = Patience(connect=5.0, read=45.0, total=60.0)
_LARGEST: Final = 200_000


def look(workspace: Workspace, arranged: SecondLook, message: Message) -> bool:
    """Ask about one message and take what may be taken. False: no more this month. Raises work.Again, work.Dead."""
    masked = mask(message.text, _names(message))[: asking.LONGEST]
    taken = _reserve(workspace, arranged, message, masked)
    if taken is None:
        return False
    try:
        answer = _ask(arranged, masked)
    except net.Refused as error:
        _over(arranged, taken, "failed", error.message, left=False)
        raise work.Dead(error.message) from error
    except net.NetError as error:
        _over(arranged, taken, "failed", error.message, left=not isinstance(error, net.NeverLeft))
        return True
    if answer.status == 429 or answer.status >= 500:
        host_says = f"The server answers {answer.status}: it is asked again later."
        _over(arranged, taken, "", host_says, left=False)
        raise work.Again(host_says, answer.retry_after(datetime.now(UTC)))
    if not answer.ok:
        _over(arranged, taken, "failed", f"The server answers {answer.status}: look at the address, model and key.")
        return True
    _take(arranged, taken, message, answer.body, masked)
    return True


def _names(message: Message) -> tuple[str, ...]:
    """What whoever wrote it is called; an address is covered anyway."""
    identity = message.identity
    return (identity.name, identity.person.name, identity.address.partition("@")[0]) if identity else ()


def _reserve(workspace: Workspace, arranged: SecondLook, message: Message, masked: str) -> Look | None:
    """Take this request from the month's budget; None where it is spent. The row stands before anything leaves."""
    with write():
        locked(SecondLook.objects.filter(pk=arranged.pk)).first()
        spent, cost = arranging.spent(workspace, now()), asking.guessed(masked)
        if spent.requests >= arranged.requests or spent.tokens + cost > arranged.tokens:
            return None
        return Look.objects.create(workspace=workspace, message=message, kind="endpoint", outcome="failed", tokens=cost)


def _ask(arranged: SecondLook, masked: str) -> net.Answer:
    key = secret.unseal(arranged.sealed).get("key", "")
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps(asking.request(arranged.model, masked)).encode()
    url = f"{arranged.url.rstrip('/')}/chat/completions"
    return net.request("POST", url, headers=headers, body=body, patience=PATIENCE, max_bytes=_LARGEST)


def _take(arranged: SecondLook, taken: Look, message: Message, body: bytes, masked: str) -> None:
    """What the answer says, where it can be used; else it is discarded, and counted."""
    try:
        seen, cost = asking.read(body, masked)
    except asking.Useless as error:
        _over(arranged, taken, error.code, "", cost=_cost(body))
        return
    stands = message.decision
    if stands is not None and RANK[seen.needs] < RANK[stands.needs]:
        _over(arranged, taken, "down", "", cost=cost)
        return
    reasons = [reason("second.endpoint", 1.0, message.text[start:end], start, end) for start, end in seen.spans] or [
        reason("second.endpoint")
    ]
    lifted = seen.needs != "no" and lift(message, seen.needs, reasons)
    _over(arranged, taken, "lifted" if lifted else "alike", "", cost=cost)


def _cost(body: bytes) -> int:
    try:
        return asking.tokens(json.loads(body))
    except (ValueError, RecursionError):
        return 0


def _over(arranged: SecondLook, taken: Look, outcome: str, error: str, *, cost: int = 0, left: bool = True) -> None:
    """How it ended. What never left costs nothing; an empty outcome is no look at all, so that it is tried again."""
    with write():
        if not outcome:
            taken.delete()
        else:
            taken.outcome, taken.tokens = outcome, (cost or taken.tokens) if left else 0
            taken.save(update_fields=["outcome", "tokens"])
        SecondLook.objects.filter(pk=arranged.pk).update(error=error[:500])
