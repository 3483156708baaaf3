"""Five pretend networks for the demo world, with limits like real ones. An answer "arrives" the moment it is sent."""

from __future__ import annotations

import re

from rapport.channels import letter
from rapport.channels.base import (
    Around,
    Channel,
    Handle,
    Limit,
    Outgoing,
    Setting,
    Settings,
    Showing,
    Shown,
    Takes,
    Visibility,
)
from rapport.channels.carrying import NOTHING, must_take, pieces
from rapport.channels.lengths import must_fit
from rapport.channels.sniffing import PICTURES

TAKES = Takes(most=4, types=(*PICTURES, "application/pdf"), bytes=5_000_000, alt=1_000)
MARKED = re.compile(r"https?://\S+[^\s.,;:!?)]|(?<!\w)[@#]\w[\w.-]*\w")


class DemoChannel:
    """A network that exists in the demo only. Sending the same answer twice is the same message."""

    settings: tuple[Setting, ...] = ()
    cannot_send = ""

    def __init__(self, kind: str, label: str, limit: Limit) -> None:
        self.kind = kind
        self.label = label
        self.limit: Limit | None = limit

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        must_fit(outgoing.text, self.limit)
        must_take(self.carries(settings, public=outgoing.public), pieces(outgoing.manner.files))
        return Handle(external_id=f"demo-{outgoing.idempotency_key}", delivered=True)

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return NOTHING if self.kind == "demo_reviews" else TAKES

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """Nothing is kept here, and sending again makes no second message: it can always be sent again."""
        return None


class DemoNetwork(DemoChannel):
    """One on which people speak in public, and can be answered in private, too: with all that such networks offer."""

    reactions = ("like",)
    marks_language = True
    unsends_how = "Here in the demo it is gone at once. On a real network whoever has read it has read it."
    edits_how = "Here in the demo nobody sees it. On a real network people can look up what it said before."

    def confide(self, settings: Settings, address: str) -> str:
        return ""

    def cannot_confide_why(self, settings: Settings) -> str:
        return ""

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        must_fit(outgoing.text, self.limit)
        marks = tuple(found.span() for found in MARKED.finditer(outgoing.text))
        visibility: Visibility = "public" if outgoing.public else "direct"
        return Showing(
            parts=(Shown(outgoing.text, marks),), sender="@acme", visibility=visibility, language=outgoing.manner.language
        )  # fmt: skip

    def unsend(self, settings: Settings, external_id: str) -> None:
        """It was never anywhere."""

    def edit(self, settings: Settings, external_id: str, text: str) -> Handle:
        must_fit(text, self.limit)
        return Handle(external_id=external_id)

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None:
        """Nobody sees it."""


class DemoMail(DemoChannel):
    """Letters, which have a subject and say whom they are from and to."""

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        must_fit(outgoing.text, self.limit)
        return letter.showing(outgoing, Around(), "hello@acme.example", outgoing.recipient, "Your message")


DEMO_CHANNELS: tuple[Channel, ...] = (
    DemoNetwork("demo_social", "Demo network", Limit(300, "graphemes")),
    DemoMail("demo_mail", "Demo e-mail", Limit(100_000, "characters")),
    DemoChannel("demo_chat", "Demo chat", Limit(2_000, "characters")),
    DemoChannel("demo_form", "Demo contact form", Limit(10_000, "characters")),
    DemoChannel("demo_reviews", "Demo reviews", Limit(1_000, "characters")),
)
