"""Reading: the entries of a feed as what the line takes, whoever brought it: a visit, a hub, the pages of its archive."""

from __future__ import annotations

import msgspec

from rapport.channels import entries, envelopes
from rapport.channels.base import Item, Settings, Unreadable
from rapport.channels.feeds.place import Place
from rapport.channels.syndication import Feed
from rapport.channels.text import one_line


def items(feed: Feed, base: str, settings: Settings, place: Place) -> tuple[tuple[Item, ...], tuple[Unreadable, ...]]:
    """The entries as envelopes, the oldest first; one without words is shown as unreadable."""
    sought = [word.strip().casefold() for word in settings.get("words", "").splitlines() if word.strip()]
    found: list[Item] = []
    problems: list[Unreadable] = []
    for entry, name in zip(feed.entries, place.names(feed, settings.get("url", ""), base), strict=True):
        raw = msgspec.json.encode(entry)
        try:
            envelope = entries.envelope(entry, feed, base, name)
        except ValueError as error:
            why = f"{str(error)[:1].upper()}{str(error)[1:]}."
            problems.append(envelopes.unreadable(f"entry {one_line(name, 100)}", why, raw))
            continue
        if entries.holds_one_of(envelope.text, sought):
            found.append(Item(envelope, raw))
    return tuple(found[::-1]), tuple(problems)
