"""The chat as a channel: takes what its page sends; an answer stands in the talk, and follows as a letter if need be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from rapport import net
from rapport.channels import letter
from rapport.channels.addressing import mail_address
from rapport.channels.base import Around, Batch, ChannelError, Handle, Limit, Outgoing, Setting, Settings, Takes
from rapport.channels.carrying import must_take, pieces
from rapport.channels.chat import asking, parse
from rapport.channels.lengths import must_fit
from rapport.net.sentence import Sentence

TAKES = Takes(most=parse.MOST_FILES, types=parse.TAKEN, bytes=parse.MOST_BYTES, alt=1_000)


class ChatChannel:
    """A web chat. *Sent* means: it stands in the talk, where the visitor's page finds it."""

    kind = "chat"
    label = "Web chat"
    settings: tuple[Setting, ...] = asking.SETTINGS
    limit: Limit | None = Limit(parse.LONGEST, "characters")
    cannot_send = ""
    door = "chat"
    holds = 3
    """Seconds in which an answer can be taken back: somebody waits for it, looking."""

    def validate(self, settings: Settings) -> None:
        asking.must_make_sense(settings)

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch:
        """The first words of a talk, as JSON."""
        return Batch((parse.begin(settings, parse.said(body), now).item,))

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        """The talk is ours: what is kept there has left."""
        must_fit(outgoing.text, self.limit)
        must_take(TAKES, pieces(outgoing.manner.files))
        return Handle(external_id=outgoing.idempotency_key or "answer")

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        """As much as its visitors may send us, and as a letter it still leaves."""
        return TAKES

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """It can always be kept again; keeping it twice is keeping it once."""
        return None

    def post(self, settings: Settings, outgoing: Outgoing, around: Around) -> str:
        """Send as a letter what the visitor did not see; returns the letter's Message-ID. Raises ChannelError."""
        chat, relay = asking.chat_of(settings), net.relay()
        recipient = mail_address(outgoing.recipient)
        if relay is None or not chat.sender or recipient is None:
            raise ChannelError("There is no way to send a letter from this chat.", permanent=True)
        mail = letter.compose(outgoing, around, chat.sender, recipient, chat.title, datetime.now(UTC), automatic=True)
        try:
            net.carry(relay, chat.sender, recipient, mail)
        except net.Rejected as error:
            raise ChannelError(error.message, permanent=True) from error
        except net.NeverLeft as error:
            raise ChannelError(error.message) from error
        except net.Unknown as error:
            sentence = Sentence("%(what)s The answer stands in the chat all the same.", what=error.message)
            raise ChannelError(sentence, unknown=True) from error
        return letter.message_id(outgoing.idempotency_key, chat.sender)
