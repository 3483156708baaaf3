"""Delivery reports (RFC 3464): which mail of ours they are about, and what became of it, in words. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message
from email.parser import HeaderParser
from typing import Literal

from rapport.channels.base import Report
from rapport.channels.rfc822 import Cautious, decoded, header, ids
from rapport.channels.text import one_line

ACTIONS: dict[str, Literal["delivered", "delayed", "bounced"]] = {
    "failed": "bounced", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered",
}  # fmt: skip
WHY = {
    "1.1": "There is no such mailbox.",
    "1.2": "There is no such mail server.",
    "1.3": "The address is written wrongly.",
    "1.6": "The mailbox has moved away.",
    "2.1": "The mailbox is closed.",
    "2.2": "The mailbox is full.",
    "2.3": "The message is too long for that mailbox.",
    "3.4": "The message is too big for that server.",
    "4.1": "Their mail server does not answer.",
    "4.4": "No mail server could be found for that address.",
    "4.7": "Their mail server did not answer in time.",
    "7.1": "Their mail server refuses us.",
    "7.26": "Their mail server does not believe that the mail is from us (SPF, DKIM or DMARC).",
}
"""What a code of RFC 3463 means, by its last two numbers."""
CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def is_report(message: Message) -> bool:
    """Is it a report about the delivery of a mail?"""
    return message.get_content_type() == "multipart/report" and any(_status_parts(message))


def read(message: Message, network: str, at: datetime | None) -> Report | None:
    """The report; None where it does not say which mail it is about, or what became of it."""
    about = _about(message)
    fields = [one for part in _status_parts(message) for one in _blocks(part)]
    told = [one for one in fields if one.get("action")]
    if not about or not told:
        return None
    worst = min(told, key=lambda one: list(ACTIONS).index(one["action"]) if one["action"] in ACTIONS else 9)
    state = ACTIONS.get(worst["action"])
    if state is None:
        return None
    return Report(network=network, external_id=about, state=state, reason=_reason(worst), at=at)


def _status_parts(message: Message) -> list[Message]:
    return [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields: of the whole, and of each recipient (the library parses them as messages)."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    return [
        {
            name: header(block, name).lower() if name == "action" else header(block, name)
            for name in ("action", "status", "diagnostic-code")
        }
        for block in blocks[:50]
        if isinstance(block, Message)
    ]


def _about(message: Message) -> str:
    """The Message-ID of the mail that came back: of its own copy inside, whole or its head alone."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            found = ids(inner[0], "Message-ID") if isinstance(inner, list) and isinstance(inner[0], Message) else []
        elif kind == "text/rfc822-headers":
            found = ids(HeaderParser(policy=Cautious()).parsestr(decoded(part)[:20_000]), "Message-ID")
        else:
            continue
        if found:
            return found[0]
    return ""


def _reason(fields: dict[str, str]) -> str:
    code = CODE.search(fields["status"]) or CODE.search(fields["diagnostic-code"])
    known = WHY.get(f"{code.group(2)}.{code.group(3)}", "") if code else ""
    said = one_line(re.sub(r"^\s*(?:smtp|x400)\s*;\s*", "", fields["diagnostic-code"], flags=re.IGNORECASE), 200)
    if known:
        return known
    return f"Their mail server said: {said}" if said else "Their mail server gave no reason."
