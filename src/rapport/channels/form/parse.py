"""What a visitor sent, as an envelope; or what to ask once more, beside each field, with the words kept. Pure."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

from rapport.channels import envelopes, stamp, suspicion
from rapport.channels.addressing import mail_address
from rapport.channels.base import ChannelError, Item, Settings
from rapport.channels.form.asking import Form, form_of
from rapport.channels.text import clean
from rapport.net.sentence import Sentence

NETWORK = "form"
TRAP = "homepage"
LONGEST = {"name": 200, "email": 254, "subject": 200, "text": 10_000}
MOST_BYTES = 1_000_000
MOST_FIELDS = 20
HURRIED = Sentence("That was very quick. Please press Send once more, so that we know a person wrote it.")
STALE = Sentence("This page stood open for a long time. Your words are still here: please press Send once more.")
FORGED = Sentence(
    "This copy of the form is not one of ours any more. Your words are still here: please press Send once more."
)


@dataclass(frozen=True)
class Taken:
    """Accepted: the item for the line."""

    item: Item


@dataclass(frozen=True)
class Asked:
    """Asked once more: a sentence for each field (``""`` stands for the whole form), and a fresh stamp."""

    errors: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""


def fields(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it; raises a permanent ChannelError for anything else."""
    kind = headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise ChannelError("Send the form as its page does: application/x-www-form-urlencoded.", status=415)
    if len(body) > MOST_BYTES:
        raise ChannelError("That is more than a form can hold. Write a shorter message.", permanent=True, status=413)
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ChannelError("That has more fields than any form of ours.", permanent=True) from error
    return {name: clean(value) for name, value in reversed(pairs)}


def take(settings: Settings, given: Mapping[str, str], raw: bytes, now: datetime, repeats: int = 0) -> Taken | Asked:
    """Judge one submission. ``repeats``: how often these very words came before, which only the caller can know."""
    secret = settings.get("secret", "")
    form = form_of(settings)
    found = stamp.read(given.get("stamp", ""), secret)
    hurried = found is not None and (found.hurried or found.too_fast(now))
    errors = _errors(form, given)
    if not errors and (again := _once_more(found, now)):
        errors = {"": again}
    if errors or found is None:
        return Asked(errors, stamp.new(now, hurried=hurried).signed(secret))
    marks = suspicion.marks(given, trapped=bool(given.get(TRAP, "").strip()), hurried=hurried, repeats=repeats)
    return Taken(_item(form, given, raw, now, found.nonce, marks))


def another(thread: str, address: str, name: str, given: Mapping[str, str], raw: bytes, now: datetime) -> Taken | Asked:
    """A further turn, written on the private page of a conversation."""
    words = given.get("text", "").strip()
    if error := _wrong("text", words):
        return Asked({"text": error})
    identity = identify(thread, given.get("once", ""), words)
    envelope = envelopes.build(
        network=NETWORK, external_id=identity, author=address, name=name, text=words, said_at=now, thread=thread,
        reply_to=thread, public=False, direct=True, ours=False,
    )  # fmt: skip
    return Taken(Item(envelope, raw))


def identify(*parts: str) -> str:
    """The name of a message: 128 bits that nobody can guess who did not have the form before them."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _once_more(found: stamp.Stamp | None, now: datetime) -> str:
    if found is None:
        return FORGED
    if found.too_old(now):
        return STALE
    return HURRIED if found.too_fast(now) else ""


def _errors(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    errors = {name: error for name in (*form.fields, "text") if (error := _wrong(name, given.get(name, "")))}
    email = given.get("email", "").strip()
    if "email" in form.fields and email and "email" not in errors and mail_address(email) is None:
        errors["email"] = Sentence("This is no e-mail address that mail can be sent to. Correct it, or leave it empty.")
    return errors


def _wrong(name: str, words: str) -> str:
    if name == "text" and not words.strip():
        return Sentence("Write a few words first.")
    length, longest = len(words.strip()), LONGEST[name]
    return (
        Sentence("At most %(most)s characters fit here; this has %(n)s.", most=longest, n=length)
        if length > longest
        else ""
    )


def _item(form: Form, given: Mapping[str, str], raw: bytes, now: datetime, nonce: str, marks: tuple[str, ...]) -> Item:
    said = {name: given.get(name, "").strip() if name in form.fields else "" for name in ("name", "email", "subject")}
    words = given["text"].strip()
    identity = identify(nonce, words, *said.values())
    visitor = hashlib.sha256(identity.encode()).hexdigest()[:12]
    envelope = envelopes.build(
        network=NETWORK,
        external_id=identity,
        author=mail_address(said["email"]) or f"visitor-{visitor}",
        name=said["name"] or ("" if said["email"] else f"Visitor {visitor[:4].upper()}"),
        text=words,
        said_at=now,
        thread=identity,
        subject=said["subject"],
        public=False,
        direct=True,
        ours=False,
        suspicions=marks,
    )
    return Item(envelope, raw)
