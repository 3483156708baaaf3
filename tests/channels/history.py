"""Small files of history in the forms that exporters write, made for these tests."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rapport.channels.base import Batch, Card, Item, Order, Remark, Unreadable
from rapport.channels.files import FilesChannel, Reading

POSTS: list[dict[str, Any]] = [
    {
        "id": "570301000000000001",
        "text": "@skylark my bag is still in Oslo, who do I call?",
        "label": "negative",
        "conf": 0.68,
        "reason": None,
        "airline": "Skylark",
        "author": "jn",
        "created": "2015-02-24 11:15:48 -0800",
        "retweets": 0,
    },
    {
        "id": "570301000000000002",
        "text": "@skylark lovely crew on the 7:40 today, thank you",
        "label": "positive",
        "conf": 1.0,
        "reason": "crew",
        "airline": "Skylark",
        "author": "mia_k",
        "created": "2015-02-24 11:20:01 -0800",
        "retweets": 2,
    },
    {
        "id": "570301000000000003",
        "text": "is it the wind or is everybody late?",
        "label": "neutral",
        "conf": 0.4,
        "reason": None,
        "airline": "Skylark",
        "author": "tomw",
        "created": "2015-02-24 11:31:00 -0800",
        "retweets": 0,
    },
]
THREADS: list[dict[str, Any]] = [
    {
        "id": "3",
        "author": "115712",
        "inbound": True,
        "created": "Tue Oct 31 22:08:27 +0000 2017",
        "text": "@parcelco third parcel this month that never came",
        "response_ids": ["1"],
        "in_reply_to": "",
        "thread": "3",
    },
    {
        "id": "1",
        "author": "parcelco",
        "inbound": False,
        "created": "Tue Oct 31 22:10:47 +0000 2017",
        "text": "@115712 That is not good. Which number is on the slip?",
        "response_ids": ["2"],
        "in_reply_to": "3",
        "thread": "3",
    },
    {
        "id": "2",
        "author": "115712",
        "inbound": True,
        "created": "Tue Oct 31 22:11:45 +0000 2017",
        "text": "@parcelco there is no slip, that is the point",
        "response_ids": [],
        "in_reply_to": "1",
        "thread": "3",
    },
]


def jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


class Read:
    """Everything that a reading of these bytes yields."""

    def __init__(self, body: bytes, settings: Mapping[str, str] | None = None, **more: Any) -> None:
        self.reading: Reading = FilesChannel().read(io.BytesIO(body), settings or {}, **more)
        self.batches: list[Batch] = list(self.reading)
        self.items: list[Item] = [item for batch in self.batches for item in batch.items]
        self.cards: list[Card] = [card for batch in self.batches for card in batch.cards]
        self.orders: list[Order] = [order for batch in self.batches for order in batch.orders]
        self.remarks: list[Remark] = [remark for batch in self.batches for remark in batch.remarks]
        self.unreadable: list[Unreadable] = [one for batch in self.batches for one in batch.unreadable]
        self.texts = [item.envelope.text for item in self.items]
        self.reasons = [(one.position, one.reason) for one in self.unreadable]
