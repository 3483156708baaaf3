"""An answer as it leaves: to all who were spoken to, behind the same warning, and never seen by more people. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapport.channels import graphemes
from rapport.channels.base import ChannelError, Outgoing
from rapport.channels.lengths import measure
from rapport.channels.loose import Row, many, word
from rapport.channels.mastodon.home import Home
from rapport.net.sentence import Sentence

NARROW = ("public", "unlisted", "private", "direct")
"""From what all may see to what only those who are tagged may see."""
OPEN = frozenset({"public", "unlisted"})
OURS = {"": "public", "public": "public", "unlisted": "unlisted", "followers": "private", "direct": "direct"}
LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?'”’)\]]", re.IGNORECASE)
HASHTAG = re.compile(r"(?<![\w/&])#(?=\w*[^\W\d_])\w+")
TAGGED = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]+[A-Za-z0-9_]+)?(?:@[\w.:-]*\w)?)")


@dataclass(frozen=True)
class Answer:
    """What is posted. ``visibility`` and ``reply_to`` are the server's own words and ids."""

    text: str
    visibility: str
    warning: str = ""
    language: str = ""
    reply_to: str = ""


def visibility(said: Row, outgoing: Outgoing) -> str:
    """The narrowest of what was answered, what was asked for, and what the conversation is.

    What went to somebody's followers is answered to those who are tagged alone: our followers are not theirs. So is
    what has a visibility that nobody knows.
    """
    theirs = word(said, "visibility") or "public"
    wished = outgoing.manner.visibility
    mine = OURS[wished] if outgoing.public or wished else "direct"
    return max(theirs if theirs in OPEN else "direct", mine, key=NARROW.index)


def answer(said: Row, outgoing: Outgoing, home: Home) -> Answer:
    """The answer to ``said``. Raises a permanent ChannelError where it does not fit, or would be read by outsiders."""
    seen = visibility(said, outgoing)
    there = participants(said, home)
    if seen == "direct" and (word(said, "visibility") or "public") in OPEN:
        there = there[:1]  # who goes on in private goes on with the one who spoke, not with all who read along
    text = addressed(outgoing.text.strip(), there, home, private=seen == "direct")
    warning = outgoing.manner.content_warning or word(said, "spoiler_text")
    must_fit(text, warning, home)
    return Answer(text, seen, warning, outgoing.manner.language, word(said, "id"))


def addressed(text: str, there: list[str], home: Home, *, private: bool) -> str:
    """The text with the handles of all these before it, but for those that it has. Raises a permanent ChannelError where
    it is private and tags somebody else."""
    tagged = {home.full(handle).casefold() for handle in TAGGED.findall(text)}
    if private:
        known = {home.full(handle).casefold() for handle in there} | {home.address.casefold()}
        if outsiders := sorted(tagged - known):
            raise ChannelError(
                Sentence(
                    "This answer is private, and whoever is tagged gets to read it: take out @%(who)s, or write the "
                    "name without the @.",
                    who=outsiders[0],
                ),
                permanent=True,
            )
    missing = [f"@{handle}" for handle in there if home.full(handle).casefold() not in tagged]
    return " ".join([*missing, text])


def changed(said: Row, text: str, home: Home) -> str:
    """New words for what we said: whoever was tagged in it stays tagged. Raises a permanent ChannelError."""
    there = [word(one, "acct") or word(one, "username") for one in many(said, "mentions")]
    private = word(said, "visibility") not in OPEN
    return addressed(text.strip(), [one for one in there if one and one != home.acct], home, private=private)


def marks(text: str) -> tuple[tuple[int, int], ...]:
    """The stretches that a server makes links, mentions and hashtags of."""
    found = [match.span() for pattern in (LINK, TAGGED, HASHTAG) for match in pattern.finditer(text)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def participants(said: Row, home: Home) -> list[str]:
    """The handles (as their server writes them) of all who take part, its writer first, but for ourselves."""
    writer = (word(said, "account", "id"), word(said, "account", "acct"))
    tagged = [(word(one, "id"), word(one, "acct") or word(one, "username")) for one in many(said, "mentions")]
    return list(dict.fromkeys(acct for id, acct in (writer, *tagged) if acct and id != home.id))


def must_fit(text: str, warning: str, home: Home) -> None:
    """Raises a permanent ChannelError for more than the server takes; nothing is ever cut."""
    size = measure(text, home.limit) + graphemes.count(warning)
    if size > home.characters:
        raise ChannelError(
            Sentence(
                "With the handles of those who take part the answer has %(n)s characters; at most %(most)s fit.",
                n=size,
                most=home.characters,
            ),
            permanent=True,
        )


def alike(ours: str, theirs: str) -> bool:
    """Is this the text that we sent, as the server writes it down (without the servers of handles, with other blanks)?"""
    return _bare(ours) == _bare(theirs)


def _bare(text: str) -> str:
    return " ".join(TAGGED.sub(lambda found: "@" + found[1].partition("@")[0], text).split()).casefold()
