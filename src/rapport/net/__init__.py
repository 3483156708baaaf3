"""The one door through which Rapport speaks HTTP to the world: bounded, patient, and closed to private networks."""

from rapport.net.door import Answer, Patience, Record, request
from rapport.net.errors import NetError, NeverLeft, Refused, TooLarge, Unknown

__all__ = ["Answer", "NetError", "NeverLeft", "Patience", "Record", "Refused", "TooLarge", "Unknown", "request"]
