"""The form as a channel: takes what its page sends, and answers by e-mail where it can, on the private page always."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from rapport import net
from rapport.channels import letter
from rapport.channels.addressing import mail_address
from rapport.channels.base import (
    Around,
    Batch,
    ChannelError,
    Handle,
    Limit,
    Outgoing,
    Setting,
    Settings,
    Showing,
    Shown,
    Takes,
)
from rapport.channels.carrying import must_take, pieces
from rapport.channels.form import asking, parse
from rapport.channels.lengths import must_fit
from rapport.net.sentence import Sentence


class FormChannel:
    """A contact form. *Delivered* means: it stands on the person's private page; *sent*: the mail server took it."""

    kind = "form"
    label = "Contact form"
    settings: tuple[Setting, ...] = asking.SETTINGS
    limit: Limit | None = Limit(20_000, "characters")
    cannot_send = ""
    door = "form"
    writes_letters = True

    def validate(self, settings: Settings) -> None:
        asking.must_make_sense(settings)

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch:
        """One submission. What has to be asked once more is raised as one sentence with status 422."""
        taken = parse.take(settings, parse.fields(headers, body), body, now)
        if isinstance(taken, parse.Asked):
            raise ChannelError(" ".join(taken.errors.values()) or parse.FORGED, status=422)
        return Batch((taken.item,))

    def reads_where(self, settings: Settings, name: str, address: str) -> str:
        """Where this person will read the answer, as a sentence shown before one types."""
        on_page = Sentence("Your answer appears on the private page of %(name)s.", name=name)
        if mail_address(address) is None:
            return Sentence("%(name)s left no e-mail address. %(where)s", name=name, where=on_page)
        sender = asking.form_of(settings).sender
        if not sender:
            return Sentence("This form has no address to send mail from. %(where)s", where=on_page)
        if net.relay() is None:
            return Sentence("This server sends no mail (RAPPORT_SMTP_URL is not set). %(where)s", where=on_page)
        return Sentence(
            "%(name)s reads your answer by e-mail, from %(sender)s, and on a private page.", name=name, sender=sender
        )

    def show(self, settings: Settings, outgoing: Outgoing) -> Showing:
        """The letter where one goes; else the words as they will stand on the private page."""
        must_fit(outgoing.text, self.limit)
        form = asking.form_of(settings)
        recipient = mail_address(outgoing.recipient)
        if net.relay() is None or not form.sender or recipient is None:
            return Showing(parts=(Shown(outgoing.text.strip()),), sender=outgoing.author, visibility="direct")
        around = outgoing.around if isinstance(outgoing.around, Around) else Around()
        return letter.showing(outgoing, around, form.sender, recipient, form.title)

    def carries(self, settings: Settings, *, public: bool) -> Takes:
        return letter.TAKES

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        """Once. Without a relay, a sender or a recipient's address there is nothing to send: the page shows it."""
        must_fit(outgoing.text, self.limit)
        must_take(letter.TAKES, pieces(outgoing.manner.files))
        form, relay = asking.form_of(settings), net.relay()
        recipient = mail_address(outgoing.recipient)
        if relay is None or not form.sender or recipient is None:
            return Handle(external_id=outgoing.idempotency_key or "answer", delivered=True)
        around = outgoing.around if isinstance(outgoing.around, Around) else Around()
        mail = letter.compose(outgoing, around, form.sender, recipient, form.title, datetime.now(UTC))
        try:
            net.carry(relay, form.sender, recipient, mail)
        except net.Rejected as error:
            raise ChannelError(error.message, permanent=True) from error
        except net.NeverLeft as error:
            raise ChannelError(error.message) from error
        except net.Unknown as error:
            raise ChannelError(
                Sentence("%(what)s It stands on the private page all the same.", what=error.message), unknown=True
            ) from error
        return Handle(external_id=letter.message_id(outgoing.idempotency_key, form.sender))

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """The page's copy can always be made again; of a mail, nobody can say whether the relay took it."""
        if net.relay() is None or not asking.form_of(settings).sender:
            return None
        raise ChannelError(
            "A mail server cannot be asked whether it took a mail. The answer stands on the private page; ask the "
            "person, or look into the server's log, before you send it again.",
            permanent=True,
        )
