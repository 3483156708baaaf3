"""Direct messages: a service of its own (chat.bsky), reached through the account's server.

The app password must be allowed to read them. There is no key that makes sending twice the same message, so a message in
doubt is looked for among the conversation's last ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rapport.channels.base import ChannelError, Handle
from rapport.channels.bluesky import facets, parse, xrpc
from rapport.channels.bluesky.cursor import Basket, Cursor, first
from rapport.channels.bluesky.fields import Row, part, row, rows, word
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError
from rapport.net.sentence import Sentence

SERVICE = "did:web:api.bsky.chat"
PAGE = 50
PAGES = 4
LOGS = 5
SKEW = timedelta(minutes=1)
"""How far the service's clock and ours may lie apart."""
UNWELCOME = Sentence("This person takes no direct messages from this account on Bluesky. Nothing was sent.")
CLOSED = (
    "This app password may not read direct messages. Make a new one with “Allow access to your direct messages”, or "
    "switch direct messages off here."
)


class Chat:
    """The chat service as one account sees it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.proxy = f"{session.settings.get('chat', '').strip() or SERVICE}#bsky_chat"

    def get(self, name: str, **query: Any) -> bytes:
        return self._open(lambda: self.session.get(f"chat.bsky.convo.{name}", proxy=self.proxy, **query))

    def post(self, name: str, body: Any) -> bytes:
        return self._open(lambda: self.session.post(f"chat.bsky.convo.{name}", body, proxy=self.proxy))

    @staticmethod
    def _open(ask: Any) -> bytes:
        try:
            return bytes(ask())
        except XrpcError as error:
            if error.code == xrpc.UNPRIVILEGED or error.answered == 403:
                raise ChannelError(CLOSED, permanent=True) from error
            raise


def messages(chat: Chat, cursor: Cursor, basket: Basket, now: datetime) -> None:
    """What is new since the cursor; the first time, what was said within a day."""
    if not cursor.talked:
        cursor.talked = _begin(chat, first(now), basket)
        return
    names: dict[str, Row] = {}
    for _ in range(LOGS):
        answer = chat.get("getLog", cursor=cursor.talked)
        logs = _rows(answer, "logs")
        for raw in logs:
            _log(chat, raw, names, basket)
        after = word(row(answer), "cursor")
        if not logs or not after or after == cursor.talked:
            return
        cursor.talked = after
        if basket.full:
            break
    basket.more = True


def _log(chat: Chat, raw: msgspec.Raw, names: dict[str, Row], basket: Basket) -> None:
    """One entry of the log: a message that came, or one that was deleted."""
    try:
        found = row(raw)
        if not word(found, "$type").endswith(("#logCreateMessage", "#logDeleteMessage")):
            return
        id = word(found, "convoId")
        if id not in names:
            names[id] = {"id": id} | dict(part(row(chat.get("getConvo", convoId=id)), "convo"))
        basket.items.append(parse.message(msgspec.json.encode(part(found, "message")), names[id], chat.session.did))
    except ValueError as error:
        basket.unreadable.append(parse.unreadable("direct messages", error, bytes(raw)))


def _begin(chat: Chat, since: str, basket: Basket) -> str:
    """The conversations as they stand: their newest messages, and the revision from which the log is to be read."""
    newest = ""
    for convo in _convos(chat):
        newest = max(newest, word(convo, "rev"))
        if word(convo, "lastMessage", "sentAt") >= since and not basket.full:
            history(chat, convo, since, basket)
    return newest or "2222222222222"  # the lowest revision there can be


def _convos(chat: Chat) -> Iterator[Row]:
    at = ""
    for _ in range(PAGES):
        answer = chat.get("listConvos", limit=PAGE, cursor=at)
        yield from (row(raw) for raw in _rows(answer, "convos"))
        at = word(row(answer), "cursor")
        if not at:
            return


def history(chat: Chat, convo: Row, since: str, basket: Basket) -> None:
    """The messages of one conversation since then."""
    at = ""
    for _ in range(PAGES):
        answer = chat.get("getMessages", convoId=word(convo, "id"), limit=PAGE, cursor=at)
        raws = _rows(answer, "messages")
        for raw in raws:
            try:
                if word(row(raw), "sentAt") < since:
                    return
                basket.items.append(parse.message(bytes(raw), convo, chat.session.did))
            except ValueError as error:
                basket.unreadable.append(parse.unreadable("direct messages", error, bytes(raw)))
        at = word(row(answer), "cursor")
        if not at or not raws or basket.full:
            return


def since(chat: Chat, moment: str, basket: Basket) -> None:
    """Everything said directly since then, as far as a batch holds it."""
    for convo in _convos(chat):
        if word(convo, "lastMessage", "sentAt") >= moment and not basket.full:
            history(chat, convo, moment, basket)


def between(chat: Chat, did: str) -> str:
    """The conversation with this person, opened if need be. Raises a permanent ChannelError where they take none."""
    try:
        answer = chat.get("getConvoForMembers", members=[did])
        id = word(row(answer), "convo", "id")
    except XrpcError as error:
        if error.permanent:
            raise ChannelError(UNWELCOME, permanent=True) from error
        raise
    except ValueError:
        id = ""
    if not id:
        raise ChannelError("Bluesky's direct messages answered with something that is no conversation.")
    return f"{parse.TALK}{id}"


def say(chat: Chat, thread: str, text: str, dids: dict[str, str]) -> Handle:
    """One message. Raises ChannelError; ``unknown`` where nobody can say whether it left."""
    message: dict[str, Any] = {"text": text.strip()}
    if found := facets.facets(message["text"], facets.found(message["text"], dids)):
        message["facets"] = found
    convo = thread.removeprefix(parse.TALK)
    answer = chat.post("sendMessage", {"convoId": convo, "message": message})
    try:
        id = word(row(answer), "id")
    except ValueError:
        id = ""
    if not id:
        raise ChannelError("Bluesky took the message and did not say under which name.", unknown=True)
    return Handle(external_id=f"{parse.TALK}{convo}:{id}", delivered=True)


def said(chat: Chat, thread: str, text: str, after: str, since: datetime | None = None) -> Handle | None:
    """Our message with these words among the conversation's last fifty, said after the one called ``after``, and not
    before ``since``."""
    convo = thread.removeprefix(parse.TALK)
    answer = chat.get("getMessages", convoId=convo, limit=PAGE)
    for raw in _rows(answer, "messages"):  # the newest first
        found = row(raw)
        name = f"{parse.TALK}{convo}:{word(found, 'id')}"
        sent = parse.moment(word(found, "sentAt"))
        if name == after or (since is not None and sent is not None and sent < since - SKEW):
            return None
        if word(found, "sender", "did") == chat.session.did and word(found, "text").strip() == text.strip():
            return Handle(external_id=name, delivered=True)
    return None


def _rows(answer: bytes, name: str) -> list[msgspec.Raw]:
    try:
        return rows(answer, name)
    except ValueError as error:
        raise ChannelError("Bluesky's direct messages answered with something that is no list.") from error
