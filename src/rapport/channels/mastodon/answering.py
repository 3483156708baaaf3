"""Answering: the message that is answered is looked at first, then the answer leaves once, to those who were spoken to."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlsplit

from rapport.channels.base import ChannelError, File, Handle, Outgoing, Showing, Shown
from rapport.channels.carrying import must_take, pieces
from rapport.channels.loose import Row, many, word
from rapport.channels.mastodon import parse, words
from rapport.channels.mastodon.client import UPLOADING, Gone, Server, segment
from rapport.channels.mastodon.home import Home
from rapport.channels.text import clean, one_line

LOOKED_THROUGH = 40
UPLOAD_SECONDS, NAP = 60.0, 1.0
DELETED = "What you answer is not there any more: it was deleted, or is hidden from us now. Nothing was sent."


def there(server: Server, home: Home, uri: str) -> Row:
    """The status of that uri as the server shows it now. Raises Gone, or another ChannelError."""
    host, id = _place(uri)
    if host == home.domain or host == server.host:
        try:
            found = server.row(f"/api/v1/statuses/{segment(id)}")
        except Gone:
            found = {}
        if word(found, "uri") == uri or word(found, "url") == uri:
            return found
    answer = server.row("/api/v2/search", [("q", uri), ("resolve", "true"), ("type", "statuses"), ("limit", "1")])
    for one in many(answer, "statuses"):
        if uri in {word(one, "uri"), word(one, "url")}:
            # A search may answer from its memory: only the status itself says that it is still there.
            return server.row(f"/api/v1/statuses/{segment(word(one, 'id'))}")
    raise Gone(DELETED, permanent=True)


def _place(uri: str) -> tuple[str, str]:
    """The server of a uri, and its last part, which on Mastodon is the id."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return "", ""
    return parts.netloc.lower(), parts.path.rstrip("/").rpartition("/")[2]


def send(server: Server, home: Home, outgoing: Outgoing) -> Handle:
    """One answer. Raises ChannelError."""
    try:
        said = there(server, home, outgoing.in_reply_to) if outgoing.in_reply_to else {}
    except Gone as error:
        raise ChannelError(DELETED, permanent=True) from error
    answer = words.answer(said, outgoing, home)
    files = outgoing.manner.files
    must_take(home.takes, pieces(files))
    post: dict[str, object] = {"status": answer.text, "visibility": answer.visibility}
    post |= {"in_reply_to_id": answer.reply_to} if answer.reply_to else {}
    post |= {"spoiler_text": answer.warning} if answer.warning else {}
    post |= {"language": answer.language} if answer.language else {}
    post |= {"media_ids": [upload(server, file) for file in files]} if files else {}
    try:
        posted = server.send("POST", "/api/v1/statuses", post, key=outgoing.idempotency_key)
    except Gone as error:  # deleted in the very moment
        raise ChannelError(DELETED, permanent=True) from error
    return _handle(posted, home)


def showing(home: Home, outgoing: Outgoing) -> Showing:
    """How it will stand there, from what we know of what it answers: its writer, whoever is tagged in it, who saw it.

    Raises a permanent ChannelError for what would be refused.
    """
    how = outgoing.manner
    said: Row = {}
    if outgoing.in_reply_to:
        tagged = [one for one in how.participants if home.full(one) != home.address]
        said = {
            "account": {"id": "writer", "acct": outgoing.recipient},
            "mentions": [{"id": one, "acct": one} for one in tagged],
            "visibility": "public" if outgoing.public else words.OURS[how.visibility or "direct"],
        }
        if how.visibility == "direct" and how.written_at is not None:
            said["visibility"] = "public"  # it leaves a public thread: only its writer is taken along
    answer = words.answer(said, outgoing, home)
    return Showing(
        parts=(Shown(answer.text, words.marks(answer.text)),),
        sender=f"@{home.address}" if home.acct else "",
        to=tuple(f"@{handle}" for handle in words.participants(said, home))[: 1 if how.written_at else None],
        visibility=parse.VISIBILITIES[answer.visibility],
        content_warning=answer.warning,
        language=answer.language,
    )


def _handle(posted: Row, home: Home) -> Handle:
    if not word(posted, "id"):
        raise ChannelError("The server did not say how it calls what we sent.", unknown=True)
    return Handle(parse.uri(posted, home), url=word(posted, "url"))


def recognise(server: Server, home: Home, outgoing: Outgoing) -> Handle | None:
    """Did it leave? Looked up among what we said last, by its words and by what it answers: a server may forget, or
    never have known, the key under which it was sent."""
    to = there(server, home, outgoing.in_reply_to) if outgoing.in_reply_to else {}
    sent = words.answer(to, outgoing, home)
    path = f"/api/v1/accounts/{segment(home.id)}/statuses"
    for one, _ in server.page(path, [("limit", str(LOOKED_THROUGH)), ("exclude_reblogs", "true")]).rows:
        if word(one, "in_reply_to_id") == sent.reply_to and words.alike(sent.text, parse.text(one)):
            return _handle(one, home)
    return None


def upload(server: Server, file: File) -> str:
    """A file with what it shows; its id, once the server has made it ready. Raises ChannelError."""
    kind, body = _form(file)
    answer = server.ask("POST", "/api/v2/media", body=body, headers={"content-type": kind}, patience=UPLOADING)
    id = word(_row(answer.body), "id")
    until = time.monotonic() + UPLOAD_SECONDS
    while answer.status in {202, 206} and id:  # taken, and not ready yet
        if time.monotonic() > until:
            raise ChannelError("The server does not get the file ready. Nothing was sent.")
        time.sleep(NAP)
        answer = server.get(f"/api/v1/media/{segment(id)}")
    if not id:
        raise ChannelError("The server took the file and did not say how it calls it. Nothing was sent.")
    return id


def _row(body: bytes) -> Row:
    try:
        return parse.row(body)
    except ValueError:
        return {}


def _form(file: File) -> tuple[str, bytes]:
    """A file and its description as multipart/form-data (RFC 7578): the type, and the bytes."""
    mark = secrets.token_hex(16)
    name = one_line(file.name, 100).replace('"', "'").replace("\\", "") or "file"
    alt = clean(file.alt).strip()
    pieces = []
    if alt:
        pieces.append(f'--{mark}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{alt}\r\n'.encode())
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {file.type}\r\n\r\n'
    pieces += [head.encode(), file.content, f"\r\n--{mark}--\r\n".encode()]
    return f"multipart/form-data; boundary={mark}", b"".join(pieces)
