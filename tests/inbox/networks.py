"""A network that can do everything: answer in private in another thread, change, take back, like, say how things stand."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from rapport.channels import envelopes
from rapport.channels.base import ChannelError, Handle, Item, Outgoing, Settings, Target
from rapport.channels.fake import FakeChannel


@dataclass
class Plaza(FakeChannel):
    """Private talks stand in ``talk:ADDRESS``. ``says``: what our messages say there, by their id."""

    cannot_confide: str = ""
    unwelcome: bool = False
    reactions: tuple[str, ...] = ("like",)
    unsends_how: str = "Copies may live on."
    edits_how: str = "Everybody can look up what it said before."
    says: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    liked: set[str] = field(default_factory=set)
    done: list[tuple[str, ...]] = field(default_factory=list)
    """Every deed, in order."""
    _troubles: deque[tuple[str, ChannelError]] = field(default_factory=deque)

    def will_do(self, *troubles: tuple[str, ChannelError]) -> None:
        """The next deeds fail: ``before`` they are done, or ``after``."""
        self._troubles.extend(troubles)

    def confide(self, settings: Settings, address: str) -> str:
        if self.unwelcome:
            raise ChannelError("This person takes no private messages.", permanent=True)
        return f"talk:{address}"

    def cannot_confide_why(self, settings: Settings) -> str:
        return self.cannot_confide

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        handle = super().send(settings, outgoing)
        self.says[handle.external_id] = outgoing.text
        return handle

    def unsend(self, settings: Settings, external_id: str) -> None:
        self._do(("unsend", external_id), lambda: self.gone.add(external_id))

    def edit(self, settings: Settings, external_id: str, text: str) -> Handle:
        self._do(("edit", external_id, text), lambda: self.says.update({external_id: f"@ann {text}"}))
        return Handle(external_id)

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None:
        act = self.liked.add if on else self.liked.discard
        self._do(("react", external_id, kind, str(on)), lambda: act(external_id))

    def target(self, settings: Settings, external_id: str, version: str) -> Target:
        if external_id in self.gone:
            return Target("gone")
        if external_id not in self.says:
            return Target("there")
        words = self.says[external_id]
        return Target(
            "edited",
            Item(envelopes.build(network="social", external_id=external_id, author="acme", text=words), b""),
        )

    def _do(self, deed: tuple[str, ...], change) -> None:  # type: ignore[no-untyped-def]
        when, error = self._troubles.popleft() if self._troubles else ("", None)
        if when != "before":
            change()
            self.done.append(deed)
        if error is not None:
            raise error
