"""Facets: what in a text is a link, a mention or a tag, counted in UTF-8 bytes as the network counts. Pure.

Outgoing they are found in our words; incoming they are a stranger's claim, checked before anything is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from rapport.channels import graphemes
from rapport.channels.bluesky.fields import Row, many, number, word

TYPE = "app.bsky.richtext.facet"
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
HANDLE = re.compile(rf"(?:{LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?")
MENTION = re.compile(rf"(?<![\w@/.])@({HANDLE.pattern})(?![\w-])")
LINK = re.compile(r"(?<![\w/])https?://[^\s<>\"]+", re.IGNORECASE)
TAG = re.compile(r"(?<![\w&/])[#＃](?!️)([^\s#＃]+)")
TRAILING = ".,;:!?'\"…»”’*_"
LONGEST_TAG = 64
MOST = 200
"""Facets of one post that are looked at: nobody writes so many."""

Kind = Literal["link", "mention", "tag"]


class Feature(NamedTuple):
    """One stretch of a text, in characters, and what it stands for: an address, a DID, or a tag without its sign."""

    start: int
    end: int
    kind: Kind
    value: str


def handles(text: str) -> list[str]:
    """The handles that a text tags, in lower case, once each, in order: they must be resolved before it is sent."""
    return list(dict.fromkeys(match[1].lower() for match in MENTION.finditer(text)))


def found(text: str, dids: Mapping[str, str]) -> list[Feature]:
    """Links, mentions and tags in our words, in order, none over another. A handle without a DID stays plain words."""
    features = [*_links(text), *_mentions(text, dids), *_tags(text)]
    return _apart(features)


def facets(text: str, features: list[Feature]) -> list[dict[str, Any]]:
    """As the network wants them: offsets in bytes of UTF-8."""
    name = {"link": "uri", "mention": "did", "tag": "tag"}
    return [
        {
            "index": {"byteStart": len(text[: one.start].encode()), "byteEnd": len(text[: one.end].encode())},
            "features": [{"$type": f"{TYPE}#{one.kind}", name[one.kind]: one.value}],
        }
        for one in features
    ]


def claimed(text: str, record: Row) -> list[Feature]:
    """The facets of a stranger's post that fit its text, in order; the others are left out.

    Offsets may lie outside, run backwards, cut a letter in two or lie over one another: clients get them wrong.
    """
    raw = text.encode("utf-8", "surrogatepass")
    features: list[Feature] = []
    for facet in list(many(record, "facets"))[:MOST]:
        first, last = number(facet, "index", "byteStart"), number(facet, "index", "byteEnd")
        if first is None or last is None or not 0 <= first < last:
            continue
        try:
            start = len(raw[:first].decode("utf-8", "surrogatepass")) if first < len(raw) else -1
            end = start + len(raw[first:last].decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            continue
        if start >= 0:
            features.extend(_features(facet, start, end))
    return _apart(features)


def _features(facet: Row, start: int, end: int) -> Iterator[Feature]:
    for feature in many(facet, "features"):
        kind = word(feature, "$type").removeprefix(f"{TYPE}#")
        if kind == "link" and word(feature, "uri").lower().startswith(("http://", "https://")):
            yield Feature(start, end, "link", word(feature, "uri"))
        elif kind == "mention" and word(feature, "did").startswith("did:"):
            yield Feature(start, end, "mention", word(feature, "did"))
        elif kind == "tag" and word(feature, "tag"):
            yield Feature(start, end, "tag", word(feature, "tag"))


def written_out(text: str, features: list[Feature]) -> str:
    """The text with the whole address wherever a link shows less than that, or something else."""
    pieces, last = [], 0
    for one in features:
        if one.kind != "link" or len(one.value) > 2000 or re.search(r"\s", one.value):
            continue
        shown = text[one.start : one.end]
        pieces += [text[last : one.start], _link(shown, one.value)]
        last = one.end
    return "".join([*pieces, text[last:]])


def _link(shown: str, address: str) -> str:
    bare = shown.strip().rstrip("…").removesuffix("...").lower()
    plain = address.lower().removeprefix("https://").removeprefix("http://")
    if bare and plain.removeprefix("www.").startswith(bare.removeprefix("https://").removeprefix("www.")):
        return address
    return shown if address in shown else f"{shown} ({address})"


def _links(text: str) -> Iterator[Feature]:
    for match in LINK.finditer(text):
        address = _balanced(match[0].rstrip(TRAILING))
        if len(address) > len("https://"):
            yield Feature(match.start(), match.start() + len(address), "link", address)


def _balanced(address: str) -> str:
    """Without a closing bracket that was opened before the address, and what stood before it."""
    for opening, closing in ("()", "[]"):
        while address.endswith(closing) and address.count(closing) > address.count(opening):
            address = address[:-1].rstrip(TRAILING)
    return address


def _mentions(text: str, dids: Mapping[str, str]) -> Iterator[Feature]:
    for match in MENTION.finditer(text):
        if did := dids.get(match[1].lower()):
            yield Feature(match.start(), match.end(), "mention", did)


def _tags(text: str) -> Iterator[Feature]:
    for match in TAG.finditer(text):
        tag = match[1].rstrip(f"{TRAILING})]")
        if tag and not tag.isdecimal() and graphemes.count(tag) <= LONGEST_TAG:
            yield Feature(match.start(), match.start() + 1 + len(tag), "tag", tag)


def _apart(features: list[Feature]) -> list[Feature]:
    """In order, each beginning where the one before has ended or later; of two at one place the first named stays."""
    kept: list[Feature] = []
    for one in sorted(features, key=lambda feature: feature.start):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def mentioned(features: list[Feature]) -> list[str]:
    """The DIDs that are tagged, once each."""
    return list(dict.fromkeys(one.value for one in features if one.kind == "mention"))
