"""Attaching: files are kept with the arrival that brought them, in its transaction, and found by their message's key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from rapport.channels.base import ChannelError, File, Item, Media
from rapport.channels.carrying import must_take, pieces
from rapport.channels.letter import TAKES
from rapport.channels.sniffing import kind_of, type_of
from rapport.channels.text import clean, one_line
from rapport.core.hashing import key
from rapport.inbox import scanning
from rapport.inbox.models import Attachment, Message

MOST_BYTES = 15_000_000
"""Of one file that is kept apart; a larger one is in the arrival's own bytes alone."""
MOST = 50
"""Files of one message."""
HTML = 0
LONGEST_HTML = 1_000_000


def keep(workspace_id: int, items: Iterable[Item]) -> None:
    """Keep what came along with these items, once, however often they come. In the caller's transaction."""
    rows = [
        row for item in items if item.files or item.html or item.envelope.media for row in _rows(workspace_id, item)
    ]
    Attachment.objects.bulk_create(rows, ignore_conflicts=True)


def _rows(workspace_id: int, item: Item) -> list[Attachment]:
    envelope = item.envelope
    own = key(envelope.network, envelope.external_id)
    rows = [
        Attachment(workspace_id=workspace_id, key=own, place=place, **values)
        for place, values in enumerate(_values(item)[:MOST], 1)
    ]
    if item.html and len(item.html) <= LONGEST_HTML:
        content = clean(item.html).encode("utf-8", "replace")
        rows.append(
            Attachment(
                workspace_id=workspace_id,
                key=own,
                place=HTML,
                kind="html",
                type="text/html",
                size=len(content),
                content=content,
            )
        )
    return rows


def _values(item: Item) -> list[dict[str, object]]:
    """What came as bytes, in its order (with the words that its medium says of it); then what only links."""
    said: dict[int, Media] = {one.file: one for one in item.envelope.media if one.file}
    found: list[dict[str, object]] = []
    for number, file in enumerate(item.files, 1):
        type = type_of(file.content)
        about = said.get(number)
        fits = len(file.content) <= MOST_BYTES
        found.append(
            {
                "kind": kind_of(type),
                "name": one_line(file.name or (about.name if about else ""), 200),
                "type": type,
                "alt": clean(file.alt or (about.alt if about else "")).strip(),
                "cid": one_line(file.cid, 255),
                "size": len(file.content),
                "content": file.content if fits else None,
            }
        )
    links = [one for one in item.envelope.media if not one.file and one.url]
    return found + [
        {"kind": one.kind, "name": one.name, "type": one.type, "alt": one.alt, "url": one.url, "size": one.size}
        for one in links
    ]


def there() -> Exists:
    """Does a message have files? For a query of messages: most have none, and nothing more is asked of them."""
    return Exists(Attachment.objects.filter(workspace=OuterRef("workspace"), key=OuterRef("key"), place__gt=HTML))


def laid_out() -> Exists:
    """Did a message come as HTML, too? For a query of messages."""
    return Exists(Attachment.objects.filter(workspace=OuterRef("workspace"), key=OuterRef("key"), place=HTML))


def of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """Message id → its files without their bytes (``kept``: they are there; ``held``: the virus scanner has
    not looked through them), in their order. One query, for
    messages that are not known (by :func:`there`, as ``has_files``) to have none."""
    rows = [row for row in messages if getattr(row, "has_files", True)]
    if not rows:
        return {}
    by_key = {bytes(row.key): row.pk for row in rows}
    files = Attachment.objects.filter(workspace_id=rows[0].workspace_id, key__in=list(by_key), place__gt=HTML)
    found: dict[int, list[Attachment]] = defaultdict(list)
    kept = ExpressionWrapper(Q(content__isnull=False), output_field=BooleanField())
    for file in files.defer("content").annotate(there=kept).order_by("place"):
        file.kept, file.held = file.there, scanning.of(file) == "held"
        found[by_key[bytes(file.key)]].append(file)
    return found


def letters(messages: Sequence[Message]) -> tuple[File, ...]:
    """The files of our messages as far as one letter takes them and the scanner has let them go, in their order."""
    keys = [bytes(one.key) for one in messages]
    if not keys:
        return ()
    rows = Attachment.objects.filter(workspace__in={one.workspace_id for one in messages}, key__in=keys)
    rows = rows.filter(place__gt=HTML, content__isnull=False)
    found = [one for one in rows.order_by("place") if scanning.of(one) == "given"]
    taken: list[File] = []
    for one in sorted(found, key=lambda row: keys.index(bytes(row.key))):
        file = File(name=one.name, type=one.type, content=bytes(one.content or b""), alt=one.alt)
        try:
            must_take(TAKES, pieces([*taken, file]))
        except ChannelError:
            continue  # it is on the page that the letter names
        taken.append(file)
    return tuple(taken)


def drop(messages: Iterable[int]) -> None:
    """A message that loses its words loses its files."""
    for workspace_id, own in Message.objects.filter(pk__in=messages).values_list("workspace_id", "key"):
        Attachment.objects.filter(workspace_id=workspace_id, key=own).delete()
