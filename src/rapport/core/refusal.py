"""Refused: the domain says no, in a sentence that is shown beside the field."""

from __future__ import annotations

from django.utils.translation import gettext


class Refused(Exception):
    """A person asked for something that cannot be; ``str()`` is the sentence for that person, in their language.

    What varies is given as facts, so that the sentence stays one that can be translated:
    ``Refused("%(name)s answers here already.", name=member.name)``.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        words = gettext(self.sentence) if self.sentence else ""
        return words % self.facts if self.facts else words
