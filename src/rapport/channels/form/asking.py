"""Asking: what one form says and asks for, read from its settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapport.channels.addressing import mail_address, must_be_heard, must_be_origins, origins
from rapport.channels.base import Setting, Settings
from rapport.channels.text import clean, one_line

SETTINGS: tuple[Setting, ...] = (
    Setting(key="title", label="Title", help="Stands above the form.", required=False, default="Write to us"),
    Setting(
        key="intro",
        label="Introduction",
        help="A few words before the fields: what you can help with, when you answer.",
        kind="paragraph",
        required=False,
    ),
    Setting(key="ask_name", label="Ask for a name", kind="flag", required=False, default="1"),
    Setting(
        key="ask_email",
        label="Ask for an e-mail address",
        help="Without one, people read your answer on a private page whose link they get when they have written.",
        kind="flag",
        required=False,
        default="1",
    ),
    Setting(key="ask_subject", label="Ask for a subject", kind="flag", required=False),
    Setting(
        key="thanks",
        label="Thanks",
        help="What people read when they have written.",
        kind="paragraph",
        required=False,
        default="Thank you. A person will read this, and answer.",
    ),
    Setting(
        key="origins",
        label="Websites that may show it",
        help="Addresses such as https://www.example.org, one on each line. Elsewhere the form appears at its own "
        "address only.",
        kind="paragraph",
        required=False,
    ),
    Setting(
        key="sender",
        label="Answers are sent from",
        help="An e-mail address that a person reads. Your server needs RAPPORT_SMTP_URL for it. Without either, "
        "answers appear on each person's private page only.",
        required=False,
    ),
    Setting(key="secret", label="Secret", help="Signs the form, so that it can tell a person from a program; you need "
            "it nowhere.", kind="generated_secret", required=False),
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """What stands on the page, and which fields it has besides the words themselves."""

    title: str
    intro: str
    thanks: str
    fields: tuple[str, ...]
    origins: tuple[str, ...]
    sender: str


def form_of(settings: Settings) -> Form:
    """The form that these settings describe; what makes no sense in them counts as not said."""
    given = {setting.key: settings.get(setting.key, "") for setting in SETTINGS}
    return Form(
        title=one_line(given["title"], 200) or "Write to us",
        intro=clean(given["intro"]).strip(),
        thanks=clean(given["thanks"]).strip() or "Thank you. A person will read this, and answer.",
        fields=tuple(name for name in ("name", "email", "subject") if given[f"ask_{name}"]),
        origins=origins(given["origins"]),
        sender=mail_address(given["sender"]) or "",
    )


def must_make_sense(settings: Mapping[str, str]) -> None:
    """Raises a permanent ChannelError with a sentence for settings that cannot be."""
    must_be_origins(settings.get("origins", ""))
    must_be_heard(settings.get("sender", ""))
