"""The values of the filter language: Clause, Filter, Mistake, Parsed. Frozen, and free of Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clause:
    """One condition. ``key`` names an operator, or is empty for words that must stand in the text."""

    key: str
    value: str
    negated: bool = False


Group = tuple[Clause, ...]
"""Clauses of which one must hold (they stood with OR between them)."""


@dataclass(frozen=True)
class Filter:
    """Every group must hold. Without groups it holds of everything."""

    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must stand in the text, each a word or a phrase: what a page marks."""
        return tuple(one.value for group in self.groups for one in group if not one.key and not one.negated)


@dataclass(frozen=True)
class Mistake:
    """What was not understood, and where: a sentence to be translated, its facts, and the place in what was typed."""

    sentence: str
    start: int
    end: int
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """What was understood, and what was not. The rest holds all the same."""

    filter: Filter
    mistakes: tuple[Mistake, ...] = ()
