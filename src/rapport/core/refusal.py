"""Refused: the domain says no, in a sentence that is shown beside the field."""

from __future__ import annotations

from rapport.core.saying import said
from rapport.net.sentence import Sentence


class Refused(Exception):
    """A person asked for something that cannot be; ``str()`` is the sentence for that person, in their language.

    What varies is given as facts, so that the sentence stays one that can be translated:
    ``Refused("%(name)s answers here already.", name=member.name)``.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence, **facts)
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return said(self.sentence)
