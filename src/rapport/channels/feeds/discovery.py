"""Which feed a web page names: ``<link rel="alternate" type="application/rss+xml" href="…">``. Pure, one pass."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from rapport.channels.envelopes import web_address

LOOKED_AT = 512 * 1024
TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
)
LINK = re.compile(r"<link\b([^>]{0,2000})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
COMMENTS = re.compile(r"comment|kommentar|reply", re.IGNORECASE)


def is_page(body: bytes, content_type: str) -> bool:
    """Is this a page for people?"""
    head = body[:2_000].lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html")) or (
        "html" in content_type.lower() and b"<rss" not in head and b"<feed" not in head and b"<rdf" not in head
    )


def feeds(body: bytes, address: str) -> list[str]:
    """The addresses of the feeds that a page names, those of comments last."""
    page = body[:LOOKED_AT].decode("utf-8", "replace")
    found: dict[str, bool] = {}
    for link in LINK.finditer(page):
        named = {name.lower(): html.unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(link[1])}
        kind = named.get("type", "").partition(";")[0].strip().lower()
        if "alternate" not in named.get("rel", "").lower().split() or kind not in TYPES:
            continue
        target = web_address(_joined(address, named.get("href", "")))
        path = urlsplit(target).path if target else ""
        # WordPress names a list of its parts in JSON as an alternate, too
        if target and not (kind == "application/json" and "/wp-json/" in path):
            found.setdefault(target, bool(COMMENTS.search(path + named.get("title", ""))))
    return sorted(found, key=lambda one: found[one])


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""
