"""Chatwoot's export: conversations with their messages, as its API writes them (a list, ``payload``, or JSON Lines).

https://developers.chatwoot.com/api-reference: message types are incoming 0, outgoing 1, activity 2, template 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from rapport.channels import envelopes
from rapport.channels.base import Card, Remark
from rapport.channels.files.exports.export import Context, Export, Row, card, email, many, part, phone, word
from rapport.channels.files.piece import Piece, Thing
from rapport.channels.text import clean

NETWORK = "chatwoot"
TYPES = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}


def claims(row: Row, list: str) -> bool:
    messages = many(row, "messages")
    return bool(messages) and any("message_type" in one for one in messages)


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """The contact, then each message; what the system itself logged is passed over."""
    if not word(row, "id"):
        yield Piece(whole.position, whole.raw, "the conversation has no id")
        return
    contact = part(row, "contact") or part(part(row, "meta"), "sender")
    if word(contact, "id"):
        yield Piece(f"{whole.position}, contact", whole.raw, make=partial(_card, contact, context))
    for number, message in enumerate(many(row, "messages"), 1):
        kind = word(message, "message_type")
        kind = TYPES.get(kind, kind)
        yield Piece(
            f"{whole.position}, message {number}",
            msgspec.json.encode(message),
            make=partial(_message, row, contact, message, kind, context),
            passed=kind == "activity",
        )


def _card(contact: Row, context: Context) -> Card:
    addresses = [(context.network or NETWORK, _contact(contact)), ("email", email(word(contact, "email")))]
    company = word(contact, "additional_attributes", "company_name")
    return card(word(contact, "name"), [*addresses, ("phone", phone(word(contact, "phone_number")))], company)


def _contact(contact: Row) -> str:
    return f"contact-{word(contact, 'id')}"


def _message(row: Row, contact: Row, message: Row, kind: str, context: Context) -> Thing:
    network = context.network or NETWORK
    id, thread = f"message-{word(message, 'id')}", f"conversation-{word(row, 'id')}"
    sender, text = part(message, "sender"), word(message, "content")
    said_at = context.moment(message.get("created_at"))
    if kind not in TYPES.values():
        raise ValueError(f"{kind[:20]!r} is no type of message")
    if message.get("private") is True:
        if said_at is None or not text.strip():
            raise ValueError("the note has no time" if said_at is None else "there is no text")
        return Remark(
            network=envelopes.network_name(network), external_id=id, thread=thread, author=word(sender, "name")[:200],
            text=clean(text).strip(), at=said_at,
        )  # fmt: skip
    ours = kind != "incoming"
    agent = f"agent-{word(sender, 'id')}" if word(sender, "id") else "agent"
    assignee = part(part(row, "meta"), "assignee") or part(row, "assignee")
    reply_to = word(message, "content_attributes", "in_reply_to")
    return envelopes.build(
        network=network,
        external_id=id,
        author=agent if ours else _contact(contact if word(contact, "id") else sender),
        name=word(sender, "name") or ("" if ours else word(contact, "name")),
        text=text,
        said_at=said_at,
        reply_to=f"message-{reply_to}" if reply_to else "",
        thread=thread,
        subject=word(row, "additional_attributes", "mail_subject"),
        public=False,
        direct=True,
        ours=ours,
        assignee=word(assignee, "email") or word(assignee, "name"),
    )


EXPORT = Export("chatwoot", "Chatwoot", claims, split, ("payload", "conversations"))
