"""Refused: the domain says no, in a sentence that is shown beside the field."""

from __future__ import annotations


class Refused(Exception):
    """A person asked for something that cannot be; ``str()`` is the sentence for that person."""
