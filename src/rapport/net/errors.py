"""What can go wrong on the way out, told apart by the one question that matters: did the request leave?

Every message is a sentence for a person and names the host at most: never a path, a query or a header.
"""

from __future__ import annotations


class NetError(Exception):
    """Something went wrong between us and the other side."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NeverLeft(NetError):
    """Nothing was sent (no such host, no connection, no trust in its certificate): sending again cannot double it."""


class Refused(NeverLeft):
    """Rapport itself would not send it (not http, a private address, a header that cannot be): asking again is vain."""


class Rejected(NeverLeft):
    """The other side said no for good, before it took anything: the same again is vain."""


class Unknown(NetError):
    """The request was written, and then came a time-out or a break: it may or may not have been taken."""


class TooLarge(NetError):
    """The other side answered ``status`` with more bytes than we are willing to read: it has taken the request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
