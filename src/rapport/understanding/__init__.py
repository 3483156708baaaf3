"""What a text says: language, feeling, intent, whom it addresses, promises, alarms. Knows no Django.

``read(posts, us)`` is the one way in; the values are in ``reading``.
"""

from rapport.understanding.reader import read
from rapport.understanding.reading import Post, PromiseSpan, Reading, Reason, Turn, Us

__all__ = ["Post", "PromiseSpan", "Reading", "Reason", "Turn", "Us", "read"]
