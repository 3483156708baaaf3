"""The doors through which Rapport speaks to the world: HTTP, bounded and closed to private networks; and one mail relay,
which whoever runs the server chose."""

from rapport.net.door import Answer, Patience, Record, request
from rapport.net.errors import NetError, NeverLeft, Refused, Rejected, TooLarge, Unknown
from rapport.net.mail import Relay, carry, relay
from rapport.net.stream import Listening, stream

__all__ = [
    "Answer",
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
    "relay",
    "request",
    "stream",
]
