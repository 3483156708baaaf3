"""Zendesk's export: tickets with their comments, and users; as JSON, or JSON Lines of tickets.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ (Tickets, Ticket Comments, Users).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from rapport.channels import envelopes, html
from rapport.channels.base import Card, Envelope, Remark
from rapport.channels.files.exports.export import Context, Export, Row, card, email, many, part, phone, word
from rapport.channels.files.piece import Piece, Thing
from rapport.channels.text import clean

NETWORK = "zendesk"
STAFF = frozenset({"agent", "admin"})
WHO = ("requester", "submitter", "assignee")


def claims(row: Row, list: str) -> bool:
    if list == "users":
        return "role" in row and "id" in row
    return "requester_id" in row or ("comments" in row and "requester" in row)


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """A user is a person; a ticket is the people it names, then each of its comments."""
    if list == "users" or ("role" in row and "requester_id" not in row):
        yield from _user(row, whole, context)
        return
    ticket = word(row, "id")
    if not ticket:
        yield Piece(whole.position, whole.raw, "the ticket has no id")
        return
    for name in WHO:
        person = part(row, name)
        if person and word(person, "id") not in context.people:
            yield from _user(person, Piece(f"{whole.position}, {name}", whole.raw), context)
    comments = many(row, "comments")
    if not comments:
        comments = [{"id": f"ticket-{ticket}", "body": word(row, "description"), "author_id": row.get("requester_id"),
                     "created_at": row.get("created_at")}]  # fmt: skip
    for number, comment in enumerate(comments, 1):
        raw = msgspec.json.encode(comment)
        make = partial(_comment, row, comment, context)
        yield Piece(f"{whole.position}, comment {number}", raw, make=make)


def _user(user: Row, whole: Piece, context: Context) -> Iterator[Piece]:
    id = word(user, "id")
    context.remember(id, name=word(user, "name"), email=word(user, "email"), role=word(user, "role"))
    if word(user, "role") in STAFF:
        yield Piece(whole.position, whole.raw, passed=True)
    elif id:
        yield Piece(whole.position, whole.raw, make=partial(_card, user, context))


def _card(user: Row, context: Context) -> Card:
    addresses = [(context.network or NETWORK, word(user, "id")), ("email", email(word(user, "email")))]
    return card(word(user, "name"), [*addresses, ("phone", phone(word(user, "phone")))], note=word(user, "notes"))


def _comment(ticket: Row, comment: Row, context: Context) -> Thing:
    author = word(comment, "author_id") or word(comment, "author", "id")
    text = word(comment, "plain_body") or word(comment, "body") or html.to_text(word(comment, "html_body"))
    if comment.get("public") is False:
        return _remark(ticket, comment, author, text, context)
    return _said(ticket, comment, author, text, context)


def _remark(ticket: Row, comment: Row, author: str, text: str, context: Context) -> Remark:
    at = context.moment(comment.get("created_at")) or context.moment(ticket.get("created_at"))
    if at is None or not text.strip():
        raise ValueError("the note has no time" if at is None else "there is no text")
    return Remark(
        network=envelopes.network_name(context.network or NETWORK),
        external_id=envelopes.short_id(f"comment-{word(comment, 'id')}"),
        thread=envelopes.short_id(_thread(ticket)),
        author=context.of(author, "name"),
        text=clean(text).strip(),
        at=at,
    )


def _said(ticket: Row, comment: Row, author: str, text: str, context: Context) -> Envelope:
    role = context.of(author, "role")
    requester = word(ticket, "requester_id") or word(ticket, "requester", "id")
    assignee = word(ticket, "assignee_id") or word(ticket, "assignee", "id")
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=f"comment-{word(comment, 'id')}",
        author=author,
        name=context.of(author, "name"),
        text=text,
        said_at=context.moment(comment.get("created_at")),
        thread=_thread(ticket),
        subject=word(ticket, "subject"),
        public=False,
        direct=True,
        ours=role in STAFF if role else author != requester,
        assignee=context.of(assignee, "email") or context.of(assignee, "name"),
    )


def _thread(ticket: Row) -> str:
    return f"ticket-{word(ticket, 'id')}"


EXPORT = Export("zendesk", "Zendesk", claims, split, ("tickets", "users", "ticket_events", "results"))
