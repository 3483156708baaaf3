"""Covering: whoever is forgotten is covered wherever others named or quoted them, in a whole workspace.

``places`` and ``arrivals`` walk every row once, in batches, each written in its own transaction. Counting is the same
walk without writing, so that what is promised beforehand, done, and proved afterwards, is one thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from rapport.accounts.models import Workspace
from rapport.channels.base import Author, Envelope
from rapport.core.database import now, write
from rapport.core.hashing import key
from rapport.inbox.holding import PLACES, Place, batches
from rapport.inbox.masking import Mask
from rapport.inbox.models import Arrival, Disposition, Message, Reading
from rapport.inbox.versions import version
from rapport.people.addresses import identity_key

_decode = msgspec.json.Decoder(Envelope).decode
_encode = msgspec.json.Encoder().encode
FORGOTTEN = "forgotten"
"""What stands where an id, a thread or an author was."""
Seen = Callable[[], object]


@dataclass(frozen=True)
class Masks:
    """``wide`` for everywhere, ``near`` for the conversations (ids) in which they took part."""

    wide: Mask
    near: Mask
    talks: frozenset[int]

    def of(self, talk: int | None) -> Mask:
        return self.near if talk in self.talks else self.wide


def places(workspace: Workspace, masks: Masks, *, apply: bool, spare: frozenset[int], seen: Seen) -> Counter[str]:
    """How many rows of each kind hold them; with ``apply`` none does afterwards.

    ``spare``: messages that lose all their words anyway; they and what hangs on them are passed over.
    """
    found: Counter[str] = Counter()
    for place in PLACES:
        own = "message_id" if place.model.__name__ in {"Revision", "Reading", "Disposition", "Manner"} else "pk"
        spared = spare if own == "message_id" or place.model.__name__ == "Message" else frozenset()
        columns = [*place.texts, *place.documents, *{place.talk, own} - {"", "pk"}]
        for batch in batches(place.rows(workspace), *columns):
            changes = {
                row["pk"]: made for row in batch if row[own] not in spared and (made := _covered(place, row, masks))
            }
            found[place.label] += len(changes)
            if apply and changes:
                with write():
                    for id, made in changes.items():
                        place.model._default_manager.filter(pk=id).update(**made)
                        if place.model is Message and "text" in made:
                            _show_again(id, made["text"])
            seen()
    return found


def _covered(place: Place, row: dict[str, Any], masks: Masks) -> dict[str, Any]:
    """The columns of one row that must change."""
    mask = masks.of(row[place.talk] if place.talk else None)
    made = {name: mask.cover(row[name]) for name in place.texts} | {
        name: mask.cover_all(row[name]) for name in place.documents
    }
    return {name: value for name, value in made.items() if value != row[name]}


def _show_again(message_id: int, text: str) -> None:
    """What a reading and decisions show of a message's words is taken from its covered text."""
    for reading in Reading.objects.filter(message=message_id):
        Reading.objects.filter(pk=reading.pk).update(data=_shown(reading.data, text))
    for row in Disposition.objects.filter(message=message_id):
        Disposition.objects.filter(pk=row.pk).update(reasons=_shown(row.reasons, text))


_QUOTED = ("product", "entitlement", "price", "promise_broken", "what", "due", "name")
"""Parts of a reading that are words of the message without saying where they stood: what is covered now, is gone."""


def _shown(value: Any, text: str) -> Any:
    if isinstance(value, list):
        return [_shown(one, text) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _shown(one, text) for name, one in value.items()}
    if "start" in made and "end" in made:
        words = text[made["start"] : made["end"]] if made["start"] >= 0 else ""
        made |= {name: words for name in ("evidence", "text") if name in made}
    made |= {name: made[name] if made[name] in text else "" for name in _QUOTED if name in made}
    if "faults" in made:
        made["faults"] = [words for words in made["faults"] if words in text]
        made["topics"] = []  # nobody can say any more which of them the covered words told
    return made


@dataclass(frozen=True)
class Theirs:
    """What makes an arrival theirs: keys of their identities, and of the messages that lose their words."""

    identities: frozenset[bytes]
    messages: frozenset[bytes]


def arrivals(
    workspace: Workspace, theirs: Theirs, mask: Mask, *, apply: bool, after: int = 0, seen: Seen
) -> tuple[Counter[str], int]:
    """Their arrivals lose bytes and envelope (one that waits is done: it will never be a message); those of others that
    name or quote them are covered and lose their bytes. Counts, and the last id that was looked at."""
    found: Counter[str] = Counter()
    last = after
    rows = Arrival.objects.filter(workspace=workspace, pk__gt=after).order_by("pk")
    for batch in batches(rows, "raw", "envelope"):
        last = batch[-1]["pk"]
        gone, covered = [], {}
        for row in batch:
            raw, envelope = bytes(row["raw"]), _decode(bytes(row["envelope"]))
            if not raw and envelope == forgotten(envelope.network):
                continue
            if _is_theirs(envelope, theirs):
                gone.append((row["pk"], envelope.network))
            elif (made := _cover_envelope(envelope, mask)) != envelope or mask.spans(raw.decode("utf-8", "replace")):
                covered[row["pk"]] = made
        found["arrivals"] += len(gone)
        found["arrivals of others"] += len(covered)
        if apply and (gone or covered):
            _write(gone, covered)
        seen()
    return found, last


def _write(gone: list[tuple[int, str]], covered: dict[int, Envelope]) -> None:
    with write():
        for id, envelope in covered.items():
            Arrival.objects.filter(pk=id).update(raw=b"", envelope=_encode(envelope))
        empty(gone)


def empty(ids: list[tuple[int, str]]) -> None:
    """Arrivals (id, network) keep their key, so that the same bytes are never taken in again, and nothing else."""
    for network in {network for _, network in ids}:
        rows = Arrival.objects.filter(pk__in=[id for id, one in ids if one == network])
        rows.filter(done_at=None).update(done_at=now())
        rows.update(raw=b"", envelope=_encode(forgotten(network)), error="", poison_at=None, lease="", lease_until=None)


def forgotten(network: str) -> Envelope:
    """What stands in place of an envelope whose words are gone: a deletion of nothing, harmless if it is read again."""
    return Envelope(network=network, external_id=FORGOTTEN, author=Author(FORGOTTEN), text="", deleted=True)


def _is_theirs(envelope: Envelope, theirs: Theirs) -> bool:
    return (
        identity_key(envelope.network, envelope.author.address) in theirs.identities
        or key(envelope.network, envelope.external_id) in theirs.messages
    )


def _cover_envelope(envelope: Envelope, mask: Mask) -> Envelope:
    """The same envelope with them covered; it keeps its version, so that it is no edit if it is read again."""
    names = ("text", "subject", "url", "quoted", "content_warning")
    made = {name: mask.cover(getattr(envelope, name)) for name in names}
    mentions = tuple(one for one in envelope.mentions if not mask.spans(one) and not mask.spans(f"@{one.lstrip('@')}"))
    others = tuple(one for one in envelope.participants if not mask.spans(one) and not mask.spans(f"@{one}"))
    same = mentions == envelope.mentions and others == envelope.participants
    if same and all(made[name] == getattr(envelope, name) for name in names):
        return envelope
    return msgspec.structs.replace(envelope, **made, mentions=mentions, participants=others, version=version(envelope))
