"""Old ids and the new ones they get, in 16 bytes a record: a million messages cost 16 MB."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable


class Numbers:
    """One kind's ids. They are told in ascending order, as a file lists them."""

    def __init__(self) -> None:
        self._old = array("q")
        self._new = array("q")

    def __len__(self) -> int:
        return len(self._old)

    def follows(self, old: int) -> bool:
        """May this id come next? (Ids ascend, so that none comes twice.)"""
        return 0 < old < 2**62 and (not self._old or old > self._old[-1])

    def add(self, old: int, new: int) -> None:
        self._old.append(old)
        self._new.append(new)

    def extend(self, pairs: Iterable[tuple[int, int]]) -> None:
        for old, new in pairs:
            self.add(old, new)

    def get(self, old: int | None) -> int | None:
        """The new id; None for one that is not in the file."""
        if old is None:
            return None
        place = bisect_left(self._old, old)
        return self._new[place] if place < len(self._old) and self._old[place] == old else None
