"""What in an archive is a history: whose it is, which of its files are read, and their pieces one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rapport.channels.base import ChannelError
from rapport.channels.files import jsonl
from rapport.channels.files.archives import PACKED, Archive
from rapport.channels.files.cutting import Cutting
from rapport.channels.files.exports import activitystreams, tweets
from rapport.channels.files.exports.export import Owner
from rapport.channels.files.forms import ARCHIVES, READS
from rapport.channels.files.guessing import of_head
from rapport.channels.files.member import Member, Trap
from rapport.channels.files.opening import EndsEarly
from rapport.channels.files.piece import Piece
from rapport.channels.files.records import records
from rapport.net.sentence import Sentence

OUTBOX = re.compile(r"(?:.*/)?outbox\.json")
ACTOR = re.compile(r"(?:.*/)?actor\.json")
TWEETS = re.compile(r"(?:.*/)?tweets?(?:-part\d+)?\.js")
ACCOUNT = re.compile(r"(?:.*/)?account\.js")
HISTORY = re.compile(
    r".*\.(?:jsonl|ndjson|json|csv|tsv|mbox|mbx|eml|emlx|vcf|vcard|rss|atom)|(?:.*/)?(?:cur|new)/[^/]+", re.I
)
NESTED = re.compile(r".*\.(?:zip|tar|tgz|gz|bz2|xz|7z|rar|zst)", re.I)
HIDDEN = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.[^/]*|Thumbs\.db)")
LONGEST_ABOUT = 1024 * 1024


@dataclass(frozen=True)
class Survey:
    """What was seen on the first way through: whose archive it is, and the names of the files that are read."""

    owner: Owner
    wanted: re.Pattern[str]


def survey(archive: Archive) -> Survey:
    """Raises a permanent :class:`ChannelError` where nothing in it is a history, or where it is a trap."""
    owner = Owner()
    found: set[str] = set()
    for member in archive.members():
        if HIDDEN.fullmatch(member.name):
            continue
        if not member.problem and (ACTOR.fullmatch(member.name) or ACCOUNT.fullmatch(member.name)):
            owner = _owner(member) or owner
        for kind in (OUTBOX, TWEETS, HISTORY, NESTED):
            if kind.fullmatch(member.name):
                found.add(kind.pattern)
    wanted = next((kind for kind in (OUTBOX, TWEETS, HISTORY, NESTED) if kind.pattern in found), None)
    if wanted is None:
        raise ChannelError(Sentence("Nothing in this archive is a history. %(reads)s", reads=READS), permanent=True)
    return Survey(owner, wanted)


def _owner(member: Member) -> Owner | None:
    """Who the archive says its owner is; None where that cannot be read."""
    try:
        raw = b"".join(_beginning(member))
        row = next((jsonl.decode(one.raw) for one in records([raw])), {})
    except (ValueError, EndsEarly, ChannelError) as error:
        if isinstance(error, Trap):
            raise
        return None
    return activitystreams.owner(row) if ACTOR.fullmatch(member.name) else tweets.owner(row)


def _beginning(member: Member) -> Iterator[bytes]:
    size = 0
    while size < LONGEST_ABOUT and (piece := member.stream.read(1 << 16)):
        size += len(piece)
        yield piece


def pieces(archive: Archive, cutting: Cutting) -> Iterator[Piece]:
    """The pieces of every file that is read, each named by its file; a file that cannot be read is one with a problem."""
    seen = survey(archive)
    cutting = replace(cutting, context=replace(cutting.context, owner=seen.owner))
    for member in archive.members():
        if HIDDEN.fullmatch(member.name):
            continue
        if member.problem:
            yield Piece(_shown(member.name), b"", member.problem)
        elif seen.wanted.fullmatch(member.name):
            yield from _of_member(member, cutting)
        elif NESTED.fullmatch(member.name) and seen.wanted is HISTORY:
            yield Piece(_shown(member.name), b"", PACKED)


def _of_member(member: Member, cutting: Cutting) -> Iterator[Piece]:
    name = _shown(member.name)
    try:
        opened = member.open(cutting.mapping.get("encoding", ""))
        if opened.packed or NESTED.fullmatch(member.name):
            raise ChannelError(PACKED, permanent=True)
        if opened.broken:
            raise EndsEarly(opened.broken)
        found = of_head(opened.head, member.name)
        if found.form in ARCHIVES:
            raise ChannelError(PACKED, permanent=True)
        for piece in cutting.of(opened, found):
            yield replace(piece, position=f"{name}: {piece.position}")
    except Trap:
        raise
    except ChannelError as error:
        yield Piece(name, b"", error.message)
    except EndsEarly as error:
        yield Piece(name, b"", str(error))


def _shown(name: str) -> str:
    """A member's name as it stands on a page: its end, without controls."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f‪-‮⁦-⁩\ud800-\udfff]", "?", name)[-120:]
