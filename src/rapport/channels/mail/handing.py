"""Handing a mail over by SMTP, signed in as the mailbox is; what goes wrong becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable

from rapport import net
from rapport.channels.base import ChannelError, Settings
from rapport.channels.mail import signing_in
from rapport.channels.mail.asking import Box


def by(box: Box, settings: Settings, act: Callable[[net.Relay], None]) -> None:
    """Do that with the relay. Raises ChannelError.

    A token that is refused before its time is renewed, once: whom the server does not let in has handed nothing over.
    """
    try:
        _speaking(act, _relay(box, settings))
    except ChannelError as error:
        if not (box.oauth and error.reauthorise):
            raise
        _speaking(act, _relay(box, settings, refused=True))


def _relay(box: Box, settings: Settings, *, refused: bool = False) -> net.Relay:
    word = signing_in.access_token(settings, refused=refused) if box.oauth else box.password
    return net.Relay(
        box.smtp_host, box.smtp_port, box.user, word, implicit=box.smtp_tls, bearer=box.oauth, stranger=True
    )


def _speaking(act: Callable[[net.Relay], None], relay: net.Relay) -> None:
    try:
        act(relay)
    except net.Rejected as error:
        login = "our login" in error.message
        raise ChannelError(error.message, permanent=not login, reauthorise=login) from error
    except net.Refused as error:
        raise ChannelError(error.message, permanent=True) from error
    except net.NeverLeft as error:
        raise ChannelError(error.message) from error
    except net.Unknown as error:
        raise ChannelError(error.message, unknown=True) from error
