"""Google Takeout's reviews of a business (``reviews.json``): stars, words, and what the business answered."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rapport.channels import envelopes
from rapport.channels.base import Envelope
from rapport.channels.files.exports.export import Context, Export, Row, part, word
from rapport.channels.files.piece import Piece

NETWORK = "google"
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}


def claims(row: Row, list: str) -> bool:
    return "starRating" in row and ("reviewer" in row or "createTime" in row)


def split(row: Row, list: str, whole: Piece, context: Context) -> Iterator[Piece]:
    """The review, and the answer to it as a message of ours."""
    yield Piece(whole.position, whole.raw, make=partial(_review, row, context))
    if word(row, "reviewReply", "comment"):
        yield Piece(f"{whole.position}, the answer", whole.raw, make=partial(_answer, row, context))


def _id(row: Row) -> str:
    """Google's own name of a review; a file without one is told by reviewer and time."""
    named = word(row, "name") or word(row, "reviewId")
    return named or f"review by {word(row, 'reviewer', 'displayName')} at {word(row, 'createTime')}"


def _review(row: Row, context: Context) -> Envelope:
    written = word(row, "starRating")
    stars = STARS.get(written.upper()) or (int(written) if written in {"1", "2", "3", "4", "5"} else None)
    if stars is None:
        raise ValueError(f"{written[:20]!r} is no number of stars")
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=_id(row),
        # Two reviewers may have one name; Google does not say who they are.
        author=_id(row),
        name=word(row, "reviewer", "displayName"),
        text=word(row, "comment"),
        said_at=context.moment(row.get("createTime")),
        version=word(row, "updateTime"),
        direct=True,
        ours=False,
        rating=stars,
    )


def _answer(row: Row, context: Context) -> Envelope:
    reply = part(row, "reviewReply")
    id = _id(row)
    return envelopes.build(
        network=context.network or NETWORK,
        external_id=f"{id}/reply",
        author=id.partition("/reviews/")[0] if "/reviews/" in id else "business",
        text=word(reply, "comment"),
        said_at=context.moment(reply.get("updateTime") or reply.get("createTime") or row.get("updateTime")),
        version=word(reply, "updateTime"),
        reply_to=id,
        ours=True,
    )


EXPORT = Export("reviews", "Google reviews (Takeout)", claims, split, ("reviews",))
