"""What a mailbox asks for when it is connected, and what makes no sense in it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.channels.addressing import mail_address, must_be_heard
from rapport.channels.base import ChannelError, Setting, Settings
from rapport.channels.text import one_line
from rapport.net.sentence import Sentence

LINES = (("tls", "TLS from the first byte"), ("starttls", "STARTTLS"))
SETTINGS = (
    Setting(
        key="address", label="E-mail address", help="The address people write to, and that your answers come from.",
    ),
    Setting(key="imap_host", label="IMAP server", help="Such as imap.example.org. It is always spoken to encrypted."),
    Setting(key="imap_port", label="IMAP port", kind="number", default="993", help="993 for TLS, 143 for STARTTLS."),
    Setting(key="imap_line", label="IMAP encryption", kind="choice", default="tls", choices=LINES),
    Setting(key="user", label="User name", help="Often the whole address.", required=False),
    Setting(
        key="password", label="Password", kind="secret", required=False,
        help="Many providers want an app password here, made in their security settings.",
    ),
    Setting(
        key="smtp_host", label="SMTP server", required=False,
        help="Such as smtp.example.org. Empty: the mailbox is read, and nothing is answered from here.",
    ),
    Setting(key="smtp_port", label="SMTP port", kind="number", default="465", help="465 for TLS, 587 for STARTTLS."),
    Setting(key="smtp_line", label="SMTP encryption", kind="choice", default="tls", choices=LINES),
    Setting(
        key="folders", label="Folders", kind="paragraph", default="INBOX", required=False,
        help="One on each line. The folder of sent mail is found by itself, so that what you answer elsewhere is seen.",
    ),
    Setting(
        key="our_addresses", label="Other addresses of yours", kind="paragraph", required=False,
        help="One on each line: colleagues who answer from their own mailbox. Believed where your mail server vouches.",
    ),
    Setting(
        key="signature", label="Below each answer", kind="paragraph", required=False, default="",
        help="Stands below the name of whoever answers. There is always a name: people are answered by somebody.",
    ),
    Setting(
        key="signs_in", label="How to sign in", kind="choice", default="password",
        choices=(("password", "With a password or an app password"), ("oauth", "With OAuth 2 (XOAUTH2)")),
    ),
    Setting(key="token_url", label="OAuth: token address", kind="url", required=False),
    Setting(key="client_id", label="OAuth: client", required=False),
    Setting(key="client_secret", label="OAuth: client secret", kind="secret", required=False),
    Setting(key="refresh_token", label="OAuth: refresh token", kind="secret", required=False),
    Setting(
        key="thread_secret", label="Secret of the threads", kind="generated_secret", required=False,
        help="Signs the mark by which an answer finds its conversation again.",
    ),
)  # fmt: skip
MOST_FOLDERS = 20


@dataclass(frozen=True)
class Box:
    """A mailbox as its settings describe it."""

    address: str
    host: str
    port: int
    user: str
    password: str
    smtp_host: str
    smtp_port: int
    imap_tls: bool
    smtp_tls: bool
    folders: tuple[str, ...]
    ours: frozenset[str]
    signature: str
    oauth: bool
    secret: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def box_of(settings: Settings) -> Box:
    """The mailbox; raises a permanent ChannelError where it cannot be one."""
    address = mail_address(settings.get("address", "")) or ""
    if not address:
        raise ChannelError("This mailbox has no e-mail address. Write one in its settings.", permanent=True)
    folders = tuple(dict.fromkeys(line.strip() for line in settings.get("folders", "").split("\n") if line.strip()))
    others = (mail_address(line) for line in settings.get("our_addresses", "").split("\n"))
    return Box(
        address=address,
        host=settings.get("imap_host", "").strip(),
        port=_port(settings.get("imap_port", ""), 993),
        user=settings.get("user", "").strip() or address,
        password=settings.get("password", ""),
        smtp_host=settings.get("smtp_host", "").strip(),
        smtp_port=_port(settings.get("smtp_port", ""), 465),
        imap_tls=settings.get("imap_line") != "starttls",
        smtp_tls=settings.get("smtp_line") != "starttls",
        folders=folders[:MOST_FOLDERS] or ("INBOX",),
        ours=frozenset({address.lower(), *(one.lower() for one in others if one)}),
        signature=settings.get("signature", "").strip(),
        oauth=settings.get("signs_in") == "oauth",
        secret=settings.get("thread_secret", ""),
    )


def must_make_sense(settings: Settings) -> None:
    """Raises a permanent ChannelError with a sentence."""
    must_be_heard(settings.get("address", ""))
    box = box_of(settings)
    if not box.host:
        raise ChannelError("Which server is the mailbox on? Write its IMAP server.", permanent=True)
    if not (box.user + box.password).isascii():
        raise ChannelError("The user name or the password has letters that mail servers do not take.", permanent=True)
    if box.oauth:
        missing = [key for key in ("token_url", "client_id", "refresh_token") if not settings.get(key, "").strip()]
        if missing:
            raise ChannelError("OAuth needs the token address, the client and the refresh token.", permanent=True)
    elif not box.password:
        raise ChannelError("The mailbox needs a password.", permanent=True)
    for line in settings.get("our_addresses", "").split("\n"):
        if line.strip() and not mail_address(line):
            words = one_line(line, 60)
            raise ChannelError(Sentence("“%(words)s” is no e-mail address.", words=words), permanent=True)


def _port(words: str, usual: int) -> int:
    return int(words) if words.isascii() and words.isdecimal() and 0 < int(words[:6]) < 65536 else usual
