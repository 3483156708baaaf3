"""The doors through which Rapport speaks to the world: HTTP, bounded and closed to private networks (``request``, endless
answers by ``stream``); WebSockets by ``websocket``, other protocols by ``dial``; and one mail relay, which whoever runs the
server chose."""

from rapport.net.door import Answer, Patience, Record, request
from rapport.net.errors import NetError, NeverLeft, Refused, Rejected, TooLarge, Unknown
from rapport.net.mail import Relay, carry, greet, relay
from rapport.net.stream import Listening, stream
from rapport.net.watching import watched
from rapport.net.websocket import Line, websocket
from rapport.net.wire import dial, upgrade

__all__ = [
    "Answer",
    "Line",
    "Listening",
    "NetError",
    "NeverLeft",
    "Patience",
    "Record",
    "Refused",
    "Rejected",
    "Relay",
    "TooLarge",
    "Unknown",
    "carry",
    "dial",
    "greet",
    "relay",
    "request",
    "stream",
    "upgrade",
    "watched",
    "websocket",
]
