"""Place: what is remembered of a feed between two visits. Kept as the cursor. Pure."""

from __future__ import annotations

from collections import Counter

from rapport.channels import entries
from rapport.channels.cursor import Cursor
from rapport.channels.syndication import Feed

REMEMBERED = 300


class Place(Cursor, kw_only=True, omit_defaults=True):
    """``url``: where the feed has moved to for good; ``etag``, ``modified``: what it said of its last version;
    ``digest``: of its last bytes; ``rest_until`` (seconds since 1970): so long it asked to be left alone; ``links``:
    under which name the entry of each link is known, the newest last."""

    url: str = ""
    etag: str = ""
    modified: str = ""
    digest: str = ""
    rest_until: int = 0
    gone: bool = False
    links: dict[str, str] = {}

    def names(self, feed: Feed, scope: str, base: str) -> list[str]:
        """The name of each entry: that under which its link is known already, where its id has changed since.

        A link that several entries of the document share is nobody's name.
        """
        links = [entry.link.strip() for entry in feed.entries]
        often = Counter(links)
        found = []
        for name, link in zip(entries.names(feed, scope, base), links, strict=True):
            known = self.links.get(link, name) if link and often[link] == 1 else name
            found.append(known)
            if link and often[link] == 1:
                self.links.pop(link, None)
                self.links[link] = known
        self.links = dict(list(self.links.items())[-REMEMBERED:])
        return found
