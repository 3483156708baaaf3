"""Family: what a message answers, fetched where nobody has it yet, so that a thread is whole from its beginning."""

from __future__ import annotations

import threading
from collections import OrderedDict

from rapport.channels.base import ChannelError, Envelope, Item
from rapport.channels.loose import Row, many, word
from rapport.channels.mastodon import parse
from rapport.channels.mastodon.client import Server, segment
from rapport.channels.mastodon.home import Home

REMEMBERED = 5_000
MOST = 40
"""Ancestors of one message."""


class Names:
    """The uris of messages by their server's own ids, for all that speak with these servers; the oldest are forgotten."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._uris: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def keep(self, base: str, id: str, uri: str, author: str = "") -> None:
        with self._lock:
            self._uris[(base, id)] = (uri, author)
            self._uris.move_to_end((base, id))
            while len(self._uris) > self._most:
                self._uris.popitem(last=False)

    def of(self, base: str, id: str) -> tuple[str, str] | None:
        """(uri, author), where somebody saw it lately."""
        with self._lock:
            return self._uris.get((base, id))


NAMES = Names()


class Family:
    """Makes items of one server's statuses, each after what it answers."""

    def __init__(self, server: Server, home: Home, names: Names | None = None) -> None:
        self._server, self._home, self._names = server, home, names or NAMES

    def item(self, said: Row, raw: bytes) -> Item:
        """One status. Raises ValueError."""
        envelope = parse.status(said, self._home, self._uri)
        self.know(said, envelope)
        return Item(envelope, raw)

    def with_ancestors(self, said: Row, raw: bytes) -> list[Item]:
        """One status behind those that it answers, as far as they are not known. Raises ValueError, ChannelError."""
        parent = word(said, "in_reply_to_id")
        before = self._ancestors(said) if parent and not self._uri(parent) else []
        return [*before, self.item(said, raw)]

    def know(self, said: Row, envelope: Envelope) -> None:
        if id := word(said, "id"):
            self._names.keep(self._server.base, id, envelope.external_id, envelope.author.address)

    def _uri(self, id: str) -> str:
        known = self._names.of(self._server.base, id)
        return known[0] if known else ""

    def _ancestors(self, said: Row) -> list[Item]:
        """What the server still shows of the thread; what it does not show any more is no reason to lose the answer."""
        try:
            context = self._server.row(f"/api/v1/statuses/{segment(word(said, 'id'))}/context")
        except ChannelError as error:
            if error.retry_after or not error.permanent or error.reauthorise:
                raise
            return []
        items = []
        for row in many(context, "ancestors")[-MOST:]:
            try:
                items.append(self.item(row, parse.encoded(row)))
            except ValueError:
                continue
        return items
