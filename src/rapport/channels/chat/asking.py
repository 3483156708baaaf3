"""Asking: how one chat looks and what it may do, read from its settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapport.channels.addressing import mail_address, must_be_heard, must_be_origins, origins
from rapport.channels.base import ChannelError, Setting, Settings
from rapport.channels.text import clean, one_line
from rapport.net.sentence import Sentence

SCHEMES = ("", "light", "dark")
COLOUR = "#1d5c82"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
SETTINGS: tuple[Setting, ...] = (
    Setting(key="title", label="Title", help="Stands above the talk.", required=False, default="Talk to us"),
    Setting(
        key="intro",
        label="Greeting",
        help="A few words before anybody has written: what you can help with.",
        kind="paragraph",
        required=False,
        default="Hello. What can we do for you?",
    ),
    Setting(
        key="button",
        label="Words on the button",
        help="What stands on the button in your website. Empty: the word “Chat” in the visitor's language.",
        required=False,
    ),
    Setting(
        key="origins",
        label="Websites that may show it",
        help="Addresses such as https://www.example.org, one on each line. Elsewhere the chat opens in a tab of its "
        "own.",
        kind="paragraph",
        required=False,
    ),
    Setting(
        key="sender",
        label="Letters are sent from",
        help="An e-mail address that a person reads. Whoever leaves before you answer, and left an address, gets the "
        "answer as a letter. Your server needs RAPPORT_SMTP_URL for it.",
        required=False,
    ),
    Setting(
        key="colour",
        label="Colour",
        help="Of the button and of their own words, such as #1d5c82. Black or white letters are chosen to be read on it.",
        required=False,
        default=COLOUR,
    ),
    Setting(key="left", label="Stand on the left side", kind="flag", required=False),
    Setting(
        key="scheme",
        label="Light or dark",
        kind="choice",
        choices=(("", "As the visitor's system wishes"), ("light", "Always light"), ("dark", "Always dark")),
        required=False,
    ),
    Setting(
        key="language",
        label="Language",
        help="Such as “de”. Empty: the one that the visitor's browser asks for.",
        required=False,
    ),
    Setting(key="files", label="Take pictures and PDF files", kind="flag", required=False, default="1"),
    Setting(
        key="whole",
        label="Keep whole page addresses",
        help="With each message comes the page it was written on, without what follows “?”. Tick this to keep that, too.",
        kind="flag",
        required=False,
    ),
    Setting(
        key="visitors",
        label="Secret for signed visitors",
        help="Your website can sign who is logged in there, so that you know who writes.",
        kind="generated_secret",
    ),
    Setting(
        key="secret",
        label="Secret",
        help="Signs the chat's own pages; you need it nowhere.",
        kind="generated_secret",
        required=False,
    ),
)


@dataclass(frozen=True)
class Chat:
    """What a visitor meets. ``button`` and ``language`` are empty where the visitor's browser decides; ``ink`` is what
    can be read on ``colour``."""

    title: str
    intro: str
    button: str
    origins: tuple[str, ...]
    sender: str
    colour: str
    ink: str
    left: bool
    scheme: str
    language: str
    files: bool
    whole: bool


def chat_of(settings: Settings) -> Chat:
    """The chat that these settings describe; what makes no sense in them counts as not said."""
    given = {setting.key: settings.get(setting.key, "") for setting in SETTINGS}
    colour, scheme, language = (given[key].strip().lower() for key in ("colour", "scheme", "language"))
    colour = colour if _COLOUR.fullmatch(colour) else COLOUR
    return Chat(
        title=one_line(given["title"], 80) or "Talk to us",
        intro=clean(given["intro"]).strip()[:1_000],
        button=one_line(given["button"], 40),
        origins=origins(given["origins"]),
        sender=mail_address(given["sender"]) or "",
        colour=colour,
        ink=ink_on(colour),
        left=bool(given["left"]),
        scheme=scheme if scheme in SCHEMES else "",
        language=language if _LANGUAGE.fullmatch(language) else "",
        files=bool(given["files"]),
        whole=bool(given["whole"]),
    )


def must_make_sense(settings: Mapping[str, str]) -> None:
    """Raises a permanent ChannelError with a sentence for settings that cannot be."""
    must_be_origins(settings.get("origins", ""))
    must_be_heard(settings.get("sender", ""))
    colour, language = (settings.get(key, "").strip().lower() for key in ("colour", "language"))
    if colour and not _COLOUR.fullmatch(colour):
        _refuse("“%(words)s” is no colour. Write it like #1d5c82.", colour)
    if language and not _LANGUAGE.fullmatch(language):
        _refuse("“%(words)s” is no language. Write it like “de”, or leave it empty.", language)


def _refuse(template: str, words: str) -> None:
    raise ChannelError(Sentence(template, words=one_line(words, 60)), permanent=True)


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read better on ``#rrggbb`` (WCAG 2.2, relative luminance and contrast ratio).

    The better of the two is at least 4.58 : 1 on every colour.
    """
    light = _luminance(colour)
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


def _luminance(colour: str) -> float:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
