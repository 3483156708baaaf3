"""The JSON that a webhook takes, and how it becomes envelopes. Pure; every error names the field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from rapport.channels import envelopes
from rapport.channels.base import ChannelError, Envelope, Item

MOST_BYTES = 1_000_000
MOST_MESSAGES = 500
DEEPEST = 32
NETWORK = "webhook"

Id = Annotated[str, Meta(min_length=1, max_length=500)] | int
T = TypeVar("T")
OptionalId = Annotated[str, Meta(max_length=500)] | int | None


class Sender(msgspec.Struct, frozen=True):
    """Who said it: ``id`` is unique on the sender's side (a handle, an address, a customer number).

    ``followers`` is for the page on fairness alone.
    """

    id: Annotated[str, Meta(min_length=1, max_length=320)] | int
    name: str = ""
    followers: Annotated[int, Meta(ge=0)] | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message as a stranger's program writes it. Fields we do not know are kept in the raw bytes only."""

    id: Id
    author: Sender | str
    text: str = ""
    said_at: Annotated[datetime, Meta(tz=True)] | None = None
    reply_to: OptionalId = None
    thread: OptionalId = None
    subject: str | None = None
    url: str | None = None
    public: bool = False
    ours: bool | None = None
    mentions: Annotated[list[str], Meta(max_length=50)] = []
    deleted: bool = False
    version: Annotated[str, Meta(max_length=500)] | int | None = None


class Delivery(msgspec.Struct, frozen=True):
    """Several messages at once, each still as its own bytes."""

    messages: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_MESSAGES)]


def items(body: bytes, network: str = NETWORK) -> tuple[Item, ...]:
    """The messages in a body: one object, or ``{"messages": […]}``. All are taken or none.

    Raises a permanent :class:`ChannelError` with the HTTP status a stranger should get: 413 or 400.
    """
    if len(body) > MOST_BYTES:
        raise ChannelError("The body is larger than 1 MB; send it in parts.", permanent=True, status=413)
    _must_be_shallow(body)
    try:
        several = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        raise _wrong("The body must be a JSON object: one message, or {“messages”: […]}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(f"The body is not JSON in UTF-8: {str(error)[:120]}.") from error
    if "messages" not in several:
        return (Item(_envelope(body, "", network), body),)
    raws = _decoded(body, Delivery, "").messages
    return tuple(
        Item(_envelope(raw, f"messages[{place}].", network), raw)
        for place, raw in enumerate(bytes(entry) for entry in raws)
    )


def _envelope(raw: bytes, place: str, network: str) -> Envelope:
    message = _decoded(raw, Message, place)
    sender = message.author if isinstance(message.author, Sender) else Sender(message.author)
    if not str(sender.id).strip():
        raise _wrong(f"{place}author must not be empty.")
    if not message.text.strip() and not message.deleted:
        raise _wrong(f"{place}text must not be empty, unless {place}deleted is true.")
    try:
        return envelopes.build(
            network=network,
            external_id=str(message.id),
            author=str(sender.id),
            name=sender.name,
            followers=sender.followers,
            text=message.text,
            said_at=message.said_at,
            version="" if message.version is None else str(message.version),
            reply_to="" if message.reply_to is None else str(message.reply_to),
            thread="" if message.thread is None else str(message.thread),
            subject=message.subject or "",
            url=message.url or "",
            mentions=message.mentions or envelopes.mentioned(message.text),
            public=message.public,
            # What is said to a webhook in private is said to us; a public post that it passes on may be anybody's.
            direct=not message.public,
            ours=message.ours,
            deleted=message.deleted,
        )
    except (ValueError, OverflowError) as error:
        raise _wrong(f"{place.removesuffix('.') or 'The message'} cannot be taken: {error}.") from error


def _decoded(raw: bytes, shape: type[T], place: str) -> T:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise _wrong(f"{in_words(str(error), place)}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _wrong(f"The body is not JSON in UTF-8: {str(error)[:120]}.") from error


def in_words(error: str, place: str = "") -> str:
    """A validation error of msgspec as a sentence that begins with the field's name."""
    what, _, path = error.partition(" - at `$")
    field = place + path.removesuffix("`").lstrip(".")
    if missing := re.search(r"missing required field `(\w+)`", what):
        return f"{f'{field}.' if path else place}{missing[1]} is missing"
    field = field.rstrip(".") or "The body"
    if expected := re.fullmatch(r"Expected `(.+)`, got `(.+)`", what):
        return f"{field} must be {_kinds(expected[1])}, not {_kinds(expected[2])}"
    if "RFC3339" in what or "timezone" in what:
        return f"{field} must be a time with a zone, like 2026-03-01T12:00:00Z"
    if length := re.fullmatch(r"Expected `(\w+)` of length (.+)", what):
        return f"{field} has the wrong length: it must be {length[2]}"
    return f"{field}: {what[:200]}"


KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "datetime": "a time with a zone, like 2026-03-01T12:00:00Z",
}


def _kinds(names: str) -> str:
    return " or ".join(dict.fromkeys(KINDS.get(name.strip(), name.strip()) for name in names.split("|")))


def _must_be_shallow(body: bytes) -> None:
    """Refuses nesting before any parser sees it; brackets inside strings do not count."""
    depth = 0
    # The closing quotation mark is optional, or a string that never ends would be looked for again from each escape.
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', body, re.DOTALL):
        first = body[mark.start()]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise _wrong(f"The body is nested more than {DEEPEST} levels deep.")
        elif first in b"]}":
            depth -= 1


def _wrong(sentence: str) -> ChannelError:
    return ChannelError(sentence, permanent=True, status=400)
