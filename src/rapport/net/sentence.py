"""Sentence: words for a person, said in English here, that a screen can still say in that person's own language."""

from __future__ import annotations


class Sentence(str):
    """The English words, with the template and the facts they were made of: ``Sentence("At most %(n)s fit.", n=5)``.

    It is a plain ``str`` for whoever logs, stores or compares it. The template stands as a literal where it is made,
    so that it can be collected for translation; a fact may be a Sentence itself. Whole numbers are grouped.
    """

    template: str
    facts: dict[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Sentence:
        english = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()}
        made = super().__new__(cls, template % english if facts else template)
        made.template, made.facts = template, facts
        return made
