"""Further abilities: what can be done with what stands there already, going on in private, and showing before sending.

Apart from ``base``, which lists them all, because none of them brings or carries words by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

import msgspec

from rapport.channels.carrying import Takes
from rapport.channels.connected import Settings
from rapport.channels.crossing import Handle, Outgoing, Showing


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Where its owner says yes (``url``, on ``host``), and what must be held, sealed, until they come back."""

    url: str
    host: str
    held: Mapping[str, str]


Deed = Literal["unsend", "edit", "react"]


@runtime_checkable
class Unsends(Protocol):
    """Can take back what we sent. What is gone there already is taken back. ``unsends_how``: what its network makes of
    it, as a sentence for whoever is about to."""

    unsends_how: str

    def unsend(self, settings: Settings, external_id: str) -> None: ...


@runtime_checkable
class Edits(Protocol):
    """Can change the words of what we sent; whoever was tagged in them stays tagged. The handle has the words as they
    stand there now. ``edits_how`` as above."""

    edits_how: str

    def edit(self, settings: Settings, external_id: str, text: str) -> Handle: ...


@runtime_checkable
class Reacts(Protocol):
    """Can react without words. ``kind`` is one of its ``reactions``; ``on=False`` takes it back."""

    reactions: tuple[str, ...]

    def react(self, settings: Settings, external_id: str, kind: str, on: bool = True) -> None: ...


@runtime_checkable
class Excepts(Protocol):
    """What it can do with most of its messages it cannot do with every one: why not with this, as a sentence; empty
    where it can. Asked without a request."""

    def cannot_why(self, deed: Deed, external_id: str) -> str: ...


@runtime_checkable
class Confides(Protocol):
    """Can go on in private with whoever spoke in public: such an answer has ``direct`` as its ``how.visibility``."""

    def confide(self, settings: Settings, address: str) -> str:
        """The network's name of the thread in which we talk with this person alone, opened if need be; empty where a
        private answer stands in the very thread that it answers. Raises ChannelError where they take none."""

    def cannot_confide_why(self, settings: Settings) -> str:
        """Why not through this source, as a sentence; empty where it can. Asked without a request."""


@runtime_checkable
class Authorises(Protocol):
    """Can be connected by signing in on the network itself, beside a token that somebody copies (OAuth 2)."""

    signing_in: tuple[str, ...]
    """The keys of its settings that signing in gives: nobody has to write them."""

    def authorise(self, settings: Settings, back: str, state: str) -> Asked:
        """Make ready, and say where one signs in. ``back`` is where the network sends them with ``state``."""

    def authorised(self, settings: Settings, held: Mapping[str, str], query: Mapping[str, str]) -> Mapping[str, str]:
        """They came back with this query: the settings that follow, also some that no form asks for."""

    def revoke(self, settings: Settings) -> None:
        """Give back what signing in gave; nothing where it gave nothing."""


@runtime_checkable
class Carries(Protocol):
    """Can take files along (``outgoing.manner.files``), each with what it shows where the network has a place for it."""

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        """What one message takes along; ``public``: one that everybody may read. Asked without a request."""


@runtime_checkable
class Shows(Protocol):
    """Can say how an answer will stand there, before it does. Asked without a request, of what is known already.

    Raises a permanent ChannelError for what would be refused.
    """

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing: ...
