"""Five pretend networks for the demo world, with limits like real ones. An answer "arrives" the moment it is sent."""

from __future__ import annotations

from rapport.channels.base import Channel, Handle, Limit, Outgoing, Setting, Settings
from rapport.channels.lengths import must_fit


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
        return Handle(external_id=f"demo-{outgoing.idempotency_key}", delivered=True)

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """Nothing is kept here, and sending again makes no second message: it can always be sent again."""
        return None


DEMO_CHANNELS: tuple[Channel, ...] = (
    DemoChannel("demo_social", "Demo network", Limit(300, "graphemes")),
    DemoChannel("demo_mail", "Demo e-mail", Limit(100_000, "characters")),
    DemoChannel("demo_chat", "Demo chat", Limit(2_000, "characters")),
    DemoChannel("demo_form", "Demo contact form", Limit(10_000, "characters")),
    DemoChannel("demo_reviews", "Demo reviews", Limit(1_000, "characters")),
)
