"""An account on Bluesky: who speaks to it, what is searched for, its direct messages, and its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec

from rapport import net
from rapport.channels.base import (
    Batch,
    ChannelError,
    Handle,
    Limit,
    Outgoing,
    Report,
    Setting,
    Settings,
    Showing,
    Takes,
    Target,
)
from rapport.channels.bluesky import (
    answering,
    asking,
    compose,
    facets,
    hearing,
    history,
    looking,
    parse,
    searching,
    splitting,
    talking,
)
from rapport.channels.bluesky.cursor import RECENT, Basket, Cursor
from rapport.channels.bluesky.fields import part, row, word
from rapport.channels.bluesky.session import Session
from rapport.channels.bluesky.xrpc import XrpcError
from rapport.channels.carrying import must_take, pieces
from rapport.channels.further import Deed
from rapport.net.sentence import Sentence

TALKS_OFF = Sentence("Direct messages are switched off for this account: switch them on where it is connected.")
NOT_BACK = Sentence("A direct message on Bluesky cannot be taken back from the other side.")
ONLY_POSTS = Sentence("On Bluesky one can like a post, and nothing else.")
NO_FILES = Takes(most=0, why_not=Sentence("Bluesky takes no files in direct messages."))
SELDOM = 12
"""Searches, our own posts and what was brought lately are looked at in one of so many fetches: once a minute."""


class BlueskyChannel:
    """Polled, since the network pushes to nobody; answers once, whatever happens on the way."""

    kind = "bluesky"
    label = "Bluesky"
    every = timedelta(seconds=5)
    """The network answers 3,000 requests in five minutes to one address; this asks 70, and 5 more for each search."""
    settings: tuple[Setting, ...] = asking.SETTINGS
    limit: Limit | None = Limit(splitting.GRAPHEMES, "graphemes")
    cannot_send = ""
    reactions = ("like",)
    marks_language = True
    unsends_how = (
        "Bluesky deletes the post, and with it the others of the same answer. Whoever has read it has read it, and other "
        "programs that keep copies may show it on."
    )

    def validate(self, settings: Settings) -> None:
        asking.must_make_sense(settings)

    def check(self, settings: Settings) -> str:
        """Log in, look around, and say what is open to us."""
        account = Session(settings)
        name = _name(account)
        if settings.get("direct_messages"):
            talking.Chat(account).get("listConvos", limit=1)
        sentence = "This is %(name)s (@%(handle)s). Mentions, replies and quotes come in, and answers go out."
        if _offers_oauth(account.pds):
            sentence = (
                "This is %(name)s (@%(handle)s). Mentions, replies and quotes come in, and answers go out. The server "
                "offers OAuth, too; Rapport logs in with the app password, which you can revoke at any time."
            )
        return Sentence(sentence, name=name[:80], handle=account.handle)

    def fetch(self, settings: Settings, cursor: str | None) -> Batch:
        place, basket, now = Cursor.read(cursor), Basket([], []), datetime.now(UTC)
        account = Session(settings)
        reports: list[Report] = []
        steps: list[Callable[[], None]] = [
            partial(hearing.notifications, account, place, basket, now),
            lambda: hearing.context(account, basket, place.known()),
        ]
        if settings.get("direct_messages"):
            steps.append(partial(talking.messages, talking.Chat(account), place, basket, now))
        if place.turn % SELDOM == 0 and not place.walk:
            queries = searching.queries(settings)
            steps += [
                partial(searching.searches, account, queries, place, basket, now),
                lambda: reports.extend(hearing.ourselves(account, basket)),
                partial(looking.again, account, place, basket),
            ]
        _in_turn(steps, basket)
        place.turn = (place.turn + 1) % SELDOM
        _remember(place, basket)
        return Batch(
            items=tuple(sorted(basket.items, key=_said)),
            unreadable=tuple(basket.unreadable),
            cursor=place.written(),
            reports=tuple(reports),
            more=basket.more,
        )

    def backfill(self, settings: Settings, since: datetime, cursor: str | None) -> Batch:
        return history.backfill(settings, since, cursor)

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        compose.must_fit(outgoing.text, in_parts=outgoing.manner.split)
        account = Session(settings)
        if not _is_talk(outgoing):
            return answering.send(account, outgoing)
        must_take(self.carries(settings, public=False), pieces(outgoing.manner.files))
        dids = answering.resolved(account, outgoing.text)
        return talking.say(talking.Chat(account), outgoing.thread, outgoing.text, dids)

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        return answering.find(Session(settings), idempotency_key)

    def recognise(self, settings: Settings, outgoing: Outgoing) -> Handle | None:
        """Whether this very answer is there: a post by its name, a direct message by its words and its place."""
        account = Session(settings)
        if not _is_talk(outgoing):
            count = len(compose.must_fit(outgoing.text, in_parts=outgoing.manner.split))
            return answering.find(account, outgoing.idempotency_key, count)
        return talking.said(
            talking.Chat(account), outgoing.thread, outgoing.text, outgoing.in_reply_to, outgoing.manner.written_at
        )

    def known_as(self, settings: Settings) -> tuple[str, ...]:
        handle = settings.get("handle", "").strip().removeprefix("@").lower()
        return (handle,) if facets.HANDLE.fullmatch(handle) else ()

    def parts(self, text: str) -> list[str]:
        """The posts that this text becomes where its author agrees to several."""
        return splitting.parts(text)

    def confide(self, settings: Settings, address: str) -> str:
        """The direct messages with this person (a DID); refused where they take none from us."""
        return talking.between(talking.Chat(Session(settings)), address)

    def cannot_confide_why(self, settings: Settings) -> str:
        return "" if settings.get("direct_messages") else TALKS_OFF

    def cannot_why(self, deed: Deed, external_id: str) -> str:
        if not external_id.startswith(parse.TALK):
            return ""
        return NOT_BACK if deed == "unsend" else ONLY_POSTS

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return answering.TAKES if public else NO_FILES

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        return compose.showing(outgoing, self.known_as(settings))

    def unsend(self, settings: Settings, external_id: str) -> None:
        if why := self.cannot_why("unsend", external_id):
            raise ChannelError(why, permanent=True)
        answering.unsend(Session(settings), _post(external_id))

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None:
        if kind not in self.reactions or external_id.startswith(parse.TALK):
            raise ChannelError(ONLY_POSTS, permanent=True)
        answering.like(Session(settings), _post(external_id), on=on)

    def target(self, settings: Settings, external_id: str, version: str) -> Target:
        """How the post that is about to be answered stands. A direct message is always there."""
        if external_id.startswith(parse.TALK):
            return Target("there")
        account, uri = Session(settings), _post(external_id)
        shown = looking.shown(account, uri)
        if shown is None:
            return Target("gone" if looking.fate(account, uri) == "gone" else "there")
        if version and word(row(shown), "cid") != version:
            return Target("edited", parse.view(shown, account.did))
        return Target("there")


def _name(account: Session) -> str:
    """What the account calls itself; its handle where nobody knows a profile yet, as in its first minute."""
    try:
        profile = row(account.get("app.bsky.actor.getProfile", actor=account.did))
    except XrpcError as error:
        if not error.permanent:
            raise
        return account.handle
    except ValueError as error:
        raise ChannelError("Bluesky answered with something that is no profile.") from error
    return word(profile, "displayName").strip() or account.handle


def _is_talk(outgoing: Outgoing) -> bool:
    return outgoing.thread.startswith(parse.TALK)


def _post(external_id: str) -> str:
    """The address of a post, checked. Raises a permanent ChannelError."""
    try:
        parse.split(external_id)
    except ValueError as error:
        raise ChannelError("This is no post on Bluesky.", permanent=True) from error
    return external_id


def _in_turn(steps: list[Callable[[], None]], basket: Basket) -> None:
    """Each step; one that fails is told only where there is nothing to bring yet: then it is told the next time."""
    for step in steps:
        if basket.full:
            return
        try:
            step()
        except ChannelError:
            if basket.items or basket.unreadable:
                return
            raise


def _remember(place: Cursor, basket: Basket) -> None:
    """What was brought is looked at again later."""
    fresh = {
        item.envelope.external_id: item.envelope.version
        for item in basket.items
        if not item.envelope.deleted and item.envelope.public
    }
    kept = [pair for pair in place.recent if pair[0] not in fresh]
    place.recent = [*kept, *fresh.items()][-RECENT:]


def _said(item: msgspec.Struct) -> datetime:
    said_at = item.envelope.said_at  # type: ignore[attr-defined]
    return said_at if isinstance(said_at, datetime) else datetime.now(UTC)


def _offers_oauth(pds: str) -> bool:
    try:
        answer = net.request("GET", f"{pds}/.well-known/oauth-protected-resource", retries=0, redirects=0)
        return answer.ok and bool(part({"said": row(answer.body)}, "said").get("authorization_servers"))
    except (net.NetError, ValueError):
        return False
