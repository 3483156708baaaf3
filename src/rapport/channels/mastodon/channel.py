"""Mastodon as a channel: polled and listened to, answered in the thread, as its server allows."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from rapport.channels.base import (
    Asked,
    Batch,
    ChannelError,
    Handle,
    Limit,
    Outgoing,
    Setting,
    Settings,
    Showing,
    Stop,
    Takes,
    Target,
    renewed,
)
from rapport.channels.lengths import must_fit
from rapport.channels.loose import Row, part, word
from rapport.channels.mastodon import answering, asking, history, home, listening, parse, polling, signing_in, words
from rapport.channels.mastodon.client import Gone, Server, segment
from rapport.channels.mastodon.family import Family
from rapport.channels.mastodon.home import Home
from rapport.channels.mastodon.place import Place
from rapport.net.sentence import Sentence

A_DAY = timedelta(days=1)
BLOCKS_EVERY = 600.0
MOST_MET = 200


class MastodonChannel:
    """An account on a Mastodon server, or on one that speaks its API."""

    kind = "mastodon"
    label = "Mastodon"
    settings: tuple[Setting, ...] = asking.SETTINGS
    limit: Limit | None = Home().limit
    cannot_send = ""
    every = timedelta(seconds=30)
    sweep = timedelta(minutes=1)
    """Beside the stream: who is filtered is in no stream, and of many deletions no stream tells us."""
    reactions = ("like",)
    signing_in = ("token",)
    marks_language = True
    unsends_how = (
        "Your server deletes it and asks all others to. Whoever has read it has read it, and a server that does not hear "
        "of it may show it on."
    )
    edits_how = (
        "Everybody can look up on Mastodon what it said before, and whoever shared it is told that it changed. Whoever is "
        "tagged in it stays tagged."
    )

    def __init__(self) -> None:
        self._met: OrderedDict[int, Home] = OrderedDict()
        self._blocks: dict[int, tuple[float, frozenset[str]]] = {}
        self._lock = threading.Lock()

    def validate(self, settings: Settings) -> None:
        asking.must_make_sense(settings)

    def check(self, settings: Settings) -> str:
        """Who we are there, and what holds messages back."""
        server = Server(settings)
        there = self._asked(server)
        with self._lock:
            self._met[server.key] = there
            while len(self._met) > MOST_MET:
                self._met.popitem(last=False)
        found = Sentence(
            "Connected as %(who)s; answers may have %(n)s characters.", who=f"@{there.address}", n=there.characters
        )
        held = self._held_back(server)
        if not held:
            return found
        return Sentence(
            "%(found)s The server holds back notifications of %(n)s people (filtered); Rapport reads them all the same.",
            found=found,
            n=held,
        )

    def authorise(self, settings: Settings, back: str, state: str) -> Asked:
        return signing_in.authorise(settings, back, state)

    def authorised(self, settings: Settings, held: Mapping[str, str], query: Mapping[str, str]) -> Mapping[str, str]:
        return signing_in.authorised(settings, held, query)

    def revoke(self, settings: Settings) -> None:
        signing_in.revoke(settings)

    def known_as(self, settings: Settings) -> tuple[str, ...]:
        """The account's handle with its server and without, as it was found when it was tried; asks nobody."""
        if not settings.get("token"):
            return ()
        there = home.kept(settings.get(home.KEPT, "")) or self._met.get(Server(settings).key)
        return (there.address, there.acct) if there else ()

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        server = Server(settings)
        there = self._home(server, settings)
        poll = polling.Poll(server, there, Place.of(cursor), self._blocked(server))
        try:
            for reads in polling.lists(
                there, asking.hashtags(settings), settings.get("public", ""), asking.wanted(settings)
            ):
                poll.read(reads)
            poll.look_again(datetime.now(UTC))
        except ChannelError:
            if not poll.items:
                raise
            poll.more = True  # what came before the trouble is kept; asked again, the trouble speaks for itself
        return poll.batch()

    def listen(self, settings: Settings, cursor: str | None, stop: Stop) -> Iterator[Batch]:
        server = Server(settings)
        there = self._home(server, settings)
        ears = listening.ears(there, asking.hashtags(settings), settings.get("public", ""), asking.wanted(settings))
        yield from listening.listen(server, there, ears, self._blocked(server), stop)

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch:
        server = Server(settings)
        return history.backfill(server, self._home(server, settings), since, cursor)

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        must_fit(outgoing.text, Limit(1_000_000))
        server = Server(settings)
        there = self._home(server, settings)
        words.must_fit(outgoing.text, "", there)
        return answering.send(server, there, outgoing)

    def recognise(self, settings: Settings, outgoing: Outgoing) -> Handle | None:
        server = Server(settings)
        return answering.recognise(server, self._home(server, settings), outgoing)

    def target(self, settings: Settings, external_id: str, version: str) -> Target:
        server = Server(settings)
        there = self._home(server, settings)
        try:
            said = answering.there(server, there, external_id)
        except Gone:
            return Target("gone")
        try:
            item = Family(server, there).item(said, parse.encoded(said))
        except ValueError:
            return Target("there")
        # Where we know it by a hash of its words, its words decide; whoever asks compares them.
        same = item.envelope.version == version or (not item.envelope.version and not _is_moment(version))
        return Target("there") if same else Target("edited", item)

    def unsend(self, settings: Settings, external_id: str) -> None:
        server = Server(settings)
        try:
            said = answering.there(server, self._home(server, settings), external_id)
            server.ask("DELETE", f"/api/v1/statuses/{segment(word(said, 'id'))}")
        except Gone:
            return

    def edit(self, settings: Settings, external_id: str, text: str) -> Handle:
        server = Server(settings)
        there = self._home(server, settings)
        said = answering.there(server, there, external_id)
        warning, text = word(said, "spoiler_text"), words.changed(said, text, there)
        words.must_fit(text, warning, there)
        change: dict[str, object] = {"status": text, "spoiler_text": warning}
        if said.get("sensitive") is True:
            change["sensitive"] = True
        media = said.get("media_attachments")
        if isinstance(media, list) and media:
            change["media_ids"] = [word(one, "id") for one in media if isinstance(one, dict)]
        edited = server.send("PUT", f"/api/v1/statuses/{segment(word(said, 'id'))}", change)
        return Handle(parse.uri(edited, there), url=word(edited, "url"))

    def confide(self, settings: Settings, address: str) -> str:
        """What is said to one alone stands in the thread where it began."""
        return ""

    def cannot_confide_why(self, settings: Settings) -> str:
        return ""

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        there = home.kept(settings.get(home.KEPT, "")) or Home()
        return answering.showing(there, outgoing)

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return (home.kept(settings.get(home.KEPT, "")) or Home()).takes

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None:
        if kind not in self.reactions:
            raise ChannelError("Mastodon knows one reaction: to like.", permanent=True)
        server = Server(settings)
        said = answering.there(server, self._home(server, settings), external_id)
        server.send(
            "POST", f"/api/v1/statuses/{segment(word(said, 'id'))}/{'favourite' if on else 'unfavourite'}", None
        )

    def limit_of(self, settings: Settings) -> Limit | None:
        """What the server said that it takes; what Mastodon takes where it was not asked yet."""
        known = home.kept(settings.get(home.KEPT, ""))
        return known.limit if known else self.limit

    def _home(self, server: Server, settings: Settings) -> Home:
        """Who we are there, asked once a day and kept with the session."""
        known = home.kept(settings.get(home.KEPT, ""))
        now = datetime.now(UTC)
        if known is not None and known.id and known.read_at and timedelta() <= now - known.read_at < A_DAY:
            return known
        asked = self._asked(server)
        renewed(settings, lambda held: {home.KEPT: msgspec.json.encode(asked).decode()})
        return asked

    def _asked(self, server: Server) -> Home:
        account = server.row("/api/v1/accounts/verify_credentials")
        if not word(account, "id"):
            raise ChannelError(Sentence("%(host)s does not answer as a Mastodon server does.", host=server.host))
        try:
            instance = server.row("/api/v2/instance")
        except Gone:
            instance = self._old_instance(server)
        return home.of(account, instance, server.base, datetime.now(UTC))

    @staticmethod
    def _old_instance(server: Server) -> Row:
        try:
            return server.row("/api/v1/instance")
        except Gone:
            return {}

    @staticmethod
    def _held_back(server: Server) -> int:
        """How many people's notifications the server's filter holds back; 0 where it has none."""
        try:
            held = part(server.row("/api/v2/notifications/policy"), "summary").get("pending_requests_count")
        except ChannelError:
            return 0
        return held if isinstance(held, int) else 0

    def _blocked(self, server: Server) -> frozenset[str]:
        """The accounts that our own account blocks, asked for every ten minutes; none where a server does not say."""
        with self._lock:
            asked, known = self._blocks.get(server.key, (-BLOCKS_EVERY, frozenset()))
        if time.monotonic() - asked < BLOCKS_EVERY:
            return known
        try:
            rows = server.page("/api/v1/blocks", [("limit", "80")]).rows
        except ChannelError as error:
            if error.retry_after or error.reauthorise:
                raise
            rows = ()
        known = frozenset(word(row, "id") for row, _ in rows)
        with self._lock:
            self._blocks[server.key] = (time.monotonic(), known)
        return known


def _is_moment(version: str) -> bool:
    return "T" in version and ":" in version
