"""A Filter as words again, in one canonical way: ``parse(write(filter)).filter == filter``."""

from __future__ import annotations

import re

from rapport.inbox.filtering.parse import OR
from rapport.inbox.filtering.values import Clause, Filter

_PLAIN = re.compile(r'[^\s":-][^\s":]*')


def write(filter: Filter) -> str:
    return " ".join(f" {OR} ".join(_clause(one) for one in group) for group in filter.groups)


def _clause(clause: Clause) -> str:
    value = clause.value if _plain(clause) else f'"{clause.value}"'
    return f"{'-' if clause.negated else ''}{clause.key}{':' if clause.key else ''}{value}"


def _plain(clause: Clause) -> bool:
    """May it stand without quotation marks?"""
    return bool(_PLAIN.fullmatch(clause.value)) and (bool(clause.key) or clause.value != OR)
