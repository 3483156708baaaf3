"""The letter: an answer as an e-mail, plain text, quoting what it answers. Pure.

Not automatic mail where a person sends it: then it has no ``Auto-Submitted`` (RFC 3834, section 5). The headers are
built by the standard library's policy, which refuses a line end in any of them; ours are on one line before they get there.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from rapport.channels.base import Around, Outgoing, Showing, Shown, Takes
from rapport.channels.text import clean, one_line

QUOTED = 20_000
"""Characters of what is answered that are quoted at most."""
TAKES = Takes(most=10, bytes=10_000_000, total=18_000_000)
"""What mail servers take as a rule: 25 MB, of which the encoding of the files costs a third."""
_POLICY = SMTP.clone(cte_type="7bit")
ANY_ID = re.compile(r"[!-;=?-~]{1,200}@[!-;=?-~]{1,200}")
"""A Message-ID that somebody else made, if it fits into a header as it is."""
MESSAGE_ID = re.compile(r"[A-Za-z0-9._-]{1,80}@[a-z0-9.-]{1,255}")


def message_id(idempotency_key: str, sender: str) -> str:
    """Without its brackets: the same for every attempt at the same answer."""
    return f"{re.sub(r'[^A-Za-z0-9]', '', idempotency_key)[:64] or 'answer'}.rapport@{sender.rpartition('@')[2]}"


def compose(
    outgoing: Outgoing,
    around: Around,
    sender: str,
    recipient: str,
    title: str,
    now: datetime,
    *,
    reply_to: str = "",
    answers: tuple[str, ...] = (),
    mark: str = "",
    below: str = "",
    automatic: bool = False,
) -> bytes:
    """The whole mail with CRLF line ends. ``sender`` and ``recipient`` are plain ASCII addresses.

    ``reply_to`` is where answers go, if not to the sender; ``answers`` names the mails of theirs that are answered, the
    latest last, and ``mark`` is a further name beside them, by which an answer is known again; ``below`` stands under
    the writer's name. ``automatic``: a program sends it, whoever wrote the words.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(one_line(outgoing.author, 120), addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = subject(outgoing.subject or title)
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = f"<{message_id(outgoing.idempotency_key, sender)}>"
    if automatic:
        mail["Auto-Submitted"] = "auto-generated"
    if reply_to:
        mail["Reply-To"] = Address(one_line(outgoing.author, 120), addr_spec=reply_to)
    _thread(mail, around, answers, mark)
    mail.set_content(body(outgoing, around, below), cte="quoted-printable")
    for file in outgoing.manner.files:
        main, _, sub = file.type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.name, 120))
    return mail.as_bytes()


def _thread(mail: EmailMessage, around: Around, answers: tuple[str, ...], mark: str) -> None:
    """What it answers, and all that belongs to it, the latest last."""
    ours = [name for name in around.earlier if MESSAGE_ID.fullmatch(name)][-10:]
    theirs = [name for name in answers if ANY_ID.fullmatch(name)][-10:]
    last = theirs[-1:] or ours[-1:]
    before = dict.fromkeys([*theirs, *ours, *([mark] if mark else [])])
    named = [*(name for name in before if name not in last), *last]
    if last:
        mail["In-Reply-To"] = f"<{last[0]}>"
    if named:
        mail["References"] = " ".join(f"<{name}>" for name in named)


def subject(words: str) -> str:
    """``Re: `` once, on one line."""
    line = one_line(words, 250)
    return line if line[:3].lower() == "re:" else f"Re: {line}"


def showing(outgoing: Outgoing, around: Around, sender: str, recipient: str, title: str, *, below: str = "") -> Showing:
    """The letter as it will be read: who it is from and to, its subject, its words, and what stands under them."""
    words = clean(outgoing.text).strip()
    return Showing(
        parts=(Shown(words),),
        sender=f"{one_line(outgoing.author, 120)} <{sender}>",
        to=(recipient,),
        visibility="direct",
        subject=subject(outgoing.subject or title),
        below=body(outgoing, around, below).removeprefix(words).strip("\n"),
    )


def body(outgoing: Outgoing, around: Around, below: str = "") -> str:
    """The answer, who wrote it, where to go on, and what it answers."""
    signed = "\n".join(part for part in (one_line(outgoing.author, 120), clean(below).strip()) if part)
    parts = [clean(outgoing.text).strip(), f"-- \n{signed}" if signed else ""]
    if around.page:
        parts.append(
            f"Read this conversation and write again on your own page; keep its address for yourself:\n{around.page}"
        )
    if around.said:
        when = f"{around.said_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if around.said_at else ""
        who = one_line(around.who, 120) or "you"
        quoted = "\n".join(f"> {line}".rstrip() for line in clean(around.said)[:QUOTED].splitlines())
        parts.append(f"On {when}, {who} wrote:\n{quoted}" if when else f"{who} wrote:\n{quoted}")
    return "\n\n".join(part for part in parts if part) + "\n"
