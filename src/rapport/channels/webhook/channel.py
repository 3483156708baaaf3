"""The webhook as a channel: takes signed deliveries, and answers at the sender's callback address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec

from rapport import net
from rapport.channels.base import Batch, ChannelError, Handle, Limit, Outgoing, Setting, Settings
from rapport.channels.envelopes import short_id, web_address
from rapport.channels.lengths import must_fit
from rapport.channels.text import one_line
from rapport.channels.webhook import parse, signing
from rapport.net.sentence import Sentence

NO_CALLBACK = (
    "This webhook has no callback address: Rapport cannot post there. Copy your answer, or ask an owner or a manager "
    "to connect the webhook with one."
)
PATIENCE = net.Patience(connect=5, read=15, total=20)
MOST_OF_ANSWER = 64 * 1024
NOT_YET = frozenset({408, 425, 429, 503})


class WebhookChannel:
    """Two-way where the sender names a callback address, otherwise one-way."""

    kind = "webhook"
    label = "Webhook"
    settings: tuple[Setting, ...] = (
        Setting(
            key="callback_url",
            label="Callback address",
            help="Where Rapport posts your answers, signed. Without one you can read here, but not answer.",
            kind="url",
            required=False,
        ),
        Setting(
            key="network",
            label="Name of the place",
            help="Where these messages come from, such as shop or forum: letters, digits, dots, dashes. Two webhooks "
            "with the same name share one set of message ids.",
            required=False,
        ),
        Setting(key="secret", label="Secret", help="Both sides sign with it.", kind="generated_secret"),
    )
    limit: Limit | None = Limit(10_000, "characters")
    cannot_send = ""

    def cannot_send_why(self, settings: Settings) -> str:
        """Why an answer cannot go back through this very source; empty where it can."""
        return "" if settings.get("callback_url") else NO_CALLBACK

    def receive(self, settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Batch:
        if len(body) > parse.MOST_BYTES:
            raise ChannelError("The body is larger than 1 MB; send it in parts.", permanent=True, status=413)
        signing.verify(settings, headers, body, now)
        return Batch(parse.items(body, settings.get("network") or parse.NETWORK))

    def send(self, settings: Settings, outgoing: Outgoing) -> Handle:
        """Posts once; the outbox decides about trying again, since an unknown outcome must be looked up first."""
        must_fit(outgoing.text, self.limit)
        body = msgspec.json.encode(outgoing)
        key = {"content-type": "application/json", "idempotency-key": outgoing.idempotency_key}
        try:
            answer = self._ask(settings, "POST", _callback(settings), body, body, key)
        except net.TooLarge as error:
            # It has read our answer, or it would not say so much: looked up rather than believed.
            raise ChannelError(error.message, unknown=True) from error
        if answer.ok:
            return _handle(answer, outgoing.idempotency_key)
        raise _failure(answer)

    def find(self, settings: Settings, idempotency_key: str) -> Handle | None:
        """Asks ``callback?idempotency_key=…``: 200 with an id means that it arrived, 404 that it did not."""
        query = urlencode({"idempotency_key": idempotency_key})
        callback = _callback(settings)
        mark = "&" if "?" in callback else "?"
        try:
            answer = self._ask(settings, "GET", f"{callback}{mark}{query}", b"", query.encode(), {})
        except net.TooLarge as error:
            raise ChannelError(error.message) from error
        if answer.status == 404:
            return None
        if answer.status in {405, 501}:
            raise ChannelError(
                "The receiver cannot look up what it was sent. Ask there before you send it again.", permanent=True
            )
        if answer.ok and _said(answer).get("id") not in {None, ""}:
            return _handle(answer, idempotency_key)
        raise ChannelError(
            Sentence(
                "The receiver answered %(status)s and did not say whether it has the message.", status=answer.status
            )
        )

    def _ask(
        self, settings: Settings, method: str, url: str, body: bytes, signed: bytes, more: Mapping[str, str]
    ) -> net.Answer:
        proof = signing.headers(settings.get("secret", ""), datetime.now(UTC), signed)
        try:
            return net.request(
                method,
                url,
                headers={"accept": "application/json", **proof, **more},
                body=body,
                patience=PATIENCE,
                max_bytes=MOST_OF_ANSWER,
                redirects=0,
                retries=0,
            )
        except net.Refused as error:
            raise ChannelError(error.message, permanent=True) from error
        except net.NeverLeft as error:
            raise ChannelError(error.message) from error
        except net.Unknown as error:
            raise ChannelError(error.message, unknown=method == "POST") from error


def _callback(settings: Settings) -> str:
    callback = settings.get("callback_url", "")
    if not callback:
        raise ChannelError(NO_CALLBACK, permanent=True)
    return callback.partition("#")[0]


def _said(answer: net.Answer) -> dict[str, object]:
    try:
        said = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _handle(answer: net.Answer, key: str) -> Handle:
    said = _said(answer)
    named = said.get("id")
    external_id = short_id(str(named)) if isinstance(named, str | int) and not isinstance(named, bool) else ""
    url = said.get("url")
    return Handle(external_id=external_id or key, url=web_address(url) if isinstance(url, str) else "", delivered=True)


def _failure(answer: net.Answer) -> ChannelError:
    """What a status other than 2xx means for the answer we sent."""
    status, reason = answer.status, _reason(answer)
    if status in NOT_YET:
        wait = answer.retry_after(datetime.now(UTC)) or timedelta(seconds=30)
        return ChannelError(f"The receiver asks us to wait ({status}){reason}.", retry_after=wait)
    if status == 409 or status >= 500:
        # Half done, or still being done under the same key: it is looked up before anything is sent again.
        return ChannelError(f"The receiver failed ({status}){reason}; it may have the message.", unknown=True)
    if 300 <= status < 400:
        return ChannelError(
            f"The callback address sends us elsewhere ({status}). Write the final address.", permanent=True
        )
    return ChannelError(f"The receiver refused it ({status}){reason}.", permanent=True)


def _reason(answer: net.Answer) -> str:
    """The receiver's own sentence, shortened: from ``error``, ``message`` or ``detail``, or a plain text body."""
    said = _said(answer)
    for name in ("error", "message", "detail"):
        value = said.get(name)
        if isinstance(value, str) and value.strip():
            return f": {one_line(value, 200).rstrip('.')}"
    plain = answer.headers.get("content-type", "").startswith("text/plain")
    words = one_line(answer.text, 200).rstrip(".") if plain else ""
    return f": {words}" if words else ""
